//! Composes short goals from lists of phrases, because whole goals of two or three words are too few to learn a language from.
//!
//! A file of `phrases/` holds the phrases of one language, in sections. A phrase may have slots, such as `{skill} lernen`; a slot takes
//! the phrases of the section of its name, in the same file or in `names.txt`, whose names belong to no language. The section `[goal]`
//! holds the goals.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};

use super::Goal;
use crate::training::Random;

/// The section of the whole goals.
const START: &str = "goal";
/// The file of the names that every language uses.
const NAMES: &str = "names";

/// The sections of a file.
type Sections = BTreeMap<String, Vec<String>>;

/// Returns the goals that the files of a folder give, each once per language.
///
/// # Errors
/// Names the file that cannot be read, or the slot without a section.
pub fn composed(folder: &Path) -> anyhow::Result<Vec<Goal>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        files.insert(name.into_owned(), sections(&text));
    }
    let names = files.remove(NAMES).unwrap_or_default();
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut goals = Vec::new();
    for (lang, own) in &files {
        let sections = names.clone().into_iter().chain(own.clone()).collect();
        let composed =
            goals_of(&sections, &mut random).with_context(|| format!("phrases of {lang}"))?;
        goals.extend(composed.into_iter().map(|goal| Goal {
            text: goal,
            context: None,
            lang: lang.clone(),
        }));
    }
    Ok(goals)
}

fn sections(text: &str) -> Sections {
    let mut sections = Sections::new();
    let mut name = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            Some(section) => section.clone_into(&mut name),
            None => sections
                .entry(name.clone())
                .or_default()
                .push(line.to_owned()),
        }
    }
    sections
}

/// Fills each goal as often as its longest list is long, so that every phrase is used.
fn goals_of(sections: &Sections, random: &mut Random) -> anyhow::Result<Vec<String>> {
    let mut goals = Vec::new();
    let mut seen = HashSet::new();
    for goal in sections.get(START).map_or(&[][..], Vec::as_slice) {
        let lists = lists(goal, sections)?;
        let longest = lists.iter().map(|list| list.len()).max().unwrap_or(1);
        // Each list in an order of its own: the same two phrases rarely meet twice.
        let orders: Vec<Vec<usize>> = lists
            .iter()
            .map(|list| {
                let mut order: Vec<usize> = (0..list.len()).collect();
                random.shuffle(&mut order);
                order
            })
            .collect();
        for round in 0..longest {
            let mut fillings = Vec::new();
            for (list, order) in lists.iter().zip(&orders) {
                let phrase = &list[order[round % order.len()]];
                fillings.push(filled_at_random(phrase, sections, random)?);
            }
            let filled = fill(goal, &fillings);
            if seen.insert(filled.clone()) {
                goals.push(filled);
            }
        }
    }
    Ok(goals)
}

/// Fills the slots that a phrase of a list has itself, such as `bis {month}`.
fn filled_at_random(
    phrase: &str,
    sections: &Sections,
    random: &mut Random,
) -> anyhow::Result<String> {
    let fillings: Vec<String> = lists(phrase, sections)?
        .into_iter()
        .map(|list| list[random.below(list.len())].clone())
        .collect();
    Ok(fill(phrase, &fillings))
}

/// Returns the list of each slot of a phrase, in order.
fn lists<'a>(phrase: &str, sections: &'a Sections) -> anyhow::Result<Vec<&'a Vec<String>>> {
    let mut lists = Vec::new();
    for slot in phrase.split('{').skip(1) {
        let name = slot.split('}').next().unwrap_or_default();
        match sections.get(name) {
            Some(list) => lists.push(list),
            None => bail!("`{phrase}` has a slot without a section"),
        }
    }
    Ok(lists)
}

fn fill(phrase: &str, fillings: &[String]) -> String {
    let mut parts = phrase.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for (part, filling) in parts.zip(fillings) {
        filled.push_str(filling);
        filled.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::{goals_of, sections};
    use crate::training::Random;

    #[test]
    fn every_phrase_of_a_slot_is_used_once_per_goal() {
        let sections = sections(
            "[goal]\n{skill} lernen\nabnehmen {time}\n\n[skill]\nGeige\nSchach\n[time]\nim Mai",
        );

        let mut goals = goals_of(&sections, &mut Random(1)).unwrap();

        goals.sort();
        assert_eq!(goals, ["Geige lernen", "Schach lernen", "abnehmen im Mai"]);
    }

    #[test]
    fn a_slot_without_a_section_is_an_error() {
        let sections = sections("[goal]\n{instrument} spielen");

        let error = goals_of(&sections, &mut Random(1)).unwrap_err();

        assert!(error.to_string().contains("{instrument} spielen"));
    }
}
