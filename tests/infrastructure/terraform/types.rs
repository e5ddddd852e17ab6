//! The types of variables: values are converted as Terraform does it, and optional attributes are filled in.

use hcl::edit::expr::{Expression, ObjectKey};
use serde_json::{Map, Value};

use super::evaluate::Scope;
use super::failure::Failure;
use super::value::{Outcome, as_bool, as_list, as_map, as_number, as_text, number, set};

/// Returns the value as the type has it. Unlike Terraform, an attribute that the type does not have is refused.
pub fn conform(scope: &Scope<'_>, value: &Value, to: &Expression) -> Outcome {
    if value.is_null() {
        return Ok(Value::Null);
    }
    match to {
        Expression::Variable(name) => match name.as_str() {
            "string" => as_text(value).map(Value::String),
            "number" => as_number(value).map(number),
            "bool" => as_bool(value).map(Value::Bool),
            "any" => Ok(value.clone()),
            other => Err(unknown(other)),
        },
        Expression::FuncCall(call) => {
            let arguments: Vec<&Expression> = call.args.iter().collect();
            match (call.name.name.as_str(), arguments.as_slice()) {
                ("list", [of]) => list(scope, value, of).map(Value::Array),
                ("set", [of]) => list(scope, value, of).map(set),
                ("map", [of]) => {
                    let fields = as_map(value)?.iter();
                    fields
                        .map(|(key, item)| Ok((key.clone(), conform(scope, item, of)?)))
                        .collect::<Result<Map<_, _>, Failure>>()
                        .map(Value::Object)
                }
                ("object", [Expression::Object(attributes)]) => object(scope, value, attributes),
                (other, _) => Err(unknown(other)),
            }
        }
        other => Err(unknown(&other.to_string())),
    }
}

fn list(scope: &Scope<'_>, value: &Value, of: &Expression) -> Result<Vec<Value>, Failure> {
    let items = as_list(value)?.iter();
    items.map(|item| conform(scope, item, of)).collect()
}

fn object(scope: &Scope<'_>, value: &Value, types: &hcl::edit::expr::Object) -> Outcome {
    let given = as_map(value)?;
    let mut fields = Map::new();
    for (key, to) in types {
        let name = match key {
            ObjectKey::Ident(name) => name.as_str().to_owned(),
            ObjectKey::Expression(expression) => as_text(&scope.evaluate(expression)?)?,
        };
        let found = given.get(&name);
        let conformed = attribute(scope, found, to.expr()).map_err(|failure| failure.at(&name))?;
        fields.insert(name, conformed);
    }
    match given.keys().find(|name| !fields.contains_key(*name)) {
        Some(name) => Err(Failure::Invalid(format!("the type has no `{name}`"))),
        None => Ok(Value::Object(fields)),
    }
}

/// An attribute of an object, which may be `optional`, with a default or without.
fn attribute(scope: &Scope<'_>, found: Option<&Value>, to: &Expression) -> Outcome {
    let found = found.filter(|value| !value.is_null());
    if let Expression::FuncCall(call) = to
        && call.name.name.as_str() == "optional"
    {
        let arguments: Vec<&Expression> = call.args.iter().collect();
        return match (arguments.as_slice(), found) {
            ([to, ..], Some(value)) => conform(scope, value, to),
            ([_], None) => Ok(Value::Null),
            ([to, default], None) => conform(scope, &scope.evaluate(default)?, to),
            _ => Err(unknown("optional() of these arguments")),
        };
    }
    found.map_or_else(
        || Err(Failure::Invalid("it is required".to_owned())),
        |value| conform(scope, value, to),
    )
}

fn unknown(what: &str) -> Failure {
    Failure::Invalid(format!("these tests do not know the type {what}"))
}
