//! [`Draft`] to [`Plan`], or every broken rule by name. Nothing is repaired here, and nothing passes unchecked.

use std::fmt;

use super::dedup::Tasks;
use super::draft::{Draft, DraftLink, DraftResource, DraftWeek};
use super::links::Link;
use super::repair::{MAX_RESOURCES, MAX_TASKS};
use super::{Plan, Resource, Week, text};
use crate::constraints::{Constraints, MAX_WEEKS};
use crate::hours::Hours;

/// A guarantee that a draft breaks. Its `Display` is what the model is told when it is asked again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// The answer is no plan at all.
    NotAPlan,
    /// The answer was cut off at its most tokens.
    CutOff,
    /// The draft has no weeks.
    NoWeeks,
    /// Not as many weeks as asked for.
    WrongNumberOfWeeks {
        /// Weeks of the draft.
        found: usize,
        /// Weeks asked for.
        wanted: u8,
    },
    /// More weeks than end by the deadline, or than any plan may have.
    TooManyWeeks {
        /// Weeks of the draft.
        found: usize,
        /// The most there may be.
        most: u8,
    },
    /// A week without a focus.
    NoFocus(usize),
    /// A week without a task that was not in the plan before.
    NoTask(usize),
    /// More tasks than a week may have.
    TooManyTasks(usize),
    /// A week without a milestone.
    NoMilestone(usize),
    /// Hours missing, not above 0, or above what the week may take.
    BadHours {
        /// The week's number.
        week: usize,
        /// The most it may take.
        limit: Hours,
    },
    /// A task that stands in the plan twice.
    DuplicateTask(usize),
    /// A text with markup, control characters or too many characters.
    UncleanText(usize),
    /// A resource without a title, with a bad address, or one too many.
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
                "the plan has {found} weeks; it must have exactly {wanted}"
            ),
            Self::TooManyWeeks { found, most } => write!(
                out,
                "the plan has {found} weeks; it must have at most {most}"
            ),
            Self::NoFocus(week) => write!(out, "week {week} has no focus_area"),
            Self::NoTask(week) => write!(out, "week {week} has no task of its own"),
            Self::TooManyTasks(week) => write!(out, "week {week} has more than {MAX_TASKS} tasks"),
            Self::NoMilestone(week) => write!(out, "week {week} has no milestone"),
            Self::BadHours { week, limit } => write!(
                out,
                "week {week} must take more than 0 and at most {limit} hours"
            ),
            Self::DuplicateTask(week) => write!(out, "week {week} repeats a task of the plan"),
            Self::UncleanText(week) => write!(
                out,
                "week {week} has markup, control characters or a text that is too long"
            ),
            Self::BadResource(place) => {
                write!(out, "resource {place} has no title or no usable address")
            }
        }
    }
}

/// Checks every guarantee.
///
/// # Errors
/// All the rules that the draft breaks; at least one.
pub fn check(draft: Draft, constraints: &Constraints) -> Result<Plan, Vec<Violation>> {
    let mut violations = Vec::new();
    check_length(draft.weeks.len(), constraints, &mut violations);
    let limit = constraints.hours_limit();
    check_tasks(&draft, &mut violations);
    let weeks: Vec<Week> = draft
        .weeks
        .into_iter()
        .enumerate()
        .map(|(index, week)| check_week(index, week, limit, constraints, &mut violations))
        .collect();
    let resources = check_resources(draft.resources, &mut violations);
    if violations.is_empty() {
        let total = weeks.iter().map(|week| week.estimated_hours).sum();
        Ok(Plan {
            weeks,
            resources,
            total,
        })
    } else {
        Err(violations)
    }
}

fn check_resources(written: Vec<DraftResource>, violations: &mut Vec<Violation>) -> Vec<Resource> {
    if written.len() > MAX_RESOURCES {
        violations.push(Violation::BadResource(MAX_RESOURCES + 1));
    }
    let mut resources = Vec::with_capacity(written.len());
    for (index, resource) in written.into_iter().enumerate() {
        let DraftResource { title, link, kind } = resource;
        let link = match link {
            DraftLink::Verified(link) => Some(link),
            DraftLink::Written(address) => Link::exactly(&address),
        };
        let sound = !title.trim().is_empty() && text::is_clean(&title) && text::is_clean(&kind);
        match link.filter(|_| sound) {
            None => violations.push(Violation::BadResource(index + 1)),
            Some(link) => {
                let (url, link_status) = link.into_parts();
                resources.push(Resource {
                    title,
                    url,
                    resource_type: kind,
                    link_status,
                });
            }
        }
    }
    resources
}

fn check_length(found: usize, constraints: &Constraints, violations: &mut Vec<Violation>) {
    let most = constraints.max_weeks().min(MAX_WEEKS);
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
    } else if found > usize::from(most) {
        violations.push(Violation::TooManyWeeks { found, most });
    }
}

fn check_tasks(draft: &Draft, violations: &mut Vec<Violation>) {
    let mut tasks = Tasks::with_room_for(draft.weeks.iter().map(|week| week.tasks.len()).sum());
    for (index, week) in draft.weeks.iter().enumerate() {
        for task in &week.tasks {
            if !tasks.insert(task) {
                violations.push(Violation::DuplicateTask(index + 1));
            }
        }
    }
}

fn check_week(
    index: usize,
    week: DraftWeek,
    limit: Hours,
    constraints: &Constraints,
    violations: &mut Vec<Violation>,
) -> Week {
    let number = index + 1;
    let DraftWeek {
        focus,
        tasks: written,
        milestone,
        hours,
    } = week;
    if focus.trim_start().is_empty() {
        violations.push(Violation::NoFocus(number));
    }
    if written.iter().all(|task| task.trim_start().is_empty()) {
        violations.push(Violation::NoTask(number));
    }
    if written.len() > MAX_TASKS {
        violations.push(Violation::TooManyTasks(number));
    }
    if milestone.trim_start().is_empty() {
        violations.push(Violation::NoMilestone(number));
    }
    if !written
        .iter()
        .chain([&focus, &milestone])
        .all(|words| text::is_clean(words))
    {
        violations.push(Violation::UncleanText(number));
    }
    // Rounding to a tenth must not lift a week over its limit.
    let estimated_hours = hours
        .and_then(Hours::nearest)
        .map_or(Hours::default(), |hours| {
            if hours.tenths() == limit.tenths() + 1 {
                limit
            } else {
                hours
            }
        });
    if estimated_hours < Hours::LEAST || estimated_hours > limit {
        violations.push(Violation::BadHours {
            week: number,
            limit,
        });
    }
    Week {
        // More than 52 weeks were refused above.
        week_number: u8::try_from(number).unwrap_or(u8::MAX),
        focus_area: focus,
        tasks: written,
        milestone,
        estimated_hours,
        starts_on: constraints.starts_on(index),
    }
}
