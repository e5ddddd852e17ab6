//! Generation of a plan by one candidate: call it, repair its draft by rules, check it, and retry at most once.

use std::time::Instant;

use planning::care::{Matter, ModelFlag};
use planning::constraints::Constraints;
use planning::language::Language;
use planning::plan::check::{Violation, check};
use planning::plan::repair::{Repair, repair};
use planning::plan::{Draft, Plan};

use super::guard::CANDIDATE_CALLS;
use super::model_call::BillableCallsLeft;
use super::{
    Classification, GuardedModel, ModelCandidate, PlanFailureKind, Planner, PlanningRun, prompts,
};
use crate::llm::{Completion, CompletionContent, ModelError, Prompt, Purpose, StopReason};
use crate::money::{Money, Tokens};
use crate::telemetry::metrics::{CallOutcome, Stage};
use crate::telemetry::{events, spans};

/// A checked plan, whether it was repaired, and its language.
pub(super) struct Generated {
    pub plan: Plan,
    pub repaired: bool,
    pub language: Language,
    pub ask_first: Option<Matter>,
}

/// A checked plan with its repairs, or the violations that remain.
type Checked = Result<(Plan, Vec<Repair>), Vec<Violation>>;

impl Planner {
    pub(super) fn generate_offline(
        &self,
        run: &mut PlanningRun<'_>,
        candidate: &ModelCandidate,
        classification: Classification,
    ) -> Result<Generated, PlanFailureKind> {
        let started = Instant::now();
        let request = run.request;
        let offline = &self.dependencies.offline;
        let mut written =
            offline.write(&request.goal, classification.category, &request.constraints);
        if let Some(matter) = request.ask_first {
            matter.put_first(&mut written.draft, &written.language);
        }
        let checked = self.in_check(|| repair_and_check(written.draft, &request.constraints));
        let took = started.elapsed();
        run.timings.model += took;
        let (tokens, cost) = (Tokens::default(), Money::ZERO);
        self.dependencies.metrics.model_call(
            &candidate.name,
            Purpose::Plan,
            CallOutcome::Answered(StopReason::Finished),
            took,
            tokens,
            cost,
        );
        events::llm_call(
            &request.context,
            classification.category,
            &candidate.name,
            Purpose::Plan,
            tokens,
            cost,
            took,
            StopReason::Finished.as_str(),
            checked.is_ok(),
        );
        let (plan, repairs) = checked.map_err(|violations| {
            PlanFailureKind::InvalidModelOutput(join_violations(&violations))
        })?;
        Ok(Generated {
            plan,
            repaired: self.count_repairs(&repairs),
            language: written.language,
            ask_first: request.ask_first,
        })
    }

    pub(super) async fn generate_with_model(
        &self,
        run: &mut PlanningRun<'_>,
        candidate: &ModelCandidate,
        model: &GuardedModel,
        classification: Classification,
    ) -> Result<Generated, PlanFailureKind> {
        let category = classification.category;
        let mut violations = Vec::new();
        let mut calls_left = BillableCallsLeft(CANDIDATE_CALLS);
        // The plan, and one retry that names the violations of the first, if the hold still covers it.
        for attempt in 0..2_u8 {
            if calls_left.0 == 0 {
                break;
            }
            let prompt = self.take_prompt(run, classification, &violations);
            let result = self
                .call(run, candidate, model, &prompt, category, &mut calls_left)
                .await;
            if violations.is_empty() {
                // The next candidate gets the same prompt.
                run.prompts.plan = Some(prompt);
            }
            let completion = result.map_err(|error| self.map_model_error(run, &error))?;
            if completion.stop_reason == StopReason::Refused {
                // The same prompt would be refused again.
                run.wasted.answer_is_unused();
                return Err(PlanFailureKind::InvalidModelOutput(
                    "a guardrail or content filter of the provider refused the goal".to_owned(),
                ));
            }
            let ask_first = assess(&completion, run)?;
            let constraints = &run.request.constraints;
            match self.in_check(|| parse_plan(&completion, constraints, ask_first)) {
                Ok((plan, repairs)) => {
                    let repaired = self.count_repairs(&repairs) || attempt > 0;
                    if attempt > 0 {
                        self.dependencies.metrics.plan_asked_again();
                    }
                    return Ok(Generated {
                        plan,
                        repaired,
                        language: run.request.constraints.language.clone(),
                        ask_first,
                    });
                }
                Err(found) => {
                    run.wasted.answer_is_unused();
                    let (context, name) = (&run.request.context, &candidate.name);
                    let told = join_violations(&found);
                    events::draft_rejected(context, category, name, attempt + 1, &told);
                    violations = found;
                }
            }
        }
        Err(PlanFailureKind::InvalidModelOutput(join_violations(
            &violations,
        )))
    }

    /// Takes the run's prompt, which the cost guard built. Builds a new one for another category, or to name violations.
    fn take_prompt(
        &self,
        run: &mut PlanningRun<'_>,
        classification: Classification,
        violations: &[Violation],
    ) -> Prompt {
        let category = classification.category;
        let max_output_tokens = self.dependencies.limits.max_output_tokens;
        let build = || prompts::plan(run.request, category, max_output_tokens, violations);
        if !violations.is_empty() {
            return build();
        }
        let built = run.prompts.plan.take();
        let prompt = built
            .filter(|_| run.prompts.category == Some(category))
            .unwrap_or_else(build);
        run.prompts.category = Some(category);
        prompt
    }

    fn map_model_error(&self, run: &PlanningRun<'_>, error: &ModelError) -> PlanFailureKind {
        let now = tokio::time::Instant::now();
        // A call's deadline is a little before the request's, which leaves time to settle.
        if self.call_deadline(run) <= now {
            PlanFailureKind::DeadlineExceeded
        } else {
            PlanFailureKind::ProviderUnavailable(error.to_string())
        }
    }

    /// Runs a check in a span of its own, and measures it.
    fn in_check(&self, run: impl FnOnce() -> Checked) -> Checked {
        let span = spans::check();
        let started = Instant::now();
        let checked = span.in_scope(run);
        let took = started.elapsed();
        self.dependencies.metrics.stage(Stage::Check, took);
        let repairs = checked.as_ref().map_or(0, |(_, repairs)| repairs.len());
        let violations = checked.as_ref().err().map_or(0, Vec::len);
        spans::checked(&span, repairs, violations);
        checked
    }

    /// Counts the repairs, and returns whether there were any.
    fn count_repairs(&self, repairs: &[Repair]) -> bool {
        for repair in repairs {
            self.dependencies.metrics.plan_repair(*repair);
        }
        !repairs.is_empty()
    }
}

/// Returns what to ask first, by the gate or by the model.
///
/// # Errors
/// Returns a failure if the model says that no plan may be made.
fn assess(
    completion: &Completion,
    run: &PlanningRun<'_>,
) -> Result<Option<Matter>, PlanFailureKind> {
    let flag = match &completion.content {
        CompletionContent::Json(value) => ModelFlag::from_json(value),
        CompletionContent::Text(text) => ModelFlag::from_text(text),
    };
    let language = || run.request.constraints.language.clone();
    let raised = flag.assessment().into_result(language);
    raised
        .map(|raised| run.request.ask_first.or(raised))
        .map_err(PlanFailureKind::Care)
}

/// Parses the plan in a completion, makes asking its first task where needed, and repairs it by rules.
///
/// # Errors
/// Returns the violations that remain.
fn parse_plan(
    completion: &Completion,
    constraints: &Constraints,
    ask_first: Option<Matter>,
) -> Checked {
    // A tolerant parser may accept truncated output as a plan without its last weeks.
    if completion.stop_reason == StopReason::MaxTokens {
        return Err(vec![Violation::CutOff]);
    }
    let draft = match &completion.content {
        CompletionContent::Json(value) => Draft::from_json(value),
        CompletionContent::Text(text) => Draft::from_text(text),
    };
    let mut draft = draft.ok_or_else(|| vec![Violation::NotAPlan])?;
    if let Some(matter) = ask_first {
        matter.put_first(&mut draft, &constraints.language);
    }
    repair_and_check(draft, constraints)
}

/// Repairs a draft by rules, and checks it.
///
/// # Errors
/// Returns the violations that remain.
fn repair_and_check(mut draft: Draft, constraints: &Constraints) -> Checked {
    let repairs = repair(&mut draft, constraints);
    check(draft, constraints).map(|plan| (plan, repairs))
}

fn join_violations(violations: &[Violation]) -> String {
    let violations: Vec<String> = violations.iter().map(ToString::to_string).collect();
    violations.join("; ")
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, OnceLock};

    use planning::classifier::Classifier;
    use planning::validation::FieldErrors;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::llm::{bedrock, openai};
    use crate::money::{MaxTokens, Price, Rates};
    use crate::planner::{Fields, PlanRequest};
    use crate::request_context::{RequestContext, RequestOutcome};

    /// The names that the readers look for, and one that they do not.
    const NAMES: [&str; 34] = [
        "output",
        "message",
        "content",
        "toolUse",
        "input",
        "text",
        "stopReason",
        "usage",
        "inputTokens",
        "outputTokens",
        "totalTokens",
        "cacheReadInputTokens",
        "cacheWriteInputTokens",
        "cacheDetails",
        "ttl",
        "choices",
        "finish_reason",
        "refusal",
        "tool_calls",
        "function",
        "arguments",
        "error",
        "code",
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "prompt_tokens_details",
        "cached_tokens",
        "weekly_breakdown",
        "focus_area",
        "tasks",
        "milestone",
        "estimated_hours",
        "else",
    ];

    static REQUEST: OnceLock<PlanRequest> = OnceLock::new();

    fn request() -> PlanRequest {
        let fields = Fields {
            goal: Some("Learn to play the accordion".to_owned()),
            ..Fields::default()
        };
        let context = RequestContext {
            request_id: "one".to_owned(),
            trace_id: "trace".to_owned(),
            client_id: "client".to_owned(),
            daily_budget: None,
            outcome: RequestOutcome::default(),
        };
        let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let classifier = Classifier::built_in().unwrap();
        fields
            .parse(
                FieldErrors::default(),
                Arc::new(context),
                &classifier,
                today,
            )
            .unwrap()
    }

    /// Any JSON, often with the names of an answer.
    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
            prop::sample::select(vec!["5", "-1", "NaN", "2e15", "1h", "stop", "{}", "[1"])
                .prop_map(Value::from),
        ];
        leaf.prop_recursive(6, 48, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((prop::sample::select(NAMES.to_vec()), inner), 0..6)
                    .prop_map(|fields| fields.into_iter().collect()),
            ]
        })
    }

    /// Any body: any bytes, any JSON, or a real answer of either provider with any JSON in one place, whole or cut off.
    fn any_body() -> impl Strategy<Value = Vec<u8>> {
        let plan = json!({"weekly_breakdown": [{"focus_area": "a", "tasks": ["b"], "milestone": "c", "estimated_hours": 1}]});
        let bedrock = json!({
            "output": {"message": {"content": [{"toolUse": {"input": plan}}, {"text": "d"}]}},
            "stopReason": "tool_use",
            "usage": {"inputTokens": 10, "outputTokens": 20, "totalTokens": 30, "cacheDetails": [{"ttl": "1h", "inputTokens": 5}]},
        });
        let openai = json!({
            "choices": [{"message": {"content": plan.to_string(), "tool_calls": [{"function": {"arguments": plan.to_string()}}]}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30, "prompt_tokens_details": {"cached_tokens": 5}},
        });
        let answer = prop::sample::select(vec![bedrock, openai]);
        let changed = (answer, any_json(), any::<prop::sample::Index>()).prop_map(
            |(mut answer, value, place)| {
                let mut places = Vec::new();
                pointers(&answer, String::new(), &mut places);
                let place: &String = place.get(&places);
                *answer.pointer_mut(place).unwrap() = value;
                answer.to_string().into_bytes()
            },
        );
        let body = prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            any_json().prop_map(|json| json.to_string().into_bytes()),
            changed,
        ];
        (
            body,
            any::<prop::sample::Index>(),
            prop::bool::weighted(0.2),
        )
            .prop_map(|(mut body, end, cut)| {
                if cut && !body.is_empty() {
                    body.truncate(end.index(body.len()));
                }
                body
            })
    }

    /// Collects the pointers of everything in a document.
    fn pointers(value: &Value, at: String, all: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    pointers(field, format!("{at}/{name}"), all);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    pointers(item, format!("{at}/{index}"), all);
                }
            }
            _ => {}
        }
        all.push(at);
    }

    proptest! {
        #[test]
        fn any_answer_is_a_plan_or_a_typed_failure_and_books_at_most_the_hold(body in any_body()) {
            let rate = Money::from_nano_usd(1_000_000_000);
            let rates = Rates { input: rate, output: rate, cache_write: rate, cache_read: rate };
            let price = Price { rates, long_prompt: None };
            let max = MaxTokens { input: 6000, output: 4000 };
            let request = REQUEST.get_or_init(request);
            for read in [bedrock::read_answer(&body), openai::read_answer(&body)] {
                let Ok(completion) = read else {
                    continue;
                };
                let booking = price.book(&completion.usage, max);
                prop_assert!(booking.cost <= price.worst_case(max.input, max.output));
                prop_assert!(booking.tokens.total() <= max.input + max.output);
                if let Err(violations) = parse_plan(&completion, &request.constraints, None) {
                    prop_assert!(!violations.is_empty());
                }
            }
        }
    }
}
