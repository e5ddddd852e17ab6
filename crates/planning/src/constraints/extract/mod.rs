//! Reads constraints in words: hours a week, a span, a deadline, a level, days off.
//!
//! Start at [`read`]. A text is cut once (`token`), every word is looked up once (`lexicon`), and small readers
//! walk the meanings: `hours`, `span`, `deadline`, `level`, `days`. None of them guesses: what they cannot place
//! they leave alone, because a constraint that was never given breaks a plan as surely as one that was missed.
//!
//! What is decided where the words leave room:
//! - of a range the lower end counts, for what is planned must not exceed what the person can give;
//! - "by September" is its first day, "before September" the day before that, "by the end of" the last day;
//! - an exam "in June" is on 1 June, for nobody knows better;
//! - a date without a year is the next one strictly after the start;
//! - "3/4" is 3 April; "3/4/2026" in an English text is 4 March;
//! - the days that a budget is tied to ("2 hours on Saturdays") leave the others out.

mod amount;
mod calendar;
mod commitments;
mod date;
mod day_rules;
mod day_set;
mod days;
mod deadline;
mod event_context;
mod fold;
mod frequency;
mod length;
mod level;
mod lexicon;
mod number;
mod numeral;
mod numeric_date;
mod recurrence;
mod span;
mod statement;
mod tag;
mod text;
mod time_budget;
mod token;

use std::ops::Range;

use chrono::NaiveDate;

pub use self::level::Level;

use self::days::DayRules;
use self::text::Text;
use crate::constraints::weekdays;
use chrono::WeekdaySet;

/// Something read, and where it was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extracted<T> {
    /// What was understood.
    pub value: T,
    /// The bytes that say it, in the text it was read from; always on character boundaries.
    pub phrase: Range<usize>,
    /// Whether that text was the context and not the goal.
    pub in_context: bool,
}

/// Everything a goal and its context say of the constraints on the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtractedConstraints {
    /// The time a week has, in minutes.
    pub minutes_per_week: Option<Extracted<u32>>,
    /// The span the person gives, in weeks; a deadline alone gives none.
    pub weeks: Option<Extracted<u16>>,
    /// The day by which it must be done; of a span alone, the day it is over.
    pub deadline: Option<Extracted<NaiveDate>>,
    /// How far the person is already.
    pub level: Option<Extracted<Level>>,
    /// The days of the week on which nothing can be planned; never all seven.
    pub unavailable: Option<Extracted<WeekdaySet>>,
    /// A deadline whose year is written out and which is not after the start.
    pub past_deadline: Option<Extracted<NaiveDate>>,
}

/// One of the two texts, cut and understood.
struct SourceText {
    text: Text,
    day_rules: DayRules,
    in_context: bool,
}

impl SourceText {
    fn new(words: &str, in_context: bool) -> Self {
        let text = Text::new(words);
        let ruled = days::read(&text);
        Self {
            text,
            day_rules: ruled,
            in_context,
        }
    }

    fn found<T>(&self, value: T, tokens: &Range<usize>) -> Extracted<T> {
        Extracted {
            value,
            phrase: self.text.bytes(tokens),
            in_context: self.in_context,
        }
    }
}

/// Reads the constraints out of a goal and its context, for a plan that begins on `start`.
///
/// Where both texts state the same kind of constraint the goal wins.
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

    let mut spoken = ExtractedConstraints {
        unavailable: first(&sources, |source| {
            let (days, tokens) = source.day_rules.off.as_ref()?;
            Some(source.found(*days, tokens))
        }),
        level: first(&sources, |source| {
            level::read(&source.text).map(|(level, tokens)| source.found(level, &tokens))
        }),
        ..ExtractedConstraints::default()
    };
    read_hours(&sources, &mut spoken);
    read_time(&sources, start, &mut spoken);
    spoken
}

fn first<T>(sources: &[&SourceText], reader: impl Fn(&SourceText) -> Option<T>) -> Option<T> {
    sources.iter().find_map(|source| reader(source))
}

/// The budget, and the days it is tied to unless the person ruled out days in so many words.
fn read_hours(sources: &[&SourceText], spoken: &mut ExtractedConstraints) {
    let off = spoken
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
    if let Some((source, budget)) = budget {
        spoken.minutes_per_week = Some(source.found(budget.minutes, &budget.tokens));
        if let Some(days) = budget.days
            && spoken.unavailable.is_none()
            && days != WeekdaySet::ALL
        {
            spoken.unavailable = Some(source.found(weekdays::complement(days), &budget.tokens));
        }
    }
}

/// The span and the deadline; a span without a deadline sets one.
fn read_time(sources: &[&SourceText], start: NaiveDate, spoken: &mut ExtractedConstraints) {
    for source in sources {
        let deadlines = deadline::read(&source.text, start);
        let ahead = deadlines
            .ahead
            .map(|found| source.found(found.day, &found.tokens));
        let past = deadlines
            .past
            .map(|found| source.found(found.day, &found.tokens));
        spoken.deadline = spoken.deadline.take().or(ahead);
        spoken.past_deadline = spoken.past_deadline.take().or(past);
    }
    let span = sources
        .iter()
        .find_map(|source| Some((*source, span::read(&source.text, start)?)));
    if let Some((source, span)) = span {
        spoken.weeks = Some(source.found(span.weeks, &span.tokens));
        if spoken.deadline.is_none() {
            spoken.deadline = Some(source.found(span.end, &span.tokens));
        }
    }
}
