use serde_json::json;

use super::*;
use crate::plan::Draft;

fn plan(weeks: usize) -> Value {
    let week = |week| json!({"focus_area": format!("Part {week}"), "tasks": [format!("Play scale {week}")], "milestone": "80 bpm", "estimated_hours": 3});
    json!({"weekly_breakdown": (1..=weeks).map(week).collect::<Vec<_>>(), "resources": []})
}

fn call(is_known: bool, input: Value) -> AnswerPart {
    AnswerPart::Call { is_known, input }
}

fn text(text: impl Into<String>) -> AnswerPart {
    AnswerPart::Text(text.into())
}

fn thinking(text: impl Into<String>) -> AnswerPart {
    AnswerPart::Thinking(text.into())
}

/// Returns the number of weeks of the plan in an answer.
fn weeks(parts: Vec<AnswerPart>) -> Option<usize> {
    Draft::from_answer(&parts.into()).map(|draft| draft.weeks.len())
}

#[test]
fn the_plan_is_found_wherever_a_provider_puts_it() {
    let whole = plan(8).to_string();
    let twice = json!(whole).to_string();
    for (parts, what) in [
        (vec![text(&whole)], "text"),
        (
            vec![text(&whole[..40]), text(&whole[40..])],
            "text in parts",
        ),
        (vec![text(&twice)], "text encoded twice"),
        (
            vec![text(json!(twice).to_string())],
            "text encoded three times",
        ),
        (vec![text(format!("[{whole}]"))], "a list of one"),
        (
            vec![text(""), thinking(&whole)],
            "the answer where the thinking is",
        ),
        (
            vec![text(format!("<think>{whole}</think>"))],
            "the answer between tags",
        ),
        (
            vec![text(format!("hm {{ {}</think>{whole}", plan(2)))],
            "thinking that only ends",
        ),
    ] {
        assert_eq!(weeks(parts), Some(8), "{what}");
    }
}

#[test]
fn the_plan_is_found_in_a_call_or_beside_one() {
    let whole = plan(8).to_string();
    let twice = json!(whole).to_string();
    for (parts, what) in [
        (vec![call(true, plan(8))], "a call"),
        (vec![call(true, json!(whole))], "a call with a string"),
        (
            vec![call(true, json!(twice))],
            "a call with a string of a string",
        ),
        (
            vec![call(true, json!({"response": whole}))],
            "a wrapped string",
        ),
        (
            vec![call(true, json!({"input": {"plan": [plan(8)]}}))],
            "wrappers",
        ),
        (
            vec![call(
                true,
                json!({"weekly_breakdown": plan(8)["weekly_breakdown"].to_string()}),
            )],
            "the weeks as a string",
        ),
        (
            vec![call(false, json!({})), call(true, plan(8))],
            "another call first",
        ),
        (
            vec![call(true, plan(8)), call(false, plan(2))],
            "another call with another plan",
        ),
        (
            vec![call(false, plan(8))],
            "a call of a tool that does not exist",
        ),
        (
            vec![call(true, json!("")), text(&whole)],
            "an empty call beside the text",
        ),
        (
            vec![call(true, json!({})), text(&whole)],
            "a call without fields beside the text",
        ),
    ] {
        assert_eq!(weeks(parts), Some(8), "{what}");
    }
}

#[test]
fn a_draft_never_wins_over_a_later_plan() {
    let (draft, whole) = (plan(2).to_string(), plan(8));
    for text in [
        format!("<think>Maybe {draft} no, longer.</think>\n{whole}"),
        format!("<think>{draft}</think>{whole}"),
        format!("{draft}\nBetter:\n```json\n{whole}\n```"),
        format!("{whole}\nOr shorter: {{\"weekly_breakdown\": [{{\"focus"),
        format!("{}{whole}", "{a} [b] ".repeat(500)),
        format!("{whole}\nResources: [{{\"title\": \"A\"}}]"),
    ] {
        assert_eq!(
            weeks(vec![AnswerPart::Text(text.clone())]),
            Some(8),
            "{text:.60}"
        );
    }
    assert_eq!(
        weeks(vec![thinking(&draft), text(whole.to_string())]),
        Some(8)
    );
    assert_eq!(weeks(vec![thinking(&draft), call(true, whole)]), Some(8));
}

#[test]
fn a_draft_alone_is_no_plan_and_neither_is_one_that_was_cut_off() {
    let (draft, whole) = (plan(2).to_string(), plan(8).to_string());
    for parts in [
        vec![text("I cannot do that."), thinking(&draft)],
        vec![text(""), thinking(format!("Maybe {draft} no, longer."))],
        vec![text(format!("<think>Maybe {draft} no.</think> Sorry!"))],
        vec![text(&whole[..whole.len() - 2])],
        vec![call(true, json!(whole[..whole.len() - 20]))],
    ] {
        assert_eq!(weeks(parts.clone()), None, "{parts:?}");
    }
}
