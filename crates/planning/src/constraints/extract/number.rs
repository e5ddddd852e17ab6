//! Quantities: "six", "1.5", "two and a half", "5-6", "between five and six".

use super::tag::Tag;
use super::text::Text;

/// A quantity and the token after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quantity {
    /// The quantity in hundredths. Of a range it is the lower end, so that a plan never exceeds what the person can give.
    pub(super) hundredths: u32,
    /// The token after it.
    pub(super) end: usize,
    /// Whether it is only an article: "a", "an".
    pub(super) article: bool,
}

/// Reads the quantity that starts at `index`.
pub(super) fn quantity_at(text: &Text, index: usize) -> Option<Quantity> {
    match text.tag(index) {
        Tag::Between => {
            let low = plain_at(text, index + 1)?;
            let high = plain_at(text, low.end + 1)?;
            matches!(text.tag(low.end), Tag::And | Tag::To | Tag::Or).then_some(Quantity {
                end: high.end,
                ..low
            })
        }
        Tag::Article if is_indefinite(text, index) => Some(Quantity {
            hundredths: 100,
            end: index + 1,
            article: true,
        }),
        _ => {
            let low = plain_at(text, index)?;
            let link = text.tag(low.end);
            if matches!(
                link,
                Tag::To | Tag::Or | Tag::Hyphen | Tag::Dash | Tag::Slash
            ) || (matches!(link, Tag::Per | Tag::On) && text.word(low.end) == "a")
            {
                let next = text.skip(low.end + 1, |tag| tag == Tag::Approx);
                if let Some(high) = plain_at(text, next)
                    && high.hundredths > low.hundredths
                {
                    return Some(Quantity {
                        end: high.end,
                        ..low
                    });
                }
            }
            Some(low)
        }
    }
}

/// Whether the article is "a" or "an", which count as one; "the" is no quantity.
fn is_indefinite(text: &Text, index: usize) -> bool {
    // "a D&D session": a unit of one letter stands behind digits only.
    matches!(text.word(index), "a" | "an") && text.word(index + 1).len() > 1
}

/// Returns the quantity that starts at `index`, without the upper end of a range.
fn plain_at(text: &Text, index: usize) -> Option<Quantity> {
    let (mut hundredths, mut end) = match text.tag(index) {
        Tag::Num(hundredths) => (hundredths, index + 1),
        Tag::NumericDate(date) if date.count == 2 && date.separator == '/' => {
            (fraction(date.parts[0], date.parts[1])?, index + 1)
        }
        _ => return None,
    };
    // "forty-five", "quarante-cinq", "cuarenta y cinco"
    let link = usize::from(matches!(text.tag(end), Tag::Hyphen | Tag::And));
    if let Tag::Num(ones) = text.tag(end + link)
        && is_tens(hundredths)
        && (100..1000).contains(&ones)
        && !text.word(index).is_empty()
        && !text.word(end + link).is_empty()
    {
        hundredths += ones;
        end += link + 1;
    }
    // "1 ½", "1 1/2"
    match text.tag(end) {
        Tag::Num(part @ (25 | 50 | 75)) if text.word(end).is_empty() => {
            hundredths = hundredths.saturating_add(part);
            end += 1;
        }
        Tag::NumericDate(date) if date.count == 2 && date.separator == '/' => {
            if let Some(part) = fraction(date.parts[0], date.parts[1]) {
                hundredths = hundredths.saturating_add(part);
                end += 1;
            }
        }
        Tag::AndHalf => {
            hundredths = hundredths.saturating_add(50);
            end += 1;
        }
        _ => {}
    }
    Some(Quantity {
        hundredths,
        end,
        article: false,
    })
}

fn is_tens(hundredths: u32) -> bool {
    hundredths.is_multiple_of(1000) && (2000..=9000).contains(&hundredths)
}

/// Returns a proper fraction in hundredths; only the ones that people use with hours.
fn fraction(numerator: u16, denominator: u16) -> Option<u32> {
    match (numerator, denominator) {
        (1, 2) => Some(50),
        (1, 4) => Some(25),
        (3, 4) => Some(75),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> Option<u32> {
        quantity_at(&Text::new(source), 0).map(|quantity| quantity.hundredths)
    }

    #[test]
    fn numbers_are_read_from_digits_and_from_words() {
        assert_eq!(read("6"), Some(600));
        assert_eq!(read("forty-five minutes"), Some(4500));
        assert_eq!(read("two and a half hours"), Some(250));
        assert_eq!(read("1 1/2 hours"), Some(150));
        assert_eq!(read("a couple of hours"), Some(200));
        assert_eq!(read("the hours"), None);
    }

    #[test]
    fn of_a_range_the_lower_end_counts() {
        for source in [
            "5-6 hours",
            "5 to 6 hours",
            "five or six hours",
            "between 5 and 6 hours",
        ] {
            assert_eq!(read(source), Some(500), "{source}");
        }
    }

    #[test]
    fn two_numbers_side_by_side_are_not_added() {
        assert_eq!(read("30 5 minutes"), Some(3000));
    }
}
