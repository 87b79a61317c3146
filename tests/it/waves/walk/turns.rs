//! Turns: steering between the hours of a period, walked instant by instant.

use super::clock::Stretch;
use super::course::Course;
use super::people::{People, served};
use super::side::{Coming, Doubt, NOBODY, Side};
use jiff::{SignedDuration, Timestamp};
use plimsoll::ids::ComponentId;
use plimsoll::plan::{HourTurn, Refusal, Remedy, Timing};
use std::collections::BTreeMap;

/// Instants that are looked at while steering turns.
const INSTANTS: u32 = 200;

/// What was found between hours.
#[derive(Debug, Default)]
pub(in crate::waves) struct Turned {
    pub(in crate::waves) faults: Vec<String>,
    /// Turns that are not refused.
    pub(in crate::waves) whole: usize,
    /// Refused because there is no room, no end, no time.
    pub(in crate::waves) refused: [usize; 3],
    pub(in crate::waves) instants: usize,
    /// Beginnings of hours at which nobody is steered elsewhere.
    pub(in crate::waves) quiet: usize,
}

impl Turned {
    /// Counts what was found elsewhere too; faults are left where they were found.
    pub(in crate::waves) fn add(&mut self, other: &Self) {
        self.whole += other.whole;
        self.instants += other.instants;
        self.quiet += other.quiet;
        for (index, other) in self.refused.iter_mut().zip(other.refused) {
            *index += other;
        }
    }
}

/// Two hours that follow each other, and what is between them.
struct Between<'a> {
    ahead: Side<'a>,
    coming: Coming,
    /// When the hour begins.
    at: Timestamp,
    /// Over how many seconds it turns, and in how many nobody moves.
    length: f64,
    quiet: f64,
}

fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}

impl Course<'_> {
    /// Looks at many instants of every turn between two hours, and at all beginnings of hours without one.
    pub(in crate::waves) fn turned(&self, turns: &[HourTurn]) -> Turned {
        let mut found = Turned::default();
        let mut left: Vec<&HourTurn> = turns.iter().collect();
        for period in 0..self.stands.periods.len() {
            let number = u32::try_from(period).expect("few periods");
            let conditions = self.stands.periods[period].any();
            let people = served(self.inventory, &self.plan, number, conditions);
            let hours = self.stands.hours(period);
            for pair in hours.windows(2) {
                let turn = left
                    .iter()
                    .position(|hour_turn| {
                        hour_turn.period == period && hour_turn.at == pair[1].from
                    })
                    .map(|position| left.remove(position));
                let of = (period, [pair[0], pair[1]]);
                self.between(of, &people).judged(turn, of, &mut found);
            }
        }
        let stray = left
            .iter()
            .map(|hour_turn| format!("no hour begins: {hour_turn:?}"));
        found.faults.extend(stray);
        found
    }

    fn between<'a>(
        &'a self,
        (period, [a, b]): (usize, [Stretch; 2]),
        people: &'a [People],
    ) -> Between<'a> {
        let of = (period, [a.slice, b.slice]);
        let quiet = self.quiet(a.from, b.from);
        let asked = (self.scenario.waves.turn_minutes * 60.0).ceil();
        let ahead = Side::new(self, of, people);
        Between {
            coming: ahead.coming(),
            ahead,
            at: b.from,
            length: asked.min(quiet),
            quiet,
        }
    }

    /// Whole seconds before the beginning of an hour in which nobody moves: nothing turns while a way is under way.
    fn quiet(&self, mut from: Timestamp, at: Timestamp) -> f64 {
        let mut paths: BTreeMap<(u32, Timing), [Timestamp; 2]> = BTreeMap::new();
        let instant = |text: &str| text.parse::<Timestamp>().expect("an instant");
        for row in self
            .plan
            .waves
            .iter()
            .flatten()
            .map(|wave_row| &wave_row.row)
        {
            let gate = SignedDuration::from_secs_f64((row.gate_minutes * 60.0).ceil());
            let (start, end) = (instant(&row.start), instant(&row.end) + gate);
            let instants = paths
                .entry((row.period, row.timing))
                .or_insert([start, end]);
            *instants = [instants[0].min(start), instants[1].max(end)];
        }
        paths.retain(|_, instants| instants[0] < instants[1]);
        for [start, end] in paths.into_values() {
            if start < at && at < end {
                return 0.0;
            }
            if end <= at {
                from = from.max(end);
            }
        }
        seconds(from, at).floor()
    }
}

impl Between<'_> {
    /// Whether it is as is said.
    fn judged(
        &self,
        turn: Option<&HourTurn>,
        (period, [a, b]): (usize, [Stretch; 2]),
        found: &mut Turned,
    ) {
        let mut faults = Vec::new();
        let most = self.ahead.turned();
        match turn {
            None if most > NOBODY => {
                faults.push(format!("{most} turn, and nothing is told"));
            }
            None => found.quiet += 1,
            Some(turn) => {
                if most < NOBODY * NOBODY {
                    faults.push(format!("nobody turns: {turn:?}"));
                }
                if turn.slices != [a.slice, b.slice].map(|number| number as usize) {
                    faults.push(format!("slices {:?}", turn.slices));
                }
                self.same_users(turn, &mut faults);
                match (turn.start, &turn.refusal) {
                    (Some(start), None) => {
                        self.safe(turn, start, found, &mut faults);
                    }
                    (None, Some(refusal)) => self.refused(turn, *refusal, found, &mut faults),
                    both => faults.push(format!("{both:?}")),
                }
            }
        }
        let named = |text: String| format!("period {period}, {}: {text}", self.at);
        found.faults.extend(faults.into_iter().map(named));
    }

    /// Who newly connects through what.
    fn same_users(&self, turn: &HourTurn, faults: &mut Vec<String>) {
        for (component, [users, accepts]) in &self.coming {
            let mut all = turn.ramp.iter();
            match all.find(|ramp| ramp.component.index() == *component) {
                None if *users > NOBODY => {
                    faults.push(format!("{users} through {component}, none are told"));
                }
                Some(ramp)
                    if (ramp.arrivals - users).abs() > 1e-5 * users + 1e-4
                        || (ramp.accepts - accepts).abs() > 1e-9 * accepts =>
                {
                    faults.push(format!("{users} through {component}, told is {ramp:?}"));
                }
                _ => {}
            }
        }
        for ramp in &turn.ramp {
            if !self.coming.contains_key(&ramp.component.index()) {
                faults.push(format!("nobody comes, told is {ramp:?}"));
            }
        }
        if !turn.ramp.is_sorted_by_key(|ramp| ramp.component) {
            faults.push("out of order".to_owned());
        }
    }

    fn safe(
        &self,
        turn: &HourTurn,
        start: Timestamp,
        found: &mut Turned,
        faults: &mut Vec<String>,
    ) {
        found.whole += 1;
        let length = seconds(start, self.at);
        if length.to_bits() != self.length.to_bits() {
            faults.push(format!(
                "from {start}, not {} s before the hour",
                self.length
            ));
        }
        if length <= 0.0 {
            return;
        }
        for instant in 0..=INSTANTS {
            let now = f64::from(instant) / f64::from(INSTANTS);
            found.instants += 1;
            let wrong = self.ahead.faults_at(now, 1.0 / length, &self.coming);
            if !wrong.is_empty() {
                faults.push(format!("at {now} of the way from {start}: {wrong:?}"));
                break;
            }
        }
        self.sums(turn, faults);
    }

    /// The sums of a turn.
    fn sums(&self, turn: &HourTurn, faults: &mut Vec<String>) {
        for ramp in &turn.ramp {
            let Some([users, accepts]) = self.coming.get(&ramp.component.index()) else {
                continue;
            };
            let background = self.ahead.background(ramp.component.index(), 1.0);
            let window = users / (accepts - background);
            let [before, after] = ramp.phases;
            if (users - before).abs() > 1e-5 * users + 1e-4 || after != 0.0 {
                faults.push(format!("{users} before the hour, told is {ramp:?}"));
            }
            if (background - ramp.background).abs() > 1e-5 * background + 1e-7 {
                faults.push(format!(
                    "{background} in normal operation, told is {ramp:?}"
                ));
            }
            let spare = accepts - background;
            let doubt = 1e-4 * window * (1.0 + accepts / spare) + 1e-3;
            if ramp
                .window
                .is_none_or(|value| (value - window).abs() > doubt)
            {
                faults.push(format!("{window} s at least, told is {ramp:?}"));
            }
        }
    }

    fn refused(
        &self,
        turn: &HourTurn,
        refusal: Refusal,
        found: &mut Turned,
        faults: &mut Vec<String>,
    ) {
        let takes = |seconds: f64, doubt| self.ahead.takes(1.0, seconds, &self.coming, doubt);
        if takes(self.length, Doubt::Forbids) {
            faults.push(format!("it is safe: {turn:?}"));
        }
        let has_room = |doubt| self.ahead.has_spare(1.0, doubt);
        let ends = |doubt| takes(f64::INFINITY, doubt);
        let (kind, is_so) = match refusal {
            Refusal::Unsafe(fullness) => {
                if fullness.load <= fullness.capacity {
                    faults.push(format!("room is left: {fullness:?}"));
                }
                (0, !has_room(Doubt::Forbids))
            }
            Refusal::Never(_) => (1, has_room(Doubt::Allows) && !ends(Doubt::Forbids)),
            Refusal::TooLong => (2, ends(Doubt::Allows)),
            Refusal::Unfinished(_)
            | Refusal::Overloaded(_)
            | Refusal::Early(_)
            | Refusal::TurnedBeside(_) => (0, false),
        };
        found.refused[kind] += 1;
        if !is_so {
            faults.push(format!("{refusal:?} it is not: {turn:?}"));
        }
        let values = [turn.allowed, turn.quiet];
        if values.map(f64::to_bits) != [self.length, self.quiet].map(f64::to_bits) {
            faults.push(format!(
                "{} of {} s there are: {turn:?}",
                self.length, self.quiet
            ));
        }
        for remedy in &turn.remedies {
            if let Remedy::Accept { more } = remedy
                && !self.is_safe_with(more)
            {
                faults.push(format!("what is told does not help: {turn:?}"));
            }
        }
        if refusal == Refusal::TooLong {
            let least = self.ahead.seconds(1.0, &self.coming, Doubt::Allows);
            let both = least.zip(turn.needs);
            if both.is_none_or(|(least, value)| (value - least).abs() > 1.0 + 1e-3 * least) {
                faults.push(format!("{least:?} s are needed: {turn:?}"));
            }
        }
    }

    /// `true` if it is safe and in time with so much more accepted.
    fn is_safe_with(&self, more: &[(ComponentId, f64)]) -> bool {
        let mut coming = self.coming.clone();
        for (component, more) in more {
            if let Some([_, accepts]) = coming.get_mut(&component.index()) {
                *accepts += more;
            }
        }
        self.ahead.takes(1.0, self.length, &coming, Doubt::Allows)
    }
}
