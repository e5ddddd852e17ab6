//! The model catalogue: prices with their dates and sources, and the capabilities of each model. It is data (`models.toml`), not
//! code.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use super::bedrock_id::BedrockId;
use super::{ModelName, OutputMode, Provider};
use crate::money::{Price, PriceFactor, Rates};

const BUILT_IN: &str = include_str!("models.toml");

/// A model's price and capabilities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// The price of its tokens.
    pub price: Price,
    /// When the price was looked up; `None` if there is no price to look up.
    pub priced_on: Option<NaiveDate>,
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
            priced_on: None,
            output_mode: OutputMode::JsonSchema,
            temperature: false,
            thinking_tokens: 0,
        }
    }
}

/// All models that may be used.
#[derive(Debug, Clone)]
pub struct ModelCatalogue {
    /// The operator's entries, which are searched first.
    overrides: Vec<Entry>,
    entries: Vec<Entry>,
    profile_factors: BTreeMap<String, PriceFactor>,
}

/// Why a model has no price, so that it must not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoPrice {
    /// The catalogue does not know the model.
    #[error("has no price")]
    UnknownModel,
    /// The id is the ARN of something that does not name its model.
    #[error("is an ARN that does not name its model, so its price is unknown")]
    UnnamedModel,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    profile_factors: BTreeMap<String, PriceFactor>,
    models: Vec<Entry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    provider: Provider,
    id: String,
    #[serde(deserialize_with = "date")]
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
        let parse = |text| toml::from_str::<File>(text).map_err(|error| error.to_string());
        let built_in = parse(BUILT_IN)?;
        let mut profile_factors = built_in.profile_factors;
        let overrides = match overrides.map(parse).transpose()? {
            Some(file) => {
                profile_factors.extend(file.profile_factors);
                file.models
            }
            None => Vec::new(),
        };
        Ok(Self {
            overrides,
            entries: built_in.models,
            profile_factors,
        })
    }

    /// Returns a model's capabilities. On Bedrock, an entry's rates are the list price of the model, and the price depends on the
    /// inference profile; only an operator's entry for exactly this id is taken as it is.
    ///
    /// # Errors
    /// [`NoPrice`] if the catalogue has no price for the model, in which case it must not be used.
    pub fn capabilities(&self, name: &ModelName) -> Result<Capabilities, NoPrice> {
        let exact = |entry: &&Entry| entry.provider == name.provider && entry.id == name.id;
        match name.provider {
            Provider::Offline => Ok(Capabilities::offline()),
            Provider::OpenAi => {
                let mut entries = self.overrides.iter().chain(&self.entries);
                let entry = entries.find(exact).ok_or(NoPrice::UnknownModel)?;
                Ok(entry.capabilities())
            }
            Provider::Bedrock => match self.overrides.iter().find(exact) {
                Some(entry) => Ok(entry.capabilities()),
                None => self.capabilities_by_profile(&name.id),
            },
        }
    }

    fn capabilities_by_profile(&self, id: &str) -> Result<Capabilities, NoPrice> {
        let is_profile = |prefix: &str| self.profile_factors.contains_key(prefix);
        let id = BedrockId::parse(id, is_profile).ok_or(NoPrice::UnnamedModel)?;
        let mut entries = self.overrides.iter().chain(&self.entries);
        let entry = entries
            .find(|entry| entry.provider == Provider::Bedrock && entry.id == id.model)
            .ok_or(NoPrice::UnknownModel)?;
        let factor = self.profile_factors.get(id.route);
        let factor = factor.ok_or(NoPrice::UnknownModel)?;
        let capabilities = entry.capabilities();
        Ok(Capabilities {
            price: factor.of(capabilities.price),
            ..capabilities
        })
    }

    /// Returns the names of all models, comma-separated, for error messages.
    #[must_use]
    pub fn names(&self) -> String {
        let entries = self.overrides.iter().chain(&self.entries);
        let names: Vec<String> = entries
            .map(|entry| format!("{}:{}", entry.provider.as_str(), entry.id))
            .collect();
        names.join(", ")
    }
}

impl Entry {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            price: Price {
                rates: self.rates,
                long_prompt: self.long_prompt.map(|tier| (tier.above, tier.rates)),
            },
            priced_on: Some(self.priced_on),
            output_mode: self.output_mode,
            temperature: self.temperature,
            thinking_tokens: self.thinking_tokens,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(catalogue: &ModelCatalogue, id: &str) -> Result<Price, NoPrice> {
        let name: ModelName = format!("bedrock:{id}").parse().unwrap();
        catalogue
            .capabilities(&name)
            .map(|capabilities| capabilities.price)
    }

    #[test]
    fn the_price_depends_on_the_inference_profile() {
        let catalogue = ModelCatalogue::parse(None).unwrap();

        for (id, input, long_output) in [
            ("global.anthropic.claude-haiku-5-5", 100, 2500),
            ("us.anthropic.claude-haiku-5-5", 110, 2750),
            ("eu.anthropic.claude-haiku-5-5", 110, 2750),
            ("au.anthropic.claude-haiku-5-5", 110, 2750),
            ("apac.anthropic.claude-haiku-5-5", 110, 2750),
            ("jp.anthropic.claude-haiku-5-5", 110, 2750),
            ("anthropic.claude-haiku-5-5", 110, 2750),
            ("us-gov.anthropic.claude-haiku-5-5", 120, 3000),
            (
                "arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.anthropic.claude-haiku-5-5",
                100,
                2500,
            ),
            (
                "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-haiku-5-5",
                110,
                2750,
            ),
            (
                "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-5-5",
                110,
                2750,
            ),
            (
                "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/anthropic.claude-haiku-5-5",
                120,
                3000,
            ),
        ] {
            let price = price(&catalogue, id).unwrap();
            let (_, long) = price.long_prompt.unwrap();
            assert_eq!(
                (price.rates.input.nano_usd(), long.output.nano_usd()),
                (input * 1_000_000, long_output * 1_000_000),
                "{id}"
            );
        }
    }

    #[test]
    fn a_model_without_a_price_is_not_used() {
        let catalogue = ModelCatalogue::parse(None).unwrap();

        for (id, why) in [
            ("acme.unknown", NoPrice::UnknownModel),
            ("mars.anthropic.claude-haiku-5-5", NoPrice::UnknownModel),
            (
                "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc",
                NoPrice::UnnamedModel,
            ),
        ] {
            assert_eq!(price(&catalogue, id), Err(why), "{id}");
        }
    }

    #[test]
    fn an_operators_entry_for_exactly_an_id_is_taken_as_it_is() {
        let arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc";
        for (entry, id, input) in [
            (arn, arn, 100_000_000),
            (
                "us.anthropic.claude-haiku-5-5",
                "us.anthropic.claude-haiku-5-5",
                100_000_000,
            ),
            ("acme.mine", "acme.mine", 100_000_000),
            ("acme.mine", "us.acme.mine", 110_000_000),
        ] {
            let file = BUILT_IN.replace("\"anthropic.claude-haiku-5-5\"", &format!("\"{entry}\""));
            let catalogue = ModelCatalogue::parse(Some(&file)).unwrap();
            let price = price(&catalogue, id).unwrap();
            assert_eq!(price.rates.input.nano_usd(), input, "{entry} for {id}");
        }
    }

    #[test]
    fn the_operators_file_overrides_the_catalogue_and_is_checked() {
        let overrides = BUILT_IN
            .replace("\"0.10\"", "\"0.20\"")
            .replace("eu = \"1.1\"", "eu = \"2\"");
        let catalogue = ModelCatalogue::parse(Some(&overrides)).unwrap();

        for (id, input) in [
            ("global.anthropic.claude-haiku-5-5", 200_000_000),
            ("eu.anthropic.claude-haiku-5-5", 400_000_000),
        ] {
            let price = price(&catalogue, id).unwrap();
            assert_eq!(price.rates.input.nano_usd(), input, "{id}");
        }
        for (from, to) in [("\"0.10\"", "\"cheap\""), ("\"1.1\"", "\"more\"")] {
            let error = ModelCatalogue::parse(Some(&BUILT_IN.replace(from, to))).unwrap_err();
            assert!(error.contains(to.trim_matches('"')), "{error}");
        }
        assert!(ModelCatalogue::parse(Some("[[models]]\nid = \"x\"")).is_err());
    }
}
