//! Who asks, under which id: what ties the body, the row, the log lines and the trace of one request together.

use crate::money::Money;

/// The caller of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestContext {
    /// The request's id.
    pub request_id: String,
    /// The trace it belongs to, as 32 hexadecimal digits.
    pub trace_id: String,
    /// The client.
    pub client_id: String,
    /// What the client may spend in a day (UTC); none without a limit.
    pub daily_budget: Option<Money>,
}
