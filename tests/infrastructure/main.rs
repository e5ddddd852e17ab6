//! Code and infrastructure held together: what Terraform, the collector, the workflows and the guide say about the service is compared
//! with the service. Needs no Terraform, no network and no Docker.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cloudwatch;
mod commands;
mod containers;
mod deploy_readme;
mod documents;
mod environments;
#[path = "../stack/files.rs"]
mod files;
mod folders;
#[path = "../stack/instructions.rs"]
mod instructions;
mod live;
mod policy;
mod run_book;
mod service_variables;
mod tables;
mod task;
mod terraform;
mod times;
