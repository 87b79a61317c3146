//! What a trigger can lock in with retries while the waves of a way go on.

use super::words::Teller;
use crate::ids::{ComponentId, ResourceId};
use crate::plan::{RetryMargin, Stability, Transition, Wave};
use crate::report::numbers;
use crate::report::recovery::{retries, threshold_and_stand};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What is told one by one, the furthest beyond first.
const MOST: usize = 6;

/// The first and the last wave in which something is vulnerable, and how it stands in the one in which it is most.
type Vulnerable<'t> = (&'t Wave, &'t Wave, &'t RetryMargin);

impl Teller<'_> {
    /// In which waves of a way a trigger can lock something in, and from where on.
    pub(super) fn write_stability(&self, transition: &Transition, text: &mut String) {
        let mut all: BTreeMap<(ComponentId, ResourceId), Vulnerable<'_>> = BTreeMap::new();
        for wave in &transition.waves {
            let own = wave.stability.iter();
            for own in own.filter(|own| own.stability == Stability::Vulnerable) {
                let known = all.entry((own.component, own.resource));
                let known = known.or_insert((wave, wave, own));
                known.1 = wave;
                if own.is_tighter(known.2) {
                    known.2 = own;
                }
            }
        }
        let mut told: Vec<Vulnerable<'_>> = all.into_values().collect();
        let margin = |own: &Vulnerable<'_>| own.2.margin.unwrap_or(f64::INFINITY);
        told.sort_by(|a, b| margin(a).total_cmp(&margin(b)));
        if told.is_empty() {
            return;
        }
        text.push_str(
            "**A trigger can lock these in meanwhile.** With all retries running they are offered more than they have, so an overload would not end by itself:\n",
        );
        let others = told.len().saturating_sub(MOST);
        for own in told.into_iter().take(MOST) {
            if let Some(line) = self.vulnerable(own) {
                let _ = writeln!(text, "- {line}");
            }
        }
        if others > 0 {
            let others = numbers::users(others as f64);
            let _ = writeln!(text, "- and {others} more (stability.csv)");
        }
    }

    fn vulnerable(&self, (first, last, own): Vulnerable<'_>) -> Option<String> {
        let [threshold, stand] = threshold_and_stand(own)?;
        let resource = &self.inventory.resources[own.resource.index()];
        let name = self.component_by_hand(own.component);
        let waves = if first.number == last.number {
            format!("in wave {}", first.number)
        } else {
            format!("from wave {} to {}", first.number, last.number)
        };
        Some(format!(
            "{} of {name} {waves}: above {threshold} with {}, and it is used to {stand} at most",
            resource.id,
            retries(own.retries()?)
        ))
    }
}
