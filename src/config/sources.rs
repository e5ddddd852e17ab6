//! Where the values come from: the environment, and `CONFIG_FILE`. Both are read strictly, and no message repeats a value of theirs,
//! because it may be a secret.

use std::ffi::OsString;

use ::config::{Config, Environment, Map};
use toml::de::{DeTable, DeValue};

use super::values::{SettingsError, Values, unreadable};
use super::variables::{Kind, OTEL_VARIABLES, PROXY_VARIABLES, VARIABLES, with_key};
use crate::nearest_name::nearest;

const CONFIG_FILE: &str = "CONFIG_FILE";

/// Returns the values: those of the environment, else those of the file that `CONFIG_FILE` names.
///
/// # Errors
/// Returns an error that names the variable, key or section that is not allowed.
pub(super) fn read(
    environment: impl Fn(&str) -> Option<OsString>,
) -> Result<Values, SettingsError> {
    let variable = |name: &str| match environment(name).map(OsString::into_string) {
        None => Ok(None),
        Some(Ok(value)) => Ok(Some(value).filter(|value| !value.is_empty())),
        Some(Err(_)) => Err(unreadable(name, "must be valid UTF-8")),
    };
    let mut sources = Config::builder();
    if let Some(path) = variable(CONFIG_FILE)? {
        let name = format!("{CONFIG_FILE}={path}");
        let text =
            std::fs::read_to_string(&path).map_err(|error| unreadable(&name, error.to_string()))?;
        for (key, value) in file_values(&name, &text)? {
            sources = sources
                .set_default(key, value)
                .map_err(|_| unreadable(&name, "cannot be read"))?;
        }
    }
    let mut values = Map::new();
    let names = VARIABLES.iter().map(|known| known.name);
    for name in names.chain(OTEL_VARIABLES) {
        if let Some(value) = variable(name)? {
            values.insert(name.to_owned(), value);
        }
    }
    for name in PROXY_VARIABLES {
        // Their names may be in lower case too. As in the HTTP clients, upper case wins.
        let lower = name.to_ascii_lowercase();
        if let Some(value) =
            variable(name)?.map_or_else(|| variable(&lower), |value| Ok(Some(value)))?
        {
            values.insert(name.to_owned(), value);
        }
    }
    sources
        .add_source(Environment::default().source(Some(values)))
        .build()
        .map(Values)
        .map_err(|_| unreadable("the environment", "cannot be read"))
}

/// Returns the keys and values of the file's text. `name` names the file in messages.
fn file_values(name: &str, text: &str) -> Result<Vec<(String, String)>, SettingsError> {
    // The parser's message quotes the line, so only the position is repeated.
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let before = text.get(..at).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .map_or(0, |line| line.chars().count())
            + 1;
        unreadable(
            name,
            format!("line {line} column {column} is not valid TOML"),
        )
    })?;
    let values = table.into_inner().into_iter();
    values
        .map(|(key, value)| checked_value(name, &key.into_inner(), value.get_ref()))
        .collect()
}

/// Returns a key of the file with its value as a variable has it.
fn checked_value(
    file: &str,
    key: &str,
    value: &DeValue<'_>,
) -> Result<(String, String), SettingsError> {
    let Some(variable) = with_key(key) else {
        return Err(unreadable(file, unknown_key(key, value)));
    };
    let text = match (variable.kind, value) {
        (_, DeValue::String(text)) => Some(text.clone().into_owned()),
        (Kind::Boolean, DeValue::Boolean(value)) => Some(value.to_string()),
        (Kind::Integer | Kind::Decimal, DeValue::Integer(number)) => {
            Some(decimal_digits(&number.to_string()))
        }
        (Kind::Decimal, DeValue::Float(number)) => Some(decimal_digits(&number.to_string())),
        _ => None,
    };
    text.map(|text| (key.to_owned(), text)).ok_or_else(|| {
        unreadable(
            variable.name,
            format!(
                "`{key}` in {file} is {}: {}",
                toml_type(value),
                variable.kind.allowed()
            ),
        )
    })
}

/// Returns a number without the underscores between its digits, which TOML allows.
fn decimal_digits(number: &str) -> String {
    number.replace('_', "")
}

fn unknown_key(key: &str, value: &DeValue<'_>) -> String {
    let keys: Vec<String> = VARIABLES
        .iter()
        .map(|variable| variable.name.to_ascii_lowercase())
        .collect();
    let shown = planning::validation::shortened(key);
    if matches!(value, DeValue::Table(_)) {
        return format!(
            "the section [{shown}] is not allowed; all keys are at the top level, such as `port = 8000`"
        );
    }
    match nearest(key, keys.iter().map(String::as_str)) {
        Some(meant) => format!("`{shown}` is not a known key; did you mean `{meant}`?"),
        None => format!("`{shown}` is not a known key; keys are variables in lower case"),
    }
}

const fn toml_type(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with decimals",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a section",
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt as _;

    use super::*;

    fn message(toml: &str) -> String {
        file_values("CONFIG_FILE=x", toml).unwrap_err().to_string()
    }

    #[test]
    fn values_of_the_right_type_are_read_exactly() {
        let mut values = file_values(
            "CONFIG_FILE=x",
            "port = 8_000\nuse_mock_aws = false\ndaily_budget_usd = 0.10\nmax_request_cost_usd = \"0.5\"\n\
             max_in_flight = \"7\"\nllm_models = 'offline'\nclient_daily_budget_usd = 2",
        )
        .unwrap();
        values.sort();

        let values: Vec<_> = values
            .iter()
            .map(|(key, value)| (&**key, &**value))
            .collect();
        assert_eq!(
            values,
            [
                ("client_daily_budget_usd", "2"),
                ("daily_budget_usd", "0.10"),
                ("llm_models", "offline"),
                ("max_in_flight", "7"),
                ("max_request_cost_usd", "0.5"),
                ("port", "8000"),
                ("use_mock_aws", "false"),
            ]
        );
    }

    #[test]
    fn an_unknown_key_or_section_is_refused_by_name_with_the_nearest_key() {
        for (toml, parts) in [
            ("prot = 8000", ["`prot`", "`port`"]),
            ("PORT = 8000", ["`PORT`", "`port`"]),
            ("auth-mode = 'none'", ["`auth-mode`", "`auth_mode`"]),
            ("daily_budget = 5", ["`daily_budget`", "`daily_budget_usd`"]),
            ("colour = 'red'", ["`colour`", "not a known key"]),
            ("config_file = 'x'", ["`config_file`", "not a known key"]),
            ("[server]\nport = 8000", ["[server]", "top level"]),
            ("aws.region = 'eu-west-1'", ["[aws]", "top level"]),
            ("[[clients]]\nname = 'a'", ["`clients`", "not a known key"]),
        ] {
            let message = message(toml);
            assert!(parts.iter().all(|part| message.contains(part)), "{message}");
        }
    }

    #[test]
    fn a_value_of_the_wrong_type_is_refused_by_name_with_what_is_allowed() {
        for (toml, parts) in [
            (
                "auth_mode = ['api_key']",
                ["AUTH_MODE", "an array: must be a string"],
            ),
            (
                "auth_mode = {api_key = true}",
                ["AUTH_MODE", "a section: must be a string"],
            ),
            ("port = true", ["PORT", "a boolean: must be a whole number"]),
            (
                "port = 8000.0",
                ["PORT", "decimals: must be a whole number"],
            ),
            (
                "daily_budget_usd = [5]",
                ["DAILY_BUDGET_USD", "an array: must be a number"],
            ),
            (
                "use_mock_aws = 1",
                ["USE_MOCK_AWS", "must be `true` or `false`"],
            ),
            (
                "llm_models = ['offline']",
                ["LLM_MODELS", "one string with commas"],
            ),
            (
                "aws_region = 2026-11-23",
                ["AWS_REGION", "a date: must be a string"],
            ),
            (
                "dynamodb_table_name = 5",
                ["DYNAMODB_TABLE_NAME", "whole number: must be a string"],
            ),
        ] {
            let message = message(toml);
            assert!(parts.iter().all(|part| message.contains(part)), "{message}");
        }
    }

    #[test]
    fn no_message_repeats_a_value_of_the_file_or_of_the_environment() {
        for toml in [
            "port = 1\nopenai_api_key = \"sk-secret",
            "openai_api_key = sk-secret",
            "openai_api_key = ['sk-secret']",
            "openai_api_key = 'a'\nopenai_api_key = 'sk-secret'",
        ] {
            let message = message(toml);
            assert!(!message.contains("secret"), "{message}");
        }
        assert!(message("port = 1\nopenai_api_key = \"x").contains("line 2"));

        let not_text = OsString::from_vec(b"sk-secret\xff".to_vec());
        let error = read(|name| (name == "OPENAI_API_KEY").then(|| not_text.clone()));
        assert_eq!(
            error.err().unwrap().to_string(),
            "OPENAI_API_KEY: must be valid UTF-8"
        );
        let unrelated = read(|name| (name == "SOMETHING_ELSE").then(|| not_text.clone()));
        assert!(unrelated.is_ok());
    }
}
