//! Orders: in which order users are asked whether they fit in the next wave, and the fewest waves where few are left.
//!
//! Every order makes safe waves; how many, and what is survived where one stops between them, differ. Fewest waves are
//! a packing problem with a choice of steering in each: largest first is near to fewest as a rule, and where more waves
//! are needed than are proven to be, or nobody can move on, others are tried. Where moves go in proportion, states
//! in between are mixtures of both ends, which survive what both survive as far as whole shards allow it.
//!
//! The exact search looks at every set of users that may have moved. What may stand after a wave is who has moved and
//! how far steering has turned: from each such state every set of those who are left is asked whether it is a safe
//! wave, wave by wave, so that the first transition that is complete has fewest. Steering stops at one place only,
//! halfway.

use super::context::{FromTo, Order};
use super::fill::{Filled, SpareForMoves};
use super::passage::WavePassage;
use super::schedule::{Beginning, RemainingWork, Tried};
use super::stand::{SteeringTurn, WaveState};
use super::wave::whole;
use crate::ids::SiteId;
use rustc_hash::FxBuildHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;

/// Orders without a rule that are tried: the drain of 13 November 2012 is planned with one.
const MIXED: u32 = 24;

/// What is tried apart from the largest first where that needs more waves than are proven to be needed.
pub(super) fn others() -> impl Iterator<Item = Order> {
    let ruled = [
        Order::Exact,
        Order::Alternating,
        Order::Tightest,
        Order::Roomiest,
        Order::InProportion,
        Order::Smallest,
    ];
    ruled.into_iter().chain((0..MIXED).map(Order::Mixed))
}

impl WavePassage<'_> {
    fn sites_of(&self, kind: usize) -> FromTo {
        (self.kinds[kind].from, self.kinds[kind].to)
    }

    pub(super) fn sort(&self, items: &mut [usize], order: Order) {
        items.sort_by(|a, b| {
            let users = |item: &usize| self.items[*item].users;
            users(b).total_cmp(&users(a)).then(a.cmp(b))
        });
        let keys: BTreeMap<usize, f64> = match order {
            Order::Largest | Order::Exact => return,
            Order::Smallest => {
                let users = items.iter().map(|item| (*item, self.items[*item].users));
                users.collect()
            }
            Order::InProportion => self.in_proportion(items),
            Order::Roomiest => self.by_spare(items, -1.0),
            Order::Tightest => self.by_spare(items, 1.0),
            Order::Alternating => {
                let last = items.len().saturating_sub(1);
                let place = |rank: usize| (2 * rank).min(2 * (last - rank) + 1) as f64;
                let ranked = items.iter().enumerate();
                ranked.map(|(rank, item)| (*item, place(rank))).collect()
            }
            Order::Mixed(number) => {
                let place = |item: usize| FxBuildHasher.hash_one((number, item)) as f64;
                items.iter().map(|item| (*item, place(*item))).collect()
            }
            Order::First(first) => {
                let is_other = |item: &usize| self.sites_of(self.items[*item].kind) != first;
                let keys = items.iter();
                keys.map(|item| (*item, f64::from(u8::from(is_other(item)))))
                    .collect()
            }
        };
        // Of equal ones the largest stays first.
        items.sort_by(|a, b| keys[a].total_cmp(&keys[b]));
    }

    /// By item, how much of its pair of sites has gone when half of it has, if each pair goes in this order.
    fn in_proportion(&self, items: &[usize]) -> BTreeMap<usize, f64> {
        let mut all: BTreeMap<FromTo, f64> = BTreeMap::new();
        let path = |item: usize| self.sites_of(self.items[item].kind);
        for &item in items {
            *all.entry(path(item)).or_default() += self.items[item].users;
        }
        let mut gone: BTreeMap<FromTo, f64> = BTreeMap::new();
        let keys = items.iter().map(|&item| {
            let users = self.items[item].users;
            let before = gone.entry(path(item)).or_default();
            let key = (*before + users / 2.0) / all[&path(item)].max(f64::MIN_POSITIVE);
            *before += users;
            (item, key)
        });
        keys.collect()
    }

    fn by_spare(&self, items: &[usize], times: f64) -> BTreeMap<usize, f64> {
        let free = |site: SiteId| {
            let component = self.limits.inventory.site_component(site);
            let limits = self.limits.of(0, component);
            let shares = limits.map(|at| {
                let limit = &self.limits.rows[at];
                1.0 - self.first.load(at, 0.0) / limit.row.capacity.max(f64::MIN_POSITIVE)
            });
            shares.fold(1.0, f64::min)
        };
        let keys = items.iter();
        keys.map(|item| (*item, times * free(self.kinds[self.items[*item].kind].to)))
            .collect()
    }
}

/// Users that move at most: sets of waves are as many as three to their number.
const MOST_ITEMS: usize = 9;

/// Where steering may stop, as shares of its transition.
const STOPS: [f64; 3] = [0.0, 0.5, 1.0];

/// Who has moved, how far steering has turned, and the wave that led there.
struct SearchState {
    moved: u32,
    turned: usize,
    led: Option<(usize, Vec<usize>)>,
}

/// From where a wave begins, its steering, and how long it may last.
type Begun<'a> = (&'a WaveState, SteeringTurn, f64);

impl WavePassage<'_> {
    /// Fewest waves, each with its steering; `None` if there are none, or too many users to tell.
    pub(super) fn exact(&self, work: &RemainingWork, beginning: Beginning) -> Option<Vec<Tried>> {
        let users = work.remaining.len();
        if !(1..=MOST_ITEMS).contains(&users) || users < self.items.len() {
            return None;
        }
        let path = beginning.most - beginning.steering;
        let steerings = STOPS.map(|stop| beginning.steering + path * stop);
        let last = if path > 0.0 { STOPS.len() - 1 } else { 0 };
        let everybody = (1_u32 << users) - 1;
        let mut states = vec![SearchState {
            moved: 0,
            turned: 0,
            led: None,
        }];
        let mut known = BTreeSet::from([(0, 0)]);
        let mut at = 0;
        while at < states.len() {
            let (moved, turned) = (states[at].moved, states[at].turned);
            let mut stand = self.first.clone();
            stand.restored = 1.0;
            for item in (0..users).filter(|index| moved >> index & 1 == 1) {
                stand.go(self, work.remaining[item]);
            }
            for to in turned..=last {
                let turn = SteeringTurn {
                    from: steerings[turned],
                    to: steerings[to],
                    is_first_after_loss: at == 0 && beginning.is_after_loss,
                };
                let begun = (&stand, turn, beginning.longest);
                for (set, items) in self.safe_sets(work, begun, moved) {
                    let next = moved | set;
                    if !known.insert((next, to)) {
                        continue;
                    }
                    states.push(SearchState {
                        moved: next,
                        turned: to,
                        led: Some((at, items)),
                    });
                    if next == everybody && to == last {
                        return Some(waves_to_last(&states, &steerings, (work, self), beginning));
                    }
                }
            }
            at += 1;
        }
        None
    }

    /// Sets of those who have not moved that are a safe wave together.
    fn safe_sets(
        &self,
        work: &RemainingWork,
        begun: Begun<'_>,
        moved: u32,
    ) -> Vec<(u32, Vec<usize>)> {
        let (stand, turn, longest) = begun;
        let mut all = Vec::new();
        let needed = self.seconds_of_steering(stand, turn);
        let Some(needed) = needed.filter(|needed| *needed <= longest) else {
            return all;
        };
        let moving = longest - whole(needed);
        let Some(spare) = self.spare(stand, turn, moving) else {
            return all;
        };
        let mut open: Vec<(SpareForMoves, usize, u32, Vec<usize>)> =
            vec![(spare, 0, 0, Vec::new())];
        while let Some((spare, first, set, items)) = open.pop() {
            for index in first..work.remaining.len() {
                let item = work.remaining[index];
                if moved >> index & 1 == 1 || !self.fits(&spare, item, turn.to) {
                    continue;
                }
                let mut less = spare.clone();
                self.take(&mut less, item, turn.to);
                let mut items = items.clone();
                items.push(item);
                open.push((less, index + 1, set | 1 << index, items));
            }
            if self.is_in_time(begun, &items) {
                all.push((set, items));
            }
        }
        all
    }

    fn is_in_time(&self, (stand, turn, longest): Begun<'_>, items: &[usize]) -> bool {
        if self.limits.gates.is_empty() {
            return true;
        }
        let filled = self.all_of(items);
        let measured = self.measured(stand, turn, &filled, &[]);
        let seconds = self.seconds(&measured);
        seconds.is_ok_and(|second| second[0] + second[1] <= longest.ceil())
    }

    fn all_of(&self, items: &[usize]) -> Filled {
        Filled {
            items: items.to_vec(),
            users: items.iter().map(|index| self.items[*index].users).sum(),
            restored: 0.0,
        }
    }
}

/// The waves that lead to the last state.
fn waves_to_last(
    states: &[SearchState],
    steerings: &[f64],
    (work, passage): (&RemainingWork, &WavePassage<'_>),
    beginning: Beginning,
) -> Vec<Tried> {
    let mut waves = Vec::new();
    let mut at = states.len() - 1;
    while let Some((before, items)) = &states[at].led {
        let turn = SteeringTurn {
            from: steerings[states[*before].turned],
            to: steerings[states[at].turned],
            is_first_after_loss: *before == 0 && beginning.is_after_loss,
        };
        waves.push((turn, passage.all_of(items)));
        at = *before;
    }
    waves.reverse();
    debug_assert!(
        waves.iter().map(|wave| wave.1.items.len()).sum::<usize>() == work.remaining.len()
    );
    waves
}
