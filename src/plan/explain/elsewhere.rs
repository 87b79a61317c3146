//! Elsewhere: what it would mean for a shard to be at another site, with all else as written.

use super::because::{ShardRule, SiteObstacle, Squeeze};
use super::by_spare::HeldAgainst;
use super::spare::{ShardShift, WrittenSpare};
use super::trapped::rule_against;
use super::written::Written;
use crate::ids::{ComponentId, ResourceId, ShardId, SiteId};
use crate::plan::moves::has_copy;
use crate::units::NOBODY;

/// Whether a shard may be at a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteStand {
    /// Some of its users are served there.
    Here,
    /// A rule keeps it away.
    Forbidden(ShardRule),
    /// Something is blocking it.
    Blocked(SiteObstacle),
    /// It fits, and every target stays met that it touches there.
    Fits,
    /// It fits, below a headroom target.
    BelowTarget,
}

/// What it would mean for a shard to be at a site.
#[derive(Debug, Clone, PartialEq)]
pub struct ElsewhereAnswer {
    /// The site.
    pub site: SiteId,
    /// Whether it may be there.
    pub stand: SiteStand,
    /// Its users who are served there now.
    pub users: f64,
    /// Round trip of its users over what is open, in milliseconds; `None` without a path.
    pub latency: Option<f64>,
    /// `true` if the site holds a copy of it: nothing has to travel.
    pub has_copy: bool,
    /// Where least of the target would be left with it there: at the site, or on the shortest path.
    pub tightest: Option<(ComponentId, ResourceId, Squeeze)>,
}

/// What it would mean for a shard to be at every site, in the order of the sites; nothing if it has no users.
pub fn elsewhere(written: &Written<'_>, shard: ShardId) -> Vec<ElsewhereAnswer> {
    let problem = written.problem;
    let of_shard: Vec<_> = written
        .parts
        .iter()
        .filter(|part| part.shard == shard && part.users > NOBODY)
        .collect();
    let Some(first) = of_shard.first() else {
        return Vec::new();
    };
    let Some(class) = problem.classes.class_of.get(first.home()) else {
        return Vec::new();
    };
    let users: f64 = of_shard.iter().map(|part| part.users).sum();
    let served = of_shard
        .iter()
        .filter_map(|part| Some((part.site?, part.users)))
        .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
    let mut spare = WrittenSpare::new(written);
    (0..problem.setting.inventory.sites.len())
        .map(SiteId::new)
        .map(|site| {
            let here: f64 = of_shard
                .iter()
                .filter(|part| part.site == Some(site))
                .map(|part| part.users)
                .sum();
            let shift = ShardShift {
                class,
                users,
                leaving: served,
            };
            let stand = if here > NOBODY {
                SiteStand::Here
            } else if let Some(rule) = rule_against(problem, first.home(), site) {
                SiteStand::Forbidden(rule)
            } else if let Some((obstacle, _)) = spare.obstacle(&shift, site, HeldAgainst::Capacity)
            {
                SiteStand::Blocked(obstacle)
            } else if spare.obstacle(&shift, site, HeldAgainst::Target).is_some() {
                SiteStand::BelowTarget
            } else {
                SiteStand::Fits
            };
            let is_reachable = spare.closed(class, site).is_none();
            ElsewhereAnswer {
                site,
                stand,
                users: here,
                latency: spare.latency(class, site),
                has_copy: has_copy(problem.setting.inventory, shard, site),
                tightest: is_reachable.then(|| spare.tightest(&shift, site)).flatten(),
            }
        })
        .collect()
}
