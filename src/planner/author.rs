//! Who writes plans: a language model, or the planner without one.

use std::sync::Arc;

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
    pub model: Option<Arc<dyn LanguageModel>>,
}
