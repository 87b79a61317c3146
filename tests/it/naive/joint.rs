//! All periods at once, written out: the fewest users who move at levels before moves that are no worse in any period
//! than in a plan that is given.
//!
//! Every shard has a column for every step from where it may be to where it may go in every period, and in every slice
//! one for every simple path; nothing is aggregated, and no trajectory is priced.
//!
//! Decisions: shards that the given plan splits or leaves unserved in some period stay as it has them in all. Growth
//! lowers the free share of sites as it does where everybody is as in the given plan. Standby access points that it
//! keeps closed stay closed where their number comes before moves.

mod others;

use super::affected::{has_less_free, is_touched_at};
use super::at_instant::{Believed, at_instant};
use super::lp::{Lp, Solver, value};
use super::paths::{Path, paths_of};
use super::pools::carrying_members;
use super::rows::{fixed_load, gone};
use super::rules::{has_copy, may_run_at};
use super::statement::{self, Statement};
use super::{Band, Question, before_instant};
use ndarray::Array2;
use others::left_out;
use plimsoll::formulation::goals::Level;
use plimsoll::ids::{ComponentId, ShardId, SiteId};
use plimsoll::model::{
    AccessPointState, After, ExistingShortfall, Goal, Inventory, Phase, Scenario, Scope,
};
use plimsoll::plan::{Part, PeriodPlan, Plan};
use plimsoll::plan_files::AccessPointUse;
use std::collections::BTreeMap;

/// What rows are loosened by, in shares and units of users: the second where the first leaves the given plan no room,
/// which was rounded.
const SLACKS: [f64; 2] = [1e-9, 1e-7];

/// Columns with their factors.
type Terms = Vec<(usize, f64)>;

/// One period as it is asked about.
struct Asked<'a> {
    statement: Statement<'a>,
    plan: &'a PeriodPlan,
    is_returning: bool,
    is_going_on: bool,
    /// Sites where growth has lowered the free share.
    crowded: Vec<bool>,
    gone: Vec<bool>,
    fixed: Vec<Array2<f64>>,
    was_cut: Vec<Array2<bool>>,
    pools: Vec<Vec<ComponentId>>,
    /// Of shards that name no limit of their own.
    max_latency: Option<f64>,
}

/// Where a shard returns once no event is in force, and where it is.
type Stood = (Option<SiteId>, Option<SiteId>);

/// The program as it grows.
struct Written<'a> {
    inventory: &'a Inventory,
    scenario: &'a Scenario,
    lp: Lp,
    unit: f64,
    slack: f64,
    moved: Terms,
    copied: Terms,
    moved_by_others: f64,
    copied_by_others: f64,
}

/// The fewest users who move in all periods, and how far rows were loosened; `None` if the solver finds nothing.
pub(crate) fn fewest_moves(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    solver: Solver,
) -> Option<(f64, f64)> {
    let found = |slack| Some((loosened(inventory, scenario, plan, solver, slack)?, slack));
    SLACKS.into_iter().find_map(found)
}

fn loosened(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    solver: Solver,
    slack: f64,
) -> Option<f64> {
    let before = before_instant(inventory, scenario, Band::Expected);
    let currents: Vec<Vec<Option<SiteId>>> = (plan.periods.iter())
        .map(|period| {
            let shards = (0..inventory.shards.len()).map(ShardId::new);
            shards.map(|shard| period.current.main(shard)).collect()
        })
        .collect();
    let asked: Vec<Asked<'_>> = (0..plan.periods.len())
        .map(|period| {
            asked(
                inventory,
                scenario,
                (plan, period),
                &currents[period],
                &before,
            )
        })
        .collect();
    let left_out = left_out(inventory, plan);
    let limit = |shard: usize| {
        let milliseconds = inventory.shards[shard].max_latency;
        milliseconds
            .or(scenario.policy.max_latency)
            .map(|limit| limit.0)
    };
    let paths: Vec<Vec<Path>> = (inventory.shards.iter().enumerate())
        .map(|(index, shard)| paths_of(inventory, shard, limit(index)))
        .collect();
    let users = asked.iter().flat_map(|asked| asked.statement.users.iter());
    let mut written = Written {
        inventory,
        scenario,
        lp: Lp::default(),
        unit: users.copied().fold(1.0, f64::max),
        slack,
        moved: Vec::new(),
        copied: Vec::new(),
        moved_by_others: 0.0,
        copied_by_others: 0.0,
    };
    let one = written.lp.column(1.0);
    written.lp.equal(vec![(one, 1.0)], 1.0);
    // By shard, where its users may come from, with the columns that bring them there.
    let mut places: Vec<BTreeMap<Stood, Terms>> = (inventory.shards.iter())
        .map(|shard| BTreeMap::from([((shard.site, shard.site), vec![(one, 1.0)])]))
        .collect();
    for one_asked in &asked {
        written.add_period(one_asked, &mut places, &left_out, &paths);
    }
    if inventory.has_replicas && scenario.policy.goals.contains(&Goal::Moves) {
        let stages = plan.periods.iter().flat_map(|period| &period.stages);
        let copied = stages.filter(|stage| stage.level == Level::Copied);
        let copied: f64 = copied.map(|stage| stage.plan).sum();
        let left = (copied - written.copied_by_others) / written.unit;
        written.lp.at_most(written.copied.clone(), left + slack);
    }
    let columns = written.lp.minimise(&written.moved, solver)?;
    Some(value(&written.moved, &columns) * written.unit + written.moved_by_others)
}

fn asked<'a>(
    inventory: &'a Inventory,
    scenario: &'a Scenario,
    (whole, period): (&'a Plan, usize),
    current: &'a [Option<SiteId>],
    before: &Believed,
) -> Asked<'a> {
    let plan = &whole.periods[period];
    let now = at_instant(inventory, scenario, plan.period.start, Band::Expected);
    let missing = match scenario.policy.existing_shortfall {
        ExistingShortfall::Repair => Array2::zeros(now.target.dim()),
        ExistingShortfall::Keep => statement::missing_before(&whole.before.load, before, &now),
    };
    let question = Question {
        inventory,
        scenario,
        at: plan.period.start,
        current,
        elsewhere: &[],
        before_load: None,
        band: Band::Expected,
    };
    let statement = statement::during(&question, before, now, missing);
    let is_held = held(plan, Level::AccessPoints).is_some();
    let open: Vec<bool> = (inventory.access_points.iter())
        .zip(&plan.access_points)
        .map(|(row, access_point_change)| match row.state {
            AccessPointState::Active => true,
            AccessPointState::Standby | AccessPointState::Opened => {
                let is_opened = access_point_change.after == AccessPointUse::Opened;
                scenario.policy.open_standby && (is_opened || !is_held)
            }
        })
        .collect();
    let gone = gone(&statement, &open);
    let (fixed, was_cut): (Vec<_>, Vec<_>) = (0..statement.believed.slices())
        .map(|slice| fixed_load(&statement, &gone, slice))
        .unzip();
    let sites = (0..inventory.sites.len()).map(SiteId::new);
    let previous = period.checked_sub(1).map(|before| &whole.periods[before]);
    Asked {
        crowded: sites
            .map(|site| has_less_free(inventory, before, &statement.believed, current, site))
            .collect(),
        pools: carrying_members(inventory, &statement.believed, &fixed[0]),
        is_returning: scenario.policy.after == After::Return && !plan.case.is_event_in_force,
        is_going_on: plan.period.phase != Phase::Known
            && previous.is_some_and(|previous| previous.case == plan.case),
        max_latency: scenario.policy.max_latency.map(|limit| limit.0),
        statement,
        plan,
        gone,
        fixed,
        was_cut,
    }
}

/// What a plan has at a level, if that comes before moves.
fn held(plan: &PeriodPlan, level: Level) -> Option<f64> {
    let mut before = plan
        .stages
        .iter()
        .take_while(|stage| stage.level.goal() != Goal::Moves);
    before
        .find(|stage| stage.level == level)
        .map(|stage| stage.plan)
}

impl Asked<'_> {
    fn is_affected(
        &self,
        scenario: &Scenario,
        shard: usize,
        at: Option<SiteId>,
        paths: &[Path],
    ) -> bool {
        let now = &self.statement.believed;
        scenario.policy.existing_shortfall == ExistingShortfall::Repair
            || now.surged[shard]
            || at.is_some_and(|site| {
                self.crowded[site.index()]
                    || is_touched_at(self.statement.inventory, now, paths, site)
            })
    }

    fn is_usable(&self, path: &Path) -> bool {
        let is_gone = |component: &ComponentId| self.gone[component.index()];
        !path.components.iter().any(is_gone)
            && path
                .pools
                .iter()
                .all(|pool| !self.pools[pool.index()].is_empty())
    }

    /// What one user of a shard on a path loads in a slice: by component and resource.
    fn loads(&self, slice: usize, shard: usize, path: &Path) -> Vec<([usize; 2], f64)> {
        let inventory = self.statement.inventory;
        let site = inventory.site_component(path.site).index();
        let alone = path
            .components
            .iter()
            .map(|component| (component.index(), 1.0));
        let pooled = path.pools.iter().flat_map(|pool| {
            let members = &self.pools[pool.index()];
            let share = 1.0 / members.len() as f64;
            members.iter().map(move |member| (member.index(), share))
        });
        let mut all = Vec::new();
        for (component, share) in alone.chain(pooled) {
            for (r, resource) in inventory.resources.iter().enumerate() {
                if component != site && resource.scope == Scope::Site {
                    continue;
                }
                let believed = &self.statement.believed;
                let mut demand = believed.demand_in(inventory, slice, shard, r) * share;
                let has_share_in_fixed = component == site
                    && has_copy(inventory, shard, path.site)
                    && !self.was_cut[slice][[site, r]];
                if has_share_in_fixed {
                    demand *= 1.0 - resource.replica_share;
                }
                if demand > 0.0 {
                    all.push(([component, r], demand));
                }
            }
        }
        all
    }
}

impl Written<'_> {
    fn add_period(
        &mut self,
        asked: &Asked<'_>,
        places: &mut [BTreeMap<Stood, Terms>],
        left_out: &[bool],
        paths: &[Vec<Path>],
    ) {
        let slices = asked.statement.believed.slices();
        let mut relief: Terms = Vec::new();
        let mut moved: Terms = Vec::new();
        let mut latency: Terms = Vec::new();
        let mut loads = vec![Array2::from_elem(asked.fixed[0].dim(), Terms::new()); slices];
        for shard in (0..places.len()).filter(|shard| !left_out[*shard]) {
            let users = asked.statement.users[shard];
            let from = std::mem::take(&mut places[shard]);
            if asked.is_going_on {
                places[shard] = from;
                continue;
            }
            if users <= 0.0 {
                for (previous, terms) in from {
                    let current = Self::current(asked, previous);
                    let is_open = |site: &SiteId| !asked.gone[site.index()];
                    let after = current.filter(is_open).or(previous.1);
                    let stands = Self::stands(asked, previous, after);
                    places[shard].entry(stands).or_default().extend(terms);
                }
                continue;
            }
            let mut at_home: BTreeMap<SiteId, Terms> = BTreeMap::new();
            for (previous, terms) in from {
                let current = Self::current(asked, previous);
                let is_affected = asked.is_affected(self.scenario, shard, current, &paths[shard]);
                let mut steps: Terms = terms.iter().map(|(column, one)| (*column, -one)).collect();
                for site in (0..self.inventory.sites.len()).map(SiteId::new) {
                    let may = may_run_at(
                        self.inventory,
                        &self.scenario.policy,
                        &asked.statement.believed,
                        is_affected,
                        shard,
                        current,
                        site,
                    );
                    if !may || asked.gone[site.index()] {
                        continue;
                    }
                    let step = self.lp.column(1.0);
                    steps.push((step, 1.0));
                    at_home.entry(site).or_default().push((step, 1.0));
                    places[shard]
                        .entry(Self::stands(asked, previous, Some(site)))
                        .or_default()
                        .push((step, 1.0));
                    if current.is_some_and(|current| current != site) {
                        let units = users / self.unit;
                        moved.push((step, units));
                        if !has_copy(self.inventory, shard, site) {
                            self.copied.push((step, units));
                        }
                        if !is_affected {
                            relief.push((step, units));
                        }
                    }
                }
                self.lp.equal(steps, 0.0);
            }
            for (slice, loads) in loads.iter_mut().enumerate() {
                let mut routes: BTreeMap<SiteId, Terms> = at_home.clone();
                for path in paths[shard].iter().filter(|path| asked.is_usable(path)) {
                    let Some(route) = routes.get_mut(&path.site) else {
                        continue;
                    };
                    let column = self.lp.column(1.0);
                    route.push((column, -1.0));
                    let of_time = asked.statement.believed.hours.weight[slice];
                    latency.push((column, of_time * path.latency * users));
                    for (at, demand) in asked.loads(slice, shard, path) {
                        loads[at].push((column, demand * users));
                    }
                }
                for path in routes.into_values() {
                    self.lp.equal(path, 0.0);
                }
            }
        }
        let others = asked.plan.parts.iter();
        let others: Vec<&Part> = others
            .filter(|part| left_out[part.shard.index()] && part.has_left())
            .collect();
        let sum = |of: &dyn Fn(&&&Part) -> bool| -> f64 {
            others
                .iter()
                .filter(|part| of(part))
                .map(|part| part.users)
                .sum()
        };
        let moved_by_others = sum(&|_| true);
        let is_unaffected = |part: &Part| {
            let shard = part.shard.index();
            !asked.is_affected(self.scenario, shard, part.current, &paths[shard])
        };
        let relief_by_others = sum(&|part| is_unaffected(part));
        self.copied_by_others += sum(&|part| {
            let site = part.site.expect("who has left is somewhere");
            !has_copy(self.inventory, part.shard.index(), site)
        });
        self.moved_by_others += moved_by_others;
        self.moved.extend(moved.iter().copied());
        if asked.is_going_on {
            return;
        }
        if let Some(held) = held(asked.plan, Level::Relief) {
            let left = (held - relief_by_others).max(0.0) / self.unit;
            self.lp.at_most(relief, left + self.slack);
        }
        if let Some(held) = held(asked.plan, Level::Latency) {
            let others: f64 = (0..slices)
                .map(|slice| asked.latency_of_others(slice, left_out))
                .sum();
            let whole = held.max(1.0);
            for (_, value) in &mut latency {
                *value /= whole;
            }
            self.lp
                .at_most(latency, (held - others) / whole + self.slack);
        }
        if let Some(most) = self.scenario.policy.max_moved_users {
            self.lp
                .at_most(moved, (most - moved_by_others) / self.unit + self.slack);
        }
        let others: Vec<Array2<f64>> = (0..slices)
            .map(|slice| asked.loads_of_others(slice, left_out, paths))
            .collect();
        self.add_load_rows(asked, &loads, &others);
    }

    /// Where a shard is that is to return to the first, and is at the second.
    fn current(asked: &Asked<'_>, (settled, at): Stood) -> Option<SiteId> {
        if asked.is_returning {
            settled.or(at)
        } else {
            at
        }
    }

    /// The same behind a period that has it at a site.
    fn stands(asked: &Asked<'_>, (settled, _): Stood, at: Option<SiteId>) -> Stood {
        if asked.is_returning {
            (at, at)
        } else {
            (settled, at)
        }
    }

    fn add_load_rows(
        &mut self,
        asked: &Asked<'_>,
        loads: &[Array2<Terms>],
        others: &[Array2<f64>],
    ) {
        let statement = &asked.statement;
        let believed = &statement.believed;
        let worst = held(asked.plan, Level::Worst);
        let shape = asked.fixed[0].dim();
        let mut total: Terms = Vec::new();
        for (e, r) in (0..shape.0).flat_map(|e| (0..shape.1).map(move |r| (e, r))) {
            let Some(left) = believed.left(e, r).filter(|_| !asked.gone[e]) else {
                continue;
            };
            let target = believed.target[[e, r]];
            let missing = statement.missing_before[[e, r]];
            let has_target = left > 0.0 && statement.has_target[[e, r]] && worst.is_some();
            let s = has_target.then(|| {
                let most = (1.0 - missing).min(worst.unwrap_or(0.0) + self.slack);
                let s = self.lp.column(most.max(0.0));
                let mean = mean_demand(statement, r);
                if mean > 0.0 {
                    total.push((s, target * left / mean / self.unit));
                }
                s
            });
            for ((loads, others), fixed) in loads.iter().zip(others).zip(&asked.fixed) {
                let terms = &loads[[e, r]];
                if left <= 0.0 {
                    self.lp.at_most(terms.clone(), 0.0);
                    continue;
                }
                let mut row: Terms = (terms.iter())
                    .map(|(column, load)| (*column, load / left))
                    .collect();
                let mut spare = 1.0 - (fixed[[e, r]] + others[[e, r]]) / left;
                if let Some(s) = s {
                    row.push((s, -target));
                    spare -= target * (1.0 - missing);
                }
                self.lp.at_most(row, spare + self.slack);
            }
        }
        if let Some(held) = held(asked.plan, Level::Total) {
            self.lp.at_most(total, held / self.unit + self.slack);
        }
    }
}

/// `q̄`: mean demand of a user over all shards.
fn mean_demand(statement: &Statement<'_>, resource: usize) -> f64 {
    let users: f64 = statement.users.iter().sum();
    let values = statement.users.iter().enumerate();
    let demand: f64 = values
        .map(|(shard, users)| {
            let inventory = statement.inventory;
            users * statement.believed.demand(inventory, shard, resource)
        })
        .sum();
    if users > 0.0 { demand / users } else { 0.0 }
}
