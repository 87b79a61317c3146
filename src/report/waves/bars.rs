//! The values of the chart of waves.

use super::writer::{TransitionWriter, waves};
use crate::ids::SiteId;
use crate::plan::{PeriodPlan, Refusal, Timing, Transition, Wave};
use crate::report::charts::waves::{WaveBar, WaveTraffic, WavesChart};
use crate::report::words::capital_or_name;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// The chart of the waves that lead to a period; `None` where nobody has to go anywhere, and where nothing limits the
/// pace: waves that take no time and are not watched have no place on an axis of time.
pub fn waves_chart(writer: &TransitionWriter<'_>, period: &PeriodPlan) -> Option<WavesChart> {
    let transitions = writer.plan.transitions.iter();
    let one_transitions: Vec<&Transition> = transitions
        .filter(|transition| transition.period == period.period.index)
        .collect();
    let bars: Vec<WaveBar> = one_transitions
        .iter()
        .flat_map(|transition| {
            transition
                .waves
                .iter()
                .map(|wave| bar(writer, period, wave))
        })
        .collect();
    let takes_time = |wave_bar: &WaveBar| wave_bar.start < wave_bar.gate_end;
    if !bars.iter().any(takes_time) {
        return None;
    }
    Some(WavesChart {
        title: title(writer, &one_transitions),
        scenario: writer.scenario.name.clone(),
        clock: writer.clock(),
        period_start: period.period.start,
        stops: writer.where_to_stop(&one_transitions),
        is_refused: writer.plan.is_refused(),
        allowed: one_transitions
            .iter()
            .find_map(|transition| allowed(transition)),
        because: one_transitions
            .iter()
            .find_map(|transition| because(writer, transition))
            .unwrap_or_default(),
        waves: bars,
    })
}

/// When the time begins, or ends, that a transition may take, where it needs more; `None` of any other.
fn allowed(transition: &Transition) -> Option<Timestamp> {
    transition
        .refusal
        .filter(|refusal| *refusal == Refusal::TooLong)?;
    let seconds = transition.allowed?.seconds();
    let length = SignedDuration::try_from_secs_f64(seconds).ok()?;
    match transition.timing {
        Timing::Ahead => transition.end.checked_sub(length).ok(),
        Timing::After => transition.start.checked_add(length).ok(),
    }
}

/// The whole reason of a refusal, where the title has only its beginning.
fn because(writer: &TransitionWriter<'_>, transition: &Transition) -> Option<String> {
    let refusal = writer.refusal(transition)?;
    let is_cut = beginning(&refusal).len() < refusal.len();
    is_cut.then(|| {
        format!(
            "{}.",
            capital_or_name(writer.inventory, refusal.trim_end_matches('.'))
        )
    })
}

/// `Chicago's drain needs 3 h 20 min, the scenario allows 5 min`: a refusal as far as a title has it.
fn beginning(refusal: &str) -> &str {
    let ends = [": ", "; ", ". "]
        .into_iter()
        .filter_map(|text| refusal.find(text));
    refusal
        .get(..ends.min().unwrap_or(refusal.len()))
        .unwrap_or(refusal)
}

/// The finding: the latest start, the number of waves, and what is done by when; or that it is refused. What is refused comes
/// first, then what most users have to go through.
fn title(writer: &TransitionWriter<'_>, transitions: &[&Transition]) -> String {
    let mut words: Vec<&Transition> = transitions.to_vec();
    words.retain(|transition| transition.has_anything());
    words.sort_by(|a, b| {
        let refused = b.refusal.is_some().cmp(&a.refusal.is_some());
        refused.then(b.users.total_cmp(&a.users))
    });
    // One refusal is enough for a title.
    if words
        .first()
        .is_some_and(|transition| transition.refusal.is_some())
    {
        words.truncate(1);
    }
    let sentences: Vec<String> = words
        .iter()
        .map(|transition| sentence(writer, transition))
        .collect();
    capital_or_name(writer.inventory, &sentences.join("; "))
}

fn sentence(writer: &TransitionWriter<'_>, transition: &Transition) -> String {
    let clock = writer.clock();
    if let Some(refusal) = writer.refusal(transition) {
        return format!("refused: {}", beginning(&refusal));
    }
    let subject = writer.subject(transition);
    let count = waves(transition.waves.len());
    let end = clock.moment(transition.end);
    match transition.timing {
        Timing::Ahead => format!(
            "start by {}: {count}, {subject} is done by {end}",
            clock.moment(transition.start)
        ),
        Timing::After => format!("{subject} is done by {end}: {count}"),
    }
}

fn bar(writer: &TransitionWriter<'_>, period: &PeriodPlan, wave: &Wave) -> WaveBar {
    let minutes = writer.scenario.waves.gate_minutes;
    let gate = SignedDuration::try_from_secs_f64((minutes * 60.0).ceil()).ok();
    let gate_end: Option<Timestamp> = gate.and_then(|duration| wave.end.checked_add(duration).ok());
    WaveBar {
        number: wave.number,
        start: wave.start,
        end: wave.end,
        gate_end: gate_end.unwrap_or(wave.end),
        sites: traffic(writer, period, wave),
    }
}

fn traffic(writer: &TransitionWriter<'_>, period: &PeriodPlan, wave: &Wave) -> Vec<WaveTraffic> {
    let mut sites: BTreeMap<SiteId, [f64; 3]> = BTreeMap::new();
    for site_traffic in &wave.sites {
        let numbers = sites.entry(site_traffic.site).or_default();
        numbers[0] += site_traffic.users_out;
        numbers[1] += site_traffic.users_in;
    }
    // Users without a home yet leave and enter nothing until they have one.
    let moves = wave.moves.iter().map(|index| &period.moves[*index]);
    for moved in moves.filter(|moved| moved.from.is_none()) {
        sites.entry(moved.to).or_default()[2] += moved.users;
    }
    let words = sites
        .into_iter()
        .map(|(site, [users_out, users_in, users_placed])| WaveTraffic {
            site: writer.inventory.sites[site.index()].name.clone(),
            users_out,
            users_in,
            users_placed,
        });
    words.collect()
}
