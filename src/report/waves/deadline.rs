//! Deadline: until when a wave can be undone, and why not after that.

use super::in_force::InForce;
use super::undo::first;
use super::words::Teller;
use crate::ids::SiteId;
use crate::plan::{Barred, Flow, Move, PeriodPlan, Timing, Transition, Wave};
use jiff::{SignedDuration, Timestamp};
use std::fmt::Write as _;

impl Teller<'_> {
    /// Until when it can be undone, if it can only for a time.
    pub(super) fn write_deadline(
        &self,
        (in_force, is_steered): (&InForce, bool),
        (transition, wave): (&Transition, &Wave),
        back: &[&Move],
        text: &mut String,
    ) {
        let periods = &self.plan.periods;
        let own = &periods[transition.period];
        let before = self.plan.flows_until(transition.period);
        let turned = || {
            let stays = |flow: &&Flow| {
                let mut kept = own.first_flows().iter();
                kept.any(|own| (&own.group, &own.path.links) == (&flow.group, &flow.path.links))
            };
            before.iter().filter(move |flow| !stays(flow))
        };
        let turns = wave.turns_weights();
        let closes = |next: &PeriodPlan| {
            transition.timing == Timing::Behind
                && turns
                && self.leads_over_closed(turned(), &next.case)
        };
        let next = match transition.timing {
            Timing::Ahead => Some(own),
            Timing::Behind => {
                let later = periods[transition.period + 1..].iter();
                let mut later = later
                    .filter(|next| next.period.start >= wave.end)
                    .peekable();
                let first = later.peek().copied();
                let mut watched = later.filter(|next| next.period.start < transition.end);
                watched.find(|next| closes(next)).or(first)
            }
        };
        let clock = self.clock();
        let is_late = |by: Timestamp| wave.undone(wave.end).is_none_or(|done| done > by);
        let tell = |by: Timestamp, at: String, why: &str, text: &mut String| {
            let _ = if is_late(by) {
                let after = if wave.start == wave.end {
                    "once the wave is over".to_owned()
                } else {
                    format!("after {}", clock.second(last_begin(wave, by)))
                };
                writeln!(
                    text,
                    "   - **not any more {after}**: it would not be done by {at}, and {why}. Hold here, or have what begins then postponed first"
                )
            } else {
                writeln!(text, "   - only if it is done by {at}: {why}")
            };
        };
        let until = next.map(|next| next.period.start);
        let is_first = |at: Timestamp| until.is_none_or(|until| at <= until);
        let others = self.turned_by_others((transition, wave), is_steered);
        let others = others.map(|(at, later)| {
            (
                at,
                format!("from then on waves of period {later} turn weights"),
            )
        });
        let rows = in_force
            .rows_until(self, (transition, wave))
            .filter(|_| is_steered);
        let rows = rows.map(|at| (at, "from then on no file has the weights".to_owned()));
        let barred = wave.undo.barred_later.as_ref().map(|(at, barred)| {
            let why = match barred {
                Barred::Lost(sites) if sites.len() == 1 => {
                    format!(
                        "from then on {}, or every path to it, is out",
                        self.sites(sites)
                    )
                }
                Barred::Lost(sites) => format!(
                    "from then on {}, or all paths to them, are out",
                    self.sites(sites)
                ),
                Barred::Overloads(component) => format!(
                    "from then on it would overload {}",
                    self.component(*component)
                ),
            };
            (*at, why)
        });
        let first = [others, rows, barred]
            .into_iter()
            .flatten()
            .filter(|own| is_first(own.0))
            .min();
        if let Some((at, why)) = first {
            tell(at, clock.second(at), &why, text);
            return;
        }
        let Some(next) = next else { return };
        let at = clock.moment(next.period.start);
        let mut gone: Vec<SiteId> = back.iter().filter_map(|own| own.from).collect();
        gone.retain(|site| next.case.gone[site.index()]);
        gone.sort_unstable();
        gone.dedup();
        let why = match gone.len() {
            0 => format!("then period {} begins", next.period.index),
            1 => format!("from then on {} is out", self.sites(&gone)),
            _ => format!("from then on {} are out", self.sites(&gone)),
        };
        let is_open = gone.is_empty() && !closes(next);
        if transition.timing == Timing::Behind && is_open && !is_late(next.period.start) {
            return;
        }
        tell(next.period.start, at, &why, text);
    }

    /// When waves of another period begin to turn weights while a wave may still be undone, and those of which period; of earlier
    /// ones those count that go on ahead of it, where the wave turns weights.
    fn turned_by_others(
        &self,
        (transition, wave): (&Transition, &Wave),
        is_steered: bool,
    ) -> Option<(Timestamp, usize)> {
        let watched = self.watched_until(wave);
        let last = wave.undone(watched).unwrap_or(watched);
        let others = self.plan.transitions.iter();
        let others = others.filter(|own| {
            let is_ahead = [own.timing, transition.timing] == [Timing::Ahead; 2];
            let is_earlier = own.period < transition.period && is_ahead && is_steered;
            (own.period > transition.period || is_earlier) && own.refusal.is_none()
        });
        let waves = others.flat_map(|own| own.waves.iter().map(move |wave| (wave, own.period)));
        let turning = waves.filter(|(own, _)| own.turns_weights());
        let begins = turning.map(|(own, period)| (own.start, period));
        let begins = begins.filter(|(at, period)| {
            let from = if *period > transition.period {
                wave.end
            } else {
                wave.start
            };
            from < *at && *at < last
        });
        begins.min()
    }
}

/// When a wave has to be undone at the latest, to be done by an instant: turning, or moving, a part of it back takes that part of
/// the time.
fn last_begin(wave: &Wave, by: Timestamp) -> Timestamp {
    let seconds = |from: Timestamp, to: Timestamp| to.duration_since(from).as_secs_f64();
    let [turns, moves] =
        [(wave.start, wave.turned), (wave.turned, wave.end)].map(|own| seconds(own.0, own.1));
    let [steering, back] =
        [&wave.undo.steering, &wave.undo.moves].map(|own| first(own).map_or(0.0, |own| own.1));
    let left = seconds(wave.start, by);
    // Of a time that there is, the part in which something goes on that so long a time undoes.
    let part = |left: f64, lasts: f64, undone: f64| left * lasts / (lasts + undone).max(1.0);
    let while_turning = part(left, turns, steering);
    let latest = if while_turning < turns {
        while_turning
    } else {
        (turns + part(left - turns - steering, moves, back)).max(0.0)
    };
    let latest = latest.floor();
    let latest = SignedDuration::try_from_secs_f64(latest).unwrap_or_default();
    wave.start.checked_add(latest).unwrap_or(wave.start)
}
