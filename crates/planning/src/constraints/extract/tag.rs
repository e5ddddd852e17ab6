//! The meaning of a word, a number or a sign. All readers match on it.

use chrono::Weekday;

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Fortnight,
    Month,
    Quarter,
    Year,
}

/// A season of the northern hemisphere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Season {
    Spring,
    Summer,
    Autumn,
    Winter,
}

/// A day of the year that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holiday {
    NewYear,
    Valentine,
    Easter,
    Pentecost,
    Halloween,
    Thanksgiving,
    BlackFriday,
    ChristmasEve,
    Christmas,
    NewYearsEve,
}

/// What a phrase says about the person's level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cue {
    /// States the level outright: "from scratch", "never used it", "new to".
    Novice,
    /// A word for a person or a level: "beginner".
    Beginner,
    /// "intermediate".
    Intermediate,
    /// States the level outright: "some experience", "not a beginner".
    Practised,
    /// "advanced", which describes the subject just as often.
    Advanced,
    /// States the level outright: "years of experience".
    Seasoned,
    /// A level of the Common European Framework of Reference for Languages, by its letter.
    Frame(char),
}

/// A numeric date, before it is decided which part is the day and which the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NumericDate {
    pub(super) parts: [u16; 3],
    /// The number of parts: 2 or 3.
    pub(super) count: u8,
    /// Whether the year comes first.
    pub(super) iso: bool,
    pub(super) separator: char,
}

/// The meaning of one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// A word that is not in the lexicon.
    Other,
    /// A word that only shows which language the text is in.
    Marker,
    /// A number, in hundredths: "1.5" is 150.
    Num(u32),
    /// "14th".
    Ordinal(u8),
    /// "14/03", "2026-03-14".
    NumericDate(NumericDate),
    /// A time of the day, in minutes after midnight; it is no amount of time.
    Clock(u16),
    Hyphen,
    /// A dash with space around it: a range between numbers and days, else a pause.
    Dash,
    Slash,
    Comma,
    /// An opening bracket.
    Aside,
    Stop,

    Half,
    /// "and a half", after what it adds to.
    AndHalf,
    /// A quarter of an hour and nothing else ("Viertelstunde" is `Minutes(15)`).
    Fourth,
    /// A whole amount in one word or phrase: "halbstunde" is 30.
    Minutes(u16),
    Unit(Unit),
    /// "Wochenstunden": hours a week.
    WeekHours,
    /// A part of the day: "evening".
    Part,
    /// The same as a habit: "evenings", "abends".
    Parts,
    /// "session", "sitting".
    Session,
    /// "times".
    Times,
    /// "x", as in "3x".
    Cross,
    /// "twice" is 2.
    Often(u8),
    /// "daily", "weekly".
    Rate(Unit),
    Per,
    Every,
    /// "apiece", "jeweils".
    Each,
    Article,
    /// "each way", "matin et soir": twice on each day.
    BothWays,
    /// "alternate days", "un día sí y otro no".
    EveryOtherDay,
    /// "other", as in "every other day".
    Alternate,

    /// One day: "Tuesday".
    Day(Weekday),
    /// A habit: "Tuesdays".
    Days(Weekday),
    /// "Tue", which may be another word.
    DayShort(Weekday),
    Workdays,
    Weekend,
    Month(u8),
    /// A short name that is another word as well ("set", "out", "ago"): a month only behind the number of its day.
    MonthShort(u8),
    /// "mar" in Spanish and French: Tuesday, or March behind the number of its day.
    DayOrMonth(Weekday, u8),
    /// "Märzwoche", before which an ordinal stands: "die zweite Märzwoche".
    MonthWeek(u8),
    /// "Maiwochenende".
    MonthWeekend(u8),
    /// "KW", "calendar week": the weeks of the year by their numbers.
    CalendarWeek,
    /// "KW9": a calendar week with its number.
    WeekNumber(u8),
    /// "Halbjahr", "semestre".
    HalfYear,
    /// "Q2".
    Quarter(u8),
    Season(Season),
    Holiday(Holiday),
    Today,
    Tomorrow,
    AfterTomorrow,

    By,
    Before,
    On,
    In,
    Within,
    Over,
    For,
    From,
    Since,
    After,
    To,
    Of,
    And,
    Or,
    But,
    Between,
    Next,
    /// "übernächste": the one after the next.
    AfterNext,
    This,
    Last,
    Ago,
    /// "old", "pregnant": what came before was an age.
    Aged,
    End,
    /// "EOM", "Monatsende": the end of the current week, month or year.
    EndOf(Unit),
    Mid,
    Begin,
    /// "from now".
    Hence,

    Only,
    /// "mostly": a preference and no rule.
    Mostly,
    Not,
    Except,
    Off,
    Busy,
    Total,
    Approx,
    /// The person has time: "have", "can", "spend".
    Have,
    /// Time that is taken already: "work", "sleep".
    Work,
    /// Something in the past: "failed", "started".
    Past,
    /// "been", "seit": up to now.
    Been,
    /// Something that happens on a day: "exam", "booked", "fly".
    Event,
    /// A time away with a length of its own: "holidays", "cruise".
    Trip,
    /// Something whose length is the span of the plan: "plan", "challenge".
    Plan,
    /// A work with a running time: "video", "exam".
    Piece,
    /// What the person wants to become: "reach", "become".
    Target,
    /// The person about themselves: "I'm", "currently".
    Am,
    Level(Cue),
    /// "start" as something that will happen.
    Start,
    /// "is", "are".
    Is,
    /// "long".
    Long,
}

impl Tag {
    /// Whether the tag is a unit or a thing that can be counted, so that a number before it counts that.
    pub(super) fn is_count(self) -> bool {
        matches!(
            self,
            Self::Unit(_)
                | Self::Times
                | Self::Cross
                | Self::Session
                | Self::Minutes(_)
                | Self::Hyphen
        )
    }

    /// Whether a sentence or a part of it ends here.
    pub(super) fn is_pause(self) -> bool {
        matches!(self, Self::Comma | Self::Aside | Self::Stop | Self::Dash)
    }
}
