//! Tiers: classes of clients with their own limits, from `TIERS` or `TIERS_FILE`. Clients of no other tier have the
//! default one.

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::sync::Arc;

use serde::Deserialize;

use super::values::{SettingsError, Values, unreadable};
use crate::access::identity::api_key::is_client_name;
use crate::access::rate_limit::Rate;
use crate::access::tier::TierRule;
use crate::access::{Tier, Tiers};
use crate::money::Money;

/// The form of the document.
const FORM: &str = r#"{"tiers": [{"name", "rate_limit_per_minute", "rate_limit_burst", "daily_budget_usd", "scopes": [..], "groups": [..]}]}"#;
/// Maximum rate per minute and maximum burst.
const MAX_REQUESTS: u64 = 100_000_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TiersDocument {
    tiers: Vec<TierEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TierEntry {
    name: String,
    rate_limit_per_minute: Option<NonZeroU32>,
    rate_limit_burst: Option<NonZeroU32>,
    daily_budget_usd: Option<Amount>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    groups: Vec<String>,
}

/// Limits that override those of another tier; `None` keeps its limit.
pub(super) struct OwnLimits {
    pub per_minute: Option<NonZeroU32>,
    pub burst: Option<NonZeroU32>,
    pub daily_budget: Option<Amount>,
}

/// An amount of US dollars, as a JSON string or number.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Amount {
    Text(String),
    Number(serde_json::Number),
}

/// Reads the tiers, including the default tier.
pub(super) fn tiers(values: &Values) -> Result<Tiers, SettingsError> {
    let requests = |name, default| -> Result<NonZeroU32, SettingsError> {
        let number = values.number(name, default, 1..=MAX_REQUESTS)?;
        Ok(u32::try_from(number)
            .ok()
            .and_then(NonZeroU32::new)
            .unwrap_or(NonZeroU32::MIN))
    };
    let per_minute = requests("RATE_LIMIT_PER_MINUTE", 60)?;
    let default = Tier {
        name: "default".to_owned(),
        rate: Rate {
            per_minute,
            burst: requests("RATE_LIMIT_BURST", u64::from(per_minute.get()))?,
        },
        daily_budget: match values.text("CLIENT_DAILY_BUDGET_USD") {
            None => None,
            Some(_) => Some(values.money("CLIENT_DAILY_BUDGET_USD", "0")?),
        },
    };
    let Some((variable, text)) = document(values, "TIERS", "TIERS_FILE")? else {
        return Ok(Tiers::new(default, Vec::new()));
    };
    let document: TiersDocument =
        serde_json::from_str(&text).map_err(|error| wrong_form(variable, &error, FORM))?;
    let mut names = HashSet::from(["default".to_owned()]);
    let mut rules = Vec::new();
    for entry in document.tiers {
        let is_valid = is_client_name(&entry.name) && names.insert(entry.name.clone());
        if !is_valid {
            return Err(unreadable(
                variable,
                format!(
                    "the tier name {:?} must be unique and consist of 1 to 64 letters, digits, `.`, `_` or `-`",
                    entry.name
                ),
            ));
        }
        let limits = OwnLimits {
            per_minute: entry.rate_limit_per_minute,
            burst: entry.rate_limit_burst,
            daily_budget: entry.daily_budget_usd,
        };
        let tier = limits
            .override_tier(&default, &entry.name)
            .map_err(|why| unreadable(variable, why))?;
        rules.push(TierRule {
            tier: Arc::new(tier),
            scopes: entry.scopes,
            groups: entry.groups,
        });
    }
    Ok(Tiers::new(default, rules))
}

impl OwnLimits {
    /// Returns a tier with these limits, and those of `base` where these are `None`.
    ///
    /// # Errors
    /// Returns an error if the budget is not an amount of dollars.
    pub fn override_tier(self, base: &Tier, name: &str) -> Result<Tier, String> {
        let rate = Rate {
            per_minute: self.per_minute.unwrap_or(base.rate.per_minute),
            // If only the rate is overridden, the burst is one minute's worth of requests.
            burst: self.burst.or(self.per_minute).unwrap_or(base.rate.burst),
        };
        let daily_budget = match self.daily_budget {
            None => base.daily_budget,
            Some(amount) => {
                let text = match amount {
                    Amount::Text(text) => text,
                    Amount::Number(number) => number.to_string(),
                };
                Some(Money::parse_usd(&text).ok_or(
                    "daily_budget_usd must be an amount of dollars with up to nine decimals",
                )?)
            }
        };
        Ok(Tier {
            name: name.to_owned(),
            rate,
            daily_budget,
        })
    }

    /// Returns whether nothing is overridden.
    pub const fn is_empty(&self) -> bool {
        self.per_minute.is_none() && self.burst.is_none() && self.daily_budget.is_none()
    }
}

/// Returns the error for a JSON document that has not the form `form`.
pub(super) fn wrong_form(variable: &str, error: &serde_json::Error, form: &str) -> SettingsError {
    // The library's message may quote a value, which may be a secret, so only the position is repeated.
    unreadable(
        variable,
        format!(
            "line {} column {}: must be {form}",
            error.line(),
            error.column()
        ),
    )
}

/// Returns a JSON document from the variable `inline`, which is how ECS passes a secret, or from the file that the variable `file`
/// names; and which variable it came from.
fn document(
    values: &Values,
    inline: &'static str,
    file: &'static str,
) -> Result<Option<(&'static str, String)>, SettingsError> {
    Ok(match (values.text(inline), values.file(file)?) {
        (Some(text), None) => Some((inline, text)),
        (None, Some(text)) => Some((file, text)),
        (None, None) => None,
        (Some(_), Some(_)) => {
            return Err(unreadable(
                file,
                format!("set either {inline} or {file}, not both"),
            ));
        }
    })
}
