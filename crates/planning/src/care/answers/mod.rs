//! What the service says when the gate speaks up, in the person's language.

mod contacts;
mod texts;

use super::{Assessment, Matter};
pub use contacts::Contact;
use texts::{TEXTS, Texts};

use crate::language::Language;
use crate::plan::draft::DraftTask;
use crate::plan::{Draft, Warning, WarningCode};

/// Minutes that it takes to call a practice and ask.
const ASKING_MINUTES: u16 = 20;

/// Why there is no plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// The words tell of suicide or self-harm.
    NeedsPerson,
    /// The goal would harm somebody or breaks the law.
    GoalRefused,
}

impl RefusalKind {
    /// Returns the code in the error catalogue.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NeedsPerson => "needs_person",
            Self::GoalRefused => "goal_refused",
        }
    }
}

/// A goal for which no plan is made. Carries no words of the person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.detail())]
pub struct Refusal {
    /// Why.
    pub kind: RefusalKind,
    /// The person's language.
    pub language: Language,
}

impl Refusal {
    /// Returns the answer to the person, in their language or else in English.
    #[must_use]
    pub fn detail(&self) -> &'static str {
        let texts = texts(&self.language);
        match self.kind {
            RefusalKind::NeedsPerson => texts.needs_person,
            RefusalKind::GoalRefused => texts.refused,
        }
    }

    /// Returns people who help; none where the goal would harm others.
    #[must_use]
    pub fn contacts(&self) -> Vec<Contact> {
        match self.kind {
            RefusalKind::NeedsPerson => contacts::contacts(texts(&self.language).language),
            RefusalKind::GoalRefused => Vec::new(),
        }
    }
}

impl Assessment {
    /// Returns what to ask first, if a plan may be made.
    ///
    /// # Errors
    /// Returns the [`Refusal`], in the language that `language` finds, if no plan may be made.
    pub fn into_result(
        self,
        language: impl FnOnce() -> Language,
    ) -> Result<Option<Matter>, Refusal> {
        let kind = match self {
            Self::Plan => return Ok(None),
            Self::AskFirst(matter) => return Ok(Some(matter)),
            Self::GoalRefused => RefusalKind::GoalRefused,
            Self::NeedsPerson => RefusalKind::NeedsPerson,
        };
        Err(Refusal {
            kind,
            language: language(),
        })
    }
}

impl Matter {
    /// Returns the warning of a plan in this language.
    #[must_use]
    pub fn warning(self, language: &Language) -> Warning {
        let texts = texts(language);
        let message = match self {
            Self::Health => texts.warning,
            Self::SomebodyInDanger => texts.support_warning,
        };
        Warning::new(WarningCode::AskProfessional, message)
    }

    /// Makes asking the first task of the draft's first week. There it survives every shortening: tasks are cut from the end.
    pub fn put_first(self, draft: &mut Draft, language: &Language) {
        let texts = texts(language);
        let step = match self {
            Self::Health => texts.step,
            Self::SomebodyInDanger => texts.support_step,
        };
        if let Some(week) = draft.weeks.first_mut() {
            week.tasks.insert(
                0,
                DraftTask {
                    minutes: Some(ASKING_MINUTES),
                    pinned: true,
                    vetted: true,
                    ..DraftTask::from(step)
                },
            );
        }
    }
}

fn texts(language: &Language) -> &'static Texts {
    TEXTS
        .iter()
        .find(|texts| texts.language == language.primary())
        .unwrap_or(&TEXTS[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::text::is_clean;

    #[test]
    fn every_language_names_people_who_help_and_its_step_is_a_valid_task() {
        for texts in &TEXTS {
            let language = Language::parse(texts.language).unwrap();
            let refusal = Refusal {
                kind: RefusalKind::NeedsPerson,
                language,
            };
            assert!(refusal.detail().contains("findahelpline.com"));
            let contacts = refusal.contacts();
            assert!(
                contacts
                    .iter()
                    .any(|contact| contact.r#where == "worldwide")
            );
            for contact in contacts
                .iter()
                .filter_map(|contact| contact.phone.as_deref())
            {
                assert!(!contact.is_empty());
            }
            for step in [texts.step, texts.support_step] {
                assert!(is_clean(step), "{step}");
            }
        }
    }

    #[test]
    fn a_refused_goal_gets_one_sentence_and_no_contacts() {
        let refusal = Refusal {
            kind: RefusalKind::GoalRefused,
            language: Language::parse("de-AT").unwrap(),
        };

        assert!(refusal.detail().starts_with("Für dieses Ziel") && refusal.contacts().is_empty());
    }
}
