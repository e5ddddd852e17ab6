//! What a plan would cost, without asking any model.

use super::{PlanError, PlanRequest, Planner, guard, prompts};
use crate::category::Category;
use crate::ledger::{Money, Tokens};
use crate::model::catalogue::ModelName;
use crate::model::tokens;

/// Tokens of a plan's week: a guess from two hundred characters of focus and milestone and three tasks of a hundred each.
const OUTPUT_TOKENS_PER_WEEK: u64 = 170;
/// Weeks of a plan that names none.
const USUAL_WEEKS: u64 = 10;

/// What a plan would take.
#[derive(Debug, Clone)]
pub struct Estimate {
    /// What the local model takes the goal for.
    pub category: Category,
    /// How sure it is.
    pub confidence: f32,
    /// Who would write the plan.
    pub model: ModelName,
    /// Estimated tokens of goal and context, which `MAX_INPUT_TOKENS` bounds.
    pub goal_tokens: u64,
    /// Estimated tokens of the whole prompt.
    pub input_tokens: u64,
    /// Estimated tokens of the plan.
    pub output_tokens: u64,
    /// What that costs.
    pub likely_cost: Money,
    /// The worst case, which is held before the first call.
    pub worst_case: Money,
    /// Why the request would be refused as it is.
    pub refusal: Option<PlanError>,
}

impl Planner {
    /// Tells what a plan would cost, likely and at most.
    #[must_use]
    pub fn estimate(&self, request: &PlanRequest) -> Estimate {
        let intent = self
            .parts
            .classifier
            .classify(&request.goal, &request.constraints.phrases);
        let author = &self.parts.authors[0];
        let worst_case = self.worst_case(request, intent);
        let prompt = prompts::plan(
            request,
            intent.category,
            self.parts.limits.max_output_tokens,
            &[],
        );
        let (input_tokens, output_tokens) = if author.model.is_some() {
            let weeks = request
                .constraints
                .weeks
                .map_or(USUAL_WEEKS, |weeks| u64::from(weeks.value));
            let input = tokens::estimate(&prompt.system)
                + tokens::estimate(&prompt.user)
                + tokens::estimate(prompt.schema.json);
            (
                input,
                (weeks * OUTPUT_TOKENS_PER_WEEK).min(u64::from(prompt.max_output_tokens)),
            )
        } else {
            (0, 0)
        };
        Estimate {
            category: intent.category,
            confidence: intent.confidence,
            model: author.name.clone(),
            goal_tokens: guard::input_estimate(request),
            input_tokens,
            output_tokens,
            likely_cost: author.abilities.price.cost(Tokens {
                input: input_tokens,
                output: output_tokens,
                ..Tokens::default()
            }),
            worst_case,
            refusal: self.admit(request, worst_case).err(),
        }
    }
}
