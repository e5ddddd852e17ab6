//! What a person rules out: demands ("no gym", "bad knees", "vegan") and things by name ("no pesticides", "kein Yoga").
//!
//! Start at [`Exclusions::of`]. Like the constraints, exclusions are read and never guessed; what is not understood is left to the
//! person. A plan has no task with a demand that is ruled out, and none that names a thing that is ruled out, unless to avoid it. One kind
//! of demand is an exception offline: what a condition makes hard ([`Exclusions::implied`]) stays in where it is the goal itself.

mod lexicon;
mod reader;
mod stems;

use crate::demand::Demands;
use crate::fold::fold_into;
use crate::goal::Goal;
use crate::words::{Word, words};

use self::stems::Stems;

/// What a person rules out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exclusions {
    /// The demands that no task may have.
    pub demands: Demands,
    /// Those of them that are hard and no more, because of a condition such as a bad shoulder.
    pub implied: Demands,
    /// The things that no task may name.
    things: Vec<Thing>,
}

/// A thing by the person's name for it. Its `Debug` shows none of these words, so that they cannot leak into logs or traces.
#[derive(Clone, PartialEq, Eq)]
struct Thing {
    name: String,
    stems: Vec<String>,
}

impl std::fmt::Debug for Thing {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Thing")
            .field("bytes", &self.name.len())
            .finish_non_exhaustive()
    }
}

impl Thing {
    /// Returns whether a text has the letters of its first stem: without them it cannot name the thing. Most texts are ruled out by that,
    /// at a fraction of the cost.
    fn may_be_in(&self, text: &str) -> bool {
        let Some(stem) = self.stems.first() else {
            return false;
        };
        let mut folded = String::with_capacity(text.len());
        text.chars()
            .for_each(|letter| fold_into(&mut folded, letter));
        memchr::memmem::find(folded.as_bytes(), stem.as_bytes()).is_some()
    }
}

/// Words before a thing in a task that avoids it.
const AVOIDING: [&str; 23] = [
    "not",
    "without",
    "never",
    "avoid",
    "instead",
    "free",
    "than",
    "kein",
    "keine",
    "keinen",
    "ohne",
    "statt",
    "nicht",
    "sin",
    "no",
    "nunca",
    "sans",
    "pas",
    "jamais",
    "sem",
    "nao",
    "evitar",
    "vermeiden",
];

impl Exclusions {
    /// Reads what the goal and its context rule out. `language` is their language.
    #[must_use]
    pub fn of(goal: &Goal, language: &str) -> Self {
        let mut exclusions = Self::default();
        let mut firm = Demands::NONE;
        for text in [Some(goal.text()), goal.context()].into_iter().flatten() {
            let words = words(text);
            for found in reader::read(&words, language) {
                exclusions.demands = exclusions.demands.with(found.demands);
                if !found.is_partial {
                    firm = firm.with(found.demands);
                }
                exclusions.add_thing(&words[found.named]);
            }
        }
        exclusions.implied = exclusions.demands.without(firm);
        exclusions
    }

    /// Returns the same without the demands that a condition implies and that are `wanted` all the same.
    #[must_use]
    pub fn but(&self, wanted: Demands) -> Self {
        Self {
            demands: self.demands.without(self.implied.and(wanted)),
            ..self.clone()
        }
    }

    fn add_thing(&mut self, words: &[Word]) {
        let name: Vec<&str> = words.iter().map(|word| word.folded.as_str()).collect();
        let name = name.join(" ");
        if name.len() < 3 || self.things.iter().any(|thing| thing.name == name) {
            return;
        }
        let stems = words.iter().map(|word| stems::stem(&word.folded)).collect();
        self.things.push(Thing { name, stems });
    }

    /// Returns whether nothing is ruled out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.demands.is_empty() && self.things.is_empty()
    }

    /// Returns whether a thing is ruled out by its name.
    #[must_use]
    pub fn has_things(&self) -> bool {
        !self.things.is_empty()
    }

    /// Returns what is ruled out: the names of demands, then things in the person's words.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let demands = self.demands;
        let things = self.things.iter().map(|thing| thing.name.as_str());
        let things = things.filter(move |name| !demands.names().any(|demand| demand == *name));
        demands.names().map(|name: &str| name).chain(things)
    }

    /// Returns the thing that a text names although it is ruled out. To name a thing in order to avoid it is allowed.
    #[must_use]
    pub fn named_in(&self, text: &str) -> Option<&str> {
        if !self.things.iter().any(|thing| thing.may_be_in(text)) {
            return None;
        }
        let words = words(text);
        let mut stems = Stems::of(&words);
        let thing = self.things.iter().find(|thing| {
            (0..words.len())
                .any(|start| stems.begin_at(start, &thing.stems) && !is_avoided(&words, start))
        })?;
        Some(&thing.name)
    }
}

/// "without pesticides", "no gym", "statt Yoga".
fn is_avoided(words: &[Word], start: usize) -> bool {
    words[start.saturating_sub(3)..start]
        .iter()
        .any(|word| AVOIDING.contains(&word.folded.as_str()))
}

/// Returns the words of a text without those that are ruled out in it: what the text is about.
pub(crate) fn without_exclusions(words: &[Word], language: &str) -> Vec<Word> {
    let found = reader::read(words, language);
    let is_excluded = |index: usize| {
        found
            .iter()
            .any(|item| item.is_spoken && item.whole.contains(&index))
    };
    words
        .iter()
        .enumerate()
        .filter(|(index, _)| !is_excluded(*index))
        .map(|(_, word)| word.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validation::FieldErrors;

    fn read(goal: &str) -> Vec<String> {
        let goal = Goal::parse(Some(goal), None, &mut FieldErrors::default()).unwrap();
        Exclusions::of(&goal, "en")
            .names()
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn what_a_person_rules_out_is_read_in_five_languages() {
        for (goal, expected) in [
            (
                "10 kg in 12 weeks, bad knees, no gym",
                "impact running jumping kneeling deep-knee gym",
            ),
            (
                "jazz chords on the ukulele, I don't want to sing",
                "singing sing",
            ),
            (
                "Python for my spreadsheets, no videos please",
                "video videos",
            ),
            (
                "start a vegetable bed on clay soil, no pesticides",
                "chemicals pesticides",
            ),
            (
                "stretch every day so that my back stops hurting, no yoga",
                "yoga",
            ),
            ("get fit without running or jumping", "running jumping"),
            (
                "get fit in a wheelchair",
                "impact running jumping kneeling deep-knee balance standing walking cycling",
            ),
            ("gluten-free meals for a family of five", "gluten"),
            (
                "Ein Baumhaus bauen, ohne in den Baum zu bohren",
                "power-tools bohren",
            ),
            (
                "fit werden, kein Yoga und kein Laufband",
                "running yoga laufband",
            ),
            ("cocinar sin sal para mi marido", "salt sal"),
            (
                "un potager, sans produits chimiques",
                "chemicals produits chimiques",
            ),
            ("emagrecer sem academia", "gym academia"),
            ("meet people without small talk", "small talk"),
        ] {
            let found = read(goal).join(" ");
            assert_eq!(found, expected, "{goal}");
        }
    }

    #[test]
    fn other_negations_rule_nothing_out() {
        for goal in [
            "learn to swim, no experience",
            "I never want to smoke again",
            "pass the exam, I don't want to fail again",
            "half marathon, not on Mondays",
            "run 10 km without stopping",
            "learn chess from nothing, no more than 3 hours a week",
            "stop drinking energy drinks",
            "no time to cook, but eat better",
            "Deutsch lernen, keine Vorkenntnisse",
        ] {
            assert_eq!(read(goal), [""; 0], "{goal}");
        }
    }

    #[test]
    fn a_task_may_name_an_excluded_thing_only_to_avoid_it() {
        let goal = Goal::parse(
            Some("a garden, no pesticides"),
            None,
            &mut FieldErrors::default(),
        )
        .unwrap();
        let exclusions = Exclusions::of(&goal, "en");
        assert_eq!(
            exclusions.named_in("Spray a pesticide on Monday"),
            Some("pesticides")
        );
        assert_eq!(
            exclusions.named_in("Pick slugs by hand, without any pesticide"),
            None
        );
        assert_eq!(exclusions.named_in("Water the beds"), None);
    }

    #[test]
    fn the_portuguese_word_for_in_the_rules_nothing_out() {
        let goal = "passar no concurso do INSS, sem academia";
        let goal = Goal::parse(Some(goal), None, &mut FieldErrors::default()).unwrap();
        let exclusions = Exclusions::of(&goal, "pt");
        assert_eq!(exclusions.names().collect::<Vec<_>>(), ["gym", "academia"]);
    }
}
