//! Hours: whether steering may turn between two hours of a period, while everybody stays where they are served.
//!
//! Weights turn evenly over `turn_minutes` that end when the next hour begins, under the demand of the hour that ends;
//! loads keep to what is left, and nobody has to accept more new sessions a second than they can (`model.md` §9).

use super::super::assignment::Assignment;
use super::super::context::RefereeContext;
use super::super::path::Steered;
use super::super::period::PeriodState;
use super::super::report::{At, Report, Rule};
use super::super::slices::BySlice;
use super::loads::{WaveLimits, WaveLoads, WaveMoment, slack, spare};
use super::pieces::PieceGroup;
use super::shares::{PathShares, SteeringState, WaveCase};
use super::written::seconds;
use crate::diagnostic::amounts::rounded;
use crate::ids::{ComponentId, SiteId};
use crate::plan_files::{PeriodSummary, SUMMARY_FILE};
use crate::scenario::Period;
use crate::units::{FEASIBILITY, NOBODY, WRITTEN};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// P7998: summary.json counts the turns, and refuses those that have no safe transition, and no others.
const RULE: Rule = Rule {
    code: "P7998",
    hint: "count the hours at whose beginning weights change; refuse a plan whose weights cannot change safely before \
           one",
};

/// More users than may turn and not be counted: written weights leave as many in doubt.
const SURELY_TURN: f64 = 1e3 * NOBODY;

/// What the hours of a period are judged by.
pub(in crate::plan::check) struct HoursReferee<'a> {
    pub(in crate::plan::check) context: &'a RefereeContext<'a>,
    pub(in crate::plan::check) period: &'a Period,
    pub(in crate::plan::check) situation: &'a PeriodState<'a>,
    pub(in crate::plan::check) steered: &'a BySlice,
    pub(in crate::plan::check) assignment: &'a Assignment,
    pub(in crate::plan::check) summary: Option<&'a PeriodSummary>,
    /// From when to when the waves of each transition of the plan last, gates included.
    pub(in crate::plan::check) transitions: &'a [[Timestamp; 2]],
}

/// The time before the beginning of an hour, under the demand of the hour that ends.
struct HourSide {
    limits: WaveLimits,
    /// Under the steering of the hour that ends, and of the one that begins.
    ends: [WaveLoads; 2],
    /// By component: users who newly connect over the whole transition.
    arrivals: BTreeMap<usize, f64>,
    /// Seconds over which it turns.
    length: f64,
}

impl HoursReferee<'_> {
    /// Judges how steering turns between the hours of the period.
    pub(in crate::plan::check) fn turn_safely(&self, report: &mut Report) {
        let Some(summary) = self.summary else { return };
        let groups = self.groups();
        let (mut least, mut most) = (0, 0);
        let (mut fault, mut may_be_refused) = (None, false);
        let stretches =
            (self.situation.case.hours).stretches_within(self.period.start, self.period.end);
        let stretches: Vec<_> = stretches.collect();
        for pair in stretches.windows(2) {
            let [a, b] = [pair[0], pair[1]];
            let slices = [a.slice, b.slice];
            let turned = if a.slice == b.slice {
                0.0
            } else {
                self.turned(slices)
            };
            if turned <= 0.0 {
                continue;
            }
            let side = self.side(&groups, slices, self.seconds(a.start, b.start));
            most += 1;
            may_be_refused |= !side.is_surely_safe(self.context);
            if turned > SURELY_TURN {
                least += 1;
                fault =
                    fault.or_else(|| Some(format!("{}: {}", b.start, side.fault(self.context)?)));
            }
        }
        let hour_turns_summary = summary.hour_turns.as_ref();
        let mut differ = |name: &str, found: String, expected: String| {
            let key = format!("periods[{}].hour_turns.{name}", self.period.index);
            report.add(RULE, At::cell(SUMMARY_FILE, 0, &key), found, expected);
        };
        let count = hour_turns_summary.map_or(0, |turns_summary| turns_summary.count);
        if !(least..=most).contains(&count) {
            differ(
                "count",
                count.to_string(),
                least.max(count.min(most)).to_string(),
            );
        }
        let reason = hour_turns_summary.and_then(|turns_summary| turns_summary.refused.clone());
        match (&reason, &fault) {
            (None, Some(fault)) => {
                differ(
                    "refused",
                    "nothing".to_owned(),
                    format!("a reason: at {fault}"),
                );
            }
            (Some(reason), None) if !may_be_refused => {
                differ("refused", reason.clone(), "nothing: it is safe".to_owned());
            }
            _ => {}
        }
        if fault.is_some() || reason.is_some() {
            report.refused.push((self.period.index, reason));
        }
    }

    /// Over `turn_minutes`, or as long as nobody moves before the hour if that is less: whole seconds.
    fn seconds(&self, from: Timestamp, at: Timestamp) -> f64 {
        let paths = self.transitions.iter();
        if paths
            .clone()
            .any(|instants| instants[0] < at && at < instants[1])
        {
            return 0.0;
        }
        let ended = paths.map(|instants| instants[1]).filter(|end| *end <= at);
        let quiet = seconds(ended.fold(from, Timestamp::max), at).floor();
        quiet.min((self.context.scenario.waves.turn_minutes * 60.0).ceil())
    }

    /// What turns before the beginning of an hour over the given seconds.
    fn side(&self, groups: &[PieceGroup], slices: [usize; 2], length: f64) -> HourSide {
        let context = self.context;
        let steering = slices.map(|slice| SteeringState {
            rows: self.steered.of(slice),
            members: &self.situation.members,
        });
        let situation = self.situation.in_slice(slices[0]);
        let case = WaveCase {
            key: (Some(self.period.index), slices[0]),
            shares: PathShares::new(&situation, steering),
            steered: steering.map(|steering_state| steering_state.rows),
            situation,
        };
        let loaded = |steering: [f64; 2]| {
            let moment = WaveMoment {
                context,
                groups,
                wave: 0,
                steering,
                restored: [0.0; 2],
                is_after_loss: false,
            };
            moment.loads(&case, 0)
        };
        let whole = loaded([0.0, 1.0]);
        let limits = WaveLimits::new(context, std::slice::from_ref(&case));
        let users = limits.accepts.keys();
        let users = users.map(|index| (*index, whole.arrivals[*index][0]));
        HourSide {
            ends: [loaded([0.0; 2]), loaded([1.0; 2])],
            arrivals: users.filter(|(_, users)| *users > NOBODY).collect(),
            limits,
            length,
        }
    }

    /// Users who are on another path by the steering of one slice than by that of the other.
    fn turned(&self, slices: [usize; 2]) -> f64 {
        let rows = slices.map(|slice| self.steered.of(slice));
        let users = |end: usize, is_asked: &dyn Fn(&&Steered) -> bool| -> f64 {
            let filter = rows[end].iter().filter(is_asked);
            filter.map(|steered| steered.users).sum()
        };
        let more = rows[1].iter().map(|row| {
            let [before, after] =
                [0, 1].map(|end| users(end, &|steered| steered.cell() == row.cell()));
            let on_it = users(0, &|steered| {
                steered.group == row.group && steered.route == row.route
            });
            if before > 0.0 && after > 0.0 {
                (row.users / after * before - on_it).max(0.0)
            } else {
                0.0
            }
        });
        more.sum()
    }

    /// Who is served where, those together who bring the same.
    fn groups(&self) -> Vec<PieceGroup> {
        let mut all: BTreeMap<(usize, SiteId, bool, u64), PieceGroup> = BTreeMap::new();
        for (shard, part) in self.assignment.served() {
            let surge = self.situation.case.factor[shard].to_bits();
            let has_copy = self.context.has_copy(shard, part.site);
            let key = (self.context.group_of(shard), part.site, has_copy, surge);
            let group = all
                .entry(key)
                .or_insert_with(|| PieceGroup::new(shard, [Some(part.site); 2], 1));
            group.users[0][0] += part.users;
        }
        all.into_values().collect()
    }
}

impl HourSide {
    /// What is between both ends, once a share of the transition is done.
    fn between(&self, of: impl Fn(&WaveLoads) -> f64, share: f64) -> f64 {
        let [first, last] = self.ends.each_ref().map(of);
        first + share * (last - first)
    }

    /// What is loaded too much once a share of the transition is done, beyond what is left, or recovers by itself with all
    /// retries running where that is asked.
    fn overload(&self, context: &RefereeContext<'_>, share: f64) -> Option<String> {
        let beyond = |with_retries: bool| {
            self.limits.left[0].iter().find_map(|remaining| {
                let of = |end: &WaveLoads| end.stop.load(remaining.at, with_retries);
                let loads = [of(&self.ends[0]), self.between(of, share)];
                let [found, expected] = remaining.excess(context, with_retries, loads)?;
                Some(format!("{found}, {expected}"))
            })
        };
        let is_asked = context.scenario.policy.require_stable;
        beyond(false).or_else(|| beyond(true).filter(|_| is_asked))
    }

    /// Normal operation at a component at worst.
    fn background(&self, component: usize) -> f64 {
        let ends = self
            .ends
            .each_ref()
            .map(|wave_loads| wave_loads.background(component));
        ends[0].max(ends[1])
    }

    /// Why it is not safe, or not in time; nothing if it is.
    fn fault(&self, context: &RefereeContext<'_>) -> Option<String> {
        let overload = self.overload(context, 1.0);
        overload.or_else(|| {
            self.arrivals.iter().find_map(|(component, users)| {
                let (accepts, background) =
                    (self.limits.accepts[component], self.background(*component));
                let most = spare(accepts, background) * (self.length + slack(self.length));
                (*users > most + WRITTEN * accepts + NOBODY).then(|| {
                    let name = (context.inventory).component_name(ComponentId::new(*component));
                    let [users, length, background, accepts] =
                        [*users, self.length, background, accepts].map(rounded);
                    format!(
                        "{users} users in {length} s beside {background} a second at `{name}`, which accepts {accepts}"
                    )
                })
            })
        })
    }

    /// `true` if it is safe and in time, beyond what arithmetic may hide.
    fn is_surely_safe(&self, context: &RefereeContext<'_>) -> bool {
        let seconds = self.arrivals.iter().map(|(component, users)| {
            let spare = spare(self.limits.accepts[component], self.background(*component));
            if spare > 0.0 {
                users / spare
            } else {
                f64::INFINITY
            }
        });
        let seconds = seconds.fold(0.0, f64::max);
        seconds + slack(self.length) < self.length
            && self.overload(context, 1.0 + FEASIBILITY).is_none()
    }
}
