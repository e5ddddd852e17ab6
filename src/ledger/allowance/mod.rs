//! The task's allowance: its part of the service's daily budget. A task leases allowance from the store in chunks and reserves
//! from it in memory, so that the service's counter does not become a hot item.
//!
//! The counter in the store is the sum of what all tasks were granted, and it never exceeds the limit. A task never holds and
//! spends more than it was granted. Therefore the sum of everything held and spent never exceeds the limit, although the counter
//! is written only a few times per sweep interval, not twice per request.
//!
//! A task asks for more when it runs short, twice as much each time. At every sweep interval it reports what it spent,
//! returns what it did not need, renews its lease, and halves the next chunk. If a task dies, another task's sweep closes its
//! lease.

mod day;
mod grant;
mod report;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use tracing::{Instrument as _, Span};

use self::day::Day;
use super::store::{Account, Counter, LedgerStore, ReadError, Unavailable};
use super::write_batcher::{BASE_DELAY, MAX_DELAY};
use super::{BudgetExceeded, HoldError, LedgerSettings, Scope};
use crate::money::Money;
use crate::resilience::backoff::full_jitter;
use crate::resilience::circuit_breaker::CircuitBreaker;

/// The first chunk of a day is the limit divided by this, or what the request needs if that is more. A thousand tasks that start
/// together must not lease the whole budget.
const FIRST_SHARE: u64 = 16_384;
/// Maximum attempts of a write that is cancelled by other tasks' writes.
const MAX_ATTEMPTS: u32 = 20;
/// A lease is no longer used when less than its duration divided by this is left, because clocks differ and writes take time.
const MARGIN_SHARE: i32 = 16;

/// A task's part of the service's budget.
pub(super) struct Allowance {
    store: Arc<dyn LedgerStore>,
    breaker: Arc<CircuitBreaker>,
    limit: Money,
    lease: TimeDelta,
    state: Mutex<State>,
    changed: Notify,
    runtime: Handle,
}

#[derive(Default)]
struct State {
    days: BTreeMap<NaiveDate, Day>,
    grant_in_flight: bool,
    /// What other tasks were granted when the service's counter was last seen, and its day.
    granted_to_others: Option<(NaiveDate, Money)>,
}

/// An amount reserved for a request.
pub(super) struct Reservation {
    /// The id of the lease.
    pub lease: String,
    /// Until when the lease certainly belongs to this task.
    pub until: DateTime<Utc>,
}

/// The result of an attempt to reserve.
enum ReserveStep {
    /// The amount is reserved.
    Reserved(Reservation),
    /// This much more must be granted first, and the caller must ask the store.
    RequestGrant(Money),
    /// Another request is already asking the store.
    AwaitGrant,
}

impl Allowance {
    /// Creates an empty allowance with the limit and lease of these settings. `breaker` is the store's circuit breaker. Must be called
    /// inside a tokio runtime, which will ask the store for grants.
    pub fn new(
        store: Arc<dyn LedgerStore>,
        breaker: Arc<CircuitBreaker>,
        settings: &LedgerSettings,
    ) -> Self {
        Self {
            store,
            breaker,
            limit: settings.service_limit,
            lease: settings.lease,
            state: Mutex::default(),
            changed: Notify::new(),
            runtime: Handle::current(),
        }
    }

    /// Reserves an amount for a request by its deadline, and asks the store for more allowance if necessary.
    ///
    /// # Errors
    /// [`HoldError`]. Nothing is reserved in that case.
    pub async fn reserve(
        self: &Arc<Self>,
        amount: Money,
        date: NaiveDate,
        now: DateTime<Utc>,
        deadline: Instant,
    ) -> Result<Reservation, HoldError> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            match self.try_reserve(amount, date, now)? {
                ReserveStep::Reserved(reservation) => return Ok(reservation),
                ReserveStep::AwaitGrant => timeout_at(deadline, changed)
                    .await
                    .map_err(|_| HoldError::DeadlineExceeded)?,
                ReserveStep::RequestGrant(missing) => {
                    let granted = self.spawn_grant(missing, date, now);
                    timeout_at(deadline, granted)
                        .await
                        .map_err(|_| HoldError::DeadlineExceeded)?
                        .unwrap_or_else(|error| Err(HoldError::Unavailable(error.to_string())))?;
                }
            }
        }
    }

    /// Asks the store for a grant in a task of its own: the request that needs it may run out of time, but what the store granted
    /// must be recorded.
    fn spawn_grant(
        self: &Arc<Self>,
        missing: Money,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> JoinHandle<Result<(), HoldError>> {
        let in_flight = GrantInFlight(Arc::clone(self));
        let grant = async move {
            let granted = in_flight.0.request_grant(missing, date, now).await;
            drop(in_flight);
            granted
        };
        // In the trace of the request that asked first.
        self.runtime.spawn(grant.instrument(Span::current()))
    }

    /// Reserves an amount from what was already granted, without asking the store. Returns the id of the lease; `None` if the
    /// grant does not cover the amount.
    pub fn reserve_granted(
        &self,
        amount: Money,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Option<String> {
        let mut state = self.state();
        let day = state.days.get_mut(&date)?;
        day.reserve(amount, now).then(|| day.id.clone())
    }

    /// Replaces a request's hold under a lease with its cost.
    pub fn settle(&self, date: NaiveDate, lease: &str, held: Money, cost: Money) {
        let mut state = self.state();
        // A lease that was replaced meanwhile is settled from its rows when the sweep closes it.
        if let Some(day) = state.days.get_mut(&date).filter(|day| day.id == lease) {
            day.held = day.held.saturating_sub(held);
            day.spent = day.spent.saturating_add(cost);
            day.refused = None;
        }
    }

    /// Reports what was spent, returns what was not needed, renews the leases, and ends those of past days. Runs once per sweep
    /// interval.
    ///
    /// # Errors
    /// [`Unavailable`] when the store did not answer.
    pub async fn renew(&self, now: DateTime<Utc>) -> Result<(), Unavailable> {
        let days: Vec<NaiveDate> = self.state().days.keys().copied().collect();
        for date in days {
            self.report(date, now, false).await?;
        }
        let today = Account::service(now.date_naive());
        match self.store.counter(&today).await {
            Ok(counter) => self.record_counter(today.day, counter),
            Err(ReadError::Unavailable(why)) => return Err(why),
            Err(ReadError::Unreadable(why)) => {
                tracing::error!(
                    event_type = "error",
                    error_type = "unreadable_item",
                    error_message = why,
                    "the counter of today's budget cannot be read"
                );
            }
        }
        Ok(())
    }

    /// Returns all unspent allowance and ends the leases, at the end of the process.
    ///
    /// # Errors
    /// [`Unavailable`] when the store did not answer.
    pub async fn close(&self, now: DateTime<Utc>) -> Result<(), Unavailable> {
        let days: Vec<NaiveDate> = self.state().days.keys().copied().collect();
        for date in days {
            self.report(date, now, true).await?;
        }
        Ok(())
    }

    /// Returns what is left of the day's budget as far as this task knows: the limit, less what other tasks were granted and less what
    /// this task has spent and holds. `None` if today's counter was not read yet.
    pub fn left(&self, now: DateTime<Utc>) -> Option<Money> {
        let state = self.state();
        let (day, others) = state.granted_to_others?;
        let own = state.days.get(&day);
        let own = own.map_or(Money::ZERO, |day| day.spent.saturating_add(day.held));
        (day == now.date_naive()).then(|| self.limit.saturating_sub(others).saturating_sub(own))
    }

    /// Records the service's counter as it was just read or written.
    fn record_counter(&self, date: NaiveDate, counter: Counter) {
        let mut state = self.state();
        let known = state.granted_to_others;
        if known.is_some_and(|(newer, _)| newer > date) {
            // A request from before midnight must not bring yesterday back.
            return;
        }
        let own = state.days.get(&date).map_or(Money::ZERO, |day| day.granted);
        state.granted_to_others = Some((date, counter.committed.saturating_sub(own)));
    }

    fn first_chunk(&self) -> Money {
        Money::from_nano_usd(self.limit.nano_usd() / FIRST_SHARE)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reserves the amount if the grant covers it, else says what the caller must do first.
    ///
    /// # Errors
    /// [`HoldError::BudgetExceeded`] if a grant was recently refused, or if the amount exceeds the whole budget.
    fn try_reserve(
        &self,
        amount: Money,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<ReserveStep, HoldError> {
        let mut state = self.state();
        let grant_in_flight = state.grant_in_flight;
        let (margin, first_chunk) = (self.lease / MARGIN_SHARE, self.first_chunk());
        let day = state
            .days
            .entry(date)
            .or_insert_with(|| Day::new(now, margin, first_chunk));
        if day.reserve(amount, now) {
            return Ok(ReserveStep::Reserved(Reservation {
                lease: day.id.clone(),
                until: day.until - day.margin,
            }));
        }
        let missing = day.missing(amount, now);
        if let Some(refused) = &day.refused
            && refused.until > now
            && missing > refused.left
        {
            return Err(self.refusal(amount, &refused.counter, day, now));
        }
        if amount > self.limit {
            let counter = Counter {
                committed: self.limit,
                settled: self.limit,
            };
            return Err(self.refusal(amount, &counter, day, now));
        }
        if grant_in_flight {
            return Ok(ReserveStep::AwaitGrant);
        }
        state.grant_in_flight = true;
        Ok(ReserveStep::RequestGrant(missing))
    }

    /// Drops a lease that is closed, or whose stored amounts may differ from ours. The lease is left to expire, and the next
    /// reservation starts a new one. Holds under the old lease are settled from their rows.
    fn forget(&self, date: NaiveDate, id: &str) {
        let mut state = self.state();
        if state.days.get(&date).is_some_and(|day| day.id == id)
            && let Some(forgotten) = state.days.remove(&date)
            && let Some((day, others)) = &mut state.granted_to_others
            && *day == date
        {
            *others = others.saturating_add(forgotten.granted);
        }
    }

    fn refusal(
        &self,
        amount: Money,
        counter: &Counter,
        day: &Day,
        now: DateTime<Utc>,
    ) -> HoldError {
        let settled = counter
            .settled
            .saturating_add(day.spent.saturating_sub(day.reported));
        let refusal = BudgetExceeded::new(Scope::Service, self.limit, settled, amount, now);
        HoldError::BudgetExceeded(refusal)
    }
}

/// A request for a grant. Other requests wait until it is dropped.
struct GrantInFlight(Arc<Allowance>);

impl Drop for GrantInFlight {
    fn drop(&mut self) {
        self.0.state().grant_in_flight = false;
        self.0.changed.notify_waiters();
    }
}

async fn pause(attempt: u32) {
    tokio::time::sleep(full_jitter(BASE_DELAY, attempt, MAX_DELAY)).await;
}
