//! The person's level. What they want to become, or what the subject is called, does not count.

use std::ops::Range;

use super::tag::{Cue, Tag};
use super::text::Text;

/// The level of a person in what they want to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Starts from nothing or nearly so.
    Beginner,
    /// Knows the ground and has practised.
    Intermediate,
    /// Has years behind them.
    Advanced,
}

impl Level {
    /// Returns the name on the wire and in metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Beginner => "beginner",
            Self::Intermediate => "intermediate",
            Self::Advanced => "advanced",
        }
    }
}

/// Reads the level. The plainest cue counts; of two equally plain ones, the first.
pub(super) fn read(text: &Text) -> Option<(Level, Range<usize>)> {
    let mut best: Option<(u8, Level, usize)> = None;
    for index in 0..text.len() {
        let Tag::Level(cue) = text.tag(index) else {
            continue;
        };
        if let Some((strength, level)) = level_of(text, index, cue)
            && best.is_none_or(|(best, _, _)| strength > best)
        {
            best = Some((strength, level, index));
        }
    }
    best.map(|(_, level, index)| (level, index..index + 1))
}

/// Returns how plainly a cue states the person's level, and the level; `None` if it is about something else.
fn level_of(text: &Text, index: usize, cue: Cue) -> Option<(u8, Level)> {
    match cue {
        // "Cook curry from scratch", "build a compiler from scratch": how it is made.
        Cue::Novice if is_made(text, index) => None,
        // "the function is never used"
        Cue::Novice if text.back(index, 1) == Tag::Is => None,
        Cue::Novice => Some((3, Level::Beginner)),
        Cue::Practised => Some((3, Level::Intermediate)),
        Cue::Seasoned => Some((2, Level::Advanced)),
        _ if is_wished_for(text, index) => None,
        Cue::Beginner if is_denied(text, index) => Some((3, Level::Intermediate)),
        Cue::Beginner => (!is_for_others(text, index)).then_some((2, Level::Beginner)),
        Cue::Intermediate => Some((2, Level::Intermediate)),
        Cue::Advanced => {
            (is_about_self(text, index) && !is_denied(text, index)).then_some((2, Level::Advanced))
        }
        Cue::Frame(letter) => is_about_self(text, index).then_some((
            2,
            match letter {
                'a' => Level::Beginner,
                'b' => Level::Intermediate,
                _ => Level::Advanced,
            },
        )),
    }
}

/// Whether "from scratch" tells how a thing is made, judging by the verb before it.
fn is_made(text: &Text, index: usize) -> bool {
    const MAKERS: [&str; 18] = [
        "cook",
        "bake",
        "build",
        "building",
        "write",
        "written",
        "make",
        "making",
        "create",
        "implement",
        "sew",
        "brew",
        "code",
        "design",
        "hacer",
        "faire",
        "fazer",
        "cocinar",
    ];
    text.word(index).ends_with("scratch")
        && (1..=7)
            .take_while(|steps| !text.back(index, *steps).is_pause())
            .any(|steps| MAKERS.contains(&text.back_word(index, steps)))
}

/// "become an expert", "reach B2", "learn advanced SQL", "from B1 to B2" (the second).
fn is_wished_for(text: &Text, index: usize) -> bool {
    for steps in 1..=4 {
        match text.back(index, steps) {
            Tag::Target | Tag::To => return true,
            Tag::Event | Tag::By if text.tag(index) != Tag::Level(Cue::Beginner) => return true,
            Tag::Am | Tag::From | Tag::Have => return false,
            Tag::Marker if steps == 1 && text.word(index - 1) == "learn" => return true,
            tag if tag.is_pause() => return false,
            _ => {}
        }
    }
    false
}

fn is_denied(text: &Text, index: usize) -> bool {
    (1..=3)
        .take_while(|steps| !text.back(index, *steps).is_pause())
        .any(|steps| text.back(index, steps) == Tag::Not)
}

/// "a guide for beginners", "beginner class" as something to give.
fn is_for_others(text: &Text, index: usize) -> bool {
    let before = (1..=5)
        .take_while(|steps| {
            !text.back(index, *steps).is_pause() && text.back(index, *steps) != Tag::From
        })
        .any(|steps| {
            is_maker(text, index, steps)
                || matches!(
                    text.back(index, steps),
                    Tag::Target | Tag::Piece | Tag::Plan | Tag::Work
                )
        });
    before || text.tag(index + 1) == Tag::Piece
}

/// "make an app for beginners": the result is for others.
fn is_maker(text: &Text, index: usize, steps: usize) -> bool {
    let word = index
        .checked_sub(steps)
        .map_or("", |place| text.word(place));
    matches!(
        word,
        "make"
            | "write"
            | "create"
            | "design"
            | "teach"
            | "teaching"
            | "schreiben"
            | "escribir"
            | "ecrire"
            | "escrever"
    )
}

/// "I'm advanced", "my level is B1", "currently A2", "advanced, 5 hours a week", "B1 level".
fn is_about_self(text: &Text, index: usize) -> bool {
    let next = text.tag(index + 1);
    let about_me = (1..=5)
        .map(|steps| text.back(index, steps))
        .take_while(|tag| !tag.is_pause())
        .any(|tag| matches!(tag, Tag::Am | Tag::Is | Tag::From | Tag::Have));
    about_me || next == Tag::Am || (next.is_pause() && text.back(index, 1).is_pause())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(source: &str) -> Option<Level> {
        read(&Text::new(source)).map(|(level, _)| level)
    }

    #[test]
    fn what_people_say_of_themselves_is_their_level() {
        for (source, expected) in [
            ("I'm a total beginner", Level::Beginner),
            ("piano from scratch", Level::Beginner),
            ("I know a bit of Spanish", Level::Beginner),
            ("no experience with it", Level::Beginner),
            (
                "Intermediate German, relaxed conversations",
                Level::Intermediate,
            ),
            (
                "my networking knowledge is intermediate",
                Level::Intermediate,
            ),
            ("I'm not a beginner", Level::Intermediate),
            ("I play well already", Level::Intermediate),
            ("my level is B1", Level::Intermediate),
            ("from A2 to B1", Level::Beginner),
            ("I'm an advanced swimmer", Level::Advanced),
        ] {
            assert_eq!(level(source), Some(expected), "{source}");
        }
    }

    #[test]
    fn a_wish_or_a_subject_is_no_level() {
        for source in [
            "learn advanced SQL",
            "Advanced SQL",
            "become an expert in wine",
            "reach B2 in French",
            "pass the B1 exam",
            "beginner's luck, a novel",
            "write a guide for beginners",
        ] {
            assert_eq!(level(source), None, "{source}");
        }
    }
}
