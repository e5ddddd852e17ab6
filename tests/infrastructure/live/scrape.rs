//! The series of a scrape.

use std::collections::{BTreeMap, BTreeSet};

/// The labels of a series.
pub type Labels = BTreeMap<String, String>;
/// The series, by the name of their metric. A histogram has one name, without `_bucket`, `_sum` and `_count`.
pub type Series = BTreeMap<String, BTreeSet<Labels>>;

/// Returns the type of each metric: `counter`, `gauge` or `histogram`.
pub fn kinds(text: &str) -> BTreeMap<String, String> {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let types = types.filter_map(|line| line.split_once(' '));
    types
        .map(|(name, kind)| (name.to_owned(), kind.to_owned()))
        .collect()
}

/// Reads the text format of Prometheus.
pub fn read(text: &str) -> Series {
    let mut series: Series = kinds(text)
        .into_keys()
        .map(|name| (name, BTreeSet::new()))
        .collect();
    for sample in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, rest) = sample.split_at(sample.find(['{', ' ']).unwrap());
        let family = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|suffix| series.get_key_value(name.strip_suffix(suffix)?))
            .map_or_else(|| name.to_owned(), |(family, _)| family.clone());
        let labels = rest
            .strip_prefix('{')
            .and_then(|rest| rest.split_once("} "));
        let labels = labels.map_or_else(Labels::new, |(labels, _)| read_labels(labels));
        series.entry(family).or_default().insert(labels);
    }
    series
}

/// Reads `name="value",...`, without what tells the buckets of a histogram apart.
fn read_labels(mut text: &str) -> Labels {
    let mut labels = Labels::new();
    while let Some((name, rest)) = text.split_once("=\"") {
        let (value, rest) = rest.split_once('"').unwrap();
        assert!(!value.ends_with('\\'), "a quote in a label: {text}");
        if name != "le" {
            labels.insert(name.to_owned(), value.to_owned());
        }
        text = rest.trim_start_matches(',');
    }
    labels
}

#[test]
fn a_scrape_is_read_by_families_with_the_labels_of_their_series() {
    let text = "# HELP a_seconds Time\n# TYPE a_seconds histogram\n\
                a_seconds_bucket{route=\"/a,b\",le=\"0.5\"} 1\na_seconds_sum{route=\"/a,b\"} 0.1\n\
                # TYPE b gauge\nb 2\n";

    let found = read(text);

    let a = Labels::from([("route".to_owned(), "/a,b".to_owned())]);
    let expected = Series::from([
        ("a_seconds".to_owned(), BTreeSet::from([a])),
        ("b".to_owned(), BTreeSet::from([Labels::new()])),
    ]);
    assert_eq!(found, expected);
    assert_eq!(kinds(text)["a_seconds"], "histogram");
}
