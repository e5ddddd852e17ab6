//! Packs the curricula: each compressed, because it is read only when a goal needs it, and the keywords of each language so that they are
//! searched where they stand.
#![expect(clippy::unwrap_used, reason = "a build that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use toml::{Table, Value};

use crate::packed::{Evidence, PackedEntry, PackedKeywords, STEM};
use crate::words::words;

#[path = "src/fold.rs"]
#[expect(dead_code, reason = "the build needs half of it")]
mod fold;
#[path = "src/offline/packed.rs"]
mod packed;
#[path = "src/words.rs"]
mod words;

/// Where the curricula are.
const ROOT: &str = "data/curricula";
/// The folder of a language's general plans.
const GENERAL: &str = "general";
/// The quality of the compression: a high one where the build is optimised, else a quick one.
const QUALITY: [u32; 2] = [11, 4];
/// The window of the compression, as a power of two: more than a file has.
const WINDOW: u32 = 18;
/// Minimum length of a stem, in bytes.
const MIN_STEM: usize = 2;

/// A file of the curricula.
struct File {
    language: String,
    folder: String,
    name: String,
    text: String,
    table: Table,
}

#[expect(
    clippy::disallowed_methods,
    reason = "a build script learns its folder so"
)]
fn main() {
    println!("cargo:rerun-if-changed=data");
    println!("cargo:rerun-if-changed=src/words.rs");
    println!("cargo:rerun-if-changed=src/fold.rs");
    println!("cargo:rerun-if-changed=src/offline/packed.rs");
    let out = PathBuf::from(env::var("OUT_DIR").unwrap());
    let is_quick = env::var("OPT_LEVEL").unwrap() == "0";
    let files = files();
    let mut contents = Vec::new();
    let mut index = String::from(
        "#[expect(clippy::unreadable_literal, reason = \"numbers that nobody reads\")]\n\
        static FILES: &[PackedFile] = &[\n",
    );
    for file in &files {
        let start = contents.len();
        contents.extend(compressed(&file.text, QUALITY[usize::from(is_quick)]));
        let is_condition = file.table.get("condition").and_then(Value::as_bool) == Some(true);
        // Writing to a String cannot fail.
        let _infallible = writeln!(
            index,
            "PackedFile {{ language: {:?}, folder: {:?}, name: {:?}, condition: {is_condition}, text: {start}..{} }},",
            file.language,
            file.folder,
            file.name,
            contents.len()
        );
    }
    index.push_str("];\nstatic LANGUAGES: &[(&str, &[u8], &[u8])] = &[\n");
    for of_language in files.chunk_by(|file, next| file.language == next.language) {
        let language = &of_language[0].language;
        fs::write(
            out.join(format!("{language}.domains")),
            domains(of_language),
        )
        .unwrap();
        fs::write(out.join(format!("{language}.kinds")), kinds(of_language)).unwrap();
        let _infallible = writeln!(
            index,
            "({language:?}, include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{language}.domains\")), \
             include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{language}.kinds\"))),"
        );
    }
    index.push_str("];\n");
    fs::write(out.join("contents.bin"), contents).unwrap();
    fs::write(out.join("curricula.rs"), index).unwrap();
}

/// Reads all files, sorted by language, folder and name.
fn files() -> Vec<File> {
    let mut paths = Vec::new();
    collect(Path::new(ROOT), &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let table = text
            .parse()
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let inside = path.strip_prefix(ROOT).unwrap().with_extension("");
        let mut parts = inside.iter().map(|part| part.to_str().unwrap().to_owned());
        File {
            language: parts.next().unwrap(),
            folder: parts.next().unwrap(),
            name: parts.next().unwrap(),
            text,
            table,
        }
    };
    paths.into_iter().map(read).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
}

fn compressed(text: &str, quality: u32) -> Vec<u8> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), text.len(), quality, WINDOW);
    writer.write_all(text.as_bytes()).unwrap();
    writer.into_inner()
}

/// Returns the entries of a list of a file, none if it is missing.
fn list<'a>(table: &'a Table, key: &str) -> Vec<&'a str> {
    let entries = table.get(key).and_then(Value::as_array);
    entries
        .into_iter()
        .flatten()
        .map(|entry| entry.as_str().unwrap())
        .collect()
}

/// Packs the keywords of the domains, which are counted in the order of the files.
fn domains(files: &[File]) -> Vec<u8> {
    let mut keywords = Unpacked::default();
    let domains = files.iter().filter(|file| file.folder != GENERAL);
    for (domain, file) in (0_u16..).zip(domains) {
        let evidence = |name, is_proof| Evidence {
            domain,
            name,
            is_proof,
        };
        for keyword in list(&file.table, "keywords") {
            let has_letters = keyword.chars().any(char::is_alphabetic);
            assert!(has_letters, "{}: {keyword} is a number", file.name);
            keywords.add(keyword, evidence(None, true));
        }
        for hint in list(&file.table, "hints") {
            keywords.add(hint, evidence(None, false));
        }
        let names = file.table.get("names").and_then(Value::as_table);
        for (index, name) in (0_u16..).zip(names.into_iter().flat_map(|names| list(names, "list")))
        {
            keywords.add(name, evidence(Some(index), true));
        }
    }
    keywords.packed()
}

/// Packs the cues of the kinds. Each is the position of its general plan among those of the language.
fn kinds(files: &[File]) -> Vec<u8> {
    let mut cues = Unpacked::default();
    let plans = files.iter().filter(|file| file.folder == GENERAL);
    for (plan, file) in (0_u16..).zip(plans) {
        for cue in list(&file.table, "keywords")
            .into_iter()
            .chain(list(&file.table, "hints"))
        {
            cues.add(cue, plan);
        }
    }
    cues.packed()
}

/// Entries by their keys.
struct Unpacked<T>(BTreeMap<String, Vec<(String, bool, T)>>);

impl<T> Default for Unpacked<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Copy + serde::Serialize> Unpacked<T> {
    fn add(&mut self, entry: &str, value: T) {
        let is_stem = entry.ends_with('*');
        let mut parts = words(entry).into_iter().map(|word| word.folded);
        let Some(mut key) = parts.next() else {
            return;
        };
        let rest = parts.collect::<Vec<_>>().join(" ");
        let is_one_stem = is_stem && rest.is_empty();
        if is_one_stem {
            if key.len() < MIN_STEM {
                return;
            }
            key.push(char::from(STEM));
        }
        let entries = self.0.entry(key).or_default();
        entries.push((rest, is_stem && !is_one_stem, value));
    }

    fn packed(&self) -> Vec<u8> {
        let mut keys = fst::MapBuilder::memory();
        let mut entries = Vec::new();
        for (key, of_key) in &self.0 {
            let (first, count) = (entries.len() as u64, of_key.len() as u64);
            keys.insert(key, first << 32 | count).unwrap();
            entries.extend(of_key.iter().map(|(rest, is_stem, value)| PackedEntry {
                rest,
                is_stem: *is_stem,
                value: *value,
            }));
        }
        let keys = keys.into_inner().unwrap();
        let packed = PackedKeywords {
            keys: &keys,
            entries,
        };
        postcard::to_stdvec(&packed).unwrap()
    }
}
