//! Budgets: the scopes that have one, and the error when one is used up.

use chrono::{DateTime, Days, TimeDelta, Utc};

use crate::money::Money;

/// The scope of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// All requests of a UTC day: `DAILY_BUDGET_USD`.
    Service,
    /// The requests of one client on a UTC day: `CLIENT_DAILY_BUDGET_USD`.
    Client,
}

impl Scope {
    /// Returns the label for metrics and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Client => "client",
        }
    }
}

/// A budget has no room for a request's worst-case cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the daily {} budget has no room for {amount} USD", .scope.as_str())]
pub struct BudgetExceeded {
    /// The budget's scope.
    pub scope: Scope,
    /// The request's worst-case cost.
    pub amount: Money,
    /// How long to wait before a retry: a few seconds if the room is only held by requests in flight, else until midnight UTC,
    /// when a new budget starts.
    pub retry_after: TimeDelta,
}

/// Wait for the holds of requests in flight to be released; a plan takes a few seconds.
const SOON: TimeDelta = TimeDelta::seconds(5);

impl BudgetExceeded {
    /// Creates the error for `amount`, given the limit and the amount already settled.
    pub(super) fn new(
        scope: Scope,
        limit: Money,
        settled: Money,
        amount: Money,
        now: DateTime<Utc>,
    ) -> Self {
        let retry_after = if settled.saturating_add(amount) > limit {
            until_midnight(now)
        } else {
            SOON
        };
        Self {
            scope,
            amount,
            retry_after: retry_after.max(TimeDelta::seconds(1)),
        }
    }
}

fn until_midnight(now: DateTime<Utc>) -> TimeDelta {
    now.date_naive()
        .checked_add_days(Days::new(1))
        .map_or(TimeDelta::days(1), |tomorrow| {
            tomorrow.and_time(chrono::NaiveTime::MIN).and_utc() - now
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone as _;

    #[test]
    fn a_short_wait_is_suggested_only_if_it_can_help() {
        let now = Utc.with_ymd_and_hms(2026, 11, 23, 22, 30, 0).unwrap();
        let retry_after = |settled| {
            BudgetExceeded::new(
                Scope::Client,
                Money::from_nano_usd(100),
                Money::from_nano_usd(settled),
                Money::from_nano_usd(30),
                now,
            )
            .retry_after
        };

        assert_eq!(retry_after(70), SOON);
        assert_eq!(retry_after(71), TimeDelta::minutes(90));
    }
}
