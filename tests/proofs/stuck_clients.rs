//! Clients that pipeline requests and read no response: what they cost, and how long they delay the exit.

use std::time::{Duration, Instant};

use fake_bedrock::FakeBedrock;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::{Process, Tables};

/// What each client tries to send.
const PIPELINED_BYTES: usize = 50 << 20;
const CLIENTS: usize = 8;

/// Sends a request over and over, reads nothing, and keeps the connection open.
async fn pipeline(address: String, request: String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let requests = request.repeat((64 << 10) / request.len());
    for _ in 0..PIPELINED_BYTES / requests.len() {
        if stream.write_all(requests.as_bytes()).await.is_err() {
            return;
        }
    }
    std::future::pending::<()>().await;
}

fn requests() -> [String; 2] {
    let body = r#"{"goal": "Learn chess"}"#;
    [
        "GET /api-docs/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
        format!(
            "POST /api/v1/estimate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_pipeline_and_read_nothing_cost_little_and_hardly_delay_the_exit() {
    let fake = FakeBedrock::start().unwrap();
    let tables = Tables::new().await;
    let folder = tempfile::tempdir().unwrap();
    // The exit would wait for the clients as long as this allows.
    let variables = [("LLM_MODELS", "offline"), ("SHUTDOWN_GRACE_SECONDS", "60")];
    let mut process = Process::start(&fake, &tables.endpoint, folder.path(), &variables).await;
    let before = process.memory();
    let address = process.address.trim_start_matches("http://").to_owned();
    let clients: Vec<_> = requests()
        .into_iter()
        .cycle()
        .take(CLIENTS)
        .map(|request| tokio::spawn(pipeline(address.clone(), request)))
        .collect();
    // The clients are stuck once the process has nothing more to do for them.
    let started = Instant::now();
    while process.is_busy().await {
        assert!(started.elapsed() < Duration::from_mins(2), "it stays busy");
    }

    let grown = process.memory().saturating_sub(before);
    assert!(process.is_ready().await);
    process.terminate();
    let terminated = Instant::now();
    let code = process.wait().await;

    assert!(
        terminated.elapsed() < Duration::from_secs(5),
        "{:?}",
        terminated.elapsed()
    );
    assert_eq!(code, Some(0));
    assert!(
        grown < (CLIENTS << 20) + (16 << 20),
        "{grown} bytes for {CLIENTS} clients"
    );
    for client in clients {
        client.abort();
    }
}
