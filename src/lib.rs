//! goal-router turns a person's goal into a weekly plan they can act on.
//!
//! The map of the service, in the order in which a request travels. A module may use those below it, never those above:
//!
//! - [`app`] wires the parts, binds, runs and drains; [`cli`] holds the other subcommands; [`config`] reads all settings.
//! - [`http`] has the server, middleware, routes, bodies and problems.
//! - [`planner`] tells the story: classify, guard, generate, check, settle.
//! - [`idempotency`] makes requests once that are sent again. [`access`] says who a client is and how often it may call.
//! - [`ledger`] holds and settles money, and keeps the usage rows.
//! - [`llm`] is what a language model is to us, with the adapters to Bedrock and to OpenAI-compatible servers.
//! - [`telemetry`] logs and counts.
//! - [`resilience`], [`money`], [`request_context`], [`service_url`], [`nearest_name`], [`outbound_http`] and [`clock`] are leaves that
//!   the modules above share.
//!
//! [`dynamodb`], [`redis`] and [`aws`] are adapters: they know the modules that they serve, and only [`app`] and [`cli`] know them.
//! The pure part, from words to a checked plan, is the crate [`planning`].

pub mod access;
pub mod app;
pub mod aws;
pub mod cli;
pub mod clock;
pub mod config;
pub mod dynamodb;
pub mod http;
pub mod idempotency;
pub mod ledger;
pub mod llm;
pub mod money;
pub mod nearest_name;
pub mod outbound_http;
pub mod planner;
pub mod redis;
pub mod request_context;
pub mod resilience;
pub mod service_url;
pub mod telemetry;
