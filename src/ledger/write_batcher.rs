//! Turns at the store: what waits at the same moment is posted together.
//!
//! Alone, a row goes out at once. Under load rows gather while the posts before them are under way, and go out as one
//! transaction. Rows that change a client's counter wait in that client's own lane, one post at a time: two transactions on one
//! counter would only cancel each other.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::store::{
    Account, Counter, Entry, Expected, LedgerStore, Refusal, Unavailable, WriteError,
};
use super::usage_row::UsageRow;
use crate::money::Money;
use crate::resilience::backoff::full_jitter;
use crate::resilience::circuit_breaker::{CircuitBreaker, CircuitState};

/// Rows of one post: well below DynamoDB's hundred items of a transaction, so that one slow post delays few.
const MAX_ROWS: usize = 32;
/// Posts under way at once in the lane of rows without a counter.
const MAX_CONCURRENT: usize = 8;
/// Tries of a post that nobody knows the outcome of.
const TRIES: u32 = 2;
/// Tries of a post that others' posts cancelled.
const CONTENDED_TRIES: u32 = 12;
/// Longest pause before the first of those; doubled up to [`LONGEST_PAUSE`].
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(4);
/// Longest pause between those.
pub(super) const MAX_PAUSE: Duration = Duration::from_millis(250);

/// A row to write, and what it changes in its client's budget.
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
    pub most: Option<Money>,
}

/// What became of a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WriteResult {
    /// It is there.
    Done,
    /// The row was not as it had to be.
    Differs,
    /// The client's budget has no room for it.
    OverLimit(Counter),
    /// Others changed the same counter every time it was tried.
    Contended,
}

/// The lanes before the store.
pub(super) struct WriteBatcher {
    shared: Arc<Shared>,
    runtime: Handle,
}

struct Shared {
    books: Arc<dyn LedgerStore>,
    breaker: Arc<CircuitBreaker>,
    // What waits is bounded by the requests in flight: each waits for one posting at a time.
    queues: Mutex<HashMap<Option<Account>, Queue>>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    under_way: usize,
}

struct Waiting {
    write: PendingWrite,
    answer: oneshot::Sender<Result<WriteResult, Unavailable>>,
}

impl Waiting {
    /// Whether both write the same row: a client may send one request id twice in a moment.
    fn has_same_key(&self, other: &Self) -> bool {
        let (one, two) = (&self.write.row, &other.write.row);
        one.timestamp == two.timestamp && one.request_id == two.request_id
    }
}

impl WriteBatcher {
    /// Lanes before this store, with its breaker; posts are made in the present runtime.
    pub fn new(books: Arc<dyn LedgerStore>, breaker: Arc<CircuitBreaker>) -> Self {
        Self {
            shared: Arc::new(Shared {
                books,
                breaker,
                queues: Mutex::default(),
            }),
            runtime: Handle::current(),
        }
    }

    /// Posts, together with what else waits.
    ///
    /// # Errors
    /// [`Unavailable`] when nobody knows whether it was posted, or the store is known to be away.
    pub async fn write(&self, posting: PendingWrite) -> Result<WriteResult, Unavailable> {
        if self.is_unavailable() {
            return Err(unavailable());
        }
        let (answer, answered) = oneshot::channel();
        let account = posting.count.as_ref().map(|count| count.account.clone());
        let width = if account.is_some() { 1 } else { MAX_CONCURRENT };
        let starts = {
            let mut lanes = self.shared.queues();
            let lane = lanes.entry(account.clone()).or_default();
            lane.waiting.push_back(Waiting {
                write: posting,
                answer,
            });
            let starts = lane.under_way < width;
            lane.under_way += usize::from(starts);
            starts
        };
        if starts {
            let shared = Arc::clone(&self.shared);
            self.runtime
                .spawn(async move { shared.drain(account).await });
        }
        answered
            .await
            .unwrap_or_else(|_| Err(Unavailable("the service stops".to_owned())))
    }

    /// Whether the store is known to be away.
    pub fn is_unavailable(&self) -> bool {
        self.shared.breaker.state() != CircuitState::Closed
    }

    /// Asks a store that is away whether it is back. Whether it is there now.
    pub async fn probe(&self) -> bool {
        let Ok(permit) = self.shared.breaker.permit() else {
            return false;
        };
        if self.shared.books.probe().await.is_ok() {
            permit.succeeded();
            true
        } else {
            permit.failed();
            false
        }
    }
}

impl Shared {
    fn queues(&self) -> MutexGuard<'_, HashMap<Option<Account>, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Posts what waits in a lane until nothing does.
    async fn drain(&self, account: Option<Account>) {
        while let Some(batch) = self.next(account.as_ref()) {
            self.write_batch(batch).await;
        }
    }

    /// What is posted next; `None` when nothing waits, and then this drain is no longer under way.
    fn next(&self, account: Option<&Account>) -> Option<Vec<Waiting>> {
        let mut lanes = self.queues();
        let account = account.cloned();
        let lane = lanes.get_mut(&account)?;
        let mut batch: Vec<Waiting> = Vec::new();
        let mut twins = Vec::new();
        while batch.len() < MAX_ROWS
            && let Some(waiting) = lane.waiting.pop_front()
        {
            // A transaction may name an item once only.
            if batch.iter().any(|other| other.has_same_key(&waiting)) {
                twins.push(waiting);
            } else {
                batch.push(waiting);
            }
        }
        for twin in twins.into_iter().rev() {
            lane.waiting.push_front(twin);
        }
        if !batch.is_empty() {
            return Some(batch);
        }
        lane.under_way -= 1;
        if lane.under_way == 0 {
            lanes.remove(&account);
        }
        None
    }

    /// Posts a batch, without those that are refused, until the rest is there or the store is found away.
    async fn write_batch(&self, mut batch: Vec<Waiting>) {
        let (mut unknown, mut contended) = (0, 0);
        let mut token = uuid::Uuid::new_v4().to_string();
        while !batch.is_empty() {
            let entries = entries(&batch);
            let Ok(permit) = self.breaker.permit() else {
                return answer_all(batch, &Err(unavailable()));
            };
            match self.books.write(&entries, &token).await {
                Ok(()) => {
                    permit.succeeded();
                    return answer_all(batch, &Ok(WriteResult::Done));
                }
                Err(WriteError::Refused(refusals)) => {
                    permit.succeeded();
                    batch = without_refused(batch, &refusals, unknown > 0);
                    token = uuid::Uuid::new_v4().to_string();
                }
                Err(WriteError::Contended) => {
                    permit.succeeded();
                    contended += 1;
                    if contended >= CONTENDED_TRIES {
                        return answer_all(batch, &Ok(WriteResult::Contended));
                    }
                    tokio::time::sleep(full_jitter(FIRST_PAUSE, contended, MAX_PAUSE)).await;
                    token = uuid::Uuid::new_v4().to_string();
                }
                Err(WriteError::Unavailable(why)) => {
                    permit.failed();
                    unknown += 1;
                    if unknown >= TRIES {
                        return answer_all(batch, &Err(why));
                    }
                }
            }
        }
    }
}

/// What is said while the store is known to be away.
pub(super) fn unavailable() -> Unavailable {
    Unavailable("the store did not answer lately".to_owned())
}

/// One entry per row, and one for the counter that they share.
fn entries(batch: &[Waiting]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = batch
        .iter()
        .map(|waiting| Entry::Row {
            row: Arc::clone(&waiting.write.row),
            over: waiting.write.expected,
        })
        .collect();
    let mut counts = batch.iter().filter_map(|each| each.write.count.as_ref());
    if let Some(first) = counts.next() {
        let mut sum = first.clone();
        for count in counts {
            sum.committed = sum.committed.saturating_add(count.committed);
            sum.settled = sum.settled.saturating_add(count.settled);
            sum.most = sum.most.or(count.most);
        }
        entries.push(Entry::Count {
            account: sum.account,
            committed: sum.committed,
            settled: sum.settled,
            // What takes nothing more than it gives back is never refused.
            most: sum.most.filter(|_| sum.committed > 0),
        });
    }
    entries
}

/// Answers those that were refused; the others are returned.
fn without_refused(
    batch: Vec<Waiting>,
    refusals: &[Option<Refusal>],
    tried_before: bool,
) -> Vec<Waiting> {
    let over_limit = refusals.iter().find_map(|refusal| match refusal {
        Some(Refusal::OverLimit(counter)) => Some(*counter),
        _ => None,
    });
    let mut left = Vec::with_capacity(batch.len());
    for (place, waiting) in batch.into_iter().enumerate() {
        match refusals.get(place) {
            // After a try of unknown outcome the row that is there is ours: that try had arrived.
            Some(Some(Refusal::Differs))
                if tried_before && waiting.write.expected == Expected::Nothing =>
            {
                waiting.answer.send(Ok(WriteResult::Done)).ok();
            }
            Some(Some(Refusal::Differs)) => {
                waiting.answer.send(Ok(WriteResult::Differs)).ok();
            }
            _ => left.push(waiting),
        }
    }
    match over_limit {
        Some(counter) => those_that_fit(left, counter),
        None => left,
    }
}

/// First come, first served: keeps the postings for which the account has room.
fn those_that_fit(batch: Vec<Waiting>, counter: Counter) -> Vec<Waiting> {
    let freed: i64 = batch
        .iter()
        .filter_map(|waiting| waiting.write.count.as_ref())
        .map(|count| count.committed.min(0))
        .sum();
    let mut committed = counter.committed.as_change().saturating_add(freed);
    let mut left = Vec::with_capacity(batch.len());
    for waiting in batch {
        let wanted = match &waiting.write.count {
            Some(Count {
                committed,
                most: Some(most),
                ..
            }) if *committed > 0 => Some((*committed, most.as_change())),
            _ => None,
        };
        match wanted {
            Some((wanted, most)) if committed.saturating_add(wanted) > most => {
                waiting
                    .answer
                    .send(Ok(WriteResult::OverLimit(counter)))
                    .ok();
            }
            Some((wanted, _)) => {
                committed = committed.saturating_add(wanted);
                left.push(waiting);
            }
            None => left.push(waiting),
        }
    }
    left
}

/// Who asked may have stopped waiting; the row is there all the same.
fn answer_all(batch: Vec<Waiting>, outcome: &Result<WriteResult, Unavailable>) {
    for waiting in batch {
        waiting.answer.send(outcome.clone()).ok();
    }
}
