//! The limits of each request.

use super::values::{SettingsError, Values};
use crate::planner::Limits;

/// Reads the limits of each request.
pub(super) fn limits(values: &Values) -> Result<Limits, SettingsError> {
    let max_output_tokens = values.number("MAX_OUTPUT_TOKENS", 4000, 100..=128_000)?;
    Ok(Limits {
        max_input_tokens: values.number("MAX_INPUT_TOKENS", 2000, 1..=1_000_000)?,
        max_output_tokens: u32::try_from(max_output_tokens).unwrap_or(4000),
        max_request_cost: values.money("MAX_REQUEST_COST_USD", "0.50")?,
        confidence_threshold: values.share("CLASSIFIER_CONFIDENCE_THRESHOLD", 0.6)?,
        deadline: values.seconds("REQUEST_DEADLINE_SECONDS", 90, 2..=3600)?,
        attempt_timeout: values.seconds("LLM_ATTEMPT_TIMEOUT_SECONDS", 60, 1..=600)?,
    })
}
