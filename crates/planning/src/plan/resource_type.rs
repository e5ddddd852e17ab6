//! The kinds of resources: the closed set that the model is asked to use.

use serde::Serialize;

/// The kind of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ResourceType {
    /// Reference material and manuals.
    Documentation,
    /// A course.
    Course,
    /// A book.
    Book,
    /// A video.
    Video,
    /// Exercises.
    Practice,
    /// Software or equipment.
    Tool,
    /// A group of people.
    Community,
    /// An article, and anything that is of no other kind.
    Article,
    /// Words to search for.
    Search,
}

impl ResourceType {
    const ALL: [Self; 9] = [
        Self::Documentation,
        Self::Course,
        Self::Book,
        Self::Video,
        Self::Practice,
        Self::Tool,
        Self::Community,
        Self::Article,
        Self::Search,
    ];

    /// Returns the kind with this name, in any case. Any other name is an article: the kind is a hint, and no reason to reject a plan.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let known = Self::ALL.into_iter();
        let mut matching = known.filter(|kind| kind.as_str().eq_ignore_ascii_case(name.trim()));
        matching.next().unwrap_or(Self::Article)
    }

    /// Returns the name in responses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Documentation => "documentation",
            Self::Course => "course",
            Self::Book => "book",
            Self::Video => "video",
            Self::Practice => "practice",
            Self::Tool => "tool",
            Self::Community => "community",
            Self::Article => "article",
            Self::Search => "search",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_name_and_unknown_names_are_articles() {
        for kind in ResourceType::ALL {
            assert_eq!(serde_json::json!(kind), kind.as_str());
            assert_eq!(ResourceType::of(&kind.as_str().to_uppercase()), kind);
        }
        for name in ["", "podcast", "course material", "Artikel"] {
            assert_eq!(ResourceType::of(name), ResourceType::Article, "{name}");
        }
    }
}
