//! Cases that nobody plans again: where each shard is then served, and the row that its prices add.
//!
//! Users who have lost their site go where the rule says, so that a case decides nothing but paths; the row counts what the
//! best paths would leave unserved. The rule itself steers as it steers, and may lose more.

use super::super::instant::{Asking, WhoIsAffected};
use super::homes::PlannedHomes;
use super::rows::{SurvivalPrices, of_everybody, sites_by_who};
use crate::error::Result;
use crate::formulation::rows::SurvivalRow;
use crate::formulation::{
    Affected, Detail, Folded, FoundProfilePaths, GroupId, Problem, Rules, Setting, SiteSet,
    Standing,
};
use crate::ids::SiteId;
use crate::model::{Case, Movers, Policy, Recovery};
use crate::solve::{Stop, fewest_unserved};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Sites that serve users, with their shares of them; none if they are unserved.
type Serving = Vec<(SiteId, f64)>;

/// The row that a case adds to a problem whose classes are distinguished, from homes that are planned; `position` is that
/// of the case among those with rows. `None` if no prices were found.
pub(super) fn survival_row_by_rule(
    asking: Asking<'_>,
    problem: &Problem<'_>,
    (known, position): (&Case, usize),
    (planned, recovery): (&PlannedHomes, Recovery),
    stop: &Stop,
) -> Result<Option<SurvivalRow>> {
    let (of_homes, found) = (asking.folded(known), &asking.instant.found);
    asking.in_setting(known, &of_homes, WhoIsAffected::Touched, |setting| {
        let rule = TakeoverRule::new(problem, &setting, found, planned, recovery);
        let serving = rule.all();
        let mut homes = planned.homes.clone();
        for crowd in &planned.crowds {
            let by_site = &serving[crowd.who as usize];
            let Ok(at) = by_site.binary_search_by_key(&crowd.site, |(site, _)| *site) else {
                continue;
            };
            let to = &by_site[at].1;
            if !to.is_empty() && to[0].0 != crowd.site {
                for shard in &crowd.shards {
                    homes.settle(*shard, to);
                }
            }
        }
        let (inventory, policy) = (setting.inventory, bound(setting.policy));
        let folded = Folded::new(inventory, known, &homes);
        let nobody = Affected::none(&folded.kinds);
        let of_case = Problem::beside(
            Setting {
                policy: &policy,
                current: &homes,
                folded: &folded,
                is_affected: &nobody,
                ..setting
            },
            Some(found),
            Detail::Values,
        );
        let Some(fewest) = fewest_unserved(&of_case, stop)? else {
            return Ok(None);
        };
        let fares = SurvivalPrices::new(problem, &fewest);
        let costs = serving
            .into_par_iter()
            .enumerate()
            .map(|(who, by_site)| {
                let fares = fares.of(who);
                let cost = |to: Serving| -> f64 {
                    let fares = to.iter().map(|(site, share)| {
                        share * fares.to(*site).unwrap_or(1.0).clamp(0.0, 1.0)
                    });
                    if to.is_empty() { 1.0 } else { fares.sum() }
                };
                let by_site = by_site.into_iter();
                by_site.map(|(site, to)| (site, cost(to))).collect()
            })
            .collect();
        Ok(Some(SurvivalRow {
            case: position,
            holds_always: recovery != Recovery::Rescale,
            limit: fewest.spare(),
            costs: of_everybody(costs),
        }))
    })
}

/// A policy under which all users stay where they are.
fn bound(policy: &Policy) -> Policy {
    Policy {
        movers: Movers::Affected,
        max_moved_users: None,
        ..policy.clone()
    }
}

/// The rule of a recovery in one case.
struct TakeoverRule<'r, 'a> {
    problem: &'r Problem<'a>,
    of_case: Problem<'r>,
    rules: Rules<'r>,
    recovery: Recovery,
    /// By group, then site: the plan's users.
    users: BTreeMap<(GroupId, SiteId), f64>,
}

impl<'r, 'a> TakeoverRule<'r, 'a> {
    fn new(
        problem: &'r Problem<'a>,
        of_case: &Setting<'r>,
        found: &FoundProfilePaths,
        planned: &PlannedHomes,
        recovery: Recovery,
    ) -> Self {
        let classes = &problem.classes;
        let mut users = BTreeMap::new();
        for planned_crowd in &planned.crowds {
            let group = classes.who[planned_crowd.who as usize].group;
            *users.entry((group, planned_crowd.site)).or_insert(0.0) += planned_crowd.users;
        }
        Self {
            problem,
            of_case: Problem::beside(*of_case, Some(found), Detail::Values),
            // Rules speak of replicas by their position, which is that of the problem's shards.
            rules: Rules::new(Setting {
                folded: problem.setting.folded,
                ..*of_case
            }),
            recovery,
            users,
        }
    }

    /// By who there is, then by the site where a plan may home them, ascending: where they are served in the case.
    fn all(&self) -> Vec<Vec<(SiteId, Serving)>> {
        let all = sites_by_who(self.problem).into_iter().enumerate();
        all.map(|(who, sites)| {
            let sites = sites.into_iter();
            sites.map(|site| (site, self.serving(who, site))).collect()
        })
        .collect()
    }

    /// Where those are served who are homed at a site.
    fn serving(&self, who: usize, site: SiteId) -> Serving {
        let standing = Standing {
            current: Some(site),
            ..self.problem.classes.who[who].standing
        };
        let is_open = !self.of_case.setting.case.gone[site.index()];
        if is_open && self.latency(who, site).is_some() {
            return vec![(site, 1.0)];
        }
        // Users who have lost their path are affected.
        let permitted = self.rules.sites(&standing, true);
        match self.recovery {
            Recovery::Replicas => self.replica(who, &permitted),
            Recovery::Rescale => self.rescaled(who, site, &permitted),
            Recovery::Replan => Serving::new(),
        }
    }

    /// The least latency of a path to a site, where one leads there within the limit.
    fn latency(&self, who: usize, site: SiteId) -> Option<f64> {
        let classes = &self.problem.classes;
        let group = &classes.groups[classes.who[who].group];
        let profile = classes.demands[group.demand].profile.index();
        let paths = &self.of_case.profile_paths.with_standby[profile];
        let cost = paths.cost(group.client_region, site, group.max_latency)?;
        Some(cost.latency)
    }

    fn replica(&self, who: usize, permitted: &SiteSet) -> Serving {
        let standing = &self.problem.classes.who[who].standing;
        let kinds = &self.problem.setting.folded.kinds;
        let first = kinds
            .takeovers(standing)
            .find(|site| permitted.contains(site.index()) && self.latency(who, *site).is_some());
        first.map(|site| (site, 1.0)).into_iter().collect()
    }

    fn rescaled(&self, who: usize, lost: SiteId, permitted: &SiteSet) -> Serving {
        let group = self.problem.classes.who[who].group;
        let all = permitted.ones().map(SiteId::new);
        let left = all.filter(|site| *site != lost && self.latency(who, *site).is_some());
        let left: Vec<SiteId> = left.collect();
        let users = |site: &SiteId| self.users.get(&(group, *site)).copied().unwrap_or(0.0);
        let steered: f64 = left.iter().map(users).sum();
        if steered > 0.0 {
            let shares = left.iter().map(|site| (*site, users(site) / steered));
            return shares.filter(|(_, share)| *share > 0.0).collect();
        }
        let latency = |site: &SiteId| self.latency(who, *site).unwrap_or(f64::INFINITY);
        let nearest = left
            .iter()
            .min_by(|a, b| latency(a).total_cmp(&latency(b)).then(a.cmp(b)));
        nearest.map(|site| (*site, 1.0)).into_iter().collect()
    }
}
