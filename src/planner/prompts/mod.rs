//! The prompt texts: files, versioned. The user's words stand in them unchanged, as JSON data, never as instructions.

use serde::Serialize;

use super::PlanRequest;
use crate::llm::{OutputSchema, Prompt, Purpose, token_estimate};
use planning::category::Category;
use planning::constraints::{Level, weekdays};
use planning::goal::Goal;
use planning::plan::check::Violation;

/// Version of the texts in `prompts/`; goes onto every usage row. Raise it with any change there.
pub const VERSION: &str = "2026-11-23";

/// Most tokens of a category answer: a JSON object with one word, or a tool call around it.
const CATEGORY_TOKENS: u32 = 64;
/// Words per token that we let the model spend, so that a plan is not cut off: JSON and other languages take more tokens
/// a word than English prose.
const WORDS_PER_100_TOKENS: u32 = 40;
/// Most characters of the violations that a second question lists.
const VIOLATIONS_CHARS: usize = 1500;
/// The most input tokens that the second question has beyond the first: four bytes are the most that one character takes.
pub const MAX_VIOLATION_TOKENS: u64 = 4 * VIOLATIONS_CHARS as u64 + 64;
/// The most tokens of a category's guidance, which a prompt for another category may have instead of its own. A test holds
/// the texts to it.
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
    /// Asks for the category; none where the local classifier is sure.
    pub classify: Option<Prompt>,
    /// Asks for the plan; none where no model writes it.
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
}

/// Asks for the category of a goal.
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
        max_output_tokens: CATEGORY_TOKENS,
    }
}

/// Asks for a plan; a second time with the rules that the first answer broke.
#[must_use]
pub fn plan(
    request: &PlanRequest,
    category: Category,
    max_output_tokens: u32,
    violations: &[Violation],
) -> Prompt {
    let constraints = &request.constraints;
    let data = PlanData {
        goal: request.goal.text(),
        context: request.goal.context(),
        category,
        constraints: ConstraintData {
            language: constraints.language.as_str(),
            start_date: constraints.start.to_string(),
            deadline: constraints.deadline.map(|known| known.value.to_string()),
            weeks: constraints.weeks.map(|known| known.value),
            max_weeks: constraints.max_weeks(),
            hours_per_week: constraints
                .minutes_per_week
                .map(|_| constraints.hours_limit().as_f64()),
            level: constraints.level.map(|known| known.value),
            unavailable_days: constraints
                .unavailable
                .map(|days| weekdays::names(days.value).collect())
                .unwrap_or_default(),
        },
        answer_words: max_output_tokens / 100 * WORDS_PER_100_TOKENS,
        broken_rules_of_your_last_answer: (!violations.is_empty()).then(|| listed(violations)),
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

/// The most input tokens that a prompt can be counted as, with the schema and whatever words a provider or adapter adds.
#[must_use]
pub fn max_input_tokens(prompt: &Prompt) -> u64 {
    // The schema is sent once as a tool or format, and once more in words where the model takes neither.
    token_estimate::upper_bound(&prompt.system)
        + token_estimate::upper_bound(&prompt.user)
        + 2 * token_estimate::upper_bound(prompt.schema.json)
        + token_estimate::OVERHEAD
}

/// What the original called context enrichment: how plans of a category are made.
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

fn listed(violations: &[Violation]) -> String {
    let list: Vec<String> = violations.iter().map(ToString::to_string).collect();
    list.join("; ").chars().take(VIOLATIONS_CHARS).collect()
}

fn json(data: &impl Serialize) -> String {
    // Structs of texts and numbers always serialise; an empty prompt would be refused by the provider, not billed.
    serde_json::to_string(data).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guard_counts_enough_for_every_guidance() {
        for category in Category::ALL {
            assert!(
                token_estimate::upper_bound(guidance(category)) <= MAX_GUIDANCE_TOKENS,
                "{}",
                category.as_str()
            );
        }
    }

    #[test]
    fn schemas_are_json_and_keep_to_the_subset_that_providers_compile() {
        for schema in [PLAN, CATEGORY] {
            let text = serde_json::from_str::<serde_json::Value>(schema.json)
                .unwrap()
                .to_string();
            for refused in [
                "minimum",
                "maximum",
                "minLength",
                "maxLength",
                "minItems",
                "maxItems",
                "$ref",
            ] {
                assert!(!text.contains(refused), "{} has {refused}", schema.name);
            }
        }
    }
}
