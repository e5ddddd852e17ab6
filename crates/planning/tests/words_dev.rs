//! dev
#![allow(missing_docs, clippy::all, clippy::pedantic, unused)]
use planning::constraints::extract::extract;
use planning::constraints::{Constraints, ExplicitConstraints};
use planning::goal::Goal;
use planning::language::Language;
use planning::validation::FieldErrors;
use serde_json::{Value, json};
use std::collections::BTreeMap;
fn ok(v: &Value, e: &Value) -> bool {
    if let Some(any) = e.get("any") {
        return any.as_array().unwrap().iter().any(|x| ok(v, x));
    }
    if let (Some(f), Some(t)) = (e.get("from"), e.get("to")) {
        return v
            .as_str()
            .is_some_and(|v| v >= f.as_str().unwrap() && v <= t.as_str().unwrap());
    }
    if let (Some(a), Some(b)) = (v.as_f64(), e.as_f64()) {
        return (a - b).abs() < 0.011;
    }
    v == e
}
#[test]
fn words() {
    let path = std::env::var("CASES").unwrap_or("/work/shared/cases/words.jsonl".into());
    let only = std::env::var("KIND").ok();
    let quiet = std::env::var("QUIET").is_ok();
    let mut kinds: BTreeMap<String, [u32; 3]> = BTreeMap::new();
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let kind = row["kind"].as_str().unwrap().to_owned();
        if only.as_ref().is_some_and(|o| *o != kind) {
            continue;
        }
        let start: chrono::NaiveDate = row["start_date"].as_str().unwrap().parse().unwrap();
        let mut errors = FieldErrors::default();
        let goal = Goal::parse(row["goal"].as_str(), row["context"].as_str(), &mut errors).unwrap();
        let c = Constraints::resolve(
            &goal,
            ExplicitConstraints::default(),
            start,
            Language::english,
            &mut errors,
        )
        .unwrap();
        let days: Vec<String> = c
            .unavailable
            .iter()
            .flat_map(|d| planning::constraints::weekdays::names(d.value))
            .map(str::to_owned)
            .collect();
        let got = json!({
            "hours_per_week": c.minutes_per_week.map(|m| (f64::from(m.value) / 60.0 * 100.0).round() / 100.0),
            "weeks": c.weeks.map(|w| w.value),
            "deadline": c.deadline.map(|d| d.value.to_string()),
            "unavailable_days": days,
            "level": c.level.map(|l| l.value.as_str()),
            "warns": !c.warnings.is_empty(),
        });
        let k = kinds.entry(kind.clone()).or_default();
        k[0] += 1;
        let mut bad = vec![];
        let mut mis = false;
        for (key, e) in row["expect"].as_object().unwrap() {
            if !ok(&got[key], e) {
                bad.push(format!("{key}: {} want {e}", got[key]));
                if key != "warns" && !got[key].is_null() && got[key] != json!([]) {
                    mis = true;
                }
            }
        }
        if bad.is_empty() {
            k[1] += 1
        } else if !quiet {
            println!(
                "{} {} [{}] {} | {} {}",
                row["id"].as_str().unwrap_or(""),
                kind,
                row["lang"].as_str().unwrap_or(""),
                row["goal"].as_str().unwrap(),
                bad.join("; "),
                if mis { "MIS" } else { "" }
            );
        }
        if mis {
            k[2] += 1
        }
    }
    let mut t = [0; 3];
    for (k, v) in &kinds {
        println!("{k:20} {v:?}");
        for i in 0..3 {
            t[i] += v[i];
        }
    }
    println!("total {t:?}");
}
