//! Figures over the lines of a group.

use std::collections::BTreeSet;

use super::evaluate::Line;
use super::syntax::Figure;
use super::value::Value;

impl Figure {
    /// Returns the field that the figure is about, if it is about one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Count => None,
            Self::CountOf(field)
            | Self::CountDistinct(field)
            | Self::Sum(field)
            | Self::Average(field)
            | Self::Min(field)
            | Self::Max(field)
            | Self::Percentile(field, _) => Some(field),
        }
    }
}

/// Returns a figure over these lines. Lines without the field do not count.
///
/// # Errors
/// Returns a value that is no number where one is needed.
pub fn figure(figure: &Figure, lines: &[Line]) -> Result<Value, String> {
    let values = || {
        let field = figure.field().unwrap_or_default();
        let values = lines.iter().filter_map(move |line| line.get(field));
        values.filter(|value| value.is_present())
    };
    let numbers = || {
        let numbers = values().map(|value| match value {
            Value::Number(number) => Ok(*number),
            other => Err(format!("{other:?} is no number")),
        });
        numbers.collect::<Result<Vec<f64>, String>>()
    };
    Ok(match figure {
        Figure::Count => count(lines.len()),
        Figure::CountOf(_) => count(values().count()),
        Figure::CountDistinct(_) => {
            let distinct: BTreeSet<String> = values().map(|value| format!("{value:?}")).collect();
            count(distinct.len())
        }
        Figure::Sum(_) => Value::Number(sum(&numbers()?)),
        Figure::Average(_) => {
            let numbers = numbers()?;
            let Value::Number(of) = count(numbers.len()) else {
                return Ok(Value::Absent);
            };
            if numbers.is_empty() {
                Value::Absent
            } else {
                Value::Number(sum(&numbers) / of)
            }
        }
        Figure::Min(_) => numbers()?
            .into_iter()
            .reduce(f64::min)
            .map_or(Value::Absent, Value::Number),
        Figure::Max(_) => numbers()?
            .into_iter()
            .reduce(f64::max)
            .map_or(Value::Absent, Value::Number),
        Figure::Percentile(_, percent) => percentile(numbers()?, *percent),
    })
}

fn sum(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |sum, number| sum + number)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a test has far fewer than 2^53 lines"
)]
fn count(of: usize) -> Value {
    Value::Number(of as f64)
}

/// Returns the smallest number that at least this share of the numbers is not above.
fn percentile(mut numbers: Vec<f64>, percent: f64) -> Value {
    numbers.sort_by(f64::total_cmp);
    let place = (1..=numbers.len()).find(|place| match (count(*place), count(numbers.len())) {
        (Value::Number(place), Value::Number(all)) => place >= percent / 100.0 * all,
        _ => false,
    });
    place.map_or(Value::Absent, |place| Value::Number(numbers[place - 1]))
}
