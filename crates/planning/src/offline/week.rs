//! Writes one week: its focus, as many tasks as fit its time, and its milestone.

use super::arrange::Slot;
use super::curriculum::{Again, Milestone, Place, Task};
use super::selection::Selected;
use super::weekly::drafted;
use crate::plan::draft::DraftTask;

/// How many tasks a week may have at most, and how far they may exceed its minutes, in percent: what authors estimate is no law.
const TOLERANCE: u32 = 115;
/// How many tasks of what closes a plan come before everything else of a week.
const CLOSING_TASKS: usize = 2;
/// Maximum number of foci that a week names.
const MAX_FOCI: usize = 2;

/// The texts of a week before its hours are known.
pub struct Written<'a> {
    pub focus: String,
    pub tasks: Vec<DraftTask>,
    /// What the week may come to: the first of them counts of which the proof is in the plan by then. None where the week is a step on
    /// the way to one.
    pub milestones: Vec<Milestone<'a>>,
}

/// What the weeks of a plan are written from.
pub struct WeekWriter<'a> {
    pub selected: &'a [Selected<'a>],
    pub again: &'a [Again],
    /// The name that stands for `{name}`.
    pub name: &'a str,
}

impl<'a> WeekWriter<'a> {
    /// Returns the number of tasks of a week that close the plan.
    pub fn closing_tasks(&self, slot: &Slot) -> usize {
        let Slot::Modules(modules) = slot else {
            return 0;
        };
        let closes = |module: &&usize| self.selected[**module].module.place == Place::Last;
        let closing = modules.iter().filter(closes);
        closing
            .map(|module| self.selected[*module].tasks.len())
            .sum::<usize>()
            .min(CLOSING_TASKS)
    }

    /// Puts the tasks that close the plan behind the others of its last week, in the order in which the day has them: as they are
    /// written, with the day itself last if it is named first as the most important.
    pub fn order_the_day(&self, slot: &Slot, tasks: &mut [DraftTask]) {
        let Slot::Modules(modules) = slot else {
            return;
        };
        let closes = |module: &&usize| self.selected[**module].module.place == Place::Last;
        let Some(last) = modules.iter().rfind(closes) else {
            return;
        };
        let module = self.selected[*last].module;
        let written = module.tasks.iter().map(|task| self.named(&task.text));
        let mut order: Vec<String> = written.collect();
        if module.proofs[1].is_none_or(|day| day == 0) {
            order.rotate_left(1);
        }
        let place = |task: &DraftTask| order.iter().position(|text| *text == task.text);
        tasks.sort_by_key(|task| (!task.pinned).then(|| place(task).map(|place| place + 1)));
    }

    /// Writes the week of a slot with all tasks that it could have, the most important first.
    pub fn write(&self, slot: &Slot) -> Written<'a> {
        match slot {
            Slot::Modules(modules) => self.modules(modules),
            Slot::Part {
                module,
                part,
                parts,
            } => self.part(*module, *part, *parts),
            Slot::Again { module, pass } => self.again(*module, *pass),
        }
    }

    fn modules(&self, modules: &[usize]) -> Written<'a> {
        let longest = modules
            .iter()
            .map(|module| self.selected[*module].tasks.len())
            .max();
        // The first task of each module, then the second of each. What closes the plan must not be cut, so it comes before the others.
        let ranks = 0..longest.unwrap_or_default();
        let ranked = ranks.flat_map(|rank| {
            modules
                .iter()
                .filter_map(move |module| Some((*module, self.selected[*module].tasks.get(rank)?)))
        });
        let is_last = |module: usize| self.selected[module].module.place == Place::Last;
        let (closing, others): (Vec<_>, Vec<_>) = ranked.partition(|(module, _)| is_last(*module));
        let closing_first = closing.iter().take(CLOSING_TASKS);
        let closing_rest = closing.iter().skip(CLOSING_TASKS);
        let tasks = closing_first
            .chain(&others)
            .chain(closing_rest)
            .map(|(_, task)| self.task(task))
            .collect();
        // What closes the plan is what its last week is about.
        let closing = modules.iter().filter(|module| is_last(**module));
        let others = modules.iter().filter(|module| !is_last(**module));
        let foci: Vec<String> = closing
            .chain(others)
            .take(MAX_FOCI)
            .map(|module| self.named(&self.selected[*module].module.focus))
            .collect();
        // The result of the last module, else of one before it.
        let results = modules.iter().rev().flat_map(|module| {
            let module = self.selected[*module].module;
            [1, 0].map(|half| module.milestone(half))
        });
        Written {
            focus: foci.join("; "),
            tasks,
            milestones: results.collect(),
        }
    }

    fn part(&self, module: usize, part: usize, parts: usize) -> Written<'a> {
        let Selected { module, tasks, .. } = &self.selected[module];
        let start = |part: usize| (part * tasks.len()).div_ceil(parts);
        let of_part = &tasks[start(part)..start(part + 1)];
        // What found no room in an earlier week has another chance.
        let earlier = &tasks[..start(part)];
        let tasks: Vec<DraftTask> = of_part
            .iter()
            .chain(earlier)
            .map(|task| self.task(task))
            .collect();
        let half = parts.div_ceil(2) - 1;
        let milestone = if part + 1 == parts {
            Some(module.milestone(1))
        } else {
            (part == half).then(|| module.milestone(0))
        };
        Written {
            focus: self.named(&module.focus),
            tasks,
            milestones: milestone.into_iter().collect(),
        }
    }

    /// A module again: half of its tasks in each pass, so that two passes with the same words differ.
    fn again(&self, module: usize, pass: usize) -> Written<'a> {
        let Selected { module, tasks, .. } = &self.selected[module];
        let count = self.again.len().max(1);
        let Some(again) = self.again.get(pass % count) else {
            return self.part(0, 0, 1);
        };
        let is_second = pass / count % 2 == 1;
        let is_repeatable = |task: &&&Task| can_be_repeated(task);
        let mut repeatable: Vec<&Task> = tasks.iter().filter(is_repeatable).copied().collect();
        if repeatable.len() < MIN_REPEATABLE {
            repeatable.clone_from(tasks);
        }
        let alone = repeatable.len() == 1;
        let repeated = repeatable
            .into_iter()
            .enumerate()
            .filter(|(index, _)| alone || (index % 2 == 1) == is_second)
            .map(|(_, task)| {
                let text = again.task.replace("{task}", &self.named(&task.text));
                drafted(task, text)
            });
        Written {
            focus: again.focus.replace("{focus}", &self.named(&module.focus)),
            tasks: repeated.collect(),
            milestones: vec![Milestone {
                text: &again.milestone,
                proof: None,
            }],
        }
    }

    pub fn task(&self, task: &Task) -> DraftTask {
        drafted(task, self.named(&task.text))
    }

    pub fn named(&self, text: &str) -> String {
        if text.contains("{name}") {
            text.replace("{name}", self.name)
        } else {
            text.to_owned()
        }
    }
}

/// Minimum number of tasks of a module without which all of them are repeated.
const MIN_REPEATABLE: usize = 3;

/// Verbs of what is done once ("Open an account"), in five languages, in small letters. In German they stand at the end.
const ONCE: [&str; 40] = [
    "open",
    "buy",
    "book",
    "register",
    "order",
    "install",
    "create",
    "choose",
    "sign",
    "apply",
    "decide",
    "find",
    "set",
    "weigh",
    "kaufen",
    "buchen",
    "anmelden",
    "bestellen",
    "installieren",
    "einrichten",
    "wählen",
    "beantragen",
    "abrir",
    "comprar",
    "reservar",
    "inscribirse",
    "instalar",
    "elegir",
    "pedir",
    "solicitar",
    "ouvrir",
    "acheter",
    "réserver",
    "inscrire",
    "installer",
    "choisir",
    "commander",
    "escolher",
    "inscrever",
    "matricular",
];

/// Whether a task can be done again: it is no matter of once, and stands well behind a colon.
fn can_be_repeated(task: &Task) -> bool {
    let text = task.text.to_lowercase();
    let first = text.split(' ').next().unwrap_or_default();
    let last = text.rsplit(' ').next().unwrap_or_default();
    !text.contains(": ")
        && task.lead_weeks.is_none()
        && !ONCE.contains(&first)
        && !ONCE.contains(&last)
}

/// Returns the maximum number of tasks of a week with this many minutes.
const fn max_tasks(minutes: u32) -> usize {
    match minutes {
        0..=30 => 3,
        31..=60 => 4,
        61..=120 => 5,
        121..=360 => 6,
        _ => 8,
    }
}

/// Keeps the tasks that fit into the minutes of a week, in their order: at least one, all that are pinned, the next `closing` ones, and
/// `proof`, of which the milestone tells the result, where there is room for it beside the most important one.
pub fn fit(
    tasks: Vec<DraftTask>,
    closing: usize,
    proof: Option<&str>,
    minutes: u32,
) -> Vec<DraftTask> {
    let room = minutes * TOLERANCE / 100;
    let length = |task: &DraftTask| task.minutes.map_or(0, u32::from);
    let shortest = tasks.iter().map(length).min().unwrap_or_default();
    let pinned = tasks.iter().take_while(|task| task.pinned).count();
    let first: u32 = tasks.iter().take(pinned + closing.max(1)).map(length).sum();
    let mut proof = tasks
        .iter()
        .position(|task| proof.is_some_and(|proof| task.text == proof))
        .filter(|place| first + length(&tasks[*place]) <= room);
    let mut reserved = proof.map_or(0, |place| length(&tasks[place]));
    let mut kept: Vec<DraftTask> = Vec::new();
    let mut used = 0;
    let most = max_tasks(minutes);
    let mut closing = closing;
    for (place, task) in tasks.into_iter().enumerate() {
        if proof == Some(place) {
            (proof, reserved) = (None, 0);
        }
        let is_closing = !task.pinned && closing > 0;
        closing -= usize::from(is_closing);
        let length = length(&task);
        let is_first_fit = kept.is_empty() && length == shortest && shortest > room;
        let kept_free = usize::from(proof.is_some());
        let fits = kept.len() + kept_free < most && used + reserved + length <= room;
        if task.pinned || is_closing || fits || is_first_fit {
            used += length;
            kept.push(task);
        }
    }
    kept
}
