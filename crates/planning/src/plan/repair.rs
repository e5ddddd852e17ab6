//! The repairs that need no model: deterministic, each counted under its name.

use std::collections::HashSet;

use super::dedup::{Tasks, is_duplicate};
use super::draft::{Draft, DraftLink, DraftResource, DraftWeek};
use super::links::{Link, SEARCH};
use super::text;
use crate::constraints::Constraints;
use crate::hours::Hours;

/// Most tasks of a week.
pub const MAX_TASKS: usize = 20;
/// Most resources of a plan.
pub const MAX_RESOURCES: usize = 20;
/// Hours of a week when neither the person nor the draft names any.
const USUAL_HOURS: f64 = 4.0;

/// One kind of repair; the name is the label of its metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Repair {
    /// Markup, control characters or excess length were taken out of a text.
    CleanedText,
    /// A week's hours were missing or no number above 0.
    FilledHours,
    /// A week's hours were above the limit.
    LoweredHours,
    /// A task stood in the plan before.
    DroppedDuplicate,
    /// Tasks beyond the most a week may have.
    DroppedTasks,
    /// A week without any text.
    DroppedEmptyWeek,
    /// An address we do not stand behind became words to search for.
    ReplacedLink,
    /// A resource without a title, a repeated one, or one too many.
    DroppedResource,
}

impl Repair {
    /// The metric's label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CleanedText => "cleaned_text",
            Self::FilledHours => "filled_hours",
            Self::LoweredHours => "lowered_hours",
            Self::DroppedDuplicate => "dropped_duplicate",
            Self::DroppedTasks => "dropped_tasks",
            Self::DroppedEmptyWeek => "dropped_empty_week",
            Self::ReplacedLink => "replaced_link",
            Self::DroppedResource => "dropped_resource",
        }
    }
}

/// Repairs what rules can repair, and names what was repaired, each kind once.
///
/// It invents nothing: a week without a milestone, or the wrong number of weeks, is left for [`super::check::check`] to refuse.
pub fn repair(draft: &mut Draft, constraints: &Constraints) -> Vec<Repair> {
    let mut repairs = Repairs::default();
    for week in &mut draft.weeks {
        clean(&mut week.focus, &mut repairs);
        clean(&mut week.milestone, &mut repairs);
        for task in &mut week.tasks {
            clean(task, &mut repairs);
        }
        week.tasks.retain(|task| !task.is_empty());
    }
    drop_duplicates(&mut draft.weeks, &mut repairs);
    let before = draft.weeks.len();
    draft.weeks.retain(|week| {
        !(week.focus.is_empty() && week.milestone.is_empty() && week.tasks.is_empty())
    });
    repairs.note_if(draft.weeks.len() < before, Repair::DroppedEmptyWeek);
    for week in &mut draft.weeks {
        repairs.note_if(week.tasks.len() > MAX_TASKS, Repair::DroppedTasks);
        week.tasks.truncate(MAX_TASKS);
    }
    repair_hours(&mut draft.weeks, constraints, &mut repairs);
    repair_resources(&mut draft.resources, &mut repairs);
    repairs.0
}

#[derive(Default)]
struct Repairs(Vec<Repair>);

impl Repairs {
    fn note_if(&mut self, happened: bool, repair: Repair) {
        if happened && !self.0.contains(&repair) {
            self.0.push(repair);
        }
    }
}

fn clean(words: &mut String, repairs: &mut Repairs) {
    let cleaned = text::clean(words);
    if cleaned != words.as_str() {
        repairs.note_if(!text::is_clean(words), Repair::CleanedText);
        *words = cleaned.into_owned();
    }
}

/// Drops tasks that stood in the plan before. Where a week would lose its last task, the task stays and says its week's
/// focus; if that is no news either, the week stays without a task and the check refuses it.
fn drop_duplicates(weeks: &mut [DraftWeek], repairs: &mut Repairs) {
    let mut seen = Tasks::with_room_for(weeks.iter().map(|week| week.tasks.len()).sum());
    let fresh: Vec<Vec<bool>> = weeks
        .iter()
        .map(|week| week.tasks.iter().map(|task| seen.insert(task)).collect())
        .collect();
    if fresh.iter().flatten().all(|fresh| *fresh) {
        return;
    }
    repairs.note_if(true, Repair::DroppedDuplicate);
    for place in 0..weeks.len() {
        let last = weeks[place].tasks.last().cloned();
        let mut fresh = fresh[place].iter();
        weeks[place].tasks.retain(|_| fresh.next() == Some(&true));
        if let (true, Some(last)) = (weeks[place].tasks.is_empty(), last) {
            let told_apart = text::clean(&format!("{}: {last}", weeks[place].focus)).into_owned();
            let known = |week: &DraftWeek| {
                week.tasks
                    .iter()
                    .any(|task| is_duplicate(task, &told_apart))
            };
            if !weeks.iter().any(known) {
                weeks[place].tasks.push(told_apart);
            }
        }
    }
}

fn repair_hours(weeks: &mut [DraftWeek], constraints: &Constraints, repairs: &mut Repairs) {
    let limit = constraints.hours_limit();
    let usable = |hours: f64| hours.is_finite() && hours > 0.0;
    let written: Vec<f64> = weeks
        .iter()
        .filter_map(|week| week.hours)
        .filter(|hours| usable(*hours) && *hours <= Hours::WEEK.as_f64())
        .collect();
    let usual = match (constraints.minutes_per_week, written.len()) {
        (Some(_), _) => limit.as_f64(),
        (None, 0) => USUAL_HOURS,
        #[expect(clippy::cast_precision_loss, reason = "a few dozen weeks")]
        (None, count) => written.iter().sum::<f64>() / count as f64,
    };
    for week in weeks {
        let hours = match week.hours {
            Some(hours) if usable(hours) => hours,
            _ => {
                repairs.note_if(true, Repair::FilledHours);
                usual
            }
        };
        repairs.note_if(hours > limit.as_f64() + 0.05, Repair::LoweredHours);
        week.hours = Some(hours.min(limit.as_f64()).max(Hours::LEAST.as_f64()));
    }
}

fn repair_resources(resources: &mut Vec<DraftResource>, repairs: &mut Repairs) {
    let mut seen = HashSet::new();
    let before = resources.len();
    resources.retain_mut(|resource| {
        clean(&mut resource.title, repairs);
        clean(&mut resource.kind, repairs);
        if resource.kind.is_empty() {
            "article".clone_into(&mut resource.kind);
        }
        let Some(link) = verified(resource, repairs) else {
            return false;
        };
        let is_new = seen.insert(link.url().to_owned());
        resource.link = DraftLink::Verified(link);
        !resource.title.is_empty() && is_new
    });
    resources.truncate(MAX_RESOURCES);
    repairs.note_if(resources.len() < before, Repair::DroppedResource);
}

/// The link of a resource: its address where we stand behind it, else words to search for.
fn verified(resource: &mut DraftResource, repairs: &mut Repairs) -> Option<Link> {
    let written = match std::mem::take(&mut resource.link) {
        DraftLink::Verified(link) => return Some(link),
        DraftLink::Written(written) => written,
    };
    if let Some(link) = Link::allow_listed(&written) {
        return Some(link);
    }
    let is_search = written.trim_start().starts_with(SEARCH);
    let words = if is_search { &written } else { &resource.title };
    let link = Link::search(words).or_else(|| Link::search(&resource.title))?;
    repairs.note_if(!is_search, Repair::ReplacedLink);
    Some(link)
}
