//! The quantity in a goal: 10 kg, 50,000 words, 52 books, B2, a marathon. It has a path from week to week, and rules tell whether the time
//! can carry it.

mod feasibility;
mod reader;

pub use self::feasibility::warning;

use crate::constraints::Constraints;
use crate::goal::Goal;
use crate::plan::draft::DraftWeek;
use crate::quantity::with_tenth;

/// What a quantity counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Weight to lose or to gain, in kg.
    Weight,
    /// Words to write.
    WrittenWords,
    /// Words or characters to learn.
    Vocabulary,
    /// Books to read.
    Books,
    /// Money to save or to pay off.
    Money,
    /// Other things that are done one after the other, such as photos to sort.
    Things,
}

/// A quantity that a goal adds up to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Target {
    amount: f64,
    measure: Measure,
    /// The unit as the person wrote it; empty for money without a currency.
    unit: String,
}

impl Target {
    /// Reads the quantity of a goal, if it has one that a plan can add up to.
    pub fn of(goal: &Goal, constraints: &Constraints) -> Option<Self> {
        reader::read(goal.text(), &constraints.phrases)
    }

    /// Adds the mark of each week to its milestone: the share of the quantity that should be done by then.
    pub fn mark_milestones(&self, weeks: &mut [DraftWeek], language: &str) {
        let count = weeks.len();
        for (index, week) in weeks.iter_mut().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "a few dozen weeks")]
            let share = (index + 1) as f64 / count as f64;
            let mark = self.mark(share, language);
            week.milestone = format!("{}. {mark}", week.milestone.trim_end_matches('.'));
        }
    }

    fn mark(&self, share: f64, language: &str) -> String {
        let at = number(round_like(self.amount * share, self.amount), language);
        let whole = number(self.amount, language);
        let whole = if self.unit.is_empty() {
            whole
        } else {
            format!("{whole} {}", self.unit)
        };
        match language {
            "de" => format!("Bis hierher: {at} von {whole}"),
            "es" => format!("Hasta aquí: {at} de {whole}"),
            "fr" => format!("À ce stade : {at} sur {whole}"),
            "pt" => format!("Até aqui: {at} de {whole}"),
            _ => format!("By now: {at} of {whole}"),
        }
    }
}

/// Rounds a part of an amount: tenths of small amounts, whole numbers of others, tens of thousands.
fn round_like(part: f64, amount: f64) -> f64 {
    let step = match amount {
        amount if amount < 20.0 => 0.1,
        amount if amount < 1000.0 => 1.0,
        amount if amount < 10_000.0 => 10.0,
        _ => 100.0,
    };
    // The last week is the whole amount, whatever the step.
    ((part / step).round() * step).min(amount)
}

/// Writes a number as the language does.
fn number(number: f64, language: &str) -> String {
    let (thousands, decimal) = match language {
        "de" | "es" | "pt" => ('.', ','),
        "fr" => ('\u{202f}', ','),
        _ => (',', '.'),
    };
    let plain = with_tenth(number);
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut written = String::with_capacity(plain.len() + 4);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) && whole.len() > 4 {
            written.push(thousands);
        }
        written.push(digit);
    }
    if !fraction.is_empty() {
        written.push(decimal);
        written.push_str(fraction);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(text: &str) -> Option<(f64, Measure, String)> {
        reader::read(text, &[]).map(|target| (target.amount, target.measure, target.unit))
    }

    #[test]
    fn quantities_are_read_with_what_they_count() {
        for (goal, amount, measure, unit) in [
            (
                "lose 10 kg in 12 weeks, bad knees",
                10.0,
                Measure::Weight,
                "kg",
            ),
            ("10 Kilo abnehmen", 10.0, Measure::Weight, "kg"),
            (
                "write a novel of 50,000 words",
                50_000.0,
                Measure::WrittenWords,
                "words",
            ),
            ("learn 2,000 kanji", 2000.0, Measure::Vocabulary, "kanji"),
            ("read 52 books this year", 52.0, Measure::Books, "books"),
            (
                "pay off 4,000 on two credit cards",
                4000.0,
                Measure::Money,
                "",
            ),
            ("save $5k for a car", 5000.0, Measure::Money, "$"),
            ("5.000 Euro sparen", 5000.0, Measure::Money, "Euro"),
            (
                "sort 12,000 photos on my computer",
                12_000.0,
                Measure::Things,
                "photos",
            ),
        ] {
            assert_eq!(
                target(goal),
                Some((amount, measure, unit.to_owned())),
                "{goal}"
            );
        }
    }

    #[test]
    fn numbers_that_a_plan_does_not_add_up_to_are_no_target() {
        for goal in [
            "bench press 100 kg",
            "type 25 words a minute",
            "surprise party, 25 guests, budget 800",
            "100 km bike ride",
            "my first 90 days as a team lead",
            "gluten-free meals for five, 120 a week",
            "learn chess",
        ] {
            assert_eq!(target(goal), None, "{goal}");
        }
    }

    #[test]
    fn marks_go_on_from_week_to_week_and_end_with_the_whole() {
        let target = Target {
            amount: 10.0,
            measure: Measure::Weight,
            unit: "kg".to_owned(),
        };
        let mut weeks = vec![DraftWeek::default(); 3];
        for week in &mut weeks {
            week.milestone = "Done".to_owned();
        }
        target.mark_milestones(&mut weeks, "de");

        let marks: Vec<&str> = weeks.iter().map(|week| week.milestone.as_str()).collect();
        assert_eq!(
            marks,
            [
                "Done. Bis hierher: 3,3 von 10 kg",
                "Done. Bis hierher: 6,7 von 10 kg",
                "Done. Bis hierher: 10 von 10 kg"
            ]
        );
        assert_eq!(number(12_000.0, "en"), "12,000");
    }
}
