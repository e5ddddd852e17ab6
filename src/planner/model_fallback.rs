//! Model fallback: the candidates are tried in order until one writes a valid plan or the deadline has passed.

use super::generate::Generated;
use super::{
    Classification, ModelCandidate, PlanFailure, PlanFailureKind, PlanOutcome, Planner,
    PlanningRun, Progress,
};

impl Planner {
    /// Returns the plan of the first candidate that writes a valid one.
    pub(super) async fn generate(
        &self,
        run: &mut PlanningRun<'_>,
        classification: Classification,
    ) -> Result<PlanOutcome, PlanFailure> {
        let mut failure = PlanFailureKind::ProviderUnavailable {
            reason: "no model is configured".to_owned(),
            retry_after: None,
        };
        let candidates = &self.dependencies.candidates;
        for (index, candidate) in candidates.iter().enumerate() {
            run.bill.set_model(&candidate.name.to_string());
            let generated = match &candidate.model {
                None => self.generate_offline(run, candidate, classification),
                Some(model) => {
                    self.report(Progress::Writing(&candidate.name));
                    self.generate_with_model(run, candidate, model, classification)
                        .await
                }
            };
            match generated {
                Ok(generated) => {
                    let is_fallback = index > 0;
                    return Ok(self.outcome(
                        run,
                        candidate,
                        classification,
                        generated,
                        is_fallback,
                    ));
                }
                // Another model must not plan what this one says no plan may be made for.
                Err(kind @ PlanFailureKind::Care(_)) => return Err(kind.into()),
                Err(kind) => failure = kind.after(&failure),
            }
            let has_time = tokio::time::Instant::now() < run.deadline;
            let next = candidates.get(index + 1).filter(|_| has_time);
            self.report(Progress::Failed {
                model: &candidate.name,
                kind: &failure,
                next: next.map(|next| &next.name),
            });
            if next.is_some() {
                self.dependencies.metrics.model_fallback(&candidate.name);
            }
            if !has_time {
                break;
            }
        }
        Err(failure.into())
    }

    fn outcome(
        &self,
        run: &PlanningRun<'_>,
        candidate: &ModelCandidate,
        classification: Classification,
        generated: Generated,
        fallback: bool,
    ) -> PlanOutcome {
        let row = run.bill.row();
        PlanOutcome {
            plan: generated.plan,
            classification,
            model: candidate.name.clone(),
            language: generated.language,
            ask_first: generated.ask_first,
            constraints: generated.constraints,
            tokens: row.tokens,
            cost: row.cost,
            llm_calls: row.llm_calls,
            repaired: generated.repaired,
            fallback,
            cached: false,
            created_at: self.dependencies.clock.now(),
            timings: run.timings,
        }
    }
}
