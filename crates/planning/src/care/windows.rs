//! The parts of a text that are scored by themselves: a danger in one sentence must not be diluted by those around it.

use std::ops::Range;

use super::words::Words;

/// How much more certain a part must be than the whole text to count: a text has many parts, and each may look dangerous by chance.
pub const PART_HANDICAP: Handicap = Handicap(7.4);

/// A factor on the odds of being harmless.
#[derive(Debug, Clone, Copy)]
pub struct Handicap(f32);

impl Handicap {
    /// Returns the probabilities with better odds for the first class.
    #[must_use]
    pub fn applied<const CLASSES: usize>(
        self,
        mut probabilities: [f32; CLASSES],
    ) -> [f32; CLASSES] {
        if let Some(harmless) = probabilities.first_mut() {
            *harmless *= self.0;
        }
        let total: f32 = probabilities.iter().sum();
        probabilities.map(|probability| probability / total)
    }
}

/// Sizes in words of the windows that slide over long sentences.
const SLIDING: [usize; 2] = [8, 16];

/// Calls `window` with each part of a text that is scored: the whole, goal and context, each sentence and each pair of sentences, and
/// sliding windows over long sentences. Each part is a range of words; the whole comes first.
pub fn each_window(words: &Words, mut window: impl FnMut(Range<usize>)) {
    let all = 0..words.len();
    window(all.clone());
    let goal = 0..words.goal_words();
    let context = words.goal_words()..words.len();
    let has_context = !context.is_empty();
    if has_context {
        window(goal.clone());
        window(context.clone());
    }
    let sentences = words.sentences();
    for (index, sentence) in sentences.iter().enumerate() {
        let is_new = |part: &Range<usize>| *part != all && *part != goal && *part != context;
        if is_new(sentence) {
            window(sentence.clone());
        }
        if let Some(next) = sentences.get(index + 1) {
            let pair = sentence.start..next.end;
            if is_new(&pair) {
                window(pair);
            }
        }
        for size in SLIDING {
            slide(sentence, size, &mut window);
        }
    }
}

fn slide(sentence: &Range<usize>, size: usize, window: &mut impl FnMut(Range<usize>)) {
    if sentence.len() < size + size / 2 {
        return;
    }
    let mut start = sentence.start;
    while start + size < sentence.end {
        window(start..start + size);
        start += size / 2;
    }
    window(sentence.end - size..sentence.end);
}
