//! Writes a draft from the curriculum that was chosen for a goal: its weeks, resources and summary.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::BuildHasher as _;

use foldhash::fast::FixedState;

use super::arrange::{Slot, arrange, max_weeks};
use super::curriculum::{Curriculum, LearningResource, Milestone, Task};
use super::lead_times::{Early, early};
use super::library::Domain;
use super::selection::{Selected, Selection, select};
use super::steps::number_steps;
use super::week::{WeekWriter, fit};
use super::weekly::WeeklyTasks;
use super::{Chosen, subject, summary};
use crate::constraints::{Constraints, DEFAULT_HOURS_PER_WEEK, Level};
use crate::exclusions::Exclusions;
use crate::goal::Goal;
use crate::hours::Hours;
use crate::plan::draft::{Draft, DraftLink, DraftResource, DraftTask, DraftWeek};
use crate::plan::links::SEARCH_PREFIX;
use crate::target::Target;
use crate::words::Word;

/// What a week that nobody fixed holds, in percent of the minutes of its tasks: authors are quicker than beginners.
const SPARE: u32 = 125;
/// How many ways to go through a module again are tried for a week that would have no task of its own.
const MAX_ATTEMPTS: usize = 200;

/// What a draft is written for.
pub(super) struct Request<'a> {
    pub goal: &'a Goal,
    pub constraints: &'a Constraints,
    pub language: &'static str,
    /// The words of goal and context.
    pub said: Vec<Word>,
    /// A number that differs between subjects.
    pub turn: usize,
}

impl Request<'_> {
    /// Writes the draft from a curriculum.
    pub fn draft(&self, chosen: &Chosen<'_>) -> Draft {
        let curriculum = chosen.curriculum;
        let constraints = self.constraints;
        let is_general = chosen.domain.category.is_none();
        let exclusions = self.exclusions(curriculum);
        let selection = select(
            curriculum,
            constraints.level.map(|level| level.value),
            &exclusions,
            &self.said,
            is_general.then_some(self.turn),
        );
        let companion = chosen
            .companion
            .map(|domain| self.companion(domain))
            .unwrap_or_default();
        let weeks = weeks(curriculum, &selection.modules, constraints);
        let mut draft = Draft {
            weeks: self.weeks(chosen, &selection, &companion, &exclusions, weeks),
            resources: resources(curriculum),
            ..Draft::default()
        };
        if let Some(target) = Target::of(self.goal, constraints) {
            target.mark_milestones(&mut draft.weeks, self.language);
        }
        let mut title = curriculum.title.replace("{name}", chosen.name);
        if is_general {
            let subject = subject::of(self.goal, &constraints.phrases, self.language);
            draft.resources.push(search(&subject));
            title = subject::quoted(&subject, self.language);
        }
        let way = curriculum.summary.replace("{name}", chosen.name);
        let hours = usual_hours(&draft.weeks, constraints);
        draft.summary = summary::of(&title, &way, self.language, weeks, hours);
        draft
    }

    /// Returns what is ruled out in a plan from a curriculum: what a condition makes hard does not rule out what the curriculum is about.
    /// Where the condition has a curriculum, its tasks accompany it.
    fn exclusions(&self, curriculum: &Curriculum) -> Cow<'_, Exclusions> {
        let exclusions = &self.constraints.exclusions;
        if exclusions.implied.is_empty() {
            return Cow::Borrowed(exclusions);
        }
        Cow::Owned(exclusions.but(curriculum.essential()))
    }

    /// Returns the hours of a week, fewer where nobody asked for them and its tasks need less.
    fn no_more_than_needed(&self, hours: Hours, tasks: &[DraftTask]) -> Hours {
        if self.constraints.minutes_per_week.is_some() {
            return hours;
        }
        let minutes: u32 = tasks
            .iter()
            .filter_map(|task| task.minutes)
            .map(u32::from)
            .sum();
        let needed = Hours::from_tenths(minutes * SPARE / 600 + 1);
        hours.min(needed)
    }

    /// Returns the tasks of a condition that accompany a plan: the first of each module, then the second of each.
    fn companion<'a>(&self, domain: &'a Domain) -> Vec<&'a Task> {
        let Some(curriculum) = domain.curriculum() else {
            return Vec::new();
        };
        let constraints = self.constraints;
        let level = constraints.level.map(|level| level.value);
        let exclusions = &constraints.exclusions;
        let selection = select(curriculum, level, exclusions, &self.said, None);
        let modules = &selection.modules;
        let most = modules.iter().map(|module| module.tasks.len()).max();
        let others = (0..most.unwrap_or_default()).flat_map(|rank| {
            modules
                .iter()
                .filter_map(move |module| module.tasks.get(rank).copied())
        });
        selection.first.iter().copied().chain(others).collect()
    }

    fn weeks(
        &self,
        chosen: &Chosen<'_>,
        selection: &Selection<'_>,
        companion: &[&Task],
        exclusions: &Exclusions,
        weeks: usize,
    ) -> Vec<DraftWeek> {
        let constraints = self.constraints;
        let level = constraints.level.map(|level| level.value);
        let whole = hours(chosen.curriculum, constraints);
        let kind = chosen.curriculum.kind;
        let slots = arrange(&selection.modules, kind, level, weeks, whole.tenths() * 6);
        let writer = WeekWriter {
            selected: &selection.modules,
            again: &chosen.general.again,
            name: chosen.name,
        };
        let mut weekly = WeeklyTasks::new(
            chosen.curriculum,
            chosen.general,
            constraints,
            exclusions,
            weeks,
            self.language,
            self.turn,
        );
        let early = early(&selection.modules, &slots, constraints, weeks);
        let mut assembly = Assembly {
            request: self,
            general: chosen.general,
            writer,
            early,
            first: &selection.first,
            companion,
            known: Known::default(),
        };
        let mut written: Vec<DraftWeek> = Vec::with_capacity(weeks);
        for (index, slot) in slots.iter().enumerate() {
            let hours = constraints.part_of(whole, index).tenths() * weekly.load(index) / 100;
            let hours = Hours::from_tenths(hours.max(Hours::MIN.tenths()));
            let week = assembly.writer.write(slot);
            let mut every_week = weekly.growing(index);
            every_week.extend(assembly.companion_task(index));
            every_week.extend(weekly.review(index, &written));
            let closing = assembly.writer.closing_tasks(slot);
            let tasks = assembly.tasks(index, week.tasks, every_week, closing);
            let proof = week.milestones.first().and_then(|result| result.proof);
            let proof = proof.map(|task| assembly.writer.named(&task.text));
            let mut tasks = fit(tasks, closing, proof.as_deref(), hours.tenths() * 6);
            assembly.writer.order_the_day(slot, &mut tasks);
            let hours = self.no_more_than_needed(hours, &tasks);
            for task in &tasks {
                assembly.known.insert(&task.text);
            }
            written.push(DraftWeek {
                focus: week.focus,
                tasks,
                milestone: assembly.milestone(&week.milestones, index + 1 == weeks),
                hours: Some(hours.as_f64()),
                sessions: Vec::new(),
            });
        }
        number_steps(&mut written, self.language);
        written
    }
}

/// Returns the hours of a week that the summary tells: the most of them where the person fixed them, else the mean, to half an hour.
fn usual_hours(weeks: &[DraftWeek], constraints: &Constraints) -> Hours {
    let hours = || weeks.iter().filter_map(|week| week.hours);
    let usual = if constraints.minutes_per_week.is_some() {
        hours().fold(0.0, f64::max)
    } else {
        #[expect(clippy::cast_precision_loss, reason = "a few dozen weeks")]
        let mean = hours().sum::<f64>() / weeks.len().max(1) as f64;
        ((mean * 2.0).round() / 2.0).max(0.5)
    };
    Hours::nearest(usual).unwrap_or_default()
}

/// What the tasks of a week are put together from.
struct Assembly<'a> {
    request: &'a Request<'a>,
    /// The general plan of the same kind.
    general: &'a Curriculum,
    writer: WeekWriter<'a>,
    early: Early<'a>,
    /// Tasks that come first of all.
    first: &'a [&'a Task],
    /// The tasks of a condition.
    companion: &'a [&'a Task],
    /// The texts of all tasks that are in the plan.
    known: Known,
}

/// Texts, by their hashes: two that collide would leave one of some hundred tasks out of one plan in a million million.
#[derive(Default)]
struct Known {
    hashes: HashSet<u64, FixedState>,
    state: FixedState,
}

impl Known {
    fn insert(&mut self, text: &str) {
        self.hashes.insert(self.state.hash_one(text));
    }

    fn has(&self, text: &str) -> bool {
        self.hashes.contains(&self.state.hash_one(text))
    }
}

impl Assembly<'_> {
    /// Returns the first of the results of a week that the plan so far can have come to; an empty text if there is none. The last week
    /// always has one.
    fn milestone(&self, results: &[Milestone<'_>], is_last: bool) -> String {
        let is_reached = |milestone: &&Milestone<'_>| {
            milestone.proof.is_none_or(|task| {
                let is_moved = self.early.moved.contains(task.text.as_str());
                is_moved || self.known.has(&self.writer.named(&task.text))
            })
        };
        let first = results.first().filter(|_| is_last);
        let reached = results.iter().find(is_reached).or(first);
        reached.map_or_else(String::new, |milestone| self.writer.named(milestone.text))
    }

    /// Returns the task of a condition that a week has.
    fn companion_task(&self, index: usize) -> Option<DraftTask> {
        let mut tasks = self.companion.iter().filter(|task| !task.is_first);
        tasks.nth(index).map(|task| self.writer.task(task))
    }

    /// Returns all tasks that a week could have and that are not in the plan yet: what comes first of all, what is due, and those of the
    /// module, with what is done every week before the less important ones.
    fn tasks(
        &self,
        index: usize,
        mut of_module: Vec<DraftTask>,
        mut every_week: Vec<DraftTask>,
        closing: usize,
    ) -> Vec<DraftTask> {
        let is_first = |task: &&&Task| task.is_first && index == 0;
        let first = self.first.iter().chain(self.companion).filter(is_first);
        let first = first.chain(&self.early.due[index]);
        let mut tasks: Vec<DraftTask> = first.map(|task| self.writer.task(task)).collect();
        of_module.retain(|task| !self.early.moved.contains(task.text.as_str()));
        for task in &mut every_week {
            task.text = self.writer.named(&task.text);
        }
        let most_important = closing.max(1 + usize::from(index == 0));
        let after = of_module.len().min(most_important);
        of_module.splice(after..after, every_week);
        tasks.extend(of_module);
        tasks.retain(|task| !self.known.has(&task.text));
        let modules = self.writer.selected.len();
        let mut attempt = 0;
        while tasks.is_empty() && attempt < MAX_ATTEMPTS {
            let (module, pass) = (attempt % modules, attempt / modules);
            tasks = self.writer.write(&Slot::Again { module, pass }).tasks;
            tasks.retain(|task| !self.known.has(&task.text));
            attempt += 1;
        }
        if tasks.is_empty() {
            tasks.extend(self.general_task());
        }
        tasks
    }

    /// Returns a task of the general plan for a week that has none of its own: in a year's plan of which nearly everything is ruled out.
    fn general_task(&self) -> Option<DraftTask> {
        let constraints = self.request.constraints;
        let level = constraints.level.map(|level| level.value);
        let exclusions = &constraints.exclusions;
        let selection = select(self.general, level, exclusions, &[], None);
        let mut tasks = selection.modules.iter().flat_map(|module| &module.tasks);
        let task = tasks.find(|task| !self.known.has(&task.text))?;
        Some(self.writer.task(task))
    }
}

fn resources(curriculum: &Curriculum) -> Vec<DraftResource> {
    let resource = |resource: &LearningResource| DraftResource {
        title: resource.title.clone(),
        link: DraftLink::Verified(resource.link.clone()),
        kind: resource.kind.clone(),
        why: resource.why.clone(),
    };
    curriculum.resources.iter().map(resource).collect()
}

/// Returns a resource with words to search for.
fn search(subject: &str) -> DraftResource {
    DraftResource {
        title: subject.to_owned(),
        link: DraftLink::Written(format!("{SEARCH_PREFIX}{subject}")),
        kind: "search".to_owned(),
        why: String::new(),
    }
}

/// Returns the number of weeks: the requested number, else all weeks before the deadline, else what is usual for the curriculum, with
/// a week at least for each of its modules and no more than these fill.
fn weeks(curriculum: &Curriculum, modules: &[Selected<'_>], constraints: &Constraints) -> usize {
    let usual = match constraints.level.map(|level| level.value) {
        Some(Level::Advanced) => curriculum.weeks[0],
        Some(Level::Intermediate) | None => curriculum.weeks[1],
        Some(Level::Beginner) => curriculum.weeks[2],
    };
    match (constraints.weeks, constraints.deadline) {
        (Some(weeks), _) => usize::from(weeks.value),
        (None, Some(_)) => usize::from(constraints.max_weeks()),
        (None, None) => usize::from(usual).clamp(modules.len(), max_weeks(modules)),
    }
}

/// Returns the hours of a whole week: the requested number, else what is usual for the curriculum.
fn hours(curriculum: &Curriculum, constraints: &Constraints) -> Hours {
    if constraints.minutes_per_week.is_some() {
        constraints.whole_week()
    } else {
        Hours::nearest(curriculum.hours).unwrap_or(DEFAULT_HOURS_PER_WEEK)
    }
}
