//! What a query does with the lines: each command makes a table of the one before it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::figures::figure;
use super::syntax::{Command, Condition, Group};
use super::value::Value;

/// The fields of a line, or the columns of a row.
pub type Line = BTreeMap<String, Value>;

/// Reads lines of JSON, with the fields that CloudWatch adds: `@message`, and `@timestamp` in milliseconds.
///
/// # Errors
/// Returns the line that is no object, or that has no time.
pub fn lines(text: &str) -> Result<Vec<Line>, String> {
    text.lines().map(line).collect()
}

fn line(text: &str) -> Result<Line, String> {
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(text).map_err(|error| format!("{error}: {text}"))?;
    let mut line: Line = object
        .iter()
        .map(|(name, value)| (name.clone(), Value::of(value)))
        .collect();
    let time = object.get("timestamp").and_then(|time| time.as_str());
    let time = time.and_then(|time| chrono::DateTime::parse_from_rfc3339(time).ok());
    let time = time.ok_or_else(|| format!("no time: {text}"))?;
    line.insert("@timestamp".to_owned(), number(time.timestamp_millis()));
    line.insert("@message".to_owned(), Value::Text(text.to_owned()));
    Ok(line)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "times in milliseconds are far below 2^53"
)]
fn number(millis: i64) -> Value {
    Value::Number(millis as f64)
}

/// A table: what a query returns.
#[derive(Debug)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Line>,
}

impl Table {
    pub(super) fn of(lines: &[Line]) -> Self {
        Self {
            columns: vec!["@timestamp".to_owned(), "@message".to_owned()],
            rows: lines.to_vec(),
        }
    }

    pub(super) fn apply(&mut self, command: &Command) -> Result<(), String> {
        match command {
            Command::Fields(fields) => {
                for field in fields {
                    self.require(field)?;
                }
                self.columns.clone_from(fields);
            }
            Command::Filter(condition) => self.filter(condition)?,
            Command::Stats { figures, groups } => {
                let mut rows: Vec<(Line, Vec<Line>)> = Vec::new();
                for line in std::mem::take(&mut self.rows) {
                    let group = group_of(&line, groups);
                    match rows.iter_mut().find(|(known, _)| *known == group) {
                        Some((_, lines)) => lines.push(line),
                        None => rows.push((group, vec![line])),
                    }
                }
                self.aggregate(figures, groups, rows)?;
            }
            Command::Sort { column, descending } => {
                self.require(column)?;
                let mut wrong = None;
                self.rows.sort_by(|one, two| {
                    let ordering = compare(one.get(column), two.get(column));
                    let ordering = ordering.unwrap_or_else(|error| {
                        wrong = Some(error);
                        Ordering::Equal
                    });
                    if *descending {
                        ordering.reverse()
                    } else {
                        ordering
                    }
                });
                return wrong.map_or(Ok(()), Err);
            }
            Command::Limit(rows) => self.rows.truncate(*rows),
        }
        Ok(())
    }

    /// Checks that a field is in at least one row.
    fn require(&self, field: &str) -> Result<(), String> {
        let has = |row: &Line| row.get(field).is_some_and(Value::is_present);
        if self.rows.iter().any(has) {
            return Ok(());
        }
        Err(format!(
            "none of the {} lines has a `{field}`",
            self.rows.len()
        ))
    }

    fn filter(&mut self, condition: &Condition) -> Result<(), String> {
        self.check(condition)?;
        let mut kept = Vec::new();
        for row in std::mem::take(&mut self.rows) {
            if holds(condition, &row)? {
                kept.push(row);
            }
        }
        self.rows = kept;
        Ok(())
    }

    /// Checks that the fields of a condition are known, and that its events were logged.
    fn check(&self, condition: &Condition) -> Result<(), String> {
        match condition {
            Condition::And(one, two) | Condition::Or(one, two) => {
                self.check(one)?;
                self.check(two)
            }
            Condition::Not(inner) => self.check(inner),
            Condition::Compare(field, _, value) => self.check_values(field, &[value]),
            Condition::In(field, values) => {
                self.check_values(field, &values.iter().collect::<Vec<_>>())
            }
            Condition::Like(field, _) | Condition::IsPresent(field) => self.require(field),
        }
    }

    fn check_values(&self, field: &str, values: &[&Value]) -> Result<(), String> {
        self.require(field)?;
        for value in values {
            let is_known = self.rows.iter().any(|row| row.get(field) == Some(*value));
            if field == "event_type" && !is_known {
                return Err(format!("there is no event {value:?}"));
            }
        }
        Ok(())
    }

    fn aggregate(
        &mut self,
        figures: &[(super::syntax::Figure, String)],
        groups: &[Group],
        rows: Vec<(Line, Vec<Line>)>,
    ) -> Result<(), String> {
        self.rows = rows.iter().flat_map(|(_, lines)| lines.clone()).collect();
        for group in groups {
            if let Group::Field(field) = group {
                self.require(field)?;
            }
        }
        for field in figures.iter().filter_map(|(figure, _)| figure.field()) {
            self.require(field)?;
        }
        let names = groups.iter().map(|group| match group {
            Group::Field(name) | Group::Bin(_, name) => name,
        });
        let names = names.chain(figures.iter().map(|(_, name)| name));
        self.columns = names.cloned().collect();
        self.rows.clear();
        for (mut row, lines) in rows {
            for (wanted, name) in figures {
                row.insert(name.clone(), figure(wanted, &lines)?);
            }
            self.rows.push(row);
        }
        Ok(())
    }
}

/// Returns the columns that a line is grouped by.
fn group_of(line: &Line, groups: &[Group]) -> Line {
    let value = |name: &str| line.get(name).cloned().unwrap_or(Value::Absent);
    let columns = groups.iter().map(|group| match group {
        Group::Field(field) => (field.clone(), value(field)),
        Group::Bin(period, name) => {
            let Value::Number(time) = value("@timestamp") else {
                return (name.clone(), Value::Absent);
            };
            #[expect(clippy::cast_precision_loss, reason = "periods are short")]
            let period = *period as f64;
            (
                name.clone(),
                Value::Number((time / period).floor() * period),
            )
        }
    });
    columns.collect()
}

/// Returns the order of two values; what is absent comes first.
fn compare(one: Option<&Value>, two: Option<&Value>) -> Result<Ordering, String> {
    let (one, two) = (one.unwrap_or(&Value::Absent), two.unwrap_or(&Value::Absent));
    let ordering = one.compare(two)?;
    Ok(ordering.unwrap_or_else(|| one.is_present().cmp(&two.is_present())))
}

fn holds(condition: &Condition, row: &Line) -> Result<bool, String> {
    let value = |field: &str| row.get(field).unwrap_or(&Value::Absent);
    Ok(match condition {
        Condition::And(one, two) => holds(one, row)? && holds(two, row)?,
        Condition::Or(one, two) => holds(one, row)? || holds(two, row)?,
        Condition::Not(inner) => !holds(inner, row)?,
        Condition::Compare(field, sign, wanted) => {
            let ordering = value(field).compare(wanted)?;
            match *sign {
                "=" => ordering == Some(Ordering::Equal),
                // A line without the field is different, too.
                "!=" => ordering != Some(Ordering::Equal),
                "<" => ordering == Some(Ordering::Less),
                ">" => ordering == Some(Ordering::Greater),
                "<=" => ordering.is_some_and(Ordering::is_le),
                _ => ordering.is_some_and(Ordering::is_ge),
            }
        }
        Condition::In(field, values) => values.contains(value(field)),
        Condition::Like(field, part) => {
            matches!(value(field), Value::Text(text) if text.contains(part.as_str()))
        }
        Condition::IsPresent(field) => value(field).is_present(),
    })
}
