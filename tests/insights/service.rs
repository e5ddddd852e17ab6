//! A process of the real program, and what it writes.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// Words of every goal and every context, which no line may contain.
pub const SECRET_WORDS: [&str; 2] = ["zebrafinch", "quokkawhistle"];
pub const PLAN: &str = "/api/v1/generate-plan";
pub const ESTIMATE: &str = "/api/v1/estimate";

/// A process; killed when it is dropped.
pub struct Service {
    child: Child,
    written: Arc<Mutex<String>>,
    reader: Option<std::thread::JoinHandle<()>>,
    address: String,
    client: reqwest::Client,
}

impl Service {
    /// Starts a process with its files in `folder` and waits until it listens.
    pub async fn start(folder: &Path, variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_goal-router"))
            .env_clear()
            .envs([
                ("PORT", "0"),
                ("MANAGEMENT_PORT", "0"),
                ("BIND_ADDRESS", "127.0.0.1"),
                ("DRAIN_DELAY_SECONDS", "0"),
                ("LEDGER_SWEEP_SECONDS", "1"),
                ("STORE_TIMEOUT_MS", "5000"),
                ("DAILY_BUDGET_USD", "1000"),
            ])
            .env("DATA_DIR", folder)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let written = Arc::new(Mutex::new(String::new()));
        let shared = Arc::clone(&written);
        let reader = std::thread::spawn(move || {
            for line in output.lines() {
                let mut written = shared.lock().unwrap();
                written.push_str(&line.unwrap());
                written.push('\n');
            }
        });
        let mut service = Self {
            child,
            written,
            reader: Some(reader),
            address: String::new(),
            client: reqwest::Client::new(),
        };
        let startup = service.wait_for("\"port\":").await;
        service.address = format!("127.0.0.1:{}", startup["port"]);
        service
    }

    /// Waits until a line contains this text, and returns the line.
    pub async fn wait_for(&self, text: &str) -> Value {
        let found = async {
            loop {
                let written = self.written.lock().unwrap().clone();
                if let Some(line) = written.lines().find(|line| line.contains(text)) {
                    return serde_json::from_str(line).unwrap();
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let found = tokio::time::timeout(Duration::from_secs(40), found).await;
        found.unwrap_or_else(|_elapsed| panic!("no line with {text}"))
    }

    /// Sends a request for a plan, or for its estimate. Returns the status.
    pub async fn post(&self, route: &str, id: &str, key: Option<&str>) -> u16 {
        self.post_body(route, id, key, &body(id)).await
    }

    pub async fn post_body(&self, route: &str, id: &str, key: Option<&str>, body: &Value) -> u16 {
        let mut request = self
            .client
            .post(format!("http://{}{route}", self.address))
            .header("X-Request-Id", id)
            .json(body);
        if let Some(key) = key {
            request = request.header("X-API-Key", key);
        }
        request.send().await.unwrap().status().as_u16()
    }

    pub async fn get(&self, path: &str) -> u16 {
        let request = self.client.get(format!("http://{}{path}", self.address));
        request.send().await.unwrap().status().as_u16()
    }

    /// Sends a request for a plan, and resets the connection after a while.
    pub async fn leave(&self, id: &str, key: &str, after: Duration) {
        use tokio::io::AsyncWriteExt as _;
        let body = body(id).to_string();
        let head = format!(
            "POST {PLAN} HTTP/1.1\r\nHost: x\r\nX-Request-Id: {id}\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut connection = tokio::net::TcpStream::connect(&self.address).await.unwrap();
        connection.write_all(head.as_bytes()).await.unwrap();
        tokio::time::sleep(after).await;
        let socket = socket2::SockRef::from(&connection);
        socket.set_linger(Some(Duration::ZERO)).unwrap();
    }

    /// Ends the process, and returns what it wrote.
    pub fn stop(mut self) -> String {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        assert!(self.child.wait().unwrap().success());
        self.written()
    }

    /// Kills the process, and returns what it wrote.
    pub fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.written()
    }

    fn written(&mut self) -> String {
        self.reader.take().unwrap().join().unwrap();
        std::mem::take(&mut self.written.lock().unwrap())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Returns the body of a request. Each has a context of its own, since simultaneous requests for the same plan share one call.
pub fn body(id: &str) -> Value {
    let [goal, context] = SECRET_WORDS;
    json!({
        "goal": format!("Learn to play the {goal} flute"),
        "context": format!("My {context} is {id}"),
        "duration_weeks": 3,
        "hours_per_week": 4,
    })
}
