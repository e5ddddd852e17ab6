//! Reads the dashboards.

use std::path::Path;

use serde_json::Value;

/// A dashboard.
pub struct Dashboard {
    pub file: String,
    pub json: Value,
}

/// An expression that a dashboard asks Prometheus for.
pub struct Query {
    /// Where it is, for messages.
    pub place: String,
    pub expression: String,
}

/// Reads all dashboards.
pub fn all() -> Vec<Dashboard> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/grafana/dashboards");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    files.sort();
    let read = |path: &Path| Dashboard {
        file: path.file_name().unwrap().to_str().unwrap().to_owned(),
        json: serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap(),
    };
    files.iter().map(|path| read(path)).collect()
}

/// Returns the items of an array; none if it is no array.
pub fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Returns the text of a field; empty if it is no text.
pub fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

impl Dashboard {
    pub fn title(&self) -> &str {
        text(&self.json, "title")
    }

    /// Returns the panels, without the rows that group them.
    pub fn panels(&self) -> impl Iterator<Item = &Value> {
        items(&self.json["panels"]).filter(|panel| panel["type"] != "row")
    }

    pub fn variables(&self) -> impl Iterator<Item = &Value> {
        items(&self.json["templating"]["list"])
    }

    /// Returns the variable of this name; null if there is none.
    pub fn variable(&self, name: &str) -> &Value {
        self.variables()
            .find(|variable| variable["name"] == name)
            .unwrap_or(&Value::Null)
    }

    /// Fills in the variables of an expression as if everything was chosen; rates and the shown range span `window`.
    pub fn fill_in(&self, expression: &str, window: &str) -> String {
        let mut filled = expression.to_owned();
        for variable in ["$__rate_interval", "$__range"] {
            filled = filled.replace(variable, window);
        }
        for variable in self.variables() {
            let name = format!("${}", text(variable, "name"));
            filled = filled.replace(&name, text(variable, "allValue"));
        }
        assert!(!filled.contains('$'), "unknown variable: {filled}");
        filled
    }

    /// Returns all expressions of panels and annotations.
    pub fn queries(&self) -> Vec<Query> {
        let of_panels = self.panels().flat_map(|panel| {
            items(&panel["targets"]).map(move |target| (text(panel, "title"), target))
        });
        let annotations = items(&self.json["annotations"]["list"]);
        let of_annotations = annotations
            .filter(|annotation| annotation.get("expr").is_some())
            .map(|annotation| (text(annotation, "name"), annotation));
        of_panels
            .chain(of_annotations)
            .map(|(title, target)| Query {
                place: format!("{}, {title} {}", self.file, text(target, "refId")),
                expression: text(target, "expr").to_owned(),
            })
            .collect()
    }

    /// Returns the label and the selector of each `label_values` variable.
    pub fn label_values(&self) -> Vec<(String, String)> {
        let queries = self
            .variables()
            .filter(|variable| variable["type"] == "query");
        queries
            .map(|variable| {
                let query = text(variable, "query");
                let arguments = query
                    .strip_prefix("label_values(")
                    .and_then(|rest| rest.strip_suffix(')'))
                    .unwrap_or_else(|| panic!("{query} is no label_values"));
                let (selector, label) = arguments.rsplit_once(", ").unwrap();
                (label.to_owned(), selector.to_owned())
            })
            .collect()
    }
}
