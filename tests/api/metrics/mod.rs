//! The metrics, from outside: each series moves when its thing happens.

mod exposition;
mod ledger;
mod models;
mod plans;
mod requests;
mod waste;

use serde_json::{Value, json};

/// The id of [`MODEL`](crate::support::MODEL) in labels.
const MODEL_ID: &str = "global.anthropic.claude-haiku-4-5-20251001-v1:0";

/// The body of a request for a plan that no other request shares.
fn unique(index: usize) -> Value {
    json!({"goal": "Learn to play the accordion", "context": format!("number {index}"), "duration_weeks": 2})
}

fn assert_dollars(what: &str, value: f64, nano_usd: u64) {
    let expected = nano_usd as f64 / 1e9;
    assert!(
        (value - expected).abs() < 1e-12,
        "{what} is {value}, not {expected}"
    );
}
