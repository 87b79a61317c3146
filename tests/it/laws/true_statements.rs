//! Small places in which a plan said something that its replay, its files or another plan do not hold.

use super::let_in::runbook_of;
use super::steps::read;
use crate::levels::{judged, planned, written};
use plimsoll::engine::{downtime, recovery, replay_plan};
use plimsoll::ids::ShardId;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::Plan;
use plimsoll::report::briefing::Briefing;
use plimsoll::report::numbers;
use plimsoll::solve::Stop;
use std::collections::BTreeMap;

fn found(name: &str) -> (Inventory, Scenario, Plan) {
    let (inventory, scenario) = read(&format!("tests/found/{name}"), &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    (inventory, scenario, plan)
}

/// The same with what users feel of it.
fn played(name: &str) -> (Inventory, Scenario, Plan) {
    let (inventory, scenario, mut plan) = found(name);
    let one_downtime =
        downtime(&inventory, &scenario, &plan, &Stop::default()).expect("it is played");
    plan.set_replayed(one_downtime);
    (inventory, scenario, plan)
}

fn briefing(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> String {
    let briefing = Briefing {
        inventory,
        scenario,
        plan,
        steps: &[],
        explanations: None,
        proven: None,
    };
    briefing.text(None)
}

/// Users of a shard all leave while their site is out, or were never there while half of their like were served: once it is back, all
/// of the shard is let in. At an hour at which nobody asks for anything a site without processors serves nobody either.
#[test]
fn plans_of_nobody_hold() {
    for name in [
        "all-leave-while-shed",
        "nobody-at-a-shed-home",
        "no-demand-at-nothing",
    ] {
        let (inventory, scenario, plan) = found(name);
        let verdict = judged(&inventory, &scenario, &plan);
        assert!(verdict.holds(), "{name}: {verdict}");
    }
}

/// What is refused is not to be begun: that there is room for all who move says that of the loads alone.
#[test]
fn a_refused_plan_says_of_nobody_that_he_is_served() {
    let (inventory, scenario, plan) = found("refused-beside-a-drain");
    assert!(plan.is_refused() && plan.outages().is_empty());
    let text = briefing(&inventory, &scenario, &plan);
    assert!(text.contains("there is capacity for everyone"), "{text}");
    assert!(!text.contains("is served"), "{text}");
}

/// 6,000 users wait for their wave while 100 others stay unserved: what those lose who are served nowhere is told, of all periods.
#[test]
fn who_waits_beside_the_unserved_is_reported() {
    for name in ["waits-beside-the-unserved", "waits-in-several-periods"] {
        let (inventory, scenario, plan) = played(name);
        let periods = &plan.replayed.as_ref().expect("it is played").periods;
        let lost: f64 = periods.iter().map(|period| period.unserved_minutes).sum();
        let sentence = format!(
            "Unserved users, some of them until waves readmit them, lose {} user minutes.",
            numbers::about(lost)
        );
        let text = briefing(&inventory, &scenario, &plan);
        assert!(text.contains(&sentence), "{sentence}\n{text}");
    }
}

/// Work is slow, and no client ever gives up: it takes longer, and none fails.
#[test]
fn slow_work_that_nobody_gives_up_does_not_fail() {
    let (inventory, scenario, plan) = found("slow-and-never-given-up");
    let text = briefing(&inventory, &scenario, &plan);
    let sentence = "slows some work down. No component is overloaded.";
    assert!(text.contains(sentence), "{text}");
    assert!(!text.contains("slow work fails"), "{text}");
}

/// A pool is used to 75 % when waves begin and to 125 % in the busiest hour that they meet.
#[test]
fn a_load_of_the_busiest_hour_is_not_reported_of_an_instant() {
    let (inventory, scenario, plan) = found("full-in-the-busiest-hour");
    let text = runbook_of(&inventory, &scenario, &plan);
    assert!(
        text.contains("at the demand of the busiest hour that each wave meets.**"),
        "{text}"
    );
    assert!(
        text.contains("125.0 % at most from 24 Mar 15:15 on,"),
        "{text}"
    );
}

/// Playing it forward ends at 06:43, and some are down at 07:11 by a rougher play, which is not said beside it.
#[test]
fn nothing_is_reported_of_what_is_not_checked() {
    let (inventory, scenario, plan) = played("down-where-nothing-was-checked");
    let text = briefing(&inventory, &scenario, &plan);
    if plan
        .replayed
        .as_ref()
        .is_some_and(|downtime| downtime.unchecked_from.is_some())
    {
        assert!(
            text.contains("ome of these users may still be down after"),
            "{text}"
        );
    }
    assert!(!text.contains("are still down at"), "{text}");
}

/// In steps of 60 and of 5 s everybody is back by chance; in steps of 10 s 53 users are down for 13 minutes.
#[test]
fn who_comes_through_in_two_plays_by_chance_does_not_in_a_third() {
    let (inventory, scenario, plan) = found("through-in-two-plays-by-chance");
    let one_downtime =
        downtime(&inventory, &scenario, &plan, &Stop::default()).expect("it is played");
    assert!((one_downtime.step_seconds - 10.0).abs() < 1e-9);
    let most = one_downtime.outages.iter().map(|outage| outage.most_users);
    assert!(
        most.fold(0.0, f64::max) > 50.0,
        "{:?}",
        one_downtime.outages
    );
}

/// Ever fewer of 4,500 users are down after a trigger, and ever more of those wait: nobody is locked in.
#[test]
fn fewer_may_be_down_while_more_wait() {
    let (inventory, scenario, plan) = found("fewer-down-while-more-wait");
    let recovery = recovery(&inventory, &scenario, &plan, &Stop::default()).expect("it is played");
    assert_eq!(recovery.locked_in(), 0);
    assert!(!recovery.trials.is_empty());
}

/// At 00:00 nobody knows of the fault at 05:36: users are placed as without it, away from the site that is drained at 07:20.
#[test]
fn where_users_are_placed_is_settled_by_what_is_known() {
    let folder = "tests/found/placed-by-what-comes-later";
    let placed = |layer: &str| {
        let (inventory, scenario) = read(folder, &[layer]);
        let plan = planned(&inventory, &scenario);
        let verdict = judged(&inventory, &scenario, &plan);
        assert!(verdict.holds(), "{layer}: {verdict}");
        let shards = (0..inventory.shards.len()).map(ShardId::new);
        let site = |shard| {
            let mut parts = plan.periods[0].parts.iter();
            parts
                .find(|part| part.shard == shard)
                .and_then(|part| part.site)
        };
        shards.map(site).collect::<Vec<_>>()
    };
    assert_eq!(placed("scenario.toml"), placed("without.toml"));
}

/// Where what is learnt of later would have suited the other plan, it is told how many more move.
#[test]
fn more_moves_by_what_nobody_knew_are_reported() {
    let (inventory, scenario, mut plan) = found("placed-by-what-comes-later");
    let joint = plan.joint.as_mut().expect("periods are planned together");
    joint.sequential_users = joint.moved_users - 500.0;
    let text = briefing(&inventory, &scenario, &plan);
    let why = "These are 500 more than period after period, because of faults detected later.";
    assert!(text.contains(why), "{text}");
}

/// Of 90,000 users 60,000 lose their site at once and move over 55 s: at first they are all down.
#[test]
fn who_loses_his_site_is_down_from_the_first_instant() {
    let (inventory, scenario, plan) = found("down-from-the-first-instant");
    let one_downtime =
        downtime(&inventory, &scenario, &plan, &Stop::default()).expect("it is played");
    let most = one_downtime
        .periods
        .iter()
        .map(|period| period.most_users)
        .fold(0.0, f64::max);
    assert!((most - 60_000.0).abs() < 1.0, "{most}");
}

#[test]
fn without_targets_growth_leaves_users_unserved() {
    let (inventory, scenario, plan) = found("full-without-a-target");
    let text = briefing(&inventory, &scenario, &plan);
    let growth =
        "With any growth of all demand users stay unserved. First s would be short of cpu.";
    assert!(text.contains(growth), "{text}");
}

/// A tenth more users connect too fast for a gate when they surge, though the margin is three times the demand.
#[test]
fn a_margin_says_that_it_counts_nobody_who_connects() {
    let (inventory, scenario, plan) = found("who-connects-is-no-margin");
    let text = briefing(&inventory, &scenario, &plan);
    assert!(
        text.contains("Reconnecting users are not counted in this margin."),
        "{text}"
    );
}

/// Who leaves one path and comes to another in a step is down once.
#[test]
fn no_more_are_down_than_there_are() {
    for name in [
        "down-from-the-first-instant",
        "through-in-two-plays-by-chance",
        "lost-in-short-steps",
        "wave-under-way-at-the-start",
    ] {
        let (inventory, scenario, plan) = found(name);
        let run =
            replay_plan(&inventory, &scenario, &plan, &Stop::default()).expect("it is played");
        let more = run
            .moments
            .iter()
            .find(|moment| moment.most_down > moment.users + 1.0);
        assert!(more.is_none(), "{name}: {more:?}");
    }
}

/// Waves let users in until 09:30, and a fault that hurts nobody begins a period at 08:30: they are named until they are in. So is
/// who is cut off by a fault that is known at once, until waves have moved him.
#[test]
fn who_waits_for_waves_is_named_until_they_are_done() {
    for (name, least) in [
        ("let-in-over-a-later-period", 100_000.0),
        ("cut-off-until-moved", 400_000.0),
    ] {
        let (inventory, scenario, mut plan) = found(name);
        let one_downtime =
            downtime(&inventory, &scenario, &plan, &Stop::default()).expect("it is played");
        assert!(
            one_downtime.outages.is_empty(),
            "{name}: {:?}",
            one_downtime.outages
        );
        let named = one_downtime
            .periods
            .iter()
            .map(|period| period.named_minutes);
        assert!(
            named.sum::<f64>() > least,
            "{name}: {:?}",
            one_downtime.periods
        );
        plan.set_replayed(one_downtime);
        let text = briefing(&inventory, &scenario, &plan);
        let waits = "undetected faults, partial failures and reconnects, and waits for a wave.";
        assert!(text.contains(waits), "{name}: {text}");
    }
}

/// 16,000 users pass two components of which nothing is left.
#[test]
fn no_more_users_lack_spare_capacity_than_there_are() {
    let (inventory, scenario, plan) = found("hurt-twice");
    let text = briefing(&inventory, &scenario, &plan);
    assert!(
        text.contains(
            "two undetected or unanswered faults leave 16,000 users unserved (excess users, before retries). They pass x and A."
        ),
        "{text}"
    );
}

/// `[protect]` does not hold beside split shards, and no stop is told as not checked for it.
#[test]
fn nothing_is_asked_of_stops_beside_split_shards() {
    let (inventory, scenario, plan) = found("protect-beside-split-shards");
    let text = briefing(&inventory, &scenario, &plan);
    assert!(!text.contains("the planning was stopped before"), "{text}");
}

/// Users who are served when the path back begins and when it is done, and not in between, by the rows of `changes_back.csv`, of as
/// many as their shards have when it begins.
fn down_on_the_path_back(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> f64 {
    let files = written(inventory, scenario, plan);
    let rows = files.iter().find(|file| file.name == "changes_back.csv");
    let mut reader = csv::Reader::from_reader(&rows.expect("it is written").bytes[..]);
    let header = reader.headers().expect("a header").clone();
    let column = |name| {
        header
            .iter()
            .position(|text| text == name)
            .expect("a column")
    };
    let (action, shard, share) = (column("action"), column("shard"), column("share"));
    // By shard: the share that is served besides that of the beginning, and the least of that.
    let mut served: BTreeMap<String, [f64; 2]> = BTreeMap::new();
    for row in reader.records().map(|row| row.expect("a row")) {
        let share: f64 = row[share].parse().unwrap_or(0.0);
        let more = match &row[action] {
            "shed" => -share,
            "let_in" => share,
            _ => continue,
        };
        let [now, least] = served.entry(row[shard].to_owned()).or_default();
        *now += more;
        *least = least.min(*now);
    }
    let last = plan.periods.last().expect("a period");
    let down = served.iter().map(|(shard, [end, least])| {
        let mut shards = (0..inventory.shards.len()).map(ShardId::new);
        let shard = shards.find(|candidate| inventory.shard_ids.get(candidate.index()) == *shard);
        (end.min(0.0) - least) * last.case.users(shard.expect("it is known").index())
    });
    down.sum()
}

/// The path back of these plans stops serving users whom a later step lets in again.
#[test]
fn who_is_down_on_the_path_back_is_reported() {
    for name in [
        "opened-before-works",
        "path-back-sheds-in-part",
        "split-goes-home-with-growth",
        "undo-slice-not-there",
    ] {
        let (inventory, scenario, mut plan) = found(name);
        // As it is where the state before can carry everybody again.
        plan.full_back = None;
        let down = down_on_the_path_back(&inventory, &scenario, &plan);
        assert!(down > 30.0, "{name}: {down}");
        let words = format!(
            "Steps that stop serving users leave {} unserved until a later one lets them in again.",
            numbers::lost_users(down)
        );
        let text = runbook_of(&inventory, &scenario, &plan);
        assert!(text.contains(&words), "{name}: {words}\n{text}");
    }
}

/// A shard of 5,600 users and one of 5,000 are elsewhere at the end; of the first half was shed meanwhile, and more of it later.
#[test]
fn who_is_elsewhere_at_the_end_is_counted_once() {
    let (inventory, scenario, mut plan) = found("path-back-sheds-in-part");
    plan.full_back = None;
    let text = runbook_of(&inventory, &scenario, &plan);
    let words = "\n10,600 users are elsewhere when the scenario ends. To get back";
    assert!(text.contains(words), "{text}");
}

/// 471 users come back at one instant through a gate of 0.02 sessions a second. No gate and no pace was found that leaves nobody
/// down, and the plan says so, and that it was played as it is.
#[test]
fn where_nothing_was_found_that_ends_an_outage_it_is_reported() {
    let (inventory, scenario, mut plan) = found("surge-end");
    let played = downtime(&inventory, &scenario, &plan, &Stop::default()).expect("it is played");
    assert!(!played.outages.is_empty() && played.relief.is_empty());
    plan.replayed = Some(played);
    let text = briefing(&inventory, &scenario, &plan);
    let words = "No pace and no capacity was found with which this plan leaves no such outage. \
        A plan made for more capacity was not tried.";
    assert!(text.contains(words), "{text}");
}

/// A plan leaves users unserved, and no plan for less demand was found that leaves none: nothing proves that there is none.
#[test]
fn what_is_not_proven_of_a_margin_is_reported() {
    let (inventory, scenario, plan) = found("exit4");
    let verified = plan
        .least_limit(|error_margin| error_margin.demand)
        .expect("a margin")
        .1
        .verified;
    let bound = plan
        .least_bound(|error_margin| error_margin.demand)
        .expect("a bound");
    assert!(verified < 0.99 && bound >= 1.0, "{verified} {bound}");
    let text = briefing(&inventory, &scenario, &plan);
    let words = "It is not proven that less is not enough; no plan was found with less.";
    assert!(text.contains(words), "{text}");
}
