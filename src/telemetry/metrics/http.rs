//! Requests: their durations and outcomes, and how much room there is for more.

use std::time::Duration;

use prometheus::{HistogramVec, IntCounter, IntCounterVec, IntGauge};

use super::Metrics;
use super::label::{CountBy, Label, labels};
use super::registrar::{Registrar, level};

/// Responses from memory take under a millisecond, models take seconds, and the longest deadline is two minutes.
const BUCKETS: [f64; 19] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.5, 2.5, 5.5, 10.5, 20.5,
    30.5, 60.5, 90.5, 120.5,
];

labels! {
    /// When a client left.
    DisconnectPhase {
        /// Before the response began.
        Waiting = "waiting",
        /// While it received the body.
        Receiving = "receiving",
    }

    /// The route of a probe.
    Probe {
        /// The service answers.
        Health = "/health",
        /// The process is alive.
        Live = "/health/live",
        /// Requests are served.
        Ready = "/health/ready",
    }

    /// Why a request's credentials did not admit it.
    DenialReason {
        /// There are none.
        Missing = "missing",
        /// They are not of a form that can be checked: repeated headers, another scheme, no JWT.
        Malformed = "malformed",
        /// The API key is unknown.
        UnknownKey = "unknown_key",
        /// No key of the issuer signed the token.
        Signature = "signature",
        /// The token is from another issuer.
        Issuer = "issuer",
        /// The token is for another audience, or is no access or ID token.
        Audience = "audience",
        /// The token has expired.
        Expired = "expired",
        /// The token is not valid yet.
        NotYetValid = "not_yet_valid",
        /// The token lacks the required scope.
        Scope = "scope",
        /// The issuer's keys cannot be had.
        KeysUnavailable = "keys_unavailable",
    }

    /// Where a rate limit decision was made.
    DecidedBy {
        /// This process, as configured.
        Local = "local",
        /// Redis.
        Shared = "redis",
        /// This process, because Redis did not respond.
        Fallback = "fallback",
    }

    /// What became of a request with an idempotency key.
    IdempotencyOutcome {
        /// It is the first with its key.
        First = "first",
        /// It got the response of the first.
        Replayed = "replayed",
        /// The key was used with another request.
        Reused = "reused",
        /// The first is still running.
        InProgress = "in_progress",
        /// The store could not tell.
        Unavailable = "unavailable",
    }
}

/// Whether the service takes requests, and how much room it has for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saturation {
    /// Whether the readiness probe would succeed, as far as that is known without asking anybody.
    pub ready: bool,
    /// Maximum number of plans in progress.
    pub max_in_flight: usize,
    /// Plans in progress.
    pub in_flight: usize,
    /// The rate limit of a client of the default tier.
    pub rate_limit_per_minute: u32,
}

pub(super) struct HttpMetrics {
    requests: HistogramVec,
    active: IntGauge,
    probes: IntCounterVec,
    disconnects: CountBy<DisconnectPhase>,
    problems: IntCounterVec,
    denied: CountBy<DenialReason>,
    ready: IntGauge,
    in_flight_limit: IntGauge,
    in_flight: IntGauge,
    rate_limited: IntCounter,
    rate_limit_decisions: CountBy<DecidedBy>,
    rate_limit_per_minute: IntGauge,
    idempotency: CountBy<IdempotencyOutcome>,
}

impl HttpMetrics {
    pub fn register(registrar: &Registrar) -> Result<Self, prometheus::Error> {
        Ok(Self {
            requests: registrar.histograms(
                "http_server_request_duration_seconds",
                "Duration of requests until their body was sent; status 499 means that the client left",
                &["method", "route", "status"],
                &BUCKETS,
            )?,
            active: registrar.gauge("http_server_active_requests", "Requests in progress")?,
            probes: probes(registrar)?,
            disconnects: CountBy::register(
                registrar,
                "goal_router_client_disconnects_total",
                "Clients that left before they had their response",
                "phase",
            )?,
            problems: registrar.counters(
                "goal_router_problems_total",
                "Responses that are problems, by their code",
                &["code"],
            )?,
            denied: CountBy::register(
                registrar,
                "goal_router_access_denied_total",
                "Requests whose credentials did not admit them",
                "reason",
            )?,
            ready: registrar.gauge(
                "goal_router_ready",
                "Whether the service takes requests: what its readiness probe would say",
            )?,
            in_flight_limit: registrar.gauge(
                "goal_router_in_flight_limit",
                "Maximum number of plans in progress",
            )?,
            in_flight: registrar.gauge("goal_router_in_flight_plans", "Plans in progress")?,
            rate_limited: registrar.counter(
                "goal_router_rate_limited_total",
                "Requests over the rate limit of their client",
            )?,
            rate_limit_decisions: CountBy::register(
                registrar,
                "goal_router_rate_limit_decisions_total",
                "Rate limit decisions by source: this process, Redis, or this process because Redis is unavailable",
                "by",
            )?,
            rate_limit_per_minute: registrar.gauge(
                "goal_router_rate_limit_per_minute",
                "Requests that a client of the default tier may send each minute",
            )?,
            idempotency: CountBy::register(
                registrar,
                "goal_router_idempotency_total",
                "Requests with an idempotency key by outcome",
                "outcome",
            )?,
        })
    }
}

/// Registers the health checks, with the statuses that they have.
fn probes(registrar: &Registrar) -> Result<IntCounterVec, prometheus::Error> {
    let probes = registrar.counters(
        "goal_router_probes_total",
        "Health checks, which no other metric of requests contains",
        &["route", "status"],
    )?;
    for probe in Probe::ALL {
        probes.with_label_values(&[probe.as_str(), "200"]);
    }
    probes.with_label_values(&[Probe::Ready.as_str(), "503"]);
    Ok(probes)
}

impl Metrics {
    /// Creates the series of these methods, routes and statuses, which are then 0 until they occur.
    pub fn initialize_routes<'a>(&self, routes: impl IntoIterator<Item = (&'a str, &'a str, u16)>) {
        for (method, route, status) in routes {
            let labels = [method, route, &status.to_string()];
            self.inner.http.requests.with_label_values(&labels);
        }
    }

    /// Creates the series of these codes of problems, which are then 0 until they occur.
    pub fn initialize_problems<C: Label>(&self) {
        for code in C::ALL {
            self.inner.http.problems.with_label_values(&[code.as_str()]);
        }
    }

    /// Counts a request as in progress until the returned guard is dropped, which also happens if the client disconnects.
    #[must_use]
    pub fn active_request(&self) -> ActiveRequest {
        self.inner.http.active.inc();
        ActiveRequest(self.inner.http.active.clone())
    }

    /// Records the end of a request.
    pub fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        self.inner
            .http
            .requests
            .with_label_values(&[method, route, &status.to_string()])
            .observe(took.as_secs_f64());
    }

    /// Counts a health check, which is no other metric's request.
    pub fn probe(&self, probe: Probe, status: u16) {
        let labels = [probe.as_str(), &status.to_string()];
        self.inner.http.probes.with_label_values(&labels).inc();
    }

    /// Counts a client that left before it had its response.
    pub fn client_disconnected(&self, phase: DisconnectPhase) {
        self.inner.http.disconnects.of(phase).inc();
    }

    /// Counts a response that is a problem.
    pub fn problem<C: Label>(&self, code: C) {
        let problems = &self.inner.http.problems;
        problems.with_label_values(&[code.as_str()]).inc();
    }

    /// Counts a request whose credentials did not admit it.
    pub fn access_denied(&self, reason: DenialReason) {
        self.inner.http.denied.of(reason).inc();
    }

    /// Sets whether the service takes requests, and how much room it has.
    pub fn saturation(&self, saturation: Saturation) {
        let http = &self.inner.http;
        http.ready.set(i64::from(saturation.ready));
        http.in_flight_limit
            .set(level(saturation.max_in_flight as u64));
        http.in_flight.set(level(saturation.in_flight as u64));
        http.rate_limit_per_minute
            .set(i64::from(saturation.rate_limit_per_minute));
    }

    /// Counts a request over its client's rate limit.
    pub fn rate_limited(&self) {
        self.inner.http.rate_limited.inc();
    }

    /// Counts a rate limit decision by its source.
    pub fn rate_limit_decision(&self, by: DecidedBy) {
        self.inner.http.rate_limit_decisions.of(by).inc();
    }

    /// Counts a request with an idempotency key by its outcome.
    pub fn idempotency(&self, outcome: IdempotencyOutcome) {
        self.inner.http.idempotency.of(outcome).inc();
    }
}

/// A guard that counts a request as in progress until it is dropped.
pub struct ActiveRequest(IntGauge);

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        self.0.dec();
    }
}
