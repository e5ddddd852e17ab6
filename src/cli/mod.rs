//! The subcommands, one file each. They share the settings and components of the service.

mod classify;
mod create_tables;
mod healthcheck;
mod new_key;
mod plan;
mod progress;
mod serve;

use std::io::Write as _;

use anyhow::Context as _;
use clap::{Parser, Subcommand};

use crate::config::Settings;

/// Turns a person's goal into a checked weekly plan
#[derive(Parser)]
#[command(version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API (the default)
    Serve,
    /// Print a plan for a goal
    Plan(plan::PlanArgs),
    /// Print the local classifier's results for JSON lines on standard input
    Classify,
    /// Create the DynamoDB tables at the configured endpoint
    CreateTables,
    /// Create an API key for a client
    NewKey(new_key::NewKeyArgs),
    /// Exit with 0 if the service on this machine is alive
    Healthcheck,
}

impl Cli {
    /// Runs the subcommand, and prints its output.
    ///
    /// # Errors
    /// Returns why it failed, for a person at the terminal.
    pub fn run(self) -> anyhow::Result<()> {
        match self.dispatch() {
            // The reader of the output has seen enough, such as `head`.
            Err(error) if is_broken_pipe(&error) => Ok(()),
            result => result,
        }
    }

    fn dispatch(self) -> anyhow::Result<()> {
        match self.command.unwrap_or(Command::Serve) {
            Command::Serve => serve::run(&Settings::read()?, &runtime()?),
            Command::Plan(args) => runtime()?
                .block_on(plan::run(args, &Settings::read()?))
                .and_then(|text| print(&text)),
            Command::Classify => classify::run(std::io::stdin().lock(), print),
            Command::CreateTables => runtime()?
                .block_on(create_tables::run(&Settings::read()?))
                .and_then(|line| print(&line)),
            Command::NewKey(args) => new_key::run(&args).and_then(|text| print(&text)),
            Command::Healthcheck => {
                let listen = Settings::read()?.listen;
                let address = (listen.local_address(), listen.port).into();
                runtime()?.block_on(healthcheck::run(address))
            }
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
}

fn print(text: &str) -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{text}")
        .and_then(|()| output.flush())
        .context("standard output cannot be written")
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let cause = error.downcast_ref::<std::io::Error>();
    cause.is_some_and(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
