//! The milestones of weeks that are steps on the way to a result.

use super::subject::quoted;
use crate::plan::draft::DraftWeek;

/// Gives the weeks that are steps on the way to a result their number and that result.
pub fn number_steps(weeks: &mut [DraftWeek], language: &str) {
    let mut start = 0;
    while let Some(way) = weeks[start..]
        .iter()
        .position(|week| !week.milestone.is_empty())
    {
        let (step_weeks, result) = weeks[start..].split_at_mut(way);
        let steps = way + 1;
        for (index, week) in step_weeks.iter_mut().enumerate() {
            let step = index + 1;
            let result = quoted(&result[0].milestone, language);
            week.milestone = match language {
                "de" => format!("Schritt {step} von {steps} zu {result}"),
                "es" => format!("Paso {step} de {steps} hacia {result}"),
                "fr" => format!("Étape {step} sur {steps} vers {result}"),
                "pt" => format!("Passo {step} de {steps} para {result}"),
                _ => format!("Step {step} of {steps} to {result}"),
            };
        }
        start += steps;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_before_a_result_are_numbered_as_steps_to_it() {
        let mut weeks: Vec<DraftWeek> = ["", "", "Form handed in", "Room booked"]
            .map(|milestone| DraftWeek {
                milestone: milestone.to_owned(),
                ..DraftWeek::default()
            })
            .into();
        number_steps(&mut weeks, "en");

        let milestones: Vec<&str> = weeks.iter().map(|week| week.milestone.as_str()).collect();
        assert_eq!(
            milestones,
            [
                "Step 1 of 3 to “Form handed in”",
                "Step 2 of 3 to “Form handed in”",
                "Form handed in",
                "Room booked"
            ]
        );
    }
}
