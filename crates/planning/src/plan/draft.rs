//! Drafts: plans as a planner wrote them, not yet trusted. They are read tolerantly, bounded in size, and only repaired and
//! checked.

mod outline;

use serde_json::Value;

use self::outline::field;
use super::links::Link;
use crate::answer::Answer;

/// Maximum number of weeks read from a draft. Higher than any plan may have, so that the check still refuses a longer draft.
const MAX_WEEKS: usize = 120;
/// Maximum number of tasks read from a week.
const MAX_TASKS: usize = 60;
/// Maximum number of resources read from a draft.
const MAX_RESOURCES: usize = 60;

/// An unchecked plan.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
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
    pub tasks: Vec<String>,
    /// How to know that the week has worked.
    pub milestone: String,
    /// The estimated hours, if a number was written.
    pub hours: Option<f64>,
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
        let (weeks, resources) = outline::find(value)?;
        let resources = resources.as_array();
        Some(Self {
            weeks: weeks
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
                    .map(task)
                    .filter(|task| !task.trim().is_empty())
                    .collect(),
                Some(Value::String(tasks)) => tasks
                    .lines()
                    .take(MAX_TASKS)
                    .map(str::to_owned)
                    .filter(|task| !task.trim().is_empty())
                    .collect(),
                _ => Vec::new(),
            },
            milestone: text_of(week, &["milestone", "goal", "outcome"]),
            hours: ["estimated_hours", "hours"]
                .iter()
                .find_map(|name| number(field(week, &[name])?)),
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
        }
    }
}

fn task(task: &Value) -> String {
    match task {
        Value::String(text) => text.clone(),
        Value::Object(_) => text_of(task, &["task", "title", "description", "text", "name"]),
        _ => String::new(),
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
            assert_eq!(draft.weeks[0].tasks, ["Play C major"]);
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
