//! The contract of the lines themselves: each is an object with its fields, every event of the guide is logged, and no line has a word
//! of a goal.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::document;
use crate::scenarios::Traffic;
use crate::service::SECRET_WORDS;

/// Fields of every event of a request.
const OF_A_REQUEST: [&str; 3] = ["request_id", "trace_id", "client_id"];

/// The events of requests, with the fields that they all have.
const REQUEST_EVENTS: [(&str, &[&str]); 8] = [
    ("request_received", &["method", "route"]),
    (
        "request_completed",
        &["method", "route", "status", "latency_ms"],
    ),
    (
        "classification",
        &["category", "source", "confidence", "latency_ms"],
    ),
    (
        "llm_call",
        &[
            "category",
            "model_id",
            "provider",
            "purpose",
            "input_tokens",
            "output_tokens",
            "total_tokens",
            "latency_ms",
            "cost_usd",
            "outcome",
            "success",
        ],
    ),
    (
        "draft_rejected",
        &["category", "model_id", "attempt", "violations"],
    ),
    ("cost_guard_triggered", &["reason", "worst_case_usd"]),
    ("rate_limited", &["tier", "retry_after"]),
    ("access_denied", &["code", "reason"]),
];

/// Other events, with the fields that they all have.
const OTHER_EVENTS: [(&str, &[&str]); 8] = [
    (
        "application_startup",
        &[
            "version",
            "mode",
            "port",
            "management_port",
            "models",
            "store",
            "auth_mode",
            "remote",
        ],
    ),
    ("application_shutdown", &["reason"]),
    ("startup_warning", &["setting"]),
    ("error", &["error_type", "error_message"]),
    ("not_ready", &["error_message"]),
    ("breaker_opened", &["name", "failures"]),
    ("spool_replayed", &["rows"]),
    ("row_abandoned", &["request_id", "client_id", "cost_usd"]),
];

/// Checks all lines.
pub fn check(traffic: &Traffic) {
    let fields: BTreeMap<&str, &[&str]> = REQUEST_EVENTS.into_iter().chain(OTHER_EVENTS).collect();
    let mut seen = BTreeSet::new();
    for text in traffic.log.lines() {
        let line: Value = serde_json::from_str(text).unwrap();
        let event = line["event_type"]
            .as_str()
            .unwrap_or_else(|| panic!("{text}"));
        seen.insert(event.to_owned());
        let is_of_request = REQUEST_EVENTS.iter().any(|(name, _)| *name == event);
        let of_request = OF_A_REQUEST.iter().filter(|_| is_of_request);
        let own = fields.get(event).into_iter().copied().flatten();
        for field in ["timestamp", "level", "message"]
            .iter()
            .chain(of_request)
            .chain(own)
        {
            assert!(!line[*field].is_null(), "no {field}: {text}");
        }
        if is_of_request {
            let trace = line["trace_id"].as_str().unwrap();
            let is_hex = trace.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(trace.len() == 32 && is_hex, "{text}");
        }
        for word in SECRET_WORDS {
            assert!(!text.to_lowercase().contains(word), "{text}");
        }
        assert!(!text.contains("secret-not-to-be-logged"), "{text}");
    }
    assert_eq!(seen, document::event_types(), "the events of the guide");
}
