//! Geography: parts of the world, and how many of their inhabitants use the service.

/// A part of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Geography {
    /// Canada and the United States.
    NorthAmerica,
    /// Mexico and all south of it.
    LatinAmerica,
    /// Europe without Turkey.
    Europe,
    /// Turkey to the Gulf.
    MiddleEast,
    /// Africa.
    Africa,
    /// India and its neighbours.
    SouthAsia,
    /// Japan, Korea, Taiwan, Hong Kong, Mongolia.
    EastAsia,
    /// Myanmar to the Philippines.
    SouthEastAsia,
    /// Australia and New Zealand.
    Oceania,
}

impl Geography {
    /// All of them.
    pub(super) const ALL: [Self; 9] = [
        Self::NorthAmerica,
        Self::LatinAmerica,
        Self::Europe,
        Self::MiddleEast,
        Self::Africa,
        Self::SouthAsia,
        Self::EastAsia,
        Self::SouthEastAsia,
        Self::Oceania,
    ];

    /// The word used in sites.csv.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::NorthAmerica => "north-america",
            Self::LatinAmerica => "latin-america",
            Self::Europe => "europe",
            Self::MiddleEast => "middle-east",
            Self::Africa => "africa",
            Self::SouthAsia => "south-asia",
            Self::EastAsia => "east-asia",
            Self::SouthEastAsia => "south-east-asia",
            Self::Oceania => "oceania",
        }
    }

    /// How many inhabitants use the service, relative to North America; made up.
    pub(super) fn adoption(self) -> f64 {
        match self {
            Self::NorthAmerica | Self::Oceania => 1.0,
            Self::Europe => 0.9,
            Self::EastAsia => 0.5,
            Self::LatinAmerica | Self::MiddleEast => 0.35,
            Self::SouthEastAsia => 0.25,
            Self::SouthAsia => 0.15,
            Self::Africa => 0.12,
        }
    }
}
