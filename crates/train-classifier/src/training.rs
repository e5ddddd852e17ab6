//! Trains the weights: multinomial logistic regression by stochastic gradient descent, then one temperature, fitted on
//! held-out folds, that calibrates the confidence. Single-threaded and seeded, so that a run can be reproduced.

use serde::Deserialize;

use planning::category::Category;
use planning::classifier::LANGUAGES;
use planning::classifier::features::Features;
use planning::classifier::weights::{Head, bucket, norm, softmax_best};

/// Base-2 logarithm of the number of buckets in the category table.
const INTENT_BITS: u32 = 17;
/// Base-2 logarithm of the number of buckets in the language table.
const LANGUAGE_BITS: u32 = 16;
/// Number of cross-validation folds.
const FOLDS: usize = 5;

/// A labelled goal: one line of a file in `goals/`, or of the held-out goals.
#[derive(Debug, Clone, Deserialize)]
pub struct LabelledGoal {
    /// The text of the goal.
    pub goal: String,
    /// The context that the user gave with it.
    pub context: Option<String>,
    /// The correct category.
    pub category: Category,
    /// Where the goal comes from; set in evaluation data only.
    #[serde(default)]
    pub source: String,
}

/// The hyperparameters of one head.
#[derive(Debug, Clone, Copy)]
pub struct Recipe {
    /// Base-2 logarithm of the number of buckets.
    pub bits: u32,
    /// Number of classes.
    pub classes: usize,
    /// Number of passes over the goals.
    pub epochs: usize,
    /// Initial learning rate. It falls linearly towards a tenth of that.
    pub rate: f32,
    /// Weight decay per step.
    pub decay: f32,
    /// Share of a goal's features dropped at random in each pass, so that no single word decides.
    pub dropout: f32,
}

/// The hyperparameters of the category head.
pub const INTENT: Recipe = Recipe {
    bits: INTENT_BITS,
    classes: Category::ALL.len(),
    epochs: 14,
    rate: 6.0,
    decay: 1e-6,
    dropout: 0.35,
};
/// The hyperparameters of the language head.
pub const LANGUAGE: Recipe = Recipe {
    bits: LANGUAGE_BITS,
    classes: LANGUAGES.len(),
    epochs: 12,
    rate: 6.0,
    decay: 1e-6,
    dropout: 0.2,
};

/// A training example: the buckets of a goal's features, and its class.
#[derive(Debug, Clone)]
pub struct Example {
    buckets: Vec<u32>,
    class: usize,
}

impl Example {
    /// Returns the category example of a goal.
    #[must_use]
    pub fn of_intent(goal: &LabelledGoal) -> Self {
        let mut buckets = Vec::new();
        Features::default().each_of_goal(&goal.goal, goal.context.as_deref(), |hash| {
            buckets.push(as_u32(bucket(hash, INTENT_BITS)));
        });
        Self {
            buckets,
            class: goal.category.index(),
        }
    }

    /// Returns the language example of a text; `None` if its language is not one of [`LANGUAGES`].
    #[must_use]
    pub fn of_language(text: &str, context: Option<&str>, lang: &str) -> Option<Self> {
        let class = LANGUAGES.iter().position(|language| *language == lang)?;
        let mut buckets = Vec::new();
        Features::default().each_of_language(text, context, |hash| {
            buckets.push(as_u32(bucket(hash, LANGUAGE_BITS)));
        });
        Some(Self { buckets, class })
    }
}

fn as_u32(bucket: usize) -> u32 {
    u32::try_from(bucket).unwrap_or(0)
}

/// A trained head, before its weights are quantized.
pub struct Trained {
    recipe: Recipe,
    table: Vec<f32>,
    biases: Vec<f32>,
}

impl Trained {
    /// Trains a head on these examples.
    #[must_use]
    pub fn on(examples: &[&Example], recipe: Recipe) -> Self {
        let mut trained = Self {
            recipe,
            table: vec![0.0; (1 << recipe.bits) * recipe.classes],
            biases: vec![0.0; recipe.classes],
        };
        let mut sum = vec![0.0_f32; trained.table.len()];
        let mut order: Vec<usize> = (0..examples.len()).collect();
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        for epoch in 0..recipe.epochs {
            #[expect(clippy::cast_precision_loss, reason = "a dozen epochs")]
            let rate = recipe.rate * (1.0 - 0.9 * epoch as f32 / recipe.epochs as f32);
            random.shuffle(&mut order);
            for index in &order {
                trained.learn(examples[*index], rate, &mut random);
            }
            // The mean over the second half of the epochs varies less than the weights of the last one.
            if epoch * 2 >= recipe.epochs {
                for (sum, weight) in sum.iter_mut().zip(&trained.table) {
                    *sum += weight;
                }
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a dozen epochs")]
        let averaged = (recipe.epochs - recipe.epochs.div_ceil(2)) as f32;
        trained.table = sum.into_iter().map(|sum| sum / averaged).collect();
        trained
    }

    fn learn(&mut self, example: &Example, rate: f32, random: &mut Random) {
        let active: Vec<u32> = example
            .buckets
            .iter()
            .copied()
            .filter(|_| random.fraction() >= self.recipe.dropout)
            .collect();
        let scale = norm(u32::try_from(active.len()).unwrap_or(u32::MAX));
        let mut scores = self.scores(&active);
        let best = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let total: f32 = scores.iter().map(|score| (score - best).exp()).sum();
        for (class, score) in scores.iter_mut().enumerate() {
            *score = (*score - best).exp() / total - if class == example.class { 1.0 } else { 0.0 };
        }
        let shrink = 1.0 - rate * self.recipe.decay * 1e2;
        for bucket in active {
            let start = bucket as usize * self.recipe.classes;
            for (weight, error) in self.table[start..].iter_mut().zip(&scores) {
                *weight = *weight * shrink - rate * error * scale;
            }
        }
        for (bias, error) in self.biases.iter_mut().zip(&scores) {
            *bias -= 0.01 * rate * error;
        }
    }

    fn scores(&self, buckets: &[u32]) -> Vec<f32> {
        let mut scores = vec![0.0_f32; self.recipe.classes];
        for bucket in buckets {
            let start = *bucket as usize * self.recipe.classes;
            for (score, weight) in scores.iter_mut().zip(&self.table[start..]) {
                *score += weight;
            }
        }
        let scale = norm(u32::try_from(buckets.len()).unwrap_or(u32::MAX));
        scores
            .iter()
            .zip(&self.biases)
            .map(|(score, bias)| score * scale + bias)
            .collect()
    }

    /// Serializes the head with this temperature; weights are rounded to 8 bits.
    #[must_use]
    pub fn bytes(&self, temperature: f32) -> Vec<u8> {
        let greatest = self
            .table
            .iter()
            .fold(0.0_f32, |greatest, weight| greatest.max(weight.abs()))
            .max(1e-6);
        let scale = greatest / 127.0;
        #[expect(clippy::cast_possible_truncation, reason = "-127..=127 by the scale")]
        let table: Vec<i8> = self
            .table
            .iter()
            .map(|weight| (weight / scale).round() as i8)
            .collect();
        Head::write(self.recipe.bits, scale, temperature, &self.biases, &table)
    }
}

/// Returns the scores of each example, by a model that was not trained on it, and its correct class. The `unscored` examples are
/// trained on in every fold.
#[must_use]
pub fn cross_validated(
    examples: &[Example],
    unscored: &[Example],
    recipe: Recipe,
) -> Vec<(Vec<f32>, usize)> {
    let mut order: Vec<usize> = (0..examples.len()).collect();
    Random(42).shuffle(&mut order);
    let mut scored = Vec::with_capacity(examples.len());
    for fold in 0..FOLDS {
        let training: Vec<&Example> = order
            .iter()
            .enumerate()
            .filter(|(position, _)| position % FOLDS != fold)
            .map(|(_, index)| &examples[*index])
            .chain(unscored)
            .collect();
        let trained = Trained::on(&training, recipe);
        for (_, index) in order
            .iter()
            .enumerate()
            .filter(|(position, _)| position % FOLDS == fold)
        {
            scored.push((
                trained.scores(&examples[*index].buckets),
                examples[*index].class,
            ));
        }
    }
    scored
}

/// Returns the temperature with the lowest log loss, from 0.02 to 4 in steps of 0.02.
#[must_use]
pub fn calibrated_temperature(scored: &[(Vec<f32>, usize)]) -> f32 {
    let loss = |temperature: f32| -> f64 {
        scored
            .iter()
            .map(|(scores, class)| {
                let best = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                let total: f32 = scores
                    .iter()
                    .map(|score| ((score - best) / temperature).exp())
                    .sum();
                f64::from(total.ln() - (scores[*class] - best) / temperature)
            })
            .sum()
    };
    (1..=200_u16)
        .map(|step| f32::from(step) * 0.02)
        .min_by(|one, other| loss(*one).total_cmp(&loss(*other)))
        .unwrap_or(1.0)
}

/// Returns the share of correct predictions, and the mean confidence of all of them. The two are close if the confidence is
/// calibrated.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a few thousand examples")]
pub fn accuracy(scored: &[(Vec<f32>, usize)], temperature: f32) -> (f32, f32) {
    let mut correct = 0_usize;
    let mut confidence = 0.0;
    for (scores, class) in scored {
        let scaled: Vec<f32> = scores.iter().map(|score| score / temperature).collect();
        let (best, probability) = softmax_best(&scaled);
        correct += usize::from(best == *class);
        confidence += probability;
    }
    (
        correct as f32 / scored.len().max(1) as f32,
        confidence / scored.len().max(1) as f32,
    )
}

/// A pseudo-random number generator (xorshift64*).
///
/// It is written here on purpose. A library's generator may change its sequence between versions, and the same goals must give
/// the same weights file, byte for byte, on every machine.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    #[expect(clippy::cast_precision_loss, reason = "24 bits fit a float")]
    pub(crate) fn fraction(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u32 << 24) as f32
    }

    /// Returns a number below `bound`, which must not be 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap_or(0)
    }

    pub(crate) fn shuffle(&mut self, order: &mut [usize]) {
        for last in (1..order.len()).rev() {
            let other = usize::try_from(self.next() % (last as u64 + 1)).unwrap_or(0);
            order.swap(last, other);
        }
    }
}
