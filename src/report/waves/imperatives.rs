//! Steps that no wave does, as imperatives, and what happens between them.

use crate::ids::{AccessPointId, ElementId, PoolId, ShardId, SiteId};
use crate::model::{EventType, LinkEnd, Word as _};
use crate::plan::{Change, Flow, GroupKey, Step, are_paths_changed, still_out};
use crate::plan_files::Action;
use crate::report::document::Section;
use crate::report::grammar::{count, only_if};
use crate::report::numbers;
use crate::report::waves::back::{BackStep, BackWork, alone, turned};
use crate::report::waves::in_force::{WeightRows, no_rows};
use crate::report::waves::instants::StepsAt;
use crate::report::waves::tasks::{RunbookTask, TaskKind, Work};
use crate::report::waves::writer::{NAMED, TransitionWriter};
use crate::units::NOBODY;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

impl TransitionWriter<'_> {
    /// The heading of what no wave does at an instant, with what happens then.
    pub(super) fn instant(&self, steps_at: &StepsAt) -> Section {
        let marks = self.marks(&steps_at.steps);
        let heading = only_if(!marks.is_empty(), || format!(": {}", marks.join("; ")));
        let at = self.clock().second(steps_at.at);
        Section::titled(&format!("{at}, period {}{heading}", steps_at.period))
    }

    pub(super) fn marks(&self, steps: &[Step]) -> Vec<String> {
        let marks: Vec<&Step> = steps.iter().filter(|step| step.number == 0).collect();
        let kind = |step: &Step| (step.action, word(step), self.is_assumed_end(step));
        let of_kinds = marks.chunk_by(|a, b| kind(a) == kind(b));
        let words = of_kinds.map(|of_kind| {
            let names = of_kind.iter().filter_map(|step| match step.change {
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
                _ if of_kind.iter().all(|step| self.is_assumed_end(step)) => {
                    "is assumed to end (no end was given)"
                }
                _ => "ends",
            };
            format!("{} of {names} {what}", word(of_kind[0]))
        });
        words.collect()
    }

    /// `true` if a mark is the end of events of which nobody stated one.
    pub(super) fn is_assumed_end(&self, mark: &Step) -> bool {
        let (Change::Mark { component, kind }, Action::Ends) = (mark.change, mark.action) else {
            return false;
        };
        let ending = self.scenario.events.iter().filter(|event| {
            let event_type = event.kind.event_type();
            Some(event.end) == mark.at
                && event_type.word() == kind.word()
                && event.kind.components().contains(&component)
        });
        let mut ending = ending.peekable();
        ending.peek().is_some() && ending.all(|event| event.is_end_assumed)
    }

    /// The steps in their order; many of one kind as one.
    pub(super) fn tasks_at<'t>(&self, steps_at: &StepsAt) -> Vec<RunbookTask<'t>> {
        let period = steps_at.period;
        let stays_open = steps_at.stays_open.iter().map(|own_id| {
            let name = self.access_point_by_hand(*own_id);
            let sentence = format!("Leave {name} open: it would close now and open again.");
            RunbookTask::new(TaskKind::LeaveOpen, steps_at.at, period, sentence).about(name, "")
        });
        let mut tasks: Vec<RunbookTask<'t>> = stays_open.collect();
        let steps: Vec<&Step> = steps_at
            .steps
            .iter()
            .filter(|step| step.number > 0)
            .collect();
        let mut opened = self.opens_with_instant(steps_at);
        for of_kind in steps.chunk_by(|a, b| a.action == b.action) {
            let action = of_kind[0].action;
            if opened && action != Action::OpenAccessPoint && action != Action::PutBack {
                tasks.push(self.weights(steps_at));
                opened = false;
            }
            match action {
                Action::Weight => tasks.push(self.weights(steps_at)),
                _ if of_kind.len() <= NAMED => {
                    tasks.extend(
                        of_kind
                            .iter()
                            .filter_map(|step| self.task(step, steps_at.at)),
                    );
                }
                _ => {
                    let users = of_kind.iter().map(|step| match step.change {
                        Change::Home { users, .. } => users,
                        _ => 0.0,
                    });
                    let users = numbers::lost_users(users.sum());
                    let shards = count(of_kind.len(), "shard");
                    let rows = format!(
                        "rows of changes.csv with period {period}, the action `{}` and no wave",
                        action.word()
                    );
                    let sentence =
                        format!("{}: {users} in {shards} ({rows}).", verb(action, false));
                    let steps = of_kind.iter().map(|step| **step).collect();
                    tasks.push(RunbookTask {
                        rows,
                        ..RunbookTask::new(kind_of(action), steps_at.at, period, sentence)
                            .about(shards, users)
                            .doing(Work::Steps(steps, 0.0))
                    });
                }
            }
        }
        if opened {
            tasks.push(self.weights(steps_at));
        }
        tasks
    }

    fn weights<'t>(&self, steps_at: &StepsAt) -> RunbookTask<'t> {
        let period = steps_at.period;
        let task = |sentence: String, words: String, rows| RunbookTask {
            rows: words,
            ..RunbookTask::new(TaskKind::SetWeights, steps_at.at, period, sentence)
                .about("all client regions", "")
                .doing(Work::Weights {
                    rows,
                    seconds: 0.0,
                    is_only_new: false,
                })
        };
        if let (later, Some(number)) = self.weights_at(steps_at) {
            let rows = format!(
                "wave_weights.csv with period {later}, wave {number} and `during` {period}"
            );
            let sentence = format!(
                "Weights: wave {number} of period {later} goes on. Set every weight to the rows of {rows}."
            );
            return task(
                sentence,
                rows,
                WeightRows::Wave(later, number, Some(period)),
            );
        }
        let hours = &self.plan.periods[period].case.hours;
        let slice = if hours.slice_count() > 1 {
            let slice = hours.slice_at(self.plan.periods[period].period.start);
            format!(" and slice {slice}")
        } else {
            String::new()
        };
        let none = no_rows(self.plan, period);
        let rows = format!("steering.csv with period {period}{slice}");
        let sentence = format!("Set every weight to that of {rows}{none}.");
        task(sentence, rows, WeightRows::Period(period))
    }

    pub(super) fn task<'t>(&self, step: &Step, at: Timestamp) -> Option<RunbookTask<'t>> {
        let site = |site: Option<SiteId>| {
            site.map_or_else(|| "(nowhere)".to_owned(), |site| self.site_by_hand(site))
        };
        let of_step = |sentence: String| {
            let task = RunbookTask::new(kind_of(step.action), at, step.period, sentence);
            task.doing(Work::Steps(vec![*step], 0.0))
        };
        Some(match step.change {
            Change::AccessPoint {
                access_point,
                users,
                ..
            } => {
                let is_opened = step.action == Action::OpenAccessPoint;
                let name = self.access_point_by_hand(access_point);
                let verb = if is_opened { "Open" } else { "Close" };
                let expected = only_if(is_opened && users > NOBODY, || {
                    format!(
                        "{} enter there once weights are set",
                        numbers::lost_users(users)
                    )
                });
                RunbookTask {
                    expected,
                    ..of_step(format!("{verb} {name}.")).about(name, "")
                }
            }
            Change::Member {
                pool,
                member,
                before,
                after,
            } => {
                let shares = [before[0], after[0]];
                let sentence = format!("{}.", self.member(step.action, (pool, member), shares));
                let name = self.component_by_hand(self.inventory.element_component(member));
                let share = format!("to {} % of the pool's users", percent(after[0]));
                of_step(sentence).about(name, share)
            }
            Change::Home {
                shard: id,
                from,
                to,
                users,
                ..
            } => {
                let shard = self.shard(id);
                let many = numbers::lost_users(users);
                let sentence = match step.action {
                    Action::Shed => {
                        // Users who join then were unserved before.
                        let verb = if self.had_users(step.period, id) {
                            "Stop serving"
                        } else {
                            "Do not serve"
                        };
                        format!("{verb} {many} of shard {shard} at {}.", site(from))
                    }
                    Action::LetIn if users > 0.0 => {
                        format!("Let {many} of shard {shard} in again at {}.", site(to))
                    }
                    Action::LetIn => format!(
                        "Let all of shard {shard} in again at {}: no user of it is there now.",
                        site(to)
                    ),
                    action => {
                        let (verb, from, to) = (verb(action, true), site(from), site(to));
                        format!("{verb} shard {shard} from {from} to {to}.")
                    }
                };
                let path = match (step.action, from, to) {
                    (Action::Shed, ..) => site(from),
                    (Action::LetIn, ..) => site(to),
                    _ => format!("{} to {}", self.site_left(from), site(to)),
                };
                of_step(sentence).about(format!("{shard}: {path}"), many)
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
pub(super) fn percent(share: f64) -> String {
    let rounded = format!("{:.4}", share * 100.0);
    let rounded = rounded.trim_end_matches('0').trim_end_matches('.');
    rounded.to_owned()
}

/// The kind of task of an action.
pub(super) fn kind_of(action: Action) -> TaskKind {
    match action {
        Action::OpenAccessPoint => TaskKind::Open,
        Action::CloseAccessPoint => TaskKind::Close,
        Action::TakeOut => TaskKind::TakeOut,
        Action::PutBack => TaskKind::PutBack,
        Action::Weight => TaskKind::SetWeights,
        Action::Shed => TaskKind::Shed,
        Action::LetIn => TaskKind::LetIn,
        Action::Place => TaskKind::Place,
        _ => TaskKind::Move,
    }
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

pub(super) fn placed(steps: &[Step]) -> BTreeSet<ShardId> {
    let placed = steps.iter().filter_map(|step| match step.change {
        Change::Home { shard, .. } if step.action == Action::Place => Some(shard),
        _ => None,
    });
    placed.collect()
}

impl TransitionWriter<'_> {
    pub(super) fn left_over(&self, steps: &[Step]) -> Vec<BackStep> {
        let mut open: BTreeMap<AccessPointId, i32> = BTreeMap::new();
        for step in steps {
            if let Change::AccessPoint { access_point, .. } = step.change {
                let is_opened = step.action == Action::OpenAccessPoint;
                *open.entry(access_point).or_default() += if is_opened { 1 } else { -1 };
            }
        }
        open.retain(|_, times| *times != 0);
        // Nobody is led to what is not open yet, or is closed already.
        let mut words = self.access_points(&open, false, ("Open", Action::OpenAccessPoint));
        let put_back = self.put_back();
        let by_hour = self.follows_hours();
        if !open.is_empty() || self.is_steered_otherwise() || by_hour && !put_back.is_empty() {
            let is_placed = steps.iter().any(|step| step.action == Action::Place);
            let but = only_if(
                is_placed,
                || ", but leave those of shards that had no home before (action `remove` in changes_back.csv)",
            );
            let hour = only_if(
                by_hour,
                || " in the slice of the hour, and from then on by the hour",
            );
            // Weights that stay beside others of before.csv are no template's.
            let work = if is_placed {
                BackWork::ByHand
            } else {
                BackWork::Weights(WeightRows::Before)
            };
            let set = format!("Set every weight to that of before.csv{hour}{but}.");
            words.push(BackStep::of(set, work));
        }
        words.extend(put_back);
        let passed = self.passed_by_placed(steps);
        let kept = open
            .keys()
            .filter(|access_point| passed.contains(access_point));
        let kept: Vec<AccessPointId> = kept.copied().collect();
        open.retain(|access_point, _| !passed.contains(access_point));
        words.extend(self.access_points(&open, true, ("Close", Action::CloseAccessPoint)));
        for access_point in kept {
            let name = self.access_point_by_hand(access_point);
            let leave = format!(
                "Leave {name} open: shards that had no home before are reached over it. To close it, first take them out of service (action `remove` in changes_back.csv)."
            );
            words.push(BackStep::of(leave, BackWork::Note));
        }
        words
    }

    pub(super) fn put_back(&self) -> Vec<BackStep> {
        let out = still_out(self.inventory, self.plan).into_iter();
        let put_back = out.map(|out| {
            let shares = [out.after, out.before];
            let words = self.member(Action::PutBack, (out.pool, out.member), shares);
            let change = Change::Member {
                pool: out.pool,
                member: out.member,
                before: [out.after, 0.0],
                after: [out.before, 0.0],
            };
            let work = BackWork::Steps(vec![alone(Action::PutBack, change)]);
            BackStep::of(format!("{words}."), work)
        });
        put_back.collect()
    }

    fn access_points(
        &self,
        open: &BTreeMap<AccessPointId, i32>,
        is_left_open: bool,
        (verb, action): (&str, Action),
    ) -> Vec<BackStep> {
        let filter = open.iter().filter(|pair| (*pair.1 > 0) == is_left_open);
        let all = filter.map(|pair| {
            let words = format!("{verb} {}.", self.access_point_by_hand(*pair.0));
            BackStep::of(words, turned(*pair.0, action))
        });
        all.collect()
    }

    /// The access points over which users of shards come, when the scenario ends, that had no home before.
    fn passed_by_placed(&self, steps: &[Step]) -> BTreeSet<AccessPointId> {
        let Some(last) = self.plan.periods.last() else {
            return BTreeSet::new();
        };
        let placed = placed(steps);
        let served = last
            .parts
            .iter()
            .filter(|part| placed.contains(&part.shard));
        let cells: Vec<(GroupKey, Option<SiteId>)> = served
            .map(|part| {
                let key = GroupKey::of(self.inventory, &self.scenario.policy, part.shard);
                (key, part.site)
            })
            .collect();
        let is_theirs = |flow: &&Flow| cells.contains(&(flow.group, Some(flow.path.site)));
        let flows = last.flows.iter().filter(is_theirs);
        let links = flows.flat_map(|flow| &flow.path.links);
        let ends = links.flat_map(|link| {
            let row = &self.inventory.links[link.index()];
            [row.from, row.to]
        });
        ends.filter_map(|end| match end {
            LinkEnd::AccessPoint(id) => Some(id),
            _ => None,
        })
        .collect()
    }

    /// Whether the last period leads users on other paths when the scenario ends than the state before does at that hour, other
    /// than for who has joined or left meanwhile: these are to stay as they are steered.
    fn is_steered_otherwise(&self) -> bool {
        let (before, last) = (&self.plan.before, self.plan.periods.last());
        last.is_some_and(|last| {
            // What still goes on when the scenario ends is no growth: its steering is to be undone.
            let mut events = self.scenario.events.iter();
            let goes_on = events.any(|event| event.end >= self.scenario.end);
            let grows = last.case.base_users != before.case.base_users
                || last.case.nominal != before.case.nominal;
            let just_before = SignedDuration::from_nanos(1);
            let at = last.period.end.checked_sub(just_before);
            let same_hour = before.flows_at(at.unwrap_or(last.period.end));
            // Where the last period has one hour alone, it leaves the weights of that.
            let is_of_one = last.case.hours.slice_count() == 1 && !self.scenario.events.is_empty();
            let hours = 0..before.case.hours.slice_count();
            let mut others = hours
                .filter(|_| is_of_one)
                .map(|index| crate::plan::flows_in(&before.flows, index));
            (goes_on || !grows)
                && (are_paths_changed(same_hour, last.last_flows())
                    || others.any(|flows| are_paths_changed(flows, last.last_flows())))
        })
    }
}
