//! The gate: reads goal and context before anything else happens to them.

use super::features::Features;
use super::windows::{PART_HANDICAP, each_window};
use super::words::Words;
use crate::classifier::weights::{Head, InvalidWeights, LANES, Sums};

static WEIGHTS: &[u8] = include_bytes!("../../data/care/weights.bin");

/// The classes of the gate's head, in the order of the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A plan may be made.
    Harmless,
    /// The person tells of their own suicide or self-harm.
    Crisis,
    /// The goal would harm somebody or breaks the law.
    Harm,
    /// The person's health: a professional should be asked first.
    AskFirst,
    /// Somebody else is in danger, and the person wants to support them.
    Support,
}

impl Class {
    /// All classes in the order of the weights.
    pub const ALL: [Self; 5] = [
        Self::Harmless,
        Self::Crisis,
        Self::Harm,
        Self::AskFirst,
        Self::Support,
    ];
}

/// Probabilities of the classes, in the order of [`Class::ALL`].
pub type Probabilities = [f32; Class::ALL.len()];

/// What to ask a professional about first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// The person's own health.
    Health,
    /// Somebody else who may be in danger.
    SomebodyInDanger,
}

/// What the gate makes of a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assessment {
    /// A plan may be made.
    Plan,
    /// A plan may be made, and asking comes first in it.
    AskFirst(Matter),
    /// The goal would harm somebody or breaks the law: no plan.
    GoalRefused,
    /// The person may be in danger: no plan, but people who help.
    NeedsPerson,
}

impl Assessment {
    /// Returns the name of the outcome: the code of the error catalogue or of the warning, or `none`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plan => "none",
            Self::AskFirst(_) => "ask_professional",
            Self::GoalRefused => "goal_refused",
            Self::NeedsPerson => "needs_person",
        }
    }
}

/// The gate. It takes microseconds, and costs nothing.
#[derive(Debug)]
pub struct Gate {
    head: Head<'static>,
    thresholds: Thresholds,
}

/// Above which probability the gate speaks up. Chosen by cross-validation when the weights are trained.
#[derive(Debug, Clone, Copy)]
pub struct Thresholds {
    /// Of crisis and harm together: no plan is made.
    pub refuse: f32,
    /// Of everything but harmless: asking comes first.
    pub ask: f32,
}

impl Thresholds {
    /// Number of bytes in the weights file.
    const BYTES: usize = 8;

    /// Encodes the thresholds for the weights file.
    #[must_use]
    pub fn write(self) -> Vec<u8> {
        [self.refuse.to_le_bytes(), self.ask.to_le_bytes()].concat()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (refuse, rest) = bytes.split_first_chunk()?;
        let (ask, _) = rest.split_first_chunk()?;
        Some(Self {
            refuse: f32::from_le_bytes(*refuse),
            ask: f32::from_le_bytes(*ask),
        })
    }

    /// Returns what these probabilities mean.
    #[must_use]
    pub fn assess(self, probabilities: &Probabilities) -> Assessment {
        let [harmless, crisis, harm, ask, support] = *probabilities;
        if crisis + harm >= self.refuse {
            // A person in distress must not meet a refusal: in doubt, they are sent to people who help.
            if crisis * 2.0 >= harm {
                Assessment::NeedsPerson
            } else {
                Assessment::GoalRefused
            }
        } else if 1.0 - harmless >= self.ask {
            Assessment::AskFirst(if support > ask {
                Matter::SomebodyInDanger
            } else {
                Matter::Health
            })
        } else {
            Assessment::Plan
        }
    }
}

impl Gate {
    /// Loads the weights that are built into the binary.
    ///
    /// # Errors
    /// [`InvalidWeights`] when the weights do not match this build.
    pub fn built_in() -> Result<Self, InvalidWeights> {
        let (head, rest) = Head::read(WEIGHTS, Class::ALL.len())?;
        let thresholds = Thresholds::read(rest)
            .filter(|_| rest.len() == Thresholds::BYTES)
            .ok_or(InvalidWeights("the thresholds are missing"))?;
        Ok(Self { head, thresholds })
    }

    /// Assesses a goal with its context. Both are read alike, and neither has to be valid.
    #[must_use]
    pub fn assess(&self, goal: &str, context: Option<&str>) -> Assessment {
        self.thresholds.assess(&self.probabilities(goal, context))
    }

    /// Returns the probabilities of the classes: of the whole text, or of the part that is least harmless.
    #[must_use]
    pub fn probabilities(&self, goal: &str, context: Option<&str>) -> Probabilities {
        let words = Words::of(goal, context);
        let mut ends: Vec<(Sums, u32)> = Vec::with_capacity(words.len() + 1);
        let (mut sums, mut count) = (Sums::default(), 0);
        ends.push((sums, count));
        Features::default().each(&words, |index, hash| {
            while ends.len() <= index {
                ends.push((sums, count));
            }
            self.head.add(hash, &mut sums);
            count += 1;
        });
        while ends.len() <= words.len() {
            ends.push((sums, count));
        }
        let mut worst = [0.0; LANES];
        let mut least_harmless = f32::INFINITY;
        let mut is_whole = true;
        each_window(&words, |window| {
            let (before, after) = (&ends[window.start], &ends[window.end]);
            let mut part = after.0;
            for (sum, before) in part.iter_mut().zip(before.0) {
                *sum -= before;
            }
            let mut found = self.head.probabilities(&part, after.1 - before.1);
            if !is_whole {
                found = PART_HANDICAP.applied(found);
            }
            is_whole = false;
            if found[0] < least_harmless {
                least_harmless = found[0];
                worst = found;
            }
        });
        std::array::from_fn(|class| worst[class])
    }
}
