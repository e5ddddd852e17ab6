//! The curricula, written by people: one file per topic, and one set of files per category and language.

use std::collections::HashMap;

use include_dir::{Dir, include_dir};
use serde::{Deserialize, Deserializer};

use super::choice::TopicMatcher;
use crate::category::Category;
use crate::goal::Goal;
use crate::plan::links::Link;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data/curricula");

/// The file of a set's recurring weeks.
const SET_FILE: &str = "_category.toml";
/// The topic of goals that match no other topic.
const GENERIC: &str = "generic";
/// The language that has a set for every category.
const FALLBACK: &str = "en";

/// All curricula.
#[derive(Debug)]
pub struct Curricula {
    sets: HashMap<(&'static str, Category), CurriculumSet>,
}

/// The curricula of one category in one language.
#[derive(Debug)]
pub struct CurriculumSet {
    /// Weeks of practice for plans that are longer than a curriculum.
    pub rounds: Vec<RecurringWeek>,
    /// Practice exams, rest weeks, taper weeks and reviews.
    pub specials: Vec<RecurringWeek>,
    curricula: Vec<Curriculum>,
    topics: TopicMatcher,
    generic: usize,
}

/// A curriculum: what to learn about one topic, in order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Curriculum {
    /// Words, stems with `*`, and phrases that select the curriculum.
    keywords: Vec<String>,
    /// Usual number of weeks for advanced, intermediate and beginner level, in this order.
    pub weeks: [u8; 3],
    /// Usual hours per week.
    pub hours: f64,
    /// Whether it is physical training, which needs rest and taper weeks.
    #[serde(default)]
    pub training: bool,
    /// The modules, in order.
    pub modules: Vec<Module>,
    /// Resources for learning more.
    pub resources: Vec<LearningResource>,
}

/// A module: one or two weeks on one subject.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Module {
    /// The audience.
    pub level: Audience,
    /// The subject of the week.
    pub focus: String,
    /// Six tasks: three for the first week, three for a second.
    pub tasks: Vec<String>,
    /// The milestone of the first week.
    pub milestone: String,
    /// The milestone of the second week.
    pub milestone_again: String,
}

/// The audience of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Everyone.
    All,
    /// Everyone but advanced learners.
    Beginner,
    /// Everyone but beginners.
    Advanced,
}

/// A week that can occur several times in a plan, each time with another number.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecurringWeek {
    /// `exam`, `rest`, `taper` or `review`; empty for a round of practice.
    #[serde(default)]
    pub kind: String,
    /// The subject of the week.
    pub focus: String,
    /// The tasks.
    pub tasks: Vec<String>,
    /// The milestone.
    pub milestone: String,
}

/// A learning resource.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearningResource {
    /// The title.
    pub title: String,
    /// The link, which is `url` in the file.
    #[serde(rename = "url", deserialize_with = "link")]
    pub link: Link,
    /// The kind of resource, which is `type` in the file.
    #[serde(rename = "type")]
    pub kind: String,
}

fn link<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Link, D::Error> {
    let address = String::deserialize(deserializer)?;
    Link::allow_listed(&address)
        .ok_or_else(|| serde::de::Error::custom(format!("{address} is not on the allow-list")))
}

/// The templates of one week's texts.
pub struct Lesson<'a> {
    /// The subject of the week.
    pub focus: &'a str,
    /// The tasks.
    pub tasks: Vec<&'a String>,
    /// The milestone.
    pub milestone: &'a str,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetFile {
    rounds: Vec<RecurringWeek>,
    specials: Vec<RecurringWeek>,
}

/// An invalid curriculum file. This is a defect of the build.
#[derive(Debug, thiserror::Error)]
#[error("the curriculum {file} is invalid: {why}")]
pub struct CurriculaError {
    file: String,
    why: String,
}

impl Curricula {
    /// Reads the files that are embedded in the binary.
    ///
    /// # Errors
    /// [`CurriculaError`] names the first invalid file.
    pub fn built_in() -> Result<Self, CurriculaError> {
        let mut sets = HashMap::new();
        for language in FILES.dirs() {
            let Some(name) = language.path().file_name().and_then(|name| name.to_str()) else {
                continue;
            };
            for category in Category::ALL {
                if let Some(folder) = FILES.get_dir(language.path().join(category.as_str())) {
                    sets.insert((name, category), CurriculumSet::read(folder)?);
                }
            }
        }
        for category in Category::ALL {
            if !sets.contains_key(&(FALLBACK, category)) {
                return Err(CurriculaError {
                    file: format!("{FALLBACK}/{}", category.as_str()),
                    why: "is missing".to_owned(),
                });
            }
        }
        Ok(Self { sets })
    }

    /// Returns the set of a category in a language, or in English if the language has none; and the set's language.
    #[must_use]
    pub fn set(&self, language: &str, category: Category) -> (&'static str, &CurriculumSet) {
        let found = self
            .sets
            .iter()
            .find(|((name, of), _)| *name == language && *of == category);
        match found {
            Some(((name, _), set)) => (name, set),
            // `built_in` checks that these exist.
            None => (FALLBACK, &self.sets[&(FALLBACK, category)]),
        }
    }

    /// Returns all sets, for tests of the texts.
    #[cfg(test)]
    pub(super) fn sets(&self) -> impl Iterator<Item = &CurriculumSet> {
        self.sets.values()
    }
}

impl CurriculumSet {
    fn read(folder: &'static Dir<'_>) -> Result<Self, CurriculaError> {
        let mut file = SetFile::default();
        let mut curricula = Vec::new();
        let mut names = Vec::new();
        for entry in folder.files() {
            let path = entry.path().display().to_string();
            let invalid = |why: String| CurriculaError {
                file: path.clone(),
                why,
            };
            let text = entry
                .contents_utf8()
                .ok_or_else(|| invalid("is not UTF-8".to_owned()))?;
            if path.ends_with(SET_FILE) {
                file = toml::from_str(text).map_err(|error| invalid(error.to_string()))?;
            } else {
                let curriculum: Curriculum =
                    toml::from_str(text).map_err(|error| invalid(error.to_string()))?;
                curriculum.check().map_err(invalid)?;
                names.push(
                    entry
                        .path()
                        .file_stem()
                        .and_then(|stem| stem.to_str())
                        .unwrap_or_default(),
                );
                curricula.push(curriculum);
            }
        }
        let invalid = |why: &str| CurriculaError {
            file: folder.path().display().to_string(),
            why: why.to_owned(),
        };
        let generic = names
            .iter()
            .position(|name| *name == GENERIC)
            .ok_or_else(|| invalid("has no generic.toml"))?;
        if file.rounds.is_empty() || file.specials.is_empty() {
            return Err(invalid("has no rounds or no specials"));
        }
        let topics = TopicMatcher::of(
            curricula
                .iter()
                .map(|curriculum| curriculum.keywords.as_slice()),
        );
        Ok(Self {
            rounds: file.rounds,
            specials: file.specials,
            curricula,
            topics,
            generic,
        })
    }

    /// Returns the curriculum that matches the subject of a goal, else its whole text, else its context, else the generic one.
    pub fn choose(&self, subject: &str, goal: &Goal) -> &Curriculum {
        let texts = [Some(subject), Some(goal.text()), goal.context()];
        let topic = texts
            .into_iter()
            .flatten()
            .find_map(|text| self.topics.best(text));
        &self.curricula[topic.unwrap_or(self.generic)]
    }

    /// Returns all curricula, for tests of the texts.
    #[cfg(test)]
    pub(super) fn curricula(&self) -> &[Curriculum] {
        &self.curricula
    }
}

impl Curriculum {
    /// Checks what the types do not.
    fn check(&self) -> Result<(), String> {
        if self.modules.len() < 6 {
            return Err(format!(
                "has {} modules, but must have at least 6",
                self.modules.len()
            ));
        }
        if let Some(module) = self.modules.iter().find(|module| module.tasks.len() != 6) {
            return Err(format!(
                "the module {:?} has {} tasks, but must have 6",
                module.focus,
                module.tasks.len()
            ));
        }
        if !self.weeks.iter().all(|weeks| (1..=52).contains(weeks))
            || !(0.5..=80.0).contains(&self.hours)
        {
            return Err("must have weeks from 1 to 52 and hours from 0.5 to 80".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::plan::links::LinkStatus;

    #[test]
    fn every_text_names_its_subject_once_and_no_task_occurs_twice_in_a_set() {
        let curricula = Curricula::built_in().unwrap();
        for set in curricula.sets() {
            let mut tasks = HashSet::new();
            let modules = set
                .curricula()
                .iter()
                .flat_map(|curriculum| &curriculum.modules);
            for module in modules {
                for text in module
                    .tasks
                    .iter()
                    .chain([&module.milestone, &module.milestone_again])
                {
                    assert_eq!(text.matches("{subject}").count(), 1, "{text}");
                }
                for task in &module.tasks {
                    assert!(tasks.insert(task), "twice: {task}");
                }
            }
            for week in set.rounds.iter().chain(&set.specials) {
                assert!(
                    week.focus.contains("{n}") || !week.kind.is_empty(),
                    "{}",
                    week.focus
                );
                for task in &week.tasks {
                    assert!(
                        task.contains("{subject}")
                            && (task.contains("{n}") || task.contains("{focus}")),
                        "{task}"
                    );
                    assert!(tasks.insert(task), "twice: {task}");
                }
            }
        }
    }

    #[test]
    fn every_resource_is_on_the_allow_list() {
        let curricula = Curricula::built_in().unwrap();
        for resource in curricula
            .sets()
            .flat_map(CurriculumSet::curricula)
            .flat_map(|curriculum| &curriculum.resources)
        {
            assert_eq!(
                resource.link.status(),
                LinkStatus::AllowListed,
                "{}",
                resource.link.url()
            );
        }
    }
}
