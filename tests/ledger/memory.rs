//! Books in memory that fail in every way that a store over a network can: before a post, after it, and by contention.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use goal_router::ledger::store::{
    Account, Counter, Entry, Expected, Lease, Refusal, RowTotals, Unavailable, WriteError,
};
use goal_router::ledger::{LedgerStore, RowKey, RowStatus, UsageRow};
use goal_router::money::Money;

/// What is kept; shared by all tasks.
#[derive(Default)]
pub struct Kept {
    pub rows: HashMap<RowKey, UsageRow>,
    pub counters: HashMap<Account, (i64, i64)>,
    pub leases: HashMap<(NaiveDate, String), Lease>,
    tokens: HashSet<String>,
}

/// How one task's way to the store behaves.
#[derive(Debug, Clone, Copy)]
pub struct Weather {
    /// Share of calls that fail before they arrive.
    pub lost: f64,
    /// Share of posts that arrive, but whose answer does not.
    pub unheard: f64,
    /// Share of posts that another's cancels.
    pub contended: f64,
}

impl Weather {
    pub const FAIR: Self = Self {
        lost: 0.0,
        unheard: 0.0,
        contended: 0.0,
    };
    pub const ROUGH: Self = Self {
        lost: 0.15,
        unheard: 0.15,
        contended: 0.02,
    };
    pub const CROWDED: Self = Self {
        lost: 0.0,
        unheard: 0.0,
        contended: 1.0,
    };
    pub const AWAY: Self = Self {
        lost: 1.0,
        unheard: 0.0,
        contended: 0.0,
    };
}

/// One task's view of the books.
pub struct MemoryBooks {
    pub kept: Arc<Mutex<Kept>>,
    pub weather: Arc<Mutex<Weather>>,
}

impl MemoryBooks {
    /// Takes its time, so that others come in between, and may fail.
    async fn travel(&self) -> Result<(), Unavailable> {
        for _ in 0..fastrand::u32(0..4) {
            tokio::task::yield_now().await;
        }
        let lost = self.weather.lock().unwrap().lost;
        if fastrand::f64() < lost {
            return Err(Unavailable("lost".to_owned()));
        }
        Ok(())
    }
}

#[async_trait]
impl LedgerStore for MemoryBooks {
    async fn write(&self, entries: &[Entry], token: &str) -> Result<(), WriteError> {
        self.travel().await.map_err(WriteError::Unavailable)?;
        let weather = *self.weather.lock().unwrap();
        if fastrand::f64() < weather.contended {
            return Err(WriteError::Contended);
        }
        {
            let mut kept = self.kept.lock().unwrap();
            // A lone row is a PutItem, which knows no tokens.
            let lone = matches!(entries, [Entry::Row { .. }]);
            if lone || !kept.tokens.contains(token) {
                let refusals: Vec<Option<Refusal>> =
                    entries.iter().map(|entry| kept.refusal(entry)).collect();
                if refusals.iter().any(Option::is_some) {
                    return Err(WriteError::Refused(refusals));
                }
                for entry in entries {
                    kept.apply(entry);
                }
                kept.tokens.insert(token.to_owned());
            }
        }
        tokio::task::yield_now().await;
        if fastrand::f64() < weather.unheard {
            return Err(WriteError::Unavailable(Unavailable("unheard".to_owned())));
        }
        Ok(())
    }

    async fn row(&self, key: &RowKey) -> Result<Option<UsageRow>, Unavailable> {
        self.travel().await?;
        Ok(self.kept.lock().unwrap().rows.get(key).cloned())
    }

    async fn expired_rows(&self, before: DateTime<Utc>) -> Result<Vec<RowKey>, Unavailable> {
        self.travel().await?;
        let kept = self.kept.lock().unwrap();
        let expired = kept.rows.values().filter(|row| {
            row.status == RowStatus::Held && row.lease_until.is_some_and(|until| until < before)
        });
        Ok(expired.map(UsageRow::key).collect())
    }

    async fn lease(&self, day: NaiveDate, id: &str) -> Result<Option<Lease>, Unavailable> {
        self.travel().await?;
        let kept = self.kept.lock().unwrap();
        Ok(kept.leases.get(&(day, id.to_owned())).cloned())
    }

    async fn leases(&self, day: NaiveDate) -> Result<Vec<Lease>, Unavailable> {
        self.travel().await?;
        let kept = self.kept.lock().unwrap();
        let leases = kept.leases.values().filter(|lease| lease.day == day);
        Ok(leases.cloned().collect())
    }

    async fn row_totals(&self, day: NaiveDate, lease: &str) -> Result<RowTotals, Unavailable> {
        self.travel().await?;
        let kept = self.kept.lock().unwrap();
        let under = kept
            .rows
            .values()
            .filter(|row| row.day() == day && row.allowance.as_deref() == Some(lease));
        Ok(under.fold(RowTotals::default(), |sum, row| RowTotals {
            cost: sum.cost.saturating_add(row.cost),
            held: sum.held + u64::from(row.status == RowStatus::Held),
        }))
    }

    async fn counter(&self, account: &Account) -> Result<Counter, Unavailable> {
        self.travel().await?;
        Ok(self.kept.lock().unwrap().counter(account))
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        self.travel().await
    }
}

impl Kept {
    /// A counter as it is; below nothing is shown as nothing, and the end of a test finds it.
    pub fn counter(&self, account: &Account) -> Counter {
        let (committed, settled) = self.counters.get(account).copied().unwrap_or_default();
        let money = |nano: i64| Money::from_nano_usd(u64::try_from(nano).unwrap_or(0));
        Counter {
            committed: money(committed),
            settled: money(settled),
        }
    }

    fn refusal(&self, entry: &Entry) -> Option<Refusal> {
        let fits = match entry {
            Entry::Row { row, over } => {
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
                most: Some(most),
                ..
            } => {
                let now = self.counters.get(account).copied().unwrap_or_default().0;
                if now + committed > i64::try_from(most.nano_usd()).unwrap() {
                    return Some(Refusal::OverLimit(self.counter(account)));
                }
                true
            }
            Entry::Count { most: None, .. } => true,
            Entry::Lease { id, day, .. } | Entry::TouchLease { id, day } => self
                .leases
                .get(&(*day, id.clone()))
                .is_none_or(|lease| !lease.closed),
            Entry::CloseLease { lease } => self
                .leases
                .get(&(lease.day, lease.id.clone()))
                .is_some_and(|now| !now.closed && now.version == lease.version),
        };
        (!fits).then_some(Refusal::Differs)
    }

    fn apply(&mut self, entry: &Entry) {
        let add = |money: Money, change: i64| {
            let sum = i64::try_from(money.nano_usd()).unwrap() + change;
            Money::from_nano_usd(u64::try_from(sum).expect("a lease is never below nothing"))
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
                reported: told,
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
                lease.reported = add(lease.reported, *told);
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
