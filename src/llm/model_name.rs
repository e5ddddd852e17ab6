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
                id: id.to_owned(),
            }),
            Some(("openai", id)) if !id.is_empty() => Ok(Self {
                provider: Provider::OpenAi,
                id: id.to_owned(),
            }),
            _ if text == "offline" => Ok(Self::offline()),
            _ => Err(format!(
                "must be `bedrock:<model id>`, `openai:<model>` or `offline`, not `{text}`"
            )),
        }
    }
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
