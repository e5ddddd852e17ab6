//! Arranges a curriculum over the weeks of a plan: its modules, rounds of practice if there are more weeks than the modules need,
//! and special weeks (practice exams, rest, taper, review).

use super::curricula::{Audience, Curriculum, CurriculumSet};
use crate::category::Category;
use crate::constraints::{Level, Occasion};

/// The content of a week. Indices refer to the curriculum and its set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// A module, which takes one or two weeks.
    Module {
        /// Its index in the curriculum.
        module: usize,
        /// `None` if it takes one week, `Some(false)` in the first of two weeks, `Some(true)` in the second.
        again: Option<bool>,
    },
    /// A round of practice on an earlier module.
    Round {
        /// The round's index in the set.
        round: usize,
        /// The index of the module that is practised.
        module: usize,
        /// The number of the round in the plan, from 1.
        number: usize,
    },
    /// A special week.
    Special {
        /// Its index in the set.
        special: usize,
        /// The number of the special week in the plan, from 1.
        number: usize,
    },
    /// The only week of a one-week plan: one task of each of several modules.
    Digest,
}

/// Returns the slots of a plan, one per week. `occasion` is what the last week leads up to, if it is an event.
pub fn arrange(
    curriculum: &Curriculum,
    set: &CurriculumSet,
    category: Category,
    level: Option<Level>,
    weeks: usize,
    occasion: Option<Occasion>,
) -> Vec<Slot> {
    let before_event = occasion.and_then(|occasion| kind_before(occasion, category));
    if weeks == 1 {
        let last = before_event.and_then(|kind| SpecialNumbers::default().next(set, kind));
        return vec![last.unwrap_or(Slot::Digest)];
    }
    let mut kinds: Vec<Option<&str>> = (1..=weeks)
        .map(|week| special_kind(category, curriculum.training, week, weeks))
        .collect();
    if let (Some(last), Some(kind)) = (kinds.last_mut(), before_event) {
        *last = Some(kind);
    }
    let ordinary = kinds.iter().filter(|kind| kind.is_none()).count();
    let mut lessons = lessons(curriculum, set, level, ordinary).into_iter();
    let mut numbers = SpecialNumbers::default();
    kinds
        .into_iter()
        .filter_map(|kind| match kind {
            None => lessons.next(),
            Some(kind) => numbers.next(set, kind).or_else(|| lessons.next()),
        })
        .collect()
}

/// Returns the kind of special week that `week` is, counted from 1; `None` for an ordinary week.
fn special_kind(
    category: Category,
    training: bool,
    week: usize,
    weeks: usize,
) -> Option<&'static str> {
    match category {
        // The last week is a practice exam, and so is every third week before it in the second half of the plan.
        Category::Certification => (week == weeks
            || (week * 2 > weeks && (weeks - week).is_multiple_of(3)))
        .then_some("exam"),
        Category::Fitness if training => match week {
            _ if weeks < 6 => None,
            _ if week == weeks => Some("taper"),
            // Three weeks of load, then one of rest, but not right before the taper.
            _ => (week.is_multiple_of(4) && weeks - week >= 2).then_some("rest"),
        },
        Category::Fitness => None,
        _ => (week.is_multiple_of(6) && week < weeks).then_some("review"),
    }
}

/// Returns the kind of special week that leads up to an event; `None` where the set has none that suits.
fn kind_before(occasion: Occasion, category: Category) -> Option<&'static str> {
    match (occasion, category) {
        (Occasion::Race, Category::Fitness) => Some("taper"),
        (Occasion::Exam, Category::Certification) => Some("exam"),
        (_, Category::Fitness | Category::Certification) | (Occasion::DueDate, _) => None,
        _ => Some("review"),
    }
}

/// Numbers the special weeks of a plan, and cycles through the set's weeks of each kind.
#[derive(Default)]
struct SpecialNumbers {
    used: usize,
}

impl SpecialNumbers {
    /// Returns the next special week of this kind; `None` if the set has none.
    fn next(&mut self, set: &CurriculumSet, kind: &str) -> Option<Slot> {
        let candidates: Vec<usize> = set
            .specials
            .iter()
            .enumerate()
            .filter(|(_, special)| special.kind == kind)
            .map(|(index, _)| index)
            .collect();
        let special = *candidates.get(self.used % candidates.len().max(1))?;
        self.used += 1;
        Some(Slot::Special {
            special,
            number: self.used,
        })
    }
}

/// Returns the slots of the ordinary weeks: modules of one or two weeks, and rounds if two weeks for each module are not enough.
fn lessons(
    curriculum: &Curriculum,
    set: &CurriculumSet,
    level: Option<Level>,
    weeks: usize,
) -> Vec<Slot> {
    let modules: Vec<usize> = (0..curriculum.modules.len())
        .filter(|module| suits(curriculum.modules[*module].level, level))
        .collect();
    let count = modules.len();
    if weeks <= count {
        return spread(count, weeks)
            .into_iter()
            .map(|index| Slot::Module {
                module: modules[index],
                again: None,
            })
            .collect();
    }
    let doubled: Vec<usize> = spread(count, (weeks - count).min(count));
    let rounds = weeks.saturating_sub(2 * count);
    let mut slots = Vec::with_capacity(weeks);
    let mut round = 0;
    for (index, module) in modules.iter().enumerate() {
        if doubled.contains(&index) {
            slots.push(Slot::Module {
                module: *module,
                again: Some(false),
            });
            slots.push(Slot::Module {
                module: *module,
                again: Some(true),
            });
        } else {
            slots.push(Slot::Module {
                module: *module,
                again: None,
            });
        }
        // Rounds are spread evenly between the modules, each for an earlier module.
        let due = if index + 1 == count {
            rounds
        } else {
            rounds * (index + 1) / count
        };
        while round < due {
            let practised = modules[round % (index + 1)];
            let slot = Slot::Round {
                round: round % set.rounds.len(),
                module: practised,
                number: round + 1,
            };
            round += 1;
            slots.push(slot);
        }
    }
    // The last module ends the plan, after all rounds.
    if let Some(last) = slots
        .iter()
        .rposition(|slot| matches!(slot, Slot::Module { .. }))
    {
        slots[last..].rotate_left(1);
    }
    slots
}

/// Returns whether a module suits people of this level.
fn suits(module: Audience, level: Option<Level>) -> bool {
    match module {
        Audience::All => true,
        Audience::Beginner => level != Some(Level::Advanced),
        Audience::Advanced => level != Some(Level::Beginner),
    }
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
