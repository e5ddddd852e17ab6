//! A task's allowance for one day, in memory: the granted, held, spent and reported amounts.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use crate::ledger::store::{Account, Counter, Entry};
use crate::money::Money;

/// How long this task does not ask the store again after a refusal. Doubles with each further refusal.
const REFUSAL_DELAY: TimeDelta = TimeDelta::seconds(1);
/// Maximum number of doublings of [`REFUSAL_DELAY`].
const MAX_REFUSAL_DOUBLINGS: u32 = 3;

/// A task's allowance for one day.
pub(super) struct Day {
    /// The id of the lease.
    pub id: String,
    pub granted: Money,
    pub held: Money,
    pub spent: Money,
    /// The part of `spent` that the store knows of.
    pub reported: Money,
    /// Reserved since the last report; zero if the task is idle.
    pub reserved_since_report: Money,
    /// When the lease expires.
    pub until: DateTime<Utc>,
    /// How long before it expires the lease is no longer used.
    pub margin: TimeDelta,
    /// The amount to ask for in the next grant.
    pub chunk: Money,
    pub refused: Option<Refused>,
    /// Refusals since the last grant.
    pub refusals: u32,
}

/// A refused grant, remembered for a short time.
pub(super) struct Refused {
    /// Until when the store is not asked again.
    pub until: DateTime<Utc>,
    /// The amount that was left of the day's budget.
    pub left: Money,
    pub counter: Counter,
}

/// A report to the store about a day.
pub(super) struct Report {
    /// The id of the lease.
    pub id: String,
    pub entries: Vec<Entry>,
    /// Allowance that is returned.
    pub surplus: Money,
    /// Allowance that was exceeded and is granted afterwards.
    pub deficit: Money,
    /// The newly reported spending.
    pub reported: Money,
    /// When the lease expires after the report.
    pub until: DateTime<Utc>,
    /// Whether the lease ends with this report.
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
            reserved_since_report: Money::ZERO,
            until: now,
            margin,
            chunk,
            refused: None,
            refusals: 0,
        }
    }

    /// Reserves the amount; returns `false` if the grant does not cover it or the lease has ended.
    pub fn reserve(&mut self, amount: Money, now: DateTime<Utc>) -> bool {
        let committed = self.held.saturating_add(self.spent).saturating_add(amount);
        if committed > self.granted || now + self.margin >= self.until {
            return false;
        }
        self.held = self.held.saturating_add(amount);
        self.reserved_since_report = self.reserved_since_report.saturating_add(amount);
        true
    }

    /// Returns how much more must be granted before this amount can be reserved.
    pub fn missing(&self, amount: Money, now: DateTime<Utc>) -> Money {
        if self.has_ended(now) {
            return amount;
        }
        self.held
            .saturating_add(self.spent)
            .saturating_add(amount)
            .saturating_sub(self.granted)
    }

    /// Returns whether the lease can no longer be used, because it expires within the margin.
    pub fn has_ended(&self, now: DateTime<Utc>) -> bool {
        self.granted != Money::ZERO && now + self.margin >= self.until
    }

    /// Replaces a lease that was not renewed in time with a new one. The sweep closes the old one.
    pub fn replace_if_ended(&mut self, now: DateTime<Utc>) {
        if self.has_ended(now) {
            *self = Self::new(now, self.margin, self.chunk);
        }
    }

    /// Returns the report for this day; `None` if there is nothing to report. Allowance that the report returns can no longer be
    /// reserved.
    pub fn report(
        &mut self,
        date: NaiveDate,
        now: DateTime<Utc>,
        lease: TimeDelta,
        closing: bool,
    ) -> Option<Report> {
        let past = date < now.date_naive();
        let in_use = self.held.saturating_add(self.spent);
        let idle = closing || past || self.reserved_since_report == Money::ZERO;
        let needed = if idle {
            in_use
        } else {
            // The next interval is likely to need as much as this one.
            in_use.saturating_add(self.reserved_since_report)
        };
        let surplus = self.granted.saturating_sub(needed);
        // A request should never cost more than it held. If one does, the counter must still be right.
        let deficit = in_use.saturating_sub(self.granted);
        let change = deficit.as_change() - surplus.as_change();
        let reported = self.spent.saturating_sub(self.reported);
        let closes = (closing || past) && self.held == Money::ZERO;
        if idle && self.held == Money::ZERO && change == 0 && reported == Money::ZERO {
            // The lease of an idle task is not renewed. It expires, and the sweep closes it.
            return None;
        }
        self.granted = self.granted.saturating_sub(surplus).saturating_add(deficit);
        let until = if closes { now } else { now + lease };
        let mut entries = Vec::with_capacity(2);
        if change != 0 || reported != Money::ZERO {
            entries.push(Entry::Count {
                account: Account::service(date),
                committed: change,
                settled: reported.as_change(),
                limit: None,
            });
        }
        entries.push(Entry::Lease {
            id: self.id.clone(),
            day: date,
            granted: change,
            reported: reported.as_change(),
            until,
        });
        Some(Report {
            id: self.id.clone(),
            entries,
            surplus,
            deficit,
            reported,
            until,
            closes,
        })
    }

    /// Restores the grant after a report that was not written.
    pub fn roll_back(&mut self, report: &Report) {
        if self.id == report.id {
            let granted = self.granted.saturating_add(report.surplus);
            self.granted = granted.saturating_sub(report.deficit);
        }
    }

    /// Records that a report was written. Returns whether the day can be dropped.
    pub fn record_report(&mut self, report: &Report, min_chunk: Money) -> bool {
        if self.id != report.id {
            return false;
        }
        self.reported = self.reported.saturating_add(report.reported);
        self.until = report.until;
        self.reserved_since_report = Money::ZERO;
        self.chunk = Money::from_nano_usd(self.chunk.nano_usd() / 2).max(min_chunk);
        report.closes && self.held == Money::ZERO
    }

    /// Records a grant; the next chunk is twice as large.
    pub fn record_grant(&mut self, amount: Money, until: DateTime<Utc>, max_chunk: Money) {
        self.granted = self.granted.saturating_add(amount);
        self.until = until;
        let base = self.chunk.max(amount);
        self.chunk = base.saturating_add(base).min(max_chunk);
        self.refused = None;
        self.refusals = 0;
    }

    /// Records a refusal, for longer each time.
    pub fn record_refusal(&mut self, left: Money, counter: Counter, now: DateTime<Utc>) {
        let delay = REFUSAL_DELAY * (1 << self.refusals.min(MAX_REFUSAL_DOUBLINGS));
        self.refusals += 1;
        self.refused = Some(Refused {
            until: now + delay,
            left,
            counter,
        });
    }
}
