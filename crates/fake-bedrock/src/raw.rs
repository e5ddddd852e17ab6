//! A server that answers every request as a function says: for answers that no provider documents, in any protocol.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct RawRequest {
    /// How many requests came before it.
    pub index: usize,
    /// The path of its URL, with its query.
    pub path: String,
    /// Its headers, with their names in lower case. What is no text is left out.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: String,
}

impl RawRequest {
    /// Returns the value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }
}

/// A response as it is sent.
#[derive(Debug, Clone)]
pub struct RawResponse {
    /// The status.
    pub status: u16,
    /// The headers, in addition to those of HTTP itself.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl RawResponse {
    /// Creates a response with a JSON body.
    #[must_use]
    pub fn json(status: u16, body: &str) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            body: body.to_owned(),
        }
    }

    /// Adds a header. One that HTTP does not allow is not sent.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

type Answer = dyn Fn(RawRequest) -> RawResponse + Send + Sync;

/// A running server.
pub struct RawServer {
    port: u16,
    requests: Arc<AtomicUsize>,
}

impl RawServer {
    /// Starts a server on a free loopback port, on the current runtime.
    ///
    /// # Errors
    /// When no port can be bound.
    pub fn start(
        answer: impl Fn(RawRequest) -> RawResponse + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let requests = Arc::new(AtomicUsize::new(0));
        let state = (Arc::new(answer) as Arc<Answer>, Arc::clone(&requests));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::PayloadConfig::new(1 << 20))
                .app_data(web::Data::new(state.clone()))
                .default_service(web::to(respond))
        })
        .workers(1)
        .disable_signals()
        .shutdown_timeout(1)
        .listen(listener)?
        .run();
        tokio::spawn(server);
        Ok(Self { port, requests })
    }

    /// Returns the base URL.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns how many requests have arrived.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

async fn respond(
    state: web::Data<(Arc<Answer>, Arc<AtomicUsize>)>,
    request: HttpRequest,
    body: web::Bytes,
) -> HttpResponse {
    let (answer, requests) = state.get_ref();
    let response = answer(RawRequest {
        index: requests.fetch_add(1, Ordering::SeqCst),
        path: request.uri().to_string(),
        headers: request
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
            .collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    let status = StatusCode::from_u16(response.status);
    let mut built = HttpResponse::build(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    for (name, value) in &response.headers {
        built.insert_header((name.as_str(), value.as_str()));
    }
    built.body(response.body)
}
