//! The scenario: policy and events.

use super::random::Random;
use super::sketch::{Kind, Sketch};
use super::table::decimal;
use super::work;

pub(super) fn draw(random: &mut Random, of_work: &mut Random, sketch: &Sketch) -> String {
    let mut lines = vec![
        "[scenario]".to_owned(),
        "name = \"drawn\"".to_owned(),
        format!("start = {}", hour(2)),
        format!("end = {}", hour(6)),
        String::new(),
        "[policy]".to_owned(),
    ];
    policy(random, sketch, &mut lines);
    let mut is_pool_whole = true;
    for _ in 0..*random.one_of(&[0, 1, 1, 1, 2, 2, 3]) {
        lines.extend([String::new(), "[[event]]".to_owned()]);
        if random.chance(0.2) {
            surge(random, sketch, &mut lines);
        } else {
            reduction(random, sketch, &mut is_pool_whole, &mut lines);
        }
    }
    lines.extend(work::events(of_work, sketch, is_pool_whole));
    lines.join("\n") + "\n"
}

/// A full hour of the scenario's day.
pub(super) fn hour(hour: usize) -> String {
    format!("2030-03-01T{hour:02}:00:00Z")
}

fn policy(random: &mut Random, sketch: &Sketch, lines: &mut Vec<String>) {
    let mut set = |random: &mut Random, probability: f64, key: &str, values: &[&str]| {
        if random.chance(probability) {
            lines.push(format!("{key} = {}", random.one_of(values)));
        }
    };
    set(random, 0.3, "max_latency_ms", &["90", "100", "150"]);
    set(
        random,
        0.6,
        "existing_shortfall",
        &["\"keep\"", "\"repair\""],
    );
    set(random, 0.2, "movers", &["\"affected\"", "\"all\""]);
    set(
        random,
        0.4,
        "drain",
        &["\"replicas\"", "\"anywhere\"", "\"anywhere\""],
    );
    set(
        random,
        0.7,
        "failover",
        &["\"replicas\"", "\"anywhere\"", "\"anywhere\""],
    );
    set(random, 0.3, "after", &["\"return\"", "\"stay\""]);
    set(random, 0.2, "reaction_minutes", &["15", "30"]);
    set(random, 0.15, "freeze_onboarding", &["true"]);
    set(random, 0.15, "open_standby", &["false", "true"]);
    if random.chance(0.25) {
        let resource = &random.one_of(&sketch.resources).id;
        let share = *random.one_of(&[0.0, 0.1, 0.25]);
        lines.push(format!("headroom = {{ {resource} = {} }}", decimal(share)));
    }
    if random.chance(0.2) {
        let users: f64 = sketch.shards.iter().map(|shard| shard.users).sum();
        let most = (users * random.between(0.05, 0.6)).ceil();
        lines.push(format!("max_moved_users = {}", decimal(most)));
    }
    if random.chance(0.5) {
        lines.push(format!("goals = [{}]", goals(random).join(", ")));
    }
}

/// Unserved first, then a subset of the others in any order.
fn goals(random: &mut Random) -> Vec<&'static str> {
    let others = [
        "\"relief\"",
        "\"headroom\"",
        "\"access_points\"",
        "\"moves\"",
        "\"latency\"",
    ];
    let mut goals = vec!["\"unserved\""];
    let order = if random.chance(0.5) {
        random.shuffled(&others)
    } else {
        others.to_vec()
    };
    goals.extend(order.into_iter().filter(|_| random.chance(0.8)));
    goals
}

/// Start and end of an event: the whole scenario, or some hours of it.
pub(super) fn span(random: &mut Random, lines: &mut Vec<String>) -> (usize, usize) {
    if random.chance(0.4) {
        return (2, 6);
    }
    let start = random.whole(2, 4);
    let end = random.whole(start + 1, 6);
    lines.push(format!("start = {}", hour(start)));
    lines.push(format!("end = {}", hour(end)));
    (start, end)
}

fn surge(random: &mut Random, sketch: &Sketch, lines: &mut Vec<String>) {
    lines.push("kind = \"surge\"".to_owned());
    span(random, lines);
    lines.push(format!(
        "factor = {}",
        random.one_of(&["0.5", "1.2", "1.5", "2.0"])
    ));
    if random.chance(0.6) {
        let region = random.one_of(&sketch.regions);
        lines.push(format!("client_region = \"{region}\""));
    }
    if random.chance(0.25) {
        let profile = &random.one_of(&sketch.profiles).0;
        lines.push(format!("profile = \"{profile}\""));
    }
    if random.chance(0.25) {
        let tenant = &random.one_of(&sketch.shards).tenant;
        lines.push(format!("tenant = \"{tenant}\""));
    }
}

/// An event on components; one of a scenario's events at most is on a pool or a member of one.
fn reduction(
    random: &mut Random,
    sketch: &Sketch,
    is_pool_whole: &mut bool,
    lines: &mut Vec<String>,
) {
    let kind = *random.one_of(&["maintenance", "maintenance", "failure", "gray"]);
    lines.push(format!("kind = \"{kind}\""));
    let (start, end) = span(random, lines);
    let wanted = *random.one_of(&[
        Kind::Site,
        Kind::Site,
        Kind::Site,
        Kind::AccessPoint,
        Kind::Element,
        Kind::Member,
        Kind::Link,
    ]);
    let candidates: Vec<_> = sketch
        .components
        .iter()
        .filter(|component| component.kind == wanted)
        .filter(|component| *is_pool_whole || component.kind != Kind::Member)
        .collect();
    if random.chance(0.05) {
        lines.push("risk_group = \"conduit\"".to_owned());
    } else if random.chance(0.08) && !sketch.pools.is_empty() && *is_pool_whole {
        *is_pool_whole = false;
        lines.push(format!("component = \"{}\"", random.one_of(&sketch.pools)));
    } else {
        let component = candidates
            .first()
            .map_or(&sketch.components[0], |_| *random.one_of(&candidates));
        *is_pool_whole &= component.kind != Kind::Member;
        lines.push(format!("component = \"{}\"", component.id));
        if random.chance(0.2) && !component.capacity.is_empty() {
            let resource = &random.one_of(&component.capacity).0;
            lines.push(format!("resources = [\"{resource}\"]"));
        }
    }
    match kind {
        "gray" if random.chance(0.1) => lines.push("loss = 0.3".to_owned()),
        "gray" => lines.push(format!(
            "capacity = {}",
            random.one_of(&["0.0", "0.2", "0.5", "0.8"])
        )),
        _ if random.chance(0.4) => {
            lines.push(format!(
                "capacity = {}",
                random.one_of(&["0.0", "0.25", "0.5", "0.75"])
            ));
        }
        _ => {}
    }
    if kind != "maintenance" && random.chance(0.4) {
        let detected = random.whole(start, end - 1);
        lines.push(format!("detected = 2030-03-01T{detected:02}:30:00Z"));
    }
}
