//! Whole shards in the cases of drawn inventories: what they are said to do, a program with these homes does too.

use super::super::instant::WhoIsAffected;
use super::super::plan::Options;
use super::super::settle::{settle, shortened};
use super::super::settled::{Depth, SettledCase};
use super::super::sweep::{SweepRequest, Sweeper};
use super::super::watch::NoWatch;
use super::super::whole_fill::{ShardSizes, placed, with_split_shards};
use super::with_whole_shards;
use crate::formulation::goals::Level;
use crate::formulation::{Detail, Narrowed, Problem};
use crate::ids::{ShardId, SiteId};
use crate::model::FailureSet;
use crate::plan::sweep::WholeShards;
use crate::plan_files::SettledBy;
use crate::solve::tests::instances::{Instance, assert_none, by_hand, drawn};
use crate::solve::{Stop, solve};
use crate::units::AGREEMENT;
use std::collections::BTreeMap;

/// What was seen of all cases.
#[derive(Default)]
struct Seen {
    lost: Vec<String>,
    rounded: usize,
    worse: usize,
}

fn is_more(one: f64, other: f64) -> bool {
    one - other > AGREEMENT * other.abs().max(1.0)
}

/// By shard, the site where a settled case has it: of classes at several sites where they were put, of the others their only
/// site. Shards that nobody can serve are left out.
fn homes(settled: &SettledCase<'_, '_>, sizes: &ShardSizes) -> Option<BTreeMap<ShardId, SiteId>> {
    let (problem, displaced) = (settled.problem, &settled.displaced);
    let mut site_of: BTreeMap<usize, SiteId> = BTreeMap::new();
    for (class, default) in problem.defaults.iter().enumerate() {
        site_of.extend(default.map(|default| (class, default.site)));
    }
    for served in &displaced.served {
        site_of.insert(served.class, displaced.paths.get(served.path).site);
    }
    let mut homes = BTreeMap::new();
    let kinds = &problem.setting.folded.kinds;
    let class_of: BTreeMap<u32, usize> = problem
        .classes
        .class_of
        .kinds()
        .chain(problem.spared_kinds())
        .collect();
    for (home, kind) in kinds.of_homes(problem.setting.current) {
        let site = class_of.get(&kind).and_then(|class| site_of.get(class));
        homes.extend(site.map(|site| (home.shard, *site)));
    }
    for class in placed(settled, sizes)?.1 {
        homes.extend(class.homes());
    }
    Some(homes)
}

fn look(instance: &Instance, seen: &mut Seen) {
    let Instance {
        name,
        inventory,
        scenario,
    } = instance;
    let mut scenario = scenario.clone();
    scenario.protect = None;
    scenario.policy.split_shards = false;
    scenario.policy.max_moved_users = None;
    let asked = SweepRequest::new(FailureSet::Sites, 1);
    let options = Options {
        stop: &Stop::default(),
        watch: &NoWatch,
    };
    let sweeper = Sweeper::new(inventory.clone(), scenario, asked, &options);
    let Ok(sweeper) = sweeper else {
        return;
    };
    let asking = sweeper.planner().asking();
    for case in 0..sweeper.contingencies().count() {
        let known = sweeper.known(sweeper.planner(), case);
        settle(asking, &known, Depth::Verdict, None, |settled| {
            let sizes = ShardSizes::of(&settled.problem.setting);
            let split = with_split_shards(settled);
            let whole = with_whole_shards(asking, &known, settled, &sizes, true);
            let whole = whole.expect("it solves").expect("it is searched");
            if settled.problem.classes.ranks.len() == 1 && is_more(split.unserved, whole.unserved) {
                let name = format!("{name} {case}: {whole:?} does better than {split:?}");
                seen.lost.push(name);
            }
            seen.worse += usize::from(whole.is_worse_than(&split));
            let Some((put, classes)) = placed(settled, &sizes) else {
                return;
            };
            if settled.by == SettledBy::Default || classes.is_empty() {
                return;
            }
            seen.rounded += 1;
            let homes = homes(settled, &sizes).expect("it was placed");
            let folded = asking.folded(&known);
            let found = asking.in_setting(&known, &folded, WhoIsAffected::Touched, |setting| {
                let problem = Problem::beside(setting, None, Detail::Plan);
                let problem = shortened(problem, Depth::Verdict);
                let mut narrowed = Narrowed::none(&problem);
                for (shard, site) in &homes {
                    narrowed.leave_to_shard(&problem, *shard, &[*site]);
                }
                let problem = problem.narrowed(&narrowed, Detail::Plan);
                let outcome = solve(&problem, &Stop::default()).expect("it solves");
                let mut found = WholeShards::default();
                for level in outcome.levels {
                    match level.level {
                        Level::Unserved(_) => found.unserved += level.value,
                        Level::Worst => found.worst_shortfall = level.value,
                        _ => {}
                    }
                }
                found
            });
            let is_worse = is_more(found.unserved, put.unserved)
                || is_more(found.worst_shortfall, put.worst_shortfall);
            if is_worse {
                let name = format!("{name} {case}: {put:?}, but these homes have {found:?}");
                seen.lost.push(name);
            }
        })
        .expect("it solves");
    }
}

#[test]
fn whole_shards_serve_as_many_as_is_said_and_no_more_than_split_ones() {
    let mut seen = Seen::default();
    for instance in by_hand().iter().chain(&drawn(150)) {
        look(instance, &mut seen);
    }
    assert_none(&seen.lost);
    let Seen { rounded, worse, .. } = seen;
    assert!(
        rounded >= 10 && worse >= 5,
        "{rounded} rounded, {worse} worse"
    );
}
