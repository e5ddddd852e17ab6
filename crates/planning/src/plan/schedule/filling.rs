//! Divides a week's tasks among its sessions, and puts these in an order.

use chrono::NaiveDate;

use super::free_days::is_weekend;
use crate::demand::Demands;
use crate::plan::draft::DraftTask;

/// Minutes that a task without a stated length counts as.
const DEFAULT_TASK_MINUTES: u32 = 30;

/// What a task weighs in the schedule.
#[derive(Clone, Copy)]
pub(super) struct Load {
    /// How long it takes in a week.
    pub minutes: u32,
    /// On how many days it is done.
    pub days: usize,
    is_hard: bool,
}

impl Load {
    pub fn of(task: &DraftTask) -> Self {
        Self {
            minutes: task.minutes.map_or(DEFAULT_TASK_MINUTES, u32::from).max(1),
            days: usize::from(task.days.clamp(1, 7)),
            is_hard: task.demands.overlaps(Demands::HARD),
        }
    }
}

/// A session that is being filled.
#[derive(Default)]
pub(super) struct Filling {
    pub tasks: Vec<usize>,
    pub minutes: u32,
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

/// Divides the tasks among `count` sessions: those of several days evenly, the others in their order. Where there are more sessions than
/// tasks, a task takes several.
pub(super) fn filled(loads: &[Load], count: usize, pinned: usize) -> Vec<Filling> {
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
pub(super) fn order(sessions: &mut [Filling], days: &[NaiveDate]) {
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
