//! The hold after a wave in the runbook: what has to be seen before the next step.

use crate::plan::{Fullness, Wave};
use crate::report::grammar::only_if;
use crate::report::numbers;
use crate::report::waves::readings::expected_load;
use crate::report::waves::tasks::{RunbookTask, TaskKind};
use crate::report::waves::wave_of_transition::WaveOfTransition;
use crate::report::waves::writer::duration;
use crate::units::AGREEMENT;

const NAMED_LOADS: usize = 4;

/// Limits of new sessions that are listed one by one at every wave, and how full one is to be listed at all.
const MOST_GATES: usize = 6;
const NEARLY_FULL: f64 = 0.5;

/// The hold after a wave: what has to be seen before the next step.
pub(super) fn hold(at: WaveOfTransition<'_>) -> RunbookTask<'_> {
    let WaveOfTransition {
        writer,
        transition,
        wave,
    } = at;
    let minutes = writer.scenario.waves.gate_minutes;
    let mut details = Vec::new();
    if !wave.moves.is_empty() {
        details.push("no user that the wave moves is left at the old site".to_owned());
    }
    match at.moving_beside() {
        // Its loads are those of all users where they are in its own period.
        Some((period, other)) if wave.moves.is_empty() => details.push(format!(
            "the loads are those of wave {} of period {period}: its users move meanwhile, or have moved",
            other.number
        )),
        other => add_loads(at, other, &mut details),
    }
    add_sessions(at, &mut details);
    let above = writer.above_at_end(transition, wave);
    let unasked = writer.is_unasked(transition, wave);
    let unasked = unasked.then(|| "failures at this point were not checked".to_owned());
    let exposed = wave
        .unprotected
        .as_ref()
        .filter(|exposeds| !exposeds.is_empty());
    let exposed = exposed.map(|exposeds| writer.exposed(exposeds));
    let reasons: Vec<String> = [above, unasked, exposed].into_iter().flatten().collect();
    details.extend(missed_at_stop(wave, reasons.is_empty()));
    details.extend(
        reasons
            .iter()
            .map(|why| format!("**do not stop here**: {why}")),
    );
    let watch = if minutes > 0.0 {
        let time = duration(minutes * 60.0);
        format!("Hold, and watch for {time} once all users have moved. Go on only if:")
    } else {
        "Check before the next step. Go on only if:".to_owned()
    };
    RunbookTask {
        until: at.watched_until(),
        expected: expected_load(at),
        details,
        ..RunbookTask::new(TaskKind::Hold, wave.end, transition.period, watch)
            .about("", only_if(minutes > 0.0, || duration(minutes * 60.0)))
    }
}

/// The headroom that a stop after a wave leaves missing; "safe" is said only where nothing speaks against a stop.
fn missed_at_stop(wave: &Wave, is_safe: bool) -> Option<String> {
    let missed = (wave.stop_shortfall > AGREEMENT).then_some(wave.stop_shortfall)?;
    let missed = numbers::short_percent_up(missed);
    let left = format!("up to {missed} of a headroom target is missing");
    Some(if is_safe {
        format!("stopping here is safe, but {left} then")
    } else {
        format!("after this wave {left}")
    })
}

fn add_loads(at: WaveOfTransition<'_>, beside: Option<(usize, &Wave)>, details: &mut Vec<String>) {
    // What is out the whole time serves nobody, and nothing is to be seen there.
    let is_there = |fullness: &&Fullness| !at.is_out_during(fullness.component);
    let mut fullest = at.wave.watched.iter().filter(is_there);
    for fullness in fullest.by_ref().take(NAMED_LOADS) {
        details.push(at.writer.seen(at.wave, fullness));
    }
    if let Some(next) = fullest.next().and_then(Fullness::utilization) {
        let next = numbers::utilization_at_most(next);
        details.push(format!(
            "every other load: at most {next} of its capacity once the weights have turned"
        ));
    }
    if let Some((period, other)) = beside {
        details.push(format!(
            "this leaves out what wave {} of period {period} moves meanwhile: where its hold allows more of a component, that holds",
            other.number
        ));
    }
}

/// How many new sessions each component sees at most while a wave goes on: those that come near to what they accept
/// one by one, the fullest first, and how far from it all others are.
fn add_sessions(at: WaveOfTransition<'_>, details: &mut Vec<String>) {
    let mut seen = at.sessions();
    // What accepts nothing is fullest of all.
    seen.sort_by(|a, b| (b.1 * a.2).total_cmp(&(a.1 * b.2)).then(a.0.cmp(&b.0)));
    let near = seen.iter().filter(|entry| entry.1 >= entry.2 * NEARLY_FULL);
    // Where nothing is near its limit, the fullest one is listed all the same.
    let words = near.count().clamp(1, MOST_GATES).min(seen.len());
    for (component, rate, accepts) in &seen[..words] {
        let [seen, accepts] = numbers::most_of(rate.min(*accepts), *accepts);
        let component = at.writer.component_by_hand(*component);
        details.push(format!(
            "{component}: at most {seen} new sessions a second (limit {accepts})"
        ));
    }
    let Some((_, rate, accepts)) = seen.get(words).filter(|entry| entry.2 > 0.0) else {
        return;
    };
    let others = match seen.len() - words {
        1 => "1 other component stays below this share of its limit of new sessions".to_owned(),
        others => format!(
            "{} other components stay below this share of their limits of new sessions",
            numbers::whole(others)
        ),
    };
    details.push(format!(
        "{others}: {}",
        numbers::utilization(rate / accepts)
    ));
}
