//! The survival row of a case that is planned again: what its prices say of users wherever a plan might home them.
//!
//! With it stands what homes come to in every case that is to be survived, and what is learnt while they are sought:
//! the rows so far, and what each of their cases stands for.

use super::super::by_kind::Parted;
use super::super::instant::{Asking, WhoIsAffected};
use super::super::settled::Depth;
use super::super::sweep::ByRule;
use super::homes::Homed;
use crate::error::Result;
use crate::formulation::goals::Level;
use crate::formulation::rows::{ExposureRow, Survival, SurvivalRow};
use crate::formulation::{Detail, Mark, Problem, Rules, Setting, Standing, Touches, WhoId, copies};
use crate::graph::PathsThrough;
use crate::ids::SiteId;
use crate::model::{Case, Contingencies, Failing};
use crate::solve::{Fewest, OfDemand, Stop, fewest_unserved};
use crate::units::{NOBODY, SOLVER_TOLERANCE};
use rayon::prelude::*;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// The row that a case adds to a problem whose classes are distinguished, by the prices that prove the fewest users who are
/// unserved in it from the homes that are asked about; `position` is that of the case among those with rows. `None` if
/// no prices were found.
pub(super) fn survival_row(
    asking: Asking<'_>,
    problem: &Problem<'_>,
    (known, position): (&Case, usize),
    stop: &Stop,
) -> Result<Option<SurvivalRow>> {
    let folded = asking.folded(known);
    asking.in_setting(known, &folded, WhoIsAffected::Touched, |setting| {
        let of_case = Problem::beside(setting, Some(&asking.instant.found), Detail::Values);
        let Some(fewest) = fewest_unserved(&of_case, stop)? else {
            return Ok(None);
        };
        Ok(Some(SurvivalRow {
            case: position,
            holds_always: true,
            limit: fewest.spare(),
            costs: of_everybody(costs(problem, &setting, &fewest, &asking.instant.lowered)),
        }))
    })
}

/// What holds for everybody, by who they are.
pub(super) fn of_everybody(costs: Vec<Vec<(SiteId, f64)>>) -> Vec<(WhoId, Vec<(SiteId, f64)>)> {
    (0..).zip(costs).collect()
}

/// By who there is in a problem, what one of them costs by the site where a plan homes them.
fn costs(
    problem: &Problem<'_>,
    of_case: &Setting<'_>,
    fewest: &Fewest<'_>,
    lowered: &[bool],
) -> Vec<Vec<(SiteId, f64)>> {
    // Rules speak of replicas by their position, which is that of the problem's shards.
    let rules = Rules::new(Setting {
        folded: problem.setting.folded,
        ..*of_case
    });
    let kinds = &problem.setting.folded.kinds;
    let paths = PathsThrough::default();
    let (inventory, network) = (of_case.inventory, of_case.network);
    let mut touches = Touches::new(
        (inventory, network),
        &paths,
        of_case.case,
        of_case.policy,
        &kinds.crowds,
        lowered,
    );
    let homed: Vec<Vec<(SiteId, bool)>> = (problem.classes.who.iter())
        .zip(sites_by_who(problem))
        .map(|(who, sites)| {
            let sites = sites.into_iter();
            sites
                .map(|site| (site, touches.touches(who.crowd, Some(site))))
                .collect()
        })
        .collect();
    let fares = SurvivalPrices::new(problem, fewest);
    homed
        .into_par_iter()
        .enumerate()
        .map(|(who, sites)| {
            let standing = problem.classes.who[who].standing;
            let fares = fares.of(who);
            let of_home = |(site, is_affected): (SiteId, bool)| {
                let standing = Standing {
                    current: Some(site),
                    ..standing
                };
                let open = rules.sites(&standing, is_affected);
                let least = open.ones().filter_map(|index| {
                    let to = SiteId::new(index);
                    let of_move = if to == site { 0.0 } else { fewest.of_move() };
                    Some(fares.to(to)? + of_move)
                });
                (site, least.fold(1.0, f64::min).max(0.0))
            };
            sites.into_iter().map(of_home).collect()
        })
        .collect()
}

/// What users pay under the prices of a case.
pub(super) struct SurvivalPrices<'p> {
    problem: &'p Problem<'p>,
    /// By demand.
    demands: Vec<OfDemand<'p>>,
}

/// The same of one kind of users. Most prices are asked for more than once.
pub(super) struct FaresOf<'f, 'p> {
    fares: &'f SurvivalPrices<'p>,
    who: usize,
    copies: Vec<SiteId>,
    /// By site.
    known: Vec<OnceCell<Option<f64>>>,
}

impl<'p> SurvivalPrices<'p> {
    pub(super) fn new(problem: &'p Problem<'p>, fewest: &Fewest<'p>) -> Self {
        let demands = problem.classes.demands.iter();
        Self {
            problem,
            demands: demands.map(|demand| fewest.of_demand(demand)).collect(),
        }
    }

    /// What one of who is at a position pays.
    pub(super) fn of(&self, who: usize) -> FaresOf<'_, 'p> {
        let classes = &self.problem.classes;
        let kinds = &self.problem.setting.folded.kinds;
        FaresOf {
            fares: self,
            who,
            copies: copies(kinds, &classes.who[who].standing),
            known: vec![OnceCell::new(); self.problem.setting.inventory.sites.len()],
        }
    }
}

impl FaresOf<'_, '_> {
    /// The least that a user served at a site pays; `None` if no open path leads there.
    pub(super) fn to(&self, site: SiteId) -> Option<f64> {
        let (fares, copies) = (self.fares, &self.copies);
        let classes = &fares.problem.classes;
        let group = &classes.groups[classes.who[self.who].group];
        *self.known[site.index()].get_or_init(|| {
            let has_copy = copies.binary_search(&site).is_ok();
            let demand = &fares.demands[group.demand];
            demand.at(group, site, has_copy)
        })
    }
}

/// By who there is, where a plan may home them, ascending.
pub(super) fn sites_by_who(problem: &Problem<'_>) -> Vec<Vec<SiteId>> {
    let mut sites: Vec<Vec<SiteId>> = vec![Vec::new(); problem.classes.who.len()];
    for class in &problem.classes.classes {
        sites[class.who as WhoId as usize].extend(class.sites.iter());
    }
    for one_sites in &mut sites {
        one_sites.sort_unstable();
        one_sites.dedup();
    }
    sites
}

/// A case that is not survived.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Lost {
    pub(in crate::engine) case: usize,
    /// Users who are unserved in it and would not be without it.
    pub(in crate::engine) users: f64,
    /// Those among them that the rules leave no open site.
    pub(in crate::engine) stuck: f64,
}

/// Who is unserved in a case: users by rank, and those among them that the rules leave no open site.
type UnservedInCase = (Vec<f64>, f64);

/// Users who are unserved in a case beyond those without its failures: that others of another rank are served instead of
/// them is no consolation.
fn beyond(unserved: &[f64], without: &[f64]) -> f64 {
    let both = unserved.iter().zip(without);
    both.map(|(value, without)| (value - without).max(0.0))
        .sum()
}

/// What fails in a case, on top of what is in force.
pub(super) fn known(asking: Asking<'_>, contingencies: &Contingencies, case: usize) -> Case {
    asking.case(&contingencies.events(asking.backdrop.inventory, case))
}

/// Unserved users by case, from the homes of an instant, where the optimiser runs again; `None` if a stop was raised.
fn replanned(
    asking: Asking<'_>,
    contingencies: &Contingencies,
    stop: &Stop,
) -> Result<Option<Vec<UnservedInCase>>> {
    let parted = Parted::new(contingencies, Depth::Verdict);
    let unserved = |case: usize| -> Result<Option<UnservedInCase>> {
        if stop.is_raised() {
            return Ok(None);
        }
        let known = known(asking, contingencies, case);
        let pair = (case, &known);
        let unserved = parted.settle(asking, contingencies, pair, Depth::Verdict, |settled| {
            let ranks = 0..settled.problem.classes.ranks.len();
            let by_default = settled.problem.amounts_by_default();
            let users = ranks.map(|rank| settled.value(Level::Unserved(rank)));
            (users.collect(), by_default.levels.unserved.iter().sum())
        })?;
        Ok(Some(unserved))
    };
    let all: Result<Vec<Option<UnservedInCase>>> = (0..contingencies.count())
        .into_par_iter()
        .map(unserved)
        .collect();
    Ok(all?.into_iter().collect())
}

/// The same where nobody decides, from the plan that homes users so.
fn by_rule(
    asking: Asking<'_>,
    contingencies: &Contingencies,
    rule: &ByRule,
    stop: &Stop,
) -> Option<Vec<UnservedInCase>> {
    let unserved = |case: usize| {
        let known = known(asking, contingencies, case);
        let folded = asking.folded(&known);
        let users = asking.in_setting(&known, &folded, WhoIsAffected::Everybody, |setting| {
            rule.unserved(setting)
        });
        let unserved = (users, 0.0);
        (!stop.is_raised()).then_some(unserved)
    };
    let cases = 0..contingencies.count();
    cases.into_par_iter().map(unserved).collect()
}

/// The cases that are not survived, ascending; and how many users are unserved without a failure though the rules leave them
/// an open site: users who fail may free capacity for them, so nothing is proven of what else is lost. `None` if a stop was
/// raised.
pub(in crate::engine) fn lost(
    asking: Asking<'_>,
    contingencies: &Contingencies,
    rule: Option<&ByRule>,
    stop: &Stop,
) -> Result<Option<(Vec<Lost>, f64)>> {
    let unserved = match rule {
        None => replanned(asking, contingencies, stop)?,
        Some(rule) => by_rule(asking, contingencies, rule, stop),
    };
    Ok(unserved.map(|unserved| {
        let (without, stuck_without) = &unserved[0];
        let all = unserved.iter().enumerate().skip(1);
        let all = all.map(|(case, (users, stuck))| Lost {
            case,
            users: beyond(users, without),
            stuck: (stuck - stuck_without).max(0.0),
        });
        let all = all.filter(|lost| !contingencies.is_repeated(lost.case));
        let lost = all.filter(|lost| lost.users > NOBODY).collect();
        let short = without.iter().sum::<f64>() - stuck_without;
        (lost, short)
    }))
}

/// The most rows of losses along paths: each makes users a group of their own.
const MOST_EXPOSURES: usize = 400;

/// What rows are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    Case(usize),
    /// A tenant whose loss is bounded, by its mark.
    Tenant(Mark),
}

/// The rows so far.
#[derive(Default)]
pub(super) struct Learnt {
    pub(super) survival: Survival,
    position_of: BTreeMap<About, usize>,
    /// Whose exposure to what has a row.
    exposed: BTreeSet<(Mark, Vec<Failing>)>,
}

impl Learnt {
    /// The position of a case or tenant among those with rows; what is new gets one.
    pub(super) fn position(&mut self, about: About) -> usize {
        let next = self.position_of.len();
        let position = *self.position_of.entry(about).or_insert(next);
        self.survival.case_count = self.position_of.len();
        position
    }

    pub(super) fn of_cases(&self) -> Survival {
        let is_case = |about: &About| matches!(about, About::Case(_));
        let positions = self.position_of.iter();
        let positions = positions.filter(|(about, _)| is_case(about));
        let positions: BTreeSet<usize> = positions.map(|(_, position)| *position).collect();
        let rows = self.survival.rows.iter();
        let rows = rows.filter(|row| positions.contains(&row.case));
        Survival {
            case_count: self.survival.case_count,
            rows: rows.cloned().collect(),
            exposures: Vec::new(),
        }
    }

    /// `true` if a row says more of homes than all that hold of them already.
    pub(super) fn is_news(&self, row: &SurvivalRow, homed: &[Homed]) -> bool {
        let says = unserved_by(row, homed);
        let known = self.survival.rows.iter();
        let known =
            known.filter(|survival_row| survival_row.case == row.case && survival_row.holds_always);
        let said = known.map(|survival_row| unserved_by(survival_row, homed));
        says > said.fold(0.0, f64::max) + NOBODY.max(SOLVER_TOLERANCE * says)
    }

    pub(super) fn is_known(&self, mark: Mark, members: &[Failing]) -> bool {
        self.exposed.contains(&(mark, members.to_vec()))
    }

    /// Adds the row of a tenant and members; `false` if there are too many.
    pub(super) fn take_exposure(
        &mut self,
        mark: Mark,
        members: Vec<Failing>,
        row: ExposureRow,
    ) -> bool {
        let has_room = self.survival.exposures.len() < MOST_EXPOSURES;
        if has_room && self.exposed.insert((mark, members)) {
            self.survival.exposures.push(row);
            return true;
        }
        false
    }

    /// Adds rows. A row that is true only of the homes from which it was made gives place to newer ones.
    pub(super) fn take(&mut self, rows: Vec<SurvivalRow>) {
        let is_old =
            |survival_row: &SurvivalRow| rows.iter().any(|new| new.case == survival_row.case);
        let all = &mut self.survival.rows;
        all.retain(|survival_row| survival_row.holds_always || !is_old(survival_row));
        all.extend(rows);
    }
}

/// Users that a row proves to be unserved in its case, where users are homed so.
fn unserved_by(row: &SurvivalRow, homed: &[Homed]) -> f64 {
    let homed = homed.iter();
    let cost: f64 = homed
        .map(|homed| homed.users * row.cost(homed.who, homed.site))
        .sum();
    cost - row.limit
}
