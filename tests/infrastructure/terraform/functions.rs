//! The functions of Terraform that the files use: on collections here, on numbers and texts beside it.

use serde_json::{Map, Value};

use super::evaluate::Scope;
use super::failure::Failure;
use super::value::{Outcome, as_bool, as_index, as_list, as_map, as_text, set, unexpected};
use super::{number_functions, text_functions};
use crate::files;

/// Calls a function.
pub fn call(scope: &Scope<'_>, name: &str, arguments: &[Value]) -> Outcome {
    match (name, arguments) {
        ("file", [path]) => read(scope, path).map(Value::String),
        ("length", [of]) => length(of),
        ("merge", maps) => merge(maps),
        ("concat", lists) => concat(lists),
        ("keys", [of]) => Ok(as_map(of)?.keys().cloned().map(Value::String).collect()),
        ("values", [of]) => Ok(as_map(of)?.values().cloned().collect()),
        ("lookup", [of, key]) => lookup(of, key, None),
        ("lookup", [of, key, otherwise]) => lookup(of, key, Some(otherwise)),
        ("contains", [of, item]) => Ok(Value::Bool(as_list(of)?.contains(item))),
        ("slice", [of, from, to]) => slice(of, as_index(from)?, as_index(to)?),
        ("one", [of]) => one(of),
        ("coalesce", values) => {
            let found = values.iter().find(|value| !is_nothing(value)).cloned();
            found.ok_or_else(|| Failure::Absent("all are null or empty".to_owned()))
        }
        ("compact", [of]) => {
            let items = as_list(of)?.iter().filter(|item| !is_nothing(item));
            Ok(items.cloned().collect())
        }
        ("flatten", [of]) => Ok(Value::Array(flatten(as_list(of)?))),
        ("distinct", [of]) => Ok(Value::Array(distinct(as_list(of)?))),
        ("sort" | "toset", [of]) => sorted(name, of),
        ("setsubtract", [of, without]) => {
            let (items, without) = (as_list(of)?.iter(), as_list(without)?);
            Ok(set(items.filter(|item| !without.contains(item)).cloned()))
        }
        ("setintersection", [of, with]) => {
            let (items, with) = (as_list(of)?.iter(), as_list(with)?);
            Ok(set(items.filter(|item| with.contains(item)).cloned()))
        }
        ("alltrue", [of]) => flags(of).map(|flags| Value::Bool(flags.iter().all(|flag| *flag))),
        ("anytrue", [of]) => flags(of).map(|flags| Value::Bool(flags.iter().any(|flag| *flag))),
        ("sensitive", [of]) => Ok(of.clone()),
        _ => number_functions::call(name, arguments)
            .unwrap_or_else(|| text_functions::call(name, arguments)),
    }
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value == ""
}

/// Reads a file. `path.module` is the folder of the root, so that its paths are from the root of the repository.
fn read(scope: &Scope<'_>, path: &Value) -> Result<String, Failure> {
    let path = as_text(path)?;
    let root = &scope.environment.root().folder;
    if !path.starts_with(root.as_str()) {
        return Err(Failure::Invalid(format!(
            "{path} does not begin with path.module"
        )));
    }
    std::fs::read_to_string(files::path(&path))
        .map_err(|error| Failure::Absent(format!("{path}: {error}")))
}

fn slice(of: &Value, from: usize, to: usize) -> Outcome {
    let found = as_list(of)?.get(from..to);
    let found = found.map(|items| items.iter().cloned().collect());
    found.ok_or_else(|| Failure::Absent(format!("{of} is shorter than {to}")))
}

fn length(of: &Value) -> Outcome {
    match of {
        Value::Array(items) => Ok(Value::from(items.len())),
        Value::Object(fields) => Ok(Value::from(fields.len())),
        Value::String(text) => Ok(Value::from(text.chars().count())),
        _ => Err(unexpected("a collection or text", of)),
    }
}

fn merge(maps: &[Value]) -> Outcome {
    let mut fields = Map::new();
    for map in maps.iter().filter(|map| !map.is_null()) {
        fields.extend(as_map(map)?.clone());
    }
    Ok(Value::Object(fields))
}

fn concat(lists: &[Value]) -> Outcome {
    let mut items = Vec::new();
    for list in lists {
        items.extend(as_list(list)?.iter().cloned());
    }
    Ok(Value::Array(items))
}

fn lookup(of: &Value, key: &Value, otherwise: Option<&Value>) -> Outcome {
    as_map(of)?
        .get(&as_text(key)?)
        .or(otherwise)
        .cloned()
        .ok_or_else(|| Failure::Absent(format!("there is no {key} in {of}")))
}

fn one(of: &Value) -> Outcome {
    match as_list(of)?.as_slice() {
        [] => Ok(Value::Null),
        [only] => Ok(only.clone()),
        _ => Err(Failure::Invalid(format!("{of} has more than one element"))),
    }
}

fn flatten(items: &[Value]) -> Vec<Value> {
    let nested = items.iter().flat_map(|item| match item {
        Value::Array(inner) => flatten(inner),
        other => vec![other.clone()],
    });
    nested.collect()
}

fn distinct(items: &[Value]) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    for item in items {
        if !found.contains(item) {
            found.push(item.clone());
        }
    }
    found
}

fn sorted(name: &str, of: &Value) -> Outcome {
    let items = as_list(of)?.iter().cloned();
    if name == "toset" {
        return Ok(set(items));
    }
    let texts = items.map(|item| as_text(&item));
    let mut texts: Vec<String> = texts.collect::<Result<_, _>>()?;
    texts.sort();
    Ok(texts.into_iter().map(Value::String).collect())
}

fn flags(of: &Value) -> Result<Vec<bool>, Failure> {
    as_list(of)?.iter().map(as_bool).collect()
}
