//! Arranges the selected modules over the weeks of a plan: several in a week where there are few weeks, one or two weeks for each where
//! there are enough, and further passes at a higher demand where there are more.

use super::curriculum::{Audience, Place};
use super::selection::Selected;
use crate::constraints::Level;

/// What a week is made of. Modules are given by their positions in the selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// These modules, whole.
    Modules(Vec<usize>),
    /// One half of a module: the first or the second.
    Half {
        /// The module.
        module: usize,
        /// Whether it is the second half.
        is_second: bool,
    },
    /// A module again.
    Again {
        /// The module.
        module: usize,
        /// The number of the pass, from 0 for the second time.
        pass: usize,
    },
}

/// Minimum number of tasks of a module that may take two weeks.
const TWO_WEEKS_TASKS: usize = 4;

/// Returns the slots of a plan, one per week.
pub fn arrange(selected: &[Selected<'_>], level: Option<Level>, weeks: usize) -> Vec<Slot> {
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
    let longer = take_longer(selected, &modules, weeks - count);
    let mut slots = Vec::with_capacity(weeks);
    let (last, others): (Vec<usize>, Vec<usize>) = modules
        .iter()
        .partition(|module| selected[**module].module.place == Place::Last);
    let push = |module: usize, slots: &mut Vec<Slot>| {
        if longer.contains(&module) {
            let half = |is_second| Slot::Half { module, is_second };
            slots.extend([half(false), half(true)]);
        } else {
            slots.push(Slot::Modules(vec![module]));
        }
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

/// Returns the modules that take two weeks, at most `extra`: those that the goal stresses, then others, evenly spread.
fn take_longer(selected: &[Selected<'_>], modules: &[usize], extra: usize) -> Vec<usize> {
    let can = |module: &usize| {
        let selected = &selected[*module];
        selected.tasks.len() >= TWO_WEEKS_TASKS && selected.module.place != Place::Last
    };
    let (mut longer, others): (Vec<usize>, Vec<usize>) = modules
        .iter()
        .filter(|module| can(module))
        .partition(|module| selected[**module].is_stressed);
    longer.truncate(extra);
    let more = spread(others.len(), extra - longer.len());
    longer.extend(more.into_iter().map(|index| others[index]));
    longer
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
