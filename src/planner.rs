//! The story of a request: classify, guard, generate, check, settle. [`Planner::plan`] tells it on one screen.
//!
//! The planner knows neither HTTP nor AWS. What was spent is on the bill whatever the outcome, and the bill is settled
//! before an answer leaves.

pub mod answer;
mod author;
pub mod cache;
mod call;
mod classify;
mod error;
mod estimate;
mod generate;
mod guard;
mod plan_key;
pub mod prompts;
pub mod request;
mod reuse;

use std::sync::Arc;
use std::time::Instant;

pub use self::answer::{Answer, Classification, ClassifiedBy, Timings};
pub use self::author::{AskedModel, Author};
pub use self::cache::PlanCache;
pub use self::error::{PlanError, Unplanned};
pub use self::estimate::Estimate;
pub use self::guard::Limits;
pub use self::request::{Fields, PlanRequest};
use self::reuse::Reuse;
use crate::breaker::BreakerState;
use crate::classifier::Classifier;
use crate::clock::Clock;
use crate::in_flight::Seat;
use crate::ledger::{Bill, HoldError, Kept, Ledger, Money, RowStatus, Tokens};
use crate::model::catalogue::ModelName;
use crate::model::offline::OfflinePlanner;
use crate::telemetry::{Metrics, events};

/// What the planner works with.
pub struct Parts {
    /// The local classifier.
    pub classifier: Classifier,
    /// The planner without a model.
    pub offline: OfflinePlanner,
    /// Who writes plans, in the order in which they are asked; never empty.
    pub authors: Vec<Author>,
    /// The model that is asked for the category of an unsure goal; none in offline mode.
    pub sorter: Option<Author>,
    /// The record of costs.
    pub ledger: Ledger,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What a request may take.
    pub limits: Limits,
    /// Plans that were made lately, where they are kept.
    pub cache: Option<PlanCache>,
    /// The counters.
    pub metrics: Metrics,
}

/// Makes plans.
pub struct Planner {
    parts: Parts,
    reuse: Reuse,
}

/// One request on its way: the bill, the times it took, and when it has to end.
struct Run<'a> {
    request: &'a PlanRequest,
    bill: Bill,
    timings: Timings,
    deadline: tokio::time::Instant,
}

impl Planner {
    /// A planner of these parts.
    #[must_use]
    pub fn new(mut parts: Parts) -> Self {
        let names = parts.authors.iter().chain(&parts.sorter);
        let names: Vec<String> = names.map(|author| author.name.to_string()).collect();
        let most = parts.limits.max_output_tokens;
        let reuse = Reuse::new(parts.cache.take(), &names.join(","), most);
        Self { parts, reuse }
    }

    /// The local classifier, which also tells languages.
    #[must_use]
    pub fn classifier(&self) -> &Classifier {
        &self.parts.classifier
    }

    /// The record of costs.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.parts.ledger
    }

    /// The models that are asked, each with where its breaker stands.
    pub fn breakers(&self) -> impl Iterator<Item = (&ModelName, BreakerState)> {
        let authors = self.parts.authors.iter().chain(&self.parts.sorter);
        authors.filter_map(|author| Some((&author.name, author.model.as_ref()?.breaker.state())))
    }

    /// The time.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        self.parts.clock.as_ref()
    }

    /// Whether a request can cost anything: not where every plan is written offline.
    #[must_use]
    pub fn may_spend(&self) -> bool {
        let models = self.parts.authors.iter().chain(&self.parts.sorter);
        models.into_iter().any(|author| author.model.is_some())
    }

    /// By when a request that begins now has to end.
    #[must_use]
    pub fn deadline(&self) -> tokio::time::Instant {
        tokio::time::Instant::now() + self.parts.limits.deadline
    }

    /// Makes a plan, or hands out one that was made for the same wish, by the deadline; settles what it cost before returning it.
    ///
    /// Run it in a task of its own: a request that has started to spend has to run to its end.
    ///
    /// # Errors
    /// [`Unplanned`]; what was spent until then is settled all the same.
    pub async fn plan(
        &self,
        request: &PlanRequest,
        deadline: tokio::time::Instant,
    ) -> Result<Answer, Unplanned> {
        let now = self.parts.clock.now();
        let mut run = Run {
            request,
            bill: Bill::open(&request.caller, request.goal.chars(), prompts::VERSION, now),
            timings: Timings::default(),
            deadline,
        };
        if !self.reuses() {
            return self.make(&mut run).await;
        }
        let key = self.reuse.keys.of(request);
        if let Some(cache) = &self.reuse.cache
            && let Some(made) = cache.get(&key, &request.constraints).await
            && self
                .parts
                .authors
                .iter()
                .any(|author| author.name == made.model)
        {
            return Box::pin(self.hand_out(&mut run, made, "cache")).await;
        }
        let work = (request.caller.client_id.clone(), key);
        loop {
            match self.reuse.making.join(&work) {
                Seat::First(lead) => {
                    let outcome = self.make(&mut run).await;
                    if let (Ok(answer), Some(cache)) = (&outcome, &self.reuse.cache)
                        && !answer.fallback
                    {
                        cache.put(key, answer).await;
                    }
                    lead.tell(|| outcome.clone().map_err(|unplanned| unplanned.error));
                    return outcome;
                }
                Seat::Next(follow) => {
                    match tokio::time::timeout_at(run.deadline, follow.outcome()).await {
                        Ok(Some(Ok(made))) => {
                            return Box::pin(self.hand_out(&mut run, made, "in_flight")).await;
                        }
                        Ok(Some(Err(error))) => return Err(self.unplanned(&run, error)),
                        // The first did not come to its end: somebody else has to.
                        Ok(None) => {}
                        Err(_late) => {
                            return Err(self.unplanned(&run, PlanError::DeadlineExceeded));
                        }
                    }
                }
            }
        }
    }

    async fn make(&self, run: &mut Run<'_>) -> Result<Answer, Unplanned> {
        let outcome = self.steps(run).await;
        self.end(run, outcome).await
    }

    /// Hands out a plan that was made before. It costs nothing, and has a row of its own. Boxed where it is called: it is the rare
    /// case, and would make room in every request.
    async fn hand_out(
        &self,
        run: &mut Run<'_>,
        made: Answer,
        how: &str,
    ) -> Result<Answer, Unplanned> {
        run.bill.set_category(made.classification.category);
        run.bill.set_model(&made.model.to_string());
        self.parts.metrics.plan_reused(how);
        let answer = Answer {
            tokens: Tokens::default(),
            cost: Money::ZERO,
            llm_calls: 0,
            cached: true,
            timings: Timings::default(),
            ..made
        };
        self.end(run, Ok(answer)).await
    }

    async fn end(
        &self,
        run: &mut Run<'_>,
        outcome: Result<Answer, PlanError>,
    ) -> Result<Answer, Unplanned> {
        let outcome = self.record(run, outcome).await;
        match outcome {
            Ok(answer) => {
                self.count(&run.bill, "planned");
                Ok(answer)
            }
            Err(error) => Err(self.unplanned(run, error)),
        }
    }

    fn unplanned(&self, run: &Run<'_>, error: PlanError) -> Unplanned {
        self.count(&run.bill, error.code());
        Unplanned {
            error,
            spent: run.bill.row().cost > Money::ZERO,
        }
    }

    async fn steps(&self, run: &mut Run<'_>) -> Result<Answer, PlanError> {
        self.parts
            .ledger
            .admit()
            .map_err(|error| PlanError::LedgerUnavailable(error.to_string()))?;
        let intent = self.classify(run);
        let worst_case = self.guard(run, intent)?;
        self.hold(run, worst_case).await?;
        let classification = self.classify_again(run, intent).await;
        self.generate(run, classification).await
    }

    /// Holds the worst case. Where nothing can be spent there is nothing to hold: such a request has one row, its outcome.
    async fn hold(&self, run: &mut Run<'_>, worst_case: Money) -> Result<(), PlanError> {
        if worst_case == Money::ZERO {
            return Ok(());
        }
        let started = Instant::now();
        let held = self.parts.ledger.hold(&mut run.bill, worst_case).await;
        run.timings.ledger += started.elapsed();
        self.parts.metrics.ledger_write(match &held {
            Ok(Kept::Stored) => "held",
            Ok(Kept::Spooled) => "spooled",
            Err(HoldError::BudgetExceeded(_)) => "refused",
            Err(HoldError::Unavailable(_)) => "failed",
        });
        match held {
            Ok(_) => Ok(()),
            Err(HoldError::BudgetExceeded(refusal)) => {
                let error = PlanError::BudgetExceeded(refusal);
                self.parts.metrics.cost_guard_rejection(error.code());
                events::cost_guard_triggered(&run.request.caller, error.code(), worst_case);
                Err(error)
            }
            Err(HoldError::Unavailable(why)) => Err(PlanError::LedgerUnavailable(why)),
        }
    }

    /// Writes the outcome to the request's row. A plan whose row is not safe does not leave.
    async fn record(
        &self,
        run: &mut Run<'_>,
        outcome: Result<Answer, PlanError>,
    ) -> Result<Answer, PlanError> {
        let (status, error) = match &outcome {
            Ok(_) => (RowStatus::Settled, None),
            // Nothing was spent. A hold that arrived although the store did not say so ends with its lease.
            Err(PlanError::LedgerUnavailable(_)) => return outcome,
            Err(error) if error.is_refusal() => (RowStatus::Rejected, Some(error.code())),
            Err(error) => (RowStatus::Failed, Some(error.code())),
        };
        run.bill.close(status, error, self.parts.clock.now());
        let started = Instant::now();
        let settled = self.parts.ledger.settle(&mut run.bill).await;
        run.timings.ledger += started.elapsed();
        self.parts.metrics.ledger_write(match &settled {
            Ok(Kept::Stored) => status.as_str(),
            Ok(Kept::Spooled) => "spooled",
            Err(_) => "failed",
        });
        match (outcome, settled) {
            (Ok(mut answer), Ok(_)) => {
                answer.timings = run.timings;
                Ok(answer)
            }
            (Ok(_), Err(unsafe_row)) => Err(PlanError::LedgerUnavailable(unsafe_row.to_string())),
            (Err(error), Ok(_)) => Err(error),
            (Err(error), Err(unsafe_row)) => {
                events::error(
                    &run.request.caller,
                    "ledger_unavailable",
                    &unsafe_row.to_string(),
                );
                Err(error)
            }
        }
    }

    fn count(&self, bill: &Bill, outcome: &str) {
        self.parts.metrics.plan(bill.row().category, outcome);
    }
}
