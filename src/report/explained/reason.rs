//! Reasons as items of explanations.json.

use super::because::Teller;
use super::file::count;
use crate::ids::SiteId;
use crate::plan::explain::{self, Because, Choice, Fate, Obstacle, Out, Rule, Useless, Why};
use crate::plan_files::explanations::{self as written, Reason, UselessSite};

impl Teller<'_> {
    /// The item of a reason.
    pub(super) fn item(self, number: usize, period: usize, because: &Because) -> Reason {
        let inventory = self.inventory;
        let site = |site: SiteId| inventory.sites[site.index()].id.clone();
        let (component, resource) = match &because.why {
            Why::NoRoom(scarce) => (
                Some(inventory.component_name(scarce.component).to_owned()),
                Some(&inventory.resources[scarce.resource.index()]),
            ),
            Why::NoPath(Some(Out::Component(component))) => {
                (Some(inventory.component_name(*component).to_owned()), None)
            }
            Why::NoPath(Some(Out::Pool(pool))) => {
                (Some(inventory.pools[pool.index()].id.clone()), None)
            }
            _ => (None, None),
        };
        let (rule, sites) = match &because.why {
            Why::Trapped(rule, sites) => (*rule, sites.as_slice()),
            Why::Full(sites) | Why::MoveLimit(sites) | Why::WholeShards(sites) => {
                (None, sites.as_slice())
            }
            _ => (None, &[][..]),
        };
        let jurisdiction = match rule {
            Some(Rule::Jurisdiction(own)) => Some(inventory.jurisdictions[own.index()].clone()),
            _ => None,
        };
        let (choice, nearer) = because.choice.as_ref().map_or((None, &[][..]), choice_of);
        let has_moved = matches!(because.fate, Fate::Moved | Fate::Placed);
        Reason {
            id: format!("r{number}"),
            period: count(period),
            kind: fate(because.fate),
            reason: word(&because.why),
            users: because.users(),
            shards: because
                .shards
                .iter()
                .map(|(shard, _)| inventory.shard_ids.get(shard.index()).to_owned())
                .collect(),
            from_site: because.from.map(site),
            to_site: because.to.map(site),
            takeover: has_moved.then_some(because.is_takeover),
            component,
            resource: resource.map(|resource| resource.id.clone()),
            unit: resource.map(|resource| resource.unit.clone()),
            short_by: because.squeeze.map(|squeeze| squeeze.short_by()),
            headroom: because.squeeze.map(|squeeze| squeeze.headroom()),
            target: because.squeeze.map(|squeeze| squeeze.target),
            rule: rule.map(rule_word),
            jurisdiction,
            sites: self.useless(sites),
            choice,
            nearer: self.useless(nearer),
            sentence: self.sentence(because),
        }
    }

    fn useless(self, sites: &[Useless]) -> Vec<UselessSite> {
        let inventory = self.inventory;
        let item = |(site, obstacle): &Useless| {
            let scarce = match obstacle {
                Obstacle::NoRoom(scarce) => Some(scarce),
                _ => None,
            };
            let component = scarce.map(|scarce| inventory.component_name(scarce.component));
            let resource =
                scarce.map(|scarce| inventory.resources[scarce.resource.index()].id.clone());
            UselessSite {
                site: inventory.sites[site.index()].id.clone(),
                obstacle: obstacle_word(*obstacle),
                component: component.map(str::to_owned),
                resource,
                with_retries: scarce.is_some_and(|scarce| scarce.with_retries),
            }
        };
        sites.iter().map(item).collect()
    }
}

fn choice_of(choice: &Choice) -> (Option<written::Choice>, &[Useless]) {
    let (word, nearer): (written::Choice, &[Useless]) = match choice {
        Choice::Only => (written::Choice::Only, &[]),
        Choice::Nearest => (written::Choice::Nearest, &[]),
        Choice::NearestWithRoom(nearer) => (written::Choice::NearestWithRoom, nearer),
        Choice::Copy(nearer) => (written::Choice::Copy, nearer),
        Choice::Together(nearer) => (written::Choice::Together, nearer),
        Choice::Ahead(nearer) => (written::Choice::Ahead, nearer),
    };
    (Some(word), nearer)
}

fn fate(fate: Fate) -> written::Fate {
    match fate {
        Fate::Moved => written::Fate::Moved,
        Fate::Unserved => written::Fate::Unserved,
        Fate::Placed => written::Fate::Placed,
        Fate::Returned => written::Fate::Returned,
    }
}

fn word(why: &Why) -> written::Because {
    match why {
        Why::Drained => written::Because::Drained,
        Why::Failed => written::Because::Failed,
        Why::NothingLeft => written::Because::NothingLeft,
        Why::NoPath(_) => written::Because::NoPath,
        Why::StandbyClosed => written::Because::StandbyClosed,
        Why::NoRoom(..) => written::Because::NoRoom,
        Why::Nearer => written::Because::Nearer,
        Why::Together => written::Because::Together,
        Why::Ahead => written::Because::Ahead,
        Why::Returned => written::Because::Returned,
        Why::Placed => written::Because::Placed,
        Why::Trapped(..) => written::Because::Trapped,
        Why::Full(_) => written::Because::Full,
        Why::MoveLimit(_) => written::Because::MoveLimit,
        Why::WholeShards(_) => written::Because::WholeShards,
    }
}

fn obstacle_word(obstacle: Obstacle) -> written::Obstacle {
    match obstacle {
        Obstacle::Drained => written::Obstacle::Drained,
        Obstacle::Failed => written::Obstacle::Failed,
        Obstacle::NothingLeft => written::Obstacle::NothingLeft,
        Obstacle::NoPath => written::Obstacle::NoPath,
        Obstacle::StandbyClosed => written::Obstacle::StandbyClosed,
        Obstacle::NoRoom(..) => written::Obstacle::NoRoom,
        Obstacle::NoCopy => written::Obstacle::NoCopy,
    }
}

fn rule_word(rule: explain::Rule) -> written::Rule {
    match rule {
        Rule::Pinned => written::Rule::Pinned,
        Rule::Movers => written::Rule::Movers,
        Rule::Failover => written::Rule::Failover,
        Rule::ReplicaOnly => written::Rule::ReplicaOnly,
        Rule::Drain => written::Rule::Drain,
        Rule::Jurisdiction(_) => written::Rule::Jurisdiction,
    }
}
