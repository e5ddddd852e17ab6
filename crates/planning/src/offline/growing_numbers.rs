//! Fills the numbers of a weekly task, which grow over the plan: `{8>18}` is 8 at its start and 18 at its end, `{20>60/5}` goes in steps
//! of 5, and `{week}` is the number of the week.

use std::fmt::Write as _;

use crate::quantity::with_tenth;

/// Where in a plan a week is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// The number of the week, from 1.
    pub week: usize,
    /// The share of the way, from 0 to 1.
    pub share: f64,
    /// The share of what the numbers would be: less in lighter weeks and before a race.
    pub load: f64,
}

/// Returns the text with its numbers. `comma` tells whether the language writes decimals with a comma.
pub fn fill(template: &str, progress: Progress, comma: bool) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((placeholder, after)) = after.split_once('}') else {
            text.push('{');
            rest = after;
            continue;
        };
        match number(placeholder, progress) {
            Some(number) if comma => text.push_str(&number.replace('.', ",")),
            Some(number) => text.push_str(&number),
            None => {
                // Writing to a String cannot fail.
                let _infallible = write!(text, "{{{placeholder}}}");
            }
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

fn number(placeholder: &str, progress: Progress) -> Option<String> {
    if placeholder == "week" {
        return Some(progress.week.to_string());
    }
    let (start, rest) = placeholder.split_once('>')?;
    let (end, step) = rest.split_once('/').unwrap_or((rest, ""));
    let (from, to): (f64, f64) = (start.parse().ok()?, end.parse().ok()?);
    let is_whole = !placeholder.contains('.');
    let step: f64 = match step {
        "" if is_whole => 1.0,
        "" => 0.5,
        step => step.parse().ok().filter(|step| *step > 0.0)?,
    };
    let full = from + (to - from) * progress.share;
    let value = (full * progress.load / step).round() * step;
    // The smallest of both ends in a lighter week, so that a task never asks for nothing.
    let value = value.max(from.min(to).min(step));
    Some(with_tenth(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_grow_in_steps_and_are_less_in_lighter_weeks() {
        let at = |share, load| Progress {
            week: 3,
            share,
            load,
        };
        for (template, progress, expected) in [
            ("Run {8>18} km", at(0.0, 1.0), "Run 8 km"),
            ("Run {8>18} km", at(0.5, 1.0), "Run 13 km"),
            ("Run {8>18} km", at(0.5, 0.7), "Run 9 km"),
            (
                "Hold {20>60/5} s, week {week}",
                at(0.4, 1.0),
                "Hold 35 s, week 3",
            ),
            ("Ride {1.5>3} h {odd}", at(0.5, 1.0), "Ride 2.5 h {odd}"),
            ("Smoke {10>0} a day", at(1.0, 1.0), "Smoke 0 a day"),
            ("An open { brace", at(0.5, 1.0), "An open { brace"),
        ] {
            assert_eq!(fill(template, progress, false), expected);
        }
        assert_eq!(fill("{1.5>3} h", at(0.5, 1.0), true), "2,5 h");
    }
}
