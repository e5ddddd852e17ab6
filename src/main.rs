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
            print_error(&format!("goal-router: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "a command reports its error on standard error"
)]
fn print_error(text: &str) {
    eprintln!("{text}");
}
