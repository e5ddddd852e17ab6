//! Measures each stage of the pipeline, on one thread. Run by `make bench`.
#![expect(
    clippy::unwrap_used,
    reason = "a bench that cannot continue has failed"
)]

mod null_store;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, web};
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RsaKeyPair};
use criterion::{Criterion, criterion_group, criterion_main};
use goal_router::access::identity::Credentials;
use goal_router::access::identity::api_key::KeyDigest;
use goal_router::access::identity::jwks::JwksClient;
use goal_router::access::identity::jwt::{TokenSettings, TokenVerifier};
use goal_router::app;
use goal_router::config::Settings;
use goal_router::idempotency::{Fingerprint, Idempotency, IdempotencyKey};
use goal_router::telemetry::Metrics;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use planning::category::Category;
use planning::classifier::Classifier;
use planning::constraints::{Constraints, ExplicitConstraints, extract};
use planning::goal::Goal;
use planning::offline::OfflinePlanner;
use planning::plan::Draft;
use planning::plan::check::check;
use planning::plan::repair::repair;
use planning::validation::FieldErrors;
use tokio_util::task::TaskTracker;

/// A context without repetitions, which would count once.
const LONG_CONTEXT: &str = "I work five days a week at a small clinic and my level is beginner. On Saturdays there is time in the \
    morning, on Sundays my children visit. Music and long walks by the river help me to rest after the shifts. We moved here in \
    spring, so I know few people and would like to meet some who study as well. My old laptop is slow but good enough for videos, and \
    the library has a quiet room. I tried an online course twice and stopped in the third week because the homework took longer than \
    they said. This time a plan with short tasks, clear milestones and a buffer before the holidays would help. My sister passed the \
    same exam last year and lends me her notes, which are full of diagrams. I read faster than I write, and I remember best what I \
    explain to somebody. The budget for books is forty dollars. In February there is a trade fair, so that week is out. After the exam \
    I want to apply inside the company for the new team.";

/// Returns the draft as a model would write it.
fn model_answer(draft: &Draft) -> String {
    serde_json::json!({
        "weekly_breakdown": draft.weeks.iter().map(|week| serde_json::json!({
            "focus_area": week.focus,
            "tasks": week.tasks.iter().map(|task| &task.text).collect::<Vec<_>>(),
            "milestone": week.milestone, "estimated_hours": week.hours
        })).collect::<Vec<_>>(),
        "resources": []
    })
    .to_string()
}

fn stages(bench: &mut Criterion) {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    let text = "Prepare for AWS Solutions Architect certification";
    let context = "Beginner with basic cloud knowledge, 8 hours a week until 14 March";
    let goal = Goal::parse(Some(text), Some(context), &mut FieldErrors::default()).unwrap();
    let classifier = Classifier::built_in().unwrap();
    let offline = OfflinePlanner::new().unwrap();
    let constraints = Constraints::resolve(
        &goal,
        ExplicitConstraints::default(),
        day,
        |_| classifier.language_of(goal.text(), goal.context()),
        &mut FieldErrors::default(),
    )
    .unwrap();
    let draft = offline
        .write(&goal, Category::Certification, &constraints)
        .draft;
    let model_answer = model_answer(&draft);

    bench.bench_function("classify a goal", |bench| {
        bench.iter(|| classifier.classify(black_box(&goal), &[]));
    });
    bench.bench_function("ask the gate about goal and context", |bench| {
        bench.iter(|| classifier.gate().assess(black_box(text), Some(context)));
    });
    bench.bench_function("ask the gate about a context of 900 characters", |bench| {
        bench.iter(|| {
            classifier
                .gate()
                .assess(black_box(text), Some(LONG_CONTEXT))
        });
    });
    bench.bench_function("detect its language", |bench| {
        bench.iter(|| classifier.language_with_evidence(black_box(&goal), &[]));
    });
    bench.bench_function("extract constraints from text", |bench| {
        bench.iter(|| extract::extract(black_box(text), Some(black_box(context)), day));
    });
    bench.bench_function("write a draft offline", |bench| {
        bench.iter(|| offline.write(black_box(&goal), Category::Certification, &constraints));
    });
    bench.bench_function("repair and check a draft", |bench| {
        bench.iter_batched(
            || draft.clone(),
            |mut draft| {
                repair(&mut draft, &constraints);
                check(draft, &constraints).unwrap()
            },
            criterion::BatchSize::SmallInput,
        );
    });
    bench.bench_function("parse a model's answer", |bench| {
        bench.iter(|| Draft::from_text(black_box(&model_answer)).unwrap());
    });
}

/// Everything that happens to a request before its plan, with local state only: identity by API key, the rate limit, and the
/// idempotency key.
fn access(bench: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let keys: Vec<String> = (0..100)
        .map(|client| format!("client{client}:{}", KeyDigest::of(&format!("key {client}"))))
        .collect();
    let keys = keys.join(",");
    let settings = Settings::from_pairs([
        ("AUTH_MODE", "api_key"),
        ("API_KEYS", keys.as_str()),
        ("RATE_LIMIT_PER_MINUTE", "100000000"),
    ])
    .unwrap();
    let clock = app::system_clock();
    let metrics = Metrics::new().unwrap();
    let access = app::access(&settings.access, None, Arc::clone(&clock), metrics).unwrap();
    let idempotency = Idempotency::new(
        Arc::new(null_store::NullStore),
        clock,
        settings.limits.deadline,
        TaskTracker::new(),
    );
    let credentials = Credentials {
        api_key: Some("key 70"),
        bearer: None,
    };
    bench.bench_function("identity, rate limit and idempotency", |bench| {
        bench.iter(|| {
            runtime.block_on(async {
                let client = access.identity.identify(credentials, None).await.unwrap();
                assert!(
                    access
                        .limiter
                        .check(&client.id, client.tier.rate)
                        .await
                        .allowed
                );
                let key = IdempotencyKey::parse("8e03978e-40d5-43dd-bc93-6894a57f9324").unwrap();
                let deadline = tokio::time::Instant::now() + Duration::from_secs(90);
                let fingerprint = Fingerprint([7; 32]);
                let outcome = idempotency
                    .begin(&client.id, &key, fingerprint, "id", deadline)
                    .await;
                black_box(outcome.is_ok())
            })
        });
    });
}

/// The verification of a token with a cached issuer key. Most of the time goes to the signature.
fn tokens(bench: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let ec = EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref());
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    // Without the PKCS#8 wrapper, which takes 26 bytes for this key size.
    let rsa = EncodingKey::from_rsa_der(&pair.as_der().unwrap().as_ref()[26..]);
    let keys = [(Algorithm::RS256, rsa), (Algorithm::ES256, ec)];
    let public: Vec<Jwk> = keys
        .iter()
        .map(|(algorithm, key)| Jwk::from_encoding_key(key, *algorithm).unwrap())
        .collect();
    let _context = runtime.enter();
    let server = HttpServer::new(move || {
        let document = serde_json::json!({ "keys": public });
        App::new().default_service(web::to(move || {
            let document = document.clone();
            async move { HttpResponse::Ok().json(document) }
        }))
    })
    .workers(1)
    .disable_signals()
    .bind(("127.0.0.1", 0))
    .unwrap();
    let url = format!("http://{}", server.addrs()[0]);
    runtime.spawn(server.run());
    let settings = TokenSettings {
        issuer: "https://issuer.example".to_owned(),
        audiences: vec!["web".to_owned()],
        required_scope: None,
        jwks_url: url.into(),
    };
    let keys_of_issuer = JwksClient::new(&settings.jwks_url, runtime.handle().clone()).unwrap();
    let verifier = TokenVerifier::new(settings, keys_of_issuer, app::system_clock());
    let claims = serde_json::json!({"iss": "https://issuer.example", "aud": "web", "sub": "user", "exp": 99_999_999_999_u64});
    for (algorithm, key) in keys {
        let token = jsonwebtoken::encode(&Header::new(algorithm), &claims, &key).unwrap();
        bench.bench_function(&format!("identity by a token of {algorithm:?}"), |bench| {
            bench.iter(|| {
                runtime
                    .block_on(verifier.verify(black_box(&token)))
                    .unwrap()
            });
        });
    }
}

criterion_group!(benches, stages, access, tokens);
criterion_main!(benches);
