//! Assigns tasks to days of the week if the person ruled some days out.

use crate::constraints::Constraints;

/// Returns the short names of the days that are left, Monday first; empty if no day was ruled out.
pub fn names(constraints: &Constraints, language: &str) -> Vec<&'static str> {
    let Some(unavailable) = constraints.unavailable else {
        return Vec::new();
    };
    let short_names: [&'static str; 7] = match language {
        "de" => ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"],
        "es" => ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"],
        "fr" => ["lun", "mar", "mer", "jeu", "ven", "sam", "dim"],
        "pt" => ["seg", "ter", "qua", "qui", "sex", "sáb", "dom"],
        _ => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    };
    let days = [
        chrono::Weekday::Mon,
        chrono::Weekday::Tue,
        chrono::Weekday::Wed,
        chrono::Weekday::Thu,
        chrono::Weekday::Fri,
        chrono::Weekday::Sat,
        chrono::Weekday::Sun,
    ];
    days.into_iter()
        .zip(short_names)
        .filter(|(day, _)| !unavailable.value.contains(*day))
        .map(|(_, name)| name)
        .collect()
}

/// Prefixes each task with a day, spread evenly over `days`. Does nothing if `days` is empty.
pub fn assign(tasks: &mut [String], days: &[&str]) {
    let count = tasks.len();
    for (index, task) in tasks.iter_mut().enumerate() {
        if let Some(day) = days.get(index * days.len() / count) {
            *task = format!("{day}: {task}");
        }
    }
}
