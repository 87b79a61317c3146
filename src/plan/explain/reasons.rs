//! Why every shard that is not at home is where it is, in one period.

use super::because::{
    Choice, ChoiceKind, Explanation, LatencyLimits, ReasonKind, ShardFate, SiteObstacle, Squeeze,
    Useless, Why,
};
use super::by_spare::HeldAgainst;
use super::out::what_is_out;
use super::spare::{ShardShift, WrittenSpare};
use super::trapped::{Ruled, UnservedParts, kept_away};
use super::written::Written;
use crate::formulation::ClassId;
use crate::ids::{ShardId, SiteId};
use crate::model::Goal;
use crate::plan::moves::{has_copy, reason};
use crate::plan::state::Part;
use crate::plan_files::Reason;
use crate::units::LATENCY_SLACK_MS;
use std::collections::BTreeMap;

/// What shards of one reason have in common.
type Common = (
    ShardFate,
    Option<SiteId>,
    Option<SiteId>,
    bool,
    Why,
    Option<Choice>,
);

/// Why every part of a shard that is not at its current site, or goes back to it, is where it is: those with the same
/// reason together, ascending by what happens to them, then from where and to where.
///
/// Every part of the assignment with users and another reason than `home` stands in exactly one of them.
pub fn reasons(written: &Written<'_>) -> Vec<Explanation> {
    gathered(written, &|_| true)
}

/// The same for one shard.
pub fn reasons_of(written: &Written<'_>, shard: ShardId) -> Vec<Explanation> {
    gathered(written, &|part| part.shard == shard)
}

/// What the reason of unserved users depends on in addition.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct AskedUnserved {
    ruled: Ruled,
    /// Where the same shard is served, and the bits of how many of it.
    served: Vec<(SiteId, u64)>,
    /// What was known of the spare capacity for the class.
    learned: usize,
}

/// What the reason of a part depends on: parts with the same answers are looked at once.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct ReasonQuery {
    class: ClassId,
    /// The bits of how many there are.
    users: u64,
    to: Option<SiteId>,
    reason: Reason,
    /// Where a shard comes from that returns.
    from: Option<SiteId>,
    unserved: Option<AskedUnserved>,
}

fn gathered(written: &Written<'_>, is_asked: &dyn Fn(&Part) -> bool) -> Vec<Explanation> {
    let mut state: Option<(WrittenSpare<'_>, UnservedParts<'_>)> = None;
    let mut all: Vec<Explanation> = Vec::new();
    let mut place_of: BTreeMap<Common, usize> = BTreeMap::new();
    let mut known: BTreeMap<ReasonQuery, usize> = BTreeMap::new();
    for part in written.parts.iter().filter(|part| is_asked(part)) {
        let one_reason = reason(&written.origin, part);
        if one_reason == Reason::Home || part.users <= 0.0 {
            continue;
        }
        let Some(class) = written.problem.classes.class_of.get(part.home()) else {
            continue;
        };
        let (spare, unserved) =
            state.get_or_insert_with(|| (WrittenSpare::new(written), UnservedParts::new(written)));
        let mut asked = ReasonQuery {
            class,
            users: part.users.to_bits(),
            to: part.site,
            reason: one_reason,
            from: (one_reason == Reason::Returned)
                .then(|| written.origin.previous.main(part.shard))
                .flatten(),
            unserved: part.site.is_none().then(|| {
                let served = unserved.served(part);
                AskedUnserved {
                    ruled: Ruled::of(written.problem, part.home()),
                    served: served
                        .map(|(site, users)| (site, users.to_bits()))
                        .collect(),
                    learned: spare.learned(class),
                }
            }),
        };
        let place = if let Some(&place) = known.get(&asked) {
            place
        } else {
            let (common, squeeze) = of_part(written, spare, unserved, part, class, one_reason);
            let (_, _, limit) = spare.group(class);
            let limit = limit.map_or(LatencyLimits::Without, LatencyLimits::Of);
            let place = *place_of.entry(common).or_insert_with_key(|common| {
                all.push(Explanation {
                    fate: common.0,
                    from: common.1,
                    to: common.2,
                    is_takeover: common.3,
                    why: common.4.clone(),
                    squeeze: None,
                    choice: common.5.clone(),
                    limit,
                    is_as_whole: false,
                    kept_away: BTreeMap::new(),
                    shards: Vec::new(),
                });
                all.len() - 1
            });
            let because = &mut all[place];
            if because.limit != limit {
                because.limit = LatencyLimits::Several;
            }
            because.squeeze = least(because.squeeze, squeeze);
            if let Some(unserved) = &mut asked.unserved {
                unserved.learned = spare.learned(class);
            }
            known.insert(asked, place);
            place
        };
        let because = &mut all[place];
        because.shards.push((part.shard, part.users));
        because.is_as_whole |= part.site.is_none() && unserved.served(part).next().is_some();
        let is_trapped = because.why.kind == ReasonKind::Trapped;
        if part.site.is_none()
            && !is_trapped
            && let Some(rule) = kept_away(written.problem, part.home())
        {
            *because.kept_away.entry(rule).or_default() += part.users;
        }
    }
    let mut all: Vec<Option<Explanation>> = all.into_iter().map(Some).collect();
    place_of
        .into_values()
        .filter_map(|place| all[place].take())
        .collect()
}

/// The squeeze of the shard that needs least.
fn least(one: Option<Squeeze>, other: Option<Squeeze>) -> Option<Squeeze> {
    match (one, other) {
        (Some(one), Some(other)) if other.load < one.load => Some(other),
        (Some(one), _) => Some(one),
        (None, other) => other,
    }
}

fn of_part(
    written: &Written<'_>,
    spare: &mut WrittenSpare<'_>,
    unserved: &UnservedParts<'_>,
    part: &Part,
    class: ClassId,
    reason: Reason,
) -> (Common, Option<Squeeze>) {
    let inventory = written.problem.setting.inventory;
    let Some(to) = part.site else {
        let why = unserved.why(spare, part, class);
        return (
            (ShardFate::Unserved, part.current, None, false, why, None),
            None,
        );
    };
    let is_takeover = has_copy(inventory, part.shard, to);
    if reason == Reason::Returned {
        let from = written.origin.previous.main(part.shard);
        let common = (
            ShardFate::Returned,
            from,
            Some(to),
            is_takeover,
            ReasonKind::Returned.into(),
            None,
        );
        return (common, None);
    }
    let shift = ShardShift {
        class,
        users: part.users,
        leaving: Some((to, part.users)),
    };
    let choice = Some(choice(written, spare, part, &shift, to));
    let (fate, why, squeeze) = match part.current {
        None => (ShardFate::Placed, ReasonKind::Placed.into(), None),
        Some(from) => {
            let (why, squeeze) = why_left(written, spare, &shift, from, to);
            (ShardFate::Moved, why, squeeze)
        }
    };
    (
        (fate, part.current, Some(to), is_takeover, why, choice),
        squeeze,
    )
}

/// Why users cannot stay, or do not.
fn why_left(
    written: &Written<'_>,
    spare: &mut WrittenSpare<'_>,
    shift: &ShardShift,
    from: SiteId,
    to: SiteId,
) -> (Why, Option<Squeeze>) {
    if let Some((obstacle, squeeze)) = spare.obstacle(shift, from, HeldAgainst::Target) {
        let why = match obstacle {
            SiteObstacle::Drained => ReasonKind::Drained.into(),
            SiteObstacle::Failed => ReasonKind::Failed.into(),
            SiteObstacle::NothingLeft => ReasonKind::NothingLeft.into(),
            SiteObstacle::NoPath => Why {
                out: what_is_out(written.problem, shift.class, from),
                ..ReasonKind::NoPath.into()
            },
            SiteObstacle::StandbyClosed => ReasonKind::StandbyClosed.into(),
            SiteObstacle::NoSpare(scarce) => Why {
                scarce: Some(scarce),
                ..ReasonKind::NoRoom.into()
            },
            SiteObstacle::NoCopy => together(written),
        };
        return (why, squeeze);
    }
    let goals = &written.problem.setting.policy.goals;
    let place = |goal: Goal| goals.iter().position(|candidate| *candidate == goal);
    let is_latency_first = match (place(Goal::Latency), place(Goal::Moves)) {
        (Some(latency), Some(moves)) => latency < moves,
        (Some(_), None) => true,
        (None, _) => false,
    };
    let nearer = spare.latency(shift.class, from) > spare.latency(shift.class, to);
    if is_latency_first && nearer {
        (ReasonKind::Nearer.into(), None)
    } else {
        (together(written), None)
    }
}

/// Why those left who could have stayed one by one.
fn together(written: &Written<'_>) -> Why {
    if written.is_joint {
        ReasonKind::Ahead.into()
    } else {
        ReasonKind::Together.into()
    }
}

/// Why the new site and no other.
fn choice(
    written: &Written<'_>,
    spare: &mut WrittenSpare<'_>,
    part: &Part,
    shift: &ShardShift,
    to: SiteId,
) -> Choice {
    let problem = written.problem;
    let inventory = problem.setting.inventory;
    let sites = &problem.class(shift.class).sites;
    let others: Vec<SiteId> = sites
        .iter()
        .copied()
        .filter(|site| *site != to && Some(*site) != part.current)
        .collect();
    if others.is_empty() {
        return (ChoiceKind::Only, Vec::new());
    }
    let value = spare.latency(shift.class, to).unwrap_or(f64::INFINITY);
    let nearer: Vec<SiteId> = others
        .into_iter()
        .filter(|&site| {
            let latency = spare.latency(shift.class, site);
            latency.is_some_and(|latency| latency < value - LATENCY_SLACK_MS)
        })
        .collect();
    if nearer.is_empty() {
        return (ChoiceKind::Nearest, Vec::new());
    }
    let mut useless: Vec<Useless> = Vec::new();
    let mut has_free = false;
    let mut is_free_copy = false;
    let is_copy = has_copy(inventory, part.shard, to);
    for site in nearer {
        match spare.obstacle(shift, site, HeldAgainst::Target) {
            Some((obstacle, _)) => useless.push((site, obstacle)),
            None if is_copy && !has_copy(inventory, part.shard, site) => {
                has_free = true;
                useless.push((site, SiteObstacle::NoCopy));
            }
            None => is_free_copy = true,
        }
    }
    if is_free_copy {
        useless.retain(|(_, obstacle)| *obstacle != SiteObstacle::NoCopy);
    }
    let kind = match (is_free_copy, has_free) {
        (true, _) if written.is_joint => ChoiceKind::Ahead,
        (true, _) => ChoiceKind::Together,
        (false, true) => ChoiceKind::Copy,
        (false, false) => ChoiceKind::NearestWithRoom,
    };
    (kind, useless)
}
