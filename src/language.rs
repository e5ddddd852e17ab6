//! The language a plan is written in, as a BCP 47 tag.

use serde::Serialize;

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

    /// Parses a tag: a language of two or three letters, then subtags of one to eight letters or digits, 35 characters in all.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let tag = tag.trim();
        if tag.len() > 35 {
            return None;
        }
        let mut subtags = tag.split('-');
        let primary = subtags.next()?;
        if !(2..=3).contains(&primary.len())
            || !primary.bytes().all(|byte| byte.is_ascii_alphabetic())
        {
            return None;
        }
        let mut normal = primary.to_ascii_lowercase();
        for subtag in subtags {
            if !(1..=8).contains(&subtag.len())
                || !subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
            {
                return None;
            }
            normal.push('-');
            match (
                subtag.len(),
                subtag.bytes().all(|byte| byte.is_ascii_alphabetic()),
            ) {
                (2, true) => normal.push_str(&subtag.to_ascii_uppercase()),
                (4, true) => {
                    normal.push_str(&subtag[..1].to_ascii_uppercase());
                    normal.push_str(&subtag[1..].to_ascii_lowercase());
                }
                _ => normal.push_str(&subtag.to_ascii_lowercase()),
            }
        }
        Some(Self(normal))
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
