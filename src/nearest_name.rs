//! The known name that somebody probably meant, for messages about unknown names.

/// Longest unknown name that is compared: no known name is longer, and comparing takes quadratic time.
const MAX_CHARS: usize = 64;
/// Shortest name that counts as meant because it is a part of a known name.
const MIN_PART: usize = 4;

/// Returns the known name that is most similar to `unknown`, if one is similar enough: the same letters in another spelling
/// (`hoursPerWeek`), a typing mistake in three letters (`gaol`), or a part of exactly one known name (`hours`).
#[must_use]
pub fn nearest<'a>(unknown: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let letters = letters(unknown);
    if letters.is_empty() || unknown.chars().count() > MAX_CHARS {
        return None;
    }
    let closest = known
        .clone()
        .map(|name| (distance(&letters, name), name))
        .min()?;
    if closest.0
        <= (letters.chars().count() / 3)
            .max(1)
            .min(closest.1.len() / 2)
    {
        return Some(closest.1);
    }
    let mut containing = known.filter(|name| has_part(name, &letters));
    containing.next().filter(|_| containing.next().is_none())
}

/// Returns the number of mistyped letters, where two swapped letters are one mistake.
fn distance(unknown: &str, known: &str) -> usize {
    strsim::osa_distance(unknown, &letters(known))
}

fn has_part(known: &str, unknown: &str) -> bool {
    let known = letters(known);
    (unknown.len() >= MIN_PART && known.contains(unknown))
        || (known.len() >= MIN_PART && unknown.contains(&known))
}

fn letters(name: &str) -> String {
    name.chars()
        .filter(|char| char.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 7] = [
        "goal",
        "context",
        "hours_per_week",
        "duration_weeks",
        "start_date",
        "deadline",
        "language",
    ];

    #[test]
    fn other_spellings_typing_mistakes_and_parts_are_recognised() {
        for (unknown, meant) in [
            ("hoursPerWeek", "hours_per_week"),
            ("HOURS-PER-WEEK", "hours_per_week"),
            ("hour_per_weeks", "hours_per_week"),
            ("gaol", "goal"),
            ("Goal", "goal"),
            ("goals", "goal"),
            ("goal_text", "goal"),
            ("hours", "hours_per_week"),
            ("lang", "language"),
            ("dead_line", "deadline"),
            ("startdate", "start_date"),
            ("durationWeek", "duration_weeks"),
        ] {
            assert_eq!(
                nearest(unknown, KNOWN.into_iter()),
                Some(meant),
                "{unknown}"
            );
        }
    }

    #[test]
    fn a_name_like_no_other_gets_no_suggestion() {
        let long = "goal".repeat(100);
        for unknown in ["", "!", "x", "budget", "week", "colour", "日本語", &long] {
            assert_eq!(nearest(unknown, KNOWN.into_iter()), None, "{unknown}");
        }
    }
}
