//! Counts the instructions of each stage of a plan, and compares them with those on record.
//!
//! Times differ from machine to machine and from minute to minute; a count of instructions is the same whatever else the machine does.
//! The count is that of valgrind: a stage is run some times and some more times in a process of its own, and the difference is divided
//! by the number of the additional times, so that starting the process does not count.
//!
//! `cargo bench --package planning --bench instructions` compares, and fails where a stage needs a tenth more than on record;
//! `-- --record` puts the figures on record.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and one that cannot continue has failed"
)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, ExitCode};

use chrono::NaiveDate;
use planning::category::Category;
use planning::classifier::Classifier;
use planning::constraints::extract::extract;
use planning::constraints::{Constraints, ExplicitConstraints};
use planning::goal::Goal;
use planning::offline::OfflinePlanner;
use planning::plan::Draft;
use planning::plan::check::check;
use planning::plan::repair::repair;
use planning::validation::FieldErrors;

/// How many times a stage is run, and how many times more.
const TIMES: [u64; 2] = [10, 110];
/// How much more a stage may need than on record, in percent.
const TOLERANCE: u64 = 10;

const GOAL: &str = "Prepare for AWS Solutions Architect certification";
const CONTEXT: &str = "Beginner with basic cloud knowledge, 8 hours a week until 14 March";

/// The stages, in the order in which a plan goes through them.
const STAGES: [&str; 7] = [
    "extract the constraints",
    "classify the goal",
    "ask the care gate",
    "write a draft offline",
    "repair and check the draft",
    "read a model's answer",
    "write a plan of a year",
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, stage, times] = arguments.as_slice()
        && flag == "--stage"
    {
        run(stage, times.parse().unwrap());
        return ExitCode::SUCCESS;
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/instructions.toml");
    let measured: BTreeMap<&str, u64> = STAGES.map(|stage| (stage, instructions(stage))).into();
    if arguments.iter().any(|argument| argument == "--record") {
        let table = toml::to_string(&measured).unwrap();
        let head = "# Instructions for each stage of a plan, by `cargo bench --package planning --bench instructions -- --record`.\n";
        std::fs::write(file, format!("{head}{table}")).unwrap();
        return ExitCode::SUCCESS;
    }
    let known: BTreeMap<String, u64> =
        toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let mut is_slower = false;
    for stage in STAGES {
        let (now, before) = (measured[stage], known[stage]);
        let is_worse = now * 100 > before * (100 + TOLERANCE);
        is_slower |= is_worse;
        let verdict = if is_worse { "TOO MANY" } else { "ok" };
        println!("{stage:28} {now:>10} instructions, {before:>10} on record  {verdict}");
    }
    ExitCode::from(u8::from(is_slower))
}

/// Returns the instructions that a stage takes once.
fn instructions(stage: &str) -> u64 {
    let [few, many] = TIMES.map(|times| counted(stage, times));
    (many - few) / (TIMES[1] - TIMES[0])
}

/// Returns the instructions of a process that runs a stage so many times.
fn counted(stage: &str, times: u64) -> u64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe().unwrap())
        .args(["--stage", stage, &times.to_string()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let count = said
        .lines()
        .find_map(|line| line.split_once("Collected : "))
        .and_then(|(_, count)| count.trim().parse().ok());
    assert!(
        output.status.success() && count.is_some(),
        "valgrind: {said}"
    );
    count.unwrap()
}

/// What the stages work on.
struct Work {
    goal: Goal,
    classifier: Classifier,
    planner: OfflinePlanner,
    constraints: Constraints,
    year: Constraints,
    start: NaiveDate,
}

impl Work {
    fn new() -> Self {
        let start = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let goal = Goal::parse(Some(GOAL), Some(CONTEXT), &mut FieldErrors::default()).unwrap();
        let classifier = Classifier::built_in().unwrap();
        let resolve = |weeks: Option<f64>| {
            let mut errors = FieldErrors::default();
            let mut explicit = ExplicitConstraints::default();
            if let Some(weeks) = weeks {
                explicit.duration_weeks(weeks, &mut errors);
            }
            let language =
                |_: &[(&'static str, u32)]| classifier.language_of(goal.text(), goal.context());
            Constraints::resolve(&goal, explicit, start, language, &mut errors).unwrap()
        };
        Self {
            constraints: resolve(None),
            year: resolve(Some(52.0)),
            planner: OfflinePlanner::new().unwrap(),
            goal,
            classifier,
            start,
        }
    }

    fn draft(&self, constraints: &Constraints) -> Draft {
        let category = Category::Certification;
        self.planner.write(&self.goal, category, constraints).draft
    }
}

/// Runs a stage. What it works on is made before, and once.
fn run(stage: &str, times: u64) {
    let work = Work::new();
    let draft = work.draft(&work.constraints);
    let answer = answer(&draft);
    let year = work.draft(&work.year);
    black_box(&year);
    for _ in 0..times {
        match stage {
            "extract the constraints" => {
                black_box(extract(black_box(GOAL), Some(CONTEXT), work.start));
            }
            "classify the goal" => {
                black_box(work.classifier.classify(black_box(&work.goal), &[]));
            }
            "ask the care gate" => {
                let gate = work.classifier.gate();
                black_box(gate.assess(black_box(GOAL), Some(CONTEXT)));
            }
            "write a draft offline" => drop(black_box(work.draft(&work.constraints))),
            "repair and check the draft" => {
                let mut draft = draft.clone();
                repair(&mut draft, &work.constraints);
                drop(black_box(check(draft, &work.constraints)));
            }
            "read a model's answer" => drop(black_box(Draft::from_text(black_box(&answer)))),
            "write a plan of a year" => {
                let mut draft = work.draft(&work.year);
                repair(&mut draft, &work.year);
                drop(black_box(check(draft, &work.year)));
            }
            other => unreachable!("{other} is no stage"),
        }
    }
}

/// Returns the draft as a model would write it.
fn answer(draft: &Draft) -> String {
    let week = |week: &planning::plan::draft::DraftWeek| {
        serde_json::json!({
            "focus_area": week.focus,
            "tasks": week.tasks.iter().map(|task| &task.text).collect::<Vec<_>>(),
            "milestone": week.milestone,
            "estimated_hours": week.hours,
        })
    };
    let weeks: Vec<serde_json::Value> = draft.weeks.iter().map(week).collect();
    serde_json::json!({"weekly_breakdown": weeks, "resources": []}).to_string()
}
