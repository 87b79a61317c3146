//! Missed headroom targets in words, the worst first.

use super::grammar::at_most;
use super::numbers;
use super::text::visible;
use crate::model::Inventory;
use crate::plan::check::MissedTarget;

/// Targets that are named.
const MOST_NAMED: usize = 3;

/// `San Antonio cpu: 0 % free, target 20 %; and 2 more`. Periods are named if there are `several`.
pub fn missed_targets(inventory: &Inventory, missed: &[MissedTarget], several: bool) -> String {
    let words = missed.iter().map(|target| {
        let title = inventory.component_title(target.component);
        let resource = &inventory.resources[target.resource.index()].id;
        let free = numbers::short_headroom(target.free);
        let wanted = numbers::short_percent(target.target);
        let period = if several {
            format!(" in period {}", target.period)
        } else {
            String::new()
        };
        let title = visible(title);
        let resource = visible(resource);
        format!("{title} {resource}{period}: {free} free, target {wanted}")
    });
    let named = at_most(words.collect(), MOST_NAMED, |more| {
        format!("and {more} more")
    });
    named.join("; ")
}
