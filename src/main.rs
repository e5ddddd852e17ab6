//! The subcommands of goal-router.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use goal_router::app::{self, Application, Stop};
use goal_router::command::{classify, create_tables, healthcheck, new_key, plan};
use goal_router::settings::Settings;
use goal_router::telemetry;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Turns a person's goal into a checked weekly plan
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API (the default)
    Serve,
    /// Print a plan for a goal
    Plan(plan::PlanArgs),
    /// Print the local classifier's answers for JSON lines on standard input
    Classify,
    /// Make the DynamoDB tables at the configured endpoint
    CreateTables,
    /// Make an API key for a client
    NewKey(new_key::NewKeyArgs),
    /// Exit with 0 if the service on this machine is alive
    Healthcheck,
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("goal-router: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => {
            let settings = Settings::read()?;
            // Held to the end: what is buffered is written whatever happens.
            let _logs = telemetry::start(settings.logs.format, &settings.logs.filter)?;
            runtime()?.block_on(async {
                let application = Application::build(&settings, app::system_clock()).await?;
                application.run(stop_signal()).await
            })
        }
        Command::Plan(args) => runtime()?
            .block_on(plan::run(args, &Settings::read()?))
            .map(|text| print(&text)),
        Command::Classify => classify::run(std::io::stdin().lock(), print),
        Command::CreateTables => runtime()?
            .block_on(create_tables::run(&Settings::read()?))
            .map(|line| print(&line)),
        Command::NewKey(args) => new_key::run(&args).map(|text| print(&text)),
        Command::Healthcheck => {
            runtime()?.block_on(healthcheck::run(Settings::read()?.listen.port))
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
}

/// Resolves when the process is asked to stop.
async fn stop_signal() -> Stop {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => Stop::after_draining("SIGTERM"),
            _ = tokio::signal::ctrl_c() => Stop::at_once("SIGINT"),
        },
        Err(error) => {
            tracing::error!(event_type = "error", error_type = "signal", error_message = %error, "SIGTERM cannot be heard");
            // Not heard is no reason to stop: an interrupt still ends the service.
            drop(tokio::signal::ctrl_c().await);
            Stop::at_once("SIGINT")
        }
    }
}

#[expect(clippy::print_stdout, reason = "what the command was asked for")]
fn print(text: &str) {
    println!("{text}");
}

#[expect(
    clippy::print_stderr,
    reason = "a command's complaint goes to standard error"
)]
fn complain(text: &str) {
    eprintln!("{text}");
}
