//! The path back: what leads from the end of a scenario to the state before.

use super::imperatives::placed;
use super::in_force::{Runbook, WeightsInForce, place_of};
use super::on_way::WeightSetter;
use super::teller::WayTeller;
use crate::ids::{AccessPointId, ShardId, SiteId};
use crate::model::{AccessPointState, Homes};
use crate::plan::{Change, FullBack, GroupKey, ServedBefore, SteeringGroups, Step, way_back};
use crate::plan_files::Action;
use crate::report::document::Section;
use crate::report::grammar::{by_count, count, only_if, short};
use crate::report::numbers;
use crate::units::{NOBODY, WRITTEN};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

const UNPLANNED: &str = "Loads between these steps were not checked: no waves were planned for them. A scenario that begins then, with `after = \"return\"`, plans them and checks every part.";

const BACK_RULES: [&str; 4] = [
    "Work through the rows of changes_back.csv as the steps below name them, in this order.",
    "Leave out its rows of weights, access points and members of pools: of these do only what a step says.",
    "Weights that the named file does not have stay until no user of their region is at their site.",
    "Weights that a region lacks at a site are set before users come there, from the first file named later that has them.",
];

/// ` Steps that stop serving users leave 6,000 users down until a later one lets them in again.`, of as many as a shard has when
/// they begin; nothing where none do.
fn down_meanwhile(back: &[Step], users_of: impl Fn(ShardId) -> f64) -> String {
    // By shard, the share of it that is served no more and not let in yet.
    let mut out: BTreeMap<ShardId, f64> = BTreeMap::new();
    let mut users = 0.0;
    for own in back {
        let Change::Home { shard, share, .. } = own.change else {
            continue;
        };
        if own.action == Action::Shed {
            *out.entry(shard).or_default() += share;
        } else if own.action == Action::LetIn
            && let Some(left) = out.get_mut(&shard)
        {
            let back = left.min(share);
            *left -= back;
            users += back * users_of(shard);
        }
    }
    if users <= NOBODY {
        return String::new();
    }
    let users = numbers::lost_users(users);
    format!(
        " Steps that stop serving users leave {users} unserved until a later one lets them in again."
    )
}

impl Runbook<'_> {
    /// What leads back to the state before, once all steps are done.
    pub(super) fn path_back(&self) -> Section {
        let (teller, plan) = (self.teller, self.teller.plan);
        let elsewhere = self.elsewhere();
        let left = teller.left_over(self.steps);
        let mut section = Section::titled("Rollback after the last step");
        if elsewhere.is_none() && left.is_empty() {
            section.say(
                "Nothing is left to undo: when the scenario ends, users are where they were before.",
            );
            if !placed(self.steps).is_empty() {
                section.say("Shards that had no home before stay where they were placed.");
            }
            return section;
        }
        let back =
            "All users are back when the scenario ends, but not everything is as it was before.";
        let words = elsewhere.as_deref().unwrap_or(back);
        let leave = if elsewhere.is_some() {
            "Leave them there"
        } else {
            "Leave it so"
        };
        if let Some(full) = plan.full_back.filter(|own| !own.is_as_before) {
            section.say(format!("{words} {}", teller.no_path_back(full, leave)));
            return section;
        }
        let begin = teller.when_to_go_back();
        let as_before = plan.full_back.map(|own| teller.full_as_before(own));
        let as_before = as_before.unwrap_or_default();
        if elsewhere.is_none() {
            section.apart(format!("{words} {begin}{as_before}"));
            section.apart(UNPLANNED);
            section.steps(left);
            return section;
        }
        section.apart(UNPLANNED);
        let back = way_back(teller.inventory, self.steps);
        let last = plan.periods.last();
        let users_of = |shard: ShardId| last.map_or(0.0, |own| own.case.users(shard.index()));
        section.apart(format!(
            "{words} {begin}{as_before}{}",
            down_meanwhile(&back, users_of)
        ));
        section.items(BACK_RULES);
        section.say("");
        section.steps(self.back_in_order(back));
        section
    }

    fn back_in_order(&self, back: Vec<Step>) -> Vec<String> {
        let teller = self.teller;
        let mut in_force = self.in_force.clone();
        let staying = teller.staying(&back);
        let placed = placed(self.steps);
        // What is open and in its pool all the time affects no user: it is there first, and closes last.
        let back: Vec<Step> = back.into_iter().filter(is_of_users).collect();
        let is_one = |a: &Step, b: &Step| (a.period, a.wave) == (b.period, b.wave);
        let groups: Vec<&[Step]> = back.chunk_by(is_one).collect();
        let [opening, closing] = self.opened_and_closed(!staying.is_empty());
        let mut lines = opening;
        lines.extend(teller.put_back());
        for ((period, number), group) in self.in_turn(&groups) {
            let Some(group) = group else {
                let weights = in_force.undo(teller, (period, number));
                let number = number.unwrap_or_default();
                lines.extend(weights.map(|weights| {
                    let set = set_to(&weights);
                    format!(
                        "Undo wave {number} of period {period}, which only turns steering: {set}."
                    )
                }));
                continue;
            };
            let wave = match number {
                Some(wave) => format!("wave {wave}"),
                None => "no wave".to_owned(),
            };
            let each = self.undone(group, &mut in_force, [&staying, &placed]);
            if !each.is_empty() {
                let each = each.join(", then ");
                lines.push(format!(
                    "Undo the rows with period {period} and {wave}: {each}."
                ));
            }
        }
        let turned = lines.iter().rfind(|own| own.contains("set every weight"));
        let is_as_before = turned.is_some_and(|own| own.contains("before.csv"));
        if teller.follows_hours() {
            lines.push("Set every weight to that of before.csv in the slice of the hour, and from then on by the hour.".to_owned());
        } else if !is_as_before {
            lines.push("Set every weight to that of before.csv.".to_owned());
        }
        lines.extend(closing);
        lines
    }

    /// What is undone one after the other, the last that was done first: rows of a wave or of no wave, or a wave that turns steering
    /// and does nothing else. No row has the latter, since weights stand with the wave that completes them.
    fn in_turn<'g>(&self, groups: &[&'g [Step]]) -> Vec<(WeightSetter, Option<&'g [Step]>)> {
        let teller = self.teller;
        let of_users = || self.steps.iter().filter(|step| is_of_users(step));
        let by_groups = groups.iter().map(|group| {
            let by = (group[0].period, group[0].wave);
            let mut place = place_of(teller, by);
            if by.1.is_none() {
                let alone = of_users().filter(|step| (step.period, step.wave) == by);
                let at = alone.filter_map(|step| step.at);
                place.0 = at.fold(place.0, Timestamp::max);
            }
            (place, (by, Some(*group)))
        });
        let with_rows: BTreeSet<WeightSetter> =
            of_users().map(|step| (step.period, step.wave)).collect();
        let ways = teller.plan.transitions.iter();
        let ways = ways.filter(|own| own.refusal.is_none());
        let waves = ways.flat_map(|own| {
            let waves = own.waves.iter();
            waves.map(|wave| (own.period, Some(wave.number)))
        });
        let alone: BTreeSet<WeightSetter> = waves.filter(|own| !with_rows.contains(own)).collect();
        let alone = alone.into_iter().rev();
        let alone = alone.map(|by| (place_of(teller, by), (by, None)));
        let mut all: Vec<_> = by_groups.chain(alone).collect();
        all.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
        all.into_iter().map(|(_, undo)| undo).collect()
    }

    /// Access points that are closed when the scenario ends, though people come back over them, and those that close once they have,
    /// as imperatives.
    fn opened_and_closed(&self, has_staying: bool) -> [Vec<String>; 2] {
        let teller = self.teller;
        let mut is_open: BTreeMap<AccessPointId, bool> = BTreeMap::new();
        for step in self.steps {
            if let Change::AccessPoint { access_point, .. } = step.change {
                is_open.insert(access_point, step.action == Action::OpenAccessPoint);
            }
        }
        let closed = is_open.iter().filter(|(_, is_open)| !**is_open);
        let opening = closed.map(|(own, _)| format!("Open {}.", teller.access_point_by_hand(*own)));
        let was_open = |own: &AccessPointId| {
            teller.inventory.access_points[own.index()].state == AccessPointState::Active
        };
        let unless = only_if(
            has_staying,
            || " unless users who stay where they are pass it",
        );
        let standby = is_open.keys().filter(|own| !was_open(own));
        let closing =
            standby.map(|own| format!("Close {}{unless}.", teller.access_point_by_hand(*own)));
        [opening.collect(), closing.collect()]
    }

    /// How many users are not where they were once all steps are done, in words, the most first; `None` if everybody is as before.
    /// Users without a home before have one, and stay.
    fn elsewhere(&self) -> Option<String> {
        let (inventory, plan) = (self.teller.inventory, self.teller.plan);
        let last_period = plan.periods.last()?;
        let placed = placed(self.steps);
        let shards = self.steps.iter().filter_map(shard_of);
        let shards: BTreeSet<ShardId> = shards.filter(|own| !placed.contains(own)).collect();
        let groups = SteeringGroups::new(inventory, &self.teller.scenario.policy);
        let state = (inventory, &plan.before, plan.flows_until(0));
        let [first, last] = [&plan.periods[..0], &plan.periods[..]]
            .map(|periods| ServedBefore::new(&groups, state, periods));
        let homes = Homes::whole(inventory.shards.iter().map(|own| own.site));
        let [mut moved, mut shed, mut let_in] = [0.0; 3];
        for shard in shards {
            let mut net: BTreeMap<SiteId, f64> = BTreeMap::new();
            for (site, share) in first.shares(&homes, shard, &[]) {
                *net.entry(site).or_default() -= share;
            }
            for (site, share) in last.shares(&homes, shard, last.parts_of(shard)) {
                *net.entry(site).or_default() += share;
            }
            let mut changed = [0.0_f64; 2];
            for share in net.into_values() {
                changed[usize::from(share > 0.0)] += share.abs();
            }
            let [left, came] = changed;
            let few = |share: f64| if share > WRITTEN { share } else { 0.0 };
            let users = last_period.case.users(shard.index());
            let both = left.min(came);
            moved += users * few(both);
            // Who has joined since was not served before.
            shed += plan.before.case.users(shard.index()) * few(left - both);
            let_in += users * few(came - both);
        }
        let all = [
            (moved, "are elsewhere when the scenario ends"),
            (
                shed,
                "are not served when the scenario ends, and were before",
            ),
            (
                let_in,
                "are served when the scenario ends, and were not before",
            ),
        ];
        let words = all.into_iter().filter(|own| own.0 > NOBODY);
        let words: Vec<String> = words
            .map(|(users, what)| format!("{} {what}.", numbers::lost_users(users)))
            .collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// What is undone of a wave or of what no wave does, in the order in which it is.
    fn undone(
        &self,
        group: &[Step],
        in_force: &mut WeightsInForce,
        [staying, placed]: [&BTreeSet<ShardId>; 2],
    ) -> Vec<String> {
        let mut words = Vec::new();
        let kind = |own: &Step| match own.change {
            Change::Home { .. } if matches!(own.action, Action::Shed | Action::LetIn) => 1,
            Change::Home { .. } if own.action == Action::Remove => -1,
            Change::Home { .. } => 0,
            _ => 2,
        };
        let by = (group[0].period, group[0].wave);
        let mut weights = in_force.undo(self.teller, by);
        let lets_in = |step: &Step| step.action == Action::LetIn;
        let needs_weights = |step: &Step| lets_in(step) || by.1.is_some() && kind(step) == 0;
        if weights.is_none() && group.iter().any(needs_weights) {
            // Users who come back need the weights that led to where they were; users who were unserved have none in the period.
            weights = Some(in_force.held(self.teller, by));
        }
        let mut weights = weights.map(|weights| set_to(&weights));
        let mut left = group.len();
        for of_kind in group.chunk_by(|a, b| kind(a) == kind(b)) {
            let first = of_kind[0];
            left -= of_kind.len();
            let are_back = group[group.len() - left..].iter().all(|own| kind(own) > 0);
            // Users move back before weights turn; users are let in after that.
            if kind(&first) >= 2 || lets_in(&first) && are_back {
                words.extend(weights.take());
            }
            let stays = |own: &&Step| {
                let is_among = shard_of(own).is_some_and(|shard| staying.contains(&shard));
                own.action != Action::Remove && is_among
            };
            let (unreachable, back): (Vec<&Step>, Vec<&Step>) = of_kind.iter().partition(stays);
            let is_placed = |own: &&Step| shard_of(own).is_some_and(|own| placed.contains(&own));
            let (placed, unreachable): (Vec<&Step>, Vec<&Step>) =
                unreachable.into_iter().partition(is_placed);
            if !placed.is_empty() {
                let (shards, they_are) = distinct(&placed, ["it is", "they are"]);
                words.push(format!(
                    "leave {shards} without a home before where {they_are}"
                ));
            }
            if !unreachable.is_empty() {
                let leave = ["as it is, with its", "as they are, with their"];
                let (shards, leave) = distinct(&unreachable, leave);
                words.push(format!(
                    "leave {leave} weights, {shards} without users before: the state before has no path for them"
                ));
            }
            if back.is_empty() || kind(&first) == 2 {
                continue;
            }
            let (shards, they) = distinct(&back, ["it", "they"]);
            words.push(match kind(&first) {
                -1 => {
                    let [are, them, their, pass] = match they {
                        "it" => ["is", "it", "its", "passes"],
                        _ => ["are", "them", "their", "pass"],
                    };
                    format!(
                        "take {shards} without a home before out of service where {they} {are} (rows with the action `remove`, whose `from_site` is where each was placed at first), or leave {them} where {they} {are} with {their} weights, and open what {they} {pass}"
                    )
                }
                0 => format!("move {shards} back"),
                _ if lets_in(&first) => format!("let the users of {shards} in again"),
                _ => format!("stop serving the users of {shards}"),
            });
        }
        words.extend(weights);
        words
    }
}

impl WayTeller<'_> {
    fn when_to_go_back(&self) -> String {
        let (clock, end) = (self.clock(), self.scenario.end);
        let mut events = self.scenario.events.iter();
        let is_over = !events.any(|own| own.end > end);
        // When the last wave of all is done that is not refused, its gate included.
        let ways = self.plan.transitions.iter();
        let moving = ways.filter(|own| own.refusal.is_none() && !own.waves.is_empty());
        let waves = moving.map(|own| own.end).max();
        let waves = waves.filter(|last| *last > end);
        if !is_over {
            let when = clock.moment(end);
            let and_waves = waves.map_or("", |_| " and the last wave is done");
            return format!(
                "Events go on beyond {when}: to get back to the state before, begin once they have ended{and_waves}."
            );
        }
        let when = match waves {
            Some(last) => format!("{}, when the last wave is done", clock.second(last)),
            None => format!("{}, when the scenario ends", clock.moment(end)),
        };
        format!(
            "To get back to the state before, begin at {when}, and no sooner than everything works again."
        )
    }

    /// Shards whose users stay where they are: those without a home before, until they are taken out of service, and those to which
    /// the state before has no path.
    fn staying(&self, back: &[Step]) -> BTreeSet<ShardId> {
        let stays = |own: &&Step| own.action == Action::Remove || !self.can_be_undone(own);
        let shards = back.iter().filter(stays).filter_map(shard_of);
        shards.collect()
    }

    /// `true` unless a step brings users of a shard that had none before to a site to which the state before leads nobody of
    /// their group: they would be cut off.
    fn can_be_undone(&self, back: &Step) -> bool {
        let Change::Home {
            shard,
            to: Some(to),
            ..
        } = back.change
        else {
            return true;
        };
        let before = &self.plan.before;
        if before.case.users(shard.index()) > 0.0 {
            return true;
        }
        let group = GroupKey::of(self.inventory, &self.scenario.policy, shard);
        let mut flows = before.flows.iter().filter(|own| own.users > 0.0);
        flows.any(|own| own.group == group && own.path.site == to)
    }

    /// That nobody is to go back, and what would be too full.
    fn no_path_back(&self, full: FullBack, leave: &str) -> String {
        let [component, load, capacity] = self.carried(full);
        format!(
            "{leave}: there is no path back to the state before. With all users where they were before, {component} would carry {load} when the scenario ends ({}), and it can carry {capacity}. Demand has grown since the scenario began, or capacity has changed. A scenario that begins then, with `after = \"return\"`, plans who can go back.",
            self.clock().moment(self.scenario.end),
        )
    }

    /// That the state before had too much somewhere as well.
    fn full_as_before(&self, full: FullBack) -> String {
        let [component, load, capacity] = self.carried(full);
        format!(
            " With all users where they were before, {component} would carry {load} again, as before the scenario, and it can carry {capacity}."
        )
    }

    /// A component, what it would carry, and what it can.
    fn carried(&self, full: FullBack) -> [String; 3] {
        let inventory = self.inventory;
        let [load, capacity] =
            [full.load, full.capacity].map(|own| inventory.quantity(full.resource, own));
        let load = format!(
            "{load} of {}",
            short(inventory.resource_name(full.resource))
        );
        [self.component_by_hand(full.component), load, capacity]
    }
}

fn shard_of(step: &Step) -> Option<ShardId> {
    match step.change {
        Change::Home { shard, .. } => Some(shard),
        _ => None,
    }
}

fn set_to(weights: &str) -> String {
    format!("set every weight to that of {weights}")
}

/// How many shards steps are about, of which each may have parts; and the words for one, or for several.
fn distinct<'w>(steps: &[&Step], words: [&'w str; 2]) -> (String, &'w str) {
    let shards: BTreeSet<ShardId> = steps.iter().filter_map(|own| shard_of(own)).collect();
    let shards = shards.len();
    (count(shards, "shard"), by_count(&shards.to_string(), words))
}

fn is_of_users(step: &Step) -> bool {
    matches!(step.change, Change::Home { .. } | Change::Weight { .. })
}
