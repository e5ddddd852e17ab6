//! The service under test: the real application on ports of its own, with a fake Bedrock.

use std::time::Duration;

use fake_bedrock::FakeBedrock;
use goal_router::access::identity::api_key::KeyDigest;
use goal_router::app::{self, Application, Shutdown};
use goal_router::config::{Settings, StoreKind};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The model that is asked first.
pub const FIRST: &str = "global.anthropic.claude-haiku-4-5-20251001-v1:0";
/// The model that is asked when the first one fails.
pub const SECOND: &str = "global.anthropic.claude-sonnet-4-6";

/// A running application and the models that it calls.
pub struct Service {
    pub models: FakeBedrock,
    pub address: String,
    /// Host and port of the metrics.
    pub management: String,
    pub client: Client,
    stop: Option<oneshot::Sender<Shutdown>>,
    served: Option<JoinHandle<anyhow::Result<()>>>,
    _spool: tempfile::TempDir,
}

impl Service {
    /// Starts an application with two models and this configuration.
    pub async fn start(variables: &[(&str, &str)]) -> Self {
        let (service, application) = Self::build(variables).await;
        service.run(application)
    }

    /// Builds an application that does not run yet; its ports are bound.
    pub async fn build(variables: &[(&str, &str)]) -> (Self, Application) {
        let models = FakeBedrock::start().unwrap();
        let spool = tempfile::tempdir().unwrap();
        let (endpoint, candidates) = (
            models.endpoint(),
            format!("bedrock:{FIRST},bedrock:{SECOND}"),
        );
        let defaults = [
            ("PORT", "0"),
            ("MANAGEMENT_PORT", "0"),
            ("BIND_ADDRESS", "127.0.0.1"),
            ("STORE_TIMEOUT_MS", "5000"),
            ("RATE_LIMIT_PER_MINUTE", "1000000"),
            ("DAILY_BUDGET_USD", "100"),
            ("SPOOL_DIR", spool.path().to_str().unwrap()),
            ("LLM_MODELS", candidates.as_str()),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", endpoint.as_str()),
        ];
        let mut settings = Settings::from_pairs(defaults.iter().chain(variables).copied()).unwrap();
        settings.store.kind = StoreKind::EmbeddedInMemory;
        let application = Application::build(&settings, app::system_clock())
            .await
            .unwrap();
        let service = Self {
            models,
            address: format!("http://127.0.0.1:{}", application.port()),
            management: format!("127.0.0.1:{}", application.management_port()),
            client: Client::new(),
            stop: None,
            served: None,
            _spool: spool,
        };
        (service, application)
    }

    /// Runs the application.
    pub fn run(mut self, application: Application) -> Self {
        let (stop, stopped) = oneshot::channel();
        self.served = Some(tokio::spawn(application.run(async move {
            stopped
                .await
                .unwrap_or(Shutdown::at_once("the test is over"))
        })));
        self.stop = Some(stop);
        self
    }

    /// Asks the application to drain and stop; the handle ends when it has stopped.
    pub fn drain(&mut self) -> JoinHandle<anyhow::Result<()>> {
        let drain = Shutdown::after_draining("the test drains it");
        self.stop.take().unwrap().send(drain).ok();
        self.served.take().unwrap()
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.address))
    }

    /// Returns a request for a plan with a key that [`api_keys`] knows.
    pub fn plan(&self, body: &Value) -> RequestBuilder {
        self.request(Method::POST, "/api/v1/generate-plan")
            .header("X-API-Key", "gr_web")
            .json(body)
    }

    /// Requests a plan for this goal, and returns the status.
    pub async fn plan_for(&self, goal: &str) -> StatusCode {
        let body = json!({"goal": goal, "duration_weeks": 2});
        self.plan(&body).send().await.unwrap().status()
    }

    /// Returns a scrape.
    pub async fn scrape(&self) -> String {
        let scrape = self
            .client
            .get(format!("http://{}/metrics", self.management));
        let response = scrape
            .timeout(Duration::from_secs(10))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200);
        response.text().await.unwrap()
    }
}

/// Returns the settings of two clients: `gr_web`, and `gr_batch` that may send one request a minute.
pub fn api_keys() -> String {
    json!({"clients": [
        {"client": "web", "sha256": [KeyDigest::of("gr_web").to_string()]},
        {"client": "batch", "sha256": [KeyDigest::of("gr_batch").to_string()], "rate_limit_per_minute": 1},
    ]})
    .to_string()
}
