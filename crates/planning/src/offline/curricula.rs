//! The curricula: files written by people, one per family of topics, a shelf of them per category and language.

use std::collections::HashMap;

use include_dir::{Dir, include_dir};
use serde::{Deserialize, Deserializer};

use super::choice::TopicMatcher;
use crate::category::Category;
use crate::goal::Goal;
use crate::plan::links::Link;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data/curricula");

/// File of a shelf's repeating weeks.
const SET_FILE: &str = "_category.toml";
/// Family that takes what no other does.
const GENERIC: &str = "generic";
/// Language with a shelf for every category.
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
    /// Practice exams, weeks of rest, reviews.
    pub specials: Vec<RecurringWeek>,
    curricula: Vec<Curriculum>,
    topics: TopicMatcher,
    generic: usize,
}

/// A curriculum: what to learn about one family of topics, in order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Curriculum {
    /// Words, stems with `*` and phrases that choose it.
    keywords: Vec<String>,
    /// Usual weeks for advanced people, for others, for beginners.
    pub weeks: [u8; 3],
    /// Usual hours a week.
    pub hours: f64,
    /// Whether it loads the body, so that rest and taper weeks belong into it.
    #[serde(default)]
    pub training: bool,
    /// Its modules, from the entry to the finish.
    pub modules: Vec<Module>,
    /// Where to learn more.
    pub resources: Vec<LearningResource>,
}

/// A week or two on one thing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Module {
    /// Whom it is for.
    pub level: Audience,
    /// What it is about.
    pub focus: String,
    /// Six tasks: three for the first week, three for a second.
    pub tasks: Vec<String>,
    /// How to know that the first week worked.
    pub milestone: String,
    /// How to know that the second did.
    pub milestone_again: String,
}

/// Whom a module is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Everyone.
    All,
    /// Skipped for the advanced.
    Beginner,
    /// Skipped for beginners.
    Advanced,
}

/// A week that comes again under another number.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecurringWeek {
    /// `exam`, `rest`, `taper` or `review`; empty for a round of practice.
    #[serde(default)]
    pub kind: String,
    /// What it is about.
    pub focus: String,
    /// What to do.
    pub tasks: Vec<String>,
    /// How to know it worked.
    pub milestone: String,
}

/// Something to learn from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearningResource {
    /// What it is.
    pub title: String,
    /// Where it is.
    #[serde(rename = "url", deserialize_with = "link")]
    pub link: Link,
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: String,
}

fn link<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Link, D::Error> {
    let address = String::deserialize(deserializer)?;
    Link::allow_listed(&address).ok_or_else(|| {
        serde::de::Error::custom(format!("{address} is not an address of the allow-list"))
    })
}

/// The texts of one week, before the subject is rendered into them.
pub struct Lesson<'a> {
    /// What it is about.
    pub focus: &'a str,
    /// What to do.
    pub tasks: Vec<&'a String>,
    /// How to know it worked.
    pub milestone: &'a str,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetFile {
    rounds: Vec<RecurringWeek>,
    specials: Vec<RecurringWeek>,
}

/// A curriculum file that is broken; a defect of the build.
#[derive(Debug, thiserror::Error)]
#[error("the curriculum {file} is broken: {why}")]
pub struct CurriculaError {
    file: String,
    why: String,
}

impl Curricula {
    /// Reads the files of the build.
    ///
    /// # Errors
    /// Which file is broken, and how.
    pub fn built_in() -> Result<Self, CurriculaError> {
        let mut shelves = HashMap::new();
        for language in FILES.dirs() {
            let Some(name) = language.path().file_name().and_then(|name| name.to_str()) else {
                continue;
            };
            for category in Category::ALL {
                if let Some(folder) = FILES.get_dir(language.path().join(category.as_str())) {
                    shelves.insert((name, category), CurriculumSet::read(folder)?);
                }
            }
        }
        for category in Category::ALL {
            if !shelves.contains_key(&(FALLBACK, category)) {
                return Err(CurriculaError {
                    file: format!("{FALLBACK}/{}", category.as_str()),
                    why: "is missing".to_owned(),
                });
            }
        }
        Ok(Self { sets: shelves })
    }

    /// The shelf of a category in a language, or in English where there is none; and its language.
    #[must_use]
    pub fn set(&self, language: &str, category: Category) -> (&'static str, &CurriculumSet) {
        let own = self
            .sets
            .iter()
            .find(|((name, of), _)| *name == language && *of == category);
        match own {
            Some(((name, _), shelf)) => (name, shelf),
            // `built_in` refuses to go without these.
            None => (FALLBACK, &self.sets[&(FALLBACK, category)]),
        }
    }

    /// All shelves, for tests of the texts.
    #[cfg(test)]
    pub(super) fn shelves(&self) -> impl Iterator<Item = &CurriculumSet> {
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
            let broken = |why: String| CurriculaError {
                file: path.clone(),
                why,
            };
            let text = entry
                .contents_utf8()
                .ok_or_else(|| broken("is not UTF-8".to_owned()))?;
            if path.ends_with(SET_FILE) {
                file = toml::from_str(text).map_err(|error| broken(error.to_string()))?;
            } else {
                let curriculum: Curriculum =
                    toml::from_str(text).map_err(|error| broken(error.to_string()))?;
                curriculum.check().map_err(broken)?;
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
        let broken = |why: &str| CurriculaError {
            file: folder.path().display().to_string(),
            why: why.to_owned(),
        };
        let generic = names
            .iter()
            .position(|name| *name == GENERIC)
            .ok_or_else(|| broken("has no generic.toml"))?;
        if file.rounds.is_empty() || file.specials.is_empty() {
            return Err(broken("has no rounds or no specials"));
        }
        let families = TopicMatcher::of(
            curricula
                .iter()
                .map(|curriculum| curriculum.keywords.as_slice()),
        );
        Ok(Self {
            rounds: file.rounds,
            specials: file.specials,
            curricula,
            topics: families,
            generic,
        })
    }

    /// The curriculum for a goal: the one that its subject speaks for, else all its words, else its context.
    pub fn choose(&self, subject: &str, goal: &Goal) -> &Curriculum {
        let texts = [Some(subject), Some(goal.text()), goal.context()];
        let family = texts
            .into_iter()
            .flatten()
            .find_map(|text| self.topics.best(text));
        &self.curricula[family.unwrap_or(self.generic)]
    }

    /// All curricula, for tests of the texts.
    #[cfg(test)]
    pub(super) fn curricula(&self) -> &[Curriculum] {
        &self.curricula
    }
}

impl Curriculum {
    fn check(&self) -> Result<(), String> {
        if self.modules.len() < 6 {
            return Err(format!(
                "has {} modules; 6 are the least",
                self.modules.len()
            ));
        }
        if let Some(module) = self.modules.iter().find(|module| module.tasks.len() != 6) {
            return Err(format!(
                "the module {} has {} tasks, not 6",
                module.focus,
                module.tasks.len()
            ));
        }
        if !self.weeks.iter().all(|weeks| (1..=52).contains(weeks))
            || !(0.5..=80.0).contains(&self.hours)
        {
            return Err("has weeks or hours out of range".to_owned());
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
    fn every_text_names_its_subject_once_and_no_task_of_a_shelf_stands_twice() {
        let curricula = Curricula::built_in().unwrap();
        for shelf in curricula.shelves() {
            let mut tasks = HashSet::new();
            let modules = shelf
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
            for week in shelf.rounds.iter().chain(&shelf.specials) {
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
    fn we_stand_behind_every_source() {
        let curricula = Curricula::built_in().unwrap();
        for source in curricula
            .shelves()
            .flat_map(CurriculumSet::curricula)
            .flat_map(|curriculum| &curriculum.resources)
        {
            assert_eq!(
                source.link.status(),
                LinkStatus::AllowListed,
                "{}",
                source.link.url()
            );
        }
    }
}
