//! Load curves and time zones for an inventory that was drawn without.

use super::random::Random;
use plimsoll::ids::LoadCurveId;
use plimsoll::model::{Inventory, LoadCurve};

/// Time zones whose hours begin at different minutes, on both sides of midnight.
const ZONES: [&str; 6] = [
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "America/St_Johns",
];

/// Lets every client region follow one of two curves, in a time zone of its own; some follow none.
pub(crate) fn with_hours(seed: u64, inventory: &mut Inventory) {
    let mut random = Random::new(seed ^ 0x5ca1_ab1e);
    inventory.load_curves = (0..2)
        .map(|index| {
            let of_day: Vec<f64> = (0..24)
                .map(|_| {
                    if random.chance(0.1) {
                        0.0
                    } else {
                        (random.between(0.2, 1.2) * 100.0).round() / 100.0
                    }
                })
                .collect();
            LoadCurve {
                id: format!("curve{index}"),
                factors: (0..168).map(|hour| of_day[hour % 24]).collect(),
            }
        })
        .collect();
    for region in &mut inventory.client_regions {
        region.time_zone = (*random.one_of(&ZONES)).to_owned();
        region.load_curve = random
            .chance(0.95)
            .then(|| LoadCurveId::new(random.whole(0, 1)));
    }
}
