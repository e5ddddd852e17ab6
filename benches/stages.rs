//! What each stage of the pipeline takes, on one thread. Run by `make bench`.
#![expect(
    clippy::unwrap_used,
    missing_docs,
    reason = "a bench that cannot go on has failed; criterion makes undocumented functions"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use goal_router::category::Category;
use goal_router::classifier::Classifier;
use goal_router::constraints::{Constraints, Stated, spoken};
use goal_router::goal::Goal;
use goal_router::invalid::Complaints;
use goal_router::model::offline::OfflinePlanner;
use goal_router::plan::Draft;
use goal_router::plan::check::check;
use goal_router::plan::mend::mend;

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

criterion_group!(benches, stages);
criterion_main!(benches);
