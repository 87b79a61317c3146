//! What a runbook says of turning back: how waves are undone, which are not, and the path back.

use super::stated_by_hand::{runbook_of, runbook_with_path_back};
use crate::levels::planned;
use plimsoll::report::waves::{TransitionWriter, runbook};

/// Users join a shard to whose site no path leads: they were served nowhere before, and nobody is led back there.
#[test]
fn nobody_is_led_back_to_where_no_path_led() {
    let pinned = runbook_of("joins-unreachable-pinned");
    assert!(
        pinned.contains("Do not serve 50 users of shard y at b."),
        "{pinned}"
    );
    assert!(!pinned.contains("and were before"), "{pinned}");
    assert!(
        !pinned.contains("let the users of 1 shard in again"),
        "{pinned}"
    );
    let free = runbook_of("joins-unreachable-free");
    let left = "leave as it is, with its weights, 1 shard without users before: the state before has no path for them";
    assert!(free.contains(left), "{free}");
    assert!(!free.contains("move 1 shard back."), "{free}");
}

/// A shard that was shed when the scenario began has weights of the state before alone: they are set before it is let in again.
#[test]
fn the_path_back_sets_weights_before_it_lets_in() {
    let text = runbook_with_path_back("path-back-weights");
    let back = "Undo the rows with period 0 and no wave: set every weight to that of before.csv, then let the users of 1 shard in again.";
    assert!(text.contains(back), "{text}");
}

/// On the way back an access point is open before weights lead there, waves ahead of a period are undone after what it does when it
/// begins, and the weights of the state before are set in the end.
#[test]
fn the_path_back_leads_to_nothing_closed() {
    for name in ["back-weights-before-open", "back-undo-wave-closed"] {
        let folder = format!("tests/found/{name}");
        let (inventory, scenario) = super::steps::read(&folder, &["scenario.toml"]);
        let faults = super::steps::faults_by_hand(&inventory, &scenario);
        assert_eq!(faults, Some(Vec::new()), "{name}");
    }
    // Everybody is back there, though a part of it was shed on the way.
    let text = runbook_of("back-final-weights");
    assert!(text.contains("Nothing is left to undo"), "{text}");
}

/// A link is back while users move and no wave turns weights: the runbook says when they lead over it again. Users join as an
/// access point fails, so that more are shed than were served before: those who stay are not led back over it.
#[test]
fn runbooks_of_what_changes_meanwhile_lead_to_the_plan() {
    for name in ["opens-while-users-move", "joins-as-it-fails"] {
        let folder = format!("tests/found/{name}");
        let (inventory, scenario) = super::steps::read(&folder, &["scenario.toml"]);
        let faults = super::steps::faults_by_hand(&inventory, &scenario);
        assert_eq!(faults, Some(Vec::new()), "{name}");
    }
    let text = runbook_of("opens-while-users-move");
    let (_, wave) = text.split_once("### Wave 5 of 7").expect("a wave");
    let step = "Set every weight to that of wave_weights.csv with period 3, wave 5 and `during` 5. From 03:07 on take the rows with `during` 6.";
    let (wave, _) = wave.split_once("###").expect("another wave");
    assert!(wave.contains(step), "{wave}");
}

/// Between two waves of a period that of an earlier one turns every weight: undone, the second leads back to those.
#[test]
fn an_undone_wave_has_what_an_earlier_period_set_meanwhile() {
    let folder = "tests/found/turned-between-waves";
    let (inventory, scenario) = super::steps::read(folder, &["scenario.toml"]);
    let faults = super::steps::faults_by_hand(&inventory, &scenario);
    assert_eq!(faults, Some(Vec::new()));
    let text = runbook_of("turned-between-waves");
    let (_, waves) = text
        .split_once("## Period 6, before")
        .expect("waves of period 6");
    let (_, wave) = waves.split_once("### Wave 2 of 2").expect("a wave");
    let rows = "the weights are those of wave_weights.csv with period 5, wave 1 and `during` 4\n";
    let (wave, _) = wave.split_once("## ").expect("what follows");
    assert!(wave.contains(rows), "{wave}");
}

/// A wave ahead of a later period is under way as that of an earlier one begins to turn weights: the runbook says who turns them, and
/// undone, they are those of just before.
#[test]
fn weights_that_another_period_turns_meanwhile_are_not_set_at_once() {
    let folder = "tests/found/turned-during-later-waves";
    let (inventory, scenario) = super::steps::read(folder, &["scenario.toml"]);
    let faults = super::steps::faults_by_hand(&inventory, &scenario);
    assert_eq!(faults, Some(Vec::new()));
    let text = runbook_of("turned-during-later-waves");
    let rows = "wave_weights.csv with period 5, wave 1 and `during` 3. \
                From 06:30 on take the rows with `during` 4, to which the waves of period 4 turn";
    assert!(text.contains(rows), "{text}");
}

/// Nobody is served while the only access point is drained: steering.csv has no rows of that period, and the runbook says so where
/// it names them.
#[test]
fn rows_that_are_not_there_are_named_as_that() {
    let text = runbook_of("back-to-where-nobody-is-served");
    let rows = "steering.csv with period 1 (no rows: nobody is served then)";
    assert!(text.contains(&format!(".** Set every weight to that of {rows}.")));
    assert!(text.contains(&format!("- the weights are those of {rows}\n")));
    assert_eq!(
        text.matches("steering.csv with period 1").count(),
        text.matches(rows).count(),
        "{text}"
    );
}

/// The first wave after a failure leads users off an access point that is out: nobody turns them back onto it.
#[test]
fn nobody_is_turned_back_onto_what_is_out() {
    let text = runbook_of("undone-onto-what-is-out");
    assert!(text.contains("**No rollback:** it would lead users over what is out."));
    assert!(!text.contains("the weights are those of steering.csv with period 0"));
}

/// Users moved because a site closes for good, or because others grow: where they were there is nothing for them when the scenario
/// ends, and nobody is sent back.
#[test]
fn nobody_is_sent_back_to_where_there_is_no_capacity() {
    for (name, words) in [
        ("no-capacity-to-go-back-to", "would carry 9 vCPU of cpu"),
        ("no-room-to-go-back-to", "would carry 12 vCPU of cpu"),
    ] {
        let text = runbook_of(name);
        let (_, back) = text
            .split_once("## Rollback after the last step")
            .expect("it is told");
        assert!(
            back.contains("there is no path back to the state before"),
            "{back}"
        );
        assert!(back.contains(words), "{back}");
        assert!(
            !back.contains("move 1 shard back") && !back.contains("before.csv"),
            "{back}"
        );
    }
    // Where all is as it was they are.
    let text = runbook_of("back-named-next-closed");
    let (_, back) = text
        .split_once("## Rollback after the last step")
        .expect("a path back");
    let (_, caveat) = back
        .split_once("Loads between these steps were not checked")
        .expect("it is told");
    assert!(caveat.contains("1. "), "the steps come after it: {back}");
}

/// An access point on standby has opened because users joined: with the steering of before the other one would be too full, also
/// where nobody has moved.
#[test]
fn steering_does_not_go_back_where_users_have_joined() {
    for (name, left, load) in [
        (
            "opened-for-growth",
            "All users are back when the scenario ends, but not everything is as it was before. Leave it so",
            "12 Gbit/s",
        ),
        (
            "let-in-by-opening",
            "2,167 users are served when the scenario ends, and were not before. Leave them there",
            "10.8 Gbit/s",
        ),
    ] {
        let text = runbook_of(name);
        let (_, back) = text
            .split_once("## Rollback after the last step")
            .expect("it is told");
        let words = format!(
            "{left}: there is no path back to the state before. With all users where they were before, a0 would carry {load} of bw when the scenario ends (11 Mar 06:00), and it can carry 10 Gbit/s."
        );
        assert!(back.contains(&words), "{back}");
        assert!(!back.contains("before.csv"), "{back}");
    }
}

/// Users of a group at a site are served alike in the state before, and a site carries the copies of all: it was too full, and is
/// again.
#[test]
fn the_path_back_says_what_was_too_full_before() {
    let text = runbook_of("full-before-as-after");
    let (_, back) = text
        .split_once("## Rollback after the last step")
        .expect("it is told");
    let words = "With all users where they were before, s0 would carry 11 vCPU of cpu again, as before the scenario, and it can carry 10 vCPU.";
    assert!(back.contains(words), "{back}");
    assert!(back.contains("move 1 shard back"), "{back}");
}

/// Everybody is back, and a member of a pool is not: which weights hold goes by the hour.
#[test]
fn the_path_back_of_a_pool_has_the_hours() {
    let text = runbook_of("path-back-forgets-the-hours");
    let (_, back) = text
        .split_once("## Rollback after the last step")
        .expect("a path back");
    assert!(
        back.contains(
            "to that of before.csv in the slice of the hour, and from then on by the hour."
        ),
        "{back}"
    );
}

/// On 13 November 2012 a wave follows one that moved users to where their regions had none: undone it leads back to rows that have
/// these.
#[test]
fn an_undone_wave_has_weights_for_everybody_who_is_there() {
    let folder = "data/americas-2012";
    let (inventory, scenario) = super::steps::read(folder, &["13-november-2012.toml"]);
    let plan = planned(&inventory, &scenario);
    let text = runbook(&TransitionWriter {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
    });
    let rows = "the weights are those of wave_weights.csv with period 2, wave 1 and `during` 1\n";
    assert!(text.contains(rows));
    assert!(text.contains("- A shard that moves back needs its data there: copy them first"));
}

/// Who moves back has the weights that led to where he was, not those of an earlier period over what is closed then.
#[test]
fn who_moves_back_is_led_as_before() {
    let text = runbook_of("back-named-next-closed");
    let step = ". Undo the rows with period 2 and wave 1: move 1 shard back, then set every weight to that of steering.csv with period 1.";
    assert!(text.contains(step), "{text}");
    let text = runbook_of("undo-slice-not-there");
    let (_, back) = text
        .split_once("## Rollback after the last step")
        .expect("a path back");
    let step = "then set every weight to that of wave_weights.csv with period ";
    assert!(back.contains(step), "{text}");
    let text = runbook_of("back-no-weights");
    assert!(text.contains("Nothing is left to undo"), "{text}");
}

/// Undone while its gate is watched a wave leads back over an access point; works on it begin meanwhile.
#[test]
fn a_wave_is_undone_before_maintenance_closes_what_it_leads_back_over() {
    let text = runbook_of("undo-onto-works");
    let until = "open access point AP a1 (a1) first, if it is closed by then\n- roll back only if it finishes by 04:45:";
    assert!(text.contains(until), "{text}");
}

/// A wave is undone in an hour that the period before it does not have.
#[test]
fn rows_of_a_period_that_is_over_have_their_last_hour() {
    let text = runbook_of("undo-slice-not-there");
    let words = "- Rows of a period that is over have no slice for the hour: take the slice of its last hour.\n";
    assert!(text.contains(words), "{text}");
    assert!(!runbook_of("gate-of-dead-site").contains("the slice of its last hour"));
}

/// A shard without a home before has moved on since it was placed.
#[test]
fn a_shard_is_taken_out_of_service_where_it_is() {
    let text = runbook_with_path_back("path-back-remove-elsewhere");
    let words = "take 1 shard without a home before out of service where it is (rows with the action `remove`, whose `from_site` is where each was placed at first)";
    assert!(text.contains(words), "{text}");
}

/// What a wave says of how it is undone, by its heading of a period and its own.
fn undoing<'t>(text: &'t str, period: &str, wave: &str) -> &'t str {
    let (_, rest) = text.split_once(period).expect("the period");
    let (_, rest) = rest.split_once(wave).expect("the wave");
    let (_, rest) = rest.split_once("\n**Roll back").expect("how it is undone");
    rest.split("\n## ").next().unwrap_or_default()
}

/// An access point closes when the last wave is over, and users go back over it while its gate is watched.
#[test]
fn what_closes_while_a_gate_is_watched_is_opened_for_who_moves_back() {
    let text = runbook_of("closed-in-gate");
    let undo = undoing(&text, "## Period 5, from", "### Wave 1 of 1");
    assert!(
        undo.contains("move back those of the 1 shard that have moved"),
        "{undo}"
    );
    assert!(
        undo.contains("- open a1 first, if it is closed by then"),
        "{undo}"
    );
    let text = runbook_of("undo-runs-past-closing");
    let words = "- Close no access point while users enter there because a wave was rolled back or is not done. \
        Leave it open, and postpone what needs it closed.\n";
    assert!(text.contains(words), "{text}");
    let words = "- After a rollback, or a stop before the last wave of a section, do none of the later steps in that section.\n";
    assert!(text.contains(words), "{text}");
}

/// Nobody is at a site any more that is out, or nobody was served where a shard was: that keeps no wave from being undone.
#[test]
fn a_wave_is_undone_where_nobody_is_led_to_what_is_out() {
    let text = runbook_of("refused-over-out-nobody");
    assert!(
        !text.contains("would lead users over what is out"),
        "{text}"
    );
    let text = runbook_of("refused-site-not-out");
    let undo = undoing(&text, "## Period 0, before", "### Wave 1 of 2");
    assert!(undo.contains("stop serving the 1,619 users"), "{undo}");
    assert!(
        undo.contains("first move back those of the 2 shards that have moved"),
        "{undo}"
    );
}

/// Turning a part back takes a part of the time, so it can be begun while the wave goes on.
#[test]
fn a_part_of_a_turn_is_undone_in_a_part_of_its_time() {
    let text = runbook_of("never-after-its-start");
    assert!(
        text.contains("### Wave 1 of 1: 4 Mar 03:57:20 to 04:10"),
        "{text}"
    );
    assert!(
        text.contains("**no rollback after 4 Mar 04:01:33**"),
        "{text}"
    );
    assert!(
        !text.contains("**no rollback after 4 Mar 03:57:20"),
        "{text}"
    );
}

/// Works take a member out of its pool before the wave could be undone.
#[test]
fn a_member_is_not_put_back_under_maintenance() {
    let text = runbook_of("member-under-works-put-back");
    assert!(
        text.contains(", turned with the weights, unless it is out of service by then; if it goes out later, take it out again\n"),
        "{text}"
    );
}

/// Steps of another period take a member out of its pool before the wave could be undone.
#[test]
fn a_member_is_not_put_back_that_other_steps_take_out() {
    let text = runbook_of("member-taken-out-by-others");
    let undo = undoing(&text, "## Period 3, before", "### Wave 1 of 1");
    let words = "of its users, turned with the weights, unless the steps of 3 Mar 14:25 have taken it out by then\n";
    assert!(undo.contains(words), "{undo}");
}

/// The site where users were goes out while the gate of their wave is watched.
#[test]
fn a_wave_is_undone_until_a_site_is_out() {
    let text = runbook_of("undone-until-a-site-is-out");
    let undo = undoing(&text, "## Period 3, from 08:00 on", "### Wave 1 of 1");
    assert!(
        undo.contains("move back those of the 1 shard that have moved"),
        "{undo}"
    );
    let words =
        "- roll back only if it finishes by 08:10: from then on s1, or every path to it, is out";
    assert!(undo.contains(words), "{undo}");
}

/// Users join long after a wave, before the last wave of its period is over.
#[test]
fn what_is_full_only_by_growth_after_a_wave_bars_no_undoing() {
    let text = runbook_of("full-by-growth-of-later");
    assert!(!text.contains("114.3 %"), "{text}");
    let words =
        "- roll back only if it finishes by 2 Mar 02:00: from then on it would overload s1\n";
    assert!(text.contains(words), "{text}");
    assert!(
        !text.contains("**No rollback:** it would overload s1"),
        "{text}"
    );
}

/// The last period has one hour alone, and the state before led users otherwise at others.
#[test]
fn the_path_back_has_hours_that_the_last_period_has_not() {
    let text = runbook_of("no-path-back-by-hour");
    let (_, back) = text
        .split_once("## Rollback after the last step")
        .expect("a path back");
    assert!(
        back.contains(
            "to that of before.csv in the slice of the hour, and from then on by the hour."
        ),
        "{back}"
    );
}
