//! Back: the path back is gone as it is written: nobody is led to what is closed or is without weights, and all is as before.

use super::super::loads::{loads, weights};
use super::super::state::{Names, State};
use super::read::{Named, named_back};
use super::weights::{Cell, are_same};
use super::{FEW, Hand, has_id};
use crate::naive::Band;
use crate::naive::at_instant::at_instant;
use crate::waves::walk::conditions::Conditions;
use crate::waves::walk::roads::rows;
use jiff::Timestamp;
use plimsoll::ids::ComponentId;
use plimsoll::model::{Component, Scenario};
use plimsoll::plan_files::{Action, ChangeRow};
use std::collections::{BTreeMap, BTreeSet};

/// What is done so far.
struct Gone<'r> {
    state: State,
    /// By cell, what has its weights.
    named: BTreeMap<Cell, (Named, Timestamp)>,
    left: Vec<&'r ChangeRow>,
    /// Access points that stay open for users who stay.
    is_kept: bool,
    faults: BTreeSet<String>,
}

/// What would be too full.
struct Full {
    component: ComponentId,
    load: f64,
    left: f64,
    /// It carried as much before, and could carry no more.
    is_as_before: bool,
}

impl Hand<'_, '_> {
    /// What goes wrong on the path back; where there is none all is as it was, but for what growth asks.
    pub(super) fn path_back(&self) -> Vec<String> {
        let mut faults = self.is_carried_back();
        if self.runbook.back.is_empty() && self.has_grown() {
            return faults;
        }
        let rows = self.walk.plan.changes_back.iter().flatten();
        let end = self.end();
        let state = self.walk.state(|_| true, &mut Vec::new());
        let mut gone = Gone {
            named: BTreeMap::new(),
            state,
            left: rows.map(|row| &row.row).collect(),
            is_kept: false,
            faults: BTreeSet::new(),
        };
        for line in &self.runbook.back {
            let rows = line.strip_prefix("Undo the rows with period ");
            let clauses = rows.and_then(|rows| rows.split_once(": "));
            let Some((rows, clauses)) = clauses else {
                self.undo_alone(line, &mut gone);
                continue;
            };
            let (period, wave) = rows.split_once(" and ").expect("a wave or none");
            let period: u32 = period.parse().expect("a period");
            let wave = wave.strip_prefix("wave ");
            let wave: Option<u32> = wave.map(|wave| wave.parse().expect("a wave"));
            for clause in clauses.trim_end_matches('.').split(", then ") {
                self.undo(clause, (period, wave), &mut gone);
                self.look(clause, &mut gone);
            }
        }
        self.compare(&mut gone, end);
        faults.extend(gone.faults);
        faults
    }

    /// With all users where they were before nothing is beyond what it can carry when the scenario ends; where something is, the runbook
    /// names one that is, and no path back. What was so full before is named, and the path back stands.
    fn is_carried_back(&self) -> Vec<String> {
        let all = self.full_back();
        let (as_before, fuller): (Vec<&Full>, Vec<&Full>) =
            all.iter().partition(|full| full.is_as_before);
        let [said, said_as_before] = [&self.runbook.full_back, &self.runbook.full_as_before];
        let back = &self.runbook.back;
        let mut faults = Vec::new();
        for (full, said, is_due) in [
            (&fuller, said, !fuller.is_empty()),
            (&as_before, said_as_before, fuller.is_empty()),
        ] {
            let component = |full: &Full| self.walk.inventory.component_name(full.component);
            let of = full.iter().map(|full| {
                let [load, left] = [full.load, full.left];
                format!("{} would carry {load} of {left}", component(full))
            });
            let of: Vec<String> = of.collect();
            match said {
                None if back.is_empty() || full.is_empty() || !is_due => {}
                None => faults.push(format!("path back: {of:?}, and it says {back:?}")),
                Some(said) if full.iter().any(|full| has_id(said, component(full))) => {}
                Some(said) => faults.push(format!("path back: not {said}, but {of:?}")),
            }
        }
        if said.is_some() && !back.is_empty() {
            faults.push(format!("no path back, and {back:?}"));
        }
        faults
    }

    /// What is beyond its capacity with everybody where he was before, by the weights of before, at the demand and the capacities of
    /// the scenario's end, without its events; shards without a home before are not there.
    fn full_back(&self) -> Vec<Full> {
        let inventory = self.walk.inventory;
        let ended = Scenario {
            events: Vec::new(),
            ..self.scenario.clone()
        };
        let ground_at = |at: Timestamp| {
            let mut believed = at_instant(inventory, &ended, at, Band::Expected);
            for (shard, row) in inventory.shards.iter().enumerate() {
                if row.site.is_none() {
                    believed.base_users[shard] = 0.0;
                }
            }
            let factor = vec![1.0; inventory.client_regions.len()];
            Conditions::new((inventory, &ended), believed, factor)
        };
        let [quiet, conditions] = [self.scenario.start, self.scenario.end].map(ground_at);
        let before = self.walk.state(|_| false, &mut Vec::new());
        let first = self.walk.stands.until(0);
        let weights = weights(rows(inventory, &self.walk.plan, first));
        let now = loads((inventory, &ended), &conditions, &before, &weights);
        let was = loads((inventory, &ended), &quiet, &before, &weights);
        let full = now.indexed_iter().filter_map(|(at, load)| {
            let left = conditions.believed.left(at.0, at.1)?;
            let tolerated = 2e-6 * left.max(1.0);
            let could = quiet.believed.left(at.0, at.1);
            let has_less = could.is_none_or(|could| left < could - tolerated);
            (*load > left + tolerated).then(|| Full {
                component: ComponentId::new(at.0),
                load: *load,
                left,
                is_as_before: !has_less && *load <= was[at] + tolerated,
            })
        });
        full.collect()
    }

    /// Whether users have joined or left, or have been given a home, or capacities have changed, by the end.
    fn has_grown(&self) -> bool {
        let inventory = self.walk.inventory;
        let is_within = |at: Timestamp| self.scenario.start <= at && at <= self.scenario.end;
        let mut joins = inventory
            .onboarding
            .iter()
            .map(|onboarding| onboarding.date);
        let mut changes = inventory
            .capacity_changes
            .iter()
            .map(|capacity_change| capacity_change.date);
        let is_homed = inventory.shards.iter().all(|shard| shard.site.is_some());
        joins.any(is_within) || changes.any(is_within) || !is_homed
    }

    /// Does what a line says that is of no rows.
    fn undo_alone(&self, line: &str, gone: &mut Gone<'_>) {
        let of_wave = line.strip_prefix("Undo wave ");
        let clause = of_wave.and_then(|line| line.rsplit_once(": "));
        let clause = clause.map_or(line, |(_, clause)| clause);
        self.undo(&lowered(clause), (0, None), gone);
        // What events take away to the end may be closed until all of it is open.
        if !clause.starts_with("Open ") {
            self.look(clause, gone);
        }
    }

    /// Does what a clause says.
    fn undo(&self, clause: &str, of: (u32, Option<u32>), gone: &mut Gone<'_>) {
        if clause.starts_with("set every weight") {
            let named = named_back(clause, self.scenario).expect("rows of weights");
            let table = self.tables.cells(&named);
            for cell in table {
                gone.named.insert(cell, (named.clone(), self.end()));
            }
            return;
        }
        let starts = |words: &[&str]| words.iter().any(|word| clause.starts_with(word));
        let is_meant = |row: &ChangeRow| match row.action {
            Action::Shed => starts(&["stop serving"]),
            Action::LetIn => starts(&["let "]),
            Action::Remove => starts(&["take "]) && clause.contains("without a home"),
            Action::Copy | Action::Takeover | Action::Return => starts(&["move "]),
            _ => false,
        };
        let is_of = |row: &ChangeRow| (row.period, row.wave) == of;
        let stays = |row: &ChangeRow| self.stays(row);
        let all = std::mem::take(&mut gone.left);
        let (rows, left): (Vec<&ChangeRow>, Vec<&ChangeRow>) = all
            .into_iter()
            .partition(|row| is_of(row) && is_meant(row) && !stays(row));
        gone.left = left;
        let names = Names::new(self.walk.inventory);
        for step in rows.chunk_by(|a, b| a.step == b.step) {
            let conditions = self.walk.stands.periods[step[0].period as usize].any();
            let faults = gone
                .state
                .undo(&names, step, |shard| conditions.users(shard));
            gone.faults.extend(faults);
        }
        // What shards without a home before pass stays open.
        gone.is_kept |= starts(&["leave "]) && clause.contains(" open: ");
        if starts(&["open ", "close ", "put "]) {
            self.by_id(clause, gone);
        }
    }

    /// What no row has: access points that are opened or closed once everybody is back.
    fn by_id(&self, clause: &str, gone: &mut Gone<'_>) {
        let access_points = self.walk.inventory.access_points.iter().enumerate();
        for (index, access_point) in access_points {
            if has_id(clause, &access_point.id) {
                match clause.split(' ').next() {
                    Some("open") => gone.state.open[index] = true,
                    Some("close") => {
                        let is_kept = clause.contains("unless users who stay");
                        let is_passed = self.are_led_over(gone, Some(access_point.id.as_str()));
                        gone.state.open[index] = is_kept && is_passed;
                        gone.is_kept |= is_kept;
                    }
                    _ => {}
                }
            }
        }
        if clause.starts_with("put ") {
            self.put_back(clause, gone);
        }
    }

    /// A member gets its share of a pool's users again, and the others that have any share the rest.
    fn put_back(&self, clause: &str, gone: &mut Gone<'_>) {
        let inventory = self.walk.inventory;
        for (pool, shares) in inventory.pools.iter().zip(&mut gone.state.pools) {
            for (position, member) in pool.members.iter().enumerate() {
                if !has_id(clause, &inventory.elements[member.index()].id) {
                    continue;
                }
                let (_, share) = clause.rsplit_once("to ").expect("a share");
                let percent = share.split(' ').next().expect("a number");
                let share = percent.parse::<f64>().expect("a number") / 100.0;
                shares[position] = share;
                let is_other =
                    |(other, share): &(usize, &mut f64)| *other != position && **share > 0.0;
                let others = shares.iter_mut().enumerate().filter(is_other);
                let others: Vec<&mut f64> = others.map(|(_, share)| share).collect();
                let count = others.len() as f64;
                for other in others {
                    *other = (1.0 - share) / count;
                }
            }
        }
    }

    /// Shards that had no home before, or no users, stay where they are unless they are taken out of service.
    fn stays(&self, row: &ChangeRow) -> bool {
        let Some(shard) = row.shard.as_deref() else {
            return false;
        };
        let inventory = self.walk.inventory;
        let index =
            (0..inventory.shards.len()).find(|index| inventory.shard_ids.get(*index) == shard);
        let index = index.expect("a shard");
        let was_there = self.walk.stands.quiet.any().users(index) > 0.0;
        let had_home = inventory.shards[index].site.is_some();
        row.action != Action::Remove && !(was_there && had_home)
    }

    fn mix_back(&self, gone: &Gone<'_>, cell: &Cell) -> Option<super::weights::Mix> {
        match gone.named.get(cell) {
            Some((named, at)) => self.tables.mix(named, cell, *at).cloned(),
            None => self.mix(cell, self.end()),
        }
    }

    fn are_led_over(&self, gone: &Gone<'_>, access_point: Option<&str>) -> bool {
        let users = self.users_in(&gone.state, self.end());
        users.keys().any(|cell| {
            let mix = self.mix_back(gone, cell).unwrap_or_default();
            let mut paths = mix.iter().filter(|(_, weight)| **weight > 0.0);
            paths.any(|((components, _), _)| {
                components.iter().any(|component| {
                    let component = self.walk.inventory.component(*component);
                    matches!(component, Component::AccessPoint(id)
                        if Some(self.walk.inventory.access_points[id.index()].id.as_str()) == access_point)
                })
            })
        })
    }

    /// Nobody is led to what is closed.
    fn look(&self, clause: &str, gone: &mut Gone<'_>) {
        for (cell, users) in self.users_in(&gone.state, self.end()) {
            let Some(mix) = self.mix_back(gone, &cell) else {
                continue;
            };
            for ((components, _), weight) in &mix {
                for component in components {
                    if let Component::AccessPoint(access_point) =
                        self.walk.inventory.component(*component)
                        && weight * users > FEW
                        && !gone.state.open[access_point.index()]
                    {
                        let name = &self.walk.inventory.access_points[access_point.index()].id;
                        gone.faults.insert(format!(
                            "path back, after {clause:?}: users of {cell:?} are led to {name}, which is closed"
                        ));
                    }
                }
            }
        }
    }

    /// In the end who was served before is served as before, over the same paths.
    fn compare(&self, gone: &mut Gone<'_>, end: Timestamp) {
        let before = self.walk.state(|_| false, &mut Vec::new());
        let quiet = self.walk.stands.quiet.any();
        let keys: BTreeSet<_> = gone
            .state
            .served
            .keys()
            .chain(before.served.keys())
            .copied()
            .collect();
        for key in keys {
            let shard = &self.walk.inventory.shards[key.0];
            if quiet.users(key.0) <= 0.0 || shard.site.is_none() {
                continue;
            }
            let [is, was] =
                [&gone.state, &before].map(|of| of.served.get(&key).copied().unwrap_or(0.0));
            if (is - was).abs() > 2e-5 {
                gone.faults
                    .insert(format!("path back: {is} of {key:?}, not {was}"));
            }
        }
        let shares = |of: &State| -> Vec<f64> { of.pools.iter().flatten().copied().collect() };
        let pools = shares(&gone.state).into_iter().zip(shares(&before));
        let is_same = pools.into_iter().all(|(is, was)| (is - was).abs() < 1e-5);
        if !is_same {
            let (is, was) = (&gone.state.pools, &before.pools);
            gone.faults
                .insert(format!("path back: pools {is:?}, not {was:?}"));
        }
        if !gone.is_kept && gone.state.open != before.open {
            let (open, was) = (&gone.state.open, &before.open);
            gone.faults
                .insert(format!("path back: open {open:?}, not {was:?}"));
        }
        for cell in self.users_in(&before, Timestamp::MIN).keys() {
            let was = self.tables.mix(&Named::Before, cell, end);
            let is = self.mix_back(gone, cell);
            let is_same = match (was, &is) {
                (Some(was), Some(is)) => are_same(was, is),
                (None, _) => true,
                (Some(_), None) => false,
            };
            if !is_same {
                gone.faults
                    .insert(format!("path back: {cell:?} has {is:?}, not {was:?}"));
            }
        }
    }
}

/// A sentence as a clause.
fn lowered(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}
