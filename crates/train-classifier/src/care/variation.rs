//! Variations of the training goals, so that typing mistakes and surrounding sentences make no difference. Seeded, so that a run can be
//! reproduced.

use std::collections::HashMap;

use super::data::{CareGoal, Kind, Origin};
use crate::training::Random;

/// Share of long words that get a typing mistake.
const MISTAKES: f32 = 0.3;
/// Sentences in the context of a goal that is told among others.
const SENTENCES: usize = 4;

/// Returns variations of the goals, each with the index of the goal that it varies: one with typing mistakes, and one told among
/// harmless sentences.
pub fn varied(goals: &[CareGoal]) -> Vec<(usize, CareGoal)> {
    let mut random = Random(77);
    let mut harmless: HashMap<&str, Vec<&str>> = HashMap::new();
    for goal in goals.iter().filter(|goal| goal.kind == Kind::Harmless) {
        harmless.entry(&goal.lang).or_default().push(&goal.goal);
    }
    let mut varied = Vec::new();
    for (index, goal) in goals.iter().enumerate() {
        if goal.origin == Origin::Classifier && index % 8 != 0 {
            continue;
        }
        if goal.origin == Origin::Care {
            varied.push((index, mistyped(goal, &mut random)));
        }
        if let Some(sentences) = harmless.get(goal.lang.as_str()) {
            varied.push((index, among(goal, sentences, &mut random)));
        }
    }
    varied
}

/// Tells a goal among harmless sentences: mostly in the context of another goal.
fn among(goal: &CareGoal, sentences: &[&str], random: &mut Random) -> CareGoal {
    let mut parts: Vec<String> = (0..=random.below(SENTENCES))
        .map(|_| sentences[random.below(sentences.len())].to_owned())
        .collect();
    let mut told = goal.goal.clone();
    if let Some(context) = &goal.context {
        told.push_str(". ");
        told.push_str(context);
    }
    let first = parts.pop().unwrap_or_default();
    let (text, context) = if random.fraction() < 0.7 {
        parts.insert(random.below(parts.len() + 1), told);
        (first, parts)
    } else {
        parts.push(first);
        (told, parts)
    };
    CareGoal {
        goal: text,
        context: (!context.is_empty()).then(|| context.join(". ")),
        ..goal.clone()
    }
}

fn mistyped(goal: &CareGoal, random: &mut Random) -> CareGoal {
    CareGoal {
        goal: with_mistakes(&goal.goal, random),
        context: goal
            .context
            .as_ref()
            .map(|context| with_mistakes(context, random)),
        ..goal.clone()
    }
}

fn with_mistakes(text: &str, random: &mut Random) -> String {
    let words = text.split(' ').map(|word| {
        let mut letters: Vec<char> = word.chars().collect();
        if letters.len() > 3 && random.fraction() < MISTAKES {
            mistake(&mut letters, random);
        }
        letters.into_iter().collect()
    });
    let words: Vec<String> = words.collect();
    let text = words.join(" ");
    match random.below(4) {
        0 => text.replace(['\'', '’'], ""),
        1 => text
            .replace('ä', "ae")
            .replace('ö', "oe")
            .replace('ü', "ue"),
        _ => text,
    }
}

fn mistake(letters: &mut Vec<char>, random: &mut Random) {
    let place = 1 + random.below(letters.len() - 2);
    match random.below(4) {
        0 => letters.swap(place - 1, place),
        1 => drop(letters.remove(place)),
        2 => letters.insert(place, letters[place]),
        _ if letters[place].is_ascii_alphabetic() => {
            letters[place] = if random.fraction() < 0.5 {
                '*'
            } else {
                char::from(b'a' + u8::try_from(random.below(26)).unwrap_or(0))
            };
        }
        _ => {}
    }
}
