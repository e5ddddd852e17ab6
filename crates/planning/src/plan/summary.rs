//! The summary of a plan that came without one: how long it is, and from where to where it goes.

use crate::hours::Hours;

/// Returns a summary in a language, or in English if we have none for it.
pub(crate) fn summary(
    language: &str,
    weeks: usize,
    hours: Hours,
    first: &str,
    last: &str,
) -> String {
    let length = length(language, weeks, hours);
    if weeks < 2 || first == last {
        return match language {
            "de" => format!("{length}: „{first}“."),
            "es" => format!("{length}: «{first}»."),
            "fr" => format!("{length} : « {first} »."),
            _ => format!("{length}: “{first}”."),
        };
    }
    match language {
        "de" => format!("{length}, von „{first}“ bis „{last}“."),
        "es" => format!("{length}, desde «{first}» hasta «{last}»."),
        "fr" => format!("{length}, de « {first} » à « {last} »."),
        "pt" => format!("{length}, de “{first}” a “{last}”."),
        _ => format!("{length}, from “{first}” to “{last}”."),
    }
}

/// Returns "8 weeks of about 3 hours".
pub(crate) fn length(language: &str, weeks: usize, hours: Hours) -> String {
    let one_week = weeks == 1;
    let is_under_two = hours.tenths() < 20;
    let time = if hours.tenths() < 10 {
        let minutes = hours.tenths() * 6;
        match language {
            "de" => format!("{minutes} Minuten"),
            "es" | "pt" => format!("{minutes} minutos"),
            _ => format!("{minutes} minutes"),
        }
    } else {
        let is_one = hours.tenths() == 10;
        let number = match language {
            "en" => hours.to_string(),
            _ => hours.to_string().replace('.', ","),
        };
        let unit = match language {
            "de" if is_one => "Stunde",
            "de" => "Stunden",
            "es" | "pt" if is_one => "hora",
            "es" | "pt" => "horas",
            // French counts from two on.
            "fr" if is_under_two => "heure",
            "fr" => "heures",
            _ if is_one => "hour",
            _ => "hours",
        };
        format!("{number} {unit}")
    };
    match language {
        "de" if one_week => format!("Eine Woche mit etwa {time}"),
        "de" => format!("{weeks} Wochen mit je etwa {time}"),
        "es" if one_week => format!("Una semana de alrededor de {time}"),
        "es" => format!("{weeks} semanas de alrededor de {time}"),
        "fr" if one_week => format!("Une semaine d’environ {time}"),
        "fr" => format!("{weeks} semaines d’environ {time}"),
        "pt" if one_week => format!("Uma semana de cerca de {time}"),
        "pt" => format!("{weeks} semanas de cerca de {time}"),
        _ if one_week => format!("One week of about {time}"),
        _ => format!("{weeks} weeks of about {time} each"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_tells_length_and_way_in_the_language_of_the_plan() {
        let hours = Hours::from_tenths(35);
        for (language, expected) in [
            ("en", "8 weeks of about 3.5 hours each, from “A” to “B”."),
            ("de", "8 Wochen mit je etwa 3,5 Stunden, von „A“ bis „B“."),
            (
                "es",
                "8 semanas de alrededor de 3,5 horas, desde «A» hasta «B».",
            ),
            ("fr", "8 semaines d’environ 3,5 heures, de « A » à « B »."),
            ("pt", "8 semanas de cerca de 3,5 horas, de “A” a “B”."),
        ] {
            assert_eq!(summary(language, 8, hours, "A", "B"), expected);
        }
        assert_eq!(
            summary("en", 1, Hours::from_tenths(5), "A", "A"),
            "One week of about 30 minutes: “A”."
        );
    }
}
