//! Goals and their levels: each declared once, in the order in which they are settled (`model.md` §4).

use std::ops::{Index, IndexMut};

/// What a plan minimises; the order of the goals is the policy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Goal {
    /// Unserved users, one level per rank.
    Unserved,
    /// Users of unaffected shards who move.
    Relief,
    /// Missing headroom: the worst share, then the total in users.
    Headroom,
    /// Standby access points that are open.
    AccessPoints,
    /// Users copied (with replicas), then users moved.
    Moves,
    /// User-milliseconds.
    Latency,
}

impl Goal {
    /// The word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unserved => "unserved",
            Self::Relief => "relief",
            Self::Headroom => "headroom",
            Self::AccessPoints => "access_points",
            Self::Moves => "moves",
            Self::Latency => "latency",
        }
    }

    /// The goal of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        let mut all = Self::DEFAULT_ORDER.into_iter();
        all.find(|goal| goal.word() == word)
    }

    /// All goals in their default order.
    pub const DEFAULT_ORDER: [Self; 6] = [
        Self::Unserved,
        Self::Relief,
        Self::Headroom,
        Self::AccessPoints,
        Self::Moves,
        Self::Latency,
    ];
}

/// Which of the two numbers of a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Worst missing share.
    Worst,
    /// Total missing headroom, in users.
    Total,
    /// Users moved to a site without a copy.
    Copied,
    /// Users moved.
    Moved,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Worst, Self::Total, Self::Copied, Self::Moved];

    /// The word of files and tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Worst => "worst",
            Self::Total => "total",
            Self::Copied => "copied",
            Self::Moved => "moved",
        }
    }
}

/// One level of the lexicographic order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Unserved users of the rank at this position among the ranks in use.
    Unserved(usize),
    /// Users who would be unserved in the cases that are to be survived, all of these together.
    Lost,
    /// Users of unaffected shards who move.
    Relief,
    /// The worst missing share.
    Worst,
    /// All missing headroom, in users.
    Total,
    /// Standby access points that are open.
    AccessPoints,
    /// Users who are copied.
    Copied,
    /// Users who move.
    Moved,
    /// User-milliseconds.
    Latency,
}

/// What a level is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LevelUnit {
    /// Users; fewer than a billionth of all are what tolerances leave of nobody.
    Users,
    /// A share of a headroom target.
    Share,
    /// Access points.
    AccessPoints,
    /// Users times milliseconds.
    UserMilliseconds,
}

/// What is declared of a level.
#[derive(Debug)]
pub struct LevelTerms {
    /// The goal that it belongs to.
    pub goal: Goal,
    /// Which measure of its goal it is, where that has two.
    pub measure: Option<Measure>,
    /// What it is counted in.
    pub unit: LevelUnit,
    /// What it counts, in words; the tiers follow where it is of some.
    pub noun: &'static str,
    /// What an amount less of it is worth to people, `{}` being the amount.
    pub gain: &'static str,
}

const fn terms(
    goal: Goal,
    measure: Option<Measure>,
    unit: LevelUnit,
    noun: &'static str,
    gain: &'static str,
) -> LevelTerms {
    LevelTerms {
        goal,
        measure,
        unit,
        noun,
        gain,
    }
}

const UNSERVED: LevelTerms = terms(
    Goal::Unserved,
    None,
    LevelUnit::Users,
    "unserved users",
    "{} users served",
);
const LOST: LevelTerms = terms(
    Goal::Unserved,
    None,
    LevelUnit::Users,
    "users unserved in what is to be survived",
    "{} users served in what is to be survived",
);
const RELIEF: LevelTerms = terms(
    Goal::Relief,
    None,
    LevelUnit::Users,
    "users moved though no event touches them",
    "{} users who need not move",
);
const WORST: LevelTerms = terms(
    Goal::Headroom,
    Some(Measure::Worst),
    LevelUnit::Share,
    "the worst headroom deficit",
    "{} of the worst headroom deficit",
);
const TOTAL: LevelTerms = terms(
    Goal::Headroom,
    Some(Measure::Total),
    LevelUnit::Users,
    "missing headroom, in users,",
    "headroom for {} users",
);
const ACCESS_POINTS: LevelTerms = terms(
    Goal::AccessPoints,
    None,
    LevelUnit::AccessPoints,
    "standby access points opened",
    "{} access points",
);
const COPIED: LevelTerms = terms(
    Goal::Moves,
    Some(Measure::Copied),
    LevelUnit::Users,
    "users moved by copying",
    "{} users who need not be copied",
);
const MOVED: LevelTerms = terms(
    Goal::Moves,
    Some(Measure::Moved),
    LevelUnit::Users,
    "users moved",
    "{} users who need not move",
);
const LATENCY: LevelTerms = terms(
    Goal::Latency,
    None,
    LevelUnit::UserMilliseconds,
    "latency, in user-milliseconds,",
    "{} user-milliseconds",
);

impl Level {
    /// The levels that are one number, in the order in which costs are added up.
    pub const SINGLE: [Self; 8] = [
        Self::Lost,
        Self::Relief,
        Self::Worst,
        Self::Total,
        Self::AccessPoints,
        Self::Copied,
        Self::Moved,
        Self::Latency,
    ];

    /// The levels that count users who are served elsewhere than at their current site.
    pub const OF_MOVERS: [Self; 3] = [Self::Relief, Self::Moved, Self::Copied];

    /// What is declared of it, and its place in [`Level::SINGLE`].
    const fn declared(self) -> (&'static LevelTerms, usize) {
        match self {
            Self::Unserved(_) => (&UNSERVED, 0),
            Self::Lost => (&LOST, 0),
            Self::Relief => (&RELIEF, 1),
            Self::Worst => (&WORST, 2),
            Self::Total => (&TOTAL, 3),
            Self::AccessPoints => (&ACCESS_POINTS, 4),
            Self::Copied => (&COPIED, 5),
            Self::Moved => (&MOVED, 6),
            Self::Latency => (&LATENCY, 7),
        }
    }

    /// What is declared of it.
    pub fn terms(self) -> &'static LevelTerms {
        self.declared().0
    }

    /// The goal that it belongs to.
    pub fn goal(self) -> Goal {
        self.terms().goal
    }

    /// Its place in [`Level::OF_MOVERS`]; `None` if it is none of them.
    pub fn of_movers(self) -> Option<usize> {
        Self::OF_MOVERS.iter().position(|level| *level == self)
    }

    /// `true` if it counts users who are served elsewhere than at their current site.
    pub fn is_of_movers(self) -> bool {
        self.of_movers().is_some()
    }

    /// `true` if a level that files name by goal and measure counts users.
    pub fn is_in_users(goal: Goal, measure: Option<Measure>) -> bool {
        let all = Self::SINGLE.into_iter().chain([Self::Unserved(0)]);
        let mut terms = all.map(Self::terms);
        terms.any(|level_terms| {
            (level_terms.goal, level_terms.measure, level_terms.unit)
                == (goal, measure, LevelUnit::Users)
        })
    }
}

/// The levels of a list of goals, in order. Copies are counted only in an inventory with replicas; where cases are to be
/// survived, that comes right after who is unserved without them.
pub fn levels(goals: &[Goal], rank_count: usize, has_replicas: bool, survives: bool) -> Vec<Level> {
    let mut levels = Vec::new();
    for &goal in goals {
        if goal == Goal::Unserved {
            levels.extend((0..rank_count).map(Level::Unserved));
        }
        levels.extend(Level::SINGLE.into_iter().filter(|level| {
            let is_asked = match level {
                Level::Lost => survives,
                Level::Copied => has_replicas,
                _ => true,
            };
            is_asked && level.goal() == goal
        }));
    }
    levels
}

/// One value for every level.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ByLevel<T> {
    /// By rank, of the levels of unserved users.
    pub unserved: Vec<T>,
    /// Of the others, in the order of [`Level::SINGLE`].
    pub single: [T; Level::SINGLE.len()],
}

impl<T: Copy + Default> ByLevel<T> {
    /// The default value for every level.
    pub fn new(rank_count: usize) -> Self {
        Self {
            unserved: vec![T::default(); rank_count],
            single: [T::default(); Level::SINGLE.len()],
        }
    }
}

impl<T> Index<Level> for ByLevel<T> {
    type Output = T;

    #[inline]
    fn index(&self, level: Level) -> &T {
        match level {
            Level::Unserved(rank) => &self.unserved[rank],
            single => &self.single[single.declared().1],
        }
    }
}

impl<T> IndexMut<Level> for ByLevel<T> {
    #[inline]
    fn index_mut(&mut self, level: Level) -> &mut T {
        match level {
            Level::Unserved(rank) => &mut self.unserved[rank],
            single => &mut self.single[single.declared().1],
        }
    }
}

/// What holds of a plan, or is to hold of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holds {
    /// Everyone who can be served is, and every headroom target is met.
    Targets,
    /// Everyone who can be served is.
    Service,
}

impl Holds {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Targets, Self::Service];

    /// The word of files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Targets => "targets",
            Self::Service => "service",
        }
    }
}
