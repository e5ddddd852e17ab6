//! Crisis policy: people whose words tell of suicide or self-harm get no plan, but the way to people who help.
//!
//! It is checked while a goal is parsed, before anything is classified, stored or spent. Only the goal's outcome may be logged,
//! never its words.

/// First-person phrases of suicide and self-harm, in the languages that we read. A goal *about* prevention does not contain them.
const SELF_HARM_PHRASES: &str = "kill myself|killing myself|end my life|take my own life|end it all|want to die|wanna die|\
    hurt myself|harm myself|cut myself|commit suicide|mich umbringen|mir das leben nehmen|ich will sterben|\
    suicidarme|quitarme la vida|quiero morir|me suicider|me tuer|je veux mourir|me matar|tirar minha vida|quero morrer";

/// What the person is told instead of a plan: the message of the field `goal`.
pub const CRISIS_ANSWER: &str = "is nothing we can plan, and we are sorry that it is this hard. Please talk to somebody now: \
    your local emergency number, or a crisis line near you, listed at findahelpline.com";

/// Whether a goal speaks of suicide or self-harm in the first person.
#[must_use]
pub fn mentions_self_harm(text: &str) -> bool {
    let lower = text.to_lowercase();
    SELF_HARM_PHRASES
        .split('|')
        .any(|phrase| lower.contains(phrase))
}
