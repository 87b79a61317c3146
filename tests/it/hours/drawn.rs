//! Load curves and time zones for an inventory that was drawn without.

use crate::draw::random::Random;
use plimsoll::ids::LoadCurveId;
use plimsoll::model::{Inventory, LoadCurve, PlannedDemand, Scenario};

/// Time zones whose hours begin at different minutes, on both sides of midnight.
const ZONES: [&str; 6] = [
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "America/St_Johns",
];

/// Plans by the hour, and lets every client region follow one of two curves, in a time zone of its own; some follow none.
pub(crate) fn with_hours(seed: u64, inventory: &mut Inventory, scenario: &mut Scenario) {
    scenario.policy.demand = PlannedDemand::Hourly;
    let mut random = Random::new(seed ^ 0x5ca1_ab1e);
    inventory.load_curves = (0..2)
        .map(|index| {
            let of_day: Vec<f64> = (0..24)
                .map(|_| {
                    if random.chance(0.1) {
                        0.0
                    } else {
                        (random.between(0.6, 1.5) * 100.0).round() / 100.0
                    }
                })
                .collect();
            LoadCurve {
                id: format!("curve{index}"),
                factors: (0..168).map(|hour| of_day[hour % 24]).collect(),
            }
        })
        .collect();
    // At some hours there is more than all ways have room for.
    let sites = inventory.sites.len();
    for mut capacities in inventory.capacity.rows_mut().into_iter().skip(sites) {
        let left = *random.one_of(&[0.5, 0.7, 1.0]);
        for capacity in capacities.iter_mut().flatten() {
            *capacity *= left;
        }
    }
    for region in &mut inventory.client_regions {
        (*random.one_of(&ZONES)).clone_into(&mut region.time_zone);
        region.load_curve = random
            .chance(0.95)
            .then(|| LoadCurveId::new(random.whole(0, 1)));
    }
}
