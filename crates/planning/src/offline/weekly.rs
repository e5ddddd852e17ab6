//! What a plan does every week: tasks with growing numbers, reviews that decide how to go on, and lighter weeks of training.

use std::collections::HashSet;

use super::curriculum::{Curriculum, Task, WeeklyTask};
use super::growing_numbers::{Progress, fill};
use super::kind::Kind;
use super::subject::quoted;
use crate::constraints::{Constraints, Occasion};
use crate::exclusions::Exclusions;
use crate::plan::draft::{DraftTask, DraftWeek};

/// Every fourth week is one of review, and a lighter one in training. Three weeks of load and one of recovery are usual practice
/// (Bompa & Buzzichelli, Periodization, 6th ed., 2018).
const CYCLE: usize = 4;
/// The load of a lighter week, in percent.
const LIGHTER: u32 = 70;
/// The load of a taper, in percent; see the hours before a race in the constraints.
const TAPER: u32 = 60;
/// The load of training in its first week, in percent. It is whole from the middle of the plan on.
const START: u32 = 70;
/// Minimum number of weeks of a plan whose load grows and tapers.
const MIN_LOADED_WEEKS: usize = 4;
/// Minimum number of weeks of a plan with reviews.
const MIN_WEEKS: usize = 5;

/// The weeks of a plan, as far as it repeats itself.
pub struct WeeklyTasks<'a> {
    curriculum: &'a Curriculum,
    /// The general plan of the same kind, which has the reviews.
    general: &'a Curriculum,
    constraints: &'a Constraints,
    exclusions: &'a Exclusions,
    weeks: usize,
    language: &'static str,
    /// The turn by which plans of one kind begin with different reviews.
    turn: usize,
    /// The texts that are in the plan already.
    used: HashSet<String>,
}

impl<'a> WeeklyTasks<'a> {
    pub fn new(
        curriculum: &'a Curriculum,
        general: &'a Curriculum,
        constraints: &'a Constraints,
        exclusions: &'a Exclusions,
        weeks: usize,
        language: &'static str,
        turn: usize,
    ) -> Self {
        Self {
            curriculum,
            general,
            constraints,
            exclusions,
            weeks,
            language,
            turn,
            used: HashSet::new(),
        }
    }

    /// Returns whether a week is one of review; `index` counts from 0.
    fn is_review(&self, index: usize) -> bool {
        self.weeks >= MIN_WEEKS && (index + 1).is_multiple_of(CYCLE) && index + 1 < self.weeks
    }

    /// Returns whether a week is a lighter one of training.
    fn is_lighter(&self, index: usize) -> bool {
        self.curriculum.kind == Kind::Training && self.is_review(index) && index + 2 < self.weeks
    }

    /// Returns the share of its hours that a week takes, in percent: all, but less at the start of training, in lighter weeks and in a
    /// taper. The hours before a race are lower already.
    pub fn load(&self, index: usize) -> u32 {
        if self.curriculum.kind != Kind::Training || self.weeks < MIN_LOADED_WEEKS {
            return 100;
        }
        let is_last = index + 1 == self.weeks;
        let is_lowered = self.constraints.leads_up_to(index) == Some(Occasion::Race);
        let week = u32::try_from(index).unwrap_or(u32::MAX);
        let weeks = u32::try_from(self.weeks - 1).unwrap_or(u32::MAX);
        let grown = (START + 2 * week * (100 - START) / weeks).min(100);
        if is_last && self.curriculum.taper && !is_lowered {
            TAPER
        } else if self.is_lighter(index) {
            grown * LIGHTER / 100
        } else {
            grown
        }
    }

    /// Returns the tasks with growing numbers of a week.
    pub fn growing(&mut self, index: usize) -> Vec<DraftTask> {
        // The numbers of the texts grow by themselves.
        let is_last = index + 1 == self.weeks;
        let load = if self.curriculum.taper && is_last {
            f64::from(TAPER) / 100.0
        } else if self.is_lighter(index) {
            f64::from(LIGHTER) / 100.0
        } else {
            1.0
        };
        let curriculum = self.curriculum;
        curriculum
            .weekly
            .iter()
            .filter_map(|weekly| self.growing_task(weekly, index, load))
            .collect()
    }

    fn growing_task(&mut self, weekly: &WeeklyTask, index: usize, load: f64) -> Option<DraftTask> {
        let span = self.weeks.saturating_sub(1).max(1);
        #[expect(clippy::cast_precision_loss, reason = "a few dozen weeks")]
        let share = index as f64 / span as f64;
        if share < weekly.from
            || share > weekly.until
            || !(index + 1).is_multiple_of(weekly.every.max(1))
        {
            return None;
        }
        let tasks: Vec<&Task> = weekly
            .tasks
            .iter()
            .filter(|task| suits(task, self.exclusions))
            .collect();
        let task = *tasks.get(index % tasks.len().max(1))?;
        let way = (weekly.until - weekly.from).max(0.01);
        let progress = Progress {
            week: index + 1,
            share: ((share - weekly.from) / way).clamp(0.0, 1.0),
            load,
        };
        let text = fill(&task.text, progress, self.language != "en");
        self.used.insert(text.clone()).then(|| drafted(task, text))
    }

    /// Returns what a week of review decides, and what makes a lighter week. `before` are the weeks before it.
    pub fn review(&self, index: usize, before: &[DraftWeek]) -> Vec<DraftTask> {
        if !self.is_review(index) {
            return Vec::new();
        }
        let general = self.general;
        let number = index / CYCLE;
        let exclusions = self.exclusions;
        let nth = |tasks: &[Task]| {
            let tasks: Vec<&Task> = tasks
                .iter()
                .filter(|task| suits(task, exclusions))
                .collect();
            let task = *tasks.get((number + self.turn) % tasks.len().max(1))?;
            (number < tasks.len()).then(|| drafted(task, task.text.clone()))
        };
        let review = match self.look_back(number, before) {
            Some(task) => Some(task),
            None => nth(&general.reviews),
        };
        let lighter = self
            .is_lighter(index)
            .then(|| nth(&general.lighter))
            .flatten();
        review.into_iter().chain(lighter).collect()
    }

    /// Returns the task that looks back at the results of the weeks since the last review, in every other week of review.
    fn look_back(&self, number: usize, before: &[DraftWeek]) -> Option<DraftTask> {
        let task = self.general.look_back.as_ref()?;
        let is_general = |mark: &str| {
            let mut again = self.general.again.iter();
            again.any(|again| again.milestone == mark)
        };
        let since = before.len().saturating_sub(CYCLE - 1);
        let marks = before[since..].iter().map(|week| week.milestone.as_str());
        let mut marks = marks
            .filter(|mark| !mark.is_empty() && !is_general(mark))
            .peekable();
        if number % 2 == 1 || marks.peek().is_none() || !suits(task, self.exclusions) {
            return None;
        }
        let marks: Vec<String> = marks.map(|mark| quoted(mark, self.language)).collect();
        Some(drafted(
            task,
            task.text.replace("{marks}", &marks.join(", ")),
        ))
    }
}

fn suits(task: &Task, exclusions: &Exclusions) -> bool {
    !task.demands.overlaps(exclusions.demands) && exclusions.named_in(&task.text).is_none()
}

/// Returns a task of a curriculum as a draft has it.
pub fn drafted(task: &Task, text: String) -> DraftTask {
    DraftTask {
        text,
        minutes: Some(task.minutes),
        days: task.days,
        demands: task.demands,
        pinned: task.is_first,
        vetted: true,
        curated: true,
    }
}
