//! Why every shard that is not at home is where it is, in one period.

use super::because::{Because, Choice, Fate, Limit, Obstacle, Squeeze, Useless, Why};
use super::by_room::AgainstRoom;
use super::out::what_is_out;
use super::room::{Room, Shift};
use super::trapped::{Ruled, Unserved, kept_away};
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
    Fate,
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
pub fn reasons(written: &Written<'_>) -> Vec<Because> {
    gathered(written, &|_| true)
}

/// The same for one shard.
pub fn reasons_of(written: &Written<'_>, shard: ShardId) -> Vec<Because> {
    gathered(written, &|part| part.shard == shard)
}

/// What the reason of unserved users depends on besides.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct AskedUnserved {
    ruled: Ruled,
    /// Where the same shard is served, and the bits of how many of it.
    served: Vec<(SiteId, u64)>,
    /// What was known of the room for the class.
    learned: usize,
}

/// What the reason of a part depends on: parts with the same answers are looked at once.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct ReasonQuery {
    class: ClassId,
    /// The bits of how many there are.
    users: u64,
    to: Option<SiteId>,
    told: Reason,
    /// Where a shard comes from that returns.
    from: Option<SiteId>,
    unserved: Option<AskedUnserved>,
}

fn gathered(written: &Written<'_>, is_asked: &dyn Fn(&Part) -> bool) -> Vec<Because> {
    let mut state: Option<(Room<'_>, Unserved<'_>)> = None;
    let mut all: Vec<Because> = Vec::new();
    let mut place_of: BTreeMap<Common, usize> = BTreeMap::new();
    let mut known: BTreeMap<ReasonQuery, usize> = BTreeMap::new();
    for part in written.parts.iter().filter(|part| is_asked(part)) {
        let told = reason(&written.origin, part);
        if told == Reason::Home || part.users <= 0.0 {
            continue;
        }
        let Some(class) = written.problem.classes.class_of.get(part.home()) else {
            continue;
        };
        let (room, unserved) = state.get_or_insert_with(|| {
            let room = Room::new(
                written.problem,
                written.groups,
                written.load,
                written.flows,
                written.access_points,
            );
            (room, Unserved::new(written))
        });
        let mut asked = ReasonQuery {
            class,
            users: part.users.to_bits(),
            to: part.site,
            told,
            from: (told == Reason::Returned)
                .then(|| written.origin.previous.main(part.shard))
                .flatten(),
            unserved: part.site.is_none().then(|| {
                let served = unserved.served(part);
                AskedUnserved {
                    ruled: Ruled::of(written.problem, part.home()),
                    served: served
                        .map(|(site, users)| (site, users.to_bits()))
                        .collect(),
                    learned: room.learned(class),
                }
            }),
        };
        let place = if let Some(&place) = known.get(&asked) {
            place
        } else {
            let (common, squeeze) = of_part(written, room, unserved, part, class, told);
            let (_, _, limit) = room.group(class);
            let limit = limit.map_or(Limit::Without, Limit::Of);
            let place = *place_of.entry(common).or_insert_with_key(|common| {
                all.push(Because {
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
                because.limit = Limit::Several;
            }
            because.squeeze = least(because.squeeze, squeeze);
            if let Some(unserved) = &mut asked.unserved {
                unserved.learned = room.learned(class);
            }
            known.insert(asked, place);
            place
        };
        let because = &mut all[place];
        because.shards.push((part.shard, part.users));
        because.is_as_whole |= part.site.is_none() && unserved.served(part).next().is_some();
        let is_trapped = matches!(because.why, Why::Trapped(..));
        if part.site.is_none()
            && !is_trapped
            && let Some(rule) = kept_away(written.problem, part.home())
        {
            *because.kept_away.entry(rule).or_default() += part.users;
        }
    }
    let mut all: Vec<Option<Because>> = all.into_iter().map(Some).collect();
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
    room: &mut Room<'_>,
    unserved: &Unserved<'_>,
    part: &Part,
    class: ClassId,
    told: Reason,
) -> (Common, Option<Squeeze>) {
    let inventory = written.problem.setting.inventory;
    let Some(to) = part.site else {
        let why = unserved.why(room, part, class);
        return ((Fate::Unserved, part.current, None, false, why, None), None);
    };
    let is_takeover = has_copy(inventory, part.shard, to);
    if told == Reason::Returned {
        let from = written.origin.previous.main(part.shard);
        let common = (
            Fate::Returned,
            from,
            Some(to),
            is_takeover,
            Why::Returned,
            None,
        );
        return (common, None);
    }
    let shift = Shift {
        class,
        users: part.users,
        leaving: Some((to, part.users)),
    };
    let choice = Some(choice(written, room, part, &shift, to));
    let (fate, why, squeeze) = match part.current {
        None => (Fate::Placed, Why::Placed, None),
        Some(from) => {
            let (why, squeeze) = why_left(written, room, &shift, from, to);
            (Fate::Moved, why, squeeze)
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
    room: &mut Room<'_>,
    shift: &Shift,
    from: SiteId,
    to: SiteId,
) -> (Why, Option<Squeeze>) {
    if let Some((obstacle, squeeze)) = room.obstacle(shift, from, AgainstRoom::Target) {
        let why = match obstacle {
            Obstacle::Drained => Why::Drained,
            Obstacle::Failed => Why::Failed,
            Obstacle::NothingLeft => Why::NothingLeft,
            Obstacle::NoPath => Why::NoPath(what_is_out(written.problem, shift.class, from)),
            Obstacle::StandbyClosed => Why::StandbyClosed,
            Obstacle::NoRoom(scarce) => Why::NoRoom(scarce),
            Obstacle::NoCopy => Why::Together,
        };
        let why = if why == Why::Together {
            together(written)
        } else {
            why
        };
        return (why, squeeze);
    }
    let goals = &written.problem.setting.policy.goals;
    let place = |goal: Goal| goals.iter().position(|own| *own == goal);
    let is_latency_first = match (place(Goal::Latency), place(Goal::Moves)) {
        (Some(latency), Some(moves)) => latency < moves,
        (Some(_), None) => true,
        (None, _) => false,
    };
    let nearer = room.latency(shift.class, from) > room.latency(shift.class, to);
    if is_latency_first && nearer {
        (Why::Nearer, None)
    } else {
        (together(written), None)
    }
}

/// Why those left who could have stayed one by one.
fn together(written: &Written<'_>) -> Why {
    if written.is_joint {
        Why::Ahead
    } else {
        Why::Together
    }
}

/// Why the new site and no other.
fn choice(
    written: &Written<'_>,
    room: &mut Room<'_>,
    part: &Part,
    shift: &Shift,
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
        return Choice::Only;
    }
    let own = room.latency(shift.class, to).unwrap_or(f64::INFINITY);
    let nearer: Vec<SiteId> = others
        .into_iter()
        .filter(|&site| {
            let latency = room.latency(shift.class, site);
            latency.is_some_and(|latency| latency < own - LATENCY_SLACK_MS)
        })
        .collect();
    if nearer.is_empty() {
        return Choice::Nearest;
    }
    let mut useless: Vec<Useless> = Vec::new();
    let mut has_free = false;
    let mut is_free_copy = false;
    let is_copy = has_copy(inventory, part.shard, to);
    for site in nearer {
        match room.obstacle(shift, site, AgainstRoom::Target) {
            Some((obstacle, _)) => useless.push((site, obstacle)),
            None if is_copy && !has_copy(inventory, part.shard, site) => {
                has_free = true;
                useless.push((site, Obstacle::NoCopy));
            }
            None => is_free_copy = true,
        }
    }
    if is_free_copy {
        useless.retain(|(_, obstacle)| *obstacle != Obstacle::NoCopy);
        if written.is_joint {
            Choice::Ahead(useless)
        } else {
            Choice::Together(useless)
        }
    } else if has_free {
        Choice::Copy(useless)
    } else {
        Choice::NearestWithRoom(useless)
    }
}
