//! The guides: their headings, their links, and the commands that they name.

use std::collections::BTreeSet;

use crate::{files, folders};

/// A text in Markdown.
pub struct Document {
    /// Its path, from the root of the repository.
    pub name: String,
    pub text: String,
}

impl Document {
    pub fn read(name: &str) -> Self {
        let text = files::text(name);
        let name = name.to_owned();
        Self { name, text }
    }

    /// Returns the lines, each with whether it is code between fences.
    fn lines(&self) -> impl Iterator<Item = (&str, bool)> {
        let mut is_code = false;
        self.text.lines().map(move |line| {
            let is_fence = line.trim_start().starts_with("```");
            is_code ^= is_fence;
            (line, is_code || is_fence)
        })
    }

    /// Returns the headings with their levels.
    pub fn headings(&self) -> Vec<(usize, &str)> {
        let lines = self.lines().filter(|(_, is_code)| !is_code);
        let headings = lines.filter_map(|(line, _)| {
            let level = line.bytes().take_while(|sign| *sign == b'#').count();
            let title = line[level..].strip_prefix(' ')?;
            (level > 0).then_some((level, title))
        });
        headings.collect()
    }

    /// Returns the anchors of the headings, as GitHub makes them: the second heading of a name ends with `-1`.
    pub fn anchors(&self) -> BTreeSet<String> {
        let mut anchors = BTreeSet::new();
        for (_, title) in self.headings() {
            let first = anchor(title);
            let numbered = (1..).map(|number| format!("{first}-{number}"));
            let free = std::iter::once(first.clone())
                .chain(numbered)
                .find(|name| !anchors.contains(name));
            anchors.extend(free);
        }
        anchors
    }

    /// Returns the text of a section, without its heading.
    pub fn section(&self, anchor_of: &str) -> Option<String> {
        let mut found = None;
        let mut text = String::new();
        for (line, is_code) in self.lines() {
            let level = line.bytes().take_while(|sign| *sign == b'#').count();
            if level > 0 && !is_code {
                if found.is_some_and(|found| level <= found) {
                    return Some(text);
                }
                if found.is_none() && anchor(line[level..].trim()) == anchor_of {
                    found = Some(level);
                    continue;
                }
            }
            if found.is_some() {
                text.push_str(line);
                text.push('\n');
            }
        }
        found.map(|_| text)
    }

    /// Returns where the links lead, outside of code.
    pub fn links(&self) -> Vec<&str> {
        let lines = self.lines().filter(|(_, is_code)| !is_code);
        let links = lines.flat_map(|(line, _)| line.split("](").skip(1));
        links
            .filter_map(|rest| rest.split([')', ' ']).next())
            .collect()
    }

    /// Returns the targets of `make` that code in the text calls: in backticks, or in a fence.
    pub fn make_targets(&self) -> BTreeSet<&str> {
        let code = self.lines().flat_map(|(line, is_code)| {
            let parts: Vec<&str> = if is_code {
                vec![line]
            } else {
                line.split('`').skip(1).step_by(2).collect()
            };
            parts
        });
        code.flat_map(make_targets).collect()
    }
}

/// Returns the targets of `make` that a command calls.
pub fn make_targets(command: &str) -> Vec<&str> {
    let mut words = command
        .split([' ', ';', '\t', '(', ')', '|', '&'])
        .filter(|word| !word.is_empty())
        .peekable();
    let mut found = Vec::new();
    while let Some(word) = words.next() {
        if word == "make" {
            // Options and variables may stand before the target.
            while words
                .next_if(|word| word.starts_with('-') || word.contains('='))
                .is_some()
            {}
            found.extend(words.next());
        }
    }
    found
}

fn anchor(title: &str) -> String {
    let kept = title.to_lowercase();
    let kept = kept
        .chars()
        .filter(|sign| sign.is_alphanumeric() || "-_ ".contains(*sign));
    kept.map(|sign| if sign == ' ' { '-' } else { sign })
        .collect()
}

/// Returns all guides.
pub fn all() -> Vec<Document> {
    let single = ["README.md", "deploy/README.md"]
        .map(str::to_owned)
        .into_iter();
    let names = single.chain(
        ["docs", "docs/adr"]
            .into_iter()
            .flat_map(|folder| folders::files(folder, "md")),
    );
    names.map(|name| Document::read(&name)).collect()
}

#[test]
fn every_link_of_the_guides_leads_to_a_file_and_a_heading_that_there_are() {
    for document in all() {
        let folder = document
            .name
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder);
        for link in document.links() {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let path = if file.is_empty() {
                document.name.clone()
            } else {
                format!("{folder}/{file}")
            };
            let path = path.trim_start_matches('/');
            assert!(files::path(path).exists(), "{}: {link}", document.name);
            if !heading.is_empty() && folders::has_extension(path, "md") {
                let anchors = Document::read(path).anchors();
                assert!(anchors.contains(heading), "{}: {link}", document.name);
            }
        }
    }
}

#[test]
fn a_document_has_headings_links_and_commands() {
    let text = "# Title\n\n## What is `it`?\nSee [this](other.md#a) and `make all -k`.\n\n```bash\n# no heading\nmake -s ENV=prod plan && make apply\n```\n### More\nmake nothing\n## End\n## End\n";
    let document = Document {
        name: "a.md".to_owned(),
        text: text.to_owned(),
    };

    assert_eq!(
        document.anchors(),
        ["title", "what-is-it", "more", "end", "end-1"]
            .map(str::to_owned)
            .into()
    );
    assert_eq!(document.links(), ["other.md#a"]);
    assert_eq!(document.make_targets(), ["all", "plan", "apply"].into());
    let section = document.section("what-is-it").unwrap();
    assert!(
        section.starts_with("See") && section.ends_with("make nothing\n"),
        "{section}"
    );
    assert_eq!(document.section("absent"), None);
}
