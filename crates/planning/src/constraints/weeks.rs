//! The weeks of a plan: how many there may be, the days of each, and the part of the hours that is for them.
//!
//! A week is seven days from the start on; the last one before a deadline may be shorter. The day of an event stays free.

use chrono::{Datelike as _, Days, NaiveDate, WeekdaySet};

use super::explicit::MAX_WEEKS;
use super::extract::Occasion;
use super::resolve::Constraints;
use crate::hours::Hours;

/// Share of the hours, in percent, in the last week before a race. A taper of 41 to 60 % less volume in the last one or two weeks gives
/// the best results (Bosquet et al., "Effects of Tapering on Performance: A Meta-Analysis", Med. Sci. Sports Exerc. 39(8), 2007).
const BEFORE_A_RACE: u32 = 50;
/// The same before an exam: time to sleep, to prepare for the day and to revise, not to learn new things.
const BEFORE_AN_EXAM: u32 = 75;

/// The most that a day can hold, in tenths of an hour: the hours for which people are awake.
const DAY: u32 = 160;

impl Constraints {
    /// Returns the last day on which something may be planned; `None` without a deadline.
    ///
    /// It is the deadline, or the day before it: where something happens on the day, or where the day would be a week of its own.
    #[must_use]
    pub fn last_day(&self) -> Option<NaiveDate> {
        let deadline = self.deadline?.value;
        let is_week_of_its_own = (deadline - self.start).num_days() % 7 == 0;
        if self.occasion == Occasion::DueDate && !is_week_of_its_own {
            Some(deadline)
        } else {
            deadline.pred_opt()
        }
    }

    /// Returns the maximum number of weeks of the plan: those that lie wholly or partly before the deadline, 52 without one. A last
    /// week that is cut short and has no free day does not count.
    #[must_use]
    pub fn max_weeks(&self) -> u8 {
        let Some(deadline) = self.deadline else {
            return MAX_WEEKS;
        };
        let weeks = weeks_until(self.start, deadline.value);
        let last_is_free = self.free_days(usize::from(weeks) - 1).next().is_some();
        if last_is_free {
            weeks
        } else {
            weeks.max(2) - 1
        }
    }

    /// Returns the days of a week of the plan on which something may be planned, in order: in the week, not after
    /// [`Self::last_day`] and not a day off. `index` counts from 0.
    pub fn free_days(&self, index: usize) -> impl Iterator<Item = NaiveDate> + '_ {
        let off = self
            .unavailable
            .map_or(WeekdaySet::EMPTY, |unavailable| unavailable.value);
        let last = self.last_day();
        self.starts_on(index)
            .iter_days()
            .take(7)
            .filter(move |day| last.is_none_or(|last| *day <= last) && !off.contains(day.weekday()))
    }

    /// Returns the first day of a week of the plan; `index` counts from 0.
    #[must_use]
    pub fn starts_on(&self, index: usize) -> NaiveDate {
        let days = u64::try_from(index).unwrap_or(u64::MAX).saturating_mul(7);
        self.start
            .checked_add_days(Days::new(days))
            .unwrap_or(self.start)
    }

    /// Returns the last day of a week of the plan; `index` counts from 0.
    #[must_use]
    pub fn ends_on(&self, index: usize) -> NaiveDate {
        let first = self.starts_on(index);
        let seventh = first.checked_add_days(Days::new(6)).unwrap_or(first);
        self.last_day()
            .map_or(seventh, |last| seventh.min(last).max(first))
    }

    /// Returns the days of a week of the plan, from 1 to 7; `index` counts from 0.
    #[must_use]
    pub fn days(&self, index: usize) -> u32 {
        let days = (self.ends_on(index) - self.starts_on(index)).num_days() + 1;
        u32::try_from(days).map_or(7, |days| days.clamp(1, 7))
    }

    /// Returns what the week leads up to, if it is the last one before an event; `index` counts from 0.
    #[must_use]
    pub fn leads_up_to(&self, index: usize) -> Option<Occasion> {
        let deadline = self.deadline?.value;
        let is_within_a_plan = (deadline - self.start).num_days() <= 7 * i64::from(MAX_WEEKS);
        let is_last = index + 1 == usize::from(self.max_weeks());
        (is_within_a_plan && is_last && self.occasion != Occasion::DueDate).then_some(self.occasion)
    }

    /// Returns the part of a whole week's hours that is for this week: in proportion to its days, less before a race or an exam, and
    /// never more than its free days can hold.
    /// `index` counts from 0.
    #[must_use]
    pub fn part_of(&self, whole: Hours, index: usize) -> Hours {
        let percent = match self.leads_up_to(index) {
            Some(Occasion::Race) => BEFORE_A_RACE,
            Some(Occasion::Exam) => BEFORE_AN_EXAM,
            Some(Occasion::Event | Occasion::DueDate) | None => 100,
        };
        let tenths = whole.tenths() * self.days(index) * percent / 700;
        let free_days = u32::try_from(self.free_days(index).count()).unwrap_or(7);
        Hours::from_tenths(tenths.min(free_days * DAY)).max(Hours::MIN)
    }

    /// Returns the maximum hours of a whole week: as asked for, else all hours of a week.
    #[must_use]
    pub fn whole_week(&self) -> Hours {
        self.minutes_per_week
            .map_or(Hours::MAX_PER_WEEK, |minutes| {
                Hours::within_minutes(minutes.value)
            })
            .max(Hours::MIN)
    }

    /// Returns the maximum hours of a week: its part of [`Self::whole_week`]. `index` counts from 0.
    #[must_use]
    pub fn hours_limit(&self, index: usize) -> Hours {
        self.part_of(self.whole_week(), index)
    }
}

/// Returns the number of weeks from `start` that begin before `deadline`, from 1 to [`MAX_WEEKS`].
pub(super) fn weeks_until(start: NaiveDate, deadline: NaiveDate) -> u8 {
    let weeks = (deadline - start).num_days().saturating_add(6) / 7;
    u8::try_from(weeks.clamp(1, i64::from(MAX_WEEKS))).unwrap_or(MAX_WEEKS)
}

/// Returns the seventh day of the week with this number, counted from 1.
pub(super) fn seventh_day(start: NaiveDate, week: u8) -> NaiveDate {
    start
        .checked_add_days(Days::new(u64::from(week) * 7 - 1))
        .unwrap_or(start)
}
