//! All curricula: one shelf per language, with the curricula of many domains and a general plan for each kind of undertaking.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::curriculum::{Content, Header};
use super::kind::Kind;
use super::matching::{DomainIndex, KindIndex};
use crate::category::Category;

/// A file of the curricula, as `build.rs` packs it.
struct PackedFile {
    /// Language, folder and name: `en/fitness/marathon`.
    path: &'static str,
    /// Where in [`HEADERS`] it says what it is about.
    header: Range<usize>,
    /// Where in [`CONTENTS`] the rest is, compressed.
    content: Range<usize>,
}

include!(concat!(env!("OUT_DIR"), "/curricula.rs"));
static HEADERS: &str = include_str!(concat!(env!("OUT_DIR"), "/headers.txt"));
static CONTENTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/contents.bin"));

/// Maximum size of the rest of a file, in bytes.
const MAX_CONTENT: usize = 256 * 1024;
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

/// A curriculum: what it is about, and what to do.
#[derive(Debug)]
pub struct Domain {
    /// The name of its file.
    pub name: &'static str,
    /// The category of its folder; `None` for a general plan.
    pub category: Option<Category>,
    /// What it is about.
    pub header: Header,
    file: &'static PackedFile,
    content: OnceLock<Option<Content>>,
}

/// An invalid curriculum file. This is a defect of the build.
#[derive(Debug, thiserror::Error)]
#[error("the curriculum {file} is invalid: {why}")]
pub struct CurriculaError {
    file: String,
    why: String,
}

impl PackedFile {
    fn invalid(&self, why: &str) -> CurriculaError {
        CurriculaError {
            file: self.path.to_owned(),
            why: why.to_owned(),
        }
    }
}

impl std::fmt::Debug for PackedFile {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.path)
    }
}

impl Library {
    /// Reads the files that are embedded in the binary: what each is about, and the general plans whole.
    ///
    /// # Errors
    /// [`CurriculaError`] names the first invalid file.
    pub fn built_in() -> Result<Self, CurriculaError> {
        let mut files: HashMap<
            &'static str,
            Vec<(&'static str, &'static str, &'static PackedFile)>,
        > = HashMap::new();
        for file in FILES {
            let mut parts = file.path.splitn(3, '/');
            if let (Some(language), Some(folder), Some(name)) =
                (parts.next(), parts.next(), parts.next())
            {
                files
                    .entry(language)
                    .or_default()
                    .push((folder, name, file));
            }
        }
        let mut shelves = HashMap::new();
        for (language, files) in files {
            shelves.insert(language, Shelf::read(language, &files)?);
        }
        if !shelves.contains_key(FALLBACK) {
            return Err(CurriculaError {
                file: FALLBACK.to_owned(),
                why: "is missing".to_owned(),
            });
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

impl Shelf {
    fn read(
        language: &str,
        files: &[(&'static str, &'static str, &'static PackedFile)],
    ) -> Result<Self, CurriculaError> {
        let mut domains = Vec::new();
        let mut general = HashMap::new();
        for (folder, name, file) in files {
            if *folder == GENERAL {
                let kind = Kind::ALL.iter().find(|(_, known)| known == name);
                let (kind, _) = kind.ok_or_else(|| file.invalid("is no kind of plan"))?;
                general.insert(*kind, Domain::read_general(name, file)?);
            } else {
                let category = Category::ALL
                    .into_iter()
                    .find(|category| category.as_str() == *folder);
                let category = category.ok_or_else(|| file.invalid("is in no category"))?;
                domains.push(Domain::read(name, file, Some(category))?);
            }
        }
        if let Some((_, name)) = Kind::ALL
            .iter()
            .find(|(kind, _)| !general.contains_key(kind))
        {
            return Err(CurriculaError {
                file: format!("{language}/{GENERAL}/{name}"),
                why: "is missing".to_owned(),
            });
        }
        Ok(Self {
            index: DomainIndex::of(&domains),
            kinds: KindIndex::of(general.iter().map(|(kind, plan)| (*kind, &plan.header))),
            domains,
            general,
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
    fn read(
        name: &'static str,
        file: &'static PackedFile,
        category: Option<Category>,
    ) -> Result<Self, CurriculaError> {
        let header = HEADERS.get(file.header.clone()).unwrap_or_default();
        let header: Header =
            toml::from_str(header).map_err(|error| file.invalid(&error.to_string()))?;
        if !header.weeks.iter().all(|weeks| (1..=52).contains(weeks))
            || !(0.5..=80.0).contains(&header.hours)
        {
            return Err(file.invalid("must have weeks from 1 to 52 and hours from 0.5 to 80"));
        }
        Ok(Self {
            name,
            category,
            header,
            file,
            content: OnceLock::new(),
        })
    }

    fn read_general(name: &'static str, file: &'static PackedFile) -> Result<Self, CurriculaError> {
        let plan = Self::read(name, file, None)?;
        let content = plan.parse().map_err(|why| file.invalid(&why))?;
        if content.again.is_empty() || plan.header.reviews.is_empty() {
            return Err(file.invalid("has no reviews or no ways to go on"));
        }
        Ok(plan)
    }

    /// Returns what to do; `None` if the file is invalid, which a test of all files rules out. It is read when it is first asked for,
    /// because a process uses few of the curricula that it has.
    pub fn content(&self) -> Option<&Content> {
        self.content.get_or_init(|| self.parse().ok()).as_ref()
    }

    pub(super) fn parse(&self) -> Result<Content, String> {
        let packed = CONTENTS.get(self.file.content.clone()).unwrap_or_default();
        let text =
            decompress_to_vec_with_limit(packed, MAX_CONTENT).map_err(|error| error.to_string())?;
        let text = String::from_utf8(text).map_err(|error| error.to_string())?;
        let content: Content = toml::from_str(&text).map_err(|error| error.to_string())?;
        if content.modules.len() < 3 || content.modules.iter().any(|module| module.tasks.is_empty())
        {
            return Err("must have three modules with tasks at least".to_owned());
        }
        Ok(content)
    }
}
