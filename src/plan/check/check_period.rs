//! One period of the walk: what its tables say, rule by rule, and what the next period starts from.

use super::affected::Affected;
use super::assignment::Assignment;
use super::assignment::Start;
use super::assignment::{self, Named};
use super::before::Before;
use super::certificate::Proven;
use super::context::RefereeContext;
use super::error_margin::{self, PlanAtMargin};
use super::headroom::{self, Shortfalls};
use super::load::Loads;
use super::missed_target::MissedTarget;
use super::path::{Leg, Steered};
use super::period::PeriodState;
use super::report::Report;
use super::slices::{BySlice, last_slice, loads_by_slice, most_within};
use super::stages::SteeringDetail;
use super::stages::{count_moves, levels, reconnecting, returned};
use super::steering::{self, Entries, Standby, entries};
use super::step_lists::StepLists;
use super::summary::{self, Facts};
use super::sweep::InForceAt;
use super::tables::Rows;
use super::tenants;
use super::turn::{self, Turn};
use super::waves::{self, BoundaryChange, HoursReferee, Past, TransitionToPeriod};
use super::{changes, exposure, lists, places, protection, stability};
use crate::model::Homes;
use crate::model::{Case, Phase};
use crate::plan::tenants::TenantLedger;
use crate::plan::{AccessPointChange, Move, access_point_changes};
use crate::plan_files::{PeriodSummary, Status, WrittenPlan};
use crate::scenario::{Band, Knowledge, Period, case_at, unanswered};
use crate::units::{AGREEMENT, NOBODY};
use jiff::Timestamp;

/// What is carried from period to period.
pub(super) struct Walk<'a> {
    pub(super) context: &'a RefereeContext<'a>,
    pub(super) written: &'a WrittenPlan,
    /// Where shards are.
    pub(super) homes: Homes,
    /// Where they return once no event is in force.
    pub(super) settled: Homes,
    /// When the last period without an event began.
    pub(super) last_quiet: Option<Timestamp>,
    /// What access points do.
    pub(super) states: Option<Vec<AccessPointChange>>,
    /// Where users enter; `None` if nobody wrote it down.
    pub(super) entries: Option<Entries>,
    pub(super) before: Option<&'a Before>,
    pub(super) periods: &'a [Period],
    /// What is not known of the time after the plan.
    pub(super) unjudged_end: Option<String>,
    pub(super) in_progress: Vec<[Timestamp; 2]>,
    /// The periods so far, where the transition from each to the next is judged.
    pub(super) past: Vec<Past<'a>>,
    /// What they change of who is where, if waves are judged.
    pub(super) changes: Vec<BoundaryChange>,
    pub(super) lists: StepLists,
    pub(super) accounts: TenantLedger<'a>,
    /// Users who moved so far.
    pub(super) moved: f64,
    pub(super) serves_everyone: bool,
    pub(super) meets_targets: bool,
    /// Targets that are missed in the periods so far.
    pub(super) targets_missed: Vec<MissedTarget>,
    pub(super) missed_before: u64,
    pub(super) has_slices: bool,
    pub(super) proven: Proven,
    pub(super) report: Report,
}

/// A period as its tables have it.
struct Planned<'p> {
    period: &'p Period,
    situation: &'p PeriodState<'p>,
    start: &'p Start<'p>,
    rows: &'p Rows<'p>,
    assignment: &'p Assignment,
    steered: &'p [Steered],
    /// What components carry in each slice of the hours, and the most of it.
    by_slice: &'p [Loads],
    loads: &'p Loads,
    moves: &'p [Move],
    shortfalls: Shortfalls,
    summary: Option<&'p PeriodSummary>,
}

impl<'a> Walk<'a> {
    /// What summary.json says of a period.
    pub(super) fn summary_of(&self, period: usize) -> Option<&'a PeriodSummary> {
        self.written.summary.as_ref()?.periods.get(period)
    }

    /// Judges what the tables say of one period, and settles what the next starts from.
    pub(super) fn plan_of(
        &mut self,
        situation: &PeriodState,
        start: &Start<'_>,
        period: &Period,
        rows: &Rows<'_>,
        named: Named,
    ) -> (Assignment, Vec<Steered>) {
        let context = self.context;
        let mut affected = Affected::new(context, situation, period.start, start.current);
        let (assignment, steered) =
            self.homes_and_steering((situation, start), rows, named, &mut affected);
        let report = &mut self.report;
        let hours = &situation.case.hours;
        let slices = (period.index, hours.slice_count());
        steering::users_agree_with_the_assignment(context, slices, &assignment, &steered, report);
        let by_slice = loads_by_slice(situation, period, &assignment, &steered, report);
        let loads = Loads::most(&by_slice.iter().collect::<Vec<_>>());
        let (shortfalls, missed) = headroom::check(
            situation,
            period.index,
            &loads,
            self.before,
            (rows.headroom_of(self.written), &self.written.lacking),
            report,
        );
        self.targets_missed.extend(missed);
        let pair = (
            rows.stability_of(self.written),
            self.written
                .summary
                .as_ref()
                .and_then(|summary| summary.periods.get(period.index)),
        );
        stability::check(situation, period.index, &by_slice, pair, report);
        let moves = lists::moves(situation, start, &assignment);
        if self.written.moves.is_some() {
            lists::check_moves(context, period.index, &moves, &rows.moves, report);
        }
        let planned = Planned {
            period,
            situation,
            start,
            rows,
            assignment: &assignment,
            steered: &steered,
            by_slice: &by_slice,
            loads: &loads,
            moves: &moves,
            shortfalls,
            summary: self.summary_of(period.index),
        };
        self.transitions(&planned);
        self.silent_faults(&planned);
        let inventory = context.inventory;
        let entering =
            |access_point| loads.crossing[inventory.access_point_component(access_point).index()];
        let previous = self.states.as_deref();
        let after = access_point_changes(inventory, &situation.case, previous, entering);
        if self.written.access_points.is_some() {
            let rows = &rows.access_points;
            lists::check_access_points(context, period.index, &after, rows, &mut self.report);
        }
        let now = entries(context, &steered, hours.slice_at(period.start));
        self.totals(&planned, &after, &now, &mut affected);
        let homes = assignment.homes_after(&self.homes);
        self.protection(&planned, &homes);
        self.change_lists(&planned, (&homes, &after, &now));
        if !situation.case.is_event_in_force {
            self.settled = assignment.homes_after(&self.settled);
            self.last_quiet = Some(period.start);
        }
        self.homes = homes;
        self.states = Some(after);
        self.entries = Some(entries(context, &steered, last_slice(hours, period)));
        (assignment, steered)
    }

    /// Judges who is served where and over which paths.
    fn homes_and_steering(
        &mut self,
        (situation, start): (&PeriodState, &Start<'_>),
        rows: &Rows<'_>,
        named: Named,
        affected: &mut Affected<'_>,
    ) -> (Assignment, Vec<Steered>) {
        let (context, report) = (self.context, &mut self.report);
        let standby = Standby::of(&context.scenario.policy);
        let Named { assignment, found } = named;
        report.broken.extend(found.broken);
        let mut of_steering = Report::default();
        let ((), steered) = rayon::join(
            || {
                assignment::check(situation, start, &assignment, report);
                assignment::reasons_are_true(situation, start, &assignment, report);
                places::check(situation, start, &assignment, affected, report);
            },
            || {
                let legs = rows.steering.iter().copied().map(Leg::from);
                steering::check(situation, standby, legs, &mut of_steering)
            },
        );
        report.broken.extend(of_steering.broken);
        (assignment, steered)
    }

    /// Judges the waves that lead to the period, and steering that changes between its hours.
    fn transitions(&mut self, planned: &Planned<'_>) {
        let (context, written) = (self.context, self.written);
        let &Planned {
            period,
            situation,
            rows,
            assignment,
            steered,
            ..
        } = planned;
        let waves = self.before.filter(|_| written.waves.is_some());
        let of_slices = BySlice::new(if waves.is_some() {
            steered.to_vec()
        } else {
            Vec::new()
        });
        if let Some(before) = waves {
            let change = waves::judge(
                context,
                &TransitionToPeriod {
                    period,
                    periods: self.periods,
                    past: &self.past,
                    before,
                    reported_before: &headroom::utilization_before(context, &rows.headroom),
                    homes: planned.start.previous,
                    situation,
                    steered: &of_slices,
                    assignment,
                    moves: planned.moves,
                    rows,
                    written,
                    changes: &self.changes,
                },
                &mut self.report,
            );
            self.changes.push(change);
        }
        let change = self.changes.last().filter(|_| waves.is_some());
        self.lists
            .begin(context, (period, situation), steered, (change, written));
        if waves.is_some() {
            let hours = HoursReferee {
                context,
                period,
                situation,
                steered: &of_slices,
                assignment,
                summary: planned.summary,
                transitions: &self.in_progress,
            };
            hours.turn_safely(&mut self.report);
        }
    }

    /// Judges what faults do that nobody answers yet, and what every tenant has of the period.
    fn silent_faults(&mut self, planned: &Planned<'_>) {
        let (context, written, report) = (self.context, self.written, &mut self.report);
        let &Planned {
            period,
            situation,
            rows,
            assignment,
            steered,
            ..
        } = planned;
        let true_case = case(context, period, Knowledge::True, &situation.case);
        let unanswered = unanswered(context.inventory, context.scenario, period.start);
        let of_time = situation.case.hours.shares_within(period.start, period.end);
        let loads = most_within(planned.by_slice, &of_time);
        let affected = tenants::blind_window(situation, period, &loads, (&true_case, &unanswered));
        if written.blind.is_some() {
            tenants::check_blind(context, period, &affected, &rows.blind, report);
        }
        if written.tenants.is_some() {
            let served = (assignment, steered);
            let accounts = &mut self.accounts;
            tenants::add(
                accounts,
                (situation, period),
                served,
                planned.moves,
                (&affected, &loads),
            );
        }
        let asked = context.scenario.protect.as_ref();
        let asked = asked.and_then(|protect| protect.gray.as_ref());
        let protection_summary = planned
            .summary
            .and_then(|period_summary| period_summary.protection.as_ref());
        // A period that goes on with the plan of the one before says nothing.
        let is_told = protection_summary.is_some_and(|candidate| candidate.gray.is_some())
            || !rows.protection_gray.is_empty();
        if let Some(asked) = asked.filter(|_| written.protection_gray.is_some() && is_told) {
            exposure::check(
                situation,
                (period.index, asked),
                assignment,
                steered,
                (&rows.protection_gray, protection_summary),
                report,
            );
        }
    }

    /// Judges who is unserved, and what summary.json sums up.
    fn totals(
        &mut self,
        planned: &Planned<'_>,
        after: &[AccessPointChange],
        now: &Entries,
        affected: &mut Affected<'_>,
    ) {
        let (context, written, report) = (self.context, self.written, &mut self.report);
        let &Planned {
            period,
            situation,
            assignment,
            steered,
            moves,
            shortfalls,
            ..
        } = planned;
        let of_shards = lists::unserved(assignment);
        if let Some(all) = &written.unserved {
            let tells_causes = all.iter().any(|row| row.row.cause.is_some());
            lists::check_unserved(
                situation,
                period.index,
                (assignment, &of_shards),
                affected,
                (&planned.rows.unserved, tells_causes),
                report,
            );
        }
        let opened = lists::opened(context, after);
        let mut levels = levels(context, situation, &of_shards, steered, shortfalls);
        count_moves(context, assignment, affected, &mut levels);
        levels.opened = opened.len() as f64;
        let (unserved, moved) = (of_shards.values().sum(), levels.moved);
        let previous = self.entries.as_ref();
        let facts = Facts {
            users: situation.demanded.users,
            unserved,
            returned: returned(moves),
            reconnecting: previous
                .map(|previous| reconnecting(context, assignment, moves, [previous, now])),
            opened,
            levels,
            loads: if planned
                .loads
                .undetermined
                .iter()
                .any(|undetermined| *undetermined > 0.0)
            {
                SteeringDetail::MeansOnly
            } else {
                SteeringDetail::All
            },
        };
        if let (Some(summary), Some(of_period)) = (&written.summary, planned.summary) {
            summary::check(context, period, summary.status, of_period, &facts, report);
            if let Some(margin) = &of_period.margin {
                let stood = PlanAtMargin {
                    situation,
                    by_slice: planned.by_slice,
                    before: self.before,
                    unserved,
                    moved,
                    worst: shortfalls.is_known.then_some(shortfalls.worst),
                };
                let key = format!("periods[{}]", period.index);
                error_margin::check(&key, margin, &stood, report);
            }
        }
        self.moved += moved;
        self.serves_everyone &= unserved <= NOBODY;
        self.meets_targets &= shortfalls.worst <= AGREEMENT;
        self.missed_before = self.missed_before.max(shortfalls.missed_before[0]);
    }

    /// Judges which failures the period survives.
    fn protection(&mut self, planned: &Planned<'_>, homes: &Homes) {
        let (context, rows) = (self.context, &planned.rows.protection);
        let summary = self.written.summary.as_ref();
        let protection_summary = planned
            .summary
            .and_then(|period_summary| period_summary.protection.as_ref());
        // A period that goes on with the plan of the one before says nothing, nor does one that was stopped.
        let is_stopped = summary.is_some_and(|summary| summary.status == Status::Stopped);
        let must_be_told = planned.summary.is_some()
            && planned.period.phase == Phase::Known
            && !context.scenario.policy.split_shards
            && !is_stopped;
        let is_told = protection_summary.is_some() || !rows.is_empty() || must_be_told;
        if let Some(protect) = context.scenario.protect.as_ref().filter(|_| is_told)
            && self.written.protection.is_some()
        {
            let in_force = InForceAt {
                period: *planned.period,
                assignment: planned.assignment,
                steered: planned.steered,
                homes,
            };
            protection::check(
                planned.situation,
                (planned.period.index, protect),
                &in_force,
                (rows, planned.summary),
                &mut self.report,
            );
        }
    }

    /// Judges the steps that lead to the period, and those that lead back.
    fn change_lists(
        &mut self,
        planned: &Planned<'_>,
        (homes, after, now): (&Homes, &[AccessPointChange], &Entries),
    ) {
        let (context, written, rows) = (self.context, self.written, planned.rows);
        let case_before = self.past.last().map(|past| &past.situation.case);
        let turn = Turn {
            start: planned.start,
            assignment: planned.assignment,
            homes,
            states: after,
            entries: (self.entries.as_ref(), now),
            changes: self.lists.stepped(),
            moves: planned.moves,
            cases: [
                case_before.unwrap_or(&context.before),
                &planned.situation.case,
            ],
            closed: self.lists.closed(),
        };
        let closings = turn::closings(context, &turn);
        changes::check(
            context,
            &turn,
            of_file(written.changes.is_some(), &rows.changes),
            of_file(written.changes_back.is_some(), &rows.changes_back),
            &mut self.report,
        );
        self.lists.close(closings);
    }
}

/// The rows of a file, if it is there.
fn of_file<T>(is_there: bool, rows: &[T]) -> Option<&[T]> {
    is_there.then_some(rows)
}

/// What holds at the start of a period, sharing with `like` what is the same.
pub(super) fn case(
    context: &RefereeContext,
    period: &Period,
    knowledge: Knowledge,
    like: &Case,
) -> Case {
    let (inventory, scenario) = (context.inventory, context.scenario);
    let mut case = case_at(inventory, scenario, period.start, knowledge, Band::Expected);
    case.share(like);
    case
}
