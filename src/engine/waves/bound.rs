//! Bound: how long a transition takes at least, whatever its waves, its steering and the sizes of shards.
//!
//! All users who move have to leave their site, enter the new one, and reconnect through what leads there; those who stay
//! reconnect wherever the period's steering brings more of their group than was there before, or than a loss left there.
//! Each of these has a rate, and what a component accepts beside normal operation is at most what is left of it when
//! normal operation brings least:
//!
//! ```text
//! T ≥ out(d) / rate out      T ≥ in(d) / rate in      T ≥ N(e) / (accepts(e) − λ⁰(e))
//! ```
//!
//! Where two steerings lead to a site, the one between them counts that brings fewest through `e`.
//!
//! And how many waves there are at least, whatever steering is: for any set `S` of sites and a resource that they limit,
//! all who enter `S` in a wave stand beside all who are there when it begins, so with `D` the load by which moves may
//! lower that of `S` at most
//!
//! ```text
//! W ≥ in(S) / (A(S) − L⁰(S) + D(S))
//! ```
//!
//! Where all sites keep slack `s` and change places, that is `(1 − s) / s`: the `⌈1/s⌉ − 1` steps that are always enough.

use super::passage::{MoverKind, WavePassage};
use super::stand::SteeringTurn;
use super::wave::slowest_first;
use crate::ids::{ComponentId, SiteId};
use crate::plan::{Pace, PaceLimit};
use crate::units::NOBODY;
use std::collections::BTreeMap;

impl WavePassage<'_> {
    /// How fast everybody can pass at best, the slowest first, where steering turns as a whole from where it is.
    pub(super) fn paces_at_best(&self, whole: SteeringTurn) -> Vec<Pace> {
        let mut arrivals = self.arrivals_of_those_who_stay(whole);
        let mut sessions = self.sessions_of_those_who_stay();
        let sites = self.limits.inventory.sites.len();
        let mut traffic = vec![[0.0; 2]; sites];
        for (index, item) in self.items.iter().enumerate() {
            let kind = &self.kinds[item.kind];
            for brought in &kind.gates {
                let case = self.limits.gates[brought.at].case;
                let [before, after] = self.users(index, case);
                arrivals[brought.at] += item.users * brought.new.least();
                let least = (before * brought.old.least()).min(after * brought.new.least());
                sessions[brought.at] += least * kind.sessions;
            }
            traffic[kind.to.index()][1] += item.users;
            if let Some(from) = kind.from {
                traffic[from.index()][0] += item.leaving;
            }
        }
        let mut by_component: BTreeMap<ComponentId, Pace> = BTreeMap::new();
        for (position, gate) in self.limits.gates.iter().enumerate() {
            let users = arrivals[position];
            if users <= NOBODY {
                continue;
            }
            let per_second = gate.spare_at_best(sessions[position]);
            let pace = Pace {
                limit: PaceLimit::Accepts(gate.component),
                users,
                per_second,
                seconds: (per_second > 0.0).then(|| users / per_second),
            };
            let one_pace = by_component.entry(gate.component).or_insert(pace);
            if pace
                .seconds
                .is_none_or(|seconds| one_pace.seconds.is_some_and(|value| seconds > value))
            {
                *one_pace = pace;
            }
        }
        let mut paces: Vec<Pace> = by_component.into_values().collect();
        for (site, users) in traffic.iter().enumerate() {
            let of_site = self.paces_of_site(SiteId::new(site), *users);
            let of_site = of_site.into_iter().flatten();
            paces.extend(of_site.filter(|pace| pace.users > NOBODY));
        }
        slowest_first(&mut paces);
        paces
    }

    /// How many waves there are at least, as the spare capacity at sites proves.
    pub(super) fn waves_at_least(&self) -> f64 {
        let mut involved: Vec<SiteId> = Vec::new();
        for kind in &self.kinds {
            involved.extend(kind.from);
            involved.push(kind.to);
        }
        involved.sort_unstable();
        involved.dedup();
        let singles = involved.iter().map(|site| vec![*site]);
        let exchanging = self.kinds.iter().filter_map(|kind| {
            let from = kind.from?;
            let is_back =
                |mover_kind: &&MoverKind| mover_kind.from == Some(kind.to) && mover_kind.to == from;
            self.kinds.iter().find(is_back).map(|_| vec![from, kind.to])
        });
        let mut sets: Vec<Vec<SiteId>> = singles.chain(exchanging).collect();
        sets.push(involved);
        sets.sort_unstable();
        sets.dedup();
        let mut most: f64 = 1.0;
        for case in 0..self.limits.cases.len() {
            for resource in 0..self.limits.inventory.resources.len() {
                for set in &sets {
                    most = most.max(self.waves_into(set, case, resource).unwrap_or(1.0));
                }
            }
        }
        (most - 1e-6).ceil()
    }

    /// Waves in which everybody enters a set of sites who does, at least; `None` where a site does not limit a resource.
    fn waves_into(&self, set: &[SiteId], case: usize, resource: usize) -> Option<f64> {
        let inventory = self.limits.inventory;
        let limit_of = |site: SiteId| {
            let component = inventory.site_component(site);
            let mut indexes = self.limits.of(case, component);
            indexes.find(|at| self.limits.rows[*at].row.resource.index() == resource)
        };
        let limits: Option<Vec<usize>> = set.iter().map(|site| limit_of(*site)).collect();
        let limits = limits?;
        let mut spare = 0.0;
        for at in &limits {
            spare += self.limits.rows[*at].most - self.first.load(*at, 0.0);
        }
        let (mut into, mut lowered) = (0.0, 0.0);
        for (index, item) in self.items.iter().enumerate() {
            let [before, after] = self.users(index, case);
            let brought = self.kinds[item.kind].loads.iter();
            let filter = brought.filter(|brought| limits.contains(&brought.at));
            let (old, new) = filter.fold((0.0, 0.0), |sum, brought| {
                (
                    sum.0 + before * brought.old.ends[0],
                    sum.1 + after * brought.new.ends[0],
                )
            });
            into += new;
            lowered += f64::max(old - new, 0.0);
        }
        (spare + lowered > 0.0).then(|| into / (spare + lowered))
    }

    fn moving_away(&self) -> Vec<f64> {
        let mut moving = vec![0.0; self.cells.all.len() * self.limits.cases.len()];
        let cases = self.limits.cases.len();
        for (index, item) in self.items.iter().enumerate() {
            if let Some(cell) = self.kinds[item.kind].from_cell {
                for case in 0..cases {
                    moving[cell * cases + case] += self.users(index, case)[0];
                }
            }
        }
        moving
    }

    /// Users who stay and newly connect for a steering, by gate.
    pub(super) fn arrivals_of_those_who_stay(&self, turn: SteeringTurn) -> Vec<f64> {
        let mut arrivals = vec![0.0; self.limits.gates.len()];
        let moving = self.moving_away();
        let cases = self.limits.cases.len();
        for (index, cell) in self.cells.all.iter().enumerate() {
            for (gate, share) in turn.entering(cell) {
                let case = self.limits.gates[gate].case;
                let users = self.first.in_cell(index, case) - moving[index * cases + case];
                arrivals[gate] += users.max(0.0) * share;
            }
        }
        arrivals
    }

    /// New sessions per second of those who stay, by gate, under the steering that brings fewest.
    fn sessions_of_those_who_stay(&self) -> Vec<f64> {
        let mut sessions = vec![0.0; self.limits.gates.len()];
        let moving = self.moving_away();
        let cases = self.limits.cases.len();
        for (index, cell) in self.cells.all.iter().enumerate() {
            for (gate, passing) in &cell.gates {
                let case = self.limits.gates[*gate].case;
                let users = self.first.in_cell(index, case) - moving[index * cases + case];
                sessions[*gate] += users.max(0.0) * passing.least() * cell.sessions;
            }
        }
        sessions
    }
}
