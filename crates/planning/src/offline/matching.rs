//! Finds the domain that a goal is about, or says that there is none; and the kind of undertaking that it is.
//!
//! A wrong curriculum is worse than a general plan, so a domain must be proved by one of its keywords. What stands first counts more
//! than what a goal is for ("Swedish for the move to Malmö"), and what is ruled out counts for nothing.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::keywords::Keywords;
use super::kind::Kind;
use super::library::Domain;
use super::packed::Evidence;
use crate::category::Category;
use crate::words::Word;

/// The keywords of all domains of a language.
#[derive(Debug)]
pub struct DomainIndex {
    keywords: Keywords<Evidence>,
}

/// The domain of a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The position of the domain.
    pub domain: usize,
    /// The position of the name that the goal has, in the domain's list.
    pub name: Option<usize>,
    /// The position of the condition under which it is done, if the goal names one.
    pub companion: Option<usize>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Score {
    total: u32,
    /// The part that proofs in the main clause have.
    main: u32,
    /// The part that other proofs have.
    aside: u32,
    name: Option<usize>,
}

/// Weights in percent: of a topic that stands apart at the beginning, of the words before anything else, of a clause after a comma, and of
/// what the goal is for, about or with.
const TOPIC: u32 = 160;
const MAIN: u32 = 100;
const AFTER_COMMA: u32 = 80;
const ASIDE: u32 = 45;
/// Words after which a goal tells its purpose or its circumstances. A first one near the beginning belongs to the verb: "apply for".
const ASIDES: &str = "for so because before after with about while during despite instead than like fur damit weil bevor nach mit uber \
wahrend als statt trotz nachdem wegen para porque antes despues con sobre mientras como pour afin parce avant apres avec sur pendant comme \
malgre depois com durante";
/// Number of words at the beginning in which such a word belongs to the verb.
const VERB_WORDS: usize = 4;
/// Words after which a goal tells what its first words are for: "SQL for a museum".
const FORS: &str = "for fur para pour";
/// Maximum number of words of a topic that a goal begins with: "bonsai: keep my juniper alive".
const TOPIC_WORDS: usize = 3;
/// Words with which a clause begins that tells what somebody is, has or can do already: "run a marathon, I can run 10k".
const OF_ONESELF: &str = "i im ive am know already currently coming have had been can play ich bin habe kann komme spiele weiss ya soy tengo se \
puedo vengo estoy llevo toco je j suis ai deja connais eu sou tenho ja sei consigo estou toco";

/// Returns the weight of each word, in percent.
fn weights(words: &[Word]) -> Vec<u32> {
    let topic = words.iter().position(|word| {
        word.after_pause
            || FORS
                .split_ascii_whitespace()
                .any(|word_for| word_for == word.folded)
    });
    let topic = topic.filter(|end| *end <= TOPIC_WORDS).unwrap_or_default();
    let mut weight = MAIN;
    words
        .iter()
        .enumerate()
        .map(|(index, word)| {
            if index < topic {
                return TOPIC;
            }
            if word.after_pause {
                weight = AFTER_COMMA;
            }
            let is_aside = ASIDES
                .split_ascii_whitespace()
                .any(|aside| aside == word.folded);
            if is_aside && index >= VERB_WORDS {
                weight = ASIDE;
            }
            weight
        })
        .collect()
}

impl DomainIndex {
    /// Reads what the build packed.
    ///
    /// # Errors
    /// Why it is invalid.
    pub fn read(packed: &'static [u8]) -> Result<Self, String> {
        let keywords = Keywords::read(packed)?;
        Ok(Self { keywords })
    }

    /// Returns the domain that the words are about; `None` where none is proved.
    pub fn find(&self, words: &[Word], category: Category, domains: &[Domain]) -> Option<Found> {
        let is_likely = |domain: usize| domains[domain].category == Some(category);
        let mut proved: Vec<(usize, Score)> = self.scores(words).into_iter().collect();
        for (domain, score) in &mut proved {
            if is_likely(*domain) {
                score.total += SAME_CATEGORY;
            }
        }
        proved.retain(|(domain, score)| {
            let is_strong = score.total >= STRONG || words.len() <= FEW_WORDS;
            // What a goal is only for proves a domain if something else speaks for it as well.
            let is_proved = score.main > 0
                || score.aside > 0 && (is_likely(*domain) || score.total > score.aside);
            is_proved && (is_strong || is_likely(*domain))
        });
        // Among equals the first domain wins, so that the choice does not depend on the order of a hash map.
        proved.sort_unstable_by_key(|(domain, score)| (std::cmp::Reverse(score.total), *domain));
        let (first, best) = *proved.first()?;
        let is_condition = |domain: usize| domains[domain].is_condition;
        let undertaking = proved.iter().find(|(domain, score)| {
            !is_condition(*domain) && score.total * 100 >= best.total * COMPANION_SHARE
        });
        let (domain, score) = undertaking.copied().unwrap_or((first, best));
        let companion = proved
            .iter()
            .map(|(domain, _)| *domain)
            .find(|other| is_condition(*other) && *other != domain);
        Some(Found {
            domain,
            name: score.name,
            companion: companion.filter(|_| !is_condition(domain)),
        })
    }

    /// Returns the scores of all domains that the words speak for.
    fn scores(&self, words: &[Word]) -> HashMap<usize, Score, RandomState> {
        let mut scores: HashMap<usize, Score, RandomState> = HashMap::default();
        let clauses = weights(words).into_iter().zip(of_oneself(words));
        for (index, (weight, is_of_oneself)) in clauses.enumerate() {
            for (evidence, points) in self.evidence_at(&words[index..]) {
                let score = scores.entry(usize::from(evidence.domain)).or_default();
                let weight = if is_of_oneself && evidence.is_proof && score.main == 0 {
                    weight.min(ASIDE)
                } else {
                    weight
                };
                let points = points * weight / 100;
                score.total += points;
                if evidence.is_proof && weight > ASIDE {
                    score.main += points;
                } else if evidence.is_proof {
                    score.aside += points;
                }
                score.name = score.name.or(evidence.name.map(usize::from));
            }
        }
        scores
    }

    /// Returns what the entries that begin with the first of `words` say, with their points. A word counts once for a domain, by the best
    /// entry.
    fn evidence_at(&self, words: &[Word]) -> Vec<(Evidence, u32)> {
        let mut best: Vec<(Evidence, u32)> = Vec::new();
        self.keywords.matches_loosely(words, |found, is_exact| {
            let mut points = points(found.value.is_proof, found.words, found.len);
            if !is_exact {
                points = points * LOOSE / 100;
            }
            let same = best
                .iter_mut()
                .find(|(evidence, _)| evidence.domain == found.value.domain);
            match same {
                // A keyword may be a name as well.
                Some(known) if known.1 < points || known.1 == points && known.0.name.is_none() => {
                    *known = (found.value, points);
                }
                Some(_) => {}
                None => best.push((found.value, points)),
            }
        });
        best
    }
}

/// Returns for each word whether it stands in a clause about what somebody is, has or can do already.
fn of_oneself(words: &[Word]) -> impl Iterator<Item = bool> + '_ {
    let mut is_of_oneself = false;
    words.iter().map(move |word| {
        if word.after_pause {
            is_of_oneself = OF_ONESELF
                .split_ascii_whitespace()
                .any(|first| first == word.folded);
        }
        is_of_oneself
    })
}

/// The points that prove a domain of another category than the goal's: two words, or a long one.
const STRONG: u32 = 2000;
/// A goal of so few words is about any domain that one of them proves.
const FEW_WORDS: usize = 4;
/// The share of the points of a condition, in percent, that what is done under it must have at least.
const COMPANION_SHARE: u32 = 40;
/// What a phrase with other words between its own counts, in percent.
const LOOSE: u32 = 75;
/// What a domain gains by being in the category that the classifier found.
const SAME_CATEGORY: u32 = 600;

/// Returns the points of a match: more for longer entries, and for phrases.
fn points(is_proof: bool, words: usize, len: usize) -> u32 {
    let words = u32::try_from(words).unwrap_or(u32::MAX).min(8);
    let len = u32::try_from(len).unwrap_or(u32::MAX).min(40);
    if is_proof {
        (1000 + 100 * len).saturating_add(600 * (words - 1))
    } else {
        300 + 30 * len
    }
}

/// The cues of the kinds of undertaking in a language.
#[derive(Debug)]
pub struct KindIndex {
    cues: Keywords<u16>,
    /// The kind of each number.
    kinds: Vec<Kind>,
}

/// What the usual kind of the category counts: less than a cue of four letters.
const USUAL_KIND: u32 = 650;

impl KindIndex {
    /// Reads what the build packed, where the kinds have numbers in this order.
    ///
    /// # Errors
    /// Why it is invalid.
    pub fn read(packed: &'static [u8], kinds: Vec<Kind>) -> Result<Self, String> {
        let cues = Keywords::read(packed)?;
        Ok(Self { cues, kinds })
    }

    /// Returns the kind of a goal: what its words speak for most, else what is usual in its category.
    pub fn find(&self, words: &[Word], category: Category) -> Kind {
        let usual = Kind::usual(category);
        let mut points = vec![0; self.kinds.len()];
        for (index, weight) in weights(words).into_iter().enumerate() {
            let mut best = vec![0; self.kinds.len()];
            self.cues.matches(&words[index..], |found| {
                let len = u32::try_from(found.len).unwrap_or(40).min(40);
                if let Some(best) = best.get_mut(usize::from(found.value)) {
                    *best = (300 + 100 * len).max(*best);
                }
            });
            for (points, best) in points.iter_mut().zip(best) {
                *points += best * weight / 100;
            }
        }
        if category != Category::Other {
            for (points, kind) in points.iter_mut().zip(&self.kinds) {
                *points += if *kind == usual { USUAL_KIND } else { 0 };
            }
        }
        // Among equals the usual kind wins, then the first.
        let best = self
            .kinds
            .iter()
            .zip(points)
            .max_by_key(|(kind, points)| (*points, **kind == usual, std::cmp::Reverse(**kind)));
        best.map_or(usual, |(kind, _)| *kind)
    }
}
