//! The files of a root: their text and their blocks.

use hcl::edit::expr::Expression;
use hcl::edit::structure::{Block, Body};

use crate::{files, folders};

/// The folder of a root with its files.
#[derive(Debug)]
pub struct Root {
    /// The folder, from the root of the repository.
    pub folder: String,
    /// The `.tf` files.
    pub files: Vec<File>,
}

/// A file of a root.
#[derive(Debug)]
pub struct File {
    /// Its path, from the root of the repository.
    pub name: String,
    pub text: String,
    pub body: Body,
}

impl File {
    pub fn parse(name: &str, text: String) -> Self {
        let body = text.parse();
        Self {
            name: name.to_owned(),
            body: body.unwrap_or_else(|error| panic!("{name}: {error}")),
            text,
        }
    }
}

impl Root {
    /// Reads all files of a folder.
    pub fn read(folder: &str) -> Self {
        let files = folders::files(folder, "tf").into_iter();
        let files: Vec<File> = files
            .map(|name| File::parse(&name, files::text(&name)))
            .collect();
        assert!(!files.is_empty(), "{folder} has no .tf files");
        Self {
            folder: folder.to_owned(),
            files,
        }
    }

    /// Makes a root of one text, for tests of these tests.
    pub fn of(text: &str) -> Self {
        let folder = "terraform".to_owned();
        let files = vec![File::parse("terraform/test.tf", text.to_owned())];
        Self { folder, files }
    }

    /// Returns the blocks of a kind, such as `resource`, in all files.
    pub fn blocks<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        let files = self.files.iter();
        files.flat_map(move |file| file.body.get_blocks(kind))
    }

    /// Returns the block of a kind with these labels.
    pub fn block(&self, kind: &str, labels: &[&str]) -> Option<&Block> {
        let mut all = self.files.iter().flat_map(|file| file.body.blocks());
        all.find(|block| block.has_ident(kind) && block.has_exact_labels(labels))
    }

    /// Returns the expression of a local value.
    pub fn local(&self, name: &str) -> Option<&Expression> {
        self.blocks("locals")
            .find_map(|block| block.body.get_attribute(name))
            .map(|attribute| &attribute.value)
    }
}
