//! Estimates the cost of a plan without calling a model.

use super::{PlanFailureKind, PlanRequest, Planner, guard};
use crate::llm::{ModelName, Prompt, token_estimate};
use crate::money::{Money, Tokens};
use planning::category::Category;

/// Estimated output tokens per week: two hundred characters of focus area and milestone, and three tasks of a hundred each.
const OUTPUT_TOKENS_PER_WEEK: u64 = 170;
/// Assumed number of weeks if the request does not name one.
const DEFAULT_WEEKS: u64 = 10;

/// The estimated tokens and cost of a plan.
#[derive(Debug, Clone)]
pub struct Estimate {
    /// The category by the local classifier.
    pub category: Category,
    /// The confidence of the local classifier, 0 to 1.
    pub confidence: f32,
    /// The model that would write the plan.
    pub model: ModelName,
    /// Estimated tokens of goal and context, which `MAX_INPUT_TOKENS` limits.
    pub goal_tokens: u64,
    /// Estimated tokens of the whole prompt.
    pub input_tokens: u64,
    /// Estimated tokens of the plan.
    pub output_tokens: u64,
    /// The cost of these tokens.
    pub likely_cost: Money,
    /// The cost in the worst case, which is held before the first call.
    pub worst_case: Money,
    /// Why the cost guard would reject the request, if it would.
    pub refusal: Option<PlanFailureKind>,
}

impl Planner {
    /// Estimates the likely and the maximum cost of a plan.
    #[must_use]
    pub fn estimate(&self, request: &PlanRequest) -> Estimate {
        let dependencies = &self.dependencies;
        let intent = self.intent(request);
        let prompts = self.prompts_for(request, intent);
        let worst_case = self.worst_case(&prompts);
        let first = &dependencies.candidates[0];
        let (input, output) = match &prompts.plan {
            Some(prompt) if first.model.is_some() => likely_tokens(request, prompt),
            _ => (0, 0),
        };
        let likely = Tokens {
            input,
            output,
            ..Tokens::default()
        };
        Estimate {
            category: intent.category,
            confidence: intent.confidence,
            model: first.name.clone(),
            goal_tokens: guard::input_estimate(request),
            input_tokens: input,
            output_tokens: output,
            likely_cost: first.capabilities.price.cost(likely),
            worst_case,
            refusal: self.check_limits(request, worst_case).err(),
        }
    }
}

/// Returns the estimated input and output tokens of a plan.
fn likely_tokens(request: &PlanRequest, prompt: &Prompt) -> (u64, u64) {
    let weeks = request.constraints.weeks;
    let weeks = weeks.map_or(DEFAULT_WEEKS, |weeks| u64::from(weeks.value));
    let texts = [&*prompt.system, &*prompt.user, prompt.schema.json];
    let input = texts.into_iter().map(token_estimate::estimate).sum();
    let output = (weeks * OUTPUT_TOKENS_PER_WEEK).min(u64::from(prompt.max_output_tokens));
    (input, output)
}
