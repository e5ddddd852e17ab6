//! The metrics that the running service has, as a scrape shows them after one plan by a model.

use std::collections::{BTreeMap, BTreeSet};

use fake_bedrock::FakeBedrock;
use goal_router::app::{self, Application, Shutdown};
use goal_router::config::{Settings, StoreKind};
use reqwest::Client;
use serde_json::json;

/// The names of the metrics, each with its labels. A histogram has one name, without `_bucket`, `_sum` and `_count`.
pub async fn scrape() -> BTreeMap<String, BTreeSet<String>> {
    let fake = FakeBedrock::start().unwrap();
    let data = tempfile::tempdir().unwrap();
    let mut settings = Settings::from_pairs([
        ("PORT", "0"),
        ("MANAGEMENT_PORT", "0"),
        ("BIND_ADDRESS", "127.0.0.1"),
        ("SPOOL_DIR", data.path().to_str().unwrap()),
        (
            "LLM_MODELS",
            "bedrock:global.anthropic.claude-haiku-5-5,bedrock:global.anthropic.claude-sonnet-5-5",
        ),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", fake.endpoint().as_str()),
    ])
    .unwrap();
    settings.store.kind = StoreKind::EmbeddedInMemory;
    let application = Application::build(&settings, app::system_clock())
        .await
        .unwrap();
    let (api, management) = (application.port(), application.management_port());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(application.run(async move {
        drop(stopped.await);
        Shutdown::at_once("the test is over")
    }));
    let client = Client::new();

    let plan = client
        .post(format!("http://127.0.0.1:{api}/api/v1/generate-plan"))
        .json(&json!({"goal": "Learn to play the guitar"}))
        .send()
        .await
        .unwrap();
    assert_eq!(plan.status(), 200);
    let scraped = client
        .get(format!("http://127.0.0.1:{management}/metrics"))
        .send()
        .await
        .unwrap();
    let text = scraped.text().await.unwrap();

    drop(stop);
    served.await.unwrap().unwrap();
    read(&text)
}

/// Reads the text format of Prometheus.
fn read(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let mut metrics: BTreeMap<String, BTreeSet<String>> = types
        .map(|line| (line.split(' ').next().unwrap().to_owned(), BTreeSet::new()))
        .collect();
    for sample in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, rest) = sample.split_at(sample.find(['{', ' ']).unwrap());
        let family = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|suffix| metrics.get_key_value(name.strip_suffix(suffix)?))
            .map_or_else(|| name.to_owned(), |(family, _)| family.clone());
        let labels = rest.split_once('}').map_or("", |(labels, _)| labels);
        let names = labels.split("=\"").filter_map(|part| {
            let name = part.rsplit(['{', ',', '"']).next()?;
            (!name.is_empty()).then(|| name.to_owned())
        });
        metrics.entry(family).or_default().extend(names);
    }
    metrics
}

#[test]
fn a_scrape_is_read_by_families_with_their_labels() {
    let text = "# HELP a_seconds Time\n# TYPE a_seconds histogram\na_seconds_bucket{route=\"/a,b\",le=\"0.5\"} 1\na_seconds_sum{route=\"/a,b\"} 0.1\n# TYPE b gauge\nb 2\n";

    let found = read(text);

    let labels = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let expected = [
        ("a_seconds".to_owned(), labels(&["le", "route"])),
        ("b".to_owned(), labels(&[])),
    ];
    assert_eq!(found, BTreeMap::from(expected));
}
