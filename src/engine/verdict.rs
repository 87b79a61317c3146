//! Verdict: who would be unserved and what headroom would be missing, without saying who goes where.

use super::settled::SettledCase;
use crate::formulation::goals::{Level, tier_label};
use crate::formulation::rows::target_limit;
use crate::plan::sweep::Missing;
use crate::solve::Proof;
use crate::units::SOLVER_TOLERANCE;

/// Who would be unserved and what headroom would be missing, over fractional homes: the values of the levels
/// `unserved` and `headroom` (worst) of a plan, which whole shards come near.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// By rank of tiers that have users, first rank first.
    pub unserved: Vec<Unserved>,
    /// What is missing at worst; `None` if no headroom target is missed, or headroom is no goal.
    pub missing: Option<Missing>,
    /// How far the values are proven.
    pub proof: Proof,
}

/// Unserved users of one rank.
#[derive(Debug, Clone, PartialEq)]
pub struct Unserved {
    /// The rank; 1 is served first.
    pub rank: u32,
    /// Its tiers by name, joined by `+`.
    pub tiers: String,
    /// How many users.
    pub users: f64,
}

impl Verdict {
    /// Unserved users of all ranks.
    pub fn unserved_users(&self) -> f64 {
        self.unserved.iter().map(|unserved| unserved.users).sum()
    }

    /// `true` if everybody is served and no headroom target is missed.
    pub fn holds(&self) -> bool {
        self.missing.is_none() && self.unserved.iter().all(|unserved| unserved.users <= 0.0)
    }
}

/// What a settled case says; what is missing is counted from the state before, whose proof is `of_before`, so it is no
/// better proven than that.
pub(super) fn said(settled: &SettledCase<'_, '_>, of_before: Proof) -> Verdict {
    let problem = settled.problem;
    let ranks = problem.classes.ranks.iter().enumerate();
    let unserved = ranks.map(|(index, &rank)| Unserved {
        rank,
        tiers: tier_label(&problem.setting.inventory.tiers, rank),
        users: settled.value(Level::Unserved(index)),
    });
    Verdict {
        unserved: unserved.collect(),
        missing: missing(settled),
        proof: match settled.proof {
            Proof::Proven => of_before,
            other => other,
        },
    }
}

/// What is missing at worst, and where: of the rows that miss so much the one where more would help most.
pub(super) fn missing(settled: &SettledCase<'_, '_>) -> Option<Missing> {
    let mut levels = settled.levels.iter();
    let worst = levels.find(|level| level.level == Level::Worst && level.value > 0.0)?;
    let gains = &worst.gains;
    let problem = settled.problem;
    let loads = settled.displaced.loads(problem);
    let is_missed = |&row: &usize| {
        let of = &problem.rows.rows[row];
        let within = target_limit(of.target, of.kept) * of.capacity;
        let missing = (loads[row] - within) / (of.capacity * of.target);
        of.has_shortfall() && missing.min(1.0 - of.kept) >= worst.value - SOLVER_TOLERANCE
    };
    let by_gain = |a: &usize, b: &usize| gains[*a].total_cmp(&gains[*b]).then(b.cmp(a));
    let missed = (0..gains.len()).filter(is_missed);
    let first = missed.max_by(by_gain);
    let first = first.or_else(|| (0..gains.len()).max_by(by_gain))?;
    let row = &problem.rows.rows[first];
    Some(Missing {
        share: worst.value,
        component: row.component,
        resource: row.resource,
    })
}
