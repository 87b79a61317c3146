//! The values behind the chart of waves.

use super::words::{Teller, waves};
use crate::plan::{PeriodPlan, Timing, Transition};
use crate::report::charts::waves::{WaveBar, WaveTraffic, WavesChart};
use crate::report::span::Clock;
use jiff::{SignedDuration, Timestamp};

/// The chart of the waves that lead to a period; `None` where nobody has to go anywhere.
pub fn waves_chart(teller: &Teller<'_>, period: &PeriodPlan) -> Option<WavesChart> {
    let transitions = teller.plan.transitions.iter();
    let own: Vec<&Transition> = transitions
        .filter(|own| own.period == period.period.index)
        .collect();
    let bars: Vec<WaveBar> = own
        .iter()
        .flat_map(|own| own.waves.iter().map(|wave| bar(teller, wave)))
        .collect();
    let first = own.first().filter(|_| !bars.is_empty())?;
    Some(WavesChart {
        title: title(teller, first),
        scenario: teller.scenario.name.clone(),
        clock: Clock::of(teller.scenario),
        period_start: period.period.start,
        waves: bars,
    })
}

/// The finding: what is done by when, in how many waves, beginning when; or that it is refused.
fn title(teller: &Teller<'_>, transition: &Transition) -> String {
    let clock = Clock::of(teller.scenario);
    if let Some(refusal) = teller.refusal(transition) {
        return format!("Refused: {refusal}");
    }
    let subject = teller.subject(transition);
    let count = waves(transition.waves.len());
    let mut rest = subject.chars();
    let subject = match rest.next() {
        Some(letter) => letter.to_uppercase().chain(rest).collect(),
        None => String::new(),
    };
    match transition.timing {
        Timing::Ahead => format!(
            "{subject} is done by {}: {count}, start no later than {}",
            clock.moment(transition.end),
            clock.moment(transition.start)
        ),
        Timing::Behind => {
            format!(
                "{subject} is done by {}: {count}",
                clock.moment(transition.end)
            )
        }
    }
}

fn bar(teller: &Teller<'_>, wave: &crate::plan::Wave) -> WaveBar {
    let minutes = teller.scenario.waves.gate_minutes;
    let gate = SignedDuration::try_from_secs_f64((minutes * 60.0).ceil()).ok();
    let gate_end: Option<Timestamp> = gate.and_then(|own| wave.end.checked_add(own).ok());
    WaveBar {
        number: wave.number,
        start: wave.start,
        end: wave.end,
        gate_end: gate_end.unwrap_or(wave.end),
        sites: wave
            .sites
            .iter()
            .map(|own| WaveTraffic {
                site: teller.inventory.sites[own.site.index()].name.clone(),
                users_out: own.users_out,
                users_in: own.users_in,
            })
            .collect(),
    }
}
