//! What is above its capacity before the waves begin: how full it is then, while steering turns, and behind them.

use super::by_hand::is_near;
use super::undone::{runbook_of, says, without_m};
use crate::levels::planned;

#[test]
fn what_is_above_its_capacity_is_reported_at_the_head_of_a_transition() {
    // n has 100 and is given all 160 at 06:00; 60 go on to x at once.
    let read = without_m("unlimited");
    let plan = planned(&read.0, &read.1);
    let wave = &plan.transitions[0].waves[0];
    let [overloaded] = wave.overloaded[..] else {
        panic!("{:?}", wave.overloaded);
    };
    assert_eq!(overloaded.from, wave.start);
    is_near(overloaded.full.begun_load, 160.0);
    is_near(overloaded.full.stop_load, 100.0);
    is_near(overloaded.full.capacity, 100.0);
    let text = runbook_of(&read);
    says(
        &text,
        "**Above its capacity already when the waves begin.** No part of a wave adds to it. It alone is no reason to stop:\n\
         - bw of n: 160.0 % at 06:00, 100.0 % after wave 1 (06:00)\n",
    );
    says(
        &text,
        "- n bw: at most 100.0 % during the wave, 100.0 % at its end\n",
    );
}

#[test]
fn a_gate_says_what_is_fuller_while_steering_turns() {
    // x lets one of the 60 in a second.
    let text = runbook_of(&without_m("1"));
    says(
        &text,
        "- bw of n: 160.0 % at 06:00, 100.0 % after wave 1 (06:01)\n",
    );
    says(
        &text,
        "- n bw: 160.0 % when the wave begins, at most 100.0 % once the weights have turned, 100.0 % at its end\n",
    );
}

#[test]
fn nothing_is_reported_where_nothing_is_above_its_capacity() {
    let read = super::by_hand::read(&super::by_hand::RECONNECT);
    let plan = planned(&read.0, &read.1);
    let mut waves = plan
        .transitions
        .iter()
        .flat_map(|transition| &transition.waves);
    assert!(waves.all(|wave| wave.overloaded.is_empty()));
    let text = runbook_of(&read);
    assert!(!text.contains("Above its capacity"), "{text}");
}
