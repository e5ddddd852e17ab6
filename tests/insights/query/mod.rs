//! A small interpreter of the query language of CloudWatch Logs Insights: the part of it that the queries of the operations guide use.
//!
//! It is stricter than CloudWatch, which answers a mistake with an empty table: a field must be in at least one of the lines that reach
//! the command, an `event_type` must be one that was logged, and only values of one kind are compared.

mod evaluate;
mod figures;
mod syntax;
mod token;
mod value;

#[cfg(test)]
mod tests;

pub use self::evaluate::{Line, Table, lines};
pub use self::value::Value;

/// Runs a query over these lines.
///
/// # Errors
/// Returns what is wrong with the query.
pub fn run(query: &str, lines: &[Line]) -> Result<Table, String> {
    let mut table = Table::of(lines);
    for command in syntax::parse(query)? {
        table.apply(&command)?;
    }
    Ok(table)
}
