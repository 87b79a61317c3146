//! Weights of a wave that turns steering in part: how they follow from the two files, with an example.

use super::words::Teller;
use crate::ids::LinkId;
use crate::plan::{Flow, Timing, Transition, Wave};
use crate::plan_files::joined;
use crate::report::numbers;
use std::collections::BTreeMap;

/// Of a client region, a profile, a latency limit and a site, the paths before and to come.
type Cell<'f> = [Vec<&'f Flow>; 2];

/// A path with its share of its cell's users before and to come.
struct Example<'f> {
    flow: &'f Flow,
    shares: [f64; 2],
    /// Users of the cell times what the weight changes by.
    weight: f64,
}

impl Teller<'_> {
    /// How the weights are worked out that are a share of the way from those before to those of the period, a sentence
    /// each.
    pub(super) fn weights(&self, transition: &Transition, wave: &Wave) -> Vec<String> {
        let (file, flows) = self.before(transition, wave);
        let [from, to] = [1.0 - wave.steering_share, wave.steering_share];
        let [from_words, to_words] = [from, to].map(|own| numbers::amount(own * 100.0));
        let mut told = vec![
            format!(
                "a path's weight is {from_words} % of its share in {file} and {to_words} % of its share in period {} of steering.csv",
                transition.period
            ),
            "its share is its `users` among all of the same client_region, profile, max_latency_ms and site there, paths that are out left aside; 0 where it has no row, and where one of the two has no row of these four at all, the other's shares are the weights".to_owned(),
        ];
        let period = &self.plan.periods[transition.period];
        let cells = cells(flows, period.first_flows());
        told.extend(example(&cells, transition.timing).map(|own| {
            let inventory = self.inventory;
            let links = own.flow.path.links.iter();
            let link = |own: &LinkId| inventory.links[own.index()].id.as_str();
            let limit = own.flow.group.max_latency;
            let [before, after] = own.shares;
            format!(
                "such as {}, {}, {} to {} over {}: {from:.4} × {before:.4} + {to:.4} × {after:.4} = {:.4}",
                inventory.client_regions[own.flow.group.client_region.index()].id,
                inventory.profiles[own.flow.group.profile.index()].id,
                limit.map_or_else(|| "no limit".to_owned(), |own| format!("{own} ms")),
                inventory.sites[own.flow.path.site.index()].id,
                joined(links.map(link)),
                from * before + to * after
            )
        }));
        told
    }

    /// Where the weights from which a wave turns stand, and what they are: those that hold before all waves.
    fn before(&self, transition: &Transition, wave: &Wave) -> (String, &[Flow]) {
        let plan = self.plan;
        let mut earlier = plan.periods[..transition.period].iter().enumerate().rev();
        let holds = match transition.timing {
            Timing::Ahead => earlier.find(|(_, own)| own.period.start <= wave.start),
            Timing::Behind => earlier.next(),
        };
        let in_slice = |flows: &[Flow], slices: usize| match flows.first() {
            Some(first) if slices > 1 => format!(", slice {}", first.slice),
            _ => String::new(),
        };
        if let Some((index, own)) = holds {
            let flows = match transition.timing {
                Timing::Ahead => own.flows_at(wave.start),
                Timing::Behind => own.last_flows(),
            };
            let slice = in_slice(flows, own.case.hours.slice_count());
            (format!("period {index} of steering.csv{slice}"), flows)
        } else {
            let flows = plan.flows_until(0);
            let slice = in_slice(flows, plan.before.case.hours.slice_count());
            (format!("before.csv{slice}"), flows)
        }
    }
}

fn cells<'f>(before: &'f [Flow], after: &'f [Flow]) -> Vec<Cell<'f>> {
    let mut all: BTreeMap<_, Cell<'f>> = BTreeMap::new();
    for (end, flows) in [before, after].into_iter().enumerate() {
        for flow in flows.iter().filter(|own| own.users > 0.0) {
            let group = &flow.group;
            let limit = group.max_latency.map(f64::to_bits);
            let key = (group.client_region, group.profile, limit, flow.path.site);
            all.entry(key).or_default()[end].push(flow);
        }
    }
    all.into_values().collect()
}

/// The path whose weight changes for most users, among those that are open for certain: of a site where the state in
/// which the waves go leads over all paths that the other one does.
fn example<'f>(cells: &[Cell<'f>], timing: Timing) -> Option<Example<'f>> {
    let users = |flows: &[&Flow]| flows.iter().map(|own| own.users).sum::<f64>();
    let has =
        |flows: &[&Flow], path: &Flow| flows.iter().any(|own| own.path.links == path.path.links);
    let mut best: Option<Example<'f>> = None;
    for cell in cells {
        let [holds, other] = match timing {
            Timing::Ahead => [&cell[0], &cell[1]],
            Timing::Behind => [&cell[1], &cell[0]],
        };
        let is_open = !other.is_empty() && other.iter().all(|own| has(holds, own));
        if !is_open {
            continue;
        }
        for &flow in holds {
            let shares = [0, 1].map(|end: usize| {
                let same = cell[end]
                    .iter()
                    .filter(|own| own.path.links == flow.path.links);
                same.map(|own| own.users).sum::<f64>() / users(&cell[end])
            });
            let weight = users(holds) * (shares[1] - shares[0]).abs();
            if best.as_ref().is_none_or(|own| weight > own.weight) {
                best = Some(Example {
                    flow,
                    shares,
                    weight,
                });
            }
        }
    }
    best
}
