//! One amount of time joined to its rhythm: what a single statement about time comes to in a week.

use std::ops::Range;

use super::amount::Amount;
use super::frequency::{Frequency, WEEKLY};
use super::recurrence::Recurrence;
use super::tag::Tag;
use super::text::Text;
use crate::constraints::weekdays;
use chrono::WeekdaySet;

/// How many tokens may stand between an amount and its rhythm.
const REACH: usize = 7;

/// How many tokens away "one hour each" may find its sessions.
const FAR: usize = 40;

/// What a pause costs when the nearer of two rhythms is chosen.
const PAUSE: usize = 10;

/// An amount with its rhythm.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) minutes: u64,
    pub(super) tokens: Range<usize>,
    pub(super) days: Option<WeekdaySet>,
    /// Said of a whole week and not of a session.
    pub(super) whole: bool,
    /// Said to be all there is.
    pub(super) total: bool,
}

/// An amount and the rhythms it may go with.
pub(super) struct AmountContext<'t> {
    pub(super) text: &'t Text,
    pub(super) amount: &'t Amount,
    pub(super) recurrences: &'t [Recurrence],
    /// Everything before this token belongs to an earlier amount.
    pub(super) spent: usize,
    /// The next amount starts here.
    pub(super) limit: usize,
}

impl AmountContext<'_> {
    /// The statement the amount makes, and the token after the last one it uses.
    pub(super) fn statement(&self, free: WeekdaySet) -> Option<(Statement, usize)> {
        let tokens = self.amount.tokens.clone();
        let each = u64::from(self.amount.minutes) * u64::from(self.amount.times);
        let total = self.is_total();
        let made = |minutes: u64, days, whole, used: Range<usize>| {
            let span = tokens.start.min(used.start)..tokens.end.max(used.end);
            let end = span.end;
            let statement = Statement {
                minutes,
                tokens: span,
                days,
                whole,
                total,
            };
            (statement, end)
        };
        if self.amount.weekly {
            return Some(made(each, None, true, tokens.clone()));
        }
        let base = self.nearest(|_| true)?;
        let base = match base.frequency {
            Frequency::Parts => self
                .nearest(|r| !matches!(r.frequency, Frequency::Parts | Frequency::Each))
                .unwrap_or(base),
            _ => base,
        };
        let used = base.tokens.clone();
        Some(match base.frequency {
            Frequency::Period(rate) => made(by_rate(each, rate), None, true, used),
            Frequency::Sessions(_) | Frequency::On(_) | Frequency::Weekend
                if total && base.tokens.end <= tokens.start =>
            {
                made(each, days_of(base.frequency), true, used)
            }
            Frequency::Sessions(rate) => made(by_rate(each, rate), None, false, used),
            Frequency::On(days) => made(each * u64::from(days.len()), Some(days), false, used),
            Frequency::Weekend => made(each, Some(weekdays::WEEKEND), false, used),
            Frequency::Daily(_) | Frequency::Parts | Frequency::Each => {
                let times = if let Frequency::Daily(times) = base.frequency {
                    times
                } else {
                    1
                };
                let limiter = self.limiter(base);
                let span = limiter.map_or(used.clone(), |other| {
                    used.start.min(other.tokens.start)..used.end.max(other.tokens.end)
                });
                match limiter.map(|other| other.frequency) {
                    Some(Frequency::Sessions(rate)) => {
                        made(by_rate(each * times, rate), None, false, span)
                    }
                    Some(Frequency::On(days)) => made(
                        each * times * u64::from(days.len()),
                        Some(days),
                        false,
                        span,
                    ),
                    Some(Frequency::Weekend) => {
                        made(each * times * 2, Some(weekdays::WEEKEND), false, span)
                    }
                    Some(Frequency::Daily(more)) if base.frequency == Frequency::Each => {
                        made(each * more * u64::from(free.len()), None, false, span)
                    }
                    _ if base.frequency == Frequency::Each => return None,
                    _ => made(each * times * u64::from(free.len()), None, false, used),
                }
            }
        })
    }

    /// The rhythms that are not hopelessly far: this keeps the work in proportion to the text.
    fn near(&self) -> &[Recurrence] {
        let from = self.amount.tokens.start.saturating_sub(FAR);
        let to = self.amount.tokens.end + FAR;
        let first = self.recurrences.partition_point(|r| r.tokens.end < from);
        let last = self.recurrences.partition_point(|r| r.tokens.start <= to);
        self.recurrences.get(first..last).unwrap_or_default()
    }

    /// The rhythm nearest to the amount, a pause counting for more than words; behind wins over in front.
    fn nearest(&self, wanted: impl Fn(&Recurrence) -> bool) -> Option<&Recurrence> {
        let start = self.amount.tokens.start;
        let end = self.amount.tokens.end;
        let behind = self
            .near()
            .iter()
            .filter(|r| r.tokens.start >= end && r.tokens.end <= self.limit && wanted(r))
            .find_map(|r| Some((self.cost(end..r.tokens.start, r)?, r)));
        let front = self
            .near()
            .iter()
            .rev()
            .filter(|r| r.tokens.end <= start && r.tokens.start >= self.spent && wanted(r))
            .filter(|r| !(r.bound && self.text.tag(r.tokens.start) == Tag::In))
            .find_map(|r| Some((self.cost(r.tokens.end..start, r)?, r)));
        match (behind, front) {
            (Some((near, one)), Some((far, other))) => Some(if near <= far { one } else { other }),
            (one, other) => one.or(other).map(|(_, rhythm)| rhythm),
        }
    }

    /// What lies between an amount and a rhythm, or nothing when it keeps them apart.
    fn cost(&self, gap: Range<usize>, rhythm: &Recurrence) -> Option<usize> {
        let words = gap.len();
        let stops = self.text.any(gap.clone(), |tag| tag == Tag::Stop);
        let pauses = gap
            .clone()
            .filter(|place| self.text.tag(*place).is_pause())
            .count();
        let behind = gap.start >= self.amount.tokens.end;
        if stops && rhythm.frequency != Frequency::Each && !self.is_for_each() {
            return None;
        }
        if rhythm.bound && behind && (pauses > 0 || !self.follows(gap.clone())) {
            return None;
        }
        if rhythm.once && self.is_a_date(rhythm) {
            return None;
        }
        let reach = if behind && pauses > 0 {
            REACH - 3
        } else {
            REACH
        };
        (words <= reach && pauses <= 2).then_some(words + pauses * PAUSE)
    }

    /// Whether "a week" behind `gap` is a rhythm and not a span: "6 hours of study a week", but not "in a week".
    fn follows(&self, gap: Range<usize>) -> bool {
        gap.is_empty()
            || !self.text.any(gap, |tag| {
                matches!(
                    tag,
                    Tag::In | Tag::Within | Tag::Over | Tag::For | Tag::By | Tag::Next
                )
            })
    }

    /// Whether a single day is the day of something rather than a day for practice.
    fn is_a_date(&self, rhythm: &Recurrence) -> bool {
        let before = self.text.back(rhythm.tokens.start, 1);
        matches!(
            before,
            Tag::By | Tag::Before | Tag::Next | Tag::Last | Tag::This
        ) || self
            .text
            .any(self.text.sentence(rhythm.tokens.start), |tag| {
                tag == Tag::Event
            })
    }

    /// Whether the amount is said to be for each session, so that the sessions may be named a sentence away.
    fn is_for_each(&self) -> bool {
        let end = self.amount.tokens.end;
        matches!(self.text.tag(end), Tag::Each | Tag::Every | Tag::Per)
            || self.text.back(self.amount.tokens.start, 1) == Tag::Each
    }

    /// What narrows "each day" or "each time": the sessions or days named on either side.
    fn limiter(&self, base: &Recurrence) -> Option<&Recurrence> {
        let narrows = |r: &Recurrence| {
            !r.once
                && (matches!(
                    r.frequency,
                    Frequency::Sessions(_) | Frequency::On(_) | Frequency::Weekend
                ) || (base.frequency == Frequency::Each
                    && matches!(r.frequency, Frequency::Daily(_))))
        };
        let end = base.tokens.end.max(self.amount.tokens.end);
        let behind = self.near().iter().find(|r| {
            r.tokens.start >= end
                && r.tokens.end <= self.limit
                && r.tokens.start - end <= REACH - 2
                && narrows(r)
                && !self.text.any(end..r.tokens.start, |tag| {
                    matches!(
                        tag,
                        Tag::Stop | Tag::Not | Tag::Except | Tag::And | Tag::For
                    )
                })
        });
        behind.or_else(|| {
            let start = base.tokens.start.min(self.amount.tokens.start);
            self.near().iter().rev().find(|r| {
                if r.tokens.end > start || r.tokens.start < self.spent || !narrows(r) {
                    return false;
                }
                let clear = !self.text.any(r.tokens.end..start, |tag| tag == Tag::Stop);
                base.frequency == Frequency::Each || (clear && start - r.tokens.end <= REACH)
            })
        })
    }

    /// "in total", "altogether" beside the amount.
    fn is_total(&self) -> bool {
        let tokens = &self.amount.tokens;
        let behind = tokens.end..(tokens.end + 6).min(self.limit);
        let behind_end = behind
            .clone()
            .find(|place| self.text.tag(*place) == Tag::Stop)
            .unwrap_or(behind.end);
        self.text
            .any(behind.start..behind_end, |tag| tag == Tag::Total)
            || (1..=2).any(|n| self.text.back(tokens.start, n) == Tag::Total)
    }
}

fn days_of(pace: Frequency) -> Option<WeekdaySet> {
    match pace {
        Frequency::On(days) => Some(days),
        Frequency::Weekend => Some(weekdays::WEEKEND),
        _ => None,
    }
}

/// Minutes a week, rounded to the nearest, of `each` minutes at `rate` millionths a week.
fn by_rate(each: u64, rate: u64) -> u64 {
    (each * rate + WEEKLY / 2) / WEEKLY
}
