//! The walk over the periods, each from the homes of the one before.
//!
//! Long because all that is judged of a period stands here in one order.

use super::access_points::{self, states, states_of_inventory};
use super::affected::Affected;
use super::assignment::{self, Named};
use super::before::{self, Before};
use super::blind::{self, Truth};
use super::certificate::{self, Proven};
use super::changes;
use super::counted::{count_moves, levels, returned};
use super::error_margin::{self, Stood};
use super::exposure;
use super::ground::Ground;
use super::headroom;
use super::homes::{Homes, Start};
use super::hours;
use super::joint;
use super::leg::{Leg, Steered};
use super::load::Loads;
use super::moves;
use super::older;
use super::parts::Assignment;
use super::period::Situation;
use super::places;
use super::protection;
use super::prove::prove;
use super::reconnect::reconnecting;
use super::report::Report;
use super::slices::{BySlice, last_slice, loads_by_slice, most_within};
use super::stability;
use super::stages::Told;
use super::steering::{self, Entries, Standby, entries};
use super::step_lists::StepLists;
use super::summary::{self, Facts};
use super::sweep::InForceAt;
use super::tables::{Rows, Tables, files};
use super::tenants::{Accounts, Happened};
use super::turn::{self, Turn};
use super::unserved;
use super::verdict::{self, Verdict};
use super::waves::{self, Change, Hourly, Past, UnderWay, Way};
use crate::model::{After, Case, Inventory, Phase, Scenario};
use crate::plan_files::{AccessPointUse, Checked, Status, WrittenPlan};
use crate::scenario::{Band, Knowledge, Period, case_at, periods, unanswered};
use crate::units::{AGREEMENT, NOBODY};

/// Judges a written plan.
///
/// Files that the plan does not have are not checked, and neither is what only they could say. The verdict's
/// broken rules stand in the order of the periods, those of the state before first and those of all periods together last.
///
/// What is judged is handed over, so that the largest table needs no memory once its names are looked up.
pub fn check(inventory: &Inventory, scenario: &Scenario, mut written: WrittenPlan) -> Verdict {
    let set_aside = older::set_aside(&mut written);
    let ground = Ground::new(inventory, scenario);
    let periods = periods(inventory, scenario);
    let mut report = Report::default();
    let assignment = std::mem::take(&mut written.assignment);
    let written = &written;
    let mut of_names = Report::default();
    let (named, before) = rayon::join(
        || assignment::named(&ground, assignment, periods.len(), &mut of_names),
        || {
            let rows = written.before.as_ref()?;
            let situation = Situation::new(&ground, ground.before.clone());
            Some(before::check(&ground, &situation, rows, &mut report))
        },
    );
    let (before, entries) = before.unzip();
    report.broken.extend(of_names.broken);
    let tables = Tables::new(written, periods.len(), &mut report);
    if let Some(rows) = &written.hours {
        hours::check_before(&ground, rows, &mut report);
    }
    if let Some(summary) = &written.summary {
        summary::scenario_is_the_one(scenario, summary, &mut report);
        summary::periods_are_the_scenarios(&periods, summary, &mut report);
        error_margin::least_of_all_periods(summary, &mut report);
    }
    let mut walk = Walk {
        ground: &ground,
        written,
        homes: Homes::of_inventory(inventory),
        settled: Homes::of_inventory(inventory),
        states: states_of_inventory(&ground),
        entries,
        before: before.as_ref(),
        periods: &periods,
        under_way: UnderWay::of(&ground, &tables.periods),
        past: Vec::new(),
        changes: Vec::new(),
        lists: StepLists::new(&ground),
        accounts: Accounts::new(&ground),
        moved: 0.0,
        serves_everyone: true,
        meets_targets: true,
        missed_before: 0,
        has_slices: ground.before.hours.slice_count() > 1,
        proven: certificate::of_plan(&ground, written, periods.len(), &mut report),
        report,
    };
    for ((period, rows), named) in periods.iter().zip(&tables.periods).zip(named) {
        walk.period(period, rows, named);
    }
    walk.lists
        .check(&ground, &periods, written, &mut walk.report);
    waves::all_are_accepted(&ground, &walk.changes, &mut walk.report);
    let summary = written.summary.as_ref();
    waves::refusals_are_true(&walk.changes, summary, &mut walk.report);
    if let Some(told) = written.summary.as_ref().and_then(|own| own.joint.as_ref()) {
        joint::check(ground.scenario, told, walk.moved, &mut walk.report);
    }
    if let Some(rows) = &written.tenants {
        let replayed = written
            .summary
            .as_ref()
            .and_then(|own| own.replayed.as_ref());
        let is_played = replayed.is_some_and(|own| own.checked == Checked::All);
        let accounts = walk.accounts;
        accounts.check(&ground, (rows, is_played), &mut walk.report);
    }
    let unjudged = walk.changes.iter().filter_map(|own| own.unjudged.clone());
    let knows_missed_before = walk.before.is_some() || !headroom::is_kept(scenario);
    let of_targets = "which targets were missed before (before.csv is absent)";
    let is_open = !knows_missed_before && !walk.meets_targets;
    let of_targets = is_open.then(|| of_targets.to_owned());
    let lacking = set_aside.words.into_iter().chain(unjudged);
    let lacking = lacking.chain(of_targets).collect();
    let protect = scenario.protect.as_ref();
    let has = [walk.has_slices, stability::is_told(&ground)];
    let (checked, mut not_checked) = files(written, protect, has);
    not_checked.retain(|file| !set_aside.files.contains(file));
    Verdict {
        broken: walk.report.broken,
        checked,
        not_checked,
        lacking,
        serves_everyone: walk.serves_everyone,
        meets_targets: walk.meets_targets,
        knows_missed_before,
        targets_missed_before: walk.missed_before,
        refused: verdict::refused(walk.report.refused, written),
        proven: walk.proven,
    }
}

/// What is carried from period to period.
struct Walk<'a> {
    ground: &'a Ground<'a>,
    written: &'a WrittenPlan,
    /// Where shards are.
    homes: Homes,
    /// Where they return once no event is in force.
    settled: Homes,
    /// What access points do.
    states: Vec<AccessPointUse>,
    /// Where users enter; `None` if nobody wrote it down.
    entries: Option<Entries>,
    before: Option<&'a Before>,
    periods: &'a [Period],
    under_way: UnderWay,
    /// The periods so far, where the way from each to the next is judged.
    past: Vec<Past>,
    /// What they change of who is where, if waves are judged.
    changes: Vec<Change>,
    lists: StepLists,
    accounts: Accounts,
    /// Users who moved so far.
    moved: f64,
    serves_everyone: bool,
    meets_targets: bool,
    missed_before: u64,
    has_slices: bool,
    proven: Proven,
    report: Report,
}

impl Walk<'_> {
    /// Judges one period and settles what the next starts from.
    fn period(&mut self, period: &Period, rows: &Rows<'_>, named: Named) {
        let ground = self.ground;
        let scenario = ground.scenario;
        let case = case(ground, period, Knowledge::Believed, &ground.before);
        let situation = Situation::new(ground, case);
        self.has_slices |= situation.case.hours.slice_count() > 1;
        if self.written.hours.is_some() {
            hours::check(&situation.case.hours, period, &rows.hours, &mut self.report);
        }
        let is_returning =
            scenario.policy.after == After::Return && !situation.case.is_event_in_force;
        let current = self.homes.current(&self.settled, is_returning);
        let previous = self.homes.clone();
        let start = Start {
            period: period.index,
            previous: &previous,
            current: &current,
            is_returning,
        };
        let certificate = self.certificate_of(&situation, &current, period);
        // What the certificate's check finds stands behind the rest.
        let (of_certificate, (assignment, steered)) = rayon::join(
            || certificate.map(|subject| prove(&subject, period, rows)),
            || self.plan_of(&situation, &start, period, rows, named),
        );
        if let Some((proven, found)) = of_certificate {
            self.proven.levels.extend(proven);
            self.report.broken.extend(found.broken);
        }
        if self.written.waves.is_some() {
            for past in &mut self.past {
                past.assignment = None;
            }
            self.past.push(Past {
                period: *period,
                situation,
                steered: BySlice::new(steered),
                assignment: Some(assignment),
            });
        }
    }

    /// Judges what the tables say of one period, and settles what the next starts from.
    fn plan_of(
        &mut self,
        situation: &Situation,
        start: &Start<'_>,
        period: &Period,
        rows: &Rows<'_>,
        named: Named,
    ) -> (Assignment, Vec<Steered>) {
        let ground = self.ground;
        let (inventory, scenario) = (ground.inventory, ground.scenario);
        let mut affected = Affected::new(ground, situation, period.start, start.current);
        let report = &mut self.report;
        let standby = Standby::of(&scenario.policy);
        let Named { assignment, found } = named;
        report.broken.extend(found.broken);
        let mut of_steering = Report::default();
        let ((), steered) = rayon::join(
            || {
                assignment::check(ground, situation, start, &assignment, report);
                assignment::reasons_are_true(situation, start, &assignment, report);
                places::check(ground, situation, start, &assignment, &mut affected, report);
            },
            || {
                let legs = rows.steering.iter().copied().map(Leg::from);
                steering::check(ground, situation, standby, legs, &mut of_steering)
            },
        );
        report.broken.extend(of_steering.broken);
        steering::users_agree_with_the_assignment(
            ground,
            (period.index, situation.case.hours.slice_count()),
            &assignment,
            &steered,
            report,
        );
        let by_slice = loads_by_slice(ground, situation, period, &assignment, &steered, report);
        let loads = Loads::most(&by_slice.iter().collect::<Vec<_>>());
        let of_time = situation.case.hours.shares_within(period.start, period.end);
        let loads_within = most_within(&by_slice, &of_time);
        let shortfalls = headroom::check(
            ground,
            situation,
            period.index,
            &loads,
            self.before,
            (rows.headroom_of(self.written), &self.written.lacking),
            report,
        );
        let stability_rows = rows.stability_of(self.written);
        let told = (stability_rows, self.written.summary.as_ref());
        stability::check(ground, situation, period.index, &by_slice, told, report);
        let all_moves = moves::moves(ground, situation, start, &assignment);
        if self.written.moves.is_some() {
            moves::check(ground, period.index, &all_moves, &rows.moves, report);
        }
        if let Some(before) = self.before.filter(|_| self.written.waves.is_some()) {
            let of_slices = BySlice::new(steered.clone());
            let change = waves::judge(
                ground,
                &Way {
                    period,
                    periods: self.periods,
                    past: &self.past,
                    before,
                    told_before: &headroom::utilization_before(ground, &rows.headroom),
                    homes: start.previous,
                    situation,
                    steered: &of_slices,
                    assignment: &assignment,
                    moves: &all_moves,
                    rows,
                    written: self.written,
                    changes: &self.changes,
                },
                report,
            );
            self.changes.push(change);
        }
        let judged = self.written.waves.is_some() && self.before.is_some();
        let change = self.changes.last().filter(|_| judged);
        let begun = (period, situation);
        let change = (change, self.written);
        self.lists.begin(ground, begun, &steered, change);
        if self.written.hour_turns.is_some() {
            let summary = self.written.summary.as_ref();
            let hourly = Hourly {
                period,
                situation,
                steered: &BySlice::new(steered.clone()),
                assignment: &assignment,
                rows: &rows.hour_turns,
                summary: summary.and_then(|own| own.periods.get(period.index)),
                ways: &self.under_way,
            };
            waves::hours_turn(ground, &hourly, report);
        }
        let true_case = case(ground, period, Knowledge::True, &situation.case);
        let unanswered = unanswered(inventory, scenario, period.start);
        let truth = Truth {
            case: &true_case,
            unanswered: &unanswered,
        };
        if self.written.blind.is_some() {
            let rows = &rows.blind;
            blind::check(
                ground,
                situation,
                period,
                &loads_within,
                &truth,
                rows,
                report,
            );
        }
        if self.written.tenants.is_some() {
            let happened = Happened {
                start: period.start,
                minutes: period.minutes(),
                assignment: &assignment,
                steered: &steered,
                moves: &all_moves,
                hurt: &blind::hurt_shares(ground, situation, period, &loads_within, &truth),
                of_time: &of_time,
            };
            self.accounts.add(ground, situation, &happened);
        }
        let asked = scenario.protect.as_ref().and_then(|own| own.gray.as_ref());
        if let Some(asked) = asked.filter(|_| self.written.protection_gray.is_some()) {
            let summary = self.written.summary.as_ref();
            let of_period = summary.and_then(|own| own.periods.get(period.index));
            let told = of_period.and_then(|own| own.protection.as_ref());
            let is_told = told.is_some_and(|own| own.gray.is_some());
            // A period that goes on with the plan of the one before says nothing.
            if is_told || !rows.protection_gray.is_empty() {
                exposure::check(
                    (ground, situation),
                    (period.index, asked),
                    &assignment,
                    &steered,
                    (&rows.protection_gray, told),
                    report,
                );
            }
        }
        let after = states(ground, situation, &loads);
        if self.written.access_points.is_some() {
            let rows = &rows.access_points;
            access_points::check(
                ground,
                period.index,
                &loads,
                &self.states,
                &after,
                rows,
                report,
            );
        }
        let of_shards = unserved::unserved(&assignment);
        if let Some(all) = &self.written.unserved {
            let tells_causes = all.iter().any(|row| row.row.cause.is_some());
            unserved::check(
                (ground, situation),
                period.index,
                (&assignment, &of_shards),
                &mut affected,
                (&rows.unserved, tells_causes),
                report,
            );
        }
        let hours = &situation.case.hours;
        let at_end = entries(&steered, last_slice(hours, period));
        let entries = entries(&steered, hours.slice_at(period.start));
        let opened = access_points::opened(ground, &after);
        let mut levels = levels(ground, situation, &of_shards, &steered, shortfalls);
        count_moves(ground, &assignment, &mut affected, &mut levels);
        levels.opened = opened.len() as f64;
        let unserved: f64 = of_shards.values().sum();
        self.moved += levels.moved;
        let facts = Facts {
            users: situation.demanded.users,
            unserved,
            returned: returned(&all_moves),
            reconnecting: self
                .entries
                .as_ref()
                .map(|previous| reconnecting(ground, &assignment, &all_moves, previous, &entries)),
            opened,
            levels,
            loads: if loads.untold.iter().any(|untold| *untold > 0.0) {
                Told::MeansOnly
            } else {
                Told::All
            },
        };
        let summaries = self
            .written
            .summary
            .as_ref()
            .map(|summary| (summary.status, summary.periods.get(period.index)));
        if let Some((status, Some(of_period))) = summaries {
            summary::check(ground, period, status, of_period, &facts, report);
            if let Some(margin) = &of_period.margin {
                let stood = Stood {
                    situation,
                    by_slice: &by_slice,
                    before: self.before,
                    unserved,
                    moved: facts.levels.moved,
                    worst: shortfalls.is_known.then_some(shortfalls.worst),
                };
                let key = format!("periods[{}]", period.index);
                error_margin::check(ground, &key, margin, &stood, report);
            }
        }
        self.serves_everyone &= unserved <= NOBODY;
        self.meets_targets &= shortfalls.worst <= AGREEMENT;
        self.missed_before = self.missed_before.max(shortfalls.missed_before[0]);
        let mut homes = self.homes.clone();
        for shard in 0..inventory.shards.len() {
            homes.settle(shard, assignment.of(shard));
        }
        let summary = self.written.summary.as_ref();
        let of_period = summary.and_then(|own| own.periods.get(period.index));
        let told = of_period.and_then(|own| own.protection.as_ref());
        // A period that goes on with the plan of the one before says nothing, nor does one that was stopped.
        let is_stopped = summary.is_some_and(|own| own.status == Status::Stopped);
        let must_be_told = of_period.is_some()
            && period.phase == Phase::Known
            && !scenario.policy.split_shards
            && !is_stopped;
        let is_told = told.is_some() || !rows.protection.is_empty() || must_be_told;
        if let Some(protect) = scenario.protect.as_ref().filter(|_| is_told)
            && self.written.protection.is_some()
        {
            let in_force = InForceAt {
                period: *period,
                assignment: &assignment,
                steered: &steered,
                homes: &homes,
            };
            protection::check(
                (ground, situation),
                (period.index, protect),
                &in_force,
                (&rows.protection, of_period),
                report,
            );
        }
        let turn = Turn {
            start,
            assignment: &assignment,
            homes: &homes,
            states: [&self.states, &after],
            entries: (self.entries.as_ref(), &entries),
            changes: self.lists.stepped(),
            moves: &all_moves,
            cases: [
                self.past
                    .last()
                    .map_or(&ground.before, |own| &own.situation.case),
                &situation.case,
            ],
            closed: self.lists.closed(),
        };
        let closings = turn::closings(ground, &turn);
        let of_file = |is_there: bool, rows| is_there.then_some(rows);
        changes::check(
            ground,
            &turn,
            of_file(self.written.changes.is_some(), rows.changes.as_slice()),
            of_file(
                self.written.changes_back.is_some(),
                rows.changes_back.as_slice(),
            ),
            report,
        );
        if !situation.case.is_event_in_force {
            for shard in 0..inventory.shards.len() {
                self.settled.settle(shard, assignment.of(shard));
            }
        }
        self.homes = homes;
        self.lists.close(closings);
        self.states = after;
        self.entries = Some(at_end);
        (assignment, steered)
    }
}

impl<'a> Walk<'a> {
    /// What has to be proven of a period, if the plan has a certificate.
    fn certificate_of<'s>(
        &self,
        situation: &'s Situation,
        current: &'s Homes,
        period: &Period,
    ) -> Option<certificate::Subject<'s>>
    where
        'a: 's,
    {
        let written = self.written;
        let certificate = written.certificate.as_ref();
        let of_period = certificate.and_then(|own| own.periods.get(period.index))?;
        let summary = written.summary.as_ref();
        self.proven
            .why_not
            .is_none()
            .then_some(certificate::Subject {
                ground: self.ground,
                situation,
                current,
                before: self.before,
                period: period.index,
                certificate: of_period,
                summary: summary.and_then(|summary| summary.periods.get(period.index)),
            })
    }
}

/// What holds at the start of a period, sharing with `like` what is the same.
fn case(ground: &Ground<'_>, period: &Period, knowledge: Knowledge, like: &Case) -> Case {
    let (inventory, scenario) = (ground.inventory, ground.scenario);
    let mut case = case_at(inventory, scenario, period.start, knowledge, Band::Expected);
    case.share(like);
    case
}
