//! Labels are closed sets: what clients send adds no series.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::service::Service;

/// Sends one request of each kind, all with this number in whatever a client can choose.
async fn requests_of(service: &Service, number: usize) {
    let address = format!("198.51.{}.{}", number / 250, number % 250 + 1);
    let id = format!("request-{number}");
    let agent = format!("agent/{number}");
    let send = async |request: reqwest::RequestBuilder| {
        let sent = request
            .header("X-Forwarded-For", &address)
            .header("X-Request-Id", &id)
            .header("User-Agent", &agent)
            .header("Origin", format!("https://{number}.example.com"))
            .header("X-API-Key", &id)
            .header("Authorization", format!("Bearer {number}"))
            .header("traceparent", format!("00-{number:032x}-{number:016x}-01"))
            .send()
            .await;
        sent.unwrap().bytes().await.unwrap();
    };
    let method = Method::from_bytes(format!("M{number}").as_bytes()).unwrap();
    send(service.request(method, "/api/v1/generate-plan")).await;
    send(service.request(Method::GET, &format!("/path/{number}"))).await;
    send(service.request(Method::GET, &format!("/health/{number}"))).await;
    let goal = format!("Learn to count to {}", number + 100);
    let body = json!({"goal": goal, "context": id, "duration_weeks": 1});
    let plan = service.request(Method::POST, "/api/v1/generate-plan");
    send(plan.header("Idempotency-Key", &id).json(&body)).await;
    let unknown_field = service.request(Method::POST, "/api/v1/generate-plan");
    send(unknown_field.json(&json!({"goal": goal, format!("field{number}"): number}))).await;
}

/// Returns the series of a scrape, without their values.
fn series(scrape: &str) -> BTreeSet<String> {
    let samples = scrape.lines().filter(|line| !line.starts_with('#'));
    samples
        .map(|line| line.rsplit_once(' ').unwrap().0.to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_clients_paths_methods_and_ids_add_no_series() {
    // The offline planner writes thousands of plans in seconds.
    let service = Service::start(&[("LLM_MODELS", "offline"), ("TRUSTED_PROXY_HOPS", "1")]).await;
    // Later requests meet what these have met: every category and every repair of the plans.
    for number in 0..50 {
        requests_of(&service, number).await;
    }
    let before = series(&service.scrape().await);

    for numbers in (50..1050).collect::<Vec<_>>().chunks(20) {
        join_all(numbers.iter().map(|&number| requests_of(&service, number))).await;
    }

    let after = series(&service.scrape().await);
    let added: Vec<_> = after.difference(&before).collect();
    assert!(added.is_empty(), "{added:#?}");
    assert!(before.len() > 100, "{}", before.len());
    let scrape = service.scrape().await;
    for word in [
        "198.51",
        "request-",
        "/path/",
        "agent",
        "example.com",
        "M77",
        "field",
    ] {
        assert!(
            !series(&scrape).iter().any(|series| series.contains(word)),
            "{word}"
        );
    }
}
