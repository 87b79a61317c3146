//! A repair in words: what it takes, and who is served with it.

use super::names::Names;
use crate::ids::{ComponentId, ResourceId};
use crate::model::Inventory;
use crate::plan::sweep::Repair;
use crate::report::numbers;
use crate::report::text::visible;
use crate::report::words::relaxed_words;
use crate::units::NOBODY;

/// How many components are named one by one.
const MOST_STEPS: usize = 3;

/// `What would help: 3,100 vCPU more at Boydton would serve everyone (found by planning again).`
pub(in crate::report) fn repair_words(
    inventory: &Inventory,
    names: &Names<'_>,
    own: &Repair,
) -> String {
    let mut steps: Vec<String> = own
        .rules
        .iter()
        .map(|rule| relaxed_words(*rule).to_owned())
        .collect();
    let mut largest: Vec<&(ComponentId, ResourceId, f64)> = own.capacity.iter().collect();
    largest.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
    let more = largest
        .iter()
        .take(MOST_STEPS)
        .map(|(component, resource, amount)| {
            let of = &inventory.resources[resource.index()];
            format!(
                "{} more at {}",
                numbers::quantity(*amount, &visible(&of.unit)),
                visible(&names.alone(*component))
            )
        });
    steps.extend(more);
    if own.capacity.len() > MOST_STEPS {
        let left = own.capacity.len() - MOST_STEPS;
        steps.push(format!(
            "more at {left} other components (worth {} in all)",
            numbers::lost_users(own.capacity_users)
        ));
    }
    let result = if own.unserved_after <= NOBODY {
        "would serve everyone".to_owned()
    } else {
        format!(
            "would leave {} unserved",
            numbers::lost_users(own.unserved_after)
        )
    };
    format!(
        "What would help: {} {result} (found by planning again).",
        steps.join(", ")
    )
}
