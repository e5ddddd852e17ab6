//! A process of the real program.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a start may take, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(40);

/// A process; killed when it is dropped.
pub struct Process {
    child: Child,
    lines: Arc<Mutex<Vec<Value>>>,
    reader: Option<std::thread::JoinHandle<()>>,
}

impl Process {
    /// Starts the program with exactly this environment.
    pub fn start(variables: &BTreeMap<String, String>) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_goal-router"))
            .env_clear()
            .envs(variables)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let lines = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&lines);
        let reader = std::thread::spawn(move || {
            for line in output.lines() {
                let line = line.unwrap();
                let line = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
                shared.lock().unwrap().push(line);
            }
        });
        Self {
            child,
            lines,
            reader: Some(reader),
        }
    }

    /// Waits for an event, and returns its line.
    ///
    /// # Errors
    /// What the process wrote to standard error if it ended before.
    pub async fn wait_for(&mut self, event: &str) -> Result<Value, String> {
        self.wait_for_field("event_type", event).await
    }

    /// Waits for an error of this type.
    pub async fn wait_for_error(&mut self, error_type: &str) {
        self.wait_for_field("error_type", error_type).await.unwrap();
    }

    async fn wait_for_field(&mut self, field: &str, value: &str) -> Result<Value, String> {
        let started = Instant::now();
        loop {
            let lines = self.lines();
            if let Some(line) = lines.into_iter().find(|line| line[field] == value) {
                return Ok(line);
            }
            if self.child.try_wait().unwrap().is_some() {
                let mut error = String::new();
                let mut pipe = self.child.stderr.take().unwrap();
                pipe.read_to_string(&mut error).unwrap();
                return Err(error.trim().to_owned());
            }
            assert!(started.elapsed() < PATIENCE, "no {field} {value}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Returns the lines so far.
    pub fn lines(&self) -> Vec<Value> {
        self.lines.lock().unwrap().clone()
    }

    /// Ends the process as ECS does, and returns the lines it wrote.
    pub fn stop(mut self) -> Vec<Value> {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(sent.success());
        assert!(self.child.wait().unwrap().success());
        self.reader.take().unwrap().join().unwrap();
        std::mem::take(&mut self.lines.lock().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
