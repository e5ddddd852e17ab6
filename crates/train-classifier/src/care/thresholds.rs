//! Chooses the gate's thresholds on goals that the model was not trained on.

use planning::care::{Probabilities, Thresholds};

use super::data::{CareGoal, Kind, Origin};

/// Share of the harmless goals written to look dangerous that may be refused or warned of. They are harder than what people ask for:
/// at this share, next to none of the ordinary goals is.
const LOOK_ALIKES: f64 = 0.0125;

/// Returns the thresholds above which only that share of the look-alikes lies.
pub fn choose(goals: &[CareGoal], scored: &[Probabilities]) -> Thresholds {
    let look_alikes = || {
        goals
            .iter()
            .zip(scored)
            .filter(|(goal, _)| goal.kind == Kind::Harmless && goal.origin == Origin::Care)
            .map(|(_, probabilities)| probabilities)
    };
    Thresholds {
        refuse: quantile(look_alikes().map(|found| found[1] + found[2]).collect()),
        ask: quantile(look_alikes().map(|found| 1.0 - found[0]).collect()),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share of a few thousand"
)]
fn quantile(mut values: Vec<f32>) -> f32 {
    values.sort_by(f32::total_cmp);
    let place = values.len() as f64 * (1.0 - LOOK_ALIKES);
    values.get(place as usize).copied().unwrap_or(1.0)
}
