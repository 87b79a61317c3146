//! Steps that no wave does, as imperatives, and what happens between them.

use super::in_force::no_rows;
use super::instants::StepsAt;
use super::on_way::WeightRows;
use super::teller::{NAMED, WayTeller};
use crate::ids::{ElementId, PoolId, ShardId, SiteId};
use crate::model::{EventType, Word as _};
use crate::plan::{Change, Step};
use crate::plan_files::Action;
use crate::report::document::Section;
use crate::report::grammar::{count, only_if};
use crate::report::numbers;

impl WayTeller<'_> {
    /// What happens and what is to be done at an instant.
    pub(super) fn instant(&self, own: &StepsAt) -> Section {
        let marks = self.marks(&own.steps);
        let heading = only_if(!marks.is_empty(), || format!(": {}", marks.join("; ")));
        let at = self.clock().second(own.at);
        let mut section = Section::titled(&format!("{at}, period {}{heading}", own.period));
        let lines = self.imperatives(own);
        if lines.is_empty() {
            section.say("Nothing to do.");
        }
        section.steps(lines);
        section
    }

    /// What happens, such as `maintenance of Chicago (chi) begins`.
    fn marks(&self, steps: &[Step]) -> Vec<String> {
        let marks: Vec<&Step> = steps.iter().filter(|own| own.number == 0).collect();
        let of_kinds = marks.chunk_by(|a, b| (a.action, word(a)) == (b.action, word(b)));
        let told = of_kinds.map(|of_kind| {
            let names = of_kind.iter().filter_map(|own| match own.change {
                Change::Mark { component, .. } => Some(self.component_by_hand(component)),
                _ => None,
            });
            let names: Vec<String> = names.collect();
            let names = if names.len() > NAMED {
                format!("{} components (changes.csv has each)", names.len())
            } else {
                names.join(", ")
            };
            let what = match of_kind[0].action {
                Action::Begins => "begins",
                Action::Detected => "is detected",
                _ => "ends",
            };
            format!("{} of {names} {what}", word(of_kind[0]))
        });
        told.collect()
    }

    /// The steps as imperatives, in their order; many of one kind as one.
    fn imperatives(&self, own: &StepsAt) -> Vec<String> {
        let stays_open = own.stays_open.iter().map(|own| {
            let name = self.access_point_by_hand(*own);
            format!("Leave {name} open: it would close now and open again.")
        });
        let mut told: Vec<String> = stays_open.collect();
        let period = own.period;
        let steps: Vec<&Step> = own.steps.iter().filter(|own| own.number > 0).collect();
        let mut opened = self.opens_with_instant(own);
        for of_kind in steps.chunk_by(|a, b| a.action == b.action) {
            let action = of_kind[0].action;
            if opened && action != Action::OpenAccessPoint && action != Action::PutBack {
                told.push(self.weights(own));
                opened = false;
            }
            match action {
                Action::Weight => told.push(self.weights(own)),
                _ if of_kind.len() <= NAMED => {
                    told.extend(of_kind.iter().filter_map(|own| self.imperative(own)));
                }
                _ => {
                    let users = of_kind.iter().map(|own| match own.change {
                        Change::Home { users, .. } => users,
                        _ => 0.0,
                    });
                    told.push(format!(
                        "{}: {} in {} (rows of changes.csv with period {period}, the action `{}` and no wave).",
                        verb(action, false),
                        numbers::lost_users(users.sum()),
                        count(of_kind.len(), "shard"),
                        action.word()
                    ));
                }
            }
        }
        if opened {
            told.push(self.weights(own));
        }
        told
    }

    /// Which weights hold from an instant on, as an imperative.
    fn weights(&self, own: &StepsAt) -> String {
        let period = own.period;
        if let WeightRows::Wave(later, number) = self.weights_at(own) {
            return format!(
                "Weights: wave {number} of period {later} goes on, from now on with the rows of wave_weights.csv with period {later}, wave {number} and `during` {period}."
            );
        }
        let hours = &self.plan.periods[period].case.hours;
        let slice = if hours.slice_count() > 1 {
            let slice = hours.slice_at(self.plan.periods[period].period.start);
            format!(" and slice {slice}")
        } else {
            String::new()
        };
        let rows = no_rows(self.plan, period);
        format!("Set every weight to that of steering.csv with period {period}{slice}{rows}.")
    }

    /// A step as an imperative.
    fn imperative(&self, step: &Step) -> Option<String> {
        let site = |own: Option<SiteId>| {
            own.map_or_else(|| "(nowhere)".to_owned(), |own| self.site_by_hand(own))
        };
        Some(match step.change {
            Change::AccessPoint { access_point, .. } => {
                let is_opened = step.action == Action::OpenAccessPoint;
                let verb = if is_opened { "Open" } else { "Close" };
                format!("{verb} {}.", self.access_point_by_hand(access_point))
            }
            Change::Member {
                pool,
                member,
                before,
                after,
            } => {
                let told = self.member(step.action, (pool, member), [before[0], after[0]]);
                format!("{told}.")
            }
            Change::Home {
                shard: id,
                from,
                to,
                users,
                ..
            } => {
                let shard = self.shard(id);
                match step.action {
                    Action::Shed => {
                        // Who joins then was served nowhere before.
                        let verb = if self.had_users(step.period, id) {
                            "Stop serving"
                        } else {
                            "Do not serve"
                        };
                        let users = numbers::lost_users(users);
                        format!("{verb} {users} of shard {shard} at {}.", site(from))
                    }
                    Action::LetIn if users > 0.0 => {
                        let users = numbers::lost_users(users);
                        format!("Let {users} of shard {shard} in again at {}.", site(to))
                    }
                    Action::LetIn => format!(
                        "Let all of shard {shard} in again at {}: no user of it is there now.",
                        site(to)
                    ),
                    action => {
                        let (verb, from, to) = (verb(action, true), site(from), site(to));
                        format!("{verb} shard {shard} from {from} to {to}.")
                    }
                }
            }
            Change::Weight { .. } | Change::Mark { .. } => return None,
        })
    }

    /// `500 of chess at Chicago (chi), 250 of school at Chicago (chi)`; how many shards, where there are many.
    pub(super) fn of_shards(&self, let_in: &[(ShardId, SiteId, f64)]) -> String {
        if let_in.len() > NAMED {
            return count(let_in.len(), "shard");
        }
        let of_shard = |(shard, site, users): &(ShardId, SiteId, f64)| {
            let (users, site) = (numbers::about(*users), self.site_by_hand(*site));
            format!("{users} of {} at {site}", self.shard(*shard))
        };
        let all: Vec<String> = let_in.iter().map(of_shard).collect();
        all.join(", ")
    }

    /// `Take lb-2 out of the pool lb: from 33.3 % to 0 % of its users`.
    pub(super) fn member(
        &self,
        action: Action,
        (pool, member): (PoolId, ElementId),
        [before, after]: [f64; 2],
    ) -> String {
        let name = self.component_by_hand(self.inventory.element_component(member));
        let pool = self.inventory.pool_name(pool);
        let verb = match (action, after <= 0.0) {
            (Action::PutBack, _) => format!("Put {name} back into the pool {pool}"),
            (_, true) => format!("Take {name} out of the pool {pool}"),
            _ => format!("Take {name} out of the pool {pool} in part"),
        };
        let [before, after] = [before, after].map(percent);
        format!("{verb}: from {before} % to {after} % of its users")
    }
}

/// A share in per cent, in six digits: what somebody types in has to be as exact as loads are compared.
fn percent(share: f64) -> String {
    let rounded = format!("{:.4}", share * 100.0);
    let rounded = rounded.trim_end_matches('0').trim_end_matches('.');
    rounded.to_owned()
}

fn word(step: &Step) -> &'static str {
    match step.change {
        Change::Mark { kind, .. } => EventType::of_word(kind.word()).map_or("", EventType::noun),
        _ => "",
    }
}

fn verb(action: Action, is_one: bool) -> &'static str {
    match action {
        Action::Copy => "Copy",
        Action::Place => "Place",
        Action::Takeover if is_one => "Run from its copy",
        Action::Takeover => "Run from their copies",
        Action::Return => "Return",
        _ if is_one => "Move",
        Action::Shed => "Stop serving",
        Action::LetIn => "Let in again",
        _ => "Do",
    }
}
