//! The gate of a wave: what to see before one goes on.

use super::amounts::duration;
use super::on_way::WaveOnWay;
use crate::plan::{Fullness, Wave};
use crate::report::document::Section;
use crate::report::grammar::only_if;
use crate::report::numbers;
use crate::units::AGREEMENT;

/// Components that are named one by one at every wave, with how full they get; of one more it is known.
const NAMED: usize = 4;

/// Gates of new sessions that are told one by one at every wave, and how full one is that is told at all.
const TOLD_GATES: usize = 6;
const NEARLY_FULL: f64 = 0.5;

/// The third step of a wave.
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

/// How full what is fullest may be; another wave may move users meanwhile.
fn add_loads(at: WaveOnWay<'_>, beside: Option<(usize, &Wave)>, section: &mut Section) {
    // What is out the whole time serves nobody, and nothing is to be seen there.
    let is_there = |own: &&Fullness| !at.is_out_during(own.component);
    let mut fullest = at.wave.watched.iter().filter(is_there);
    for fullness in fullest.by_ref().take(NAMED) {
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
