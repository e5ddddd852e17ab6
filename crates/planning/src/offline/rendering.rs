//! Renders the texts of a week, with the person's subject in them.

use std::fmt::Write as _;

use super::arrange::{self, Slot};
use super::curricula::{Curriculum, CurriculumSet, Lesson, RecurringWeek};
use super::subject::Subject;
use crate::category::Category;
use crate::constraints::{Constraints, Occasion};
use crate::hours::Hours;
use crate::plan::draft::DraftWeek;

/// Returns the number of tasks in a week with this many hours.
fn tasks_for(hours: Hours) -> usize {
    match hours.tenths() {
        0..=10 => 2,
        11..=49 => 3,
        50..=79 => 4,
        _ => 5,
    }
}

/// Everything that the texts of a plan depend on.
pub(super) struct RenderContext<'a> {
    pub language: &'static str,
    pub curriculum: &'a Curriculum,
    pub set: &'a CurriculumSet,
    pub subject: &'a Subject,
    /// The hours of a whole week.
    pub hours: Hours,
    pub constraints: &'a Constraints,
    pub category: Category,
    /// The index of the last week.
    pub last: usize,
}

impl RenderContext<'_> {
    /// Renders the week with this slot and index.
    pub fn week(&self, slot: &Slot, index: usize) -> DraftWeek {
        let modules = &self.curriculum.modules;
        let hours = self.constraints.part_of(self.hours, index);
        let count = tasks_for(hours);
        let (week, share) = match *slot {
            Slot::Module { module, again } => {
                let module = &modules[module];
                let (tasks, milestone) = match again {
                    // The module takes one week: as many of its tasks as there is time for.
                    None => (
                        &module.tasks[..count.min(module.tasks.len())],
                        &module.milestone,
                    ),
                    // It takes two weeks: the first three tasks, then the rest.
                    Some(false) => (&module.tasks[..count.min(3)], &module.milestone),
                    Some(true) => (
                        &module.tasks[3..(3 + count).min(module.tasks.len())],
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
                self.recurring(&self.set.rounds[round], &modules[module].focus, number),
                100,
            ),
            Slot::Special { special, number } => {
                let week = &self.set.specials[special];
                (
                    self.recurring(week, "", number),
                    self.special_share(week, index),
                )
            }
            Slot::Digest => {
                let chosen = arrange::spread(modules.len(), count.max(3));
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
        let tenths = (hours.tenths() * share / 100).max(Hours::MIN.tenths());
        DraftWeek {
            hours: Some(Hours::from_tenths(tenths).as_f64()),
            ..week
        }
    }

    /// Returns the share of the weekly hours, in percent. Training starts at 70 % and reaches the full load halfway.
    fn ramp(&self, index: usize) -> u32 {
        if self.category != Category::Fitness || !self.curriculum.training || self.last < 3 {
            return 100;
        }
        let step = u32::try_from((index * 60) / self.last).unwrap_or(30);
        (70 + step).min(100)
    }

    /// Returns the share of the week's hours in a special week, in percent. Before a race, the hours of the week are lower already.
    fn special_share(&self, week: &RecurringWeek, index: usize) -> u32 {
        let is_easy = matches!(week.kind.as_str(), "rest" | "taper");
        let is_lowered = self.constraints.leads_up_to(index) == Some(Occasion::Race);
        if is_easy && !is_lowered { 60 } else { 100 }
    }

    fn recurring(&self, week: &RecurringWeek, focus: &str, number: usize) -> DraftWeek {
        let lesson = Lesson {
            focus: &week.focus,
            tasks: week.tasks.iter().collect(),
            milestone: &week.milestone,
        };
        self.render(&lesson, focus, number)
    }

    /// Renders the texts of a lesson. `focus` and `number` fill the placeholders of the same name.
    fn render(&self, lesson: &Lesson<'_>, focus: &str, number: usize) -> DraftWeek {
        // German capitalises nouns, and the other languages quote the focus. In English it continues the sentence.
        let inline_focus = if self.language == "en" {
            uncapitalised(focus)
        } else {
            focus.to_owned()
        };
        let rendered =
            |text: &str, focus: &str| capitalised(render(text, self.subject, focus, number));
        DraftWeek {
            focus: rendered(lesson.focus, focus),
            tasks: lesson
                .tasks
                .iter()
                .map(|task| rendered(task, &inline_focus))
                .collect(),
            milestone: rendered(lesson.milestone, &inline_focus),
            hours: None,
        }
    }
}

/// Fills the placeholders `{subject}`, `{focus}` and `{n}` of a template.
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
            // Writing to a `String` cannot fail.
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

/// Returns a title for use inside a sentence: with a small first letter, unless it begins with an acronym such as "IAM".
fn uncapitalised(title: &str) -> String {
    let mut chars = title.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().collect::<String>() + &title[first.len_utf8()..]
        }
        _ => title.to_owned(),
    }
}

/// Returns the text with a capital first letter.
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
