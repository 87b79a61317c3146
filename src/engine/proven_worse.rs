//! A proof that a plan with other homes is worse, without solving it (`docs/design.md`).
//!
//! Two bounds need no solver. Whole shards never do better than fractional homes at the first level at which a plan
//! differs from these. And with one home for every shard, relief, copies and moves are fixed but for users who stay
//! unserved: each of those takes at most 1 off. Where nobody else stays unserved, so are the loads at sites and at
//! the places that every path into one passes, which say how much headroom is missing there; and nobody is nearer to
//! his home than on the path of least latency.

use super::whole_shards::{Narrowed, WORTH_RELOCATING};
use crate::formulation::goals::{
    Level, copied_per_user, moved_per_user, relief_per_user, users_missing,
};
use crate::formulation::rows::{RowId, target_limit};
use crate::formulation::{Class, Problem};
use crate::graph::{Network, PlaceId};
use crate::ids::SiteId;
use crate::model::LinkEnd;
use crate::plan::SiteLoads;
use crate::solve::Outcome;
use crate::units::NOBODY;

/// Levels closer than this, relative to the larger of 1 and the value, are the same.
const SAME: f64 = 1e-9;

/// `true` if every plan with these homes is worse than `incumbent` at the first level that differs.
///
/// `fractional` is the optimum of `problem` over fractional homes. `false` says nothing.
pub(super) fn is_proven_worse(
    problem: &Problem<'_>,
    fractional: &Outcome,
    incumbent: &Outcome,
    narrowed: &Narrowed,
) -> bool {
    let Some(mut homed) = Homed::of(problem, narrowed) else {
        return false;
    };
    // No later level is looked at unless as many stay unserved as in the incumbent.
    let unserved: f64 = incumbent
        .levels
        .iter()
        .filter(|level| matches!(level.level, Level::Unserved(_)))
        .map(|level| level.value)
        .sum();
    let not_there = (unserved - homed.nowhere).max(0.0);
    if not_there > NOBODY {
        homed.forget_what_needs_all();
    }
    let mut is_optimal_so_far = true;
    for (own, best) in incumbent.levels.iter().zip(&fractional.levels) {
        let fixed = match own.level {
            Level::Relief => homed.relief - not_there,
            Level::Copied => homed.copied - not_there,
            Level::Moved => homed.moved - not_there,
            Level::Worst => homed.worst,
            Level::Total => homed.total,
            Level::Latency => homed.latency,
            Level::Unserved(_) | Level::AccessPoints => 0.0,
        };
        let least = if is_optimal_so_far {
            fixed.max(best.bound)
        } else {
            fixed
        };
        let scale = own.value.abs().max(1.0);
        if least > own.value + WORTH_RELOCATING * scale {
            return true;
        }
        if least < own.value - SAME * scale {
            return false;
        }
        is_optimal_so_far &= (own.value - best.value).abs() <= SAME * scale;
    }
    false
}

/// What one user of a class makes of the levels at a site.
struct OfUser<'a> {
    relief: f64,
    copied: f64,
    moved: f64,
    latency: f64,
    /// His load by row.
    at_site: &'a [(RowId, f64)],
    /// Row, his demand, and among how many it is shared.
    on_the_way: Vec<(RowId, f64, f64)>,
}

/// What homes make of the levels, if all are served there.
#[derive(Default)]
struct Homed {
    relief: f64,
    copied: f64,
    moved: f64,
    /// Least worst missing share, all missing headroom in users, and user-milliseconds.
    worst: f64,
    total: f64,
    latency: f64,
    /// Users without any home.
    nowhere: f64,
}

impl Homed {
    /// `None` if some shard has more than one home left.
    fn of(problem: &Problem<'_>, narrowed: &Narrowed) -> Option<Self> {
        let mut homed = Self::default();
        let rows = &problem.rows;
        let on_the_way: Vec<Vec<PlaceId>> = (0..problem.setting.inventory.sites.len())
            .map(|site| sole_way_into(problem.setting.network, SiteId::new(site)))
            .collect();
        let at_sites = SiteLoads::new(problem);
        let mut loads: Vec<f64> = rows.rows.iter().map(|row| row.fixed).collect();
        for (id, class) in problem.classes.classes.iter().enumerate() {
            let demand = problem.demand_of(id);
            // Most classes have one site, and its numbers are the same for all of their shards.
            let mut known: Vec<(SiteId, OfUser<'_>)> = Vec::new();
            for &shard in &class.shards {
                let users = problem.setting.users(class.home(shard));
                let site = match narrowed[shard.index()].as_deref()? {
                    [] => {
                        homed.nowhere += users;
                        continue;
                    }
                    &[site] => site,
                    _ => return None,
                };
                let position = known
                    .iter()
                    .position(|(own, _)| *own == site)
                    .unwrap_or_else(|| {
                        let on_the_way = on_the_way[site.index()].iter();
                        let of_user = OfUser {
                            relief: relief_per_user(class, site),
                            copied: copied_per_user(class, site),
                            moved: moved_per_user(class, site),
                            latency: least_latency(problem, class, site),
                            at_site: at_sites.of(class, site),
                            on_the_way: on_the_way
                                .flat_map(|place| &rows.at_place[place.index()])
                                .map(|&row| {
                                    let of = &rows.rows[row];
                                    (row, demand[of.resource.index()], of.shares)
                                })
                                .collect(),
                        };
                        known.push((site, of_user));
                        known.len() - 1
                    });
                let of_user = &known[position].1;
                homed.relief += users * of_user.relief;
                homed.copied += users * of_user.copied;
                homed.moved += users * of_user.moved;
                homed.latency += users * of_user.latency;
                for (row, load) in of_user.at_site {
                    loads[*row] += users * load;
                }
                for (row, demand, shares) in &of_user.on_the_way {
                    loads[*row] += users * demand / shares;
                }
            }
        }
        for (row, load) in rows.rows.iter().zip(loads) {
            if row.has_shortfall() {
                let over = load / row.capacity - target_limit(row.target, row.kept);
                let missing = (over / row.target).max(0.0);
                homed.worst = homed.worst.max(missing);
                homed.total += missing * users_missing(row);
            }
        }
        Some(homed)
    }

    /// What holds only if all who have a home are served.
    fn forget_what_needs_all(&mut self) {
        (self.worst, self.total, self.latency) = (0.0, 0.0, 0.0);
    }
}

/// Milliseconds of the shortest path of a class to a site; 0 without one.
fn least_latency(problem: &Problem<'_>, class: &Class, site: SiteId) -> f64 {
    let group = &problem.classes.groups[class.group];
    let profile = problem.classes.demands[group.demand].profile.index();
    problem.ways.with_standby[profile]
        .cost(group.client_region, site, group.max_latency)
        .map_or(0.0, |cost| cost.latency)
}

/// Elements and pools that every path into a site passes last: as long as links lead on from one place only.
fn sole_way_into(network: &Network, site: SiteId) -> Vec<PlaceId> {
    let mut way: Vec<PlaceId> = Vec::new();
    let mut at = network.place(LinkEnd::Site(site));
    loop {
        let mut from = network.entering(at).map(|(_, place)| place);
        let Some(before) = from.next() else {
            return way;
        };
        let is_sole = from.all(|other| other == before) && !way.contains(&before);
        let is_passed = matches!(network.end(before), LinkEnd::Element(_) | LinkEnd::Pool(_));
        if !is_sole || !is_passed {
            return way;
        }
        way.push(before);
        at = before;
    }
}

#[cfg(test)]
mod tests;
