//! Who writes plans: a language model, or the planner without one.

use std::sync::Arc;

use crate::breaker::Breaker;
use crate::model::LanguageModel;
use crate::model::catalogue::{Abilities, ModelName};

/// One writer of plans.
#[derive(Clone)]
pub struct Author {
    /// Its name.
    pub name: ModelName,
    /// Its price and abilities.
    pub abilities: Abilities,
    /// The model; `None` for the planner without one.
    pub model: Option<AskedModel>,
}

/// A model, with the breaker that all who ask it share.
#[derive(Clone)]
pub struct AskedModel {
    /// The model.
    pub model: Arc<dyn LanguageModel>,
    /// Whether it is asked at all.
    pub breaker: Arc<Breaker>,
}

impl Author {
    /// The planner without a model.
    #[must_use]
    pub fn offline() -> Self {
        Self {
            name: ModelName::offline(),
            abilities: Abilities::offline(),
            model: None,
        }
    }
}
