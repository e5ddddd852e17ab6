//! What kind of undertaking a goal is. Each kind has a general plan: a method that serves where no curriculum is about the subject.

use serde::Deserialize;

use crate::category::Category;

/// A kind of undertaking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// To learn or improve a skill.
    Practice,
    /// To pass a test.
    Exam,
    /// To make or finish one thing.
    Project,
    /// To organise or be ready for a day.
    Event,
    /// To train the body.
    Training,
    /// To do something regularly.
    Habit,
    /// To stop or reduce something.
    Quit,
    /// To save, pay off or buy.
    Money,
    /// To apply for a place, a job or a permit.
    Application,
    /// To care for a child, a relative, an animal or a plant.
    Care,
    /// To tidy, sort, move or settle papers.
    Order,
    /// To get on with others, and with oneself among others.
    People,
    /// To change something at work: a process, a team, customers, figures.
    Work,
    /// To mend, renovate or install something in a home, a garden or a vehicle.
    Repair,
    /// To help a child or young person to learn, to behave or through a change.
    Child,
    /// To claim, contest, appeal or complain, with papers and dates.
    Claim,
    /// To start or run something with others: a club, a campaign, a service for a place.
    Community,
}

impl Kind {
    /// All kinds, with the names of their files.
    pub const ALL: [(Self, &'static str); 17] = [
        (Self::Practice, "practice"),
        (Self::Exam, "exam"),
        (Self::Project, "project"),
        (Self::Event, "event"),
        (Self::Training, "training"),
        (Self::Habit, "habit"),
        (Self::Quit, "quit"),
        (Self::Money, "money"),
        (Self::Application, "application"),
        (Self::Care, "care"),
        (Self::Order, "order"),
        (Self::People, "people"),
        (Self::Work, "work"),
        (Self::Repair, "repair"),
        (Self::Child, "child"),
        (Self::Claim, "claim"),
        (Self::Community, "community"),
    ];

    /// Returns whether what has been done is done again with profit, as in learning and training, and not over and done with.
    pub const fn is_repeated(self) -> bool {
        matches!(
            self,
            Self::Practice | Self::Exam | Self::Training | Self::Habit
        )
    }

    /// Returns the kind that most goals of a category are.
    pub const fn usual(category: Category) -> Self {
        match category {
            Category::Certification => Self::Exam,
            Category::SkillLearning => Self::Practice,
            Category::Fitness => Self::Training,
            Category::Creative | Category::Other => Self::Project,
            Category::Productivity => Self::Work,
        }
    }
}
