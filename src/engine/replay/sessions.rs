//! Sessions: who is there, who has a session, and whose ends.

use super::accounts::StepTally;
use super::amount::Amount;
use super::crowds::AttemptKind;
use super::field::Where;
use super::pending::Sent;
use super::simulation::{PlayedStep, Simulation};
use super::turning::{StayingUsers, staying};
use crate::ids::{ComponentId, ElementId, PoolId};
use crate::units::NUMERICAL_NOISE;

/// Users who have no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ComingUsers {
    /// All of them from the beginning of a step on, or evenly over it.
    at_once: bool,
    /// They were on another path of their group at the site, or on another member of a pool.
    is_turned: bool,
}

/// Of the sessions at a place, the share that ends when a step begins because the place is out, and all that ends.
pub(super) struct Ending {
    components: Vec<[f64; 2]>,
    pools: Vec<[f64; 2]>,
    /// By pool: of the sessions that do not end, the share on members that a plan has taken out.
    left: Vec<f64>,
    /// By stream: some of its sessions end along its path.
    is_touched: Vec<bool>,
}

/// By stream: of the sessions that do not end, the share that is turned to other members of pools when a step begins, and of
/// the rest that which is evenly over it.
type Turned = [f64; 2];

impl Simulation<'_> {
    /// Users come and go with the hour, and by what the plan does; `turned` are those of [`Self::turned_in_pools`].
    pub(super) fn populate(
        &mut self,
        step: &PlayedStep<'_>,
        turned: &[Turned],
        tally: &mut StepTally,
    ) {
        let is_same = self.before.as_slice() == step.users;
        let is_turned = turned.iter().flatten().any(|value| *value > 0.0);
        if is_same && !is_turned && self.is_begun && self.factor_before.as_slice() == step.factor {
            return;
        }
        self.factor_before.clear();
        self.factor_before.extend(step.factor);
        let staying = if is_same {
            vec![StayingUsers::default(); step.users.len()]
        } else {
            staying(&self.field.streams, &self.before, step.users)
        };
        if is_turned
            || staying
                .iter()
                .any(|staying_users| staying_users.turned() > 0.0)
        {
            let streams = &self.field.streams;
            let of_pools = turned
                .iter()
                .map(|[first, then]| first + (1.0 - first) * then);
            let of_pools: Vec<f64> = of_pools.collect();
            if turned.iter().any(|values| values[0] > 0.0) {
                let pools = step.pools.from(&self.held);
                self.turning.look(streams, &staying, &of_pools, &pools);
            } else {
                self.turning.look(streams, &staying, &of_pools, step.pools);
            }
        }
        for (stream, staying) in staying.into_iter().enumerate() {
            let [users, factor] = [step.users[stream], step.factor[stream]];
            let before = self.before[stream];
            let there = self.connected[stream] + self.apart[stream];
            if self.is_begun {
                let by_hour = Amount::of(before.min(users) * factor);
                let target = Amount::of(users * factor);
                self.resize(stream, there, by_hour.min(target));
                let there = self.connected[stream] + self.apart[stream];
                // Users who come by themselves have sessions as far as others have; users who are brought have to connect.
                let by_himself = by_hour.without(there);
                let among = if there.is_none() {
                    by_himself
                } else {
                    by_himself.share(self.connected[stream].number() / there.number())
                };
                self.connected[stream] += among;
                let brought = target.without(there + among);
                if self.items.has_gate(stream) {
                    tally.streams[stream].brought += brought.number();
                    let jumped = Amount::of(step.jumped[stream] * factor).min(brought);
                    let among = users - before;
                    let is_turned = if among > 0.0 {
                        staying.turned() / among
                    } else {
                        0.0
                    };
                    for (users, at_once) in [(jumped, true), (brought - jumped, false)] {
                        let turned = users.share(is_turned);
                        for (users, is_turned) in [(turned, true), (users - turned, false)] {
                            let coming = ComingUsers { at_once, is_turned };
                            self.disconnect(step, stream, users, coming, tally);
                        }
                    }
                } else {
                    self.connected[stream] += brought;
                }
            } else {
                // All users who are there when it begins have a session.
                self.connected[stream] = Amount::of(users * factor);
            }
            self.before[stream] = users;
        }
        self.is_begun = true;
    }

    /// Lets users of a stream go until no more than `most` are left.
    fn resize(&mut self, stream: usize, there: Amount, most: Amount) {
        let gone = there.without(most);
        if gone.is_none() {
            return;
        }
        let share = gone.number() / there.number();
        let apart = self.apart[stream].share(share).min(gone);
        self.apart[stream] -= apart;
        let connected = (gone - apart).min(self.connected[stream]);
        self.connected[stream] -= connected;
        self.apart[stream] -= gone - apart - connected;
    }

    /// Users who have no session any more try to connect.
    fn disconnect(
        &mut self,
        step: &PlayedStep<'_>,
        stream: usize,
        users: Amount,
        coming: ComingUsers,
        tally: &mut StepTally,
    ) {
        if users.is_none() {
            return;
        }
        self.apart[stream] += users;
        self.outstanding[stream] += users;
        for sum in &mut self.tried[stream] {
            *sum += users.number();
        }
        if coming.at_once {
            self.at_first[stream] += users.number();
        } else {
            tally.streams[stream].apart -= users.number() * step.seconds / 2.0;
        }
        self.attempts.add(Sent {
            item: if coming.is_turned {
                self.items.turned(stream)
            } else {
                self.items.first(stream, AttemptKind::Session)
            },
            amount: users,
            age: 0.0,
            at: if coming.at_once {
                step.start
            } else {
                step.middle()
            },
            at_once: coming.at_once,
        });
    }

    /// Who is turned to other members of pools in a step.
    pub(super) fn turned_in_pools(&self, step: &PlayedStep<'_>, ending: &Ending) -> Vec<Turned> {
        let is_left = ending.left.iter().any(|value| *value > 0.0);
        if !is_left && step.pools.is_steady() {
            return vec![[0.0; 2]; self.field.streams.len()];
        }
        let kept_in = |pool: PoolId| {
            let [begin, end] = step.pools.of(pool);
            let both = begin.iter().zip(end).map(|(begin, end)| begin.min(*end));
            [1.0 - ending.left[pool.index()], both.sum()]
        };
        let turned = |kept: f64| {
            if kept < 1.0 - NUMERICAL_NOISE {
                1.0 - kept
            } else {
                0.0
            }
        };
        let streams = self.field.streams.iter();
        streams
            .map(|stream| {
                let pools = stream.hops.iter().filter_map(|hop| hop.0);
                let kept = pools.map(kept_in);
                kept.fold([1.0; 2], |all, values| {
                    [all[0] * values[0], all[1] * values[1]]
                })
                .map(turned)
            })
            .collect()
    }

    /// Sessions end with what they pass, in the course of things, and where they are `turned`.
    pub(super) fn end_sessions(
        &mut self,
        step: &PlayedStep<'_>,
        (ending, turned): (&Ending, &[Turned]),
        tally: &mut StepTally,
    ) {
        for (stream, [at_once, evenly]) in turned.iter().enumerate() {
            let one_stream = &self.field.streams[stream];
            let region = one_stream.group.client_region;
            let is_named = |place: Where| step.disconnected.contains(&place);
            let is_cut_off = step.conditions.is_cut_off[region.index()];
            let mut kept = 1.0;
            if is_cut_off || is_named(Where::Region(region)) {
                kept = 0.0;
            }
            let mut is_out = is_cut_off;
            let hops = one_stream.hops.iter().filter(|_| ending.is_touched[stream]);
            for (pool, components) in hops {
                let [out, all] = match pool {
                    Some(pool) => ending.pools[pool.index()],
                    None => [0, 1].map(|index: usize| {
                        let of = |component: &ComponentId| ending.components[component.index()];
                        components
                            .iter()
                            .map(|component| of(component)[index])
                            .sum()
                    }),
                };
                kept *= 1.0 - all.min(1.0);
                is_out |= out >= 1.0 - NUMERICAL_NOISE;
            }
            let connected = self.connected[stream];
            if !self.items.has_gate(stream) {
                // Sessions are but a word: all users with a path have one.
                self.resume(stream, is_out, kept, tally);
                continue;
            }
            let gone = connected - connected.share(kept);
            // Who leaves evenly over the step is there when it begins.
            let earlier = self.connected_first[stream] - connected.number();
            self.at_first[stream] += earlier.max(0.0) * (1.0 - kept);
            let left = (connected - gone).share(*at_once);
            let sending = connected - gone - left;
            let profile = &self.inventory.profiles[one_stream.profile.index()];
            let ended = sending.share(profile.sessions_per_hour / 3600.0 * step.seconds);
            let moved = (sending - ended).share(*evenly);
            self.sending[stream] = sending;
            self.connected[stream] = sending - ended - moved;
            let of_stream = &mut tally.streams[stream];
            of_stream.ended += (gone + left + ended + moved).number();
            of_stream.cut_off += gone.number();
            of_stream.brought += (left + moved).number();
            let all = [
                (gone, true, false),
                (left, true, true),
                (ended, false, false),
                (moved, false, true),
            ];
            for (users, at_once, is_turned) in all {
                self.disconnect(
                    step,
                    stream,
                    users,
                    ComingUsers { at_once, is_turned },
                    tally,
                );
            }
        }
        self.hold(step);
    }

    /// Where nothing says how many sessions it accepts, and they cost nothing, they end and begin with the path.
    fn resume(&mut self, stream: usize, is_out: bool, kept: f64, tally: &mut StepTally) {
        let [connected, apart] = [self.connected[stream], self.apart[stream]];
        let of_stream = &mut tally.streams[stream];
        of_stream.ended += (connected - connected.share(kept)).number();
        if is_out {
            self.apart[stream] += connected;
            self.connected[stream] = Amount::NONE;
        } else {
            of_stream.connected += (connected - connected.share(kept) + apart).number();
            self.connected[stream] += apart;
            self.apart[stream] = Amount::NONE;
        }
        self.sending[stream] = self.connected[stream];
    }

    pub(super) fn ending(&self, step: &PlayedStep<'_>) -> Ending {
        let out = step.conditions.is_out.iter();
        let mut components: Vec<[f64; 2]> =
            out.map(|flag| [f64::from(u8::from(*flag)); 2]).collect();
        for place in step.disconnected {
            if let Where::Component(component) = place {
                components[component.index()][1] = 1.0;
            }
        }
        let mut pools = Vec::with_capacity(self.inventory.pools.len());
        let mut left = Vec::with_capacity(self.inventory.pools.len());
        for (index, pool) in self.inventory.pools.iter().enumerate() {
            let [shares, _] = step.pools.of(PoolId::new(index));
            let (mut sums, mut taken_out) = ([0.0; 2], 0.0);
            for ((member, share), held) in pool.members.iter().zip(shares).zip(&self.held[index]) {
                let component = self.inventory.element_component(*member);
                let [out, mut all] = components[component.index()];
                if *share <= 0.0 {
                    let is_disconnected = all > out;
                    if step.pools.is_planned
                        && !is_disconnected
                        && (out <= 0.0 || step.pools.turns_first)
                    {
                        taken_out += held;
                        continue;
                    }
                    all = 1.0;
                }
                sums[0] += held * out;
                sums[1] += held * all;
            }
            pools.push(sums);
            left.push(if taken_out > 0.0 {
                taken_out / (1.0 - sums[1])
            } else {
                0.0
            });
        }
        let mut is_touched = vec![false; self.field.streams.len()];
        let [of_components, of_pools] = &self.field.crossing;
        let places = (components.iter().zip(of_components)).chain(pools.iter().zip(of_pools));
        for (_, streams) in places.filter(|(ends, _)| ends.iter().any(|share| *share > 0.0)) {
            for stream in streams {
                is_touched[*stream] = true;
            }
        }
        Ending {
            components,
            pools,
            left,
            is_touched,
        }
    }

    fn hold(&mut self, step: &PlayedStep<'_>) {
        for (index, pool) in self.inventory.pools.iter().enumerate() {
            let [_, shares] = step.pools.of(PoolId::new(index));
            let of = |(member, share): (&ElementId, &f64)| {
                let component = self.inventory.element_component(*member);
                if step.conditions.is_out[component.index()] {
                    0.0
                } else {
                    *share
                }
            };
            let there: Vec<f64> = pool.members.iter().zip(shares).map(of).collect();
            let sum: f64 = there.iter().sum();
            self.held[index] = if sum > 0.0 {
                there.into_iter().map(|value| value / sum).collect()
            } else {
                shares.to_vec()
            };
        }
    }
}
