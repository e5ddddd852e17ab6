//! Connections to the providers of models.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use crate::aws;
use crate::breaker::Breaker;
use crate::model::bedrock::{self, BedrockModel};
use crate::model::catalogue::{Abilities, ModelName, Provider};
use crate::model::openai::{self, OpenAiModel};
use crate::model::{LanguageModel, resilience};
use crate::planner::{AskedModel, Author};
use crate::settings::Models;

/// Connections to the providers that the configuration names, and the breakers of its models.
pub(super) struct Connected<'a> {
    settings: &'a Models,
    bedrock: Option<aws_sdk_bedrockruntime::Client>,
    openai: Option<reqwest::Client>,
    asked: HashMap<ModelName, AskedModel>,
}

impl<'a> Connected<'a> {
    pub async fn new(settings: &'a Models, attempt: Duration) -> anyhow::Result<Self> {
        let names = || settings.authors.iter().chain(&settings.sorter);
        let wanted = |provider| names().any(|name| name.provider == provider);
        let bedrock = if wanted(Provider::Bedrock) {
            let (region, endpoint) = (
                &settings.bedrock_region,
                settings.bedrock_endpoint.as_deref(),
            );
            Some(bedrock::client(
                &aws::shared(region, endpoint).await,
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
            asked: HashMap::new(),
        })
    }

    pub fn author(&mut self, name: &ModelName) -> anyhow::Result<Author> {
        let abilities = self
            .settings
            .catalogue
            .abilities(name)
            .with_context(|| format!("{name} has no price"))?;
        let model = match self.asked.get(name) {
            Some(asked) => Some(asked.clone()),
            None => self.model(name, &abilities)?.map(|model| AskedModel {
                model,
                breaker: Arc::new(Breaker::new(name.to_string(), resilience::BREAKER)),
            }),
        };
        if let Some(asked) = &model {
            self.asked.insert(name.clone(), asked.clone());
        }
        Ok(Author {
            name: name.clone(),
            abilities,
            model,
        })
    }

    fn model(
        &self,
        name: &ModelName,
        abilities: &Abilities,
    ) -> anyhow::Result<Option<Arc<dyn LanguageModel>>> {
        Ok(match name.provider {
            Provider::Offline => None,
            Provider::Bedrock => {
                let client = self
                    .bedrock
                    .clone()
                    .with_context(|| format!("{name} without a connection to Bedrock"))?;
                Some(Arc::new(BedrockModel::new(
                    client,
                    &name.id,
                    abilities.clone(),
                )))
            }
            Provider::OpenAi => {
                let client = self
                    .openai
                    .clone()
                    .with_context(|| format!("{name} without a connection to its server"))?;
                Some(Arc::new(OpenAiModel::new(
                    client,
                    &self.settings.openai_base,
                    self.settings.openai_key.clone(),
                    &name.id,
                    abilities.clone(),
                )))
            }
        })
    }
}
