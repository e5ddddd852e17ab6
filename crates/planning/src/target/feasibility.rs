//! Rules that tell whether the time can carry the target, each with its source. They only warn: the plan is made all the same.

use super::{Measure, Target};
use crate::constraints::{Constraints, Level};
use crate::goal::Goal;
use crate::plan::{Warning, WarningCode};
use crate::words::words;

/// Most kilogrammes a week that one should lose: 0.5 to 1 kg (National Health Service, "Tips to help you lose weight").
const KG_A_WEEK: f64 = 1.0;
/// Words that people draft in an hour: NaNoWriMo's pace of 50,000 words in a month is 1,667 a day, and we take two hours for them.
const DRAFTED_WORDS_AN_HOUR: f64 = 830.0;
/// New items an hour with spaced repetition: 20 new cards a day and ten times as many reviews (the Anki manual's rule of thumb) at 8
/// seconds each take about half an hour.
const NEW_ITEMS_AN_HOUR: f64 = 45.0;
/// Hours a book takes: 80,000 words at 238 a minute (Brysbaert, "How many words do we read per minute?", 2019).
const HOURS_A_BOOK: f64 = 5.6;
/// Guided learning hours from nothing to each level (Cambridge English, "Guided learning hours", the lower ends).
const CEFR_HOURS: [(&str, f64); 6] = [
    ("a1", 90.0),
    ("a2", 180.0),
    ("b1", 350.0),
    ("b2", 500.0),
    ("c1", 700.0),
    ("c2", 1000.0),
];
/// The share of guided hours below which a level is out of reach, even for people who learn much besides.
const LEAST_SHARE: f64 = 0.5;
/// The fewest weeks for a race: a long run that grows by a tenth a week (the usual rule) goes from 8 to 16 km in 8 weeks, for a half
/// marathon, and from 10 to 30 km in 12, for a marathon.
const HALF_MARATHON_WEEKS: u8 = 8;
const MARATHON_WEEKS: u8 = 12;

/// Returns the warning that the time is too little for the target, if it is.
#[must_use]
pub fn warning(goal: &Goal, constraints: &Constraints) -> Option<Warning> {
    let weeks = match (constraints.weeks, constraints.deadline) {
        (Some(weeks), _) => weeks.value,
        (None, Some(_)) => constraints.max_weeks(),
        (None, None) => return None,
    };
    let hours = constraints
        .minutes_per_week
        .map(|minutes| f64::from(minutes.value) / 60.0 * f64::from(weeks));
    let reason = Target::of(goal, constraints)
        .and_then(|target| too_much(&target, f64::from(weeks), hours))
        .or_else(|| level_too_far(goal, constraints, hours?))
        .or_else(|| race_too_near(goal, constraints, weeks))?;
    Some(Warning::new(WarningCode::TooLittleTime, reason).about("goal"))
}

/// Returns why a quantity is too much for a time.
fn too_much(target: &Target, weeks: f64, hours: Option<f64>) -> Option<String> {
    let amount = target.amount;
    match target.measure {
        Measure::Weight => {
            let kilogrammes = match target.unit.to_lowercase().as_str() {
                "lb" | "lbs" | "pounds" => amount * 0.4536,
                "pfund" => amount * 0.5,
                "stone" => amount * 6.35,
                _ => amount,
            };
            let rate = kilogrammes / weeks;
            (rate > KG_A_WEEK * 1.05).then(|| {
                format!("{rate:.1} kg a week is more than the 0.5 to 1 kg that health services advise; a slower target is safer and lasts")
            })
        }
        Measure::WrittenWords => {
            let needed = amount / DRAFTED_WORDS_AN_HOUR;
            hours.filter(|hours| needed > *hours).map(|hours| {
                format!("{amount} words take about {needed:.0} hours at {DRAFTED_WORDS_AN_HOUR:.0} words an hour, and the plan has {hours:.0}")
            })
        }
        Measure::Vocabulary => {
            let needed = amount / NEW_ITEMS_AN_HOUR;
            hours.filter(|hours| needed > *hours).map(|hours| {
                format!("{amount} new items with their reviews take about {needed:.0} hours, and the plan has {hours:.0}")
            })
        }
        Measure::Books => {
            let needed = amount * HOURS_A_BOOK;
            hours.filter(|hours| needed > *hours * 1.5).map(|hours| {
                format!("{amount} books take about {needed:.0} hours of reading, and the plan has {hours:.0}")
            })
        }
        Measure::Money | Measure::Things => None,
    }
}

/// Returns why a level of a language is too far.
fn level_too_far(goal: &Goal, constraints: &Constraints, hours: f64) -> Option<String> {
    let words = words(goal.text());
    let named: Vec<(&str, f64)> = words
        .iter()
        .filter_map(|word| {
            CEFR_HOURS
                .iter()
                .find(|(level, _)| *level == word.folded)
                .copied()
        })
        .collect();
    let (level, wanted) = *named
        .iter()
        .max_by(|one, other| one.1.total_cmp(&other.1))?;
    let known = match (named.len(), constraints.level.map(|level| level.value)) {
        (2.., _) => named.iter().map(|(_, hours)| *hours).fold(wanted, f64::min),
        (_, None | Some(Level::Beginner)) => 0.0,
        (_, Some(Level::Intermediate)) => 350.0,
        (_, Some(Level::Advanced)) => 500.0,
    };
    let needed = (wanted - known).max(0.0);
    (hours < needed * LEAST_SHARE).then(|| {
        format!(
            "{} takes about {needed:.0} guided hours from where you are, and the plan has {hours:.0}",
            level.to_uppercase()
        )
    })
}

/// Returns why a race is too near for somebody who does not say that they have trained.
fn race_too_near(goal: &Goal, constraints: &Constraints, weeks: u8) -> Option<String> {
    let level = constraints.level.map(|level| level.value);
    let words = words(goal.text());
    let place = words.iter().position(|word| {
        word.folded.starts_with("marathon") || word.folded.contains("halbmarathon")
    })?;
    let is_half = words[place].folded.contains("half")
        || words[place].folded.contains("halb")
        || place > 0
            && matches!(
                words[place - 1].folded.as_str(),
                "half" | "semi" | "media" | "meia" | "medio"
            );
    let least = if is_half {
        HALF_MARATHON_WEEKS
    } else {
        MARATHON_WEEKS
    };
    let is_new = matches!(level, None | Some(Level::Beginner));
    (is_new && weeks < least).then(|| {
        format!(
            "{weeks} weeks are few for the distance unless you run regularly already: a long run that grows by a tenth a week takes at least {least}"
        )
    })
}
