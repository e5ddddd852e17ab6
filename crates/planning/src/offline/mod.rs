//! The planner that needs no model. It adapts curricula written by people ([`curricula`]) to the person's subject, weeks, hours,
//! level and days ([`mod@arrange`]). It is the default without configuration, and a fallback when models fail.

mod arrange;
mod choice;
mod curricula;
mod days;
mod gerund;
mod rendering;
mod subject;

use self::arrange::arrange;
use self::curricula::Curriculum;
pub use self::curricula::{Curricula, CurriculaError};
use self::rendering::RenderContext;
use self::subject::Subject;
use crate::category::Category;
use crate::constraints::{Constraints, DEFAULT_HOURS_PER_WEEK, Level};
use crate::goal::Goal;
use crate::hours::Hours;
use crate::language::Language;
use crate::plan::draft::{Draft, DraftLink, DraftResource};
use crate::plan::links::SEARCH_PREFIX;

/// A draft, and the language in which it is written.
#[derive(Debug)]
pub struct OfflineDraft {
    /// The draft, which goes through the same checks as a model's.
    pub draft: Draft,
    /// The language of the texts: the requested one if it has curricula, else English.
    pub language: Language,
}

/// Writes drafts from curricula.
#[derive(Debug)]
pub struct OfflinePlanner {
    curricula: Curricula,
}

impl OfflinePlanner {
    /// Creates a planner with the built-in curricula.
    ///
    /// # Errors
    /// [`CurriculaError`] names the first invalid file.
    pub fn new() -> Result<Self, CurriculaError> {
        Ok(Self {
            curricula: Curricula::built_in()?,
        })
    }

    /// Writes a draft for a goal.
    #[must_use]
    pub fn write(
        &self,
        goal: &Goal,
        category: Category,
        constraints: &Constraints,
    ) -> OfflineDraft {
        let (language, set) = self.curricula.set(constraints.language.primary(), category);
        let subject = Subject::of(goal, &constraints.phrases, language);
        let curriculum = set.choose(subject.plain(), goal);
        let level = constraints.level.map(|level| level.value);
        let weeks = usize::from(weeks(curriculum, constraints));
        let occasion = constraints.leads_up_to(weeks - 1);
        let slots = arrange(curriculum, set, category, level, weeks, occasion);
        let last = slots.len() - 1;
        let context = RenderContext {
            language,
            curriculum,
            set,
            subject: &subject,
            hours: hours(curriculum, constraints),
            constraints,
            category,
            last,
        };
        let draft_weeks = slots
            .iter()
            .enumerate()
            .map(|(index, slot)| {
                let mut week = context.week(slot, index);
                if index == last {
                    subject.append_goal(&mut week.milestone);
                }
                days::assign(&mut week.tasks, constraints, index, language);
                week
            })
            .collect();
        let resources = curriculum.resources.iter().map(|resource| DraftResource {
            title: resource.title.clone(),
            link: DraftLink::Verified(resource.link.clone()),
            kind: resource.kind.clone(),
        });
        let search = DraftResource {
            title: subject.plain().to_owned(),
            link: DraftLink::Written(format!("{SEARCH_PREFIX}{}", subject.plain())),
            kind: "search".to_owned(),
        };
        OfflineDraft {
            draft: Draft {
                weeks: draft_weeks,
                resources: resources.chain([search]).collect(),
            },
            language: if language == constraints.language.primary() {
                constraints.language.clone()
            } else {
                Language::parse(language).unwrap_or_else(Language::english)
            },
        }
    }
}

/// Returns the number of weeks: the requested number, else all weeks before the deadline, else what is usual for the curriculum.
fn weeks(curriculum: &Curriculum, constraints: &Constraints) -> u8 {
    let usual = match constraints.level.map(|level| level.value) {
        Some(Level::Advanced) => curriculum.weeks[0],
        Some(Level::Intermediate) | None => curriculum.weeks[1],
        Some(Level::Beginner) => curriculum.weeks[2],
    };
    match (constraints.weeks, constraints.deadline) {
        (Some(weeks), _) => weeks.value,
        (None, Some(_)) => constraints.max_weeks(),
        (None, None) => usual,
    }
}

/// Returns the hours of a whole week: the requested number, else what is usual for the curriculum.
fn hours(curriculum: &Curriculum, constraints: &Constraints) -> Hours {
    if constraints.minutes_per_week.is_some() {
        constraints.whole_week()
    } else {
        Hours::nearest(curriculum.hours).unwrap_or(DEFAULT_HOURS_PER_WEEK)
    }
}
