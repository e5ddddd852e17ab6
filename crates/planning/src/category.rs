//! The categories of goals, a closed set. Their names are the wire names, the metric labels and the classifier's classes.

use serde::{Deserialize, Serialize};

/// The category of a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Passing an exam, a test, a degree, a licence.
    Certification,
    /// Learning or improving a skill for its own sake.
    SkillLearning,
    /// Body and health.
    Fitness,
    /// Making a work: a novel, an album, a quilt.
    Creative,
    /// Time, attention, order and money.
    Productivity,
    /// Everything else: travel, events, business, relationships.
    Other,
}

impl Category {
    /// All categories, in the order of the classifier's classes.
    pub const ALL: [Self; 6] = [
        Self::Certification,
        Self::SkillLearning,
        Self::Fitness,
        Self::Creative,
        Self::Productivity,
        Self::Other,
    ];

    /// Returns the name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Certification => "certification",
            Self::SkillLearning => "skill-learning",
            Self::Fitness => "fitness",
            Self::Creative => "creative",
            Self::Productivity => "productivity",
            Self::Other => "other",
        }
    }

    /// Returns the category with this wire name. The case is ignored, because models do not reliably preserve it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.trim();
        Self::ALL
            .into_iter()
            .find(|category| category.as_str().eq_ignore_ascii_case(name))
    }

    /// Returns the index in [`Category::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::Certification => 0,
            Self::SkillLearning => 1,
            Self::Fitness => 2,
            Self::Creative => 3,
            Self::Productivity => 4,
            Self::Other => 5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Category;

    #[test]
    fn names_and_indices_round_trip() {
        for (index, category) in Category::ALL.into_iter().enumerate() {
            assert_eq!(Category::from_name(category.as_str()), Some(category));
            assert_eq!(category.index(), index);
            assert_eq!(
                serde_json::to_string(&category).unwrap(),
                format!("\"{}\"", category.as_str())
            );
        }
        assert_eq!(
            Category::from_name(" Skill-Learning\n"),
            Some(Category::SkillLearning)
        );
        assert_eq!(Category::from_name("sport"), None);
    }
}
