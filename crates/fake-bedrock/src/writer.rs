//! Writes the fake model's answers: a plan for the given goal, or a faulty answer if the script says so.

use serde_json::{Value, json};

use super::script::Fault;

/// Number of weeks of a plan if the request does not say.
const DEFAULT_WEEKS: usize = 8;
const ASPECTS: [&str; 7] = [
    "Groundwork",
    "First steps",
    "Core practice",
    "Feedback",
    "Harder material",
    "Rehearsal",
    "Finish",
];

/// Writes the answer to a request.
pub fn write(
    request: &Value,
    purpose: &str,
    fault: Option<&Fault>,
    category: Option<&str>,
) -> String {
    let data: Value = request["messages"][0]["content"][0]["text"]
        .as_str()
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    match fault {
        Some(Fault::Garbage) => {
            return "Happy to help! Practise a little every day and you will surely get there."
                .to_owned();
        }
        Some(Fault::OtherJson) => return json!({"status": "ok", "plan": "see above"}).to_string(),
        _ => {}
    }
    if purpose == "classify" {
        let category = category.unwrap_or_else(|| guess(data["goal"].as_str().unwrap_or_default()));
        return json!({"category": category}).to_string();
    }
    let mut plan = plan(&data, fault);
    if let Some(Fault::Care { flag }) = fault {
        plan["care"] = json!(flag);
        if flag != "ask_professional" {
            plan["weekly_breakdown"] = json!([]);
        }
    }
    if let Some(Fault::Seen { constraints }) = fault {
        plan["constraints_seen"] = constraints.clone();
    }
    let plan = plan.to_string();
    if matches!(fault, Some(Fault::Fenced)) {
        format!("Here is [your] plan:\n```json\n{plan}\n```\nGood luck {{friend}}!")
    } else {
        plan
    }
}

fn guess(goal: &str) -> &'static str {
    let goal = goal.to_lowercase();
    let table: [(&str, &[&str]); 5] = [
        ("certification", &["exam", "certif", "licence", "license"]),
        ("fitness", &["run", "weight", "gym", "fit"]),
        ("creative", &["novel", "paint", "song", "film"]),
        ("productivity", &["inbox", "calendar", "habit", "budget"]),
        ("skill-learning", &["learn", "improve", "practise"]),
    ];
    table
        .iter()
        .find(|(_, words)| words.iter().any(|word| goal.contains(word)))
        .map_or("other", |(category, _)| category)
}

fn plan(data: &Value, fault: Option<&Fault>) -> Value {
    let goal: String = data["goal"]
        .as_str()
        .unwrap_or("the goal")
        .chars()
        .take(60)
        .collect();
    let constraints = &data["constraints"];
    let count = |name: &str| {
        constraints[name]
            .as_u64()
            .and_then(|weeks| usize::try_from(weeks).ok())
    };
    let max_weeks = count("max_weeks").unwrap_or(52);
    let weeks = match fault {
        Some(Fault::Weeks { weeks }) => *weeks,
        _ => count("weeks").unwrap_or(if constraints["deadline"].is_string() {
            max_weeks
        } else {
            DEFAULT_WEEKS.min(max_weeks)
        }),
    };
    let hours = constraints["hours_per_week"].as_f64().unwrap_or(5.0);
    let last = &constraints["last_week"];
    let hours_of = |week: usize| match last["week_number"].as_u64() {
        Some(number) if usize::try_from(number).is_ok_and(|number| number == week) => {
            let share = last["days"].as_f64().unwrap_or(7.0) / 14.0;
            last["max_hours"].as_f64().unwrap_or(hours * share)
        }
        _ => hours,
    };
    json!({
        "weekly_breakdown": (1..=weeks).map(|week| self::week(week, &goal, hours_of(week), fault)).collect::<Vec<_>>(),
        "resources": resources(&goal, fault),
        "summary": format!("{goal}, part after part")
    })
}

fn week(week: usize, goal: &str, hours: f64, fault: Option<&Fault>) -> Value {
    let aspect = ASPECTS[week % ASPECTS.len()];
    let part = if matches!(fault, Some(Fault::Duplicates)) {
        1
    } else {
        week
    };
    let mut tasks = vec![
        format!("Spend {} minutes on part {part}", 20 + part * 5),
        format!("Write down three things learnt in part {part}"),
        format!("Show somebody the result of part {part}"),
    ];
    let mut milestone = format!("Part {week} done and noted");
    let mut focus = format!("{aspect} {week}: {goal}");
    match fault {
        Some(Fault::Html) => {
            focus = format!("<h2>{focus}</h2>\u{202e}");
            tasks[0] = format!("<script>alert({week})</script>{}\u{0}", tasks[0]);
            tasks[1] = format!("**{}** [more](javascript:alert(1))", tasks[1]);
            milestone = format!("<img src=x onerror=alert(1)>{milestone}");
        }
        Some(Fault::NoMilestones) => milestone.clear(),
        Some(Fault::Texts { texts }) if week == 1 => tasks.extend(texts.iter().cloned()),
        _ => {}
    }
    let hours = match fault {
        Some(Fault::BadHours) if week.is_multiple_of(2) => json!(900),
        Some(Fault::BadHours) => json!(-1),
        _ => json!(hours),
    };
    let tasks: Vec<Value> = tasks
        .iter()
        .map(|task| json!({"task": task, "minutes": 30, "days": 1, "tags": []}))
        .collect();
    json!({"focus_area": focus, "tasks": tasks, "milestone": milestone, "estimated_hours": hours})
}

fn resources(goal: &str, fault: Option<&Fault>) -> Value {
    if matches!(fault, Some(Fault::BadLinks)) {
        return json!([
            {"title": "Click me", "url": "javascript:alert(document.cookie)", "resource_type": "course"},
            {"title": "Free guide", "url": "http://example.com/guide", "resource_type": "book"},
            {"title": "Look-alike", "url": "https://docs.aws.amazon.com.evil.example/", "resource_type": "documentation"},
            {"title": "Data", "url": "data:text/html,<script>alert(1)</script>", "resource_type": "tool"}
        ]);
    }
    if let Some(Fault::Texts { texts }) = fault {
        let titled = |title: &String| json!({"title": title, "url": "https://docs.aws.amazon.com/", "resource_type": "article"});
        return texts.iter().map(titled).collect();
    }
    json!([
        {"title": "AWS documentation", "url": "https://docs.aws.amazon.com/", "resource_type": "documentation"},
        {"title": format!("More about {goal}"), "url": format!("search:{goal}"), "resource_type": "article"}
    ])
}
