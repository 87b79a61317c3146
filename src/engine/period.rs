//! One period, planned from the one before (`model.md` §8).

use super::best_homes::best_homes;
use super::cuts::cuts;
use super::describe::{PlanSources, describe};
use super::instant::Backdrop;
use super::margin::{MarginRequest, error_margin, sites_of};
use super::near::placement_near;
use super::planning_context::{
    DetailLevel, PeriodStart, PlanningContext, PosedPeriod, is_going_on,
};
use super::protect::{Guarding, protect};
use super::relocations::RoundedHomes as WholeShards;
use super::watch::Stage as Doing;
use super::whole_shards::{Care, rounded, whole_shards};
use crate::error::{Error, Result};
use crate::formulation::{Detail, Narrowed, Problem};
use crate::ids::{ShardId, SiteId};
use crate::model::{Case, Homes, Scenario};
use crate::plan::explain::{Written, reasons};
use crate::plan::{ErrorMargin, Flow, Origin, Part, PeriodPlan, Protection};
use crate::scenario::{Knowledge, Period, case_at, hours_at};
use crate::solve::{self, Outcome, Proof, Stop, solve_from, solve_near};
use crate::units::NOBODY;

/// A planned period, and how far it is proven.
pub(super) struct PlannedPeriod {
    pub(super) plan: PeriodPlan,
    pub(super) proof: Proof,
    pub(super) has_cut_copies: bool,
}

pub(super) fn plan_period(
    context: &PlanningContext<'_>,
    period: Period,
    start: &PeriodStart<'_>,
) -> Result<PlannedPeriod> {
    let (inventory, scenario) = (context.inventory, context.scenario);
    let policy = &scenario.policy;
    context.watch.enter(Doing::Model);
    let posed = PosedPeriod::new(context, period, start);
    let PosedPeriod {
        case,
        current,
        watched,
        ..
    } = &posed;
    let problem = posed.problem(context);
    context.watch.enter(Doing::Solve);
    let near = context.near.get(period.index);
    let fractional = match near {
        Some(near) => {
            let placement = placement_near(&problem, context.groups, near);
            solve_near(&problem, placement, context.stop)?
        }
        None => solve::solve(&problem, context.stop)?,
    };
    context.watch.enter(Doing::WholeShards);
    let going_on = plan_of_before(period, start, case, current);
    let settled_sites = context
        .sites
        .and_then(|sites| sites.in_period(period.index));
    let homes = if policy.split_shards || going_on.is_some() {
        None
    } else if let Some(sites) = settled_sites {
        Some(WholeShards {
            narrowed: narrowed_to(&problem, sites),
            outcome: None,
        })
    } else {
        let care = if near.is_some() {
            Care::Likeliest
        } else {
            Care::Full
        };
        whole_shards(&problem, &fractional, care, &context.stop.with_plan())?
    };
    let is_searched = context.detail != DetailLevel::Numbers
        && near.is_none()
        && settled_sites.is_none()
        && scenario.protect.is_none();
    let (homes, whole_bounds) = match homes {
        Some(homes) if is_searched => {
            let stop = context.stop.with_plan();
            let is_one_of_many = context.detail != DetailLevel::Reasons;
            let shared = (context.periods, is_one_of_many);
            let (homes, bounds) = best_homes(&problem, &fractional, homes, shared, &stop)?;
            (Some(homes), bounds)
        }
        homes => (homes, Vec::new()),
    };
    let asks = scenario.protect.as_ref();
    let asks = asks.filter(|_| near.is_none() && going_on.is_none() && !policy.split_shards);
    let (homes, protection) = match asks {
        None => (homes, None),
        Some(asked) => {
            context.watch.enter(Doing::Protect);
            let guarding = Guarding {
                backdrop: Backdrop {
                    inventory,
                    network: context.network,
                    scenario,
                    before: Some(context.before),
                },
                protect: asked,
                watched: watched.as_ref(),
                problem: &problem,
                fractional: &fractional,
                groups: context.groups,
                previous: start.homes,
                quiet: &quiet(context, period),
                at: period.start,
                band: context.band,
                stop: context.stop,
            };
            let (homes, protection) = protected(&guarding, homes)?;
            (Some(homes), protection)
        }
    };
    let mut proof = fractional.proof;
    if asks.is_some() && context.stop.is_raised() {
        // Homes were sought until then, and no further.
        proof = Proof::Stopped;
    }
    let homes_near = near.filter(|_| settled_sites.is_none());
    let homes_near = homes_near.map(|near| homes_of(&problem, &near.parts));
    let (plan_problem, whole, narrowed) = match &homes {
        None => (None, None, None),
        Some(homes) => {
            let frozen = problem.narrowed(&homes.narrowed, Detail::Plan);
            let whole = if let Some(outcome) = &homes.outcome {
                outcome.clone()
            } else {
                let near = solve::Start {
                    problem: &problem,
                    outcome: &fractional,
                };
                solve_from(&frozen, near, &context.stop.with_plan())?
            };
            let as_found = &homes.narrowed;
            let (frozen, whole, narrowed) = match &homes_near {
                None => (frozen, whole, as_found),
                Some(homes_near) => {
                    let kept = problem.narrowed(homes_near, Detail::Plan);
                    let start = solve::Start {
                        problem: &problem,
                        outcome: &fractional,
                    };
                    let outcome = solve_from(&kept, start, &context.stop.with_plan())?;
                    if outcome.is_lower_than(&whole) {
                        (kept, outcome, homes_near)
                    } else {
                        (frozen, whole, as_found)
                    }
                }
            };
            if whole.proof == Proof::Stopped {
                proof = Proof::Stopped;
            }
            (Some(frozen), Some(whole), Some(narrowed))
        }
    };
    let settled = PlanSources {
        problem: &problem,
        fractional: &fractional,
        plan_problem: plan_problem.as_ref().unwrap_or(&problem),
        whole: whole.as_ref().unwrap_or(&fractional),
        whole_bounds: &whole_bounds,
        going_on,
    };
    let mut plan = describe(context, period, start, case, current, &settled);
    plan.protection = protection.map(|protection| Protection {
        // Who loses most is reported for the written steering: that of the search differs in what a solver leaves of nobody.
        gray: protection
            .gray
            .map(|gray_sweep| gray_sweep.with_losses_of(inventory, context.groups, plan.carried())),
        ..protection
    });
    let going_on = settled.going_on;
    if context.detail == DetailLevel::Reasons {
        context.watch.enter(Doing::Margin);
        let origin = Origin {
            case,
            previous: start.homes,
            current,
        };
        let (margin, (reasons, cuts)) = rayon::join(
            || {
                let stands = MarginSources {
                    problem: &problem,
                    fractional: &fractional,
                    whole: plan_problem.zip(whole),
                    narrowed,
                    going_on: going_on.as_ref().map(|(parts, _)| parts.as_slice()),
                };
                stands.error_margin(&plan, start, context.stop)
            },
            || {
                let reasons = reasons(&Written {
                    problem: &problem,
                    groups: context.groups,
                    origin,
                    parts: &plan.parts,
                    flows: &plan.flows,
                    load: plan.loaded(),
                    access_points: &plan.access_points,
                    is_joint: context.sites.is_some(),
                });
                (reasons, cuts(&problem, &plan.parts))
            },
        );
        (plan.error_margin, plan.reasons, plan.cuts) = (margin?, reasons, cuts);
    }
    let has_cut_copies = problem.fixed.is_cut.iter().flatten().any(|is_cut| *is_cut);
    Ok(PlannedPeriod {
        plan,
        proof,
        has_cut_copies,
    })
}

fn quiet(context: &PlanningContext<'_>, period: Period) -> Case {
    let quiet = Scenario {
        events: Vec::new(),
        ..context.scenario.clone()
    };
    let (inventory, at) = (context.inventory, period.start);
    Case {
        hours: hours_at(inventory, context.scenario, at).into(),
        ..case_at(inventory, &quiet, at, Knowledge::Believed, context.band)
    }
}

/// Homes that survive what is asked, beginning at these, and what they survive; if a stop is raised before that is
/// known, these.
fn protected(
    guarding: &Guarding<'_>,
    homes: Option<WholeShards>,
) -> Result<(WholeShards, Option<Protection>)> {
    let first = homes.unwrap_or_else(|| WholeShards {
        narrowed: rounded(guarding.problem, guarding.fractional),
        outcome: None,
    });
    let narrowed = first.narrowed.clone();
    match protect(guarding, first) {
        Err(Error::StoppedEarly) => {
            let outcome = None;
            Ok((WholeShards { narrowed, outcome }, None))
        }
        guarded => {
            let (homes, protection) = guarded?;
            Ok((homes, Some(protection)))
        }
    }
}

/// A plan whose error margin is asked.
struct MarginSources<'a> {
    problem: &'a Problem<'a>,
    fractional: &'a Outcome,
    /// The problem narrowed down to the plan's homes and how it was solved, if it was.
    whole: Option<(Problem<'a>, Outcome)>,
    /// What that narrows it to.
    narrowed: Option<&'a Narrowed>,
    /// The assignment of the period before, if it goes on.
    going_on: Option<&'a [Part]>,
}

impl MarginSources<'_> {
    /// How large an error of the inputs the plan stands; what goes on stands what it stood before, and more where
    /// moves limited it that are made by now.
    fn error_margin(
        self,
        plan: &PeriodPlan,
        start: &PeriodStart<'_>,
        stop: &Stop,
    ) -> Result<Option<ErrorMargin>> {
        if let Some(parts) = self.going_on {
            let setting = &self.problem.setting;
            if setting.policy.max_moved_users.is_some() {
                return self.margin_of_homes(&homes_of(self.problem, parts), plan, stop);
            }
            return Ok(start
                .previous
                .and_then(|previous| previous.error_margin.clone()));
        }
        let says_all_homes = plan.totals.unserved <= NOBODY;
        let narrowed = self.narrowed.filter(|_| !says_all_homes);
        let subject = MarginRequest {
            problem: self.problem,
            fractional: self.fractional,
            whole: self.whole,
            sites: narrowed.and_then(|narrowed| sites_of(self.problem, narrowed)),
            plan,
            holds: None,
        };
        error_margin(subject, stop)
    }

    fn margin_of_homes(
        &self,
        homes: &Narrowed,
        plan: &PeriodPlan,
        stop: &Stop,
    ) -> Result<Option<ErrorMargin>> {
        let frozen = self.problem.narrowed(homes, Detail::Values);
        let near = solve::Start {
            problem: self.problem,
            outcome: self.fractional,
        };
        let whole = solve_from(&frozen, near, &stop.with_plan())?;
        let subject = MarginRequest {
            problem: self.problem,
            fractional: self.fractional,
            whole: Some((frozen, whole)),
            sites: None,
            plan,
            holds: None,
        };
        error_margin(subject, stop)
    }
}

/// Every shard left the one site of an assignment that splits nobody; its own if it is not served.
pub(super) fn homes_of(problem: &Problem<'_>, parts: &[Part]) -> Narrowed {
    let current = problem.setting.current;
    let mut sites: Vec<Option<SiteId>> = (0..current.shard_count())
        .map(|shard| current.main(ShardId::new(shard)))
        .collect();
    for part in parts {
        if part.site.is_some() {
            sites[part.shard.index()] = part.site;
        }
    }
    narrowed_to(problem, &sites)
}

/// Every shard left one site, given by shard.
fn narrowed_to(problem: &Problem<'_>, sites: &[Option<SiteId>]) -> Narrowed {
    let mut homes = Narrowed::none(problem);
    for (id, class) in problem.classes.classes.iter().enumerate() {
        let site_of = |shard: &ShardId| sites[shard.index()];
        let Some(first) = class.shards.first().map(site_of) else {
            continue;
        };
        homes.leave_to_class(id, first.as_slice());
        for shard in &class.shards {
            let site = site_of(shard);
            if site != first {
                homes.leave_to_shard(problem, *shard, site.as_slice());
            }
        }
    }
    homes
}

/// Assignment and steering of the period before, where something has happened that nobody acts on yet and nothing
/// else has changed: until then the plan of before goes on (`docs/model.md` §8).
///
/// A plan with split shards is made again; it finds all users where they are.
fn plan_of_before(
    period: Period,
    start: &PeriodStart<'_>,
    case: &Case,
    current: &Homes,
) -> Option<(Vec<Part>, Vec<Flow>)> {
    let previous = start.previous?;
    if !is_going_on(period, Some(&previous.case), case, current) {
        return None;
    }
    let mut parts: Vec<Part> = previous
        .parts
        .iter()
        .map(|part| Part {
            current: current.main(part.shard),
            ..*part
        })
        .collect();
    // Users who came from two sites are at one now.
    parts.sort_by_key(|part| (part.shard, part.site.is_none(), part.site));
    parts.dedup_by(|next, kept| {
        let is_same = (next.shard, next.site) == (kept.shard, kept.site);
        if is_same {
            kept.users += next.users;
        }
        is_same
    });
    Some((parts, previous.flows.clone()))
}
