//! The path back: what leads from the end of a scenario to the state before.

use super::back::BackStep;
use super::back_order::shard_of;
use super::imperatives::placed;
use super::in_force::Runbook;
use super::writer::TransitionWriter;
use crate::ids::{ShardId, SiteId};
use crate::model::{AccessPointState, Homes, ReturnHome};
use crate::plan::{Change, FullBack, ServedBefore, SteeringGroups, Step, rollback};
use crate::plan_files::Action;
use crate::report::document::Section;
use crate::report::grammar::{capital, short};
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

/// The rollback after the last step.
#[derive(Debug, Clone, Default)]
pub(super) struct PathBack {
    /// What is said before its steps, or instead of them.
    pub(super) said: Vec<String>,
    /// Rows are undone, by the rules for that.
    has_rows: bool,
    /// There is none: a component would be too full.
    pub(super) is_barred: bool,
    pub(super) steps: Vec<BackStep>,
}

/// Of a plan that goes on from another.
pub(super) const RESUMED: &str = "This plan goes on from an earlier one: its rollback ends where it began. From there, the earlier runbook has \
                       the rollback.";

impl PathBack {
    fn saying(said: impl IntoIterator<Item = String>) -> Self {
        Self {
            said: said.into_iter().collect(),
            ..Self::default()
        }
    }

    /// As the runbook has it.
    pub(super) fn section(&self) -> Section {
        let mut section = Section::titled("Rollback after the last step");
        for text in &self.said {
            if self.steps.is_empty() {
                section.say(text.as_str());
            } else {
                section.apart(text.as_str());
            }
        }
        if self.has_rows {
            section.items(BACK_RULES);
            section.say("");
        }
        section.steps(self.steps.iter().map(BackStep::words));
        section
    }
}

/// ` Steps that stop serving users leave 6,000 users down until a later one lets them in again.`, of as many as a shard has when
/// they begin; nothing where none do.
fn down_meanwhile(back: &[Step], users_of: impl Fn(ShardId) -> f64) -> String {
    // By shard, the share of it that is served no more and not let in yet.
    let mut out: BTreeMap<ShardId, f64> = BTreeMap::new();
    let mut users = 0.0;
    for step in back {
        let Change::Home { shard, share, .. } = step.change else {
            continue;
        };
        if step.action == Action::Shed {
            *out.entry(shard).or_default() += share;
        } else if step.action == Action::LetIn
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
    pub(super) fn path_back(&self) -> PathBack {
        if self.writer.inventory.resumed.is_empty() {
            return self.path_to_start();
        }
        let Some(words) = self.elsewhere(
            &self.writer.inventory.resumed.returns,
            " than before the first plan",
        ) else {
            return self.as_before_the_first();
        };
        let mut back = self.path_to_start();
        back.said.splice(0..0, [RESUMED.to_owned(), words]);
        back.said.extend(self.writer.still_open().map(|open| {
            let open = capital(&open);
            format!("{open}, as the earlier plan left it; the rollback of the earlier runbook closes it.")
        }));
        back
    }

    /// That all users of a plan that goes on are where they were before the first plan, and what is still open.
    fn as_before_the_first(&self) -> PathBack {
        let nothing = "No rollback is needed: when the scenario ends, users are where they were before the first plan.";
        let mut said = vec![nothing.to_owned()];
        if !placed(self.steps).is_empty() {
            said.push("Shards that had no home before stay where they were placed.".to_owned());
        }
        let mut access_points = self.writer.inventory.access_points.iter();
        let is_any_opened = access_points.any(|row| row.state == AccessPointState::Opened);
        said.extend(match self.writer.still_open() {
            None => {
                is_any_opened.then(|| "What the earlier plan opened is closed again.".to_owned())
            }
            Some(open) => Some(format!(
                "{}, since users enter there. Close it once no user does.",
                capital(&open)
            )),
        });
        said.push(
            "Weights of before the first plan are in before.csv of its folder; loads with them were not checked at this time."
                .to_owned(),
        );
        PathBack::saying(said)
    }

    fn path_to_start(&self) -> PathBack {
        let (writer, plan) = (self.writer, self.writer.plan);
        let is_resumed = !writer.inventory.resumed.is_empty();
        let than = if is_resumed {
            " than where this plan began"
        } else {
            ""
        };
        let elsewhere = self.elsewhere(&[], than);
        let left = writer.left_over(self.steps);
        if elsewhere.is_none() && left.is_empty() {
            let nothing = "Nothing is left to undo: when the scenario ends, users are where they were before.";
            let are_placed = !placed(self.steps).is_empty();
            let stay = "Shards that had no home before stay where they were placed.";
            let stay = are_placed.then_some(stay);
            return PathBack::saying([nothing].into_iter().chain(stay).map(str::to_owned));
        }
        let back =
            "All users are back when the scenario ends, but not everything is as it was before.";
        let words = elsewhere.as_deref().unwrap_or(back);
        let leave = if elsewhere.is_some() {
            "Leave them there"
        } else {
            "Leave it so"
        };
        if let Some(full) = plan.full_back.filter(|full_back| !full_back.is_as_before) {
            let said = format!("{words} {}", writer.no_path_back(full, leave));
            return PathBack {
                is_barred: true,
                ..PathBack::saying([said])
            };
        }
        let begin = writer.when_to_go_back();
        let as_before = plan
            .full_back
            .map(|full_back| writer.full_as_before(full_back));
        let as_before = as_before.unwrap_or_default();
        if elsewhere.is_none() {
            let said = format!("{words} {begin}{as_before}");
            return PathBack {
                steps: left,
                ..PathBack::saying([said, UNPLANNED.to_owned()])
            };
        }
        let back = rollback(writer.inventory, self.steps);
        let last = plan.periods.last();
        let users_of =
            |shard: ShardId| last.map_or(0.0, |period_plan| period_plan.case.users(shard.index()));
        let down = down_meanwhile(&back, users_of);
        let said = format!("{words} {begin}{as_before}{down}");
        PathBack {
            has_rows: true,
            steps: self.back_in_order(back),
            ..PathBack::saying([UNPLANNED.to_owned(), said])
        }
    }

    /// How many users are not where they were once all steps are done, in words, the most first; `None` if everybody is as before.
    /// Users without a home before have one, and stay.
    /// `returns` are shards that were elsewhere before, and where; `than` says what the end is compared with.
    fn elsewhere(&self, returns: &[ReturnHome], than: &str) -> Option<String> {
        let (inventory, plan) = (self.writer.inventory, self.writer.plan);
        let last_period = plan.periods.last()?;
        let placed = placed(self.steps);
        let returns: BTreeMap<ShardId, SiteId> = returns
            .iter()
            .map(|return_home| (return_home.shard, return_home.site))
            .collect();
        let shards = self.steps.iter().filter_map(shard_of);
        let shards = shards.chain(returns.keys().copied());
        let shards: BTreeSet<ShardId> = shards.filter(|shard| !placed.contains(shard)).collect();
        let groups = SteeringGroups::new(inventory, &self.writer.scenario.policy);
        let state = (inventory, &plan.before, plan.flows_until(0));
        let [first, last] = [&plan.periods[..0], &plan.periods[..]]
            .map(|periods| ServedBefore::new(&groups, state, periods));
        let homes = Homes::whole(inventory.shards.iter().map(|shard| shard.site));
        let [mut moved, mut shed, mut let_in] = [0.0; 3];
        for shard in shards {
            let mut net: BTreeMap<SiteId, f64> = BTreeMap::new();
            match returns.get(&shard) {
                // An earlier plan moved it: it was there before.
                Some(site) => *net.entry(*site).or_default() -= 1.0,
                None => {
                    for (site, share) in first.shares(&homes, shard, &[]) {
                        *net.entry(site).or_default() -= share;
                    }
                }
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
            (moved, format!("are elsewhere{than} when the scenario ends")),
            (
                shed,
                "are not served when the scenario ends, and were before".to_owned(),
            ),
            (
                let_in,
                "are served when the scenario ends, and were not before".to_owned(),
            ),
        ];
        let words = all.into_iter().filter(|pair| pair.0 > NOBODY);
        let words: Vec<String> = words
            .map(|(users, what)| format!("{} {what}.", numbers::lost_users(users)))
            .collect();
        (!words.is_empty()).then(|| words.join(" "))
    }
}

impl TransitionWriter<'_> {
    /// When the last wave of all is done that is not refused, its gate included, where that is after the scenario's end.
    fn waves_done_later(&self) -> Option<Timestamp> {
        let transitions = self.plan.transitions.iter();
        let moving = transitions
            .filter(|transition| transition.refusal.is_none() && !transition.waves.is_empty());
        let waves = moving.map(|transition| transition.end).max();
        waves.filter(|last| *last > self.scenario.end)
    }

    /// The instant at which the rollback begins at the earliest.
    pub(super) fn back_begins(&self) -> Timestamp {
        self.waves_done_later().unwrap_or(self.scenario.end)
    }

    fn when_to_go_back(&self) -> String {
        let (clock, end) = (self.clock(), self.scenario.end);
        let state = if self.inventory.resumed.is_empty() {
            "the state before"
        } else {
            "the state in which this plan began"
        };
        let mut events = self.scenario.events.iter();
        let is_over = !events.any(|event| event.end > end);
        let waves = self.waves_done_later();
        if !is_over {
            let when = clock.moment(end);
            let and_waves = waves.map_or("", |_| " and the last wave is done");
            return format!(
                "Events go on beyond {when}: to get back to {state}, begin once they have ended{and_waves}."
            );
        }
        let when = match waves {
            Some(last) => format!("{}, when the last wave is done", clock.second(last)),
            None => format!("{}, when the scenario ends", clock.moment(end)),
        };
        format!(
            "To get back to {state}, begin at {when}, and no sooner than everything works again."
        )
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
            [full.load, full.capacity].map(|value| inventory.quantity(full.resource, value));
        let load = format!(
            "{load} of {}",
            short(inventory.resource_name(full.resource))
        );
        [self.component_by_hand(full.component), load, capacity]
    }
}
