//! One period of a joint program.

use crate::formulation::Problem;
use crate::formulation::goals::Level;

/// One period of a joint program.
pub struct JointPeriod<'a> {
    /// What the period is planned with where it is planned alone: rows, ways, groups. Its classes are those of the plan
    /// at hand; where shards are is left open here.
    pub problem: &'a Problem<'a>,
    /// By site, whether growth has lowered its free share, as the plan at hand has it.
    pub lowered: &'a [bool],
    /// `true` once nobody is kept away any more: the current site is that of shards.csv, and going there is free.
    pub is_returning: bool,
    /// `true` if the plan of the period before goes on: nobody goes anywhere.
    pub is_going_on: bool,
    /// What may not become worse.
    pub held: Held,
    /// By access point: nobody may enter there.
    pub closed: Vec<bool>,
}

/// Levels before moves, as the plan at hand has them; `None` where the goals do not ask for them before moves.
///
/// Who is unserved there stays so and is no part of the program, so that these levels need no row.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Held {
    /// Users of unaffected shards who move.
    pub relief: Option<f64>,
    /// The worst missing share.
    pub worst: Option<f64>,
    /// All missing headroom, in users.
    pub total: Option<f64>,
    /// User-milliseconds.
    pub latency: Option<f64>,
}

impl Held {
    /// Holds a level at a value, if it is one that needs a row.
    pub fn hold(&mut self, level: Level, value: f64) {
        match level {
            Level::Relief => self.relief = Some(value),
            Level::Worst => self.worst = Some(value),
            Level::Total => self.total = Some(value),
            Level::Latency => self.latency = Some(value),
            Level::Unserved(_)
            | Level::Lost
            | Level::AccessPoints
            | Level::Copied
            | Level::Moved => {}
        }
    }
}
