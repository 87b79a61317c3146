//! Levels and objectives: the order in which goals are settled, and their weights.

use crate::model::Goal;

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

impl Level {
    /// The goal that it belongs to.
    pub fn goal(self) -> Goal {
        match self {
            Self::Unserved(_) | Self::Lost => Goal::Unserved,
            Self::Relief => Goal::Relief,
            Self::Worst | Self::Total => Goal::Headroom,
            Self::AccessPoints => Goal::AccessPoints,
            Self::Copied | Self::Moved => Goal::Moves,
            Self::Latency => Goal::Latency,
        }
    }

    /// Which measure of its goal it is, where that has two.
    pub fn measure(self) -> Option<&'static str> {
        match self {
            Self::Worst => Some("worst"),
            Self::Total => Some("total"),
            Self::Copied => Some("copied"),
            Self::Moved => Some("moved"),
            _ => None,
        }
    }
}

/// The levels of a list of goals, in order. Copies are counted only in an inventory with replicas; where cases are to be
/// survived, that comes right behind who is unserved without them.
pub fn levels(goals: &[Goal], rank_count: usize, has_replicas: bool, survives: bool) -> Vec<Level> {
    let mut levels = Vec::new();
    for goal in goals {
        match goal {
            Goal::Unserved => {
                levels.extend((0..rank_count).map(Level::Unserved));
                levels.extend(survives.then_some(Level::Lost));
            }
            Goal::Relief => levels.push(Level::Relief),
            Goal::Headroom => levels.extend([Level::Worst, Level::Total]),
            Goal::AccessPoints => levels.push(Level::AccessPoints),
            Goal::Moves => {
                levels.extend(has_replicas.then_some(Level::Copied));
                levels.push(Level::Moved);
            }
            Goal::Latency => levels.push(Level::Latency),
        }
    }
    levels
}

/// Weights of everything that a column can cost. A level is one of them at 1; a settled level comes back with
/// its multiplier.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    /// By rank, of an unserved user.
    pub unserved: Vec<f64>,
    /// Of a user who would be unserved in a case that is to be survived.
    pub lost: f64,
    /// Of a user of an unaffected shard who moves.
    pub relief: f64,
    /// Of the worst missing share.
    pub worst: f64,
    /// Of a user's worth of missing headroom.
    pub total: f64,
    /// Of a copied user.
    pub copied: f64,
    /// Of a moved user.
    pub moved: f64,
    /// Of a user-millisecond.
    pub latency: f64,
    /// Of a user's worth of load above capacity or of moves above the limit.
    pub overload: f64,
    /// Of the scale of all room.
    pub scale: f64,
    /// By access point, of a user who enters there.
    pub entry: Vec<f64>,
}

impl Objective {
    /// All weights 0.
    pub fn zero(rank_count: usize, access_point_count: usize) -> Self {
        Self {
            unserved: vec![0.0; rank_count],
            lost: 0.0,
            relief: 0.0,
            worst: 0.0,
            total: 0.0,
            copied: 0.0,
            moved: 0.0,
            latency: 0.0,
            overload: 0.0,
            scale: 0.0,
            entry: vec![0.0; access_point_count],
        }
    }

    /// The objective of one level. `AccessPoints` has none of its own: its number is an integer.
    pub fn of(level: Level, rank_count: usize, access_point_count: usize) -> Self {
        let mut objective = Self::zero(rank_count, access_point_count);
        match level {
            Level::Unserved(rank) => objective.unserved[rank] = 1.0,
            Level::Lost => objective.lost = 1.0,
            Level::Relief => objective.relief = 1.0,
            Level::Worst => objective.worst = 1.0,
            Level::Total => objective.total = 1.0,
            Level::AccessPoints => {}
            Level::Copied => objective.copied = 1.0,
            Level::Moved => objective.moved = 1.0,
            Level::Latency => objective.latency = 1.0,
        }
        objective
    }

    /// Adds another objective times `weight`.
    pub fn add(&mut self, other: &Self, weight: f64) {
        for (mine, theirs) in self.unserved.iter_mut().zip(&other.unserved) {
            *mine += weight * theirs;
        }
        for (mine, theirs) in self.entry.iter_mut().zip(&other.entry) {
            *mine += weight * theirs;
        }
        self.lost += weight * other.lost;
        self.relief += weight * other.relief;
        self.worst += weight * other.worst;
        self.total += weight * other.total;
        self.copied += weight * other.copied;
        self.moved += weight * other.moved;
        self.latency += weight * other.latency;
        self.overload += weight * other.overload;
        self.scale += weight * other.scale;
    }

    /// What these amounts cost: users, user-milliseconds, shares, each times its weight.
    pub fn of_amounts(&self, amounts: &Self) -> f64 {
        let sum = |weights: &[f64], amounts: &[f64]| -> f64 {
            let pairs = weights.iter().zip(amounts);
            pairs.map(|(weight, amount)| weight * amount).sum()
        };
        sum(&self.unserved, &amounts.unserved)
            + sum(&self.entry, &amounts.entry)
            + self.lost * amounts.lost
            + self.relief * amounts.relief
            + self.worst * amounts.worst
            + self.total * amounts.total
            + self.copied * amounts.copied
            + self.moved * amounts.moved
            + self.latency * amounts.latency
            + self.overload * amounts.overload
            + self.scale * amounts.scale
    }
}
