//! The model catalogue: prices with their dates and sources, and the capabilities of each model. It is data (`models.toml`), not
//! code.

use chrono::NaiveDate;
use serde::Deserialize;

use super::{ModelName, OutputMode, Provider};
use crate::money::{Price, Rates};

const BUILT_IN: &str = include_str!("models.toml");

/// A model's price and capabilities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// The price of its tokens.
    pub price: Price,
    /// The output mode to try first.
    pub output_mode: OutputMode,
    /// Whether it accepts a temperature.
    pub temperature: bool,
    /// Output tokens to allow for thinking, in addition to the answer.
    pub thinking_tokens: u32,
}

impl Capabilities {
    /// Returns the capabilities of the offline planner, which is free.
    #[must_use]
    pub const fn offline() -> Self {
        Self {
            price: Price::FREE,
            output_mode: OutputMode::JsonSchema,
            temperature: false,
            thinking_tokens: 0,
        }
    }
}

/// All models that may be used.
#[derive(Debug, Clone)]
pub struct ModelCatalogue {
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
        reason = "documents the file for its readers; checked to be a date"
    )]
    priced_on: NaiveDate,
    #[expect(dead_code, reason = "documents the file for its readers; required")]
    source: String,
    #[serde(rename = "answer_by")]
    output_mode: OutputMode,
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

impl ModelCatalogue {
    /// Parses the built-in catalogue and `overrides`, a file of the same format whose entries take precedence.
    ///
    /// # Errors
    /// A message that says what is wrong with the file, and where.
    pub fn parse(overrides: Option<&str>) -> Result<Self, String> {
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

    /// Returns a model's capabilities; `None` if the catalogue has no price for it, in which case it must not be used.
    #[must_use]
    pub fn capabilities(&self, name: &ModelName) -> Option<Capabilities> {
        if name.provider == Provider::Offline {
            return Some(Capabilities::offline());
        }
        let id = name.catalogue_id();
        let entry = self.entries.iter().find(|entry| {
            entry.provider == name.provider && (entry.id == id || entry.id == name.id)
        })?;
        Some(Capabilities {
            price: Price {
                rates: entry.rates,
                long_prompt: entry.long_prompt.map(|tier| (tier.above, tier.rates)),
            },
            output_mode: entry.output_mode,
            temperature: entry.temperature,
            thinking_tokens: entry.thinking_tokens,
        })
    }

    /// Returns the names of all models, comma-separated, for error messages.
    #[must_use]
    pub fn names(&self) -> String {
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
    fn an_inference_profile_has_the_price_of_its_model() {
        let catalogue = ModelCatalogue::parse(None).unwrap();

        for id in [
            "anthropic.claude-haiku-5-5",
            "global.anthropic.claude-haiku-5-5",
            "eu.anthropic.claude-haiku-5-5",
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-haiku-5-5",
        ] {
            let name: ModelName = format!("bedrock:{id}").parse().unwrap();
            assert_eq!(
                catalogue
                    .capabilities(&name)
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
            catalogue.capabilities(&"bedrock:acme.unknown".parse().unwrap()),
            None
        );
    }

    #[test]
    fn the_operators_file_overrides_the_catalogue_and_is_checked() {
        let overrides = BUILT_IN.replace("\"0.10\"", "\"0.20\"");
        let name: ModelName = "bedrock:anthropic.claude-haiku-5-5".parse().unwrap();

        let price = ModelCatalogue::parse(Some(&overrides))
            .unwrap()
            .capabilities(&name)
            .unwrap()
            .price;

        assert_eq!(price.rates.input.nano_usd(), 200_000_000);
        assert!(
            ModelCatalogue::parse(Some(&BUILT_IN.replace("\"0.10\"", "\"cheap\"")))
                .unwrap_err()
                .contains("cheap")
        );
        assert!(ModelCatalogue::parse(Some("[[models]]\nid = \"x\"")).is_err());
    }
}
