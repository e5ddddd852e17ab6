//! A collector: it receives spans by OTLP over gRPC and HTTP, and can refuse them or never answer.

use std::collections::BTreeMap;
use std::future::pending;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, web};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value as AnyValue;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::Span as ProtoSpan;
use prost::Message as _;
use serde_json::Value;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

/// What the collector does with spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    Accepts,
    Refuses,
    NeverAnswers,
}

/// A span as it was received.
#[derive(Debug, Clone)]
pub struct Span {
    pub trace_id: String,
    pub id: String,
    pub parent: String,
    pub name: String,
    pub is_server: bool,
    pub is_error: bool,
    pub attributes: BTreeMap<String, Value>,
    /// The ids of the spans it links to.
    pub links: Vec<String>,
    pub start: u64,
    pub end: u64,
    /// The attributes of the process.
    pub resource: BTreeMap<String, Value>,
}

impl Span {
    /// Returns an attribute as text; empty if it is missing.
    pub fn text(&self, name: &str) -> &str {
        self.attributes
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Returns an attribute as a number.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.attributes.get(name)?.as_f64()
    }
}

#[derive(Clone)]
struct Received {
    spans: Arc<Mutex<Vec<Span>>>,
    behaviour: Arc<Mutex<Behaviour>>,
}

/// A running collector.
pub struct Collector {
    pub grpc: String,
    pub http: String,
    received: Received,
}

impl Collector {
    pub async fn start() -> Self {
        let received = Received {
            spans: Arc::default(),
            behaviour: Arc::new(Mutex::new(Behaviour::Accepts)),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let grpc = format!("http://{}", listener.local_addr().unwrap());
        let service = TraceServiceServer::new(received.clone());
        let server = tonic::transport::Server::builder().add_service(service);
        tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let http = format!("http://{}", listener.local_addr().unwrap());
        let state = received.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(state.clone()))
                .route("/v1/traces", web::post().to(receive_http))
        });
        let server = server
            .workers(1)
            .disable_signals()
            .listen(listener)
            .unwrap();
        tokio::spawn(server.run());
        Self {
            grpc,
            http,
            received,
        }
    }

    pub fn set(&self, behaviour: Behaviour) {
        *self.received.behaviour.lock().unwrap() = behaviour;
    }

    /// Returns all spans so far.
    pub fn spans(&self) -> Vec<Span> {
        self.received.spans.lock().unwrap().clone()
    }

    /// Returns the spans of the request with this id, once it has ended and `is_complete` holds.
    pub async fn trace(&self, request_id: &str, is_complete: impl Fn(&Trace) -> bool) -> Trace {
        for _ in 0..200 {
            if let Some(trace) = self.find(request_id)
                && is_complete(&trace)
            {
                return trace;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let seen: Vec<_> = self.spans().into_iter().map(|span| span.name).collect();
        panic!("no complete trace of {request_id}: {seen:?}")
    }

    fn find(&self, request_id: &str) -> Option<Trace> {
        let spans = self.spans();
        let server = spans
            .iter()
            .find(|span| span.text("goal_router.request_id") == request_id)?
            .clone();
        let spans = spans
            .into_iter()
            .filter(|span| span.trace_id == server.trace_id)
            .collect();
        Some(Trace { server, spans })
    }
}

/// The spans of one request.
#[derive(Debug)]
pub struct Trace {
    pub server: Span,
    pub spans: Vec<Span>,
}

impl Trace {
    /// Returns the spans with this name, in the order in which they started.
    pub fn named(&self, name: &str) -> Vec<&Span> {
        let mut named: Vec<&Span> = self.spans.iter().filter(|span| span.name == name).collect();
        named.sort_by_key(|span| span.start);
        named
    }

    /// Returns the only span with this name.
    pub fn one(&self, name: &str) -> &Span {
        let named = self.named(name);
        assert_eq!(named.len(), 1, "{name}: {self:#?}");
        named[0]
    }

    /// Returns the spans right below this one, in the order in which they started.
    pub fn children(&self, parent: &Span) -> Vec<&Span> {
        let mut children: Vec<&Span> = self
            .spans
            .iter()
            .filter(|span| span.parent == parent.id)
            .collect();
        children.sort_by_key(|span| span.start);
        children
    }

    pub fn has(&self, name: &str) -> bool {
        !self.named(name).is_empty()
    }
}

impl Received {
    /// Stores the spans of a request, unless the collector behaves badly.
    async fn receive(&self, request: ExportTraceServiceRequest) -> bool {
        let behaviour = *self.behaviour.lock().unwrap();
        match behaviour {
            Behaviour::Refuses => return false,
            Behaviour::NeverAnswers => pending().await,
            Behaviour::Accepts => {}
        }
        let mut spans = self.spans.lock().unwrap();
        for group in request.resource_spans {
            let resource = attributes(group.resource.unwrap_or_default().attributes);
            for span in group.scope_spans.into_iter().flat_map(|scope| scope.spans) {
                spans.push(read(span, &resource));
            }
        }
        true
    }
}

#[tonic::async_trait]
impl TraceService for Received {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        if self.receive(request.into_inner()).await {
            Ok(Response::new(ExportTraceServiceResponse::default()))
        } else {
            Err(Status::invalid_argument("refused by the test"))
        }
    }
}

async fn receive_http(
    received: web::Data<Received>,
    request: actix_web::HttpRequest,
    body: web::Bytes,
) -> HttpResponse {
    let is_json = request
        .headers()
        .get("content-type")
        .is_some_and(|media_type| media_type == "application/json");
    let message = if is_json {
        serde_json::from_slice(&body).unwrap()
    } else {
        ExportTraceServiceRequest::decode(body).unwrap()
    };
    if !received.receive(message).await {
        return HttpResponse::BadRequest().finish();
    }
    if is_json {
        HttpResponse::Ok().json(serde_json::json!({}))
    } else {
        HttpResponse::Ok()
            .content_type("application/x-protobuf")
            .body(ExportTraceServiceResponse::default().encode_to_vec())
    }
}

fn read(span: ProtoSpan, resource: &BTreeMap<String, Value>) -> Span {
    use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
    use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
    Span {
        trace_id: hex::encode(&span.trace_id),
        id: hex::encode(&span.span_id),
        parent: hex::encode(&span.parent_span_id),
        is_server: span.kind == SpanKind::Server as i32,
        is_error: span
            .status
            .is_some_and(|status| status.code == StatusCode::Error as i32),
        links: span
            .links
            .iter()
            .map(|link| hex::encode(&link.span_id))
            .collect(),
        attributes: attributes(span.attributes),
        name: span.name,
        start: span.start_time_unix_nano,
        end: span.end_time_unix_nano,
        resource: resource.clone(),
    }
}

fn attributes(pairs: Vec<KeyValue>) -> BTreeMap<String, Value> {
    pairs
        .into_iter()
        .map(|pair| (pair.key, json(pair.value.and_then(|value| value.value))))
        .collect()
}

fn json(value: Option<any_value::Value>) -> Value {
    match value {
        Some(AnyValue::StringValue(text)) => text.into(),
        Some(AnyValue::BoolValue(flag)) => flag.into(),
        Some(AnyValue::IntValue(number)) => number.into(),
        Some(AnyValue::DoubleValue(number)) => number.into(),
        Some(AnyValue::ArrayValue(array)) => array
            .values
            .into_iter()
            .map(|value| json(value.value))
            .collect(),
        _ => Value::Null,
    }
}
