//! The models, and the endpoints at which they are called.

use std::sync::Arc;

use secrecy::SecretString;

use super::DEFAULT_REGION;
use super::values::{SettingsError, Values, bad_value};
use crate::llm::catalogue::{ModelCatalogue, NoPrice};
use crate::llm::openai::OpenAiServer;
use crate::llm::{ModelName, Provider};
use crate::service_url::ServiceUrl;

/// The default model with `USE_MOCK_AWS=false`: the cheapest in the catalogue, on its cheapest inference profile.
pub(super) const DEFAULT_MODEL: &str = "bedrock:global.anthropic.claude-haiku-5-5";

/// The default server of OpenAI-compatible models.
const DEFAULT_OPENAI_BASE_URL: &str = "https://api.openai.com/v1";

/// The models, and the endpoints at which they are called.
#[derive(Debug, Clone)]
pub struct Models {
    /// `LLM_MODELS`: the models that write plans, in the order in which they are tried.
    pub candidates: Vec<ModelName>,
    /// `CLASSIFIER_MODEL`: the model that is asked for the category of an unsure goal.
    pub classifier_model: Option<ModelName>,
    /// The built-in catalogue; entries of `MODELS_FILE` take precedence.
    pub catalogue: ModelCatalogue,
    /// `BEDROCK_REGION`: the region of Bedrock.
    pub bedrock_region: String,
    /// `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`, else `AWS_ENDPOINT_URL`.
    pub bedrock_endpoint: Option<ServiceUrl>,
    /// `OPENAI_BASE_URL`: the server of OpenAI-compatible models, with its key, `OPENAI_API_KEY`.
    pub openai: Arc<OpenAiServer>,
}

impl Models {
    pub(super) fn from_values(values: &Values, mock: bool) -> Result<Self, SettingsError> {
        let overrides = values.file("MODELS_FILE")?;
        let catalogue = ModelCatalogue::parse(overrides.as_deref()).map_err(|why| {
            SettingsError::Unreadable {
                name: "MODELS_FILE".to_owned(),
                why,
            }
        })?;
        let list = values.text("LLM_MODELS").unwrap_or_else(|| {
            if mock {
                "offline".to_owned()
            } else {
                DEFAULT_MODEL.to_owned()
            }
        });
        let candidates = list
            .split(',')
            .map(|name| priced_model("LLM_MODELS", name, &catalogue))
            .collect::<Result<Vec<_>, _>>()?;
        let classifier_model = match values.text("CLASSIFIER_MODEL") {
            Some(name) => Some(priced_model("CLASSIFIER_MODEL", &name, &catalogue)?),
            None => candidates
                .iter()
                .find(|candidate| candidate.provider != Provider::Offline)
                .cloned(),
        };
        Ok(Self {
            candidates,
            classifier_model: classifier_model.filter(|model| model.provider != Provider::Offline),
            catalogue,
            bedrock_region: values
                .region("BEDROCK_REGION")?
                .unwrap_or_else(|| DEFAULT_REGION.to_owned()),
            bedrock_endpoint: values.endpoint("AWS_ENDPOINT_URL_BEDROCK_RUNTIME")?,
            openai: Arc::new(openai_server(values)?),
        })
    }

    /// Whether no model is ever called, so that nothing can cost money.
    #[must_use]
    pub fn are_offline(&self) -> bool {
        let mut models = self.candidates.iter().chain(&self.classifier_model);
        models.all(|model| model.provider == Provider::Offline)
    }
}

fn openai_server(values: &Values) -> Result<OpenAiServer, SettingsError> {
    const NAME: &str = "OPENAI_BASE_URL";
    let base_url = values.text(NAME);
    let base_url = base_url.as_deref().unwrap_or(DEFAULT_OPENAI_BASE_URL);
    let key = values.text("OPENAI_API_KEY").map(SecretString::from);
    OpenAiServer::parse(base_url, key).map_err(|why| bad_value(NAME, &base_url, why))
}

/// Parses the name of a model, which must have a price.
fn priced_model(
    variable: &str,
    name: &str,
    catalogue: &ModelCatalogue,
) -> Result<ModelName, SettingsError> {
    let bad = |allowed: String| SettingsError::InvalidValue {
        name: variable.to_owned(),
        value: name.trim().to_owned(),
        allowed,
    };
    let model: ModelName = name.parse().map_err(bad)?;
    match catalogue.capabilities(&model) {
        Ok(_) => Ok(model),
        Err(why @ NoPrice::UnknownModel) => Err(bad(format!(
            "{why}; use one of offline, {}, or add a price in MODELS_FILE",
            catalogue.names()
        ))),
        Err(why @ NoPrice::UnnamedModel) => Err(bad(format!(
            "{why}; add an entry with exactly this id to MODELS_FILE"
        ))),
    }
}
