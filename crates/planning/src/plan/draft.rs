//! Drafts: plans as a planner wrote them, not yet trusted. They are read tolerantly, bounded in size, and only repaired and
//! checked.

mod outline;

use serde::Deserialize as _;
use serde_json::Value;

use self::outline::field;
use super::links::Link;
use super::session::Session;
use crate::answer::Answer;
use crate::demand::Demands;

/// Maximum number of weeks read from a draft. Higher than any plan may have, so that the check still refuses a longer draft.
const MAX_WEEKS: usize = 120;
/// Maximum number of tasks read from a week.
const MAX_TASKS: usize = 60;
/// Maximum number of resources read from a draft.
const MAX_RESOURCES: usize = 60;

/// An unchecked plan.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// For whom the plan is, from where to where, and how; empty if it was not written.
    pub summary: String,
    /// The weeks, in the order written. Week numbers are not read, because the order determines them.
    pub weeks: Vec<DraftWeek>,
    /// The resources.
    pub resources: Vec<DraftResource>,
}

/// An unchecked week. Missing texts are empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DraftWeek {
    /// What the week is about.
    pub focus: String,
    /// What to do.
    pub tasks: Vec<DraftTask>,
    /// How to know that the week has worked.
    pub milestone: String,
    /// The estimated hours, if a number was written.
    pub hours: Option<f64>,
    /// The sessions of a plan that was checked before. The check makes new ones where these do not fit.
    pub sessions: Vec<Session>,
}

/// An unchecked task.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraftTask {
    /// What to do.
    pub text: String,
    /// How long it takes, if a number of minutes was written.
    pub minutes: Option<u16>,
    /// On how many days of the week it is done; 0 where nobody said so.
    pub days: u8,
    /// What it demands of the person, as far as it was written.
    pub demands: Demands,
    /// Whether it comes first and survives every shortening: a matter of safety.
    pub pinned: bool,
    /// Whether its planner kept what the person rules out, so that nobody need look for it in the words.
    pub vetted: bool,
    /// Whether its text is a curriculum's, which is known to be clean.
    pub curated: bool,
}

impl<T: Into<String>> From<T> for DraftTask {
    fn from(text: T) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }
}

/// The address of a resource.
#[derive(Debug, Clone, PartialEq)]
pub enum DraftLink {
    /// Any text, as it was written.
    Written(String),
    /// A link that is already verified.
    Verified(Link),
}

impl Default for DraftLink {
    fn default() -> Self {
        Self::Written(String::new())
    }
}

/// An unchecked resource.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DraftResource {
    /// The title.
    pub title: String,
    /// The address.
    pub link: DraftLink,
    /// The kind, such as `course`.
    pub kind: String,
    /// Why it fits; empty if it was not written.
    pub why: String,
}

impl Draft {
    /// Reads a draft from a text. Returns `None` if nothing in it looks like a plan.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Self::from_answer(&Answer::from(text))
    }

    /// Reads a draft from a model's answer: of the last complete plan in it, else of one without weeks.
    #[must_use]
    pub fn from_answer(answer: &Answer) -> Option<Self> {
        let mut incomplete = None;
        for group in answer.groups() {
            for value in group.iter().rev() {
                match Self::from_json(value) {
                    Some(draft) if draft.has_tasks() => return Some(draft),
                    draft => incomplete = incomplete.or(draft),
                }
            }
        }
        incomplete
    }

    /// Reads a draft from a JSON value: an object with weeks, the weeks alone, or a wrapper of either. Weeks, and what is in a
    /// wrapper, may be JSON in a string.
    #[must_use]
    pub fn from_json(value: &Value) -> Option<Self> {
        let outline = outline::find(value)?;
        let resources = outline.resources.as_array();
        Some(Self {
            summary: outline.summary.unwrap_or_default(),
            weeks: outline
                .weeks
                .iter()
                .take(MAX_WEEKS)
                .map(DraftWeek::from_json)
                .collect(),
            resources: resources
                .into_iter()
                .flatten()
                .take(MAX_RESOURCES)
                .map(DraftResource::from_json)
                .collect(),
        })
    }

    /// Takes the draft for one that was checked: nobody need look once more for what the person rules out.
    #[must_use]
    pub fn vetted(mut self) -> Self {
        let tasks = self.weeks.iter_mut().flat_map(|week| &mut week.tasks);
        tasks.for_each(|task| task.vetted = true);
        self
    }

    fn has_tasks(&self) -> bool {
        self.weeks.iter().any(|week| !week.tasks.is_empty())
    }
}

impl DraftWeek {
    fn from_json(week: &Value) -> Self {
        let tasks = field(week, &["tasks", "activities"]).map(outline::decoded);
        Self {
            focus: text_of(week, &["focus_area", "focus", "title", "theme"]),
            tasks: match tasks.as_deref() {
                Some(Value::Array(tasks)) => tasks
                    .iter()
                    .take(MAX_TASKS)
                    .map(DraftTask::from_json)
                    .filter(|task| !task.text.trim().is_empty())
                    .collect(),
                Some(Value::String(tasks)) => tasks
                    .lines()
                    .take(MAX_TASKS)
                    .map(DraftTask::from)
                    .filter(|task| !task.text.trim().is_empty())
                    .collect(),
                _ => Vec::new(),
            },
            milestone: text_of(week, &["milestone", "goal", "outcome"]),
            hours: ["estimated_hours", "hours"]
                .iter()
                .find_map(|name| number(field(week, &[name])?)),
            sessions: field(week, &["sessions"])
                .and_then(|sessions| Vec::deserialize(sessions).ok())
                .unwrap_or_default(),
        }
    }
}

impl DraftTask {
    fn from_json(task: &Value) -> Self {
        let tags = field(task, &["tags", "demands"]).and_then(Value::as_array);
        let demands = tags.into_iter().flatten().filter_map(Value::as_str);
        Self {
            text: match task {
                Value::String(text) => text.clone(),
                _ => text_of(task, &["task", "title", "description", "text", "name"]),
            },
            minutes: field(task, &["minutes", "estimated_minutes"])
                .and_then(number)
                .and_then(minutes),
            days: field(task, &["days"])
                .and_then(Value::as_u64)
                .and_then(|days| u8::try_from(days).ok())
                .filter(|days| *days <= 7)
                .unwrap_or_default(),
            demands: demands
                .filter_map(Demands::named)
                .fold(Demands::NONE, Demands::with),
            pinned: false,
            vetted: false,
            curated: false,
        }
    }
}

impl DraftResource {
    fn from_json(resource: &Value) -> Self {
        if let Value::String(title) = resource {
            return Self {
                title: title.clone(),
                ..Self::default()
            };
        }
        Self {
            title: text_of(resource, &["title", "name"]),
            link: DraftLink::Written(text_of(resource, &["url", "link", "href"])),
            kind: text_of(resource, &["resource_type", "type", "kind"]),
            why: text_of(resource, &["why", "reason"]),
        }
    }
}

fn text_of(object: &Value, names: &[&str]) -> String {
    names
        .iter()
        .find_map(|name| field(object, &[name])?.as_str())
        .unwrap_or_default()
        .to_owned()
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text
            .trim()
            .trim_end_matches(|char: char| char.is_alphabetic() || char == ' ')
            .replace(',', ".")
            .parse()
            .ok(),
        _ => None,
    }
}

/// Returns a number of minutes that a task may take in a week, rounded.
fn minutes(number: f64) -> Option<u16> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "1..=10080 by the check"
    )]
    (1.0..=10_080.0)
        .contains(&number)
        .then_some(number.round() as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEEK: &str = r#"{"focus_area":"Scales","tasks":["Play C major"],"milestone":"80 bpm","estimated_hours":"3,5 h"}"#;

    #[test]
    fn a_plan_is_found_in_fences_in_prose_and_under_other_names() {
        for text in [
            format!(r#"{{"weekly_breakdown":[{WEEK}]}}"#),
            format!(
                "Sure! Here is [your] plan:\n```json\n{{\"plan\":{{\"weeks\":[{WEEK}]}}}}\n```\nEnjoy {{it}}."
            ),
            format!("[{WEEK}]"),
        ] {
            let draft = Draft::from_text(&text).expect(&text);
            assert_eq!(draft.weeks[0].tasks, ["Play C major".into()]);
            assert_eq!(draft.weeks[0].hours, Some(3.5));
        }
    }

    #[test]
    fn a_text_without_a_plan_is_none() {
        for text in [
            "",
            "I cannot help with that.",
            "{\"answer\":42}",
            "[1,2]",
            "{\"weekly_breakdown\":[{\"focus_area\":\"cut o",
            &"[".repeat(5000),
        ] {
            assert_eq!(Draft::from_text(text), None, "{text:.40}");
        }
    }
}
