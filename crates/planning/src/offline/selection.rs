//! Selects what suits the person: modules of their level and of what they stress, without tasks that they rule out.

use super::curriculum::{Curriculum, Module, Place, Task};
use crate::constraints::Level;
use crate::exclusions::Exclusions;
use crate::words::Word;

/// A module with the tasks that suit.
#[derive(Debug)]
pub struct Selected<'a> {
    /// The module.
    pub module: &'a Module,
    /// Its tasks that suit, the most important first.
    pub tasks: Vec<&'a Task>,
    /// Whether the goal stresses it.
    pub is_stressed: bool,
}

/// What was selected from a curriculum.
#[derive(Debug)]
pub struct Selection<'a> {
    /// The modules in the order of the plan; at least one.
    pub modules: Vec<Selected<'a>>,
    /// Tasks that come first of all.
    pub first: Vec<&'a Task>,
}

/// Share of a curriculum's tasks that name a thing, in percent, above which the thing is what the curriculum is about: one may rule out
/// salt and still has to read how much of it is in bread.
const SUBJECT_SHARE: usize = 25;
/// Minimum number of modules for which one with a single task is left out.
const ENOUGH_MODULES: usize = 3;

/// Selects the modules of a curriculum for a person of a level, who rules something out. `words` are those of the goal; `turn` is a
/// number of the goal by which a general plan varies.
pub fn select<'a>(
    curriculum: &'a Curriculum,
    level: Option<Level>,
    exclusions: &Exclusions,
    words: &[Word],
    turn: Option<usize>,
) -> Selection<'a> {
    let applies_to_names = exclusions.has_things() && !is_subject(curriculum, exclusions);
    let suits = |task: &Task| {
        !task.demands.overlaps(exclusions.demands)
            && (!applies_to_names || exclusions.named_in(&task.text).is_none())
    };
    let mut modules = modules(curriculum, level, words, turn, suits);
    if modules.is_empty() {
        // So much is ruled out that nothing is left. No general plan can come to this by demands; see the test of the texts.
        modules = self::modules(curriculum, level, words, turn, |_| true);
    }
    if modules
        .iter()
        .filter(|module| module.tasks.len() > 1)
        .count()
        >= ENOUGH_MODULES
    {
        modules.retain(|module| module.tasks.len() > 1);
    }
    let first = modules
        .iter_mut()
        .flat_map(|module| {
            let (first, others) = module.tasks.iter().partition(|task| task.is_first);
            module.tasks = others;
            let first: Vec<&Task> = first;
            first
        })
        .collect();
    if modules.iter().any(|module| !module.tasks.is_empty()) {
        modules.retain(|module| !module.tasks.is_empty());
    }
    // Modules that the goal stresses come right after those that open every plan; those that only such a goal has keep their place. The
    // end that is special to the goal is the last.
    modules.sort_by_key(|selected| {
        let is_forward = selected.is_stressed && !selected.module.only;
        match selected.module.place {
            Place::First => 0,
            Place::Between if is_forward => 1,
            Place::Between => 2,
            Place::Last if selected.is_stressed => 4,
            Place::Last => 3,
        }
    });
    Selection { modules, first }
}

fn modules<'a>(
    curriculum: &'a Curriculum,
    level: Option<Level>,
    words: &[Word],
    turn: Option<usize>,
    suits: impl Fn(&Task) -> bool,
) -> Vec<Selected<'a>> {
    let of_level = || {
        curriculum
            .modules
            .iter()
            .filter(|module| module.level.suits(level))
    };
    let is_in = |module: &Module| !module.only || is_named(module, words);
    // A curriculum of alternatives of which the goal names none has them all.
    let has_alternatives = of_level().filter(|module| is_in(module)).count() < ENOUGH_MODULES;
    of_level()
        .enumerate()
        .filter_map(|(index, module)| {
            let is_stressed = is_named(module, words);
            let mut tasks: Vec<&Task> = module.tasks.iter().filter(|task| suits(task)).collect();
            if let Some(turn) = turn {
                vary(&mut tasks, turn, index);
            }
            (!tasks.is_empty() && (is_stressed || !module.only || has_alternatives)).then_some(
                Selected {
                    module,
                    tasks,
                    is_stressed,
                },
            )
        })
        .collect()
}

/// Maximum number of tasks that a plan takes from a module of which each plan takes others.
const VARIED_TASKS: usize = 5;

/// Reorders the tasks of a module by a number of the goal, and leaves some out. What comes first stays.
fn vary(tasks: &mut Vec<&Task>, turn: usize, module: usize) {
    let mut state = turn.wrapping_add(module.wrapping_mul(0x9e37_79b1)) | 1;
    for place in (1..tasks.len()).rev() {
        // A linear congruential step (Numerical Recipes); its high bits are the better ones.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let other = (state >> 12) % (place + 1);
        tasks.swap(place, other);
    }
    tasks.sort_by_key(|task| !task.is_first);
    let first = tasks.iter().filter(|task| task.is_first).count();
    tasks.truncate(VARIED_TASKS + first);
}

/// Whether a curriculum is about what is ruled out: its title says so, or many of its tasks name it.
fn is_subject(curriculum: &Curriculum, exclusions: &Exclusions) -> bool {
    if exclusions.named_in(&curriculum.title).is_some() {
        return true;
    }
    let tasks = || curriculum.modules.iter().flat_map(|module| &module.tasks);
    let naming = tasks().filter(|task| exclusions.named_in(&task.text).is_some());
    naming.count() * 100 > tasks().count() * SUBJECT_SHARE
}

/// Whether the goal has one of the words that bring a module forward.
fn is_named(module: &Module, words: &[Word]) -> bool {
    let names = module.when.as_ref();
    names
        .is_some_and(|names| (0..words.len()).any(|start| names.longest(&words[start..]).is_some()))
}
