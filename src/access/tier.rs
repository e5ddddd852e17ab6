//! Tiers: what classes of clients may do.

use std::sync::Arc;

use crate::access::rate_limit::Rate;
use crate::money::Money;

/// What a class of clients may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// Its name, which the `RateLimit` fields show.
    pub name: String,
    /// How often each client may ask.
    pub rate: Rate,
    /// What each client may spend in a day (UTC); none without a limit.
    pub daily_budget: Option<Money>,
}

/// A tier, and the scopes and groups of tokens that lead to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierRule {
    /// The tier.
    pub tier: Arc<Tier>,
    /// Any of these scopes leads to it.
    pub scopes: Vec<String>,
    /// Any of these groups leads to it.
    pub groups: Vec<String>,
}

/// All tiers: those of rules in their order, and the one of everybody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tiers {
    default: Arc<Tier>,
    rules: Vec<TierRule>,
}

impl Tiers {
    /// These tiers.
    #[must_use]
    pub fn new(default: Tier, rules: Vec<TierRule>) -> Self {
        Self {
            default: Arc::new(default),
            rules,
        }
    }

    /// The tier of everybody without another.
    #[must_use]
    pub const fn default_tier(&self) -> &Arc<Tier> {
        &self.default
    }

    /// The tier of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Arc<Tier>> {
        let rules = self.rules.iter().map(|rule| &rule.tier);
        rules.chain([&self.default]).find(|tier| tier.name == name)
    }

    /// The first tier that one of these scopes or groups leads to, else the default one.
    #[must_use]
    pub fn of(&self, scopes: &[String], groups: &[String]) -> &Arc<Tier> {
        let leads = |rule: &&TierRule| {
            rule.scopes.iter().any(|scope| scopes.contains(scope))
                || rule.groups.iter().any(|group| groups.contains(group))
        };
        self.rules
            .iter()
            .find(leads)
            .map_or(&self.default, |rule| &rule.tier)
    }
}
