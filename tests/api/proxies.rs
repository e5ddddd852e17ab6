//! `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` hold for every server that the service calls over HTTP.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::binary::Process;
use crate::support::{MODEL, fake};
use fake_bedrock::script::Script;

const OPENAI_MODEL: &str = "openai:gpt-4o-mini";

/// A proxy that notes the first line of each connection. It forwards plain requests to one server, and opens no tunnels.
struct Proxy {
    url: String,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    async fn start(server: String) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let lines = Arc::<Mutex<Vec<String>>>::default();
        let noted = Arc::clone(&lines);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, server.clone(), Arc::clone(&noted)));
            }
        });
        Self { url, lines }
    }

    fn has(&self, start: &str) -> bool {
        let lines = self.lines.lock().unwrap();
        lines.iter().any(|line| line.starts_with(start))
    }

    /// Waits for a request that starts like this.
    async fn expect(&self, start: &str) {
        for _ in 0..200 {
            if self.has(start) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no {start} in {:?}", self.lines.lock().unwrap());
    }
}

async fn serve(mut client: TcpStream, server: String, lines: Arc<Mutex<Vec<String>>>) {
    let mut head = vec![0; 16 * 1024];
    let read = client.read(&mut head).await.unwrap_or(0);
    let text = String::from_utf8_lossy(&head[..read]).into_owned();
    lines
        .lock()
        .unwrap()
        .push(text.lines().next().unwrap_or_default().to_owned());
    if text.starts_with("CONNECT") {
        drop(
            client
                .write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                .await,
        );
        return;
    }
    let Ok(mut upstream) = TcpStream::connect(server).await else {
        return;
    };
    drop(upstream.write_all(&head[..read]).await);
    drop(tokio::io::copy_bidirectional(&mut client, &mut upstream).await);
}

async fn status(process: &Process) -> u16 {
    let request = reqwest::Client::new()
        .post(format!("{}/api/v1/generate-plan", process.address()))
        .json(&json!({"goal": "Prepare for AWS certification"}));
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_goes_through_the_proxy_for_both_kinds_of_models() {
    for (model, request) in [
        (MODEL, "POST http://bedrock.test/model/"),
        (OPENAI_MODEL, "POST http://models.test/v1/chat/completions"),
    ] {
        let fake = fake(Script::default());
        let proxy = Proxy::start(fake.endpoint().trim_start_matches("http://").to_owned()).await;
        let process = Process::start(&[
            ("LLM_MODELS", model),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://bedrock.test"),
            ("AWS_ACCESS_KEY_ID", "a"),
            ("AWS_SECRET_ACCESS_KEY", "b"),
            ("OPENAI_BASE_URL", "http://models.test/v1"),
            ("http_proxy", &proxy.url),
        ]);

        assert_eq!(status(&process).await, 200, "{model}");
        assert!(proxy.has(request), "{model}");
        assert_eq!(fake.invoice().calls.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn https_asks_the_proxy_for_a_tunnel_for_models_and_keys() {
    let proxy = Proxy::start(String::new()).await;
    let models = format!("{MODEL},{OPENAI_MODEL}");
    let process = Process::start(&[
        ("LLM_MODELS", &models),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "https://bedrock.test"),
        ("AWS_ACCESS_KEY_ID", "a"),
        ("AWS_SECRET_ACCESS_KEY", "b"),
        ("OPENAI_BASE_URL", "https://models.test/v1"),
        ("HTTPS_PROXY", &proxy.url),
        ("REQUEST_DEADLINE_SECONDS", "10"),
    ]);
    assert!(status(&process).await >= 500);
    proxy.expect("CONNECT bedrock.test:443").await;
    proxy.expect("CONNECT models.test:443").await;

    let _issuer = Process::start(&[
        ("AUTH_MODE", "jwt"),
        ("JWT_ISSUER", "https://issuer.test"),
        ("JWT_AUDIENCE", "a"),
        ("JWKS_URL", "https://issuer.test/keys"),
        ("HTTPS_PROXY", &proxy.url),
    ]);
    proxy.expect("CONNECT issuer.test:443").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_of_no_proxy_and_on_this_machine_are_called_directly() {
    let fake = fake(Script::default());
    let proxy = Proxy::start(String::new()).await;
    let process = Process::start(&[
        ("LLM_MODELS", MODEL),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &fake.endpoint()),
        ("HTTP_PROXY", &proxy.url),
    ]);
    assert_eq!(status(&process).await, 200);

    let models = format!("{MODEL},{OPENAI_MODEL}");
    let process = Process::start(&[
        ("LLM_MODELS", &models),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "https://bedrock.test"),
        ("AWS_ACCESS_KEY_ID", "a"),
        ("AWS_SECRET_ACCESS_KEY", "b"),
        ("OPENAI_BASE_URL", "https://models.test/v1"),
        ("AUTH_MODE", "none"),
        ("HTTPS_PROXY", &proxy.url),
        ("NO_PROXY", "bedrock.test,.test"),
        ("REQUEST_DEADLINE_SECONDS", "10"),
    ]);
    // The names do not exist, so that direct calls fail.
    assert!(status(&process).await >= 500);
    assert!(!proxy.has(""), "{:?}", proxy.lines.lock().unwrap());
}
