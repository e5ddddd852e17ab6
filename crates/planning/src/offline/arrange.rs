//! Arranges the selected modules over the weeks of a plan: several in a week where there are few weeks, one or two weeks for each where
//! there are enough, and further passes at a higher demand where there are more.

use super::curriculum::{Audience, Place};
use super::kind::Kind;
use super::selection::Selected;
use crate::constraints::Level;

/// What a week is made of. Modules are given by their positions in the selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// These modules, whole.
    Modules(Vec<usize>),
    /// A part of a module that takes several weeks.
    Part {
        /// The module.
        module: usize,
        /// The number of the part, from 0.
        part: usize,
        /// The number of parts.
        parts: usize,
    },
    /// A module again.
    Again {
        /// The module.
        module: usize,
        /// The number of the pass, from 0 for the second time.
        pass: usize,
    },
}

/// Minimum number of tasks of a module for each week that it takes, if it takes several.
const TASKS_A_WEEK: usize = 2;
/// The share of a week's minutes that the tasks of a part have at least, if it is the third or a later one, as a divisor.
const MIN_SHARE: u32 = 3;

/// Returns the slots of a plan of a kind, one per week. `minutes` are those of a week.
pub fn arrange(
    selected: &[Selected<'_>],
    kind: Kind,
    level: Option<Level>,
    weeks: usize,
    minutes: u32,
) -> Vec<Slot> {
    let mut modules: Vec<usize> = (0..selected.len()).collect();
    if level.is_none() {
        leave_out_advanced(selected, &mut modules, weeks);
    }
    let count = modules.len();
    if weeks <= count {
        return (0..weeks)
            .map(|week| {
                let range = week * count / weeks..(week + 1) * count / weeks;
                Slot::Modules(modules[range].to_vec())
            })
            .collect();
    }
    // What is over when it is done may take a week alone, however short it is.
    let minutes = if kind.is_repeated() { minutes } else { 0 };
    let parts = parts(selected, &modules, weeks - count, minutes);
    let mut slots = Vec::with_capacity(weeks);
    let (last, others): (Vec<usize>, Vec<usize>) = modules
        .iter()
        .partition(|module| selected[**module].module.place == Place::Last);
    let push = |module: usize, slots: &mut Vec<Slot>| match parts[module] {
        1 => slots.push(Slot::Modules(vec![module])),
        parts => slots.extend((0..parts).map(|part| Slot::Part {
            module,
            part,
            parts,
        })),
    };
    for module in &others {
        push(*module, &mut slots);
    }
    let mut end = Vec::new();
    for module in &last {
        push(*module, &mut end);
    }
    // A module that opens the plan is not gone through again where there are others.
    let repeated: Vec<usize> = others
        .iter()
        .copied()
        .filter(|module| selected[*module].module.place == Place::Between)
        .collect();
    let repeated = if repeated.is_empty() {
        &modules
    } else {
        &repeated
    };
    let left = weeks.saturating_sub(slots.len() + end.len());
    slots.extend((0..left).map(|again| Slot::Again {
        module: repeated[again % repeated.len()],
        pass: again / repeated.len(),
    }));
    slots.extend(end);
    slots
}

/// Returns the number of weeks that modules fill without repeating one.
pub fn max_weeks(selected: &[Selected<'_>]) -> usize {
    let weeks = |selected: &Selected<'_>| match selected.module.place {
        Place::Last => 1,
        Place::First | Place::Between => (selected.tasks.len() / TASKS_A_WEEK).max(1),
    };
    selected.iter().map(weeks).sum()
}

/// People who do not tell their level get advanced modules only where there is a week for each.
fn leave_out_advanced(selected: &[Selected<'_>], modules: &mut Vec<usize>, weeks: usize) {
    let is_advanced = |module: usize| {
        let module = &selected[module].module;
        module.level == Audience::Advanced && module.place != Place::Last
    };
    while modules.len() > weeks
        && let Some(place) = modules.iter().rposition(|module| is_advanced(*module))
        && modules.len() > 1
    {
        modules.remove(place);
    }
}

/// Returns the number of weeks that each module takes: one, and `extra` weeks in all for those that the goal stresses and then for others,
/// evenly spread; all have two before one has three. A week has a single new task only where all modules are stretched as far as they go.
fn parts(selected: &[Selected<'_>], modules: &[usize], extra: usize, minutes: u32) -> Vec<usize> {
    let mut parts = vec![1; selected.len()];
    let mut extra = extra;
    let mut tasks_a_week = TASKS_A_WEEK;
    let mut next = 2;
    let most = selected.iter().map(|selected| selected.tasks.len()).max();
    let most = most.unwrap_or_default();
    while extra > 0 && next <= most {
        let can = |index: &usize| {
            let Selected { module, tasks, .. } = &selected[*index];
            let length: u32 = tasks.iter().map(|task| u32::from(task.minutes)).sum();
            let shares = u32::try_from(next).unwrap_or(u32::MAX);
            parts[*index] < next
                && tasks.len() >= tasks_a_week * next
                && module.place != Place::Last
                && (next == 2 || length * MIN_SHARE >= minutes * shares)
        };
        let (mut longer, others): (Vec<usize>, Vec<usize>) = modules
            .iter()
            .filter(|module| can(module))
            .partition(|module| selected[**module].is_stressed);
        longer.truncate(extra);
        let more = spread(others.len(), extra - longer.len());
        longer.extend(more.into_iter().map(|index| others[index]));
        if longer.is_empty() && tasks_a_week > 1 {
            (tasks_a_week, next) = (1, 2);
            continue;
        }
        extra -= longer.len();
        for module in longer {
            parts[module] += 1;
        }
        next += 1;
    }
    parts
}

/// Returns `selected` indices below `count`, evenly spread, including the first and, if there are several, the last.
pub fn spread(count: usize, selected: usize) -> Vec<usize> {
    match selected.min(count) {
        0 => Vec::new(),
        1 => vec![0],
        selected => (0..selected)
            .map(|index| (index * (count - 1) + (selected - 1) / 2) / (selected - 1))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn a_spread_includes_both_ends_without_duplicates() {
        for count in 1..20 {
            for selected in 1..=count {
                let indices = spread(count, selected);
                assert_eq!(indices.len(), selected);
                assert!(
                    indices.windows(2).all(|pair| pair[0] < pair[1]),
                    "{indices:?}"
                );
                assert!(
                    indices[0] == 0 && (selected == 1 || indices[selected - 1] == count - 1),
                    "{indices:?}"
                );
            }
        }
    }
}
