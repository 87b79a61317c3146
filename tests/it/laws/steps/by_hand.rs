//! By hand: the runbook is carried out as it is written, by somebody who has nothing else, and leads to what the files have.

mod back;
mod read;
mod weights;

use super::state::State;
use super::walk::{Walk, at};
use crate::waves::walk::roads::group_of;
use jiff::{SignedDuration, Timestamp};
use plimsoll::ids::{ComponentId, PoolId};
use plimsoll::model::{Component, EventKind, Inventory, Scenario};
use plimsoll::plan_files::{Action, ChangeRow, Timing};
use read::{Alone, NotUndone, Runbook, Turn, Why, read};
use std::collections::{BTreeMap, BTreeSet};
use weights::{Cell, Mix, Tables, are_same};

/// Fewer users are nobody.
const FEW: f64 = 1e-3;

/// What is found by carrying out a runbook.
pub(super) struct Hand<'w, 'a> {
    walk: &'w Walk<'a>,
    scenario: &'w Scenario,
    tables: Tables,
    runbook: Runbook,
    /// In order of time.
    turns: Vec<Turn>,
}

/// What a runbook says otherwise than the files of its plan; `None` where it is not carried out by this: with hours that differ, or
/// where a part of the plan is refused.
pub(super) fn faults_by_hand(
    inventory: &Inventory,
    scenario: &Scenario,
    walk: &Walk<'_>,
    text: &str,
) -> Option<Vec<String>> {
    let periods = u32::try_from(walk.stands.periods.len()).expect("few periods");
    let is_refused = (0..periods).any(|period| walk.is_refused(period));
    if is_refused || walk.plan.hours.is_some() {
        return None;
    }
    let runbook = read(text, scenario, &walk.waves());
    let mut hand = Hand {
        walk,
        scenario,
        tables: Tables::new(inventory, &walk.plan, periods),
        runbook,
        turns: Vec::new(),
    };
    let mut turns = std::mem::take(&mut hand.runbook.turns);
    for turn in turns.iter_mut().filter(|turn| turn.is_only_new) {
        let before = hand.users(turn.from - SignedDuration::from_nanos(1));
        turn.there = before.into_keys().collect();
    }
    hand.runbook.turns.clone_from(&turns);
    turns.sort_by_key(|turn| turn.from);
    hand.turns = turns;
    let mut faults = hand.runbook.faults.clone();
    faults.extend(hand.rows_are_done());
    faults.extend(hand.waves_end_with_their_weights());
    faults.extend(hand.periods_have_their_weights(periods));
    faults.extend(hand.nobody_is_led_to_what_is_closed());
    faults.extend(hand.undone_weights_are_those_of_before());
    faults.extend(hand.what_is_not_undone_could_not_be());
    faults.extend(hand.path_back());
    Some(faults)
}

/// The ids in brackets, or without a name the words themselves.
fn has_id(text: &str, id: &str) -> bool {
    let words = text.split(|letter: char| !(letter.is_alphanumeric() || "-_.".contains(letter)));
    words
        .map(|word| word.trim_end_matches('.'))
        .any(|word| word == id)
}

impl Hand<'_, '_> {
    /// The users of every cell at an instant; waves have moved their users once they are over.
    fn users(&self, instant: Timestamp) -> BTreeMap<Cell, f64> {
        let is_done = |row: &ChangeRow| self.walk.done_by(row) <= instant;
        let state = self.walk.state(is_done, &mut Vec::new());
        self.users_in(&state, instant)
    }

    fn users_in(&self, state: &State, instant: Timestamp) -> BTreeMap<Cell, f64> {
        let conditions = match self.period_at(instant) {
            None => self.walk.stands.quiet.any(),
            Some(period) => self.walk.stands.periods[period].any(),
        };
        let mut all = BTreeMap::new();
        for ((shard, site), share) in &state.served {
            let group = group_of(self.walk.inventory, self.scenario, *shard);
            *all.entry((group, *site)).or_default() += conditions.users(*shard) * share;
        }
        all.retain(|_, users: &mut f64| *users > FEW);
        all
    }

    fn period_at(&self, instant: Timestamp) -> Option<usize> {
        let mut periods = self.walk.stands.periods.iter();
        periods.rposition(|period| period.start() <= instant)
    }

    fn mix(&self, cell: &Cell, instant: Timestamp) -> Option<Mix> {
        self.tables.in_force(&self.turns, cell, instant)
    }

    /// Every step that no wave does is one instruction at its time; every wave has a heading.
    fn rows_are_done(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let headings: BTreeSet<(u32, u32)> = self.runbook.waves.iter().copied().collect();
        let waves: BTreeSet<(u32, u32)> = self.walk.waves().keys().copied().collect();
        if headings != waves || headings.len() != self.runbook.waves.len() {
            faults.push(format!(
                "headings of {:?}, waves {waves:?}",
                self.runbook.waves
            ));
        }
        for row in self.walk.rows() {
            let is_step = !matches!(
                row.action,
                Action::Weight | Action::Begins | Action::Detected | Action::Ends
            );
            if row.wave.is_some() || !is_step {
                continue;
            }
            let done = at(row.at.as_deref().expect("steps have their time"));
            let named = |line: &&Alone| says(line, row, done);
            let count = self.runbook.alone.iter().filter(named).count();
            let is_member = matches!(row.action, Action::TakeOut | Action::PutBack);
            // A member that turns with the weights of a wave is written with it.
            if count != 1 && !is_member {
                faults.push(format!("{count} instructions for {row:?}"));
            }
        }
        faults
    }

    /// Once a wave is over, the weights that the runbook has set are those of `wave_weights.csv`.
    fn waves_end_with_their_weights(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for ((period, wave), row) in self.walk.waves() {
            let end = at(&row.end);
            if self.is_disturbed((period, wave), end) {
                continue;
            }
            let before = end - SignedDuration::from_nanos(1);
            let during = self
                .period_at(before)
                .map(|index| u32::try_from(index).expect("few"));
            let Some(table) = self.tables.of_wave((period, wave, during)) else {
                continue;
            };
            let users = self.users(before);
            let turned = at(&row.turned);
            for (cell, mix) in table {
                if !users.contains_key(cell) || turned > before {
                    continue;
                }
                let held = self.mix(cell, before);
                if held.as_ref().is_none_or(|held| !are_same(held, mix)) {
                    faults.push(format!(
                        "when wave {wave} of period {period} ends {cell:?} has {held:?}, not {mix:?}"
                    ));
                }
            }
        }
        faults
    }

    /// Waves of another period that begin before an instant and end after a wave's beginning.
    fn is_disturbed(&self, wave: (u32, u32), until: Timestamp) -> bool {
        let waves = self.walk.waves();
        let start = at(&waves[&wave].start);
        let mut others = waves.iter().filter(|(key, _)| key.0 != wave.0);
        others.any(|(key, row)| {
            let is_later = key.0 > wave.0 && at(&row.start) <= until;
            is_later || key.0 < wave.0 && at(&row.end) >= start
        })
    }

    /// In every period, once no wave is under way, the weights that the runbook has set are those of steering.csv.
    fn periods_have_their_weights(&self, periods: u32) -> Vec<String> {
        let mut faults = Vec::new();
        let waves = self.walk.waves();
        let gate = SignedDuration::try_from_secs_f64(self.scenario.waves.gate_minutes * 60.0);
        let gate = gate.expect("a gate is short");
        for period in 0..periods {
            let stand = &self.walk.stands.periods[period as usize];
            let its = waves.iter().filter(|(key, _)| key.0 <= period);
            let over = its
                .map(|(_, row)| at(&row.end))
                .fold(stand.start(), Timestamp::max);
            let ends = stand.end();
            let turns = self.turns.iter().filter(|turn| turn.from < ends);
            let over = turns.map(|turn| turn.turned).fold(over, Timestamp::max);
            // What sets the weights of a period waits for the last gate.
            let last = waves.iter().filter(|(key, _)| key.0 <= period);
            let last = last.map(|(_, row)| at(&row.end) + gate).max();
            let mut later = waves.iter().filter(|(key, _)| key.0 > period);
            let is_under_way = over.max(last.unwrap_or(over)) >= ends;
            if is_under_way || later.any(|(_, row)| at(&row.start) <= over) {
                continue;
            }
            let Some(table) = self.tables.of_period(period) else {
                continue;
            };
            let users = self.users(over);
            for (cell, mix) in table.iter().filter(|(cell, _)| users.contains_key(cell)) {
                let held = self.mix(cell, over);
                if held.as_ref().is_none_or(|held| !are_same(held, mix)) {
                    faults.push(format!(
                        "at {over} in period {period} {cell:?} has {held:?}, not {mix:?}"
                    ));
                }
            }
        }
        faults
    }

    /// The access points that somebody has opened and not closed by an instant, by name.
    fn open(&self, instant: Timestamp) -> BTreeSet<&str> {
        let access_points = &self.walk.inventory.access_points;
        let mut open: BTreeSet<&str> = access_points
            .iter()
            .filter(|access_point| access_point.state == plimsoll::model::AccessPointState::Active)
            .map(|access_point| access_point.id.as_str())
            .collect();
        let mut lines: Vec<&Alone> = self
            .runbook
            .alone
            .iter()
            .filter(|line| line.at <= instant)
            .collect();
        lines.sort_by_key(|line| line.at);
        for line in lines {
            for access_point in access_points
                .iter()
                .filter(|access_point| has_id(&line.text, &access_point.id))
            {
                if line.text.starts_with("Open ") {
                    open.insert(&access_point.id);
                } else if line.text.starts_with("Close ") {
                    open.remove(access_point.id.as_str());
                }
            }
        }
        open
    }

    /// Nobody is led to an access point that is closed and that no event takes away.
    fn nobody_is_led_to_what_is_closed(&self) -> Vec<String> {
        let mut faults = BTreeSet::new();
        let lines = self.runbook.alone.iter().map(|line| line.at);
        let waves = self.walk.waves();
        let of_waves = waves
            .values()
            .flat_map(|row| [at(&row.start), at(&row.turned), at(&row.end)]);
        let turns = self.turns.iter().flat_map(|turn| [turn.from, turn.turned]);
        let times: BTreeSet<Timestamp> = lines.chain(of_waves).chain(turns).collect();
        let times: Vec<Timestamp> = times
            .into_iter()
            .filter(|time| *time < self.scenario.end)
            .collect();
        let halves = times.windows(2).map(|both| {
            both[0]
                + SignedDuration::from_nanos(
                    i64::try_from(both[1].duration_since(both[0]).as_nanos() / 2).expect("short"),
                )
        });
        for instant in times.iter().copied().chain(halves) {
            let open = self.open(instant);
            for (cell, users) in self.users(instant) {
                let Some(mix) = self.mix(&cell, instant) else {
                    continue;
                };
                for ((components, _), weight) in &mix {
                    for component in components {
                        let Component::AccessPoint(access_point) =
                            self.walk.inventory.component(*component)
                        else {
                            continue;
                        };
                        let name = self.walk.inventory.access_points[access_point.index()]
                            .id
                            .as_str();
                        let is_led = weight * users > FEW && !open.contains(name);
                        if is_led && !self.is_out(component.index(), instant) {
                            faults.insert(format!(
                                "at {instant} users of {cell:?} are led to {name}, which is closed"
                            ));
                        }
                    }
                }
            }
        }
        faults.into_iter().collect()
    }

    /// Whether an event takes a component away at an instant, or just then gives it back.
    fn is_out(&self, component: usize, instant: Timestamp) -> bool {
        let mut events = self.scenario.events.iter();
        events.any(|event| {
            let (EventKind::Maintenance(hit) | EventKind::Failure(hit) | EventKind::Gray(hit)) =
                &event.kind
            else {
                return false;
            };
            let is_hit = hit
                .components
                .iter()
                .any(|candidate| candidate.index() == component);
            is_hit && event.start <= instant && instant <= event.end
        })
    }

    /// Whether an event takes something of every path away at an instant: a component, or all members of a pool.
    fn are_cut_off(&self, mix: &Mix, instant: Timestamp) -> bool {
        let inventory = self.walk.inventory;
        let is_out = |component: ComponentId| self.is_out(component.index(), instant);
        mix.keys().all(|(components, pools)| {
            let is_empty = |pool: &PoolId| {
                let mut members = inventory.pools[pool.index()].members.iter();
                members.all(|element| is_out(inventory.element_component(*element)))
            };
            components.iter().any(|component| is_out(*component)) || pools.iter().any(is_empty)
        })
    }

    /// When the scenario and all waves are over.
    fn end(&self) -> Timestamp {
        let waves = self.walk.waves();
        let waves = waves.iter().filter(|(key, _)| !self.walk.is_refused(key.0));
        let ends = waves.map(|(_, row)| at(&row.end));
        ends.fold(self.scenario.end, Timestamp::max)
    }

    /// Undone, a wave leads nobody over an access point that is closed by then.
    fn undone_over_closed(
        &self,
        (wave, instant): ((u32, u32), Timestamp),
        written: Option<&Mix>,
    ) -> Option<String> {
        let inventory = self.walk.inventory;
        if self.walk.waves()[&wave].timing == Timing::Ahead {
            // It is undone before its period begins, or not at all.
            return None;
        }
        let open = self.open(instant);
        let is_closed = |component: &ComponentId| match inventory.component(*component) {
            Component::AccessPoint(id) => {
                let name = inventory.access_points[id.index()].id.as_str();
                !open.contains(name) && self.is_out(component.index(), instant)
            }
            _ => false,
        };
        let mut paths = written?.iter().filter(|(_, weight)| **weight > 0.0);
        let leads = paths.any(|((components, _), _)| components.iter().any(is_closed));
        leads.then(|| format!("undone wave {wave:?} leads over what is closed at {instant}"))
    }

    /// Those of these turns that are written, and done, before something is, in order of time.
    fn earlier(&self, (instant, count): (Timestamp, usize)) -> Vec<Turn> {
        let turns = self.runbook.turns.iter().enumerate();
        let is_earlier = |position: usize, turn: &Turn| {
            turn.from < instant || turn.from == instant && position < count
        };
        let earlier = turns.filter(|(position, turn)| is_earlier(*position, turn));
        let mut earlier: Vec<Turn> = earlier.map(|(_, turn)| turn.clone()).collect();
        earlier.sort_by_key(|turn| turn.from);
        earlier
    }

    /// A wave is not undone only where what is said of it holds.
    fn what_is_not_undone_could_not_be(&self) -> Vec<String> {
        let holds = |not_undone: &NotUndone| {
            let earlier = self.earlier((not_undone.at, not_undone.turns));
            if not_undone.why == Why::OthersTurn {
                return earlier.iter().any(|turn| turn.turned > not_undone.at);
            }
            let before = self.users(not_undone.at - SignedDuration::from_nanos(1));
            let inventory = self.walk.inventory;
            let is_out = |component: ComponentId| self.is_out(component.index(), not_undone.at);
            before.keys().any(|cell| {
                let held = self.tables.in_force(&earlier, cell, not_undone.at);
                let held = held.unwrap_or_default();
                let mut paths = held.iter().filter(|(_, weight)| **weight > 0.0);
                paths.any(|((components, pools), _)| {
                    let is_empty = |pool: &PoolId| {
                        let mut members = inventory.pools[pool.index()].members.iter();
                        members.all(|element| is_out(inventory.element_component(*element)))
                    };
                    components.iter().any(|component| is_out(*component))
                        || pools.iter().any(is_empty)
                })
            })
        };
        let wrong = self
            .runbook
            .not_undone
            .iter()
            .filter(|not_undone| !holds(not_undone));
        wrong
            .map(|not_undone| {
                format!(
                    "wave {:?} is not undone, and could be: {:?}",
                    not_undone.wave, not_undone.why
                )
            })
            .collect()
    }

    /// Undone, a wave leads users as they were led when it began.
    fn undone_weights_are_those_of_before(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for undo in &self.runbook.undoing {
            let earlier = self.earlier((undo.at, undo.turns));
            // Who has just left with an earlier wave is nobody of this one.
            let there = self.users(undo.at);
            let before = self.users(undo.at - SignedDuration::from_nanos(1));
            for cell in before.keys().filter(|cell| there.contains_key(*cell)) {
                let held = self.tables.in_force(&earlier, cell, undo.at);
                let written = self.tables.mix(&undo.weights, cell, undo.at);
                let is_same = match (&held, written) {
                    (Some(held), Some(written)) => are_same(held, written),
                    (None, None) => true,
                    // Where nothing leads any more no weight says who goes where.
                    (Some(held), None) => self.are_cut_off(held, undo.at),
                    (None, Some(_)) => false,
                };
                faults.extend(self.undone_over_closed((undo.wave, undo.at), written));
                if !is_same {
                    faults.push(format!(
                        "undone wave {:?} has {cell:?} at {written:?}, and it was at {held:?}",
                        undo.wave
                    ));
                }
            }
        }
        faults
    }
}

/// Whether a line says what a row does at its time.
fn says(line: &Alone, row: &ChangeRow, done: Timestamp) -> bool {
    if line.period != row.period && !line.text.starts_with("Leave ")
        || line.at.duration_since(done).abs() >= SignedDuration::from_secs(1)
    {
        return false;
    }
    let text = line.text.as_str();
    let of_many = format!("the action `{}` and no wave", row.action.word());
    if text.contains(&of_many) {
        return true;
    }
    let names = |id: Option<&str>| id.is_some_and(|id| has_id(text, id));
    let ends = [row.from_site.as_deref(), row.to_site.as_deref()];
    let is_of_shard =
        || names(row.shard.as_deref()) && ends.into_iter().all(|id| id.is_none() || names(id));
    match row.action {
        Action::OpenAccessPoint => {
            (text.starts_with("Open ") || text.starts_with("Leave "))
                && names(row.access_point.as_deref())
        }
        Action::CloseAccessPoint => {
            (text.starts_with("Close ") || text.starts_with("Leave "))
                && names(row.access_point.as_deref())
        }
        Action::TakeOut => text.starts_with("Take ") && names(row.member.as_deref()),
        Action::PutBack => text.starts_with("Put ") && names(row.member.as_deref()),
        Action::Shed => {
            (text.starts_with("Stop serving") || text.starts_with("Do not serve")) && is_of_shard()
        }
        Action::LetIn => text.starts_with("Let ") && is_of_shard(),
        _ => is_of_shard(),
    }
}
