//! How a wave is undone, as the runbook says it: who goes back first, how fast, and where nobody can.

use super::durations::duration;
use super::in_force::InForce;
use super::runbook::{count, shards, ways};
use super::steering::{Way, beside};
use super::steps::{let_in_by, users_of};
use super::words::Teller;
use crate::ids::{ComponentId, SiteId};
use crate::plan::{Barred, Change, Move, Pace, PaceLimit, Ramp, Step, Transition, Undo, Wave};
use crate::plan_files::Action;
use crate::report::numbers;
use crate::report::words::listed;
use crate::units::NOBODY;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::fmt::Write as _;

impl Teller<'_> {
    /// The last step of a wave: how it is undone, or why it is not.
    pub(super) fn write_undo(
        &self,
        (transition, steps): (&Transition, &[Step]),
        wave: &Wave,
        in_force: &InForce,
        text: &mut String,
    ) {
        let before = in_force.before_wave(self, (transition, wave));
        if let Some(why) = self.not_undone((in_force, before.as_deref()), (transition, steps), wave)
        {
            let _ = writeln!(
                text,
                "4. {why}. Hold here, leave steering as it is, and plan again from here if something is wrong."
            );
            return;
        }
        let undo = &wave.undo;
        // Rows of a period are a part of the way only where all of it is to be gone.
        let is_of_period =
            |rows: &str| rows.starts_with("steering.csv") || rows.starts_with("before.csv");
        let is_part = undo.steering_share > 0.0 && before.as_deref().is_some_and(is_of_period);
        let share = if is_part {
            String::new()
        } else {
            format!(
                " to {} % of the way",
                numbers::amount(undo.steering_share * 100.0)
            )
        };
        let sets_weights = in_force.is_set((transition.period, Some(wave.number)));
        let is_steered = sets_weights && wave.turns_weights();
        let period = &self.plan.periods[transition.period];
        let moves: Vec<&Move> = wave.moves.iter().map(|own| &period.moves[*own]).collect();
        let (back, placed): (Vec<&Move>, Vec<&Move>) =
            moves.into_iter().partition(|own| own.from.is_some());
        let steering = first(&undo.steering).filter(|_| is_steered);
        let phases = [first(&undo.moves), steering];
        let seconds: f64 = phases.into_iter().flatten().map(|own| own.1).sum();
        let takes = if seconds > 0.0 {
            format!(
                " (it takes at least {}, less where a part of it is done)",
                duration(seconds)
            )
        } else {
            String::new()
        };
        let step = match (back.is_empty(), is_steered) {
            (true, false) if !sets_weights => "leave every weight as it is".to_owned(),
            (true, _) => format!("set steering back{share}"),
            (false, false) if !sets_weights => format!(
                "move the same {} back, and leave every weight as it is",
                shards(count(&back))
            ),
            (false, true) => format!(
                "first move the same {} back, and only then set steering back{share}",
                shards(count(&back))
            ),
            (false, false) => format!(
                "move the same {} back; steering stays as it is",
                shards(count(&back))
            ),
        };
        let _ = writeln!(text, "4. To undo{takes}: {step}.");
        write_shed_again((transition, steps), wave, text);
        if !placed.is_empty() {
            let first = if is_steered {
                "before weights turn take"
            } else {
                "take"
            };
            let _ = writeln!(
                text,
                "   - {first} {} that the wave places out of service again (rows of moves.csv with period {}, wave {} and an empty `from_site`)",
                shards(count(&placed)),
                transition.period,
                wave.number
            );
        }
        self.write_moves_back(undo, &back, text);
        if let Some((pace, seconds)) = steering {
            let _ = writeln!(
                text,
                "   - turn steering back evenly over at least {}: {}",
                duration(seconds),
                self.limited(pace)
            );
        }
        if seconds > 0.0 {
            self.write_uncounted((transition, wave), text);
        }
        if let Some(rows) = before.filter(|_| is_steered) {
            let _ = writeln!(text, "   - the weights are those of {rows}");
            self.write_members((transition, steps), wave, Way::Back, text);
        }
        if is_steered || !back.is_empty() {
            self.write_opening((transition, steps), wave, text);
        }
        self.write_deadline((in_force, is_steered), (transition, wave), &back, text);
    }

    /// Why a wave is not undone, if it is not; `before` names the weights with which it begins.
    fn not_undone(
        &self,
        (in_force, before): (&InForce, Option<&str>),
        (transition, steps): (&Transition, &[Step]),
        wave: &Wave,
    ) -> Option<String> {
        let undo = &wave.undo;
        if let Some(barred) = &undo.barred {
            return Some(format!("It is not undone: {}", self.barred(barred)));
        }
        if let Some(pace) = undo.never() {
            return Some(format!("It cannot be undone: {}", self.never_back(pace)));
        }
        if self.leads_back_over_closed(in_force, (transition, steps), wave) {
            return Some("It is not undone: that would lead users over what is out".to_owned());
        }
        let is_set = in_force.is_set((transition.period, Some(wave.number)));
        (before.is_none() && is_set && wave.turns_weights()).then(|| {
            "It is not undone: it begins while other waves turn weights, and no file has those of that instant".to_owned()
        })
    }

    /// Why nobody undoes a wave.
    fn barred(&self, barred: &Barred) -> String {
        match barred {
            Barred::Lost(sites) => {
                let lost = self.sites(sites);
                let they_are = match sites.len() {
                    1 => "it, or every path to it, is",
                    _ => "they, or all paths to them, are",
                };
                format!("nobody can be moved back to {lost} while {they_are} out")
            }
            Barred::Overloads(component) => {
                format!("that would overload {} again", self.component(*component))
            }
        }
    }

    /// Whether the weights with which a wave begins lead over what is out of service by then: the first wave after a loss.
    fn leads_back_over_closed(
        &self,
        in_force: &InForce,
        (transition, steps): (&Transition, &[Step]),
        wave: &Wave,
    ) -> bool {
        let is_first = transition.waves.first().map(|own| own.number) == Some(wave.number);
        let sets_weights = in_force.is_set((transition.period, Some(wave.number)));
        is_first && sets_weights && self.are_some_cut_off(transition, steps)
    }

    /// What closes once the last wave is over, or while its gate is watched, and has to be open again before its weights are turned
    /// back.
    fn write_opening(
        &self,
        (transition, steps): (&Transition, &[Step]),
        wave: &Wave,
        text: &mut String,
    ) {
        let is_last = transition.waves.last().map(|last| last.number) == Some(wave.number);
        let until = self.watched_until(wave);
        let closes = |step: &Step, access_point| {
            let component = self.inventory.access_point_component(access_point);
            let is_gone = self.plan.periods[step.period].case.gone[component.index()];
            let is_its = is_last && step.period == transition.period;
            let at = |at: Timestamp| {
                is_its && at >= wave.end || !is_gone && wave.start <= at && at <= until
            };
            step.action == Action::CloseAccessPoint && step.at.is_some_and(at)
        };
        let closing = steps.iter().filter_map(|step| match step.change {
            Change::AccessPoint { access_point, .. } if closes(step, access_point) => {
                Some(self.component_by_hand(self.inventory.access_point_component(access_point)))
            }
            _ => None,
        });
        let closing: BTreeSet<String> = closing.collect();
        for closed in closing {
            let _ = writeln!(text, "   - open {closed} first, if it is closed by then");
        }
    }

    /// Until when somebody watches the gate of a wave, and may undo it.
    pub(super) fn watched_until(&self, wave: &Wave) -> Timestamp {
        let gate = self.scenario.waves.gate_minutes * 60.0;
        let gate = SignedDuration::try_from_secs_f64(gate).unwrap_or_default();
        wave.end.checked_add(gate).unwrap_or(wave.end)
    }

    fn write_moves_back(&self, undo: &Undo, back: &[&Move], text: &mut String) {
        let Some((pace, seconds)) = first(&undo.moves) else {
            return;
        };
        let _ = writeln!(
            text,
            "   - move back over at least {}: {}",
            duration(seconds),
            self.limited(pace)
        );
        for ((from, to), (users, _)) in ways(back) {
            let _ = writeln!(
                text,
                "   - {} to {}: no faster than {} users an hour",
                self.site_by_hand(to),
                from.map_or_else(|| "(new)".to_owned(), |own| self.site_by_hand(own)),
                numbers::amount_down(users * 3600.0 / seconds)
            );
        }
    }

    /// The new sessions of waves of other periods that may go on while a wave is undone, and that its paces do not count.
    fn write_uncounted(&self, (transition, wave): (&Transition, &Wave), text: &mut String) {
        let watched = self.watched_until(wave);
        let until = wave.undone(watched).unwrap_or(watched);
        let is_counted = |own: &Ramp| {
            let mut beside = transition.beside.iter();
            beside.any(|(component, _)| *component == own.component)
        };
        let is_uncounted = |other: &&Ramp| {
            let mut ramps = wave.ramp.iter();
            ramps.any(|own| own.component == other.component && !is_counted(own))
        };
        for other in beside(&self.plan.transitions, transition) {
            let waves = other.waves.iter();
            let meeting = waves.filter(|own| own.start < until && wave.start < own.end);
            let shared = meeting.flat_map(|own| own.ramp.iter().filter(is_uncounted));
            let shared: BTreeSet<ComponentId> = shared.map(|own| own.component).collect();
            if !shared.is_empty() {
                let shared = shared.into_iter().map(|own| self.component(own));
                let shared: Vec<String> = shared.collect();
                let shared: Vec<&str> = shared.iter().map(String::as_str).collect();
                let _ = writeln!(
                    text,
                    "   - not counted: new sessions that {} brings to {}, from {} to {}",
                    self.subject(other),
                    listed(&shared),
                    self.clock().second(other.start),
                    self.clock().second(other.end)
                );
            }
        }
    }

    /// `Oslo`, `Oslo and Rome`, `Oslo, Rome and Wien`.
    pub(super) fn sites(&self, sites: &[SiteId]) -> String {
        let names = sites.iter().map(|site| self.site(*site));
        listed(&names.collect::<Vec<_>>())
    }

    /// What lets nobody back.
    fn never_back(&self, pace: &Pace) -> String {
        match pace.limit {
            PaceLimit::Accepts(component) => format!(
                "{} accepts next to nothing beside normal operation",
                self.component(component)
            ),
            PaceLimit::Out(site) => format!("{} lets next to nobody leave", self.site(site)),
            PaceLimit::In(site) => format!("{} lets next to nobody in", self.site(site)),
        }
    }
}

/// Who is let in with a wave, and is to be shed again before all else, so that no site gets more users than it had.
fn write_shed_again((transition, steps): (&Transition, &[Step]), wave: &Wave, text: &mut String) {
    let period = transition.period;
    let users = users_of(&let_in_by(steps, (transition, wave), |_| true));
    if users > NOBODY {
        let _ = writeln!(
            text,
            "   - before all else stop serving the {} whom the wave lets in (rows of changes.csv with period {period}, wave {} and the action `let_in`)",
            numbers::lost_users(users),
            wave.number
        );
    }
}

/// The slowest pace and its seconds, if it takes any time.
pub(super) fn first(paces: &[Pace]) -> Option<(&Pace, f64)> {
    let pace = paces.first()?;
    Some((pace, pace.seconds?)).filter(|(_, seconds)| *seconds > 0.0)
}
