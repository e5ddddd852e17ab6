//! A fake of Bedrock's runtime over real HTTP: Converse and CountTokens, with scripted faults and an invoice of every billed call.
//! It serves tests, benchmarks and developers without an AWS account. The service itself does not know about it.
//!
//! It shares no code with the service's planner, so that a bug in one cannot hide in the other.
//!
//! - `POST /model/{id}/converse`, `POST /model/{id}/count-tokens`: the part of Bedrock's API that goal-router uses.
//! - `POST /v1/chat/completions`: OpenAI's protocol in the dialects of its servers, with the same script and the same invoice.
//! - `GET /fake/invoice`: the billed calls and their sums. `DELETE /fake/invoice` clears them.
//! - `PUT /fake/script`: sets the behaviour of the next calls ([`script::Script`]).
//! - `GET /health`: 200 as long as it serves.

mod chat;
mod dialect;
pub mod invoice;
mod model;
pub mod raw;
pub mod script;
mod writer;

use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::StatusCode;
use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::{Value, json};

use self::invoice::{BilledCall, Invoice};
use self::model::ModelProfile;
use self::script::{Fault, Script};

/// A running fake.
pub struct FakeBedrock {
    port: u16,
    state: Arc<State>,
}

/// The state that all workers share.
#[derive(Default)]
struct State {
    script: Mutex<Script>,
    invoice: Mutex<Invoice>,
}

impl State {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn invoice(&self) -> MutexGuard<'_, Invoice> {
        self.invoice.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FakeBedrock {
    /// Builds a fake on this listener. The returned server runs only while it is awaited.
    ///
    /// # Errors
    /// When the listener cannot be used.
    pub fn build(listener: TcpListener, workers: usize) -> std::io::Result<(Self, Server)> {
        let state = Arc::new(State::default());
        let port = listener.local_addr()?.port();
        let server = {
            let state = Arc::clone(&state);
            HttpServer::new(move || {
                App::new()
                    .app_data(web::PayloadConfig::new(1 << 20))
                    .app_data(web::Data::from(Arc::clone(&state)))
                    .configure(routes)
            })
            .workers(workers)
            .backlog(16_384)
            .keep_alive(Duration::from_secs(75))
            .disable_signals()
            .shutdown_timeout(1)
            .listen(listener)?
            .run()
        };
        Ok((Self { port, state }, server))
    }

    /// Starts a fake on a free loopback port, on the current runtime.
    ///
    /// # Errors
    /// When no port can be bound.
    pub fn start() -> std::io::Result<Self> {
        let (fake, server) = Self::build(TcpListener::bind(("127.0.0.1", 0))?, 1)?;
        tokio::spawn(server);
        Ok(fake)
    }

    /// Returns the base URL.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Sets the script for the next calls.
    pub fn set_script(&self, script: Script) {
        *self.state.script() = script;
    }

    /// Returns the calls billed so far.
    #[must_use]
    pub fn invoice(&self) -> Invoice {
        self.state.invoice().clone()
    }
}

fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/model/{id}/converse", web::post().to(converse))
        .route("/model/{id}/count-tokens", web::post().to(count_tokens))
        .route("/v1/chat/completions", web::post().to(chat_completion))
        .route(
            "/fake/invoice",
            web::get().to(|state: web::Data<State>| async move {
                HttpResponse::Ok().json(&*state.invoice())
            }),
        )
        .route("/fake/invoice", web::delete().to(clear_invoice))
        .route("/fake/script", web::put().to(put_script))
        .route("/health", web::get().to(HttpResponse::Ok));
}

async fn clear_invoice(state: web::Data<State>) -> HttpResponse {
    *state.invoice() = Invoice::default();
    HttpResponse::NoContent().finish()
}

async fn put_script(state: web::Data<State>, script: web::Json<Script>) -> HttpResponse {
    *state.script() = script.into_inner();
    HttpResponse::NoContent().finish()
}

async fn count_tokens(body: web::Bytes) -> HttpResponse {
    let Ok(request) = serde_json::from_slice::<Value>(&body) else {
        return refuse(
            StatusCode::BAD_REQUEST,
            "ValidationException",
            "the body is not JSON",
        );
    };
    HttpResponse::Ok()
        .json(json!({"inputTokens": model::input_tokens(&request["input"]["converse"])}))
}

async fn converse(
    state: web::Data<State>,
    id: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    let Ok(request) = serde_json::from_slice::<Value>(&body) else {
        return refuse(
            StatusCode::BAD_REQUEST,
            "ValidationException",
            "the body is not JSON",
        );
    };
    if let Some(refusal) = ModelProfile::of(&id).refusal(&request) {
        return refuse(StatusCode::BAD_REQUEST, "ValidationException", refusal);
    }
    match serve(&state, &id, &request).await {
        Outcome::Error(status, kind) => refuse(status, kind, "scripted"),
        Outcome::ConnectionReset => connection_reset(),
        Outcome::Answered(answer) => answer.as_converse(&request),
    }
}

async fn chat_completion(
    state: web::Data<State>,
    request: actix_web::HttpRequest,
    body: web::Bytes,
) -> HttpResponse {
    let Ok(completion_request) = serde_json::from_slice::<Value>(&body) else {
        return chat::refuse("", StatusCode::BAD_REQUEST, "the body is not JSON");
    };
    let model = completion_request["model"].as_str().unwrap_or_default();
    if let Some(refusal) = chat::refusal(model, &completion_request) {
        return chat::refuse(model, StatusCode::BAD_REQUEST, refusal);
    }
    let id = request
        .headers()
        .get("x-client-request-id")
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default();
    match serve(&state, model, &chat::as_converse(&completion_request, id)).await {
        Outcome::Error(status, _) => chat::refuse(model, status, "scripted"),
        Outcome::ConnectionReset => connection_reset(),
        Outcome::Answered(answer) => chat::respond(&completion_request, &answer),
    }
}

/// The outcome of a call, in either protocol.
enum Outcome {
    /// An error, by status and name.
    Error(StatusCode, &'static str),
    /// The connection breaks in the middle of the answer. The call is billed.
    ConnectionReset,
    /// An answer.
    Answered(Answer),
}

/// A model's answer.
struct Answer {
    text: String,
    stop: &'static str,
    input_tokens: u64,
    output_tokens: u64,
    reports_usage: bool,
}

async fn serve(state: &State, model: &str, request: &Value) -> Outcome {
    let purpose = request["requestMetadata"]["purpose"]
        .as_str()
        .unwrap_or("plan")
        .to_owned();
    let (latency, fault, category) = {
        let mut script = state.script();
        (
            script.next_latency(model),
            script.next_fault(&purpose, model),
            script.category.clone(),
        )
    };
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    if let Some((status, kind)) = fault.as_ref().and_then(Fault::unbilled) {
        return Outcome::Error(status, kind);
    }
    let answer = writer::write(request, &purpose, fault.as_ref(), category.as_deref());
    let input_tokens = model::input_tokens(request);
    let (text, stop, output_tokens) = model::truncate(answer, request, fault.as_ref());
    state.invoice().add(BilledCall {
        model: model.to_owned(),
        request_id: request["requestMetadata"]["request_id"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        purpose,
        input_tokens,
        output_tokens,
    });
    match fault {
        // The call is billed, but the caller gets no answer.
        Some(Fault::Reset) => return Outcome::ConnectionReset,
        Some(Fault::ModelTimeout) => {
            return Outcome::Error(StatusCode::REQUEST_TIMEOUT, "ModelTimeoutException");
        }
        Some(Fault::ModelError) => {
            return Outcome::Error(StatusCode::FAILED_DEPENDENCY, "ModelErrorException");
        }
        Some(Fault::Stall { ms }) => tokio::time::sleep(Duration::from_millis(ms)).await,
        _ => {}
    }
    Outcome::Answered(Answer {
        text,
        stop,
        input_tokens,
        output_tokens,
        reports_usage: !matches!(fault, Some(Fault::NoUsage)),
    })
}

impl Answer {
    fn as_converse(&self, request: &Value) -> HttpResponse {
        let tool = request["toolConfig"]["tools"][0]["toolSpec"]["name"].as_str();
        let call = tool.and_then(|name| Some((name, self.as_object()?)));
        let (content, stop) = match call {
            Some((name, input)) => (
                json!({"toolUse": {"toolUseId": "tool-1", "name": name, "input": input}}),
                if self.stop == "end_turn" {
                    "tool_use"
                } else {
                    self.stop
                },
            ),
            None => (json!({"text": self.text}), self.stop),
        };
        let mut answer = json!({
            "output": {"message": {"role": "assistant", "content": [content]}},
            "stopReason": stop,
            "metrics": {"latencyMs": 1}
        });
        if self.reports_usage {
            answer["usage"] = json!({"inputTokens": self.input_tokens, "outputTokens": self.output_tokens, "totalTokens": self.input_tokens + self.output_tokens});
        }
        HttpResponse::Ok().json(answer)
    }

    /// Parses the text as a JSON object, if it is one.
    fn as_object(&self) -> Option<Value> {
        serde_json::from_str::<Value>(&self.text)
            .ok()
            .filter(Value::is_object)
    }
}

fn connection_reset() -> HttpResponse {
    HttpResponse::Ok().streaming(futures_util::stream::iter([
        Ok::<_, std::io::Error>(web::Bytes::from_static(b"{\"output\":")),
        Err(std::io::Error::other("scripted reset")),
    ]))
}

fn refuse(status: StatusCode, kind: &'static str, message: &str) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header(("x-amzn-errortype", kind))
        .json(json!({"message": message}))
}
