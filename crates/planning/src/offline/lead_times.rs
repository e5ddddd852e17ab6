//! Tasks that have to be done a number of weeks before the end: a form handed in, a room booked. They are brought forward where their
//! module would come too late.

use std::collections::HashSet;

use super::arrange::Slot;
use super::curriculum::Task;
use super::selection::Selected;
use crate::constraints::Constraints;

/// Tasks with lead times that would come too late in their modules.
pub struct Early<'a> {
    /// The tasks that each week has instead.
    pub due: Vec<Vec<&'a Task>>,
    /// The texts of all of them.
    pub moved: HashSet<&'a str>,
}

/// Finds the tasks that must be done so long before the end that their module would come too late.
pub fn early<'a>(
    modules: &[Selected<'a>],
    slots: &[Slot],
    constraints: &Constraints,
    weeks: usize,
) -> Early<'a> {
    let mut early = Early {
        due: vec![Vec::new(); weeks],
        moved: HashSet::new(),
    };
    if constraints.deadline.is_none() {
        return early;
    }
    for (position, selected) in modules.iter().enumerate() {
        let is_its = |slot: &Slot| match slot {
            Slot::Modules(modules) => modules.contains(&position),
            Slot::Part { module, .. } | Slot::Again { module, .. } => *module == position,
        };
        let first = slots.iter().position(is_its);
        let parts = match first.map(|first| &slots[first]) {
            Some(Slot::Part { parts, .. }) => *parts,
            _ => 1,
        };
        let tasks = selected.tasks.len();
        for (rank, task) in selected.tasks.iter().enumerate() {
            let Some(lead) = task.lead_weeks else {
                continue;
            };
            // What should have been done before the plan begins stays where it is.
            let Some(due) = weeks.checked_sub(usize::from(lead) + 1) else {
                continue;
            };
            let part = (1..parts)
                .filter(|part| rank >= (part * tasks).div_ceil(parts))
                .count();
            if first.is_none_or(|first| due < first + part) {
                early.due[due].push(*task);
                early.moved.insert(&task.text);
            }
        }
    }
    early
}
