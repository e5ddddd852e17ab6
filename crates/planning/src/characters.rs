//! Characters: which of them a person can see, and which a text may contain.
//!
//! A text that only looks empty is as useless as an empty one, so "visible" means a letter, a number or a symbol that is drawn:
//! neither white space, nor characters that take no room, nor letters whose glyph is blank, nor punctuation and marks alone.

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Zero-width non-joiner and joiner. Persian, Indic scripts and emoji need them.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];
/// Direction marks. Only text that runs from right to left needs them.
const DIRECTION_MARKS: [char; 3] = ['\u{200e}', '\u{200f}', '\u{61c}'];
/// The flag that the flags of England, Scotland and Wales are made of, by tags that follow it.
const BLACK_FLAG: char = '\u{1f3f4}';
/// The tag that ends such a flag.
const CANCEL_TAG: char = '\u{e007f}';

/// Returns whether a character is drawn as nothing: white space, a character that takes no room, or a letter whose glyph is blank.
#[must_use]
pub fn is_blank(char: char) -> bool {
    if char.is_ascii() {
        return !char.is_ascii_graphic();
    }
    char.is_whitespace() || is_ignorable(char) || is_empty_glyph(char)
}

/// Returns whether a character is a letter, a number or a symbol that a person sees. The symbols of ASCII are not, because
/// programs and markup use them as punctuation.
#[must_use]
pub fn is_visible(char: char) -> bool {
    if char.is_ascii() {
        return char.is_ascii_alphanumeric();
    }
    !is_blank(char)
        && matches!(
            general_category(char),
            GeneralCategory::UppercaseLetter
                | GeneralCategory::LowercaseLetter
                | GeneralCategory::TitlecaseLetter
                | GeneralCategory::ModifierLetter
                | GeneralCategory::OtherLetter
                | GeneralCategory::DecimalNumber
                | GeneralCategory::LetterNumber
                | GeneralCategory::OtherNumber
                | GeneralCategory::MathSymbol
                | GeneralCategory::CurrencySymbol
                | GeneralCategory::OtherSymbol
        )
}

/// Returns whether a text has anything that a person sees.
#[must_use]
pub fn has_visible(text: &str) -> bool {
    text.chars().any(is_visible)
}

/// Returns whether a character is punctuation, as Unicode classes it.
pub(crate) fn is_punctuation(char: char) -> bool {
    if char.is_ascii() {
        return char.is_ascii_punctuation();
    }
    matches!(
        general_category(char),
        GeneralCategory::ConnectorPunctuation
            | GeneralCategory::DashPunctuation
            | GeneralCategory::OpenPunctuation
            | GeneralCategory::ClosePunctuation
            | GeneralCategory::InitialPunctuation
            | GeneralCategory::FinalPunctuation
            | GeneralCategory::OtherPunctuation
    )
}

/// Returns whether a character takes no room where it is not supported, such as a soft hyphen or a zero-width space.
#[must_use]
pub fn is_ignorable(char: char) -> bool {
    !char.is_ascii() && CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(char)
}

/// Returns the text without control characters and without characters that hide, reorder or imitate text, with runs of white
/// space as one space and none at the ends. Joiners, variation selectors and direction marks stay where a script or an emoji
/// needs them.
#[must_use]
pub fn visible_text(text: &str) -> String {
    let has_right_to_left = text.chars().any(is_right_to_left);
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(char) = rest.next() {
        let previous = kept.chars().next_back();
        if char.is_ascii_graphic() {
            kept.push(char);
        } else if char.is_whitespace() || is_empty_glyph(char) {
            if previous.is_some_and(|previous| !previous.is_whitespace()) {
                // French wants spaces that do not break before its punctuation.
                let is_unbreakable = matches!(char, '\u{a0}' | '\u{202f}');
                kept.push(if is_unbreakable { char } else { ' ' });
            }
        } else if char.is_control() || is_not_text(char) {
            // Removed.
        } else if !is_ignorable(char) {
            kept.push(char);
            if char == BLACK_FLAG {
                let tags = flag_tags(rest.as_str());
                kept.push_str(tags);
                rest = rest.as_str()[tags.len()..].chars();
            }
        } else if is_needed(char, previous, has_right_to_left) {
            kept.push(char);
        }
    }
    kept.truncate(kept.trim_end().len());
    kept
}

/// Returns whether an ignorable character changes how the character before it is drawn.
fn is_needed(char: char, previous: Option<char>, has_right_to_left: bool) -> bool {
    let Some(previous) = previous else {
        return false;
    };
    if DIRECTION_MARKS.contains(&char) {
        return has_right_to_left && !DIRECTION_MARKS.contains(&previous);
    }
    let is_selected = is_variation_selector(previous);
    if JOINERS.contains(&char) {
        return !previous.is_ascii() && (is_selected || !is_blank(previous));
    }
    if is_variation_selector(char) {
        // A digit with a selector is the start of a keycap.
        let is_keycap = previous.is_ascii_digit() || matches!(previous, '#' | '*');
        return is_keycap || (!previous.is_ascii() && !is_blank(previous));
    }
    false
}

const fn is_variation_selector(char: char) -> bool {
    matches!(char, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{180b}'..='\u{180d}' | '\u{180f}')
}

/// Returns the tags at the start of the text that make a flag of [`BLACK_FLAG`]: at most six letters and digits, and the end.
fn flag_tags(text: &str) -> &str {
    const MAX_TAGS: usize = 6;
    let mut end = 0;
    for char in text.chars().take(MAX_TAGS + 1) {
        end += char.len_utf8();
        match char {
            '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}' => {}
            CANCEL_TAG => return &text[..end],
            _ => break,
        }
    }
    ""
}

/// Blank characters that Unicode counts as letters or symbols.
const fn is_empty_glyph(char: char) -> bool {
    matches!(
        char,
        '\u{3164}' | '\u{ffa0}' | '\u{2800}' | '\u{1d159}' | '\u{13441}' | '\u{13442}'
    )
}

/// Annotation anchors, the placeholder of an object, and code points that never are characters.
const fn is_not_text(char: char) -> bool {
    matches!(char, '\u{fff9}'..='\u{fffc}' | '\u{fdd0}'..='\u{fdef}')
        || char as u32 & 0xfffe == 0xfffe
}

const fn is_right_to_left(char: char) -> bool {
    matches!(
        char,
        '\u{5d0}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdfc}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1eeff}'
    )
}

fn general_category(char: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(char)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_blank_ignorable_or_punctuation_characters_has_nothing_to_see() {
        for text in [
            "",
            " \t\u{a0}\u{2003}\u{3000}\u{85}",
            "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}\u{ad}\u{34f}",
            "\u{3164}\u{115f}\u{1160}\u{ffa0}\u{2800}\u{17b4}\u{17b5}\u{1d159}",
            "\u{fe0f}\u{fe00}\u{e0100}\u{180b}\u{e0041}\u{e0001}",
            "\u{301}\u{20dd}",
            "… – *** !!! ---",
            "\u{e000}\u{fffe}",
        ] {
            assert!(!has_visible(text), "{text:?}");
        }
        for text in [
            "a",
            "7",
            "é",
            "学",
            "ي",
            "🎹",
            "½",
            "∞",
            "€",
            "1\u{fe0f}\u{20e3}",
        ] {
            assert!(has_visible(text), "{text:?}");
        }
    }

    #[test]
    fn characters_that_hide_or_reorder_text_are_removed() {
        for (text, visible) in [
            ("Re\u{200b}ad\u{ad}ing\u{2060}", "Reading"),
            ("a\u{202e}b\u{2066}c\u{0}d", "abcd"),
            ("one\u{85}two\u{2028}three\u{b}four", "one two three four"),
            ("Read\u{3164}more\u{2800}", "Read more"),
            ("x\u{200d}y\u{fe0f}z\u{200e}", "xyz"),
            ("go\u{e0041}\u{e0042}", "go"),
            ("🎹\u{fe0f}\u{fe01}\u{fe02}", "🎹\u{fe0f}"),
        ] {
            assert_eq!(visible_text(text), visible, "{text:?}");
        }
    }

    #[test]
    fn joiners_selectors_and_marks_stay_where_a_script_or_an_emoji_needs_them() {
        for text in [
            "👩\u{200d}💻 👨\u{200d}👩\u{200d}👧 👍🏽 👁\u{fe0f}\u{200d}🗨\u{fe0f}",
            "❤\u{fe0f} 1\u{fe0f}\u{20e3} #\u{fe0f}\u{20e3} 🇩🇪",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "می\u{200c}خواهم بدوم",
            "क्\u{200d}ष",
            "שלום C++\u{200f} עולם",
            "Courir 10\u{a0}km\u{202f}: vite",
        ] {
            assert_eq!(visible_text(text), text);
        }
    }
}
