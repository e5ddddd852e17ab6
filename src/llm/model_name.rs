//! Model names: the provider and its id for the model.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// The provider that serves a model.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Amazon Bedrock.
    Bedrock,
    /// A server that speaks OpenAI's chat completions.
    OpenAi,
    /// The offline planner, which calls no model.
    Offline,
}

impl Provider {
    /// Returns the name used in configuration, metadata and labels.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bedrock => "bedrock",
            Self::OpenAi => "openai",
            Self::Offline => "offline",
        }
    }
}

/// A model's name in the configuration: `bedrock:<id>`, `openai:<id>` or `offline`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModelName {
    /// The provider.
    pub provider: Provider,
    /// The provider's id for the model, including an inference profile's prefix; `offline` for the offline planner.
    pub id: String,
}

impl ModelName {
    /// Returns the name of the offline planner.
    #[must_use]
    pub fn offline() -> Self {
        Self {
            provider: Provider::Offline,
            id: "offline".to_owned(),
        }
    }
}

impl FromStr for ModelName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        match text.split_once(':') {
            Some(("bedrock", id)) if !id.is_empty() => Ok(Self {
                provider: Provider::Bedrock,
                id: bedrock_id(id)?,
            }),
            Some(("openai", id)) if !id.is_empty() => Ok(Self {
                provider: Provider::OpenAi,
                id: openai_id(id)?,
            }),
            _ if text == "offline" => Ok(Self::offline()),
            _ => Err(format!(
                "must be `bedrock:<model id>`, `openai:<model>` or `offline`, not `{text}`"
            )),
        }
    }
}

/// Checks an id on Bedrock: a model's, an inference profile's, or the ARN of either.
fn bedrock_id(id: &str) -> Result<String, String> {
    let refuse = |why: &str| {
        Err(format!(
            "`{id}` is not a model ID of Bedrock: {why}; write it as `bedrock:us.anthropic.claude-haiku-5-5` or `bedrock:arn:aws:bedrock:...`"
        ))
    };
    if PREFIXES.iter().any(|prefix| id.starts_with(prefix)) {
        return refuse("it has a prefix of another program, or the provider twice");
    }
    if id.contains(char::is_whitespace) {
        return refuse("it has a blank");
    }
    if id.starts_with("arn:") {
        let parts: Vec<&str> = id.splitn(6, ':').collect();
        return match parts.as_slice() {
            [_, partition, "bedrock", _, _, resource]
                if partition.starts_with("aws") && resource.contains('/') =>
            {
                Ok(id.to_owned())
            }
            _ => refuse("it is not an ARN of Bedrock"),
        };
    }
    if id.contains('/') {
        return refuse("only an ARN has a `/`");
    }
    Ok(id.to_owned())
}

/// How other programs begin the ids of Bedrock.
const PREFIXES: [&str; 6] = [
    "bedrock:",
    "bedrock/",
    "openai:",
    "converse/",
    "amazon-bedrock/",
    "bedrock_converse/",
];

/// Checks the id of a model on an OpenAI-compatible server, which may contain `/` and `:`.
fn openai_id(id: &str) -> Result<String, String> {
    let is_twice = ["openai:", "openai/openai:", "bedrock:"]
        .iter()
        .any(|prefix| id.starts_with(prefix));
    if is_twice || id.contains(char::is_whitespace) {
        return Err(format!(
            "`{id}` is not a model's name: it has the provider twice, or a blank; write it as the server lists it, such as `openai:llama3.2:3b`"
        ));
    }
    Ok(id.to_owned())
}

impl fmt::Display for ModelName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.provider {
            Provider::Bedrock | Provider::OpenAi => {
                write!(out, "{}:{}", self.provider.as_str(), self.id)
            }
            Provider::Offline => out.write_str("offline"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_as_its_provider_writes_it() {
        for name in [
            "bedrock:us.anthropic.claude-haiku-5-5",
            "bedrock:amazon.nova-lite-v1:0",
            "bedrock:arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.acme.small-v1:0",
            "bedrock:arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123",
            "openai:llama3.2:3b",
            "openai:openai/gpt-4.1-mini",
            "openai:meta-llama/Llama-3.1-8B-Instruct",
            "offline",
        ] {
            assert_eq!(
                name.parse::<ModelName>().map(|name| name.to_string()),
                Ok(name.to_owned())
            );
        }
    }

    #[test]
    fn an_id_with_the_prefix_of_another_program_is_refused() {
        for name in [
            "bedrock:bedrock/us.anthropic.claude-haiku-5-5",
            "bedrock:bedrock:us.anthropic.claude-haiku-5-5",
            "bedrock:converse/us.anthropic.claude-haiku-5-5",
            "bedrock:us.anthropic/claude",
            "bedrock:arn:aws:s3:::bucket/key",
            "bedrock:two words",
            "openai:openai:gpt-4.1",
            "gpt-4.1",
            "bedrock:",
        ] {
            assert!(name.parse::<ModelName>().is_err(), "{name}");
        }
    }
}
