//! Scripts: the latency and the faults that the next calls meet.

use std::collections::VecDeque;
use std::time::Duration;

use actix_web::http::StatusCode;
use serde::{Deserialize, Serialize};

/// The largest deviation of a random latency from its median, in standard deviations of its logarithm.
const MAX_DEVIATION: f64 = 3.0;

/// A script: first the steps in order, one per call, then random faults by share. Every other call gets a normal answer.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// The latency of every call, in milliseconds. With `latency_spread`, the median.
    pub latency_ms: u64,
    /// How much latencies vary: the standard deviation of their logarithm. Times of models are about log-normal; 0.5 gives a 95th
    /// percentile of 2.3 times the median. 0: every call takes `latency_ms`.
    pub latency_spread: f64,
    /// Steps, one per call. A step without a fault gives a normal answer.
    pub steps: VecDeque<Step>,
    /// Random faults by share of calls, once no step is left for a call.
    pub rates: Vec<Rate>,
    /// Models whose calls differ from those of the others.
    pub models: Vec<ModelScript>,
    /// Seed of the random faults and latencies.
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

/// What the calls of one model meet, in place of the script's `latency_ms` and `rates`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelScript {
    /// A part of the model's ID.
    pub model: String,
    /// The latency, if it is another one.
    pub latency_ms: Option<u64>,
    /// Random faults by share of calls.
    pub rates: Vec<Rate>,
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
    /// A plan with this flag in its field `care`; without weeks if the flag says that no plan may be made.
    Care {
        /// The flag.
        flag: String,
    },
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
    /// A plan that reports these constraints in `constraints_seen`.
    Seen {
        /// The constraints, as the schema has them.
        constraints: serde_json::Value,
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

    /// Returns the latency of the next call of a model.
    pub(super) fn next_latency(&mut self, model: &str) -> Duration {
        let median = self
            .of_model(model)
            .and_then(|own| own.latency_ms)
            .unwrap_or(self.latency_ms);
        let median = Duration::from_millis(median);
        if self.latency_spread > 0.0 {
            median.mul_f64((self.latency_spread * self.deviation()).exp())
        } else {
            median
        }
    }

    /// Returns the fault that the next call of a model meets, if any.
    pub(super) fn next_fault(&mut self, purpose: &str, model: &str) -> Option<Fault> {
        let applies = |step: &Step| {
            step.purpose
                .as_deref()
                .is_none_or(|wanted| wanted == purpose)
        };
        if let Some(index) = self.steps.iter().position(applies) {
            return self.steps.remove(index).and_then(|step| step.fault);
        }
        let rates = self.of_model(model).map_or(&self.rates, |own| &own.rates);
        if rates.is_empty() {
            return None;
        }
        let rates = rates.clone();
        let mut remaining = self.random().f64();
        for rate in rates {
            remaining -= rate.share;
            if remaining < 0.0 {
                return Some(rate.fault);
            }
        }
        None
    }

    fn of_model(&self, id: &str) -> Option<&ModelScript> {
        self.models.iter().find(|own| id.contains(&own.model))
    }

    /// Returns a normally distributed number (Box and Muller's method), limited to [`MAX_DEVIATION`].
    fn deviation(&mut self) -> f64 {
        let mut random = self.random();
        let radius = (-2.0 * (1.0 - random.f64()).ln()).sqrt();
        let angle = std::f64::consts::TAU * random.f64();
        (radius * angle.cos()).clamp(-MAX_DEVIATION, MAX_DEVIATION)
    }

    /// Returns the generator of the next call. The same seed gives the same sequence of faults.
    fn random(&mut self) -> fastrand::Rng {
        let mut random = fastrand::Rng::with_seed(self.seed);
        self.seed = random.u64(..);
        random
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HAIKU: &str = "global.anthropic.claude-haiku-5-5";
    const SONNET: &str = "global.anthropic.claude-sonnet-5-5";

    fn rate(fault: Fault, share: f64) -> Rate {
        Rate { fault, share }
    }

    #[test]
    fn latencies_spread_around_their_median() {
        let mut script = Script {
            latency_ms: 1_000,
            latency_spread: 0.5,
            ..Script::default()
        };

        let mut latencies: Vec<_> = (0..2_000).map(|_| script.next_latency(HAIKU)).collect();

        latencies.sort();
        let median = latencies[1_000].as_secs_f64();
        let p95 = latencies[1_900].as_secs_f64();
        assert!((0.9..1.1).contains(&median), "{median}");
        assert!((2.0..2.6).contains(&p95), "{p95}");
        assert!(latencies[1_999] < Duration::from_secs(5));
    }

    #[test]
    fn a_latency_without_spread_is_exact_and_leaves_the_faults_alone() {
        let faults = |mut script: Script, latencies: usize| {
            let mut next = || {
                for _ in 0..latencies {
                    assert_eq!(script.next_latency(HAIKU), Duration::from_millis(40));
                }
                script.next_fault("plan", HAIKU)
            };
            (0..50).map(|_| next()).collect::<Vec<_>>()
        };
        let script = Script {
            rates: vec![rate(Fault::Throttle, 0.5)],
            ..Script::latency(40)
        };

        assert_eq!(faults(script.clone(), 3), faults(script, 0));
    }

    #[test]
    fn a_model_of_its_own_has_its_own_latency_and_faults() {
        let mut script = Script {
            rates: vec![rate(Fault::Internal, 1.0)],
            models: vec![ModelScript {
                model: "sonnet".to_owned(),
                latency_ms: Some(700),
                rates: Vec::new(),
            }],
            ..Script::latency(300)
        };

        assert_eq!(script.next_latency(HAIKU), Duration::from_millis(300));
        assert_eq!(script.next_latency(SONNET), Duration::from_millis(700));
        assert_eq!(script.next_fault("plan", HAIKU), Some(Fault::Internal));
        assert_eq!(script.next_fault("plan", SONNET), None);
    }
}
