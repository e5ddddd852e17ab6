//! Every curriculum, in every length: the guarantees hold, and no text is broken.

use chrono::NaiveDate;

use super::kind::Kind;
use super::*;
use crate::constraints::ExplicitConstraints;
use crate::demand::{Demands, NAMES};
use crate::plan::check::check;
use crate::plan::draft::DraftWeek;
use crate::plan::repair::repair;
use crate::plan::text;
use crate::validation::FieldErrors;

fn constraints(
    goal: &Goal,
    fill: impl FnOnce(&mut ExplicitConstraints, &mut FieldErrors),
) -> Constraints {
    let mut explicit = ExplicitConstraints::default();
    let mut errors = FieldErrors::default();
    fill(&mut explicit, &mut errors);
    let today = NaiveDate::from_ymd_opt(2027, 1, 4).unwrap();
    Constraints::resolve(goal, explicit, today, |_| Language::english(), &mut errors).unwrap()
}

fn goal(text: &str) -> Goal {
    Goal::parse(Some(text), None, &mut FieldErrors::default()).unwrap()
}

/// All curricula and general plans, each with its shelf's language.
fn all(library: &Library) -> Vec<(&'static str, &Shelf, &Domain)> {
    library
        .shelves()
        .flat_map(|(language, shelf)| {
            let general = Kind::ALL.iter().map(|(kind, _)| shelf.general(*kind));
            let all: Vec<_> = shelf.domains().iter().chain(general).collect();
            all.into_iter().map(move |domain| (language, shelf, domain))
        })
        .collect()
}

fn curriculum(domain: &Domain) -> &Curriculum {
    let curriculum = domain.curriculum();
    curriculum.unwrap_or_else(|| panic!("{}: {}", domain.name, domain.parse().unwrap_err()))
}

fn draft(
    language: &'static str,
    shelf: &Shelf,
    domain: &Domain,
    constraints: &Constraints,
) -> Draft {
    let goal = goal("Whatever it is");
    let request = Request {
        goal: &goal,
        constraints,
        language,
        said: Vec::new(),
        turn: 12345,
    };
    request.draft(&Chosen {
        domain,
        curriculum: curriculum(domain),
        companion: None,
        general: curriculum(shelf.general(curriculum(domain).kind)),
        name: curriculum(domain)
            .names
            .as_ref()
            .map_or("", |names| &names.default),
    })
}

#[test]
fn every_curriculum_in_every_length_is_a_plan_that_needs_no_repair() {
    let library = Library::built_in().unwrap();
    let goal = goal("Whatever it is");
    for (language, shelf, domain) in all(&library) {
        for (weeks, hours) in [
            (1, 0.5),
            (1, 9.0),
            (2, 3.0),
            (5, 1.0),
            (8, 4.0),
            (12, 10.0),
            (26, 6.0),
            (52, 0.5),
            (52, 20.0),
        ] {
            let constraints = constraints(&goal, |explicit, errors| {
                explicit.duration_weeks(f64::from(u8::try_from(weeks).unwrap()), errors);
                explicit.hours_per_week(hours, errors);
            });
            let mut draft = draft(language, shelf, domain, &constraints);
            let name = format!("{language}/{} in {weeks} weeks of {hours} h", domain.name);

            let repairs = repair(&mut draft, &constraints);
            assert_eq!(repairs, [], "{name}");
            let plan = check(draft, &constraints)
                .unwrap_or_else(|violations| panic!("{name}: {violations:?}"));
            assert_eq!(plan.weeks().len(), weeks, "{name}");
            // The check trusts the tasks of curricula.
            for task in plan.weeks().iter().flat_map(|week| &week.tasks) {
                assert!(text::is_clean(task), "{name}: {task}");
            }
        }
    }
}

#[test]
fn every_text_is_clean_and_fills_its_placeholders() {
    let library = Library::built_in().unwrap();
    let mut faults = Vec::new();
    for (language, _, domain) in all(&library) {
        let curriculum = curriculum(domain);
        let modules = curriculum.modules.iter();
        let texts = modules.flat_map(|module| {
            let tasks = module.tasks.iter().map(|task| &task.text);
            tasks.chain([&module.focus]).chain(&module.milestones)
        });
        let resources = curriculum
            .resources
            .iter()
            .flat_map(|resource| [&resource.title, &resource.why]);
        for text in texts
            .chain(resources)
            .chain([&curriculum.title, &curriculum.summary])
        {
            let rest = text.replace("{name}", "");
            if !text::is_clean(text)
                || rest.contains(['{', '}'])
                || rest.len() < text.len() && curriculum.names.is_none()
            {
                faults.push(format!("{language}/{}: {text}", domain.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_general_plan_has_tasks_whatever_is_ruled_out() {
    let library = Library::built_in().unwrap();
    for (language, shelf) in library.shelves() {
        for (kind, name) in Kind::ALL {
            for module in &curriculum(shelf.general(kind)).modules {
                let free = module.tasks.iter().filter(|task| task.demands.is_empty());
                assert!(free.count() >= 2, "{language}/{name}: {}", module.focus);
            }
        }
    }
}

#[test]
fn what_is_ruled_out_is_in_no_task() {
    let library = Library::built_in().unwrap();
    let goal = goal("Whatever it is");
    let mut constraints = constraints(&goal, |explicit, errors| {
        explicit.duration_weeks(10.0, errors);
    });
    for (language, shelf, domain) in all(&library) {
        for name in NAMES {
            let demand = Demands::named(name).unwrap();
            constraints.exclusions.demands = demand;
            let tasks = curriculum(domain)
                .modules
                .iter()
                .flat_map(|module| &module.tasks);
            if !tasks.clone().any(|task| !task.demands.overlaps(demand)) {
                continue;
            }
            let draft = draft(language, shelf, domain, &constraints);
            for task in draft.weeks.iter().flat_map(|week| &week.tasks) {
                assert!(
                    !task.demands.overlaps(demand),
                    "{language}/{} {name}: {}",
                    domain.name,
                    task.text
                );
            }
        }
    }
}

#[test]
fn a_condition_does_not_rule_out_what_the_goal_is_about() {
    let planner = OfflinePlanner::new().unwrap();
    let overhead = Demands::named("overhead").unwrap();
    let weeks_overhead = |text: &str, category| {
        let goal = goal(text);
        let constraints = constraints(&goal, |explicit, errors| {
            explicit.duration_weeks(8.0, errors);
        });
        let draft = planner.write(&goal, category, &constraints).draft;
        let is_overhead = |week: &&DraftWeek| {
            week.tasks
                .iter()
                .any(|task| task.demands.overlaps(overhead))
        };
        draft.weeks.iter().filter(is_overhead).count()
    };

    assert!(weeks_overhead("my first pull-up, dodgy left shoulder", Category::Fitness) >= 4);
    let goal = goal("my first pull-up, dodgy left shoulder");
    let shelf = planner.library.shelf("en").1;
    let found = shelf
        .index()
        .find(&words(goal.text()), Category::Fitness, shelf.domains());
    let companion = found.and_then(|found| shelf.domains().get(found.companion?));
    assert_eq!(companion.map(|domain| domain.name), Some("shoulder-rehab"));
    // But what is ruled out in words stays out, and so does what a condition rules out elsewhere.
    assert_eq!(
        weeks_overhead("my first pull-up, no overhead", Category::Fitness),
        0
    );
    assert_eq!(
        weeks_overhead("lose 5 kg, dodgy left shoulder", Category::Fitness),
        0
    );
}
