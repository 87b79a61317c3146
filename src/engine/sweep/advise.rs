//! Why users stay unserved in a case, and the smallest repairs, each of which is tried by planning again.

use super::super::plan::Options;
use super::super::planner::Planner;
use super::super::quotas::{Missing, ShortUsers, short, tried};
use super::super::settle::settle;
use super::super::settled::{Depth, SettledCase};
use super::cells::SweepContext;
use super::replan::priced;
use super::sweeper::Sweeper;
use crate::error::Result;
use crate::formulation::goals::Level;
use crate::formulation::{ClassId, KindId};
use crate::ids::{ComponentId, ResourceId, SiteId};
use crate::model::{Case, Drain, Failover, Inventory, MoveRule, Recovery, ReplicaState, Scenario};
use crate::plan::Relaxed;
use crate::plan::sweep::{Advice, Repair, ServingObstacle, UnservedReason};
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// How many reasons are given for a case.
const MOST_REASONS: usize = 3;

/// How many repairs are named for a case.
const MOST_REPAIRS: usize = 3;

impl Sweeper {
    /// Why users stay unserved in a case when it is planned again, and what would serve them; `None` if nobody does.
    ///
    /// # Errors
    /// Those of [`plan`](super::super::plan).
    pub fn advice(&self, case: usize, options: &Options<'_>) -> Result<Option<Advice>> {
        let planner = self.planner();
        let known = self.known(planner, case);
        let looked = look(planner, &known, Some(self.context()))?;
        if looked.unserved <= NOBODY {
            return Ok(None);
        }
        let mut repairs = Vec::new();
        if looked.unserved - looked.trapped > NOBODY {
            let rules = Vec::new();
            repairs.extend(tried(
                planner.asking(),
                &known,
                rules,
                (looked.missing.as_deref(), looked.unserved),
            )?);
        }
        let may_give = may_give(&looked.because);
        let mut sets: Vec<Vec<Relaxed>> = may_give.iter().map(|rule| vec![*rule]).collect();
        if may_give.len() > 1 {
            sets.push(may_give);
        }
        for rules in sets {
            if options.stop.is_raised() {
                break;
            }
            let relaxed = self.relaxed(&rules, options)?;
            let known = self.known(&relaxed, case);
            let case_look = look(&relaxed, &known, None)?;
            repairs.extend(tried(
                relaxed.asking(),
                &known,
                rules,
                (case_look.missing.as_deref(), looked.unserved),
            )?);
        }
        repairs.retain(|repair: &Repair| repair.unserved_after < looked.unserved - NOBODY);
        repairs.sort_by(|a, b| {
            let key = |repair: &Repair| {
                (
                    repair.unserved_after,
                    repair.rules.len(),
                    repair.capacity_users,
                )
            };
            let (a, b) = (key(a), key(b));
            let users = a.0.total_cmp(&b.0);
            users.then(a.1.cmp(&b.1)).then(a.2.total_cmp(&b.2))
        });
        // More rules that give are of no use where as many stay unserved.
        let mut kept: Vec<Repair> = Vec::new();
        for repair in repairs {
            let is_less = |one_repair: &Repair| {
                one_repair.unserved_after <= repair.unserved_after + NOBODY
                    && one_repair
                        .rules
                        .iter()
                        .all(|rule| repair.rules.contains(rule))
                    && one_repair.capacity_users <= repair.capacity_users + NOBODY
            };
            if !kept.iter().any(is_less) {
                kept.push(repair);
            }
        }
        kept.truncate(MOST_REPAIRS);
        let mut because = looked.because;
        because.truncate(MOST_REASONS);
        Ok(Some(Advice {
            case,
            recovery: Recovery::Replan,
            because,
            repairs: kept,
        }))
    }

    /// The same planner with rules that give.
    fn relaxed(&self, rules: &[Relaxed], options: &Options<'_>) -> Result<Planner> {
        let mut inventory: Inventory = self.planner().inventory().clone();
        let mut scenario: Scenario = self.planner().scenario().clone();
        for rule in rules {
            rule.lift(&mut inventory, &mut scenario);
        }
        let mut planner = Planner::new(inventory, scenario)?;
        let period = self.period();
        if period.index > 0 {
            planner = planner.at_period(period.index, options)?.0;
        }
        if self.begins_at_plan() {
            planner = planner.at_homes(self.planner().homes().clone(), period.start);
        }
        Ok(planner)
    }
}

/// What is seen of a case that leaves users unserved.
struct CaseLook {
    unserved: f64,
    trapped: f64,
    because: Vec<UnservedReason>,
    /// The least capacity that is missing; empty where only rules keep users from being served.
    missing: Option<Missing>,
}

/// Looks at a case; reasons are given only on the context of a sweep.
fn look(planner: &Planner, case: &Case, context: Option<&SweepContext>) -> Result<CaseLook> {
    settle(
        planner.asking(),
        case,
        Depth::Verdict,
        None,
        |settled| -> Result<CaseLook> {
            let ShortUsers {
                unserved,
                trapped,
                missing,
            } = short(settled)?;
            Ok(CaseLook {
                unserved,
                trapped,
                because: context.map_or_else(Vec::new, |context| because(settled, context)),
                missing,
            })
        },
    )?
}

/// The rules that keep anybody from being served, ascending.
fn may_give(because: &[UnservedReason]) -> Vec<Relaxed> {
    let rules_of = |unserved_reason: &UnservedReason| match &unserved_reason.obstacle {
        ServingObstacle::NoReplica | ServingObstacle::CopiesGone => vec![Relaxed::Copies],
        ServingObstacle::CopiesElsewhere(_) => vec![Relaxed::Copies, Relaxed::Jurisdiction],
        ServingObstacle::Jurisdiction(_)
        | ServingObstacle::Full {
            jurisdiction: Some(_),
            ..
        } => vec![Relaxed::Jurisdiction],
        ServingObstacle::Unreachable => vec![Relaxed::Latency],
        ServingObstacle::Pinned | ServingObstacle::NoSite | ServingObstacle::Full { .. } => {
            Vec::new()
        }
    };
    let mut rules: Vec<Relaxed> = because.iter().flat_map(rules_of).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

/// Why users stay unserved, most users first.
fn because(settled: &SettledCase<'_, '_>, context: &SweepContext) -> Vec<UnservedReason> {
    let problem = settled.problem;
    let kinds = &problem.setting.folded.kinds;
    let rank_of = |kind: KindId| {
        let tier = kinds.kinds[kind as usize].tier;
        context.rank_of_tier[tier.index()]
    };
    let is_unserved = |level| matches!(level, Level::Unserved(_));
    let full = priced(problem, &settled.levels, is_unserved);
    let mut sums: BTreeMap<(ServingObstacle, usize), f64> = BTreeMap::new();
    let mut class_of: BTreeMap<KindId, ClassId> = BTreeMap::new();
    for (kind, class) in problem.classes.class_of.kinds() {
        if problem.defaults[class].is_none() {
            let key = (why_trapped(settled, kind), rank_of(kind));
            *sums.entry(key).or_insert(0.0) += kinds.kinds[kind as usize].users;
        }
        class_of.insert(kind, class);
    }
    for (kind, path, users) in settled.by_kind() {
        let (None, Some(&class)) = (path, class_of.get(&kind)) else {
            continue;
        };
        let sites = problem.class(class).sites.to_vec();
        let at_them = |(component, _): &&(ComponentId, ResourceId)| {
            let site = SiteId::new(component.index());
            let is_site = component.index() < problem.setting.inventory.sites.len();
            !is_site || sites.contains(&site)
        };
        let obstacle = ServingObstacle::Full {
            jurisdiction: kinds.standing(kind).jurisdiction,
            full: full.iter().filter(at_them).copied().collect(),
            sites,
        };
        *sums.entry((obstacle, rank_of(kind))).or_insert(0.0) += users;
    }
    let mut all: Vec<UnservedReason> = sums
        .into_iter()
        .map(|((obstacle, rank), users)| UnservedReason {
            rank,
            users,
            obstacle,
        })
        .collect();
    all.sort_by(|a, b| b.users.total_cmp(&a.users));
    all
}

/// Why nobody can serve a kind.
fn why_trapped(settled: &SettledCase<'_, '_>, kind: KindId) -> ServingObstacle {
    let setting = &settled.problem.setting;
    let (case, inventory) = (setting.case, setting.inventory);
    let kinds = &setting.folded.kinds;
    let standing = kinds.standing(kind);
    let replicas = kinds.replicas(standing);
    let is_open = |site: SiteId| !case.gone[site.index()];
    let mut sites = (0..inventory.sites.len()).map(SiteId::new);
    if !sites.any(is_open) {
        return ServingObstacle::NoSite;
    }
    let is_home_open = standing.current.is_some_and(is_open);
    if is_home_open {
        return ServingObstacle::Unreachable;
    }
    if standing.move_rule == MoveRule::Pinned {
        return ServingObstacle::Pinned;
    }
    let has_failed = standing
        .current
        .is_some_and(|site| case.failed[site.index()]);
    let needs_copy = standing.move_rule == MoveRule::ReplicaOnly
        || standing.current.is_some()
            && if has_failed {
                setting.policy.failover == Failover::Replicas
            } else {
                setting.policy.drain == Drain::Replicas && !replicas.is_empty()
            };
    if needs_copy && replicas.is_empty() {
        return ServingObstacle::NoReplica;
    }
    let offers = |site: SiteId| {
        standing.jurisdiction.is_none_or(|jurisdiction| {
            inventory.sites[site.index()]
                .jurisdictions
                .contains(&jurisdiction)
        })
    };
    if needs_copy {
        let ready = replicas.iter();
        let ready = ready.filter(|(site, state)| *state == ReplicaState::Ready && is_open(*site));
        let ready: Vec<SiteId> = ready.map(|(site, _)| *site).collect();
        return match standing.jurisdiction {
            _ if ready.iter().any(|site| offers(*site)) => ServingObstacle::Unreachable,
            Some(jurisdiction) if !ready.is_empty() => {
                ServingObstacle::CopiesElsewhere(jurisdiction)
            }
            _ => ServingObstacle::CopiesGone,
        };
    }
    let mut sites = (0..inventory.sites.len()).map(SiteId::new);
    match standing.jurisdiction {
        Some(jurisdiction) if !sites.any(|site| is_open(site) && offers(site)) => {
            ServingObstacle::Jurisdiction(jurisdiction)
        }
        _ => ServingObstacle::Unreachable,
    }
}
