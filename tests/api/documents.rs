//! What the service says of itself: OpenAPI, Swagger UI, metrics.

use serde_json::{Value, json};

use crate::support::{TestApp, fake};
use fake_bedrock::script::Script;

#[tokio::test(flavor = "multi_thread")]
async fn the_openapi_document_is_3_1_and_the_one_in_docs() {
    let app = TestApp::start().await;

    let document = app.openapi().await;

    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json"))
        .unwrap_or_default();
    let kept: Value = serde_json::from_str(&kept).unwrap_or_default();
    if kept != document {
        let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/openapi.json");
        std::fs::write(
            file,
            serde_json::to_string_pretty(&document).unwrap() + "\n",
        )
        .unwrap();
        panic!("the contract changed: if that is meant, copy {file} to docs/openapi.json");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_body_and_every_error_has_an_example() {
    let app = TestApp::start().await;
    let document = app.openapi().await;

    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let contents = operation["responses"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(status, response)| (status.as_str(), &response["content"]));
            let body = operation
                .get("requestBody")
                .map(|body| ("body", &body["content"]));
            for (what, content) in contents.chain(body) {
                for (media_type, shown) in content.as_object().unwrap() {
                    assert!(
                        shown.get("example").is_some() || shown.get("examples").is_some(),
                        "{method} {path} {what} {media_type}"
                    );
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_has_exactly_the_fields_that_the_document_shows() {
    let app = TestApp::start().await;
    let document = app.openapi().await;
    let example = &document["paths"]["/api/v1/generate-plan"]["post"]["responses"]["200"]["content"]
        ["application/json"]["example"];

    let plan = app.plan_for("Learn chess").await;

    for (shown, answered) in [
        (example, &plan),
        (&example["metadata"], &plan["metadata"]),
        (
            &example["weekly_breakdown"][0],
            &plan["weekly_breakdown"][0],
        ),
        (&example["resources"][0], &plan["resources"][0]),
        (
            &example["metadata"]["constraints"],
            &plan["metadata"]["constraints"],
        ),
    ] {
        let names = |object: &Value| {
            object
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(names(shown), names(answered));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn swagger_ui_is_served_from_the_binary() {
    let app = TestApp::start().await;

    let page = app.get("/docs").await;
    assert_eq!((page.status().as_u16(), page.url().path()), (200, "/docs/"));
    let page = page.text().await.unwrap();
    assert!(
        page.contains("swagger-ui") && !page.contains("https://"),
        "nothing comes from elsewhere: {page}"
    );
    for file in [
        "swagger-ui-bundle.js",
        "swagger-ui.css",
        "swagger-initializer.js",
    ] {
        assert_eq!(
            app.get(&format!("/docs/{file}")).await.status(),
            200,
            "{file}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_what_happened_and_label_nobody() {
    let fake = fake(Script::default());
    let app = TestApp::with_model(&fake, &[]).await;

    app.plan(&json!({"goal": "Prepare for the AWS certification exam"}))
        .await;
    app.problem(&json!({"goal": "x"})).await;
    app.get("/health").await;

    let route = "method=\"POST\",route=\"/api/v1/generate-plan\"";
    assert_eq!(
        app.metric(&format!(
            "http_server_request_duration_seconds_count{{{route},status=\"200\"}}"
        ))
        .await,
        1.0
    );
    assert_eq!(
        app.metric(&format!(
            "http_server_request_duration_seconds_count{{{route},status=\"422\"}}"
        ))
        .await,
        1.0
    );
    assert_eq!(
        app.metric("goal_router_plans_total{category=\"certification\",outcome=\"planned\"}")
            .await,
        1.0
    );
    assert_eq!(
        app.metric(
            "goal_router_classifications_total{category=\"certification\",source=\"local\"}"
        )
        .await,
        1.0
    );
    assert_eq!(
        app.metric("goal_router_ledger_writes_total{outcome=\"held\"}")
            .await,
        1.0
    );
    assert_eq!(
        app.metric("goal_router_ledger_writes_total{outcome=\"settled\"}")
            .await,
        1.0
    );
    let model = "model=\"us.anthropic.claude-haiku-4-5-20251001-v1:0\"";
    assert_eq!(
        app.metric(&format!(
            "gen_ai_client_token_usage_total{{{model},type=\"input\"}}"
        ))
        .await,
        fake.invoice().input_tokens as f64
    );
    assert_eq!(app.metric(&format!("gen_ai_client_operation_duration_seconds_count{{{model},operation=\"plan\",outcome=\"finished\"}}")).await, 1.0);
    assert!(
        app.metric(&format!("goal_router_cost_usd_total{{{model}}}"))
            .await
            > 0.0
    );
    assert_eq!(
        app.metric("goal_router_build_info{version=\"0.1.0\"}")
            .await,
        1.0
    );
    let text = app.metrics().await;
    for nobody in ["127.0.0.1", "/health", "request_id", "Prepare"] {
        assert!(!text.contains(nobody), "{nobody}");
    }
    assert!(text.contains("process_resident_memory_bytes"));
}
