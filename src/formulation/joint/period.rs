//! One period of a joint program.

use crate::formulation::Problem;
use crate::model::ByLevel;

/// One period of a joint program.
pub struct JointPeriod<'a> {
    /// What the period is planned with where it is planned alone: rows, paths, groups. Its classes are those of the plan
    /// at hand; where shards are is left open here.
    pub problem: &'a Problem<'a>,
    /// By site, whether growth has lowered its free share, as the plan at hand has it.
    pub lowered: &'a [bool],
    /// `true` once nobody is kept away any more: the current site is that of shards.csv, and going there is free.
    pub is_returning: bool,
    /// `true` if the plan of the period before goes on: nobody goes anywhere.
    pub is_going_on: bool,
    /// Levels before moves, as the plan at hand has them, which may not become worse; `None` where the goals do not ask for
    /// them before moves.
    ///
    /// Who is unserved there stays so and is no part of the program, so that these levels need no row.
    pub held: ByLevel<Option<f64>>,
    /// By access point: nobody may enter there.
    pub closed: Vec<bool>,
}
