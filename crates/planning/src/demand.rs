//! What a task demands of a person: what it strains, what it needs, and what it involves. People rule demands out ("no gym", "bad
//! knees"), and a plan then has no task with them.

/// The names of all demands, as curricula and models write them. The position is the bit in [`Demands`].
pub const NAMES: [&str; 46] = [
    "impact",
    "running",
    "jumping",
    "kneeling",
    "deep-knee",
    "overhead",
    "twisting",
    "heavy",
    "lying",
    "balance",
    "standing",
    "walking",
    "two-hands",
    "gym",
    "equipment",
    "outdoors",
    "swimming",
    "cycling",
    "yoga",
    "screen",
    "video",
    "app",
    "spending",
    "travel",
    "group",
    "public",
    "phone",
    "singing",
    "alcohol",
    "meat",
    "fish",
    "dairy",
    "eggs",
    "gluten",
    "sugar",
    "salt",
    "nuts",
    "caffeine",
    "animals",
    "driving",
    "night",
    "alone",
    "social-media",
    "flying",
    "chemicals",
    "power-tools",
];

/// A set of demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Demands(u64);

impl Demands {
    /// No demand.
    pub const NONE: Self = Self(0);

    /// What makes a session hard on the body, so that the next one should not follow on the day after.
    pub const HARD: Self = Self(0b1000_0111);

    /// Returns the set of the one demand with this name; `None` if there is none of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let bit = NAMES.iter().position(|known| *known == name)?;
        Some(Self(1 << bit))
    }

    /// Returns the demands of both sets.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the demands that are in both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Returns the demands that are not in the other set.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Returns whether the sets have a demand in common.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the names of the demands.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES
            .iter()
            .enumerate()
            .filter(move |(bit, _)| self.0 & (1 << bit) != 0)
            .map(|(_, name)| *name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_demand_is_found_by_its_name_and_hard_are_those_that_strain_the_body() {
        for name in NAMES {
            assert_eq!(
                Demands::named(name).unwrap().names().collect::<Vec<_>>(),
                [name]
            );
        }
        assert_eq!(Demands::named("Gym"), None);
        let hard: Vec<&str> = Demands::HARD.names().collect();
        assert_eq!(hard, ["impact", "running", "jumping", "heavy"]);
    }
}
