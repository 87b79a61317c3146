//! Schedule: all waves of a transition, each as full as it goes, under the steering that lets most users move.

use super::cells::Pair;
use super::context::Order;
use super::fill::Filled;
use super::passage::WavePassage;
use super::stand::{SteeringTurn, WaveState};
use super::wave::{Measured, PlannedWave, whole};
use crate::plan::Refusal;
use std::cmp::Ordering;

/// Steps between one steering and the other that are tried in every wave.
const STEPS: u32 = 8;

/// Times that a wave is filled again in less time.
const REFILLS: usize = 8;

/// Items that are looked at where nobody can move, to find what comes nearest to it.
pub(super) const LOOKED_AT: usize = 64;

/// After this many waves the next may last twice as long.
const MANY_WAVES: usize = 200;

/// Waves at most: more are not worked through by hand.
const MOST_WAVES: usize = 2_000;

/// Where a transition begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beginning {
    /// Share of the transition between both steerings.
    pub(super) steering: f64,
    /// How far it may turn.
    pub(super) most: f64,
    /// Something was lost just before.
    pub(super) is_after_loss: bool,
    /// The longest wave, in seconds.
    pub(super) longest: f64,
    /// Steering turns now, whether or not it can: the period has begun.
    pub(super) has_to_turn: bool,
    /// Who is asked first.
    pub(super) order: Order,
}

/// All waves, and why there is not one more, if there should be.
#[derive(Debug, Clone, Default)]
pub(super) struct Schedule {
    pub(super) waves: Vec<PlannedWave>,
    pub(super) refusal: Option<Refusal>,
}

impl Schedule {
    /// How long it takes without gates, in seconds; `None` if it has no end.
    pub(super) fn seconds(&self) -> Option<f64> {
        let waves = self.waves.iter();
        self.refusal
            .is_none()
            .then(|| waves.map(|wave| wave.seconds.iter().sum::<f64>()).sum())
    }
}

/// What is still to be done.
pub(super) struct RemainingWork {
    pub(super) stand: WaveState,
    pub(super) steering: f64,
    pub(super) most: f64,
    is_after_loss: bool,
    has_to_turn: bool,
    pub(super) remaining: Vec<usize>,
    /// Users who are placed only meanwhile: after all others.
    later: Vec<usize>,
    pub(super) returning: Vec<usize>,
}

/// One candidate for the next wave: its steering, and who moves.
pub(super) type Tried = (SteeringTurn, Filled);

impl WavePassage<'_> {
    pub(super) fn schedule(&self, beginning: Beginning) -> Schedule {
        let mut work = self.work(beginning);
        let mut schedule = Schedule::default();
        if beginning.order == Order::Exact {
            let tried = self.exact(&work, beginning).into_iter().flatten();
            let waves = tried.map(|tried| self.wave(&mut work, &tried));
            // Users that get no order go on as the largest come.
            schedule.waves = waves.map_while(Result::ok).collect();
        }
        self.go_on(&mut work, beginning, &mut schedule);
        schedule
    }

    /// The same waves, measured here: each takes as long as it did.
    pub(super) fn measured_again(&self, beginning: Beginning, mut schedule: Schedule) -> Schedule {
        let mut work = self.work(beginning);
        for wave in &mut schedule.waves {
            let tried = (wave.turn, std::mem::take(&mut wave.filled));
            let Ok(measured) = self.wave(&mut work, &tried) else {
                break;
            };
            *wave = PlannedWave {
                seconds: wave.seconds,
                ..measured
            };
        }
        schedule
    }

    pub(super) fn work(&self, beginning: Beginning) -> RemainingWork {
        let all = 0..self.items.len();
        let (mut remaining, returning): (Vec<usize>, Vec<usize>) =
            all.partition(|item| self.items[*item].moved.is_some());
        self.sort(&mut remaining, beginning.order);
        let (later, remaining): (Vec<usize>, Vec<usize>) = remaining
            .into_iter()
            .partition(|item| self.items[*item].comes.is_some());
        let mut work = RemainingWork {
            stand: self.first.clone(),
            steering: beginning.steering,
            most: beginning.most,
            is_after_loss: beginning.is_after_loss,
            has_to_turn: beginning.has_to_turn,
            remaining,
            later,
            returning,
        };
        if work.returning.is_empty() {
            work.stand.restored = 1.0;
        }
        work
    }

    fn go_on(&self, work: &mut RemainingWork, beginning: Beginning, schedule: &mut Schedule) {
        while !work.is_done() {
            if schedule.waves.len() >= MOST_WAVES {
                schedule.refusal = Some(self.crawling(work, schedule.waves.last()));
                break;
            }
            if work.remaining.is_empty() {
                work.remaining = std::mem::take(&mut work.later);
            }
            // Hundreds of waves are not worked through: they grow instead.
            let doubled = u32::try_from(schedule.waves.len() / MANY_WAVES).unwrap_or(u32::MAX);
            let grown = beginning.longest * 2_f64.powi(doubled.min(64).cast_signed());
            match self.next(work, grown) {
                Ok(Some(wave)) => schedule.waves.push(wave),
                Ok(None) => break,
                Err(refusal) => {
                    schedule.refusal = Some(refusal);
                    break;
                }
            }
        }
    }

    /// The next wave; `None` if only steering is left that is not safe yet, and an error if nobody can move any more.
    fn next(&self, work: &mut RemainingWork, longest: f64) -> Result<Option<PlannedWave>, Refusal> {
        let tried = match self.best(work, longest) {
            Some(tried) if !tried.1.is_empty() || work.has_only_steering(&tried) => tried,
            steered => match self.slow(work, longest) {
                Some(tried) => tried,
                None if work.remaining.is_empty() && work.stand.restored >= 1.0 => {
                    return if work.has_to_turn {
                        Err(self.never_turned(work))
                    } else {
                        Ok(None)
                    };
                }
                None => {
                    let limit = steered.map(|_| ()).and_then(|()| self.never(work));
                    return Err(
                        limit.map_or_else(|| Refusal::Unsafe(self.nearest(work)), Refusal::Never)
                    );
                }
            },
        };
        self.wave(work, &tried).map(Some)
    }

    fn wave(
        &self,
        work: &mut RemainingWork,
        (turn, filled): &Tried,
    ) -> Result<PlannedWave, Refusal> {
        let measured = self.measured(&work.stand, *turn, filled, &work.returning);
        let seconds = self.seconds(&measured).map_err(Refusal::Never)?;
        work.take(self, *turn, filled);
        let pair = (&measured, &work.stand);
        Ok(self.planned((*turn, filled), pair, seconds))
    }

    /// The candidate for the next wave that moves most users, nobody overtaxed in a wave of the longest length.
    fn best(&self, work: &RemainingWork, longest: f64) -> Option<Tried> {
        let turns = work.turns();
        let needed = turns
            .iter()
            .map(|turn| self.seconds_of_steering(&work.stand, *turn));
        let needed: Vec<Option<f64>> = needed.collect();
        // Users who are cut off have to reconnect at once, however long that takes.
        let least = needed
            .iter()
            .flatten()
            .copied()
            .fold(f64::INFINITY, f64::min);
        let seconds = if least.is_finite() {
            longest.max(least)
        } else {
            longest
        };
        let mut best: Option<(f64, Tried)> = None;
        for (turn, needed) in turns.iter().zip(&needed) {
            let Some(needed) = needed.filter(|needed| *needed <= seconds) else {
                continue;
            };
            let Some((filled, worst)) = self.filled_within(work, *turn, [needed, seconds]) else {
                continue;
            };
            let is_all = filled.items.len() == work.remaining.len()
                && work.stand.restored + filled.restored >= 1.0;
            let tried = (*turn, filled);
            let is_only_steering = work.remaining.is_empty() && work.stand.restored >= 1.0;
            if is_all && turn.to >= work.most || is_only_steering {
                return Some(tried);
            }
            let is_better = best.as_ref().is_none_or(|(least, pair)| {
                let users = tried.1.users.total_cmp(&pair.1.users);
                let order = users.then(least.total_cmp(&worst));
                order == Ordering::Greater
            });
            if is_better {
                best = Some((worst, tried));
            }
        }
        best.map(|(_, tried)| tried)
    }

    /// Who moves in a wave that lasts `longest` seconds at most, of which steering needs `steering`, and how full the fullest
    /// gets; `None` if the steering alone is not safe, or leaves no time.
    fn filled_within(
        &self,
        work: &RemainingWork,
        turn: SteeringTurn,
        [steering, longest]: Pair,
    ) -> Option<(Filled, f64)> {
        let mut moving = longest - whole(steering);
        for _ in 0..REFILLS {
            let spare = self.spare(&work.stand, turn, moving)?;
            let left = (work.returning.as_slice(), 1.0 - work.stand.restored);
            let filled = self.filled(spare, &work.remaining, left, turn.to);
            let measured = self.measured(&work.stand, turn, &filled, &work.returning);
            // Users who move open sessions where they go, in addition to which steering may need longer.
            let taken = self.seconds(&measured);
            let over = taken.map_or(moving / 2.0, |values| {
                values[0] + values[1] - longest.ceil()
            });
            if over <= 0.0 {
                return Some((filled, self.fullest_share(&measured)));
            }
            moving -= over;
            if moving < 0.0 {
                break;
            }
        }
        None
    }

    fn fullest_share(&self, measured: &Measured) -> f64 {
        let limits = self.limits.rows.iter().zip(&measured.worst);
        let shares =
            limits.filter(|(limit, _)| limit.row.capacity > 0.0 && !limit.row.with_retries);
        shares
            .map(|(limit, load)| load / limit.row.capacity)
            .fold(0.0, f64::max)
    }

    /// Seconds in which all who newly connect for a steering can be accepted; `None` if they never can.
    pub(super) fn seconds_of_steering(&self, stand: &WaveState, turn: SteeringTurn) -> Option<f64> {
        let mut arrivals = turn.arrivals(self, stand);
        for (value, beside) in arrivals.iter_mut().zip(self.arrivals_beside(turn)) {
            *value += beside;
        }
        let mut seconds: f64 = 0.0;
        for (position, gate) in self.limits.gates.iter().enumerate() {
            if arrivals[position] <= crate::units::NOBODY {
                continue;
            }
            let spare = gate.spare(stand.background(position, turn));
            if spare <= 0.0 {
                return None;
            }
            seconds = seconds.max(arrivals[position] / spare);
        }
        Some(seconds)
    }

    /// A wave for what does not fit in one of the longest length: one item that is safe, as long as it needs, and what
    /// else fits beside it.
    fn slow(&self, work: &RemainingWork, longest: f64) -> Option<Tried> {
        let mut least: Option<(f64, SteeringTurn, Filled)> = None;
        let turns = work.turns().into_iter();
        let looked_at = || work.remaining.iter().take(LOOKED_AT);
        let halved = looked_at().filter_map(|item| self.steering_for(work, *item));
        for turn in turns.chain(halved) {
            let Some(spare) = self.spare(&work.stand, turn, f64::INFINITY) else {
                continue;
            };
            let mut alone: Vec<Filled> = work
                .remaining
                .iter()
                .filter(|item| self.is_safe(spare.loads(), **item, turn.to))
                .take(LOOKED_AT)
                .map(|item| self.alone(*item))
                .collect();
            if work.remaining.is_empty() && work.stand.restored >= 1.0 && turn.to >= work.most {
                alone.push(Filled::default());
            }
            for filled in alone {
                let measured = self.measured(&work.stand, turn, &filled, &work.returning);
                let Ok([steering, moving]) = self.seconds(&measured) else {
                    continue;
                };
                let seconds = steering + moving;
                if least.as_ref().is_none_or(|(value, ..)| seconds < *value) {
                    least = Some((seconds, turn, filled));
                }
            }
        }
        let (seconds, turn, alone) = least?;
        let seconds = longest.max(seconds);
        let steering = self.seconds_of_steering(&work.stand, turn)?;
        let filled = self.filled_within(work, turn, [steering, seconds]);
        // Where nobody else fits with the item that is safe, that item goes alone.
        let filled = filled.map(|(filled, _)| filled);
        let filled = filled.filter(|filled| !filled.is_empty()).unwrap_or(alone);
        let is_any = !filled.is_empty();
        let is_done = work.remaining.is_empty() && work.stand.restored >= 1.0;
        (is_any || is_done).then_some((turn, filled))
    }
}

impl RemainingWork {
    fn is_done(&self) -> bool {
        self.remaining.is_empty()
            && self.later.is_empty()
            && self.stand.restored >= 1.0
            && self.steering >= self.most
            && !self.is_after_loss
    }

    pub(super) fn turn(&self, to: f64) -> SteeringTurn {
        SteeringTurn {
            from: self.steering,
            to,
            is_first_after_loss: self.is_after_loss,
        }
    }

    /// Steerings that are tried: the period's own first.
    pub(super) fn turns(&self) -> Vec<SteeringTurn> {
        if self.steering >= self.most {
            return vec![self.turn(self.most)];
        }
        let steps = (0..=STEPS).rev().map(f64::from);
        let path = self.most - self.steering;
        steps
            .map(|step| self.steering + path * step / f64::from(STEPS))
            .map(|to| self.turn(to))
            .collect()
    }

    fn has_only_steering(&self, (turn, _): &Tried) -> bool {
        let is_everybody_there = self.remaining.is_empty() && self.stand.restored >= 1.0;
        is_everybody_there && (turn.to >= self.most || turn.to > turn.from + 1e-3)
    }

    /// Who moves in a wave has moved, and steering has turned.
    pub(super) fn take(&mut self, passage: &WavePassage<'_>, turn: SteeringTurn, filled: &Filled) {
        for &item in &filled.items {
            self.stand.go(passage, item);
        }
        if filled.restored > 0.0 {
            for &item in &self.returning {
                self.stand.restore(passage, item, filled.restored);
            }
            let restored = self.stand.restored + filled.restored;
            self.stand.restored = if restored > 1.0 - 1e-9 { 1.0 } else { restored };
        }
        let mut taken = vec![false; passage.items.len()];
        for &item in &filled.items {
            taken[item] = true;
        }
        self.remaining.retain(|item| !taken[*item]);
        self.steering = turn.to;
        self.is_after_loss = false;
    }
}
