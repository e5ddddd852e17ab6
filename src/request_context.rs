//! The context of a request: the ids that connect its response, usage row, log lines and trace, and what became of it.

use std::sync::OnceLock;

use crate::money::Money;
use planning::category::Category;

/// The ids, client and budget of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestContext {
    /// The request id.
    pub request_id: String,
    /// The trace id, as 32 hexadecimal digits.
    pub trace_id: String,
    /// The id of the client.
    pub client_id: String,
    /// The client's daily budget (UTC); `None` for no limit.
    pub daily_budget: Option<Money>,
    /// What became of the request, for the log line of its end.
    pub outcome: RequestOutcome,
}

/// What became of a request. Each part is noted once, where it is known; a part that nobody noted did not apply, or was not known when
/// the client left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestOutcome {
    /// The code of the problem that is the response.
    pub problem: OnceLock<&'static str>,
    /// What planning came to, as on the usage row.
    pub planning: OnceLock<PlanningSummary>,
}

/// What planning came to, with or without a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanningSummary {
    /// The category of the goal, once known.
    pub category: Option<Category>,
    /// The model that made the plan, or was supposed to: `provider:id`, or `offline`. Empty if none was chosen.
    pub model: String,
    /// What all calls cost.
    pub cost: Money,
    /// The number of model calls that the provider may have billed.
    pub llm_calls: u32,
}
