//! A server that speaks the OpenAI protocol, as the first model and as the fallback.

use fake_bedrock::FakeBedrock;
use fake_bedrock::script::{Fault, Script};
use serde_json::Value;

use crate::support::{MODEL, Process, Tables};

/// A models file for such a server; `ID` stands for the model.
const MODELS_FILE: &str = r#"
[[models]]
provider = "openai"
id = "ID"
priced_on = "2026-11-23"
source = "our own server"
answer_by = "json-schema"
temperature = true
thinking_tokens = 0
rates = { input = "0.5", output = "1.5", cache_write = "0.5", cache_read = "0.25" }
"#;

async fn process(
    fake: &FakeBedrock,
    tables: &Tables,
    folder: &std::path::Path,
    model: &str,
    models: &str,
) -> Process {
    let file = folder.join("models.toml");
    std::fs::write(&file, MODELS_FILE.replace("ID", model)).unwrap();
    let base = format!("{}/v1/", fake.endpoint());
    Process::start(
        fake,
        &tables.endpoint,
        folder,
        &[
            ("LLM_MODELS", models),
            ("OPENAI_BASE_URL", &base),
            ("OPENAI_API_KEY", "sk-not-to-be-logged"),
            ("MODELS_FILE", file.to_str().unwrap()),
        ],
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_openai_server_writes_plans_in_every_output_mode_and_is_billed_by_its_reported_tokens() {
    for model in ["plain", "no-schema", "no-schema-no-tools", "new-limit"] {
        let fake = FakeBedrock::start().unwrap();
        let tables = Tables::new().await;
        let folder = tempfile::tempdir().unwrap();
        let name = format!("openai:{model}");
        let process = process(&fake, &tables, folder.path(), model, &name).await;

        for id in ["one", "two"] {
            let response = process.request_plan(id).await.unwrap();
            assert_eq!(response.status(), 200, "{model}");
            let plan: Value = response.json().await.unwrap();
            assert_eq!(plan["metadata"]["provider"], "openai");
            assert_eq!(plan["metadata"]["model"], model);
            assert_eq!(plan["weekly_breakdown"].as_array().unwrap().len(), 6);
        }

        let rows = tables.rows().await;
        let invoice = fake.invoice();
        for id in ["one", "two"] {
            let calls: Vec<_> = invoice
                .calls
                .iter()
                .filter(|call| call.request_id == id)
                .collect();
            assert_eq!(calls.len(), 1, "{model}");
            let row = &rows[id][0];
            assert_eq!(
                (row.input, row.output),
                (calls[0].input_tokens, calls[0].output_tokens)
            );
            assert_eq!(
                row.cost,
                row.input * 500 + row.output * 1500,
                "{model} at the price in the models file"
            );
        }
        let log = std::fs::read_to_string(&process.log).unwrap();
        assert!(!log.contains("sk-not-to-be-logged"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_openai_server_takes_over_when_the_first_model_fails_and_the_plan_says_so() {
    let fake = FakeBedrock::start().unwrap();
    // Bedrock throttles all four attempts; the fifth call goes to the other server.
    fake.set_script(Script::faults(vec![Fault::Throttle; 4]));
    let tables = Tables::new().await;
    let folder = tempfile::tempdir().unwrap();
    let models = format!("{MODEL},openai:plain,offline");
    let process = process(&fake, &tables, folder.path(), "plain", &models).await;

    let plan: Value = process
        .request_plan("one")
        .await
        .unwrap()
        .json()
        .await
        .unwrap();

    assert_eq!(plan["metadata"]["provider"], "openai");
    assert_eq!(plan["metadata"]["fallback"], true);
}
