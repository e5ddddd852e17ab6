//! From a body's fields to an answer: parse, plan, show. It runs in a task of its own, which outlives the connection.

use actix_web::web::Bytes;
use tokio::time::Instant;

use super::Service;
use super::plan_response::PlanResponse;
use super::problem::{Code, Problem, of_plan_error};
use crate::caller::Caller;
use crate::invalid::Complaints;
use crate::planner::{Fields, Timings};

/// Bytes of a plan of twelve weeks, with some room: written without growing again and again.
const USUAL_SIZE: usize = 14 * 1024;

/// What was asked, not yet parsed.
pub(super) struct Asked {
    pub caller: Caller,
    pub fields: Fields,
    pub complaints: Complaints,
}

/// A plan as it leaves.
pub(super) struct Reply {
    pub body: Bytes,
    /// Of a plan that was made just now.
    pub timings: Option<Timings>,
    /// Whether it was made under the same idempotency key before.
    pub replayed: bool,
}

/// A request without a plan.
pub(super) struct Refused {
    pub problem: Problem,
    /// Whether it cost something all the same.
    pub spent: bool,
    /// Whether it was so under the same idempotency key before.
    pub replayed: bool,
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self {
            problem,
            spent: false,
            replayed: false,
        }
    }
}

/// Makes a plan by the deadline.
pub(super) async fn make(
    service: &Service,
    asked: Asked,
    deadline: Instant,
) -> Result<Reply, Refused> {
    let planner = &service.planner;
    let today = planner.clock().today();
    let request = asked
        .fields
        .parse(asked.complaints, asked.caller, planner.classifier(), today)
        .map_err(Problem::from)?;
    match planner.plan(&request, deadline).await {
        Ok(answer) => {
            let timings = answer.timings;
            let mut body = Vec::with_capacity(USUAL_SIZE);
            serde_json::to_writer(&mut body, &PlanResponse::new(&request, answer))
                .map_err(|error| Problem::new(Code::InternalError, error.to_string()))?;
            Ok(Reply {
                body: body.into(),
                timings: Some(timings),
                replayed: false,
            })
        }
        Err(unplanned) => Err(Refused {
            problem: of_plan_error(&unplanned.error, &request.caller),
            spent: unplanned.spent,
            replayed: false,
        }),
    }
}
