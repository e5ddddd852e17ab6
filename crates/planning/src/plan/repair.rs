//! Deterministic repairs of a draft that need no model. Each kind of repair has a name for metrics.

use std::collections::HashSet;

use super::check::excluded;
use super::dedup::{Tasks, is_duplicate};
use super::draft::{Draft, DraftLink, DraftResource, DraftWeek};
use super::limits::limits;
use super::links::{Link, SEARCH_PREFIX};
use super::summary::summary;
use super::{tails, text};
use crate::constraints::{Constraints, DEFAULT_HOURS_PER_WEEK};
use crate::hours::Hours;

/// Maximum number of tasks per week.
pub const MAX_TASKS: usize = 20;
/// Maximum number of resources per plan.
pub const MAX_RESOURCES: usize = 20;

/// A kind of repair. Its name is a metric label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Repair {
    /// Removed markup, control characters or excess length from a text.
    CleanedText,
    /// Filled in a week's hours, which were missing or not above 0.
    FilledHours,
    /// Lowered a week's hours to the limit.
    LoweredHours,
    /// Dropped a task that was already in the plan.
    DroppedDuplicate,
    /// Dropped a task that asks for something that the person rules out.
    DroppedExcluded,
    /// Cut the words off with which many tasks ended.
    CutTail,
    /// Wrote the summary, which was missing.
    FilledSummary,
    /// Dropped tasks beyond the maximum per week.
    DroppedTasks,
    /// Dropped a week without any text.
    DroppedEmptyWeek,
    /// Replaced an address that is not allow-listed with search words.
    ReplacedLink,
    /// Dropped a resource that had no title, was repeated, or exceeded the maximum.
    DroppedResource,
}

impl Repair {
    /// All kinds of repair.
    pub const ALL: [Self; 11] = [
        Self::CleanedText,
        Self::FilledHours,
        Self::LoweredHours,
        Self::DroppedDuplicate,
        Self::DroppedExcluded,
        Self::CutTail,
        Self::FilledSummary,
        Self::DroppedTasks,
        Self::DroppedEmptyWeek,
        Self::ReplacedLink,
        Self::DroppedResource,
    ];

    /// Returns the label for metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CleanedText => "cleaned_text",
            Self::FilledHours => "filled_hours",
            Self::LoweredHours => "lowered_hours",
            Self::DroppedDuplicate => "dropped_duplicate",
            Self::DroppedExcluded => "dropped_excluded",
            Self::CutTail => "cut_tail",
            Self::FilledSummary => "filled_summary",
            Self::DroppedTasks => "dropped_tasks",
            Self::DroppedEmptyWeek => "dropped_empty_week",
            Self::ReplacedLink => "replaced_link",
            Self::DroppedResource => "dropped_resource",
        }
    }
}

/// Repairs the draft in place. Returns the kinds of repair that were made, each once.
///
/// It invents nothing: it leaves a week without a milestone, or a wrong number of weeks, for [`super::check::check`] to refuse.
pub fn repair(draft: &mut Draft, constraints: &Constraints) -> Vec<Repair> {
    let mut repairs = Repairs::default();
    for week in &mut draft.weeks {
        clean_text(&mut week.focus, &mut repairs);
        clean_text(&mut week.milestone, &mut repairs);
        for task in week.tasks.iter_mut().filter(|task| !task.curated) {
            clean_text(&mut task.text, &mut repairs);
        }
        week.tasks.retain(|task| !task.text.is_empty());
    }
    clean_text(&mut draft.summary, &mut repairs);
    let is_cut = tails::cut(&mut draft.weeks);
    repairs.record_if(is_cut, Repair::CutTail);
    drop_excluded(&mut draft.weeks, constraints, &mut repairs);
    drop_duplicates(&mut draft.weeks, &mut repairs);
    let before = draft.weeks.len();
    draft.weeks.retain(|week| {
        !(week.focus.is_empty() && week.milestone.is_empty() && week.tasks.is_empty())
    });
    repairs.record_if(draft.weeks.len() < before, Repair::DroppedEmptyWeek);
    for week in &mut draft.weeks {
        repairs.record_if(week.tasks.len() > MAX_TASKS, Repair::DroppedTasks);
        week.tasks.truncate(MAX_TASKS);
    }
    repair_hours(&mut draft.weeks, constraints, &mut repairs);
    repair_resources(&mut draft.resources, &mut repairs);
    fill_summary(draft, constraints, &mut repairs);
    repairs.0
}

#[derive(Default)]
struct Repairs(Vec<Repair>);

impl Repairs {
    fn record_if(&mut self, condition: bool, repair: Repair) {
        if condition && !self.0.contains(&repair) {
            self.0.push(repair);
        }
    }
}

fn clean_text(text: &mut String, repairs: &mut Repairs) {
    let cleaned = super::text::clean(text);
    if cleaned != text.as_str() {
        repairs.record_if(!super::text::is_clean(text), Repair::CleanedText);
        *text = cleaned.into_owned();
    }
}

/// Drops tasks that ask for what is ruled out, from weeks that have others.
fn drop_excluded(weeks: &mut [DraftWeek], constraints: &Constraints, repairs: &mut Repairs) {
    let exclusions = &constraints.exclusions;
    if exclusions.is_empty() {
        return;
    }
    for week in weeks {
        let is_allowed: Vec<bool> = week
            .tasks
            .iter()
            .map(|task| excluded(task, exclusions).is_none())
            .collect();
        if is_allowed.contains(&false) && is_allowed.contains(&true) {
            let mut is_allowed = is_allowed.into_iter();
            week.tasks.retain(|_| is_allowed.next() == Some(true));
            repairs.record_if(true, Repair::DroppedExcluded);
        }
    }
}

/// Writes the summary of a plan that has none.
fn fill_summary(draft: &mut Draft, constraints: &Constraints, repairs: &mut Repairs) {
    let weeks = &draft.weeks;
    if let (true, Some(first), Some(last)) = (draft.summary.is_empty(), weeks.first(), weeks.last())
    {
        let hours = first.hours.and_then(Hours::nearest).unwrap_or_default();
        let language = constraints.language.primary();
        let written = summary(language, weeks.len(), hours, &first.focus, &last.focus);
        draft.summary = text::clean(&written).into_owned();
        repairs.record_if(true, Repair::FilledSummary);
    }
}

/// Drops tasks that are already in the plan. If a week would lose all of its tasks, its last task stays, prefixed with the week's
/// focus. If that is a duplicate too, the week stays without a task and the check refuses it.
fn drop_duplicates(weeks: &mut [DraftWeek], repairs: &mut Repairs) {
    let mut seen = Tasks::with_capacity(weeks.iter().map(|week| week.tasks.len()).sum());
    let fresh: Vec<Vec<bool>> = weeks
        .iter()
        .map(|week| {
            week.tasks
                .iter()
                .map(|task| seen.insert(&task.text))
                .collect()
        })
        .collect();
    if fresh.iter().flatten().all(|fresh| *fresh) {
        return;
    }
    repairs.record_if(true, Repair::DroppedDuplicate);
    for index in 0..weeks.len() {
        let last = weeks[index].tasks.last().map(|task| task.text.clone());
        let mut fresh = fresh[index].iter();
        weeks[index].tasks.retain(|_| fresh.next() == Some(&true));
        if let (true, Some(last)) = (weeks[index].tasks.is_empty(), last) {
            let prefixed = text::clean(&format!("{}: {last}", weeks[index].focus)).into_owned();
            let is_known = |week: &DraftWeek| {
                week.tasks
                    .iter()
                    .any(|task| is_duplicate(&task.text, &prefixed))
            };
            if !weeks.iter().any(is_known) {
                weeks[index].tasks.push(prefixed.into());
            }
        }
    }
}

fn repair_hours(weeks: &mut [DraftWeek], constraints: &Constraints, repairs: &mut Repairs) {
    let is_valid = |hours: f64| hours.is_finite() && hours > 0.0;
    let valid_hours: Vec<f64> = weeks
        .iter()
        .filter_map(|week| week.hours)
        .filter(|hours| is_valid(*hours) && *hours <= Hours::MAX_PER_WEEK.as_f64())
        .collect();
    let default = match (constraints.minutes_per_week, valid_hours.len()) {
        (Some(_), _) => constraints.whole_week().as_f64(),
        (None, 0) => DEFAULT_HOURS_PER_WEEK.as_f64(),
        #[expect(clippy::cast_precision_loss, reason = "a few dozen weeks")]
        (None, count) => valid_hours.iter().sum::<f64>() / count as f64,
    };
    let default = Hours::nearest(default).unwrap_or(DEFAULT_HOURS_PER_WEEK);
    for (index, week) in weeks.iter_mut().enumerate() {
        if !week.hours.is_some_and(is_valid) {
            repairs.record_if(true, Repair::FilledHours);
            week.hours = Some(constraints.part_of(default, index).as_f64());
        }
        lower(week, constraints.whole_week(), repairs);
    }
    // The last week may be measured by those before it, so they come first.
    let limits = limits(weeks, constraints);
    for (week, limit) in weeks.iter_mut().zip(limits) {
        lower(week, limit, repairs);
    }
}

/// Lowers the hours of a week to a limit, and raises them to the minimum of any week.
fn lower(week: &mut DraftWeek, limit: Hours, repairs: &mut Repairs) {
    let limit = limit.as_f64();
    repairs.record_if(week.hours > Some(limit + 0.05), Repair::LoweredHours);
    week.hours = week
        .hours
        .map(|hours| hours.min(limit).max(Hours::MIN.as_f64()));
}

fn repair_resources(resources: &mut Vec<DraftResource>, repairs: &mut Repairs) {
    let mut seen = HashSet::new();
    let before = resources.len();
    resources.retain_mut(|resource| {
        clean_text(&mut resource.title, repairs);
        clean_text(&mut resource.kind, repairs);
        clean_text(&mut resource.why, repairs);
        if resource.kind.is_empty() {
            "article".clone_into(&mut resource.kind);
        }
        let Some(link) = verified_link(resource, repairs) else {
            return false;
        };
        let is_new = seen.insert(link.url().to_owned());
        resource.link = DraftLink::Verified(link);
        !resource.title.is_empty() && is_new
    });
    resources.truncate(MAX_RESOURCES);
    repairs.record_if(resources.len() < before, Repair::DroppedResource);
}

/// Returns the link of a resource: its address if it is allow-listed, else search words; `None` if no words are left.
fn verified_link(resource: &mut DraftResource, repairs: &mut Repairs) -> Option<Link> {
    let address = match std::mem::take(&mut resource.link) {
        DraftLink::Verified(link) => return Some(link),
        DraftLink::Written(address) => address,
    };
    if let Some(link) = Link::allow_listed(&address) {
        return Some(link);
    }
    let is_search = address.trim_start().starts_with(SEARCH_PREFIX);
    let words = if is_search { &address } else { &resource.title };
    let link = Link::search(words).or_else(|| Link::search(&resource.title))?;
    repairs.record_if(!is_search, Repair::ReplacedLink);
    Some(link)
}
