//! The catalogue of models: prices with their dates and sources, and what each can do. Data (`models.toml`), not code.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::Deserialize;

use super::AnswerSchema;
use crate::ledger::{Price, Rates};

const BUILT_IN: &str = include_str!("models.toml");

/// Prefixes of Bedrock's inference profiles.
const PROFILES: [&str; 7] = ["us.", "eu.", "au.", "apac.", "jp.", "us-gov.", "global."];

/// Who serves a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Amazon Bedrock.
    Bedrock,
    /// A server of OpenAI's chat completions.
    OpenAi,
    /// The planner without a model.
    Offline,
}

impl Provider {
    /// The name in configuration, metadata and labels.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bedrock => "bedrock",
            Self::OpenAi => "openai",
            Self::Offline => "offline",
        }
    }
}

/// A model as the configuration names it: `bedrock:<id>`, `openai:<id>` or `offline`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModelName {
    /// Who serves it.
    pub provider: Provider,
    /// The provider's id, with the prefix of its profile; `offline` for the planner without a model.
    pub id: String,
}

impl ModelName {
    /// The planner without a model.
    #[must_use]
    pub fn offline() -> Self {
        Self {
            provider: Provider::Offline,
            id: "offline".to_owned(),
        }
    }

    /// The id that the catalogue knows: without region, account and profile.
    fn catalogue_id(&self) -> &str {
        let id = self.id.rsplit('/').next().unwrap_or(&self.id);
        PROFILES
            .iter()
            .find_map(|profile| id.strip_prefix(profile))
            .unwrap_or(id)
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
            _ => Err("must be `bedrock:<model id>`, `openai:<model>` or `offline`".to_owned()),
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

/// The forms in which a model can be held to a schema, strictest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum AnswerBy {
    /// The provider holds the text to the schema.
    JsonSchema = 0,
    /// One strict tool that must be called.
    ForcedTool = 1,
    /// One tool that may be called, and words that ask for it.
    AutoTool = 2,
    /// JSON asked for in words.
    Text = 3,
}

impl AnswerBy {
    /// The next looser form.
    #[must_use]
    pub const fn looser(self) -> Option<Self> {
        match self {
            Self::JsonSchema => Some(Self::ForcedTool),
            Self::ForcedTool => Some(Self::AutoTool),
            Self::AutoTool => Some(Self::Text),
            Self::Text => None,
        }
    }

    /// What has to be said in words because the form does not enforce it.
    #[must_use]
    pub fn instruction(self, schema: &AnswerSchema) -> String {
        match self {
            Self::JsonSchema | Self::ForcedTool => String::new(),
            Self::AutoTool => format!(
                "\n\nAnswer only by calling the tool `{}`, exactly once.",
                schema.name
            ),
            Self::Text => format!(
                "\n\nAnswer only with one JSON object that follows this JSON schema, without any other text:\n{}",
                schema.json
            ),
        }
    }
}

/// What is known of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Abilities {
    /// What its tokens cost.
    pub price: Price,
    /// The form of structured output to try first.
    pub answer_by: AnswerBy,
    /// Whether it takes a temperature.
    pub temperature: bool,
    /// Output tokens to allow for thinking, on top of the answer.
    pub thinking_tokens: u32,
}

impl Abilities {
    /// What the planner without a model costs and can do.
    #[must_use]
    pub const fn offline() -> Self {
        Self {
            price: Price::FREE,
            answer_by: AnswerBy::JsonSchema,
            temperature: false,
            thinking_tokens: 0,
        }
    }
}

/// All models known.
#[derive(Debug, Clone)]
pub struct Catalogue {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    models: Vec<Entry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    provider: Provider,
    id: String,
    #[serde(deserialize_with = "date")]
    #[expect(
        dead_code,
        reason = "kept by the file for people, and checked to be a date"
    )]
    priced_on: NaiveDate,
    #[expect(dead_code, reason = "kept by the file for people, and required")]
    source: String,
    answer_by: AnswerBy,
    temperature: bool,
    thinking_tokens: u32,
    rates: Rates,
    long_prompt: Option<LongPrompt>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct LongPrompt {
    above: u64,
    rates: Rates,
}

fn date<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    let text = String::deserialize(deserializer)?;
    NaiveDate::parse_from_str(&text, "%Y-%m-%d").map_err(serde::de::Error::custom)
}

impl Catalogue {
    /// The built-in catalogue, with the entries of `overrides` (a file of the same form) before it.
    ///
    /// # Errors
    /// What is wrong with the file, and where.
    pub fn read(overrides: Option<&str>) -> Result<Self, String> {
        let mut entries = Vec::new();
        if let Some(text) = overrides {
            entries.extend(
                toml::from_str::<File>(text)
                    .map_err(|error| error.to_string())?
                    .models,
            );
        }
        entries.extend(
            toml::from_str::<File>(BUILT_IN)
                .map_err(|error| error.to_string())?
                .models,
        );
        Ok(Self { entries })
    }

    /// What is known of a model; `None` for one without a price, which must not be used.
    #[must_use]
    pub fn abilities(&self, name: &ModelName) -> Option<Abilities> {
        if name.provider == Provider::Offline {
            return Some(Abilities::offline());
        }
        let id = name.catalogue_id();
        let entry = self.entries.iter().find(|entry| {
            entry.provider == name.provider && (entry.id == id || entry.id == name.id)
        })?;
        Some(Abilities {
            price: Price {
                rates: entry.rates,
                long_prompt: entry.long_prompt.map(|tier| (tier.above, tier.rates)),
            },
            answer_by: entry.answer_by,
            temperature: entry.temperature,
            thinking_tokens: entry.thinking_tokens,
        })
    }

    /// The names of all models, for a message that says what is allowed.
    #[must_use]
    pub fn known(&self) -> String {
        let names: Vec<String> = self
            .entries
            .iter()
            .map(|entry| format!("{}:{}", entry.provider.as_str(), entry.id))
            .collect();
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_has_the_price_of_its_model() {
        let catalogue = Catalogue::read(None).unwrap();

        for id in [
            "anthropic.claude-haiku-5-5",
            "global.anthropic.claude-haiku-5-5",
            "eu.anthropic.claude-haiku-5-5",
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-haiku-5-5",
        ] {
            let name: ModelName = format!("bedrock:{id}").parse().unwrap();
            assert_eq!(
                catalogue
                    .abilities(&name)
                    .unwrap()
                    .price
                    .rates
                    .input
                    .nano_usd(),
                100_000_000,
                "{id}"
            );
        }
        assert_eq!(
            catalogue.abilities(&"bedrock:acme.unknown".parse().unwrap()),
            None
        );
    }

    #[test]
    fn a_file_of_the_operator_overrides_and_is_checked() {
        let own = BUILT_IN.replace("\"0.10\"", "\"0.20\"");
        let name: ModelName = "bedrock:anthropic.claude-haiku-5-5".parse().unwrap();

        let price = Catalogue::read(Some(&own))
            .unwrap()
            .abilities(&name)
            .unwrap()
            .price;

        assert_eq!(price.rates.input.nano_usd(), 200_000_000);
        assert!(
            Catalogue::read(Some(&BUILT_IN.replace("\"0.10\"", "\"cheap\"")))
                .unwrap_err()
                .contains("cheap")
        );
        assert!(Catalogue::read(Some("[[models]]\nid = \"x\"")).is_err());
    }
}
