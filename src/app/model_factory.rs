//! Makes the models that the configuration names, over one connection pool per provider.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use crate::aws;
use crate::config::Models;
use crate::llm::bedrock::{self, BedrockModel};
use crate::llm::openai::{self, OpenAiModel};
use crate::llm::{Capabilities, LanguageModel, ModelName, Provider};
use crate::planner::{GuardedModel, ModelCandidate};

/// Makes models. A model that is named twice is made once, so that all its callers share one circuit breaker.
pub(super) struct ModelFactory<'a> {
    settings: &'a Models,
    bedrock: Option<aws_sdk_bedrockruntime::Client>,
    openai: Option<reqwest::Client>,
    made: HashMap<ModelName, GuardedModel>,
}

impl<'a> ModelFactory<'a> {
    /// Connects to the providers that the settings name; no attempt of a call takes longer than `attempt`.
    pub async fn connect(settings: &'a Models, attempt: Duration) -> anyhow::Result<Self> {
        let names = || settings.candidates.iter().chain(&settings.classifier_model);
        let wanted = |provider| names().any(|name| name.provider == provider);
        let bedrock = if wanted(Provider::Bedrock) {
            let (region, endpoint) = (
                &settings.bedrock_region,
                settings.bedrock_endpoint.as_deref(),
            );
            Some(bedrock::client(
                &aws::sdk_config(region, endpoint).await,
                region,
                endpoint,
                attempt,
            ))
        } else {
            None
        };
        let openai = if wanted(Provider::OpenAi) {
            Some(openai::client(aws::CONNECT_TIMEOUT, attempt).context("OPENAI_BASE_URL")?)
        } else {
            None
        };
        Ok(Self {
            settings,
            bedrock,
            openai,
            made: HashMap::new(),
        })
    }

    /// The candidate of that name.
    pub fn candidate(&mut self, name: &ModelName) -> anyhow::Result<ModelCandidate> {
        let capabilities = self
            .settings
            .catalogue
            .capabilities(name)
            .with_context(|| format!("{name} has no price"))?;
        let model = match self.made.get(name) {
            Some(model) => Some(model.clone()),
            None => self
                .model(name, &capabilities)?
                .map(|model| GuardedModel::new(name, model)),
        };
        if let Some(model) = &model {
            self.made.insert(name.clone(), model.clone());
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
        let capabilities = capabilities.clone();
        Ok(match name.provider {
            Provider::Offline => None,
            Provider::Bedrock => {
                let client = self.bedrock.clone();
                let client =
                    client.with_context(|| format!("{name} without a connection to Bedrock"))?;
                Some(Arc::new(BedrockModel::new(client, &name.id, capabilities)))
            }
            Provider::OpenAi => {
                let client = self.openai.clone();
                let client =
                    client.with_context(|| format!("{name} without a connection to its server"))?;
                Some(Arc::new(OpenAiModel::new(
                    client,
                    &self.settings.openai_base,
                    self.settings.openai_key.clone(),
                    &name.id,
                    capabilities,
                )))
            }
        })
    }
}
