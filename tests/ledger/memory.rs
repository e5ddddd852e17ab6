//! A store in memory that fails in every way that a store over a network can: before a write, after it, and by contention.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use goal_router::ledger::store::{
    Account, Counter, Entry, Expected, Found, Lease, ReadError, Refusal, RowTotals, Unavailable,
    WriteError,
};
use goal_router::ledger::{LedgerStore, RowKey, RowStatus, UsageRow};
use goal_router::money::Money;

/// The stored data, shared by all tasks.
#[derive(Default)]
pub struct StoredData {
    pub rows: HashMap<RowKey, UsageRow>,
    pub counters: HashMap<Account, (i64, i64)>,
    pub leases: HashMap<(NaiveDate, String), Lease>,
    /// Rows that a newer build wrote.
    pub unreadable: HashSet<RowKey>,
    /// The daily limit of the client of each request.
    pub client_limits: HashMap<String, u64>,
    tokens: HashSet<String>,
}

/// How the network between one task and the store behaves.
#[derive(Debug, Clone, Copy)]
pub struct Network {
    /// Share of calls that fail before they reach the store.
    pub request_lost: f64,
    /// Share of writes that reach the store, but whose response is lost.
    pub response_lost: f64,
    /// Share of writes that a concurrent write cancels, or that are throttled.
    pub contended: f64,
}

impl Network {
    pub const HEALTHY: Self = Self {
        request_lost: 0.0,
        response_lost: 0.0,
        contended: 0.0,
    };
    pub const FLAKY: Self = Self {
        request_lost: 0.15,
        response_lost: 0.15,
        contended: 0.05,
    };
    pub const UNAVAILABLE: Self = Self {
        request_lost: 1.0,
        response_lost: 0.0,
        contended: 0.0,
    };
}

/// One task's connection to the shared data.
pub struct MemoryStore {
    pub data: Arc<Mutex<StoredData>>,
    pub network: Arc<Mutex<Network>>,
}

impl MemoryStore {
    /// Yields to other tasks up to three times, and may fail.
    async fn reach_store(&self) -> Result<(), Unavailable> {
        for _ in 0..fastrand::u32(0..4) {
            tokio::task::yield_now().await;
        }
        let request_lost = self.network.lock().unwrap().request_lost;
        if fastrand::f64() < request_lost {
            return Err(Unavailable("request lost".to_owned()));
        }
        Ok(())
    }
}

#[async_trait]
impl LedgerStore for MemoryStore {
    async fn write(&self, entries: &[Entry], token: &str) -> Result<(), WriteError> {
        self.reach_store().await.map_err(WriteError::Unavailable)?;
        let network = *self.network.lock().unwrap();
        if fastrand::f64() < network.contended {
            return Err(WriteError::Contended);
        }
        {
            let mut data = self.data.lock().unwrap();
            if let Some(why) = invalid(entries) {
                return Err(WriteError::Invalid(why));
            }
            // A single row is written by PutItem, which takes no token.
            let is_single = matches!(entries, [Entry::Row { .. }]);
            if is_single || !data.tokens.contains(token) {
                let refusals: Vec<Option<Refusal>> =
                    entries.iter().map(|entry| data.refusal(entry)).collect();
                if refusals.iter().any(Option::is_some) {
                    return Err(WriteError::Refused(refusals));
                }
                data.check_own_limits(entries);
                for entry in entries {
                    data.apply(entry);
                }
                data.tokens.insert(token.to_owned());
            }
        }
        tokio::task::yield_now().await;
        if fastrand::f64() < network.response_lost {
            return Err(WriteError::Unavailable(Unavailable(
                "response lost".to_owned(),
            )));
        }
        Ok(())
    }

    async fn row(&self, key: &RowKey) -> Result<Option<UsageRow>, ReadError> {
        self.reach_store().await?;
        let data = self.data.lock().unwrap();
        if data.unreadable.contains(key) {
            return Err(ReadError::Unreadable("an unknown status".to_owned()));
        }
        Ok(data.rows.get(key).cloned())
    }

    async fn expired_rows(
        &self,
        before: DateTime<Utc>,
        count: usize,
    ) -> Result<Vec<RowKey>, Unavailable> {
        self.reach_store().await?;
        let data = self.data.lock().unwrap();
        let expired = data.rows.values().filter(|row| {
            row.status == RowStatus::Held && row.lease_until.is_some_and(|until| until < before)
        });
        // The unreadable rows are the oldest ones.
        let unreadable = data.unreadable.iter().cloned();
        Ok(unreadable
            .chain(expired.map(UsageRow::key))
            .take(count)
            .collect())
    }

    async fn lease(&self, day: NaiveDate, id: &str) -> Result<Option<Lease>, ReadError> {
        self.reach_store().await?;
        let data = self.data.lock().unwrap();
        Ok(data.leases.get(&(day, id.to_owned())).cloned())
    }

    async fn leases(&self, day: NaiveDate) -> Result<Found<Lease>, Unavailable> {
        self.reach_store().await?;
        let data = self.data.lock().unwrap();
        let leases = data.leases.values().filter(|lease| lease.day == day);
        Ok(Found {
            items: leases.cloned().collect(),
            unreadable: Vec::new(),
        })
    }

    async fn row_totals(&self, day: NaiveDate, lease: &str) -> Result<RowTotals, ReadError> {
        self.reach_store().await?;
        let data = self.data.lock().unwrap();
        let under_lease = data
            .rows
            .values()
            .filter(|row| row.day() == day && row.allowance.as_deref() == Some(lease));
        Ok(
            under_lease.fold(RowTotals::default(), |totals, row| RowTotals {
                cost: totals.cost.saturating_add(row.cost),
                held: totals.held + u64::from(row.status == RowStatus::Held),
            }),
        )
    }

    async fn counter(&self, account: &Account) -> Result<Counter, ReadError> {
        self.reach_store().await?;
        Ok(self.data.lock().unwrap().counter(account))
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        self.reach_store().await
    }
}

/// Returns why a real store would not accept a write, if it would not: a transaction may contain an item only once.
fn invalid(entries: &[Entry]) -> Option<String> {
    let mut keys = HashSet::new();
    let keys_of_rows = entries.iter().filter_map(|entry| match entry {
        Entry::Row { row, .. } => Some(row.key()),
        _ => None,
    });
    keys_of_rows
        .into_iter()
        .find(|key| !keys.insert(key.clone()))
        .map(|key| format!("two entries for {key:?}"))
}

impl StoredData {
    /// Checks that each hold among the entries is within the limit of its own request: of all that the counter has before it, in the
    /// order of the entries, once the releases are counted.
    fn check_own_limits(&self, entries: &[Entry]) {
        let Some((account, change)) = entries.iter().find_map(|entry| match entry {
            Entry::Count {
                account, committed, ..
            } if account.client.is_some() => Some((account, *committed)),
            _ => None,
        }) else {
            return;
        };
        let holds = || {
            entries.iter().filter_map(|entry| match entry {
                Entry::Row {
                    row,
                    expected: Expected::Nothing,
                } if row.status == RowStatus::Held && row.client_budget => {
                    let held = i64::try_from(row.held.nano_usd()).unwrap();
                    // A row that is replayed is counted without a limit.
                    let limit = self.client_limits.get(&row.request_id)?;
                    Some((held, i64::try_from(*limit).unwrap()))
                }
                _ => None,
            })
        };
        let is_limited = entries
            .iter()
            .any(|entry| matches!(entry, Entry::Count { limit: Some(_), .. }));
        let released = change - holds().map(|(held, _)| held).sum::<i64>();
        let mut committed = self.counters.get(account).copied().unwrap_or_default().0 + released;
        for (held, limit) in holds().filter(|_| is_limited) {
            committed += held;
            assert!(committed <= limit, "{committed} of {limit}: {entries:?}");
        }
    }

    /// Returns a counter. Negative amounts are shown as zero; the checks of the simulation find them.
    pub fn counter(&self, account: &Account) -> Counter {
        let (committed, settled) = self.counters.get(account).copied().unwrap_or_default();
        let money = |nano: i64| Money::from_nano_usd(u64::try_from(nano).unwrap_or(0));
        Counter {
            committed: money(committed),
            settled: money(settled),
        }
    }

    fn refusal(&self, entry: &Entry) -> Option<Refusal> {
        let is_as_expected = match entry {
            Entry::Row {
                row,
                expected: over,
            } => {
                let status = self.rows.get(&row.key()).map(|row| row.status);
                status
                    == match over {
                        Expected::Nothing => None,
                        Expected::Held => Some(RowStatus::Held),
                        Expected::Abandoned => Some(RowStatus::Abandoned),
                    }
            }
            Entry::Count {
                account,
                committed,
                limit: Some(limit),
                ..
            } => {
                let current = self.counters.get(account).copied().unwrap_or_default().0;
                if current + committed > i64::try_from(limit.nano_usd()).unwrap() {
                    return Some(Refusal::OverLimit(self.counter(account)));
                }
                true
            }
            Entry::Count { limit: None, .. } => true,
            Entry::Lease { id, day, .. } | Entry::TouchLease { id, day } => self
                .leases
                .get(&(*day, id.clone()))
                .is_none_or(|lease| !lease.closed),
            Entry::CloseLease { lease } => self
                .leases
                .get(&(lease.day, lease.id.clone()))
                .is_some_and(|stored| !stored.closed && stored.version == lease.version),
        };
        (!is_as_expected).then_some(Refusal::Differs)
    }

    fn apply(&mut self, entry: &Entry) {
        let add = |money: Money, change: i64| {
            let sum = i64::try_from(money.nano_usd()).unwrap() + change;
            Money::from_nano_usd(
                u64::try_from(sum).expect("an amount of a lease is never negative"),
            )
        };
        match entry {
            Entry::Row { row, .. } => {
                self.rows.insert(row.key(), (**row).clone());
            }
            Entry::Count {
                account,
                committed,
                settled,
                ..
            } => {
                let counter = self.counters.entry(account.clone()).or_default();
                counter.0 += committed;
                counter.1 += settled;
            }
            Entry::Lease {
                id,
                day,
                granted,
                reported,
                until,
            } => {
                let lease = self
                    .leases
                    .entry((*day, id.clone()))
                    .or_insert_with(|| Lease {
                        id: id.clone(),
                        day: *day,
                        granted: Money::ZERO,
                        reported: Money::ZERO,
                        until: *until,
                        version: 0,
                        closed: false,
                    });
                lease.granted = add(lease.granted, *granted);
                lease.reported = add(lease.reported, *reported);
                lease.until = *until;
                lease.version += 1;
            }
            Entry::CloseLease { lease } => {
                if let Some(lease) = self.leases.get_mut(&(lease.day, lease.id.clone())) {
                    lease.closed = true;
                }
            }
            Entry::TouchLease { id, day } => {
                if let Some(lease) = self.leases.get_mut(&(*day, id.clone())) {
                    lease.version += 1;
                }
            }
        }
    }
}
