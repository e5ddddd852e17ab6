//! What each stage of the pipeline takes, on one thread. Run by `make bench`.
#![expect(
    clippy::unwrap_used,
    missing_docs,
    reason = "a bench that cannot go on has failed; criterion makes undocumented functions"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use criterion::{Criterion, criterion_group, criterion_main};
use goal_router::app;
use goal_router::category::Category;
use goal_router::classifier::Classifier;
use goal_router::constraints::{Constraints, Stated, spoken};
use goal_router::goal::Goal;
use goal_router::idempotency::{
    Claim, Claimed, Fingerprint, Idempotency, IdempotencyKey, Records, StoredAnswer, Unavailable,
};
use goal_router::identity::Credentials;
use goal_router::identity::api_key::KeyDigest;
use goal_router::invalid::Complaints;
use goal_router::model::offline::OfflinePlanner;
use goal_router::plan::Draft;
use goal_router::plan::check::check;
use goal_router::plan::mend::mend;
use goal_router::settings::Settings;
use goal_router::telemetry::Metrics;
use tokio_util::task::TaskTracker;

fn stages(bench: &mut Criterion) {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    let text = "Prepare for AWS Solutions Architect certification";
    let context = "Beginner with basic cloud knowledge, 8 hours a week until 14 March";
    let goal = Goal::parse(Some(text), Some(context), &mut Complaints::default()).unwrap();
    let classifier = Classifier::built_in().unwrap();
    let offline = OfflinePlanner::new().unwrap();
    let constraints = Constraints::resolve(
        &goal,
        Stated::default(),
        day,
        || classifier.language(&goal),
        &mut Complaints::default(),
    )
    .unwrap();
    let draft = offline
        .write(&goal, Category::Certification, &constraints)
        .draft;
    let model_answer = serde_json::json!({
        "weekly_breakdown": draft.weeks.iter().map(|week| serde_json::json!({
            "focus_area": week.focus, "tasks": week.tasks, "milestone": week.milestone, "estimated_hours": week.hours
        })).collect::<Vec<_>>(),
        "resources": []
    })
    .to_string();

    bench.bench_function("classify a goal", |bench| {
        bench.iter(|| classifier.classify(black_box(&goal), &[]));
    });
    bench.bench_function("tell its language", |bench| {
        bench.iter(|| classifier.language(black_box(&goal)));
    });
    bench.bench_function("read constraints in words", |bench| {
        bench.iter(|| spoken::read(black_box(text), Some(black_box(context)), day));
    });
    bench.bench_function("write a draft offline", |bench| {
        bench.iter(|| offline.write(black_box(&goal), Category::Certification, &constraints));
    });
    bench.bench_function("mend and check a draft", |bench| {
        bench.iter_batched(
            || draft.clone(),
            |mut draft| {
                mend(&mut draft, &constraints);
                check(draft, &constraints).unwrap()
            },
            criterion::BatchSize::SmallInput,
        );
    });
    bench.bench_function("read a model's answer", |bench| {
        bench.iter(|| Draft::from_text(black_box(&model_answer)).unwrap());
    });
}

/// All that happens to a request before its plan, where nothing outside is asked: whose key it is, whether its client may ask, and
/// whether it was asked before.
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
        Arc::new(NoRecords),
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
                        .passes
                );
                let key = IdempotencyKey::parse("8e03978e-40d5-43dd-bc93-6894a57f9324").unwrap();
                let deadline = tokio::time::Instant::now() + Duration::from_secs(90);
                let print = Fingerprint([7; 32]);
                let turn = idempotency
                    .begin(&client.id, &key, print, "id", deadline)
                    .await;
                black_box(turn.is_ok())
            })
        });
    });
}

struct NoRecords;

#[async_trait]
impl Records for NoRecords {
    async fn claim(&self, _: &Claim) -> Result<Claimed, Unavailable> {
        Ok(Claimed::Granted)
    }

    async fn complete(
        &self,
        _: &Claim,
        _: &StoredAnswer,
        _: DateTime<Utc>,
    ) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn release(&self, _: &Claim) -> Result<(), Unavailable> {
        Ok(())
    }
}

criterion_group!(benches, stages, access);
criterion_main!(benches);
