//! Places a week's tasks on its free days, as sessions whose minutes add up to the week's hours.
//!
//! A rule, not a guess: as many sessions as the person named, else about one for each three quarters of an hour; spread over the free
//! days as evenly as they allow; the longest at the weekend; and hard ones not on days that follow each other, where it can be.

use chrono::{Datelike as _, NaiveDate, Weekday};

use super::draft::DraftTask;
use super::session::Session;
use crate::demand::Demands;

/// The usual length of a session in minutes. Spaced practice in short sessions is retained better than the same time at once (Cepeda et
/// al., "Distributed practice in verbal recall tasks", Psychological Bulletin 132(3), 2006).
const USUAL_MINUTES: u32 = 45;
/// Sessions are rounded to this many minutes, where the week allows it.
const STEP: u32 = 5;
/// Maximum number of sessions, unless the person named more: a day of the week is for rest.
const MAX_SESSIONS: usize = 6;
/// Minutes that a task without a stated length counts as.
const DEFAULT_TASK_MINUTES: u32 = 30;

/// Minimum length of a session that exists only because a task is done on many days.
const LEAST_MINUTES: u32 = 10;

/// What a task weighs in the schedule.
#[derive(Clone, Copy)]
struct Load {
    minutes: u32,
    /// On how many days it is done.
    days: usize,
    is_hard: bool,
}

impl Load {
    fn of(task: &DraftTask) -> Self {
        Self {
            minutes: task.minutes.map_or(DEFAULT_TASK_MINUTES, u32::from).max(1),
            days: usize::from(task.days.clamp(1, 7)),
            is_hard: task.demands.overlaps(Demands::HARD),
        }
    }
}

/// A session that is being filled.
#[derive(Default)]
struct Filling {
    tasks: Vec<usize>,
    minutes: u32,
    is_hard: bool,
    is_pinned: bool,
}

impl Filling {
    fn add(&mut self, task: usize, load: Load, minutes: u32) {
        self.tasks.push(task);
        self.minutes += minutes;
        self.is_hard |= load.is_hard;
    }
}

/// Returns the sessions of a week: `minutes` in all, on some of its free `days`. `wanted` is the number of sessions a week that the
/// person named. Every task is in at least one session.
pub(super) fn sessions(
    tasks: &[DraftTask],
    minutes: u32,
    days: &[NaiveDate],
    wanted: Option<u8>,
    spread: &mut Spread,
) -> Vec<Session> {
    if tasks.is_empty() || days.is_empty() || minutes == 0 {
        return Vec::new();
    }
    let loads: Vec<Load> = tasks.iter().map(Load::of).collect();
    let most_days = loads.iter().map(|load| load.days).max().unwrap_or(1);
    let count = session_count(minutes, days.len(), most_days, wanted);
    let days = spread.choose(days, count);
    let pinned = tasks.iter().take_while(|task| task.pinned).count();
    let mut sessions = filled(&loads, count, pinned);
    order(&mut sessions, &days);
    let weights: Vec<u32> = sessions.iter().map(|session| session.minutes).collect();
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
                && session.tasks.iter().all(|task| *task < tasks)
        })
        && (0..tasks).all(is_planned)
}

/// Returns the number of sessions, at least one.
fn session_count(minutes: u32, days: usize, most_days: usize, wanted: Option<u8>) -> usize {
    let within = |length: u32| usize::try_from(minutes / length).unwrap_or(days);
    let usual = (minutes + USUAL_MINUTES / 2) / USUAL_MINUTES;
    let usual = usize::try_from(usual)
        .unwrap_or(MAX_SESSIONS)
        .min(MAX_SESSIONS);
    let usual = usual.max(most_days.min(within(LEAST_MINUTES)));
    let most = within(STEP).min(days);
    wanted.map_or(usual, usize::from).min(most).max(1)
}

/// The choice of days of the week before, which most weeks repeat.
#[derive(Debug, Default)]
pub(super) struct Spread {
    /// The first day's weekday, the offsets of the days from it, and the number of sessions.
    key: Option<(Weekday, u32, usize)>,
    choice: u32,
}

impl Spread {
    /// Returns `count` of the days: those with the longest pauses between them, a weekend day among them where it costs nothing.
    fn choose(&mut self, days: &[NaiveDate], count: usize) -> Vec<NaiveDate> {
        if count >= days.len() {
            return days.to_vec();
        }
        let offset = |day: &NaiveDate| 1_u32 << (*day - days[0]).num_days().clamp(0, 6);
        let key = (days[0].weekday(), days.iter().map(offset).sum(), count);
        if self.key != Some(key) {
            self.key = Some(key);
            self.choice = (1_u32..1 << days.len().min(7))
                .filter(|choice| choice.count_ones() as usize == count)
                .max_by_key(|choice| (evenness(days, *choice), std::cmp::Reverse(*choice)))
                .unwrap_or(1);
        }
        chosen(days, self.choice).collect()
    }
}

fn chosen(days: &[NaiveDate], chosen: u32) -> impl Iterator<Item = NaiveDate> + '_ {
    days.iter()
        .enumerate()
        .filter(move |(index, _)| chosen & (1 << index) != 0)
        .map(|(_, day)| *day)
}

/// Returns how well the chosen days are spread: less for days close to each other, also across the end of the week, more with a weekend.
fn evenness(days: &[NaiveDate], choice: u32) -> i64 {
    let mut cost = 0;
    let mut first = None;
    let mut last: Option<NaiveDate> = None;
    let mut has_weekend = false;
    for day in chosen(days, choice) {
        if let Some(last) = last {
            let gap = (day - last).num_days().max(1);
            cost += 100 / (gap * gap);
        }
        first = first.or(Some(day));
        last = Some(day);
        has_weekend |= is_weekend(day);
    }
    if let (Some(first), Some(last)) = (first, last)
        && first != last
    {
        let gap = (7 - (last - first).num_days()).max(1);
        cost += 100 / (gap * gap);
    }
    i64::from(has_weekend) * 10 - cost
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Divides the tasks among `count` sessions: those of several days evenly, the others in their order. Where there are more sessions than
/// tasks, a task takes several.
fn filled(loads: &[Load], count: usize, pinned: usize) -> Vec<Filling> {
    let mut sessions: Vec<Filling> = (0..count).map(|_| Filling::default()).collect();
    // What is a matter of safety comes in the first session.
    for (task, load) in loads.iter().enumerate().take(pinned) {
        sessions[0].add(task, *load, load.minutes);
    }
    let (repeated, single): (Vec<usize>, Vec<usize>) =
        (pinned..loads.len()).partition(|task| loads[*task].days > 1 && count > 1);
    for task in repeated {
        let load = loads[task];
        let days = load.days.min(count);
        let share = load.minutes / u32::try_from(days).unwrap_or(1);
        for day in 0..days {
            sessions[day * count / days].add(task, load, share.max(1));
        }
    }
    let free = sessions
        .iter()
        .filter(|session| session.tasks.is_empty())
        .count();
    if single.len() < free {
        stretch(&mut sessions, &single, loads);
    } else {
        in_order(&mut sessions, &single, loads);
    }
    for session in &mut sessions {
        session.is_pinned = session.tasks.iter().any(|task| *task < pinned);
    }
    sessions
}

/// Gives each of a few tasks several of the sessions that have none yet; if there is no such task, each of those sessions has all that the
/// one before it has.
fn stretch(sessions: &mut [Filling], tasks: &[usize], loads: &[Load]) {
    let free: Vec<usize> = (0..sessions.len())
        .filter(|session| sessions[*session].tasks.is_empty())
        .collect();
    for (place, session) in free.iter().enumerate() {
        if let Some(task) = tasks.get(place * tasks.len() / free.len()) {
            let taken = free.len().div_ceil(tasks.len());
            let share = loads[*task].minutes / u32::try_from(taken).unwrap_or(1);
            sessions[*session].add(*task, loads[*task], share.max(1));
        } else if let Some(before) = session.checked_sub(1) {
            let (tasks, minutes) = (sessions[before].tasks.clone(), sessions[before].minutes);
            let is_hard = sessions[before].is_hard;
            sessions[*session] = Filling {
                tasks,
                minutes,
                is_hard,
                is_pinned: false,
            };
        }
    }
}

/// Adds tasks to the sessions in their order, so that all are about equally long and none is empty.
fn in_order(sessions: &mut [Filling], tasks: &[usize], loads: &[Load]) {
    let count = sessions.len();
    let sum = |sessions: &[Filling]| sessions.iter().map(|session| session.minutes).sum::<u32>();
    let mut left: u32 = sum(sessions) + tasks.iter().map(|task| loads[*task].minutes).sum::<u32>();
    let mut tasks = tasks.iter().peekable();
    let mut remaining = tasks.len();
    for index in 0..count {
        let share = left / u32::try_from(count - index).unwrap_or(1);
        let empty_after = sessions[index + 1..]
            .iter()
            .filter(|session| session.tasks.is_empty())
            .count();
        let session = &mut sessions[index];
        while let Some(task) = tasks.peek() {
            let load = loads[**task];
            let fits = session.tasks.is_empty()
                || index + 1 == count
                || remaining > empty_after && session.minutes + load.minutes / 2 <= share;
            if !fits {
                break;
            }
            session.add(**task, load, load.minutes);
            remaining -= 1;
            tasks.next();
        }
        left = left.saturating_sub(session.minutes);
    }
}

/// Puts the longest session on a weekend day, and hard ones apart. The sessions with pinned tasks stay where they are.
fn order(sessions: &mut [Filling], days: &[NaiveDate]) {
    let start = sessions
        .iter()
        .take_while(|session| session.is_pinned)
        .count();
    let movable = &mut sessions[start..];
    if movable.len() < 2 {
        return;
    }
    part_hard(movable);
    let total: u32 = movable.iter().map(|session| session.minutes).sum();
    let Some((longest, minutes)) = movable
        .iter()
        .map(|session| session.minutes)
        .enumerate()
        .max_by_key(|(index, minutes)| (*minutes, *index))
    else {
        return;
    };
    let weekend = days[start..].iter().position(|day| is_weekend(*day));
    let mean = total / u32::try_from(movable.len()).unwrap_or(1);
    if let Some(weekend) = weekend
        && minutes > mean + mean / 4
        && !is_weekend(days[start + longest])
    {
        let between = longest.min(weekend)..=longest.max(weekend);
        if longest < weekend {
            movable[between].rotate_left(1);
        } else {
            movable[between].rotate_right(1);
        }
    }
}

/// Alternates hard and easy sessions, each kind in its order, if there are as many easy ones as that takes.
fn part_hard(sessions: &mut [Filling]) {
    let hard = sessions.iter().filter(|session| session.is_hard).count();
    if hard < 2 || 2 * hard > sessions.len() + 1 {
        return;
    }
    for index in 1..sessions.len() {
        if !sessions[index - 1].is_hard || !sessions[index].is_hard {
            continue;
        }
        if let Some(easy) = (index + 1..sessions.len()).find(|other| !sessions[*other].is_hard) {
            sessions[index..=easy].rotate_right(1);
        }
    }
}

/// Divides minutes in proportion to weights, in steps where every session gets one; the heaviest takes what is left over.
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
    use super::*;

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

    fn week() -> Vec<NaiveDate> {
        (4..=10).map(day).collect()
    }

    #[test]
    fn sessions_are_spread_over_the_week_and_the_longest_is_at_the_weekend() {
        let tasks = [task(90), task(30), task(30)];
        let sessions = sessions(&tasks, 150, &week(), None, &mut Spread::default());

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
            Some(7),
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
            Some(4),
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
        let sessions = sessions(&tasks, 180, &week(), None, &mut Spread::default());

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
            Some(5),
            &mut Spread::default(),
        );
        assert_eq!(sessions.len(), 1);
        assert_eq!(
            (sessions[0].minutes, &sessions[0].tasks[..]),
            (6, &[0, 1][..])
        );
    }
}
