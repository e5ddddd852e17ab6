//! deploy/README.md: a row for every file under deploy/, and no row without its file.

use std::collections::BTreeSet;

use crate::documents::Document;
use crate::{files, folders};

#[test]
fn every_file_that_is_deployed_has_a_row_and_every_row_its_file() {
    let readme = Document::read("deploy/README.md");
    let links = readme.links();
    let (folders, rows): (Vec<&str>, Vec<&str>) = links
        .into_iter()
        .filter(|link| !link.starts_with(".."))
        .partition(|link| link.ends_with('/'));
    let mut files = Vec::new();
    collect("", &mut files);

    let without_row: Vec<&String> = files
        .iter()
        .filter(|file| *file != "README.md" && !rows.contains(&file.as_str()))
        .filter(|file| !folders.iter().any(|folder| file.starts_with(folder)))
        .collect();
    assert!(without_row.is_empty(), "no row for {without_row:?}");
    let known: BTreeSet<&str> = files.iter().map(String::as_str).collect();
    for row in rows {
        assert!(known.contains(row), "no file {row}");
    }
    for folder in folders {
        assert!(
            files.iter().any(|file| file.starts_with(folder)),
            "nothing in {folder}"
        );
    }
}

/// Collects the files under a folder of deploy/, by their path in it.
fn collect(folder: &str, into: &mut Vec<String>) {
    for name in folders::names(&format!("deploy/{folder}")) {
        let path = format!("{folder}{name}");
        if files::path(&format!("deploy/{path}")).is_dir() {
            collect(&format!("{path}/"), into);
        } else {
            into.push(path);
        }
    }
}
