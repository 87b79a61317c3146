//! Wave: what one wave comes to: how long it lasts, who reconnects where, how full everything may get.

use super::cells::Pair;
use super::fill::Filled;
use super::passage::WavePassage;
use super::stand::{SteeringTurn, WaveState};
use super::touched::Holding;
use crate::ids::{ComponentId, ResourceId, SiteId};
use crate::plan::{Fullness, Overloaded, Pace, PaceLimit, Ramp, RetryMargin, SiteTraffic};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The most components that are reported as being full.
const MOST_NAMED: usize = 5;

/// A wave without its place in time.
#[derive(Debug, Clone)]
pub(super) struct PlannedWave {
    pub(super) turn: SteeringTurn,
    pub(super) filled: Filled,
    /// Whole seconds in which steering turns, and in which users move then.
    pub(super) seconds: Pair,
    /// Positions among the moves of the period, ascending.
    pub(super) moves: Vec<usize>,
    /// Share of those who come back who have at its end.
    pub(super) restored: f64,
    pub(super) sites: Vec<SiteTraffic>,
    pub(super) ramp: Vec<Ramp>,
    pub(super) fullest: Vec<Fullness>,
    pub(super) stability: Vec<RetryMargin>,
    pub(super) stop_shortfall: f64,
    /// By limit: at its end.
    pub(super) stop: Vec<f64>,
}

/// What a wave needs.
pub(super) struct Measured {
    /// By limit: when it begins.
    begun: Vec<f64>,
    /// By limit: the most while any part of it has moved.
    pub(super) worst: Vec<f64>,
    /// By limit: the most while weights and the members of pools turn, where that is more than before and after.
    peaks: Vec<Option<f64>>,
    /// Users who newly connect, by gate, with the sessions per second of normal operation at worst.
    pub(super) passing: Vec<Pair>,
    /// Those of them who are steered, and who do not move.
    steered: Vec<f64>,
    /// Users who are steered too, because they have moved for another period.
    beside: Vec<f64>,
    sites: BTreeMap<SiteId, [f64; 2]>,
}

impl WavePassage<'_> {
    /// What a wave needs that begins at a stand.
    pub(super) fn measured(
        &self,
        stand: &WaveState,
        turn: SteeringTurn,
        filled: &Filled,
        returning: &[usize],
    ) -> Measured {
        let loads = |steering: f64| {
            let limits = 0..self.limits.rows.len();
            limits
                .map(move |index| stand.load(index, steering))
                .collect()
        };
        let begun = loads(turn.from);
        let limits = 0..self.limits.rows.len();
        let peaks = limits.map(|index| stand.peak_load(index, turn)).collect();
        let mut worst: Vec<f64> = loads(turn.to);
        let arrivals = turn.arrivals(self, stand);
        let gates = 0..self.limits.gates.len();
        let sessions = |index: usize| stand.sessions(index, turn.to);
        let mut passing: Vec<Pair> = gates
            .map(|index| [arrivals[index], sessions(index)])
            .collect();
        let mut sites: BTreeMap<SiteId, [f64; 2]> = BTreeMap::new();
        let whole = filled.items.iter().map(|item| (*item, 1.0));
        let restored = returning.iter().map(|item| (*item, filled.restored));
        for (item, share) in whole.chain(restored).filter(|(_, share)| *share > 0.0) {
            let one_item = self.items[item];
            let kind = &self.kinds[one_item.kind];
            for brought in &kind.loads {
                let case = self.limits.rows[brought.at].case;
                worst[brought.at] += share * self.growth(item, brought, case, turn.to);
            }
            for brought in &kind.gates {
                let case = self.limits.gates[brought.at].case;
                let growth = self.growth(item, brought, case, turn.to);
                passing[brought.at][0] += share * one_item.users * brought.new.at(turn.to);
                passing[brought.at][1] += share * growth * kind.sessions;
            }
            sites.entry(kind.to).or_default()[1] += share * one_item.users;
            if let Some(from) = kind.from.filter(|_| one_item.leaving > 0.0) {
                sites.entry(from).or_default()[0] += share * one_item.leaving;
            }
        }
        for (gate, values) in passing.iter_mut().enumerate() {
            values[1] = values[1].max(stand.background(gate, turn));
        }
        Measured {
            begun,
            worst,
            peaks,
            passing,
            steered: arrivals,
            beside: self.arrivals_beside(turn),
            sites,
        }
    }

    /// By gate: users who reconnect while steering turns, because they have moved for another period.
    pub(super) fn arrivals_beside(&self, turn: SteeringTurn) -> Vec<f64> {
        let is_turning = (turn.to - turn.from).abs() > 0.0;
        let gates = self.limits.gates.iter();
        let arrivals = gates.map(|gate| {
            if is_turning {
                gate.beside.arrivals
            } else {
                0.0
            }
        });
        arrivals.collect()
    }

    /// How fast steering can turn, and then users move, the slowest first.
    pub(super) fn phases(&self, measured: &Measured) -> [Vec<Pace>; 2] {
        let both = || measured.passing.iter().zip(&measured.steered);
        let steered = both().zip(&measured.beside);
        let steered = steered.map(|((values, steered), beside)| [steered + beside, values[1]]);
        let steered: Vec<Pair> = steered.collect();
        let moving = both().map(|(values, steered)| [values[0] - steered, values[1]]);
        let moving: Vec<Pair> = moving.collect();
        [
            self.paces_through(&steered, &BTreeMap::new()),
            self.paces_through(&moving, &measured.sites),
        ]
    }

    /// Whole seconds in which steering turns, and in which users move then; what never lets somebody pass otherwise.
    pub(super) fn seconds(&self, measured: &Measured) -> Result<Pair, PaceLimit> {
        let mut seconds = [0.0; 2];
        for (value, paces) in seconds.iter_mut().zip(self.phases(measured)) {
            if let Some(slowest) = paces.first() {
                *value = whole(slowest.seconds.ok_or(slowest.limit)?);
            }
        }
        Ok(seconds)
    }

    pub(super) fn paces(&self, measured: &Measured) -> Vec<Pace> {
        self.paces_through(&measured.passing, &measured.sites)
    }

    /// How fast users can pass gates and leave and enter sites, the slowest first, while waves of other periods go on that
    /// meet these: arrivals and normal operation by gate, users who leave and enter by site.
    pub(super) fn paces_through(
        &self,
        passing: &[Pair],
        sites: &BTreeMap<SiteId, Pair>,
    ) -> Vec<Pace> {
        let mut paces: Vec<Pace> = self
            .ramp_of(passing, passing)
            .iter()
            .map(|ramp| {
                let beside = self.limits.beside(ramp.component);
                let per_second = beside.spare(ramp.accepts, ramp.background);
                Pace {
                    limit: PaceLimit::Accepts(ramp.component),
                    users: ramp.arrivals,
                    per_second,
                    seconds: (per_second > 0.0).then(|| ramp.arrivals / per_second),
                }
            })
            .collect();
        for (&site, users) in sites {
            let of_site = self.paces_of_site(site, *users).into_iter().flatten();
            paces.extend(of_site.filter(|pace| pace.users > 0.0));
        }
        slowest_first(&mut paces);
        paces
    }

    /// How fast users can leave a site, and come to it, where that is limited.
    pub(super) fn paces_of_site(&self, site: SiteId, users: Pair) -> [Option<Pace>; 2] {
        let of_site = &self.limits.inventory.sites[site.index()];
        let pace = |limit, users: f64, rate: Option<f64>| {
            rate.map(|rate| Pace {
                limit,
                users,
                per_second: rate / 3600.0,
                seconds: (rate > 0.0).then(|| users * 3600.0 / rate),
            })
        };
        [
            pace(PaceLimit::Out(site), users[0], of_site.move_out_per_hour),
            pace(PaceLimit::In(site), users[1], of_site.move_in_per_hour),
        ]
    }

    /// Users who newly connect, by component; under several cases the most.
    pub(super) fn ramp(&self, measured: &Measured) -> Vec<Ramp> {
        let steered = measured.passing.iter().zip(&measured.steered);
        let phases = steered.map(|(values, steered)| [*steered, values[0] - steered]);
        let phases: Vec<Pair> = phases.collect();
        self.ramp_of(&measured.passing, &phases)
    }

    /// Users who newly connect, by component, of arrivals and normal operation by gate, and of those who come in each
    /// phase of a wave; under several cases the most.
    fn ramp_of(&self, passing: &[Pair], phases: &[Pair]) -> Vec<Ramp> {
        let mut by_component: BTreeMap<ComponentId, Ramp> = BTreeMap::new();
        let gates = self.limits.gates.iter().zip(passing).zip(phases);
        for ((gate, [arrivals, background]), phases) in gates {
            let of_gate = [gate.accepts, *background];
            let ramp = Ramp::of_wave(gate.component, (*arrivals, *phases), of_gate);
            let most = by_component.entry(gate.component).or_insert(ramp);
            let [steered, moving] = most.phases;
            let phases = [steered.max(phases[0]), moving.max(phases[1])];
            let arrivals = most.arrivals.max(*arrivals);
            let background = most.background.max(*background);
            *most = Ramp::of_wave(
                gate.component,
                (arrivals, phases),
                [gate.accepts, background],
            );
        }
        // Normal operation counts under every case, also where nobody comes under one of them.
        by_component.retain(|_, ramp| ramp.arrivals > crate::units::NOBODY);
        by_component.into_values().collect()
    }

    /// The wave once everybody of it has moved; `stand` is the state at its end, `seconds` the least that it takes.
    pub(super) fn planned(
        &self,
        (turn, filled): (SteeringTurn, &Filled),
        (measured, stand): (&Measured, &WaveState),
        seconds: Pair,
    ) -> PlannedWave {
        let mut moves: Vec<usize> = filled
            .items
            .iter()
            .filter_map(|item| self.items[*item].moved)
            .collect();
        moves.sort_unstable();
        let limits = self.limits.rows.iter().enumerate();
        let shortfalls = limits.map(|(index, limit)| limit.shortfall(stand.load(index, turn.to)));
        PlannedWave {
            turn,
            filled: filled.clone(),
            seconds,
            moves,
            restored: stand.restored,
            sites: measured
                .sites
                .iter()
                .map(|(site, [users_out, users_in])| SiteTraffic {
                    site: *site,
                    users_out: *users_out,
                    users_in: *users_in,
                })
                .collect(),
            ramp: self.ramp(measured),
            fullest: self.fullest((measured, stand, turn.to), |_| true),
            stability: self.stability(measured),
            stop_shortfall: shortfalls.fold(0.0, f64::max),
            stop: (0..self.limits.rows.len())
                .map(|index| stand.load(index, turn.to))
                .collect(),
        }
    }

    /// What gets fullest whatever part of a wave has moved, of the cases that count, but where there is nothing left to fill.
    pub(super) fn fullest(
        &self,
        stand: (&Measured, &WaveState, f64),
        counts: impl Fn(usize) -> bool,
    ) -> Vec<Fullness> {
        let limits = self.limits.rows.iter().enumerate();
        let its = limits.filter(|(_, limit)| {
            !limit.row.with_retries && limit.row.capacity > 0.0 && counts(limit.case)
        });
        let full: Vec<Fullness> = its.map(|(limit, _)| self.fullness(limit, stand)).collect();
        fullest_of_each(
            full,
            |fullness| fullness,
            |fullness| fullness.load / fullness.capacity,
            MOST_NAMED,
        )
    }

    /// How everything stands in a wave where an overload keeps itself up, of the most that is there whatever part of it has
    /// moved; of several cases the one with the least margin.
    fn stability(&self, measured: &Measured) -> Vec<RetryMargin> {
        let limits = self.limits.rows.iter().enumerate();
        let all = limits.filter_map(|(plain, limit)| {
            let offered = self.limits.with_retries(plain)?;
            let case = &self.limits.cases[limit.case].case;
            let nominal = case.nominal[[limit.row.component.index(), limit.row.resource.index()]];
            Some(RetryMargin::of(
                (limit.row.component, limit.row.resource),
                // What has left may leave less than nothing, as arithmetic goes.
                (
                    measured.worst[plain].max(0.0),
                    Some(measured.worst[offered].max(0.0)),
                ),
                [limit.row.capacity, nominal.unwrap_or(limit.row.capacity)],
            ))
        });
        let mut tightest: BTreeMap<(ComponentId, ResourceId), RetryMargin> = BTreeMap::new();
        for retry_margin in all {
            let known = tightest.entry((retry_margin.component, retry_margin.resource));
            let known = known.or_insert(retry_margin);
            if retry_margin.is_tighter(known) {
                *known = retry_margin;
            }
        }
        tightest.into_values().collect()
    }

    fn fullness(
        &self,
        limit: usize,
        (measured, stand, steering): (&Measured, &WaveState, f64),
    ) -> Fullness {
        let load_limit = &self.limits.rows[limit];
        let worst = measured.worst[limit];
        let most = measured.peaks[limit].map_or(worst, |peak| peak.max(worst));
        load_limit.fullness([measured.begun[limit], most, stand.load(limit, steering)])
    }

    /// What carries more than its capacity before anybody of a wave moves, and from when on: what does when the wave begins
    /// comes before what does only later, and of these the fullest comes first.
    pub(super) fn overloaded(
        &self,
        stand: (&Measured, &WaveState, f64),
        (holding, gate_end): (&Holding, Timestamp),
    ) -> Vec<Overloaded> {
        let limits = self.limits.rows.iter().enumerate();
        let plain = limits.filter(|(_, limit)| !limit.row.with_retries);
        let full = plain.filter(|(at, limit)| stand.0.begun[*at] > limit.most);
        let full = full.filter_map(|(at, limit)| {
            Some(Overloaded {
                from: holding.before(limit.case, gate_end)?,
                full: self.fullness(at, stand),
            })
        });
        let (now, later): (Vec<Overloaded>, Vec<Overloaded>) =
            full.partition(|overloaded| overloaded.from == holding.begins);
        let fullest = |all| {
            fullest_of_each(
                all,
                |overloaded: &Overloaded| &overloaded.full,
                |fullness| fullness.begun_load / fullness.capacity,
                usize::MAX,
            )
        };
        let mut all = fullest(now);
        for overloaded in fullest(later) {
            let key =
                |overloaded: &Overloaded| (overloaded.full.component, overloaded.full.resource);
            if !all.iter().any(|known| key(known) == key(&overloaded)) {
                all.push(overloaded);
            }
        }
        all
    }
}

/// The fullest by a share, fullest first, up to a given number; of several cases the one in which a component is fullest.
fn fullest_of_each<T>(
    mut all: Vec<T>,
    of: impl Fn(&T) -> &Fullness,
    share: impl Fn(&Fullness) -> f64,
    most: usize,
) -> Vec<T> {
    all.sort_by(|a, b| {
        let (a, b) = (of(a), of(b));
        let order = share(b).total_cmp(&share(a));
        order.then((a.component, a.resource).cmp(&(b.component, b.resource)))
    });
    let mut known = BTreeSet::new();
    all.retain(|item| known.insert((of(item).component, of(item).resource)));
    all.truncate(most);
    all
}

/// Whole seconds, no fewer apart from what arithmetic adds; never −0.
pub(super) fn whole(seconds: f64) -> f64 {
    (seconds - 1e-6 * seconds.max(1.0)).ceil().max(0.0) + 0.0
}

/// Sorts paces: what never lets everybody pass first, then by the time that it takes.
pub(super) fn slowest_first(paces: &mut [Pace]) {
    let seconds = |pace: &Pace| pace.seconds.unwrap_or(f64::INFINITY);
    paces.sort_by(|a, b| {
        seconds(b)
            .total_cmp(&seconds(a))
            .then(a.limit.cmp(&b.limit))
    });
}
