//! Why users of a shard are served nowhere.

use super::because::{ReasonKind, ShardRule, Useless, Why};
use super::by_spare::HeldAgainst;
use super::spare::{ShardShift, WrittenSpare};
use super::written::Written;
use crate::formulation::{ClassId, Problem, Rules};
use crate::ids::{JurisdictionId, SiteId};
use crate::model::{Drain, Failover, Home, MoveRule, Movers, ReplicaState};
use crate::plan::state::Part;
use crate::units::{FEASIBILITY, NOBODY};

/// What the rules ask of a shard in addition to its class.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ruled {
    home: Option<SiteId>,
    jurisdiction: Option<JurisdictionId>,
    move_rule: MoveRule,
    is_affected: bool,
    replicas: Vec<(SiteId, ReplicaState)>,
}

impl Ruled {
    /// What they ask of who is at a home.
    pub(super) fn of(problem: &Problem<'_>, home: Home) -> Self {
        let inventory = problem.setting.inventory;
        let row = &inventory.shards[home.shard.index()];
        let replicas = inventory.replicas_of(home.shard).iter();
        Self {
            home: row.site,
            jurisdiction: row.jurisdiction,
            move_rule: row.move_rule,
            is_affected: problem.setting.is_affected.get(home),
            replicas: replicas
                .map(|replica| (replica.site, replica.state))
                .collect(),
        }
    }
}

/// What is asked about all who stay unserved.
pub(super) struct UnservedParts<'a> {
    written: &'a Written<'a>,
    /// Users who move, if there is a limit for them.
    moved: f64,
}

impl<'a> UnservedParts<'a> {
    /// Those of a written period.
    pub(super) fn new(written: &'a Written<'a>) -> Self {
        let is_limited = written.problem.setting.policy.max_moved_users.is_some();
        let parts = written.parts.iter();
        let moved = parts
            .filter(|other| is_limited && other.has_left())
            .map(|other| other.users)
            .sum();
        Self { written, moved }
    }

    /// Why users of a part stay unserved.
    pub(super) fn why(&self, spare: &mut WrittenSpare<'_>, part: &Part, class: ClassId) -> Why {
        let problem = self.written.problem;
        let permitted = permitted(problem, part.home());
        if problem.class(class).sites.is_empty() {
            let useless: Vec<Useless> = permitted
                .iter()
                .filter_map(|&site| Some((site, spare.closed(class, site)?)))
                .collect();
            let is_kept_away = permitted.len() < problem.setting.inventory.sites.len();
            let rule = is_kept_away.then(|| rule(problem, part.home())).flatten();
            return Why {
                rule,
                sites: useless,
                ..ReasonKind::Trapped.into()
            };
        }
        let mut useless: Vec<Useless> = Vec::new();
        let mut is_limited = false;
        let mut has_room = false;
        for &site in &permitted {
            let shift = self.shift(part, class, site);
            if let Some(obstacle) = spare.obstacle_to_more(&shift, site, HeldAgainst::Capacity) {
                useless.push((site, obstacle));
            } else if self.is_beyond_limit(part, &shift, site) {
                is_limited = true;
            } else {
                has_room = true;
            }
        }
        let kind = match (has_room, is_limited) {
            (true, _) => ReasonKind::WholeShards,
            (false, true) => ReasonKind::MoveLimit,
            (false, false) => ReasonKind::Full,
        };
        Why {
            sites: useless,
            ..kind.into()
        }
    }

    /// Where else users of the same home are served, and how many, ascending by site; nobody of them would leave where
    /// shards may be split.
    pub(super) fn served(&self, part: &Part) -> impl Iterator<Item = (SiteId, f64)> + '_ {
        let home = part.home();
        let parts = self.written.parts;
        let first = if self.written.problem.setting.policy.split_shards {
            parts.len()
        } else {
            parts.partition_point(|other| other.home() < home)
        };
        parts[first..]
            .iter()
            .take_while(move |other| other.home() == home)
            .filter_map(|other| Some((other.site?, other.users)))
    }

    /// Who would come to a site, were the unserved users of a part served there. A shard that is not split comes as a
    /// whole: where else some of it is served, they would leave.
    fn shift(&self, part: &Part, class: ClassId, site: SiteId) -> ShardShift {
        let leaving = self.served(part).find(|(other, _)| *other != site);
        ShardShift {
            class,
            users: part.users + leaving.map_or(0.0, |(_, users)| users),
            leaving,
        }
    }

    /// `true` if this many more moves are beyond `max_moved_users`.
    fn is_beyond_limit(&self, part: &Part, shift: &ShardShift, site: SiteId) -> bool {
        let Some(limit) = self.written.problem.setting.policy.max_moved_users else {
            return false;
        };
        if part.current.is_none_or(|current| current == site) {
            return false;
        }
        let are_counted = shift
            .leaving
            .is_some_and(|(from, _)| Some(from) != part.current);
        let counted = if are_counted {
            shift.leaving.map_or(0.0, |(_, users)| users)
        } else {
            0.0
        };
        self.moved - counted + shift.users > limit * (1.0 + FEASIBILITY) + NOBODY
    }
}

/// The sites where the rules let who is at a home be, ascending.
fn permitted(problem: &Problem<'_>, home: Home) -> Vec<SiteId> {
    let rules = Rules::new(problem.setting);
    (0..problem.setting.inventory.sites.len())
        .map(SiteId::new)
        .filter(|&site| rules.is_permitted(home, site))
        .collect()
}

/// The rule that keeps who is at a home from a site; `None` if they may be there.
pub(super) fn rule_against(problem: &Problem<'_>, home: Home, site: SiteId) -> Option<ShardRule> {
    let inventory = problem.setting.inventory;
    if Rules::new(problem.setting).is_permitted(home, site) {
        return None;
    }
    let asked = inventory.shards[home.shard.index()].jurisdiction;
    let offers = &inventory.sites[site.index()].jurisdictions;
    asked
        .filter(|jurisdiction| offers.binary_search(jurisdiction).is_err())
        .map(ShardRule::Jurisdiction)
        .or_else(|| rule(problem, home))
}

/// The rule that keeps who is at a home from some open site; `None` if they may be at all of them.
pub(super) fn kept_away(problem: &Problem<'_>, home: Home) -> Option<ShardRule> {
    let shard_rule = rule(problem, home)?;
    let rules = Rules::new(problem.setting);
    let sites = (0..problem.setting.inventory.sites.len()).map(SiteId::new);
    let mut open = sites.filter(|site| !problem.setting.case.gone[site.index()]);
    open.any(|site| !rules.is_permitted(home, site))
        .then_some(shard_rule)
}

/// The rule that keeps who is at a home from other sites: the narrowest.
fn rule(problem: &Problem<'_>, home: Home) -> Option<ShardRule> {
    let setting = &problem.setting;
    let inventory = setting.inventory;
    let row = &inventory.shards[home.shard.index()];
    let has_failed = home
        .site
        .is_some_and(|site| setting.case.failed[site.index()]);
    let has_replicas = !inventory.replicas_of(home.shard).is_empty();
    let is_unaffected = home.site.is_some() && !setting.is_affected.get(home);
    Some(match row.move_rule {
        MoveRule::Pinned => ShardRule::Pinned,
        _ if setting.policy.movers == Movers::Affected && is_unaffected => ShardRule::Movers,
        _ if has_failed && setting.policy.failover == Failover::Replicas => ShardRule::Failover,
        MoveRule::ReplicaOnly => ShardRule::ReplicaOnly,
        MoveRule::Free
            if home.site.is_some()
                && !has_failed
                && has_replicas
                && setting.policy.drain == Drain::Replicas =>
        {
            ShardRule::Drain
        }
        MoveRule::Free => ShardRule::Jurisdiction(row.jurisdiction?),
    })
}
