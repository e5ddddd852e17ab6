//! Scripts: the faults that the next calls meet.

use std::collections::VecDeque;

use actix_web::http::StatusCode;
use serde::{Deserialize, Serialize};

/// A script: first the steps in order, one per call, then random faults by share. Every other call gets a normal answer.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// The latency of every call, in milliseconds.
    pub latency_ms: u64,
    /// Steps, one per call. A step without a fault gives a normal answer.
    pub steps: VecDeque<Step>,
    /// Random faults by share of calls, once no step is left for a call.
    pub rates: Vec<Rate>,
    /// Seed of the random faults.
    pub seed: u64,
    /// The category that a classification returns. By default, the fake guesses one.
    pub category: Option<String>,
}

/// A scripted step for one call.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Step {
    /// The fault; `None` for a normal answer.
    pub fault: Option<Fault>,
    /// If set, only calls for this purpose (`plan` or `classify`) use the step.
    pub purpose: Option<String>,
}

/// A fault and the share of calls that meet it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// The fault.
    pub fault: Fault,
    /// Share of calls, 0 to 1.
    pub share: f64,
}

/// A fault that a call can meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// 429 `ThrottlingException`.
    Throttle,
    /// 503 `ServiceUnavailableException`.
    Unavailable,
    /// 500 `InternalServerException`.
    Internal,
    /// 403 `AccessDeniedException`.
    Denied,
    /// 400 `ValidationException` that names no feature.
    Invalid,
    /// 408 `ModelTimeoutException`, billed.
    ModelTimeout,
    /// 424 `ModelErrorException`, billed.
    ModelError,
    /// The connection breaks in the middle of the answer, billed.
    Reset,
    /// The answer is delayed, billed.
    Stall {
        /// Delay in milliseconds.
        ms: u64,
    },
    /// An answer without usage numbers.
    NoUsage,
    /// Prose without any JSON.
    Garbage,
    /// A plan inside prose and a code fence.
    Fenced,
    /// A JSON object that does not follow the schema.
    OtherJson,
    /// A plan full of HTML and control characters.
    Html,
    /// A plan with `javascript:` and invented links.
    BadLinks,
    /// A plan with this number of weeks, regardless of the request.
    Weeks {
        /// Number of weeks.
        weeks: usize,
    },
    /// A plan that has these texts as tasks of its first week and as titles of its resources.
    Texts {
        /// The texts.
        texts: Vec<String>,
    },
    /// A plan with hours above the limit or below zero.
    BadHours,
    /// A plan that repeats its tasks.
    Duplicates,
    /// A plan whose weeks have no milestone.
    NoMilestones,
    /// An answer that is cut off at the token limit.
    Truncated,
    /// Stopped by a guardrail.
    Guardrail,
    /// Stopped by a content filter.
    ContentFiltered,
}

impl Fault {
    /// Returns status and name of an error that is not billed; `None` for other faults.
    pub(super) const fn unbilled(&self) -> Option<(StatusCode, &'static str)> {
        match self {
            Self::Throttle => Some((StatusCode::TOO_MANY_REQUESTS, "ThrottlingException")),
            Self::Unavailable => Some((
                StatusCode::SERVICE_UNAVAILABLE,
                "ServiceUnavailableException",
            )),
            Self::Internal => Some((StatusCode::INTERNAL_SERVER_ERROR, "InternalServerException")),
            Self::Denied => Some((StatusCode::FORBIDDEN, "AccessDeniedException")),
            Self::Invalid => Some((StatusCode::BAD_REQUEST, "ValidationException")),
            _ => None,
        }
    }
}

impl Script {
    /// Creates a script of these faults, one per call, in order.
    #[must_use]
    pub fn faults(faults: impl IntoIterator<Item = Fault>) -> Self {
        Self {
            steps: faults
                .into_iter()
                .map(|fault| Step {
                    fault: Some(fault),
                    purpose: None,
                })
                .collect(),
            ..Self::default()
        }
    }

    /// Creates a script in which every call meets this fault.
    #[must_use]
    pub fn always(fault: Fault) -> Self {
        Self {
            rates: vec![Rate { fault, share: 1.0 }],
            ..Self::default()
        }
    }

    /// Creates a script in which every call takes `latency_ms` milliseconds.
    #[must_use]
    pub fn latency(latency_ms: u64) -> Self {
        Self {
            latency_ms,
            ..Self::default()
        }
    }

    pub(super) fn next_fault(&mut self, purpose: &str) -> Option<Fault> {
        let applies = |step: &Step| {
            step.purpose
                .as_deref()
                .is_none_or(|wanted| wanted == purpose)
        };
        if let Some(index) = self.steps.iter().position(applies) {
            return self.steps.remove(index).and_then(|step| step.fault);
        }
        if self.rates.is_empty() {
            return None;
        }
        // The same seed gives the same sequence of faults.
        let mut random = fastrand::Rng::with_seed(self.seed);
        self.seed = random.u64(..);
        let mut remaining = random.f64();
        for rate in &self.rates {
            remaining -= rate.share;
            if remaining < 0.0 {
                return Some(rate.fault.clone());
            }
        }
        None
    }
}
