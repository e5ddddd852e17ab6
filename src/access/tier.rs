//! Tiers: classes of clients, with their rates and budgets.

use std::sync::Arc;

use crate::access::rate_limit::Rate;
use crate::money::Money;

/// A class of clients, with its rate and budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// The name, which the `RateLimit` header fields show.
    pub name: String,
    /// The rate limit of each client.
    pub rate: Rate,
    /// The daily budget (UTC) of each client; `None` for no limit.
    pub daily_budget: Option<Money>,
}

/// A tier, and the token scopes and groups that select it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierRule {
    /// The tier.
    pub tier: Arc<Tier>,
    /// Any of these scopes selects it.
    pub scopes: Vec<String>,
    /// Any of these groups selects it.
    pub groups: Vec<String>,
}

/// All tiers: those with rules, in order, and the default tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tiers {
    default: Arc<Tier>,
    rules: Vec<TierRule>,
}

impl Tiers {
    /// Creates the tiers; the first matching rule wins.
    #[must_use]
    pub fn new(default: Tier, rules: Vec<TierRule>) -> Self {
        Self {
            default: Arc::new(default),
            rules,
        }
    }

    /// Returns the tier of clients that no rule matches.
    #[must_use]
    pub const fn default_tier(&self) -> &Arc<Tier> {
        &self.default
    }

    /// Returns the tier with this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Arc<Tier>> {
        let rules = self.rules.iter().map(|rule| &rule.tier);
        rules.chain([&self.default]).find(|tier| tier.name == name)
    }

    /// Returns the tier of the first rule that one of these scopes or groups matches, otherwise the default tier.
    #[must_use]
    pub fn of(&self, scopes: &[String], groups: &[String]) -> &Arc<Tier> {
        let matches = |rule: &&TierRule| {
            rule.scopes.iter().any(|scope| scopes.contains(scope))
                || rule.groups.iter().any(|group| groups.contains(group))
        };
        self.rules
            .iter()
            .find(matches)
            .map_or(&self.default, |rule| &rule.tier)
    }
}
