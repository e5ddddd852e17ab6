//! The spans inside a request. Every name and attribute of the contract is defined in this file; the request's own span is in
//! [`super::ServerSpan`].
//!
//! A span outside of a traced request is disabled and costs nothing, and so are the functions that record on it. No span may contain the
//! text of a goal or of a model. Attributes have the names of OpenTelemetry's semantic conventions, or begin with `goal_router`.

use std::future::Future;

use futures_util::FutureExt as _;
use opentelemetry::{Array, StringValue, Value};
use planning::category::Category;
use tracing::field::Empty;
use tracing::{Instrument as _, Span, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::llm::{ModelError, ModelName, OutputMode, Provider, Purpose, StopReason};
use crate::money::{Money, Tokens};

/// The classification of a goal, by the local classifier or by a model.
#[must_use]
pub fn classify(source: &'static str) -> Span {
    info_span!(
        "classify",
        goal_router.source = source,
        goal_router.category = Empty,
        goal_router.confidence = Empty,
    )
}

/// Records what a goal was classified as, and how sure the local classifier is.
pub fn classified(span: &Span, category: Category, confidence: Option<f32>) {
    span.record("goal_router.category", category.as_str());
    if let Some(confidence) = confidence {
        span.record("goal_router.confidence", f64::from(confidence));
    }
}

/// The cost guard, with the hold.
#[must_use]
pub fn guard() -> Span {
    info_span!(
        "guard",
        goal_router.worst_case_usd = Empty,
        goal_router.refused = Empty,
        otel.status_code = Empty,
        error.r#type = Empty,
    )
}

/// Records the most that the request can cost.
pub fn worst_case(span: &Span, worst_case: Money) {
    span.record("goal_router.worst_case_usd", worst_case.as_usd());
}

/// Records that the guard refused a request, which is no error.
pub fn refused(span: &Span, code: &str) {
    span.record("goal_router.refused", code);
}

/// Records that a step failed.
pub fn failed(span: &Span, code: &str) {
    span.record("otel.status_code", "ERROR");
    span.record("error.type", code);
}

/// One attempt to call a model.
#[must_use]
pub fn chat(model: &ModelName, purpose: Purpose, attempt: u32, max_output_tokens: u32) -> Span {
    info_span!(
        "chat",
        otel.name = format!("chat {}", model.id),
        otel.kind = "client",
        otel.status_code = Empty,
        gen_ai.operation.name = "chat",
        gen_ai.provider.name = provider_name(model.provider),
        gen_ai.request.model = model.id,
        gen_ai.request.max_tokens = number(max_output_tokens),
        gen_ai.output.r#type = "json",
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty,
        gen_ai.usage.cache_read.input_tokens = Empty,
        gen_ai.usage.cache_creation.input_tokens = Empty,
        goal_router.purpose = purpose.as_str(),
        goal_router.attempt = number(attempt),
        goal_router.output_mode = Empty,
        goal_router.cost_usd = Empty,
        error.r#type = Empty,
    )
}

/// Returns the provider's name in the semantic conventions.
const fn provider_name(provider: Provider) -> &'static str {
    match provider {
        Provider::Bedrock => "aws.bedrock",
        Provider::OpenAi => "openai",
        Provider::Offline => "offline",
    }
}

/// Records how an attempt ended, the output mode that its answer was asked for in, and what it cost.
pub fn chat_ended(
    span: &Span,
    result: Result<StopReason, &ModelError>,
    mode: OutputMode,
    tokens: Tokens,
    cost: Money,
) {
    if span.is_disabled() {
        return;
    }
    match result {
        Ok(reason) => span.set_attribute(
            "gen_ai.response.finish_reasons",
            Value::Array(Array::String(vec![StringValue::from(reason.as_str())])),
        ),
        Err(error) => failed(span, error.kind.as_str()),
    }
    let counts = [
        ("gen_ai.usage.input_tokens", tokens.all_input()),
        ("gen_ai.usage.output_tokens", tokens.output),
        ("gen_ai.usage.cache_read.input_tokens", tokens.cache_read),
        (
            "gen_ai.usage.cache_creation.input_tokens",
            tokens.cache_write,
        ),
    ];
    for (name, count) in counts {
        span.record(name, number(count));
    }
    span.record("goal_router.cost_usd", cost.as_usd());
    span.record("goal_router.output_mode", mode.as_str());
}

/// The repair and check of a draft.
#[must_use]
pub fn check() -> Span {
    info_span!(
        "check",
        goal_router.repairs = Empty,
        goal_router.violations = Empty,
    )
}

/// Records the number of repairs and of the violations that remain.
pub fn checked(span: &Span, repairs: usize, violations: usize) {
    span.record("goal_router.repairs", number(repairs));
    span.record("goal_router.violations", number(violations));
}

/// The write of the outcome to the usage row.
#[must_use]
pub fn settle() -> Span {
    info_span!(
        "settle",
        goal_router.cost_usd = Empty,
        goal_router.status = Empty,
        goal_router.durability = Empty,
        otel.status_code = Empty,
        error.r#type = Empty,
    )
}

/// Records the status of the row, its cost and where it is durable.
pub fn settled(span: &Span, status: &str, cost: Money, durability: &str) {
    span.record("goal_router.status", status);
    span.record("goal_router.cost_usd", cost.as_usd());
    span.record("goal_router.durability", durability);
}

/// Returns a count as a number of OpenTelemetry, which are signed; an unsigned one would become a text.
fn number(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}

/// Makes a call of DynamoDB in a span of its own. `outcome` returns the code of an error, and whether it is an outcome that the caller
/// expects, such as a condition that does not hold.
pub fn store_call<T, E>(
    operation: &'static str,
    table: &str,
    call: impl Future<Output = Result<T, E>>,
    outcome: impl FnOnce(&E) -> (String, bool),
) -> impl Future<Output = Result<T, E>> {
    let span = info_span!(
        "store",
        otel.name = format!("DynamoDB.{operation}"),
        otel.kind = "client",
        otel.status_code = Empty,
        db.system.name = "aws.dynamodb",
        db.operation.name = operation,
        db.collection.name = table,
        db.response.status_code = Empty,
        error.r#type = Empty,
    );
    // Not an `async` function: it would hold the call's large future twice.
    let ended = span.clone();
    call.instrument(span).inspect(move |result| {
        if !ended.is_disabled()
            && let Err(error) = result
        {
            let (code, is_expected) = outcome(error);
            ended.record("db.response.status_code", code.as_str());
            if !is_expected {
                failed(&ended, &code);
            }
        }
    })
}
