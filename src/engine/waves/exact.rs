//! Exact: the fewest waves that few users need, found by looking at every set of them that may have moved.
//!
//! What may stop after a wave is who has moved and how far steering has turned: from each such state every set of those who
//! are left is asked whether it is a safe wave, and states are looked at wave by wave, so that the first way to the end
//! has fewest. Steering stops on its way at one place only, halfway.

use super::fill::{Filled, Room};
use super::passage::Passage;
use super::schedule::{Beginning, Tried, Work};
use super::stand::{Stand, Turn};
use super::wave::whole;
use std::collections::BTreeSet;

/// Users that move at most: sets of waves are as many as three to their number.
const MOST_ITEMS: usize = 9;

/// Where steering may stop, as shares of its way.
const STOPS: [f64; 3] = [0.0, 0.5, 1.0];

/// Who has moved, how far steering has turned, and the wave that led there.
struct State {
    moved: u32,
    turned: usize,
    led: Option<(usize, Vec<usize>)>,
}

/// From where a wave begins, and how long it may last.
struct Begun<'a> {
    stand: &'a Stand,
    turn: Turn,
    longest: f64,
}

impl Passage<'_> {
    /// Fewest waves, each with its steering; `None` if there are none, or too many users to tell.
    pub(super) fn exact(&self, work: &Work, beginning: Beginning) -> Option<Vec<Tried>> {
        let users = work.remaining.len();
        if !(1..=MOST_ITEMS).contains(&users) || users < self.items.len() {
            return None;
        }
        let way = beginning.most - beginning.steering;
        let steerings = STOPS.map(|stop| beginning.steering + way * stop);
        let last = if way > 0.0 { STOPS.len() - 1 } else { 0 };
        let everybody = (1_u32 << users) - 1;
        let mut states = vec![State {
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
            for item in (0..users).filter(|own| moved >> own & 1 == 1) {
                stand.go(self, work.remaining[item]);
            }
            for to in turned..=last {
                let begun = Begun {
                    stand: &stand,
                    turn: Turn {
                        from: steerings[turned],
                        to: steerings[to],
                        is_first_after_loss: at == 0 && beginning.is_after_loss,
                    },
                    longest: beginning.longest,
                };
                for (set, items) in self.safe_sets(work, &begun, moved) {
                    let next = moved | set;
                    if !known.insert((next, to)) {
                        continue;
                    }
                    states.push(State {
                        moved: next,
                        turned: to,
                        led: Some((at, items)),
                    });
                    if next == everybody && to == last {
                        return Some(told(&states, &steerings, (work, self), beginning));
                    }
                }
            }
            at += 1;
        }
        None
    }

    /// Sets of those who have not moved that are a safe wave together.
    fn safe_sets(&self, work: &Work, begun: &Begun<'_>, moved: u32) -> Vec<(u32, Vec<usize>)> {
        let mut all = Vec::new();
        let needed = self.seconds_of_steering(begun.stand, begun.turn);
        let Some(needed) = needed.filter(|needed| *needed <= begun.longest) else {
            return all;
        };
        let moving = begun.longest - whole(needed);
        let Some(room) = self.room(begun.stand, begun.turn, moving) else {
            return all;
        };
        let mut open: Vec<(Room, usize, u32, Vec<usize>)> = vec![(room, 0, 0, Vec::new())];
        while let Some((room, first, set, items)) = open.pop() {
            for own in first..work.remaining.len() {
                let item = work.remaining[own];
                if moved >> own & 1 == 1 || !self.fits(&room, item, begun.turn.to) {
                    continue;
                }
                let mut less = room.clone();
                self.take(&mut less, item, begun.turn.to);
                let mut items = items.clone();
                items.push(item);
                open.push((less, own + 1, set | 1 << own, items));
            }
            if self.is_in_time(begun, &items) {
                all.push((set, items));
            }
        }
        all
    }

    fn is_in_time(&self, begun: &Begun<'_>, items: &[usize]) -> bool {
        if self.limits.gates.is_empty() {
            return true;
        }
        let filled = self.all_of(items);
        let measured = self.measured(begun.stand, begun.turn, &filled, &[]);
        let seconds = self.seconds(&measured);
        seconds.is_ok_and(|own| own[0] + own[1] <= begun.longest.ceil())
    }

    fn all_of(&self, items: &[usize]) -> Filled {
        Filled {
            items: items.to_vec(),
            users: items.iter().map(|own| self.items[*own].users).sum(),
            restored: 0.0,
        }
    }
}

/// The waves that lead to the last state.
fn told(
    states: &[State],
    steerings: &[f64],
    (work, passage): (&Work, &Passage<'_>),
    beginning: Beginning,
) -> Vec<Tried> {
    let mut waves = Vec::new();
    let mut at = states.len() - 1;
    while let Some((before, items)) = &states[at].led {
        waves.push(Tried {
            turn: Turn {
                from: steerings[states[*before].turned],
                to: steerings[states[at].turned],
                is_first_after_loss: *before == 0 && beginning.is_after_loss,
            },
            filled: passage.all_of(items),
        });
        at = *before;
    }
    waves.reverse();
    debug_assert!(
        waves
            .iter()
            .map(|own| own.filled.items.len())
            .sum::<usize>()
            == work.remaining.len()
    );
    waves
}
