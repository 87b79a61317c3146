//! Long because each level of the goals has its cases here, by hand and drawn.
//!
//! Every level of every plan against the written-out LP, and the hand-derived cases.

use crate::draw::{Draw, Size, draw};
use crate::naive::{self, Elsewhere, Question, Solver};
use crate::second_opinion::{LATER, difference};
use jiff::SignedDuration;
use plimsoll::engine::{NoWatch, Options, plan};
use plimsoll::formulation::goals::Level;
use plimsoll::ids::{LinkId, ShardId, SiteId};
use plimsoll::model::{Goal, Homes, Inventory, Link, LinkEnd, Policy, Scenario, Shard};
use plimsoll::plan::changes;
use plimsoll::plan::check::{Verdict, check};
use plimsoll::plan::{PeriodPlan, Plan};
use plimsoll::plan_files::{self, PlanFile, WrittenPlan};
use plimsoll::report::written::{
    AboutPlan, WrittenFile, certificate, document_file, summary, tables,
};
use plimsoll::solve::Stop;

/// Relative agreement of later levels where a shard is split: its shares are what fitted the period before, to
/// the last user, so that the slack of an earlier level moves more users than elsewhere.
const LATER_OF_SPLIT: f64 = 1e-4;

/// The same where levels come after latency: the second opinion holds it within a share of user-milliseconds that is
/// worth many more users than the slack of a level that counts users.
const LATER_THAN_LATENCY: f64 = 1e-4;

/// The plan of a scenario.
pub(crate) fn planned(inventory: &Inventory, scenario: &Scenario) -> Plan {
    plan(
        inventory,
        scenario,
        &Options {
            stop: &Stop::default(),
            watch: &NoWatch,
        },
    )
    .expect("small scenarios are planned")
}

/// The levels of a period under the names of `tests/cases`.
pub(crate) fn values(
    inventory: &Inventory,
    period: &PeriodPlan,
    of: impl Fn(&plimsoll::plan::Stage) -> f64,
) -> Vec<(String, f64)> {
    let mut ranks: Vec<u32> = inventory.tiers.iter().map(|tier| tier.rank).collect();
    ranks.sort_unstable();
    ranks.dedup();
    let in_use: Vec<u32> = ranks
        .iter()
        .copied()
        .filter(|rank| {
            period.parts.iter().any(|part| {
                let tier = inventory.shards[part.shard.index()].tier;
                part.users > 0.0 && inventory.tiers[tier.index()].rank == *rank
            })
        })
        .collect();
    period
        .stages
        .iter()
        .map(|stage| {
            let name = match stage.level {
                Level::Unserved(index) => format!("unserved {}", in_use[index]),
                Level::Lost => "lost".to_owned(),
                Level::Relief => "relief".to_owned(),
                Level::Worst => "worst".to_owned(),
                Level::Total => "total".to_owned(),
                Level::AccessPoints => "access_points".to_owned(),
                Level::Copied => "copied".to_owned(),
                Level::Moved => "moves".to_owned(),
                Level::Latency => "latency".to_owned(),
            };
            (name, of(stage))
        })
        .collect()
}

/// The main site of every shard, and what of split shards is elsewhere.
pub(crate) fn homes(homes: &Homes) -> (Vec<Option<SiteId>>, Vec<Elsewhere>) {
    let shards = || (0..homes.shard_count()).map(ShardId::new);
    let elsewhere = shards()
        .flat_map(|shard| homes.of(shard))
        .filter(|home| home.site != homes.main(home.shard))
        .filter_map(|home| {
            Some(Elsewhere {
                shard: home.shard.index(),
                site: home.site?,
                share: homes.share(home),
            })
        });
    (
        shards().map(|shard| homes.main(shard)).collect(),
        elsewhere.collect(),
    )
}

/// What differs between the plan and the written-out LP, period by period.
pub(crate) fn differences(inventory: &Inventory, scenario: &Scenario) -> Vec<String> {
    let plan = planned(inventory, scenario);
    let mut all = Vec::new();
    for period in &plan.periods {
        let (current, elsewhere) = homes(&period.current);
        let question = Question {
            inventory,
            scenario,
            at: period.period.start,
            current: &current,
            elsewhere: &elsewhere,
            before_load: Some(&plan.before.load),
            band: naive::Band::Expected,
        };
        let found = values(inventory, period, |stage| stage.value);
        let goals = &scenario.policy.goals;
        let is_latency_held =
            goals.contains(&Goal::Latency) && goals.last() != Some(&Goal::Latency);
        let later = if !elsewhere.is_empty() {
            LATER_OF_SPLIT
        } else if is_latency_held {
            LATER_THAN_LATENCY
        } else {
            LATER
        };
        let expected = naive::levels(&question, Solver::Highs);
        if let Some(table) = difference(&found, &expected, later) {
            all.push(format!("period {}\n{table}", period.period.index));
        }
        for stage in &period.stages {
            if stage.gap > 1e-6 {
                all.push(format!("period {}: gap {stage:?}", period.period.index));
            }
        }
    }
    all
}

/// Draws instances and lists what is found, each under its seed: so many as `PLIMSOLL_SEEDS` says, from
/// `PLIMSOLL_FIRST` on.
pub(crate) fn found_in_draws(
    count: u64,
    set: impl Fn(&mut Policy),
    found: impl Fn(&Inventory, &Scenario) -> Vec<String>,
) -> Vec<String> {
    found_in_draws_of(Size::SMALL, count, set, found)
}

/// The same of draws of a size.
pub(crate) fn found_in_draws_of(
    size: Size,
    count: u64,
    set: impl Fn(&mut Policy),
    found: impl Fn(&Inventory, &Scenario) -> Vec<String>,
) -> Vec<String> {
    let changed = |_: u64, _: &mut Inventory, scenario: &mut Scenario| set(&mut scenario.policy);
    found_in_changed_draws(size, count, changed, found)
}

/// The same of draws that are changed by their seed.
pub(crate) fn found_in_changed_draws(
    size: Size,
    count: u64,
    change: impl Fn(u64, &mut Inventory, &mut Scenario),
    found: impl Fn(&Inventory, &Scenario) -> Vec<String>,
) -> Vec<String> {
    let drawn = |seed: u64| {
        let draw = draw(seed, size);
        keep(seed, &draw);
        let (mut inventory, mut scenario) = crate::read::read(&draw.files, &draw.scenario);
        change(seed, &mut inventory, &mut scenario);
        keep_changed(seed, &inventory, &scenario);
        (inventory, scenario)
    };
    found_by_seed(count, drawn, found)
}

/// Writes what is drawn into a folder of its seed, if `PLIMSOLL_KEEP` names a folder.
pub(crate) fn keep(seed: u64, draw: &Draw) {
    let scenario = ("scenario.toml".to_owned(), draw.scenario.clone());
    let files = draw.files.iter().cloned().chain([scenario]);
    keep_files(&seed.to_string(), || {
        files.map(|file| (file.0, file.1.into()))
    });
}

/// The same of a draw that was changed: its inventory as files, its scenario as the program has it.
fn keep_changed(seed: u64, inventory: &Inventory, scenario: &Scenario) {
    keep_files(&format!("{seed}/changed"), || {
        let files = plimsoll::inventory::write(inventory).into_iter();
        let scenario = (
            "scenario.txt".to_owned(),
            format!("{scenario:#?}").into_bytes(),
        );
        files.map(|file| (file.name, file.bytes)).chain([scenario])
    });
}

fn keep_files<F: Iterator<Item = (String, Vec<u8>)>>(name: &str, files: impl FnOnce() -> F) {
    let Some(folder) = std::env::var_os("PLIMSOLL_KEEP") else {
        return;
    };
    let folder = std::path::Path::new(&folder).join(name);
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    for (name, bytes) in files() {
        std::fs::write(folder.join(name), bytes).expect("a file can be written");
    }
}

/// The same of what is drawn by a seed.
pub(crate) fn found_by_seed(
    count: u64,
    drawn: impl Fn(u64) -> (Inventory, Scenario),
    found: impl Fn(&Inventory, &Scenario) -> Vec<String>,
) -> Vec<String> {
    let number = |name: &str| -> Option<u64> { std::env::var(name).ok()?.parse().ok() };
    let first = number("PLIMSOLL_FIRST").unwrap_or(0);
    let count = number("PLIMSOLL_SEEDS").unwrap_or(count);
    let of_seed = |seed: u64| {
        let (inventory, scenario) = drawn(seed);
        let asked = std::panic::AssertUnwindSafe(|| found(&inventory, &scenario));
        std::panic::catch_unwind(asked)
            .unwrap_or_else(|_| vec!["PANIC".to_owned()])
            .into_iter()
            .map(move |text| format!("seed {seed} {text}"))
    };
    (first..first + count).flat_map(of_seed).collect()
}

/// Says how much a test has tried, to whom runs it with `--nocapture`.
pub(crate) fn say(text: &str) {
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{text}").expect("it is open");
}

#[track_caller]
pub(crate) fn assert_none(failures: &[String]) {
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn every_level_of_random_inventories_equals_the_written_out_lp() {
    assert_none(&found_in_draws(60, |_| {}, differences));
}

#[test]
fn every_level_of_split_shards_equals_the_written_out_lp() {
    let split = |policy: &mut Policy| policy.split_shards = true;
    assert_none(&found_in_draws(60, split, differences));
}

#[test]
fn every_level_of_random_inventories_with_gates_equals_the_written_out_lp() {
    let gated = |seed: u64, inventory: &mut Inventory, scenario: &mut Scenario| {
        crate::waves::drawn::limited(inventory, scenario, seed);
    };
    assert_none(&found_in_changed_draws(Size::SMALL, 60, gated, differences));
}

/// Links that lead from access points to elements or pools begin at a client region instead, one of three of them: no path may
/// go over these, and what they lead to stands both before and behind access points.
pub(crate) fn with_straight_links(seed: u64, inventory: &mut Inventory, _: &mut Scenario) {
    let region = inventory.shards[0].client_region;
    let is_meant = |link: &Link| {
        matches!(link.from, LinkEnd::AccessPoint(_))
            && matches!(link.to, LinkEnd::Element(_) | LinkEnd::Pool(_))
    };
    let links = inventory.links.iter_mut().filter(|link| is_meant(link));
    for (position, link) in (0u64..).zip(links) {
        if (position + seed).is_multiple_of(3) {
            link.from = LinkEnd::ClientRegion(region);
        }
    }
}

#[test]
fn every_level_where_links_lead_straight_to_elements_equals_the_written_out_lp() {
    assert_none(&found_in_changed_draws(
        Size::SMALL,
        60,
        with_straight_links,
        differences,
    ));
}

#[test]
fn every_level_of_meshes_equals_the_written_out_lp() {
    assert_none(&found_in_draws_of(Size::MESHED, 40, |_| {}, differences));
}

#[test]
fn every_plan_of_meshes_holds() {
    assert_none(&found_in_draws_of(Size::MESHED, 60, |_| {}, broken));
}

/// How many routers of the mesh a path passes.
fn hops(inventory: &Inventory, path: &[LinkId]) -> usize {
    let is_meshed = |link: &&LinkId| match inventory.links[link.index()].to {
        LinkEnd::Element(id) => inventory.elements[id.index()].id.starts_with("mesh"),
        _ => false,
    };
    path.iter().filter(is_meshed).count()
}

#[test]
fn drawn_meshes_have_cycles_and_are_crossed_in_several_hops_unless_latency_forbids_it() {
    let (mut both_ways, mut crossed, mut forbidden, mut many) = (0, 0, 0, 0);
    for seed in 0..40 {
        let draw = draw(seed, Size::MESHED);
        let (inventory, scenario) = crate::read::read(&draw.files, &draw.scenario);
        let has_link = |from, to| {
            let mut links = inventory.links.iter();
            links.any(|link| link.from == from && link.to == to)
        };
        both_ways += usize::from(inventory.links.iter().any(|link| {
            let is_meshed = matches!(link.from, LinkEnd::Element(_));
            is_meshed && has_link(link.to, link.from)
        }));
        let limit = |shard: &Shard| shard.max_latency.or(scenario.policy.max_latency);
        for shard in &inventory.shards {
            let all = naive::paths::paths_of(&inventory, shard, None).len();
            let limit = limit(shard).map(|limit| limit.0);
            let within = naive::paths::paths_of(&inventory, shard, limit).len();
            forbidden += usize::from(within < all);
            many += usize::from(within > 50);
        }
        let plan = planned(&inventory, &scenario);
        let flows = plan.periods.iter().flat_map(|period| &period.flows);
        crossed += flows
            .filter(|flow| hops(&inventory, &flow.path.links) > 2)
            .count();
    }
    assert!(
        both_ways >= 30,
        "{both_ways} draws with links in both directions"
    );
    assert!(crossed >= 20, "{crossed} flows pass three routers");
    assert!(
        forbidden >= 20,
        "latency forbids ways to {forbidden} shards"
    );
    assert!(many >= 20, "{many} shards have more than fifty ways");
}

/// Every list of goals that a scenario may give: unserved users first, then any of the others in any order.
fn orders() -> Vec<Vec<Goal>> {
    let others = [
        Goal::Relief,
        Goal::Headroom,
        Goal::AccessPoints,
        Goal::Moves,
        Goal::Latency,
    ];
    let mut orders = vec![vec![Goal::Unserved]];
    let mut position = 0;
    while position < orders.len() {
        for goal in others {
            if !orders[position].contains(&goal) {
                let mut longer = orders[position].clone();
                longer.push(goal);
                orders.push(longer);
            }
        }
        position += 1;
    }
    orders
}

#[test]
fn there_are_as_many_orders_of_goals_as_lists_of_five_different_ones() {
    // 5!/(5 − k)! lists of k: 1 + 5 + 20 + 60 + 120 + 120.
    assert_eq!(orders().len(), 326);
}

/// The scenario at the first instant at which an event is in force, known at once; at its start if there is none.
fn in_trouble(scenario: &Scenario) -> Scenario {
    let mut scenario = scenario.clone();
    scenario.policy.reaction_minutes = 0.0;
    for event in &mut scenario.events {
        event.detected = event.start;
    }
    let first = scenario.events.iter().map(|event| event.start).min();
    scenario.start = first.unwrap_or(scenario.start).max(scenario.start);
    scenario.end = scenario.start + SignedDuration::from_secs(1);
    scenario
}

/// Levels that differ in some order of goals. Levels that a list ends with are settled in the longer ones too.
fn differences_in_every_order(inventory: &Inventory, scenario: &Scenario) -> Vec<String> {
    let longest = |goals: &Vec<Goal>| goals.len() >= 5;
    let found = orders().into_iter().filter(longest).flat_map(|goals| {
        let mut scenario = in_trouble(scenario);
        scenario.policy.goals.clone_from(&goals);
        let found = differences(inventory, &scenario);
        found
            .into_iter()
            .map(move |text| format!("{goals:?} {text}"))
    });
    found.collect()
}

#[test]
fn every_level_in_every_order_of_goals_equals_the_written_out_lp() {
    assert_none(&found_in_draws(3, |_| {}, differences_in_every_order));
}

#[test]
fn every_level_of_a_mesh_in_every_order_of_goals_equals_the_written_out_lp() {
    assert_none(&found_in_draws_of(
        Size::MESHED,
        1,
        |_| {},
        differences_in_every_order,
    ));
}

/// Every file of a plan but its charts, without timings.
pub(crate) fn written(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Vec<WrittenFile> {
    let mut files = tables(
        inventory,
        scenario,
        plan,
        &changes(inventory, scenario, plan),
    )
    .expect("numbers are finite");
    let about = AboutPlan::default();
    let prices = certificate(inventory, scenario, plan, &about);
    files.push(document_file(&prices).expect("finite"));
    files.push(document_file(&summary(inventory, scenario, plan, &about)).expect("finite"));
    files
}

/// What the referee says of the files of a plan.
pub(crate) fn judged(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> Verdict {
    judged_files(inventory, scenario, &written(inventory, scenario, plan))
}

/// What the referee says of files.
pub(crate) fn judged_files(
    inventory: &Inventory,
    scenario: &Scenario,
    files: &[WrittenFile],
) -> Verdict {
    let read_files: Vec<PlanFile<'_>> = files.iter().map(PlanFile::from).collect();
    let (written, findings) = plimsoll::plan_files::read(&read_files);
    let written = written.unwrap_or_else(|| panic!("{findings:?}"));
    check(inventory, scenario, written)
}

/// What the referee says of a plan that does not hold.
pub(crate) fn broken(inventory: &Inventory, scenario: &Scenario) -> Vec<String> {
    let verdict = judged(inventory, scenario, &planned(inventory, scenario));
    let is_broken = !verdict.holds();
    is_broken.then(|| verdict.to_string()).into_iter().collect()
}

#[test]
fn every_plan_of_random_inventories_holds() {
    assert_none(&found_in_draws(150, |_| {}, broken));
    // Users who stay unserved while others return; levels that differ by what tolerances leave.
    for seed in [990, 2145, 3327, 4489] {
        let draw = draw(seed, Size::SMALL);
        let (inventory, scenario) = crate::read::read(&draw.files, &draw.scenario);
        assert_eq!(
            broken(&inventory, &scenario),
            Vec::<String>::new(),
            "seed {seed}"
        );
    }
}

#[test]
fn every_plan_of_split_shards_holds() {
    let split = |policy: &mut Policy| policy.split_shards = true;
    assert_none(&found_in_draws(150, split, broken));
}

#[test]
fn drawn_shards_that_may_be_split_are_split_when_a_period_begins() {
    let mut periods = 0;
    for seed in 0..80 {
        let draw = draw(seed, Size::SMALL);
        let (inventory, mut scenario) = crate::read::read(&draw.files, &draw.scenario);
        scenario.policy.split_shards = true;
        let plan = planned(&inventory, &scenario);
        let is_split = |period: &&PeriodPlan| !homes(&period.current).1.is_empty();
        periods += plan.periods.iter().filter(is_split).count();
    }
    assert!(periods > 10, "{periods} periods begin with a split shard");
}

/// The files of a plan, read back.
pub(crate) fn read_back(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> WrittenPlan {
    let files = written(inventory, scenario, plan);
    let files: Vec<PlanFile<'_>> = files.iter().map(PlanFile::from).collect();
    let (written, findings) = plan_files::read(&files);
    written.unwrap_or_else(|| panic!("{findings:?}"))
}
