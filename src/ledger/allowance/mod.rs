//! The service's budget of a day, held without a hot item: a task leases allowance in chunks and draws on it in memory.
//!
//! The day's counter in the store is what all tasks together were granted; it never passes the limit. What a task has held and
//! spent never passes what it was granted. So the sum of all that is held and spent never passes the limit, while the counter
//! is written a few times in a sweep interval and not twice per request.
//!
//! A task asks for more when it runs short, twice as much each time within an interval; every interval it gives back what it
//! did not need, tells what it spent, and renews its lease. The lease of a task that died is closed by another's sweep.

mod day;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use tokio::sync::Notify;

use uuid::Uuid;

use self::day::{Day, Report};
use super::store::{Account, Counter, Entry, LedgerStore, Refusal, Unavailable, WriteError};
use super::write_batcher::unavailable;
use super::write_batcher::{FIRST_PAUSE, MAX_PAUSE};
use super::{BudgetExceeded, HoldError, LedgerSettings, Scope};
use crate::money::Money;
use crate::resilience::backoff::full_jitter;
use crate::resilience::circuit_breaker::CircuitBreaker;

/// The first chunk of a day is the limit divided by this, or what the request needs: a thousand tasks that begin together must not
/// lease the whole budget.
const FIRST_SHARE: u64 = 16_384;
/// The largest chunk is the limit divided by this.
const MAX_SHARE: u64 = 32;
/// Near the limit a chunk is at most what is left divided by this, so that other tasks find something too.
const REST_SHARE: u64 = 4;
/// Tries of a grant against other tasks'.
const TRIES: u32 = 20;
/// A lease is not drawn on for this part of it before it ends: clocks differ, and writes take their time.
const MARGIN_SHARE: i32 = 16;
/// A task's part of the service's budget.
pub(super) struct Allowance {
    store: Arc<dyn LedgerStore>,
    breaker: Arc<CircuitBreaker>,
    limit: Money,
    lease: TimeDelta,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    days: BTreeMap<NaiveDate, Day>,
    asking: bool,
    counter: Option<(NaiveDate, Counter)>,
}

/// What was taken for a request.
pub(super) struct Reservation {
    /// The lease.
    pub lease: String,
    /// Until when it is surely this task's.
    pub until: DateTime<Utc>,
}

/// What a try to reserve comes to.
enum ReserveStep {
    /// It is reserved.
    Reserved(Reservation),
    /// So much more has to be granted first. Nobody asks the store yet; the caller has to.
    RequestGrant(Money),
    /// Another request asks the store already.
    AwaitGrant,
}

impl Allowance {
    /// The part of a task in the budget of these settings; the breaker is the store's.
    pub fn new(
        books: Arc<dyn LedgerStore>,
        breaker: Arc<CircuitBreaker>,
        settings: &LedgerSettings,
    ) -> Self {
        Self {
            store: books,
            breaker,
            limit: settings.service_limit,
            lease: settings.lease,
            state: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// Takes an amount for a request, asking the store for more allowance where it has to.
    pub async fn reserve(
        &self,
        amount: Money,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<Reservation, HoldError> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            match self.try_reserve(amount, date, now)? {
                ReserveStep::Reserved(taken) => return Ok(taken),
                ReserveStep::AwaitGrant => changed.await,
                ReserveStep::RequestGrant(missing) => {
                    let asking = GrantInFlight(self);
                    let granted = self.request_grant(missing, date, now).await;
                    drop(asking);
                    granted?;
                }
            }
        }
    }

    /// Takes an amount from what was granted already, without asking the store; the id of the lease.
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

    /// Gives back what a request held under a lease, less what it cost.
    pub fn settle(&self, date: NaiveDate, lease: &str, held: Money, cost: Money) {
        let mut state = self.state();
        // A lease that ended meanwhile was summed up from its rows by whoever closed it.
        if let Some(day) = state.days.get_mut(&date).filter(|day| day.id == lease) {
            day.held = day.held.saturating_sub(held);
            day.spent = day.spent.saturating_add(cost);
            day.refused = None;
        }
    }

    /// A sweep interval is over: tells what was spent, gives back what was not needed, renews the leases, ends those of past
    /// days.
    pub async fn renew(&self, now: DateTime<Utc>) -> Result<(), Unavailable> {
        let days: Vec<NaiveDate> = self.state().days.keys().copied().collect();
        for date in days {
            self.report(date, now, false).await?;
        }
        let today = Account::service(now.date_naive());
        let counter = self.store.counter(&today).await?;
        self.state().counter = Some((today.day, counter));
        Ok(())
    }

    /// Gives back all that is not spent and ends the leases, at the end of the process.
    pub async fn close(&self, now: DateTime<Utc>) -> Result<(), Unavailable> {
        let days: Vec<NaiveDate> = self.state().days.keys().copied().collect();
        for date in days {
            self.report(date, now, true).await?;
        }
        Ok(())
    }

    /// What is left of the day's budget, as far as this task knows: not granted to anyone, and its own.
    pub fn left(&self, now: DateTime<Utc>) -> Option<Money> {
        let state = self.state();
        let (day, counter) = state.counter?;
        let own = state
            .days
            .get(&day)
            .map_or(Money::ZERO, |day| day.granted.saturating_sub(day.spent));
        (day == now.date_naive()).then(|| {
            self.limit
                .saturating_sub(counter.committed)
                .saturating_add(own)
        })
    }

    fn first_chunk(&self) -> Money {
        Money::from_nano_usd(self.limit.nano_usd() / FIRST_SHARE)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn try_reserve(
        &self,
        amount: Money,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<ReserveStep, HoldError> {
        let mut state = self.state();
        let asking = state.asking;
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
        if asking {
            return Ok(ReserveStep::AwaitGrant);
        }
        state.asking = true;
        Ok(ReserveStep::RequestGrant(missing))
    }

    /// Asks the store for at least `missing` more. A refusal is remembered, for [`Allowance::draw`] to find.
    async fn request_grant(
        &self,
        missing: Money,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<(), HoldError> {
        let (id, chunk) = {
            let mut state = self.state();
            let (margin, first_chunk) = (self.lease / MARGIN_SHARE, self.first_chunk());
            let day = state
                .days
                .entry(date)
                .or_insert_with(|| Day::new(now, margin, first_chunk));
            day.renew_if_ended(now);
            (day.id.clone(), day.chunk)
        };
        let until = now + self.lease;
        let mut amount = missing.max(chunk).min(self.limit);
        for attempt in 0..TRIES {
            let entries = [
                Entry::Count {
                    account: Account::service(date),
                    committed: amount.as_change(),
                    settled: 0,
                    most: Some(self.limit),
                },
                Entry::Lease {
                    id: id.clone(),
                    day: date,
                    granted: amount.as_change(),
                    reported: 0,
                    until,
                },
            ];
            match self.write(&entries).await {
                Ok(()) => {
                    self.note_grant(date, &id, amount, until);
                    return Ok(());
                }
                Err(WriteError::Refused(refusals)) => {
                    let Some(Some(Refusal::OverLimit(counter))) = refusals.first() else {
                        // The lease was closed over our head: another is made with the next try to draw.
                        self.forget(date, &id);
                        return Ok(());
                    };
                    let left = self.limit.saturating_sub(counter.committed);
                    if left < missing {
                        self.note_refusal(date, left, *counter, now);
                        return Ok(());
                    }
                    amount =
                        missing.max(Money::from_nano_usd(left.nano_usd() / REST_SHARE).min(chunk));
                }
                Err(WriteError::Contended) => pause(attempt).await,
                Err(WriteError::Unavailable(why)) => {
                    // It may have been granted. The lease then has more than we know of, which its end gives back.
                    self.forget(date, &id);
                    return Err(HoldError::Unavailable(why.0));
                }
            }
        }
        Err(HoldError::Contended)
    }

    /// Posts under a new token, and once more under the same where nobody knows the outcome.
    async fn write(&self, entries: &[Entry]) -> Result<(), WriteError> {
        let token = Uuid::new_v4().to_string();
        match self.try_write(entries, &token).await {
            // Whatever but a yes says nothing of the first try, which may have arrived.
            Err(WriteError::Unavailable(why)) => self
                .try_write(entries, &token)
                .await
                .map_err(|_| WriteError::Unavailable(why)),
            posted => posted,
        }
    }

    async fn try_write(&self, entries: &[Entry], token: &str) -> Result<(), WriteError> {
        let permit = self
            .breaker
            .permit()
            .map_err(|_| WriteError::Unavailable(unavailable()))?;
        let posted = self.store.write(entries, token).await;
        match &posted {
            Err(WriteError::Unavailable(_)) => permit.failed(),
            _ => permit.succeeded(),
        }
        posted
    }

    async fn report(
        &self,
        date: NaiveDate,
        now: DateTime<Utc>,
        last: bool,
    ) -> Result<(), Unavailable> {
        for attempt in 0..TRIES {
            let Some(telling) = self.next_report(date, now, last) else {
                return Ok(());
            };
            let posted = self.write(&telling.entries).await;
            match posted {
                Ok(()) => {
                    self.note_reported(date, &telling);
                    return Ok(());
                }
                Err(WriteError::Refused(_)) => {
                    self.forget(date, &telling.id);
                    return Ok(());
                }
                Err(WriteError::Contended) => {
                    if let Some(day) = self.state().days.get_mut(&date) {
                        day.roll_back(&telling);
                    }
                    pause(attempt).await;
                }
                Err(WriteError::Unavailable(why)) => {
                    // What was to be given back may have been: it is not drawn on again, and the lease's end sums it up.
                    self.forget(date, &telling.id);
                    return Err(why);
                }
            }
        }
        Err(Unavailable(
            "other tasks change the day's counter".to_owned(),
        ))
    }

    /// What to tell the store of a day; none when the lease has ended or there is nothing to tell any more.
    fn next_report(&self, date: NaiveDate, now: DateTime<Utc>, last: bool) -> Option<Report> {
        let mut state = self.state();
        let day = state.days.get_mut(&date)?;
        if day.until > now {
            return day.report(date, now, self.lease, last);
        }
        // Whoever sweeps closes it, and sums up its rows.
        if day.held == Money::ZERO {
            state.days.remove(&date);
        }
        None
    }

    fn note_reported(&self, date: NaiveDate, telling: &Report) {
        let least_chunk = self.first_chunk();
        let mut state = self.state();
        let day = state.days.get_mut(&date);
        if day.is_some_and(|day| day.note_reported(telling, least_chunk)) {
            state.days.remove(&date);
        }
    }

    fn note_grant(&self, date: NaiveDate, id: &str, amount: Money, until: DateTime<Utc>) {
        let largest = Money::from_nano_usd(self.limit.nano_usd() / MAX_SHARE);
        let mut state = self.state();
        if let Some(day) = state.days.get_mut(&date).filter(|day| day.id == id) {
            day.was_granted(amount, until, largest);
        }
    }

    fn note_refusal(&self, date: NaiveDate, left: Money, counter: Counter, now: DateTime<Utc>) {
        let mut state = self.state();
        state.counter = Some((date, counter));
        if let Some(day) = state.days.get_mut(&date) {
            day.was_refused(left, counter, now);
        }
    }

    /// Forgets a lease that is closed, or of which the store may know another sum than we do. It is left to end; what is still
    /// held under it is settled row by row, and a new lease takes its place.
    fn forget(&self, date: NaiveDate, id: &str) {
        let mut state = self.state();
        if state.days.get(&date).is_some_and(|day| day.id == id) {
            state.days.remove(&date);
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

/// Whoever asks the store; the others wait until it is dropped.
struct GrantInFlight<'a>(&'a Allowance);

impl Drop for GrantInFlight<'_> {
    fn drop(&mut self) {
        self.0.state().asking = false;
        self.0.changed.notify_waiters();
    }
}

async fn pause(attempt: u32) {
    tokio::time::sleep(full_jitter(FIRST_PAUSE, attempt, MAX_PAUSE)).await;
}
