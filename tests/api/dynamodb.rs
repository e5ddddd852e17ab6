//! A DynamoDB endpoint between the application and a real engine, which answers some operations with an error.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use aws_sdk_dynamodb::types::AttributeValue;
use goal_router::dynamodb::embedded::EmbeddedEngine;
use goal_router::dynamodb::{self, TableNames, tables};

/// Returns the error that an operation is answered with; `None` if the engine answers.
type Fault = Box<dyn FnMut(&str) -> Option<&'static str> + Send>;

pub struct FaultyDynamoDb {
    pub endpoint: String,
    pub client: aws_sdk_dynamodb::Client,
    state: web::Data<Proxy>,
    _engine: EmbeddedEngine,
}

struct Proxy {
    engine: String,
    client: reqwest::Client,
    fault: Mutex<Fault>,
    /// How many transactions failed as a whole because they were invalid.
    invalid: Arc<Mutex<u32>>,
}

impl FaultyDynamoDb {
    /// Starts an endpoint with both tables.
    pub async fn start() -> Self {
        let engine = EmbeddedEngine::in_memory().unwrap();
        let client = dynamodb::local_client(&engine.endpoint(), Duration::from_secs(20));
        let names = TableNames {
            usage: "ai-router-usage-logs".to_owned(),
            state: "ai-router-state".to_owned(),
        };
        tables::create(&client, &names).await.unwrap();
        let state = web::Data::new(Proxy {
            engine: engine.endpoint(),
            client: reqwest::Client::new(),
            fault: Mutex::new(Box::new(|_| None)),
            invalid: Arc::default(),
        });
        let shared = state.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .default_service(web::to(forward))
        })
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
        let endpoint = format!("http://{}", server.addrs()[0]);
        tokio::spawn(server.run());
        Self {
            endpoint,
            client,
            state,
            _engine: engine,
        }
    }

    /// Answers operations as `fault` says from now on.
    pub fn fail_with(&self, fault: impl FnMut(&str) -> Option<&'static str> + Send + 'static) {
        *self.state.fault.lock().unwrap() = Box::new(fault);
    }

    /// Returns how many operations the engine has refused as invalid.
    pub fn invalid_operations(&self) -> u32 {
        *self.state.invalid.lock().unwrap()
    }

    /// Returns a number of a state item, 0 if there is none.
    pub async fn state_number(&self, pk: &str, name: &str) -> i64 {
        let found = self
            .client
            .get_item()
            .table_name("ai-router-state")
            .key("pk", AttributeValue::S(pk.to_owned()))
            .key("sk", AttributeValue::S("counter".to_owned()))
            .send()
            .await
            .unwrap();
        let item = found.item.unwrap_or_default();
        item.get(name)
            .map_or(0, |value| value.as_n().unwrap().parse().unwrap())
    }
}

async fn forward(request: HttpRequest, body: web::Bytes, proxy: web::Data<Proxy>) -> HttpResponse {
    let header = |name: &str| request.headers().get(name).unwrap().to_str().unwrap();
    let target = header("x-amz-target");
    let operation = target.rsplit('.').next().unwrap();
    let fault = (proxy.fault.lock().unwrap())(operation);
    if let Some(exception) = fault {
        return HttpResponse::BadRequest()
            .content_type("application/x-amz-json-1.0")
            .body(format!(
                r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{exception}","message":"told by the test"}}"#
            ));
    }
    let mut sent = proxy.client.post(&proxy.engine).body(body);
    for name in [
        "authorization",
        "content-type",
        "x-amz-date",
        "x-amz-target",
    ] {
        if let Some(value) = request.headers().get(name) {
            sent = sent.header(name, value.as_bytes());
        }
    }
    let response = sent.send().await.unwrap();
    let status = response.status().as_u16();
    let bytes = response.bytes().await.unwrap();
    if status == 400 && String::from_utf8_lossy(&bytes).contains("#ValidationException") {
        *proxy.invalid.lock().unwrap() += 1;
    }
    HttpResponse::build(actix_web::http::StatusCode::from_u16(status).unwrap())
        .content_type("application/x-amz-json-1.0")
        .body(bytes)
}
