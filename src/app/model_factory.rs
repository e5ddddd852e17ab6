//! Creates the configured models, with one connection pool per provider.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use crate::aws;
use crate::config::Models;
use crate::llm::bedrock::{BedrockClient, BedrockModel};
use crate::llm::openai::{self, OpenAiModel};
use crate::llm::{Capabilities, LanguageModel, ModelName, Provider};
use crate::planner::{GuardedModel, ModelCandidate};

/// Creates models. A model that is configured twice is created once, so that all callers share its circuit breaker.
pub(super) struct ModelFactory<'a> {
    settings: &'a Models,
    bedrock: Option<Arc<BedrockClient>>,
    openai: Option<reqwest::Client>,
    models: HashMap<ModelName, GuardedModel>,
}

impl<'a> ModelFactory<'a> {
    /// Creates the clients of the configured providers. No attempt of a call takes longer than `attempt_timeout`.
    pub async fn connect(settings: &'a Models, attempt_timeout: Duration) -> anyhow::Result<Self> {
        let names = || settings.candidates.iter().chain(&settings.classifier_model);
        let is_configured = |provider| names().any(|name| name.provider == provider);
        let bedrock = if is_configured(Provider::Bedrock) {
            let (region, endpoint) = (
                &settings.bedrock_region,
                settings.bedrock_endpoint.as_deref(),
            );
            Some(Arc::new(BedrockClient::new(
                &aws::sdk_config(region, endpoint).await,
                region,
                endpoint,
                attempt_timeout,
            )))
        } else {
            None
        };
        let openai = if is_configured(Provider::OpenAi) {
            let client = openai::client(
                settings.openai.as_str(),
                aws::CONNECT_TIMEOUT,
                attempt_timeout,
            );
            Some(client.context("OPENAI_BASE_URL")?)
        } else {
            None
        };
        Ok(Self {
            settings,
            bedrock,
            openai,
            models: HashMap::new(),
        })
    }

    /// Returns the candidate with this name.
    pub fn candidate(&mut self, name: &ModelName) -> anyhow::Result<ModelCandidate> {
        let capabilities = self
            .settings
            .catalogue
            .capabilities(name)
            .with_context(|| format!("{name} has no price"))?;
        let model = match self.models.get(name) {
            Some(model) => Some(model.clone()),
            None => self
                .model(name, &capabilities)?
                .map(|model| GuardedModel::new(name, model)),
        };
        if let Some(model) = &model {
            self.models.insert(name.clone(), model.clone());
        }
        Ok(ModelCandidate {
            name: name.clone(),
            capabilities,
            model,
        })
    }

    fn model(
        &self,
        name: &ModelName,
        capabilities: &Capabilities,
    ) -> anyhow::Result<Option<Arc<dyn LanguageModel>>> {
        Ok(match name.provider {
            Provider::Offline => None,
            Provider::Bedrock => {
                let client = self.bedrock.clone();
                let client = client.with_context(|| format!("no Bedrock client for {name}"))?;
                Some(Arc::new(BedrockModel::new(client, &name.id, capabilities)))
            }
            Provider::OpenAi => {
                let client = self.openai.clone();
                let client = client.with_context(|| format!("no OpenAI client for {name}"))?;
                Some(Arc::new(OpenAiModel::new(
                    client,
                    Arc::clone(&self.settings.openai),
                    &name.id,
                    capabilities,
                )))
            }
        })
    }
}
