//! In force: the scenario's own plan of the period, which something of the sweep begins at.

use super::super::affected::Affected;
use super::super::assignment::{self, Named};
use super::super::ground::Ground;
use super::super::homes::{Homes, Start};
use super::super::leg::{Leg, Steered};
use super::super::load::{Loads, loads_fit};
use super::super::parts::Assignment;
use super::super::period::Situation;
use super::super::places;
use super::super::report::{At, Report, Rule};
use super::super::steering::{self, Standby, users_agree_with_the_assignment};
use super::asked::Asked;
use crate::ids::SiteId;
use crate::plan_files::{AssignmentRow, Lined, Row, SteeringRow};
use crate::scenario::periods;
use std::collections::BTreeMap;

/// The scenario's own plan of the period, as far as its rows name what there is.
pub(super) struct InForce {
    pub(super) assignment: Assignment,
    pub(super) steered: Vec<Steered>,
}

const RULE: Rule = Rule {
    code: "P7862",
    hint: "keep the rows of the period that is swept",
};

impl InForce {
    /// Takes over the rows of the plan.
    pub(super) fn new(
        ground: &Ground<'_>,
        asked: &Asked,
        quiet: &Situation,
        (rows, steering): (Vec<Lined<AssignmentRow>>, &[Lined<SteeringRow>]),
        report: &mut Report,
    ) -> Self {
        let index = asked.period.index;
        let count = periods(ground.inventory, ground.scenario).len();
        let named = assignment::named(ground, rows, count, report);
        let mut own = None;
        for (period, named) in named.into_iter().enumerate() {
            let Named { assignment, found } = named;
            if period == index {
                report.broken.extend(found.broken);
                own = Some(assignment);
            } else if let Some((_, part)) = assignment.all().next() {
                let at = At::cell(AssignmentRow::FILE, part.line(), "period");
                report.add(RULE, at, period.to_string(), index.to_string());
            }
        }
        let is_here = |row: &Lined<SteeringRow>| usize::try_from(row.row.period) == Ok(index);
        for row in steering.iter().filter(|row| !is_here(row)) {
            let at = At::cell(SteeringRow::FILE, row.line, "period");
            report.add(RULE, at, row.row.period.to_string(), index.to_string());
        }
        let standby = if ground.scenario.policy.open_standby {
            Standby::MayOpen
        } else {
            Standby::Closed
        };
        let legs: Vec<Leg<'_>> = steering
            .iter()
            .filter(|row| is_here(row))
            .map(Leg::from)
            .collect();
        Self {
            assignment: own.unwrap_or_else(|| {
                let shards = ground.inventory.shards.len();
                Assignment::new(shards, Vec::new(), Vec::new())
            }),
            steered: steering::check(ground, quiet, standby, legs.into_iter(), report),
        }
    }

    /// Whether it is a plan of the period that begins at these homes.
    pub(super) fn check(
        &self,
        ground: &Ground<'_>,
        asked: &Asked,
        quiet: &Situation,
        current: &Homes,
        report: &mut Report,
    ) {
        let period = asked.period.index;
        let start = Start {
            period,
            previous: current,
            current,
            is_returning: asked.is_returning(ground),
        };
        let mut affected = Affected::new(ground, quiet, asked.period.start, current);
        assignment::check(ground, quiet, &start, &self.assignment, report);
        if period == 0 {
            // Later on, where shards were before is not written.
            assignment::reasons_are_true(quiet, &start, &self.assignment, report);
        }
        places::check(
            ground,
            quiet,
            &start,
            &self.assignment,
            &mut affected,
            report,
        );
        let (assignment, steered) = (&self.assignment, &self.steered);
        let slices = quiet.case.hours.slice_count();
        users_agree_with_the_assignment(ground, (period, slices), assignment, steered, report);
        for in_slice in quiet.in_slices(ground) {
            let mut loads = Loads::of_steering(ground, &in_slice, steered);
            loads.add_served(ground, &in_slice, assignment.served());
            loads_fit(
                ground, &in_slice, period, &loads, assignment, steered, report,
            );
        }
    }

    /// Where its rows say that shards were.
    pub(super) fn before(&self, ground: &Ground<'_>) -> Homes {
        let mut homes = Homes::of_inventory(ground.inventory);
        for shard in 0..ground.inventory.shards.len() {
            let mut sites: BTreeMap<SiteId, f64> = BTreeMap::new();
            let parts = self.assignment.of(shard);
            let all: f64 = parts.iter().map(|part| part.users).sum();
            for part in parts {
                if let Some(site) = part.from {
                    *sites.entry(site).or_default() += part.users;
                }
            }
            let share = |users: f64| if all > 0.0 { users / all } else { 1.0 };
            let sites: Vec<(SiteId, f64)> = sites
                .into_iter()
                .map(|(site, users)| (site, share(users)))
                .collect();
            homes.stand(shard, &sites);
        }
        homes
    }

    /// Shards that keep a home of which its rows say nothing: it serves them nowhere, and begins at their sites of
    /// shards.csv, to which they would have gone back.
    pub(super) fn kept_elsewhere(&self, ground: &Ground<'_>, asked: &Asked) -> Vec<usize> {
        if asked.period.index == 0 || !asked.is_returning(ground) {
            return Vec::new();
        }
        let shards = ground.inventory.shards.iter().enumerate();
        let shards = shards.filter(|(_, row)| row.site.is_some());
        let is_nowhere = |shard: &usize| {
            let parts = self.assignment.of(*shard);
            parts.iter().all(|part| part.to.is_none())
        };
        shards.map(|(shard, _)| shard).filter(is_nowhere).collect()
    }

    /// Where it homes shards that were at these homes.
    pub(super) fn homes_after(&self, ground: &Ground<'_>, before: &Homes) -> Homes {
        let mut homes = before.clone();
        for shard in 0..ground.inventory.shards.len() {
            homes.settle(shard, self.assignment.of(shard));
        }
        homes
    }
}
