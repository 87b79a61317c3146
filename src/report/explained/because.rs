//! Reasons in words: why shards are where they are.

use crate::ids::{ComponentId, ShardId, SiteId};
use crate::model::{ComponentKind, Inventory};
use crate::plan::PeriodPlan;
use crate::plan::explain::{
    ChoiceKind, Explanation, LatencyLimits, Out, ReasonKind, Scarce, ShardFate, ShardRule,
    SiteObstacle, Squeeze, Useless,
};
use crate::report::grammar::{by_count, count, counted, only_if, short};
use crate::report::numbers;
use std::collections::BTreeMap;

const NAMED: usize = 3;

impl Inventory {
    /// Users, their fate, and the reason: one sentence.
    pub(in crate::report) fn reason_sentence(&self, because: &Explanation) -> String {
        let users = numbers::users_up(because.users());
        let shards = count(because.shards.len(), "shard");
        let verb = |one, several| by_count(&users, [one, several]);
        let site =
            |site: Option<SiteId>| site.map_or_else(String::new, |site| self.short_site(site));
        let from = because.from.map_or_else(String::new, |from| {
            format!(" from {}", self.short_site(from))
        });
        let to = site(because.to);
        let what = match because.fate {
            ShardFate::Moved => format!("{shards} {}{from} to {to}", verb("moves", "move")),
            ShardFate::Returned => format!("{shards} {}{from} back to {to}", verb("goes", "go")),
            ShardFate::Placed => format!(
                "{} {} placed at {to}",
                count(because.shards.len(), "new shard"),
                verb("is", "are")
            ),
            ShardFate::Unserved => {
                let at = because.from.map_or_else(String::new, |from| {
                    format!(" at home in {}", self.short_site(from))
                });
                format!("{shards}{at} {} unserved", verb("stays", "stay"))
            }
        };
        let whys: Vec<String> = [self.reason(because), self.choice(because)]
            .into_iter()
            .filter(|words| !words.is_empty())
            .collect();
        format!(
            "{} of {what}: {}.",
            counted(&users, "user"),
            whys.join("; ")
        )
    }

    pub(in crate::report) fn reason(&self, because: &Explanation) -> String {
        let is_one = because.shards.len() == 1;
        let (it, its, have) = if is_one {
            ("it", "its", "it")
        } else {
            ("they", "their", "any one of them")
        };
        let from = because
            .from
            .map_or_else(|| format!("{its} site"), |from| self.short_site(from));
        match because.why.kind {
            ReasonKind::Drained => format!("{from} is drained"),
            ReasonKind::Failed => format!("{from} is down"),
            ReasonKind::NothingLeft => format!(
                "{from} has none left of the resources that {it} need{}",
                ending(is_one)
            ),
            ReasonKind::NoPath => {
                let within = within(because.limit);
                match because.why.out {
                    Some(out) => {
                        format!(
                            "{} is out, and no other path{within} leads to {from}",
                            self.out(out)
                        )
                    }
                    None => format!("no open path{within} leads to {from}"),
                }
            }
            ReasonKind::StandbyClosed => {
                format!("every path to {from} passes a standby access point that stays closed")
            }
            ReasonKind::NoRoom => self.squeeze(because, is_one),
            ReasonKind::Nearer => match because.to {
                Some(to) => format!(
                    "{} is nearer, and latency comes before moves",
                    self.short_site(to)
                ),
                None => String::new(),
            },
            ReasonKind::Together => {
                format!(
                    "{have} could have stayed, but not together with all others as whole shards"
                )
            }
            ReasonKind::Ahead => {
                format!("{have} could have stayed; moving now saves moves in later periods")
            }
            ReasonKind::Returned => "the events are over".to_owned(),
            ReasonKind::Placed => String::new(),
            ReasonKind::Trapped => self.trapped(because, is_one),
            ReasonKind::Full => self.obstacles(because),
            ReasonKind::MoveLimit => "no more users may move (max_moved_users)".to_owned(),
            ReasonKind::WholeShards => {
                "no permitted site has enough spare capacity left for a whole shard".to_owned()
            }
        }
    }

    /// `were any of them to stay, San Antonio's cpu would have 3 % headroom at best (target 20 %)`.
    fn squeeze(&self, because: &Explanation, is_one: bool) -> String {
        let Some(scarce) = because.why.scarce else {
            return String::new();
        };
        let component = scarce.component;
        let who = if is_one { "it" } else { "any of them" };
        let on_path = if self.component_kind(component) == ComponentKind::Site {
            ""
        } else {
            " on the shortest path"
        };
        let what = format!(
            "{}'s {}{on_path}",
            short(self.component_title(component)),
            short(self.resource_name(scarce.resource))
        );
        let Some(squeeze) = &because.squeeze else {
            return format!("were {who} to stay, {what} would not suffice");
        };
        format!("were {who} to stay, {what} {}", kept(squeeze, is_one))
    }

    /// The rule, and the obstacles at the sites that it leaves.
    fn trapped(&self, because: &Explanation, is_one: bool) -> String {
        let (it, is, its) = if is_one {
            ("it", "is", "its")
        } else {
            ("they", "are", "their")
        };
        let run = if is_one { "runs" } else { "run" };
        let touch = if is_one { "it" } else { "them" };
        let rule = because.why.rule.map(|rule| match rule {
            ShardRule::Pinned => format!("{it} {is} pinned"),
            ShardRule::Movers => {
                format!("no event touches {touch}, so {it} may not move (`movers`)")
            }
            ShardRule::Failover => format!(
                "{its} site has failed, and {it} {run} only from a ready replica (`failover`)"
            ),
            ShardRule::ReplicaOnly => format!("{it} may only move to a replica"),
            ShardRule::Drain => format!("{it} may only move to a replica (`drain`)"),
            ShardRule::Jurisdiction(jurisdiction) => format!(
                "{it} must stay in {}",
                short(self.jurisdiction_name(jurisdiction))
            ),
        });
        let sites = if because.why.sites.is_empty() {
            "no site is permitted".to_owned()
        } else {
            self.obstacles(because)
        };
        match rule {
            Some(rule) => format!("{rule}, and {sites}"),
            None => sites,
        }
    }

    /// The obstacles at sites, those with the same obstacle together.
    fn obstacles(&self, because: &Explanation) -> String {
        let useless = &because.why.sites;
        let sites_with = |is_so: &dyn Fn(SiteObstacle) -> bool| -> Vec<SiteId> {
            let with = useless.iter().filter(|(_, obstacle)| is_so(*obstacle));
            with.map(|(site, _)| *site).collect()
        };
        let mut clauses = Vec::new();
        let mut without_room: Vec<(Scarce, Vec<ComponentId>)> = Vec::new();
        for (_, obstacle) in useless {
            let SiteObstacle::NoSpare(scarce) = obstacle else {
                continue;
            };
            let is_same = |known: &Scarce| {
                known.resource == scarce.resource && known.with_retries == scarce.with_retries
            };
            match without_room.iter_mut().find(|(known, _)| is_same(known)) {
                Some((_, components)) if components.contains(&scarce.component) => {}
                Some((_, components)) => components.push(scarce.component),
                None => without_room.push((*scarce, vec![scarce.component])),
            }
        }
        let whole = match (because.is_as_whole, because.shards.len()) {
            (false, _) => "",
            (true, 1) => " for the whole shard",
            (true, _) => " for whole shards",
        };
        for (scarce, components) in &without_room {
            clauses.push(format!(
                "not enough {} is left at {}{}{}",
                short(self.resource_name(scarce.resource)),
                self.listed_components(components),
                with_retries(scarce.with_retries),
                whole
            ));
        }
        let gone = sites_with(&|obstacle| {
            matches!(
                obstacle,
                SiteObstacle::Drained | SiteObstacle::Failed | SiteObstacle::NothingLeft
            )
        });
        if !gone.is_empty() {
            clauses.push(format!("nothing is left of {}", self.listed_sites(&gone)));
        }
        let unreachable = sites_with(&|obstacle| obstacle == SiteObstacle::NoPath);
        if !unreachable.is_empty() {
            let within = within(because.limit);
            let where_to = if unreachable.len() > NAMED {
                format!("any of {} open sites", unreachable.len())
            } else {
                self.listed_sites(&unreachable)
            };
            clauses.push(format!("no open path{within} leads to {where_to}"));
        }
        let closed = sites_with(&|obstacle| obstacle == SiteObstacle::StandbyClosed);
        if !closed.is_empty() {
            clauses.push(format!(
                "only standby access points that stay closed lead to {}",
                self.listed_sites(&closed)
            ));
        }
        clauses.join("; ")
    }

    fn choice(&self, because: &Explanation) -> String {
        let (Some((choice, nearer)), Some(to)) = (&because.choice, because.to) else {
            return String::new();
        };
        let to = self.short_site(to);
        let is_one = because.shards.len() == 1;
        let copy = match (because.is_takeover, is_one) {
            (false, _) => "",
            (true, true) => ", where a replica takes over",
            (true, false) => ", where replicas take over",
        };
        let other = if because.from.is_some() { "other " } else { "" };
        match choice {
            ChoiceKind::Only => format!("{to} is the only {other}permitted site{copy}"),
            ChoiceKind::Nearest => {
                format!("{to} is the nearest {other}permitted site{copy}")
            }
            ChoiceKind::NearestWithRoom => format!(
                "{to} is the nearest with spare capacity{copy} ({})",
                self.without_spare(nearer)
            ),
            ChoiceKind::Copy if is_one => format!("a replica takes over at {to}"),
            ChoiceKind::Copy => format!("replicas take over at {to}"),
            ChoiceKind::Together => format!(
                "nearer sites have capacity for {}, but not together with all others{copy}",
                if is_one { "it alone" } else { "one of them" }
            ),
            ChoiceKind::Ahead => format!(
                "nearer sites have capacity for {}; moving here saves moves in later periods{copy}",
                if is_one { "it" } else { "one of them" }
            ),
        }
    }

    /// `Dallas is nearer, but short of cpu`, or how many such there are.
    fn without_spare(&self, nearer: &[Useless]) -> String {
        match nearer {
            [(site, SiteObstacle::NoSpare(scarce))] => {
                let component = scarce.component;
                let resource = format!(
                    "{}{}",
                    short(self.resource_name(scarce.resource)),
                    with_retries(scarce.with_retries)
                );
                if component == self.site_component(*site) {
                    format!(
                        "{} is nearer, but short of {resource}",
                        self.short_site(*site)
                    )
                } else {
                    format!(
                        "{} is nearer, but {} on the path is short of {resource}",
                        self.short_site(*site),
                        short(self.component_title(component))
                    )
                }
            }
            [(site, _)] => format!(
                "{} is nearer, but has no spare capacity",
                self.short_site(*site)
            ),
            more => {
                let sites: Vec<SiteId> = more.iter().map(|(site, _)| *site).collect();
                format!(
                    "{} are nearer, but have no spare capacity",
                    self.listed_sites(&sites)
                )
            }
        }
    }

    fn out(&self, out: Out) -> String {
        match out {
            Out::Component(component) => short(self.component_title(component)),
            Out::Pool(pool) => short(self.pool_name(pool)),
        }
    }

    fn short_site(&self, site: SiteId) -> String {
        short(self.site_name(site))
    }
}

/// By shard with unserved users in a period, how many and why; a shard that was split may have several reasons.
pub(crate) fn unserved_words(
    inventory: &Inventory,
    period: &PeriodPlan,
) -> BTreeMap<ShardId, (f64, String)> {
    let mut all: BTreeMap<ShardId, (f64, String)> = BTreeMap::new();
    let unserved = period
        .reasons
        .iter()
        .filter(|because| because.fate == ShardFate::Unserved);
    for because in unserved {
        let words = inventory.reason(because);
        for (shard, users) in &because.shards {
            let row = all.entry(*shard).or_default();
            row.0 += users;
            if row.1.is_empty() {
                row.1.clone_from(&words);
            } else if row.1 != words {
                row.1 = format!("{}; {words}", row.1);
            }
        }
    }
    all
}

/// The headroom against its target, as it follows on a component and resource.
fn kept(squeeze: &Squeeze, is_one: bool) -> String {
    let headroom = squeeze.headroom();
    let at_best = if is_one { "" } else { " at best" };
    if headroom < -crate::units::FEASIBILITY {
        let at_least = if is_one { "" } else { "at least " };
        return format!(
            "would be at {at_least}{} of capacity{}",
            numbers::short_percent(1.0 - headroom),
            only_if(squeeze.with_retries, || " with all retries running")
        );
    }
    let than_before = if squeeze.target < squeeze.written_target - crate::units::FEASIBILITY {
        let before = numbers::short_headroom(squeeze.target);
        format!(", {before} before")
    } else {
        String::new()
    };
    format!(
        "would have {} headroom{at_best} (target {}{than_before})",
        numbers::short_headroom(headroom),
        numbers::short_percent(squeeze.written_target)
    )
}

/// ` with all retries running`, where all users could be served, but would not recover.
pub(in crate::report) fn with_retries(is_counted: bool) -> &'static str {
    only_if(is_counted, || " with all retries running")
}

/// ` within 150 ms`, where all have the same limit.
fn within(limit: LatencyLimits) -> String {
    match limit {
        LatencyLimits::Without => String::new(),
        LatencyLimits::Of(limit) => format!(" within {} ms", numbers::amount(limit)),
        LatencyLimits::Several => " within their latency limits".to_owned(),
    }
}

fn ending(is_one: bool) -> &'static str {
    if is_one { "s" } else { "" }
}
