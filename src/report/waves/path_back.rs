//! The path back: what leads from the end of a scenario to the state before.

use super::in_force::{InForce, place_of};
use super::left_over::placed;
use super::runbook::shards;
use super::words::Teller;
use crate::ids::{AccessPointId, ShardId, SiteId};
use crate::model::{AccessPointState, Homes};
use crate::plan::{Change, GroupKey, ServedBefore, SteeringGroups, Step};
use crate::plan_files::Action;
use crate::report::numbers;
use crate::units::{NOBODY, WRITTEN};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const UNPLANNED: &str = "Not checked: what is loaded between these steps, for no waves were planned for them. A scenario that begins then, with `after = \"return\"`, plans them and checks every part.
";

/// ` Steps that stop serving users leave 6,000 users down until a later one lets them in again.`, of so many as a shard has when
/// they begin; nothing where none do.
fn down_meanwhile(back: &[Step], users_of: impl Fn(ShardId) -> f64) -> String {
    let with = |own: &Step, action: Action| shard_of(own).filter(|_| own.action == action);
    // By shard, the share of it that is served no more and not let in yet.
    let mut out: BTreeMap<ShardId, f64> = BTreeMap::new();
    let mut users = 0.0;
    for own in back {
        let Change::Home { share, .. } = own.change else {
            continue;
        };
        if let Some(shard) = with(own, Action::Shed) {
            *out.entry(shard).or_default() += share;
        } else if let Some(shard) = with(own, Action::LetIn)
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
        " Steps that stop serving users leave {users} down until a later one lets them in again."
    )
}

/// Users who are not where they were when all steps are done.
#[derive(Debug, Clone, Copy, Default)]
struct Elsewhere {
    /// Who is served at another site.
    moved: f64,
    /// Who is served, and was not.
    let_in: f64,
    /// Who was served, and is not.
    shed: f64,
}

impl Elsewhere {
    /// In words, the most users first; `None` if everybody is as before.
    fn words(self) -> Option<String> {
        let all = [
            (self.moved, "are elsewhere when the scenario ends"),
            (
                self.shed,
                "are not served when the scenario ends, and were before",
            ),
            (
                self.let_in,
                "are served when the scenario ends, and were not before",
            ),
        ];
        let told = all.into_iter().filter(|own| own.0 > NOBODY);
        let told: Vec<String> = told
            .map(|(users, what)| format!("{} {what}.", numbers::lost_users(users)))
            .collect();
        (!told.is_empty()).then(|| told.join(" "))
    }
}

impl Teller<'_> {
    /// How to get back to the state before, where users are elsewhere when the scenario ends, or something is not as it was.
    pub(super) fn write_path_back(&self, steps: &[Step], mut in_force: InForce, text: &mut String) {
        let elsewhere = self.elsewhere(steps).words();
        let left = self.left_over(steps);
        if elsewhere.is_none() && left.is_empty() {
            return;
        }
        let end = self.scenario.end;
        let mut events = self.scenario.events.iter();
        let is_over = !events.any(|own| own.end > end);
        let _ = writeln!(text, "\n## Path back\n");
        let waves = self.last_wave_ends().filter(|last| *last > end);
        let begin = if let (true, Some(last)) = (is_over, waves) {
            format!(
                "To get back to the state before, begin at {}, when the last wave is done, and no sooner than everything works again.",
                self.clock().second(last)
            )
        } else if is_over {
            format!(
                "To get back to the state before, begin at {}, when the scenario ends, and no sooner than everything works again.",
                self.clock().moment(end)
            )
        } else {
            let when = self.clock().moment(end);
            let and_waves = waves.map_or("", |_| " and the last wave is done");
            format!(
                "Events go on beyond {when}: to get back to the state before, begin once they have ended{and_waves}."
            )
        };
        let full = self.plan.full_back;
        let fuller = full.filter(|own| !own.is_as_before);
        let as_before = full.map_or_else(String::new, |own| self.full_as_before(own));
        let Some(elsewhere) = elsewhere else {
            let back =
                "Everybody is back when the scenario ends, and this is not as it was before.";
            if let Some(full) = fuller {
                let _ = writeln!(text, "{back} {}", self.no_path_back(full, "Leave it so"));
                return;
            }
            let _ = writeln!(text, "{back} {begin}{as_before}\n\n{UNPLANNED}");
            for (number, line) in left.iter().enumerate() {
                let _ = writeln!(text, "{}. {line}", number + 1);
            }
            return;
        };
        if let Some(full) = fuller {
            let _ = writeln!(
                text,
                "{elsewhere} {}",
                self.no_path_back(full, "Leave them there")
            );
            return;
        }
        text.push_str(UNPLANNED);
        text.push('\n');
        let back = crate::plan::way_back(self.inventory, steps);
        let last = self.plan.periods.last();
        let users_of = |shard: ShardId| last.map_or(0.0, |own| own.case.users(shard.index()));
        let _ = writeln!(
            text,
            "{elsewhere} {begin}{as_before} Work through the rows of changes_back.csv as the steps below name them, but for weights, access points and members of pools: of these do only what a step says. Weights that the named file does not have stay until nobody of their region is at their site; those that a region lacks at a site are set before users come there, from the first file named after that which has them.{} In this order:\n",
            down_meanwhile(&back, users_of)
        );
        let staying = self.staying(&back);
        let placed = placed(steps);
        // What is open and in its pool all the way hurts nobody: it is there first, and closes last.
        let back: Vec<Step> = back.into_iter().filter(is_of_users).collect();
        let is_one = |a: &Step, b: &Step| (a.period, a.wave) == (b.period, b.wave);
        let groups: Vec<&[Step]> = back.chunk_by(is_one).collect();
        let [opening, closing] = self.opened_and_closed(steps, !staying.is_empty());
        let mut lines = opening;
        lines.extend(self.put_back());
        for undo in self.in_turn(&groups, steps) {
            match undo {
                Undo::Group(group) => {
                    let first = group[0];
                    let rows = match first.wave {
                        Some(wave) => format!("period {} and wave {wave}", first.period),
                        None => format!("period {} and no wave", first.period),
                    };
                    let each = self.undone(group, &mut in_force, [&staying, &placed]);
                    if !each.is_empty() {
                        lines.push(format!(
                            "Undo the rows with {rows}: {}.",
                            each.join(", then ")
                        ));
                    }
                }
                Undo::Wave(wave) => lines.extend(self.turned_back(wave, &mut in_force)),
            }
        }
        let turned = lines.iter().rfind(|own| own.contains("set every weight"));
        let is_as_before = turned.is_some_and(|own| own.contains("before.csv"));
        if self.plan.before.case.hours.slice_count() > 1 {
            lines.push("Set every weight to that of before.csv in the slice of the hour, and from then on by the hour.".to_owned());
        } else if !is_as_before {
            lines.push("Set every weight to that of before.csv.".to_owned());
        }
        lines.extend(closing);
        for (number, line) in lines.iter().enumerate() {
            let _ = writeln!(text, "{}. {line}", number + 1);
        }
    }

    /// When the last wave of all is done that is not refused, its gate included.
    fn last_wave_ends(&self) -> Option<Timestamp> {
        let transitions = self.plan.transitions.iter();
        let transitions = transitions.filter(|own| own.refusal.is_none());
        let moving = transitions.filter(|own| !own.waves.is_empty());
        moving.map(|own| own.end).max()
    }

    /// Waves that turn steering and do nothing else, by period: no row has them, since weights stand with the wave that completes
    /// them. The last first.
    fn waves_without_rows(&self, steps: &[Step]) -> Vec<(usize, u32)> {
        let with_rows: BTreeSet<(usize, u32)> = steps
            .iter()
            .filter(|step| is_of_users(step))
            .filter_map(|step| Some((step.period, step.wave?)))
            .collect();
        let ways = self.plan.transitions.iter();
        let ways = ways.filter(|own| own.refusal.is_none());
        let waves = ways.flat_map(|own| own.waves.iter().map(|wave| (own.period, wave.number)));
        let waves: BTreeSet<(usize, u32)> = waves.filter(|own| !with_rows.contains(own)).collect();
        waves.into_iter().rev().collect()
    }

    /// What is undone one after the other: the last that was done first.
    fn in_turn<'g>(&self, groups: &[&'g [Step]], steps: &[Step]) -> Vec<Undo<'g>> {
        let place = |group: &[Step]| {
            let (period, wave) = (group[0].period, group[0].wave);
            let mut place = place_of(self, (period, wave));
            if wave.is_none() {
                let alone = |step: &&Step| step.period == period && step.wave.is_none();
                let alone = steps.iter().filter(alone).filter(|step| is_of_users(step));
                place.0 = alone
                    .filter_map(|step| step.at)
                    .fold(place.0, Timestamp::max);
            }
            place
        };
        let groups = groups.iter();
        let groups = groups.map(|group| (place(group), Undo::Group(group)));
        let turning = self.waves_without_rows(steps).into_iter();
        let turning = turning.map(|(period, number)| {
            let by = (period, Some(number));
            (place_of(self, by), Undo::Wave((period, number)))
        });
        let mut all: Vec<_> = groups.chain(turning).collect();
        all.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
        all.into_iter().map(|(_, undo)| undo).collect()
    }

    /// Access points that are closed when the scenario ends, though people come back over them, and those that close once they have,
    /// as imperatives.
    fn opened_and_closed(&self, steps: &[Step], has_staying: bool) -> [Vec<String>; 2] {
        let mut is_open: BTreeMap<AccessPointId, bool> = BTreeMap::new();
        for step in steps {
            if let Change::AccessPoint { access_point, .. } = step.change {
                is_open.insert(access_point, step.action == Action::OpenAccessPoint);
            }
        }
        let name = |own: &AccessPointId| {
            self.component_by_hand(self.inventory.access_point_component(*own))
        };
        let closed = is_open.iter().filter(|(_, is_open)| !**is_open);
        let opening = closed.map(|(own, _)| format!("Open {}.", name(own)));
        let was_open = |own: &AccessPointId| {
            self.inventory.access_points[own.index()].state == AccessPointState::Active
        };
        let standby = is_open.keys().filter(|own| !was_open(own));
        let closing = standby.map(|own| {
            let unless = if has_staying {
                " unless users who stay where they are pass it"
            } else {
                ""
            };
            format!("Close {}{unless}.", name(own))
        });
        [opening.collect(), closing.collect()]
    }

    /// Shards whose users stay where they are: those without a home before, until they are taken out of service, and those to which
    /// the state before has no path.
    fn staying(&self, back: &[Step]) -> BTreeSet<ShardId> {
        let stays = |own: &&Step| own.action == Action::Remove || !self.can_be_undone(own);
        let shards = back.iter().filter(stays).filter_map(shard_of);
        shards.collect()
    }

    /// How such a wave is undone; `None` if it turns nothing.
    fn turned_back(
        &self,
        (period, number): (usize, u32),
        in_force: &mut InForce,
    ) -> Option<String> {
        let weights = in_force.undo(self, (period, Some(number)))?;
        Some(format!(
            "Undo wave {number} of period {period}, which only turns steering: {}.",
            set_to(&weights)
        ))
    }

    /// Who is not where he was once all steps are done; whoever had no home before has one, and stays.
    fn elsewhere(&self, steps: &[Step]) -> Elsewhere {
        let placed = placed(steps);
        let shards = steps.iter().filter_map(shard_of);
        let shards: BTreeSet<ShardId> = shards.filter(|own| !placed.contains(own)).collect();
        let (inventory, plan) = (self.inventory, self.plan);
        let groups = SteeringGroups::new(inventory, &self.scenario.policy);
        let state = (inventory, &plan.before, plan.flows_until(0));
        let [first, last] = [&plan.periods[..0], &plan.periods[..]]
            .map(|periods| ServedBefore::new(&groups, state, periods));
        let homes = Homes::whole(inventory.shards.iter().map(|own| own.site));
        let mut by_shard: BTreeMap<usize, [f64; 2]> = BTreeMap::new();
        for shard in shards {
            let mut net: BTreeMap<SiteId, f64> = BTreeMap::new();
            for (site, share) in first.shares(&homes, shard, &[]) {
                *net.entry(site).or_default() -= share;
            }
            for (site, share) in last.shares(&homes, shard, last.parts_of(shard)) {
                *net.entry(site).or_default() += share;
            }
            let own = by_shard.entry(shard.index()).or_default();
            for share in net.into_values() {
                own[usize::from(share > 0.0)] += share.abs();
            }
        }
        let mut all = Elsewhere::default();
        let Some(last) = self.plan.periods.last() else {
            return all;
        };
        for (shard, [left, came]) in by_shard {
            let few = |share: f64| if share > WRITTEN { share } else { 0.0 };
            let users = last.case.users(shard);
            let moved = left.min(came);
            all.moved += users * few(moved);
            // Who has joined since was not served before.
            all.shed += self.plan.before.case.users(shard) * few(left - moved);
            all.let_in += users * few(came - moved);
        }
        all
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

    /// What is undone of a wave or of what no wave does, in the order in which it is.
    fn undone(
        &self,
        group: &[Step],
        in_force: &mut InForce,
        [staying, placed]: [&BTreeSet<ShardId>; 2],
    ) -> Vec<String> {
        let mut told = Vec::new();
        let kind = |own: &Step| match own.change {
            Change::Home { .. } if matches!(own.action, Action::Shed | Action::LetIn) => 1,
            Change::Home { .. } if own.action == Action::Remove => -1,
            Change::Home { .. } => 0,
            _ => 2,
        };
        let first = group[0];
        let by = (first.period, first.wave);
        let mut weights = in_force.undo(self, by);
        let lets_in = |step: &Step| step.action == Action::LetIn;
        let moves = |step: &Step| kind(step) == 0;
        let needs_weights = |step: &Step| lets_in(step) || first.wave.is_some() && moves(step);
        if weights.is_none() && group.iter().any(needs_weights) {
            // Who comes back needs the weights that led to where he was, and who was served nowhere has none in the period.
            weights = Some(in_force.held(self, by));
        }
        let mut weights = weights.map(|weights| set_to(&weights));
        let mut left = group.len();
        for of_kind in group.chunk_by(|a, b| kind(a) == kind(b)) {
            let first = of_kind[0];
            left -= of_kind.len();
            let are_back = group[group.len() - left..].iter().all(|own| kind(own) > 0);
            // Whoever moves back does so before weights turn; users are let in after that.
            if kind(&first) >= 2 || lets_in(&first) && are_back {
                told.extend(weights.take());
            }
            let (back, unreachable): (Vec<&Step>, Vec<&Step>) = of_kind.iter().partition(|own| {
                own.action == Action::Remove
                    || shard_of(own).is_none_or(|shard| !staying.contains(&shard))
            });
            let (placed, unreachable): (Vec<&Step>, Vec<&Step>) = unreachable
                .into_iter()
                .partition(|own| shard_of(own).is_some_and(|shard| placed.contains(&shard)));
            if !placed.is_empty() {
                let count = distinct(&placed);
                let they_are = if count == 1 { "it is" } else { "they are" };
                told.push(format!(
                    "leave {} without a home before where {they_are}",
                    shards(count)
                ));
            }
            if !unreachable.is_empty() {
                let count = distinct(&unreachable);
                let [as_is, their] = match count {
                    1 => ["as it is", "its"],
                    _ => ["as they are", "their"],
                };
                told.push(format!(
                    "leave {as_is}, with {their} weights, {} without users before: the state before has no path for them",
                    shards(count)
                ));
            }
            if back.is_empty() {
                continue;
            }
            let words = match first.change {
                Change::Home { .. } if first.action == Action::Remove => {
                    let count = distinct(&back);
                    let [they_are, them, their, they] = match count {
                        1 => ["it is", "it", "its", "it passes"],
                        _ => ["they are", "them", "their", "they pass"],
                    };
                    format!(
                        "take {} without a home before out of service where {they_are} (rows with the action `remove`, whose `from_site` is where each was placed at first), or leave {them} where {they_are} with {their} weights, and open what {they}",
                        shards(count)
                    )
                }
                Change::Home { .. } if kind(&first) == 0 => {
                    format!("move {} back", shards(distinct(&back)))
                }
                Change::Home { .. } if lets_in(&first) => {
                    format!("let the users of {} in again", shards(distinct(&back)))
                }
                Change::Home { .. } => {
                    format!("stop serving the users of {}", shards(distinct(&back)))
                }
                _ => continue,
            };
            told.push(words);
        }
        told.extend(weights);
        told
    }
}

/// What is undone in one line.
enum Undo<'g> {
    /// Rows of a wave, or of no wave.
    Group(&'g [Step]),
    /// A wave that only turns steering, which no row has.
    Wave((usize, u32)),
}

fn shard_of(step: &Step) -> Option<ShardId> {
    match step.change {
        Change::Home { shard, .. } => Some(shard),
        _ => None,
    }
}

/// Weights of a file, as an imperative.
fn set_to(weights: &str) -> String {
    format!("set every weight to that of {weights}")
}

/// Shards of steps, of which each may have parts.
fn distinct(steps: &[&Step]) -> usize {
    let shards = steps.iter().filter_map(|step| match step.change {
        Change::Home { shard, .. } => Some(shard),
        _ => None,
    });
    shards.collect::<BTreeSet<ShardId>>().len()
}

/// `true` for steps that change who is served where, or over which paths.
fn is_of_users(step: &Step) -> bool {
    matches!(step.change, Change::Home { .. } | Change::Weight { .. })
}
