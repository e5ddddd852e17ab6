//! Why an expression has no value.

use std::fmt;

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// An attribute, element or file that is not there. `try` and `can` may expect that.
    Absent(String),
    /// An expression that is wrong, or that these tests cannot evaluate. Never expected, not even by `try`.
    Invalid(String),
}

impl Failure {
    /// Says where it happened.
    pub fn at(self, place: &str) -> Self {
        match self {
            Self::Absent(why) => Self::Absent(format!("{place}: {why}")),
            Self::Invalid(why) => Self::Invalid(format!("{place}: {why}")),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent(why) | Self::Invalid(why) => formatter.write_str(why),
        }
    }
}
