//! Any body at all: never a panic, never a server error, always a problem of bounded size.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use reqwest::Method;
use serde_json::json;

use crate::support::{TestApp, problem};

/// Number of bodies. The reader alone is tested with more of them where it is defined.
const BODIES: usize = 300;
/// Largest problem: 20 errors, each with a name and a shortened value, and how many more there are.
const MAX_BYTES: usize = 16 * 1024;

fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let name = prop_oneof![
        Just("goal".to_owned()),
        Just("context".to_owned()),
        Just("hours_per_week".to_owned()),
        Just("duration_weeks".to_owned()),
        Just("start_date".to_owned()),
        Just("deadline".to_owned()),
        Just("language".to_owned()),
        any::<String>(),
    ];
    let value = prop_oneof![
        Just(json!(null)),
        any::<f64>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(|number| json!(number)),
        any::<bool>().prop_map(|boolean| json!(boolean)),
        any::<String>().prop_map(|text| json!(text)),
        "[a-z ]{3,60}".prop_map(|text| json!(text)),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}".prop_map(|text| json!(text)),
        prop::collection::vec(any::<String>(), 0..4).prop_map(|texts| json!(texts)),
    ];
    let members = prop::collection::vec((name, value), 0..40);
    let object = members.prop_map(|members| {
        let members = members.iter();
        let members: Vec<_> = members
            .map(|(name, value)| format!("{}:{value}", json!(name)))
            .collect();
        format!("{{{}}}", members.join(",")).into_bytes()
    });
    let broken = (object.clone(), any::<prop::sample::Index>(), any::<u8>());
    prop_oneof![
        2 => prop::collection::vec(any::<u8>(), 0..500),
        4 => object,
        2 => broken.prop_map(|(mut body, at, byte)| {
            let at = at.index(body.len());
            body[at] = byte;
            body
        }),
        1 => (1..30_000_usize).prop_map(|depth| "[".repeat(depth).into_bytes()),
        1 => (0..9000_usize).prop_map(|count| {
            let names: Vec<_> = (0..count).map(|index| format!("\"{index}\":0")).collect();
            format!("{{{}}}", names.join(",")).into_bytes()
        }),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn any_body_gets_a_result_or_a_problem_of_bounded_size() {
    let app = TestApp::start().await;
    let mut runner = TestRunner::default();

    for _ in 0..BODIES {
        let body = bodies().new_tree(&mut runner).unwrap().current();
        let shown = String::from_utf8_lossy(&body[..body.len().min(2000)]).into_owned();
        let request = app
            .request(Method::POST, "/api/v1/estimate")
            .header("Content-Type", "application/json")
            .body(body);
        let response = request.send().await.unwrap();
        if response.status() == 200 {
            continue;
        }
        let (status, problem) = problem(response).await;
        assert!(
            [400, 413, 422].contains(&status.as_u16()),
            "{status}: {shown}"
        );
        assert!(problem.to_string().len() < MAX_BYTES, "{shown}");
        let errors = problem["errors"].as_array().map_or(0, Vec::len);
        assert!(errors <= 21, "{errors}: {shown}");
        assert_eq!(
            status == 422 && problem["code"] == "validation_failed",
            errors > 0,
            "{problem}"
        );
    }
    assert_eq!(app.get("/health").await.status(), 200);
}
