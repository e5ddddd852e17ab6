//! A head of the classifier: a table of 8-bit weights in the format of the weights file.
//!
//! Layout, little endian: magic `GRC1`, log2 of the buckets (u32), classes (u32), scale (f32), temperature (f32), one bias
//! per class (f32), then buckets × classes weights (i8).

const MAGIC: &[u8; 4] = b"GRC1";

/// Maximum number of classes of a head. Sixteen bytes fit into one vector, so that adding a row is one vector operation.
pub const LANES: usize = 16;

/// Sums of weights, one per class.
pub type Sums = [i32; LANES];

/// A linear classifier over hashed features.
#[derive(Debug)]
pub struct Head<'a> {
    bits: u32,
    classes: usize,
    scale: f32,
    temperature: f32,
    biases: Vec<f32>,
    table: &'a [u8],
}

/// The weights file is not in the format that this build reads.
#[derive(Debug, thiserror::Error)]
#[error("the classifier's weights are invalid: {0}; run `make classifier` to train them")]
pub struct InvalidWeights(pub(crate) &'static str);

impl<'a> Head<'a> {
    /// Reads a head with this number of classes. Returns it with the remaining bytes.
    ///
    /// # Errors
    /// [`InvalidWeights`] says what is wrong with the bytes.
    pub fn read(bytes: &'a [u8], classes: usize) -> Result<(Self, &'a [u8]), InvalidWeights> {
        let rest = bytes
            .strip_prefix(MAGIC)
            .ok_or(InvalidWeights("the magic number is not GRC1"))?;
        let (bits, rest) = word(rest)?;
        let (class_count, rest) = word(rest)?;
        if classes > LANES || usize::try_from(u32::from_le_bytes(class_count)).ok() != Some(classes)
        {
            return Err(InvalidWeights(
                "the number of classes differs from this build's",
            ));
        }
        let bits = u32::from_le_bytes(bits);
        if !(1..=24).contains(&bits) {
            return Err(InvalidWeights(
                "the number of buckets must be from 2^1 to 2^24",
            ));
        }
        let (scale, rest) = word(rest)?;
        let (temperature, mut rest) = word(rest)?;
        let mut biases = Vec::with_capacity(classes);
        for _ in 0..classes {
            let (bias, after) = word(rest)?;
            biases.push(f32::from_le_bytes(bias));
            rest = after;
        }
        let (table, rest) = rest
            .split_at_checked((1 << bits) * classes)
            .ok_or(InvalidWeights("the file is too short"))?;
        let head = Self {
            bits,
            classes,
            scale: f32::from_le_bytes(scale),
            temperature: f32::from_le_bytes(temperature),
            biases,
            table,
        };
        Ok((head, rest))
    }

    /// Encodes a head.
    #[must_use]
    pub fn write(bits: u32, scale: f32, temperature: f32, biases: &[f32], table: &[i8]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(bits.to_le_bytes());
        bytes.extend(
            u32::try_from(biases.len())
                .unwrap_or(u32::MAX)
                .to_le_bytes(),
        );
        bytes.extend(scale.to_le_bytes());
        bytes.extend(temperature.to_le_bytes());
        bytes.extend(biases.iter().flat_map(|bias| bias.to_le_bytes()));
        bytes.extend(table.iter().map(|weight| weight.to_le_bytes()[0]));
        bytes
    }

    /// Adds the weights of a feature to the sums.
    pub fn add(&self, hash: u64, sums: &mut Sums) {
        let rows = &self.table[bucket(hash, self.bits) * self.classes..];
        // Elements beyond the classes receive the bytes that follow the row. They are never read.
        let row = rows.first_chunk().copied().unwrap_or_else(|| {
            let mut last = [0; LANES];
            last[..self.classes].copy_from_slice(&rows[..self.classes]);
            last
        });
        for (sum, weight) in sums.iter_mut().zip(row) {
            *sum += i32::from(i8::from_le_bytes([weight]));
        }
    }

    /// Returns the probability of each class, for sums over this number of features; 0 beyond the classes.
    #[must_use]
    pub fn probabilities(&self, sums: &Sums, features: u32) -> [f32; LANES] {
        let mut probabilities = [0.0; LANES];
        let scores = self.scores(sums, features);
        let (best, greatest) = softmax_best(&scores);
        for (probability, score) in probabilities.iter_mut().zip(&scores) {
            *probability = greatest * (score - scores[best]).exp();
        }
        probabilities
    }

    /// Returns the most likely class and its probability, for sums over this number of features.
    #[must_use]
    pub fn decide(&self, sums: &[i32], features: u32) -> (usize, f32) {
        softmax_best(&self.scores(sums, features))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "sums of a few thousand small weights"
    )]
    fn scores(&self, sums: &[i32], features: u32) -> Vec<f32> {
        let sums = sums.iter().zip(&self.biases);
        sums.map(|(sum, bias)| {
            (*sum as f32 * self.scale * norm(features) + bias) / self.temperature
        })
        .collect()
    }
}

/// Returns the bucket of a hash in a table of 2^bits buckets.
#[must_use]
pub fn bucket(hash: u64, bits: u32) -> usize {
    usize::try_from(hash >> (64 - bits)).unwrap_or(0)
}

/// Returns the factor that scales the feature vector to length 1. Without it, long texts would get more confidence than short
/// ones.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a few thousand features")]
pub fn norm(features: u32) -> f32 {
    1.0 / (features.max(1) as f32).sqrt()
}

/// Returns the index of the highest score and its probability after softmax.
#[must_use]
pub fn softmax_best(scores: &[f32]) -> (usize, f32) {
    let best = scores
        .iter()
        .enumerate()
        .fold((0, f32::NEG_INFINITY), |best, (index, score)| {
            if *score > best.1 {
                (index, *score)
            } else {
                best
            }
        });
    let total: f32 = scores.iter().map(|score| (score - best.1).exp()).sum();
    (best.0, 1.0 / total)
}

fn word(bytes: &[u8]) -> Result<([u8; 4], &[u8]), InvalidWeights> {
    bytes
        .split_first_chunk::<4>()
        .map(|(word, rest)| (*word, rest))
        .ok_or(InvalidWeights("the file is too short"))
}
