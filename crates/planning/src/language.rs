//! The language that a plan is written in, as a BCP 47 tag.

use icu_locale_core::Locale;
use serde::Serialize;

/// Maximum length of a tag in bytes. RFC 5646, section 4.4.1, recommends a buffer of at least 35 characters.
const MAX_TAG_LEN: usize = 35;

/// A well-formed BCP 47 tag in canonical letter case, such as `en`, `pt-BR` or `zh-Hant`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Language(String);

impl Language {
    /// Returns English, the fallback if the language is unknown.
    #[must_use]
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// Parses a tag of at most 35 characters and converts it to canonical letter case. Returns `None` if it is not well-formed.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let tag = tag.trim();
        if tag.len() > MAX_TAG_LEN {
            return None;
        }
        let locale = Locale::try_from_str(tag).ok()?;
        Some(Self(locale.to_string()))
    }

    /// Returns the whole tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the primary language, without script or region.
    #[must_use]
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn tags_are_canonicalised_and_malformed_ones_are_refused() {
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
