//! A stand-in for Bedrock's runtime over real HTTP: Converse and CountTokens, with scripted faults and an invoice of every
//! billed call. Tests, benches and anyone without an AWS account use it; the service itself does not know it.
//!
//! It shares no code with the service's planner, so that a fault of one does not hide in the other.
//!
//! - `POST /model/{id}/converse`, `POST /model/{id}/count-tokens`: as Bedrock has them, as far as goal-router uses them.
//! - `POST /v1/chat/completions`: as servers of OpenAI's protocol have it, with the same script and on the same invoice.
//! - `GET /fake/invoice`: the billed calls and their sums. `DELETE /fake/invoice` forgets them.
//! - `PUT /fake/script`: what the next calls do ([`script::Script`]).

mod chat;
pub mod invoice;
mod model;
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

/// What the fake remembers.
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
    /// Builds a fake on this listener; the server has to be awaited.
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

    /// Starts a fake on a free loopback port, in the present runtime.
    ///
    /// # Errors
    /// When there is no port.
    pub fn start() -> std::io::Result<Self> {
        let (fake, server) = Self::build(TcpListener::bind(("127.0.0.1", 0))?, 1)?;
        tokio::spawn(server);
        Ok(fake)
    }

    /// Its endpoint.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Sets what the next calls do.
    pub fn set_script(&self, script: Script) {
        *self.state.script() = script;
    }

    /// The billed calls so far.
    #[must_use]
    pub fn invoice(&self) -> Invoice {
        self.state.invoice().clone()
    }
}

fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/model/{id}/converse", web::post().to(converse))
        .route("/model/{id}/count-tokens", web::post().to(count_tokens))
        .route("/v1/chat/completions", web::post().to(chat))
        .route(
            "/fake/invoice",
            web::get().to(|state: web::Data<State>| async move {
                HttpResponse::Ok().json(&*state.invoice())
            }),
        )
        .route("/fake/invoice", web::delete().to(forget))
        .route("/fake/script", web::put().to(put_script));
}

async fn forget(state: web::Data<State>) -> HttpResponse {
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
        Outcome::Refused(status, kind) => refuse(status, kind, "scripted"),
        Outcome::Broken => broken(),
        Outcome::Answered(answer) => answer.as_converse(&request),
    }
}

async fn chat(
    state: web::Data<State>,
    request: actix_web::HttpRequest,
    body: web::Bytes,
) -> HttpResponse {
    let Ok(sent) = serde_json::from_slice::<Value>(&body) else {
        return chat::refuse(StatusCode::BAD_REQUEST, "the body is not JSON");
    };
    let model = sent["model"].as_str().unwrap_or_default();
    if let Some(refusal) = chat::refusal(model, &sent) {
        return chat::refuse(StatusCode::BAD_REQUEST, refusal);
    }
    let id = request
        .headers()
        .get("x-client-request-id")
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default();
    match serve(&state, model, &chat::as_converse(&sent, id)).await {
        Outcome::Refused(status, _) => chat::refuse(status, "scripted"),
        Outcome::Broken => broken(),
        Outcome::Answered(answer) => chat::respond(&sent, &answer),
    }
}

/// What a call comes to, whichever protocol it came by.
enum Outcome {
    /// An error by status and name.
    Refused(StatusCode, &'static str),
    /// Billed, but the connection breaks in the middle of the answer.
    Broken,
    /// An answer.
    Answered(Answered),
}

/// An answer.
struct Answered {
    text: String,
    stop: &'static str,
    input_tokens: u64,
    output_tokens: u64,
    tells_usage: bool,
}

async fn serve(state: &State, model: &str, request: &Value) -> Outcome {
    let purpose = request["requestMetadata"]["purpose"]
        .as_str()
        .unwrap_or("plan")
        .to_owned();
    let (latency, fault, category) = {
        let mut script = state.script();
        (
            script.latency_ms,
            script.next_fault(&purpose),
            script.category.clone(),
        )
    };
    if latency > 0 {
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }
    if let Some((status, kind)) = fault.as_ref().and_then(Fault::unbilled) {
        return Outcome::Refused(status, kind);
    }
    let answer = writer::write(request, &purpose, fault.as_ref(), category.as_deref());
    let input_tokens = model::input_tokens(request);
    let (text, stop, output_tokens) = model::cut(answer, request, fault.as_ref());
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
        // Billed, but the caller does not hear of it.
        Some(Fault::Reset) => return Outcome::Broken,
        Some(Fault::ModelTimeout) => {
            return Outcome::Refused(StatusCode::REQUEST_TIMEOUT, "ModelTimeoutException");
        }
        Some(Fault::ModelError) => {
            return Outcome::Refused(StatusCode::FAILED_DEPENDENCY, "ModelErrorException");
        }
        Some(Fault::Stall { ms }) => tokio::time::sleep(Duration::from_millis(ms)).await,
        _ => {}
    }
    Outcome::Answered(Answered {
        text,
        stop,
        input_tokens,
        output_tokens,
        tells_usage: !matches!(fault, Some(Fault::NoUsage)),
    })
}

impl Answered {
    fn as_converse(&self, request: &Value) -> HttpResponse {
        let tool = request["toolConfig"]["tools"][0]["toolSpec"]["name"].as_str();
        let called = tool.and_then(|name| Some((name, self.as_object()?)));
        let (content, stop) = match called {
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
        if self.tells_usage {
            answer["usage"] = json!({"inputTokens": self.input_tokens, "outputTokens": self.output_tokens, "totalTokens": self.input_tokens + self.output_tokens});
        }
        HttpResponse::Ok().json(answer)
    }

    /// The text as a JSON object, if it is one.
    fn as_object(&self) -> Option<Value> {
        serde_json::from_str::<Value>(&self.text)
            .ok()
            .filter(Value::is_object)
    }
}

fn broken() -> HttpResponse {
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
