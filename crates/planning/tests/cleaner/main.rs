//! Whatever a draft says, the plan that comes out of repair and check keeps every promise, and harmless texts come out as they were.
//!
//! The promises are checked here by code of its own, so that a mistake of the cleaner is not repeated by its test.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first failure")]

mod promises;

use chrono::NaiveDate;
use planning::constraints::{Constraints, Occasion, Origin, Sourced};
use planning::exclusions::Exclusions;
use planning::language::Language;
use planning::plan::Plan;
use planning::plan::check::check;
use planning::plan::draft::{Draft, DraftLink, DraftResource, DraftTask, DraftWeek};
use planning::plan::repair::repair;
use planning::plan::text::{clean, is_clean};
use proptest::prelude::*;

use crate::promises::assert_promises;

/// Pieces of markup, addresses and hidden characters; in random order they form more of it.
const HOSTILE: [&str; 91] = [
    "<",
    ">",
    "</",
    "<b>",
    "</b>",
    "<script>",
    "</script>",
    "<img src=x onerror=alert(1)>",
    "<!--",
    "-->",
    "<br/>",
    "<div",
    "&",
    "&amp;",
    "&amp",
    "&lt;",
    "&lt",
    "&gt",
    "&#60;",
    "&#0060",
    "&#x3c",
    "&nbsp",
    ";",
    "lt;",
    "amp;",
    "#",
    "&#8203;",
    "*",
    "**",
    "***",
    "_",
    "__",
    "___",
    "~",
    "~~",
    "`",
    "``",
    "```",
    "[",
    "]",
    "](",
    ")",
    "(",
    "![",
    "[^1]",
    "][",
    "[x](http://a.b)",
    "# ",
    "## ",
    "- ",
    "* ",
    "> ",
    "[ ] ",
    "| ",
    " |",
    "|---|",
    "\n",
    "\n\n",
    "\r\n",
    "---",
    "===",
    "https://",
    "http:",
    "://",
    "//",
    "www.",
    "javascript:",
    "data:,",
    "mailto:",
    "a@b.org",
    "example.com",
    "/path",
    ":8080",
    "?q=1",
    "192.168.0.1",
    "::1",
    "2001:db8::1",
    "\u{200b}",
    "\u{ad}",
    "\u{2060}",
    "\u{feff}",
    "\u{3164}",
    "\u{2800}",
    "\u{115f}",
    "\u{fe0f}",
    "\u{e0041}",
    "\u{202e}",
    "\u{2066}",
    "\u{200d}",
    "\u{0}",
    "\u{1b}[31m",
];

/// Texts that are no markup and no address, although they have its characters.
const HARMLESS: [&str; 58] = [
    "Learn __init__ and __main__.py",
    "Write C++ and C#",
    "Check that a < b",
    "R&D",
    "AT&T and Q&A",
    "Rename my_var",
    "snake_case_name",
    "5 * 3",
    "2**10 and 3**4",
    "#1 of the list",
    "I <3 it",
    "~5 km to ~10 km",
    "x_1",
    "i < n && j > m",
    "Run 5 km 🏃🏽\u{200d}♀\u{fe0f}",
    "👩\u{200d}💻",
    "👨\u{200d}👩\u{200d}👧\u{200d}👦 time",
    "❤\u{fe0f}",
    "1\u{fe0f}\u{20e3} first",
    "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "🇩🇪 lernen",
    "👍🏽",
    "Edit main.rs",
    "Run script.py",
    "e.g. Node.js",
    "3.5 h",
    "Python 3.12.1",
    "10.15 Uhr",
    "16:30",
    "Note: data: none",
    "JavaScript: The Good Parts",
    "std::fmt",
    "*args and **kwargs",
    "grid[0][1]",
    "x[i] = y(z)",
    "pace 5:30/km",
    "TCP/IP and/or",
    "50 % – 60 %",
    "$100",
    "50€",
    "„Für Elise“",
    "« lentement »",
    "اقرأ صفحة",
    "می\u{200c}خواهم",
    "学游泳。",
    "读《红楼梦》",
    "क्\u{200d}ष",
    "שלום",
    "Привет",
    "日本語",
    "한국어",
    "ไทย",
    "Ω > 3",
    "x² + y² = z²",
    "½ cup",
    "∞",
    "a – b",
    "…and more",
];

/// Any text that a model may write.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(HOSTILE.to_vec()).prop_map(str::to_owned),
        2 => prop::sample::select(HARMLESS.to_vec()).prop_map(str::to_owned),
        2 => "[a-zA-Z0-9]{1,6}",
        2 => Just(" ".to_owned()),
        1 => "(?s).{0,4}",
    ];
    prop_oneof![
        6 => prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat()),
        1 => "(?s).{0,60}",
        1 => "[<>&;:/.@a-c*_~`\\[\\]()! |#\n\u{200b}\u{3164}é]{0,60}",
        1 => prop::sample::select(HOSTILE.to_vec()).prop_map(|piece| piece.repeat(200)),
    ]
}

fn start() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
}

fn constraints(minutes: Option<u32>) -> Constraints {
    Constraints {
        minutes_per_week: minutes.map(|value| Sourced {
            value,
            origin: Origin::Field,
        }),
        weeks: None,
        start: start(),
        deadline: None,
        occasion: Occasion::DueDate,
        level: None,
        unavailable: None,
        language: Language::english(),
        exclusions: Exclusions::default(),
        sessions_per_week: None,
        even_sessions: false,
        phrases: Vec::new(),
        warnings: Vec::new(),
    }
}

fn draft() -> impl Strategy<Value = Draft> {
    let hours = prop_oneof![
        (-3.0..200.0_f64).prop_map(Some),
        (0_u32..900).prop_map(|tenths| Some(f64::from(tenths) / 10.0)),
        Just(Some(f64::NAN)),
        Just(None),
    ];
    let focus = prop_oneof![2 => "[A-Z][a-z]{1,8} [a-z]{1,8}", 1 => text()];
    let milestone = prop_oneof![2 => "[A-Z][a-z]{1,8} [0-9]{1,3}", 1 => text()];
    let week = (focus, prop::collection::vec(text(), 1..4), milestone, hours).prop_map(
        |(focus, tasks, milestone, hours)| DraftWeek {
            focus,
            tasks: tasks.into_iter().map(DraftTask::from).collect(),
            milestone,
            hours,
            sessions: Vec::new(),
        },
    );
    let resource = (text(), text(), text()).prop_map(|(title, url, kind)| DraftResource {
        title,
        link: DraftLink::Written(url),
        kind,
        why: String::new(),
    });
    (
        text(),
        prop::collection::vec(week, 1..3),
        prop::collection::vec(resource, 0..3),
    )
        .prop_map(|(summary, weeks, resources)| Draft {
            summary,
            weeks,
            resources,
        })
}

fn planned(mut draft: Draft, constraints: &Constraints) -> Option<Plan> {
    repair(&mut draft, constraints);
    check(draft, constraints).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_plan_of_any_texts_keeps_every_promise(draft in draft(), minutes in prop::option::of(30_u32..4800)) {
        let constraints = constraints(minutes);
        if let Some(plan) = planned(draft, &constraints) {
            assert_promises(&plan, minutes);
        }
    }

    #[test]
    fn a_text_is_clean_after_it_was_cleaned_and_cleaning_again_changes_nothing(text in text()) {
        let once = clean(&text).into_owned();
        prop_assert!(once.is_empty() || is_clean(&once), "{once:?}");
        prop_assert_eq!(clean(&once).into_owned(), once);
    }

    #[test]
    fn harmless_texts_come_out_as_they_were(pieces in prop::collection::vec(prop::sample::select(HARMLESS.to_vec()), 1..4)) {
        let text = pieces.join(", ");
        prop_assert_eq!(clean(&text), text.as_str());
        prop_assert!(is_clean(&text));
    }

    #[test]
    fn words_of_any_language_come_out_as_they_were(text in "\\p{L}{1,8}( \\p{L}{1,8}){0,4}") {
        // Letters whose glyph is blank are no words.
        prop_assume!(!text.contains(['\u{3164}', '\u{115f}', '\u{1160}', '\u{ffa0}', '\u{13441}', '\u{13442}']));
        prop_assert_eq!(clean(&text), text.as_str());
    }

    #[test]
    fn tasks_that_look_equal_are_one_task(task in "[A-Za-z]{2,8}( [A-Za-z]{1,8}){0,3}", disguise in 0_usize..6) {
        let twin = match disguise {
            0 => task.to_uppercase(),
            1 => task.chars().map(|char| char::from_u32(u32::from(char) + 0xfee0).filter(|_| char != ' ').unwrap_or(char)).collect(),
            2 => task.replace(' ', " \u{200b}\u{ad}"),
            3 => format!("“{}”!", task.replace(' ', " – ")),
            4 => format!("**{task}**"),
            _ => format!("- [ ] {task}\u{3164}."),
        };
        let tasks = [task.clone(), twin].map(DraftTask::from).to_vec();
        let week = DraftWeek { focus: "Basics".into(), tasks, milestone: "Done".into(), hours: Some(1.0), ..DraftWeek::default() };
        let draft = Draft { weeks: vec![week], ..Draft::default() };

        let plan = planned(draft, &constraints(None)).unwrap();

        prop_assert_eq!(&plan.weeks()[0].tasks, &[task]);
    }
}

#[test]
fn every_harmless_text_comes_out_as_it_was() {
    let changed: Vec<_> = HARMLESS
        .iter()
        .filter(|text| clean(text) != **text || !is_clean(text))
        .map(|text| (text, clean(text)))
        .collect();

    assert!(changed.is_empty(), "{changed:?}");
}
