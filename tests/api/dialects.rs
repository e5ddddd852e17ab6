//! Every dialect of chat completions, and what is sent to whom.

use std::sync::{Arc, Mutex};

use fake_bedrock::raw::{RawResponse, RawServer};
use fake_bedrock::script::Script;
use serde_json::json;

use crate::booking::plan;
use crate::support::{TestApp, fake};

const ENTRY: &str = r#"
[[models]]
provider = "openai"
id = "ID"
priced_on = "2026-11-28"
source = "a test"
answer_by = "json-schema"
temperature = true
thinking_tokens = 0
rates = { input = "0", output = "0", cache_write = "0", cache_read = "0" }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_supports_nothing_writes_plans_in_every_dialect_and_what_was_learned_is_kept()
{
    for dialect in [
        "openai",
        "openrouter",
        "vllm",
        "ollama",
        "azure",
        "gemini",
        "llama.cpp",
        "mistral",
        "deepseek",
    ] {
        for features in ["plain", "no-schema", "no-schema-no-tools", "new-limit"] {
            let fake = fake(Script::default());
            let model = format!("{dialect}-{features}");
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("models.toml");
            std::fs::write(&file, ENTRY.replace("ID", &model)).unwrap();
            let app = TestApp::with(&[
                ("LLM_MODELS", &format!("openai:{model}")),
                ("OPENAI_BASE_URL", &fake.endpoint()),
                ("MODELS_FILE", file.to_str().unwrap()),
            ])
            .await;

            for weeks in [3, 4] {
                let goal = json!({"goal": "Learn conversational Italian", "duration_weeks": weeks});
                let plan = app.plan(&goal).await;
                assert_eq!(plan["estimated_duration_weeks"], weeks, "{model}");
                assert_eq!(plan["metadata"]["llm_calls"], 1, "{model}");
            }

            assert_eq!(
                fake.invoice().calls.len(),
                2,
                "{model}: refused calls are not billed"
            );
            app.stop().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_query_of_a_base_url_is_kept_and_its_key_is_sent_as_the_server_takes_it() {
    for (path, wanted_path, header, value) in [
        (
            "/v1/",
            "/v1/chat/completions",
            "authorization",
            "Bearer sk-test",
        ),
        (
            "",
            "/v1/chat/completions",
            "authorization",
            "Bearer sk-test",
        ),
        (
            "/v1/chat/completions",
            "/v1/chat/completions",
            "authorization",
            "Bearer sk-test",
        ),
        (
            "/openai/deployments/mine?api-version=2024-10-21",
            "/openai/deployments/mine/chat/completions?api-version=2024-10-21",
            "api-key",
            "sk-test",
        ),
    ] {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let answer = json!({"choices": [{"message": {"content": plan(8).to_string()}, "finish_reason": "stop"}]});
        let server = RawServer::start(move |request| {
            seen.lock().unwrap().push(request);
            RawResponse::json(200, &answer.to_string())
        })
        .unwrap();
        let app = TestApp::with(&[
            ("LLM_MODELS", "openai:gpt-4.1-mini"),
            ("OPENAI_BASE_URL", &format!("{}{path}", server.endpoint())),
            ("OPENAI_API_KEY", "sk-test"),
        ])
        .await;

        app.plan_for("Learn to play the accordion").await;

        let request = requests.lock().unwrap().remove(0);
        assert_eq!(request.path, wanted_path);
        assert_eq!(request.header(header), Some(value), "{path}");
        let other = if header == "api-key" {
            "authorization"
        } else {
            "api-key"
        };
        assert_eq!(request.header(other), None, "{path}");
        app.stop().await;
    }
}
