//! The log events. Every event name and field of the contract is defined in this file only.
//!
//! Queries and alerts rely on `event_type` and on the field names. No event may contain the text of a goal.

use std::time::Duration;

use crate::llm::{ModelError, ModelName, Purpose};
use crate::money::{MaxTokens, Money, ReportedUsage, Tokens};
use crate::request_context::RequestContext;
use planning::category::Category;

/// How the service runs, as its start-up event tells it.
pub struct Startup<'a> {
    /// In one phrase: which planner and which store.
    pub mode: &'a str,
    /// The public port.
    pub port: u16,
    /// The port of the metrics.
    pub management_port: u16,
    /// The models, in the order in which they are tried.
    pub models: &'a str,
    /// Where rows and state are stored.
    pub store: &'a str,
    /// How clients authenticate.
    pub auth_mode: &'a str,
    /// The servers that the process calls, without credentials; empty if there are none.
    pub remote: &'a str,
}

/// Logs that the service is listening.
pub fn application_startup(startup: &Startup<'_>) {
    let Startup {
        mode,
        port,
        management_port,
        models,
        store,
        auth_mode,
        remote,
    } = *startup;
    tracing::info!(
        event_type = "application_startup",
        version = env!("CARGO_PKG_VERSION"),
        mode,
        port,
        management_port,
        models,
        store,
        auth_mode,
        remote,
        "goal-router listens on port {port}, {mode}"
    );
}

/// Logs that a setting, which is valid, does not do what it may be meant to do.
pub fn startup_warning(setting: &str, message: &str) {
    tracing::warn!(event_type = "startup_warning", setting, "{message}");
}

/// Logs that the service stops.
pub fn application_shutdown(reason: &str) {
    tracing::info!(
        event_type = "application_shutdown",
        reason,
        "goal-router stops"
    );
}

/// Logs that `plans` plans did not finish within the grace period of the shutdown.
pub fn shutdown_incomplete(plans: usize) {
    tracing::error!(
        event_type = "error",
        error_type = "shutdown",
        error_message = "the grace period of the shutdown is over",
        "{plans} plans did not finish"
    );
}

/// Logs that a request was received.
pub fn request_received(context: &RequestContext, method: &str, route: &str) {
    tracing::info!(
        event_type = "request_received",
        request_id = context.request_id,
        trace_id = context.trace_id,
        client_id = context.client_id,
        method,
        route,
        "{method} {route}"
    );
}

/// Logs the end of a request, whatever its status, with what became of it as far as that is known.
pub fn request_completed(
    context: &RequestContext,
    method: &str,
    route: &str,
    status: u16,
    took: Duration,
) {
    let planning = context.outcome.planning.get();
    tracing::info!(
        event_type = "request_completed",
        request_id = context.request_id,
        trace_id = context.trace_id,
        client_id = context.client_id,
        method,
        route,
        status,
        latency_ms = millis(took),
        code = context.outcome.problem.get(),
        category = planning.and_then(|planning| Some(planning.category?.as_str())),
        model = planning.map(|planning| planning.model.as_str()),
        cost_usd = planning.map(|planning| planning.cost.as_usd()),
        llm_calls = planning.map(|planning| planning.llm_calls),
        "{status} {method} {route}"
    );
}

/// Logs the category of a goal.
pub fn classification(
    context: &RequestContext,
    category: Category,
    source: &str,
    confidence: f32,
    took: Duration,
) {
    tracing::info!(
        event_type = "classification",
        request_id = context.request_id,
        trace_id = context.trace_id,
        client_id = context.client_id,
        category = category.as_str(),
        source,
        confidence = f64::from((confidence * 1000.0).round()) / 1000.0,
        latency_ms = millis(took),
        "classified as {}",
        category.as_str()
    );
}

/// Logs a call of a model. `outcome` says how it ended, as in the metrics; `success` says whether it completed a response.
#[expect(
    clippy::too_many_arguments,
    reason = "each is a field of the event's contract"
)]
pub fn llm_call(
    context: &RequestContext,
    category: Category,
    model: &ModelName,
    purpose: Purpose,
    tokens: Tokens,
    cost: Money,
    took: Duration,
    outcome: &str,
    success: bool,
) {
    tracing::info!(
        event_type = "llm_call",
        request_id = context.request_id,
        trace_id = context.trace_id,
        client_id = context.client_id,
        category = category.as_str(),
        model_id = model.id,
        provider = model.provider.as_str(),
        purpose = purpose.as_str(),
        input_tokens = tokens.all_input(),
        output_tokens = tokens.output,
        total_tokens = tokens.total(),
        latency_ms = millis(took),
        cost_usd = cost.as_usd(),
        outcome,
        success,
        "called {}",
        model.id
    );
}

/// Logs why a call of a model failed.
pub fn model_failed(context: &RequestContext, model: &ModelName, failure: &ModelError) {
    tracing::error!(
        event_type = "error",
        request_id = context.request_id,
        trace_id = context.trace_id,
        client_id = context.client_id,
        model_id = model.id,
        error_type = failure.kind.as_str(),
        error_message = %failure.detail,
        "a call of {} failed",
        model.id
    );
}

/// Logs that what a model wrote is no plan, and no rule repairs it. `violations` are our own words, not the model's. The model is
/// asked once more, then the next model.
pub fn draft_rejected(
    context: &RequestContext,
    category: Category,
    model: &ModelName,
    attempt: u8,
    violations: &str,
) {
    tracing::warn!(
        event_type = "draft_rejected",
        request_id = context.request_id,
        trace_id = context.trace_id,
        client_id = context.client_id,
        category = category.as_str(),
        model_id = model.id,
        attempt,
        violations,
        "{} wrote no valid plan",
        model.id
    );
}

/// Logs that a provider counts more tokens than a call can have. The call is booked at what was held for it.
pub fn usage_above_hold(
    context: &RequestContext,
    model: &ModelName,
    usage: &ReportedUsage,
    max: MaxTokens,
) {
    tracing::warn!(
        event_type = "error",
        error_type = "usage_above_hold",
        error_message = "the provider counts more tokens than the call can have",
        request_id = context.request_id,
        trace_id = context.trace_id,
        client_id = context.client_id,
        model_id = model.id,
        reported_input_tokens = usage.input,
        reported_output_tokens = usage.output,
        max_input_tokens = max.input,
        max_output_tokens = max.output,
        "{} counts more tokens than the call can have; it is booked at what was held",
        model.id
    );
}

/// Logs that the models of a provider cannot be called: once, until they can.
pub fn provider_unavailable(provider: &str, failure: &ModelError) {
    tracing::warn!(
        event_type = "error",
        error_type = failure.kind.as_str(),
        error_message = %failure.detail,
        provider,
        "the models of {provider} cannot be called: {}",
        failure.detail
    );
}

/// Logs that the models of a provider can be called again.
pub fn provider_available(provider: &str) {
    tracing::info!(
        event_type = "provider_available",
        provider,
        "the models of {provider} can be called again"
    );
}

/// Logs that spans could not be exported: once, until they can.
pub fn trace_export_failed(reason: &str) {
    tracing::warn!(
        event_type = "error",
        error_type = "trace_export",
        error_message = reason,
        "spans cannot be exported: {reason}"
    );
}

/// Logs that spans can be exported again.
pub fn trace_export_recovered() {
    tracing::info!(
        event_type = "trace_export_recovered",
        "spans can be exported again"
    );
}

/// Logs that the cost guard rejected a request.
pub fn cost_guard_triggered(context: &RequestContext, reason: &str, worst_case: Money) {
    tracing::warn!(
        event_type = "cost_guard_triggered",
        request_id = context.request_id,
        trace_id = context.trace_id,
        client_id = context.client_id,
        reason,
        worst_case_usd = worst_case.as_usd(),
        "the cost guard rejected a request: {reason}"
    );
}

/// Logs that a client exceeded its rate limit.
pub fn rate_limited(context: &RequestContext, tier: &str, retry_after: u64) {
    tracing::warn!(
        event_type = "rate_limited",
        request_id = context.request_id,
        trace_id = context.trace_id,
        client_id = context.client_id,
        tier,
        retry_after,
        "the client exceeded its rate limit"
    );
}

/// Logs that a request's credentials are invalid or insufficient, or cannot be checked.
pub fn access_denied(context: &RequestContext, code: &str, reason: &str) {
    tracing::warn!(
        event_type = "access_denied",
        request_id = context.request_id,
        trace_id = context.trace_id,
        client_id = context.client_id,
        code,
        reason,
        "access denied: {reason}"
    );
}

/// Logs an error during a request.
pub fn error(context: &RequestContext, error_type: &str, error_message: &str) {
    tracing::error!(
        event_type = "error",
        request_id = context.request_id,
        trace_id = context.trace_id,
        client_id = context.client_id,
        error_type,
        error_message,
        "{error_type}"
    );
}

/// Returns milliseconds with three decimal places: the local classifier takes microseconds.
fn millis(took: Duration) -> f64 {
    (took.as_secs_f64() * 1_000_000.0).round() / 1000.0
}
