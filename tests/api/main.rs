//! The service from outside: the real application on port 0, a fake Bedrock over real HTTP, a real DynamoDB API.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]
#![expect(
    clippy::float_cmp,
    clippy::cast_precision_loss,
    reason = "the numbers of these tests are small and exact"
)]

mod bad_input;
mod binary;
mod care;
mod classification;
mod configuration;
mod constraints;
mod documents;
mod edge;
mod guarantees;
mod health;
mod idempotency;
mod idempotency_across_tasks;
mod identity;
mod invalid_tokens;
mod issuer;
mod limits;
mod model_faults;
mod models;
mod offline;
mod resilience;
mod reuse;
mod rows;
mod support;
mod terminal;
mod tokens;
