//! The texts of a plan: nothing invisible, marked up or linked reaches a response, and what only looks like it stays.

use serde_json::{Value, json};

use crate::guarantees::{Requested, assert_guarantees};
use crate::support::{TestApp, fake};
use fake_bedrock::script::{Fault, Script};

/// Makes a plan from a model's answer that has these tasks and titles. Returns the tasks of the first week after its own three.
async fn tasks_of(texts: &[&str]) -> Vec<String> {
    let texts = texts.iter().map(|text| (*text).to_owned()).collect();
    let fake = fake(Script::faults([Fault::Texts { texts }]));
    let app = TestApp::with_model(&fake, &[("MAX_OUTPUT_TOKENS", "20000")]).await;

    let plan = app
        .plan(&json!({"goal": "Learn to play the accordion", "duration_weeks": 2}))
        .await;

    assert_guarantees(&plan, &Requested::default());
    assert_eq!(plan["metadata"]["llm_calls"], 1, "rules suffice");
    app.stop().await;
    let tasks = plan["weekly_breakdown"][0]["tasks"].as_array().unwrap();
    tasks[3..].iter().map(text).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn invisible_texts_of_a_model_never_reach_a_plan() {
    let tasks = tasks_of(&[
        "\u{200b}",
        "\u{2060}\u{ad}",
        "\u{3164}\u{115f}\u{ffa0}",
        "\u{2800}",
        "\u{fe0f}\u{e0100}",
        "\u{301}",
        "…",
        "***",
        "https://example.org/only-an-address",
        "<br/>",
        "Play \u{200b}a scale\u{2060}",
    ])
    .await;

    assert_eq!(tasks, ["Play a scale"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_and_addresses_are_taken_out_of_the_texts_of_a_model() {
    let cases = [
        ("Read https://example.org/a first", "Read first"),
        ("Click javascript:alert(1) twice", "Click twice"),
        (
            "Open data:text/html,<b>x</b> three times",
            "Open three times",
        ),
        (
            "Write to mailto:coach@example.org four times",
            "Write to four times",
        ),
        ("Ping 192.168.0.1 and rest", "Ping and rest"),
        ("Visit www.example.org/a for scales", "Visit for scales"),
        ("Play &ltb&gtsoftly&lt/b&gt now", "Play softly now"),
        (
            "Play &#0060;b&#0062;loudly&#60/b&#62 now",
            "Play loudly now",
        ),
        (
            "Play &amp;lt;i&amp;gt;slowly&amp;lt;/i&amp;gt; now",
            "Play slowly now",
        ),
        (
            "Learn **three** __several new words__ by *heart*",
            "Learn three several new words by heart",
        ),
        ("Skip ~~the old~~ song", "Skip the old song"),
        (
            "Use `metronome` and [a tuner](https://example.org)",
            "Use metronome and a tuner",
        ),
        ("## Week one\n> Warm up", "Week one Warm up"),
    ];
    let written: Vec<&str> = cases.iter().map(|(written, _)| *written).collect();

    let tasks = tasks_of(&written).await;

    let expected: Vec<&str> = cases.iter().map(|(_, expected)| *expected).collect();
    assert_eq!(tasks, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_that_only_look_like_markup_stay_as_they_are() {
    let texts = [
        "Learn __init__ and C++ and C#",
        "Check that a < b, i < n && j > m",
        "Visit the R&D of AT&T",
        "Rename my_var to snake_case_name",
        "Compute 5 * 3 and 2**10 and 3**4",
        "Play #1 of the list <3",
        "Dance 💃🏽 with 👩\u{200d}💻 and ❤\u{fe0f} and 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        "Edit main.rs and run script.py in Node.js 20.1.2 at 16:30",
    ];

    assert_eq!(tasks_of(&texts).await, texts);
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_that_look_the_same_are_in_a_plan_once() {
    let tasks = tasks_of(&[
        "Play the C major scale",
        "PLAY THE C MAJOR SCALE!",
        "Ｐｌａｙ the C major scale",
        "Play the\u{200b} C ma\u{ad}jor scale",
        "**Play** the C – major – scale",
    ])
    .await;

    assert_eq!(tasks, ["Play the C major scale"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_goal_that_is_an_address_or_has_no_letters_gets_a_plan_without_it() {
    let app = TestApp::start().await;

    for goal in [
        "https://www.example.org/course",
        "javascript:alert(1)",
        "**https://example.org** `x`",
        "???",
        "* * *",
        "🎹🎹🎹",
    ] {
        let plan = app.plan(&json!({"goal": goal, "duration_weeks": 3})).await;

        assert_guarantees(&plan, &Requested::default());
        let weeks = plan["weekly_breakdown"].to_string();
        assert!(
            !weeks.contains("://") && !weeks.contains("javascript:") && !weeks.contains("“”"),
            "{goal}: {weeks}"
        );
    }
}
