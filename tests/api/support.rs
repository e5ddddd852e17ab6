//! The application under test, and requests to it.

use std::sync::Arc;

use chrono::{DateTime, TimeZone as _, Utc};
use fake_bedrock::FakeBedrock;
use fake_bedrock::script::Script;
use goal_router::app::{Application, Shutdown};
use goal_router::clock::{Clock, ManualClock};
use goal_router::config::{Settings, StoreKind};
use goal_router::dynamodb;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// The default model of the tests: it accepts a JSON schema and a temperature.
pub const MODEL: &str = "bedrock:global.anthropic.claude-haiku-4-5-20251001-v1:0";

/// A running application.
pub struct TestApp {
    pub address: String,
    pub management: String,
    pub client: Client,
    store: aws_sdk_dynamodb::Client,
    _spool: tempfile::TempDir,
    stop: Option<oneshot::Sender<()>>,
    served: Option<tokio::task::JoinHandle<anyhow::Result<()>>>,
}

/// The time of the clock in tests; the day is a Monday.
pub fn today() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 10, 30, 0).unwrap()
}

impl TestApp {
    /// Starts an application without configuration, except for its ports and its in-memory store.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// Starts an application that calls this fake for its plans.
    pub async fn with_model(fake: &FakeBedrock, variables: &[(&str, &str)]) -> Self {
        let endpoint = fake.endpoint();
        let mut pairs = vec![
            ("LLM_MODELS", MODEL),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", endpoint.as_str()),
        ];
        pairs.extend_from_slice(variables);
        Self::with(&pairs).await
    }

    /// Starts an application with this configuration, and a clock that stands still.
    pub async fn with(pairs: &[(&str, &str)]) -> Self {
        Self::at(pairs, Arc::new(ManualClock::at(today()))).await
    }

    /// Starts an application with this configuration and clock.
    pub async fn at(pairs: &[(&str, &str)], clock: Arc<dyn Clock>) -> Self {
        let spool = tempfile::tempdir().unwrap();
        let local = [
            ("PORT", "0"),
            ("MANAGEMENT_PORT", "0"),
            ("BIND_ADDRESS", "127.0.0.1"),
            ("STORE_TIMEOUT_MS", "5000"),
            ("RATE_LIMIT_PER_MINUTE", "1000000"),
            ("SPOOL_DIR", spool.path().to_str().unwrap()),
        ];
        let mut settings = Settings::from_pairs(local.iter().chain(pairs).copied()).unwrap();
        if matches!(settings.store.kind, StoreKind::Embedded { .. }) {
            settings.store.kind = StoreKind::EmbeddedInMemory;
        }
        let application = Application::build(&settings, clock).await.unwrap();
        let address = format!("http://127.0.0.1:{}", application.port());
        let management = format!("http://127.0.0.1:{}", application.management_port());
        let endpoint = application
            .store_endpoint()
            .unwrap_or_else(|| "http://127.0.0.1:9".to_owned());
        let store = dynamodb::local_client(&endpoint, std::time::Duration::from_secs(5));
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(application.run(async move {
            drop(stopped.await);
            Shutdown::at_once("the test is over")
        }));
        Self {
            address,
            management,
            client: Client::new(),
            store,
            _spool: spool,
            stop: Some(stop),
            served: Some(served),
        }
    }

    /// Asks the application to stop: it drains from now on.
    pub fn start_to_stop(&mut self) {
        drop(self.stop.take());
    }

    /// Stops the application, and waits until it has stopped.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        self.served.take().unwrap().await.unwrap().unwrap();
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.address))
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// Sends a body to the plan endpoint.
    pub async fn post_plan(&self, body: &Value) -> Response {
        self.request(Method::POST, "/api/v1/generate-plan")
            .json(body)
            .send()
            .await
            .unwrap()
    }

    /// Returns the plan for a body; panics if the response is not a plan.
    pub async fn plan(&self, body: &Value) -> Value {
        let response = self.post_plan(body).await;
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert_eq!(status, StatusCode::OK, "{body}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Returns the plan for a goal; panics if the response is not a plan.
    pub async fn plan_for(&self, goal: &str) -> Value {
        self.plan(&json!({ "goal": goal })).await
    }

    /// Returns the status and the problem for a body; panics if the response is not a problem.
    pub async fn problem(&self, body: &Value) -> (StatusCode, Value) {
        problem(self.post_plan(body).await).await
    }

    /// Returns the usage rows as plain JSON, oldest first.
    pub async fn rows(&self) -> Vec<Value> {
        let scanned = self
            .store
            .scan()
            .table_name("ai-router-usage-logs")
            .send()
            .await
            .unwrap();
        let mut rows: Vec<Value> = scanned.items().iter().map(plain).collect();
        rows.sort_by_key(|row| row["timestamp"].as_str().unwrap().to_owned());
        rows
    }

    /// Returns all metrics, as exposed on the management port.
    pub async fn metrics(&self) -> String {
        let response = self
            .client
            .get(format!("{}/metrics", self.management))
            .send();
        response.await.unwrap().text().await.unwrap()
    }

    /// Returns the OpenAPI document.
    pub async fn openapi(&self) -> Value {
        self.get("/api-docs/openapi.json")
            .await
            .json()
            .await
            .unwrap()
    }

    /// Returns the value of a series on the management port; 0 if there is no such series.
    pub async fn metric(&self, series: &str) -> f64 {
        let text = self.metrics().await;
        let line = text.lines().find(|line| {
            line.strip_prefix(series)
                .is_some_and(|rest| rest.starts_with(' '))
        });
        line.map_or(0.0, |line| {
            line.rsplit(' ').next().unwrap().parse().unwrap()
        })
    }
}

/// How long a series may take to get its value.
const SERIES_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(20);

impl TestApp {
    /// Waits until a series has this value.
    pub async fn wait_for_metric(&self, series: &str, expected: f64) {
        self.wait_for(series, |value| value == expected).await;
    }

    /// Waits until a series has at least this value.
    pub async fn wait_for_at_least(&self, series: &str, least: f64) {
        self.wait_for(series, |value| value >= least).await;
    }

    async fn wait_for(&self, series: &str, is_enough: impl Fn(f64) -> bool) {
        let mut value = self.metric(series).await;
        let reached = async {
            while !is_enough(value) {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                value = self.metric(series).await;
            }
        };
        let reached = tokio::time::timeout(SERIES_TIMEOUT, reached).await;
        assert!(
            reached.is_ok(),
            "{series} is still {value} after {SERIES_TIMEOUT:?}"
        );
    }
}

/// Checks that a response is a problem as the contract defines it, and returns its status and body.
pub async fn problem(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let media_type = response.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    let id = response.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let retry = response
        .headers()
        .get("retry-after")
        .map(|seconds| seconds.to_str().unwrap().parse::<u32>().unwrap());
    let text = response.text().await.unwrap();
    assert_eq!(media_type, "application/problem+json", "{status}: {text}");
    let problem: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(problem["status"], status.as_u16());
    assert_eq!(problem["request_id"], id.as_str());
    assert_eq!(
        problem["type"],
        format!(
            "urn:goal-router:problem:{}",
            problem["code"].as_str().unwrap()
        )
    );
    assert!(
        ["title", "detail", "instance"]
            .iter()
            .all(|name| problem[name].as_str().is_some_and(|text| !text.is_empty())),
        "{problem}"
    );
    assert_eq!(
        retry.is_some(),
        status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS,
        "{problem}"
    );
    (status, problem)
}

/// Returns the fields that a validation problem names.
pub fn fields(problem: &Value) -> Vec<&str> {
    problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect()
}

/// Starts a fake Bedrock that follows this script.
pub fn fake(script: Script) -> FakeBedrock {
    let fake = FakeBedrock::start().unwrap();
    fake.set_script(script);
    fake
}

fn plain(
    item: &std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue>,
) -> Value {
    use aws_sdk_dynamodb::types::AttributeValue;
    item.iter()
        .map(|(name, value)| {
            let value = match value {
                AttributeValue::S(text) => json!(text),
                AttributeValue::N(number) => json!(number.parse::<u64>().unwrap()),
                AttributeValue::Bool(truth) => json!(truth),
                other => panic!("{name} is {other:?}"),
            };
            (name.clone(), value)
        })
        .collect()
}
