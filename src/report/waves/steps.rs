//! Steps of the runbook that no wave does, and what happens between them.

use super::runbook::shards;
use super::words::Teller;
use crate::ids::{AccessPointId, ElementId, PoolId, ShardId, SiteId};
use crate::model::{EventType, Word as _};
use crate::plan::{Change, Plan, Step, Timing, Transition, Wave};
use crate::plan_files::{AccessPointUse, Action};
use crate::report::numbers;
use jiff::Timestamp;
use std::fmt::Write as _;

/// Steps of one kind, and components of one mark, that are named one by one.
const NAMED: usize = 12;

/// What is done, and what happens, at an instant without a wave.
pub(super) struct Instant {
    pub(super) at: Timestamp,
    pub(super) period: usize,
    /// Nothing but access points that close once nobody is led there.
    pub(super) closes: bool,
    /// Access points that would close, and open again at the same instant.
    stays_open: Vec<AccessPointId>,
    pub(super) steps: Vec<Step>,
}

impl Instant {
    pub(super) fn has_weights(&self) -> bool {
        let mut steps = self.steps.iter();
        steps.any(|own| own.number > 0 && own.action == Action::Weight)
    }

    /// Takes out the access points that open, which waves of no length at that instant need; `None` if there are none.
    pub(super) fn opening(&mut self) -> Option<Self> {
        let opens = |own: &Step| own.action == Action::OpenAccessPoint;
        let steps: Vec<Step> = self.steps.extract_if(.., |own| opens(own)).collect();
        (!steps.is_empty()).then_some(Self {
            steps,
            stays_open: Vec::new(),
            ..*self
        })
    }
}

/// The instants at which something is done without a wave, or happens, in order of time.
pub(super) fn instants(plan: &Plan, steps: &[Step]) -> Vec<Instant> {
    let mut all: Vec<Instant> = Vec::new();
    let is_alone = |own: &&Step| own.wave.is_none() && turned_by(plan, own).is_none();
    for step in steps.iter().filter(is_alone) {
        let Some(at) = step.at else { continue };
        let closes = match step.change {
            Change::AccessPoint { after, .. } => after == AccessPointUse::Standby,
            _ => false,
        };
        let place = (at, step.period, closes);
        let known = all
            .iter_mut()
            .find(|own| (own.at, own.period, own.closes) == place);
        match known {
            Some(own) => own.steps.push(*step),
            None => all.push(Instant {
                at,
                period: step.period,
                closes,
                stays_open: Vec::new(),
                steps: vec![*step],
            }),
        }
    }
    // What closes for a period has done so before a later one opens it again.
    all.sort_by_key(|own| (own.at, own.period, own.closes));
    stay_open(&mut all);
    all
}

/// Takes out the steps that close an access point which a later one opens again at the same instant.
fn stay_open(all: &mut Vec<Instant>) {
    let access_point = |step: &Step, action: Action| match step.change {
        Change::AccessPoint { access_point, .. } if step.action == action => Some(access_point),
        _ => None,
    };
    for first in 0..all.len() {
        let at = all[first].at;
        let (before, after) = all.split_at_mut(first + 1);
        let own = &mut before[first];
        for later in after.iter_mut().take_while(|later| later.at == at) {
            let opens = later.steps.iter();
            let opens = opens.filter_map(|step| access_point(step, Action::OpenAccessPoint));
            let opens: Vec<AccessPointId> = opens.collect();
            let closes = own.steps.iter();
            let closes = closes.filter_map(|step| access_point(step, Action::CloseAccessPoint));
            let both: Vec<AccessPointId> = closes.filter(|own| opens.contains(own)).collect();
            let is_both = |step: &Step, action| {
                access_point(step, action).is_some_and(|step| both.contains(&step))
            };
            own.steps
                .retain(|step| !is_both(step, Action::CloseAccessPoint));
            later
                .steps
                .retain(|step| !is_both(step, Action::OpenAccessPoint));
            own.stays_open.extend(&both);
        }
    }
    all.retain(|own| !own.steps.is_empty() || !own.stays_open.is_empty());
}

/// The wave of a later period, by that and its number, whose weights turn a share of a pool with them, though the step is one of
/// the period at hand: pools change in order of time.
fn turned_by(plan: &Plan, step: &Step) -> Option<(usize, u32)> {
    let is_alone = step.wave.is_none() && step.number > 0;
    if !is_alone || !matches!(step.change, Change::Member { .. }) {
        return None;
    }
    let ahead = plan
        .transitions
        .iter()
        .filter(|own| own.timing == Timing::Ahead && own.period > step.period);
    let mut waves = ahead.flat_map(|own| own.waves.iter().map(|wave| (own.period, wave)));
    let wave = waves.find(|(_, wave)| Some(wave.start) == step.at);
    wave.map(|(period, wave)| (period, wave.number))
}

/// Steps of one wave that change shares of pools.
pub(super) fn members_of<'s>(
    plan: &'s Plan,
    steps: &'s [Step],
    (period, wave): (usize, u32),
) -> impl Iterator<Item = &'s Step> {
    steps.iter().filter(move |own| {
        let is_its = (own.period, own.wave) == (period, Some(wave))
            || turned_by(plan, own) == Some((period, wave));
        is_its && matches!(own.change, Change::Member { .. })
    })
}

/// Whom a wave lets in by steps: shards that are asked for, where, and how many users.
pub(super) fn let_in_by(
    steps: &[Step],
    (transition, wave): (&Transition, &Wave),
    is_meant: impl Fn(ShardId) -> bool,
) -> Vec<(ShardId, SiteId, f64)> {
    let its = (transition.period, Some(wave.number));
    let lets_in = |own: &&Step| own.action == Action::LetIn && (own.period, own.wave) == its;
    let all = steps
        .iter()
        .filter(lets_in)
        .filter_map(|own| match own.change {
            Change::Home {
                shard,
                to: Some(site),
                users,
                ..
            } if is_meant(shard) => Some((shard, site, users)),
            _ => None,
        });
    all.collect()
}

/// Users of these.
pub(super) fn users_of(let_in: &[(ShardId, SiteId, f64)]) -> f64 {
    let_in.iter().map(|own| own.2).sum()
}

impl Teller<'_> {
    /// What happens and what is to be done at an instant.
    pub(super) fn write_instant(&self, own: &Instant, text: &mut String) {
        self.write_instant_under("##", own, text);
    }

    /// The same between two waves of a transition.
    pub(super) fn write_instant_between(&self, own: &Instant, text: &mut String) {
        self.write_instant_under("###", own, text);
    }

    fn write_instant_under(&self, level: &str, own: &Instant, text: &mut String) {
        let marks = self.marks(&own.steps);
        let heading = if marks.is_empty() {
            String::new()
        } else {
            format!(": {}", marks.join("; "))
        };
        let at = self.clock().second(own.at);
        let _ = writeln!(text, "\n{level} {at}, period {}{heading}\n", own.period);
        let lines = self.imperatives(own);
        if lines.is_empty() {
            text.push_str("Nothing to do.\n");
        }
        for (number, line) in lines.iter().enumerate() {
            let _ = writeln!(text, "{}. {line}", number + 1);
        }
    }

    /// What happens, such as `maintenance of Chicago (chi) begins`.
    fn marks(&self, steps: &[Step]) -> Vec<String> {
        let mut told: Vec<String> = Vec::new();
        let is_mark = |own: &&Step| own.number == 0;
        let marks: Vec<&Step> = steps.iter().filter(is_mark).collect();
        for of_kind in marks.chunk_by(|a, b| (a.action, word(a)) == (b.action, word(b))) {
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
            told.push(format!("{} of {names} {what}", word(of_kind[0])));
        }
        told
    }

    /// The steps as imperatives, in their order; many of one kind as one.
    fn imperatives(&self, own: &Instant) -> Vec<String> {
        let stays_open = own.stays_open.iter().map(|own| {
            let component = self.inventory.access_point_component(*own);
            let name = self.component_by_hand(component);
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
                        of_many(action),
                        numbers::lost_users(users.sum()),
                        shards(of_kind.len()),
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

    /// A step as an imperative.
    pub(super) fn imperative(&self, step: &Step) -> Option<String> {
        let site = |own: Option<SiteId>| {
            own.map_or_else(|| "(nowhere)".to_owned(), |own| self.site_by_hand(own))
        };
        let shard = |own: ShardId| self.inventory.shard_ids.get(own.index());
        let told = match (step.action, step.change) {
            (action, Change::AccessPoint { access_point, .. }) => {
                let component = self.inventory.access_point_component(access_point);
                let verb = if action == Action::OpenAccessPoint {
                    "Open"
                } else {
                    "Close"
                };
                format!("{verb} {}.", self.component_by_hand(component))
            }
            (
                action,
                Change::Member {
                    pool,
                    member,
                    before,
                    after,
                },
            ) => {
                let told = self.member(action, (pool, member), [before[0], after[0]]);
                format!("{told}.")
            }
            (
                Action::Shed,
                Change::Home {
                    shard: own,
                    from,
                    users,
                    ..
                },
            ) => {
                // Who joins then was served nowhere before.
                let verb = if self.had_users(step.period, own) {
                    "Stop serving"
                } else {
                    "Do not serve"
                };
                let users = numbers::lost_users(users);
                format!("{verb} {users} of shard {} at {}.", shard(own), site(from))
            }
            (
                Action::LetIn,
                Change::Home {
                    shard: own,
                    to,
                    users,
                    ..
                },
            ) => {
                let (own, at) = (shard(own), site(to));
                if users > 0.0 {
                    let users = numbers::lost_users(users);
                    format!("Let {users} of shard {own} in again at {at}.")
                } else {
                    format!("Let all of shard {own} in again at {at}: no user of it is there now.")
                }
            }
            (
                action,
                Change::Home {
                    shard: own,
                    from,
                    to,
                    ..
                },
            ) => format!(
                "{} shard {} from {} to {}.",
                of_one(action),
                shard(own),
                site(from),
                site(to)
            ),
            _ => return None,
        };
        Some(told)
    }

    /// `500 of chess at Chicago (chi), 250 of school at Chicago (chi)`; how many shards, where there are many.
    pub(super) fn of_shards(&self, let_in: &[(ShardId, SiteId, f64)]) -> String {
        if let_in.len() > NAMED {
            return shards(let_in.len());
        }
        let of_shard = |(shard, site, users): &(ShardId, SiteId, f64)| {
            format!(
                "{} of {} at {}",
                numbers::about(*users),
                self.inventory.shard_ids.get(shard.index()),
                self.site_by_hand(*site)
            )
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
        let component = self.inventory.element_component(member);
        let name = self.component_by_hand(component);
        let pool = &self.inventory.pools[pool.index()].id;
        let is_whole = after <= 0.0;
        let [before, after] = [before, after].map(percent);
        let verb = match (action, is_whole) {
            (Action::PutBack, _) => format!("Put {name} back into the pool {pool}"),
            (_, true) => format!("Take {name} out of the pool {pool}"),
            _ => format!("Take {name} out of the pool {pool} in part"),
        };
        format!("{verb}: from {before} % to {after} % of its users")
    }
}

/// A share in per cent, in six digits: what somebody types in has to be as exact as loads are compared.
fn percent(share: f64) -> String {
    let rounded = format!("{:.4}", share * 100.0);
    rounded
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

fn word(step: &Step) -> &'static str {
    match step.change {
        Change::Mark { kind, .. } => EventType::of_word(kind.word()).map_or("", EventType::noun),
        _ => "",
    }
}

impl Teller<'_> {
    /// `true` if a shard had users before a period.
    pub(super) fn had_users(&self, period: usize, shard: ShardId) -> bool {
        let earlier = period
            .checked_sub(1)
            .map(|own| &self.plan.periods[own].case);
        let case = earlier.unwrap_or(&self.plan.before.case);
        case.users(shard.index()) > 0.0
    }
}

fn of_one(action: Action) -> &'static str {
    match action {
        Action::Copy => "Copy",
        Action::Place => "Place",
        Action::Takeover => "Run from its copy",
        Action::Return => "Return",
        _ => "Move",
    }
}

fn of_many(action: Action) -> &'static str {
    match action {
        Action::Copy => "Copy",
        Action::Place => "Place",
        Action::Takeover => "Run from their copies",
        Action::Return => "Return",
        Action::Shed => "Stop serving",
        Action::LetIn => "Let in again",
        _ => "Do",
    }
}
