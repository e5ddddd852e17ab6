//! One amount of time joined to its recurrence: the minutes a week that a single statement comes to.

use std::ops::Range;

use super::amount::Amount;
use super::frequency::{Frequency, WEEKLY};
use super::recurrence::Recurrence;
use super::tag::Tag;
use super::text::Text;
use crate::constraints::weekdays;
use chrono::WeekdaySet;

/// Maximum number of tokens between an amount and its recurrence.
const REACH: usize = 7;

/// Maximum number of tokens between "one hour each" and its sessions.
const FAR: usize = 40;

/// The distance that a pause counts for, in tokens, where the nearer of two recurrences is chosen.
const PAUSE: usize = 10;

/// An amount with its recurrence.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) minutes: u64,
    pub(super) tokens: Range<usize>,
    pub(super) days: Option<WeekdaySet>,
    /// Whether the amount is for a whole week rather than for a session.
    pub(super) whole: bool,
    /// Whether the text calls it a total: "5 hours a week in total".
    pub(super) total: bool,
}

/// An amount and the recurrences that may belong to it.
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
    /// Returns the statement that the amount makes and the token after it; `None` if no recurrence belongs to the amount.
    ///
    /// `free` are the days that are not ruled out: "every day" means each of them.
    pub(super) fn statement(&self, free: WeekdaySet) -> Option<(Statement, usize)> {
        let amount = &self.amount.tokens;
        let total = self.is_total();
        let weekly = match self.base() {
            _ if self.amount.weekly => WeeklyTime::of_week(self.minutes(), amount.clone()),
            Some(base) => self.weekly_time(base, total, free)?,
            None if self.amount.daily => {
                WeeklyTime::of_sessions(self.minutes() * u64::from(free.len()), amount.clone())
            }
            None => return None,
        };
        let end = amount.end.max(weekly.tokens.end);
        let statement = Statement {
            minutes: weekly.minutes,
            tokens: amount.start.min(weekly.tokens.start)..end,
            days: weekly.days,
            whole: weekly.whole,
            total,
        };
        Some((statement, end))
    }

    /// The minutes of the amount, with its factor: 135 for "3 x 45 min".
    fn minutes(&self) -> u64 {
        u64::from(self.amount.minutes) * u64::from(self.amount.times)
    }

    /// The recurrence that the amount is multiplied by. "evenings" gives way to another one that is near.
    fn base(&self) -> Option<&Recurrence> {
        let nearest = self.nearest(|_| true)?;
        if nearest.frequency != Frequency::Parts {
            return Some(nearest);
        }
        let other = self.nearest(|r| !matches!(r.frequency, Frequency::Parts | Frequency::Each));
        Some(other.unwrap_or(nearest))
    }

    /// The time a week that the amount and `base` come to.
    fn weekly_time(&self, base: &Recurrence, total: bool, free: WeekdaySet) -> Option<WeeklyTime> {
        let minutes = self.minutes();
        let tokens = base.tokens.clone();
        Some(match base.frequency {
            Frequency::Period(rate) => WeeklyTime::of_week(at_rate(minutes, rate), tokens),
            // "three evenings a week, 6 hours in total": the amount is for all sessions together.
            Frequency::Sessions(_) | Frequency::On(_) | Frequency::Weekend
                if total && tokens.end <= self.amount.tokens.start =>
            {
                WeeklyTime {
                    days: days_of(base.frequency),
                    ..WeeklyTime::of_week(minutes, tokens)
                }
            }
            Frequency::Sessions(rate) => WeeklyTime::of_sessions(at_rate(minutes, rate), tokens),
            Frequency::On(days) => WeeklyTime::on_days(minutes, days, tokens),
            Frequency::Weekend => WeeklyTime {
                days: Some(weekdays::WEEKEND),
                ..WeeklyTime::of_sessions(minutes, tokens)
            },
            Frequency::Daily(times) => self.limited_time(minutes * times, base, free)?,
            Frequency::Parts | Frequency::Each => self.limited_time(minutes, base, free)?,
        })
    }

    /// The time a week that `minutes` each day or each time come to: on all `free` days, unless a limiter names fewer.
    fn limited_time(
        &self,
        minutes: u64,
        base: &Recurrence,
        free: WeekdaySet,
    ) -> Option<WeeklyTime> {
        let limiter = self.limiter(base);
        let tokens = limiter.map_or(base.tokens.clone(), |limiter| {
            base.tokens.start.min(limiter.tokens.start)..base.tokens.end.max(limiter.tokens.end)
        });
        let each = base.frequency == Frequency::Each;
        Some(match limiter.map(|limiter| limiter.frequency) {
            Some(Frequency::Sessions(rate)) => {
                WeeklyTime::of_sessions(at_rate(minutes, rate), tokens)
            }
            Some(Frequency::On(days)) => WeeklyTime::on_days(minutes, days, tokens),
            Some(Frequency::Weekend) => WeeklyTime::on_days(minutes, weekdays::WEEKEND, tokens),
            Some(Frequency::Daily(times)) if each => {
                WeeklyTime::of_sessions(minutes * times * u64::from(free.len()), tokens)
            }
            _ if each => return None,
            _ => WeeklyTime::of_sessions(minutes * u64::from(free.len()), base.tokens.clone()),
        })
    }

    /// The recurrences within [`FAR`] tokens: the limit keeps the work linear in the length of the text.
    fn near(&self) -> &[Recurrence] {
        let from = self.amount.tokens.start.saturating_sub(FAR);
        let to = self.amount.tokens.end + FAR;
        let first = self.recurrences.partition_point(|r| r.tokens.end < from);
        let last = self.recurrences.partition_point(|r| r.tokens.start <= to);
        self.recurrences.get(first..last).unwrap_or_default()
    }

    /// The nearest recurrence that is `wanted`, where a pause counts for more than a word. At the same distance the one
    /// behind the amount wins over the one in front.
    fn nearest(&self, wanted: impl Fn(&Recurrence) -> bool) -> Option<&Recurrence> {
        let start = self.amount.tokens.start;
        let end = self.amount.tokens.end;
        let behind = self
            .near()
            .iter()
            .filter(|r| r.tokens.start >= end && r.tokens.end <= self.limit && wanted(r))
            .find_map(|r| Some((self.distance(end..r.tokens.start, r)?, r)));
        let front = self
            .near()
            .iter()
            .rev()
            .filter(|r| r.tokens.end <= start && r.tokens.start >= self.spent && wanted(r))
            .filter(|r| !(r.bound && self.text.tag(r.tokens.start) == Tag::In))
            .find_map(|r| Some((self.distance(r.tokens.end..start, r)?, r)));
        match (behind, front) {
            (Some((near, one)), Some((far, other))) => Some(if near <= far { one } else { other }),
            (one, other) => one.or(other).map(|(_, recurrence)| recurrence),
        }
    }

    /// The distance across `gap` between the amount and a recurrence; `None` if the two do not belong together.
    fn distance(&self, gap: Range<usize>, recurrence: &Recurrence) -> Option<usize> {
        let words = gap.len();
        let stops = self.text.any(gap.clone(), |tag| tag == Tag::Stop);
        let pauses = gap
            .clone()
            .filter(|place| self.text.tag(*place).is_pause())
            .count();
        let behind = gap.start >= self.amount.tokens.end;
        if stops && recurrence.frequency != Frequency::Each && !self.is_for_each() {
            return None;
        }
        if recurrence.bound && behind && (pauses > 0 || !self.follows(gap.clone())) {
            return None;
        }
        if recurrence.once
            && (self.is_a_date(recurrence) || self.text.any(gap.clone(), |tag| tag == Tag::Other))
        {
            return None;
        }
        let reach = if behind && pauses > 0 {
            REACH - 3
        } else {
            REACH
        };
        (words <= reach && pauses <= 2).then_some(words + pauses * PAUSE)
    }

    /// Whether "a week" behind `gap` is a recurrence and not a span: "6 hours of study a week", but not "in a week".
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
    fn is_a_date(&self, recurrence: &Recurrence) -> bool {
        let before = self.text.back(recurrence.tokens.start, 1);
        matches!(
            before,
            Tag::By | Tag::Before | Tag::Next | Tag::Last | Tag::This
        ) || self
            .text
            .any(self.text.sentence(recurrence.tokens.start), |tag| {
                tag == Tag::Event
            })
    }

    /// Whether the amount is for each session. The sessions may then be named a sentence away.
    fn is_for_each(&self) -> bool {
        let end = self.amount.tokens.end;
        matches!(self.text.tag(end), Tag::Each | Tag::Every | Tag::Per)
            || self.text.back(self.amount.tokens.start, 1) == Tag::Each
    }

    /// The recurrence that limits "each day" or "each time": the sessions or days named on either side.
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

    /// Whether "in total" or "altogether" is beside the amount.
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

/// The time of a week, as an amount and its recurrence state it.
struct WeeklyTime {
    minutes: u64,
    /// The days it is tied to, if any.
    days: Option<WeekdaySet>,
    /// Whether the amount is for a whole week rather than for a session.
    whole: bool,
    /// The tokens of the recurrence.
    tokens: Range<usize>,
}

impl WeeklyTime {
    /// `minutes` of a whole week.
    fn of_week(minutes: u64, tokens: Range<usize>) -> Self {
        Self {
            minutes,
            days: None,
            whole: true,
            tokens,
        }
    }

    /// `minutes` that the sessions of a week add up to.
    fn of_sessions(minutes: u64, tokens: Range<usize>) -> Self {
        Self {
            minutes,
            days: None,
            whole: false,
            tokens,
        }
    }

    /// `each` minutes on each of `days`.
    fn on_days(each: u64, days: WeekdaySet, tokens: Range<usize>) -> Self {
        Self {
            days: Some(days),
            ..Self::of_sessions(each * u64::from(days.len()), tokens)
        }
    }
}

fn days_of(frequency: Frequency) -> Option<WeekdaySet> {
    match frequency {
        Frequency::On(days) => Some(days),
        Frequency::Weekend => Some(weekdays::WEEKEND),
        _ => None,
    }
}

/// Returns the minutes a week, rounded to the nearest, of `each` minutes at `rate` millionths a week.
fn at_rate(each: u64, rate: u64) -> u64 {
    (each * rate + WEEKLY / 2) / WEEKLY
}
