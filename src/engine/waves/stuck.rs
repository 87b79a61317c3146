//! Stuck: why waves do not go on, and what comes nearest to being safe.

use super::passage::WavePassage;
use super::schedule::{LOOKED_AT, RemainingWork};
use super::stand::SteeringTurn;
use super::wave::PlannedWave;
use crate::plan::{Fullness, PaceLimit, Ramp, Refusal};

/// Times that the interval of a steering is halved.
const HALVINGS: u32 = 40;

impl WavePassage<'_> {
    /// The steering under which an item overloads least, found by halving: what it loads at most is convex in it.
    pub(super) fn steering_for(&self, work: &RemainingWork, item: usize) -> Option<SteeringTurn> {
        let (mut low, mut high) = (work.steering, work.most);
        if high - low <= 0.0 {
            return None;
        }
        for _ in 0..HALVINGS {
            let third = (high - low) / 3.0;
            let [a, b] = [low + third, high - third];
            if self.excess(work, item, a).0 <= self.excess(work, item, b).0 {
                high = b;
            } else {
                low = a;
            }
        }
        Some(work.turn(low.midpoint(high)))
    }

    fn excess(&self, work: &RemainingWork, item: usize, steering: f64) -> (f64, usize) {
        let limits = 0..self.limits.rows.len();
        let mut loads: Vec<f64> = limits
            .map(|index| work.stand.load(index, steering))
            .collect();
        let kind = &self.kinds[self.items[item].kind];
        for brought in &kind.loads {
            let case = self.limits.rows[brought.at].case;
            loads[brought.at] += self.growth(item, brought, case, steering);
        }
        let loaded = loads.into_iter().enumerate();
        let shares = loaded.filter(|(_, load)| *load > 0.0).map(|(at, load)| {
            let most = self.most(&work.stand, at, work.steering);
            (load / most.max(f64::MIN_POSITIVE), at)
        });
        shares
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .unwrap_or((0.0, 0))
    }

    /// What comes nearest to being safe where nothing is: the least overload.
    pub(super) fn nearest(&self, work: &RemainingWork) -> Fullness {
        let mut nearest: Option<(f64, usize, usize, f64)> = None;
        let items = work.remaining.iter().chain(&work.returning);
        for &item in items.take(LOOKED_AT) {
            let halved = self.steering_for(work, item);
            for turn in work.turns().into_iter().chain(halved) {
                let (share, limit) = self.excess(work, item, turn.to);
                if nearest.is_none_or(|(least, ..)| share < least) {
                    nearest = Some((share, limit, item, turn.to));
                }
            }
        }
        let (_, position, item, steering) = nearest.unwrap_or((0.0, 0, 0, work.steering));
        let limit = &self.limits.rows[position];
        let stop_load = work.stand.load(position, steering);
        let kind = &self.kinds[self.items[item].kind];
        let one_brought = kind.loads.iter().find(|brought| brought.at == position);
        let growth = one_brought.map_or(0.0, |brought| {
            self.growth(item, brought, limit.case, steering)
        });
        let begun_load = work.stand.load(position, work.steering);
        limit.fullness([begun_load, stop_load + growth, stop_load])
    }

    /// Why waves go on that bring next to nobody further: what accepts hardly more than normal operation opens.
    pub(super) fn crawling(&self, work: &RemainingWork, last: Option<&PlannedWave>) -> Refusal {
        let ramp = last.into_iter().flat_map(|wave| &wave.ramp);
        let left = |ramp: &Ramp| (ramp.accepts - ramp.background) / ramp.accepts;
        let tightest = ramp.min_by(|a, b| left(a).total_cmp(&left(b)));
        tightest.map_or_else(
            || Refusal::Unsafe(self.nearest(work)),
            |ramp| Refusal::Never(PaceLimit::Accepts(ramp.component)),
        )
    }

    /// Why steering cannot turn: something lets nobody pass who has to, or is overloaded by it.
    pub(super) fn never_turned(&self, work: &RemainingWork) -> Refusal {
        let turn = work.turn(work.most);
        let arrivals = turn.arrivals(self, &work.stand);
        let lets_nobody = |(position, users): (usize, &f64)| {
            let sessions = work.stand.sessions(position, turn.to);
            let spare = self.limits.gates[position].spare(sessions);
            (*users > crate::units::NOBODY && spare <= 0.0)
                .then(|| PaceLimit::Accepts(self.limits.gates[position].component))
        };
        let never = arrivals.iter().enumerate().find_map(lets_nobody);
        if let Some(limit) = never {
            return Refusal::Never(limit);
        }
        let load = |position: usize| work.stand.load(position, turn.to);
        let share = |position: &usize| {
            let most = self.most(&work.stand, *position, work.steering);
            load(*position) / most.max(f64::MIN_POSITIVE)
        };
        let limits = (0..self.limits.rows.len()).filter(|index| load(*index) > 0.0);
        let worst = limits.max_by(|a, b| share(a).total_cmp(&share(b)));
        let position = worst.unwrap_or_default();
        let begun = work.stand.load(position, work.steering);
        let loads = [begun, load(position), load(position)];
        Refusal::Unsafe(self.limits.rows[position].fullness(loads))
    }

    /// What lets nobody of those pass who are left and safe, if that is why nobody moves.
    pub(super) fn never(&self, work: &RemainingWork) -> Option<PaceLimit> {
        let items = work.remaining.iter().chain(&work.returning).take(LOOKED_AT);
        let mut found = None;
        for &item in items {
            for turn in work.turns() {
                let spare = self.spare(&work.stand, turn, f64::INFINITY);
                if !spare.is_some_and(|spare| self.is_safe(spare.loads(), item, turn.to)) {
                    continue;
                }
                let filled = self.alone(item);
                let measured = self.measured(&work.stand, turn, &filled, &[]);
                found = found.or(self.seconds(&measured).err());
            }
        }
        found
    }
}
