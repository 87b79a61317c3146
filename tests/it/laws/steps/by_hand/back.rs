//! Back: the path back is gone as it is written: nobody is led to what is closed or is without weights, and all is as before.

use super::super::state::{Names, State};
use super::read::{Named, named_back};
use super::weights::{Cell, are_same};
use super::{FEW, Hand, has_id};
use jiff::Timestamp;
use plimsoll::model::Component;
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

impl Hand<'_, '_> {
    /// What goes wrong on the path back; nothing where there is none.
    pub(super) fn path_back(&self) -> Vec<String> {
        if self.runbook.back.is_empty() {
            return Vec::new();
        }
        let rows = self.walk.plan.changes_back.iter().flatten();
        let end = self.scenario.end;
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
            match rows.and_then(|rows| rows.split_once(": ")) {
                Some((rows, clauses)) => {
                    let (period, wave) = rows.split_once(" and ").expect("a wave or none");
                    let period: u32 = period.parse().expect("a period");
                    let wave = wave.strip_prefix("wave ");
                    let wave: Option<u32> = wave.map(|wave| wave.parse().expect("a wave"));
                    for clause in clauses.trim_end_matches('.').split(", then ") {
                        self.undo(clause, (period, wave), &mut gone);
                        self.look(clause, &mut gone);
                    }
                }
                None => {
                    // Another clause, which may follow what it is of.
                    let clause = line
                        .rsplit_once(": ")
                        .map_or(line.as_str(), |(_, clause)| clause);
                    self.undo(&lowered(clause), (0, None), &mut gone);
                    self.look(clause, &mut gone);
                }
            }
        }
        self.compare(&mut gone, end);
        gone.faults.into_iter().collect()
    }

    /// Does what a clause says.
    fn undo(&self, clause: &str, of: (u32, Option<u32>), gone: &mut Gone<'_>) {
        if clause.starts_with("set every weight") {
            let named = named_back(clause, self.scenario).expect("rows of weights");
            let table = self.tables.cells(&named);
            for cell in table {
                gone.named.insert(cell, (named.clone(), self.scenario.end));
            }
            return;
        }
        let starts = |words: &[&str]| words.iter().any(|word| clause.starts_with(word));
        gone.is_kept |= clause.contains("unless users who stay");
        let is_meant = |row: &ChangeRow| match row.action {
            Action::OpenAccessPoint => {
                starts(&["open "]) && names(clause, row.access_point.as_deref())
            }
            Action::CloseAccessPoint => {
                starts(&["close "]) && names(clause, row.access_point.as_deref())
            }
            Action::TakeOut => starts(&["take "]) && names(clause, row.member.as_deref()),
            Action::PutBack => starts(&["put "]) && names(clause, row.member.as_deref()),
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
            let ground = self.walk.stands.periods[step[0].period as usize].any();
            let is_kept = step[0].action == Action::CloseAccessPoint && gone.is_kept;
            let is_used = |row: &&ChangeRow| self.are_led_over(gone, row.access_point.as_deref());
            if is_kept && step.iter().any(is_used) {
                continue;
            }
            let faults = gone.state.undo(&names, step, |shard| ground.users(shard));
            gone.faults.extend(faults);
        }
        if rows.is_empty() && !starts(&["leave", "set every"]) {
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
                    Some("close") => gone.state.open[index] = false,
                    _ => {}
                }
            }
        }
        if clause.starts_with("put ") || clause.starts_with("take ") {
            let before = self.walk.state(|_| false, &mut Vec::new());
            gone.state.pools = before.pools;
        }
    }

    /// Shards that had no home before, or no users, stay where they are unless they are taken out of service.
    fn stays(&self, row: &ChangeRow) -> bool {
        let Some(shard) = row.shard.as_deref() else {
            return false;
        };
        let inventory = self.walk.inventory;
        let index = (0..inventory.shards.len()).find(|own| inventory.shard_ids.get(*own) == shard);
        let index = index.expect("a shard");
        let was_there = self.walk.stands.quiet.any().users(index) > 0.0;
        let had_home = inventory.shards[index].site.is_some();
        row.action != Action::Remove && !(was_there && had_home)
    }

    fn mix_back(&self, gone: &Gone<'_>, cell: &Cell) -> Option<super::weights::Mix> {
        match gone.named.get(cell) {
            Some((named, at)) => self.tables.mix(named, cell, *at).cloned(),
            None => self.mix(cell, self.scenario.end),
        }
    }

    fn are_led_over(&self, gone: &Gone<'_>, access_point: Option<&str>) -> bool {
        let users = self.users_in(&gone.state, self.scenario.end);
        users.keys().any(|cell| {
            let mix = self.mix_back(gone, cell).unwrap_or_default();
            let mut paths = mix.iter().filter(|(_, weight)| **weight > 0.0);
            paths.any(|((components, _), _)| {
                components.iter().any(|own| {
                    let own = self.walk.inventory.component(*own);
                    matches!(own, Component::AccessPoint(id)
                        if Some(self.walk.inventory.access_points[id.index()].id.as_str()) == access_point)
                })
            })
        })
    }

    /// Nobody is led to what is closed.
    fn look(&self, clause: &str, gone: &mut Gone<'_>) {
        for (cell, users) in self.users_in(&gone.state, self.scenario.end) {
            let Some(mix) = self.mix_back(gone, &cell) else {
                continue;
            };
            for ((components, _), weight) in &mix {
                for component in components {
                    if let Component::AccessPoint(own) = self.walk.inventory.component(*component)
                        && weight * users > FEW
                        && !gone.state.open[own.index()]
                    {
                        let name = &self.walk.inventory.access_points[own.index()].id;
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

fn names(clause: &str, id: Option<&str>) -> bool {
    id.is_some_and(|id| has_id(clause, id))
}

/// A sentence as a clause.
fn lowered(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}
