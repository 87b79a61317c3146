//! What planning all periods together comes to, beside planning one after the other.

use crate::units::NOBODY;

/// What planning all periods together comes to. It is asked where users move in two periods or more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JointPeriods {
    /// Users who move in all periods of the plan together.
    pub moved: f64,
    /// The same where every period is planned from the one before, and nothing looks ahead.
    pub sequential: f64,
    /// What is proven: fewer cannot do, with fractional homes too, where no level before moves may be worse than in the
    /// sequential plan in any period, and whoever that plan splits or leaves unserved stays as he is there. 0 where others
    /// are left unserved or split, or move while nothing is in force: nothing is proven of such plans.
    pub bound: f64,
}

impl JointPeriods {
    /// `true` if the plan is the joint one: fewer users move than in the sequential plan, or more, by what nobody could know.
    pub fn is_joint(&self) -> bool {
        (self.moved - self.sequential).abs() > NOBODY
    }
}
