//! How providers say that a part of a request is not supported, and how they name the parts. All in lower case.

/// How providers say that something is not supported.
pub(super) const NOT: [&str; 54] = [
    "not support",
    "n't support",
    "unsupported",
    "no support",
    "not a supported",
    "unknown",
    "unrecognized",
    "unrecognised",
    "unexpected",
    "not permitted",
    "not allowed",
    "not available",
    "unavailable",
    "not enabled",
    "not implemented",
    "not accept",
    "n't accept",
    "not recognized",
    "extra inputs",
    "extra fields",
    "extraneous",
    "invalid",
    "deprecated",
    "disallowed",
    "must be",
    "should be",
    "may not",
    "cannot",
    "can not",
    "can't",
    "not compatible",
    "incompatible",
    "requires",
    "disabled",
    "not valid",
    "removed",
    "may only",
    "only the default",
    "only 1 is",
    "n't available",
    "not allow",
    "not recognised",
    "not a valid",
    "not work",
    "not possible",
    "must not",
    "should not",
    "reject",
    "forbid",
    "no longer",
    "only support",
    "no endpoints found",
    "no provider",
    "please remove",
];

/// Stronger ones, for words that are common in other messages.
pub(super) const PLAINLY_NOT: [&str; 18] = [
    "not support",
    "n't support",
    "unsupported",
    "no support",
    "unknown param",
    "unknown field",
    "unrecognized",
    "unexpected",
    "not permitted",
    "not allowed",
    "not available",
    "not enabled",
    "not implemented",
    "extra inputs",
    "extraneous",
    "deprecated",
    "requires --",
    "disabled",
];

/// Names of the parts of a request, and words that mean them only in a plain sentence.
pub(super) const SCHEMA: [&str; 22] = [
    "response_format",
    "responseformat",
    "response format",
    "json_schema",
    "jsonschema",
    "json schema",
    "json mode",
    "json_mode",
    "json_object",
    "json output",
    "structured output",
    "structured_output",
    "structured generation",
    "output_config",
    "outputconfig",
    "output config",
    "textformat",
    "text_format",
    "output_format",
    "guided_json",
    "guided decoding",
    "grammar",
];
pub(super) const SCHEMA_WORDS: [&str; 3] = ["schema", "`format`", "'format'"];

pub(super) const CHOICE: [&str; 9] = [
    "tool_choice",
    "toolchoice",
    "tool choice",
    "forced tool",
    "forcing tool",
    "forces tool",
    "force tool",
    "forced function",
    "strict tool",
];
pub(super) const CHOICE_WORDS: [&str; 1] = ["strict"];

pub(super) const TOOLS: [&str; 12] = [
    "toolconfig",
    "tool_config",
    "tool config",
    "tool use",
    "tool_use",
    "tool-use",
    "toolspec",
    "tool call",
    "tool_call",
    "function call",
    "function_call",
    "`tools`",
];
pub(super) const TOOLS_WORDS: [&str; 2] = ["tools", "functions"];

/// Messages and codes that say that something is not supported, and not what.
pub(super) const SOMETHING: [&str; 8] = [
    "requested parameters",
    "unsupported parameter",
    "unsupported feature",
    "feature is not supported",
    "feature not supported",
    "parameters are not supported",
    "not_supported_error",
    "unsupported_feature",
];

/// Messages about the length of the prompt, quotas, keys, busy servers and unreadable answers, which name the parts of a request too.
pub(super) const OTHER_MATTERS: [&str; 20] = [
    "too long",
    "context length",
    "context window",
    "rate limit",
    "quota",
    "api key",
    "credit",
    "throughput",
    "too many requests",
    // A provider that is busy says of every part that it is not available.
    "busy",
    "overload",
    "temporar",
    "try again later",
    "at capacity",
    "no capacity",
    "loading",
    // An answer that the model has written, and that the server could not read.
    "parsing tool call",
    "parse tool call",
    "parsing function call",
    "parse function call",
];

/// The names of the token limit in chat completions.
pub(in crate::llm) const LIMIT_NAMES: [&str; 2] = ["max_tokens", "max_completion_tokens"];

/// Messages and codes that leave no doubt that a feature was refused before anything ran, whatever the status.
pub(super) const FEATURE_REFUSED: [&str; 9] = [
    "not support",
    "n't support",
    "unsupported",
    "no support",
    "not enabled",
    "not implemented",
    "requires --",
    "not_supported",
    "unsupported_",
];
