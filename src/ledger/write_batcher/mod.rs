//! Batches writes to the store: rows that wait at the same time are written in one transaction.
//!
//! A single row is written at once, by the task that asked for it. Under load, rows collect in a queue while earlier writes are in
//! flight, and are written by tasks of their own. Rows that change a client's counter wait in that client's own queue with one write at
//! a time, because concurrent transactions on the same counter would only cancel each other.

mod batch;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tracing::{Instrument as _, Span};

use self::batch::{Waiting, entries, reply_all, span, without_refused};
use super::store::{Account, Counter, Expected, LedgerStore, Unavailable, WriteError};
use super::usage_row::UsageRow;
use crate::money::Money;
use crate::resilience::backoff::full_jitter;
use crate::resilience::circuit_breaker::{CircuitBreaker, CircuitState};

/// Maximum number of rows per write. Well below DynamoDB's limit of 100 items per transaction, so that a slow write delays few
/// rows.
const MAX_ROWS: usize = 32;
/// Maximum number of concurrent writes from the queue of rows without a counter.
const MAX_CONCURRENT: usize = 8;
/// Maximum attempts of a write whose result is unknown.
const UNKNOWN_ATTEMPTS: u32 = 2;
/// Maximum attempts of a write that is cancelled by concurrent writes.
const CONTENDED_ATTEMPTS: u32 = 12;
/// Upper bound of the first delay after contention; doubles up to [`MAX_DELAY`].
pub(super) const BASE_DELAY: Duration = Duration::from_millis(4);
/// Maximum delay after contention.
pub(super) const MAX_DELAY: Duration = Duration::from_millis(250);

/// A row to write, and its change to the client's counter.
#[derive(Debug, Clone)]
pub(super) struct PendingWrite {
    pub row: Arc<UsageRow>,
    pub expected: Expected,
    pub count: Option<Count>,
}

/// A change of a client's counter.
#[derive(Debug, Clone)]
pub(super) struct Count {
    pub account: Account,
    pub committed: i64,
    pub settled: i64,
    pub limit: Option<Money>,
}

/// The result of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WriteResult {
    /// The row is stored.
    Done,
    /// The stored row was not as expected.
    Differs,
    /// The client's budget has no room for the row.
    OverLimit(Counter),
    /// Concurrent writes changed the same counter at every attempt.
    Contended,
}

/// The queues in front of the store.
pub(super) struct WriteBatcher {
    shared: Arc<Shared>,
    runtime: Handle,
}

struct Shared {
    store: Arc<dyn LedgerStore>,
    breaker: Arc<CircuitBreaker>,
    // The queues are bounded by the requests in flight, because each waits for one write at a time.
    queues: Mutex<HashMap<Option<Account>, Queue>>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    in_flight: usize,
}

impl WriteBatcher {
    /// Creates the queues for this store and its circuit breaker. Must be called inside a tokio runtime, which will run the
    /// writes.
    pub fn new(store: Arc<dyn LedgerStore>, breaker: Arc<CircuitBreaker>) -> Self {
        Self {
            shared: Arc::new(Shared {
                store,
                breaker,
                queues: Mutex::default(),
            }),
            runtime: Handle::current(),
        }
    }

    /// Writes a row, together with other rows that wait.
    ///
    /// # Errors
    /// [`Unavailable`] when it is unknown whether the row was written, or when the store is known to be unavailable.
    pub async fn write(&self, write: PendingWrite) -> Result<WriteResult, Unavailable> {
        if self.is_unavailable() {
            return Err(unavailable());
        }
        let (reply, result) = oneshot::channel();
        let account = write.count.as_ref().map(|count| count.account.clone());
        let max_in_flight = if account.is_some() { 1 } else { MAX_CONCURRENT };
        let waiting = Waiting {
            write,
            reply,
            span: Span::current(),
        };
        let alone = {
            let mut queues = self.shared.queues();
            let queue = queues.entry(account.clone()).or_default();
            if queue.in_flight < max_in_flight {
                queue.in_flight += 1;
                Some(waiting)
            } else {
                queue.waiting.push_back(waiting);
                None
            }
        };
        if let Some(waiting) = alone {
            let in_flight = InFlight {
                batcher: self,
                account,
            };
            self.shared.write_batch(vec![waiting]).await;
            drop(in_flight);
        }
        result
            .await
            .unwrap_or_else(|_| Err(Unavailable("the service is shutting down".to_owned())))
    }

    /// Returns whether the store is known to be unavailable.
    pub fn is_unavailable(&self) -> bool {
        self.breaker_state() != CircuitState::Closed
    }

    /// Returns the state of the store's circuit breaker.
    pub fn breaker_state(&self) -> CircuitState {
        self.shared.breaker.state()
    }

    /// Probes the store, if its circuit breaker permits a call. Returns whether the store answered.
    pub async fn probe(&self) -> bool {
        let Ok(permit) = self.shared.breaker.permit() else {
            return false;
        };
        if self.shared.store.probe().await.is_ok() {
            permit.succeeded();
            true
        } else {
            permit.failed();
            false
        }
    }
}

/// A write of one row by the task that asked for it. When it ends, or is given up at its deadline, the rows that have come meanwhile are
/// written by a task of their own.
struct InFlight<'a> {
    batcher: &'a WriteBatcher,
    account: Option<Account>,
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        let account = self.account.take();
        let shared = &self.batcher.shared;
        if shared.ends_without_waiting(account.as_ref()) {
            return;
        }
        let shared = Arc::clone(shared);
        self.batcher
            .runtime
            .spawn(async move { shared.drain(account).await });
    }
}

impl Shared {
    /// Counts a write as ended if nothing waits in its queue, and returns whether that is so.
    fn ends_without_waiting(&self, account: Option<&Account>) -> bool {
        let account = account.cloned();
        let mut queues = self.queues();
        let Some(queue) = queues.get_mut(&account) else {
            return true;
        };
        if !queue.waiting.is_empty() {
            return false;
        }
        queue.in_flight -= 1;
        if queue.in_flight == 0 {
            queues.remove(&account);
        }
        true
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<Option<Account>, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes batches from one queue until it is empty.
    async fn drain(&self, account: Option<Account>) {
        while let Some(batch) = self.next_batch(account.as_ref()) {
            let span = span(&batch);
            self.write_batch(batch).instrument(span).await;
        }
    }

    /// Takes the next batch. Returns `None` when nothing waits; this drain then no longer counts as in flight.
    fn next_batch(&self, account: Option<&Account>) -> Option<Vec<Waiting>> {
        let mut queues = self.queues();
        let account = account.cloned();
        let queue = queues.get_mut(&account)?;
        let mut batch: Vec<Waiting> = Vec::new();
        let mut same_key = Vec::new();
        while batch.len() < MAX_ROWS
            && let Some(waiting) = queue.waiting.pop_front()
        {
            // A transaction may contain an item only once.
            let row = &waiting.write.row;
            if batch.iter().any(|other| other.write.row.has_same_key(row)) {
                same_key.push(waiting);
            } else {
                batch.push(waiting);
            }
        }
        for waiting in same_key.into_iter().rev() {
            queue.waiting.push_front(waiting);
        }
        if !batch.is_empty() {
            return Some(batch);
        }
        queue.in_flight -= 1;
        if queue.in_flight == 0 {
            queues.remove(&account);
        }
        None
    }

    /// Writes a batch. Replies to rows that are refused and retries the rest, until it is stored or given up: every attempt either
    /// leaves fewer rows or counts towards a maximum.
    async fn write_batch(&self, mut batch: Vec<Waiting>) {
        let (mut unknown, mut contended) = (0, 0);
        let mut token = uuid::Uuid::new_v4().to_string();
        while !batch.is_empty() {
            let entries = entries(&batch);
            let Ok(permit) = self.breaker.permit() else {
                return reply_all(batch, &Err(unavailable()));
            };
            match self.store.write(&entries, &token).await {
                Ok(()) => {
                    permit.succeeded();
                    return reply_all(batch, &Ok(WriteResult::Done));
                }
                Err(WriteError::Refused(refusals)) => {
                    permit.succeeded();
                    let before = batch.len();
                    batch = without_refused(batch, &refusals, unknown > 0);
                    if batch.len() == before {
                        return reply_all(batch, &Err(refused_without_reason()));
                    }
                    token = uuid::Uuid::new_v4().to_string();
                }
                Err(WriteError::Contended) => {
                    permit.succeeded();
                    contended += 1;
                    if contended >= CONTENDED_ATTEMPTS {
                        return reply_all(batch, &Ok(WriteResult::Contended));
                    }
                    tokio::time::sleep(full_jitter(BASE_DELAY, contended, MAX_DELAY)).await;
                    token = uuid::Uuid::new_v4().to_string();
                }
                Err(WriteError::Invalid(why)) => {
                    permit.succeeded();
                    return self.write_apart(batch, Unavailable(why)).await;
                }
                Err(WriteError::Unavailable(why)) => {
                    permit.failed();
                    unknown += 1;
                    if unknown >= UNKNOWN_ATTEMPTS {
                        return reply_all(batch, &Err(why));
                    }
                }
            }
        }
    }

    /// Writes the two halves of a batch that the store cannot accept one after the other, so that one unacceptable row fails alone.
    async fn write_apart(&self, mut batch: Vec<Waiting>, why: Unavailable) {
        if batch.len() < 2 {
            return reply_all(batch, &Err(why));
        }
        let second = batch.split_off(batch.len() / 2);
        Box::pin(self.write_batch(batch)).await;
        Box::pin(self.write_batch(second)).await;
    }
}

/// Returns the error for writes while the store is known to be unavailable.
pub(super) fn unavailable() -> Unavailable {
    Unavailable("the store has not answered recently".to_owned())
}

fn refused_without_reason() -> Unavailable {
    Unavailable("the store refused the write and did not tell which entry".to_owned())
}
