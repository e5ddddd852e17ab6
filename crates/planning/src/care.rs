//! Crisis policy: a goal about one's own suicide or self-harm gets no plan, but a message that says where to find help.
//!
//! It is checked while the goal is parsed, before anything is classified, stored or spent. The outcome may be logged, but never
//! the words.

/// First-person phrases of suicide and self-harm, in English, German, Spanish, French and Portuguese. A goal *about* prevention
/// does not contain them.
const SELF_HARM_PHRASES: &str = "kill myself|killing myself|end my life|take my own life|end it all|want to die|wanna die|\
    hurt myself|harm myself|cut myself|commit suicide|mich umbringen|mir das leben nehmen|ich will sterben|\
    suicidarme|quitarme la vida|quiero morir|me suicider|me tuer|je veux mourir|me matar|tirar minha vida|quero morrer";

/// The message for the field `goal`, instead of a plan.
pub const CRISIS_ANSWER: &str = "is not something we can plan for, and we are sorry that things are this hard. Please talk to someone now: \
    your local emergency number, or a crisis line near you, listed at findahelpline.com";

/// Returns whether a text mentions suicide or self-harm in the first person.
#[must_use]
pub fn mentions_self_harm(text: &str) -> bool {
    let lower = text.to_lowercase();
    SELF_HARM_PHRASES
        .split('|')
        .any(|phrase| lower.contains(phrase))
}
