//! The health endpoints.

use serde_json::Value;

use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn the_health_endpoints_report_healthy_alive_and_ready() {
    let app = TestApp::start().await;

    for (path, status) in [
        ("/health", "healthy"),
        ("/health/live", "alive"),
        ("/health/ready", "ready"),
    ] {
        let response = app.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        let health: Value = response.json().await.unwrap();
        assert_eq!(
            (health["status"].as_str(), health["service"].as_str()),
            (Some(status), Some("goal-router"))
        );
        assert_eq!(
            app.request(reqwest::Method::HEAD, path)
                .send()
                .await
                .unwrap()
                .status(),
            200,
            "{path}"
        );
    }
}
