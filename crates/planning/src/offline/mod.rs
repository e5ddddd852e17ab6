//! The planner that needs no model. It finds the curriculum of the goal's subject or the general plan of its kind
//! ([`matching`]), selects what suits the person ([`selection`]), and arranges it over their weeks ([`mod@arrange`], [`draft_writer`]). It is the default
//! without configuration, and a fallback when models fail.

mod arrange;
mod curriculum;
mod days_named;
mod draft_writer;
mod growing_numbers;
mod keywords;
mod kind;
mod lead_times;
mod library;
mod matching;
mod packed;
mod proof;
mod selection;
mod steps;
mod subject;
mod summary;
mod week;
mod weekly;

use self::curriculum::Curriculum;
use self::draft_writer::Request;
pub use self::library::CurriculaError;
use self::library::{Domain, Library, Shelf};
use crate::category::Category;
use crate::classifier::Intent;
use crate::constraints::{Constraints, strip_phrases};
use crate::exclusions::{Exclusions, without_exclusions};
use crate::goal::Goal;
use crate::language::Language;
use crate::plan::draft::Draft;
use crate::words::{Word, words};

/// A draft, and the language in which it is written.
#[derive(Debug)]
pub struct OfflineDraft {
    /// The draft, which goes through the same checks as a model's.
    pub draft: Draft,
    /// The language of the texts: the requested one if it has curricula, else English.
    pub language: Language,
    /// The name of the curriculum, or `general/` and the kind.
    pub curriculum: String,
}

/// Writes drafts from curricula.
#[derive(Debug)]
pub struct OfflinePlanner {
    library: Library,
}

/// What a goal is planned from.
struct Chosen<'a> {
    domain: &'a Domain,
    curriculum: &'a Curriculum,
    /// The curriculum of a condition under which it is done.
    companion: Option<&'a Domain>,
    /// The general plan of the same kind.
    general: &'a Curriculum,
    /// The name that stands for `{name}`.
    name: &'a str,
}

impl OfflinePlanner {
    /// Creates a planner with the built-in curricula.
    ///
    /// # Errors
    /// [`CurriculaError`] names the first invalid file.
    pub fn new() -> Result<Self, CurriculaError> {
        Ok(Self {
            library: Library::built_in()?,
        })
    }

    /// Returns what kind of goal it is: as the classifier says, or by the domain of the goal where the classifier is in doubt.
    #[must_use]
    pub fn reconsidered(&self, goal: &Goal, intent: Intent, constraints: &Constraints) -> Intent {
        if intent.confidence >= DOUBT {
            return intent;
        }
        let (_, shelf) = self.library.shelf(constraints.language.primary());
        let about = words(&strip_phrases(goal.text(), &constraints.phrases));
        let subject = without_exclusions(&about, constraints.language.primary());
        let found = shelf
            .index()
            .find(&subject, intent.category, shelf.domains());
        let category = found.and_then(|found| shelf.domains().get(found.domain)?.category);
        category.map_or(intent, |category| Intent {
            category,
            confidence: intent.confidence.max(DOMAIN_CONFIDENCE),
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
        let (language, shelf) = self.library.shelf(constraints.language.primary());
        let about = words(&strip_phrases(goal.text(), &constraints.phrases));
        let subject = without_exclusions(&about, constraints.language.primary());
        let Some(chosen) = choose(shelf, &subject, category, &constraints.exclusions) else {
            // A test reads every general plan, so there is always a choice.
            return OfflineDraft {
                draft: Draft::default(),
                language: Language::english(),
                curriculum: String::new(),
            };
        };
        let mut said = about;
        said.extend(goal.context().map(words).unwrap_or_default());
        let request = Request {
            goal,
            constraints,
            language,
            said,
            turn: turn(&subject),
        };
        OfflineDraft {
            draft: request.draft(&chosen),
            language: if language == constraints.language.primary() {
                constraints.language.clone()
            } else {
                Language::parse(language).unwrap_or_else(Language::english)
            },
            curriculum: match chosen.domain.category {
                Some(category) => format!("{}/{}", category.as_str(), chosen.domain.name),
                None => format!("general/{}", chosen.domain.name),
            },
        }
    }
}

/// The confidence of the classifier below which the category of a goal's domain is likelier right: measured on goals that neither was
/// made with, see `docs/adr/0022-plans-from-domains-and-methods.md`.
const DOUBT: f32 = 0.7;
/// The confidence in the category of a domain, as measured there.
const DOMAIN_CONFIDENCE: f32 = 0.8;

/// Chooses the domain of a goal, else the general plan of its kind.
fn choose<'a>(
    shelf: &'a Shelf,
    subject: &[Word],
    category: Category,
    exclusions: &Exclusions,
) -> Option<Chosen<'a>> {
    let found = shelf.index().find(subject, category, shelf.domains());
    let domain = found.and_then(|found| {
        let domain = shelf.domains().get(found.domain)?;
        let companion = found.companion.and_then(|other| shelf.domains().get(other));
        let curriculum = domain.curriculum()?;
        let own = companion.and_then(Domain::curriculum);
        // What can hardly be done under a condition gives way to the condition's own: home strength in a wheelchair.
        let is_possible = || {
            let excluded = exclusions.but(curriculum.essential()).demands;
            curriculum.is_possible_without(excluded)
        };
        match (companion, own) {
            (Some(companion), Some(own)) if !is_possible() => Some((companion, own, None, None)),
            _ => Some((domain, curriculum, found.name, companion)),
        }
    });
    let (domain, curriculum, name, companion) = if let Some(domain) = domain {
        domain
    } else {
        let general = shelf.general(shelf.kinds().find(subject, category));
        (general, general.curriculum()?, None, None)
    };
    let names = curriculum.names.as_ref();
    Some(Chosen {
        domain,
        curriculum,
        companion,
        general: shelf.general(curriculum.kind).curriculum()?,
        name: names.map_or("", |names| {
            name.and_then(|name| names.list.get(name))
                .unwrap_or(&names.default)
        }),
    })
}

/// Returns a number that differs between subjects, and is always the same for one (FNV-1a).
fn turn(subject: &[Word]) -> usize {
    let hash = subject
        .iter()
        .flat_map(|word| word.folded.bytes())
        .fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
    // The high bits of this hash are the better ones.
    usize::try_from(hash >> 12).unwrap_or_default()
}

#[cfg(test)]
mod tests;
