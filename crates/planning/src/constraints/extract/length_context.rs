//! The words around a length of time, which decide whether it is the person's span or the length of something else.

use std::ops::Range;

use super::narrative::is_told;
use super::tag::{Tag, Unit};
use super::text::Text;

/// Returns how surely a length is the person's span, from 1 to 3; `None` if it is the length of something else.
pub(super) fn strength(
    text: &Text,
    tokens: Range<usize>,
    unit: Unit,
    article: bool,
    hundredths: u32,
) -> Option<u8> {
    let (first, end) = (tokens.start, tokens.end);
    if is_past_or_else(text, first, end) || (article && is_a_rate(text, first)) {
        return None;
    }
    if is_of_something_else(text, &tokens, unit, hundredths) {
        return None;
    }
    let length = LengthContext::new(text, tokens, unit, article, hundredths);
    let is_years = unit == Unit::Year && hundredths > 100;
    match length.lead {
        Tag::Every => None,
        Tag::In | Tag::Within if !length.adjective => length.strength_within(),
        // "9 hours split over three days"
        Tag::Over if unit == Unit::Day && hundredths < 1000 => None,
        Tag::Over if !length.away => Some(3),
        _ if length.leads_to_end() => Some(3),
        _ if length.adjective && is_years => None,
        _ if length.adjective => length.strength_of_adjective(),
        _ if !length.away && length.is_next() => Some(2),
        _ if length.away || is_years => None,
        _ => length.strength_by_neighbours(),
    }
}

/// Whether the words on either side say that the length is no span at all.
fn is_of_something_else(text: &Text, tokens: &Range<usize>, unit: Unit, hundredths: u32) -> bool {
    let (first, end) = (tokens.start, tokens.end);
    let before = text.back(first, 1);
    // "one commit a day", "reply within a day"
    let is_one_day = unit == Unit::Day && hundredths == 100;
    // "four quarters" of a match
    let is_bare = before == Tag::Stop && text.tag(end) == Tag::Stop;
    let is_counted_on = is_bare || matches!(before, Tag::In | Tag::Within | Tag::Over | Tag::Next);
    // "Thursday in two weeks" is a day.
    let is_of_day = before == Tag::In && matches!(text.back(first, 2), Tag::Day(_));
    is_one_day
        || (unit == Unit::Quarter && !is_counted_on)
        || is_of_day
        || is_counted_back(text, first, end)
        || text.word(end) == "early"
        || is_told(text, first)
}

/// "finish two weeks before my exam on 14 March": the length counts back from the day of the exam.
fn is_counted_back(text: &Text, first: usize, end: usize) -> bool {
    const FINISH: [&str; 12] = [
        "finish", "finished", "done", "ready", "fertig", "terminar", "finir", "termine", "acabar",
        "listo", "pronto", "terminer",
    ];
    let mut behind = (end + 1..end + 9).take_while(|place| !text.tag(*place).is_pause());
    text.tag(end) == Tag::Before
        && text
            .sentence(first)
            .any(|place| FINISH.contains(&text.word(place)))
        && behind.any(|place| matches!(text.tag(place), Tag::Month(_) | Tag::NumericDate(_)))
}

/// A length and the words around it that decide whether it is the person's span.
struct LengthContext<'t> {
    text: &'t Text,
    /// The tokens of the length.
    tokens: Range<usize>,
    unit: Unit,
    /// The count, in hundredths of the unit.
    hundredths: u32,
    /// Whether the count is an article: "a week".
    article: bool,
    /// How many tokens before the length `lead` stands.
    steps: usize,
    /// The word that leads to the length: "in" in "in about 6 weeks".
    lead: Tag,
    /// The word behind the length.
    follows: Tag,
    /// Whether the length describes a noun: "12-week plan".
    adjective: bool,
    /// Whether the length is that of a trip or the like.
    away: bool,
}

impl<'t> LengthContext<'t> {
    fn new(
        text: &'t Text,
        tokens: Range<usize>,
        unit: Unit,
        article: bool,
        hundredths: u32,
    ) -> Self {
        let mut steps = 1;
        while matches!(
            text.back(tokens.start, steps),
            Tag::Article | Tag::Approx | Tag::Next | Tag::This | Tag::Only | Tag::Between
        ) {
            steps += 1;
        }
        let follows = text.tag(tokens.end);
        Self {
            text,
            unit,
            hundredths,
            article,
            steps,
            lead: text.back(tokens.start, steps),
            follows,
            adjective: text.any(tokens.clone(), |tag| tag == Tag::Hyphen)
                || matches!(follows, Tag::Plan),
            away: is_away(text, tokens.start, tokens.end),
            tokens,
        }
    }

    /// "the next 6 weeks".
    fn is_next(&self) -> bool {
        (1..self.steps).any(|steps| self.text.back(self.tokens.start, steps) == Tag::Next)
    }

    /// "6 weeks from now", "six weeks until my exam", "8 weeks before the race".
    fn leads_to_end(&self) -> bool {
        // "three groups a week until I can think" says how often.
        let before = self.text.back(self.tokens.start, 1);
        let is_alone =
            !self.article || before.is_pause() || matches!(before, Tag::Have | Tag::Only);
        (matches!(self.follows, Tag::Hence | Tag::By) && is_alone)
            || (self.follows == Tag::Before && !self.article)
    }

    /// Whether a plan or its sessions follow: "8 weeks of training sessions".
    fn is_of_plan(&self) -> bool {
        let end = self.tokens.end;
        (end..end + 5)
            .map(|place| self.text.tag(place))
            .take_while(|tag| !tag.is_pause())
            .any(|tag| matches!(tag, Tag::Plan | Tag::Session))
    }

    /// "I have 8 weeks".
    fn is_given(&self) -> bool {
        self.text.back(self.tokens.start, 1) == Tag::Have
    }

    /// "in 6 weeks", "within a quarter".
    fn strength_within(&self) -> Option<u8> {
        let first = self.tokens.start;
        // "four papers in five days" says how dense they are.
        let is_density = self.unit == Unit::Day
            && self.text.back(first, self.steps + 1) == Tag::Piece
            && matches!(self.text.back(first, self.steps + 2), Tag::Num(_));
        // "hike the 164 km in 7 days" is how fast.
        let is_short = self.unit == Unit::Day && self.hundredths <= 1000;
        let is_trip = (1..=8)
            .map(|steps| self.text.back(first, steps))
            .take_while(|tag| *tag != Tag::Stop)
            .any(|tag| matches!(tag, Tag::Session | Tag::Trip));
        let is_pace = is_short && (is_trip || is_distance_before(self.text, first));
        // "twice in a week" is a recurrence.
        let is_frequency =
            || self.article && is_counted(self.text, first.saturating_sub(self.steps));
        (!is_density && !is_pace && !is_frequency()).then_some(3)
    }

    /// "12-week plan", "the 30-day challenge".
    fn strength_of_adjective(&self) -> Option<u8> {
        if self.is_of_plan() {
            return Some(2);
        }
        (!self.away && self.unit != Unit::Day && self.follows.is_pause()).then_some(1)
    }

    /// Decides a length that no clear word leads to: "for 8 weeks", "I have a month", "100 days of code".
    fn strength_by_neighbours(&self) -> Option<u8> {
        let Self {
            unit,
            hundredths,
            lead,
            follows,
            ..
        } = *self;
        match lead {
            Tag::For | Tag::By if unit != Unit::Day || hundredths >= 700 => Some(2),
            Tag::Of | Tag::From | Tag::After | Tag::Not | Tag::Per | Tag::Before | Tag::On => None,
            _ if self.article => {
                let given = self.is_given() && (follows.is_pause() || follows == Tag::To);
                (given || self.is_of_plan()).then_some(1)
            }
            _ if unit == Unit::Day
                && lead == Tag::Have
                && matches!(follows, Tag::To | Tag::For) =>
            {
                Some(1)
            }
            // "100 days of code"
            _ if unit == Unit::Day && follows == Tag::Of => {
                (hundredths >= 2100 && lead.is_pause()).then_some(1)
            }
            _ if unit == Unit::Day => {
                (hundredths >= 700 && (follows.is_pause() || self.is_of_plan())).then_some(1)
            }
            _ if is_recurrence(self.text, self.tokens.end) => None,
            _ => (follows.is_pause()
                || is_filler(follows)
                || self.is_given()
                || (follows == Tag::Of && self.text.tag(self.tokens.end + 1) == Tag::Have)
                || self.is_of_plan())
            .then_some(1),
        }
    }
}

/// Whether the tag may follow a bare "8 weeks" that is the span: a word that starts the next thought.
fn is_filler(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::And
            | Tag::For
            | Tag::To
            | Tag::Total
            | Tag::Approx
            | Tag::Begin
            | Tag::Start
            | Tag::But
            | Tag::Is
    )
}

/// "3 days a week", "two weeks per year".
fn is_recurrence(text: &Text, end: usize) -> bool {
    matches!(
        text.tag(end),
        Tag::Per | Tag::Slash | Tag::Every | Tag::Rate(_) | Tag::Article
    )
}

/// "6 months ago", "3-month-old", "for two years I have been", "every three months".
fn is_past_or_else(text: &Text, first: usize, end: usize) -> bool {
    let next = text.skip(end, |tag| tag == Tag::Hyphen);
    if matches!(text.tag(next), Tag::Ago | Tag::Aged | Tag::Off | Tag::After) {
        return true;
    }
    if text.tag(next) == Tag::Of && matches!(text.tag(next + 1), Tag::Aged | Tag::Trip) {
        return true;
    }
    // "longer than two weeks", "I haven't moved in a year"
    let is_denied = |steps| {
        matches!(
            text.back_word(first, steps),
            "haven't" | "hasn't" | "havent"
        )
    };
    if text.back_word(first, 1) == "than" || (1..=4).any(is_denied) {
        return true;
    }
    // "Around the World in 80 Days"
    let is_world = |word: &str| matches!(word, "world" | "welt" | "monde" | "mundo");
    if (end..end + 3).any(|place| is_world(text.word(place)))
        || (2..=3).any(|steps| is_world(text.back_word(first, steps)))
    {
        return true;
    }
    (1..=8)
        .map(|steps| text.back(first, steps))
        .take_while(|tag| {
            !tag.is_pause()
                && !matches!(tag, Tag::And | Tag::But | Tag::Have | Tag::In | Tag::Within)
        })
        .any(|tag| {
            matches!(
                tag,
                Tag::Since | Tag::Last | Tag::Been | Tag::Past | Tag::Ago | Tag::Aged
            )
        })
}

/// Whether the length is that of a trip or of something else that lasts by itself.
fn is_away(text: &Text, first: usize, end: usize) -> bool {
    let behind = (end..end + 5).take_while(|place| !text.tag(*place).is_pause());
    let front = (1..=5)
        .map(|steps| text.back(first, steps))
        .take_while(|tag| !tag.is_pause());
    behind
        .map(|place| text.tag(place))
        .any(|tag| tag == Tag::Trip)
        || front.into_iter().any(|tag| tag == Tag::Trip)
}

/// Whether "a week" is the recurrence of an amount before it: "6 hours of study a week until the exam".
fn is_a_rate(text: &Text, first: usize) -> bool {
    (1..=6)
        .map(|steps| text.back(first, steps))
        .take_while(|tag| {
            !tag.is_pause() && !matches!(tag, Tag::In | Tag::Within | Tag::Over | Tag::For)
        })
        .any(|tag| {
            matches!(
                tag,
                Tag::Unit(_) | Tag::Minutes(_) | Tag::Often(_) | Tag::Times | Tag::Cross
            )
        })
}

/// Whether a distance stands before `first` in its sentence.
fn is_distance_before(text: &Text, first: usize) -> bool {
    (1..=8)
        .take_while(|steps| text.back(first, *steps) != Tag::Stop)
        .any(|steps| {
            matches!(
                text.back_word(first, steps),
                "km" | "kilometres" | "kilometer" | "miles" | "mile"
            )
        })
}

/// Whether a count or an amount ends right before `place`.
fn is_counted(text: &Text, place: usize) -> bool {
    matches!(
        text.back(place, 1),
        Tag::Unit(_) | Tag::Minutes(_) | Tag::Often(_) | Tag::Times | Tag::Cross | Tag::Session
    )
}
