//! The gate: reads goal and context before anything else happens to them.

use super::concepts;
use super::features::Features;
use super::windows::{PART_HANDICAP, each_window};
use super::words::Words;
use crate::classifier::weights::{Head, InvalidWeights, Sums};

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

    /// Returns which of two assessments decides: the greater.
    const fn gravity(self) -> u8 {
        match self {
            Self::Plan => 0,
            Self::AskFirst(_) => 1,
            Self::GoalRefused => 2,
            Self::NeedsPerson => 3,
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
        concepts::load();
        let (head, rest) = Head::read(WEIGHTS, Class::ALL.len())?;
        let thresholds = Thresholds::read(rest)
            .filter(|_| rest.len() == Thresholds::BYTES)
            .ok_or(InvalidWeights("the thresholds are missing"))?;
        Ok(Self { head, thresholds })
    }

    /// Assesses a goal with its context. Both are read alike, and neither has to be valid. The gravest of their parts decides.
    #[must_use]
    pub fn assess(&self, goal: &str, context: Option<&str>) -> Assessment {
        let mut gravest = Assessment::Plan;
        self.each_part(&Words::of(goal, context), |probabilities| {
            let found = self.thresholds.assess(&probabilities);
            if found.gravity() > gravest.gravity() {
                gravest = found;
            }
        });
        gravest
    }

    /// Calls `part` with the probabilities of each part of the text.
    fn each_part(&self, words: &Words, mut part: impl FnMut(Probabilities)) {
        // The sums up to each word, so that those of any part are one subtraction.
        let mut ends: Vec<(Sums, u32)> = Vec::with_capacity(words.len() + 1);
        let (mut sums, mut count) = (Sums::default(), 0);
        ends.push((sums, count));
        Features::default().each(words, |index, hash| {
            while ends.len() <= index {
                ends.push((sums, count));
            }
            self.head.add(hash, &mut sums);
            count += 1;
        });
        while ends.len() <= words.len() {
            ends.push((sums, count));
        }
        let mut is_whole = true;
        each_window(words, |window| {
            let (before, after) = (&ends[window.start], &ends[window.end]);
            let mut of_part = after.0;
            for (sum, before) in of_part.iter_mut().zip(before.0) {
                *sum -= before;
            }
            let found = self.head.probabilities(&of_part, after.1 - before.1);
            let found = std::array::from_fn(|class| found[class]);
            part(if is_whole {
                found
            } else {
                PART_HANDICAP.applied(found)
            });
            is_whole = false;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_danger_is_found_in_either_text_however_long_and_however_written() {
        let gate = Gate::built_in().unwrap();
        let harmless = "I work five days a week. My level is beginner. I like music and long walks by the river. ";
        for (goal, context) in [
            ("I want to end my life".to_owned(), None),
            ("1 w4nt t0 k1ll mys3lf, i want to die".to_owned(), None),
            ("i want to   e n d  my life".to_owned(), None),
            ("I want to еnd my lifе".to_owned(), None),
            (
                "Learn the guitar".to_owned(),
                Some(format!(
                    "{}I want to end my life. {}",
                    harmless.repeat(3),
                    harmless.repeat(4)
                )),
            ),
            (
                format!("I want to end my life. {}", "Really. ".repeat(60)),
                None,
            ),
        ] {
            let found = gate.assess(&goal, context.as_deref());
            assert_eq!(found, Assessment::NeedsPerson, "{goal} {context:?}");
        }
    }

    #[test]
    fn words_that_contain_a_dangerous_phrase_are_harmless() {
        let gate = Gate::built_in().unwrap();
        for goal in [
            "I want to diet",
            "how to spend my life savings wisely",
            "kill it at my presentation",
            "shoot a short film",
            "become a suicide prevention volunteer",
        ] {
            assert_eq!(gate.assess(goal, None), Assessment::Plan, "{goal}");
        }
        for word in ["Zanzibar ", "ha ", "alpha beta ", "la! ", "Really. "] {
            let repeated = word.repeat(50);
            assert_eq!(gate.assess(&repeated, None), Assessment::Plan, "{word}");
        }
    }
}
