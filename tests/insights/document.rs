//! The operations guide: its questions with their queries, and its table of events.

use std::collections::BTreeSet;

/// The queries that came with the first version of the service. They must stay as they are.
pub const ORIGINAL: [&str; 3] = [
    "fields @timestamp, request_id, category, latency_ms
| filter event_type = \"llm_call\"
| stats avg(latency_ms) as avg_latency by category
| sort avg_latency desc",
    "fields @timestamp, total_tokens
| filter event_type = \"llm_call\"
| stats sum(total_tokens) as tokens by bin(1h)",
    "fields @timestamp
| filter event_type = \"error\"
| stats count() as error_count by bin(5m)",
];

/// A question and its query.
pub struct Question {
    pub title: String,
    pub query: String,
}

/// Returns the questions of the guide. Each has one query.
pub fn questions() -> Vec<Question> {
    let section = section("Questions to the logs");
    let questions = section.split("\n### ").skip(1).map(|text| {
        let title = text.lines().next().unwrap_or_default().to_owned();
        let blocks: Vec<&str> = text.split("```").collect();
        assert_eq!(blocks.len(), 3, "{title} has one query");
        assert!(blocks[0].trim().len() > title.len(), "{title} is explained");
        let query = blocks[1].strip_prefix("sql\n").unwrap().trim_end();
        Question {
            title,
            query: query.to_owned(),
        }
    });
    questions.collect()
}

/// Returns the types of events in the guide's table.
pub fn event_types() -> BTreeSet<String> {
    let section = section("Logs");
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    // The first one has the names of the columns.
    let rows = rows.skip(1);
    let names = rows.flat_map(|row| {
        let cell = row.split('|').nth(1).unwrap();
        cell.split(',')
            .map(|name| name.trim().trim_matches('`').to_owned())
    });
    names.collect()
}

fn section(title: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operations.md");
    let guide = std::fs::read_to_string(path).unwrap();
    let start = guide.find(&format!("\n## {title}\n")).unwrap();
    let rest = &guide[start + 4..];
    let end = rest.find("\n## ").unwrap_or(rest.len());
    rest[..end].to_owned()
}
