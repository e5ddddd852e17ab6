//! The words that rule something out, and what they rule out.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::demand::Demands;
use crate::lexicon::Lexicon;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    before: Vec<String>,
    verbs: Vec<String>,
    fillers: Vec<String>,
    harmless: Vec<String>,
    ends: Vec<String>,
    also: Vec<String>,
    things: BTreeMap<String, Vec<String>>,
    conditions: Vec<Condition>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Condition {
    words: Vec<String>,
    avoid: Vec<String>,
    /// Whether it makes hard what it avoids, not impossible, so that a goal may be about it: pull-ups with a bad shoulder.
    #[serde(default)]
    partial: bool,
}

/// What a word does in an exclusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It rules out the thing after it.
    Before,
    /// It rules out what somebody would do.
    Verb,
}

/// What a word does between a negation and what it rules out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// It stands between.
    Filler,
    /// Nothing is ruled out.
    Harmless,
    /// The excluded thing ends before it.
    End,
    /// A further thing follows.
    Also,
}

/// All words of exclusions.
#[derive(Debug)]
pub(super) struct Words {
    pub negations: Lexicon<Role>,
    pub fillers: Lexicon<Part>,
    pub harmless: Lexicon<Part>,
    pub ends: Lexicon<Part>,
    pub things: Lexicon<Demands>,
    /// What people in these conditions avoid, and whether it may be their goal all the same.
    pub conditions: Lexicon<(Demands, bool)>,
}

/// Read once. A fault in the file would mean that nobody's exclusions are kept, so it is none to go on with.
#[expect(
    clippy::expect_used,
    reason = "the file is part of the build, and a test reads it"
)]
pub(super) static WORDS: LazyLock<Words> =
    LazyLock::new(|| parse().expect("the words of exclusions are valid"));

fn empty() -> Words {
    Words {
        negations: Lexicon::new(),
        fillers: Lexicon::new(),
        harmless: Lexicon::new(),
        ends: Lexicon::new(),
        things: Lexicon::new(),
        conditions: Lexicon::new(),
    }
}

fn parse() -> Result<Words, String> {
    let file: File = toml::from_str(include_str!("../../data/exclusions.toml"))
        .map_err(|error| error.to_string())?;
    let mut words = empty();
    let parts = [
        (&file.fillers, &mut words.fillers, Part::Filler),
        (&file.harmless, &mut words.harmless, Part::Harmless),
    ];
    for (entries, lexicon, part) in parts {
        for entry in entries {
            lexicon.add(entry, part);
        }
    }
    for (entries, part) in [(&file.ends, Part::End), (&file.also, Part::Also)] {
        for entry in entries {
            words.ends.add(entry, part);
        }
    }
    for (entries, role) in [(&file.before, Role::Before), (&file.verbs, Role::Verb)] {
        for entry in entries {
            words.negations.add(entry, role);
        }
    }
    let demand =
        |name: &String| Demands::named(name).ok_or_else(|| format!("unknown demand {name}"));
    for (name, entries) in &file.things {
        let demands = demand(name)?;
        for entry in entries {
            words.things.add(entry, demands);
        }
    }
    for condition in &file.conditions {
        let mut demands = Demands::NONE;
        for name in &condition.avoid {
            demands = demands.with(demand(name)?);
        }
        let entries = &condition.words;
        for entry in entries {
            words.conditions.add(entry, (demands, condition.partial));
        }
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_file_is_valid_and_names_demands_that_exist() {
        super::parse().unwrap();
    }
}
