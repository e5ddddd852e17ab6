//! What a task has of one day's budget, in memory: what it was granted, holds, has spent and told of.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use crate::ledger::store::{Account, Counter, Entry};
use crate::money::Money;

/// After a refusal this task does not ask the store again for so long; twice as long after each further one.
const REFUSED_FOR: TimeDelta = TimeDelta::seconds(1);
/// At most so many times as long.
const REFUSED_DOUBLINGS: u32 = 3;

/// What this task has of one day.
pub(super) struct Day {
    pub id: String,
    pub granted: Money,
    pub held: Money,
    pub spent: Money,
    pub reported: Money,
    /// Held since the last turn of the sweep: whether the task is at work.
    pub drawn: Money,
    pub until: DateTime<Utc>,
    /// For so long before its end the lease is not drawn on.
    pub margin: TimeDelta,
    pub chunk: Money,
    pub refused: Option<Refused>,
    /// Refusals since the last grant.
    pub refusals: u32,
}

/// A refusal, remembered for a moment.
pub(super) struct Refused {
    pub until: DateTime<Utc>,
    pub left: Money,
    pub counter: Counter,
}

/// What is told of a day.
pub(super) struct Report {
    pub id: String,
    pub entries: Vec<Entry>,
    pub surplus: Money,
    pub deficit: Money,
    pub reported: Money,
    pub until: DateTime<Utc>,
    pub closes: bool,
}

impl Day {
    pub fn new(now: DateTime<Utc>, margin: TimeDelta, chunk: Money) -> Self {
        Self {
            id: Uuid::now_v7().to_string(),
            granted: Money::ZERO,
            held: Money::ZERO,
            spent: Money::ZERO,
            reported: Money::ZERO,
            drawn: Money::ZERO,
            until: now,
            margin,
            chunk,
            refused: None,
            refusals: 0,
        }
    }

    pub fn reserve(&mut self, amount: Money, now: DateTime<Utc>) -> bool {
        let wanted = self.held.saturating_add(self.spent).saturating_add(amount);
        if wanted > self.granted || now + self.margin >= self.until {
            return false;
        }
        self.held = self.held.saturating_add(amount);
        self.drawn = self.drawn.saturating_add(amount);
        true
    }

    /// What has to be granted for this amount to fit.
    pub fn missing(&self, amount: Money, now: DateTime<Utc>) -> Money {
        if self.ended(now) {
            return amount;
        }
        self.held
            .saturating_add(self.spent)
            .saturating_add(amount)
            .saturating_sub(self.granted)
    }

    pub fn ended(&self, now: DateTime<Utc>) -> bool {
        self.granted != Money::ZERO && now + self.margin >= self.until
    }

    /// A lease that was not renewed in time is left to whoever sweeps; a new one takes its place.
    pub fn renew_if_ended(&mut self, now: DateTime<Utc>) {
        if self.ended(now) {
            *self = Self::new(now, self.margin, self.chunk);
        }
    }

    /// What to tell the store of this day; none when there is nothing to tell any more. What is to be given back is out of reach from
    /// here on.
    pub fn report(
        &mut self,
        date: NaiveDate,
        now: DateTime<Utc>,
        lease: TimeDelta,
        last: bool,
    ) -> Option<Report> {
        let past = date < now.date_naive();
        let in_use = self.held.saturating_add(self.spent);
        let idle = last || past || self.drawn == Money::ZERO;
        let kept = if idle {
            in_use
        } else {
            // As much again as was drawn in this interval is likely to be drawn in the next.
            in_use.saturating_add(self.drawn)
        };
        let surplus = self.granted.saturating_sub(kept);
        // Nothing may cost more than was held; should it, the counter tells the truth all the same.
        let deficit = in_use.saturating_sub(self.granted);
        let change = deficit.as_change() - surplus.as_change();
        let told = self.spent.saturating_sub(self.reported);
        let closes = (last || past) && self.held == Money::ZERO;
        if idle && self.held == Money::ZERO && change == 0 && told == Money::ZERO {
            // Nothing to tell. The lease of an idle task is left to end, and whoever sweeps closes it.
            return None;
        }
        self.granted = self.granted.saturating_sub(surplus).saturating_add(deficit);
        let until = if closes { now } else { now + lease };
        let mut entries = Vec::with_capacity(2);
        if change != 0 || told != Money::ZERO {
            entries.push(Entry::Count {
                account: Account::service(date),
                committed: change,
                settled: told.as_change(),
                most: None,
            });
        }
        entries.push(Entry::Lease {
            id: self.id.clone(),
            day: date,
            granted: change,
            reported: told.as_change(),
            until,
        });
        Some(Report {
            id: self.id.clone(),
            entries,
            surplus,
            deficit,
            reported: told,
            until,
            closes,
        })
    }

    /// Takes back what was not told after all.
    pub fn roll_back(&mut self, telling: &Report) {
        if self.id == telling.id {
            let granted = self.granted.saturating_add(telling.surplus);
            self.granted = granted.saturating_sub(telling.deficit);
        }
    }

    /// Notes what was told. Whether the day is done with.
    pub fn note_reported(&mut self, telling: &Report, least_chunk: Money) -> bool {
        if self.id != telling.id {
            return false;
        }
        self.reported = self.reported.saturating_add(telling.reported);
        self.until = telling.until;
        self.drawn = Money::ZERO;
        self.chunk = Money::from_nano_usd(self.chunk.nano_usd() / 2).max(least_chunk);
        telling.closes && self.held == Money::ZERO
    }

    /// Notes a grant; the next chunk is twice as large.
    pub fn was_granted(&mut self, amount: Money, until: DateTime<Utc>, largest_chunk: Money) {
        self.granted = self.granted.saturating_add(amount);
        self.until = until;
        let base = self.chunk.max(amount);
        self.chunk = base.saturating_add(base).min(largest_chunk);
        self.refused = None;
        self.refusals = 0;
    }

    /// Notes a refusal, for a moment that is longer each time.
    pub fn was_refused(&mut self, left: Money, counter: Counter, now: DateTime<Utc>) {
        let wait = REFUSED_FOR * (1 << self.refusals.min(REFUSED_DOUBLINGS));
        self.refusals += 1;
        self.refused = Some(Refused {
            until: now + wait,
            left,
            counter,
        });
    }
}
