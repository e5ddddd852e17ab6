//! The fake of Bedrock as a program. It listens on all addresses.

use std::fs::File;
use std::io::{BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use fake_bedrock::FakeBedrock;
use fake_bedrock::script::Script;

/// Maximum time of a health check.
const HEALTH_TIMEOUT: Duration = Duration::from_secs(2);

/// A stand-in for Bedrock's runtime
#[derive(Parser)]
#[command(version, about, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Subcommand)]
enum Command {
    /// Exit with 0 if the fake on this machine serves
    Healthcheck {
        /// Its port
        #[arg(default_value_t = 9000)]
        port: u16,
    },
}

#[derive(Args)]
struct Serve {
    /// The port
    #[arg(default_value_t = 9000)]
    port: u16,
    /// The latency of every call, in milliseconds
    #[arg(default_value_t = 0, conflicts_with = "script")]
    latency_ms: u64,
    /// A JSON file with the script that the calls follow, as `PUT /fake/script` takes it
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    match cli.command {
        Some(Command::Healthcheck { port }) => check_health(port),
        None => serve(&cli.serve),
    }
}

fn serve(arguments: &Serve) -> anyhow::Result<()> {
    let script = match &arguments.script {
        Some(path) => read_script(path)?,
        None => Script::latency(arguments.latency_ms),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, arguments.port))?;
        let (fake, server) = FakeBedrock::build(listener, workers)?;
        fake.set_script(script);
        print_line(&format!("fake Bedrock listening at {}", fake.endpoint()));
        tokio::select! {
            served = server => served?,
            received = shutdown_signal() => received?,
        }
        Ok(())
    })
}

fn read_script(path: &Path) -> anyhow::Result<Script> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_reader(BufReader::new(file))
        .with_context(|| format!("{} is not a script", path.display()))
}

fn check_health(port: u16) -> anyhow::Result<()> {
    let mut stream =
        TcpStream::connect_timeout(&(Ipv4Addr::LOCALHOST, port).into(), HEALTH_TIMEOUT)
            .with_context(|| format!("nothing listens on port {port}"))?;
    stream.set_read_timeout(Some(HEALTH_TIMEOUT))?;
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    anyhow::ensure!(
        response.starts_with("HTTP/1.1 200"),
        "the fake is not healthy: {response}"
    );
    Ok(())
}

async fn shutdown_signal() -> std::io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}

#[expect(clippy::print_stdout, reason = "prints the address it listens at")]
fn print_line(line: &str) {
    println!("{line}");
}
