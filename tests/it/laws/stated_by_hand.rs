//! What a runbook tells people to do is what the loads count: each place in which it was not.

use crate::levels::planned;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{Plan, Refusal};
use plimsoll::plan_files::Action;
use plimsoll::report::waves::{TransitionWriter, runbook};

fn found(name: &str) -> (Inventory, Scenario, Plan) {
    let folder = format!("tests/found/{name}");
    let (inventory, scenario) = super::steps::read(&folder, &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    (inventory, scenario, plan)
}

/// The runbook as it is where the state before can carry everybody again.
pub(super) fn runbook_with_path_back(name: &str) -> String {
    let (inventory, scenario, mut plan) = found(name);
    plan.full_back = None;
    runbook(&TransitionWriter {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
    })
}

pub(super) fn runbook_of(name: &str) -> String {
    let (inventory, scenario, plan) = found(name);
    runbook(&TransitionWriter {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
    })
}

/// At 08:00, when the scenario starts, 47.5 of 100 are used, and 95 at 12:00: of the 20 % that are to stay free 15 are missing
/// then, which was not so before.
#[test]
fn a_busier_hour_lowers_no_target() {
    let (inventory, _, plan) = found("busier-hour");
    let site = inventory.site_component(plimsoll::ids::SiteId::new(0));
    let at = [site.index(), 0];
    assert!(
        (plan.before.load[at] - 47.5).abs() < 1e-9,
        "{:?}",
        plan.before.load
    );
    let missing = plan.periods[0].totals.worst_shortfall;
    assert!((missing - 0.75).abs() < 1e-9, "{missing}");
    assert!(!plan.is_good());
}

/// A shard with a copy goes to a third site by copying, and comes back to the copy that its home keeps: it is not deleted.
#[test]
fn the_home_of_a_shard_with_copies_keeps_one() {
    let text = runbook_of("copy-deleted");
    let kept = "- Keep the data also if inputs/replicas.csv has the shard, and the old site is its home or in its rows.\n";
    assert!(text.contains(kept), "{text}");
    let (inventory, _, plan) = found("copy-deleted");
    let site = inventory.site_component(plimsoll::ids::SiteId::new(0));
    let disk = inventory
        .resources
        .iter()
        .position(|resource| resource.id == "disk");
    let at = [site.index(), disk.expect("it is there")];
    assert!((plan.periods[1].load[at] - 50.0).abs() < 1e-9);
}

/// A wave keeps to what is left of a site later on; a fifth is used of what is there until its gate is over.
#[test]
fn a_gate_shows_what_is_used_when_it_is_watched() {
    let text = runbook_of("gate-later-capacity");
    let now = "a cpu: at most 20.0 % during the wave, 20.0 % at its end";
    assert!(text.contains(now), "{text}");
}

/// A thousandth of a millionth of a user would be served of a shard of 100: nothing of it is copied.
#[test]
fn no_data_are_copied_for_nobody() {
    let (_, _, plan) = found("copy-for-nobody");
    let parts = plan.periods.iter().flat_map(|period| &period.parts);
    let mut served = parts.filter(|part| part.site.is_some() && part.users > 0.0);
    let few = served.find(|part| part.users < plimsoll::units::NOBODY);
    assert!(few.is_none(), "{few:?}");
}

/// Two parts of a shard with two homes of before, both at one site since, go on to another together: that is one move.
#[test]
fn parts_that_go_on_together_move_once() {
    for name in [
        "parts-go-on-together",
        "split-goes-home",
        "split-goes-home-and-on",
        "split-goes-home-with-growth",
        "split-moves-and-returns",
    ] {
        parts_move_once(name);
    }
}

fn parts_move_once(name: &str) {
    let (inventory, scenario, plan) = found(name);
    let verdict = crate::levels::judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    let moves = plan.periods.iter().flat_map(|period| {
        period
            .moves
            .iter()
            .map(|moved| (period.period.index, moved.shard, moved.from, moved.to))
    });
    let mut known = std::collections::BTreeSet::new();
    for moved in moves {
        assert!(known.insert(moved), "{name}: {moved:?}");
    }
}

/// A wave ahead of a later period has taken a member out when another is put back at the instant at which it ends: the rows of the
/// pool are in order of time.
#[test]
fn a_member_is_taken_out_before_another_is_put_back_when_its_wave_ends() {
    let (inventory, scenario, plan) = found("pool-turns-until-another");
    let verdict = crate::levels::judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    let steps = plimsoll::plan::changes(&inventory, &scenario, &plan);
    let of_pool = steps
        .iter()
        .filter(|step| matches!(step.change, plimsoll::plan::Change::Member { .. }));
    let rows: Vec<_> = of_pool
        .map(|step| (step.at.expect("it has a time"), step.change))
        .collect();
    assert!(rows.is_sorted_by_key(|(at, _)| *at), "{rows:?}");
    let half = |change: plimsoll::plan::Change| match change {
        plimsoll::plan::Change::Member { before, after, .. } => [before[0], after[0]],
        _ => [0.0; 2],
    };
    let shares: Vec<[f64; 2]> = rows.iter().map(|(_, change)| half(*change)).collect();
    // Only two of three are there until the first is back.
    assert!(
        shares.contains(&[0.5, 0.0]) && shares.contains(&[0.0, 0.5]),
        "{shares:?}"
    );
}

/// An access point that failed works again while waves that lead users elsewhere go on, and waves lead back to it at once.
#[test]
fn an_access_point_that_works_again_is_opened_before_waves_lead_back() {
    for name in ["opens-while-waves-go-on", "opens-while-a-failover-ends"] {
        let (inventory, scenario, plan) = found(name);
        let verdict = crate::levels::judged(&inventory, &scenario, &plan);
        assert!(verdict.holds(), "{name}: {verdict}");
        let steps = plimsoll::plan::changes(&inventory, &scenario, &plan);
        let opens = steps
            .iter()
            .find(|step| step.action == plimsoll::plan_files::Action::OpenAccessPoint);
        let opens = opens.expect("it opens");
        let back = &plan.periods[opens.period].period;
        assert_eq!(opens.at, Some(back.start), "{name}");
    }
}

/// A wave of no length ahead of a period stands before what is done when the period begins.
#[test]
fn waves_ahead_of_a_period_stand_before_its_own_steps() {
    let text = runbook_of("waves-of-no-length");
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}: {text}"));
    assert!(at("### Wave 2 of 2: at 2 Mar 20:00") < at("Stop serving 469 users"));
    assert!(at("### Wave 2 of 2: at 2 Mar 20:00") < at("Close access point AP a1 (a1)"));
}

/// Users who join a period that begins while waves of an earlier one go on have its weights once these are over.
#[test]
fn waves_that_are_over_do_not_go_on() {
    let text = runbook_of("late-waves-are-over");
    assert!(!text.contains(" goes on. Set every weight"), "{text}");
    let (_, instant) = text
        .split_once("## 28 Mar 10:51, period 3\n")
        .expect("an instant");
    let first = instant.trim_start().lines().next().unwrap_or_default();
    let set = ".** Set every weight to that of steering.csv with period 3.";
    assert!(first.ends_with(set), "{text}");
}

/// What a period closes is closed once its waves are over, also where these take no time.
#[test]
fn an_access_point_closes_after_waves_lead_away() {
    let text = runbook_of("close-before-wave");
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}: {text}"));
    let close = at("Close access point AP a1 (a1)");
    assert!(at("### Wave 1 of 1: at 2 Mar 22:50") < close, "{text}");
    assert!(at("Open access point AP a0 (a0)") < close, "{text}");
}

/// Waves of one period still lead away from an access point, which closes after them, when those of the next one begin that lead
/// there: it opens again once it has closed.
#[test]
fn an_access_point_opens_again_once_it_has_closed() {
    let name = "standby-closed-between-two-uses";
    let (inventory, scenario, plan) = found(name);
    let verdict = crate::levels::judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    let faults = super::steps::faults_of(&inventory, &scenario, &plan);
    assert_eq!(faults, Vec::<String>::new());
    let steps = plimsoll::plan::changes(&inventory, &scenario, &plan);
    let standby = plimsoll::ids::AccessPointId::new(1);
    let of_standby = steps.iter().filter(|step| {
        matches!(step.change, plimsoll::plan::Change::AccessPoint { access_point, .. } if access_point == standby)
    });
    let times: Vec<_> = of_standby.map(|step| step.at).collect();
    assert_eq!(times.len(), 3, "{times:?}");
    assert!(times.is_sorted(), "{times:?}");
}

/// Steering back over an access point takes 17 minutes from 08:00 on, and works take away at 08:15 what users still leave in it: the
/// works have to wait.
#[test]
fn maintenance_waits_until_users_have_left_what_it_takes_away() {
    let (inventory, scenario, plan) = found("works-during-waves");
    let back = plan
        .transitions
        .iter()
        .find(|transition| transition.period == 2);
    let back = back.expect("users turn back");
    let allowed = plimsoll::plan::Allowed::Maintenance(15.0 * 60.0);
    assert_eq!(back.refusal, Some(Refusal::TooLong));
    assert_eq!(back.allowed, Some(allowed));
    // Two minutes later nobody is on it any more.
    let mut later = scenario;
    let maintenance = later.events.iter_mut().max_by_key(|event| event.start);
    let maintenance = maintenance.expect("works at AP a1");
    maintenance.start += jiff::SignedDuration::from_mins(2);
    let plan = planned(&inventory, &later);
    let verdict = crate::levels::judged(&inventory, &later, &plan);
    assert!(verdict.holds(), "{verdict}");
    assert!(!plan.is_refused(), "{:?}", plan.transitions);
}

/// A fiftieth of the work is slow for two hours before that is known: 20 of 1,000 users are down, and no component is too full.
#[test]
fn slow_work_that_fails_is_not_reported_as_nobody_affected() {
    let (inventory, scenario, plan) = found("slow-nobody-affected");
    let steps = plimsoll::plan::changes(&inventory, &scenario, &plan);
    let briefing = plimsoll::report::briefing::Briefing {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
        steps: &steps,
        explanations: None,
        proven: None,
    };
    let text = briefing.beginning(None);
    let sentence = "makes part of the slow work fail. No component is overloaded.";
    assert!(text.contains(sentence), "{text}");
    assert!(!text.contains("no users"), "{text}");
}

/// Waves of no length wait for gates: works that begin between two of them cut off who leaves in the second.
#[test]
fn maintenance_waits_for_waves_between_gates() {
    let (inventory, scenario, plan) = found("works-between-gates");
    let verdict = crate::levels::judged(&inventory, &scenario, &plan);
    assert!(verdict.holds(), "{verdict}");
    let back = plan
        .transitions
        .iter()
        .find(|transition| transition.period == 2);
    let back = back.expect("users turn back");
    let allowed = plimsoll::plan::Allowed::Maintenance(15.0 * 60.0);
    assert_eq!(back.allowed, Some(allowed));
    assert_eq!(back.refusal, Some(Refusal::TooLong));
    assert!(back.waves.len() > 1, "{:?}", back.waves);
}

/// An access point opens at the instant at which works on the other begin: users are led there before that closes.
#[test]
fn weights_lead_to_what_opens_with_a_period() {
    let text = runbook_of("ahead-at-once-weights-missing");
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}: {text}"));
    let set = at(".** Set every weight to that of steering.csv with period 2.");
    assert!(set < at(".** Close access point AP a0 (a0)."), "{text}");
}

/// A standby access point would close and open again at one instant: it stays open.
#[test]
fn what_closes_and_opens_at_one_instant_stays_open() {
    let text = runbook_of("open-then-close");
    let stays = "Leave access point AP a2 (a2) open: it would close now and open again.";
    let (_, after) = text
        .split_once("## 05:30, period 3\n\n")
        .expect("an instant");
    assert!(
        after
            .lines()
            .next()
            .is_some_and(|line| line.ends_with(stays)),
        "{text}"
    );
    let (_, later) = after.split_once("## 05:30, period 4").unwrap_or_default();
    assert!(!later.contains("Open access point AP a2"), "{text}");
}

/// A wave at 0 % of the way leads those elsewhere whose access point has failed.
#[test]
fn weights_leave_what_has_failed_at_once() {
    let text = runbook_of("leave-closed");
    let set = "Set every weight to that of wave_weights.csv with period 1, wave 1 and `during` 1. From 2 Mar 10:50 on take the rows with `during` 2.\n\n";
    assert!(text.contains(set), "{text}");
}

/// Waves that move shards at 0 % of the way turn no weights: those of another period that begin meanwhile do.
#[test]
fn weights_are_left_to_waves_that_turn_them_alone() {
    let text = runbook_of("left-to-waves-undo");
    let set = "Set every weight to that of wave_weights.csv with period 2, wave 1 and `during` 2.\n\n- Turn the weights evenly over 32 s";
    assert!(text.contains(set), "{text}");
}

/// A wave begins while an access point is closed to which its rows lead: they hold once it is open.
#[test]
fn weights_wait_for_what_opens_while_they_turn() {
    let text = runbook_of("turn-begins-over-closed");
    let waits =
        "Leave every weight as it is until 03:45: until then these rows lead over what is closed";
    assert!(text.contains(waits), "{text}");
}

/// A site is out while a wave goes on: its gate does not ask how full that is.
#[test]
fn a_gate_names_nothing_that_is_out() {
    let text = runbook_of("gate-of-dead-site");
    let (_, wave) = text.split_once("### Wave 1 of 4").expect("a wave");
    let (wave, later) = wave.split_once("### Wave 2 of 4").expect("a wave");
    assert!(!wave.contains("s0 cpu"), "{wave}");
    // Half of it is back when the second one goes on.
    assert!(
        later.contains("- s0 cpu: at most 62.3 % during the wave"),
        "{later}"
    );
}

/// The waves of the first period last until after the member is back at work: the period that begins then puts it back, in its row
/// as in headroom.csv.
#[test]
fn a_member_is_put_back_in_the_period_that_has_it() {
    let (inventory, scenario, plan) = found("put-back-row-in-later-period");
    let steps = plimsoll::plan::changes(&inventory, &scenario, &plan);
    let back = steps.iter().filter(|step| step.action == Action::PutBack);
    let periods: Vec<usize> = back.map(|step| step.period).collect();
    assert_eq!(periods, [4]);
    for name in ["put-back-row-in-later-period", "put-back-by-another-count"] {
        let (inventory, scenario, plan) = found(name);
        let verdict = crate::levels::judged(&inventory, &scenario, &plan);
        assert!(verdict.holds(), "{name}: {verdict}");
    }
}

/// Waves of a period leave weights to those of another when a period begins between: the rows of these hold.
#[test]
fn a_period_goes_on_with_the_rows_of_those_who_turn() {
    let text = runbook_of("goes-on-with-rows-of-others");
    assert!(
        !text.contains("Weights: wave 1 of period 2 goes on"),
        "{text}"
    );
}

/// Weights and the members of a pool turn together from 95 % to 95 %, and half way there is more.
#[test]
fn a_gate_shows_what_is_full_halfway() {
    let text = runbook_of("full-half-way");
    let words = "- m0 bw: at most 99.0 % during the wave, 95.0 % at its end";
    assert!(text.contains(words), "{text}");
}
