//! The syntax of a query: commands, separated by `|`.

use super::token::{Token, tokens};
use super::value::Value;

/// A command.
#[derive(Debug)]
pub enum Command {
    /// Which fields are shown.
    Fields(Vec<String>),
    /// Which lines stay.
    Filter(Condition),
    /// Figures, each with its name, over the groups.
    Stats {
        figures: Vec<(Figure, String)>,
        groups: Vec<Group>,
    },
    /// The order, by a column.
    Sort { column: String, descending: bool },
    /// How many rows stay.
    Limit(usize),
}

/// A condition on a line.
#[derive(Debug)]
pub enum Condition {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Compare(String, &'static str, Value),
    In(String, Vec<Value>),
    Like(String, String),
    IsPresent(String),
}

/// A figure over the lines of a group.
#[derive(Debug)]
pub enum Figure {
    Count,
    CountOf(String),
    CountDistinct(String),
    Sum(String),
    Average(String),
    Min(String),
    Max(String),
    Percentile(String, f64),
}

/// What lines are grouped by.
#[derive(Debug)]
pub enum Group {
    Field(String),
    /// The time, in steps of this many milliseconds; with the column's name.
    Bin(i64, String),
}

/// Parses a query.
///
/// # Errors
/// Returns what is not in the language, or not in the part of it that is known here.
pub fn parse(query: &str) -> Result<Vec<Command>, String> {
    let mut parser = Parser {
        tokens: tokens(query)?,
        next: 0,
    };
    let mut commands = vec![parser.command()?];
    while parser.next < parser.tokens.len() {
        parser.expect("|")?;
        commands.push(parser.command()?);
    }
    Ok(commands)
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
}

impl Parser {
    fn take(&mut self) -> Result<Token, String> {
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        token.ok_or_else(|| "the query ends too early".to_owned())
    }

    /// Takes the next token if it is this sign.
    fn takes(&mut self, sign: &str) -> bool {
        let is = matches!(self.tokens.get(self.next), Some(Token::Sign(next)) if *next == sign);
        self.next += usize::from(is);
        is
    }

    /// Takes the next token if it is this word.
    fn takes_word(&mut self, word: &str) -> bool {
        let is = matches!(self.tokens.get(self.next), Some(Token::Word(next)) if next == word);
        self.next += usize::from(is);
        is
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.takes(sign) {
            return Ok(());
        }
        Err(format!(
            "`{sign}` is missing before {:?}",
            self.tokens.get(self.next)
        ))
    }

    fn word(&mut self) -> Result<String, String> {
        match self.take()? {
            Token::Word(word) => Ok(word),
            other => Err(format!("{other:?} is no name")),
        }
    }

    fn alias(&mut self, name: String) -> Result<String, String> {
        if self.takes_word("as") {
            return self.word();
        }
        Ok(name)
    }

    fn command(&mut self) -> Result<Command, String> {
        match self.word()?.as_str() {
            "fields" => {
                let mut fields = vec![self.word()?];
                while self.takes(",") {
                    fields.push(self.word()?);
                }
                Ok(Command::Fields(fields))
            }
            "filter" => self.condition().map(Command::Filter),
            "stats" => self.stats(),
            "sort" => {
                let column = self.word()?;
                let descending = self.takes_word("desc");
                if !descending && !self.takes_word("asc") {
                    return Err("say `asc` or `desc`".to_owned());
                }
                Ok(Command::Sort { column, descending })
            }
            "limit" => match self.take()? {
                Token::Number(rows) if rows.fract() == 0.0 && rows > 0.0 => {
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "a positive whole number"
                    )]
                    let rows = rows as usize;
                    Ok(Command::Limit(rows))
                }
                other => Err(format!("{other:?} is no limit")),
            },
            other => Err(format!("`{other}` is no command")),
        }
    }

    fn stats(&mut self) -> Result<Command, String> {
        let mut figures = vec![self.figure()?];
        while self.takes(",") {
            figures.push(self.figure()?);
        }
        let mut groups = Vec::new();
        if self.takes_word("by") {
            groups.push(self.group()?);
            while self.takes(",") {
                groups.push(self.group()?);
            }
        }
        Ok(Command::Stats { figures, groups })
    }

    fn figure(&mut self) -> Result<(Figure, String), String> {
        let function = self.word()?;
        self.expect("(")?;
        if function == "count" && (self.takes(")") || (self.takes("*") && self.takes(")"))) {
            let name = self.alias("count()".to_owned())?;
            return Ok((Figure::Count, name));
        }
        let field = self.word()?;
        let name = format!("{function}({field})");
        let figure = match function.as_str() {
            "count" => Figure::CountOf(field),
            "count_distinct" => Figure::CountDistinct(field),
            "sum" => Figure::Sum(field),
            "avg" => Figure::Average(field),
            "min" => Figure::Min(field),
            "max" => Figure::Max(field),
            "pct" => {
                self.expect(",")?;
                match self.take()? {
                    Token::Number(percent) if (0.0..=100.0).contains(&percent) => {
                        Figure::Percentile(field, percent)
                    }
                    other => return Err(format!("{other:?} is no percentage")),
                }
            }
            other => return Err(format!("`{other}` is no function over lines")),
        };
        self.expect(")")?;
        Ok((figure, self.alias(name)?))
    }

    fn group(&mut self) -> Result<Group, String> {
        let word = self.word()?;
        if word != "bin" || !self.takes("(") {
            return Ok(Group::Field(word));
        }
        let Token::Period(millis) = self.take()? else {
            return Err("`bin` takes a length of time, such as `5m`".to_owned());
        };
        self.expect(")")?;
        Ok(Group::Bin(millis, self.alias("bin".to_owned())?))
    }

    fn condition(&mut self) -> Result<Condition, String> {
        let mut left = self.conjunction()?;
        while self.takes_word("or") {
            left = Condition::Or(Box::new(left), Box::new(self.conjunction()?));
        }
        Ok(left)
    }

    fn conjunction(&mut self) -> Result<Condition, String> {
        let mut left = self.single()?;
        while self.takes_word("and") {
            left = Condition::And(Box::new(left), Box::new(self.single()?));
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<Condition, String> {
        if self.takes_word("not") {
            return Ok(Condition::Not(Box::new(self.single()?)));
        }
        if self.takes("(") {
            let inner = self.condition()?;
            self.expect(")")?;
            return Ok(inner);
        }
        let field = self.word()?;
        if field == "ispresent" && self.takes("(") {
            let field = self.word()?;
            self.expect(")")?;
            return Ok(Condition::IsPresent(field));
        }
        match self.take()? {
            Token::Sign(sign) if ["=", "!=", "<", "<=", ">", ">="].contains(&sign) => {
                Ok(Condition::Compare(field, sign, self.literal()?))
            }
            Token::Word(word) if word == "in" => {
                self.expect("[")?;
                let mut values = vec![self.literal()?];
                while self.takes(",") {
                    values.push(self.literal()?);
                }
                self.expect("]")?;
                Ok(Condition::In(field, values))
            }
            Token::Word(word) if word == "like" => match self.take()? {
                Token::Text(part) => Ok(Condition::Like(field, part)),
                other => Err(format!("`like` takes a text here, not {other:?}")),
            },
            other => Err(format!("{other:?} after `{field}` is no comparison")),
        }
    }

    fn literal(&mut self) -> Result<Value, String> {
        match self.take()? {
            Token::Text(text) => Ok(Value::Text(text)),
            Token::Number(number) => Ok(Value::Number(number)),
            other => Err(format!("{other:?} is no value")),
        }
    }
}
