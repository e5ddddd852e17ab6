//! A batch: the writes that share one transaction, the limit that their counter is held to, and what follows from a refusal.

use std::sync::Arc;

use tokio::sync::oneshot;
use tracing::Span;

use super::{Count, PendingWrite, WriteResult};
use crate::ledger::store::{Counter, Entry, Expected, Refusal, Unavailable};
use crate::money::Money;

/// A write, and the caller that waits for its result.
pub(super) struct Waiting {
    pub write: PendingWrite,
    pub reply: oneshot::Sender<Result<WriteResult, Unavailable>>,
    /// The span of the caller.
    pub span: Span,
}

impl Waiting {
    /// Replies to the caller. It may have stopped waiting, which does not change the result.
    pub fn reply(self, result: Result<WriteResult, Unavailable>) {
        self.reply.send(result).ok();
    }

    /// Returns the amount that is added to the counter, and its own limit, if it has one.
    fn limited_addition(&self) -> Option<(i64, i64)> {
        let count = self.write.count.as_ref()?;
        let limit = count.limit.filter(|_| count.committed > 0)?;
        Some((count.committed, limit.as_change()))
    }
}

/// Returns the span in which a batch is written: that of the first caller that is traced. The spans of the others link to it.
pub(super) fn span(batch: &[Waiting]) -> Span {
    let mut traced = batch.iter().map(|waiting| &waiting.span);
    let Some(first) = traced.find(|span| !span.is_disabled()) else {
        return Span::none();
    };
    for span in traced {
        span.follows_from(first);
    }
    first.clone()
}

/// Returns one entry per row, and one for the counter that they share.
pub(super) fn entries(batch: &[Waiting]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = batch
        .iter()
        .map(|waiting| Entry::Row {
            row: Arc::clone(&waiting.write.row),
            expected: waiting.write.expected,
        })
        .collect();
    let mut counts = counts(batch);
    if let Some(first) = counts.next() {
        let (mut committed, mut settled) = (first.committed, first.settled);
        for count in counts {
            committed = committed.saturating_add(count.committed);
            settled = settled.saturating_add(count.settled);
        }
        entries.push(Entry::Count {
            account: first.account.clone(),
            committed,
            settled,
            limit: common_limit(batch, committed),
        });
    }
    entries
}

/// Returns the limit of the counter after the whole batch, whose changes add up to `total`, such that no write exceeds its own limit;
/// `None` if none of them has one. One client's writes have different limits if its tokens have different tiers.
fn common_limit(batch: &[Waiting], total: i64) -> Option<Money> {
    let mut committed = released(batch);
    let mut limit: Option<i64> = None;
    for waiting in batch {
        let Some((addition, own_limit)) = waiting.limited_addition() else {
            committed = committed.saturating_add(unlimited_addition(waiting));
            continue;
        };
        committed = committed.saturating_add(addition);
        // What later writes add does not count against this one.
        let own = own_limit.saturating_add(total.saturating_sub(committed));
        limit = Some(limit.map_or(own, |limit| limit.min(own)));
    }
    // Never negative: what later writes add is never negative.
    limit.map(|limit| Money::from_nano_usd(u64::try_from(limit).unwrap_or(0)))
}

/// Replies to the writes that a refusal is about, and returns the others. They are fewer than before, unless the store refused the
/// batch for no reason that it told.
pub(super) fn without_refused(
    batch: Vec<Waiting>,
    refusals: &[Option<Refusal>],
    after_unknown: bool,
) -> Vec<Waiting> {
    let over_limit = refusals.iter().find_map(|refusal| match refusal {
        Some(Refusal::OverLimit(counter)) => Some(*counter),
        _ => None,
    });
    let mut remaining = Vec::with_capacity(batch.len());
    for (index, waiting) in batch.into_iter().enumerate() {
        match refusals.get(index) {
            // After an attempt with an unknown result, the stored row is ours: that attempt had succeeded.
            Some(Some(Refusal::Differs))
                if after_unknown && waiting.write.expected == Expected::Nothing =>
            {
                waiting.reply(Ok(WriteResult::Done));
            }
            Some(Some(Refusal::Differs)) => waiting.reply(Ok(WriteResult::Differs)),
            _ => remaining.push(waiting),
        }
    }
    match over_limit {
        Some(counter) => within_limits(remaining, counter),
        None => remaining,
    }
}

/// Returns the writes that the account has room for, first come, first served, and replies to the others. Counts in the same order as
/// [`common_limit`], so that what is returned is within its limits, and a batch that was not loses at least one write.
fn within_limits(batch: Vec<Waiting>, counter: Counter) -> Vec<Waiting> {
    let mut committed = counter
        .committed
        .as_change()
        .saturating_add(released(&batch));
    let mut remaining = Vec::with_capacity(batch.len());
    for waiting in batch {
        let Some((addition, limit)) = waiting.limited_addition() else {
            committed = committed.saturating_add(unlimited_addition(&waiting));
            remaining.push(waiting);
            continue;
        };
        if committed.saturating_add(addition) > limit {
            waiting.reply(Ok(WriteResult::OverLimit(counter)));
        } else {
            committed = committed.saturating_add(addition);
            remaining.push(waiting);
        }
    }
    remaining
}

/// Returns what the batch releases, as a negative number. It counts first, because the batch is atomic.
fn released(batch: &[Waiting]) -> i64 {
    counts(batch).map(|count| count.committed.min(0)).sum()
}

/// Returns what a write without a limit adds to the counter.
fn unlimited_addition(waiting: &Waiting) -> i64 {
    let count = waiting.write.count.as_ref();
    count.map_or(0, |count| count.committed.max(0))
}

fn counts(batch: &[Waiting]) -> impl Iterator<Item = &Count> {
    batch.iter().filter_map(|each| each.write.count.as_ref())
}

/// Replies to all writes of a batch.
pub(super) fn reply_all(batch: Vec<Waiting>, outcome: &Result<WriteResult, Unavailable>) {
    for waiting in batch {
        waiting.reply(outcome.clone());
    }
}
