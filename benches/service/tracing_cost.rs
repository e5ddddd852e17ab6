//! What traces cost: pairs of the service with and without them, in turns, so that a busy machine slows down both alike.

use std::time::Duration;

use fake_bedrock::FakeBedrock;
use fake_bedrock::script::Script;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use crate::connection::plan_request;
use crate::load::saturate;
use crate::process::ServiceProcess;
use crate::upstream::variables;

const PAIRS: usize = 9;
const WARM_UP: Duration = Duration::from_millis(500);
const TIME: Duration = Duration::from_secs(3);

/// Throughput in plans per second, and CPU seconds of the service per 1,000 plans.
struct Cost {
    rate: f64,
    cpu: f64,
}

/// Measures traces of every tenth request, and of every request, against none.
pub async fn pairs(fake: &FakeBedrock, dynamodb: &str) {
    fake.set_script(Script::default());
    let collector = collector().await;
    for share in ["0.1", "1"] {
        let mut ratios = (Vec::new(), Vec::new());
        let (mut off, mut on) = (Vec::new(), Vec::new());
        for pair in 0..PAIRS {
            let without = variables(fake, dynamodb);
            let mut with = without.clone();
            with.extend([
                ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.clone()),
                ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc".to_owned()),
                ("OTEL_TRACES_SAMPLER", "traceidratio".to_owned()),
                ("OTEL_TRACES_SAMPLER_ARG", share.to_owned()),
            ]);
            // Who is first changes, so that what the first one warms up does not favour one side.
            let (traced, untraced) = if pair % 2 == 0 {
                let untraced = cost(&without).await;
                (cost(&with).await, untraced)
            } else {
                (cost(&with).await, cost(&without).await)
            };
            ratios.0.push(traced.rate / untraced.rate);
            ratios.1.push(traced.cpu / untraced.cpu);
            off.push(untraced.cpu);
            on.push(traced.cpu);
        }
        println!(
            "traces of a share of {share} against none, {PAIRS} pairs: throughput x {:.3}, CPU x {:.3} ({:.3} and {:.3} CPU-s per 1,000 plans; medians)",
            median(ratios.0),
            median(ratios.1),
            median(on),
            median(off)
        );
    }
}

async fn cost(variables: &[(&'static str, String)]) -> Cost {
    let process = ServiceProcess::start(variables).await;
    let plan_request = plan_request();
    saturate(process.address, &plan_request, 64, WARM_UP).await;
    let before = process.cpu_seconds();
    let (count, rate) = saturate(process.address, &plan_request, 64, TIME).await;
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let cpu = (process.cpu_seconds() - before) * 1000.0 / count as f64;
    Cost { rate, cpu }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A collector that accepts all spans and keeps none.
struct Discard;

#[tonic::async_trait]
impl TraceService for Discard {
    async fn export(
        &self,
        _: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

async fn collector() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let service = TraceServiceServer::new(Discard);
    let server = tonic::transport::Server::builder().add_service(service);
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    endpoint
}
