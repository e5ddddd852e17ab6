//! The service under load, in ratios of one run: against a bare handler, against the upstream alone, in CPU time of its own
//! process. Run by `make bench`, a step alone by `cargo bench --bench service -- many_in_flight`; nothing here is a test, since
//! machines differ and are shared.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and one that cannot go on has failed"
)]

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use actix_web::{App, HttpResponse, HttpServer, web};
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use fake_bedrock::FakeBedrock;
use fake_bedrock::script::Script;
use goal_router::app;
use goal_router::config::Settings;
use goal_router::dynamodb::embedded::EmbeddedEngine;
use goal_router::dynamodb::{self, DynamoDbStore, TableNames, tables};
use goal_router::http::{self, Service};
use goal_router::idempotency::{Claim, ClaimResult, Idempotency, IdempotencyStore, StoredResponse};
use goal_router::ledger::store::{Account, Counter, Entry, Lease, RowTotals, WriteError};
use goal_router::ledger::{
    Bill, Ledger, LedgerSettings, LedgerStore, RowKey, RowStatus, Unavailable, UsageRow,
};
use goal_router::money::Money;
use goal_router::planner::{Dependencies, ModelCandidate, Planner};
use goal_router::request_context::RequestContext;
use goal_router::telemetry::Metrics;
use planning::classifier::Classifier;
use planning::offline::OfflinePlanner;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::task::TaskTracker;

// As the service itself has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const BODY: &str = r#"{"goal": "Prepare for AWS Solutions Architect certification", "context": "Beginner with basic cloud knowledge"}"#;
/// A part of the client's address, which is another for every request: those of one client for the same plan at the same moment
/// would share a call.
const SERIAL: &[u8] = b"0000:0000";
static REQUESTS: AtomicUsize = AtomicUsize::new(1);

/// A process of the release binary.
struct Router {
    child: Child,
    address: SocketAddr,
    folder: std::path::PathBuf,
}

impl Router {
    async fn start(more: &[(&str, String)]) -> Self {
        let port = std::net::TcpListener::bind(("127.0.0.1", 0))
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let folder = std::env::temp_dir().join(format!("goal-router-bench-{port}"));
        let child = Command::new(env!("CARGO_BIN_EXE_goal-router"))
            .env_clear()
            .envs([
                ("PORT", port.to_string()),
                ("MANAGEMENT_PORT", "0".to_owned()),
                ("DAILY_BUDGET_USD", "1000000".to_owned()),
                ("MAX_IN_FLIGHT", "6000".to_owned()),
                ("RATE_LIMIT_PER_MINUTE", "100000000".to_owned()),
                ("TRUSTED_PROXY_HOPS", "1".to_owned()),
            ])
            .env("DATA_DIR", &folder)
            .envs(more.iter().map(|(name, value)| (*name, value.as_str())))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        while TcpStream::connect(address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Self {
            child,
            address,
            folder,
        }
    }

    /// CPU seconds that the process has used.
    fn cpu(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        // utime and stime, in ticks of 1/100 s on every Linux that Rust runs on.
        (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
    }

    /// Memory in MB: now (`VmRSS`) or at most so far (`VmHWM`).
    fn memory(&self, field: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(field)).unwrap();
        line.split_whitespace()
            .nth(1)
            .unwrap()
            .parse::<f64>()
            .unwrap()
            / 1024.0
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A client with one connection that stays open.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            buffer: Vec::with_capacity(16 * 1024),
        }
    }

    /// A step of the last answer's `Server-Timing`, in milliseconds; 0 where it tells none.
    fn timing(&self, step: &str) -> f64 {
        let text = String::from_utf8_lossy(&self.buffer);
        let told = text.split(&format!("{step};dur=")).nth(1);
        told.and_then(|rest| rest.split([',', '\r']).next()?.parse().ok())
            .unwrap_or(0.0)
    }

    /// Sends a request and reads its answer; the status.
    async fn ask(&mut self, request: &[u8]) -> u16 {
        let mut request = request.to_vec();
        let mut windows = request.windows(SERIAL.len());
        if let Some(place) = windows.position(|window| window == SERIAL) {
            let serial = REQUESTS.fetch_add(1, Ordering::Relaxed);
            let serial = format!("{:04x}:{:04x}", serial >> 16, serial & 0xffff);
            request[place..place + SERIAL.len()].copy_from_slice(serial.as_bytes());
        }
        self.stream.write_all(&request).await.unwrap();
        self.buffer.clear();
        loop {
            assert!(
                self.stream.read_buf(&mut self.buffer).await.unwrap() > 0,
                "the connection closed"
            );
            let Some(end) = self
                .buffer
                .windows(4)
                .position(|window| window == b"\r\n\r\n")
            else {
                continue;
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
                assert!(
                    self.stream.read_buf(&mut self.buffer).await.unwrap() > 0,
                    "the connection closed"
                );
            }
            return head[9..12].parse().unwrap();
        }
    }
}

fn request(path: &str, body: &str) -> Arc<Vec<u8>> {
    let length = body.len();
    Arc::new(format!("POST {path} HTTP/1.1\r\nHost: bench\r\nX-Forwarded-For: 2001:db8:0000:0000::1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes())
}

/// As many requests as can be answered over so many connections in that time; answers a second.
async fn saturate(
    address: SocketAddr,
    request: &Arc<Vec<u8>>,
    connections: usize,
    time: Duration,
) -> (usize, f64) {
    let over = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let clients: Vec<_> = (0..connections)
        .map(|_| {
            let (over, answered, request) = (
                Arc::clone(&over),
                Arc::clone(&answered),
                Arc::clone(request),
            );
            tokio::spawn(async move {
                let mut connection = Connection::open(address).await;
                while !over.load(Ordering::Relaxed) {
                    assert_eq!(connection.ask(&request).await, 200);
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    tokio::time::sleep(time).await;
    over.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    let count = answered.load(Ordering::Relaxed);
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let rate = count as f64 / started.elapsed().as_secs_f64();
    (count, rate)
}

/// Requests at a steady rate, each at its own time whatever the others do; their latencies in milliseconds, sorted, and the
/// same without the time of the row writes where the answer tells it.
async fn steady(
    address: SocketAddr,
    request: &Arc<Vec<u8>>,
    rate: u32,
    count: u32,
) -> (Vec<f64>, Vec<f64>) {
    let idle = Arc::new(tokio::sync::Mutex::new(Vec::new()));
    let begin = tokio::time::Instant::now() + Duration::from_millis(50);
    let asks: Vec<_> = (0..count)
        .map(|place| {
            let (idle, request) = (Arc::clone(&idle), Arc::clone(request));
            tokio::spawn(async move {
                tokio::time::sleep_until(begin + Duration::from_secs(1) * place / rate).await;
                let taken = idle.lock().await.pop();
                let mut connection = match taken {
                    Some(connection) => connection,
                    None => Connection::open(address).await,
                };
                let started = Instant::now();
                assert_eq!(connection.ask(&request).await, 200);
                let took = started.elapsed();
                let ledger = connection.timing("ledger");
                idle.lock().await.push(connection);
                let took = took.as_secs_f64() * 1000.0;
                (took, took - ledger)
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for ask in asks {
        latencies.push(ask.await.unwrap());
    }
    // The first requests open connections.
    let latencies = latencies.split_off(latencies.len() / 5);
    let (mut whole, mut without): (Vec<f64>, Vec<f64>) = latencies.into_iter().unzip();
    whole.sort_by(f64::total_cmp);
    without.sort_by(f64::total_cmp);
    (whole, without)
}

fn percentile(sorted: &[f64], percent: usize) -> f64 {
    sorted[(sorted.len() - 1) * percent / 100]
}

/// A DynamoDB endpoint over HTTP in this process, with the tables.
async fn dynamodb() -> (EmbeddedEngine, String) {
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

fn with_models(fake: &FakeBedrock, dynamodb: &str) -> Vec<(&'static str, String)> {
    vec![
        ("USE_MOCK_AWS", "false".to_owned()),
        ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.to_owned()),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", fake.endpoint()),
    ]
}

/// Books that take everything and keep nothing.
struct NoBooks;

#[async_trait]
impl IdempotencyStore for NoBooks {
    async fn claim(&self, _: &Claim) -> Result<ClaimResult, Unavailable> {
        Ok(ClaimResult::Granted)
    }

    async fn complete(
        &self,
        _: &Claim,
        _: &StoredResponse,
        _: DateTime<Utc>,
    ) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn release(&self, _: &Claim) -> Result<(), Unavailable> {
        Ok(())
    }
}

#[async_trait]
impl LedgerStore for NoBooks {
    async fn write(&self, _: &[Entry], _: &str) -> Result<(), WriteError> {
        Ok(())
    }

    async fn row(&self, _: &RowKey) -> Result<Option<UsageRow>, Unavailable> {
        Ok(None)
    }

    async fn expired_rows(&self, _: DateTime<Utc>) -> Result<Vec<RowKey>, Unavailable> {
        Ok(Vec::new())
    }

    async fn lease(&self, _: NaiveDate, _: &str) -> Result<Option<Lease>, Unavailable> {
        Ok(None)
    }

    async fn leases(&self, _: NaiveDate) -> Result<Vec<Lease>, Unavailable> {
        Ok(Vec::new())
    }

    async fn row_totals(&self, _: NaiveDate, _: &str) -> Result<RowTotals, Unavailable> {
        Ok(RowTotals::default())
    }

    async fn counter(&self, _: &Account) -> Result<Counter, Unavailable> {
        Ok(Counter::default())
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        Ok(())
    }
}

/// The whole pipeline with its routes and middleware, but without a store, beside a bare handler of the same bytes.
async fn beside_a_bare_handler() {
    let settings = Settings::from_pairs([("RATE_LIMIT_PER_MINUTE", "100000000")]).unwrap();
    let clock = app::system_clock();
    let idempotency = Idempotency::new(
        Arc::new(NoBooks),
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
        ledger: Ledger::new(Arc::new(NoBooks), None, Arc::clone(&clock), settings.ledger),
        clock,
        limits: settings.limits,
        cache: None,
        metrics: metrics.clone(),
    });
    let service = Arc::new(Service::new(
        planner,
        access,
        idempotency,
        metrics,
        tokio::runtime::Handle::current(),
        TaskTracker::new(),
        4000,
    ));
    let pipeline = HttpServer::new(move || App::new().configure(http::routes::public(&service)))
        .workers(2)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
    let pipeline_address = pipeline.addrs()[0];
    let pipeline = pipeline.run();
    let pipeline_handle = pipeline.handle();
    tokio::spawn(pipeline);
    let plan_request = request("/api/v1/generate-plan", BODY);
    let mut connection = Connection::open(pipeline_address).await;
    assert_eq!(connection.ask(&plan_request).await, 200);
    let head = connection
        .buffer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap()
        + 4;
    let bytes = web::Bytes::from(connection.buffer[head..].to_vec());
    let size = bytes.len();
    let bare = HttpServer::new(move || {
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
    let bare_address = bare.addrs()[0];
    let bare = bare.run();
    let bare_handle = bare.handle();
    tokio::spawn(bare);
    let bare_request = request("/bare", BODY);

    let mut ratios = Vec::new();
    for _ in 0..3 {
        let (_, bare_rate) =
            saturate(bare_address, &bare_request, 64, Duration::from_secs(2)).await;
        let (_, rate) = saturate(pipeline_address, &plan_request, 64, Duration::from_secs(2)).await;
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

async fn offline_and_durable() {
    let router = Router::start(&[]).await;
    println!("idle memory: {:.0} MB", router.memory("VmRSS"));
    let before = router.cpu();
    let (count, rate) = saturate(
        router.address,
        &request("/api/v1/generate-plan", BODY),
        64,
        Duration::from_secs(5),
    )
    .await;
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let cpu = (router.cpu() - before) * 1000.0 / count as f64;
    println!(
        "offline, durable rows, 64 connections: {rate:.0} plans/s, {cpu:.2} CPU-s per 1,000 (engine included)"
    );
}

/// Holds and settlements of a ledger over the embedded engine, each on disk before it counts, from 64 requests at once.
async fn durable_pairs() {
    const PAIRS: usize = 6000;
    for client_limit in [None, Money::parse_usd("1000000")] {
        let folder =
            std::env::temp_dir().join(format!("goal-router-bench-{}", uuid::Uuid::new_v4()));
        let engine = EmbeddedEngine::in_folder(&folder).unwrap();
        let client = dynamodb::local_client(&engine.endpoint(), Duration::from_secs(10));
        let names = TableNames {
            usage: "usage".to_owned(),
            state: "state".to_owned(),
        };
        tables::create(&client, &names).await.unwrap();
        let store = DynamoDbStore::new(client, names, chrono::TimeDelta::days(400));
        let clock = app::system_clock();
        let settings = LedgerSettings {
            service_limit: Money::parse_usd("1000000").unwrap(),
            ..Settings::from_pairs([("STORE_TIMEOUT_MS", "10000")])
                .unwrap()
                .ledger
        };
        let ledger = Ledger::new(Arc::new(store), None, Arc::clone(&clock), settings);
        let started = Instant::now();
        let requests: Vec<_> = (0..64)
            .map(|worker| {
                let (ledger, clock) = (ledger.clone(), Arc::clone(&clock));
                tokio::spawn(async move {
                    for place in 0..PAIRS / 64 {
                        let caller = RequestContext {
                            request_id: format!("{worker}-{place}"),
                            trace_id: String::new(),
                            client_id: "one".to_owned(),
                            daily_budget: client_limit,
                        };
                        let mut bill = Bill::open(&caller, 10, "v", clock.now());
                        let held = Money::from_nano_usd(20_000_000);
                        ledger.hold(&mut bill, held).await.unwrap();
                        bill.close(RowStatus::Settled, None, clock.now());
                        ledger.settle(&mut bill).await.unwrap();
                    }
                })
            })
            .collect();
        for request in requests {
            request.await.unwrap();
        }
        #[expect(clippy::cast_precision_loss, reason = "some thousands")]
        let rate = PAIRS as f64 / started.elapsed().as_secs_f64();
        let budget = if client_limit.is_some() {
            "of one client with a budget"
        } else {
            "without client budgets"
        };
        println!("durable hold+settle pairs {budget}: {rate:.0}/s");
        drop(engine);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

async fn cost_of_a_model_call(fake: &FakeBedrock, dynamodb: &str) {
    fake.set_script(Script::default());
    let router = Router::start(&with_models(fake, dynamodb)).await;
    let plan_request = request("/api/v1/generate-plan", BODY);
    saturate(router.address, &plan_request, 64, Duration::from_secs(1)).await;
    let before = router.cpu();
    let (count, rate) = saturate(router.address, &plan_request, 64, Duration::from_secs(6)).await;
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let cpu = (router.cpu() - before) * 1000.0 / count as f64;
    println!(
        "instant upstream, rows over HTTP: {cpu:.2} CPU-s of ours per 1,000 plans ({rate:.0} plans/s beside fake, store and load)"
    );
}

async fn added_latency(fake: &FakeBedrock, dynamodb: &str) {
    fake.set_script(Script::latency(50));
    let router = Router::start(&with_models(fake, dynamodb)).await;
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
    let routed = steady(
        router.address,
        &request("/api/v1/generate-plan", BODY),
        200,
        2000,
    )
    .await;
    for percent in [50, 99] {
        let upstream = percentile(&direct.0, percent);
        let (routed, without) = (
            percentile(&routed.0, percent),
            percentile(&routed.1, percent),
        );
        println!(
            "50 ms upstream, 200/s: p{percent} {upstream:.2} ms direct, {routed:.2} ms through us: added {:.2} ms, {:.2} ms beside the two row writes",
            routed - upstream,
            without - upstream
        );
    }
}

async fn many_in_flight(fake: &FakeBedrock, dynamodb: &str) {
    const COUNT: usize = 5000;
    fake.set_script(Script::latency(1000));
    let router = Router::start(&with_models(fake, dynamodb)).await;
    let plan_request = request("/api/v1/generate-plan", BODY);
    let started = Instant::now();
    let asks: Vec<_> = (0..COUNT)
        .map(|_| {
            let (address, plan_request) = (router.address, Arc::clone(&plan_request));
            tokio::spawn(async move {
                let started = Instant::now();
                let status = Connection::open(address).await.ask(&plan_request).await;
                (status, started.elapsed().as_secs_f64() * 1000.0)
            })
        })
        .collect();
    let mut latencies = Vec::with_capacity(COUNT);
    let mut answered = 0;
    for ask in asks {
        let (status, took) = ask.await.unwrap();
        answered += usize::from(status == 200);
        latencies.push(took);
    }
    latencies.sort_by(f64::total_cmp);
    println!(
        "{COUNT} in flight at a 1 s upstream: {answered} answered in {:.1} s, p50 {:.0} ms, p99 {:.0} ms, at most {:.0} MB",
        started.elapsed().as_secs_f64(),
        percentile(&latencies, 50),
        percentile(&latencies, 99),
        router.memory("VmHWM")
    );
}

async fn start_up() {
    let mut times = Vec::new();
    for _ in 0..5 {
        let started = Instant::now();
        let router = Router::start(&[]).await;
        assert_eq!(
            Connection::open(router.address)
                .await
                .ask(&request("/api/v1/generate-plan", BODY))
                .await,
            200
        );
        times.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    println!(
        "start to the first plan, with a new database: {:.0} ms (median of 5)",
        times[2]
    );
    let size = std::fs::metadata(env!("CARGO_BIN_EXE_goal-router"))
        .unwrap()
        .len();
    #[expect(clippy::cast_precision_loss, reason = "some megabytes")]
    let size = size as f64 / 1e6;
    println!("binary: {size:.1} MB");
}

fn main() {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let named = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    let wanted = |step: &str| named.as_deref().is_none_or(|named| step.contains(named));
    runtime.block_on(async {
        if wanted("start_up") {
            start_up().await;
        }
        if wanted("beside_a_bare_handler") {
            beside_a_bare_handler().await;
        }
        if wanted("offline_and_durable") {
            offline_and_durable().await;
        }
        if wanted("durable_pairs") {
            durable_pairs().await;
        }
        let fake = FakeBedrock::start().unwrap();
        let (_engine, dynamodb) = dynamodb().await;
        if wanted("cost_of_a_model_call") {
            cost_of_a_model_call(&fake, &dynamodb).await;
        }
        if wanted("added_latency") {
            added_latency(&fake, &dynamodb).await;
        }
        if wanted("many_in_flight") {
            many_in_flight(&fake, &dynamodb).await;
        }
    });
}
