//! The functions of Terraform that the files use.

use serde_json::{Map, Value};

use super::evaluate::Scope;
use super::failure::Failure;
use super::value::{
    Outcome, as_bool, as_index, as_list, as_map, as_number, as_text, number, set, unexpected,
};
use super::{template, text_functions};
use crate::files;

/// Calls a function.
pub fn call(scope: &Scope<'_>, name: &str, arguments: &[Value]) -> Outcome {
    match (name, arguments) {
        ("file", [path]) => read(scope, path).map(Value::String),
        ("templatefile", [path, names]) => rendered(scope, path, names),
        ("fileexists", [path]) => Ok(Value::Bool(read(scope, path).is_ok())),
        ("length", [of]) => length(of),
        ("merge", maps) => merge(maps),
        ("concat", lists) => concat(lists),
        ("keys", [of]) => Ok(as_map(of)?.keys().cloned().map(Value::String).collect()),
        ("values", [of]) => Ok(as_map(of)?.values().cloned().collect()),
        ("lookup", [of, key]) => lookup(of, key, None),
        ("lookup", [of, key, otherwise]) => lookup(of, key, Some(otherwise)),
        ("contains", [of, item]) => Ok(Value::Bool(as_list(of)?.contains(item))),
        ("index", [of, item]) => as_list(of)?
            .iter()
            .position(|each| each == item)
            .map(Value::from)
            .ok_or_else(|| Failure::Absent(format!("{item} is not in {of}"))),
        ("element", [of, index]) => {
            let (items, index) = (as_list(of)?, as_index(index)?);
            let found = items.get(index % items.len().max(1));
            found
                .cloned()
                .ok_or_else(|| Failure::Absent("an empty list".to_owned()))
        }
        ("slice", [of, from, to]) => {
            let found = as_list(of)?.get(as_index(from)?..as_index(to)?);
            found
                .map(|items| items.iter().cloned().collect())
                .ok_or_else(|| Failure::Absent(format!("{of} is shorter than {to}")))
        }
        ("one", [of]) => one(of),
        ("coalesce", values) => values
            .iter()
            .find(|value| !value.is_null() && *value != "")
            .cloned()
            .ok_or_else(|| Failure::Absent("all are null or empty".to_owned())),
        ("compact", [of]) => {
            let items = as_list(of)?.iter();
            Ok(items
                .filter(|item| !item.is_null() && *item != "")
                .cloned()
                .collect())
        }
        ("flatten", [of]) => Ok(Value::Array(flatten(as_list(of)?))),
        ("distinct", [of]) => Ok(Value::Array(distinct(as_list(of)?))),
        ("sort" | "toset", [of]) => sorted(name, of),
        ("reverse", [of]) => Ok(as_list(of)?.iter().rev().cloned().collect()),
        ("setunion", lists) => Ok(set(as_list(&concat(lists)?)?.iter().cloned())),
        ("setsubtract", [of, without]) => {
            let (items, without) = (as_list(of)?.iter(), as_list(without)?);
            Ok(set(items.filter(|item| !without.contains(item)).cloned()))
        }
        ("setintersection", [of, with]) => {
            let (items, with) = (as_list(of)?.iter(), as_list(with)?);
            Ok(set(items.filter(|item| with.contains(item)).cloned()))
        }
        ("setproduct", lists) => product(lists),
        ("zipmap", [keys, values]) => {
            let pairs = as_list(keys)?.iter().zip(as_list(values)?);
            let fields = pairs.map(|(key, value)| Ok((as_text(key)?, value.clone())));
            fields.collect::<Result<_, _>>().map(Value::Object)
        }
        ("range", [to]) => range(0.0, as_number(to)?, 1.0),
        ("range", [from, to]) => range(as_number(from)?, as_number(to)?, 1.0),
        ("range", [from, to, step]) => range(as_number(from)?, as_number(to)?, as_number(step)?),
        ("alltrue", [of]) => flags(of).map(|flags| Value::Bool(flags.iter().all(|flag| *flag))),
        ("anytrue", [of]) => flags(of).map(|flags| Value::Bool(flags.iter().any(|flag| *flag))),
        ("tolist" | "tomap" | "sensitive" | "nonsensitive", [of]) => Ok(of.clone()),
        ("tonumber", [of]) if of.is_null() => Ok(Value::Null),
        ("tonumber", [of]) => as_number(of).map(number),
        ("tobool", [of]) => as_bool(of).map(Value::Bool),
        ("max", [first, rest @ ..]) => fold(first, rest, f64::max),
        ("min", [first, rest @ ..]) => fold(first, rest, f64::min),
        ("sum", [of]) => fold(&Value::from(0), as_list(of)?, |one, two| one + two),
        ("ceil", [of]) => as_number(of).map(|of| number(of.ceil())),
        ("floor", [of]) => as_number(of).map(|of| number(of.floor())),
        ("abs", [of]) => as_number(of).map(|of| number(of.abs())),
        _ => text_functions::call(name, arguments),
    }
}

/// Reads a file. `path.module` is the folder of the root, so that its paths are from the root of the repository.
fn read(scope: &Scope<'_>, path: &Value) -> Result<String, Failure> {
    let path = as_text(path)?;
    let root = &scope.environment.root().folder;
    let under = if path.starts_with(root.as_str()) {
        path.clone()
    } else {
        format!("{root}/{path}")
    };
    std::fs::read_to_string(files::path(&under))
        .map_err(|error| Failure::Absent(format!("{path}: {error}")))
}

fn rendered(scope: &Scope<'_>, path: &Value, names: &Value) -> Outcome {
    let text = read(scope, path)?;
    let parsed: hcl::edit::template::Template = text
        .parse()
        .map_err(|error| Failure::Invalid(format!("{path}: {error}")))?;
    let mut inner = Scope::of(scope.environment);
    for (name, value) in as_map(names)? {
        inner = inner.with(name, value.clone());
    }
    template::render(&inner, parsed.iter()).map(Value::String)
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

fn product(lists: &[Value]) -> Outcome {
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for list in lists {
        let items = as_list(list)?;
        let longer = rows.iter().flat_map(|row| {
            items.iter().map(|item| {
                let mut row = row.clone();
                row.push(item.clone());
                row
            })
        });
        rows = longer.collect();
    }
    Ok(rows.into_iter().map(Value::Array).collect())
}

fn range(from: f64, to: f64, step: f64) -> Outcome {
    if step <= 0.0 {
        return Err(Failure::Invalid("these tests only count up".to_owned()));
    }
    let mut items = Vec::new();
    let mut next = from;
    while next < to {
        items.push(number(next));
        next += step;
    }
    Ok(Value::Array(items))
}

fn flags(of: &Value) -> Result<Vec<bool>, Failure> {
    as_list(of)?.iter().map(as_bool).collect()
}

fn fold(first: &Value, rest: &[Value], with: fn(f64, f64) -> f64) -> Outcome {
    let mut result = as_number(first)?;
    for value in rest {
        result = with(result, as_number(value)?);
    }
    Ok(number(result))
}
