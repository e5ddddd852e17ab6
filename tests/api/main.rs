//! The service from outside: the real application on port 0, a fake Bedrock over real HTTP, a real DynamoDB API.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]
#![expect(
    clippy::float_cmp,
    clippy::cast_precision_loss,
    reason = "the numbers of these tests are small and exact"
)]

mod any_body;
mod bad_body;
mod bad_input;
mod binary;
mod booking;
mod care;
mod classification;
mod configuration;
mod constraints;
mod dialects;
mod documents;
mod dynamodb;
mod edge;
mod guarantees;
mod health;
mod idempotency;
mod idempotency_across_tasks;
mod identity;
mod invalid_tokens;
mod issuer;
mod key_sets;
mod ledger_faults;
mod limits;
mod metrics;
mod model_answers;
mod model_faults;
mod models;
mod not_sent;
mod offline;
mod plan_texts;
mod proxies;
mod resilience;
mod reuse;
mod routing;
mod rows;
mod secrets;
mod seen;
mod support;
mod terminal;
mod tokens;
