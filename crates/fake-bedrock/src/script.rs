//! What the fake does to the calls that come.

use std::collections::VecDeque;

use actix_web::http::StatusCode;
use serde::{Deserialize, Serialize};

/// A script: faults for the next calls in order, then faults at random by share, else honest answers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// How long every call takes, in milliseconds.
    pub latency_ms: u64,
    /// One step per call; `null` is an honest answer.
    pub steps: VecDeque<Step>,
    /// Faults by share of calls, once the steps are used up.
    pub rates: Vec<Rate>,
    /// Seed of the shares.
    pub seed: u64,
    /// What a question for the category is answered with; by default the fake guesses.
    pub category: Option<String>,
}

/// What one call meets.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Step {
    /// The fault; none for an honest answer.
    pub fault: Option<Fault>,
    /// Only calls for this purpose (`plan` or `classify`) take the step.
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

/// What can go wrong.
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
    /// The answer takes that much longer, billed.
    Stall {
        /// Milliseconds.
        ms: u64,
    },
    /// An answer without usage numbers.
    NoUsage,
    /// Prose without any JSON.
    Garbage,
    /// A plan inside prose and fences.
    Fenced,
    /// Another JSON object than was asked for.
    OtherJson,
    /// A plan full of HTML and control characters.
    Html,
    /// A plan with `javascript:` and invented links.
    BadLinks,
    /// A plan of so many weeks, whatever was asked.
    Weeks {
        /// How many.
        weeks: usize,
    },
    /// A plan with hours above the limit, or none.
    BadHours,
    /// A plan that repeats its tasks.
    Duplicates,
    /// A plan whose weeks have no milestone.
    NoMilestones,
    /// An answer cut at the most tokens.
    Truncated,
    /// Stopped by a guardrail.
    Guardrail,
    /// Stopped by a content filter.
    ContentFiltered,
}

impl Fault {
    /// Status and name of a refusal that costs nothing; `None` for the others.
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
    /// A script of these faults, one a call, in order.
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

    /// A script in which every call meets this fault.
    #[must_use]
    pub fn always(fault: Fault) -> Self {
        Self {
            rates: vec![Rate { fault, share: 1.0 }],
            ..Self::default()
        }
    }

    /// A script in which every call takes so long.
    #[must_use]
    pub fn latency(latency_ms: u64) -> Self {
        Self {
            latency_ms,
            ..Self::default()
        }
    }

    pub(super) fn next_fault(&mut self, purpose: &str) -> Option<Fault> {
        let fits = |step: &Step| {
            step.purpose
                .as_deref()
                .is_none_or(|wanted| wanted == purpose)
        };
        if let Some(place) = self.steps.iter().position(fits) {
            return self.steps.remove(place).and_then(|step| step.fault);
        }
        if self.rates.is_empty() {
            return None;
        }
        // The same seed gives the same faults, and each call its own.
        let mut random = fastrand::Rng::with_seed(self.seed);
        self.seed = random.u64(..);
        let mut left = random.f64();
        for rate in &self.rates {
            left -= rate.share;
            if left < 0.0 {
                return Some(rate.fault.clone());
            }
        }
        None
    }
}
