//! Timeline: which step of a period is done when, and by which wave.

use super::homes::{HomeChange, access_point, entering, is_open, served};
use super::step::{Change, Step};
use super::weights::weight_changes;
use crate::ids::{AccessPointId, PoolId};
use crate::model::{Inventory, LinkEnd};
use crate::plan::pool_shares::ShareChange;
use crate::plan::state::Flow;
use crate::plan::{Mover, PeriodPlan, Plan, ServedBefore, Shift, SteeringGroups, Timing, Wave};
use crate::plan_files::Action;
use crate::units::{FEASIBILITY, NOBODY};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// When a step is done, in the order of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum StepStage {
    /// Before anything else.
    First,
    /// By a wave before the period.
    Ahead(u32),
    /// When the period begins.
    Start,
    /// By a wave after its start.
    After(u32),
    /// After everything else.
    Last,
}

/// What of a stage is done first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum StageTurn {
    Shed,
    Open,
    Members,
    /// Weights that a wave turns: it steers before it moves.
    Steering,
    Homes,
    LetIn,
    /// Weights that no wave turns.
    Weights,
    Close,
}

/// The waves of a period, and when its other steps are done.
pub(super) struct PeriodTimeline<'p> {
    plan: &'p Plan,
    index: usize,
    /// The waves with their timings; none where a transition of the period is refused.
    waves: Vec<(Timing, &'p Wave)>,
    /// When steps are done that no wave has.
    start: Timestamp,
}

impl<'p> PeriodTimeline<'p> {
    pub(super) fn new(plan: &'p Plan, index: usize) -> Self {
        let start = plan.periods[index].period.start;
        let waves = plan
            .transitions
            .iter()
            .filter(|transition| transition.period == index);
        let waves = waves.flat_map(|transition| {
            transition
                .waves
                .iter()
                .map(|wave| (transition.timing, wave))
        });
        // The waves of an earlier period may reach into this one: its own steps wait for them.
        let earlier = plan.transitions.iter();
        let earlier = earlier
            .filter(|transition| transition.period < index && transition.timing == Timing::After);
        let earlier = earlier.filter(|transition| !plan.is_refused_in(transition.period));
        Self {
            plan,
            index,
            waves: waves.filter(|_| !plan.is_refused_in(index)).collect(),
            start: earlier
                .map(|transition| transition.end)
                .fold(start, Timestamp::max),
        }
    }

    fn period_plan(&self) -> &'p PeriodPlan {
        &self.plan.periods[self.index]
    }

    /// What the period changes of who is served where; nothing is looked for where everybody is served before and in the
    /// period, and nobody is shed or let in.
    pub(super) fn shift(&self, inventory: &Inventory, groups: &SteeringGroups) -> Shift {
        let period = self.period_plan();
        let is_whole = |period_plan: &PeriodPlan| period_plan.totals.unserved <= 0.0;
        let earlier = &self.plan.periods[..self.index];
        // If nobody of them is left meanwhile, all are let in later.
        if !earlier.is_empty()
            && is_whole(period)
            && earlier.iter().all(is_whole)
            && self.is_before_whole(inventory)
        {
            return Shift::default();
        }
        let state = (inventory, &self.plan.before, self.plan.flows_until(0));
        let before = ServedBefore::new(groups, state, &self.plan.periods[..self.index]);
        Shift::new(inventory, &before, period)
    }

    /// Whether all who are homed are served in the state before.
    fn is_before_whole(&self, inventory: &Inventory) -> bool {
        let before = &self.plan.before.case;
        let shards = inventory.shards.iter().enumerate();
        let homed = shards.filter(|(_, shard)| shard.site.is_some());
        let homed: f64 = homed.map(|(shard, _)| before.users(shard)).sum();
        let flows = self.plan.flows_until(0).iter();
        flows.map(|flow| flow.users).sum::<f64>() >= homed * (1.0 - FEASIBILITY)
    }

    fn stage(&self, number: u32) -> Option<(StepStage, &'p Wave)> {
        let (timing, wave) = self.waves.iter().find(|(_, wave)| wave.number == number)?;
        let stage = match timing {
            Timing::Ahead => StepStage::Ahead(number),
            Timing::After => StepStage::After(number),
        };
        Some((stage, wave))
    }

    /// When the first wave begins that goes before a later period.
    fn later(&self) -> Option<Timestamp> {
        let plan = self.plan;
        let later = plan.transitions.iter().filter(|later| {
            let is_later = later.period > self.index && later.timing == Timing::Ahead;
            is_later && !plan.is_refused_in(later.period)
        });
        let waves = later.filter_map(|later| later.waves.first());
        waves.map(|wave| wave.start).min()
    }

    /// When the last users have turned off what the period steers no more: with its waves, or where those of a later period
    /// take over from them, with these.
    fn turned_off(&self) -> Timestamp {
        let last = self.waves.last().map(|(_, wave)| wave.end);
        let end = last.unwrap_or(self.start);
        let plan = self.plan;
        let later = plan.transitions.iter().filter(|later| {
            let is_later = later.period > self.index && later.timing == Timing::After;
            is_later && !plan.is_refused_in(later.period)
        });
        later.fold(end, |end, later| {
            let ends = [later.waves.first(), later.waves.last()];
            match ends {
                [Some(first), Some(last)] if first.start < end => end.max(last.end),
                _ => end,
            }
        })
    }

    /// The wave with which steering has wholly turned.
    fn last_turn(&self) -> Option<u32> {
        let mut waves = self.waves.iter();
        let whole = waves.find(|(_, wave)| wave.steering_share >= 1.0);
        whole.map(|(_, wave)| wave.number)
    }
}

/// The steps of a period, as they are found.
pub(super) struct List<'t, 'p> {
    timeline: &'t PeriodTimeline<'p>,
    steps: Vec<(StepStage, StageTurn, Step)>,
}

impl<'t, 'p> List<'t, 'p> {
    pub(super) fn new(timeline: &'t PeriodTimeline<'p>) -> Self {
        Self {
            timeline,
            steps: Vec::new(),
        }
    }

    fn add(
        &mut self,
        (stage, turn): (StepStage, StageTurn),
        (action, change): (Action, Change),
        (at, wave): (Timestamp, Option<u32>),
    ) {
        let step = Step {
            period: self.timeline.period_plan().period.index,
            number: 0,
            action,
            change,
            at: Some(at),
            wave,
        };
        self.steps.push((stage, turn, step));
    }

    /// Access points that open and close. What an event takes or gives does so when the period begins; what is on standby
    /// opens before the waves, those of later periods that begin still earlier included, and closes once nobody is turned off it
    /// any more. `closed` is when each closed last: nothing opens again before that.
    pub(super) fn access_points(
        &mut self,
        inventory: &Inventory,
        plan: &Plan,
        before: &[Flow],
        closed: &mut BTreeMap<AccessPointId, Timestamp>,
    ) {
        let period = self.timeline.period_plan();
        let entered = entering(inventory, before);
        let enter = entering(inventory, period.first_flows());
        let earlier = match self.timeline.index.checked_sub(1) {
            None => &plan.before.case,
            Some(earlier) => &plan.periods[earlier].case,
        };
        let changed = period.access_points.iter();
        for access_point_change in changed.filter(|access_point_change| {
            is_open(access_point_change.before) != is_open(access_point_change.after)
        }) {
            let (action, change) = access_point(access_point_change, &entered, &enter);
            let component = inventory
                .access_point_component(access_point_change.access_point)
                .index();
            let waves = &self.timeline.waves;
            let start = self.timeline.start;
            let (stage, at) = if action == Action::OpenAccessPoint {
                let first = waves.first().map(|(_, wave)| wave.start);
                let first = first.into_iter().chain(self.timeline.later()).min();
                let (stage, at) = match first {
                    // What an event gives back opens with the period, though waves of an earlier one still go on; before weights
                    // that lead there at the same instant.
                    _ if earlier.gone[component] => {
                        let begins = period.period.start;
                        let is_turned_with = waves
                            .iter()
                            .any(|(timing, wave)| *timing == Timing::Ahead && wave.start >= begins);
                        let stage = if is_turned_with {
                            StepStage::First
                        } else {
                            StepStage::Start
                        };
                        (stage, begins)
                    }
                    Some(first) => (StepStage::First, first.min(start)),
                    None => (StepStage::Start, start),
                };
                let closed = closed.get(&access_point_change.access_point);
                (stage, closed.map_or(at, |closed| at.max(*closed)))
            } else if period.case.gone[component] {
                (StepStage::Start, period.period.start)
            } else {
                (StepStage::Last, self.timeline.turned_off().max(start))
            };
            if action == Action::CloseAccessPoint {
                closed.insert(access_point_change.access_point, at);
            }
            let turn = if action == Action::OpenAccessPoint {
                StageTurn::Open
            } else {
                StageTurn::Close
            };
            self.add((stage, turn), (action, change), (at, None));
        }
    }

    /// Members that are taken out of pools and put back.
    pub(super) fn members(
        &mut self,
        inventory: &Inventory,
        period: &PeriodPlan,
        changes: &[ShareChange],
    ) {
        let share_changes = changes.iter();
        let filter =
            share_changes.filter(|share_change| share_change.period == self.timeline.index);
        for change in filter.copied().collect::<Vec<_>>() {
            let users = passing(inventory, period.first_flows(), change.pool);
            let action = if change.after < change.before {
                Action::TakeOut
            } else {
                Action::PutBack
            };
            let step = Change::Member {
                pool: change.pool,
                member: change.member,
                before: [change.before, change.before * users],
                after: [change.after, change.after * users],
            };
            let stage = change.wave.and_then(|number| self.timeline.stage(number));
            let stage = stage.map_or(StepStage::Start, |(stage, _)| stage);
            self.add(
                (stage, StageTurn::Members),
                (action, step),
                (change.at, change.wave),
            );
        }
    }

    /// Weights, with the wave by which all of steering has turned.
    pub(super) fn weights(&mut self, before: &[Flow]) {
        let turn = self.timeline.last_turn();
        let turn = turn.and_then(|number| Some((number, self.timeline.stage(number)?)));
        let after = self.timeline.period_plan().first_flows();
        for step in weight_changes(before, after, turn.is_some()) {
            if let Some((number, (stage, wave))) = turn {
                self.add(
                    (stage, StageTurn::Steering),
                    step,
                    (wave.start, Some(number)),
                );
            } else {
                let at = self.timeline.start;
                self.add((StepStage::Start, StageTurn::Weights), step, (at, None));
            }
        }
    }

    /// Shards that change site, with their waves, and the users who are let in with them.
    pub(super) fn homes(&mut self, changes: Vec<HomeChange>, shift: &Shift) {
        let timeline = self.timeline;
        let period = timeline.period_plan();
        let mut wave_of = vec![None; period.moves.len()];
        for (_, wave) in &timeline.waves {
            for moved in &wave.moves {
                wave_of[*moved] = Some(wave.number);
            }
        }
        let mut letting_in: BTreeMap<usize, &Mover> = BTreeMap::new();
        for mover in shift.movers.iter().filter(|mover| mover.let_in > 0.0) {
            letting_in.extend(mover.moved.map(|moved| (moved, mover)));
        }
        for mut home_change in changes {
            let wave = home_change.moved.and_then(|moved| wave_of[moved]);
            let staged = wave.and_then(|number| timeline.stage(number));
            let (stage, at) = match staged {
                Some((stage, wave)) => (stage, wave.turned),
                None => (StepStage::Start, timeline.start),
            };
            let mover = home_change.moved.and_then(|moved| letting_in.get(&moved));
            if let Some(mover) = mover {
                home_change.leave(mover.shares[0] * period.case.users(mover.shard.index()));
                self.let_in(mover, mover.let_in, (stage, at, wave));
            }
            self.add(
                (stage, StageTurn::Homes),
                (home_change.action, home_change.change),
                (at, wave),
            );
        }
    }

    /// Users who are shed when the period begins, and those who are let in again where they are homed.
    pub(super) fn served(&mut self, shift: &Shift) {
        let timeline = self.timeline;
        for staying in &shift.shed {
            let users = staying.share * timeline.period_plan().case.users(staying.shard.index());
            let change = served(
                staying.shard,
                [Some(staying.site), None],
                staying.share,
                users,
            );
            let at = timeline.start;
            self.add(
                (StepStage::Start, StageTurn::Shed),
                (Action::Shed, change),
                (at, None),
            );
        }
        for staying in &shift.refilled {
            let change = served(
                staying.shard,
                [None, Some(staying.site)],
                staying.share,
                0.0,
            );
            let at = timeline.start;
            self.add(
                (StepStage::Start, StageTurn::LetIn),
                (Action::LetIn, change),
                (at, None),
            );
        }
        for mover in shift.movers.iter().filter(|mover| mover.moved.is_none()) {
            let mut restored = 0.0;
            let after = timeline.waves.iter();
            for (_, wave) in after.filter(|(timing, _)| *timing == Timing::After) {
                if wave.restored_share > restored {
                    let when = (
                        StepStage::After(wave.number),
                        wave.turned,
                        Some(wave.number),
                    );
                    let share = wave.restored_share - restored;
                    self.let_in(mover, share * mover.shares[1], when);
                    restored = wave.restored_share;
                }
            }
            if restored <= 0.0 {
                self.let_in(
                    mover,
                    mover.shares[1],
                    (StepStage::Start, timeline.start, None),
                );
            }
        }
    }

    /// Lets a share of a shard in where it is served from now on: in one step, all who come there at one time.
    fn let_in(
        &mut self,
        mover: &Mover,
        share: f64,
        (stage, at, wave): (StepStage, Timestamp, Option<u32>),
    ) {
        let users = share * self.timeline.period_plan().case.users(mover.shard.index());
        let change = served(mover.shard, [None, Some(mover.to)], share, users);
        let turn = (stage, StageTurn::LetIn);
        let is_same = |step: &Step| match step.change {
            Change::Home { shard, to, .. } => (shard, to) == (mover.shard, Some(mover.to)),
            _ => false,
        };
        let mut known = self.steps.iter_mut();
        let known =
            known.find(|(stage, stage_turn, step)| (*stage, *stage_turn) == turn && is_same(step));
        let Some((.., step)) = known else {
            self.add(turn, (Action::LetIn, change), (at, wave));
            return;
        };
        if let Change::Home {
            share: sum,
            users: all,
            ..
        } = &mut step.change
        {
            *sum += share;
            *all += users;
        }
    }

    /// The steps in their order, numbered, with marks between.
    pub(super) fn numbered<'m>(mut self, marks: impl Iterator<Item = &'m Step>) -> Vec<Step> {
        self.steps.sort_by_key(|(stage, turn, _)| (*stage, *turn));
        let start = self.timeline.period_plan().period.start;
        let (at_start, later): (Vec<&Step>, Vec<&Step>) =
            marks.partition(|step| step.at.is_some_and(|at| at <= start));
        let mut all = Vec::new();
        let mut at_start = Some(at_start);
        let mut number = 0;
        let mut last = None;
        for (stage, _, step) in self.steps {
            if stage >= StepStage::Start {
                all.extend(at_start.take().into_iter().flatten().copied());
            }
            let at_once = match step.change {
                Change::Weight { client_region, .. } => {
                    Some((0, client_region.index(), step.at, step.wave))
                }
                Change::Member { pool, .. } => Some((1, pool.index(), step.at, step.wave)),
                _ => None,
            };
            if at_once.is_none() || at_once != last {
                number += 1;
            }
            last = at_once;
            all.push(Step { number, ..step });
        }
        all.extend(at_start.into_iter().flatten().copied());
        all.extend(later.into_iter().copied());
        all
    }
}

/// Users who pass a pool.
fn passing(inventory: &Inventory, flows: &[Flow], pool: PoolId) -> f64 {
    let passes = |flow: &&Flow| {
        let mut links = flow.path.links.iter();
        links.any(|link| inventory.links[link.index()].to == LinkEnd::Pool(pool))
    };
    let users: f64 = flows.iter().filter(passes).map(|flow| flow.users).sum();
    if users > NOBODY { users } else { 0.0 }
}
