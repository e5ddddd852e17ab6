//! The user's goal, parsed and bounded. A [`Goal`] is safe to count, to store and to send to a model as data.

use crate::care;
use crate::characters::is_blank;
use crate::validation::FieldErrors;

/// Minimum number of characters of a goal, after trimming.
pub const GOAL_MIN_CHARS: usize = 3;
/// Maximum number of characters of a goal, after trimming.
pub const GOAL_MAX_CHARS: usize = 500;
/// Maximum number of characters of a context, after trimming.
pub const CONTEXT_MAX_CHARS: usize = 1000;

/// A user's goal, with optional context about their circumstances.
///
/// It has no `Display`, and its `Debug` shows lengths only, so that the words cannot leak into logs or traces.
#[derive(Clone, PartialEq, Eq)]
pub struct Goal {
    text: String,
    context: Option<String>,
}

impl Goal {
    /// Parses goal and context. A blank context counts as none.
    ///
    /// Reports every problem to `errors` under the fields `goal` and `context`, and returns `None` if there was one.
    pub fn parse(
        text: Option<&str>,
        context: Option<&str>,
        errors: &mut FieldErrors,
    ) -> Option<Self> {
        let text = match text {
            None => {
                errors.report(
                    "goal",
                    format!(
                        "is required: a string of {GOAL_MIN_CHARS} to {GOAL_MAX_CHARS} characters"
                    ),
                );
                None
            }
            Some(text) => bounded("goal", text, GOAL_MIN_CHARS, GOAL_MAX_CHARS, errors),
        };
        if text.is_some_and(care::mentions_self_harm) {
            errors.report("goal", care::CRISIS_ANSWER);
            return None;
        }
        let context = match context.map(str::trim).filter(|context| !context.is_empty()) {
            None => Some(None),
            Some(context) => bounded("context", context, 0, CONTEXT_MAX_CHARS, errors).map(Some),
        };
        Some(Self {
            text: text?.to_owned(),
            context: context?.map(str::to_owned),
        })
    }

    /// Returns the goal's text, trimmed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the context, trimmed and never empty.
    #[must_use]
    pub fn context(&self) -> Option<&str> {
        self.context.as_deref()
    }

    /// Returns the number of characters in the goal, without its context. Usage rows store it instead of the text.
    #[must_use]
    pub fn chars(&self) -> usize {
        self.text.chars().count()
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

/// Returns the trimmed text if its length and characters are allowed. Otherwise reports an error and returns `None`.
fn bounded<'a>(
    field: &str,
    text: &'a str,
    min: usize,
    max: usize,
    errors: &mut FieldErrors,
) -> Option<&'a str> {
    let text = text.trim();
    let chars = text.chars().count();
    if chars < min || chars > max {
        errors.report(
            field,
            format!("must have {min} to {max} characters after trimming, not {chars}"),
        );
        return None;
    }
    if let Some((index, unwanted)) = text
        .chars()
        .enumerate()
        .find(|(_, char)| is_unwanted(*char))
    {
        errors.report(
            field,
            format!(
                "has U+{:04X} as character {}: control characters (except tab and line breaks), \
                 bidirectional overrides and invisible tags are not allowed",
                u32::from(unwanted),
                index + 1
            ),
        );
        return None;
    }
    if min > 0 && text.chars().all(is_blank) {
        errors.report(field, "must contain a visible character");
        return None;
    }
    Some(text)
}

/// Returns whether a character is not allowed in any input or output.
///
/// Control characters break logs and terminals. Bidirectional overrides and isolates make a text display differently from its
/// logical order. The tag block (U+E0000) can hide instructions from readers. Joiners and direction *marks* are allowed, because
/// emoji, Persian and Indic scripts need them.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, context: Option<&str>) -> Result<Goal, Vec<(String, String)>> {
        let mut errors = FieldErrors::default();
        let goal = Goal::parse(Some(text), context, &mut errors);
        errors.into_result(goal).map_err(|invalid| {
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
    fn characters_that_hide_or_reorder_text_are_refused_by_code() {
        for (text, code) in [
            ("learn \u{7}bell", "U+0007"),
            ("learn \u{202e}nohtyp", "U+202E"),
            ("go \u{e0041}", "U+E0041"),
        ] {
            let errors = parse(text, None).unwrap_err();
            assert!(errors[0].1.contains(code), "{text:?}: {errors:?}");
        }
        for blank in ["\u{200b}", "\u{3164}", "\u{2800}", "\u{115f}"] {
            let errors = parse(&blank.repeat(4), None).unwrap_err();
            assert!(errors[0].1.contains("visible"), "{blank:?}: {errors:?}");
        }
    }

    #[test]
    fn emoji_right_to_left_text_and_line_breaks_are_allowed() {
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
    fn self_harm_gets_the_crisis_answer_and_a_goal_about_prevention_does_not() {
        assert!(
            parse("I want to kill myself", None).unwrap_err()[0]
                .1
                .contains("findahelpline.com")
        );
        assert!(parse("become a suicide prevention volunteer", None).is_ok());
        assert!(parse("kill my darlings: edit the novel", None).is_ok());
    }

    #[test]
    fn debug_output_does_not_contain_the_text() {
        let goal = parse("divorce my husband", Some("secret")).unwrap();

        let shown = format!("{goal:?}");

        assert!(
            !shown.contains("divorce") && !shown.contains("secret"),
            "{shown}"
        );
        assert_eq!(goal.chars(), 18);
    }
}
