//! Replays of random inventories: nothing is lost or made up, everybody is accounted for, and the same comes out twice.

use crate::draw::Size;
use crate::levels::{assert_none, found_in_changed_draws, planned, written};
use plimsoll::engine::replay;
use plimsoll::ids::ComponentId;
use plimsoll::model::{Disconnect, Event, EventKind, Inventory, Overload, Queued, Scenario, Slow};
use plimsoll::plan::replay::{Replay, Run};
use plimsoll::plan_files::{self, PlanFile};
use plimsoll::solve::Stop;

/// Makes a place where much goes wrong of a draw: timeouts, retries, gates, queues, slow work, sessions that end.
fn troubled(seed: u64, inventory: &mut Inventory, scenario: &mut Scenario) {
    let seed = usize::try_from(seed).expect("a small seed");
    let of = |parts: usize| seed % parts;
    for (number, profile) in (0..).zip(&mut inventory.profiles) {
        profile.retries = [0.0, 0.5, 1.0, 3.0][(of(4) + number) % 4];
        profile.timeout_seconds = [None, Some(20.0), Some(90.0)][(of(3) + number) % 3];
        profile.late_seconds = (of(5) == 0).then_some(10.0);
        profile.session_cost = [0.0, 5.0][of(2)];
        profile.sessions_per_hour = [0.0, 0.5][of(2)];
    }
    for resource in inventory
        .resources
        .iter_mut()
        .filter(|resource| resource.varies)
    {
        resource.overload = [Overload::Queue, Overload::Lose][of(6) / 3];
        resource.queue_seconds = (of(7) < 2).then_some(60.0);
    }
    let users: u64 = inventory.shards.iter().map(|shard| shard.users).sum();
    for (number, element) in (0..).zip(&mut inventory.elements) {
        element.sheds_stale_work = (of(8) + number) % 3 == 0;
        element.accepts_per_second =
            ((of(9) + number) % 2 == 0).then(|| 1.0 + users as f64 / 2000.0);
    }
    scenario.replay.step_seconds = [60.0, 300.0][of(2)];
    scenario.replay.backoff_seconds = [0.0, 7.0][of(4) / 2];
    scenario.replay.backoff_factor = 2.0;
    scenario.replay.jitter = [0.0, 0.5][of(2)];
    let middle = scenario.start + (scenario.end.duration_since(scenario.start)) / 2;
    let component = ComponentId::new(of(inventory.component_count()));
    let event = |kind| Event {
        kind,
        start: middle,
        end: scenario
            .end
            .min(middle + jiff::SignedDuration::from_mins(20)),
        detected: middle,
        drain_minutes: None,
        is_end_assumed: false,
    };
    let disconnect = event(EventKind::Disconnect(Disconnect {
        components: vec![component],
        client_region: None,
    }));
    let slow = event(EventKind::Slow(Slow {
        components: vec![component],
        profile: None,
        share: 0.1,
        factor: 50.0,
        timeout_seconds: None,
        retries: None,
    }));
    scenario.events.extend([disconnect, slow]);
    for (index, resource) in inventory.resources.iter().enumerate() {
        let capacity = inventory.capacity[[component.index(), index]];
        if let Some(capacity) =
            capacity.filter(|_| resource.overload == Overload::Queue && resource.varies)
        {
            scenario.queued.push(Queued {
                component,
                resource: plimsoll::ids::ResourceId::new(index),
                amount: 100.0 * capacity,
            });
        }
    }
}

fn both(inventory: &Inventory, scenario: &Scenario) -> Replay {
    let plan = planned(inventory, scenario);
    let files = written(inventory, scenario, &plan);
    let files: Vec<PlanFile<'_>> = files.iter().map(PlanFile::from).collect();
    let (read, findings) = plan_files::read(&files);
    let read = read.unwrap_or_else(|| panic!("{findings:?}"));
    replay(inventory, scenario, Some(&read), true, &Stop::default())
        .expect("the plan names what there is")
        .expect("a replay")
}

/// What is wrong with a run.
fn wrong(run: &Run) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut say = |is_wrong: bool, text: String| {
        if is_wrong {
            wrong.push(format!("{}: {text}", run.conduct.word()));
        }
    };
    let [mut users, mut down, mut sent, mut served, mut failed] = [0.0; 5];
    for moment in &run.moments {
        let seconds = moment.end.duration_since(moment.start).as_secs_f64();
        users += moment.users * seconds;
        down += moment.down * seconds;
        sent += moment.sent * seconds;
        served += moment.served * seconds;
        failed += moment.failed * seconds;
        let all = [
            moment.users,
            moment.down,
            moment.sent,
            moment.again,
            moment.served,
            moment.failed,
            moment.late,
            moment.apart,
            moment.ended,
            moment.connected,
            moment.in_flight,
        ];
        say(
            all.iter().any(|value| !value.is_finite() || *value < 0.0),
            format!("{moment:?}"),
        );
        say(
            moment.down > moment.users * (1.0 + 1e-9) + 1e-6,
            format!("more are down than there are: {moment:?}"),
        );
        say(
            moment.apart > moment.users * (1.0 + 1e-9) + 1e-6,
            format!("apart {moment:?}"),
        );
    }
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * a.max(b).max(1.0);
    let totals = &run.totals;
    say(
        !near(users, totals.user_seconds),
        format!("users {users} {}", totals.user_seconds),
    );
    say(
        !near(sent, totals.sent),
        format!("sent {sent} {}", totals.sent),
    );
    say(
        !near(served, totals.served),
        format!("served {served} {}", totals.served),
    );
    say(
        !near(failed, totals.failed),
        format!("failed {failed} {}", totals.failed),
    );
    say(
        (down - totals.down_seconds).abs() > 1e-3 * down.max(1.0),
        format!("down {down} {}", totals.down_seconds),
    );
    for passage in &run.passages {
        for passage_flow in &passage.flows {
            let is_over = passage_flow.worked > passage_flow.capacity * (1.0 + 1e-9) + 1e-6;
            say(
                is_over && passage_flow.offered > passage_flow.capacity,
                format!("more is worked than can be: {passage_flow:?}"),
            );
            let all = [
                passage_flow.offered,
                passage_flow.worked,
                passage_flow.lost,
                passage_flow.queued,
                passage_flow.oldest,
                passage_flow.longest,
                passage_flow.stale,
            ];
            say(
                all.iter().any(|value| *value < 0.0 || value.is_nan()),
                format!("{passage_flow:?}"),
            );
        }
    }
    wrong
}

#[test]
fn nothing_is_lost_or_made_up_in_random_inventories() {
    let found = |inventory: &Inventory, scenario: &Scenario| {
        let replay = both(inventory, scenario);
        let mut all: Vec<String> = replay.runs.iter().flat_map(wrong).take(3).collect();
        if replay != both(inventory, scenario) {
            all.push("another replay is another".to_owned());
        }
        all
    };
    assert_none(&found_in_changed_draws(Size::SMALL, 40, troubled, found));
    assert_none(&found_in_changed_draws(Size::MESHED, 20, troubled, found));
}
