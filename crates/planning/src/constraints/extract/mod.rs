//! Extracts constraints from text: hours a week, a span, a deadline, a level, days off.
//!
//! Start at [`extract`]. A text is split once (`token`), every word is looked up once (`lexicon`, `meaning`), times of the day are
//! joined (`clock`), and small readers match on the tags: `time_budget`, `span`, `deadline`, `level`, `days`. None of them guesses. They ignore what they cannot
//! place, because a constraint that was never given breaks a plan as surely as one that was missed.
//!
//! Where the words leave room, these rules apply:
//! - of a range the lower end counts, because the plan must not exceed what the person can give;
//! - "by September" is its first day, "before September" the day before that, "by the end of" the last day;
//! - an exam "in June" is on 1 June, the earliest day it can be;
//! - a date without a year is the next one strictly after the start;
//! - an ordinal and what it counts ("the third Friday in March", "the second draft") are one phrase or nothing;
//! - the weeks of a month begin on its Mondays, and weeks by number are those of ISO 8601;
//! - "3/4" is 3 April; "3/4/2026" in an English text is 4 March;
//! - the days that a budget is tied to ("2 hours on Saturdays") leave the others out.
//!
//! # Why no crate reads the dates
//!
//! We read dates from words ourselves because we need three things together:
//! - several languages and many ways to write a date, not one language and one fixed format;
//! - silence where a date is doubtful, not a guess: a wrong deadline costs the person more than none;
//! - the byte range of each phrase, so that it can be removed from the goal's subject.

mod amount;
mod calendar;
mod calendar_week;
mod clock;
mod clock_span;
mod coming_day;
mod coming_period;
mod commitments;
mod date;
mod day_rules;
mod day_set;
mod days;
mod deadline;
mod event_context;
mod frequency;
mod identifier;
mod length;
mod length_context;
mod letters;
mod level;
mod lexicon;
mod meaning;
mod narrative;
mod nth;
mod number;
mod numeral;
mod numeric_date;
mod occasion;
mod quote;
mod recurrence;
mod rhythm;
mod span;
mod statement;
mod tag;
mod text;
mod text_language;
mod time_budget;
mod token;

use std::ops::Range;

use chrono::{NaiveDate, WeekdaySet};

pub use self::level::Level;
pub use self::occasion::{Occasion, occasion_of};
pub use self::quote::Quote;

use self::days::DayRules;
use self::text::Text;
use crate::constraints::weekdays;

/// A value extracted from a text, and where it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extracted<T> {
    /// The value.
    pub value: T,
    /// The bytes that state it, in the text it was extracted from; always on character boundaries.
    pub phrase: Range<usize>,
    /// Whether that text is the context and not the goal.
    pub in_context: bool,
    /// The code of the language of its words (BCP 47), if one of them is in no other that we read.
    pub language: Option<&'static str>,
}

/// The constraints that a goal and its context state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtractedConstraints {
    /// The time that the person has in a week, in minutes.
    pub minutes_per_week: Option<Extracted<u32>>,
    /// The number of sessions a week, from 1 to 7.
    pub sessions_per_week: Option<u8>,
    /// Whether the sessions are to be equally long: the time is stated for each of them.
    pub even_sessions: bool,
    /// The span that the person plans for, in weeks; a deadline alone gives none.
    pub weeks: Option<Extracted<u16>>,
    /// The day by which the goal must be reached; where only a span is given, the day that is its length after the start.
    pub deadline: Option<Extracted<NaiveDate>>,
    /// The person's level.
    pub level: Option<Extracted<Level>>,
    /// The days of the week on which nothing can be planned; never all seven.
    pub unavailable: Option<Extracted<WeekdaySet>>,
    /// A deadline whose year is written out and which is not after the start.
    pub past_deadline: Option<Extracted<NaiveDate>>,
    /// A deadline on a day that the calendar does not have, such as 31 February.
    pub impossible_deadline: Option<Extracted<()>>,
}

impl ExtractedConstraints {
    /// Returns the languages that phrases were read in, each with the number of its phrases: evidence of the language of the text.
    #[must_use]
    pub fn languages(&self) -> Vec<(&'static str, u32)> {
        let is_span = match (&self.weeks, &self.deadline) {
            (Some(weeks), Some(deadline)) => weeks.phrase == deadline.phrase,
            _ => false,
        };
        let deadline = self.deadline.as_ref().filter(|_| !is_span);
        let all = [
            self.minutes_per_week
                .as_ref()
                .and_then(|found| found.language),
            self.weeks.as_ref().and_then(|found| found.language),
            deadline.and_then(|found| found.language),
            self.level.as_ref().and_then(|found| found.language),
            self.unavailable.as_ref().and_then(|found| found.language),
        ];
        let mut languages: Vec<(&'static str, u32)> = Vec::new();
        for language in all.into_iter().flatten() {
            match languages.iter_mut().find(|(other, _)| *other == language) {
                Some((_, phrases)) => *phrases += 1,
                None => languages.push((language, 1)),
            }
        }
        languages
    }
}

/// One of the two texts, ready to be read.
struct SourceText {
    text: Text,
    day_rules: DayRules,
    in_context: bool,
}

impl SourceText {
    fn new(words: &str, in_context: bool) -> Self {
        let text = Text::new(words);
        let day_rules = days::read(&text);
        Self {
            text,
            day_rules,
            in_context,
        }
    }

    fn extracted<T>(&self, value: T, tokens: &Range<usize>) -> Extracted<T> {
        Extracted {
            value,
            phrase: self.text.bytes(tokens),
            in_context: self.in_context,
            language: self.text.language_of_phrase(tokens.clone()),
        }
    }
}

/// Extracts the constraints from a goal and its context, for a plan that begins on `start`.
///
/// Where both texts state the same kind of constraint, the goal wins.
///
/// ```
/// use chrono::NaiveDate;
/// use planning::constraints::extract::extract;
///
/// let start = NaiveDate::from_ymd_opt(2026, 2, 2).unwrap();
/// let extracted = extract("Touch typing in 6 weeks, 10 minutes every day", None, start);
///
/// assert_eq!(extracted.minutes_per_week.unwrap().value, 70);
/// assert_eq!(extracted.weeks.unwrap().value, 6);
/// ```
#[must_use]
pub fn extract(goal: &str, context: Option<&str>, start: NaiveDate) -> ExtractedConstraints {
    let goal = SourceText::new(goal, false);
    let context = context.map(|context| SourceText::new(context, true));
    let sources: Vec<&SourceText> = std::iter::once(&goal).chain(&context).collect();

    let mut extracted = ExtractedConstraints {
        unavailable: first(&sources, |source| {
            let (days, tokens) = source.day_rules.off.as_ref()?;
            Some(source.extracted(*days, tokens))
        }),
        level: first(&sources, |source| {
            level::read(&source.text).map(|(level, tokens)| source.extracted(level, &tokens))
        }),
        ..ExtractedConstraints::default()
    };
    read_hours(&sources, &mut extracted);
    let budget = extracted.minutes_per_week.as_ref();
    extracted.sessions_per_week = first(&sources, |source| {
        let has_budget = budget.is_some_and(|budget| budget.in_context == source.in_context);
        let has_days_off = source.day_rules.off.is_some();
        rhythm::read(&source.text, has_budget, has_days_off)
    });
    read_time(&sources, start, &mut extracted);
    extracted
}

fn first<T>(sources: &[&SourceText], reader: impl Fn(&SourceText) -> Option<T>) -> Option<T> {
    sources.iter().find_map(|source| reader(source))
}

/// Reads the budget. The days it is tied to rule out the others, unless the text rules out days explicitly.
fn read_hours<'a>(sources: &[&'a SourceText], extracted: &mut ExtractedConstraints) {
    let off = extracted
        .unavailable
        .as_ref()
        .map_or(WeekdaySet::EMPTY, |off| off.value);
    let budget = sources.iter().find_map(|source| {
        let budget = time_budget::read(
            &source.text,
            weekdays::complement(off),
            &source.day_rules.denied,
        )?;
        Some((*source, budget))
    });
    let budget = budget.or_else(|| {
        let weekly = sources
            .iter()
            .any(|source| time_budget::is_of_every_week(&source.text));
        let sessions = |source: &&'a SourceText| {
            Some((*source, time_budget::read_sessions(&source.text, weekly)?))
        };
        sources.iter().find_map(sessions)
    });
    if let Some((source, budget)) = budget {
        extracted.minutes_per_week = Some(source.extracted(budget.minutes, &budget.tokens));
        extracted.even_sessions = budget.is_each;
        if let Some(days) = budget.days
            && extracted.unavailable.is_none()
            && days != WeekdaySet::ALL
        {
            extracted.unavailable =
                Some(source.extracted(weekdays::complement(days), &budget.tokens));
        }
    }
}

/// Reads the span and the deadline. A span without a deadline sets one.
fn read_time(sources: &[&SourceText], start: NaiveDate, extracted: &mut ExtractedConstraints) {
    for source in sources {
        let deadlines = deadline::read(&source.text, start);
        let ahead = deadlines
            .ahead
            .map(|found| source.extracted(found.day, &found.tokens));
        let past = deadlines
            .past
            .map(|found| source.extracted(found.day, &found.tokens));
        let impossible = deadlines
            .impossible
            .map(|tokens| source.extracted((), &tokens));
        extracted.impossible_deadline = extracted.impossible_deadline.take().or(impossible);
        extracted.deadline = extracted.deadline.take().or(ahead);
        extracted.past_deadline = extracted.past_deadline.take().or(past);
    }
    let span = sources
        .iter()
        .find_map(|source| Some((*source, span::read(&source.text, start)?)));
    if let Some((source, span)) = span {
        extracted.weeks = Some(source.extracted(span.weeks, &span.tokens));
        if extracted.deadline.is_none() {
            extracted.deadline = Some(source.extracted(span.end, &span.tokens));
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::extract;

    #[test]
    fn phrases_tell_the_language_that_they_were_read_in() {
        let start = NaiveDate::from_ymd_opt(2027, 1, 4).unwrap();
        for (goal, languages) in [
            (
                "Marathon im Mai, dreimal pro Woche eine Stunde",
                vec![("de", 1)],
            ),
            ("Yoga dos veces por semana, 20 minutos", vec![("es", 1)]),
            ("Yoga, 20 min", vec![]),
        ] {
            assert_eq!(extract(goal, None, start).languages(), languages, "{goal}");
        }
    }
}
