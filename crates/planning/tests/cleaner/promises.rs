//! The promises about a plan's texts, hours and links, checked from outside.

use std::collections::HashSet;

use planning::plan::{LinkStatus, Plan, Session, Week};
use unicode_normalization::UnicodeNormalization as _;

/// Panics with the first promise that a plan breaks.
pub fn assert_promises(plan: &Plan, minutes_per_week: Option<u32>) {
    let mut tasks = HashSet::new();
    let mut tenths = 0;
    assert_text(plan.summary());
    for week in plan.weeks() {
        assert_sessions(week);
        assert_text(&week.focus_area);
        assert_text(&week.milestone);
        assert!(!week.tasks.is_empty());
        for task in &week.tasks {
            assert_text(task);
            assert!(tasks.insert(normal_form(task)), "twice: {task:?}");
        }
        let hours = week.estimated_hours.tenths();
        assert!((1..=1680).contains(&hours));
        if let Some(minutes) = minutes_per_week {
            assert!(hours * 6 <= minutes, "{hours} tenths, {minutes} minutes");
        }
        tenths += hours;
    }
    assert_eq!(plan.total().tenths(), tenths);
    for resource in plan.resources() {
        assert_text(&resource.title);
        match resource.link_status {
            LinkStatus::AllowListed => {
                assert!(resource.url.starts_with("https://"), "{}", resource.url);
            }
            LinkStatus::Search => assert_text(resource.url.strip_prefix("search:").unwrap()),
        }
    }
}

/// The sessions lie in their week in order, their minutes add up to its hours, and every task is in one.
fn assert_sessions(week: &Week) {
    let minutes: u32 = week.sessions.iter().map(|session| session.minutes).sum();
    assert_eq!(minutes, week.estimated_hours.tenths() * 6, "{week:?}");
    let in_order = |pair: &[Session]| pair[0].date < pair[1].date;
    assert!(week.sessions.windows(2).all(in_order), "{week:?}");
    let days = week.starts_on..=week.ends_on;
    for session in &week.sessions {
        assert!(
            days.contains(&session.date) && session.minutes > 0,
            "{week:?}"
        );
        assert!(!session.tasks.is_empty(), "{week:?}");
    }
    let planned: HashSet<usize> = week
        .sessions
        .iter()
        .flat_map(|session| session.tasks.iter().copied())
        .collect();
    assert_eq!(planned, (0..week.tasks.len()).collect(), "{week:?}");
}

/// Letters and digits alone, in one case and one form; the text itself if it has none.
fn normal_form(task: &str) -> String {
    let letters: String = task
        .nfkc()
        .filter(|char| char.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    if letters.is_empty() {
        task.to_owned()
    } else {
        letters
    }
}

fn assert_text(text: &str) {
    assert!(text.chars().any(is_seen), "nothing to see: {text:?}");
    assert!(text.chars().count() <= 2000);
    assert_eq!(text, text.trim());
    let is_double = |pair: &[char]| pair.iter().all(|char| char.is_whitespace());
    let chars: Vec<char> = text.chars().collect();
    assert!(!chars.windows(2).any(is_double), "two spaces: {text:?}");
    let hidden = text.chars().find(|char| is_hidden(*char));
    assert_eq!(hidden, None, "{text:?}");
    assert_no_markup(text);
    assert_no_address(&text.to_ascii_lowercase());
}

/// A letter, digit or symbol, as far as the standard library tells: the blank ones are excluded by hand.
fn is_seen(char: char) -> bool {
    !matches!(
        char,
        '\u{3164}' | '\u{115f}' | '\u{1160}' | '\u{ffa0}' | '\u{2800}'
    ) && (char.is_alphanumeric() || (!char.is_ascii() && !char.is_whitespace() && !is_hidden(char)))
}

fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200b}' | '\u{2060}'..='\u{2069}' | '\u{ad}' | '\u{feff}' | '\u{202a}'..='\u{202e}')
        || matches!(
            char,
            '\u{3164}' | '\u{115f}' | '\u{1160}' | '\u{ffa0}' | '\u{2800}' | '\u{180e}' | '\u{fff9}'
                ..='\u{fffc}'
        )
}

fn assert_no_markup(text: &str) {
    let chars: Vec<char> = text.chars().collect();
    let is_tag = |pair: &[char]| {
        pair[0] == '<' && (pair[1].is_ascii_alphabetic() || matches!(pair[1], '/' | '!' | '?'))
    };
    assert!(!chars.windows(2).any(is_tag), "a tag: {text:?}");
    assert!(
        !text.contains(['`', '\u{1b}']) && !text.contains("]("),
        "markup: {text:?}"
    );
    for reference in ["&lt", "&gt", "&nbsp", "&#6", "&#x", "&#8", "&amp;"] {
        assert!(!text.contains(reference), "{reference}: {text:?}");
    }
    for start in ["# ", "## ", "- ", "* ", "> ", "[ ] ", "```", "~~~"] {
        assert!(!text.starts_with(start), "{start:?}: {text:?}");
    }
    for mark in ["**", "__", "~~"] {
        assert!(!is_bold(text, mark), "{mark}: {text:?}");
    }
}

/// Whether a word of letters in marks, with spaces around, is left: the plainest form of emphasis.
fn is_bold(text: &str, mark: &str) -> bool {
    text.split(' ').any(|word| {
        word.strip_prefix(mark)
            .and_then(|word| word.strip_suffix(mark))
            .is_some_and(|word| {
                !word.is_empty()
                    && word.chars().all(char::is_alphabetic)
                    && !matches!(word, "init" | "main")
            })
    })
}

fn assert_no_address(text: &str) {
    assert!(
        !text.contains("://") && !text.contains("javascript:a"),
        "{text:?}"
    );
    for address in [
        "mailto:",
        "data:,",
        "http:",
        "example.com/path",
        "a@b.org",
        "www.example.com",
        "192.168.0.1",
        "::1",
    ] {
        let is_joined = |char: char| char.is_alphanumeric() || ".:-_%".contains(char);
        let is_left = text.match_indices(address).any(|(place, _)| {
            let after = &text[place + address.len()..];
            let is_whole = if address.ends_with(':') {
                after.starts_with(|next: char| next.is_alphanumeric())
            } else {
                !after.starts_with(is_joined)
            };
            is_whole && !text[..place].ends_with(is_joined)
        });
        assert!(!is_left, "{address}: {text:?}");
    }
}
