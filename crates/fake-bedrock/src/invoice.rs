//! The invoice: the calls that the provider would bill.

use serde::{Deserialize, Serialize};

/// One billed call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BilledCall {
    /// The model's id.
    pub model: String,
    /// The `request_id` of the call's metadata.
    pub request_id: String,
    /// The `purpose` of the call's metadata.
    pub purpose: String,
    /// Input tokens.
    pub input_tokens: u64,
    /// Output tokens.
    pub output_tokens: u64,
}

/// All billed calls.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// The calls, in the order in which they were made.
    pub calls: Vec<BilledCall>,
    /// Sum of the input tokens.
    pub input_tokens: u64,
    /// Sum of the output tokens.
    pub output_tokens: u64,
}

impl Invoice {
    pub(super) fn add(&mut self, call: BilledCall) {
        self.input_tokens += call.input_tokens;
        self.output_tokens += call.output_tokens;
        self.calls.push(call);
    }
}
