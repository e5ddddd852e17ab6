//! The language a plan is written in, as a BCP 47 tag.

use icu_locale_core::Locale;
use serde::Serialize;

/// Most characters of a tag: RFC 5646, section 4.4.1, recommends room for as many.
const MAX_CHARS: usize = 35;

/// A well-formed BCP 47 tag in its usual letter case, such as `en`, `pt-BR` or `zh-Hant`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Language(String);

impl Language {
    /// English: what is assumed where the words do not tell.
    #[must_use]
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// Parses a tag of at most 35 characters, and brings it into its usual letter case.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let tag = tag.trim();
        if tag.len() > MAX_CHARS {
            return None;
        }
        let locale = Locale::try_from_str(tag).ok()?;
        Some(Self(locale.to_string()))
    }

    /// The whole tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language without region or script.
    #[must_use]
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn tags_take_their_usual_case_and_nonsense_is_refused() {
        for (tag, normal) in [
            ("EN", "en"),
            ("pt-br", "pt-BR"),
            ("zh-hant-tw", "zh-Hant-TW"),
            ("de-1996", "de-1996"),
        ] {
            assert_eq!(
                Language::parse(tag).map(|language| language.as_str().to_owned()),
                Some(normal.to_owned())
            );
        }
        for odd in [
            "",
            "e",
            "english",
            "en_US",
            "en-",
            "en-ü",
            "x-klingon",
            "en-toolongsubtag",
        ] {
            assert_eq!(Language::parse(odd), None, "{odd}");
        }
        assert_eq!(Language::parse("pt-BR").unwrap().primary(), "pt");
    }
}
