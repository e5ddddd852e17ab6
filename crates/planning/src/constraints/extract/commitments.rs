//! Amounts of time that are not available for the plan: a job, sleep, a film's running time, a flight.

use super::amount::Amount;
use super::tag::Tag;
use super::text::Text;

/// Maximum number of tokens between an amount and the verb before it.
const REACH: usize = 9;

/// Whether the amount is taken already. `end` is the token after the amount and its recurrence.
pub(super) fn is_commitment(text: &Text, amount: &Amount, end: usize) -> bool {
    has_own_length(text, amount.tokens.end)
        || is_time_of_event(text, amount.tokens.start)
        || belongs_elsewhere(text, amount.tokens.end, true)
        || belongs_elsewhere(text, end, false)
        || is_governed_by_work(text, amount.tokens.start)
}

/// "the exam is on 18 December from 9 to 12": the span of time is that of the event.
fn is_time_of_event(text: &Text, start: usize) -> bool {
    let is_span = matches!(text.tag(start), Tag::Minutes(_)) && text.word(start).is_empty();
    let near = (1..=8).take_while(|steps| {
        let tag = text.back(start, *steps);
        !matches!(
            tag,
            Tag::Comma | Tag::Have | Tag::Every | Tag::Rate(_) | Tag::Days(_)
        ) && (tag != Tag::Stop || text.is_glued(start.saturating_sub(*steps)))
    });
    is_span
        && near
            .into_iter()
            .any(|steps| text.back(start, steps) == Tag::Event)
}

/// "a ten minute documentary", "20 minutes long".
fn has_own_length(text: &Text, end: usize) -> bool {
    let next = text.skip(end, |tag| tag == Tag::Hyphen);
    matches!(
        (text.tag(next), text.tag(next + 1)),
        (Tag::Piece | Tag::Long | Tag::Trip | Tag::Aged | Tag::Ago, _) | (Tag::Other, Tag::Piece)
    )
}

/// "12 hours of lectures", "8 hours sleep", "40 hours a week at the office".
///
/// With `loosely`, one unknown word may stand between: "two hours of deep work".
fn belongs_elsewhere(text: &Text, end: usize, loosely: bool) -> bool {
    let linked = text.skip(end, |tag| {
        matches!(tag, Tag::Of | Tag::On | Tag::In | Tag::Hyphen)
    });
    let noun = if linked > end {
        let noun = text.skip(linked, |tag| {
            matches!(tag, Tag::Article | Tag::Approx | Tag::Marker)
        });
        noun + usize::from(
            loosely && text.tag(noun) == Tag::Other && text.tag(noun + 1) == Tag::Work,
        )
    } else {
        linked
    };
    linked <= end + 2 && text.tag(noun) == Tag::Work
}

/// Whether the nearest verb before the amount says that the time is taken: "I work 50 hours", not "I have 5 hours".
fn is_governed_by_work(text: &Text, start: usize) -> bool {
    if text.back(start, 1) == Tag::Aside && text.back(start, 2) == Tag::Work {
        // "I work full time (40 hours a week)"
        return true;
    }
    for steps in 1..=REACH {
        match text.back(start, steps) {
            Tag::Work => {
                // "I can work 5 hours a week" is an offer; "I have to work" and "I have school" are not.
                let is_verb = ["work", "arbeit", "travail", "trabaj", "trabal"]
                    .iter()
                    .any(|stem| text.back_word(start, steps).starts_with(stem));
                return !is_verb || !matches!(text.back(start, steps + 1), Tag::Have | Tag::To);
            }
            Tag::Past | Tag::Been => return true,
            // "38 Stunden Arbeit pro Woche, 5 Stunden pro Woche": the recurrence ends what is taken.
            Tag::Unit(_) if matches!(text.back(start, steps + 1), Tag::Per | Tag::Slash) => {
                return false;
            }
            Tag::Have | Tag::But | Tag::And => return false,
            tag if tag.is_pause() => return false,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::amount::amounts;
    use super::*;

    fn is_taken(source: &str) -> bool {
        let text = Text::new(source);
        let amount = amounts(&text).remove(0);
        is_commitment(&text, &amount, amount.tokens.end + 2)
    }

    #[test]
    fn hours_of_a_job_of_sleep_and_of_a_film_are_commitments() {
        for source in [
            "I work 50 hours a week",
            "sleep 8 hours a night",
            "12 hours of lectures a week",
            "a 40 hour job",
            "a ten minute documentary every week",
            "two hours of deep work a day",
            "I am at the office 9 hours a day",
        ] {
            assert!(is_taken(source), "{source}");
        }
    }

    #[test]
    fn hours_that_the_person_offers_are_no_commitment() {
        for source in [
            "I work full time but have 5 hours a week",
            "I can work 5 hours a week",
            "after work 30 minutes a day",
            "six hours of study a week",
        ] {
            assert!(!is_taken(source), "{source}");
        }
    }
}
