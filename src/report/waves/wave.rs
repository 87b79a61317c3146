//! A wave in the runbook: its weights, its moves, and whom it lets in.

use crate::plan::{Change, Fullness, Move, Timing, Wave};
use crate::plan_files::Action;
use crate::report::document::Section;
use crate::report::grammar::{count, only_if};
use crate::report::numbers;
use crate::report::waves::in_force::{Runbook, wave_rows};
use crate::report::waves::instants::{let_in_by, let_in_rows, members_of, users_of};
use crate::report::waves::on_way::WaveOnWay;
use crate::report::waves::teller::{NAMED, duration, exact_duration, shards_of, ways};
use crate::units::{AGREEMENT, NOBODY};

impl Runbook<'_> {
    pub(super) fn wave(&self, at: WaveOnWay<'_>) -> Section {
        let WaveOnWay { teller, way, wave } = at;
        let clock = teller.clock();
        let when = if wave.start == wave.end {
            format!("at {}", clock.second(wave.start))
        } else {
            clock.exactly(wave.start, wave.end)
        };
        let mut section = Section::titled(&format!("{}: {when}", teller.numbered(way, wave)));
        section.step(format!("Steering: {}.", steering(at)));
        self.add_members(at, false, &mut section);
        let moves = at.moves();
        if moves.is_empty() {
            section.step("Nobody moves.");
        } else {
            add_moves(at, &moves, &mut section);
        }
        self.add_parts(at, &moves, &mut section);
        let is_moving = |shard| moves.iter().any(|own| own.shard == shard);
        let rows = let_in_rows(at);
        let with_moves = let_in_by(self.steps, at.setter(), is_moving);
        if users_of(&with_moves) > NOBODY {
            section.detail(format!(
                "let {} in whose shards move and who were not served before: {} ({rows})",
                numbers::lost_users(users_of(&with_moves)),
                teller.of_shards(&with_moves)
            ));
        }
        let at_home = let_in_by(self.steps, at.setter(), |own| !is_moving(own));
        if users_of(&at_home) > NOBODY {
            let seconds = moving_seconds(at);
            let pace = only_if(seconds > 0.0, || {
                format!(", spread evenly over {}", exact_duration(seconds))
            });
            section.detail(format!(
                "let {} in again where they are homed{pace}: {} ({rows})",
                numbers::lost_users(users_of(&at_home)),
                teller.of_shards(&at_home)
            ));
        }
        section
    }

    pub(super) fn add_members(&self, at: WaveOnWay<'_>, is_undone: bool, section: &mut Section) {
        let teller = at.teller;
        for step in members_of(teller.plan, self.steps, at.setter()) {
            let Change::Member {
                pool,
                member,
                before: [before, _],
                after: [after, _],
            } = step.change
            else {
                continue;
            };
            let is_taken_out = step.action == Action::TakeOut;
            let told = match (is_undone, is_taken_out) {
                (false, _) => teller.member(step.action, (pool, member), [before, after]),
                (true, true) => teller.member(Action::PutBack, (pool, member), [after, before]),
                (true, false) => teller.member(Action::TakeOut, (pool, member), [after, before]),
            };
            let element = teller.inventory.element_component(member);
            let is_back = is_undone && is_taken_out;
            let taken = || at.taken_out_meanwhile((pool, member), self.steps);
            let unless = if is_back && at.goes_out_meanwhile(element) {
                ", unless it is out of service by then; if it goes out later, take it out again"
                    .to_owned()
            } else if let Some(at) = is_back.then(taken).flatten() {
                let at = teller.clock().second(at);
                format!(", unless the steps of {at} have taken it out by then")
            } else {
                String::new()
            };
            section.detail(format!("{told}, turned with the weights{unless}"));
        }
    }

    /// Shards of which only a part moves: what they have at the site left is not to be deleted.
    fn add_parts(&self, at: WaveOnWay<'_>, moves: &[&Move], section: &mut Section) {
        let period = at.period();
        // Who is shed is served until the period begins.
        let is_shed = |own: &Move| {
            let steps = self.steps.iter();
            let mut shed =
                steps.filter(|step| step.action == Action::Shed && step.period == at.way.period);
            shed.any(|step| match step.change {
                Change::Home { shard, from, .. } => (shard, from) == (own.shard, own.from),
                _ => false,
            })
        };
        let stays = |own: &&&Move| {
            let first = period.parts.partition_point(|part| part.shard < own.shard);
            let parts = period.parts[first..].iter();
            let mut parts = parts.take_while(|part| part.shard == own.shard);
            let is_there = parts.any(|part| part.site == own.from && part.users > NOBODY);
            own.from.is_some() && (is_there || is_shed(own))
        };
        let parts = moves.iter().filter(stays);
        let mut names: Vec<&str> = parts.map(|own| at.teller.shard(own.shard)).collect();
        names.dedup();
        let told = match names.len() {
            0 => return,
            few if few <= NAMED => names.join(", "),
            many => format!("{} (assignment.csv has each)", count(many, "shard")),
        };
        section.detail(format!(
            "**only the users of moves.csv leave, others stay where they are, and so does the data**: {told}"
        ));
    }
}

fn moving_seconds(at: WaveOnWay<'_>) -> f64 {
    at.wave.end.duration_since(at.wave.turned).as_secs_f64()
}

fn add_moves(at: WaveOnWay<'_>, moves: &[&Move], section: &mut Section) {
    let WaveOnWay { teller, way, wave } = at;
    let (period, number) = (way.period, wave.number);
    let seconds = moving_seconds(at);
    let is_new = |own: &&Move| own.from.is_none() && !teller.had_users(period, own.shard);
    let (verb, pace) = if way.timing == Timing::Ahead && moves.iter().all(is_new) {
        let begins = teller.clock().moment(at.period().period.start);
        ("Place", format!("before their users come at {begins}"))
    } else if seconds > 0.0 {
        let pace = format!("spread evenly over {}", exact_duration(seconds));
        ("Move", pace)
    } else {
        ("Move", "as fast as they go".to_owned())
    };
    let shards = shards_of(moves);
    section.step(format!(
        "{verb} {shards} (rows of moves.csv with period {period} and wave {number}), {pace}:"
    ));
    for ((from, to), (users, shards)) in ways(moves) {
        let pace = if seconds > 0.0 {
            let hourly = numbers::amount_down(users * 3600.0 / seconds);
            format!(", no faster than {hourly} users an hour")
        } else {
            String::new()
        };
        section.detail(format!(
            "{} to {}: {} in {}{pace}",
            teller.site_left(from),
            teller.site_by_hand(to),
            numbers::lost_users(users),
            count(shards, "shard")
        ));
    }
    let is_behind = way.timing == Timing::Behind && way.least_seconds > 0.0;
    if let Some(rate) = teller.admitted_per_second(wave).filter(|_| is_behind) {
        let rate = numbers::rate_down(rate);
        section.detail(format!(
            "Admission: of those who move let no more than {rate} a second in, all together."
        ));
    }
    if moves.len() <= NAMED {
        let mut names: Vec<&str> = moves.iter().map(|own| teller.shard(own.shard)).collect();
        names.dedup();
        section.detail(format!("shards: {}", names.join(", ")));
    } else {
        section.detail(format!(
            "to list them: `grep '^{period},{number},' moves.csv`"
        ));
    }
}

fn steering(at: WaveOnWay<'_>) -> String {
    let WaveOnWay { teller, way, wave } = at;
    let clock = teller.clock();
    let seconds = wave.turned.duration_since(wave.start).as_secs_f64();
    let share = numbers::amount(wave.steering_share * 100.0);
    let period = at.period();
    let hours = &period.case.hours;
    let slice = only_if(hours.slice_count() > 1, || {
        format!(
            " in slice {} of the hours",
            hours.slice_at(period.period.start)
        )
    });
    let target = format!(
        "{share} % of the way to that of period {}{slice}",
        way.period
    );
    // What begins until the next wave does may change which hold.
    let rows = wave_rows(teller, (way.period, wave), [wave.start, at.lasts_until()]);
    let Some(from) = at.sets_weights_from() else {
        return format!(
            "leave every weight as it is, {target}; \
             set only those of regions at sites where they have no users yet, before anybody moves \
             ({rows})"
        );
    };
    let before = if wave.moves.is_empty() && seconds > 0.0 {
        ""
    } else {
        ", before anybody moves"
    };
    let gradually = if seconds > 0.0 {
        let over = exact_duration(seconds);
        format!(
            ", turned evenly over {over}, until {}",
            clock.second(wave.turned)
        )
    } else {
        String::new()
    };
    let waits = if from > wave.start {
        let at = clock.second(from);
        format!(
            "; leave every weight as it is until {at}: before that they lead over what is closed"
        )
    } else {
        String::new()
    };
    format!("set every weight to that of {rows}, {target}{gradually}{before}{waits}")
}

const NAMED_LOADS: usize = 4;

/// Gates of new sessions that are told one by one at every wave, and how full one is that is told at all.
const TOLD_GATES: usize = 6;
const NEARLY_FULL: f64 = 0.5;

pub(super) fn add_gate(at: WaveOnWay<'_>, section: &mut Section) {
    let WaveOnWay { teller, way, wave } = at;
    let minutes = teller.scenario.waves.gate_minutes;
    let watch = only_if(minutes > 0.0, || {
        format!(
            ", watched for {} once all have moved",
            duration(minutes * 60.0)
        )
    });
    section.step(format!("Gate{watch}. Go on only if:"));
    if !wave.moves.is_empty() {
        section.detail("nobody whom the wave moves is left where he was");
    }
    match at.moving_beside() {
        // Its loads are those with everybody where he is in its own period.
        Some((period, other)) if wave.moves.is_empty() => section.detail(format!(
            "the loads are those that wave {} of period {period} names: its users move meanwhile, or have moved",
            other.number
        )),
        other => add_loads(at, other, section),
    }
    add_sessions(at, section);
    if wave.stop_shortfall > AGREEMENT {
        let missed = numbers::short_percent_up(wave.stop_shortfall);
        section.detail(format!(
            "who stops here misses a headroom target by up to {missed} of it"
        ));
    }
    let above = teller.above_at_end(way, wave);
    let unasked = teller.is_unasked(way, wave);
    let unasked = unasked.then(|| "what is survived is not checked".to_owned());
    let exposed = wave.unprotected.as_ref().filter(|own| !own.is_empty());
    let exposed = exposed.map(|own| teller.exposed(own));
    for why in [above, unasked, exposed].into_iter().flatten() {
        section.detail(format!("**do not stop here**: {why}"));
    }
}

fn add_loads(at: WaveOnWay<'_>, beside: Option<(usize, &Wave)>, section: &mut Section) {
    // What is out the whole time serves nobody, and nothing is to be seen there.
    let is_there = |own: &&Fullness| !at.is_out_during(own.component);
    let mut fullest = at.wave.watched.iter().filter(is_there);
    for fullness in fullest.by_ref().take(NAMED_LOADS) {
        section.detail(at.teller.seen(at.wave, fullness));
    }
    if let Some(next) = fullest.next().and_then(Fullness::utilization) {
        let next = numbers::utilization_at_most(next);
        section.detail(format!(
            "everything else is used to {next} at most once steering has turned"
        ));
    }
    if let Some((period, other)) = beside {
        section.detail(format!(
            "beside what wave {} of period {period} moves meanwhile: where its gate says more of a component, that holds",
            other.number
        ));
    }
}

/// How many new sessions each component sees at most while a wave goes on: those that come near to what they accept
/// one by one, the fullest first, and how far from it all others are.
fn add_sessions(at: WaveOnWay<'_>, section: &mut Section) {
    let mut seen = at.sessions();
    // What accepts nothing is fullest of all.
    seen.sort_by(|a, b| (b.1 * a.2).total_cmp(&(a.1 * b.2)).then(a.0.cmp(&b.0)));
    let near = seen.iter().filter(|own| own.1 >= own.2 * NEARLY_FULL);
    // Where nothing is near, the fullest one is told all the same.
    let told = near.count().clamp(1, TOLD_GATES).min(seen.len());
    for (component, rate, accepts) in &seen[..told] {
        let [seen, accepts] = numbers::most_of(rate.min(*accepts), *accepts);
        let component = at.teller.component_by_hand(*component);
        section.detail(format!(
            "{component} sees at most {seen} new sessions a second meanwhile (it accepts {accepts})"
        ));
    }
    let Some((_, rate, accepts)) = seen.get(told).filter(|own| own.2 > 0.0) else {
        return;
    };
    let others = match seen.len() - told {
        1 => "1 other component sees at most this much of the new sessions that it accepts"
            .to_owned(),
        others => format!(
            "{} other components see at most this much of the new sessions that they accept",
            numbers::whole(others)
        ),
    };
    section.detail(format!(
        "{others}: {}",
        numbers::utilization(rate / accepts)
    ));
}
