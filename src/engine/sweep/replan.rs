//! Replan: the optimiser runs again, knowing what fails; and what a settled case does to kinds of shards.

use super::super::settled::SettledCase;
use super::super::verdict::missing;
use super::aftermath::{opened, uses};
use super::cells::{SweepContext, Unit};
use crate::formulation::goals::{Level, per_user};
use crate::formulation::{KindId, Problem};
use crate::graph::Path;
use crate::ids::{ComponentId, ResourceId};
use crate::model::Recovery;
use crate::plan::sweep::{CaseResult, Displacement, SettledBy, Use, WholeShards, Witness};
use crate::solve::{LevelOutcome, Proof};
use fixedbitset::FixedBitSet;

/// What one case comes to under one recovery, with all that a tally takes of it.
pub(super) struct CaseAnswer {
    pub(super) found: CaseResult,
    /// One for each component and resource that something is left of.
    pub(super) uses: Vec<(ComponentId, ResourceId, Use)>,
    /// Units of which users are unserved, ascending: kinds of shards, or with a recovery that decides nothing the users
    /// of a kind at one site.
    pub(super) unserved: Vec<Unit>,
    /// What shows and proves it, where its rule does not.
    pub(super) witness: Option<Witness>,
}

pub(super) fn replanned(
    settled: &SettledCase<'_, '_>,
    context: &SweepContext,
    case: usize,
    of_before: Proof,
    whole: Option<WholeShards>,
) -> CaseAnswer {
    let problem = settled.problem;
    let of_kinds = OfKinds::of(settled, context);
    let entering = entering(settled);
    let is_by_default = settled.by == SettledBy::Default;
    let is_proven = settled.proof == Proof::Proven && of_before == Proof::Proven;
    let ranks = 0..context.ranks.len();
    let found = CaseResult {
        case,
        recovery: Recovery::Replan,
        unserved: ranks
            .map(|rank| settled.value(Level::Unserved(rank)))
            .collect(),
        no_site: Some(of_kinds.no_site),
        missing: missing(settled),
        binding: priced(problem, &settled.levels, |level| {
            matches!(level, Level::Unserved(_) | Level::Worst)
        }),
        // What arithmetic leaves of nobody may be less than nothing.
        moved: (moved(settled) + of_kinds.moved_from_gone).max(0.0),
        opened: opened(problem.setting.inventory, &entering),
        settled: settled.by,
        is_proven,
        whole,
    };
    CaseAnswer {
        found,
        uses: uses_of(settled, case),
        unserved: of_kinds.unserved,
        witness: (!is_by_default).then(|| Witness {
            case,
            levels: settled.levels.clone(),
            displaced: of_kinds.displaced,
        }),
    }
}

/// What components carry in a settled case.
pub(super) fn uses_of(
    settled: &SettledCase<'_, '_>,
    case: usize,
) -> Vec<(ComponentId, ResourceId, Use)> {
    let problem = settled.problem;
    uses(
        problem.setting.inventory,
        &problem.rows.rows,
        &settled.displaced.loads(problem),
        &entering(settled),
        case,
    )
}

/// Users by access point.
fn entering(settled: &SettledCase<'_, '_>) -> Vec<f64> {
    let problem = settled.problem;
    let mut entering = problem.amounts_by_default().entry.clone();
    let mut leave = |class: usize, users: f64| {
        if let Some(default) = problem.defaults[class] {
            entering[default.access_point.index()] -= users;
        }
    };
    let displaced = &settled.displaced;
    for served in &displaced.served {
        leave(served.class, served.users);
    }
    for (class, unserved) in &displaced.unserved {
        leave(*class, unserved.iter().sum());
    }
    for served in &displaced.served {
        let route = displaced.paths.get(served.path);
        for (index, entering) in entering.iter_mut().enumerate() {
            let enters = |leg: &Path| f64::from(u8::from(leg.access_point.index() == index));
            *entering += served.users * route.mean_over(&problem.setting.case.hours, enters);
        }
    }
    entering
}

fn moved(settled: &SettledCase<'_, '_>) -> f64 {
    let problem = settled.problem;
    let displaced = &settled.displaced;
    let by_default = |class: usize| {
        let default = problem.defaults[class];
        default.map_or(0.0, |default| {
            per_user(Level::Moved, problem.class(class), default.site)
        })
    };
    let mut moved = problem.amounts_by_default().levels[Level::Moved];
    for served in &displaced.served {
        let site = displaced.paths.get(served.path).site;
        let there = per_user(Level::Moved, problem.class(served.class), site);
        moved += served.users * (there - by_default(served.class));
    }
    for (class, unserved) in &displaced.unserved {
        moved -= unserved.iter().sum::<f64>() * by_default(*class);
    }
    moved
}

/// What has a price at the first of some levels that is above what it can be at least, ascending: where more would help
/// first.
pub(in crate::engine) fn priced(
    problem: &Problem<'_>,
    levels: &[LevelOutcome],
    is_asked: fn(Level) -> bool,
) -> Vec<(ComponentId, ResourceId)> {
    let is_hurt = |level_outcome: &&LevelOutcome| {
        is_asked(level_outcome.level) && level_outcome.gains.iter().any(|gain| *gain > 0.0)
    };
    let rows = levels.iter().find(is_hurt).into_iter().flat_map(|level| {
        let rows = problem.rows.rows.iter().zip(&level.gains);
        rows.filter(|(_, gain)| **gain > 0.0)
            .map(|(row, _)| (row.component, row.resource))
    });
    let mut priced: Vec<(ComponentId, ResourceId)> = rows.collect();
    // Where retries count, a component and resource have two rows.
    priced.sort_unstable();
    priced.dedup();
    priced
}

/// What a settled case does to kinds of shards.
pub(super) struct OfKinds {
    /// Kinds of which users are unserved, ascending.
    pub(super) unserved: Vec<KindId>,
    /// By rank: unserved users of kinds that no site can serve where they may be.
    pub(super) no_site: Vec<f64>,
    /// Users of shards whose site is gone, who are served elsewhere without being counted in their class.
    pub(super) moved_from_gone: f64,
    /// Users who are not on their default path, except the trapped, ascending by shard.
    pub(super) displaced: Vec<Displacement>,
}

impl OfKinds {
    /// Tells by kind what a case does to classes.
    pub(super) fn of(settled: &SettledCase<'_, '_>, context: &SweepContext) -> Self {
        let problem = settled.problem;
        let setting = &problem.setting;
        let kinds = &setting.folded.kinds;
        let is_gone = |kind: KindId| {
            let current = kinds.standing(kind).current;
            current.is_some_and(|site| setting.case.gone[site.index()])
        };
        let mut is_told = FixedBitSet::with_capacity(kinds.kinds.len());
        let mut unserved: Vec<KindId> = Vec::new();
        let mut no_site = vec![0.0; context.ranks.len()];
        let mut nowhere = |kind: KindId| {
            let one_kind = &kinds.kinds[kind as usize];
            no_site[context.rank_of_tier[one_kind.tier.index()]] += one_kind.users;
        };
        let mut moved_from_gone = 0.0;
        for (kind, class) in problem.classes.class_of.kinds() {
            is_told.insert(kind as usize);
            if problem.defaults[class].is_none() {
                unserved.push(kind);
                nowhere(kind);
            } else if problem.class(class).current.is_none() && is_gone(kind) {
                moved_from_gone += kinds.kinds[kind as usize].users;
            }
        }
        let undetermined = context.always_trapped.iter();
        for kind in undetermined.filter(|kind| !is_told[**kind as usize]) {
            unserved.push(*kind);
            nowhere(*kind);
        }
        let paths = &settled.displaced.paths;
        let mut displaced = Vec::new();
        for (kind, path, users) in settled.by_kind() {
            if path.is_none() {
                unserved.push(kind);
                if settled.forgets_sites && is_gone(kind) {
                    moved_from_gone -= users;
                }
            }
            let path = path.map(|path| &**paths.get(path));
            displaced.push(context.displacement(kind, path, users));
        }
        unserved.sort_unstable();
        unserved.dedup();
        displaced.sort_by_key(|displacement| displacement.like);
        Self {
            unserved,
            no_site,
            moved_from_gone,
            displaced,
        }
    }
}
