//! The joint problem: periods, joint classes, where they may go, and what they begin with.

use super::class::{JointClass, JointClassId, Trajectory};
use super::period::JointPeriod;
use super::reach::Reaches;
use crate::formulation::ids::RowId;
use crate::ids::SiteId;

/// All periods of a scenario at once.
pub struct JointProblem<'a> {
    /// In order; there is at least one.
    pub periods: Vec<JointPeriod<'a>>,
    /// The classes that may take another path than in the plan at hand.
    pub classes: Vec<JointClass>,
    /// Where they may go.
    pub reaches: Reaches,
    /// The plan at hand.
    pub begun: Begun,
}

/// What a joint program begins with: a plan of all its periods.
#[derive(Debug, Clone, Default)]
pub struct Begun {
    /// By joint class, its trajectories and the share of the class that takes each; shares sum to 1.
    pub trajectories: Vec<Vec<(Trajectory, f64)>>,
    /// By period, then load row: what all but the joint classes load there, in the row's resource.
    pub fixed: Vec<Vec<f64>>,
    /// By period, the moves of all but the joint classes.
    pub others: Vec<Counts>,
}

/// How a class stands after a period: where it is, and where it returns once no event is in force, which is where the last
/// period without one left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoodBefore {
    /// Where it returns.
    pub settled: Option<SiteId>,
    /// Where it is.
    pub at: Option<SiteId>,
}

impl StoodBefore {
    /// Before the first period.
    pub fn first(start: Option<SiteId>) -> Self {
        Self {
            settled: start,
            at: start,
        }
    }
}

/// Users who are served elsewhere than at their current site.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Counts {
    /// All of them.
    pub moved: f64,
    /// Of these, those moved to a site that holds no copy of their shard.
    pub copied: f64,
    /// Of these, those of unaffected shards.
    pub relief: f64,
}

impl Counts {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            moved: self.moved + other.moved,
            copied: self.copied + other.copied,
            relief: self.relief + other.relief,
        }
    }

    /// These counts multiplied by a factor.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self {
            moved: self.moved * factor,
            copied: self.copied * factor,
            relief: self.relief * factor,
        }
    }
}

impl JointProblem<'_> {
    /// The current site in a period of a class that stood so after the period before.
    pub fn current(&self, period: usize, stood: StoodBefore) -> Option<SiteId> {
        if self.periods[period].is_returning {
            stood.settled.or(stood.at)
        } else {
            stood.at
        }
    }

    /// How a class stands after a period that leaves it at a site.
    pub fn stands(&self, period: usize, stood: StoodBefore, at: Option<SiteId>) -> StoodBefore {
        StoodBefore {
            settled: if self.periods[period].is_returning {
                at
            } else {
                stood.settled
            },
            at,
        }
    }

    /// Where a class stands after a period in which it is served nowhere: without users it follows its current site
    /// while that is open.
    pub fn after_nobody(&self, period: usize, stood: StoodBefore) -> Option<SiteId> {
        if self.periods[period].is_going_on {
            return stood.at;
        }
        let gone = &self.periods[period].problem.setting.case.gone;
        let current = self.current(period, stood);
        current.filter(|site| !gone[site.index()]).or(stood.at)
    }

    /// `true` if a class goes nowhere in a period: it has no users, or the plan of before goes on.
    pub fn is_at_rest(&self, class: JointClassId, period: usize) -> bool {
        self.periods[period].is_going_on || self.classes[class].at[period].is_none()
    }

    /// By period, how many users of a class move who are homed so; all of the class.
    pub fn counts(&self, class: JointClassId, homes: &[Option<SiteId>]) -> Vec<Counts> {
        let row = &self.classes[class];
        let mut stood = StoodBefore::first(row.start);
        homes
            .iter()
            .enumerate()
            .map(|(period, home)| {
                let (Some(site), Some(stand)) = (*home, &row.at[period]) else {
                    let after = self.after_nobody(period, stood);
                    stood = self.stands(period, stood, after);
                    return Counts::default();
                };
                let current = self.current(period, stood);
                stood = self.stands(period, stood, Some(site));
                if current.is_none_or(|current| current == site) {
                    return Counts::default();
                }
                let users = row.users[period];
                let reached = self.reaches.get(class, period, current);
                let is_affected = reached.is_some_and(|reached| reached.is_affected);
                Counts {
                    moved: users,
                    copied: if stand.has_copy(site) { 0.0 } else { users },
                    relief: if is_affected { 0.0 } else { users },
                }
            })
            .collect()
    }

    /// What all users of a class load in a period along their paths and at home, by row, in the row's resource.
    pub fn loads(
        &self,
        class: JointClassId,
        period: usize,
        trajectory: &Trajectory,
    ) -> Vec<(RowId, f64)> {
        let row = &self.classes[class];
        let (Some(route), Some(stand)) = (&trajectory.routes[period], &row.at[period]) else {
            return Vec::new();
        };
        let problem = self.periods[period].problem;
        let demand = problem.classes.groups[stand.group].demand;
        let demand = &problem.classes.demands[demand];
        let mut loads = problem.loads_on_route(demand, route);
        loads.extend(problem.loads_of_demand(demand, route.site, stand.has_copy(route.site)));
        for (_, load) in &mut loads {
            *load *= row.users[period];
        }
        loads
    }

    /// By period, how many users of the joint classes move in the plan at hand, and what they load by row.
    pub fn at_hand(&self) -> (Vec<Counts>, Vec<Vec<f64>>) {
        let mut counts = vec![Counts::default(); self.periods.len()];
        let mut loads: Vec<Vec<f64>> = self
            .periods
            .iter()
            .map(|period| vec![0.0; period.problem.rows.rows.len()])
            .collect();
        for (class, pairs) in self.begun.trajectories.iter().enumerate() {
            for (trajectory, share) in pairs {
                let of_class = self.counts(class, &trajectory.homes);
                for (period, one_counts) in of_class.into_iter().enumerate() {
                    counts[period] = counts[period].plus(one_counts.times(*share));
                    for (row, load) in self.loads(class, period, trajectory) {
                        loads[period][row] += load * share;
                    }
                }
            }
        }
        (counts, loads)
    }
}
