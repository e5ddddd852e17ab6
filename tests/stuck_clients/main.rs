//! Clients that pipeline requests and read no response: what they cost, and how long they delay the exit. On its own, because the
//! clients take all the time of the machine that they can get.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// What each client tries to send.
const PIPELINED_BYTES: usize = 50 << 20;
const CLIENTS: usize = 4;

/// A process of the real binary; killed when it is dropped.
struct Process {
    child: Child,
    port: u16,
}

impl Process {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_goal-router"))
            .env_clear()
            .envs([
                ("PORT", "0"),
                ("MANAGEMENT_PORT", "0"),
                ("BIND_ADDRESS", "127.0.0.1"),
                ("RATE_LIMIT_PER_MINUTE", "100000000"),
                ("DRAIN_DELAY_SECONDS", "0"),
                // The exit would wait for the clients as long as this allows.
                ("SHUTDOWN_GRACE_SECONDS", "60"),
            ])
            .env("DATA_DIR", folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .filter_map(|line| serde_json::from_str::<Value>(&line).ok())
            .find_map(|event| event["port"].as_u64())
            .unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            port: u16::try_from(port).unwrap(),
        }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).unwrap()
    }

    /// Returns the resident memory in bytes.
    fn memory(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.unwrap().trim().trim_end_matches(" kB");
        kilobytes.parse::<usize>().unwrap() << 10
    }

    /// Returns whether the process uses more than a tenth of a core within half a second.
    fn is_busy(&self) -> bool {
        let ticks = || {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
            // The name of the process, in brackets, may contain blanks.
            let fields = stat.rsplit(')').next().unwrap().split_whitespace();
            let used = fields.skip(11).take(2);
            used.map(|ticks| ticks.parse::<u64>().unwrap()).sum::<u64>()
        };
        let before = ticks();
        std::thread::sleep(Duration::from_millis(500));
        // A tick is a hundredth of a second.
        ticks() - before > 5
    }

    fn terminate(&self) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status();
        assert!(sent.unwrap().success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Requests with large responses, which soon fill the buffers between a client and the process, and one with a body.
fn requests() -> [String; CLIENTS] {
    let large = "GET /api-docs/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n".to_owned();
    let body = r#"{"goal": "Learn chess"}"#;
    let with_body = format!(
        "POST /api/v1/estimate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    [large.clone(), large.clone(), large, with_body]
}

/// Sends a request over and over without reading a response, until the connection ends.
fn pipeline(mut stream: TcpStream, request: &str) {
    let requests = request.repeat((64 << 10) / request.len());
    for _ in 0..PIPELINED_BYTES / requests.len() {
        if stream.write_all(requests.as_bytes()).is_err() {
            return;
        }
    }
    std::thread::park();
}

#[test]
fn clients_that_pipeline_and_read_nothing_cost_little_and_hardly_delay_the_exit() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(folder.path());
    let before = process.memory();
    for request in requests() {
        let stream = process.connect();
        std::thread::spawn(move || pipeline(stream, &request));
    }
    // The clients are stuck once the process has nothing more to do for them.
    let started = Instant::now();
    while process.is_busy() {
        assert!(
            started.elapsed() < Duration::from_mins(2),
            "it stays busy with clients that read nothing"
        );
    }

    let grown = process.memory().saturating_sub(before);
    process.terminate();
    let terminated = Instant::now();
    let status = process.child.wait().unwrap();
    let took = terminated.elapsed();

    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(status.code(), Some(0));
    assert!(grown < 20 << 20, "{grown} bytes for {CLIENTS} clients");
}
