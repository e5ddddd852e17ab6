//! The format of a curriculum: what people who know a field would have somebody do, in order. The files are in `data/curricula`, and
//! `docs/contributing.md` tells authors how to write them.

use serde::Deserialize;

use super::days_named;
use super::kind::Kind;
use super::proof::proof_of;
use crate::constraints::Level;
use crate::demand::{Demands, NAMES};
use crate::lexicon::Lexicon;
use crate::plan::links::{Link, SEARCH_PREFIX};

/// A curriculum, or the general plan of a kind. `keywords` and `hints` of the file are packed by the build.
#[derive(Debug, Deserialize)]
pub struct Curriculum {
    /// The field as people call it.
    pub title: String,
    /// What kind of undertaking it is.
    pub kind: Kind,
    /// Whether it trains for a day on which one has to be fresh, so that its last week is a taper.
    #[serde(default)]
    pub taper: bool,
    /// Usual number of weeks for advanced, intermediate and beginner level, in this order.
    pub weeks: [u8; 3],
    /// Usual hours a week.
    pub hours: f64,
    /// From where to where the plan goes and how, in one sentence.
    pub summary: String,
    /// What the field may be called more exactly.
    pub names: Option<Names>,
    /// Tasks of every eighth week that decide how to go on. Only general plans have them, for all curricula of their kind.
    #[serde(default)]
    pub reviews: Vec<Task>,
    /// The task between two reviews, which looks back at the milestones since, `{marks}`. Only general plans have it.
    pub look_back: Option<Task>,
    /// Tasks of lighter weeks. Only the general plan of training has them.
    #[serde(default)]
    pub lighter: Vec<Task>,
    /// The modules, in order.
    pub modules: Vec<Module>,
    /// What is done every week, with numbers that grow.
    #[serde(default)]
    pub weekly: Vec<WeeklyTask>,
    /// Resources for learning more.
    #[serde(default)]
    pub resources: Vec<LearningResource>,
    /// Ways to go through a module again. Only general plans have them.
    #[serde(default)]
    pub again: Vec<Again>,
}

/// The number of tasks of a module that nearly every plan has.
const MOST_IMPORTANT: usize = 2;
/// The share of those, in percent, above which what they demand is what a curriculum is about: overhead 44 in pull-ups, running 79 in
/// running, but twisting 29 in table tennis, which can be played without.
const ESSENTIAL_SHARE: usize = 33;

impl Curriculum {
    /// Returns the demands that many of its most important tasks have: who asks for pull-ups wants to hang from a bar, whatever the shoulder.
    pub fn essential(&self) -> Demands {
        let tasks = || self.modules.iter().flat_map(Module::most_important);
        let all = tasks().count();
        let is_essential = |demand: &Demands| {
            let demanding = tasks().filter(|task| task.demands.overlaps(*demand));
            demanding.count() * 100 > all * ESSENTIAL_SHARE
        };
        let demands = NAMES.iter().filter_map(|name| Demands::named(name));
        demands
            .filter(is_essential)
            .fold(Demands::NONE, Demands::with)
    }

    /// Returns whether half of its tasks at least demand nothing of this.
    pub fn is_possible_without(&self, excluded: Demands) -> bool {
        let tasks = || self.modules.iter().flat_map(|module| &module.tasks);
        let possible = tasks().filter(|task| !task.demands.overlaps(excluded));
        possible.count() * 2 >= tasks().count()
    }

    /// Returns itself if it can make plans of any length.
    ///
    /// # Errors
    /// What it lacks.
    pub fn validated(mut self, is_general: bool) -> Result<Self, String> {
        if !self.weeks.iter().all(|weeks| (1..=52).contains(weeks))
            || !(0.5..=80.0).contains(&self.hours)
        {
            return Err("must have weeks from 1 to 52 and hours from 0.5 to 80".to_owned());
        }
        if self.modules.len() < 3 || self.modules.iter().any(|module| module.tasks.is_empty()) {
            return Err("must have three modules with tasks at least".to_owned());
        }
        let has_reviews = !self.reviews.is_empty() && self.look_back.is_some();
        if is_general && (self.again.is_empty() || !has_reviews) {
            return Err("has no reviews or no ways to go on".to_owned());
        }
        for module in &mut self.modules {
            let texts = || module.tasks.iter().map(|task| task.text.as_str());
            module.proofs = [0, 1].map(|half| proof_of(&module.milestones[half], texts()));
        }
        Ok(self)
    }
}

/// Names of things that one curriculum serves alike, such as languages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// What stands for `{name}` where the goal has no name of the list.
    pub default: String,
    /// The names, which are keywords too.
    pub list: Vec<String>,
}

/// A module: one or two weeks on one subject.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Module {
    /// The audience.
    #[serde(default)]
    pub level: Audience,
    /// Where in a plan it stands.
    #[serde(default)]
    pub place: Place,
    /// Words of a goal that bring it forward and give it more time.
    #[serde(default, deserialize_with = "lexicon")]
    pub when: Option<Lexicon<()>>,
    /// Whether it is left out where none of these words is in the goal.
    #[serde(default)]
    pub only: bool,
    /// The subject of the week.
    pub focus: String,
    /// The tasks, the most important first.
    pub tasks: Vec<Task>,
    /// Results after half of the module and after all of it.
    pub milestones: [String; 2],
    /// The positions of the tasks that each milestone is the result of, as far as one is.
    #[serde(skip)]
    pub proofs: [Option<usize>; 2],
}

/// A milestone of a module.
#[derive(Debug, Clone, Copy)]
pub struct Milestone<'a> {
    pub text: &'a str,
    /// The task that it is the result of, if it can be told.
    pub proof: Option<&'a Task>,
}

/// The audience of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Everyone.
    #[default]
    All,
    /// Beginners, and people who do not tell their level.
    Beginner,
    /// Everyone but beginners.
    Advanced,
}

impl Module {
    /// Returns a milestone, that of the first half or of the whole, with the task that it is the result of.
    pub fn milestone(&self, half: usize) -> Milestone<'_> {
        Milestone {
            text: &self.milestones[half],
            proof: self.proofs[half].and_then(|place| self.tasks.get(place)),
        }
    }

    fn most_important(&self) -> impl Iterator<Item = &Task> {
        self.tasks.iter().take(MOST_IMPORTANT)
    }
}

impl Audience {
    /// Returns whether a module for this audience suits people of a level.
    pub fn suits(self, level: Option<Level>) -> bool {
        match self {
            Self::All => true,
            Self::Beginner => matches!(level, None | Some(Level::Beginner)),
            Self::Advanced => level != Some(Level::Beginner),
        }
    }
}

/// Where in a plan a module stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// In its order.
    #[default]
    Between,
    /// At the beginning, whatever the goal stresses.
    First,
    /// At the end: the event, or what leads up to it.
    Last,
}

/// A task. In the file: `text | minutes tags`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Task {
    /// What to do; may hold placeholders.
    pub text: String,
    /// How long it takes in a week.
    pub minutes: u16,
    /// On how many days of the week it is done.
    pub days: u8,
    /// What it demands.
    pub demands: Demands,
    /// Whether it is a matter of safety, which comes first and is never left out.
    pub is_first: bool,
    /// How many weeks before the end of the plan it must be done.
    pub lead_weeks: Option<u8>,
}

impl TryFrom<String> for Task {
    type Error = String;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        let (text, notes) = written
            .rsplit_once(" | ")
            .ok_or_else(|| format!("the task {written:?} has no minutes"))?;
        let mut notes = notes.split(' ');
        let minutes = notes.next().and_then(|minutes| minutes.parse().ok());
        let mut task = Self {
            text: text.to_owned(),
            days: days_named::of(text),
            minutes: minutes.ok_or_else(|| format!("the task {written:?} has no minutes"))?,
            demands: Demands::NONE,
            is_first: false,
            lead_weeks: None,
        };
        for note in notes {
            if note == "first" {
                task.is_first = true;
            } else if let Some(weeks) = note.strip_prefix("T-") {
                let weeks = weeks
                    .parse()
                    .map_err(|_| format!("{note} is no lead time"))?;
                task.lead_weeks = Some(weeks);
            } else {
                let demand = Demands::named(note).ok_or_else(|| format!("unknown tag {note}"))?;
                task.demands = task.demands.with(demand);
            }
        }
        Ok(task)
    }
}

/// Something that is done every week, with numbers that grow.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeeklyTask {
    /// Phrasings, used in turn.
    pub tasks: Vec<Task>,
    /// It is done every so many weeks.
    #[serde(default = "one")]
    pub every: usize,
    /// The share of the plan at which it starts.
    #[serde(default)]
    pub from: f64,
    /// The share of the plan at which it ends.
    #[serde(default = "whole")]
    pub until: f64,
}

const fn one() -> usize {
    1
}

const fn whole() -> f64 {
    1.0
}

/// A way to go through a module again.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Again {
    /// The focus, with `{focus}` for that of the module.
    pub focus: String,
    /// The task, with `{task}` for one of the module.
    pub task: String,
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
    /// Why it fits.
    pub why: String,
}

fn lexicon<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Lexicon<()>>, D::Error> {
    let mut lexicon = Lexicon::new();
    for entry in Vec::<String>::deserialize(deserializer)? {
        lexicon.add(&entry, ());
    }
    Ok(Some(lexicon))
}

fn link<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Link, D::Error> {
    let address = String::deserialize(deserializer)?;
    let link = if address.starts_with(SEARCH_PREFIX) {
        Link::search(&address)
    } else {
        Link::allow_listed(&address)
    };
    link.ok_or_else(|| serde::de::Error::custom(format!("{address} is not on the allow-list")))
}
