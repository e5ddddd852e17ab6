//! Clients that the configuration knows: their keys, and the tiers with their limits. Its complaints keep to the rule of
//! [`access`](super::access): no value that may be a secret is repeated.

use std::collections::{HashMap, HashSet};
use std::num::NonZeroU32;
use std::sync::Arc;

use serde::Deserialize;

use super::values::{SettingsError, Values, unreadable};
use crate::access::identity::api_key::{ApiKey, ApiKeyStore, KeyDigest, is_client_name};
use crate::access::rate_limit::Rate;
use crate::access::tier::TierRule;
use crate::access::{Tier, Tiers};
use crate::money::Money;

/// Highest rate and burst.
const MAX_REQUESTS: u64 = 100_000_000;
/// Most API keys: every one is compared with what a request shows.
const MAX_KEYS: usize = 1000;

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysDocument {
    clients: Vec<ClientEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientEntry {
    client: String,
    /// More than one while a key is being replaced.
    sha256: Vec<String>,
    tier: Option<String>,
    rate_limit_per_minute: Option<NonZeroU32>,
    rate_limit_burst: Option<NonZeroU32>,
    daily_budget_usd: Option<Amount>,
}

/// Limits that differ from those of the tier below.
struct OwnLimits {
    per_minute: Option<NonZeroU32>,
    burst: Option<NonZeroU32>,
    daily_budget: Option<Amount>,
}

/// An amount as text, or as a JSON number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Amount {
    Text(String),
    Number(serde_json::Number),
}

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
        serde_json::from_str(&text).map_err(|error| unreadable(variable, error.to_string()))?;
    let mut names = HashSet::from(["default".to_owned()]);
    let mut rules = Vec::new();
    for entry in document.tiers {
        let fits = is_client_name(&entry.name) && names.insert(entry.name.clone());
        if !fits {
            return Err(unreadable(
                variable,
                format!(
                    "the name {:?} of a tier must be 1 to 64 letters, digits, `.`, `_` or `-`, and no other's",
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
            .over(&default, &entry.name)
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
    fn over(self, below: &Tier, name: &str) -> Result<Tier, String> {
        let rate = Rate {
            per_minute: self.per_minute.unwrap_or(below.rate.per_minute),
            // A rate without a burst of its own has all of a minute at once.
            burst: self.burst.or(self.per_minute).unwrap_or(below.rate.burst),
        };
        let daily_budget = match self.daily_budget {
            None => below.daily_budget,
            Some(amount) => {
                let text = match amount {
                    Amount::Text(text) => text,
                    Amount::Number(number) => number.to_string(),
                };
                Some(Money::parse_usd(&text).ok_or_else(|| {
                    format!("{name}: daily_budget_usd {text:?} must be an amount of dollars with at most nine decimals")
                })?)
            }
        };
        Ok(Tier {
            name: name.to_owned(),
            rate,
            daily_budget,
        })
    }

    const fn is_empty(&self) -> bool {
        self.per_minute.is_none() && self.burst.is_none() && self.daily_budget.is_none()
    }
}

pub(super) fn api_keys(values: &Values, tiers: &Tiers) -> Result<ApiKeyStore, SettingsError> {
    let mut clients = Vec::new();
    let inline = values.text("API_KEYS");
    match &inline {
        Some(text) if text.starts_with('{') => clients.extend(read_clients("API_KEYS", text)?),
        Some(_) => clients.extend(pairs(values)?),
        None => {}
    }
    if let Some(text) = values.file("API_KEYS_FILE")? {
        clients.extend(read_clients("API_KEYS_FILE", &text)?);
    }
    let mut holders: Vec<ApiKey> = Vec::new();
    let mut names = HashSet::new();
    for entry in clients {
        let name = entry.client.clone();
        let wrong = |why: String| unreadable("API_KEYS", why);
        if !is_client_name(&name) || !names.insert(name.clone()) {
            return Err(wrong(format!(
                "the client {name:?} must be named once, with 1 to 64 letters, digits, `.`, `_` or `-`"
            )));
        }
        for holder in keys_of(entry, tiers).map_err(wrong)? {
            if holders.iter().any(|other| other.digest == holder.digest) {
                return Err(wrong(format!("a key of {name} is given twice")));
            }
            holders.push(holder);
        }
    }
    if holders.is_empty() || holders.len() > MAX_KEYS {
        return Err(unreadable(
            "API_KEYS",
            format!(
                "AUTH_MODE=api_key needs 1 to {MAX_KEYS} keys in API_KEYS or API_KEYS_FILE, and there are {}; `goal-router new-key <client>` makes one",
                holders.len()
            ),
        ));
    }
    Ok(ApiKeyStore::new(holders))
}

fn keys_of(entry: ClientEntry, tiers: &Tiers) -> Result<Vec<ApiKey>, String> {
    let name = entry.client;
    let tier = match &entry.tier {
        None => tiers.default_tier(),
        Some(tier) => tiers
            .named(tier)
            .ok_or_else(|| format!("{name}: there is no tier {tier:?} in TIERS"))?,
    };
    let limits = OwnLimits {
        per_minute: entry.rate_limit_per_minute,
        burst: entry.rate_limit_burst,
        daily_budget: entry.daily_budget_usd,
    };
    let tier = if limits.is_empty() {
        Arc::clone(tier)
    } else {
        Arc::new(limits.over(tier, &name)?)
    };
    entry
        .sha256
        .iter()
        .map(|digest| {
            let digest = KeyDigest::parse(digest).ok_or_else(|| {
                format!(
                    "the digest of a key of {name} must be 64 hexadecimal digits, the key's SHA-256; `goal-router new-key {name}` prints one"
                )
            })?;
            Ok(ApiKey {
                digest,
                client: name.clone(),
                tier: Arc::clone(&tier),
            })
        })
        .collect()
}

/// `client:digest,client:digest`; a client may stand there more than once.
fn pairs(values: &Values) -> Result<Vec<ClientEntry>, SettingsError> {
    let mut clients: Vec<ClientEntry> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for pair in values.list("API_KEYS") {
        let (client, digest) = pair.split_once(':').ok_or_else(|| {
            unreadable(
                "API_KEYS",
                "must be `client:sha256-of-its-key` with commas between, or the JSON of API_KEYS_FILE",
            )
        })?;
        if let Some(place) = places.get(client) {
            clients[*place].sha256.push(digest.to_owned());
            continue;
        }
        places.insert(client.to_owned(), clients.len());
        clients.push(ClientEntry {
            client: client.to_owned(),
            sha256: vec![digest.to_owned()],
            tier: None,
            rate_limit_per_minute: None,
            rate_limit_burst: None,
            daily_budget_usd: None,
        });
    }
    Ok(clients)
}

fn read_clients(variable: &str, text: &str) -> Result<Vec<ClientEntry>, SettingsError> {
    let document: KeysDocument = serde_json::from_str(text).map_err(|error| {
        // The library's text may quote a value; where it stands is enough.
        unreadable(
            variable,
            format!(
                "line {} column {}: must be {{\"clients\": [{{\"client\", \"sha256\": [..], \"tier\", \"rate_limit_per_minute\", \"rate_limit_burst\", \"daily_budget_usd\"}}]}}",
                error.line(),
                error.column()
            ),
        )
    })?;
    Ok(document.clients)
}

/// A JSON document in a variable, as ECS hands over a secret, or in the file that another names.
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
            return Err(unreadable(file, format!("give either {inline} or {file}")));
        }
    })
}
