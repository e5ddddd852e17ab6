use super::*;

fn of(status: u16, body: &str, mode: OutputMode) -> Option<Unsupported> {
    let error = ProviderError::read(status, None, body.as_bytes());
    error.unsupported(error.failure().billed, mode, true, Some("max_tokens"), 4000)
}

#[test]
fn a_feature_that_is_not_supported_is_recognised_in_any_status_and_wording() {
    use OutputMode::{ForcedTool, JsonSchema};
    for (status, body, mode, next) in [
        (
            400,
            "response_format is not supported",
            JsonSchema,
            ForcedTool,
        ),
        (
            422,
            r#"{"detail": [{"loc": ["body", "response_format", "type"], "msg": "Input should be 'text'"}]}"#,
            JsonSchema,
            ForcedTool,
        ),
        (
            404,
            "No endpoints found that can handle the requested parameters.",
            JsonSchema,
            ForcedTool,
        ),
        (
            501,
            r#"{"error": {"type": "not_supported_error", "message": "This feature is not supported"}}"#,
            JsonSchema,
            ForcedTool,
        ),
        (
            400,
            r#"{"message": "The model returned the following errors: output_config.format: structured outputs are not supported by this model"}"#,
            JsonSchema,
            ForcedTool,
        ),
    ] {
        assert_eq!(
            of(status, body, mode),
            Some(Unsupported::Mode(next)),
            "{body}"
        );
    }
}

#[test]
fn tools_that_are_not_supported_are_told_from_a_choice_that_is_not() {
    use OutputMode::{AutoTool, ForcedTool, Text};
    for (status, body, mode, next) in [
        (
            400,
            "Thinking may not be enabled when tool_choice forces tool use.",
            ForcedTool,
            AutoTool,
        ),
        (
            400,
            "This model doesn't support the toolConfig.toolChoice.tool field. Remove it and try again.",
            ForcedTool,
            AutoTool,
        ),
        (
            400,
            "tools.0.strict: Extra inputs are not permitted",
            ForcedTool,
            AutoTool,
        ),
        (
            404,
            "No endpoints found that support tool use.",
            ForcedTool,
            Text,
        ),
        (400, "acme:1b does not support tools", ForcedTool, Text),
        (500, "tools param requires --jinja flag", AutoTool, Text),
        (
            400,
            "\"auto\" tool choice requires --enable-auto-tool-choice to be set",
            AutoTool,
            Text,
        ),
    ] {
        assert_eq!(
            of(status, body, mode),
            Some(Unsupported::Mode(next)),
            "{body}"
        );
    }
}

#[test]
fn a_message_that_only_contains_such_words_changes_nothing() {
    for (status, body) in [
        (
            400,
            "The prompt is too long: your tools and schema have 9000 tokens.",
        ),
        (
            400,
            r#"{"error": {"message": "Invalid value: strict tools are not supported here", "param": "messages[1].content"}}"#,
        ),
        (
            400,
            "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (8000 in the messages, 1000 in the functions).",
        ),
        (
            400,
            "The message \"learn which tools are not supported\" is invalid",
        ),
        (400, "The goal mentions tools and strict rules."),
        (429, "response_format is not supported"),
        (503, "response_format is not supported"),
        (529, "tools are not supported"),
        (
            500,
            "structured output is not supported while the server is overloaded",
        ),
        (400, "tool use is temporarily not available"),
        (408, "response_format is not supported"),
        (500, "response_format: invalid"),
        (500, "unexpected error in a tool call"),
        (
            500,
            "error parsing tool call: invalid character ']' after object key:value pair",
        ),
        (
            500,
            "error parsing tool call: raw is not supported by tools",
        ),
        (
            400,
            "cannot read 'learn tools. they are not supported by json_schema' of the messages",
        ),
        (
            400,
            "bad message {'content': 'response_format is not supported'}",
        ),
        (
            400,
            "bad message `unsupported parameter max_tokens: at most 300`",
        ),
        (400, "model is required"),
    ] {
        for mode in OutputMode::ALL {
            assert_eq!(of(status, body, mode), None, "{body} {mode:?}");
        }
    }
}

#[test]
fn a_refused_temperature_or_name_of_the_limit_is_recognised_and_a_number_is_no_name() {
    for (body, wanted) in [
        (
            "`temperature` is deprecated for this model.",
            Some(Unsupported::Temperature),
        ),
        (
            "Unsupported value: 'temperature' does not support 0.3 with this model. Only the default (1) value is supported.",
            Some(Unsupported::Temperature),
        ),
        (
            "Malformed input request: #: extraneous key [temperature] is not permitted, please reformat your input and try again.",
            Some(Unsupported::Temperature),
        ),
        (
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            Some(Unsupported::LimitName),
        ),
        (
            "Unrecognized request argument supplied: max_tokens",
            Some(Unsupported::LimitName),
        ),
        (
            "Unrecognized request argument supplied: max_completion_tokens",
            None,
        ),
        (
            "max_tokens is too large: 4000. This model supports at most 2048 completion tokens.",
            Some(Unsupported::Limit(Limit::OfModel(2048))),
        ),
        ("max_tokens is too large", None),
        (
            r#"{"error": {"message": "The value is too large.", "param": "max_tokens"}}"#,
            None,
        ),
    ] {
        assert_eq!(of(400, body, OutputMode::JsonSchema), wanted, "{body}");
    }
}
