//! Multinomial logistic regression over the features of a text's parts, by stochastic gradient descent. Single-threaded and seeded, so
//! that a run can be reproduced.
//!
//! A text is as dangerous as its most dangerous part. After two passes over the whole texts, each step therefore also learns from the
//! part that the model takes for least harmless: for a harmless goal it must come to look harmless, for a dangerous one it is the part
//! that matters.

use std::ops::Range;

use planning::care::features::Features;
use planning::care::windows::{PART_HANDICAP, each_window};
use planning::care::words::Words;
use planning::care::{Class, Probabilities};
use planning::classifier::weights::{Head, bucket, norm};

use super::data::{CareGoal, Kind, Origin};
use crate::training::Random;

/// Base-2 logarithm of the number of buckets.
const BITS: u32 = 19;
/// Number of passes over the goals.
const EPOCHS: u16 = 12;
/// Passes over whole texts only.
const WHOLE_EPOCHS: u16 = 2;
/// Initial learning rate. It falls linearly towards a tenth of that.
const RATE: f32 = 3.0;
/// Share of a text's features dropped at random in each step, so that no single word decides.
const DROPOUT: f32 = 0.3;
/// Weight of a goal that was written for the gate; an ordinary one weighs 1.
const CARE_WEIGHT: f32 = 1.5;
/// Number of cross-validation folds.
const FOLDS: usize = 5;
const CLASSES: usize = Class::ALL.len();

/// A training example: the buckets of each word's features, the parts of the text, and its class.
pub struct Example {
    buckets: Vec<u32>,
    /// Where each word's features end in `buckets`.
    ends: Vec<usize>,
    parts: Vec<Range<usize>>,
    class: usize,
    weight: f32,
    /// The goal that it is, or varies. Both are in the same fold.
    source: usize,
}

impl Example {
    /// Returns the example of a goal, or of a variation of goal number `source`.
    pub fn of(goal: &CareGoal, source: usize) -> Self {
        let words = Words::of(&goal.goal, goal.context.as_deref());
        let mut buckets = Vec::new();
        let mut ends = vec![0; words.len()];
        Features::default().each(&words, |index, hash| {
            buckets.push(u32::try_from(bucket(hash, BITS)).unwrap_or(0));
            ends[index] = buckets.len();
        });
        // A word that only repeats others has no features of its own.
        for index in 1..ends.len() {
            ends[index] = ends[index].max(ends[index - 1]);
        }
        let mut parts = Vec::new();
        each_window(&words, |part| parts.push(part));
        let is_ordinary = goal.origin == Origin::Classifier && goal.kind == Kind::Harmless;
        let class = goal.kind.class();
        Self {
            buckets,
            ends,
            parts,
            class: Class::ALL
                .iter()
                .position(|other| *other == class)
                .unwrap_or(0),
            weight: if is_ordinary { 1.0 } else { CARE_WEIGHT },
            source,
        }
    }

    fn part(&self, part: &Range<usize>) -> &[u32] {
        let at = |word: usize| word.checked_sub(1).map_or(0, |last| self.ends[last]);
        &self.buckets[at(part.start)..at(part.end)]
    }
}

/// A trained model, before its weights are quantized.
pub struct Model {
    table: Vec<Probabilities>,
    biases: Probabilities,
}

impl Model {
    /// Trains a model on these examples.
    pub fn trained_on(examples: &[&Example]) -> Self {
        let mut model = Self {
            table: vec![Probabilities::default(); 1 << BITS],
            biases: Probabilities::default(),
        };
        let mut sum = model.table.clone();
        let mut order: Vec<usize> = (0..examples.len()).collect();
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        for epoch in 0..EPOCHS {
            let rate = RATE * (1.0 - 0.9 * f32::from(epoch) / f32::from(EPOCHS));
            random.shuffle(&mut order);
            for index in &order {
                let example = examples[*index];
                let worst = if epoch < WHOLE_EPOCHS {
                    0
                } else {
                    model.worst_part(example).0
                };
                let rate = rate * example.weight;
                if worst == 0 {
                    model.learn(example, 0, rate, &mut random);
                } else {
                    model.learn(example, 0, rate / 2.0, &mut random);
                    model.learn(example, worst, rate / 2.0, &mut random);
                }
            }
            // The mean over the second half of the epochs varies less than the weights of the last one.
            if epoch * 2 >= EPOCHS {
                for (sum, weights) in sum.iter_mut().zip(&model.table) {
                    for (sum, weight) in sum.iter_mut().zip(weights) {
                        *sum += weight / f32::from(EPOCHS / 2);
                    }
                }
            }
        }
        model.table = sum;
        model
    }

    fn learn(&mut self, example: &Example, part: usize, rate: f32, random: &mut Random) {
        let active: Vec<u32> = example
            .part(&example.parts[part])
            .iter()
            .copied()
            .filter(|_| random.fraction() >= DROPOUT)
            .collect();
        let mut errors = self.probabilities(&active);
        errors[example.class] -= 1.0;
        let step = rate * norm(u32::try_from(active.len()).unwrap_or(u32::MAX));
        for bucket in active {
            for (weight, error) in self.table[bucket as usize].iter_mut().zip(errors) {
                *weight -= step * error;
            }
        }
        for (bias, error) in self.biases.iter_mut().zip(errors) {
            *bias -= 0.01 * rate * error;
        }
    }

    fn probabilities(&self, buckets: &[u32]) -> Probabilities {
        let mut scores = Probabilities::default();
        for bucket in buckets {
            for (score, weight) in scores.iter_mut().zip(&self.table[*bucket as usize]) {
                *score += weight;
            }
        }
        let scale = norm(u32::try_from(buckets.len()).unwrap_or(u32::MAX));
        for (score, bias) in scores.iter_mut().zip(self.biases) {
            *score = *score * scale + bias;
        }
        let best = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let scores = scores.map(|score| (score - best).exp());
        let total: f32 = scores.iter().sum();
        scores.map(|score| score / total)
    }

    /// Returns the part that is least harmless, and its probabilities, as the gate does.
    fn worst_part(&self, example: &Example) -> (usize, Probabilities) {
        let parts = example.parts.iter().enumerate().map(|(index, part)| {
            let found = self.probabilities(example.part(part));
            (
                index,
                if index > 0 {
                    PART_HANDICAP.applied(found)
                } else {
                    found
                },
            )
        });
        parts
            .min_by(|(_, one), (_, other)| one[0].total_cmp(&other[0]))
            .unwrap_or_default()
    }

    /// Serializes the head; weights are rounded to 8 bits.
    pub fn bytes(&self) -> Vec<u8> {
        let weights = self.table.iter().flatten();
        let greatest = weights
            .clone()
            .fold(1e-6_f32, |greatest, weight| greatest.max(weight.abs()));
        let scale = greatest / 127.0;
        #[expect(clippy::cast_possible_truncation, reason = "-127..=127 by the scale")]
        let table: Vec<i8> = weights
            .map(|weight| (weight / scale).round() as i8)
            .collect();
        Head::write(BITS, scale, 1.0, &self.biases, &table)
    }
}

/// Returns the probabilities of each of `count` goals, by a model that was trained neither on it nor on its variations.
pub fn cross_validated(examples: &[Example], count: usize) -> Vec<Probabilities> {
    let mut order: Vec<usize> = (0..count).collect();
    Random(42).shuffle(&mut order);
    let mut folds = vec![0; count];
    for (position, goal) in order.into_iter().enumerate() {
        folds[goal] = position % FOLDS;
    }
    let mut scored = vec![[0.0; CLASSES]; count];
    for fold in 0..FOLDS {
        let training: Vec<&Example> = examples
            .iter()
            .filter(|example| folds[example.source] != fold)
            .collect();
        let model = Model::trained_on(&training);
        for (goal, example) in examples.iter().take(count).enumerate() {
            if folds[goal] == fold {
                scored[goal] = model.worst_part(example).1;
            }
        }
    }
    scored
}
