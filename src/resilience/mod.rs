//! Policy against failures of others: pauses, retries, circuit breakers, and work that is done once for all who ask.
//!
//! A leaf: it knows no provider, no store and no HTTP. Callers say what failed and whether another try makes sense.

pub mod backoff;
pub mod circuit_breaker;
pub mod retry;
pub mod single_flight;
