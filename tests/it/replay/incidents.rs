//! The shipped incidents: what is public comes out as it was, remedies spare what their pages say, and nothing hangs on the
//! step.

use super::replayed::{Replayed, minutes};
use super::shipped::{Incident, grouped};
use plimsoll::plan::replay::{Conduct, Short};
use plimsoll::report::numbers::{amount_down, short_percent_up};

#[test]
fn on_12_may_2011_a_million_and_a_half_messages_are_queued_and_cleared_in_three_hours() {
    let mut incident = Incident::of("12-may-2011", Conduct::Nothing);
    let happened = incident.as_it_happened();
    let first = happened.queue("hub-1", "messages");
    incident.figure(
        "First fault, until its queue is gone",
        53.0,
        first.minutes(),
    );
    incident.figure("First fault, longest delay", 45.0, first.longest / 60.0);
    let second = happened.queue("hub-2", "messages");
    incident.figure("Second fault", 29.0, minutes(second.start, second.peak_at));
    incident.count("Messages queued when it ends", 1.5e6, second.peak);
    incident.figure(
        "From then until the queue is gone",
        180.0,
        minutes(second.peak_at, second.end),
    );
    // The first of the jam waits as long as the fault lasts, and the last of it 1.5 million ÷ 1,001 a second.
    assert!((second.longest / 60.0 - 29.0).abs() < 0.1, "{second:?}");
    incident.says(&format!("{:.0} minutes", second.peak / 1001.0 / 60.0));
    let apart = incident.another("jam-apart.toml", Conduct::Plan);
    let longest = apart.queue("hub-2", "messages").longest;
    incident.figure(
        "Longest delay, if the jam is worked apart",
        180.0,
        longest / 60.0,
    );
    let planned = incident.with("with-the-plan.toml", Conduct::Plan);
    let jam = planned.queue("hub-2", "messages");
    incident.says(&format!("{} messages wait", grouped(jam.peak)));
    assert!((minutes(jam.peak_at, jam.end) - 9.0).abs() < 0.5, "{jam:?}");
    incident.holds();
}

#[test]
fn on_8_november_2012_mail_jams_for_eight_hours_and_each_remedy_alone_keeps_ahead() {
    let mut incident = Incident::of("8-november-2012", Conduct::Nothing);
    let happened = incident.as_it_happened();
    let jam = happened.queue("filter-1", "messages");
    incident.figure("Backlog of mail", 481.0, jam.minutes());
    incident.says(&format!("left over, {:.2} million", jam.peak / 1e6));
    incident.with("with-the-plan.toml", Conduct::Plan);
    for remedy in [
        "with-a-shorter-timeout.toml",
        "with-one-retry.toml",
        "with-quarantine.toml",
    ] {
        let remedied = incident.with(remedy, Conduct::Nothing);
        assert!(remedied.run.passages.is_empty(), "{remedy}: work waits");
    }
    let [slow] = happened.run.slow[..] else {
        panic!("{:?}", happened.run.slow);
    };
    assert!(slow.lags());
    let timeout = slow.longest_timeout.expect("a timeout");
    let retries = slow.most_retries.expect("retries");
    let kept_away = slow.least_quarantine.expect("a share");
    // As a replay says them.
    incident.says(&format!("at most {} s", amount_down(timeout)));
    incident.says(&format!("at most {} retries", amount_down(retries)));
    incident.says(&format!(
        "{} of these messages",
        short_percent_up(kept_away)
    ));
    // Just within each of them nothing waits, and just beyond something does.
    for (key, within, beyond) in [
        ("timeout_seconds = 60", timeout * 0.99, timeout * 1.01),
        ("retries = 5", retries * 0.99, retries * 1.01),
        (
            "share = 0.001",
            1e-3 * (0.99 - kept_away),
            1e-3 * (1.01 - kept_away),
        ),
    ] {
        let name = key.split(' ').next().expect("a key");
        for (value, waits) in [(within, false), (beyond, true)] {
            let changed = format!("{name} = {value}");
            let run = incident.changed("as-it-happened.toml", key, &changed);
            assert_eq!(!run.passages.is_empty(), waits, "{changed}");
        }
    }
    incident.holds();
}

#[test]
fn on_13_november_2012_overload_lasts_until_the_plan_is_in_force() {
    let mut incident = Incident::at("13-november-2012", "americas-2012", Conduct::Plan);
    let happened = incident.as_it_happened();
    for component in ["fw-hou", "lb-sat-2"] {
        let over = happened.minutes_beyond_capacity(component);
        incident.figure(&format!("Overload of `{component}`"), 302.0, over);
    }
    let down = happened.down(0.01);
    incident.figure(
        "More than a hundredth of all users are down",
        302.0,
        minutes(down[0], down[1]),
    );
    let planned = incident.with("with-the-plan.toml", Conduct::Plan);
    let share = |run: &Replayed, at: &str| run.down_at(at);
    assert!(share(&planned, "2012-11-13T10:51:00-08:00") > 0.04);
    assert!(share(&planned, "2012-11-13T11:33:00-08:00") < 1e-3);
    assert!(share(&happened, "2012-11-13T14:09:00-08:00") > 0.04);
    assert!(share(&happened, "2012-11-13T14:20:00-08:00") < 1e-3);
    incident.with("with-early-detection.toml", Conduct::Plan);
    incident.holds();
}

#[test]
fn on_23_june_2014_everybody_comes_back_at_once_and_nobody_gets_in() {
    let mut incident = Incident::of("23-june-2014", Conduct::Nothing);
    let happened = incident.as_it_happened();
    let down = happened.down(1e-3);
    incident.figure("Users without a session", 480.0, minutes(down[0], down[1]));
    // Minutes after connectivity is back nearly nobody has a session, and hours later even fewer.
    assert!(happened.down_at("2014-06-23T08:30:00-07:00") > 0.9);
    assert!(happened.down_at("2014-06-23T13:59:00-07:00") > 0.99);
    for remedy in [
        "with-the-plan.toml",
        "with-early-refusal.toml",
        "with-paced-returns.toml",
    ] {
        let remedied = incident.with(remedy, Conduct::Nothing);
        assert!(
            remedied.down_at("2014-06-23T08:31:00-07:00") < 1e-3,
            "{remedy}"
        );
    }
    // Nobody steps in, and it never ends, unless the edge throws away what nobody waits for any more.
    let refusal = ("with-early-refusal.toml", "accept_queue_seconds = 20", "");
    let alone = incident.changed(refusal.0, refusal.1, refusal.2);
    let last = alone.moments.last().expect("steps");
    assert!(last.down > 0.99 * last.users);
    incident.inventory_says("elements.csv", ",1000,no", ",1000,yes");
    let shedding = incident.changed(refusal.0, refusal.1, refusal.2);
    let last = shedding.moments.last().expect("steps");
    assert!(last.down < 1e-6 * last.users);
    let millions = shedding.totals.down_minutes() / 1e6;
    incident.says(&format!("does as well: {millions:.1} million"));
    incident.holds();
}

#[test]
fn on_24_june_2014_mail_of_all_waits_for_the_directory_of_few() {
    let mut incident = Incident::of("24-june-2014", Conduct::Nothing);
    let happened = incident.as_it_happened();
    // 20,000 of its users sign in.
    let away = happened.down_minutes_of("nettle") / 20_000.0;
    incident.figure("No access for tenants of the failed partition", 520.0, away);
    let jam = happened.queue("hub-1", "messages");
    incident.figure("Backlog of mail", 520.0, jam.minutes());
    let planned = incident.with("with-the-plan.toml", Conduct::Plan);
    assert!(planned.queue("hub-1", "messages").minutes() < 60.0);
    let shorter = incident.with("with-a-shorter-timeout.toml", Conduct::Nothing);
    assert!(
        shorter
            .run
            .passages
            .iter()
            .all(|passage| passage.short == Short::Sessions)
    );
    let [slow] = happened.run.slow[..] else {
        panic!("{:?}", happened.run.slow);
    };
    let timeout = amount_down(slow.longest_timeout.expect("a timeout"));
    incident.says(&format!("at most {timeout} s"));
    incident.holds();
}

#[test]
fn on_30_june_2016_mail_queues_until_traffic_is_shifted_and_clears_in_five_hours() {
    let mut incident = Incident::of("30-june-2016", Conduct::Plan);
    let happened = incident.as_it_happened();
    let jam = happened.queue("filter-1", "messages");
    incident.figure("The queue grows", 240.0, minutes(jam.start, jam.peak_at));
    incident.figure(
        "From the fault until the queue is gone",
        540.0,
        jam.minutes(),
    );
    let planned = incident.with("with-the-plan.toml", Conduct::Plan);
    let jam = planned.queue("filter-1", "messages");
    let clearing = minutes(jam.peak_at, jam.end);
    incident.says(&format!(
        "{} messages clear in {clearing:.0} minutes",
        grouped(jam.peak)
    ));
    incident.holds();
}

#[test]
fn on_22_january_2026_a_drain_at_once_collapses_and_a_staged_one_does_not() {
    let mut incident = Incident::of("22-january-2026", Conduct::Plan);
    let happened = incident.as_it_happened();
    let down = happened.down(1e-3);
    incident.figure(
        "From the drain to stable service",
        596.0,
        minutes(down[0], down[1]),
    );
    // An hour of works, an hour after them, and seven: more and more.
    let course = ["20:41:00", "21:41:00", "22:41:00"].map(|at| format!("2026-01-22T{at}Z"));
    let course: Vec<f64> = course.iter().map(|at| happened.down_at(at)).collect();
    assert!(course[0] > 0.4 && course.is_sorted(), "{course:?}");
    assert!(happened.down_at("2026-01-23T02:40:00Z") > course[2]);
    incident.with("with-the-plan.toml", Conduct::Plan);
    let refusing = incident.with("with-early-refusal.toml", Conduct::Plan);
    assert!(refusing.down_at("2026-01-22T20:54:00Z") > 1e-3);
    assert!(refusing.down_at("2026-01-22T20:56:00Z") < 1e-3);
    let at_once = incident.another("at-once.toml", Conduct::Plan);
    // The last has moved at 06:00.
    assert!(at_once.down_at("2026-01-22T06:00:00-06:00") > 0.3);
    assert!(at_once.down_at("2026-01-22T09:59:00-06:00") > 0.6);
    let staged = incident.another("staged.toml", Conduct::Plan);
    assert!(staged.run.totals.down_seconds <= 1e-6 * staged.run.totals.user_seconds);
    incident.holds();
}
