//! The runbook: what somebody does by hand at night, wave by wave.

use super::durations::{duration_down, exact_duration};
use super::gate::write_gate;
use super::in_force::InForce;
use super::parts::write_parts;
use super::steering::{Way, beside, steering};
use super::steps::{Instant, instants, let_in_by, users_of};
use super::words::Teller;
use crate::ids::{ShardId, SiteId};
use crate::model::Inventory;
use crate::plan::{Move, PeriodPlan, Step, Timing, Transition, Wave, changes};
use crate::report::briefing::Briefing;
use crate::report::span::span;
use crate::report::text::visible;
use crate::report::{downtime, markdown, numbers, recovery};
use crate::units::NOBODY;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// File name of the runbook.
pub const RUNBOOK_FILE: &str = "runbook.md";

/// Shards of a wave that are named one by one.
pub(super) const NAMED: usize = 12;

/// The runbook of a plan as Markdown.
pub fn runbook(teller: &Teller<'_>) -> String {
    runbook_of(
        teller,
        &changes(teller.inventory, teller.scenario, teller.plan),
    )
}

/// The runbook of a plan whose steps are known: names show as they are, whatever letters they have.
pub fn runbook_of(teller: &Teller<'_>, steps: &[Step]) -> String {
    let inventory = markdown::named(teller.inventory);
    let scenario = markdown::titled(teller.scenario);
    let teller = &Teller {
        inventory: &inventory,
        scenario: &scenario,
        plan: teller.plan,
    };
    let mut text = String::new();
    let scenario = teller.scenario;
    let _ = writeln!(text, "# Runbook: {}\n", scenario.name);
    for warning in downtime::warnings(teller.inventory, scenario, teller.plan) {
        let _ = writeln!(text, "**{warning}**\n");
    }
    for warning in recovery::warnings(teller.inventory, scenario, teller.plan) {
        let _ = writeln!(text, "**{warning}**\n");
    }
    let unchecked = recovery::not_checked(scenario, teller.plan);
    let missing = downtime::missing(scenario, teller.plan);
    let missing = missing.into_iter().chain(unchecked).chain(unknown(teller));
    for missing in missing {
        let _ = writeln!(text, "**{missing}**\n");
    }
    let transitions = &teller.plan.transitions;
    let is_refused = teller.plan.is_refused();
    let has_steps = steps.iter().any(|own| own.number > 0);
    if transitions.is_empty() && teller.plan.hour_turns.is_empty() && !has_steps {
        text.push_str("Nobody has to move: there is nothing to do.\n");
    } else {
        let times = span(scenario, scenario.start, scenario.end);
        let _ = writeln!(
            text,
            "For {times}; all times are {}.\n",
            teller.clock().zone()
        );
        if is_refused {
            text.push_str(REFUSED);
        } else if transitions.is_empty() {
            text.push_str(FILES);
            text.push_str(past_hours(teller));
        } else {
            text.push_str(PREAMBLE);
            let is_unasked = transitions.iter().any(|own| teller.unasked(own).is_some());
            text.push_str(if is_unasked { SOME_STOPS } else { STOPS });
            text.push_str(FILES);
            text.push_str(past_hours(teller));
            if !teller.plan.hour_turns.is_empty() {
                text.push_str(HOURS);
            }
        }
    }
    let mut in_time: Vec<&Transition> = transitions.iter().collect();
    if is_refused {
        // What is refused comes first: the others are not to be begun because of it.
        in_time.sort_by_key(|own| (own.refusal.is_none(), own.period));
    } else {
        in_time.sort_by_key(|own| (own.start, own.period));
    }
    let mut instants = instants(teller.plan, steps).into_iter().peekable();
    let in_force = InForce::new(teller, steps);
    for transition in in_time {
        if is_refused {
            write_heading(teller, transition, &mut text);
            teller.write_not_begun(transition, &mut text);
            continue;
        }
        let start = teller.plan.periods[transition.period].period.start;
        // What a wave of no length does ahead of a period is done before the period begins.
        let is_last = transition.timing == Timing::Ahead && transition.start >= start;
        // What closes for the period does so once its waves are over.
        let waits = |own: &Instant| own.closes && own.period == transition.period;
        let is_before = |own: &Instant| {
            let at = own.at;
            !waits(own) && (at < transition.start || at == transition.start && !is_last)
        };
        while let Some(own) = instants.next_if(|own| has_steps && is_before(own)) {
            teller.write_instant(&own, &mut text);
        }
        let now = instants.peek_mut().filter(|own| {
            let at = (own.at, own.period);
            has_steps && is_last && at == (transition.start, transition.period)
        });
        if let Some(opening) = now.and_then(Instant::opening) {
            teller.write_instant(&opening, &mut text);
        }
        write_heading(teller, transition, &mut text);
        let mut between = |at: Timestamp, text: &mut String| {
            // What no wave does in the period itself is done after the waves ahead of it.
            let is_over = |own: &Instant| {
                let is_after = transition.timing == Timing::Ahead
                    && at >= start
                    && own.period >= transition.period;
                !waits(own) && (own.at < at || own.at == at && !is_after)
            };
            while let Some(own) = instants.next_if(|own| has_steps && is_over(own)) {
                teller.write_instant_between(&own, text);
            }
        };
        write_transition(
            teller,
            (transition, steps),
            &in_force,
            &mut between,
            &mut text,
        );
    }
    if !is_refused && (has_steps || !transitions.is_empty()) {
        for own in instants {
            teller.write_instant(&own, &mut text);
        }
        teller.write_path_back(steps, in_force, &mut text);
    }
    teller.write_hours(&mut text);
    let lines = text.split('\n').map(|line| visible(line).into_owned());
    lines.collect::<Vec<_>>().join("\n")
}

/// What is undetected, and how many users are unserved.
fn unknown(teller: &Teller<'_>) -> Vec<String> {
    let briefing = Briefing {
        inventory: teller.inventory,
        scenario: teller.scenario,
        plan: teller.plan,
        steps: &[],
        explanations: None,
        proven: None,
    };
    let periods = teller.plan.periods.iter();
    let short = periods.filter(|own| own.totals.unserved > NOBODY);
    let short: Vec<&PeriodPlan> = short.collect();
    let most = short.iter().map(|own| own.totals.unserved).reduce(f64::max);
    let unserved = most.map(|most| {
        let users = numbers::lost_users(most);
        match short[..] {
            [only] => format!("Unserved in period {}: {users}.", only.period.index),
            _ => format!("Unserved in {} periods: up to {users}.", short.len()),
        }
    });
    let truth = briefing.truth().filter(|_| !briefing.wounds().is_empty());
    unserved.into_iter().chain(truth).collect()
}

const REFUSED: &str = "\
**The plan is refused: do not begin any of its waves.** What is refused says below why, and what would make it safe; plan again with that, and work by the runbook of that plan. No wave of this plan has a time to begin at, so none is told.
";

const PREAMBLE: &str = "\
- Work through the waves in the order of their times.
- Do not begin a wave before the gate of the one before it under the same heading is passed.
- Within a wave shards may move in any order, no faster than it says: every part of a wave is safe.
- If a number is above what the gate of a wave says, stop: move no further shard, and turn no weight any further. Go on with the wave once the number is below again, or undo the wave where it says how. Whoever undoes a wave does none of the steps after it under its heading; what other headings have goes on.
- Close no access point while users enter there because a wave was undone or is not done: leave it open, and have what needs it closed postponed.
- If you are late, go no faster: have what begins after the waves postponed, or stop where one may.
";

const STOPS: &str = "- At the end of every wave one may stop, unless its gate says otherwise.\n";

const SOME_STOPS: &str = "\
- At the end of a wave one may stop only if its gate does not say otherwise: \
not all of them are checked, and the gate says so where one is not.
";

const PAST_HOURS: &str = "- Rows of a period that is over have no slice for the hour: take the slice of its last hour.\n";

/// What holds of rows of a period that is over, where demand goes by the hour.
fn past_hours(teller: &Teller<'_>) -> &'static str {
    let mut periods = teller.plan.periods.iter();
    let by_hour = periods.any(|own| own.case.hours.slice_count() > 1);
    if by_hour { PAST_HOURS } else { "" }
}

const HOURS: &str = "- Between waves weights turn by the hour too: the last part says how.\n";

const FILES: &str = "\
- The shards of a wave are the rows of moves.csv with its period and wave. Where `from_site` is empty nothing is copied or deleted. Where `how` is `copy`, copy the data first, then switch. Where it is `takeover`, run from the copy that is there. Then delete the data at the old site. Keep them if a part of the shard stays there: the wave says so. Keep them also if replicas.csv has the shard, and the old site is its home or in its rows.
- Moved back, a shard needs its data there: copy them first, unless the site still has them. Then switch, and delete the data at the site that it leaves. Keep them if replicas.csv has the shard, and that site is its home or in its rows.
- The weights of a wave are the rows of wave_weights.csv that its first step names. Of these, take the ones whose `slice` is that of the hour (hours.csv; 0 without it). Weights that named rows do not have stay as they are.
- Where no step names others, the weights are those of steering.csv with the period at hand, in the slice of the hour.
- changes.csv lists every step in order, but each weight only once, with the wave after which it is whole. Do not work through waves by it: wave_weights.csv has the weights between.
- changes_back.csv takes every step back, the last one first. Who turns back earlier begins at the row of the last step that was done; where users are elsewhere at the end there is a `Path back`. While a wave is under way use what the wave says about undoing it.
";

fn write_heading(teller: &Teller<'_>, transition: &Transition, text: &mut String) {
    let clock = teller.clock();
    let period = &teller.plan.periods[transition.period].period;
    let subject = teller.subject(transition);
    let refused = transition.refusal.map_or("", |_| ", refused");
    let _ = writeln!(
        text,
        "\n## Period {}, {}: {subject}{refused}\n",
        transition.period,
        match transition.timing {
            Timing::Ahead => format!("ahead of {}", clock.moment(period.start)),
            Timing::Behind => format!("from {} on", clock.moment(period.start)),
        },
    );
}

/// A transition; `between` writes what happens up to an instant between two of its waves.
fn write_transition(
    teller: &Teller<'_>,
    (transition, steps): (&Transition, &[Step]),
    in_force: &InForce,
    between: &mut dyn FnMut(Timestamp, &mut String),
    text: &mut String,
) {
    let clock = teller.clock();
    let _ = writeln!(text, "{}", teller.sentence(transition));
    if let Some(slowest) = teller.slowest(transition) {
        let least = transition.least_seconds;
        let bound = if least > 0.0 {
            format!("No way is faster than {}", duration_down(least))
        } else {
            "What holds it up".to_owned()
        };
        let _ = writeln!(text, "{bound}: {slowest}.");
    }
    if transition.timing == Timing::Behind && transition.least_seconds > 0.0 {
        if !transition.ramp.is_empty() {
            text.push_str("Admission, of all who connect:\n");
        }
        for ramp in &transition.ramp {
            let waves = transition.waves.iter().flat_map(|own| &own.ramp);
            let own = waves.filter(|own| own.component == ramp.component && own.arrivals > 0.0);
            let [least, most] = own.fold([f64::INFINITY, 0.0], |[least, most], own| {
                let spare = (own.accepts - own.background).max(0.0);
                [f64::min(least, spare), f64::max(most, spare)]
            });
            let [least, most] = [least, most].map(numbers::amount_down);
            // Normal operation is not the same in all waves.
            let rate = if least == most {
                format!("at most {most} new sessions a second")
            } else {
                format!("at most {least} to {most} new sessions a second, by wave,")
            };
            let _ = writeln!(
                text,
                "- {}: {rate} beside normal operation, for {}",
                teller.component_by_hand(ramp.component),
                numbers::lost_users(ramp.arrivals)
            );
        }
    }
    let periods = &teller.plan.periods;
    let own = &periods[transition.period];
    let earlier = transition.period.checked_sub(1).map(|at| &periods[at]);
    let more = earlier.map_or(0.0, |before| own.totals.users - before.totals.users);
    if more > NOBODY {
        let from = clock.moment(own.period.start);
        let more = numbers::users(more);
        let _ = writeln!(
            text,
            "From {from} on {more} users more are there than before."
        );
    }
    teller.write_overloads(transition, text);
    teller.write_stability(transition, text);
    for sentence in teller.stops(transition) {
        let _ = writeln!(text, "{sentence}");
    }
    if !transition.waves.is_empty() && transition.start < teller.scenario.start {
        text.push_str("It begins before the scenario does.\n");
    }
    for other in beside(&teller.plan.transitions, transition) {
        let _ = writeln!(
            text,
            "While it goes on, so does {}, {}: keep to the times of both.",
            teller.subject(other),
            clock.exactly(other.start, other.end)
        );
    }
    for (number, wave) in transition.waves.iter().enumerate() {
        if number > 0 {
            between(wave.start, text);
        }
        write_wave(teller, (transition, steps), wave, in_force, text);
    }
}

fn write_wave(
    teller: &Teller<'_>,
    (transition, steps): (&Transition, &[Step]),
    wave: &Wave,
    in_force: &InForce,
    text: &mut String,
) {
    let clock = teller.clock();
    let period = &teller.plan.periods[transition.period];
    let seconds = wave.end.duration_since(wave.turned).as_secs_f64();
    let when = if wave.start == wave.end {
        format!("at {}", clock.second(wave.start))
    } else {
        clock.exactly(wave.start, wave.end)
    };
    let _ = writeln!(
        text,
        "\n### {}: {when}\n",
        teller.numbered(transition, wave)
    );
    let _ = writeln!(text, "1. Steering: {}.", steering(teller, transition, wave));
    teller.write_members((transition, steps), wave, Way::There, text);
    let moves: Vec<&Move> = wave.moves.iter().map(|own| &period.moves[*own]).collect();
    if moves.is_empty() {
        text.push_str("2. Nobody moves.\n");
    } else {
        let is_new =
            |own: &&Move| own.from.is_none() && !teller.had_users(transition.period, own.shard);
        let are_new = transition.timing == Timing::Ahead && moves.iter().all(&is_new);
        let verb = if are_new { "Place" } else { "Move" };
        let pace = if are_new {
            let begins = period.period.start;
            format!("before their users come at {}", clock.moment(begins))
        } else if seconds > 0.0 {
            format!("spread evenly over {}", exact_duration(seconds))
        } else {
            "as fast as they go".to_owned()
        };
        let _ = writeln!(
            text,
            "2. {verb} {} (rows of moves.csv with period {} and wave {}), {pace}:",
            shards(count(&moves)),
            transition.period,
            wave.number,
        );
        for ((from, to), (users, count)) in ways(&moves) {
            let pace = if seconds > 0.0 {
                format!(
                    ", no faster than {} users an hour",
                    numbers::amount_down(users * 3600.0 / seconds)
                )
            } else {
                String::new()
            };
            let _ = writeln!(
                text,
                "   - {} to {}: {} in {}{pace}",
                from.map_or_else(|| "(new)".to_owned(), |own| teller.site_by_hand(own)),
                teller.site_by_hand(to),
                numbers::lost_users(users),
                shards(count)
            );
        }
        let is_behind = transition.timing == Timing::Behind && transition.least_seconds > 0.0;
        if let Some(rate) = teller.admitted_per_second(wave).filter(|_| is_behind) {
            let _ = writeln!(
                text,
                "   - Admission: of those who move let no more than {} a second in, all together.",
                numbers::rate_down(rate)
            );
        }
        let name = |shard: ShardId| teller.inventory.shard_ids.get(shard.index());
        if moves.len() <= NAMED {
            let mut names: Vec<&str> = moves.iter().map(|own| name(own.shard)).collect();
            names.dedup();
            let _ = writeln!(text, "   - shards: {}", names.join(", "));
        } else {
            let _ = writeln!(
                text,
                "   - to list them: `grep '^{},{},' moves.csv`",
                transition.period, wave.number
            );
        }
    }
    write_parts(teller, (period, steps), &moves, text);
    let is_moving = |shard| moves.iter().any(|own| own.shard == shard);
    let of_wave = (transition, wave);
    let rows = format!(
        "rows of changes.csv with period {}, wave {} and the action `let_in`",
        transition.period, wave.number
    );
    let with_moves = let_in_by(steps, of_wave, is_moving);
    if users_of(&with_moves) > NOBODY {
        let _ = writeln!(
            text,
            "   - let {} in whose shards move and who were not served before: {} ({rows})",
            numbers::lost_users(users_of(&with_moves)),
            teller.of_shards(&with_moves)
        );
    }
    let at_home = let_in_by(steps, of_wave, |own| !is_moving(own));
    if users_of(&at_home) > NOBODY {
        let pace = if seconds > 0.0 {
            format!(", spread evenly over {}", exact_duration(seconds))
        } else {
            String::new()
        };
        let _ = writeln!(
            text,
            "   - let {} in again where they are homed{pace}: {} ({rows})",
            numbers::lost_users(users_of(&at_home)),
            teller.of_shards(&at_home)
        );
    }
    write_gate(teller, (transition, steps), wave, in_force, text);
}

/// How many shards move, in whole or in part.
pub(super) fn count(moves: &[&Move]) -> usize {
    BTreeSet::<ShardId>::len(&moves.iter().map(|own| own.shard).collect())
}

/// `1 shard`, `12 shards`.
pub(super) fn shards(count: usize) -> String {
    match count {
        1 => "1 shard".to_owned(),
        _ => format!("{} shards", numbers::users(count as f64)),
    }
}

/// From where to where how many go in a wave, the most first: `Chicago to San Antonio: 60,000`.
pub(in crate::report) fn from_to(
    inventory: &Inventory,
    period: &PeriodPlan,
    wave: &Wave,
) -> Vec<String> {
    let moves: Vec<&Move> = wave.moves.iter().map(|own| &period.moves[*own]).collect();
    let mut all: Vec<_> = ways(&moves).into_iter().collect();
    all.sort_by(|a, b| b.1.0.total_cmp(&a.1.0).then(a.0.cmp(&b.0)));
    let site = |site: SiteId| inventory.sites[site.index()].name.as_str();
    let told = all.into_iter().map(|((from, to), (users, _))| {
        let from = from.map_or("(new)", site);
        format!("{from} to {}: {}", site(to), numbers::users(users))
    });
    told.collect()
}

/// Users and shards by way.
pub(super) fn ways(moves: &[&Move]) -> BTreeMap<(Option<SiteId>, SiteId), (f64, usize)> {
    let mut all: BTreeMap<(Option<SiteId>, SiteId), (f64, usize)> = BTreeMap::new();
    for moved in moves {
        let own = all.entry((moved.from, moved.to)).or_default();
        own.0 += moved.users;
        own.1 += 1;
    }
    all
}
