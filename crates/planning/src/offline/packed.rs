//! The form in which the build packs the keywords of a language. `build.rs` writes it and [`super::keywords`] reads it, so it may use
//! nothing of the crate.

use serde::{Deserialize, Serialize};

/// Ends the key of a stem, which is no letter of a word.
pub const STEM: u8 = b'*';

/// The keywords of a language, each with what it says.
#[derive(Debug, Serialize, Deserialize)]
pub struct PackedKeywords<'a, T> {
    /// A finite-state map from the first word of entries, or a whole stem and [`STEM`], to where they are: the position of the first one in
    /// the upper half of a number, and how many there are in the lower half.
    #[serde(borrow)]
    pub keys: &'a [u8],
    /// All entries, those of one key together.
    pub entries: Vec<PackedEntry<'a, T>>,
}

/// An entry after its first word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PackedEntry<'a, T> {
    /// The words after the first, with spaces between.
    pub rest: &'a str,
    /// Whether the last of them is a stem.
    pub is_stem: bool,
    /// What it says.
    pub value: T,
}

/// What a keyword of a domain says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Evidence {
    /// The position of the domain in its language.
    pub domain: u16,
    /// The position in the domain's list of names, if the keyword is a name.
    pub name: Option<u16>,
    /// Whether it proves the domain, or makes it likelier only.
    pub is_proof: bool,
}
