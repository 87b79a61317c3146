//! The tables of what holds at the end of every wave: weights and loads.

use super::paths::{places, slice};
use super::rows::Writer;
use crate::graph::Network;
use crate::plan::{Carries, Standing, Transition, Wave, WaveWeight, wave_weights};
use crate::plan_files::{WaveLoadRow, WaveWeightRow, joined};

impl Writer<'_> {
    /// The waves that are to be done: none of a period to which a way is refused.
    fn waves_to_do(&self) -> Vec<(&Transition, &Wave)> {
        let refused = |period: usize| {
            let mut all = self.plan.transitions.iter();
            all.any(|own| own.period == period && own.refusal.is_some())
        };
        let all = self.plan.transitions.iter();
        let done = all.filter(|own| !refused(own.period));
        done.flat_map(|own| own.waves.iter().map(move |wave| (own, wave)))
            .collect()
    }

    /// `wave_weights.csv`
    pub(super) fn wave_weights(&self) -> Vec<WaveWeightRow> {
        let network = Network::new(self.inventory);
        let waves = self.waves_to_do().into_iter();
        let rows = waves.flat_map(|(transition, wave)| {
            let weights = wave_weights(self.inventory, &network, self.plan, transition, wave);
            let rows = weights.iter().map(|own| self.weight(transition, wave, own));
            rows.collect::<Vec<_>>()
        });
        rows.collect()
    }

    fn weight(&self, transition: &Transition, wave: &Wave, own: &WaveWeight<'_>) -> WaveWeightRow {
        let inventory = self.inventory;
        let flow = own.flow;
        let links = flow.path.links.iter();
        let region = &inventory.client_regions[flow.group.client_region.index()];
        let access_point = &inventory.access_points[flow.path.access_point.index()];
        WaveWeightRow {
            period: self.period(transition.period),
            wave: wave.number,
            slice: slice(own.slice),
            client_region: region.id.clone(),
            profile: inventory.profiles[flow.group.profile.index()].id.clone(),
            max_latency_ms: flow.group.max_latency,
            access_point: access_point.id.clone(),
            site: inventory.sites[flow.path.site.index()].id.clone(),
            path: joined(places(inventory, flow)),
            links: joined(links.map(|link| inventory.links[link.index()].id.as_str())),
            weight: own.weight,
            during: own.during.map(|own| self.period(own)),
        }
    }

    /// `wave_loads.csv`
    pub(super) fn wave_loads(&self) -> Vec<WaveLoadRow> {
        let waves = self.waves_to_do().into_iter();
        let standing = waves.flat_map(|(transition, wave)| {
            let standing = wave.standing.iter();
            standing.map(move |own| (transition, wave, own))
        });
        let rows = standing.flat_map(|(transition, wave, own)| {
            let loads = own.loads.iter();
            loads.map(move |carries| self.wave_load(transition, wave, own, carries))
        });
        rows.collect()
    }

    fn wave_load(
        &self,
        transition: &Transition,
        wave: &Wave,
        own: &Standing,
        carries: &Carries,
    ) -> WaveLoadRow {
        let inventory = self.inventory;
        let resource = &inventory.resources[carries.resource.index()];
        WaveLoadRow {
            period: self.period(transition.period),
            wave: wave.number,
            slice: slice(own.slice),
            component: inventory.component_name(carries.component).to_owned(),
            kind: inventory
                .component_kind(carries.component)
                .word()
                .to_owned(),
            resource: resource.id.clone(),
            unit: resource.unit.clone(),
            load: carries.load.max(0.0),
            capacity: carries.capacity,
            during: own.during.map(|own| self.period(own)),
        }
    }
}
