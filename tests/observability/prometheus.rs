//! A real Prometheus that scrapes the service under test and evaluates our rules.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::rules;

/// Where nothing answers.
const DOWN: &str = "127.0.0.1:1";

/// A running Prometheus; it is killed when dropped.
pub struct Prometheus {
    child: Child,
    address: String,
    client: reqwest::Client,
    _folder: tempfile::TempDir,
}

/// A series and its value now.
#[derive(Debug)]
pub struct Sample {
    pub labels: BTreeMap<String, String>,
    pub value: f64,
}

impl Prometheus {
    /// Starts a Prometheus that scrapes these addresses and evaluates our rules, both each second, and waits until it is ready. It also
    /// scrapes itself, and a server of somebody else that is down.
    pub async fn start(targets: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("prometheus.yml");
        let rules: Vec<_> = rules::files("rules")
            .iter()
            .map(|file| format!("\"{}\"", file.display()))
            .collect();
        // Prometheus cannot say which port it has got, so it is given one that was free a moment ago.
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let strangers = [format!("127.0.0.1:{port}"), DOWN.to_owned()];
        let text = format!(
            "global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}\nrule_files: [{}]\nscrape_configs:\n  - job_name: goal-router\n    static_configs: [{{targets: {targets:?}}}]\n  - job_name: strangers\n    static_configs: [{{targets: {strangers:?}}}]\n",
            rules.join(", ")
        );
        std::fs::write(&config, text).unwrap();
        let child = Command::new("prometheus")
            .arg(format!("--config.file={}", config.display()))
            .arg(format!(
                "--storage.tsdb.path={}",
                folder.path().join("data").display()
            ))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .arg("--log.level=warn")
            .stdin(Stdio::null())
            .spawn()
            .expect("prometheus is missing: run `make prometheus`");
        let prometheus = Self {
            child,
            address: format!("http://127.0.0.1:{port}"),
            client: reqwest::Client::new(),
            _folder: folder,
        };
        let deadline = Instant::now() + Duration::from_secs(30);
        while !prometheus.is_ready().await {
            assert!(Instant::now() < deadline, "Prometheus does not start");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        prometheus
    }

    async fn is_ready(&self) -> bool {
        let response = self
            .client
            .get(format!("{}/-/ready", self.address))
            .send()
            .await;
        response.is_ok_and(|response| response.status() == 200)
    }

    /// Evaluates an expression now.
    ///
    /// # Errors
    /// Returns what Prometheus has against it.
    pub async fn query(&self, expression: &str) -> Result<Vec<Sample>, String> {
        let address = format!("{}/api/v1/query", self.address);
        let url = url::Url::parse_with_params(&address, [("query", expression)]).unwrap();
        let response = self.client.get(url).send().await.unwrap();
        let body: Value = response.json().await.unwrap();
        if body["status"] != "success" {
            return Err(body["error"].to_string());
        }
        let data = &body["data"];
        let number = |value: &Value| value[1].as_str().unwrap().parse().unwrap();
        if data["resultType"] == "scalar" {
            let value = number(&data["result"]);
            return Ok(vec![Sample {
                labels: BTreeMap::new(),
                value,
            }]);
        }
        let result = data["result"].as_array().unwrap().iter();
        Ok(result
            .map(|series| Sample {
                labels: serde_json::from_value(series["metric"].clone()).unwrap(),
                value: number(&series["value"]),
            })
            .collect())
    }

    /// Waits until an expression returns something.
    pub async fn wait_for(&self, expression: &str) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.query(expression).await.unwrap().is_empty() {
            assert!(Instant::now() < deadline, "never: {expression}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
