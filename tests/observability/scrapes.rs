//! A scrape is answered at any time: while the service starts, and while it drains.

use std::time::Duration;

use fake_bedrock::script::Script;

use crate::service::Service;

/// Returns the value of a series of a scrape.
fn value(scrape: &str, series: &str) -> f64 {
    let line = scrape
        .lines()
        .find(|line| line.starts_with(&format!("{series} ")));
    let line = line.unwrap_or_else(|| panic!("no {series}"));
    line.rsplit_once(' ').unwrap().1.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scrape_that_comes_during_the_start_is_answered() {
    let (service, application) = Service::build(&[]).await;
    let address = format!("http://{}/metrics", service.management);
    let early =
        tokio::spawn(async move { reqwest::get(address).await.unwrap().text().await.unwrap() });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!early.is_finished());

    let service = service.run(application);

    let scrape = early.await.unwrap();
    assert!(value(&scrape, "goal_router_in_flight_limit") > 0.0);
    // The budget is on the first scrape already: no panel begins with a gap.
    assert!(
        scrape.contains("goal_router_budget_limit_usd{scope=\"service\"} 100"),
        "{scrape}"
    );
    drop(service);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scrape_is_answered_while_the_service_drains_and_tells_that_it_is_not_ready() {
    let mut service = Service::start(&[("DRAIN_DELAY_SECONDS", "1")]).await;
    assert_eq!(service.plan_for("Learn to draw").await, 200);
    let ready = service.scrape().await;
    assert!((value(&ready, "goal_router_ready") - 1.0).abs() < f64::EPSILON);
    service.models.set_script(Script::latency(2500));
    let body = serde_json::json!({"goal": "Learn to paint"});
    let slow = tokio::spawn(service.plan(&body).send());
    tokio::time::sleep(Duration::from_millis(200)).await;

    let stopped = service.drain();

    let mut scrapes = 0;
    while !slow.is_finished() {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let scrape = service.scrape().await;
        if slow.is_finished() {
            break;
        }
        assert!(value(&scrape, "goal_router_ready").abs() < f64::EPSILON);
        assert!((value(&scrape, "goal_router_in_flight_plans") - 1.0).abs() < f64::EPSILON);
        scrapes += 1;
    }
    assert!(scrapes >= 10, "{scrapes}");
    assert_eq!(slow.await.unwrap().unwrap().status(), 200);
    stopped.await.unwrap().unwrap();
}
