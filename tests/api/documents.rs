//! How the service describes itself: OpenAPI, Swagger UI, metrics.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{TestApp, fake};
use fake_bedrock::script::Script;

#[tokio::test(flavor = "multi_thread")]
async fn the_openapi_document_is_version_3_1_and_equals_the_one_in_docs() {
    let app = TestApp::start().await;

    let document = app.openapi().await;

    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let saved = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json"))
        .unwrap_or_default();
    let saved: Value = serde_json::from_str(&saved).unwrap_or_default();
    if saved != document {
        let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/openapi.json");
        std::fs::write(
            file,
            serde_json::to_string_pretty(&document).unwrap() + "\n",
        )
        .unwrap();
        panic!("the API contract changed; if that is intended, copy {file} to docs/openapi.json");
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
            for (part, content) in contents.chain(body) {
                for (media_type, described) in content.as_object().unwrap() {
                    assert!(
                        described.get("example").is_some() || described.get("examples").is_some(),
                        "{method} {path} {part} {media_type}"
                    );
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_has_exactly_the_fields_of_the_documented_example() {
    let app = TestApp::start().await;
    let document = app.openapi().await;
    let example = &document["paths"]["/api/v1/generate-plan"]["post"]["responses"]["200"]["content"]
        ["application/json"]["example"];

    let plan = app.plan_for("Learn chess").await;

    for (documented, returned) in [
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
        assert_eq!(names(documented), names(returned));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn header_parameters_are_bounded_and_never_sent_twice_by_swagger_ui() {
    let app = TestApp::start().await;
    let document = app.openapi().await;
    let parameters = |path: &str| {
        let found = document["paths"][path]["post"]["parameters"].as_array();
        found.unwrap().clone()
    };

    let names = |path: &str| -> Vec<String> {
        let names = parameters(path);
        let names = names.iter().map(|one| one["name"].as_str().unwrap());
        names.map(str::to_owned).collect()
    };
    assert_eq!(
        names("/api/v1/generate-plan"),
        ["X-Request-Id", "traceparent", "Idempotency-Key"]
    );
    assert_eq!(names("/api/v1/estimate"), ["X-Request-Id", "traceparent"]);
    for parameter in parameters("/api/v1/generate-plan") {
        let schema = &parameter["schema"];
        assert_eq!(
            (&schema["type"], &parameter["required"]),
            (&json!("string"), &json!(false)),
            "{parameter}"
        );
        for bound in ["pattern", "minLength", "maxLength"] {
            assert!(schema.get(bound).is_some(), "{parameter}");
        }
        // Swagger UI fills in an example, so that a second click would send the same key or id again.
        for example in ["example", "examples", "default"] {
            assert!(
                parameter.get(example).is_none() && schema.get(example).is_none(),
                "{parameter}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn public_routes_are_documented_as_public_and_closed_sets_as_enums() {
    let app = TestApp::start().await;
    let document = app.openapi().await;

    for (path, methods) in document["paths"].as_object().unwrap() {
        for operation in methods.as_object().unwrap().values() {
            let security = operation["security"].as_array().unwrap();
            assert_eq!(security.is_empty(), !path.starts_with("/api/"), "{path}");
            assert!(operation["responses"].get("405").is_some(), "{path}");
        }
    }
    let schemas = &document["components"]["schemas"];
    for set in [
        "Category",
        "Code",
        "HealthStatus",
        "Level",
        "LinkStatus",
        "Provider",
        "ResourceType",
    ] {
        assert!(
            schemas[set]["enum"]
                .as_array()
                .is_some_and(|set| set.len() > 1),
            "{set}"
        );
    }
    let codes = schemas["Code"]["enum"].as_array().unwrap();
    for code in ["request_timeout", "unsupported_media_type"] {
        assert!(codes.contains(&json!(code)), "{code}");
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
        "the page loads nothing from other sites: {page}"
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
async fn swagger_ui_is_compressed_only_for_clients_that_take_it() {
    let app = TestApp::start().await;
    let style = async |accepted: &str| {
        let request = app.request(Method::GET, "/docs/swagger-ui.css");
        let response = request.header("Accept-Encoding", accepted).send().await;
        let response = response.unwrap();
        let encoding = response.headers().get("Content-Encoding").cloned();
        (encoding, response.bytes().await.unwrap())
    };
    let (encoding, plain) = style("identity").await;
    assert!(encoding.is_none_or(|encoding| encoding == "identity"));
    assert!(String::from_utf8_lossy(&plain).contains(".swagger-ui"));

    let (encoding, compressed) = style("gzip, deflate, br, zstd").await;
    assert_eq!(encoding.unwrap(), "gzip");
    assert!(compressed.len() * 3 < plain.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_requests_plans_and_tokens_and_identify_no_client() {
    let fake = fake(Script::default());
    let app = TestApp::with_model(&fake, &[]).await;

    app.plan(&json!({"goal": "Prepare for the AWS certification exam"}))
        .await;
    app.problem(&json!({"goal": "x"})).await;
    app.get("/health").await;

    for (series, expected) in [
        (
            "http_server_request_duration_seconds_count{method=\"POST\",route=\"/api/v1/generate-plan\",status=\"200\"}",
            1.0,
        ),
        (
            "http_server_request_duration_seconds_count{method=\"POST\",route=\"/api/v1/generate-plan\",status=\"422\"}",
            1.0,
        ),
        (
            "goal_router_plans_total{category=\"certification\",outcome=\"planned\"}",
            1.0,
        ),
        (
            "goal_router_classifications_total{category=\"certification\",source=\"local\"}",
            1.0,
        ),
        ("goal_router_ledger_writes_total{outcome=\"held\"}", 1.0),
        ("goal_router_ledger_writes_total{outcome=\"settled\"}", 1.0),
        (
            "gen_ai_client_token_usage_total{model=\"global.anthropic.claude-haiku-4-5-20251001-v1:0\",type=\"input\"}",
            fake.invoice().input_tokens as f64,
        ),
        (
            "gen_ai_client_operation_duration_seconds_count{model=\"global.anthropic.claude-haiku-4-5-20251001-v1:0\",operation=\"plan\",outcome=\"finished\"}",
            1.0,
        ),
        (
            "goal_router_build_info{commit=\"unknown\",version=\"0.1.0\"}",
            1.0,
        ),
    ] {
        assert_eq!(app.metric(series).await, expected, "{series}");
    }
    let cost =
        "goal_router_cost_usd_total{model=\"global.anthropic.claude-haiku-4-5-20251001-v1:0\"}";
    assert!(app.metric(cost).await > 0.0);
    let text = app.metrics().await;
    for absent in ["127.0.0.1", "request_id", "Prepare"] {
        assert!(!text.contains(absent), "{absent}");
    }
    let mut requests = text
        .lines()
        .filter(|line| line.starts_with("http_server_request"));
    assert!(!requests.any(|line| line.contains("/health")));
}
