//! Reads the Dockerfile.

use crate::files::text;

/// The instructions, with their continued lines joined and without comments.
pub fn instructions() -> Vec<String> {
    let text = text("Dockerfile");
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .collect();
    let joined = lines.join("\n").replace("\\\n", " ");
    let instructions = joined
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    instructions.map(str::to_owned).collect()
}

/// The instructions of a stage, with those of the stages it builds on.
pub fn stage(name: &str) -> Vec<String> {
    let all = instructions();
    let starts =
        |line: &String| line.starts_with("FROM ") && line.ends_with(&format!(" AS {name}"));
    let Some(start) = all.iter().position(starts) else {
        return Vec::new();
    };
    let rest = all[start + 1..].iter();
    let own = rest.take_while(|line| !line.starts_with("FROM ")).cloned();
    let mut before = stage(base(&all[start]));
    before.push(all[start].clone());
    before.extend(own);
    before
}

/// What a `FROM` builds on.
pub fn base(from: &str) -> &str {
    let words = from.split(' ').skip(1);
    words
        .into_iter()
        .find(|word| !word.starts_with("--"))
        .unwrap()
}

/// The last instruction of this kind in a stage, without its name.
pub fn last<'a>(stage: &'a [String], instruction: &str) -> Option<&'a str> {
    let all = stage.iter().rev();
    all.into_iter()
        .find_map(|line| line.strip_prefix(instruction)?.strip_prefix(' '))
}
