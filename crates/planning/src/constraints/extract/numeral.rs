//! Scans numbers and numeric dates: "1.5", "1½", "14th", "14.3.", "2026-03-14".

use super::tag::{NumericDate, Tag};
use super::token::Scanner;
use crate::fold::is_letter;

impl Scanner<'_> {
    /// Returns the number of digits that start `ahead` bytes further, at most 12.
    fn digits(&self, ahead: usize) -> usize {
        (0..12)
            .take_while(|n| self.byte(ahead + n).is_ascii_digit())
            .count()
    }

    /// Returns the number that the `digits` digits starting `ahead` bytes further spell; it saturates.
    fn value(&self, ahead: usize, digits: usize) -> u32 {
        (0..digits).fold(0_u32, |sum, n| {
            let digit = u32::from(self.byte(ahead + n).wrapping_sub(b'0'));
            sum.saturating_mul(10).saturating_add(digit)
        })
    }

    fn part(&self, ahead: usize, digits: usize) -> u16 {
        u16::try_from(self.value(ahead, digits)).unwrap_or(u16::MAX)
    }

    /// Whether the point here starts a number: ".5".
    pub(super) fn starts_fraction(&self) -> bool {
        let before = self.text.get(..self.at).unwrap_or_default();
        matches!(self.digits(1), 1 | 2) && !before.ends_with(char::is_alphanumeric)
    }

    /// Scans a number that starts with its point.
    pub(super) fn fraction(&mut self) {
        let after = self.digits(1);
        let scale = if after == 1 { 10 } else { 1 };
        let hundredths = self.value(1, after) * scale;
        self.push(after + 1, Tag::Num(hundredths));
    }

    /// Scans a number, a time or a date that starts with a digit.
    pub(super) fn number(&mut self) {
        let whole = self.digits(0);
        if let Some((length, tag)) = self.numeric_date(whole) {
            self.push(length, tag);
            return;
        }
        let separator = self.byte(whole);
        let after = self.digits(whole + 1);
        if separator == b':' && after == 2 {
            let tag = clock(self.value(0, whole), self.value(whole + 1, 2));
            self.push(whole + 3, tag);
        } else if matches!(separator, b'.' | b',') && matches!(after, 1 | 2) {
            let scale = if after == 1 { 10 } else { 1 };
            let hundredths = self.value(whole + 1, after) * scale;
            let value = self
                .value(0, whole)
                .saturating_mul(100)
                .saturating_add(hundredths);
            self.push(whole + 1 + after, Tag::Num(value));
        } else if matches!(separator, b'.' | b',') && after == 3 && whole <= 3 {
            let thousands = self.value(0, whole) * 1000 + self.value(whole + 1, 3);
            self.push(whole + 4, Tag::Num(thousands.saturating_mul(100)));
        } else {
            self.count(whole);
        }
    }

    /// Scans a whole number of `whole` digits, with the ordinal ending or the fraction that may follow it.
    fn count(&mut self, whole: usize) {
        let value = self.value(0, whole);
        let rest = self.text.get(self.at + whole..).unwrap_or_default();
        let fraction = match rest.chars().next() {
            Some('½') => Some(50),
            Some('¼') => Some(25),
            Some('¾') => Some(75),
            _ => None,
        };
        if let Some(hundredths) = fraction {
            self.push(
                whole + 2,
                Tag::Num(value.saturating_mul(100).saturating_add(hundredths)),
            );
            return;
        }
        let ordinal = [
            "st", "nd", "rd", "th", "ST", "TH", "er", "ère", "ème", "eme", "e", "º", "ª", "°",
        ]
        .into_iter()
        .find(|ending| {
            rest.strip_prefix(ending)
                .is_some_and(|after| !after.starts_with(is_letter))
        });
        match (ordinal, u8::try_from(value)) {
            (Some(ending), Ok(day)) => self.push(whole + ending.len(), Tag::Ordinal(day)),
            _ => self.push(whole, Tag::Num(value.saturating_mul(100))),
        }
    }

    /// Returns the length in bytes and the tag of a numeric date whose first part has `whole` digits.
    fn numeric_date(&self, whole: usize) -> Option<(usize, Tag)> {
        let separator = self.byte(whole);
        if !matches!(separator, b'-' | b'/' | b'.') || !matches!(whole, 1 | 2 | 4) {
            return None;
        }
        let second = self.digits(whole + 1);
        let middle_end = whole + 1 + second;
        let third = if self.byte(middle_end) == separator {
            self.digits(middle_end + 1)
        } else {
            0
        };
        let date = |count, iso| {
            Tag::NumericDate(NumericDate {
                parts: [
                    self.part(0, whole),
                    self.part(whole + 1, second),
                    self.part(middle_end + 1, third),
                ],
                count,
                iso,
                separator: char::from(separator),
            })
        };
        if !matches!(second, 1 | 2) {
            None
        } else if whole == 4 {
            matches!(third, 1 | 2).then(|| (middle_end + 1 + third, date(3, true)))
        } else if matches!(third, 2 | 4) {
            Some((middle_end + 1 + third, date(3, false)))
        } else if separator == b'/' && third == 0 {
            Some((middle_end, date(2, false)))
        } else if separator == b'.'
            && third == 0
            && self.byte(middle_end) == b'.'
            && (1..=31).contains(&self.part(0, whole))
            && (1..=12).contains(&self.part(whole + 1, second))
        {
            Some((middle_end + 1, date(2, false)))
        } else {
            None
        }
    }
}

/// Returns the tag of "18:30": a time of the day, unless the day has no such time, as in the result of a match.
fn clock(hours: u32, minutes: u32) -> Tag {
    match u16::try_from(hours.saturating_mul(60).saturating_add(minutes)) {
        Ok(time) if time <= 24 * 60 && minutes < 60 => Tag::Clock(time),
        _ => Tag::Other,
    }
}
