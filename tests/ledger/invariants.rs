//! The invariants of money, checked against what actually happened.

use std::collections::HashMap;

use chrono::{NaiveDate, TimeDelta};
use goal_router::clock::Clock as _;
use goal_router::ledger::RowStatus;
use goal_router::ledger::store::Account;

use crate::simulation::{CLIENT_SHARE, Simulation};

impl Simulation {
    /// Checks the invariants of every moment, without an allowance for an outage: no account exceeds its limit, and no day the
    /// limit of the service.
    pub fn check_limits(&self) {
        let data = self.data.lock().unwrap();
        let outcomes = self.outcomes.lock().unwrap();
        for (account, (committed, settled)) in &data.counters {
            // A row may arrive after its lease was closed. Its owner notices, and spends nothing. If the owner dies before that,
            // the row counts at the held amount, even above the limit.
            let late = data.rows.values().filter(|row| {
                row.status == RowStatus::Abandoned
                    && row.day() == account.day
                    && !outcomes.contains_key(&row.key())
            });
            let late: u64 = late.map(|row| row.cost.nano_usd()).sum();
            let limit = if account.client.is_some() {
                self.limit / CLIENT_SHARE
            } else {
                self.limit
            };
            assert!(
                *committed <= i64::try_from(limit + late).unwrap() && *settled <= *committed,
                "{account:?}: {committed} committed, {settled} settled, of {limit}"
            );
            assert!(*committed >= 0 && *settled >= 0, "{account:?} is negative");
        }
        drop((data, outcomes));
        let today = self.clock.now().date_naive();
        for day in [today, today - TimeDelta::days(1)] {
            assert!(
                self.spent_on(day) <= self.limit,
                "the limit of {day} is exceeded"
            );
        }
    }

    /// Checks the invariants at rest: every request that spent has one row, with its cost or, if its task died, with the held
    /// amount; nothing is held; every counter is the sum of its rows; and every lease is closed.
    pub fn check_at_rest(&self) {
        let data = self.data.lock().unwrap();
        let outcomes = self.outcomes.lock().unwrap();
        let mut of_id: HashMap<&str, u32> = HashMap::new();
        let mut sums: HashMap<Account, i64> = HashMap::new();
        for row in data.rows.values() {
            assert_ne!(row.status, RowStatus::Held, "{row:?}");
            *of_id.entry(&row.request_id).or_default() += 1;
            let cost = i64::try_from(row.cost.nano_usd()).unwrap();
            *sums.entry(Account::service(row.day())).or_default() += cost;
            if row.client_budget {
                *sums
                    .entry(Account::client(&row.client_id, row.day()))
                    .or_default() += cost;
            }
            if let Some(outcome) = outcomes.get(&row.key()) {
                let cost = row.cost.nano_usd();
                let expected = if outcome.confirmed {
                    outcome.spent
                } else {
                    outcome.held
                };
                assert!(
                    cost == expected || (!outcome.confirmed && cost == outcome.spent),
                    "{row:?} of {outcome:?}"
                );
            }
        }
        for key in outcomes.keys() {
            assert!(data.rows.contains_key(key), "no row of {key:?}");
        }
        for (id, rows) in of_id {
            assert!(rows <= self.ids[id], "{rows} rows of {id}");
        }
        for (account, (committed, settled)) in &data.counters {
            let sum = sums.remove(account).unwrap_or(0);
            assert_eq!(
                (*committed, *settled),
                (sum, sum),
                "{account:?}: the counter is the sum of its rows"
            );
        }
        sums.retain(|_, sum| *sum != 0);
        assert!(sums.is_empty(), "rows without a counter: {sums:?}");
        for lease in data.leases.values() {
            assert!(lease.closed, "{lease:?}");
        }
    }

    fn spent_on(&self, day: NaiveDate) -> u64 {
        let outcomes = self.outcomes.lock().unwrap();
        let of_day = outcomes.values().filter(|outcome| outcome.day == day);
        of_day.map(|outcome| outcome.spent).sum()
    }
}
