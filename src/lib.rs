//! goal-router turns a person's goal into a weekly plan they can act on.
//!
//! The map of the crate, in the order in which a request travels; what stands further left may use what stands further
//! right, never back: `app` → [`http`] → [`planner`] → [`ledger`], [`model`], [`classifier`], [`plan`], [`constraints`],
//! [`goal`], [`category`].
//!
//! - [`app`] wires the parts, binds, runs, drains; [`settings`] reads all configuration; [`command`] is the terminal.
//! - [`http`] knows routes, bodies and problems. [`caller`] says who asks, under which id.
//! - [`idempotency`] makes requests once that are sent again; [`in_flight`] does work once for all who want it at one moment.
//! - [`identity`] tells whose credentials they are, [`limit`] how often such a client may ask; [`redis_link`] is the way to what tasks share.
//! - [`goal`], [`constraints`] and [`language`] parse what the person said; [`invalid`] collects what is wrong with it.
//! - [`planner`] tells the story: classify, guard, generate, check, settle. [`planner::prompts`] holds the texts for models.
//! - [`classifier`] is the local model. [`category`] is the closed set it chooses from.
//! - [`model`] asks language models ([`model::bedrock`], [`model::openai`]) or does without ([`model::offline`]); what they cost stands in
//!   [`model::catalogue`].
//! - [`plan`] is what we promise: a draft becomes a plan only through [`plan::check`].
//! - [`money`] counts nano-dollars and tokens; [`ledger`] holds and settles it; [`store`] keeps its rows in DynamoDB, through [`aws`].
//! - [`backoff`] says how long to wait before another try; [`breaker`] leaves alone for a while who failed too often: a model, or the store.
//! - [`telemetry`] logs and counts. [`clock`] tells the time, [`hours`] counts it.
//! - [`fake_bedrock`] is a stand-in for Bedrock, for tests and for anyone without an AWS account.

pub mod app;
pub mod aws;
pub mod backoff;
pub mod breaker;
pub mod caller;
pub mod category;
pub mod classifier;
pub mod clock;
pub mod command;
pub mod constraints;
pub mod fake_bedrock;
pub mod goal;
pub mod hours;
pub mod http;
pub mod idempotency;
pub mod identity;
pub mod in_flight;
pub mod invalid;
pub mod language;
pub mod ledger;
pub mod limit;
pub mod model;
pub mod money;
pub mod plan;
pub mod planner;
pub mod redis_link;
pub mod settings;
pub mod store;
pub mod telemetry;
