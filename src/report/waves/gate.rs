//! The gate of a wave: what to see before one goes on, and how the wave is undone.

use super::durations::duration;
use super::in_force::InForce;
use super::steering::beside;
use super::words::Teller;
use crate::ids::ComponentId;
use crate::plan::{Fullness, Step, Transition, Wave};
use crate::report::numbers;
use crate::units::AGREEMENT;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Components that are named one by one at every wave, with how full they get; of one more it is known.
const NAMED: usize = 4;

/// Gates of new sessions that are told one by one at every wave, and how full one is that is told at all.
const TOLD_GATES: usize = 6;
const NEARLY_FULL: f64 = 0.5;

/// The third step of a wave, and the last.
pub(super) fn write_gate(
    teller: &Teller<'_>,
    (transition, steps): (&Transition, &[Step]),
    wave: &Wave,
    in_force: &InForce,
    text: &mut String,
) {
    let minutes = teller.scenario.waves.gate_minutes;
    let watch = if minutes > 0.0 {
        format!(
            ", watched for {} once all have moved",
            duration(minutes * 60.0)
        )
    } else {
        String::new()
    };
    let _ = writeln!(text, "3. Gate{watch}. Go on only if:");
    if !wave.moves.is_empty() {
        text.push_str("   - nobody whom the wave moves is left where he was\n");
    }
    let other = moving_beside(teller, transition, wave).filter(|_| wave.moves.is_empty());
    if let Some((period, other)) = other {
        // Its loads are those with everybody where he is in its own period.
        let _ = writeln!(
            text,
            "   - the loads are those that wave {} of period {period} names: its users move meanwhile, or have moved",
            other.number
        );
    } else {
        // What is out the whole time serves nobody, and nothing is to be seen there.
        let is_there = |own: &&Fullness| !teller.is_out_during(own.component, wave);
        let mut fullest = wave.watched.iter().filter(is_there);
        for fullness in fullest.by_ref().take(NAMED) {
            let _ = writeln!(text, "   - {}", teller.seen(wave, fullness));
        }
        if let Some(next) = fullest.next().and_then(Fullness::utilization) {
            let _ = writeln!(
                text,
                "   - everything else is used to {} at most once steering has turned",
                numbers::utilization_at_most(next)
            );
        }
        if let Some((period, other)) = moving_beside(teller, transition, wave) {
            let _ = writeln!(
                text,
                "   - beside what wave {} of period {period} moves meanwhile: where its gate says more of a component, that holds",
                other.number
            );
        }
    }
    write_sessions(teller, (transition, wave), text);
    if wave.stop_shortfall > AGREEMENT {
        let _ = writeln!(
            text,
            "   - who stops here misses a headroom target by up to {} of it",
            numbers::short_percent_up(wave.stop_shortfall)
        );
    }
    if let Some(above) = teller.above_at_end(transition, wave) {
        let _ = writeln!(text, "   - **do not stop here**: {above}");
    }
    if teller.is_unasked(transition, wave) {
        text.push_str("   - **do not stop here**: what is survived is not checked\n");
    }
    if let Some(exposed) = wave.unprotected.as_ref().filter(|own| !own.is_empty()) {
        let why = teller.exposed(exposed);
        let _ = writeln!(text, "   - **do not stop here**: {why}");
    }
    teller.write_undo((transition, steps), wave, in_force, text);
}

impl Teller<'_> {
    /// Whether events leave a component nothing from the beginning of a wave until its gate is watched.
    fn is_out_during(&self, component: ComponentId, wave: &Wave) -> bool {
        let until = self.watched_until(wave);
        let periods = self.plan.periods.iter();
        let mut meanwhile = periods
            .filter(|own| own.period.start <= until && wave.start < own.period.end)
            .peekable();
        let has_any = meanwhile.peek().is_some();
        has_any && meanwhile.all(|own| own.case.gone[component.index()])
    }
}

/// The last wave of a later period that has begun when a wave ends, and that moves users.
fn moving_beside<'t>(
    teller: &Teller<'t>,
    transition: &'t Transition,
    wave: &Wave,
) -> Option<(usize, &'t Wave)> {
    let others = beside(&teller.plan.transitions, transition);
    let others = others.filter(|other| other.period > transition.period);
    let waves = others.flat_map(|other| other.waves.iter().map(|own| (other.period, own)));
    let begun = waves.filter(|(_, own)| own.start < wave.end && !own.moves.is_empty());
    begun.max_by_key(|(_, own)| own.start)
}

/// How many new sessions each component sees at most while a wave goes on: those that come near to what they accept
/// one by one, the fullest first, and how far from it all others are.
fn write_sessions(
    teller: &Teller<'_>,
    (transition, wave): (&Transition, &Wave),
    text: &mut String,
) {
    // Waves of another period that go on meanwhile bring theirs too.
    let others = beside(&teller.plan.transitions, transition);
    let others: Vec<&Wave> = others.flat_map(|own| &own.waves).collect();
    let instants = std::iter::once(&wave).chain(&others);
    let instants = instants.flat_map(|own| [own.start, own.turned, own.end]);
    let instants = instants.filter(|at| (wave.start..=wave.end).contains(at));
    let instants: BTreeSet<Timestamp> = instants.collect();
    let instants: Vec<Timestamp> = instants.into_iter().collect();
    let seen = wave.ramp.iter().filter_map(|own| {
        let together = instants.windows(2).map(|both| {
            let all = std::iter::once(&wave).chain(&others);
            let rates = all.map(|other| other.sessions_within(own.component, (both[0], both[1])));
            own.background + rates.sum::<f64>()
        });
        Some((own.component, together.reduce(f64::max)?, own.accepts))
    });
    let mut seen: Vec<(ComponentId, f64, f64)> = seen.collect();
    // What accepts nothing is fullest of all.
    seen.sort_by(|a, b| (b.1 * a.2).total_cmp(&(a.1 * b.2)).then(a.0.cmp(&b.0)));
    let near = seen
        .iter()
        .filter(|own| own.1 >= own.2 * NEARLY_FULL)
        .count();
    // Where nothing is near, the fullest one is told all the same.
    let told = near.clamp(1, TOLD_GATES).min(seen.len());
    for (component, rate, accepts) in &seen[..told] {
        let [seen, accepts] = numbers::most_of(rate.min(*accepts), *accepts);
        let _ = writeln!(
            text,
            "   - {} sees at most {seen} new sessions a second meanwhile (it accepts {accepts})",
            teller.component_by_hand(*component)
        );
    }
    let fullest = seen.get(told).filter(|own| own.2 > 0.0);
    if let Some((_, rate, accepts)) = fullest {
        let others = seen.len() - told;
        let others = match others {
            1 => "1 other component sees at most this much of the new sessions that it accepts"
                .to_owned(),
            _ => format!(
                "{} other components see at most this much of the new sessions that they accept",
                numbers::users(others as f64)
            ),
        };
        let _ = writeln!(
            text,
            "   - {others}: {}",
            numbers::utilization(rate / accepts)
        );
    }
}
