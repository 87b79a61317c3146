//! Start: where shards are when the swept period begins, and the scenario's own plan of it, which something of the sweep
//! begins at.

use super::super::affected::Affected;
use super::super::assignment::{self, Assignment, Named, Start, shares};
use super::super::context::RefereeContext;
use super::super::load::{Loads, loads_fit};
use super::super::path::{Leg, Steered};
use super::super::period::PeriodState;
use super::super::places;
use super::super::report::{At, Report, Rule, is_same};
use super::super::steering::{self, Standby, users_agree_with_the_assignment};
use super::tables::{SweepReferee, at};
use crate::diagnostic::amounts::rounded;
use crate::ids::{ShardId, SiteId};
use crate::model::Homes;
use crate::plan_files::{AssignmentRow, HomeRow, Lined, Row, SteeringRow};
use crate::scenario::{Band, Knowledge, case_at, periods};
use std::collections::BTreeMap;

/// Where shards are when the swept period begins, and how that is known.
pub(super) struct ShardLocations {
    /// As shards.csv, or else homes.csv says; `None` if nobody does.
    pub(super) homes: Option<Homes>,
    /// From shards.csv and the scenario alone; else nobody can tell whether earlier periods lead there.
    pub(super) is_known: bool,
}

/// A site and its share of a shard.
type ShareAtSite = (Option<SiteId>, f64);

const HOMES: Rule = Rule::new(
    "P7837",
    "name each shard away from its site of shards.csv, with its sites and the share at each",
);

impl ShardLocations {
    /// Where shards are, with the rows of homes.csv if it is there.
    pub(super) fn new(referee: &SweepReferee<'_>, report: &mut Report) -> Self {
        let (context, asked) = (referee.context, referee.asked);
        let (inventory, scenario) = (context.inventory, context.scenario);
        let is_first = asked.period.index == 0 && !asked.is_from_plan;
        // Where a period without events left shards, they return to that.
        let periods = periods(inventory, scenario);
        let mut earlier = periods.iter().take(asked.period.index);
        let is_returning = asked.is_returning(context)
            && !asked.is_from_plan
            && earlier.all(|period| {
                let (knowledge, band) = (Knowledge::Believed, Band::Expected);
                case_at(inventory, scenario, period.start, knowledge, band).is_event_in_force
            });
        // Who is to be placed was placed by an earlier period.
        let is_movable =
            |shard: usize| !is_first && (!is_returning || inventory.shards[shard].site.is_none());
        let is_known = !(0..inventory.shards.len()).any(is_movable);
        let rows = referee.written.homes.as_deref();
        let homes = with_rows(context, rows.unwrap_or_default(), &is_movable, report);
        Self {
            homes: (is_known || rows.is_some()).then_some(homes),
            is_known,
        }
    }

    /// Puts some shards where homes.csv says that they are; `false` if nobody says.
    pub(super) fn put(&self, shards: &[usize], homes: &mut Homes) -> bool {
        let Some(known) = &self.homes else {
            return shards.is_empty();
        };
        for &shard in shards {
            let shares = shares(known, shard).into_iter();
            let sites = shares.filter_map(|(site, share)| Some((site?, share)));
            homes.settle(ShardId::new(shard), &sites.collect::<Vec<_>>());
        }
        true
    }

    /// P7837: homes.csv says that shards are where they are.
    pub(super) fn are(&self, context: &RefereeContext<'_>, expected: &Homes, report: &mut Report) {
        let Some(known) = &self.homes else {
            return;
        };
        for shard in 0..context.inventory.shards.len() {
            let (found, expected) = (shares(known, shard), shares(expected, shard));
            let is_there = |(one, other): (&ShareAtSite, &ShareAtSite)| {
                one.0 == other.0 && is_same(one.1, other.1, 1.0)
            };
            if found.len() != expected.len() || !found.iter().zip(&expected).all(is_there) {
                let words = |all: &[ShareAtSite]| {
                    let all = all.iter().map(|(site, share)| {
                        format!("{} at `{}`", rounded(*share), context.site_name(*site))
                    });
                    all.collect::<Vec<_>>().join(", ")
                };
                let name = context.shard_name(shard);
                let found = format!("shard `{name}`: {}", words(&found));
                report.add(HOMES, At::file(HomeRow::FILE), found, words(&expected));
            }
        }
    }
}

/// P7837: every row names a shard that can be elsewhere than at its site of shards.csv, and a site; its shares are all
/// of it.
fn with_rows(
    context: &RefereeContext<'_>,
    rows: &[Lined<HomeRow>],
    is_movable: &dyn Fn(usize) -> bool,
    report: &mut Report,
) -> Homes {
    let mut homes = context.homes();
    let mut sites_of: BTreeMap<usize, (u64, BTreeMap<SiteId, f64>)> = BTreeMap::new();
    for lined in rows {
        let row = &lined.row;
        let mut wrong = |column: &str, found: String, expected: &str| {
            report.add(HOMES, at(lined, column), found, expected);
        };
        let shard = context.shards.get(&row.shard).map(ShardId::index);
        let Some(shard) = shard.filter(|shard| is_movable(*shard)) else {
            let expected = "a shard that may be away from its site of shards.csv";
            wrong("shard", format!("`{}`", row.shard), expected);
            continue;
        };
        let Some(site) = context.sites.get(row.site.as_str()).copied() else {
            wrong("site", format!("`{}`", row.site), "a site of the inventory");
            continue;
        };
        let known = sites_of.entry(shard);
        let (_, sites) = known.or_insert((lined.line, BTreeMap::new()));
        if sites.insert(site, row.share).is_some() {
            let found = format!("`{}` again", row.site);
            wrong("site", found, "one row for a shard at a site");
        }
    }
    for (shard, (line, sites)) in sites_of {
        let all: f64 = sites.values().sum();
        let has_none = sites.values().any(|share| *share <= 0.0);
        let home = context.inventory.shards[shard].site;
        let is_at_home = sites.len() == 1 && sites.keys().next() == home.as_ref();
        if has_none || is_at_home || !is_same(all, 1.0, 1.0) {
            let place = At::cell(HomeRow::FILE, line, "share");
            let found = format!("{} of shard `{}`", rounded(all), context.shard_name(shard));
            let expected = "shares above 0 that sum to 1, not all at its site of shards.csv";
            report.add(HOMES, place, found, expected);
        } else {
            homes.settle(ShardId::new(shard), &sites.into_iter().collect::<Vec<_>>());
        }
    }
    homes
}

/// The scenario's own plan of the period, as far as its rows name what there is.
pub(super) struct PlanInForce {
    pub(super) assignment: Assignment,
    pub(super) steered: Vec<Steered>,
}

const PERIOD: Rule = Rule::new("P7862", "keep the rows of the period that is swept");

impl PlanInForce {
    /// Takes over the rows of the plan.
    pub(super) fn new(
        referee: &SweepReferee<'_>,
        quiet: &PeriodState,
        (rows, steering): (Vec<Lined<AssignmentRow>>, &[Lined<SteeringRow>]),
        report: &mut Report,
    ) -> Self {
        let context = referee.context;
        let index = referee.asked.period.index;
        let count = periods(context.inventory, context.scenario).len();
        let named = assignment::named(context, rows, count, report);
        let mut one_assignment = None;
        for (period, Named { assignment, found }) in named.into_iter().enumerate() {
            if period == index {
                report.broken.extend(found.broken);
                one_assignment = Some(assignment);
            } else if let Some((_, part)) = assignment.all().next() {
                let place = At::cell(AssignmentRow::FILE, part.line(), "period");
                report.add(PERIOD, place, period.to_string(), index.to_string());
            }
        }
        let is_here = |row: &&Lined<SteeringRow>| usize::try_from(row.row.period) == Ok(index);
        for row in steering.iter().filter(|row| !is_here(row)) {
            let found = row.row.period.to_string();
            report.add(PERIOD, at(row, "period"), found, index.to_string());
        }
        let standby = if context.scenario.policy.open_standby {
            Standby::MayOpen
        } else {
            Standby::Closed
        };
        let legs: Vec<Leg<'_>> = steering.iter().filter(is_here).map(Leg::from).collect();
        Self {
            assignment: one_assignment.unwrap_or_else(|| {
                let shards = context.inventory.shards.len();
                Assignment::new(shards, Vec::new(), Vec::new())
            }),
            steered: steering::check(quiet, standby, legs.into_iter(), report),
        }
    }

    /// Whether it is a plan of the period that begins at these homes.
    pub(super) fn check(
        &self,
        referee: &SweepReferee<'_>,
        quiet: &PeriodState,
        current: &Homes,
        report: &mut Report,
    ) {
        let (context, asked) = (referee.context, referee.asked);
        let (assignment, steered) = (&self.assignment, &self.steered);
        let period = asked.period.index;
        let start = Start {
            period,
            previous: current,
            current,
        };
        let mut affected = Affected::new(context, quiet, asked.period.start, current);
        assignment::check(quiet, &start, assignment, report);
        if period == 0 {
            // Later on, where shards were before is not written.
            assignment::reasons_are_true(quiet, &start, assignment, report);
        }
        places::check(quiet, &start, assignment, &mut affected, report);
        let slices = quiet.case.hours.slice_count();
        users_agree_with_the_assignment(context, (period, slices), assignment, steered, report);
        for in_slice in quiet.in_slices() {
            let mut loads = Loads::of_steering(&in_slice, steered);
            loads.add_served(&in_slice, assignment.served());
            loads_fit(&in_slice, period, &loads, assignment, steered, report);
        }
    }

    /// Where its rows say that shards were.
    pub(super) fn before(&self, context: &RefereeContext<'_>) -> Homes {
        let mut homes = context.homes();
        for shard in 0..context.inventory.shards.len() {
            let mut sites: BTreeMap<SiteId, f64> = BTreeMap::new();
            let parts = self.assignment.of(shard);
            let all: f64 = parts.iter().map(|part| part.users).sum();
            for part in parts {
                if let Some(site) = part.from {
                    *sites.entry(site).or_default() += part.users;
                }
            }
            let share = |users: f64| if all > 0.0 { users / all } else { 1.0 };
            let sites = sites.into_iter().map(|(site, users)| (site, share(users)));
            homes.settle(ShardId::new(shard), &sites.collect::<Vec<_>>());
        }
        homes
    }

    /// Shards that keep a home of which its rows say nothing: it serves them nowhere, and begins at their sites of
    /// shards.csv, to which they would have gone back.
    pub(super) fn kept_elsewhere(&self, referee: &SweepReferee<'_>) -> Vec<usize> {
        let (context, asked) = (referee.context, referee.asked);
        if asked.period.index == 0 || !asked.is_returning(context) {
            return Vec::new();
        }
        let shards = context.inventory.shards.iter().enumerate();
        let shards = shards.filter(|(_, row)| row.site.is_some());
        let is_nowhere = |shard: &usize| {
            let parts = self.assignment.of(*shard);
            parts.iter().all(|part| part.to.is_none())
        };
        shards.map(|(shard, _)| shard).filter(is_nowhere).collect()
    }
}
