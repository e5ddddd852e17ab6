//! The service in front of a model: the fake Bedrock and a DynamoDB endpoint, both over HTTP in this process.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fake_bedrock::FakeBedrock;
use fake_bedrock::script::Script;
use goal_router::dynamodb::embedded::EmbeddedEngine;
use goal_router::dynamodb::{self, TableNames, tables};

use crate::connection::{Connection, plan_request, request};
use crate::load::{percentile, saturate, steady};
use crate::process::ServiceProcess;

/// Measures the CPU time of the service per plan, with an upstream that answers at once.
pub async fn cost_of_a_model_call(fake: &FakeBedrock, dynamodb: &str) {
    fake.set_script(Script::default());
    let process = ServiceProcess::start(&variables(fake, dynamodb)).await;
    let plan_request = plan_request();
    saturate(process.address, &plan_request, 64, Duration::from_secs(1)).await;
    let before = process.cpu_seconds();
    let (count, rate) = saturate(process.address, &plan_request, 64, Duration::from_secs(6)).await;
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let cpu = (process.cpu_seconds() - before) * 1000.0 / count as f64;
    println!(
        "instant upstream, rows over HTTP: {cpu:.2} CPU-s of the service per 1,000 plans ({rate:.0} plans/s, with the fake, the store and the load on the same machine)"
    );
}

/// Measures the latency that the service adds to a model call.
pub async fn added_latency(fake: &FakeBedrock, dynamodb: &str) {
    fake.set_script(Script::latency(50));
    let process = ServiceProcess::start(&variables(fake, dynamodb)).await;
    let upstream: SocketAddr = fake
        .endpoint()
        .trim_start_matches("http://")
        .parse()
        .unwrap();
    let data = serde_json::json!({"goal": "Prepare for AWS Solutions Architect certification", "constraints": {"max_weeks": 52}}).to_string();
    let call = serde_json::json!({"messages": [{"role": "user", "content": [{"text": data}]}], "inferenceConfig": {"maxTokens": 4000}}).to_string();
    let direct = steady(
        upstream,
        &request("/model/global.anthropic.claude-haiku-5-5/converse", &call),
        200,
        2000,
    )
    .await;
    let routed = steady(process.address, &plan_request(), 200, 2000).await;
    for percent in [50, 99] {
        let upstream = percentile(&direct.total, percent);
        let total = percentile(&routed.total, percent);
        let without_ledger = percentile(&routed.without_ledger, percent);
        println!(
            "50 ms upstream, 200/s: p{percent} {upstream:.2} ms direct, {total:.2} ms through the service: added {:.2} ms, {:.2} ms without the two row writes",
            total - upstream,
            without_ledger - upstream
        );
    }
}

/// Sends 5000 requests at once, while each model call takes a second.
pub async fn many_in_flight(fake: &FakeBedrock, dynamodb: &str) {
    const COUNT: usize = 5000;
    fake.set_script(Script::latency(1000));
    let process = ServiceProcess::start(&variables(fake, dynamodb)).await;
    let plan_request = plan_request();
    let started = Instant::now();
    let requests: Vec<_> = (0..COUNT)
        .map(|_| {
            let (address, plan_request) = (process.address, Arc::clone(&plan_request));
            tokio::spawn(async move {
                let started = Instant::now();
                let status = Connection::open(address).await.send(&plan_request).await;
                (status, started.elapsed().as_secs_f64() * 1000.0)
            })
        })
        .collect();
    let mut latencies = Vec::with_capacity(COUNT);
    let mut answered = 0;
    for request in requests {
        let (status, took) = request.await.unwrap();
        answered += usize::from(status == 200);
        latencies.push(took);
    }
    latencies.sort_by(f64::total_cmp);
    println!(
        "{COUNT} in flight at a 1 s upstream: {answered} answered in {:.1} s, p50 {:.0} ms, p99 {:.0} ms, peak memory {:.0} MB",
        started.elapsed().as_secs_f64(),
        percentile(&latencies, 50),
        percentile(&latencies, 99),
        process.memory("VmHWM")
    );
}

/// Starts a DynamoDB endpoint over HTTP in this process, with the tables.
pub async fn dynamodb() -> (EmbeddedEngine, String) {
    let engine = EmbeddedEngine::in_memory().unwrap();
    let endpoint = engine.endpoint();
    let names = TableNames {
        usage: "ai-router-usage-logs".to_owned(),
        state: "ai-router-state".to_owned(),
    };
    tables::create(
        &dynamodb::local_client(&endpoint, Duration::from_secs(5)),
        &names,
    )
    .await
    .unwrap();
    (engine, endpoint)
}

/// The variables that point a process to the fake Bedrock and to the DynamoDB endpoint.
pub fn variables(fake: &FakeBedrock, dynamodb: &str) -> Vec<(&'static str, String)> {
    vec![
        ("USE_MOCK_AWS", "false".to_owned()),
        ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.to_owned()),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", fake.endpoint()),
    ]
}
