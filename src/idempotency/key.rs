//! Idempotency keys, and the fingerprints of the requests made with them.

/// Maximum length of a key, in characters.
pub const MAX_KEY_CHARS: usize = 255;

/// An idempotency key, chosen by the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub(super) String);

impl IdempotencyKey {
    /// Parses a key: 1 to 255 visible ASCII characters except `"`. Surrounding double quotes, which the IETF draft of the header
    /// requires, are optional and not part of the key. Returns `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let unquoted = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        let key = unquoted.unwrap_or(text);
        let valid = (1..=MAX_KEY_CHARS).contains(&key.len())
            && key
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b'"');
        valid.then(|| Self(key.to_owned()))
    }
}

/// A digest of a request. It shows whether a key was reused for a different request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_visible_ascii_with_or_without_quotes() {
        let parsed = |text: &str| IdempotencyKey::parse(text).map(|key| key.0);

        assert_eq!(parsed("8e03978e-40d5").unwrap(), "8e03978e-40d5");
        assert_eq!(parsed(" \"8e03978e-40d5\" "), parsed("8e03978e-40d5"));
        assert!(parsed(&"k".repeat(MAX_KEY_CHARS)).is_some());
        let long = "k".repeat(MAX_KEY_CHARS + 1);
        for wrong in [
            "", "\"\"", " ", "a b", "a\tb", "a\u{1}b", "é", "\"", "a\"b", &long,
        ] {
            assert_eq!(parsed(wrong), None, "{wrong:?}");
        }
    }
}
