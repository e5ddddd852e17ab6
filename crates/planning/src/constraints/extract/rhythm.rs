//! The number of sessions a week: "three times a week", "every day", "4 runs a week".

use super::amount::amounts;
use super::frequency::{Frequency, WEEKLY};
use super::recurrence::recurrences;
use super::text::Text;

/// Reads the number of sessions a week, from 1 to 7; the first that the text names. Days alone ("every day", "on Tuesdays") count only
/// beside a budget (`has_budget`): else they may say anything. Days that are ruled out (`has_days_off`) are none.
pub(super) fn read(text: &Text, has_budget: bool, has_days_off: bool) -> Option<u8> {
    let amounts = amounts(text);
    let ranges: Vec<_> = amounts.iter().map(|amount| amount.tokens.clone()).collect();
    let found = recurrences(text, &ranges);
    let sessions = found
        .iter()
        .find_map(|recurrence| match recurrence.frequency {
            Frequency::Sessions(rate) => u8::try_from((rate + WEEKLY / 2) / WEEKLY).ok(),
            Frequency::Daily(1) if has_budget => Some(7),
            Frequency::On(days) if has_budget && !has_days_off && !recurrence.once => {
                Some(days.len())
            }
            _ => None,
        });
    let times = || {
        let amount = amounts.iter().find(|amount| amount.times > 1)?;
        u8::try_from(amount.times).ok()
    };
    sessions
        .or_else(times)
        .filter(|sessions| (1..=7).contains(sessions))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_counted_and_hours_are_none() {
        for (text, sessions) in [
            ("30 minutes a day", Some(7)),
            ("three times a week for 40 minutes", Some(3)),
            ("every other day 30 min", Some(4)),
            ("90 minutes on weekdays", Some(5)),
            ("half marathon, 4 runs a week", Some(4)),
            ("dreimal pro Woche eine Stunde", Some(3)),
            ("6 hours a week", None),
            ("run a marathon", None),
        ] {
            assert_eq!(read(&Text::new(text), true, false), sessions, "{text}");
        }
    }

    #[test]
    fn days_alone_are_no_sessions() {
        for text in [
            "Every day is a new day",
            "on Tuesdays and Thursdays",
            "jeden Tag",
        ] {
            assert_eq!(read(&Text::new(text), false, false), None, "{text}");
        }
    }

    #[test]
    fn days_off_are_no_sessions() {
        let text = Text::new("3 hours a week, not on Sundays");
        assert_eq!(read(&text, true, true), None);
    }
}
