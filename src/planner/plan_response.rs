//! The JSON representation of a plan.

use chrono::SecondsFormat;
use serde::Serialize;
use utoipa::ToSchema;

use crate::llm::Provider;
use crate::money::Money;
use crate::planner::{ClassifiedBy, PlanOutcome, PlanRequest};
use planning::category::Category;
use planning::constraints::ConstraintsView;
use planning::hours::Hours;
use planning::language::Language;
use planning::plan::{Resource, Warning, Week};

/// A checked plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanResponse {
    /// ID of the request.
    #[schema(example = "0193589e-2d4b-7c3a-9f10-6b2f0f6b7c11")]
    pub request_id: String,
    /// The goal, trimmed.
    #[schema(example = "Prepare for AWS Solutions Architect certification")]
    pub goal: String,
    /// The category of the goal.
    pub category: Category,
    /// Number of weeks.
    #[schema(minimum = 1, maximum = 52, example = 1)]
    pub estimated_duration_weeks: usize,
    /// One or two sentences: from where to where the plan goes, and how.
    #[schema(
        example = "AWS Solutions Architect: 1 week of about 8 hours. From the exam guide to a first account."
    )]
    pub summary: String,
    /// The weeks, numbered from 1 without gaps.
    pub weekly_breakdown: Vec<Week>,
    /// What the person should know about the plan; empty if there is nothing.
    pub warnings: Vec<Warning>,
    /// Resources for learning more.
    pub resources: Vec<Resource>,
    /// Sum of the hours of all weeks.
    #[schema(value_type = f64, example = 8.0)]
    pub total_estimated_hours: Hours,
    /// Time at which the plan was made, in UTC.
    #[schema(format = DateTime, example = "2026-11-23T10:30:00.000Z")]
    pub created_at: String,
    /// How the plan came about and what it cost.
    pub metadata: Metadata,
}

/// How a plan came about and what it cost.
#[derive(Debug, Serialize, ToSchema)]
pub struct Metadata {
    /// The provider of the model.
    #[schema(value_type = Provider, example = "offline")]
    pub provider: &'static str,
    /// The model that wrote the plan.
    #[schema(example = "offline")]
    pub model: String,
    /// Tokens of all calls, as the provider counted them.
    pub tokens_used: TokensUsed,
    /// Cost of all calls in USD.
    #[schema(value_type = f64, example = 0.0)]
    pub cost_usd: Money,
    /// How the category was found.
    pub classification: ClassificationShown,
    /// The constraints as understood.
    pub constraints: ConstraintsView,
    /// The language that the plan is written in.
    #[schema(value_type = String, example = "en")]
    pub written_in: Language,
    /// Whether the plan was repaired, by rules or by asking the model once more.
    pub repaired: bool,
    /// Whether a model other than the first configured one wrote the plan.
    pub fallback: bool,
    /// Whether the plan was made for another request, and cost this one nothing.
    pub cached: bool,
    /// Number of model calls.
    #[schema(example = 0)]
    pub llm_calls: u32,
}

/// Tokens as the provider counted them.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokensUsed {
    /// Input tokens.
    #[schema(example = 0)]
    pub input: u64,
    /// Output tokens.
    #[schema(example = 0)]
    pub output: u64,
    /// Sum of input and output tokens.
    #[schema(example = 0)]
    pub total: u64,
}

/// How the category was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClassificationShown {
    /// What determined the category.
    pub source: ClassifiedBy,
    /// The confidence of the local classifier, from 0 to 1.
    #[schema(minimum = 0, maximum = 1, example = 0.98)]
    pub confidence: f64,
}

/// Returns the warnings of a plan: whom to ask first, in the plan's language, and what the words of the request said in vain.
#[must_use]
pub fn warnings(request: &PlanRequest, outcome: &PlanOutcome) -> Vec<Warning> {
    let ask_first = outcome
        .ask_first
        .map(|matter| matter.warning(&outcome.language));
    let ignored = request.constraints.warnings.iter().cloned();
    ask_first.into_iter().chain(ignored).collect()
}

impl PlanResponse {
    /// Creates the response to a request.
    #[must_use]
    pub fn new(request: &PlanRequest, outcome: PlanOutcome) -> Self {
        let warnings = warnings(request, &outcome);
        let PlanOutcome {
            plan,
            classification,
            model,
            language,
            ask_first: _,
            constraints,
            tokens,
            cost,
            llm_calls,
            repaired,
            fallback,
            cached,
            created_at,
            timings: _,
        } = outcome;
        let total_estimated_hours = plan.total();
        let (summary, weekly_breakdown, resources) = plan.into_parts();
        Self {
            request_id: request.context.request_id.clone(),
            goal: request.goal.text().to_owned(),
            category: classification.category,
            estimated_duration_weeks: weekly_breakdown.len(),
            summary,
            weekly_breakdown,
            warnings,
            resources,
            total_estimated_hours,
            created_at: created_at.to_rfc3339_opts(SecondsFormat::Millis, true),
            metadata: Metadata {
                provider: model.provider.as_str(),
                model: model.id,
                tokens_used: TokensUsed {
                    input: tokens.all_input(),
                    output: tokens.output,
                    total: tokens.total(),
                },
                cost_usd: cost,
                classification: ClassificationShown {
                    source: classification.source,
                    confidence: f64::from((classification.confidence * 1000.0).round()) / 1000.0,
                },
                constraints: ConstraintsView::from(&constraints),
                written_in: language,
                repaired,
                fallback,
                cached,
                llm_calls,
            },
        }
    }
}
