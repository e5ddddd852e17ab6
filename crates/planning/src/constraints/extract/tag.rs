//! What a word, a number or a sign means to the readers: the alphabet all the small grammars are written in.

use chrono::Weekday;

/// A measure of time.
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

/// A day of the year that people call by name.
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

/// What a phrase says about how far the person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cue {
    /// Says it outright: "from scratch", "never used it", "new to".
    Novice,
    /// A word for a person or a rung: "beginner".
    Beginner,
    /// "intermediate".
    Intermediate,
    /// Says it outright: "some experience", "not a beginner".
    Practised,
    /// "advanced", which is as often said of the subject.
    Advanced,
    /// Says it outright: "years of experience".
    Seasoned,
    /// A rung of the European language frame, by its letter.
    Frame(char),
}

/// A date as written in figures, not yet told apart into day and month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NumericDate {
    pub(super) parts: [u16; 3],
    /// How many parts there are: 2 or 3.
    pub(super) count: u8,
    /// Whether the year comes first.
    pub(super) iso: bool,
    pub(super) separator: char,
}

/// The meaning of one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// A word we know nothing about.
    Other,
    /// A word that only tells the language.
    Marker,
    /// A number, in hundredths: "1.5" is 150.
    Num(u32),
    /// "14th".
    Ordinal(u8),
    /// "14/03", "2026-03-14".
    NumericDate(NumericDate),
    /// A time on the clock; no budget.
    Clock,
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
    /// A whole amount in one word or phrase: "half an hour" is 30.
    Minutes(u16),
    Unit(Unit),
    /// "Wochenstunden": hours that are already by the week.
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
    /// "Q2".
    Quarter(u8),
    Season(Season),
    Holiday(Holiday),
    Today,
    Tomorrow,

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
    This,
    Last,
    Ago,
    /// "old", "pregnant": what came before was an age.
    Aged,
    End,
    Mid,
    Begin,
    /// "from now".
    Hence,

    Only,
    /// "mostly": a wish and no rule.
    Mostly,
    Not,
    Except,
    Off,
    Busy,
    Total,
    Approx,
    /// The person disposes of time: "have", "can", "spend".
    Have,
    /// Time that is taken already: "work", "sleep".
    Work,
    /// A past doing: "failed", "started".
    Past,
    /// "been", "seit": up to now.
    Been,
    /// Something that happens on a day: "exam", "booked", "fly".
    Event,
    /// Something away from home with a length of its own.
    Trip,
    /// Something whose length is the person's own: "plan", "challenge".
    Plan,
    /// A work with a running time: "video", "exam".
    Piece,
    /// What one wants to become: "reach", "become", "learn".
    Target,
    /// The person about themself: "I'm", "currently".
    Am,
    Level(Cue),
    /// "start" as a thing that will happen.
    Start,
    /// "is", "are".
    Is,
    /// "long".
    Long,
}

impl Tag {
    /// Whether a sentence or a thought pauses here.
    pub(super) fn is_pause(self) -> bool {
        matches!(self, Self::Comma | Self::Aside | Self::Stop | Self::Dash)
    }
}
