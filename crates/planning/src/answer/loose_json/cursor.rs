//! A place in a text, and what stands there.

/// A place in a text.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Creates a cursor at an offset in bytes, which is the start of a character.
    pub const fn new(text: &'a str, at: usize) -> Self {
        Self { text, at }
    }

    pub const fn offset(&self) -> usize {
        self.at
    }

    /// Returns the text from here on.
    pub fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Passes one character.
    pub fn advance(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    /// Passes this many bytes, which end at the end of a character.
    pub const fn advance_bytes(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// Passes white space, byte order marks and comments.
    pub fn skip_blank(&mut self) {
        self.skip(false);
    }

    /// Passes white space, byte order marks, comments and commas.
    pub fn skip_blank_and_commas(&mut self) {
        self.skip(true);
    }

    fn skip(&mut self, commas: bool) {
        loop {
            let rest = self.rest();
            let is_blank = |char: char| {
                char.is_whitespace()
                    || matches!(char, '\u{feff}' | '\u{200b}')
                    || (commas && char == ',')
            };
            let text = rest.trim_start_matches(is_blank);
            self.at += rest.len() - text.len();
            if text.starts_with("//") || text.starts_with('#') {
                self.at += text.find('\n').unwrap_or(text.len());
            } else if text.starts_with("/*") {
                self.at += text.find("*/").map_or(text.len(), |end| end + 2);
            } else {
                return;
            }
        }
    }

    /// Takes a literal or a number.
    pub fn take_word(&mut self) -> &'a str {
        self.take(|char| char.is_alphanumeric() || matches!(char, '-' | '+' | '.' | '_'))
    }

    /// Takes a name without quotes.
    pub fn take_name(&mut self) -> &'a str {
        self.take(|char| char.is_alphanumeric() || matches!(char, '-' | '_' | '$'))
    }

    fn take(&mut self, is_part: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|char| !is_part(char)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }
}
