//! What a model's answer is worth: whether it may be planned at all, and the plan in it, repaired by rules and checked.

use planning::care::{Matter, ModelFlag};
use planning::constraints::Constraints;
use planning::plan::check::{Violation, check};
use planning::plan::repair::{Repair, repair};
use planning::plan::{Draft, Plan};

use super::{PlanFailureKind, PlanningRun};
use crate::llm::{Completion, StopReason};

/// A checked plan with its repairs, or the violations that remain.
pub(super) type Checked = Result<(Plan, Vec<Repair>), Vec<Violation>>;

/// Returns what to ask first, by the gate or by the model.
///
/// # Errors
/// Returns a failure if the model says that no plan may be made.
pub(super) fn assess(
    completion: &Completion,
    run: &PlanningRun<'_>,
) -> Result<Option<Matter>, PlanFailureKind> {
    let flag = ModelFlag::from_answer(&completion.content);
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
pub(super) fn parse_plan(
    completion: &Completion,
    constraints: &Constraints,
    ask_first: Option<Matter>,
) -> Checked {
    // A tolerant parser may accept truncated output as a plan without its last weeks.
    if matches!(
        completion.stop_reason,
        StopReason::MaxTokens | StopReason::WindowExceeded
    ) {
        return Err(vec![Violation::CutOff]);
    }
    let draft = Draft::from_answer(&completion.content);
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
pub(super) fn repair_and_check(mut draft: Draft, constraints: &Constraints) -> Checked {
    let repairs = repair(&mut draft, constraints);
    check(draft, constraints).map(|plan| (plan, repairs))
}

pub(super) fn join_violations(violations: &[Violation]) -> String {
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
    use crate::money::{MaxTokens, Money, Price, Rates};
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
            for read in [bedrock::read_answer(&body, "plan"), openai::read_answer(&body, "plan")] {
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
