//! Exports a plan as Markdown, which `goal-router plan` prints.

use std::fmt::Write as _;

use chrono::NaiveDate;

use crate::plan::links::{LinkStatus, SEARCH_PREFIX};
use crate::plan::{Plan, Session, Warning, Week};

/// Returns the plan as Markdown: the title, a list of facts, the warnings, a section with checkboxes per week, and the resources.
#[must_use]
pub fn markdown(
    title: &str,
    facts: &[(&str, String)],
    warnings: &[Warning],
    plan: &Plan,
) -> String {
    let mut output = String::new();
    // Writing to a String cannot fail, so the results are ignored.
    let _ = writeln!(output, "# {}\n", escape(title));
    for (name, value) in facts {
        let _ = writeln!(output, "- **{name}**: {}", escape(value));
    }
    let _ = writeln!(output, "\n{}", escape(plan.summary()));
    for warning in warnings {
        let _ = writeln!(output, "\n> **Note**: {}", escape(&warning.message));
    }
    for (week, first_day) in plan.weeks_with_first_free_day() {
        write_week(&mut output, week, first_day);
    }
    if !plan.resources().is_empty() {
        let _ = writeln!(output, "\n## Resources\n");
    }
    for resource in plan.resources() {
        let _ = match resource.link_status {
            LinkStatus::AllowListed => writeln!(
                output,
                "- [{}]({}) ({})",
                escape(&resource.title),
                resource.url,
                resource.resource_type.as_str()
            ),
            LinkStatus::Search => writeln!(
                output,
                "- {} ({}; search for: {})",
                escape(&resource.title),
                resource.resource_type.as_str(),
                escape(resource.url.trim_start_matches(SEARCH_PREFIX))
            ),
        };
    }
    output
}

fn write_week(output: &mut String, week: &Week, first_day: NaiveDate) {
    let _ = writeln!(
        output,
        "\n## Week {}: {}\n",
        week.week_number,
        escape(&week.focus_area)
    );
    let _ = writeln!(
        output,
        "From {first_day} to {}, {} h\n",
        week.ends_on, week.estimated_hours
    );
    for (number, task) in week.tasks.iter().enumerate() {
        let _ = writeln!(output, "{}. [ ] {}", number + 1, escape(task));
    }
    let sessions = week.sessions.iter().map(session);
    let sessions: Vec<String> = sessions.collect();
    let _ = writeln!(output, "\n**Sessions**: {}", sessions.join("; "));
    let _ = writeln!(output, "\n**Milestone**: {}", escape(&week.milestone));
}

/// Returns "Tue 2027-01-05 45 min (1, 2)": the numbers of the tasks, from 1.
fn session(session: &Session) -> String {
    let tasks = session.tasks.iter().map(|task| (task + 1).to_string());
    let tasks: Vec<String> = tasks.collect();
    format!(
        "{} {} min ({})",
        session.date.format("%a %Y-%m-%d"),
        session.minutes,
        tasks.join(", ")
    )
}

/// Escapes Markdown's special characters, and keeps the text on one line.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\n' | '\r' | '\t' => escaped.push(' '),
            '\\' | '*' | '_' | '[' | ']' | '<' | '#' | '|' | '`' => {
                escaped.push('\\');
                escaped.push(char);
            }
            _ => escaped.push(char),
        }
    }
    escaped
}
