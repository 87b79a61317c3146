//! Coming: who connects anew while steering turns and while users move, and who leaves and enters sites.

use super::people::{Fate, People};
use super::wave::{Reported, Scene, Whereabouts};
use plimsoll::ids::{ComponentId, SiteId};
use std::collections::BTreeMap;

/// By component: users who connect anew while steering turns, and while users move.
type Arrivals = BTreeMap<usize, [f64; 2]>;

impl Scene<'_> {
    /// Users who connect anew in a wave.
    ///
    /// Decisions: whoever is at a site while steering turns is brought where it brings more, and be it that he moves in
    /// the same wave, or has just come back; the first steering behind a period's start brings whoever is elsewhere than until
    /// then, whether he was cut off or his new path has only opened.
    fn arrivals(&self, reported: &Reported<'_>) -> Arrivals {
        let mut all = Arrivals::new();
        let [before, now] = reported.steering;
        for people in self.people {
            let users = |share: f64| self.case.conditions.users(people.shard) * share;
            let key = |site: SiteId| (self.group(people.shard), site);
            let mut steered = |site: SiteId, users: f64| {
                let was = if reported.is_first_after {
                    self.until.left(key(site), before)
                } else {
                    self.roads.open(key(site), before)
                };
                for (component, passing) in self.roads.open(key(site), now) {
                    let more = passing - was.get(&component).copied().unwrap_or_default();
                    if more > 1e-12 {
                        all.entry(component).or_default()[0] += users * more;
                    }
                }
            };
            match Self::whereabouts(people, reported) {
                Whereabouts::Nowhere => {}
                Whereabouts::At(site, share) => steered(site, users(share)),
                Whereabouts::Moving(old) => {
                    if let Some((site, share)) = old {
                        steered(site, users(share));
                    }
                }
                Whereabouts::ComingBack(site, share) => {
                    steered(site, users(share) * reported.restored[0]);
                }
            }
            let (site, users) = match Self::whereabouts(people, reported) {
                Whereabouts::Moving(_) => {
                    let (site, share) = people.new.expect("who moves goes somewhere");
                    (site, users(share))
                }
                Whereabouts::ComingBack(site, share) => {
                    let [back, end] = reported.restored;
                    (site, users(share) * (end - back))
                }
                Whereabouts::At(..) | Whereabouts::Nowhere => continue,
            };
            for (component, passing) in self.roads.open(key(site), now) {
                all.entry(component).or_default()[1] += users * passing;
            }
        }
        all
    }

    /// Most users whom steering brings through one component that says how many it accepts.
    pub(super) fn brought(&self, reported: &Reported<'_>) -> f64 {
        let arrivals = self.arrivals(reported).into_iter();
        let limited = arrivals.filter(|(component, _)| {
            let one_component = ComponentId::new(*component);
            self.inventory.accepts_per_second(one_component).is_some()
        });
        limited.map(|(_, [steered, _])| steered).fold(0.0, f64::max)
    }

    /// Components through which more come in one of both times than are accepted beside normal operation.
    pub(super) fn more_than_accepted(
        &self,
        reported: &Reported<'_>,
        background: impl Fn(usize) -> f64,
    ) -> Vec<String> {
        let mut faults = Vec::new();
        for (component, users) in self.arrivals(reported) {
            let one_component = ComponentId::new(component);
            let Some(accepts) = self.inventory.accepts_per_second(one_component) else {
                continue;
            };
            let free = accepts - background(component);
            let cause = ["steering turns", "they move"];
            for ((users, seconds), cause) in users.into_iter().zip(reported.seconds).zip(cause) {
                let at_most = free * (seconds + 1e-5 * seconds.max(1.0)) + 1e-5 * accepts;
                if users > 1e-6 && users > at_most && faults.len() < 5 {
                    faults.push(format!(
                        "{users} connect anew in {seconds} s because {cause} at {}, which accepts {accepts} a second and has {free} of that left",
                        self.inventory.component_name(one_component),
                    ));
                }
            }
        }
        faults
    }

    /// Users of a shard by whom rates are counted: who is placed counts as many as are there.
    fn rated(&self, people: &People) -> f64 {
        if people.old.is_none() && matches!(people.fate, Fate::Move(_)) {
            self.case.conditions.users(people.shard)
        } else {
            self.most[people.shard]
        }
    }

    /// Sites that are left or entered faster than they let users.
    pub(super) fn sites_let_them(&self, reported: &Reported<'_>) -> Vec<String> {
        let mut traffic: BTreeMap<SiteId, [f64; 2]> = BTreeMap::new();
        for people in self.people {
            let users = |share: f64| self.rated(people) * share;
            let leads = |site: SiteId| self.roads.leads((self.group(people.shard), site));
            match Self::whereabouts(people, reported) {
                Whereabouts::Moving(old) => {
                    if let Some((site, share)) = old.filter(|pair| leads(pair.0)) {
                        traffic.entry(site).or_default()[0] += users(share);
                    }
                    if let Some((site, share)) = people.new.filter(|pair| leads(pair.0)) {
                        traffic.entry(site).or_default()[1] += users(share);
                    }
                }
                Whereabouts::ComingBack(site, share) => {
                    let [back, end] = reported.restored;
                    traffic.entry(site).or_default()[1] += users(share) * (end - back);
                }
                Whereabouts::At(..) | Whereabouts::Nowhere => {}
            }
        }
        let mut faults = Vec::new();
        let hours = reported.seconds[1] / 3600.0;
        for (site, [out, into]) in traffic {
            let row = &self.inventory.sites[site.index()];
            for (users, rate, path) in [
                (out, row.move_out_per_hour, "leave"),
                (into, row.move_in_per_hour, "enter"),
            ] {
                if rate.is_some_and(|rate| users > rate * hours * (1.0 + 1e-5) + 1e-3) {
                    let id = &row.id;
                    faults.push(format!(
                        "{users} {path} {id} in {hours} h, {rate:?} may in one"
                    ));
                }
            }
        }
        faults
    }
}
