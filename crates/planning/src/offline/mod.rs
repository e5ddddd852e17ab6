//! The planner without a model: curricula written by people ([`curricula`]), fitted to the person's subject, weeks,
//! hours, level and days ([`mod@arrange`]). It is the default without configuration, and the last resort when models fail.

mod arrange;
mod choice;
mod curricula;
mod days;
mod gerund;
mod subject;

use std::fmt::Write as _;

use self::arrange::{Slot, arrange};
pub use self::curricula::{Curricula, CurriculaError};
use self::curricula::{Curriculum, CurriculumSet, Lesson, RecurringWeek};
use self::subject::Subject;
use crate::category::Category;
use crate::constraints::{Constraints, Level};
use crate::goal::Goal;
use crate::hours::Hours;
use crate::language::Language;
use crate::plan::draft::{Draft, DraftLink, DraftResource, DraftWeek};
use crate::plan::links::SEARCH;

/// A draft, and the language it is written in.
#[derive(Debug)]
pub struct OfflineDraft {
    /// The draft; it goes through the same checks as a model's.
    pub draft: Draft,
    /// The language of its texts: the one asked for where there are curricula in it, else English.
    pub language: Language,
}

/// Writes drafts from curricula.
#[derive(Debug)]
pub struct OfflinePlanner {
    curricula: Curricula,
}

impl OfflinePlanner {
    /// A planner over the built-in curricula.
    ///
    /// # Errors
    /// Which file of them is broken.
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
        let (language, shelf) = self.curricula.set(constraints.language.primary(), category);
        let subject = Subject::of(goal, &constraints.phrases, language);
        let curriculum = shelf.choose(subject.plain(), goal);
        let level = constraints.level.map(|known| known.value);
        let slots = arrange(
            curriculum,
            shelf,
            category,
            level,
            usize::from(weeks(curriculum, constraints)),
        );
        let days = days::names(constraints, language);
        let last = slots.len() - 1;
        let filling = RenderContext {
            language,
            curriculum,
            shelf,
            subject: &subject,
            hours: hours(curriculum, constraints),
            category,
            last,
        };
        let draft_weeks = slots
            .iter()
            .enumerate()
            .map(|(index, slot)| {
                let mut week = filling.week(slot, index);
                if index == last {
                    subject.append_goal(&mut week.milestone);
                }
                days::assign(&mut week.tasks, &days);
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
            link: DraftLink::Written(format!("{SEARCH}{}", subject.plain())),
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

/// The number of weeks: as asked for, else until the deadline, else what the curriculum usually takes.
fn weeks(curriculum: &Curriculum, constraints: &Constraints) -> u8 {
    let usual = match constraints.level.map(|known| known.value) {
        Some(Level::Advanced) => curriculum.weeks[0],
        Some(Level::Intermediate) | None => curriculum.weeks[1],
        Some(Level::Beginner) => curriculum.weeks[2],
    };
    match (constraints.weeks, constraints.deadline) {
        (Some(weeks), _) => weeks.value,
        // Full weeks that are over before the deadline's day begins: it is for the exam, the race, the flight.
        (None, Some(deadline)) => {
            let days = (deadline.value - constraints.start).num_days();
            u8::try_from(days / 7)
                .unwrap_or(u8::MAX)
                .clamp(1, constraints.max_weeks())
        }
        (None, None) => usual,
    }
}

fn hours(curriculum: &Curriculum, constraints: &Constraints) -> Hours {
    let usual = Hours::nearest(curriculum.hours).unwrap_or(Hours::from_tenths(40));
    if constraints.minutes_per_week.is_some() {
        constraints.hours_limit()
    } else {
        Hours::from_tenths(usual.tenths() * constraints.first_days() / 7).max(Hours::LEAST)
    }
}

/// Tasks of a week: few where there is little time.
fn tasks_for(hours: Hours) -> usize {
    match hours.tenths() {
        0..=10 => 2,
        11..=49 => 3,
        50..=79 => 4,
        _ => 5,
    }
}

/// What slots are filled with.
struct RenderContext<'a> {
    language: &'static str,
    curriculum: &'a Curriculum,
    shelf: &'a CurriculumSet,
    subject: &'a Subject,
    hours: Hours,
    category: Category,
    last: usize,
}

impl RenderContext<'_> {
    fn week(&self, slot: &Slot, index: usize) -> DraftWeek {
        let modules = &self.curriculum.modules;
        let wanted = tasks_for(self.hours);
        let (week, share) = match *slot {
            Slot::Module { module, again } => {
                let module = &modules[module];
                let (tasks, milestone) = match again {
                    // Seen once: as many of its tasks as there is time for.
                    None => (
                        &module.tasks[..wanted.min(module.tasks.len())],
                        &module.milestone,
                    ),
                    // Seen twice: the first three, then the rest.
                    Some(false) => (&module.tasks[..wanted.min(3)], &module.milestone),
                    Some(true) => (
                        &module.tasks[3..(3 + wanted).min(module.tasks.len())],
                        &module.milestone_again,
                    ),
                };
                let lesson = Lesson {
                    focus: &module.focus,
                    tasks: tasks.iter().collect(),
                    milestone,
                };
                (self.render(&lesson, "", 0), self.ramp(index))
            }
            Slot::Round {
                round,
                module,
                number,
            } => (
                self.recurring(&self.shelf.rounds[round], &modules[module].focus, number),
                100,
            ),
            Slot::Special { special, number } => {
                let week = &self.shelf.specials[special];
                (
                    self.recurring(week, "", number),
                    if matches!(week.kind.as_str(), "rest" | "taper") {
                        60
                    } else {
                        100
                    },
                )
            }
            Slot::Digest => {
                let chosen = arrange::spread(modules.len(), wanted.max(3));
                let lesson = Lesson {
                    focus: &modules[0].focus,
                    tasks: chosen
                        .iter()
                        .map(|module| &modules[*module].tasks[0])
                        .collect(),
                    milestone: &modules[0].milestone,
                };
                (self.render(&lesson, "", 0), 100)
            }
        };
        let tenths = (self.hours.tenths() * share / 100).max(Hours::LEAST.tenths());
        DraftWeek {
            hours: Some(Hours::from_tenths(tenths).as_f64()),
            ..week
        }
    }

    /// Share of the week's hours, in percent: training starts below the full load and reaches it halfway.
    fn ramp(&self, index: usize) -> u32 {
        if self.category != Category::Fitness || !self.curriculum.training || self.last < 3 {
            return 100;
        }
        let step = u32::try_from((index * 60) / self.last).unwrap_or(30);
        (70 + step).min(100)
    }

    fn recurring(&self, week: &RecurringWeek, focus: &str, number: usize) -> DraftWeek {
        let lesson = Lesson {
            focus: &week.focus,
            tasks: week.tasks.iter().collect(),
            milestone: &week.milestone,
        };
        self.render(&lesson, focus, number)
    }

    /// The lesson's texts with the person's subject in them.
    fn render(&self, lesson: &Lesson<'_>, focus: &str, number: usize) -> DraftWeek {
        // German writes nouns in capitals, and the other languages quote the focus; in English it goes on in the sentence.
        let inside = if self.language == "en" {
            uncapitalised(focus)
        } else {
            focus.to_owned()
        };
        let tell = |text: &str, focus: &str| capitalised(render(text, self.subject, focus, number));
        DraftWeek {
            focus: tell(lesson.focus, focus),
            tasks: lesson
                .tasks
                .iter()
                .map(|task| tell(task, &inside))
                .collect(),
            milestone: tell(lesson.milestone, &inside),
            hours: None,
        }
    }
}

/// Fills `{subject}`, `{focus}` and `{n}`.
fn render(template: &str, subject: &Subject, focus: &str, number: usize) -> String {
    let mut text = String::with_capacity(template.len() + subject.quotable().len() + focus.len());
    let mut rest = template;
    while let Some(open) = memchr::memchr(b'{', rest.as_bytes()) {
        text.push_str(&rest[..open]);
        let tail = &rest[open..];
        if let Some(after) = tail.strip_prefix("{subject}") {
            text.push_str(subject.quotable());
            rest = after;
        } else if let Some(after) = tail.strip_prefix("{focus}") {
            text.push_str(focus);
            rest = after;
        } else if let Some(after) = tail.strip_prefix("{n}") {
            // Writing to a String cannot fail.
            let _ = write!(text, "{number}");
            rest = after;
        } else {
            text.push('{');
            rest = &tail[1..];
        }
    }
    text.push_str(rest);
    text
}

/// A title inside a sentence: without its capital, unless that belongs to a name such as "IAM".
fn uncapitalised(title: &str) -> String {
    let mut chars = title.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().collect::<String>() + &title[first.len_utf8()..]
        }
        _ => title.to_owned(),
    }
}

fn capitalised(mut text: String) -> String {
    let Some(first) = text.chars().next().filter(|first| first.is_lowercase()) else {
        return text;
    };
    let rest = &text[first.len_utf8()..];
    // A name such as "iPhone" keeps its spelling.
    if rest.chars().next().is_some_and(char::is_uppercase) {
        return text;
    }
    if let Some(letter) = text.get_mut(..1) {
        letter.make_ascii_uppercase();
        return text;
    }
    first.to_uppercase().collect::<String>() + &text[first.len_utf8()..]
}
