//! Budgets: which scopes have one, and what is said when one is used up.

use chrono::{DateTime, Days, TimeDelta, Utc};

use crate::money::Money;

/// Whose budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// All requests of a day: `DAILY_BUDGET_USD`.
    Service,
    /// The requests of one client in a day: `CLIENT_DAILY_BUDGET_USD`.
    Client,
}

impl Scope {
    /// The label of metrics and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Client => "client",
        }
    }
}

/// A budget has no room for a request's worst case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the {} budget of the day has no room for {amount} USD", .scope.as_str())]
pub struct BudgetExceeded {
    /// Which budget.
    pub scope: Scope,
    /// What the request could cost.
    pub amount: Money,
    /// When it is worth trying again: soon, where the room is only held by requests under way; else at midnight UTC, when the
    /// day's budget begins anew.
    pub retry_after: TimeDelta,
}

/// What requests under way hold comes free as they end: plans take some seconds.
const SOON: TimeDelta = TimeDelta::seconds(5);

impl BudgetExceeded {
    /// The refusal of an amount by a limit of which so much is settled.
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
    fn a_refusal_says_whether_waiting_a_moment_helps() {
        let now = Utc.with_ymd_and_hms(2026, 11, 23, 22, 30, 0).unwrap();
        let refusal = |settled| {
            BudgetExceeded::new(
                Scope::Client,
                Money::from_nano_usd(100),
                Money::from_nano_usd(settled),
                Money::from_nano_usd(30),
                now,
            )
            .retry_after
        };

        assert_eq!(refusal(70), SOON);
        assert_eq!(refusal(71), TimeDelta::minutes(90));
    }
}
