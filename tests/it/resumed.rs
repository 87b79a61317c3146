//! Plans that go on from another: after every wave of plans of drawn inventories, where they begin and what they come to.

mod opened;

use crate::draw::{Size, draw};
use crate::hours::with_hours;
use crate::levels::{judged, planned, written};
use crate::read::read;
use plimsoll::engine::{NoWatch, Options, WaveOfPlan, plan, resume_after};
use plimsoll::ids::SiteId;
use plimsoll::inventory;
use plimsoll::model::{AccessPointState, Inventory, Scenario};
use plimsoll::plan::{Plan, Timing};
use plimsoll::plan_files::{self, PlanFile, WrittenPlan};
use plimsoll::report::written::WrittenFile;
use plimsoll::solve::Stop;
use std::collections::BTreeSet;

/// Two counts of users that differ by less are the same.
const SAME: f64 = 1e-6;

fn read_back(files: &[WrittenFile]) -> WrittenPlan {
    let files: Vec<PlanFile<'_>> = files.iter().map(PlanFile::from).collect();
    let read = plan_files::read(&files).0;
    read.expect("the plan's files can be read")
}

/// A draw whose sites let few users go at a time, so that there are several waves.
fn drawn(seed: u64) -> (Inventory, Scenario) {
    let draw = draw(seed, Size::SMALL);
    let (mut inventory, mut scenario) = read(&draw.files, &draw.scenario);
    if seed.is_multiple_of(3) {
        with_hours(seed, &mut inventory, &mut scenario);
    }
    scenario.policy.split_shards = false;
    scenario.waves.minutes = 30.0;
    for site in &mut inventory.sites {
        site.move_out_per_hour = Some(9.0);
    }
    (inventory, scenario)
}

/// Where shards are once all waves have been carried out whose moves end by the end of one, by the tables alone.
fn homes_after(inventory: &Inventory, plan: &Plan, wave: WaveOfPlan) -> Vec<Option<SiteId>> {
    let mut homes: Vec<Option<SiteId>> = inventory.shards.iter().map(|shard| shard.site).collect();
    let waves = || {
        plan.transitions.iter().flat_map(|transition| {
            let period = u32::try_from(transition.period).expect("few periods");
            transition.waves.iter().map(move |of| {
                let wave = WaveOfPlan {
                    period,
                    wave: of.number,
                };
                (wave, transition.period, of)
            })
        })
    };
    let (_, _, last) = waves().find(|entry| entry.0 == wave).expect("it is there");
    let end = last.end;
    for (_, period, of) in waves().filter(|wave| wave.2.end <= end) {
        for index in &of.moves {
            let moved = &plan.periods[period].moves[*index];
            homes[moved.shard.index()] = Some(moved.to);
        }
    }
    homes
}

/// The weights after a wave as `wave_weights.csv` has them before the period to which it leads, or in it; only where all rows of
/// the wave hold in one slice.
fn weights_after(
    written: &WrittenPlan,
    wave: WaveOfPlan,
) -> Option<BTreeSet<(String, String, String)>> {
    let rows = written
        .wave_weights
        .iter()
        .flatten()
        .map(|wave_weight_row| &wave_weight_row.row);
    let rows: Vec<_> = rows
        .filter(|row| row.period == wave.period && row.wave == wave.wave)
        .collect();
    let when: BTreeSet<(Option<u32>, u32)> =
        rows.iter().map(|row| (row.during, row.slice)).collect();
    (when.len() == 1).then(|| {
        let used = rows.iter().filter(|row| row.weight > SAME);
        used.map(|wave_weight_row| {
            (
                wave_weight_row.profile.clone(),
                wave_weight_row.links.clone(),
                format!("{:.6}", wave_weight_row.weight),
            )
        })
        .collect()
    })
}

#[test]
fn a_plan_goes_on_after_every_wave_of_another() {
    let (mut count, mut refused, mut returning, mut unweighted, mut compared) = (0, 0, 0, 0, 0);
    let mut opened = 0;
    let stop = Stop::default();
    let mut wrong = Vec::new();
    for seed in 0..150 {
        let (inventory, scenario) = drawn(seed);
        let plan = planned(&inventory, &scenario);
        if plan.is_refused() {
            continue;
        }
        let files = read_back(&written(&inventory, &scenario, &plan));
        let all: Vec<(WaveOfPlan, Timing)> = plan
            .transitions
            .iter()
            .flat_map(|transition| {
                let period = u32::try_from(transition.period).expect("few periods");
                transition.waves.iter().map(move |of| {
                    (
                        WaveOfPlan {
                            period,
                            wave: of.number,
                        },
                        transition.timing,
                    )
                })
            })
            .collect();
        for (wave, timing) in all {
            let resumed = resume_after((&inventory, &scenario), &files, (wave, None), &stop);
            let Ok(resumed) = resumed else {
                // Nothing is left of the scenario.
                continue;
            };
            count += 1;
            let at = format!("seed {seed}, after {wave}");
            let homes: Vec<Option<SiteId>> = resumed
                .inventory
                .shards
                .iter()
                .map(|shard| shard.site)
                .collect();
            assert_eq!(homes, homes_after(&inventory, &plan, wave), "{at}");
            // What is written of it says the same.
            let tables = inventory::write(&resumed.inventory);
            let back = inventory::read(&tables);
            let back = back
                .inventory
                .unwrap_or_else(|| panic!("{at}: {:?}", back.findings));
            assert_eq!(
                back.resumed.returns, resumed.inventory.resumed.returns,
                "{at}"
            );
            let later = Scenario {
                start: resumed.start,
                waves: plimsoll::model::WavePolicy {
                    not_before: Some(resumed.now),
                    ..scenario.waves
                },
                ..scenario.clone()
            };
            let next = planned(&back, &later);
            let verdict = judged(&back, &later, &next);
            if !verdict.holds() {
                wrong.push(format!("{at}: {verdict}"));
                continue;
            }
            // What an earlier plan opened carries users, or closes.
            let mut left = next.periods.iter().flat_map(|period| &period.access_points);
            let is_left = left.any(|change| {
                change.after == plimsoll::plan_files::AccessPointUse::Opened && change.users <= 0.0
            });
            assert!(!is_left, "{at}");
            opened += resumed
                .inventory
                .access_points
                .iter()
                .filter(|row| row.state == AccessPointState::Opened)
                .count();
            returning += usize::from(!back.resumed.returns.is_empty());
            unweighted += usize::from(resumed.without_weights.is_some());
            refused += usize::from(next.is_refused());
            for transition in &next.transitions {
                let first = transition.waves.first().map(|wave| wave.start);
                assert!(
                    transition.refusal.is_some() || first.is_none_or(|at| at >= resumed.now),
                    "{at}"
                );
            }
            if let Some(weights) =
                weights_after(&files, wave).filter(|_| resumed.without_weights.is_none())
            {
                let taken = back
                    .resumed
                    .weights
                    .iter()
                    .filter(|weight| weight.weight > SAME);
                let taken: BTreeSet<_> = taken
                    .map(|current_weight| {
                        let links = current_weight
                            .links
                            .iter()
                            .map(|link| inventory.links[link.index()].id.as_str());
                        let profile = inventory.profiles[current_weight.profile.index()]
                            .id
                            .clone();
                        (
                            profile,
                            links.collect::<Vec<_>>().join(">"),
                            format!("{:.6}", current_weight.weight),
                        )
                    })
                    .collect();
                let missing: Vec<_> = weights.symmetric_difference(&taken).collect();
                assert!(missing.is_empty(), "{at}: {missing:?}");
                compared += 1;
            }
            // What the earlier plan comes to in the end can still be reached: nobody more is unserved. A shard that is served in
            // part has moved as a whole, and its copy takes capacity.
            let (Some(before), Some(after)) = (plan.periods.last(), next.periods.last()) else {
                continue;
            };
            let parts = before.parts.chunk_by(|a, b| a.shard == b.shard);
            let is_whole = parts.filter(|parts| parts.len() > 1).count() == 0;
            if is_whole && after.totals.unserved > before.totals.unserved + 1.0 {
                wrong.push(format!(
                    "{at} ({timing:?}): {} unserved in the last period instead of {}",
                    after.totals.unserved, before.totals.unserved
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        count >= 100 && 10 * refused <= count && returning >= 10 && compared >= 30 && opened >= 5,
        "{count} resumed, {refused} refused, {returning} with returns, {unweighted} without weights, {compared} compared, {opened} opened"
    );
}

/// Ten users at a site to which two access points lead; the first carries eight.
fn two_access_points(weights: &str) -> (Inventory, Scenario) {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let files = [
        file("resources.csv", "resource,unit,scope\nbw,Gbit/s,network\n"),
        file("profiles.csv", "profile,bw\nmail,1\n"),
        file("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        file("client_regions.csv", "client_region\nr\n"),
        file("sites.csv", "site\na\n"),
        file("access_points.csv", "access_point,bw\np,8\nq,100\n"),
        file(
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,r,q,9\nl4,q,a,5\n",
        ),
        file(
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns,t,10,a,mail,r,gold\n",
        ),
        file(
            "current_weights.csv",
            &format!("profile,links,weight\n{weights}"),
        ),
    ];
    let scenario =
        "[scenario]\nname = \"quiet\"\nstart = 2030-03-01T00:00:00Z\nend = 2030-03-01T01:00:00Z\n";
    read(&files, scenario)
}

#[test]
fn the_state_before_has_the_weights_in_force() {
    let (inventory, scenario) = two_access_points("mail,l1>l2,0.3\nmail,l3>l4,0.7\n");
    let plan = planned(&inventory, &scenario);
    let users: Vec<f64> = plan.before.flows.iter().map(|flow| flow.users).collect();
    assert_eq!(users, [3.0, 7.0]);
    assert!(judged(&inventory, &scenario, &plan).holds());
    // A plan that begins with others is not one of this inventory.
    let (other, _) = two_access_points("mail,l1>l2,0.4\nmail,l3>l4,0.6\n");
    let verdict = judged(&other, &scenario, &plan).to_string();
    assert!(
        verdict.contains("found 3 users over `l1>l2`, expected 4, by the weight 0.4 [P7605]"),
        "{verdict}"
    );
}

#[test]
fn weights_that_overload_a_component_before_any_event_are_refused() {
    let (inventory, scenario) = two_access_points("mail,l1>l2,1\n");
    let options = Options {
        stop: &Stop::default(),
        watch: &NoWatch,
    };
    let error = plan(&inventory, &scenario, &options).expect_err("ten do not fit");
    assert_eq!(
        error.to_string(),
        "current_weights.csv: found weights with which bw of p is at 125.0 % of its capacity before any event, \
         expected weights that every component can carry [P3604]\n\
         hint: take the file out: the plan then begins with the best weights instead of those in force"
    );
}
