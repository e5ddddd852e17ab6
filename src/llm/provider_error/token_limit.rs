//! Output tokens that were too many, and how many a provider's message says are allowed.

/// The fewest output tokens that are worth asking for: no plan has fewer.
const MIN_OUTPUT_TOKENS: u32 = 256;

/// How many output tokens are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::llm) enum Limit {
    /// By the model, for every prompt.
    OfModel(u32),
    /// By what this prompt leaves of the context window.
    OfPrompt(u32),
}

const NAMES: [&str; 8] = [
    "max_tokens",
    "max_completion_tokens",
    "maxtokens",
    "max tokens",
    "maximum tokens",
    "max_output_tokens",
    "output tokens",
    "completion tokens",
];

const VALUE: [&str; 17] = [
    "too large",
    "too high",
    "too big",
    "at most",
    "exceed",
    "less than",
    "lower than",
    "greater than",
    "larger than",
    "range",
    "<=",
    "must be between",
    "up to",
    "maximum value",
    "upper limit",
    "maximum allowed",
    "maximum context length",
];

/// Signs of a limit that depends on the length of the prompt.
const BY_PROMPT: [&str; 9] = [
    "context",
    "input tokens",
    "input length",
    "prompt tokens",
    "prompt length",
    "in the messages",
    "in the input",
    "from the input",
    "your prompt",
];

/// Returns whether messages are about the value of the token limit, rather than about its name.
pub(super) fn is_about_a_value(messages: &[String]) -> bool {
    messages.iter().any(|message| names_a_value(message))
}

fn names_a_value(message: &str) -> bool {
    has(message, &NAMES) && has(message, &VALUE)
}

fn has(message: &str, parts: &[&str]) -> bool {
    parts.iter().any(|part| message.contains(part))
}

/// Returns how many output tokens are allowed, if messages say so to a request for `asked`.
pub(super) fn allowed(messages: &[String], asked: u32) -> Option<Limit> {
    let message = messages.iter().find(|message| names_a_value(message))?;
    let (number, limit): (u32, fn(u32) -> Limit) = if has(message, &BY_PROMPT) {
        (window(message)?, Limit::OfPrompt)
    } else {
        (largest_below(message, asked)?, Limit::OfModel)
    };
    (number >= MIN_OUTPUT_TOKENS && number < asked).then(|| limit(number))
}

/// Returns what a context window leaves, where a message tells its length and that of the prompt.
fn window(message: &str) -> Option<u32> {
    let (before, after) = message.split_once("context length")?;
    let window = numbers(after).next().or_else(|| numbers(before).last())?;
    let prompt = [
        "input tokens",
        "prompt tokens",
        "in the messages",
        "tokens from the input",
        "in the input",
    ];
    let at = prompt.iter().find_map(|part| message.find(part))?;
    let prompt = numbers(&message[..at]).last()?;
    window.checked_sub(prompt)
}

fn largest_below(message: &str, asked: u32) -> Option<u32> {
    let largest = numbers(message).filter(|number| *number < asked).max();
    // A limit of exactly what was asked for is one that must not be reached.
    let is_strict = ["less than ", "lower than "]
        .iter()
        .any(|part| message.contains(part))
        && !message.contains("or equal");
    if is_strict {
        let limit = numbers(message).filter(|number| *number <= asked).max()?;
        return limit.checked_sub(1);
    }
    largest
}

/// Returns the whole numbers in a text, in order. A comma before three digits is part of a number, except in `[1,204]`.
fn numbers(text: &str) -> impl Iterator<Item = u32> {
    let is_part = |char: char| char.is_ascii_digit() || char == ',';
    let parts = text.split(move |char: char| !is_part(char));
    let parts = parts.flat_map(move |part| {
        let start = part.as_ptr().addr() - text.as_ptr().addr();
        let is_range = text[..start].ends_with('[') || text[start + part.len()..].starts_with(']');
        let part = part.trim_matches(',');
        let mut groups = part.split(',');
        let is_grouped = groups.next().is_some_and(|first| first.len() <= 3)
            && groups.all(|group| group.len() == 3);
        if is_grouped && !is_range {
            vec![part.replace(',', "")]
        } else {
            part.split(',').map(str::to_owned).collect()
        }
    });
    parts.filter_map(|digits| digits.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_allowed_number_is_read_where_there_is_one() {
        for (message, wanted) in [
            (
                "max_tokens is too large: 4000. this model supports at most 2048 completion tokens.",
                Some(Limit::OfModel(2048)),
            ),
            (
                "max_tokens: 4000 > 2,048, which is the maximum allowed number of output tokens",
                Some(Limit::OfModel(2048)),
            ),
            (
                "range of max_tokens should be [1, 2048]",
                Some(Limit::OfModel(2048)),
            ),
            (
                "`max_tokens` must be less than or equal to `2048`",
                Some(Limit::OfModel(2048)),
            ),
            (
                "the maximum tokens you requested exceeds the model limit of 2049. try again with a maximum tokens value that is lower than 2049.",
                Some(Limit::OfModel(2048)),
            ),
            (
                "'max_tokens' is too large: 4000. this model's maximum context length is 4096 tokens and your request has 1096 input tokens",
                Some(Limit::OfPrompt(3000)),
            ),
            (
                "range of max_tokens should be [1,2048]",
                Some(Limit::OfModel(2048)),
            ),
            (
                "range of max_tokens should be [1,999]",
                Some(Limit::OfModel(999)),
            ),
            (
                "input length and `max_tokens` exceed context limit: 3000 + 4000 > 6000",
                None,
            ),
            ("max_tokens is too large", None),
            (
                "max_tokens is too large: 4000. at most 16 are allowed",
                None,
            ),
            ("max_tokens is not supported", None),
            ("temperature must be at most 1", None),
        ] {
            assert_eq!(allowed(&[message.to_owned()], 4000), wanted, "{message}");
        }
    }
}
