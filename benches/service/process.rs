//! A process of the release binary, with its CPU time and memory.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::TcpStream;

/// A process of the release binary; killed when it is dropped.
pub struct ServiceProcess {
    child: Child,
    pub address: SocketAddr,
    folder: PathBuf,
}

impl ServiceProcess {
    /// Starts the release binary with these variables over the defaults of the bench, and waits until it listens.
    pub async fn start(variables: &[(&str, String)]) -> Self {
        let port = std::net::TcpListener::bind(("127.0.0.1", 0))
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let folder = std::env::temp_dir().join(format!("goal-router-bench-{port}"));
        let child = Command::new(env!("CARGO_BIN_EXE_goal-router"))
            .env_clear()
            .envs([
                ("PORT", port.to_string()),
                ("MANAGEMENT_PORT", "0".to_owned()),
                ("DAILY_BUDGET_USD", "1000000".to_owned()),
                ("MAX_IN_FLIGHT", "6000".to_owned()),
                ("RATE_LIMIT_PER_MINUTE", "100000000".to_owned()),
                ("TRUSTED_PROXY_HOPS", "1".to_owned()),
            ])
            .env("DATA_DIR", &folder)
            .envs(
                variables
                    .iter()
                    .map(|(name, value)| (*name, value.as_str())),
            )
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        while TcpStream::connect(address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Self {
            child,
            address,
            folder,
        }
    }

    /// Returns the CPU time that the process has used, in seconds.
    pub fn cpu_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        // The fields utime and stime, in ticks of 1/100 s.
        (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
    }

    /// Returns memory in MB: current (`VmRSS`) or peak (`VmHWM`).
    pub fn memory(&self, field: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(field)).unwrap();
        line.split_whitespace()
            .nth(1)
            .unwrap()
            .parse::<f64>()
            .unwrap()
            / 1024.0
    }
}

impl Drop for ServiceProcess {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
