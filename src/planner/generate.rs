//! Generation: ask an author, mend what rules can mend, check, ask at most once more; then the next author.

use std::time::Instant;

use super::author::AskedModel;
use super::call::Covered;
use super::guard::AUTHOR_CALLS;
use super::{Answer, Author, Classification, PlanError, Planner, Run, prompts};
use crate::language::Language;
use crate::ledger::{Money, Tokens};
use crate::model::{Completion, ModelError, Purpose, Stop, Words};
use crate::plan::check::{Broken, check};
use crate::plan::mend::{Repair, mend};
use crate::plan::{Draft, Plan};
use crate::telemetry::events;

/// A checked plan and how it came about.
struct Generated {
    plan: Plan,
    repaired: bool,
    language: Language,
}

impl Planner {
    /// The plan of the first author that writes a valid one.
    pub(super) async fn generate(
        &self,
        run: &mut Run<'_>,
        classification: Classification,
    ) -> Result<Answer, PlanError> {
        let mut failure = PlanError::ProviderUnavailable("no model is configured".to_owned());
        for (place, author) in self.parts.authors.iter().enumerate() {
            run.bill.set_model(&author.name.to_string());
            let written = match &author.model {
                None => self.write_offline(run, author, classification),
                Some(asked) => self.ask(run, author, asked, classification).await,
            };
            match written {
                Ok(generated) => {
                    let row = run.bill.row();
                    return Ok(Answer {
                        plan: generated.plan,
                        classification,
                        model: author.name.clone(),
                        language: generated.language,
                        tokens: row.tokens,
                        cost: row.cost,
                        llm_calls: row.llm_calls,
                        repaired: generated.repaired,
                        fallback: place > 0,
                        cached: false,
                        created_at: self.parts.clock.now(),
                        timings: run.timings,
                    });
                }
                Err(error) => failure = error,
            }
            if tokio::time::Instant::now() >= run.deadline {
                break;
            }
        }
        Err(failure)
    }

    fn write_offline(
        &self,
        run: &mut Run<'_>,
        author: &Author,
        classification: Classification,
    ) -> Result<Generated, PlanError> {
        let started = Instant::now();
        let request = run.request;
        let mut written =
            self.parts
                .offline
                .write(&request.goal, classification.category, &request.constraints);
        let repairs = mend(&mut written.draft, &request.constraints);
        let checked = check(written.draft, &request.constraints);
        let took = started.elapsed();
        run.timings.model += took;
        self.parts.metrics.model_call(
            &author.name,
            Purpose::Plan,
            Stop::Finished.as_str(),
            took,
            Tokens::default(),
            Money::ZERO,
        );
        events::llm_call(
            &request.caller,
            classification.category,
            &author.name,
            Purpose::Plan,
            Tokens::default(),
            Money::ZERO,
            took,
            checked.is_ok(),
        );
        let plan = checked.map_err(|broken| PlanError::InvalidModelOutput(listed(&broken)))?;
        Ok(Generated {
            plan,
            repaired: self.note(&repairs),
            language: written.language,
        })
    }

    async fn ask(
        &self,
        run: &mut Run<'_>,
        author: &Author,
        asked: &AskedModel,
        classification: Classification,
    ) -> Result<Generated, PlanError> {
        let mut broken = Vec::new();
        let mut covered = Covered(AUTHOR_CALLS);
        // The plan, and one more try with what was wrong with the first, where the hold still covers it.
        for attempt in 0..2 {
            if covered.0 == 0 {
                break;
            }
            let prompt = prompts::plan(
                run.request,
                classification.category,
                self.parts.limits.max_output_tokens,
                &broken,
            );
            let completion = self
                .call(
                    run,
                    author,
                    asked,
                    &prompt,
                    classification.category,
                    &mut covered,
                )
                .await
                .map_err(|error| self.given_up(run, &error))?;
            if completion.stop == Stop::Refused {
                // The same words would be refused again.
                return Err(PlanError::InvalidModelOutput(
                    "a guardrail or content filter of the provider refused the goal".to_owned(),
                ));
            }
            match read(&completion, run) {
                Ok((plan, repairs)) => {
                    let repaired = self.note(&repairs) || attempt > 0;
                    if attempt > 0 {
                        self.parts.metrics.plan_repair("asked_again");
                    }
                    return Ok(Generated {
                        plan,
                        repaired,
                        language: run.request.constraints.language.clone(),
                    });
                }
                Err(rules) => broken = rules,
            }
        }
        Err(PlanError::InvalidModelOutput(listed(&broken)))
    }

    fn given_up(&self, run: &Run<'_>, error: &ModelError) -> PlanError {
        let left = run
            .deadline
            .saturating_duration_since(tokio::time::Instant::now());
        // The call's own deadline lies a little before the request's, so that there is time to settle.
        if self.call_deadline(run) <= tokio::time::Instant::now() || left.is_zero() {
            PlanError::DeadlineExceeded
        } else {
            PlanError::ProviderUnavailable(error.to_string())
        }
    }

    /// Counts repairs; whether there were any.
    fn note(&self, repairs: &[Repair]) -> bool {
        for repair in repairs {
            self.parts.metrics.plan_repair(repair.as_str());
        }
        !repairs.is_empty()
    }
}

/// The plan in an answer, mended where rules suffice.
fn read(completion: &Completion, run: &Run<'_>) -> Result<(Plan, Vec<Repair>), Vec<Broken>> {
    // What was cut off may look whole to a tolerant reader, with its last weeks missing.
    if completion.stop == Stop::MaxTokens {
        return Err(vec![Broken::CutOff]);
    }
    let draft = match &completion.words {
        Words::Json(value) => Draft::from_json(value),
        Words::Text(text) => Draft::from_text(text),
    };
    let mut draft = draft.ok_or_else(|| vec![Broken::NotAPlan])?;
    let constraints = &run.request.constraints;
    let repairs = mend(&mut draft, constraints);
    check(draft, constraints).map(|plan| (plan, repairs))
}

fn listed(broken: &[Broken]) -> String {
    let rules: Vec<String> = broken.iter().map(ToString::to_string).collect();
    rules.join("; ")
}
