//! The pipeline in this process, compared with a bare handler.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::{App, HttpResponse, HttpServer, web};
use goal_router::app;
use goal_router::config::Settings;
use goal_router::http::{self, Service};
use goal_router::idempotency::Idempotency;
use goal_router::ledger::Ledger;
use goal_router::planner::{Dependencies, ModelCandidate, Planner};
use goal_router::telemetry::{Metrics, RequestTracer};
use planning::classifier::Classifier;
use planning::offline::OfflinePlanner;
use tokio_util::task::TaskTracker;

use crate::connection::{Connection, plan_request, same_body_to};
use crate::load::saturate;
use crate::null_store::NullStore;

/// Compares the whole pipeline with its routes and middleware, but without a store, with a bare handler that returns the same
/// bytes.
pub async fn beside_a_bare_handler() {
    let (pipeline, pipeline_handle) = start_pipeline();
    let bytes = response_body(pipeline).await;
    let size = bytes.len();
    let (bare, bare_handle) = start_bare_handler(bytes);
    let (plan_request, bare_request) = (plan_request(), same_body_to("/bare"));

    let mut ratios = Vec::new();
    for _ in 0..3 {
        let (_, bare_rate) = saturate(bare, &bare_request, 64, Duration::from_secs(2)).await;
        let (_, rate) = saturate(pipeline, &plan_request, 64, Duration::from_secs(2)).await;
        println!(
            "  pipeline without store {rate:.0}/s, bare handler of the same {size} bytes {bare_rate:.0}/s, ratio {:.2}",
            rate / bare_rate
        );
        ratios.push(rate / bare_rate);
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "pipeline without store / bare handler: {:.2} (median of 3)",
        ratios[1]
    );
    pipeline_handle.stop(false).await;
    bare_handle.stop(false).await;
}

fn start_pipeline() -> (SocketAddr, ServerHandle) {
    let service = service();
    let server = HttpServer::new(move || App::new().configure(http::routes::public(&service)))
        .workers(2)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
    let address = server.addrs()[0];
    (address, run(server.run()))
}

fn start_bare_handler(bytes: web::Bytes) -> (SocketAddr, ServerHandle) {
    let server = HttpServer::new(move || {
        let bytes = bytes.clone();
        App::new().route(
            "/bare",
            web::post().to(move |_: web::Bytes| {
                let bytes = bytes.clone();
                async move {
                    HttpResponse::Ok()
                        .content_type("application/json")
                        .body(bytes)
                }
            }),
        )
    })
    .workers(2)
    .disable_signals()
    .bind(("127.0.0.1", 0))
    .unwrap();
    let address = server.addrs()[0];
    (address, run(server.run()))
}

fn run(server: Server) -> ServerHandle {
    let handle = server.handle();
    tokio::spawn(server);
    handle
}

/// Returns the body of the response to the plan request.
async fn response_body(pipeline: SocketAddr) -> web::Bytes {
    let mut connection = Connection::open(pipeline).await;
    assert_eq!(connection.send(&plan_request()).await, 200);
    web::Bytes::from(connection.body().to_vec())
}

/// The service with the offline model and [`NullStore`].
fn service() -> Arc<Service> {
    let settings = Settings::from_pairs([("RATE_LIMIT_PER_MINUTE", "100000000")]).unwrap();
    let clock = app::system_clock();
    let idempotency = Idempotency::new(
        Arc::new(NullStore),
        Arc::clone(&clock),
        settings.limits.deadline,
        TaskTracker::new(),
    );
    let metrics = Metrics::new().unwrap();
    let access = app::access(&settings.access, None, Arc::clone(&clock), metrics.clone()).unwrap();
    let planner = Planner::new(Dependencies {
        classifier: Classifier::built_in().unwrap(),
        offline: OfflinePlanner::new().unwrap(),
        candidates: vec![ModelCandidate::offline()],
        classifier_model: None,
        ledger: Ledger::new(
            Arc::new(NullStore),
            None,
            Arc::clone(&clock),
            settings.ledger,
        ),
        clock,
        limits: settings.limits,
        cache: None,
        metrics: metrics.clone(),
    });
    Arc::new(Service::new(
        planner,
        access,
        idempotency,
        metrics,
        RequestTracer::new(&settings.traces),
        tokio::runtime::Handle::current(),
        TaskTracker::new(),
        4000,
    ))
}
