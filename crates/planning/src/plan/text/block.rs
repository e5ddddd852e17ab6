//! Markdown that shapes whole lines: headings, lists, quotes, code fences, rules, tables and definitions of links.

/// Returns the text on one line, without what Markdown puts at the start of lines or on lines of their own.
pub(super) fn strip(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let has_lines = text.contains(['\n', '\r']);
    for line in text.split(['\n', '\r']).map(str::trim) {
        let line = strip_fence(line);
        if is_rule(line) || is_link_definition(line) {
            continue;
        }
        let line = strip_markers(line, has_lines);
        if !joined.is_empty() {
            joined.push(' ');
        }
        match cells(line, has_lines) {
            Some(cells) => joined.push_str(&cells),
            None => joined.push_str(line),
        }
    }
    joined
}

/// Removes the marks of headings, lists, quotes and checkboxes at the start of a line. Numbers stay: "1." may be a date.
pub(super) fn strip_markers(line: &str, has_lines: bool) -> &str {
    let mut rest = line;
    loop {
        if rest.starts_with(|first: char| first.is_ascii_alphanumeric()) {
            return rest;
        }
        let Some(stripped) = strip_marker(rest, has_lines) else {
            return rest;
        };
        rest = stripped.trim_start();
    }
}

fn strip_marker(line: &str, has_lines: bool) -> Option<&str> {
    const CHECKBOXES: [&str; 3] = ["[ ]", "[x]", "[X]"];
    const BULLETS: [&str; 5] = ["-", "*", "•", ">", "+"];
    let is_alone = |rest: &&str| rest.is_empty() || rest.starts_with(char::is_whitespace);
    if let Some(rest) = CHECKBOXES
        .iter()
        .find_map(|mark| line.strip_prefix(mark).filter(is_alone))
    {
        return Some(rest);
    }
    let heading = line.trim_start_matches('#');
    if (1..=6).contains(&(line.len() - heading.len())) && is_alone(&heading) {
        return Some(
            heading
                .trim_end()
                .trim_end_matches(" #")
                .trim_end_matches('#'),
        );
    }
    BULLETS
        .iter()
        // A plus sign on a single line may belong to a number.
        .filter(|mark| has_lines || **mark != "+")
        .find_map(|mark| line.strip_prefix(mark).filter(is_alone))
}

/// Removes a code fence at the start of a line, with the name of the language after it.
fn strip_fence(line: &str) -> &str {
    for fence in ["```", "~~~"] {
        if let Some(rest) = line.strip_prefix(fence) {
            let rest = rest.trim_start_matches(['`', '~']);
            return if rest.contains(fence) || rest.contains(' ') {
                rest.trim_end_matches(fence)
            } else {
                ""
            };
        }
    }
    line
}

/// Returns whether a line is a rule, the underline of a heading, or the line below the head of a table.
fn is_rule(line: &str) -> bool {
    line.len() >= 3
        && line
            .bytes()
            .all(|byte| matches!(byte, b'-' | b'=' | b'*' | b'_' | b'|' | b':' | b'+' | b' '))
}

/// Returns whether a line is the definition of a link, such as `[guide]: https://example.org`.
fn is_link_definition(line: &str) -> bool {
    line.strip_prefix('[')
        .and_then(|rest| rest.split_once("]:"))
        .is_some_and(|(name, target)| {
            let target = target.trim_start().trim_start_matches('<');
            !name.contains([']', '[']) && (target.contains("://") || target.starts_with(['/', '#']))
        })
}

/// Returns the cells of a table's row, separated by commas; `None` if the line is no row.
fn cells(line: &str, has_lines: bool) -> Option<String> {
    let inner = line.strip_prefix('|')?.strip_suffix('|')?;
    let is_spaced = inner.starts_with(' ') && inner.ends_with(' ');
    if !has_lines && !is_spaced {
        return None;
    }
    let cells: Vec<&str> = inner
        .split('|')
        .map(str::trim)
        .filter(|cell| !cell.is_empty() && !is_rule(cell))
        .collect();
    Some(cells.join(", "))
}

#[cfg(test)]
mod tests {
    use super::strip;

    #[test]
    fn marks_of_lines_are_removed() {
        for (text, plain) in [
            ("# Basics", "Basics"),
            ("###### Basics ######", "Basics"),
            ("> > Quoted\n> again", "Quoted again"),
            ("- [ ] Write\n\n  a page", "Write a page"),
            ("- [x] one\n* two\n+ three\n• four", "one two three four"),
            ("Basics\n======\nRead", "Basics Read"),
            ("Read\n\n---\n\nWrite", "Read Write"),
            ("```rust\nlet x = 1;\n```", "let x = 1;"),
            ("~~~\nlet x = 1;\n~~~", "let x = 1;"),
            (
                "| Task | Time |\n|---|:-:|\n| Read | 1 h |",
                "Task, Time Read, 1 h",
            ),
            (
                "Read the [guide]\n\n[guide]: https://example.org",
                "Read the [guide]",
            ),
        ] {
            assert_eq!(
                strip(text).split_whitespace().collect::<Vec<_>>().join(" "),
                plain,
                "{text}"
            );
        }
    }

    #[test]
    fn signs_of_a_text_stay() {
        for text in [
            "#1",
            "C#",
            "-5 °C",
            "+ 5 kg",
            ">5 km",
            "1. Januar",
            "[draft] x",
            "|x| < 1",
            "2 - 3",
            "*args",
            "#rust #code",
        ] {
            assert_eq!(strip(text), text);
        }
    }
}
