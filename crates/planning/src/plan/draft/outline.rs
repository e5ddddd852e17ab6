//! Where the weeks of a plan are in a JSON value, whatever the model called and wrapped them.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::answer::{field_of, same_name, values};

/// How deep wrappers are opened. A string counts as one.
const DEPTH: u8 = 8;

/// The names of the list of weeks.
const WEEKS: [&str; 5] = [
    "weekly_breakdown",
    "weeks",
    "weekly_plan",
    "schedule",
    "breakdown",
];

/// What a wrapper calls the things that are no answer. They are opened last.
const THOUGHTS: [&str; 9] = [
    "analysis",
    "draft",
    "example",
    "notes",
    "rationale",
    "reasoning",
    "reflection",
    "thinking",
    "thoughts",
];

/// Returns the field that has one of these names, however its words are joined: `focus_area`, `focusArea`, `Focus Area`.
pub(super) fn field<'a>(object: &'a Value, names: &[&str]) -> Option<&'a Value> {
    field_of(object.as_object()?, names)
}

/// Returns the value in a string that contains JSON; any other value as it is.
pub(super) fn decoded(value: &Value) -> Cow<'_, Value> {
    if let Value::String(text) = value
        && text.trim_start().starts_with(['[', '{', '"'])
        && let [inner] = values(text).as_slice()
    {
        return Cow::Owned(inner.clone());
    }
    Cow::Borrowed(value)
}

/// The parts of a plan in a JSON value.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Outline {
    pub weeks: Vec<Value>,
    /// A list, or nothing.
    pub resources: Value,
    pub summary: Option<String>,
}

impl Outline {
    fn of_weeks(weeks: Vec<Value>) -> Self {
        Self {
            weeks,
            ..Self::default()
        }
    }
}

/// Finds the weeks of a plan, its resources and its summary.
pub(super) fn find(value: &Value) -> Option<Outline> {
    find_within(value, DEPTH)
}

fn find_within(value: &Value, depth: u8) -> Option<Outline> {
    let depth = depth.checked_sub(1)?;
    match value {
        Value::Object(fields) => match field_of(fields, &WEEKS).and_then(list) {
            Some(weeks) => {
                let resources = field_of(fields, &["resources"]).map(decoded);
                let summary = field_of(fields, &["summary", "overview"]).and_then(Value::as_str);
                Some(Outline {
                    weeks,
                    resources: resources.map_or(Value::Null, Cow::into_owned),
                    summary: summary.map(str::to_owned),
                })
            }
            None => unwrapped(fields, depth),
        },
        Value::Array(items) => {
            let weeks: Vec<Value> = items
                .iter()
                .map(|item| decoded(item).into_owned())
                .collect();
            if !weeks.is_empty() && weeks.iter().all(is_week) {
                return Some(Outline::of_weeks(weeks));
            }
            let found = items
                .iter()
                .rev()
                .filter_map(|item| find_within(item, depth));
            complete_first(found)
        }
        Value::String(text) if text.contains(['{', '[']) => {
            let found = values(text).into_iter().rev();
            complete_first(found.filter_map(|value| find_within(&value, depth)))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// Returns the plan in a wrapper.
fn unwrapped(fields: &Map<String, Value>, depth: u8) -> Option<Outline> {
    let is_thought = |name: &str| THOUGHTS.iter().any(|thought| same_name(name, thought));
    let (thoughts, others): (Vec<_>, Vec<_>) =
        fields.iter().partition(|(name, _)| is_thought(name));
    let parts: Vec<_> = others
        .iter()
        .filter_map(|(name, inner)| Some((*name, find_within(inner, depth)?)))
        .filter(|(_, plan)| !plan.weeks.is_empty())
        .collect();
    if parts.len() > 1 && parts.iter().all(|(name, _)| is_part(name)) {
        return Some(joined(parts));
    }
    let found = parts.into_iter().map(|(_, plan)| plan);
    let thoughts = thoughts.into_iter().chain(others);
    complete_first(found.chain(thoughts.filter_map(|(_, inner)| find_within(inner, depth))))
}

/// "phase_1", "Month 2": a part of one plan. Numbered alternatives are none.
fn is_part(name: &str) -> bool {
    const PARTS: [&str; 8] = [
        "phase", "month", "part", "block", "stage", "quarter", "section", "weeks",
    ];
    let name = name.to_ascii_lowercase();
    PARTS.iter().any(|part| name.contains(part)) && name.bytes().any(|byte| byte.is_ascii_digit())
}

/// Joins the parts of one plan by their numbers.
fn joined(mut parts: Vec<(&String, Outline)>) -> Outline {
    parts.sort_by_key(|(name, _)| number_in(name));
    let mut all = Outline::default();
    for (_, part) in parts {
        all.weeks.extend(part.weeks);
        if all.resources.is_null() {
            all.resources = part.resources;
        }
        all.summary = all.summary.or(part.summary);
    }
    all
}

/// Returns the first plan that has weeks, else the first.
fn complete_first(found: impl Iterator<Item = Outline>) -> Option<Outline> {
    let mut empty = None;
    for plan in found {
        if !plan.weeks.is_empty() {
            return Some(plan);
        }
        empty = empty.or(Some(plan));
    }
    empty
}

/// Returns the weeks of a field: a list, a list in an object, or an object with a field for each week.
fn list(value: &Value) -> Option<Vec<Value>> {
    match decoded(value).as_ref() {
        Value::Array(weeks) => Some(
            weeks
                .iter()
                .map(|week| decoded(week).into_owned())
                .collect(),
        ),
        Value::Object(fields) => {
            let mut inner = fields.values();
            if let (Some(Value::Array(weeks)), None) = (inner.next(), inner.next()) {
                return Some(weeks.clone());
            }
            // `{"phase_1": [...], "phase_2": [...]}`
            let mut parts: Vec<(u32, Vec<Value>)> = fields
                .iter()
                .filter_map(|(name, part)| Some((number_in(name), part.as_array()?.clone())))
                .collect();
            if parts.len() == fields.len() && fields.keys().all(|name| is_part(name)) {
                parts.sort_by_key(|(number, _)| *number);
                return Some(parts.into_iter().flat_map(|(_, weeks)| weeks).collect());
            }
            let mut weeks: Vec<(u32, &Value)> = fields
                .iter()
                .map(|(name, week)| (number_in(name), week))
                .collect();
            weeks.sort_by_key(|(number, _)| *number);
            let are_weeks = !weeks.is_empty() && weeks.iter().all(|(_, week)| is_week(week));
            are_weeks.then(|| weeks.into_iter().map(|(_, week)| week.clone()).collect())
        }
        _ => None,
    }
}

fn number_in(name: &str) -> u32 {
    let digits: String = name.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(u32::MAX)
}

/// Returns whether an object outside of a list of weeks is a week: it says what to do, and one thing more.
fn is_week(value: &Value) -> bool {
    let has = |names: &[&str]| field(value, names).is_some();
    has(&["tasks", "activities"])
        && has(&[
            "focus_area",
            "focus",
            "title",
            "theme",
            "milestone",
            "goal",
            "outcome",
            "week",
            "week_number",
        ])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn weeks_are_found_under_any_name_and_in_any_order() {
        let week = |name: &str| json!({"focusArea": name, "tasks": ["Play"]});
        for value in [
            json!({"weeklyBreakdown": [week("a"), week("b")]}),
            json!({"Weekly Breakdown": {"week": [week("a"), week("b")]}}),
            json!({"weeks": [week("a").to_string(), week("b").to_string()]}),
            json!({"draft": {"weeks": [week("c")]}, "final": {"weeks": [week("a"), week("b")]}}),
            json!([{"name": "think", "input": {}}, {"name": "plan", "input": [week("a"), week("b")]}]),
            json!({"weeks": {"week_2": week("b"), "week_1": week("a")}}),
            json!({"weeks": {"phase_1": [week("a")], "phase_2": [week("b")]}}),
            json!({"month_2": {"weeks": [week("b")]}, "month_1": {"weeks": [week("a")]}}),
            json!({"option_1": {"weeks": [week("a"), week("b")]}, "option_2": {"weeks": [week("c")]}}),
        ] {
            let outline = find(&value).unwrap_or_else(|| panic!("{value}"));
            let names: Vec<&str> = outline
                .weeks
                .iter()
                .filter_map(|week| week["focusArea"].as_str())
                .collect();
            assert_eq!(names, ["a", "b"], "{value}");
        }
    }

    #[test]
    fn a_schema_and_a_list_of_resources_are_no_plan() {
        for value in [
            json!({"type": "object", "properties": {"weekly_breakdown": {"type": "array"}}}),
            json!([{"title": "A book", "url": "https://docs.rs"}]),
            json!({"answer": 42}),
        ] {
            assert_eq!(find(&value), None, "{value}");
        }
    }
}
