//! A plan as Markdown: what `goal-router plan` prints.

use std::fmt::Write as _;

use crate::plan::links::{LinkStatus, SEARCH};
use crate::plan::{Plan, Week};

/// Writes the plan for `title` as Markdown: a table of facts, a section per week with tick boxes, the resources.
#[must_use]
pub fn markdown(title: &str, facts: &[(&str, String)], plan: &Plan) -> String {
    let mut page = String::new();
    // Writing to a String cannot fail, so the results carry nothing.
    let _ = writeln!(page, "# {}\n", plain(title));
    for (name, value) in facts {
        let _ = writeln!(page, "- **{name}**: {}", plain(value));
    }
    for week in plan.weeks() {
        write_week(&mut page, week);
    }
    if !plan.resources().is_empty() {
        let _ = writeln!(page, "\n## Resources\n");
    }
    for resource in plan.resources() {
        let _ = match resource.link_status {
            LinkStatus::AllowListed => writeln!(
                page,
                "- [{}]({}) ({})",
                plain(&resource.title),
                resource.url,
                plain(&resource.resource_type)
            ),
            LinkStatus::Search => writeln!(
                page,
                "- {} ({}; search for: {})",
                plain(&resource.title),
                plain(&resource.resource_type),
                plain(resource.url.trim_start_matches(SEARCH))
            ),
        };
    }
    page
}

fn write_week(page: &mut String, week: &Week) {
    let _ = writeln!(
        page,
        "\n## Week {}: {}\n",
        week.week_number,
        plain(&week.focus_area)
    );
    let _ = writeln!(
        page,
        "From {}, {} h\n",
        week.starts_on, week.estimated_hours
    );
    for task in &week.tasks {
        let _ = writeln!(page, "- [ ] {}", plain(task));
    }
    let _ = writeln!(page, "\n**Milestone**: {}", plain(&week.milestone));
}

/// Escapes what Markdown would read as a mark, and keeps a text on its line.
fn plain(text: &str) -> String {
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
