//! The fake of Bedrock as a program: `fake-bedrock [PORT] [LATENCY_MS]`. It listens on all addresses, by default on port 9000.

use std::net::TcpListener;

use fake_bedrock::FakeBedrock;
use fake_bedrock::script::Script;

const DEFAULT_PORT: u16 = 9000;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments
        .next()
        .map_or(Ok(DEFAULT_PORT), |text| text.parse())?;
    let latency = arguments.next().map_or(Ok(0), |text| text.parse())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let (fake, server) = FakeBedrock::build(TcpListener::bind(("0.0.0.0", port))?, workers)?;
        fake.set_script(Script::latency(latency));
        print_line(&format!("fake Bedrock listening at {}", fake.endpoint()));
        tokio::select! {
            served = server => served?,
            received = shutdown_signal() => received?,
        }
        Ok(())
    })
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
