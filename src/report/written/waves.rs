//! The tables of waves.

use super::file::instant;
use super::ids::number;
use super::rows::PlanRows;
use crate::model::Scenario;
use crate::plan::{Fullness, Plan, Ramp, SiteTraffic, Transition, Wave};
use crate::plan_files::{RampRow, WaveLoadRow, WaveRow};

/// By period, the wave of every move.
pub(super) fn wave_of_moves(plan: &Plan) -> Vec<Vec<Option<u32>>> {
    let periods = plan.periods.iter();
    let mut all: Vec<Vec<Option<u32>>> = periods.map(|own| vec![None; own.moves.len()]).collect();
    for transition in &plan.transitions {
        for (moved, wave) in transition.wave_of_moves() {
            all[transition.period][moved] = Some(wave);
        }
    }
    all
}

/// Seconds that a wave lasts.
fn seconds(wave: &Wave) -> f64 {
    wave.end.duration_since(wave.start).as_secs_f64()
}

impl PlanRows<'_> {
    /// waves.csv
    pub(super) fn waves(&self, scenario: &Scenario) -> Vec<WaveRow> {
        let mut rows = Vec::new();
        for transition in &self.plan.transitions {
            for wave in &transition.waves {
                let nobody = wave.sites.is_empty().then_some(None);
                let sites = wave.sites.iter().map(Some).chain(nobody);
                rows.extend(sites.map(|own| self.wave(scenario, transition, wave, own)));
            }
        }
        rows
    }

    fn wave(
        &self,
        scenario: &Scenario,
        transition: &Transition,
        wave: &Wave,
        traffic: Option<&SiteTraffic>,
    ) -> WaveRow {
        let ids = self.ids();
        let site = traffic.map(|own| &self.inventory.sites[own.site.index()]);
        let (users_out, users_in) = traffic.map_or((0.0, 0.0), |own| (own.users_out, own.users_in));
        let seconds = wave.end.duration_since(wave.turned).as_secs_f64();
        let per_hour = |users: f64| (seconds > 0.0).then(|| users * 3600.0 / seconds);
        let fullest = wave.fullest.first();
        let exposed = wave.unprotected.as_ref();
        WaveRow {
            period: self.period(transition.period),
            timing: transition.timing,
            wave: wave.number,
            start: instant(scenario, wave.start),
            turned: instant(scenario, wave.turned),
            end: instant(scenario, wave.end),
            gate_minutes: scenario.waves.gate_minutes,
            steering_share: wave.steering_share,
            restored_share: wave.restored_share,
            site: site.map(|site| site.id.clone()),
            users_out,
            users_in,
            users_out_per_hour: per_hour(users_out),
            users_in_per_hour: per_hour(users_in),
            move_out_per_hour: site.and_then(|site| site.move_out_per_hour),
            move_in_per_hour: site.and_then(|site| site.move_in_per_hour),
            fullest_component: fullest.map(|own| ids.component(own.component).to_owned()),
            fullest_resource: fullest.map(|own| ids.resource(own.resource).to_owned()),
            fullest_utilization: fullest.and_then(Fullness::utilization),
            stop_shortfall: wave.stop_shortfall,
            stop_failures: exposed.map(|own| number(own.len())),
            stop_unserved_users: exposed.map(|own| own.iter().map(|own| own.users).sum()),
        }
    }

    /// A period as it is written.
    pub(super) fn period(&self, index: usize) -> u32 {
        self.plan.periods[index].period.number()
    }

    /// ramp.csv
    pub(super) fn ramp(&self) -> Vec<RampRow> {
        let mut rows = Vec::new();
        for transition in &self.plan.transitions {
            let mut add = |wave: Option<u32>, ramp: &[Ramp], seconds: f64| {
                rows.extend(ramp.iter().map(|own| RampRow {
                    period: self.period(transition.period),
                    timing: transition.timing,
                    wave,
                    component: self.ids().component(own.component).to_owned(),
                    arrivals: own.arrivals,
                    arrivals_per_second: (seconds > 0.0).then(|| own.arrivals / seconds),
                    background_per_second: own.background,
                    accepts_per_second: own.accepts,
                    smallest_window_seconds: own.window,
                    queue_at_once: own.arrivals,
                }));
            };
            for wave in &transition.waves {
                add(Some(wave.number), &wave.ramp, seconds(wave));
            }
            let all = transition.waves.iter().map(seconds).sum();
            add(None, &transition.ramp, all);
        }
        rows
    }

    /// The waves that are to be done: none of a period to which a way is refused.
    pub(super) fn waves_to_do(&self) -> impl Iterator<Item = (&Transition, &Wave)> {
        let all = self.plan.transitions.iter();
        let done = all.filter(|own| !self.plan.is_refused_in(own.period));
        done.flat_map(|own| own.waves.iter().map(move |wave| (own, wave)))
    }

    /// `wave_loads.csv`
    pub(super) fn wave_loads(&self) -> Vec<WaveLoadRow> {
        let ids = self.ids();
        let mut rows = Vec::new();
        for (transition, wave) in self.waves_to_do() {
            for own in &wave.standing {
                rows.extend(own.loads.iter().map(|carries| WaveLoadRow {
                    period: self.period(transition.period),
                    wave: wave.number,
                    slice: number(own.slice),
                    component: ids.component(carries.component).to_owned(),
                    kind: ids.kind(carries.component),
                    resource: ids.resource(carries.resource).to_owned(),
                    unit: ids.unit(carries.resource).to_owned(),
                    load: carries.load.max(0.0),
                    capacity: carries.capacity,
                    during: own.during.map(|own| self.period(own)),
                }));
            }
        }
        rows
    }
}
