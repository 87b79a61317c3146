//! The tables of waves, and what summary.json says of the way to a period.

use super::rows::Writer;
use super::{instant, number};
use crate::model::{Inventory, Scenario};
use crate::plan::{Fullness, PeriodPlan, Plan, Ramp, SiteTraffic, Timing, Transition, Wave};
use crate::plan_files::{RampRow, WaveRow, WaySummary};
use crate::report::waves::Teller;

/// By period, the wave of every move.
pub(super) fn wave_of_moves(plan: &Plan) -> Vec<Vec<Option<u32>>> {
    let mut all: Vec<Vec<Option<u32>>> = plan
        .periods
        .iter()
        .map(|period| vec![None; period.moves.len()])
        .collect();
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

impl Writer<'_> {
    /// waves.csv
    pub(super) fn waves(&self, scenario: &Scenario) -> Vec<WaveRow> {
        let mut rows = Vec::new();
        for transition in &self.plan.transitions {
            for wave in &transition.waves {
                if wave.sites.is_empty() {
                    rows.push(self.wave(scenario, transition, wave, None));
                }
                for traffic in &wave.sites {
                    rows.push(self.wave(scenario, transition, wave, Some(traffic)));
                }
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
        let inventory = self.inventory;
        let site = traffic.map(|own| &inventory.sites[own.site.index()]);
        let (users_out, users_in) = traffic.map_or((0.0, 0.0), |own| (own.users_out, own.users_in));
        let seconds = wave.end.duration_since(wave.turned).as_secs_f64();
        let per_hour = |users: f64| (seconds > 0.0).then(|| users * 3600.0 / seconds);
        let fullest = wave.fullest.first();
        let name = |component| inventory.component_name(component).to_owned();
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
            fullest_component: fullest.map(|own| name(own.component)),
            fullest_resource: fullest
                .map(|own| inventory.resources[own.resource.index()].id.clone()),
            fullest_utilization: fullest.and_then(Fullness::utilization),
            stop_shortfall: wave.stop_shortfall,
            stop_failures: exposed.map(|own| u32::try_from(own.len()).unwrap_or(u32::MAX)),
            stop_unserved_users: exposed.map(|own| own.iter().map(|own| own.users).sum()),
        }
    }

    /// A period as it is written.
    pub(super) fn period(&self, index: usize) -> u32 {
        number(&self.plan.periods[index].period)
    }

    /// ramp.csv
    pub(super) fn ramp(&self) -> Vec<RampRow> {
        let mut rows = Vec::new();
        for transition in &self.plan.transitions {
            for wave in &transition.waves {
                let of_wave = wave.ramp.iter();
                rows.extend(
                    of_wave.map(|own| {
                        self.ramp_row(transition, Some(wave.number), own, seconds(wave))
                    }),
                );
            }
            let all: f64 = transition.waves.iter().map(seconds).sum();
            let of_all = transition.ramp.iter();
            rows.extend(of_all.map(|own| self.ramp_row(transition, None, own, all)));
        }
        rows
    }

    fn ramp_row(
        &self,
        transition: &Transition,
        wave: Option<u32>,
        ramp: &Ramp,
        seconds: f64,
    ) -> RampRow {
        RampRow {
            period: self.period(transition.period),
            timing: transition.timing,
            wave,
            component: self.inventory.component_name(ramp.component).to_owned(),
            arrivals: ramp.arrivals,
            arrivals_per_second: (seconds > 0.0).then(|| ramp.arrivals / seconds),
            background_per_second: ramp.background,
            accepts_per_second: ramp.accepts,
            smallest_window_seconds: ramp.window,
            queue_at_once: ramp.arrivals,
        }
    }
}

/// What summary.json says of the way to a period; `None` where nobody has to go anywhere.
pub(super) fn way(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    period: &PeriodPlan,
) -> Option<WaySummary> {
    let transitions = plan.transitions.iter();
    let own: Vec<&Transition> = transitions
        .filter(|own| own.period == period.period.index)
        .collect();
    if own.is_empty() {
        return None;
    }
    let teller = Teller {
        inventory,
        scenario,
        plan,
    };
    let refused: Vec<String> = own.iter().filter_map(|own| teller.refusal(own)).collect();
    let minutes: Option<Vec<f64>> = own.iter().map(|own| own.minutes()).collect();
    let ahead = own
        .iter()
        .find(|own| own.timing == Timing::Ahead && own.seconds.is_some());
    Some(WaySummary {
        waves: own.iter().map(|own| own.waves.len() as u64).sum(),
        wave_minutes: minutes.map(|all| all.iter().sum()),
        least_minutes: own.iter().map(|own| own.least_seconds / 60.0).sum(),
        latest_start: ahead.map(|own| instant(scenario, own.start)),
        refused: (!refused.is_empty()).then(|| refused.join("; ")),
        remedies: own.iter().flat_map(|own| teller.remedies(own)).collect(),
    })
}
