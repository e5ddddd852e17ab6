//! Places a week's tasks on its free days, as sessions whose minutes add up to the week's hours.
//!
//! A rule, not a guess: as many sessions as the person named, else about one for each three quarters of an hour; spread over the free
//! days as evenly as they allow; the longest at the weekend; and hard ones not on days that follow each other, where it can be.

mod filling;
mod free_days;

use chrono::NaiveDate;

use self::filling::{Filling, Load, filled, order};
pub(super) use self::free_days::Spread;
use super::draft::DraftTask;
use super::session::Session;

/// The usual length of a session in minutes. Spaced practice in short sessions is retained better than the same time at once (Cepeda et
/// al., "Distributed practice in verbal recall tasks", Psychological Bulletin 132(3), 2006).
const USUAL_MINUTES: u32 = 45;
/// Sessions longer than this are avoided by doing a task in several of them.
const MAX_MINUTES: u32 = 120;
/// Sessions are rounded to this many minutes, where the week allows it.
const STEP: u32 = 5;
/// Maximum number of sessions, unless the person named more: a day of the week is for rest.
const MAX_SESSIONS: usize = 6;
/// Minimum length of a session that exists only because a task is done on many days.
const LEAST_MINUTES: u32 = 10;

/// What the sessions of a week should be like.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wanted {
    /// How many, if the person named a number.
    pub sessions: Option<u8>,
    /// Whether all are equally long, because the person gave the time of each.
    pub even: bool,
    /// Whether the week leads up to a day, so that its tasks come in their order and its sessions late.
    pub leads_up: bool,
}

/// Returns the sessions of a week: `minutes` in all, on some of its free `days`. Every task is in at least one session.
pub(super) fn sessions(
    tasks: &[DraftTask],
    minutes: u32,
    days: &[NaiveDate],
    wanted: Wanted,
    spread: &mut Spread,
) -> Vec<Session> {
    if tasks.is_empty() || days.is_empty() || minutes == 0 {
        return Vec::new();
    }
    let loads: Vec<Load> = tasks.iter().map(Load::of).collect();
    let count = session_count(minutes, days.len(), &loads, wanted.sessions);
    // One day more than the sessions need, so that one may rest.
    let late = if wanted.leads_up {
        days.len().saturating_sub(count + 1)
    } else {
        0
    };
    let days = spread.choose(&days[late..], count);
    let pinned = tasks.iter().take_while(|task| task.pinned).count();
    let mut sessions = filled(&loads, count, pinned);
    if !wanted.leads_up {
        order(&mut sessions, &days);
    }
    let weight = |session: &Filling| if wanted.even { 1 } else { session.minutes };
    let weights: Vec<u32> = sessions.iter().map(weight).collect();
    let shares = shares(minutes, &weights);
    days.into_iter()
        .zip(sessions)
        .zip(shares)
        .map(|((date, mut session), minutes)| {
            session.tasks.sort_unstable();
            Session {
                date,
                minutes,
                tasks: session.tasks,
            }
        })
        .collect()
}

/// Returns whether sessions fit a week: on free days in their order, every task in one of them, and the minutes those of the week.
pub(super) fn fit(sessions: &[Session], tasks: usize, minutes: u32, days: &[NaiveDate]) -> bool {
    let is_planned = |task: usize| sessions.iter().any(|session| session.tasks.contains(&task));
    let sum: u64 = sessions
        .iter()
        .map(|session| u64::from(session.minutes))
        .sum();
    !sessions.is_empty()
        && sum == u64::from(minutes)
        && sessions.windows(2).all(|pair| pair[0].date < pair[1].date)
        && sessions.iter().all(|session| {
            days.contains(&session.date)
                && session.minutes > 0
                && !session.tasks.is_empty()
                && session.tasks.windows(2).all(|pair| pair[0] < pair[1])
                && session.tasks.iter().all(|task| *task < tasks)
        })
        && (0..tasks).all(is_planned)
}

/// Returns the number of sessions, at least one.
fn session_count(minutes: u32, days: usize, loads: &[Load], wanted: Option<u8>) -> usize {
    let within = |length: u32| usize::try_from(minutes / length).unwrap_or(days);
    let usual = (minutes + USUAL_MINUTES / 2) / USUAL_MINUTES;
    let usual = usize::try_from(usual)
        .unwrap_or(MAX_SESSIONS)
        .min(MAX_SESSIONS);
    let whole = within(MAX_MINUTES).max(sittings(minutes, loads));
    let most_days = loads.iter().map(|load| load.days).max().unwrap_or(1);
    let usual = usual.min(whole).max(most_days.min(within(LEAST_MINUTES)));
    let most = within(STEP).min(days);
    wanted.map_or(usual, usize::from).min(most).max(1)
}

/// Returns how many sessions the tasks of a week fill without one being cut short: what takes an hour is done in one sitting, and in two
/// only where the week has two hours for it.
fn sittings(minutes: u32, loads: &[Load]) -> usize {
    let total: u32 = loads.iter().map(|load| load.minutes).sum();
    let times = usize::try_from(minutes / total.max(1)).unwrap_or(1).max(1);
    loads.iter().map(|load| load.days.max(times)).sum()
}

/// Divides minutes in proportion to weights, in steps where every session gets one; the first ones get the steps that are
/// left, and the last one what is no whole step.
fn shares(minutes: u32, weights: &[u32]) -> Vec<u32> {
    let count = u32::try_from(weights.len()).unwrap_or(1).max(1);
    let step = if minutes >= STEP * count { STEP } else { 1 };
    let total: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
    let spare = u64::from(minutes - (step * count).min(minutes));
    let mut shares: Vec<u32> = weights
        .iter()
        .map(|weight| {
            let extra = spare * u64::from(*weight) / total.max(1);
            step + u32::try_from(extra).unwrap_or(0) / step * step
        })
        .collect();
    let given: u32 = shares.iter().sum();
    // A step for each, from the first on, and then what is no whole step.
    let mut left = minutes.saturating_sub(given);
    let sessions = shares.len();
    let mut index = 0;
    while left >= step && sessions > 0 {
        shares[index % sessions] += step;
        left -= step;
        index += 1;
    }
    if let Some(last) = shares.last_mut() {
        *last += left;
    }
    shares
}

#[cfg(test)]
mod tests {
    use chrono::Datelike as _;

    use super::*;
    use crate::demand::Demands;

    fn day(day: u32) -> NaiveDate {
        // 4 January 2027 is a Monday.
        NaiveDate::from_ymd_opt(2027, 1, day).unwrap()
    }

    fn task(minutes: u16) -> DraftTask {
        DraftTask {
            minutes: Some(minutes),
            ..DraftTask::from("Do it")
        }
    }

    fn wanted(sessions: u8) -> Wanted {
        Wanted {
            sessions: Some(sessions),
            ..Wanted::default()
        }
    }

    fn week() -> Vec<NaiveDate> {
        (4..=10).map(day).collect()
    }

    #[test]
    fn sessions_are_spread_over_the_week_and_the_longest_is_at_the_weekend() {
        let tasks = [task(90), task(30), task(30)];
        let sessions = sessions(
            &tasks,
            150,
            &week(),
            Wanted::default(),
            &mut Spread::default(),
        );

        let days: Vec<u32> = sessions.iter().map(|session| session.date.day()).collect();
        assert_eq!(days, [4, 6, 9], "{sessions:?}");
        let tasks: Vec<usize> = sessions.iter().map(|session| session.tasks[0]).collect();
        assert_eq!(tasks, [1, 2, 0]);
        assert_eq!(sessions[2].minutes, 85);
        assert_eq!(
            sessions.iter().map(|session| session.minutes).sum::<u32>(),
            150
        );
    }

    #[test]
    fn a_task_takes_several_sessions_where_there_are_more_of_them() {
        let sessions = sessions(
            &[task(60), task(60)],
            140,
            &week(),
            wanted(7),
            &mut Spread::default(),
        );

        let tasks: Vec<&[usize]> = sessions.iter().map(|session| &session.tasks[..]).collect();
        assert_eq!(tasks, [&[0][..], &[0], &[0], &[0], &[1], &[1], &[1]]);
        assert!(
            sessions.iter().all(|session| session.minutes == 20),
            "{sessions:?}"
        );
    }

    #[test]
    fn what_takes_an_hour_is_done_in_one_sitting() {
        let spread = &mut Spread::default();
        let one = sessions(&[task(60)], 110, &week(), Wanted::default(), spread);
        assert_eq!(one.len(), 1, "{one:?}");
        // Unless the week has so much time that it can be done twice.
        let two = sessions(&[task(60)], 135, &week(), Wanted::default(), spread);
        assert_eq!(two.len(), 2, "{two:?}");
    }

    #[test]
    fn sessions_are_equally_long_where_the_time_of_each_was_given() {
        let wanted = Wanted {
            sessions: Some(3),
            even: true,
            leads_up: false,
        };
        let tasks = [task(90), task(10), task(20)];
        let sessions = sessions(&tasks, 120, &week(), wanted, &mut Spread::default());
        assert!(
            sessions.iter().all(|session| session.minutes == 40),
            "{sessions:?}"
        );
    }

    #[test]
    fn hard_sessions_have_an_easy_one_between_them() {
        let hard = DraftTask {
            demands: Demands::HARD,
            ..task(30)
        };
        let tasks = [hard.clone(), hard, task(30), task(30)];
        let sessions = sessions(
            &tasks,
            120,
            &(4..=7).map(day).collect::<Vec<_>>(),
            wanted(4),
            &mut Spread::default(),
        );

        let order: Vec<usize> = sessions.iter().map(|session| session.tasks[0]).collect();
        assert_eq!(order, [0, 2, 1, 3]);
    }

    #[test]
    fn what_is_pinned_is_in_the_first_session() {
        let pinned = DraftTask {
            pinned: true,
            ..task(20)
        };
        let daily = DraftTask {
            days: 5,
            ..task(100)
        };
        let tasks = [pinned, daily, task(60)];
        let sessions = sessions(
            &tasks,
            180,
            &week(),
            Wanted::default(),
            &mut Spread::default(),
        );

        assert_eq!(sessions[0].tasks[0], 0, "{sessions:?}");
        assert!(
            sessions[1..]
                .iter()
                .all(|session| !session.tasks.contains(&0))
        );
    }

    #[test]
    fn six_minutes_are_one_session() {
        let sessions = sessions(
            &[task(30), task(30)],
            6,
            &week(),
            wanted(5),
            &mut Spread::default(),
        );
        assert_eq!(sessions.len(), 1);
        assert_eq!(
            (sessions[0].minutes, &sessions[0].tasks[..]),
            (6, &[0, 1][..])
        );
    }
}
