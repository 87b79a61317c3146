//! Turns: steering between the hours of a period, walked instant by instant; where there is said to be no safe way, one
//! is searched for.

use super::clock::Stretch;
use super::course::Course;
use super::people::{People, served};
use super::side::{Coming, Doubt, NOBODY, Side, Which};
use jiff::{SignedDuration, Timestamp};
use plimsoll::ids::ComponentId;
use plimsoll::plan::{HourSchedule, HourTurn, Refusal, Remedy, Timing};
use std::collections::BTreeMap;

/// Instants that are looked at on every side of an hour on which steering turns.
const INSTANTS: u32 = 200;

/// Shares of the way that are tried where there is said to be no safe one.
const SHARES: u32 = 2000;

/// What was found between hours.
#[derive(Debug, Default)]
pub(in crate::waves) struct Turned {
    pub(in crate::waves) faults: Vec<String>,
    /// Turns on one side of their hour, and on both.
    pub(in crate::waves) whole: usize,
    pub(in crate::waves) split: usize,
    /// Refused because there is no room, no end, no time.
    pub(in crate::waves) refused: [usize; 3],
    pub(in crate::waves) instants: usize,
    /// Turns that are refused for want of time and said to need no more than there is.
    pub(in crate::waves) said_in_time: usize,
    /// Beginnings of hours at which nobody newly connects where that counts.
    pub(in crate::waves) quiet: usize,
}

impl Turned {
    /// Counts what was found elsewhere too; faults are left where they were found.
    pub(in crate::waves) fn add(&mut self, other: &Self) {
        self.whole += other.whole;
        self.split += other.split;
        self.instants += other.instants;
        self.quiet += other.quiet;
        self.said_in_time += other.said_in_time;
        for (own, other) in self.refused.iter_mut().zip(other.refused) {
            *own += other;
        }
    }
}

/// Two hours that follow each other, and what is between them.
struct Between<'a> {
    ahead: Side<'a>,
    behind: Side<'a>,
    coming: Coming,
    /// When the hour begins.
    at: Timestamp,
    /// From when to when there is time.
    from: Timestamp,
    to: Timestamp,
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
            let ground = self.stands.periods[period].any();
            let people = served(self.inventory, &self.plan, number, ground);
            let hours = self.stands.hours(period);
            // Decision: a turn that is refused has no end, and leaves the whole hour to the next.
            let mut ended = None;
            for pair in hours.windows(2) {
                let turn = left
                    .iter()
                    .position(|own| own.period == period && own.at == pair[1].from)
                    .map(|position| left.remove(position));
                let of = (period, [pair[0], pair[1]]);
                let between = self.between(of, ended, &people);
                ended = between.judged(turn, of, &mut found).or(ended);
            }
        }
        let stray = left.iter().map(|own| format!("no hour begins: {own:?}"));
        found.faults.extend(stray);
        found
    }

    fn between<'a>(
        &'a self,
        (period, [a, b]): (usize, [Stretch; 2]),
        ended: Option<Timestamp>,
        people: &'a [People],
    ) -> Between<'a> {
        let of = (period, [a.slice, b.slice]);
        let from = ended.map_or(a.from, |ended| ended.max(a.from));
        let [from, to] = self.free(from, b.from, b.to);
        let ahead = Side::new(self, (Which::Ahead, a.slice), of, people);
        Between {
            coming: ahead.coming(),
            ahead,
            behind: Side::new(self, (Which::Behind, b.slice), of, people),
            at: b.from,
            from,
            to,
        }
    }

    /// From when and until when something may turn beside the beginning of an hour: nothing does while a way is under way.
    fn free(&self, from: Timestamp, at: Timestamp, to: Timestamp) -> [Timestamp; 2] {
        let mut ways: BTreeMap<(u32, Timing), [Timestamp; 2]> = BTreeMap::new();
        let instant = |text: &str| text.parse::<Timestamp>().expect("an instant");
        for row in self.plan.waves.iter().flatten().map(|own| &own.row) {
            let gate = SignedDuration::from_secs_f64((row.gate_minutes * 60.0).ceil());
            let (start, end) = (instant(&row.start), instant(&row.end) + gate);
            let own = ways.entry((row.period, row.timing)).or_insert([start, end]);
            *own = [own[0].min(start), own[1].max(end)];
        }
        ways.retain(|_, own| own[0] < own[1]);
        let mut free = [from, to];
        for [start, end] in ways.into_values() {
            if start < at && at < end {
                return [at, at];
            }
            if end <= at && end > free[0] {
                free[0] = end;
            }
            if start >= at && start < free[1] {
                free[1] = start;
            }
        }
        free
    }
}

impl Between<'_> {
    /// When it ends, if it is safe.
    fn judged(
        &self,
        turn: Option<&HourTurn>,
        (period, [a, b]): (usize, [Stretch; 2]),
        found: &mut Turned,
    ) -> Option<Timestamp> {
        let mut faults = Vec::new();
        let most = self.coming.values().map(|[users, _]| *users);
        let most = most.fold(0.0, f64::max);
        let mut ended = None;
        match turn {
            None if most > NOBODY => {
                faults.push(format!("{most} newly connect, and nothing is told"));
            }
            None => found.quiet += 1,
            Some(turn) => {
                if most < NOBODY * NOBODY {
                    faults.push(format!("nobody newly connects: {turn:?}"));
                }
                if turn.slices != [a.slice, b.slice].map(|own| own as usize) {
                    faults.push(format!("slices {:?}", turn.slices));
                }
                self.same_users(turn, &mut faults);
                match (turn.schedule, &turn.refusal) {
                    (Some(schedule), None) => {
                        self.safe(turn, schedule, found, &mut faults);
                        ended = Some(schedule.end);
                    }
                    (None, Some(refusal)) => self.refused(turn, *refusal, found, &mut faults),
                    both => faults.push(format!("{both:?}")),
                }
            }
        }
        let named = |own: String| format!("period {period}, {}: {own}", self.at);
        found.faults.extend(faults.into_iter().map(named));
        ended
    }

    /// Who newly connects through what.
    fn same_users(&self, turn: &HourTurn, faults: &mut Vec<String>) {
        for (component, [users, accepts]) in &self.coming {
            let mut all = turn.ramp.iter();
            match all.find(|own| own.component.index() == *component) {
                None if *users > NOBODY => {
                    faults.push(format!("{users} through {component}, none are told"));
                }
                Some(own)
                    if (own.arrivals - users).abs() > 1e-5 * users + 1e-4
                        || (own.accepts - accepts).abs() > 1e-9 * accepts =>
                {
                    faults.push(format!("{users} through {component}, told is {own:?}"));
                }
                _ => {}
            }
        }
        for own in &turn.ramp {
            if !self.coming.contains_key(&own.component.index()) {
                faults.push(format!("nobody comes, told is {own:?}"));
            }
        }
        if !turn.ramp.is_sorted_by_key(|own| own.component) {
            faults.push("out of order".to_owned());
        }
    }

    fn safe(
        &self,
        turn: &HourTurn,
        schedule: HourSchedule,
        found: &mut Turned,
        faults: &mut Vec<String>,
    ) {
        let HourSchedule {
            start,
            end,
            share_ahead: share,
        } = schedule;
        let is_split = share > 0.0 && share < 1.0;
        *(if is_split {
            &mut found.split
        } else {
            &mut found.whole
        }) += 1;
        if !(0.0..=1.0).contains(&share)
            || start < self.from
            || start > self.at
            || end < self.at
            || end > self.to
        {
            faults.push(format!("{schedule:?} from {} to {}", self.from, self.to));
            return;
        }
        let lengths = [seconds(start, self.at), seconds(self.at, end)];
        if lengths.iter().any(|own| own.fract() > 0.0) {
            faults.push(format!("no whole seconds: {schedule:?}"));
        }
        let sides = [
            (&self.ahead, 0.0, share),
            (&self.behind, share, 1.0 - share),
        ];
        for ((side, begun, part), length) in sides.into_iter().zip(lengths) {
            if part > 0.0 && length <= 0.0 || part <= 0.0 && length > 0.0 {
                faults.push(format!("{part} of the way in {length} s"));
                continue;
            }
            if part <= 0.0 {
                continue;
            }
            for instant in 0..=INSTANTS {
                let now = begun + part * f64::from(instant) / f64::from(INSTANTS);
                found.instants += 1;
                let wrong = side.faults_at(now, part / length, &self.coming);
                if !wrong.is_empty() {
                    faults.push(format!("at {now} of the way in {schedule:?}: {wrong:?}"));
                    break;
                }
            }
            let least = side.seconds(part, &self.coming, Doubt::Forbids);
            if least.is_some_and(|least| length > least + 1.0) {
                faults.push(format!("{length} s for {part}, {least:?} are enough"));
            }
        }
        self.sums(turn, share, faults);
        self.preferred(share, faults);
    }

    /// The sums of a turn that goes a share of its way ahead of the hour.
    fn sums(&self, turn: &HourTurn, share: f64, faults: &mut Vec<String>) {
        let sides = [(&self.ahead, share), (&self.behind, 1.0 - share)];
        for own in &turn.ramp {
            let component = own.component.index();
            let Some([users, accepts]) = self.coming.get(&component) else {
                continue;
            };
            let mut background = 0.0_f64;
            let mut window = 0.0;
            for ((side, part), told) in sides.into_iter().zip(own.phases) {
                if part > 0.0 {
                    let normal = side.background(component, part);
                    background = background.max(normal);
                    window += part * users / (accepts - normal);
                }
                if (part * users - told).abs() > 1e-5 * users + 1e-4 {
                    faults.push(format!("{} on one side, told is {own:?}", part * users));
                }
            }
            if (background - own.background).abs() > 1e-5 * background + 1e-7 {
                faults.push(format!("{background} in normal operation, told is {own:?}"));
            }
            let spare = accepts - background;
            let doubt = 1e-4 * window * (1.0 + accepts / spare) + 1e-3;
            if own.window.is_none_or(|told| (told - window).abs() > doubt) {
                faults.push(format!("{window} s at least, told is {own:?}"));
            }
        }
    }

    /// As much ahead as can be, from a hundredth on.
    fn preferred(&self, share: f64, faults: &mut Vec<String>) {
        let [ahead, _] = self.times();
        let goes_ahead = |share| {
            self.ahead
                .takes(share, ahead - 1.0, &self.coming, Doubt::Forbids)
        };
        let more = (share + 1e-3).clamp(0.011, 1.0);
        if share < 1.0 && goes_ahead(more) {
            faults.push(format!("{more} could turn ahead, {share} do"));
        }
    }

    /// Whole seconds that each side has.
    fn times(&self) -> [f64; 2] {
        [seconds(self.from, self.at), seconds(self.at, self.to)].map(f64::floor)
    }

    fn refused(
        &self,
        turn: &HourTurn,
        refusal: Refusal,
        found: &mut Turned,
        faults: &mut Vec<String>,
    ) {
        let [ahead, behind] = self.times();
        let shares = self.shares();
        let forbids = Doubt::Forbids;
        let is_safe = |share: &f64| {
            self.ahead.takes(*share, ahead, &self.coming, forbids)
                && self
                    .behind
                    .takes(1.0 - share, behind, &self.coming, forbids)
        };
        if let Some(share) = shares.iter().copied().find(is_safe) {
            faults.push(format!("{share} ahead is safe: {turn:?}"));
        }
        let any = |asked: &dyn Fn(f64) -> bool| shares.iter().any(|own| asked(*own));
        let has_room = |doubt| {
            any(&|share| {
                self.ahead.has_room(share, doubt) && self.behind.has_room(1.0 - share, doubt)
            })
        };
        let ends = |doubt| {
            any(&|share| {
                self.ahead.takes(share, f64::INFINITY, &self.coming, doubt)
                    && self
                        .behind
                        .takes(1.0 - share, f64::INFINITY, &self.coming, doubt)
            })
        };
        let (kind, is_so) = match refusal {
            Refusal::Unsafe(fullness) => {
                if fullness.load <= fullness.capacity {
                    faults.push(format!("room is left: {fullness:?}"));
                }
                (0, !has_room(forbids))
            }
            Refusal::Never(_) => (1, has_room(Doubt::Allows) && !ends(forbids)),
            Refusal::TooLong => (2, ends(Doubt::Allows)),
            Refusal::Unfinished(_) | Refusal::Early(_) => (0, false),
        };
        found.refused[kind] += 1;
        if !is_so {
            faults.push(format!("{refusal:?} it is not: {turn:?}"));
        }
        if turn.allowed > ahead + behind + 1e-6 {
            faults.push(format!("{ahead} and {behind} s there are: {turn:?}"));
        }
        for remedy in &turn.remedies {
            if let Remedy::Accept { more } = remedy
                && !self.is_safe_with(more)
            {
                faults.push(format!("what is told does not help: {turn:?}"));
            }
        }
        if refusal == Refusal::TooLong {
            found.said_in_time += usize::from(turn.needs.is_some_and(|own| own <= turn.allowed));
            self.needed(turn, faults);
        }
    }

    /// Shares ahead of the hour that are tried: a fine grid, as much as has room there or behind, and as the time of both
    /// sides is divided.
    fn shares(&self) -> Vec<f64> {
        let [ahead, behind] = self.times();
        let grid = (0..=SHARES).map(|own| f64::from(own) / f64::from(SHARES));
        let edges = [Doubt::Allows, Doubt::Forbids]
            .map(|doubt| [self.ahead.most(doubt), 1.0 - self.behind.most(doubt)]);
        let edges = edges.into_iter().flatten();
        grid.chain(edges)
            .chain([ahead / (ahead + behind)])
            .collect()
    }

    /// `true` if there is a safe way in time with so much more accepted.
    fn is_safe_with(&self, more: &[(ComponentId, f64)]) -> bool {
        let mut coming = self.coming.clone();
        for (component, more) in more {
            if let Some([_, accepts]) = coming.get_mut(&component.index()) {
                *accepts += more;
            }
        }
        let [ahead, behind] = self.times();
        let shares = self.shares();
        shares.into_iter().any(|share| {
            let doubt = Doubt::Allows;
            self.ahead.takes(share, ahead, &coming, doubt)
                && self.behind.takes(1.0 - share, behind, &coming, doubt)
        })
    }

    /// How long a turn takes for which there is no time.
    ///
    /// Decision: as much ahead as is safe, or all of it behind where not all is safe ahead; of both the text may be read.
    fn needed(&self, turn: &HourTurn, faults: &mut Vec<String>) {
        let doubt = Doubt::Allows;
        let mut shares = (0..=SHARES)
            .rev()
            .map(|own| f64::from(own) / f64::from(SHARES));
        let most = shares.find(|own| self.ahead.has_room(*own, doubt));
        let all_behind = self.behind.has_room(1.0, doubt).then_some(0.0);
        let either = most.into_iter().chain(all_behind).filter_map(|share| {
            let ahead = self.ahead.seconds(share, &self.coming, doubt)?;
            Some(ahead + self.behind.seconds(1.0 - share, &self.coming, doubt)?)
        });
        let either: Vec<f64> = either.collect();
        let is_told = |own: &f64| {
            let doubt = 4.0 + 2e-3 * own;
            turn.needs.is_some_and(|needs| (needs - own).abs() <= doubt)
        };
        if !either.iter().any(is_told) {
            faults.push(format!("it needs {either:?} s: {turn:?}"));
        }
    }
}
