//! Which week holds what: modules spread over the weeks, rounds of practice where there are more weeks than modules,
//! and special weeks (practice exams, rest, taper, review) where they belong.

use super::curricula::{Audience, Curriculum, CurriculumSet};
use crate::category::Category;
use crate::constraints::Level;

/// What a week holds; numbers are places in the curriculum and its shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// A module; `again` tells the first of its two weeks from the second, and is `None` where it has only one.
    Module {
        /// Its place in the curriculum.
        module: usize,
        /// `Some(true)` in its second week.
        again: Option<bool>,
    },
    /// A round of practice on an earlier module.
    Round {
        /// The round's place on the shelf.
        round: usize,
        /// The module it comes back to.
        module: usize,
        /// Which round of the plan it is, from 1.
        number: usize,
    },
    /// A special week.
    Special {
        /// Its place on the shelf.
        special: usize,
        /// Which special week of the plan it is, from 1.
        number: usize,
    },
    /// The only week of a plan: one task of each of several modules.
    Digest,
}

/// Fills `weeks` slots.
pub fn arrange(
    curriculum: &Curriculum,
    shelf: &CurriculumSet,
    category: Category,
    level: Option<Level>,
    weeks: usize,
) -> Vec<Slot> {
    if weeks == 1 {
        return vec![Slot::Digest];
    }
    let kinds: Vec<Option<&str>> = (1..=weeks)
        .map(|week| special_kind(category, curriculum.training, week, weeks))
        .collect();
    let ordinary = kinds.iter().filter(|kind| kind.is_none()).count();
    let mut lessons = lessons(curriculum, shelf, level, ordinary).into_iter();
    let mut numbers = SpecialNumbers::default();
    kinds
        .into_iter()
        .filter_map(|kind| match kind {
            None => lessons.next(),
            Some(kind) => numbers.next(shelf, kind).or_else(|| lessons.next()),
        })
        .collect()
}

/// The kind of special week that a week is, if any.
fn special_kind(
    category: Category,
    training: bool,
    week: usize,
    weeks: usize,
) -> Option<&'static str> {
    match category {
        // The last week is a full exam; from half of the way every third week before it is one too.
        Category::Certification => (week == weeks
            || (week * 2 > weeks && (weeks - week).is_multiple_of(3)))
        .then_some("exam"),
        Category::Fitness if training => match week {
            _ if weeks < 6 => None,
            _ if week == weeks => Some("taper"),
            // Three weeks of load, one to recover; not right before the taper.
            _ => (week.is_multiple_of(4) && weeks - week >= 2).then_some("rest"),
        },
        Category::Fitness => None,
        _ => (week.is_multiple_of(6) && week < weeks).then_some("review"),
    }
}

/// Goes through the shelf's special weeks of each kind in turn.
#[derive(Default)]
struct SpecialNumbers {
    used: usize,
}

impl SpecialNumbers {
    fn next(&mut self, shelf: &CurriculumSet, kind: &str) -> Option<Slot> {
        let places: Vec<usize> = shelf
            .specials
            .iter()
            .enumerate()
            .filter(|(_, special)| special.kind == kind)
            .map(|(place, _)| place)
            .collect();
        let special = *places.get(self.used % places.len().max(1))?;
        self.used += 1;
        Some(Slot::Special {
            special,
            number: self.used,
        })
    }
}

/// Modules for so many ordinary weeks, with rounds where two weeks on each are not enough.
fn lessons(
    curriculum: &Curriculum,
    shelf: &CurriculumSet,
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
            .map(|place| Slot::Module {
                module: modules[place],
                again: None,
            })
            .collect();
    }
    let doubled: Vec<usize> = spread(count, (weeks - count).min(count));
    let rounds = weeks.saturating_sub(2 * count);
    let mut slots = Vec::with_capacity(weeks);
    let mut round = 0;
    for (place, module) in modules.iter().enumerate() {
        if doubled.contains(&place) {
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
        // Rounds are dealt out evenly behind the modules, each on a module that came before; the last module ends the plan.
        let due = if place + 1 == count {
            rounds
        } else {
            rounds * (place + 1) / count
        };
        while round < due {
            let back = modules[round % (place + 1)];
            let slot = Slot::Round {
                round: round % shelf.rounds.len(),
                module: back,
                number: round + 1,
            };
            round += 1;
            slots.push(slot);
        }
    }
    // The finish belongs at the end, behind the rounds that came after it.
    if let Some(finish) = slots
        .iter()
        .rposition(|slot| matches!(slot, Slot::Module { .. }))
    {
        slots[finish..].rotate_left(1);
    }
    slots
}

fn suits(module: Audience, level: Option<Level>) -> bool {
    match module {
        Audience::All => true,
        Audience::Beginner => level != Some(Level::Advanced),
        Audience::Advanced => level != Some(Level::Beginner),
    }
}

/// `wanted` places out of `count`, evenly spread, with the first and the last among them.
pub fn spread(count: usize, wanted: usize) -> Vec<usize> {
    match wanted.min(count) {
        0 => Vec::new(),
        1 => vec![0],
        wanted => (0..wanted)
            .map(|index| (index * (count - 1) + (wanted - 1) / 2) / (wanted - 1))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn a_spread_keeps_both_ends_and_repeats_nothing() {
        for count in 1..20 {
            for wanted in 1..=count {
                let places = spread(count, wanted);
                assert_eq!(places.len(), wanted);
                assert!(
                    places.windows(2).all(|pair| pair[0] < pair[1]),
                    "{places:?}"
                );
                assert!(
                    places[0] == 0 && (wanted == 1 || places[wanted - 1] == count - 1),
                    "{places:?}"
                );
            }
        }
    }
}
