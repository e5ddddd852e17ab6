//! What is in a folder of the repository.

use std::path::Path;

use crate::files;

/// Returns the names of what is in a folder, sorted.
pub fn names(folder: &str) -> Vec<String> {
    let path = files::path(folder);
    let entries = std::fs::read_dir(path).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    names
}

/// Returns the paths of the files in a folder that have this extension, from the root of the repository.
pub fn files(folder: &str, extension: &str) -> Vec<String> {
    let names = names(folder).into_iter();
    let names = names.filter(|name| has_extension(name, extension));
    names.map(|name| format!("{folder}/{name}")).collect()
}

pub fn has_extension(name: &str, extension: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|found| found == extension)
}
