//! Proofs that budgets, usage rows and traces are exact, from outside: real processes and signals, shared tables, and the invoice of the
//! fake provider.
//!
//! They run shortened under `make test`, and at full length under `make soak`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that cannot continue has failed; the others print what they measured"
)]

mod budgets;
mod collector;
mod crashes;
mod credentials;
mod disk;
mod faults;
mod openai;
mod outage;
mod private_words;
mod redis_server;
mod restarts;
mod shared;
mod support;
mod trace_faults;
mod traces;
