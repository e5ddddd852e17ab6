//! The program: hands over to the subcommand that was asked for.

use std::process::ExitCode;

use clap::Parser as _;
use goal_router::cli::Cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(&format!("goal-router: {}", with_causes(&error)));
            ExitCode::FAILURE
        }
    }
}

/// Returns an error with its causes, without those that it already tells.
fn with_causes(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

#[expect(
    clippy::print_stderr,
    reason = "a command reports its error on standard error"
)]
fn print_error(text: &str) {
    eprintln!("{text}");
}
