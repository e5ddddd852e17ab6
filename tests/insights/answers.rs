//! What each query must answer about the traffic that was played.

use crate::REQUEST;
use crate::query::{Line, Table, Value};
use crate::scenarios::{FIRST_MODEL, SECOND_MODEL, Traffic};
use crate::service::{ESTIMATE, PLAN};

type Check = fn(&Table, &Traffic);

/// The questions of the guide, each with the check of its answer.
pub const ANSWERS: [(&str, Check); 20] = [
    ("How slow are the models, by category?", slow_models),
    ("How many tokens are used?", tokens),
    ("Are there more errors than usual?", errors),
    ("Which errors are they?", error_types),
    ("What happened to this request?", one_request),
    ("How long do requests take?", percentiles),
    ("Which requests were the slowest?", slowest),
    ("Who gets errors, and which?", problems),
    ("What does an hour cost, by model?", cost_by_model),
    ("Which clients cost the most?", cost_by_client),
    ("Which money was wasted?", wasted),
    ("Which model fails, and how?", failing_models),
    ("Why does a model write no valid plan?", drafts),
    (
        "Which models and providers went down, and are they back?",
        outages,
    ),
    ("Who is rate limited?", rate_limited),
    ("What does the cost guard refuse?", refused),
    ("Who is denied access, and why?", denied),
    ("Which clients did not wait?", left),
    ("What was deployed, and when did tasks stop?", deployments),
    ("Is the ledger in trouble?", ledger),
];

fn text<'a>(row: &'a Line, column: &str) -> &'a str {
    match row.get(column) {
        Some(Value::Text(text)) => text,
        _ => "",
    }
}

fn number(row: &Line, column: &str) -> f64 {
    match row.get(column) {
        Some(Value::Number(number)) => *number,
        other => panic!("{column} is {other:?} in {row:?}"),
    }
}

/// Returns the sum of a column over the rows that have these texts.
fn sum(table: &Table, column: &str, wanted: &[(&str, &str)]) -> f64 {
    let is_wanted = |row: &&Line| wanted.iter().all(|(name, value)| text(row, name) == *value);
    let rows: Vec<&Line> = table.rows.iter().filter(is_wanted).collect();
    assert!(!rows.is_empty(), "{wanted:?} in {:#?}", table.rows);
    rows.into_iter().map(|row| number(row, column)).sum()
}

/// Checks that a figure is this one.
fn is(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted}");
}

/// Checks that the rows are in descending order of a column.
fn is_sorted(table: &Table, column: &str) {
    let values: Vec<f64> = table.rows.iter().map(|row| number(row, column)).collect();
    assert!(values.is_sorted_by(|one, two| one >= two), "{values:?}");
}

fn slow_models(table: &Table, _: &Traffic) {
    assert_eq!(table.columns, ["category", "avg_latency"]);
    is_sorted(table, "avg_latency");
    assert!(
        table
            .rows
            .iter()
            .all(|row| number(row, "avg_latency") > 0.0 && !text(row, "category").is_empty())
    );
}

fn tokens(table: &Table, traffic: &Traffic) {
    assert_eq!(table.columns, ["bin", "tokens"]);
    let billed = traffic.invoice.input_tokens + traffic.invoice.output_tokens;
    let billed = f64::from(u32::try_from(billed).unwrap());
    // There are other processes, and a call that tells no tokens is booked at its most.
    assert!(sum(table, "tokens", &[]) > billed, "{billed}");
}

fn errors(table: &Table, traffic: &Traffic) {
    assert_eq!(table.columns, ["bin", "error_count"]);
    let logged = traffic.log.matches("\"event_type\":\"error\"").count();
    is(sum(table, "error_count", &[]), count(logged));
}

fn count(of: usize) -> f64 {
    f64::from(u32::try_from(of).unwrap())
}

fn error_types(table: &Table, _: &Traffic) {
    let of = |error_type| {
        let wanted = [("error_type", error_type)];
        (
            sum(table, "errors", &wanted),
            sum(table, "requests", &wanted),
        )
    };
    assert_eq!(of("throttled"), (1.0, 1.0));
    // The second model denies one of the two requests as well.
    assert_eq!(of("denied"), (3.0, 3.0));
    let second = [("error_type", "denied"), ("model_id", SECOND_MODEL)];
    is(sum(table, "errors", &second), 1.0);
    assert_eq!(of("invalid_model_output"), (1.0, 1.0));
    assert!(of("ledger_unavailable").0 >= 1.0);
    is_sorted(table, "errors");
}

fn one_request(table: &Table, traffic: &Traffic) {
    let events: Vec<&str> = table
        .rows
        .iter()
        .map(|row| text(row, "event_type"))
        .collect();
    assert_eq!(
        events,
        [
            "request_received",
            "classification",
            "llm_call",
            "draft_rejected",
            "llm_call",
            "request_completed"
        ]
    );
    let end = table.rows.last().unwrap();
    is(number(end, "status"), 200.0);
    is(number(end, "cost_usd"), traffic.billed(REQUEST));
    let calls: f64 = [2, 4]
        .map(|row| number(&table.rows[row], "cost_usd"))
        .iter()
        .sum();
    is(calls, traffic.billed(REQUEST));
}

fn percentiles(table: &Table, traffic: &Traffic) {
    // Three of the client that is too fast, and four with a Redis that is silent.
    is(sum(table, "requests", &[("route", ESTIMATE)]), 7.0);
    let ended = traffic.log.lines().filter(|line| {
        line.contains("\"event_type\":\"request_completed\"")
            && line.contains(&format!("\"route\":\"{PLAN}\""))
    });
    is(
        sum(table, "requests", &[("route", PLAN), ("method", "POST")]),
        count(ended.count()),
    );
    for row in &table.rows {
        let [p50, p95, p99] = ["p50", "p95", "p99"].map(|column| number(row, column));
        assert!(0.0 < p50 && p50 <= p95 && p95 <= p99, "{row:?}");
    }
    is_sorted(table, "p99");
}

fn slowest(table: &Table, _: &Traffic) {
    assert_eq!(table.rows.len(), 20);
    is_sorted(table, "latency_ms");
    // Retries while both models are down take the longest.
    let down = table
        .rows
        .iter()
        .find(|row| text(row, "request_id").starts_with("down-"));
    assert_eq!(text(down.unwrap(), "code"), "provider_unavailable");
    assert!(
        table
            .rows
            .iter()
            .all(|row| !text(row, "request_id").is_empty())
    );
}

fn problems(table: &Table, _: &Traffic) {
    for (code, client, requests) in [
        ("rate_limited", "key:hasty", 2.0),
        ("budget_exceeded", "key:poor", 1.0),
        ("input_too_large", "key:web", 1.0),
        ("validation_failed", "key:web", 1.0),
        ("invalid_model_output", "key:web", 1.0),
        // One that both models deny, and three while they are down.
        ("provider_unavailable", "key:web", 4.0),
        ("unauthenticated", "ip:127.0.0.1", 3.0),
        ("not_found", "ip:127.0.0.1", 1.0),
    ] {
        is(
            sum(table, "requests", &[("code", code), ("client_id", client)]),
            requests,
        );
    }
    assert!(table.rows.iter().all(|row| number(row, "status") >= 400.0));
}

fn cost_by_model(table: &Table, traffic: &Traffic) {
    let of = |column, model| sum(table, column, &[("model_id", model)]);
    let second = traffic
        .invoice
        .calls
        .iter()
        .filter(|call| call.model == SECOND_MODEL);
    let second = second
        .map(|call| call.input_tokens + call.output_tokens)
        .sum::<u64>();
    let second = f64::from(u32::try_from(second).unwrap());
    is(of("tokens", SECOND_MODEL), second);
    assert!(of("usd", FIRST_MODEL) > traffic.billed("") - of("usd", SECOND_MODEL));
    assert!(of("calls", FIRST_MODEL) > of("calls", SECOND_MODEL));
}

fn cost_by_client(table: &Table, traffic: &Traffic) {
    let of = |column, client| sum(table, column, &[("client_id", client)]);
    is(of("usd", "key:reader"), traffic.billed("read-"));
    is(of("requests", "key:reader"), 3.0);
    assert!(of("usd", "key:web") > of("usd", "key:reader"));
    is_sorted(table, "usd");
}

fn wasted(table: &Table, traffic: &Traffic) {
    let wanted = [
        ("code", "invalid_model_output"),
        ("model", &*format!("bedrock:{SECOND_MODEL}")),
    ];
    is(
        sum(table, "wasted_usd", &wanted),
        traffic.billed("nonsense"),
    );
    is(sum(table, "requests", &wanted), 1.0);
    is(sum(table, "calls", &wanted), 4.0);
    assert_eq!(
        table.rows.len(),
        1,
        "nothing else was wasted: {:?}",
        table.rows
    );
}

fn failing_models(table: &Table, _: &Traffic) {
    let of =
        |column, model, outcome| sum(table, column, &[("model_id", model), ("outcome", outcome)]);
    is(of("calls", FIRST_MODEL, "throttled"), 1.0);
    is(of("usd", FIRST_MODEL, "throttled"), 0.0);
    is(of("calls", FIRST_MODEL, "denied"), 2.0);
    is(of("calls", SECOND_MODEL, "denied"), 1.0);
    assert!(of("calls", FIRST_MODEL, "unavailable") >= 10.0);
    is(of("calls", FIRST_MODEL, "not_sent_no_credentials"), 1.0);
    let costs = table.rows.iter().map(|row| number(row, "usd")).sum::<f64>();
    assert!(costs > 0.0, "a call that broke off may have been billed");
}

fn drafts(table: &Table, _: &Traffic) {
    is(sum(table, "drafts", &[("model_id", FIRST_MODEL)]), 3.0);
    is(sum(table, "drafts", &[("model_id", SECOND_MODEL)]), 2.0);
    assert!(
        table
            .rows
            .iter()
            .all(|row| !text(row, "violations").is_empty())
    );
}

fn outages(table: &Table, _: &Traffic) {
    let of = |event: &str, name: &str| {
        let found = table
            .rows
            .iter()
            .position(|row| text(row, "event_type") == event && text(row, "name").contains(name));
        found.unwrap_or_else(|| panic!("{event} of {name}: {:#?}", table.rows))
    };
    // Newest first.
    assert!(of("breaker_closed", FIRST_MODEL) < of("breaker_opened", FIRST_MODEL));
    of("breaker_opened", "Redis");
    of("redis", "");
    of("structured_output_step_down", "");
    let provider = &table.rows[of("provider_available", "")];
    assert_eq!(text(provider, "provider"), "bedrock");
}

fn rate_limited(table: &Table, _: &Traffic) {
    assert_eq!(table.rows.len(), 1, "{:?}", table.rows);
    let row = &table.rows[0];
    assert_eq!(text(row, "client_id"), "key:hasty");
    is(number(row, "refused"), 2.0);
    assert!(
        (30.0..=60.0).contains(&number(row, "longest_wait")),
        "{row:?}"
    );
}

fn refused(table: &Table, _: &Traffic) {
    assert_eq!(table.rows.len(), 2, "{:?}", table.rows);
    for reason in ["budget_exceeded", "input_too_large"] {
        is(sum(table, "refused", &[("reason", reason)]), 1.0);
        is(sum(table, "clients", &[("reason", reason)]), 1.0);
    }
    assert!(sum(table, "highest_usd", &[("reason", "budget_exceeded")]) > 0.0001);
}

fn denied(table: &Table, _: &Traffic) {
    assert_eq!(table.rows.len(), 2, "{:?}", table.rows);
    let counts: Vec<f64> = table
        .rows
        .iter()
        .map(|row| number(row, "refused"))
        .collect();
    assert_eq!(counts, [2.0, 1.0]);
    assert!(text(&table.rows[0], "reason").contains("the API key is unknown"));
    assert!(text(&table.rows[1], "reason").contains("credentials are required"));
    assert!(
        table
            .rows
            .iter()
            .all(|row| text(row, "code") == "unauthenticated")
    );
}

fn left(table: &Table, _: &Traffic) {
    // A process that is stopped while its store is frozen may have to leave a request of its own behind.
    let row = table
        .rows
        .iter()
        .find(|row| (text(row, "client_id"), text(row, "route")) == ("key:web", PLAN));
    let row = row.unwrap_or_else(|| panic!("{:?}", table.rows));
    is(number(row, "requests"), 1.0);
    let [shortest, longest] = ["shortest", "longest"].map(|column| number(row, column));
    assert!(
        0.0 < shortest && shortest <= longest && longest < 3000.0,
        "{row:?}"
    );
}

fn deployments(table: &Table, traffic: &Traffic) {
    let of = |event| {
        table
            .rows
            .iter()
            .filter(move |row| text(row, "event_type") == event)
    };
    assert_eq!(of("application_startup").count(), traffic.processes);
    assert!(of("application_startup").all(|row| text(row, "version") == env!("CARGO_PKG_VERSION")));
    assert_eq!(
        of("application_shutdown").count(),
        traffic.processes - traffic.killed
    );
    assert!(of("application_shutdown").all(|row| text(row, "reason") == "SIGTERM"));
    assert!(of("startup_warning").any(|row| text(row, "setting") == "JWT_ISSUER"));
}

fn ledger(table: &Table, _: &Traffic) {
    let of = |column, event| sum(table, column, &[("event_type", event)]);
    assert!(of("spool_rows", "spool_replayed") >= 2.0);
    assert!(of("events", "row_abandoned") >= 1.0);
    assert!(of("abandoned_usd", "row_abandoned") > 0.0);
    is(of("events", "spool_restored"), 1.0);
    assert!(of("events", "spool_torn") >= 1.0);
    is(of("events", "not_ready"), 1.0);
    let failed = [
        ("event_type", "error"),
        ("error_type", "ledger_unavailable"),
    ];
    assert!(sum(table, "events", &failed) >= 1.0);
}
