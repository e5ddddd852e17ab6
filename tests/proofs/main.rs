//! The promises of money, proved from outside: real processes, real signals, one table, and the invoice of the fake provider.
//!
//! They run shortened under `make test` and at full length under `make soak`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and says what it measured"
)]

mod budgets;
mod crashes;
mod faults;
mod openai;
mod outage;
mod redis_server;
mod restarts;
mod shared;
mod support;
