//! All curricula: one shelf per language, with the curricula of many domains and a general plan for each kind of undertaking.

use std::collections::HashMap;
use std::io::Read as _;
use std::ops::Range;
use std::sync::OnceLock;

use super::curriculum::Curriculum;
use super::kind::Kind;
use super::matching::{DomainIndex, KindIndex};
use crate::category::Category;

/// A file of the curricula, as `build.rs` packs it.
struct PackedFile {
    language: &'static str,
    /// The category, or [`GENERAL`].
    folder: &'static str,
    name: &'static str,
    condition: bool,
    /// Where in [`CONTENTS`] it is, compressed.
    text: Range<usize>,
}

include!(concat!(env!("OUT_DIR"), "/curricula.rs"));
static CONTENTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/contents.bin"));

/// Size of the buffer from which a file is decompressed, in bytes: about as much as one has.
const BUFFER: usize = 4096;
/// The folder of a language's general plans.
const GENERAL: &str = "general";
/// The language whose shelf serves all that have none.
const FALLBACK: &str = "en";

/// The curricula of all languages.
#[derive(Debug)]
pub struct Library {
    shelves: HashMap<&'static str, Shelf>,
}

/// The curricula of one language.
#[derive(Debug)]
pub struct Shelf {
    domains: Vec<Domain>,
    index: DomainIndex,
    general: HashMap<Kind, Domain>,
    kinds: KindIndex,
}

/// The domain of a curriculum, or a kind of undertaking with its general plan.
#[derive(Debug)]
pub struct Domain {
    /// The name of its file.
    pub name: &'static str,
    /// The category of its folder; `None` for a general plan.
    pub category: Option<Category>,
    /// Whether it is a condition under which people do other things: beside what is done under it, its curriculum is a companion.
    pub is_condition: bool,
    text: Range<usize>,
    curriculum: OnceLock<Option<Curriculum>>,
}

/// An invalid curriculum file. This is a defect of the build.
#[derive(Debug, thiserror::Error)]
#[error("the curriculum {file} is invalid: {why}")]
pub struct CurriculaError {
    file: String,
    why: String,
}

impl Library {
    /// Reads what the build has packed into the binary: which curricula there are, and by which words they are found.
    ///
    /// # Errors
    /// [`CurriculaError`] names the first invalid file.
    pub fn built_in() -> Result<Self, CurriculaError> {
        let mut shelves = HashMap::new();
        for (language, domains, kinds) in LANGUAGES {
            shelves.insert(*language, Shelf::read(language, domains, kinds)?);
        }
        if !shelves.contains_key(FALLBACK) {
            return Err(invalid(FALLBACK, "is missing"));
        }
        Ok(Self { shelves })
    }

    /// Returns the shelf of a language, or the English one if there is none; and the shelf's language.
    pub fn shelf(&self, language: &str) -> (&'static str, &Shelf) {
        match self.shelves.get_key_value(language) {
            Some((language, shelf)) => (language, shelf),
            // `built_in` checks that it exists.
            None => (FALLBACK, &self.shelves[FALLBACK]),
        }
    }

    /// Returns all shelves with their languages, for tests of the texts.
    #[cfg(test)]
    pub(super) fn shelves(&self) -> impl Iterator<Item = (&'static str, &Shelf)> {
        self.shelves
            .iter()
            .map(|(language, shelf)| (*language, shelf))
    }
}

fn invalid(file: &str, why: impl Into<String>) -> CurriculaError {
    CurriculaError {
        file: file.to_owned(),
        why: why.into(),
    }
}

impl Shelf {
    fn read(
        language: &str,
        keywords: &'static [u8],
        cues: &'static [u8],
    ) -> Result<Self, CurriculaError> {
        let mut domains = Vec::new();
        let mut general = HashMap::new();
        let mut kinds = Vec::new();
        for file in FILES.iter().filter(|file| file.language == language) {
            let name = format!("{language}/{}/{}", file.folder, file.name);
            if file.folder == GENERAL {
                let kind = Kind::ALL.iter().find(|(_, kind)| *kind == file.name);
                let (kind, _) = kind.ok_or_else(|| invalid(&name, "is no kind of plan"))?;
                kinds.push(*kind);
                general.insert(*kind, Domain::of(file, None));
            } else {
                let category = Category::ALL
                    .into_iter()
                    .find(|category| category.as_str() == file.folder);
                let category = category.ok_or_else(|| invalid(&name, "is in no category"))?;
                domains.push(Domain::of(file, Some(category)));
            }
        }
        if let Some((_, name)) = Kind::ALL
            .iter()
            .find(|(kind, _)| !general.contains_key(kind))
        {
            return Err(invalid(
                &format!("{language}/{GENERAL}/{name}"),
                "is missing",
            ));
        }
        let index = DomainIndex::read(keywords).map_err(|why| invalid(language, why))?;
        let kinds = KindIndex::read(cues, kinds).map_err(|why| invalid(language, why))?;
        Ok(Self {
            domains,
            index,
            general,
            kinds,
        })
    }

    /// Returns the domains, in the order of the index.
    pub fn domains(&self) -> &[Domain] {
        &self.domains
    }

    /// Returns what finds domains by the words of a goal.
    pub const fn index(&self) -> &DomainIndex {
        &self.index
    }

    /// Returns what finds the kind of a goal.
    pub const fn kinds(&self) -> &KindIndex {
        &self.kinds
    }

    /// Returns the general plan of a kind.
    pub fn general(&self, kind: Kind) -> &Domain {
        // `read` checks that there is one for every kind.
        &self.general[&kind]
    }
}

impl Domain {
    fn of(file: &PackedFile, category: Option<Category>) -> Self {
        Self {
            name: file.name,
            category,
            is_condition: file.condition,
            text: file.text.clone(),
            curriculum: OnceLock::new(),
        }
    }

    /// Returns its curriculum; `None` if the file is invalid, which a test of all files rules out. It is read when it is first asked for,
    /// because a process uses few of the curricula that it has.
    pub fn curriculum(&self) -> Option<&Curriculum> {
        self.curriculum.get_or_init(|| self.parse().ok()).as_ref()
    }

    pub(super) fn parse(&self) -> Result<Curriculum, String> {
        let packed = CONTENTS.get(self.text.clone()).unwrap_or_default();
        let mut text = String::new();
        brotli::Decompressor::new(packed, BUFFER)
            .read_to_string(&mut text)
            .map_err(|error| error.to_string())?;
        let curriculum: Curriculum = toml::from_str(&text).map_err(|error| error.to_string())?;
        curriculum.validated(self.category.is_none())
    }
}
