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
mod date;
mod days;
mod dayset;
mod deadline;
mod figure;
mod fold;
mod hours;
mod length;
mod level;
mod lexicon;
mod number;
mod occasion;
mod pace;
mod rhythm;
mod ruling;
mod span;
mod statement;
mod tag;
mod taken;
mod text;
mod token;
mod weekdays;
mod written;

use std::ops::Range;

use chrono::NaiveDate;

pub use self::level::Level;
pub use self::weekdays::Weekdays;

use self::days::Ruled;
use self::text::Text;

/// Something read, and where it was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<T> {
    /// What was understood.
    pub value: T,
    /// The bytes that say it, in the text it was read from; always on character boundaries.
    pub phrase: Range<usize>,
    /// Whether that text was the context and not the goal.
    pub in_context: bool,
}

/// Everything a goal and its context say of the constraints on the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spoken {
    /// The time a week has, in minutes.
    pub minutes_per_week: Option<Found<u32>>,
    /// The span the person gives, in weeks; a deadline alone gives none.
    pub weeks: Option<Found<u16>>,
    /// The day by which it must be done; of a span alone, the day it is over.
    pub deadline: Option<Found<NaiveDate>>,
    /// How far the person is already.
    pub level: Option<Found<Level>>,
    /// The days of the week on which nothing can be planned; never all seven.
    pub unavailable: Option<Found<Weekdays>>,
    /// A deadline whose year is written out and which is not after the start.
    pub past_deadline: Option<Found<NaiveDate>>,
}

/// One of the two texts, cut and understood.
struct Source {
    text: Text,
    ruled: Ruled,
    in_context: bool,
}

impl Source {
    fn new(words: &str, in_context: bool) -> Self {
        let text = Text::new(words);
        let ruled = days::read(&text);
        Self {
            text,
            ruled,
            in_context,
        }
    }

    fn found<T>(&self, value: T, tokens: &Range<usize>) -> Found<T> {
        Found {
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
/// use goal_router::constraints::spoken::read;
///
/// let start = NaiveDate::from_ymd_opt(2026, 2, 2).unwrap();
/// let spoken = read("Touch typing in 6 weeks, 10 minutes every day", None, start);
///
/// assert_eq!(spoken.minutes_per_week.unwrap().value, 70);
/// assert_eq!(spoken.weeks.unwrap().value, 6);
/// ```
#[must_use]
pub fn read(goal: &str, context: Option<&str>, start: NaiveDate) -> Spoken {
    let goal = Source::new(goal, false);
    let context = context.map(|context| Source::new(context, true));
    let sources: Vec<&Source> = std::iter::once(&goal).chain(&context).collect();

    let mut spoken = Spoken {
        unavailable: first(&sources, |source| {
            let (days, tokens) = source.ruled.off.as_ref()?;
            Some(source.found(*days, tokens))
        }),
        level: first(&sources, |source| {
            level::read(&source.text).map(|(level, tokens)| source.found(level, &tokens))
        }),
        ..Spoken::default()
    };
    read_hours(&sources, &mut spoken);
    read_time(&sources, start, &mut spoken);
    spoken
}

fn first<T>(sources: &[&Source], reader: impl Fn(&Source) -> Option<T>) -> Option<T> {
    sources.iter().find_map(|source| reader(source))
}

/// The budget, and the days it is tied to unless the person ruled out days in so many words.
fn read_hours(sources: &[&Source], spoken: &mut Spoken) {
    let off = spoken
        .unavailable
        .as_ref()
        .map_or(Weekdays::NONE, |off| off.value);
    let budget = sources.iter().find_map(|source| {
        let budget = hours::read(&source.text, off.others(), &source.ruled.denied)?;
        Some((*source, budget))
    });
    if let Some((source, budget)) = budget {
        spoken.minutes_per_week = Some(source.found(budget.minutes, &budget.tokens));
        if let Some(days) = budget.days
            && spoken.unavailable.is_none()
            && days != Weekdays::ALL
        {
            spoken.unavailable = Some(source.found(days.others(), &budget.tokens));
        }
    }
}

/// The span and the deadline; a span without a deadline sets one.
fn read_time(sources: &[&Source], start: NaiveDate, spoken: &mut Spoken) {
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
