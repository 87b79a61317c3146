//! Steering: which weights a wave sets, and which members of pools it turns with them.

use super::durations::exact_duration;
use super::steps::members_of;
use super::words::Teller;
use crate::graph::Network;
use crate::ids::{ComponentId, ElementId, PoolId};
use crate::plan::{Change, Plan, Step, Transition, Wave, are_paths_changed, wave_weights};
use crate::plan_files::Action;
use crate::report::numbers;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Whether a wave is done or undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    There,
    Back,
}

impl Teller<'_> {
    /// The members of pools that a wave turns with the weights.
    pub(super) fn write_members(
        &self,
        (transition, steps): (&Transition, &[Step]),
        wave: &Wave,
        way: Way,
        text: &mut String,
    ) {
        for step in members_of(self.plan, steps, (transition.period, wave.number)) {
            let Change::Member {
                pool,
                member,
                before,
                after,
            } = step.change
            else {
                continue;
            };
            let told = match (way, step.action) {
                (Way::There, action) => self.member(action, (pool, member), [before[0], after[0]]),
                (Way::Back, Action::TakeOut) => {
                    self.member(Action::PutBack, (pool, member), [after[0], before[0]])
                }
                (Way::Back, _) => {
                    self.member(Action::TakeOut, (pool, member), [after[0], before[0]])
                }
            };
            let element = self.inventory.element_component(member);
            let is_back = way == Way::Back && step.action == Action::TakeOut;
            let taken = || self.taken_out_meanwhile((transition, wave), (pool, member), steps);
            let unless = if is_back && self.goes_out_meanwhile(element, (transition, wave)) {
                ", unless it is out of service by then; if it goes out later, take it out again"
                    .to_owned()
            } else if let Some(at) = Some(()).filter(|()| is_back).and_then(|()| taken()) {
                format!(
                    ", unless the steps of {} have taken it out by then",
                    self.clock().second(at)
                )
            } else {
                String::new()
            };
            let _ = writeln!(text, "   - {told}, turned with the weights{unless}");
        }
    }
}

impl Teller<'_> {
    /// Whether a period begins, from the beginning of a wave until it is undone or its own period begins, in which a component is
    /// out.
    fn goes_out_meanwhile(
        &self,
        component: ComponentId,
        (transition, wave): (&Transition, &Wave),
    ) -> bool {
        let until = self.undone_until((transition, wave));
        let mut periods = self.plan.periods.iter();
        periods.any(|own| {
            let begins = wave.start < own.period.start && own.period.start <= until;
            begins && own.case.gone[component.index()]
        })
    }

    /// When steps of another heading take a member out, from the beginning of a wave until it is undone or its own period begins:
    /// they do so whether or not the wave is undone.
    fn taken_out_meanwhile(
        &self,
        (transition, wave): (&Transition, &Wave),
        (pool, member): (PoolId, ElementId),
        steps: &[Step],
    ) -> Option<Timestamp> {
        let until = self.undone_until((transition, wave));
        let its = steps.iter().filter(|step| {
            let is_its = matches!(step.change, Change::Member { pool: its, member: own, .. } if (its, own) == (pool, member));
            is_its && step.action == Action::TakeOut && step.period != transition.period
        });
        let at = its.filter_map(|step| step.at);
        at.filter(|at| wave.start < *at && *at <= until).min()
    }

    /// Until when a wave may be being undone, or its period has not begun.
    fn undone_until(&self, (transition, wave): (&Transition, &Wave)) -> Timestamp {
        let watched = self.watched_until(wave);
        let begins = self.plan.periods[transition.period].period.start;
        wave.undone(watched).unwrap_or(watched).max(begins)
    }
}

/// The transitions whose waves run while those of another do.
pub(super) fn beside<'t>(
    all: &'t [Transition],
    own: &'t Transition,
) -> impl Iterator<Item = &'t Transition> {
    let others = all
        .iter()
        .filter(|other| (other.period, other.timing) != (own.period, own.timing));
    others.filter(|other| {
        let have_waves = !own.waves.is_empty() && !other.waves.is_empty();
        have_waves && own.start < other.end && other.start < own.end
    })
}

/// Which rows of `wave_weights.csv` hold from one instant to another, by their period, wave and `during`.
pub(super) fn rows(
    teller: &Teller<'_>,
    (period, wave): (usize, &Wave),
    [from, to]: [Timestamp; 2],
) -> String {
    let clock = teller.clock();
    let periods = &teller.plan.periods;
    let word = |during: Option<usize>| match during {
        Some(own) => format!("`during` {own}"),
        None => "no `during`".to_owned(),
    };
    let written: BTreeSet<Option<usize>> = wave.standing.iter().map(|own| own.during).collect();
    let begun = periods.partition_point(|own| own.period.start <= from);
    // What takes no time ahead of a period is over before that begins, and has the rows of the time before.
    let first = written.range(..=begun.checked_sub(1)).next_back();
    let first = first.or_else(|| written.first());
    let first = first.copied().unwrap_or(begun.checked_sub(1));
    let mut told = word(first);
    for (during, own) in periods.iter().enumerate().skip(begun) {
        let is_next = own.period.start < to && Some(during) != first;
        if is_next && written.contains(&Some(during)) {
            let at = clock.second(own.period.start);
            let _ = write!(told, ", from {at} on {}", word(Some(during)));
            let turn = |other: &Transition| {
                let turns = |wave: &Wave| wave.turned > wave.start;
                other.period == during && other.waves.iter().any(turns)
            };
            if during != period && teller.plan.transitions.iter().any(turn) {
                let _ = write!(told, ", to which the waves of period {during} turn");
            }
        }
    }
    format!("period {period}, wave {} and {told}", wave.number)
}

/// The file and the rows whose weights hold until a period begins.
pub(super) fn until(plan: &Plan, period: usize) -> String {
    match period.checked_sub(1) {
        Some(before) => format!("steering.csv with period {before}{}", no_rows(plan, before)),
        None => "before.csv".to_owned(),
    }
}

/// That steering.csv has no rows with a period, where it has none.
pub(super) fn no_rows(plan: &Plan, period: usize) -> &'static str {
    let period = plan.periods.get(period);
    if period.is_some_and(|period| period.flows.is_empty()) {
        " (no rows: nobody is served then)"
    } else {
        ""
    }
}

/// What is done to the weights when a wave begins.
pub(super) enum Turning {
    /// They stay, but for those that a region does not have yet at a site.
    Leaves,
    /// They are set to those of the wave, from an instant on.
    Sets {
        /// The beginning of the wave, or when opens what they lead over.
        from: Timestamp,
    },
}

/// What is done to the weights when a wave begins.
pub(super) fn turning(teller: &Teller<'_>, transition: &Transition, wave: &Wave) -> Turning {
    // Undone it is where it began; who is cut off is led to what is open of it.
    let is_first = transition.waves.first().map(|own| own.number) == Some(wave.number);
    if !(wave.turns_weights() || is_first && teller.are_cut_off(transition)) {
        return if change_meanwhile(teller, transition, wave) {
            Turning::Sets { from: wave.start }
        } else {
            Turning::Leaves
        };
    }
    if are_left_to_earlier(teller, transition, wave) {
        return Turning::Leaves;
    }
    Turning::Sets {
        from: teller.waits_to_open(transition, wave).unwrap_or(wave.start),
    }
}

/// Whether weights change until the next wave begins though no wave turns them, because a path opens that was closed, or closes.
fn change_meanwhile(teller: &Teller<'_>, transition: &Transition, wave: &Wave) -> bool {
    let plan = teller.plan;
    let until = lasts_until(transition, wave);
    let mut both = plan.periods.iter().zip(plan.periods.iter().skip(1));
    let is_any = both.any(|(before, own)| {
        let begins = wave.start < own.period.start && own.period.start < until;
        begins && before.case.gone != own.case.gone
    });
    if !is_any {
        return false;
    }
    let network = Network::new(teller.inventory);
    let weights = wave_weights(teller.inventory, &network, plan, transition, wave);
    let mut known: BTreeMap<_, f64> = BTreeMap::new();
    let mut cells: BTreeSet<_> = BTreeSet::new();
    for own in &weights {
        let (group, path) = (&own.flow.group, &own.flow.path);
        let limit = group.max_latency.map(f64::to_bits);
        let cell = (group.client_region, group.profile, limit, path.site);
        known.insert(
            (own.during, own.slice, cell, path.links.clone()),
            own.weight,
        );
        cells.insert((own.during, own.slice, cell));
    }
    let mut all = known.iter();
    all.any(|((_, slice, cell, links), weight)| {
        wave.standing.iter().any(|other| {
            let is_led = other.slice == *slice && cells.contains(&(other.during, *slice, *cell));
            let key = (other.during, *slice, *cell, links.clone());
            let weight_there = known.get(&key).copied().unwrap_or(0.0);
            is_led && (weight_there - weight).abs() > 1e-12
        })
    })
}

/// When the next wave begins, or the last is over.
fn lasts_until(transition: &Transition, wave: &Wave) -> Timestamp {
    let next = transition.waves.iter().find(|own| own.number > wave.number);
    next.map_or(transition.end, |own| own.start).max(wave.end)
}

/// Whether the waves of an earlier period still turn weights when a wave begins, and its own period turns none from these to others.
fn are_left_to_earlier(teller: &Teller<'_>, transition: &Transition, wave: &Wave) -> bool {
    let goes_on = |own: &Transition| {
        let begins = own.period < transition.period && own.start < wave.start;
        begins && own.waves.iter().any(|own| own.turned > wave.start)
    };
    let period = &teller.plan.periods[transition.period];
    let before = teller.plan.flows_until(transition.period);
    beside(&teller.plan.transitions, transition).any(goes_on)
        && !are_paths_changed(before, period.first_flows())
}

/// What is done to the weights when a wave begins, in words.
pub(super) fn steering(teller: &Teller<'_>, transition: &Transition, wave: &Wave) -> String {
    let clock = teller.clock();
    let seconds = wave.turned.duration_since(wave.start).as_secs_f64();
    let over = |seconds: f64| format!("turned evenly over {}", exact_duration(seconds));
    let until = clock.second(wave.turned);
    let share = numbers::amount(wave.steering_share * 100.0);
    let period = &teller.plan.periods[transition.period];
    let hours = &period.case.hours;
    let target = if hours.slice_count() > 1 {
        let slice = hours.slice_at(period.period.start);
        format!(
            "that of period {} in slice {slice} of the hours",
            transition.period
        )
    } else {
        format!("that of period {}", transition.period)
    };
    // What begins until the next wave does may change which hold.
    let last = lasts_until(transition, wave);
    let rows = rows(teller, (transition.period, wave), [wave.start, last]);
    let Turning::Sets { from } = turning(teller, transition, wave) else {
        return format!(
            "leave every weight as it is, {share} % of the way to {target}; \
             set only those of regions at sites where they have no users yet, before anybody moves \
             (wave_weights.csv with {rows})"
        );
    };
    let gradually = match (wave.moves.is_empty(), seconds > 0.0) {
        (true, true) => format!(", {}, until {until}", over(seconds)),
        (false, true) => format!(", {}, until {until}, before anybody moves", over(seconds)),
        (_, false) => ", before anybody moves".to_owned(),
    };
    let waits = if from > wave.start {
        let at = clock.second(from);
        format!(
            "; leave every weight as it is until {at}: before that they lead over what is closed"
        )
    } else {
        String::new()
    };
    format!(
        "set every weight to that of wave_weights.csv with {rows}, {share} % of the way to {target}{gradually}{waits}"
    )
}
