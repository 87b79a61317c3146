//! A wave of a transition: until when it is watched and may be rolled back, what goes on meanwhile, and whether weights turn.

use super::writer::TransitionWriter;
use crate::graph::Network;
use crate::ids::{ComponentId, ElementId, PoolId};
use crate::plan::{
    Change, Move, PeriodPlan, Plan, Step, Transition, Wave, are_paths_changed, wave_weights,
};
use crate::plan_files::Action;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What sets weights: a wave of a period, or a step of it that no wave does. The weights stand in `wave_weights.csv`, or in
/// steering.csv.
pub(super) type WeightSetter = (usize, Option<u32>);

/// A wave with the transition that it is a part of.
#[derive(Debug, Clone, Copy)]
pub(super) struct WaveOfTransition<'a> {
    pub(super) writer: &'a TransitionWriter<'a>,
    pub(super) transition: &'a Transition,
    pub(super) wave: &'a Wave,
}

pub(super) fn beside<'t>(
    plan: &'t Plan,
    transition: &'t Transition,
) -> impl Iterator<Item = &'t Transition> {
    plan.transitions.iter().filter(|other| {
        let is_other = (other.period, other.timing) != (transition.period, transition.timing);
        let have_waves = !transition.waves.is_empty() && !other.waves.is_empty();
        is_other && have_waves && transition.start < other.end && other.start < transition.end
    })
}

impl<'a> WaveOfTransition<'a> {
    pub(super) fn each(
        transition_writer: &'a TransitionWriter<'a>,
        change: &'a Transition,
    ) -> impl Iterator<Item = WaveOfTransition<'a>> {
        let waves = change.waves.iter();
        waves.map(move |wave| Self {
            writer: transition_writer,
            transition: change,
            wave,
        })
    }

    pub(super) fn period(self) -> &'a PeriodPlan {
        &self.writer.plan.periods[self.transition.period]
    }

    pub(super) fn setter(self) -> WeightSetter {
        (self.transition.period, Some(self.wave.number))
    }

    pub(super) fn is_first(self) -> bool {
        self.transition.waves.first().map(|wave| wave.number) == Some(self.wave.number)
    }

    pub(super) fn is_last(self) -> bool {
        self.transition.waves.last().map(|wave| wave.number) == Some(self.wave.number)
    }

    pub(super) fn moves(self) -> Vec<&'a Move> {
        let moves = self.wave.moves.iter();
        moves.map(|index| &self.period().moves[*index]).collect()
    }

    pub(super) fn beside(self) -> impl Iterator<Item = &'a Transition> {
        beside(self.writer.plan, self.transition)
    }

    /// Until when somebody watches its gate, and may undo it.
    pub(super) fn watched_until(self) -> Timestamp {
        let gate = self.writer.scenario.waves.gate_minutes * 60.0;
        let gate = SignedDuration::try_from_secs_f64(gate).unwrap_or_default();
        self.wave.end.checked_add(gate).unwrap_or(self.wave.end)
    }

    pub(super) fn undone_by(self) -> Timestamp {
        let watched = self.watched_until();
        self.wave.undone(watched).unwrap_or(watched)
    }

    /// Until when it may be being undone, or its period has not begun.
    fn undone_until(self) -> Timestamp {
        self.undone_by().max(self.period().period.start)
    }

    /// When the next wave begins, or the last is over.
    pub(super) fn lasts_until(self) -> Timestamp {
        let mut waves = self.transition.waves.iter();
        let next = waves.find(|wave| wave.number > self.wave.number);
        let next = next.map_or(self.transition.end, |wave| wave.start);
        next.max(self.wave.end)
    }

    /// Whether events leave a component nothing from its beginning until its gate is watched.
    pub(super) fn is_out_during(self, component: ComponentId) -> bool {
        let until = self.watched_until();
        let periods = self.writer.plan.periods.iter();
        let mut meanwhile = periods
            .filter(|period| period.period.start <= until && self.wave.start < period.period.end)
            .peekable();
        let has_any = meanwhile.peek().is_some();
        has_any && meanwhile.all(|period_plan| period_plan.case.gone[component.index()])
    }

    /// Whether a period begins, from its beginning until it is undone or its own period begins, in which a component is out.
    pub(super) fn goes_out_meanwhile(self, component: ComponentId) -> bool {
        let until = self.undone_until();
        self.writer.plan.periods.iter().any(|period| {
            let begins = self.wave.start < period.period.start && period.period.start <= until;
            begins && period.case.gone[component.index()]
        })
    }

    /// When steps of another heading take a member out, from its beginning until it is undone or its own period begins: they do
    /// so whether or not it is undone.
    pub(super) fn taken_out_meanwhile(
        self,
        member: (PoolId, ElementId),
        steps: &[Step],
    ) -> Option<Timestamp> {
        let until = self.undone_until();
        let its = steps.iter().filter(|step| {
            let is_its = matches!(step.change, Change::Member { pool, member: element, .. } if (pool, element) == member);
            is_its && step.action == Action::TakeOut && step.period != self.transition.period
        });
        let at = its.filter_map(|step| step.at);
        at.filter(|at| self.wave.start < *at && *at <= until).min()
    }

    /// The last wave of a later period that has begun when it ends, and that moves users.
    pub(super) fn moving_beside(self) -> Option<(usize, &'a Wave)> {
        let others = self.beside();
        let others = others.filter(|other| other.period > self.transition.period);
        let waves = others.flat_map(|other| other.waves.iter().map(|wave| (other.period, wave)));
        let begun = waves.filter(|(_, wave)| wave.start < self.wave.end && !wave.moves.is_empty());
        begun.max_by_key(|(_, wave)| wave.start)
    }

    /// By component, the most new sessions that it sees at once while the wave goes on, and how many it accepts. Waves of another
    /// period that go on meanwhile bring theirs too.
    pub(super) fn sessions(self) -> Vec<(ComponentId, f64, f64)> {
        let wave = self.wave;
        let others = self.beside().flat_map(|transition| &transition.waves);
        let all: Vec<&Wave> = std::iter::once(wave).chain(others).collect();
        let instants = all
            .iter()
            .flat_map(|wave| [wave.start, wave.turned, wave.end]);
        let instants = instants.filter(|at| (wave.start..=wave.end).contains(at));
        let instants: BTreeSet<Timestamp> = instants.collect();
        let instants: Vec<Timestamp> = instants.into_iter().collect();
        let seen = wave.ramp.iter().filter_map(|ramp| {
            let together = instants.windows(2).map(|both| {
                let span = (both[0], both[1]);
                let rates = all
                    .iter()
                    .map(|other| other.sessions_within(ramp.component, span));
                ramp.background + rates.sum::<f64>()
            });
            Some((ramp.component, together.reduce(f64::max)?, ramp.accepts))
        });
        seen.collect()
    }

    /// From when on every weight is set to those of the wave: from its beginning on, or when opens what they lead over. `None`
    /// where they stay, except for those that a region does not have yet at a site.
    pub(super) fn sets_weights_from(self) -> Option<Timestamp> {
        let start = self.wave.start;
        // Undone it is where it began; who is cut off is led to what is open of it.
        let is_cut_off = || self.is_first() && self.writer.are_cut_off(self.transition);
        if !(self.wave.turns_weights() || is_cut_off()) {
            return self.change_meanwhile().then_some(start);
        }
        let from = self.writer.waits_to_open(self.transition, self.wave);
        (!self.are_left_to_earlier()).then_some(from.unwrap_or(start))
    }

    /// Whether weights change until the next wave begins though no wave turns them, because a path opens that was closed, or closes.
    fn change_meanwhile(self) -> bool {
        let (plan, wave) = (self.writer.plan, self.wave);
        let until = self.lasts_until();
        let mut both = plan.periods.iter().zip(plan.periods.iter().skip(1));
        let is_any = both.any(|(before, period_plan)| {
            let begins = wave.start < period_plan.period.start && period_plan.period.start < until;
            begins && before.case.gone != period_plan.case.gone
        });
        if !is_any {
            return false;
        }
        let network = Network::new(self.writer.inventory);
        let weights = wave_weights(self.writer.inventory, &network, plan, self.transition, wave);
        let mut known: BTreeMap<_, f64> = BTreeMap::new();
        let mut cells: BTreeSet<_> = BTreeSet::new();
        for wave_weight in &weights {
            let (group, path) = (&wave_weight.flow.group, &wave_weight.flow.path);
            let limit = group.max_latency.map(f64::to_bits);
            let cell = (group.client_region, group.profile, limit, path.site);
            let key = (
                wave_weight.during,
                wave_weight.slice,
                cell,
                path.links.clone(),
            );
            known.insert(key, wave_weight.weight);
            cells.insert((wave_weight.during, wave_weight.slice, cell));
        }
        known.iter().any(|((_, slice, cell, links), weight)| {
            wave.standing.iter().any(|other| {
                let is_led =
                    other.slice == *slice && cells.contains(&(other.during, *slice, *cell));
                let key = (other.during, *slice, *cell, links.clone());
                let weight_there = known.get(&key).copied().unwrap_or(0.0);
                is_led && (weight_there - weight).abs() > 1e-12
            })
        })
    }

    /// Whether the waves of an earlier period still turn weights when it begins, and its own period turns none from these to others.
    fn are_left_to_earlier(self) -> bool {
        let goes_on = |transition: &Transition| {
            let begins =
                transition.period < self.transition.period && transition.start < self.wave.start;
            begins
                && transition
                    .waves
                    .iter()
                    .any(|wave| wave.turned > self.wave.start)
        };
        let before = self.writer.plan.flows_until(self.transition.period);
        self.beside().any(goes_on) && !are_paths_changed(before, self.period().first_flows())
    }
}
