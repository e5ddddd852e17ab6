//! The log events: every name and field of the contract stands in this file, and nowhere else.
//!
//! Queries and alerts rely on `event_type` and on the fields' names. No event takes a goal's words.

use std::time::Duration;

use crate::llm::ModelName;
use crate::llm::Purpose;
use crate::money::{Money, Tokens};
use crate::request_context::RequestContext;
use planning::category::Category;

/// The service listens.
pub fn application_startup(mode: &str, port: u16, management_port: u16, models: &str, store: &str) {
    tracing::info!(
        event_type = "application_startup",
        version = env!("CARGO_PKG_VERSION"),
        mode,
        port,
        management_port,
        models,
        store,
        "goal-router listens on port {port}, {mode}"
    );
}

/// The service stops.
pub fn application_shutdown(reason: &str) {
    tracing::info!(
        event_type = "application_shutdown",
        reason,
        "goal-router stops"
    );
}

/// The grace of the shutdown is over, and so many plans did not finish.
pub fn shutdown_incomplete(plans: usize) {
    tracing::error!(
        event_type = "error",
        error_type = "shutdown",
        error_message = "the grace is over",
        "{plans} plans did not finish"
    );
}

/// A request came in.
pub fn request_received(caller: &RequestContext, method: &str, route: &str) {
    tracing::info!(
        event_type = "request_received",
        request_id = caller.request_id,
        trace_id = caller.trace_id,
        client_id = caller.client_id,
        method,
        route,
        "{method} {route}"
    );
}

/// A request was answered, whatever the answer.
pub fn request_completed(
    caller: &RequestContext,
    method: &str,
    route: &str,
    status: u16,
    took: Duration,
) {
    tracing::info!(
        event_type = "request_completed",
        request_id = caller.request_id,
        trace_id = caller.trace_id,
        client_id = caller.client_id,
        method,
        route,
        status,
        latency_ms = millis(took),
        "{status} {method} {route}"
    );
}

/// A goal got its category.
pub fn classification(
    caller: &RequestContext,
    category: Category,
    source: &str,
    confidence: f32,
    took: Duration,
) {
    tracing::info!(
        event_type = "classification",
        request_id = caller.request_id,
        trace_id = caller.trace_id,
        client_id = caller.client_id,
        category = category.as_str(),
        source,
        confidence = f64::from((confidence * 1000.0).round()) / 1000.0,
        latency_ms = millis(took),
        "classified as {}",
        category.as_str()
    );
}

/// A model was called; `success` says whether it finished an answer.
#[expect(
    clippy::too_many_arguments,
    reason = "each is a field of the event's contract"
)]
pub fn llm_call(
    caller: &RequestContext,
    category: Category,
    model: &ModelName,
    purpose: Purpose,
    tokens: Tokens,
    cost: Money,
    took: Duration,
    success: bool,
) {
    tracing::info!(
        event_type = "llm_call",
        request_id = caller.request_id,
        trace_id = caller.trace_id,
        client_id = caller.client_id,
        category = category.as_str(),
        model_id = model.id,
        provider = model.provider.as_str(),
        purpose = purpose.as_str(),
        input_tokens = tokens.all_input(),
        output_tokens = tokens.output,
        total_tokens = tokens.total(),
        latency_ms = millis(took),
        cost_usd = cost.as_usd(),
        success,
        "called {}",
        model.id
    );
}

/// The guard refused a request.
pub fn cost_guard_triggered(caller: &RequestContext, reason: &str, worst_case: Money) {
    tracing::warn!(
        event_type = "cost_guard_triggered",
        request_id = caller.request_id,
        trace_id = caller.trace_id,
        client_id = caller.client_id,
        reason,
        worst_case_usd = worst_case.as_usd(),
        "the guard refused a request: {reason}"
    );
}

/// A client asked more often than it may.
pub fn rate_limited(caller: &RequestContext, tier: &str, retry_after: u64) {
    tracing::warn!(
        event_type = "rate_limited",
        request_id = caller.request_id,
        trace_id = caller.trace_id,
        client_id = caller.client_id,
        tier,
        retry_after,
        "over the rate limit of its client"
    );
}

/// A request's credentials do not hold, do not allow it, or cannot be checked.
pub fn access_denied(caller: &RequestContext, code: &str, reason: &str) {
    tracing::warn!(
        event_type = "access_denied",
        request_id = caller.request_id,
        trace_id = caller.trace_id,
        client_id = caller.client_id,
        code,
        reason,
        "refused: {reason}"
    );
}

/// Something failed while a request was served.
pub fn error(caller: &RequestContext, error_type: &str, error_message: &str) {
    tracing::error!(
        event_type = "error",
        request_id = caller.request_id,
        trace_id = caller.trace_id,
        client_id = caller.client_id,
        error_type,
        error_message,
        "{error_type}"
    );
}

/// Milliseconds with three digits behind the point: the local model takes microseconds.
fn millis(took: Duration) -> f64 {
    (took.as_secs_f64() * 1_000_000.0).round() / 1000.0
}
