use super::*;

const LOG: &str = r#"{"timestamp": "2026-11-27T10:00:01Z", "event_type": "call", "model": "a", "ms": 10, "usd": 0.5, "ok": true}
{"timestamp": "2026-11-27T10:01:00Z", "event_type": "call", "model": "b", "ms": 30, "usd": 0.25}
{"timestamp": "2026-11-27T10:06:00Z", "event_type": "call", "model": "a", "ms": 20}
{"timestamp": "2026-11-27T10:07:00Z", "event_type": "end", "code": "timed_out", "status": 504}"#;

fn rows(query: &str) -> Result<Vec<Vec<Value>>, String> {
    let table = run(query, &lines(LOG).unwrap())?;
    let cell = |row: &Line, column: &String| row.get(column).cloned().unwrap_or(Value::Absent);
    let cells = |row| {
        table
            .columns
            .iter()
            .map(|column| cell(row, column))
            .collect()
    };
    Ok(table.rows.iter().map(cells).collect())
}

fn number(value: f64) -> Value {
    Value::Number(value)
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

#[test]
fn figures_are_computed_over_groups_and_sorted() {
    let query = r#"
        # Comments are skipped.
        filter event_type = "call"
        | stats count() as calls, sum(usd) as usd, avg(ms) as avg, pct(ms, 50), max(ms), count(usd) by model
        | sort avg asc"#;
    assert_eq!(
        rows(query).unwrap(),
        [
            vec![
                text("a"),
                number(2.0),
                number(0.5),
                number(15.0),
                number(10.0),
                number(20.0),
                number(1.0)
            ],
            vec![
                text("b"),
                number(1.0),
                number(0.25),
                number(30.0),
                number(30.0),
                number(30.0),
                number(1.0)
            ],
        ]
    );
    assert_eq!(
        rows("stats count(*) as lines, count_distinct(model) as models by bin(5m) as time | sort time desc | limit 1")
            .unwrap(),
        [vec![
            number(1_795_773_900_000.0),
            number(2.0),
            number(1.0)
        ]]
    );
}

#[test]
fn conditions_hold_for_the_right_lines() {
    for (condition, count) in [
        (r#"model = "a""#, 2),
        (r#"model != "a""#, 2),
        ("ms > 10 and ms <= 30", 2),
        (r#"model in ["a", "b"] and not ms < 20"#, 2),
        (r#"(model = "b" or status >= 500) and ispresent(code)"#, 1),
        (r#"model = "b" or model = "a" and ms = 20"#, 2),
        (r#"code like "timed""#, 1),
        (r#"@message like "\"model\"""#, 0),
    ] {
        let query = format!("fields @timestamp | filter {condition}");
        match rows(&query) {
            Ok(rows) => assert_eq!(rows.len(), count, "{condition}"),
            // The language has no such escapes.
            Err(error) => assert!(condition.contains('\\'), "{condition}: {error}"),
        }
    }
}

#[test]
fn mistakes_are_refused() {
    for query in [
        "",
        "field ms",
        "fields ms |",
        "fields latency",
        "filter event_type = \"cal\"",
        "filter event_type in [\"call\", \"ended\"]",
        "filter event_type = \"end\" | fields model",
        "filter event_type = \"end\" | stats sum(ms)",
        "filter modell = \"a\"",
        "filter model = a",
        "filter model > 3",
        "filter ok = 1",
        "filter model like /a/",
        "filter model = \"a",
        "stats average(ms)",
        "stats sum(model)",
        "stats pct(ms)",
        "stats pct(ms, 950)",
        "stats count() by modell",
        "stats count() as calls by model | sort call desc",
        "stats count() by bin(5x)",
        "sort ms",
        "limit many",
        "fields ms sort ms desc",
        "filter (ms > 1",
    ] {
        assert!(rows(query).is_err(), "{query}");
    }
}
