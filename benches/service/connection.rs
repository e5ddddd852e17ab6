//! A minimal HTTP client, whose own cost does not distort the figures.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const BODY: &str = r#"{"goal": "Prepare for AWS Solutions Architect certification", "context": "Beginner with basic cloud knowledge"}"#;
/// The part of the client address that differs in each request. Simultaneous requests of one client for the same plan would
/// share one model call.
const SERIAL: &[u8] = b"0000:0000";
static REQUESTS: AtomicUsize = AtomicUsize::new(1);

/// A client with one persistent connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            buffer: Vec::with_capacity(16 * 1024),
        }
    }

    /// Returns the duration of a step in the last response's `Server-Timing`, in milliseconds; 0 if the step is not in it.
    pub fn timing(&self, step: &str) -> f64 {
        let text = String::from_utf8_lossy(&self.buffer);
        let duration = text.split(&format!("{step};dur=")).nth(1);
        duration
            .and_then(|rest| rest.split([',', '\r']).next()?.parse().ok())
            .unwrap_or(0.0)
    }

    /// Returns the body of the last response.
    pub fn body(&self) -> &[u8] {
        &self.buffer[self.head_end().unwrap() + 4..]
    }

    /// Sends a request, reads the whole response, and returns its status.
    pub async fn send(&mut self, request: &[u8]) -> u16 {
        let request = with_own_address(request);
        self.stream.write_all(&request).await.unwrap();
        self.buffer.clear();
        let end = loop {
            self.read_more().await;
            if let Some(end) = self.head_end() {
                break end;
            }
        };
        let head = std::str::from_utf8(&self.buffer[..end])
            .unwrap()
            .to_ascii_lowercase();
        let length: usize = head
            .split("content-length: ")
            .nth(1)
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        while self.buffer.len() < end + 4 + length {
            self.read_more().await;
        }
        head[9..12].parse().unwrap()
    }

    async fn read_more(&mut self) {
        assert!(
            self.stream.read_buf(&mut self.buffer).await.unwrap() > 0,
            "the connection closed"
        );
    }

    fn head_end(&self) -> Option<usize> {
        let mut windows = self.buffer.windows(4);
        windows.position(|window| window == b"\r\n\r\n")
    }
}

/// Returns the request with a client address that no other request has.
fn with_own_address(request: &[u8]) -> Vec<u8> {
    let mut request = request.to_vec();
    let mut windows = request.windows(SERIAL.len());
    if let Some(start) = windows.position(|window| window == SERIAL) {
        let serial = REQUESTS.fetch_add(1, Ordering::Relaxed);
        let serial = format!("{:04x}:{:04x}", serial >> 16, serial & 0xffff);
        request[start..start + SERIAL.len()].copy_from_slice(serial.as_bytes());
    }
    request
}

/// Returns a request for the plan of the bench.
pub fn plan_request() -> Arc<Vec<u8>> {
    request("/api/v1/generate-plan", BODY)
}

/// Returns a request to `path` with the same body as [`plan_request`].
pub fn same_body_to(path: &str) -> Arc<Vec<u8>> {
    request(path, BODY)
}

/// Returns a POST request with a JSON body.
pub fn request(path: &str, body: &str) -> Arc<Vec<u8>> {
    let length = body.len();
    Arc::new(format!("POST {path} HTTP/1.1\r\nHost: bench\r\nX-Forwarded-For: 2001:db8:0000:0000::1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes())
}
