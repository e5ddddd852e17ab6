//! `SEARCH` in metric math: which metrics it finds.

use super::references::{ANY, Reference};

/// Takes the searches out of an expression. Returns what is left, with `[]` in the place of each, and what they search for.
pub fn take(place: &str, expression: &str) -> Result<(String, Vec<Reference>), String> {
    let mut left = String::new();
    let mut found = Vec::new();
    let mut rest = expression;
    while let Some((before, search)) = rest.split_once("SEARCH(") {
        let quoted: Vec<&str> = search.splitn(5, '\'').collect();
        let [between, query, comma, statistic, after] = quoted[..] else {
            return Err(format!("SEARCH({search}"));
        };
        let (period, after) = after.split_once(')').ok_or("a search has no end")?;
        let is_period = period.trim_start_matches([',', ' ']).parse::<u32>().is_ok();
        if !between.trim().is_empty() || comma.trim() != "," || !is_period {
            return Err(format!("SEARCH({search}"));
        }
        found.push(query_of(place, query, statistic)?);
        left.push_str(before);
        left.push_str("[]");
        rest = after;
    }
    left.push_str(rest);
    Ok((left, found))
}

/// Reads `{"namespace",dimension,...} MetricName="name" dimension="value"`.
fn query_of(place: &str, query: &str, statistic: &str) -> Result<Reference, String> {
    let wrong = || format!("`{query}` is not understood");
    let (schema, terms) = query
        .strip_prefix('{')
        .and_then(|rest| rest.split_once('}'))
        .ok_or_else(wrong)?;
    let mut schema = schema
        .split(',')
        .map(|part| part.trim().trim_matches('"').to_owned());
    let mut reference = Reference {
        place: place.to_owned(),
        namespace: schema.next().ok_or_else(wrong)?,
        name: String::new(),
        dimensions: schema.map(|name| (name, ANY.to_owned())).collect(),
        statistic: statistic.to_owned(),
    };
    for term in terms.split_whitespace() {
        let (name, value) = term.split_once('=').ok_or_else(wrong)?;
        let value = value
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        let value = value.ok_or_else(wrong)?.to_owned();
        if name == "MetricName" {
            reference.name = value;
        } else {
            *reference.dimensions.get_mut(name).ok_or_else(wrong)? = value;
        }
    }
    if reference.name.is_empty() {
        return Err(wrong());
    }
    Ok(reference)
}

#[test]
fn a_search_asks_for_the_metrics_of_its_schema() {
    let expression = "SUM(SEARCH('{\"Ours\",model,outcome} MetricName=\"calls\" outcome=\"failed\"', 'Sum', 300)) / all";

    let (left, found) = take("here", expression).unwrap();

    assert_eq!(left, "SUM([]) / all");
    let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        ["here: Sum of Ours calls {\"model\": \"*\", \"outcome\": \"failed\"}"]
    );
    for wrong in [
        "SEARCH('{Ours,model}', 'Sum', 300)",
        "SEARCH('{Ours} MetricName=\"a\" model=\"x\"', 'Sum', 300)",
        "SEARCH('{Ours} MetricName=\"a\"', 'Sum', soon)",
        "SEARCH('{Ours} MetricName=a', 'Sum', 300)",
        "SEARCH(query)",
    ] {
        assert!(take("here", wrong).is_err(), "{wrong}");
    }
}
