//! The order of the rollback after the last step: what is undone one after the other, in words and as changes.

use super::back::{BackPart, BackStep, BackWork, turned};
use super::imperatives::placed;
use super::in_force::{NamedRows, Runbook, WeightRows, WeightsInForce, place_of};
use super::wave_of_transition::WeightSetter;
use super::writer::TransitionWriter;
use crate::ids::{AccessPointId, ShardId};
use crate::plan::{Change, GroupKey, Step};
use crate::plan_files::Action;
use crate::report::grammar::{by_count, count, only_if};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

impl Runbook<'_> {
    /// The steps of the rollback, of which `back` has the changes.
    pub(super) fn back_in_order(&self, back: Vec<Step>) -> Vec<BackStep> {
        let writer = self.writer;
        let mut in_force = self.in_force.clone();
        let staying = writer.staying(&back);
        let placed = placed(self.steps);
        // What is open and in its pool all the time affects no user: it is there first, and closes last.
        let back: Vec<Step> = back.into_iter().filter(is_of_users).collect();
        let is_one = |a: &Step, b: &Step| (a.period, a.wave) == (b.period, b.wave);
        let groups: Vec<&[Step]> = back.chunk_by(is_one).collect();
        let [opening, closing] = self.opened_and_closed(!staying.is_empty());
        let mut lines = opening;
        lines.extend(writer.put_back());
        for ((period, number), group) in self.in_turn(&groups) {
            let Some(group) = group else {
                let weights = in_force.undo(writer, (period, number));
                let number = number.unwrap_or_default();
                lines.extend(weights.map(|weights| BackStep {
                    head: format!(
                        "Undo wave {number} of period {period}, which only turns steering"
                    ),
                    parts: vec![self.set_to(&weights)],
                }));
                continue;
            };
            let wave = match number {
                Some(wave) => format!("wave {wave}"),
                None => "no wave".to_owned(),
            };
            let parts = self.undone(group, &mut in_force, [&staying, &placed]);
            if !parts.is_empty() {
                lines.push(BackStep {
                    head: format!("Undo the rows with period {period} and {wave}"),
                    parts,
                });
            }
        }
        let parts = lines.iter().flat_map(|back_step| &back_step.parts);
        let mut rows = parts.filter_map(|part| match part.work {
            BackWork::Weights(rows) => Some(rows),
            _ => None,
        });
        let is_as_before = rows.next_back() == Some(WeightRows::Before);
        let as_before = if writer.follows_hours() {
            Some(
                "Set every weight to that of before.csv in the slice of the hour, and from then on by the hour.",
            )
        } else if is_as_before {
            None
        } else {
            Some("Set every weight to that of before.csv.")
        };
        let before = BackWork::Weights(WeightRows::Before);
        lines.extend(as_before.map(|text| BackStep::of(text, before)));
        lines.extend(closing);
        lines
    }

    /// What is undone one after the other, the last that was done first: rows of a wave or of no wave, or a wave that turns steering
    /// and does nothing else. No row has the latter, since weights stand with the wave that completes them.
    fn in_turn<'g>(&self, groups: &[&'g [Step]]) -> Vec<(WeightSetter, Option<&'g [Step]>)> {
        let writer = self.writer;
        let of_users = || self.steps.iter().filter(|step| is_of_users(step));
        let by_groups = groups.iter().map(|group| {
            let by = (group[0].period, group[0].wave);
            let mut place = place_of(writer, by);
            if by.1.is_none() {
                let alone = of_users().filter(|step| (step.period, step.wave) == by);
                let at = alone.filter_map(|step| step.at);
                place.0 = at.fold(place.0, Timestamp::max);
            }
            (place, (by, Some(*group)))
        });
        let with_rows: BTreeSet<WeightSetter> =
            of_users().map(|step| (step.period, step.wave)).collect();
        let transitions = writer.plan.transitions.iter();
        let transitions = transitions.filter(|transition| transition.refusal.is_none());
        let waves = transitions.flat_map(|transition| {
            let waves = transition.waves.iter();
            waves.map(|wave| (transition.period, Some(wave.number)))
        });
        let alone: BTreeSet<WeightSetter> =
            waves.filter(|wave| !with_rows.contains(wave)).collect();
        let alone = alone.into_iter().rev();
        let alone = alone.map(|by| (place_of(writer, by), (by, None)));
        let mut all: Vec<_> = by_groups.chain(alone).collect();
        all.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
        all.into_iter().map(|(_, undo)| undo).collect()
    }

    /// Access points that are closed when the scenario ends, though people come back over them, and those that close once they have,
    /// as imperatives.
    fn opened_and_closed(&self, has_staying: bool) -> [Vec<BackStep>; 2] {
        let writer = self.writer;
        let mut is_open: BTreeMap<AccessPointId, bool> = BTreeMap::new();
        for step in self.steps {
            if let Change::AccessPoint { access_point, .. } = step.change {
                is_open.insert(access_point, step.action == Action::OpenAccessPoint);
            }
        }
        let closed = is_open.iter().filter(|(_, is_open)| !**is_open);
        let opening = closed.map(|(access_point, _)| {
            let words = format!("Open {}.", writer.access_point_by_hand(*access_point));
            BackStep::of(words, turned(*access_point, Action::OpenAccessPoint))
        });
        let was_open = |access_point: &AccessPointId| {
            let row = &writer.inventory.access_points[access_point.index()];
            row.state.is_open_at_start()
        };
        let unless = only_if(
            has_staying,
            || " unless users who stay where they are pass it",
        );
        let standby = is_open
            .keys()
            .filter(|access_point| !was_open(access_point));
        let closing = standby.map(|access_point| {
            let words = format!(
                "Close {}{unless}.",
                writer.access_point_by_hand(*access_point)
            );
            BackStep::of(words, turned(*access_point, Action::CloseAccessPoint))
        });
        [opening.collect(), closing.collect()]
    }

    fn set_to(&self, rows: &NamedRows) -> BackPart {
        let words = format!("set every weight to that of {}", rows.words(self.writer));
        BackPart::new(words, BackWork::Weights(rows.rows()))
    }

    /// What is undone of a wave or of what no wave does, in the order in which it is.
    fn undone(
        &self,
        group: &[Step],
        in_force: &mut WeightsInForce,
        [staying, placed]: [&BTreeSet<ShardId>; 2],
    ) -> Vec<BackPart> {
        let mut words = Vec::new();
        let kind = |step: &Step| match step.change {
            Change::Home { .. } if matches!(step.action, Action::Shed | Action::LetIn) => 1,
            Change::Home { .. } if step.action == Action::Remove => -1,
            Change::Home { .. } => 0,
            _ => 2,
        };
        let by = (group[0].period, group[0].wave);
        let mut weights = in_force.undo(self.writer, by);
        let lets_in = |step: &Step| step.action == Action::LetIn;
        let needs_weights = |step: &Step| lets_in(step) || by.1.is_some() && kind(step) == 0;
        if weights.is_none() && group.iter().any(needs_weights) {
            // Users who come back need the weights that led to where they were; users who were unserved have none in the period.
            weights = Some(in_force.held(self.writer, by));
        }
        let mut weights = weights.map(|weights| self.set_to(&weights));
        let mut left = group.len();
        for of_kind in group.chunk_by(|a, b| kind(a) == kind(b)) {
            let first = of_kind[0];
            left -= of_kind.len();
            let are_back = group[group.len() - left..]
                .iter()
                .all(|step| kind(step) > 0);
            // Users move back before weights turn; users are let in after that.
            if kind(&first) >= 2 || lets_in(&first) && are_back {
                words.extend(weights.take());
            }
            let stays = |step: &&Step| {
                let is_among = shard_of(step).is_some_and(|shard| staying.contains(&shard));
                step.action != Action::Remove && is_among
            };
            let (unreachable, back): (Vec<&Step>, Vec<&Step>) = of_kind.iter().partition(stays);
            let is_placed =
                |step: &&Step| shard_of(step).is_some_and(|shard| placed.contains(&shard));
            let (placed, unreachable): (Vec<&Step>, Vec<&Step>) =
                unreachable.into_iter().partition(is_placed);
            if !placed.is_empty() {
                let (shards, they_are) = distinct(&placed, ["it is", "they are"]);
                let leave = format!("leave {shards} without a home before where {they_are}");
                words.push(BackPart::new(leave, BackWork::Note));
            }
            if !unreachable.is_empty() {
                let leave = ["as it is, with its", "as they are, with their"];
                let (shards, leave) = distinct(&unreachable, leave);
                let leave = format!(
                    "leave {leave} weights, {shards} without users before: the state before has no path for them"
                );
                words.push(BackPart::new(leave, BackWork::Note));
            }
            if back.is_empty() || kind(&first) == 2 {
                continue;
            }
            let steps: Vec<Step> = back.into_iter().copied().collect();
            words.push(undoing(&steps));
        }
        words.extend(weights);
        words
    }
}

impl TransitionWriter<'_> {
    /// Shards whose users stay where they are: those without a home before, until they are taken out of service, and those to which
    /// the state before has no path.
    fn staying(&self, back: &[Step]) -> BTreeSet<ShardId> {
        let stays = |step: &&Step| step.action == Action::Remove || !self.can_be_undone(step);
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
        let mut flows = before.flows.iter().filter(|flow| flow.users > 0.0);
        flows.any(|flow| flow.group == group && flow.path.site == to)
    }
}

pub(super) fn shard_of(step: &Step) -> Option<ShardId> {
    match step.change {
        Change::Home { shard, .. } => Some(shard),
        _ => None,
    }
}

/// What undoes changes of one kind of where shards are or who is served.
pub(super) fn undoing(steps: &[Step]) -> BackPart {
    let all: Vec<&Step> = steps.iter().collect();
    let (shards, they) = distinct(&all, ["it", "they"]);
    let words = match steps.first().map(|step| step.action) {
        Some(Action::Remove) => {
            let [are, them, their, pass] = match they {
                "it" => ["is", "it", "its", "passes"],
                _ => ["are", "them", "their", "pass"],
            };
            let words = format!(
                "take {shards} without a home before out of service where {they} {are} (rows with the action `remove`, whose `from_site` is where each was placed at first), or leave {them} where {they} {are} with {their} weights, and open what {they} {pass}"
            );
            return BackPart::new(words, BackWork::ByHand);
        }
        Some(Action::LetIn) => format!("let the users of {shards} in again"),
        Some(Action::Shed) => format!("stop serving the users of {shards}"),
        _ => format!("move {shards} back"),
    };
    BackPart::new(words, BackWork::Steps(steps.to_vec()))
}

/// How many shards steps are about, of which each may have parts; and the words for one, or for several.
fn distinct<'w>(steps: &[&Step], words: [&'w str; 2]) -> (String, &'w str) {
    let shards: BTreeSet<ShardId> = steps.iter().filter_map(|step| shard_of(step)).collect();
    let shards = shards.len();
    (count(shards, "shard"), by_count(&shards.to_string(), words))
}

fn is_of_users(step: &Step) -> bool {
    matches!(step.change, Change::Home { .. } | Change::Weight { .. })
}
