//! Checks a [`Draft`] and turns it into a [`Plan`], or returns every [`Violation`]. Nothing is repaired here.

use std::fmt;

use chrono::NaiveDate;

use super::dedup::Tasks;
use super::draft::{Draft, DraftLink, DraftResource, DraftTask, DraftWeek};
use super::limits::limits;
use super::links::Link;
use super::repair::{MAX_RESOURCES, MAX_TASKS};
use super::schedule::{Spread, Wanted, fit, sessions};
use super::{Plan, Resource, ResourceType, Session, Week, tails, text};
use crate::characters::has_visible;
use crate::constraints::{Constraints, MAX_WEEKS, Occasion};
use crate::exclusions::Exclusions;
use crate::hours::Hours;
use crate::quantity::quantity;

/// A guarantee that a draft violates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// The answer is not a plan.
    NotAPlan,
    /// The answer was cut off at the token limit.
    CutOff,
    /// The draft has no weeks.
    NoWeeks,
    /// The number of weeks is not the requested one.
    WrongNumberOfWeeks {
        /// Number of weeks in the draft.
        found: usize,
        /// Requested number of weeks.
        wanted: u8,
    },
    /// There are more weeks than fit before the deadline, or than any plan may have.
    TooManyWeeks {
        /// Number of weeks in the draft.
        found: usize,
        /// Maximum number of weeks.
        max: u8,
    },
    /// A week has no focus.
    NoFocus(usize),
    /// A week has no task.
    NoTask(usize),
    /// A week has too many tasks.
    TooManyTasks(usize),
    /// A week has no milestone.
    NoMilestone(usize),
    /// A week's hours are missing, not above 0, or above the limit.
    BadHours {
        /// The week's number.
        week: usize,
        /// Maximum hours of the week.
        limit: Hours,
    },
    /// A task is repeated. Carries the week of the repetition.
    DuplicateTask(usize),
    /// A text of the week has markup, an address, hidden characters or too many characters.
    UncleanText(usize),
    /// A task of the week asks for something that the person rules out.
    ExcludedTask {
        /// The week's number.
        week: usize,
        /// What is ruled out.
        what: String,
    },
    /// Many tasks end with the same words.
    RepeatedTail(String),
    /// The summary is missing or has markup, an address, hidden characters or too many characters.
    BadSummary,
    /// A resource has no title, has a bad address, or exceeds the maximum number.
    BadResource(usize),
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAPlan => write!(out, "the answer is not the JSON object of a plan"),
            Self::CutOff => write!(
                out,
                "the answer was cut off because it was too long: write fewer and shorter tasks"
            ),
            Self::NoWeeks => write!(out, "the plan has no weeks"),
            Self::WrongNumberOfWeeks { found, wanted } => write!(
                out,
                "the plan has {}; it must have exactly {wanted}",
                quantity(found, "week")
            ),
            Self::TooManyWeeks { found, max: most } => write!(
                out,
                "the plan has {}; it must have at most {most}",
                quantity(found, "week")
            ),
            Self::NoFocus(week) => write!(out, "week {week} has no focus_area"),
            Self::NoTask(week) => write!(out, "week {week} has no task of its own"),
            Self::TooManyTasks(week) => write!(out, "week {week} has more than {MAX_TASKS} tasks"),
            Self::NoMilestone(week) => write!(out, "week {week} has no milestone"),
            Self::BadHours { week, limit } => write!(
                out,
                "week {week} must take more than 0 and at most {limit} h"
            ),
            Self::DuplicateTask(week) => write!(out, "week {week} repeats a task of the plan"),
            Self::UncleanText(week) => write!(
                out,
                "week {week} has markup, a web address, invisible characters or a text that is too long"
            ),
            Self::ExcludedTask { week, .. } => {
                write!(out, "a task of week {week} asks for what is excluded")
            }
            Self::RepeatedTail(_) => write!(out, "many tasks end with the same words"),
            Self::BadSummary => write!(out, "the summary is missing or is not plain text"),
            Self::BadResource(index) => {
                write!(out, "resource {index} has no title or no usable address")
            }
        }
    }
}

impl Violation {
    /// Returns what the model is told: more than `Display`, which has none of the person's words and may be logged.
    #[must_use]
    pub fn told_to_model(&self) -> String {
        match self {
            Self::ExcludedTask { what, .. } => format!("{self}: {what}"),
            Self::RepeatedTail(tail) => format!("{self}, \"{tail}\": leave them out"),
            _ => self.to_string(),
        }
    }
}

/// Checks every guarantee and turns the draft into a plan.
///
/// # Errors
/// All violations; at least one.
pub fn check(draft: Draft, constraints: &Constraints) -> Result<Plan, Vec<Violation>> {
    let mut violations = Vec::new();
    check_length(draft.weeks.len(), constraints, &mut violations);
    let limits = limits(&draft.weeks, constraints);
    check_tasks(&draft, constraints, &mut violations);
    if !has_visible(&draft.summary) || !text::is_clean(&draft.summary) {
        violations.push(Violation::BadSummary);
    }
    let summary = draft.summary;
    let mut spread = Spread::default();
    let weeks: Vec<Week> = draft
        .weeks
        .into_iter()
        .zip(limits)
        .enumerate()
        .map(|(index, (week, limit))| {
            check_week(
                index,
                week,
                limit,
                constraints,
                &mut spread,
                &mut violations,
            )
        })
        .collect();
    let resources = check_resources(draft.resources, &mut violations);
    if violations.is_empty() {
        let total = weeks.iter().map(|week| week.estimated_hours).sum();
        let first_free_days = weeks
            .iter()
            .enumerate()
            .map(|(index, week)| {
                constraints
                    .free_days(index)
                    .next()
                    .unwrap_or(week.starts_on)
            })
            .collect();
        Ok(Plan {
            summary,
            weeks,
            resources,
            total,
            first_free_days,
        })
    } else {
        Err(violations)
    }
}

fn check_resources(drafts: Vec<DraftResource>, violations: &mut Vec<Violation>) -> Vec<Resource> {
    if drafts.len() > MAX_RESOURCES {
        violations.push(Violation::BadResource(MAX_RESOURCES + 1));
    }
    let mut resources = Vec::with_capacity(drafts.len());
    for (index, resource) in drafts.into_iter().enumerate() {
        let DraftResource {
            title,
            link,
            kind,
            why,
        } = resource;
        let link = match link {
            DraftLink::Verified(link) => Some(link),
            DraftLink::Written(address) => Link::exactly(&address),
        };
        let is_valid = text::is_clean(&title)
            && text::is_clean(&kind)
            && (why.is_empty() || text::is_clean(&why));
        match link.filter(|_| is_valid) {
            None => violations.push(Violation::BadResource(index + 1)),
            Some(link) => {
                let (url, link_status) = link.into_parts();
                resources.push(Resource {
                    title,
                    url,
                    resource_type: ResourceType::of(&kind),
                    link_status,
                    why: Some(why).filter(|why| has_visible(why)),
                });
            }
        }
    }
    resources
}

fn check_length(found: usize, constraints: &Constraints, violations: &mut Vec<Violation>) {
    let max_weeks = constraints.max_weeks().min(MAX_WEEKS);
    if found == 0 {
        violations.push(Violation::NoWeeks);
    } else if let Some(wanted) = constraints
        .weeks
        .filter(|wanted| usize::from(wanted.value) != found)
    {
        violations.push(Violation::WrongNumberOfWeeks {
            found,
            wanted: wanted.value,
        });
    } else if found > usize::from(max_weeks) {
        violations.push(Violation::TooManyWeeks {
            found,
            max: max_weeks,
        });
    }
}

fn check_tasks(draft: &Draft, constraints: &Constraints, violations: &mut Vec<Violation>) {
    let mut tasks = Tasks::with_capacity(draft.weeks.iter().map(|week| week.tasks.len()).sum());
    for (index, week) in draft.weeks.iter().enumerate() {
        for task in &week.tasks {
            if !tasks.insert(&task.text) {
                violations.push(Violation::DuplicateTask(index + 1));
            }
            if let Some(what) = excluded(task, &constraints.exclusions) {
                let week = index + 1;
                violations.push(Violation::ExcludedTask { week, what });
            }
        }
    }
    if let Some(tail) = tails::tail(&draft.weeks) {
        violations.push(Violation::RepeatedTail(tail.join(" ")));
    }
}

/// Returns what a task asks for although it is ruled out.
pub(super) fn excluded(task: &DraftTask, exclusions: &Exclusions) -> Option<String> {
    if task.vetted || exclusions.is_empty() {
        return None;
    }
    let demands = task.demands.and(exclusions.demands);
    if !demands.is_empty() {
        let names: Vec<&str> = demands.names().collect();
        return Some(names.join(", "));
    }
    exclusions.named_in(&task.text).map(str::to_owned)
}

fn check_week(
    index: usize,
    week: DraftWeek,
    limit: Hours,
    constraints: &Constraints,
    spread: &mut Spread,
    violations: &mut Vec<Violation>,
) -> Week {
    let number = index + 1;
    let DraftWeek {
        focus,
        tasks,
        milestone,
        hours,
        sessions: known,
    } = week;
    if !has_visible(&focus) {
        violations.push(Violation::NoFocus(number));
    }
    if !tasks.iter().any(|task| has_visible(&task.text)) {
        violations.push(Violation::NoTask(number));
    }
    if tasks.len() > MAX_TASKS {
        violations.push(Violation::TooManyTasks(number));
    }
    if !has_visible(&milestone) {
        violations.push(Violation::NoMilestone(number));
    }
    if !tasks
        .iter()
        .filter(|task| !task.curated)
        .map(|task| &task.text)
        .chain([&focus, &milestone])
        .all(|part| text::is_clean(part))
    {
        violations.push(Violation::UncleanText(number));
    }
    // Rounding to a tenth must not raise a week above its limit.
    let estimated_hours = hours
        .and_then(Hours::nearest)
        .map_or(Hours::default(), |hours| {
            if hours.tenths() == limit.tenths() + 1 {
                limit
            } else {
                hours
            }
        });
    if estimated_hours < Hours::MIN || estimated_hours > limit {
        violations.push(Violation::BadHours {
            week: number,
            limit,
        });
    }
    let sessions = week_sessions(index, &tasks, known, estimated_hours, constraints, spread);
    Week {
        // More than 52 weeks were refused above.
        week_number: u8::try_from(number).unwrap_or(u8::MAX),
        focus_area: focus,
        tasks: tasks.into_iter().map(|task| task.text).collect(),
        milestone,
        estimated_hours,
        starts_on: constraints.starts_on(index),
        ends_on: constraints.ends_on(index),
        sessions,
    }
}

/// Returns the sessions of a week: those that it has, if they fit, else new ones.
fn week_sessions(
    index: usize,
    tasks: &[DraftTask],
    known: Vec<Session>,
    hours: Hours,
    constraints: &Constraints,
    spread: &mut Spread,
) -> Vec<Session> {
    let free_days: Vec<NaiveDate> = constraints.free_days(index).collect();
    let minutes = hours.tenths() * 6;
    if fit(&known, tasks.len(), minutes, &free_days) {
        return known;
    }
    let wanted = Wanted {
        sessions: constraints.sessions_per_week,
        even: constraints.even_sessions,
        leads_up: constraints.leads_up_to(index) == Some(Occasion::Event),
    };
    sessions(tasks, minutes, &free_days, wanted, spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_logged_has_no_words_of_the_person_and_what_the_model_is_told_has() {
        let excluded = Violation::ExcludedTask {
            week: 2,
            what: "grandmother".to_owned(),
        };
        let tail = Violation::RepeatedTail("for my grandmother".to_owned());
        for violation in [excluded, tail] {
            assert!(!violation.to_string().contains("grandmother"));
            assert!(violation.told_to_model().contains("grandmother"));
        }
    }
}
