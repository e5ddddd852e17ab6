//! Days for tasks, where the person said on which days they have no time.

use crate::constraints::Constraints;

/// Short names of the days that are left, Monday first; empty where none was ruled out.
pub fn names(constraints: &Constraints, language: &str) -> Vec<&'static str> {
    let Some(unavailable) = constraints.unavailable else {
        return Vec::new();
    };
    let names: [&'static str; 7] = match language {
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
        .zip(names)
        .filter(|(day, _)| !unavailable.value.contains(*day))
        .map(|(_, name)| name)
        .collect()
}

/// Puts a day before each task, spread over the days that are left.
pub fn assign(tasks: &mut [String], days: &[&str]) {
    let count = tasks.len();
    for (place, task) in tasks.iter_mut().enumerate() {
        if let Some(day) = days.get(place * days.len() / count) {
            *task = format!("{day}: {task}");
        }
    }
}
