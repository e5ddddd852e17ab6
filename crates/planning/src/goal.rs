//! The user's words, parsed and bounded. Past this door they are safe to count, to store and to send to a model as data.

use crate::care;
use crate::validation::FieldErrors;

/// Fewest characters of a goal, after trimming.
pub const GOAL_MIN_CHARS: usize = 3;
/// Most characters of a goal, after trimming.
pub const GOAL_MAX_CHARS: usize = 500;
/// Most characters of a context, after trimming.
pub const CONTEXT_MAX_CHARS: usize = 1000;

/// What a person wants, and what they say about their circumstances.
///
/// It has no `Display`, and its `Debug` shows lengths only: the words must not slip into logs or traces.
#[derive(Clone, PartialEq, Eq)]
pub struct Goal {
    text: String,
    context: Option<String>,
}

impl Goal {
    /// Parses the two texts. A context of white space counts as none.
    ///
    /// Notes every problem in `complaints` under the fields `goal` and `context`, and returns `None` if there was one.
    pub fn parse(
        text: Option<&str>,
        context: Option<&str>,
        complaints: &mut FieldErrors,
    ) -> Option<Self> {
        let text = match text {
            None => {
                complaints.report(
                    "goal",
                    format!(
                        "is required: a text of {GOAL_MIN_CHARS} to {GOAL_MAX_CHARS} characters"
                    ),
                );
                None
            }
            Some(text) => bounded("goal", text, GOAL_MIN_CHARS, GOAL_MAX_CHARS, complaints),
        };
        if text.is_some_and(care::mentions_self_harm) {
            complaints.report("goal", care::CRISIS_ANSWER);
            return None;
        }
        let context = match context.map(str::trim).filter(|context| !context.is_empty()) {
            None => Some(None),
            Some(context) => {
                bounded("context", context, 0, CONTEXT_MAX_CHARS, complaints).map(Some)
            }
        };
        Some(Self {
            text: text?.to_owned(),
            context: context?.map(str::to_owned),
        })
    }

    /// The goal in the user's words, trimmed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The circumstances in the user's words, trimmed; never empty.
    #[must_use]
    pub fn context(&self) -> Option<&str> {
        self.context.as_deref()
    }

    /// Characters of goal and context together: what usage rows keep instead of the words.
    #[must_use]
    pub fn chars(&self) -> usize {
        self.text.chars().count()
            + self
                .context
                .as_deref()
                .map_or(0, |context| context.chars().count())
    }
}

impl std::fmt::Debug for Goal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Goal")
            .field("text_bytes", &self.text.len())
            .field("context_bytes", &self.context.as_ref().map(String::len))
            .finish()
    }
}

/// The trimmed text, if its length and its characters are allowed.
fn bounded<'a>(
    field: &str,
    text: &'a str,
    min: usize,
    max: usize,
    complaints: &mut FieldErrors,
) -> Option<&'a str> {
    let text = text.trim();
    let chars = text.chars().count();
    if chars < min || chars > max {
        complaints.report(
            field,
            format!("must have {min} to {max} characters after trimming, not {chars}"),
        );
        return None;
    }
    if let Some((place, unwanted)) = text
        .chars()
        .enumerate()
        .find(|(_, char)| is_unwanted(*char))
    {
        complaints.report(
            field,
            format!(
                "has U+{:04X} as character {}: control characters (save tab and line breaks), \
                 bidirectional overrides and invisible tags are not allowed",
                u32::from(unwanted),
                place + 1
            ),
        );
        return None;
    }
    if min > 0 && !text.chars().any(is_visible) {
        complaints.report(field, "has no visible character");
        return None;
    }
    Some(text)
}

/// Whether a character may not stand in anything we take in or give out.
///
/// Control characters break logs and terminals; bidirectional overrides and isolates make a text show other than it
/// reads; the tag block (U+E0000) smuggles instructions that nobody sees. Joiners and direction *marks* stay: emoji,
/// Persian and Indic scripts need them.
#[must_use]
pub fn is_unwanted(char: char) -> bool {
    match char {
        '\t' | '\n' | '\r' => false,
        '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{e0000}'..='\u{e007f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' => true,
        _ => char.is_control(),
    }
}

fn is_visible(char: char) -> bool {
    !char.is_whitespace()
        && !matches!(char, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{ad}' | '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, context: Option<&str>) -> Result<Goal, Vec<(String, String)>> {
        let mut complaints = FieldErrors::default();
        let goal = Goal::parse(Some(text), context, &mut complaints);
        complaints.into_result(goal).map_err(|invalid| {
            invalid
                .errors()
                .iter()
                .map(|error| (error.field.clone(), error.message.clone()))
                .collect()
        })
    }

    #[test]
    fn limits_are_counted_in_characters_not_in_bytes() {
        assert!(parse("学游泳", None).is_ok());
        assert!(parse(&"é".repeat(500), Some(&"語".repeat(1000))).is_ok());
        assert_eq!(parse(&"é".repeat(501), None).unwrap_err()[0].0, "goal");
        assert_eq!(
            parse("learn", Some(&"語".repeat(1001))).unwrap_err()[0].0,
            "context"
        );
        assert!(parse("  ab  ", None).unwrap_err()[0].1.contains("not 2"));
    }

    #[test]
    fn characters_that_hide_or_reorder_text_are_refused_by_name() {
        for (text, code) in [
            ("learn \u{7}bell", "U+0007"),
            ("learn \u{202e}nohtyp", "U+202E"),
            ("go \u{e0041}", "U+E0041"),
        ] {
            let errors = parse(text, None).unwrap_err();
            assert!(errors[0].1.contains(code), "{text:?}: {errors:?}");
        }
        assert!(
            parse("\u{200b}\u{200b}\u{200b}\u{200b}", None).unwrap_err()[0]
                .1
                .contains("visible")
        );
    }

    #[test]
    fn emoji_right_to_left_text_and_line_breaks_are_welcome() {
        for text in [
            "🎹🎹🎹",
            "أريد تعلم البيانو",
            "می\u{200c}خواهم بدوم",
            "👩\u{200d}💻 career",
            "learn\r\nrust",
        ] {
            assert!(
                parse(text, Some("line one\n\tline two")).is_ok(),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_person_in_need_is_sent_to_people_and_a_goal_about_prevention_is_planned() {
        assert!(
            parse("I want to kill myself", None).unwrap_err()[0]
                .1
                .contains("findahelpline.com")
        );
        assert!(parse("become a suicide prevention volunteer", None).is_ok());
        assert!(parse("kill my darlings: edit the novel", None).is_ok());
    }

    #[test]
    fn debug_output_keeps_the_words_to_itself() {
        let goal = parse("divorce my husband", Some("secret")).unwrap();

        let shown = format!("{goal:?}");

        assert!(
            !shown.contains("divorce") && !shown.contains("secret"),
            "{shown}"
        );
        assert_eq!(goal.chars(), 24);
    }
}
