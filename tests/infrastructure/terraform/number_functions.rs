//! The functions on numbers.

use serde_json::Value;

use super::failure::Failure;
use super::value::{Outcome, as_list, as_number, number};

/// Calls a function on numbers; none if it is no such function.
pub fn call(name: &str, arguments: &[Value]) -> Option<Outcome> {
    Some(match (name, arguments) {
        ("tonumber", [of]) if of.is_null() => Ok(Value::Null),
        ("tonumber", [of]) => as_number(of).map(number),
        ("floor", [of]) => as_number(of).map(|of| number(of.floor())),
        ("max", [first, rest @ ..]) => fold(first, rest, f64::max),
        ("min", [first, rest @ ..]) => fold(first, rest, f64::min),
        ("sum", [of]) => as_list(of).and_then(|of| fold(&Value::from(0), of, |one, two| one + two)),
        ("range", [from, to, step]) => range(from, to, step),
        ("range", [from, to]) => range(from, to, &Value::from(1)),
        ("range", [to]) => range(&Value::from(0), to, &Value::from(1)),
        _ => return None,
    })
}

fn range(from: &Value, to: &Value, step: &Value) -> Outcome {
    let (mut next, to, step) = (as_number(from)?, as_number(to)?, as_number(step)?);
    if step <= 0.0 {
        return Err(Failure::Invalid("these tests only count up".to_owned()));
    }
    let mut items = Vec::new();
    while next < to {
        items.push(number(next));
        next += step;
    }
    Ok(Value::Array(items))
}

fn fold(first: &Value, rest: &[Value], with: fn(f64, f64) -> f64) -> Outcome {
    let mut result = as_number(first)?;
    for value in rest {
        result = with(result, as_number(value)?);
    }
    Ok(number(result))
}
