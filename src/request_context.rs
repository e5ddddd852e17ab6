//! The context of a request: the ids that connect its response, usage row, log lines and trace.

use crate::money::Money;

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
}
