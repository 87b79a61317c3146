//! Sessions: who is there, who has a session, and whose ends.

use super::amount::Amount;
use super::attempts::Sent;
use super::conditions::Conditions;
use super::field::Where;
use super::items::Kind;
use super::simulation::{Simulation, Step};
use super::tally::Tally;
use crate::ids::{ComponentId, ElementId, PoolId};

/// What arithmetic may leave of all.
const ALL: f64 = 1e-9;

impl Simulation<'_> {
    /// Users come and go with the hour, and by what the plan does.
    pub(super) fn populate(&mut self, step: &Step<'_>, tally: &mut Tally) {
        for stream in 0..self.field.streams.len() {
            let [users, factor] = [step.users[stream], step.factor[stream]];
            let before = self.before[stream];
            let there = self.connected[stream] + self.apart[stream];
            if self.is_begun {
                let by_hour = Amount::of(before.min(users) * factor);
                let target = Amount::of(users * factor);
                self.resize(stream, there, by_hour.min(target));
                let there = self.connected[stream] + self.apart[stream];
                // Who comes by himself has a session as far as others have; who is brought has to connect.
                let by_himself = by_hour.without(there);
                let among = if there.is_none() {
                    by_himself
                } else {
                    by_himself.share(self.connected[stream].number() / there.number())
                };
                self.connected[stream] += among;
                let brought = target.without(there + among);
                if self.items.has_gate(stream) {
                    let jumped = Amount::of(step.jumped[stream] * factor).min(brought);
                    self.disconnect(step, stream, jumped, true, tally);
                    self.disconnect(step, stream, brought - jumped, false, tally);
                } else {
                    self.connected[stream] += brought;
                }
            } else {
                // Whoever is there when it begins has a session.
                self.connected[stream] = Amount::of(users * factor);
            }
            self.before[stream] = users;
        }
        self.is_begun = true;
    }

    /// Lets users of a stream go until there are no more than so many.
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

    /// Users who have no session, from the beginning of the step on or evenly over it, try to connect.
    fn disconnect(
        &mut self,
        step: &Step<'_>,
        stream: usize,
        users: Amount,
        at_once: bool,
        tally: &mut Tally,
    ) {
        if users.is_none() {
            return;
        }
        self.apart[stream] += users;
        self.outstanding[stream] += users;
        if !at_once {
            tally.streams[stream].apart -= users.number() * step.seconds / 2.0;
        }
        self.attempts.add(Sent {
            item: self.items.first(stream, Kind::Session),
            amount: users,
            age: 0.0,
            at: if at_once { step.start } else { step.middle() },
            at_once,
        });
    }

    /// Sessions end with what they pass, and in the course of things.
    pub(super) fn end_sessions(&mut self, step: &Step<'_>, tally: &mut Tally) {
        let lost = self.lost_members(step.conditions);
        for stream in 0..self.field.streams.len() {
            let own = &self.field.streams[stream];
            let region = own.group.client_region;
            let is_named = |place: Where| step.disconnected.contains(&place);
            let is_cut_off = step.conditions.is_cut_off[region.index()];
            let mut kept = 1.0;
            if is_cut_off || is_named(Where::Region(region)) {
                kept = 0.0;
            }
            let mut is_out = is_cut_off;
            for (pool, components) in &own.hops {
                // Of the sessions there, those on members of which something holds.
                let share = |is_it: &dyn Fn(usize, ComponentId) -> bool| -> f64 {
                    let all = components.iter().enumerate();
                    let own = all.filter(|(member, component)| is_it(*member, **component));
                    own.map(|(member, _)| pool.map_or(1.0, |own| self.held[own.index()][member]))
                        .sum()
                };
                let out = |_: usize, own: ComponentId| step.conditions.is_out[own.index()];
                let ending = |member: usize, own: ComponentId| {
                    out(member, own)
                        || is_named(Where::Component(own))
                        || pool.is_some_and(|own| lost[own.index()][member])
                };
                kept *= 1.0 - share(&ending).min(1.0);
                is_out |= share(&out) >= 1.0 - ALL;
            }
            let connected = self.connected[stream];
            if !self.items.has_gate(stream) {
                // Sessions are but a word: whoever has a way has one.
                self.resume(stream, is_out, kept, tally);
                continue;
            }
            let gone = connected - connected.share(kept);
            let sending = connected - gone;
            let mut ended = Amount::NONE;
            if self.items.has_gate(stream) {
                let profile = &self.inventory.profiles[own.profile.index()];
                ended = sending.share(profile.sessions_per_hour / 3600.0 * step.seconds);
            }
            self.sending[stream] = sending;
            self.connected[stream] = sending - ended;
            tally.streams[stream].ended += (gone + ended).number();
            self.disconnect(step, stream, gone, true, tally);
            self.disconnect(step, stream, ended, false, tally);
        }
        self.hold(step.conditions);
    }

    /// Where nothing says how many sessions it accepts, and they cost nothing, they end and begin with the way.
    fn resume(&mut self, stream: usize, is_out: bool, kept: f64, tally: &mut Tally) {
        let [connected, apart] = [self.connected[stream], self.apart[stream]];
        let own = &mut tally.streams[stream];
        own.ended += (connected - connected.share(kept)).number();
        if is_out {
            self.apart[stream] += connected;
            self.connected[stream] = Amount::NONE;
        } else {
            own.connected += (connected - connected.share(kept) + apart).number();
            self.connected[stream] += apart;
            self.apart[stream] = Amount::NONE;
        }
        self.sending[stream] = self.connected[stream];
    }

    /// By pool and member: sessions on it end, because it is out or gets no load any more.
    fn lost_members(&mut self, conditions: &Conditions) -> Vec<Vec<bool>> {
        if self.held.is_empty() {
            self.held.clone_from(&conditions.shares);
        }
        let pools = self.inventory.pools.iter().enumerate();
        pools
            .map(|(index, pool)| {
                let shares = conditions.shares_of(PoolId::new(index));
                let members = pool.members.iter().zip(shares);
                members
                    .map(|(member, share)| {
                        let component = self.inventory.element_component(*member);
                        *share <= 0.0 || conditions.is_out[component.index()]
                    })
                    .collect()
            })
            .collect()
    }

    /// Sessions are on members that are there, as far as any is.
    fn hold(&mut self, conditions: &Conditions) {
        for (index, pool) in self.inventory.pools.iter().enumerate() {
            let shares = conditions.shares_of(PoolId::new(index));
            let of = |(member, share): (&ElementId, &f64)| {
                let component = self.inventory.element_component(*member);
                if conditions.is_out[component.index()] {
                    0.0
                } else {
                    *share
                }
            };
            let there: Vec<f64> = pool.members.iter().zip(shares).map(of).collect();
            let sum: f64 = there.iter().sum();
            self.held[index] = if sum > 0.0 {
                there.into_iter().map(|own| own / sum).collect()
            } else {
                shares.to_vec()
            };
        }
    }
}
