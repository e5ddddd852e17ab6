//! Faults of the model: each one has a defined outcome, and the row has what was spent.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::guarantees::{Requested, assert_guarantees};
use crate::support::{TestApp, fake};
use fake_bedrock::script::{Fault, Script};

fn body() -> Value {
    json!({"goal": "Learn to play the accordion", "duration_weeks": 5, "hours_per_week": 4})
}

fn requested() -> Requested {
    Requested {
        hours_per_week: Some(4.0),
        duration_weeks: Some(5),
        ..Requested::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_that_repair_can_fix_costs_one_call() {
    for fault in [Fault::Html, Fault::BadLinks, Fault::BadHours, Fault::Fenced] {
        let fake = fake(Script::faults([fault.clone()]));
        let app = TestApp::with_model(&fake, &[]).await;

        let plan = app.plan(&body()).await;

        assert_guarantees(&plan, &requested());
        assert_eq!(plan["metadata"]["llm_calls"], 1, "{fault:?}");
        assert_eq!(
            plan["metadata"]["repaired"],
            fault != Fault::Fenced,
            "{fault:?}"
        );
        let links = plan["resources"].to_string();
        assert!(
            !links.contains("javascript:") && !links.contains("http://") && !links.contains("evil"),
            "{links}"
        );
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_that_repair_cannot_fix_is_retried_once_and_both_calls_are_on_the_row() {
    for fault in [
        Fault::Garbage,
        Fault::OtherJson,
        Fault::Weeks { weeks: 60 },
        Fault::Weeks { weeks: 0 },
        Fault::Weeks { weeks: 4 },
        Fault::NoMilestones,
        Fault::Truncated,
        Fault::Duplicates,
    ] {
        let fake = fake(Script::faults([fault.clone()]));
        let app = TestApp::with_model(&fake, &[("MAX_OUTPUT_TOKENS", "8000")]).await;

        let plan = app.plan(&body()).await;

        assert_guarantees(&plan, &requested());
        let calls = 2_u64;
        let invoice = fake.invoice();
        assert_eq!(invoice.calls.len() as u64, calls, "{fault:?}");
        let row = &app.rows().await[0];
        assert_eq!(
            (
                &row["llm_calls"],
                &row["input_tokens"],
                &row["output_tokens"]
            ),
            (
                &json!(calls),
                &json!(invoice.input_tokens),
                &json!(invoice.output_tokens)
            )
        );
        assert_eq!(plan["metadata"]["repaired"], true, "{fault:?}");
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_never_writes_a_plan_gives_502_and_both_calls_are_billed() {
    for fault in [Fault::Garbage, Fault::Weeks { weeks: 60 }, Fault::Truncated] {
        let fake = fake(Script::faults([fault.clone(), fault.clone()]));
        let app = TestApp::with_model(&fake, &[]).await;

        let (status, problem) = app.problem(&body()).await;

        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::BAD_GATEWAY, &json!("invalid_model_output")),
            "{fault:?}"
        );
        let (invoice, row) = (fake.invoice(), app.rows().await.remove(0));
        assert_eq!(invoice.calls.len(), 2);
        assert_eq!(
            (&row["status"], &row["error"], &row["success"]),
            (
                &json!("failed"),
                &json!("invalid_model_output"),
                &json!(false)
            )
        );
        assert_eq!(
            (&row["input_tokens"], &row["output_tokens"]),
            (&json!(invoice.input_tokens), &json!(invoice.output_tokens))
        );
        assert!(row["cost_nano_usd"].as_u64() > Some(0));
        assert_eq!(app.metric("goal_router_plans_total{category=\"skill-learning\",outcome=\"invalid_model_output\"}").await, 1.0);
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_by_a_guardrail_gives_502_and_is_not_retried() {
    for fault in [Fault::Guardrail, Fault::ContentFiltered] {
        let fake = fake(Script::faults([fault]));
        let app = TestApp::with_model(&fake, &[]).await;

        let (status, problem) = app.problem(&body()).await;

        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::BAD_GATEWAY, &json!("invalid_model_output"))
        );
        assert_eq!(fake.invoice().calls.len(), 1);
        assert_eq!(
            app.rows().await[0]["output_tokens"],
            fake.invoice().output_tokens
        );
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unavailable_provider_gives_503_and_an_unbilled_call_costs_nothing() {
    for fault in [
        Fault::Throttle,
        Fault::Unavailable,
        Fault::Internal,
        Fault::Denied,
        Fault::Invalid,
    ] {
        let fake = fake(Script::always(fault.clone()));
        let app = TestApp::with_model(&fake, &[]).await;

        let (status, problem) = app.problem(&body()).await;

        assert_eq!(
            (status, &problem["code"]),
            (
                StatusCode::SERVICE_UNAVAILABLE,
                &json!("provider_unavailable")
            ),
            "{fault:?}"
        );
        let row = app.rows().await.remove(0);
        assert_eq!(
            (&row["status"], &row["cost_nano_usd"], &row["llm_calls"]),
            (&json!("failed"), &json!(0), &json!(0)),
            "{fault:?}"
        );
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_unknown_cost_is_on_the_row_at_its_worst_case() {
    for fault in [Fault::Reset, Fault::ModelTimeout, Fault::ModelError] {
        let fake = fake(Script::always(fault.clone()));
        let app = TestApp::with_model(&fake, &[]).await;

        let (status, problem) = app.problem(&body()).await;

        assert_eq!(
            (status, &problem["code"]),
            (
                StatusCode::SERVICE_UNAVAILABLE,
                &json!("provider_unavailable")
            ),
            "{fault:?}"
        );
        let (row, invoice) = (app.rows().await.remove(0), fake.invoice());
        assert_eq!(
            invoice.calls.len(),
            2,
            "{fault:?}: retried once, since the hold covers only one retry"
        );
        let billed = invoice.input_tokens * 1000 + invoice.output_tokens * 5000;
        let recorded = row["cost_nano_usd"].as_u64().unwrap();
        assert!(
            recorded >= billed && recorded <= row["held_nano_usd"].as_u64().unwrap(),
            "{fault:?}: {billed} billed, {row}"
        );
        let series =
            "goal_router_cost_usd_total{model=\"global.anthropic.claude-haiku-4-5-20251001-v1:0\"}";
        let counted = app.metric(series).await;
        assert!(
            (counted - recorded as f64 / 1e9).abs() < 1e-12,
            "the metric has {counted}, the row {recorded}"
        );
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_without_reported_tokens_is_returned_and_recorded_at_its_worst_case() {
    let fake = fake(Script::faults([Fault::NoUsage]));
    let app = TestApp::with_model(&fake, &[]).await;

    let plan = app.plan(&body()).await;

    assert_guarantees(&plan, &requested());
    let (row, call) = (app.rows().await.remove(0), fake.invoice().calls.remove(0));
    assert!(
        row["cost_nano_usd"].as_u64() >= Some(call.input_tokens * 1000 + call.output_tokens * 5000),
        "{row}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_takes_too_long_ends_at_the_deadline() {
    let fake = fake(Script::faults([Fault::Stall { ms: 20_000 }]));
    let app = TestApp::with_model(&fake, &[("REQUEST_DEADLINE_SECONDS", "2")]).await;
    let started = std::time::Instant::now();

    let (status, problem) = app.problem(&body()).await;

    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::GATEWAY_TIMEOUT, &json!("deadline_exceeded"))
    );
    assert!(started.elapsed().as_secs_f64() < 3.0);
    assert_eq!(app.rows().await[0]["error"], "deadline_exceeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_connection_to_the_provider_costs_nothing() {
    let app = TestApp::with(&[
        ("LLM_MODELS", crate::support::MODEL),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://127.0.0.1:9"),
    ])
    .await;

    let (status, problem) = app.problem(&body()).await;

    assert_eq!(
        (status, &problem["code"]),
        (
            StatusCode::SERVICE_UNAVAILABLE,
            &json!("provider_unavailable")
        )
    );
    let row = app.rows().await.remove(0);
    assert_eq!(
        row["cost_nano_usd"], 0,
        "a refused connection carries no call: {row}"
    );
}
