//! Plans beside what experts say that a plan for the same goal must have, and beside each other.
//!
//! `experts.jsonl` has a goal per line with `must_have` and `excluded`; `many.jsonl` has goals of every kind with the curricula that are
//! right for them. `excluded` leaves out what a goal is about: a plan for meals without gluten has to name wheat. A machine reads the plans, so it finds an item where most of its words are in the plan, in any form.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod reading;

use std::collections::HashSet;
use std::sync::LazyLock;

use chrono::NaiveDate;
use planning::classifier::{Classifier, Evidence};
use planning::constraints::{Constraints, ExplicitConstraints};
use planning::goal::Goal;
use planning::offline::OfflinePlanner;
use planning::plan::Plan;
use planning::plan::check::check;
use planning::plan::repair::repair;
use planning::validation::FieldErrors;
use serde::Deserialize;

use self::reading::{Words, names, words_of};

/// A goal and what a good plan for it has.
#[derive(Debug, Deserialize)]
struct Case {
    goal: String,
    context: Option<String>,
    #[serde(default = "monday")]
    start_date: NaiveDate,
    #[serde(default)]
    excluded: Vec<String>,
    #[serde(default)]
    must_have: Vec<String>,
    /// The curricula that are right; empty where nobody said so.
    #[serde(default)]
    curricula: Vec<String>,
}

fn monday() -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, 1, 4).unwrap()
}

static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(|| Classifier::built_in().unwrap());
static PLANNER: LazyLock<OfflinePlanner> = LazyLock::new(|| OfflinePlanner::new().unwrap());

/// A plan, the curriculum that it is from, and the goal without what states constraints.
struct Planned {
    plan: Plan,
    curriculum: String,
}

impl Case {
    fn plan(&self) -> Planned {
        let mut errors = FieldErrors::default();
        let goal = Goal::parse(Some(&self.goal), self.context.as_deref(), &mut errors).unwrap();
        let language = |phrases: &[(&'static str, u32)]| {
            let evidence: Vec<Evidence<'_>> = phrases
                .iter()
                .map(|(language, phrases)| Evidence {
                    language,
                    phrases: *phrases,
                })
                .collect();
            CLASSIFIER.language_with_evidence(&goal, &evidence)
        };
        let explicit = ExplicitConstraints::default();
        let constraints =
            Constraints::resolve(&goal, explicit, self.start_date, language, &mut errors).unwrap();
        let category = CLASSIFIER.classify(&goal, &constraints.phrases).category;
        let written = PLANNER.write(&goal, category, &constraints);
        let mut draft = written.draft;
        let repairs = repair(&mut draft, &constraints);
        assert_eq!(repairs, [], "{}", self.goal);
        Planned {
            plan: check(draft, &constraints).unwrap(),
            curriculum: written.curriculum,
        }
    }
}

fn cases(file: &str) -> Vec<Case> {
    file.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn experts() -> Vec<Case> {
    cases(include_str!("experts.jsonl"))
}

fn many() -> Vec<Case> {
    cases(include_str!("many.jsonl"))
}

/// All tasks of a plan.
fn tasks(plan: &Plan) -> impl Iterator<Item = &str> {
    let weeks = plan.weeks().iter();
    weeks.flat_map(|week| week.tasks.iter().map(String::as_str))
}

/// Everything that a plan says.
fn all_words(plan: &Plan) -> Words {
    let weeks = plan.weeks().iter();
    let texts = weeks.flat_map(|week| [week.focus_area.as_str(), week.milestone.as_str()]);
    let mut words = Words::new();
    for text in texts.chain(tasks(plan)).chain([plan.summary()]) {
        words.extend(words_of(text));
    }
    words
}

#[test]
fn a_plan_has_most_of_what_an_expert_would_have_in_it() {
    let (mut found, mut wanted) = (0, 0);
    let mut missed = Vec::new();
    for case in experts() {
        let words = all_words(&case.plan().plan);
        let missing: Vec<&String> = case
            .must_have
            .iter()
            .filter(|item| !names(&words, item))
            .collect();
        wanted += case.must_have.len();
        found += case.must_have.len() - missing.len();
        if missing.len() * 10 > case.must_have.len() * 3 {
            missed.push(format!("{}: {missing:?}", case.goal));
        }
    }
    assert!(
        found * 100 >= wanted * 80,
        "{found} of {wanted}; less than 70 % in:\n{}",
        missed.join("\n")
    );
}

#[test]
fn nothing_that_is_excluded_is_asked_for() {
    for case in experts().iter().chain(&many()) {
        let plan = case.plan().plan;
        for excluded in &case.excluded {
            let asking = tasks(&plan).find(|task| reading::asks_for(task, excluded));
            assert_eq!(asking, None, "{}: {excluded}", case.goal);
        }
    }
}

#[test]
fn no_task_has_the_words_of_the_goal_hung_onto_it() {
    for case in experts().iter().chain(&many()) {
        let plan = case.plan().plan;
        let goal = case.goal.to_lowercase();
        let all = tasks(&plan).count();
        let hung = tasks(&plan).filter(|task| {
            let task = task.to_lowercase();
            let words: Vec<&str> = goal.split_whitespace().collect();
            // Five words of the goal in a row are no accident.
            words.windows(5).any(|row| task.contains(&row.join(" ")))
        });
        let hung: Vec<&str> = hung.collect();
        assert!(hung.len() * 20 <= all, "{}: {hung:?}", case.goal);
    }
}

#[test]
fn the_curriculum_is_the_right_one_or_a_general_plan() {
    let many = many();
    let mut wrong = Vec::new();
    for case in &many {
        let curriculum = case.plan().curriculum;
        let is_general = curriculum.starts_with("general/");
        if !is_general && !case.curricula.contains(&curriculum) {
            wrong.push(format!(
                "{}: {curriculum}, not {:?}",
                case.goal, case.curricula
            ));
        }
    }
    assert!(
        wrong.len() * 20 <= many.len(),
        "{} of {} are wrong:\n{}",
        wrong.len(),
        many.len(),
        wrong.join("\n")
    );
}

#[test]
fn plans_for_different_subjects_differ() {
    let texts: Vec<(String, HashSet<String>)> = many()
        .iter()
        .map(|case| {
            let plan = case.plan().plan;
            let milestones = plan.weeks().iter().map(|week| week.milestone.clone());
            let texts = tasks(&plan).map(str::to_owned).chain(milestones).collect();
            (case.goal.clone(), texts)
        })
        .collect();
    let is_twin = |index: usize| {
        texts.iter().enumerate().any(|(other, (_, theirs))| {
            let own = &texts[index].1;
            let shared = own.intersection(theirs).count();
            other != index && shared * 100 >= own.len().min(theirs.len()) * 80
        })
    };
    let twins: Vec<&String> = (0..texts.len())
        .filter(|index| is_twin(*index))
        .map(|index| &texts[index].0)
        .collect();
    assert!(twins.len() * 20 <= texts.len(), "{twins:?}");
}
