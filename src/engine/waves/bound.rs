//! Bound: how long a transition takes at least, whatever its waves, its steering and the sizes of shards.
//!
//! Everybody who moves has to leave his site, enter the new one, and connect anew through what leads there.
//! Each of these has a rate, and what a component accepts beside normal operation is at most what is left of it when
//! normal operation brings least:
//!
//! ```text
//! T ≥ out(d) / rate out      T ≥ in(d) / rate in      T ≥ N(e) / (accepts(e) − λ⁰(e))
//! ```
//!
//! Where two steerings lead to a site, the one counts that brings fewer through `e`.

use super::cells::Pair;
use super::passage::Passage;
use super::wave::slowest_first;
use crate::ids::ComponentId;
use crate::plan::{Pace, PaceLimit};
use crate::units::NOBODY;
use std::collections::BTreeMap;

fn least(pair: Pair) -> f64 {
    pair[0].min(pair[1])
}

impl Passage<'_> {
    /// How fast everybody can pass at best, the slowest first.
    pub(super) fn paces_at_best(&self) -> Vec<Pace> {
        let mut arrivals = vec![0.0; self.limits.gates.len()];
        let mut sessions = self.sessions_of_those_who_stay();
        let sites = self.limits.inventory.sites.len();
        let mut traffic = vec![[0.0; 2]; sites];
        for (index, item) in self.items.iter().enumerate() {
            let kind = &self.kinds[item.kind];
            for brought in &kind.gates {
                let ground = self.limits.gates[brought.at].ground;
                let [before, after] = self.users(index, ground);
                arrivals[brought.at] += item.users * least(brought.new);
                let least = (before * least(brought.old)).min(after * least(brought.new));
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
            let per_second = (gate.accepts - sessions[position]).max(0.0);
            let pace = Pace {
                limit: PaceLimit::Accepts(gate.component),
                users,
                per_second,
                seconds: (per_second > 0.0).then(|| users / per_second),
            };
            let own = by_component.entry(gate.component).or_insert(pace);
            if pace
                .seconds
                .is_none_or(|seconds| own.seconds.is_some_and(|own| seconds > own))
            {
                *own = pace;
            }
        }
        let mut paces: Vec<Pace> = by_component.into_values().collect();
        for (site, users) in self
            .limits
            .inventory
            .sites
            .iter()
            .zip(&traffic)
            .enumerate()
            .map(|(at, own)| (crate::ids::SiteId::new(at), own.1))
        {
            let of_site = &self.limits.inventory.sites[site.index()];
            let rates = [of_site.move_out_per_hour, of_site.move_in_per_hour];
            for (end, limit) in [(0, PaceLimit::Out(site)), (1, PaceLimit::In(site))] {
                if let Some(rate) = rates[end].filter(|_| users[end] > NOBODY) {
                    paces.push(Pace {
                        limit,
                        users: users[end],
                        per_second: rate / 3600.0,
                        seconds: (rate > 0.0).then(|| users[end] * 3600.0 / rate),
                    });
                }
            }
        }
        slowest_first(&mut paces);
        paces
    }

    /// New sessions per second of those who stay, by gate, under the steering that brings fewest.
    fn sessions_of_those_who_stay(&self) -> Vec<f64> {
        let mut sessions = vec![0.0; self.limits.gates.len()];
        let mut moving = vec![0.0; self.cells.cells.len() * self.limits.grounds.len()];
        let grounds = self.limits.grounds.len();
        for (index, item) in self.items.iter().enumerate() {
            if let Some(cell) = self.kinds[item.kind].from_cell {
                for ground in 0..grounds {
                    moving[cell * grounds + ground] += self.users(index, ground)[0];
                }
            }
        }
        for (index, cell) in self.cells.cells.iter().enumerate() {
            for (gate, pair) in &cell.gates {
                let ground = self.limits.gates[*gate].ground;
                let users = self.first.in_cell(index, ground) - moving[index * grounds + ground];
                sessions[*gate] += users.max(0.0) * least(*pair) * cell.sessions;
            }
        }
        sessions
    }
}
