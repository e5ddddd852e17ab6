//! What the terminal can ask for besides serving.

pub mod classify;
pub mod create_tables;
pub mod healthcheck;
pub mod new_key;
pub mod plan;
