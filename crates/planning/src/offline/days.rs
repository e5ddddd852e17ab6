//! Assigns tasks to days of the week if the person ruled some days out.

use chrono::Datelike as _;

use crate::constraints::Constraints;

/// Prefixes each task of a week with a day on which the person is free, in the order of the dates. Does nothing if no day was ruled
/// out. `index` is the week's, from 0.
pub fn assign(tasks: &mut [String], constraints: &Constraints, index: usize, language: &str) {
    if constraints.unavailable.is_none() {
        return;
    }
    let short_names: [&str; 7] = match language {
        "de" => ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"],
        "es" => ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"],
        "fr" => ["lun", "mar", "mer", "jeu", "ven", "sam", "dim"],
        "pt" => ["seg", "ter", "qua", "qui", "sex", "sáb", "dom"],
        _ => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    };
    let days: Vec<&str> = constraints
        .free_days(index)
        .filter_map(|day| short_names.get(day.weekday().num_days_from_monday() as usize))
        .copied()
        .collect();
    let count = tasks.len();
    for (place, task) in tasks.iter_mut().enumerate() {
        if let Some(day) = days.get(place * days.len() / count) {
            *task = format!("{day}: {task}");
        }
    }
}
