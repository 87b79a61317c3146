//! The values of the chart of waves.

use super::teller::{WayTeller, waves};
use crate::ids::SiteId;
use crate::plan::{PeriodPlan, Refusal, Timing, Transition, Wave};
use crate::report::charts::waves::{WaveBar, WaveTraffic, WavesChart};
use crate::report::words::capital_or_name;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// The chart of the waves that lead to a period; `None` where nobody has to go anywhere, and where nothing limits the
/// pace: waves that take no time and are not watched have no place on an axis of time.
pub fn waves_chart(teller: &WayTeller<'_>, period: &PeriodPlan) -> Option<WavesChart> {
    let transitions = teller.plan.transitions.iter();
    let own: Vec<&Transition> = transitions
        .filter(|own| own.period == period.period.index)
        .collect();
    let bars: Vec<WaveBar> = own
        .iter()
        .flat_map(|own| own.waves.iter().map(|wave| bar(teller, period, wave)))
        .collect();
    let takes_time = |own: &WaveBar| own.start < own.gate_end;
    if !bars.iter().any(takes_time) {
        return None;
    }
    Some(WavesChart {
        title: title(teller, &own),
        scenario: teller.scenario.name.clone(),
        clock: teller.clock(),
        period_start: period.period.start,
        stops: teller.where_to_stop(&own),
        is_refused: teller.plan.is_refused(),
        allowed: own.iter().find_map(|own| allowed(own)),
        because: own
            .iter()
            .find_map(|own| because(teller, own))
            .unwrap_or_default(),
        waves: bars,
    })
}

/// When the time begins, or ends, that a transition may take, where it needs more; `None` of any other.
fn allowed(transition: &Transition) -> Option<Timestamp> {
    transition.refusal.filter(|own| *own == Refusal::TooLong)?;
    let seconds = transition.allowed?.seconds();
    let length = SignedDuration::try_from_secs_f64(seconds).ok()?;
    match transition.timing {
        Timing::Ahead => transition.end.checked_sub(length).ok(),
        Timing::Behind => transition.start.checked_add(length).ok(),
    }
}

/// The whole reason of a refusal, where the title has only its beginning.
fn because(teller: &WayTeller<'_>, transition: &Transition) -> Option<String> {
    let refusal = teller.refusal(transition)?;
    let is_cut = beginning(&refusal).len() < refusal.len();
    is_cut.then(|| {
        format!(
            "{}.",
            capital_or_name(teller.inventory, refusal.trim_end_matches('.'))
        )
    })
}

/// `Chicago's drain needs 3 h 20 min, the scenario allows 5 min`: a refusal as far as a title has it.
fn beginning(refusal: &str) -> &str {
    let ends = [": ", "; ", ". "]
        .into_iter()
        .filter_map(|own| refusal.find(own));
    refusal
        .get(..ends.min().unwrap_or(refusal.len()))
        .unwrap_or(refusal)
}

/// The finding: the latest start, the number of waves, and what is done by when; or that it is refused. What is refused comes
/// first, then what most users have to go through.
fn title(teller: &WayTeller<'_>, transitions: &[&Transition]) -> String {
    let mut words: Vec<&Transition> = transitions.to_vec();
    words.retain(|own| own.has_anything());
    words.sort_by(|a, b| {
        let refused = b.refusal.is_some().cmp(&a.refusal.is_some());
        refused.then(b.users.total_cmp(&a.users))
    });
    // One refusal is enough for a title.
    if words.first().is_some_and(|own| own.refusal.is_some()) {
        words.truncate(1);
    }
    let sentences: Vec<String> = words.iter().map(|own| sentence(teller, own)).collect();
    capital_or_name(teller.inventory, &sentences.join("; "))
}

fn sentence(teller: &WayTeller<'_>, transition: &Transition) -> String {
    let clock = teller.clock();
    if let Some(refusal) = teller.refusal(transition) {
        return format!("refused: {}", beginning(&refusal));
    }
    let subject = teller.subject(transition);
    let count = waves(transition.waves.len());
    let end = clock.moment(transition.end);
    match transition.timing {
        Timing::Ahead => format!(
            "start by {}: {count}, {subject} is done by {end}",
            clock.moment(transition.start)
        ),
        Timing::Behind => format!("{subject} is done by {end}: {count}"),
    }
}

fn bar(teller: &WayTeller<'_>, period: &PeriodPlan, wave: &Wave) -> WaveBar {
    let minutes = teller.scenario.waves.gate_minutes;
    let gate = SignedDuration::try_from_secs_f64((minutes * 60.0).ceil()).ok();
    let gate_end: Option<Timestamp> = gate.and_then(|own| wave.end.checked_add(own).ok());
    WaveBar {
        number: wave.number,
        start: wave.start,
        end: wave.end,
        gate_end: gate_end.unwrap_or(wave.end),
        sites: traffic(teller, period, wave),
    }
}

fn traffic(teller: &WayTeller<'_>, period: &PeriodPlan, wave: &Wave) -> Vec<WaveTraffic> {
    let mut sites: BTreeMap<SiteId, [f64; 3]> = BTreeMap::new();
    for own in &wave.sites {
        let numbers = sites.entry(own.site).or_default();
        numbers[0] += own.users_out;
        numbers[1] += own.users_in;
    }
    // Users without a home yet leave and enter nothing until they have one.
    let moves = wave.moves.iter().map(|own| &period.moves[*own]);
    for own in moves.filter(|own| own.from.is_none()) {
        sites.entry(own.to).or_default()[2] += own.users;
    }
    let words = sites
        .into_iter()
        .map(|(site, [users_out, users_in, users_placed])| WaveTraffic {
            site: teller.inventory.sites[site.index()].name.clone(),
            users_out,
            users_in,
            users_placed,
        });
    words.collect()
}
