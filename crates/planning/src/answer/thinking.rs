//! Thinking that a model wrote into its text, between tags. What it drafts there is no answer.

use super::loose_json::read_whole;

/// The names of the tags, as `<name>`, in lower case; in square brackets only the first two are tags.
const NAMES: [&str; 11] = [
    "think",
    "thinking",
    "thought",
    "thoughts",
    "reasoning",
    "reasoning_content",
    "reflection",
    "scratchpad",
    "analysis",
    "antthinking",
    "seed:think",
];

/// Tags of other forms: how thinking begins, and how it ends.
const OTHER: [(&str, &str); 3] = [
    ("◁think▷", "◁/think▷"),
    ("<|channel|>analysis<|message|>", "<|end|>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
];

/// A text, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Split {
    /// What is for the reader.
    pub visible: String,
    /// What was thought.
    pub thinking: String,
}

impl Split {
    /// Takes a text apart. Thinking that does not end goes on to the end of the text; what stands before an end without a beginning
    /// was thought, because some servers leave the beginning out.
    pub fn of(text: &str) -> Self {
        let mut split = Self::default();
        let mut rest = text;
        // A text that is JSON has no tags, only words that look like them.
        if text.trim_start().starts_with(['{', '[']) && read_whole(text).is_some() {
            split.visible.push_str(text);
            return split;
        }
        while let Some(tag) = Tag::next(rest) {
            let (before, after) = (&rest[..tag.start], &rest[tag.end..]);
            if tag.closes {
                let visible = std::mem::take(&mut split.visible);
                split.thinking.push_str(&visible);
                split.thinking.push_str(before);
                rest = after;
                continue;
            }
            split.visible.push_str(before);
            let Some((end, after_end)) = tag.end_of(after) else {
                split.thinking.push_str(after);
                return split;
            };
            split.thinking.push_str(&after[..end]);
            rest = &after[after_end..];
        }
        split.visible.push_str(rest);
        split
    }
}

/// A tag in a text.
struct Tag {
    start: usize,
    end: usize,
    /// Whether it ends thinking.
    closes: bool,
    /// What ends the thinking that it begins.
    closing: String,
}

impl Tag {
    fn next(text: &str) -> Option<Self> {
        let starts = text.match_indices(['<', '[', '◁']);
        starts
            .map(|(start, _)| start)
            .find_map(|start| Self::at(text, start))
    }

    fn at(text: &str, start: usize) -> Option<Self> {
        let rest = &text[start..];
        for (opening, closing) in OTHER {
            for (form, closes) in [(opening, false), (closing, true)] {
                if rest.starts_with(form) && form != "<|end|>" {
                    return Some(Self {
                        start,
                        end: start + form.len(),
                        closes,
                        closing: closing.to_owned(),
                    });
                }
            }
        }
        let bracket = rest.chars().next()?;
        let closing_bracket = if bracket == '[' { ']' } else { '>' };
        // The longest name has nineteen letters, and a tag may have an attribute.
        let end = rest
            .bytes()
            .take(48)
            .position(|byte| byte == closing_bracket as u8)?;
        let inside = rest.get(1..end)?;
        let name = inside.strip_prefix('/').unwrap_or(inside);
        let name = name.split_whitespace().next()?.to_ascii_lowercase();
        // "[Reflection] Write down ..." is a task.
        let is_name = match bracket {
            '[' => matches!(name.as_str(), "think" | "thinking"),
            _ => NAMES.contains(&name.as_str()),
        };
        is_name.then(|| Self {
            start,
            end: start + end + 1,
            closes: inside.starts_with('/'),
            closing: format!("{bracket}/{name}{closing_bracket}"),
        })
    }

    /// Returns where the thinking ends in the text after this tag, and where its end tag ends.
    fn end_of(&self, text: &str) -> Option<(usize, usize)> {
        let length = self.closing.len();
        let first = self.closing.chars().next()?;
        let mut ends = text.match_indices(first).map(|(at, _)| at);
        let end = ends.find(|at| {
            let found = text.as_bytes().get(*at..at + length);
            found.is_some_and(|found| found.eq_ignore_ascii_case(self.closing.as_bytes()))
        })?;
        Some((end, end + length))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn thinking_is_told_from_what_is_for_the_reader() {
        for (text, visible, thinking) in [
            ("<think>a</think>b", "b", "a"),
            ("<THINK>a</Think>b", "b", "a"),
            (
                "a<thinking>b</thinking>c<thinking>d</thinking>e",
                "ace",
                "bd",
            ),
            ("a</think>b", "b", "a"),
            ("<think>a <think>b</think> c</think>d", "d", "a <think>b c"),
            ("a<think>b", "a", "b"),
            ("[THINK]a[/THINK]b", "b", "a"),
            ("◁think▷a◁/think▷b", "b", "a"),
            ("<|channel|>analysis<|message|>a<|end|>b", "b", "a"),
            ("a < b and <b>c</b> [d]", "a < b and <b>c</b> [d]", ""),
            ("{\"a\": \"<think>\"}", "{\"a\": \"<think>\"}", ""),
        ] {
            let split = Split::of(text);
            assert_eq!(
                (split.visible.as_str(), split.thinking.as_str()),
                (visible, thinking),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_split(text in "(</?think>|\\[/?THINK\\]|<|\\[|◁|\\PC){0,60}") {
            let split = Split::of(&text);
            prop_assert!(split.visible.len() + split.thinking.len() <= text.len());
        }
    }
}
