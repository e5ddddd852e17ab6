//! Resilience policy: backoff, retries, circuit breakers and single flight.
//!
//! A leaf module: it knows no provider, no store and no HTTP. Callers decide what a failure is and whether to retry it.

pub mod backoff;
pub mod circuit_breaker;
pub mod retry;
pub mod single_flight;
