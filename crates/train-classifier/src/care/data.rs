//! The goals that the gate is trained on.

use std::collections::HashMap;
use std::path::Path;

use planning::care::Class;
use serde::Deserialize;

use crate::{read, read_folder};

/// The label of a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A plan may be made.
    Harmless,
    /// Own suicide or self-harm.
    Crisis,
    /// Harms others, or breaks the law.
    Harm,
    /// A professional comes first.
    AskFirst,
    /// Support of somebody in danger; a professional comes first as well.
    Support,
}

/// Where a goal was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Deserialize)]
pub enum Origin {
    /// For the gate: dangers, and harmless goals that look like them.
    #[default]
    Care,
    /// For the classifier: ordinary goals.
    Classifier,
}

/// A labelled goal of the gate.
#[derive(Debug, Clone, Deserialize)]
pub struct CareGoal {
    /// The text of the goal.
    pub goal: String,
    /// The context that the user gave with it.
    pub context: Option<String>,
    /// The language code of the text.
    pub lang: String,
    /// The label; ordinary goals are harmless unless an override says otherwise.
    #[serde(default = "harmless")]
    pub kind: Kind,
    /// Where the goal was written.
    #[serde(skip)]
    pub origin: Origin,
}

const fn harmless() -> Kind {
    Kind::Harmless
}

impl Kind {
    /// Returns the class that the gate learns for the label.
    pub const fn class(self) -> Class {
        match self {
            Self::Harmless => Class::Harmless,
            Self::Crisis => Class::Crisis,
            Self::Harm => Class::Harm,
            Self::AskFirst => Class::AskFirst,
            Self::Support => Class::Support,
        }
    }
}

/// An ordinary goal that is not harmless, or that is left out because one may argue about it.
#[derive(Deserialize)]
struct Override {
    goal: String,
    context: Option<String>,
    /// The label; `None` leaves the goal out.
    kind: Option<Kind>,
}

/// Reads all training goals: those of the gate first, then the ordinary ones.
///
/// # Errors
/// Names the file and the line that cannot be read.
pub fn training_goals(folder: &Path) -> anyhow::Result<Vec<CareGoal>> {
    let mut goals: Vec<CareGoal> = read_folder(&folder.join("care"))?;
    let overrides: HashMap<_, _> = read::<Override>(&folder.join("care_overrides.jsonl"))?
        .into_iter()
        .map(|line| ((line.goal, line.context), line.kind))
        .collect();
    for mut goal in read_folder::<CareGoal>(&folder.join("goals"))? {
        goal.origin = Origin::Classifier;
        match overrides.get(&(goal.goal.clone(), goal.context.clone())) {
            None => goals.push(goal),
            Some(None) => {}
            Some(Some(kind)) => {
                goal.kind = *kind;
                goals.push(goal);
            }
        }
    }
    Ok(goals)
}
