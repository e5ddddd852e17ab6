//! The prompts: versioned text files. The user's text is added unchanged as JSON data, never as instructions.

use serde::Serialize;

use super::PlanRequest;
use crate::llm::{OutputSchema, Prompt, Purpose, token_estimate};
use planning::category::Category;
use planning::constraints::{ConstraintOrigins, Constraints, ConstraintsView, Level, Occasion};
use planning::goal::Goal;
use planning::plan::Warning;
use planning::plan::check::Violation;

/// The version of the texts in `prompts/`, which is stored in every usage row. Update it with any change there.
pub const VERSION: &str = "2026-11-28.2";

/// Maximum output tokens of a classification: a JSON object with one word, possibly in a tool call.
const MAX_CATEGORY_TOKENS: u32 = 64;
/// Words that a model is told to write per 100 output tokens, so that a plan is not cut off: JSON and other languages take more tokens
/// per word than English prose.
const WORDS_PER_100_TOKENS: u32 = 36;
/// Maximum number of characters of the violations that a retry lists.
const MAX_VIOLATION_CHARS: usize = 1500;
/// Maximum number of input tokens that a retry adds: a character takes at most four bytes.
pub const MAX_VIOLATION_TOKENS: u64 = 4 * MAX_VIOLATION_CHARS as u64 + 64;
/// Maximum number of tokens of a category's guidance. The category may change after the worst case was computed, so this is added to
/// it. A test checks the texts.
pub const MAX_GUIDANCE_TOKENS: u64 = 600;

const PLAN: OutputSchema = OutputSchema {
    name: "weekly_plan",
    description: "A weekly plan for the person's goal",
    json: include_str!("plan.schema.json"),
};
const CATEGORY: OutputSchema = OutputSchema {
    name: "goal_category",
    description: "The category of the person's goal",
    json: include_str!("category.schema.json"),
};

/// The prompts of one request, built once and shared by all its calls.
#[derive(Debug, Default)]
pub struct RequestPrompts {
    /// The prompt for the category; `None` if the local classifier is sure or no model is configured for it.
    pub classify: Option<Prompt>,
    /// The prompt for the plan; `None` if no model may write it.
    pub plan: Option<Prompt>,
    /// The category that `plan` was built for.
    pub category: Option<Category>,
}

#[derive(Serialize)]
struct ClassifyData<'a> {
    goal: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'a str>,
}

#[derive(Serialize)]
struct PlanData<'a> {
    goal: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'a str>,
    category: Category,
    constraints: ConstraintData<'a>,
    answer_words: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    broken_rules_of_your_last_answer: Option<String>,
}

#[derive(Serialize)]
struct ConstraintData<'a> {
    language: &'a str,
    start_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weeks: Option<u8>,
    max_weeks: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    hours_per_week: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<Level>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unavailable_days: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_week: Option<LastWeekData>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sessions_per_week: Option<u8>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    excluded: Vec<String>,
    /// Where each constraint was read.
    read_from: ConstraintOrigins,
    /// What the words say and is not among the constraints.
    #[serde(skip_serializing_if = "<[Warning]>::is_empty")]
    left_out: &'a [Warning],
}

/// The last week before the deadline, where it is not a week like the others.
#[derive(Serialize)]
struct LastWeekData {
    week_number: u8,
    starts_on: String,
    ends_on: String,
    days: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_hours: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    leads_up_to: Option<Occasion>,
}

impl<'a> ConstraintData<'a> {
    fn of(constraints: &'a Constraints) -> Self {
        let view = ConstraintsView::from(constraints);
        Self {
            language: constraints.language.as_str(),
            start_date: constraints.start.to_string(),
            deadline: constraints
                .deadline
                .map(|sourced| sourced.value.to_string()),
            weeks: view.weeks,
            max_weeks: constraints.max_weeks(),
            hours_per_week: constraints
                .minutes_per_week
                .map(|_| constraints.whole_week().as_f64()),
            level: view.level,
            unavailable_days: view.unavailable_days,
            last_week: LastWeekData::of(constraints),
            sessions_per_week: view.sessions_per_week,
            excluded: view.excluded,
            read_from: view.origins,
            left_out: &constraints.warnings,
        }
    }
}

impl LastWeekData {
    /// Returns the last week before the deadline, if a plan can reach it and its days or hours are fewer.
    fn of(constraints: &Constraints) -> Option<Self> {
        let week_number = constraints.max_weeks();
        let is_reached = constraints
            .weeks
            .is_none_or(|weeks| weeks.value == week_number);
        let index = usize::from(week_number) - 1;
        let leads_up_to = constraints.leads_up_to(index);
        let days = constraints.days(index);
        (is_reached && (days < 7 || leads_up_to.is_some())).then(|| Self {
            week_number,
            starts_on: constraints.starts_on(index).to_string(),
            ends_on: constraints.ends_on(index).to_string(),
            days,
            max_hours: constraints
                .minutes_per_week
                .map(|_| constraints.hours_limit(index).as_f64()),
            leads_up_to,
        })
    }
}

/// Builds the prompt for the category of a goal.
#[must_use]
pub fn classify(goal: &Goal, request_id: &str) -> Prompt {
    Prompt {
        purpose: Purpose::Classify,
        request_id: request_id.to_owned(),
        system: include_str!("classify.md").to_owned(),
        user: json(&ClassifyData {
            goal: goal.text(),
            context: goal.context(),
        }),
        schema: CATEGORY,
        max_output_tokens: MAX_CATEGORY_TOKENS,
    }
}

/// Builds the prompt for a plan; for a retry, `violations` are those of the first draft. `constraints` are the
/// request's, or more.
#[must_use]
pub fn plan(
    request: &PlanRequest,
    category: Category,
    max_output_tokens: u32,
    constraints: &Constraints,
    violations: &[Violation],
) -> Prompt {
    let data = PlanData {
        goal: request.goal.text(),
        context: request.goal.context(),
        category,
        constraints: ConstraintData::of(constraints),
        answer_words: max_output_tokens / 100 * WORDS_PER_100_TOKENS,
        broken_rules_of_your_last_answer: (!violations.is_empty())
            .then(|| join_violations(violations)),
    };
    Prompt {
        purpose: Purpose::Plan,
        request_id: request.context.request_id.clone(),
        system: format!("{}\n{}", include_str!("system.md"), guidance(category)),
        user: json(&data),
        schema: PLAN,
        max_output_tokens,
    }
}

/// Returns the maximum number of input tokens of a prompt, including the schema and what a provider or adapter adds.
#[must_use]
pub fn max_input_tokens(prompt: &Prompt) -> u64 {
    // The schema may be sent twice: as a tool or format, and as text for a model that supports neither.
    token_estimate::upper_bound(&prompt.system)
        + token_estimate::upper_bound(&prompt.user)
        + 2 * token_estimate::upper_bound(prompt.schema.json)
        + token_estimate::OVERHEAD
}

/// Returns the guidance for plans of a category (the assignment's "context enrichment").
const fn guidance(category: Category) -> &'static str {
    match category {
        Category::Certification => include_str!("certification.md"),
        Category::SkillLearning => include_str!("skill-learning.md"),
        Category::Fitness => include_str!("fitness.md"),
        Category::Creative => include_str!("creative.md"),
        Category::Productivity => include_str!("productivity.md"),
        Category::Other => include_str!("other.md"),
    }
}

fn join_violations(violations: &[Violation]) -> String {
    let violations: Vec<String> = violations.iter().map(Violation::told_to_model).collect();
    violations
        .join("; ")
        .chars()
        .take(MAX_VIOLATION_CHARS)
        .collect()
}

fn json(data: &impl Serialize) -> String {
    // Structs of strings and numbers always serialise. An empty prompt would be rejected by the provider, not billed.
    serde_json::to_string(data).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guidance_of_every_category_is_within_the_maximum() {
        for category in Category::ALL {
            assert!(
                token_estimate::upper_bound(guidance(category)) <= MAX_GUIDANCE_TOKENS,
                "{}",
                category.as_str()
            );
        }
    }

    #[test]
    fn schemas_are_json_within_the_subset_that_providers_support() {
        for schema in [PLAN, CATEGORY] {
            let text = serde_json::from_str::<serde_json::Value>(schema.json)
                .unwrap()
                .to_string();
            for unsupported in [
                "minimum",
                "maximum",
                "minLength",
                "maxLength",
                "minItems",
                "maxItems",
                "$ref",
            ] {
                assert!(
                    !text.contains(unsupported),
                    "{} has {unsupported}",
                    schema.name
                );
            }
        }
    }
}
