//! Resources and data sources, each instance of them on its own.

use std::fmt;

use hcl::edit::structure::{Block, Body};
use serde_json::{Map, Value, json};

use super::environment::Environment;
use super::evaluate::Scope;
use super::failure::Failure;
use super::value::{MARKER, Outcome, as_list, as_text, pairs};
use super::{after_apply, policy_document};

/// What Terraform reads itself, and the provider does not.
const META: [&str; 6] = [
    "count",
    "depends_on",
    "for_each",
    "lifecycle",
    "provider",
    "provisioner",
];

/// Whether Terraform makes it or only reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Managed,
    Data,
}

impl Mode {
    const fn block(self) -> &'static str {
        match self {
            Self::Managed => "resource",
            Self::Data => "data",
        }
    }
}

/// An instance of a resource or data source.
#[derive(Clone)]
pub struct Resource<'a> {
    environment: &'a Environment,
    mode: Mode,
    kind: String,
    name: String,
    /// The key and the value of `for_each`, or the index of `count` as both.
    each: Option<(Value, Value)>,
}

impl fmt::Debug for Resource<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.address())
    }
}

impl<'a> Resource<'a> {
    /// Returns all instances of a block.
    pub fn all(
        environment: &'a Environment,
        mode: Mode,
        kind: &str,
        name: &str,
    ) -> Result<Vec<Self>, Failure> {
        let single = Self {
            environment,
            mode,
            kind: kind.to_owned(),
            name: name.to_owned(),
            each: None,
        };
        let block = single.block()?;
        let scope = Scope::of(environment);
        let place = |failure: Failure| failure.at(&single.address());
        let of = |each| Self {
            each: Some(each),
            ..single.clone()
        };
        if let Some(count) = block.body.get_attribute("count") {
            let count = scope.evaluate(&count.value).map_err(place)?;
            let count = count.as_u64().unwrap_or_default();
            let indices = (0..count).map(Value::from);
            return Ok(indices.map(|index| of((index.clone(), index))).collect());
        }
        if let Some(each) = block.body.get_attribute("for_each") {
            let each = scope.evaluate(&each.value).map_err(place)?;
            let is_set = each.is_array();
            let pairs = pairs(&each).map_err(place)?.into_iter();
            return Ok(pairs
                .map(|(key, value)| {
                    of(if is_set {
                        (value.clone(), value)
                    } else {
                        (key, value)
                    })
                })
                .collect());
        }
        Ok(vec![single])
    }

    /// Returns the value that stands for the block in expressions: one marker, or a list or map of them.
    pub fn markers(environment: &'a Environment, mode: Mode, kind: &str, name: &str) -> Outcome {
        let all = Self::all(environment, mode, kind, name)?;
        let mut list = Vec::new();
        let mut map = Map::new();
        for resource in all {
            match &resource.each {
                None => return Ok(resource.marker()),
                Some((key, _)) if key.is_number() => list.push(resource.marker()),
                Some((key, _)) => {
                    map.insert(as_text(key)?, resource.marker());
                }
            }
        }
        let block = environment.root().block(mode.block(), &[kind, name]);
        Ok(
            if block.is_some_and(|block| block.body.has_attribute("for_each")) {
                Value::Object(map)
            } else {
                Value::Array(list)
            },
        )
    }

    fn marker(&self) -> Value {
        let is_data = self.mode == Mode::Data;
        json!({MARKER: [is_data, self.kind, self.name, self.each]})
    }

    /// Reads a marker.
    pub fn from_marker(environment: &'a Environment, value: &Value) -> Option<Self> {
        let (is_data, kind, name, each) =
            serde_json::from_value(value.get(MARKER)?.clone()).ok()?;
        Some(Self {
            environment,
            mode: if is_data { Mode::Data } else { Mode::Managed },
            kind,
            name,
            each,
        })
    }

    /// Returns its address, as Terraform shows it.
    pub fn address(&self) -> String {
        let prefix = if self.mode == Mode::Data { "data." } else { "" };
        let key = self.each.as_ref().map(|(key, _)| format!("[{key}]"));
        let key = key.unwrap_or_default();
        format!("{prefix}{}.{}{key}", self.kind, self.name)
    }

    /// Returns its type, with `data.` before it for a data source.
    pub fn kind(&self) -> String {
        let prefix = if self.mode == Mode::Data { "data." } else { "" };
        format!("{prefix}{}", self.kind)
    }

    /// Returns its name in the files.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn environment(&self) -> &'a Environment {
        self.environment
    }

    fn block(&self) -> Result<&'a Block, Failure> {
        let root = self.environment.root();
        root.block(self.mode.block(), &[&self.kind, &self.name])
            .ok_or_else(|| Failure::Invalid(format!("there is no {}", self.address())))
    }

    /// Returns what names in its expressions mean.
    pub fn scope(&self) -> Scope<'a> {
        let scope = Scope::of(self.environment);
        match &self.each {
            None => scope,
            Some((key, _)) if key.is_number() => scope.with("count", json!({"index": key})),
            Some((key, value)) => scope.with("each", json!({"key": key, "value": value})),
        }
    }

    /// Returns an attribute: one of the files, else one that is known when the resource is made. Blocks are lists.
    pub fn attribute(&self, name: &str) -> Outcome {
        let place = |failure: Failure| failure.at(&format!("{}.{name}", self.address()));
        if let Some(value) = self.given(name).map_err(place)? {
            return Ok(value);
        }
        if self.kind() == policy_document::KIND && name == "json" {
            return policy_document::json(&self.value().map_err(place)?).map_err(place);
        }
        after_apply::value(self, name).ok_or_else(|| {
            place(Failure::Invalid(
                "these tests know no value for it".to_owned(),
            ))
        })
    }

    /// Returns an attribute or a list of blocks that the files give it.
    fn given(&self, name: &str) -> Result<Option<Value>, Failure> {
        let body = &self.block()?.body;
        if let Some(attribute) = body.get_attribute(name) {
            return self.scope().evaluate(&attribute.value).map(Some);
        }
        let blocks = blocks(&self.scope(), body, name)?;
        Ok((!blocks.is_empty()).then_some(Value::Array(blocks)))
    }

    /// Returns an attribute or a list of blocks that the files give it; null where there is none.
    pub fn get(&self, name: &str) -> Value {
        let found = self.given(name);
        let place = format!("{}.{name}", self.address());
        found
            .unwrap_or_else(|failure| self.environment.fail(&failure.at(&place)))
            .unwrap_or(Value::Null)
    }

    /// Returns everything that the files give it.
    fn value(&self) -> Outcome {
        body_value(&self.scope(), &self.block()?.body)
    }

    /// Returns everything that the files give it.
    pub fn all_given(&self) -> Value {
        let value = self.value();
        value.unwrap_or_else(|failure| self.environment.fail(&failure.at(&self.address())))
    }
}

/// Everything in a body, without what only Terraform reads.
fn body_value(scope: &Scope<'_>, body: &Body) -> Outcome {
    let mut fields = Map::new();
    for attribute in body.attributes() {
        let name = attribute.key.as_str();
        if !META.contains(&name) {
            let value = scope.evaluate(&attribute.value);
            let value = value.map_err(|failure| failure.at(name))?;
            fields.insert(name.to_owned(), value);
        }
    }
    for block in body.blocks() {
        let name = match block.ident.as_str() {
            "dynamic" => block.labels[0].as_str(),
            name => name,
        };
        if !META.contains(&name) && !fields.contains_key(name) {
            fields.insert(name.to_owned(), Value::Array(blocks(scope, body, name)?));
        }
    }
    Ok(Value::Object(fields))
}

/// The blocks with this name in a body, also those that `dynamic` makes.
fn blocks(scope: &Scope<'_>, body: &Body, name: &str) -> Result<Vec<Value>, Failure> {
    let mut values = Vec::new();
    for block in body.blocks() {
        let ident = block.ident.as_str();
        if ident == name {
            values.push(body_value(scope, &block.body).map_err(|failure| failure.at(name))?);
        } else if ident == "dynamic" && block.labels[0].as_str() == name {
            let made = dynamic(scope, block, name).map_err(|failure| failure.at(name))?;
            values.extend(as_list(&made)?.iter().cloned());
        }
    }
    Ok(values)
}

fn dynamic(scope: &Scope<'_>, block: &Block, name: &str) -> Outcome {
    let attribute = |name: &str| {
        let found = block.body.get_attribute(name);
        found.map(|attribute| &attribute.value)
    };
    let iterator = attribute("iterator").map(ToString::to_string);
    let iterator = iterator.as_deref().unwrap_or(name).trim();
    let missing = || Failure::Invalid("for_each and content are needed".to_owned());
    let each = scope.evaluate(attribute("for_each").ok_or_else(missing)?)?;
    let content = block
        .body
        .get_blocks("content")
        .next()
        .ok_or_else(missing)?;
    let pairs = pairs(&each)?.into_iter();
    pairs
        .map(|(key, value)| {
            let names = json!({"key": key, "value": value});
            body_value(&scope.with(iterator, names), &content.body)
        })
        .collect()
}
