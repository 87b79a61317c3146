//! End state: whether the homes and paths at a plan's end hold up to the dates that summary.json names, by loads recomputed
//! from assignment and steering of the last period.

use super::assignment::Served;
use super::context::RefereeContext;
use super::judge::Keys;
use super::load::Loads;
use super::path::Steered;
use super::period::PeriodState;
use super::report::{Report, Rule};
use crate::ids::{ShardId, SiteId};
use crate::model::{Case, Event, ExistingShortfall, Homes, Policy, Scenario};
use crate::plan_files::{EndStateSummary, SUMMARY_FILE, Summary};
use crate::scenario::{Band, Knowledge, case_at, case_before, goes_on};
use crate::units::{FEASIBILITY, NOBODY};
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Span, Timestamp};
use std::collections::BTreeMap;

const KEY: &str = "end_state_runway";

const ASKED: Rule = Rule::new(
    "P7925",
    "ask for two years from the first midnight after the scenario, UTC; keep what goes on, and leave out users without a home",
);

const DATES: Rule = Rule::new(
    "P7926",
    "write as the first day that fails the day after the last on which every component carries what it may",
);

/// A plan's end, as its files have it.
pub(super) struct JudgedEnd<'a> {
    pub(super) context: &'a RefereeContext<'a>,
    /// Where shards are at the end.
    pub(super) homes: &'a Homes,
    /// The last slice of its hours.
    pub(super) slice: usize,
    /// `true` if nobody is unserved.
    pub(super) is_served: bool,
    /// In all slices.
    pub(super) steered: &'a [Steered],
}

/// P7925: the days and events are those of the scenario. P7926: on the last day that holds nothing is overloaded, on the next
/// something is. What is not known of it is the answer, in words; `None` where all is.
pub(super) fn check(end: &JudgedEnd<'_>, summary: &Summary, report: &mut Report) -> Option<String> {
    let written = summary.end_state_runway.as_ref()?;
    let mut keys = Keys::new(SUMMARY_FILE, KEY, report);
    let scenario = end.context.scenario;
    let (from, until) = horizon(scenario)?;
    let dates = [from, until].map(|date| date.to_string());
    for (key, found, expected) in [
        ("from", &written.from, &dates[0]),
        ("until", &written.until, &dates[1]),
    ] {
        if found != expected {
            keys.note(ASKED, key, found.clone(), expected.clone());
        }
    }
    let events = scenario.events.iter().enumerate();
    let events = events.filter(|(_, event)| goes_on(event, scenario));
    let in_force: Vec<u64> = events.map(|(position, _)| position as u64).collect();
    if written.in_force != in_force {
        let [found, expected] = [&written.in_force, &in_force].map(|all| format!("{all:?}"));
        keys.note(ASKED, "in_force", found, expected);
    }
    let newcomers = end.newcomers((from, until)).map(|date| date.to_string());
    if written.newcomers_from != newcomers {
        let [found, expected] = [&written.newcomers_from, &newcomers]
            .map(|date| date.clone().unwrap_or_else(|| "no date".to_owned()));
        keys.note(ASKED, "newcomers_from", found, expected);
    }
    if written.not_checked.is_some() {
        return None;
    }
    if !end.is_served {
        keys.note(DATES, "not_checked", "no reason", "`unserved`");
    }
    let mut is_known = true;
    for side in sides(written) {
        let last = until.yesterday().ok()?;
        let follows = match (side.through, side.from) {
            (Some(through), Some(from)) => through.tomorrow().ok() == Some(from),
            (Some(through), None) => through == last,
            (None, Some(first)) => first == from,
            (None, None) => false,
        };
        if !follows {
            let found = [side.through, side.from]
                .map(|date| date.map_or_else(|| "no date".to_owned(), |date| date.to_string()));
            keys.note(
                DATES,
                side.keys[1],
                format!("{} after {}", found[1], found[0]),
                "the day after",
            );
            continue;
        }
        let days = [(side.through, false), (side.from, true)];
        for (position, (day, fails)) in days.into_iter().enumerate() {
            let Some(day) = day else { continue };
            match end.is_overloaded(day, side.is_target) {
                Some(found) if found == fails => {}
                Some(_) => {
                    let words = |fails| if fails { "an overload" } else { "no overload" };
                    let found = format!("{day}, with {}", words(!fails));
                    let expected = format!("a day with {}", words(fails));
                    keys.note(DATES, side.keys[position], found, expected);
                }
                None => is_known = false,
            }
        }
    }
    (!is_known).then(|| format!("dates of {KEY} (users join without a written path)"))
}

/// The last day that holds and the first that does not, and whether headroom targets count.
struct DatePair {
    keys: [&'static str; 2],
    through: Option<Date>,
    from: Option<Date>,
    is_target: bool,
}

fn sides(written: &EndStateSummary) -> [DatePair; 2] {
    let date = |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok());
    [
        DatePair {
            keys: ["targets_met_through", "targets_missed_from"],
            through: date(&written.targets_met_through),
            from: date(&written.targets_missed_from),
            is_target: true,
        },
        DatePair {
            keys: ["served_through", "unserved_from"],
            through: date(&written.served_through),
            from: date(&written.unserved_from),
            is_target: false,
        },
    ]
}

/// The first day that begins at a scenario's end or after it, and the one two years later.
fn horizon(scenario: &Scenario) -> Option<(Date, Date)> {
    let from = midnight(scenario.end)?;
    Some((from, from.checked_add(Span::new().years(2)).ok()?))
}

/// The first day that begins at an instant or after it.
fn midnight(at: Timestamp) -> Option<Date> {
    let date = at.to_zoned(TimeZone::UTC).date();
    if begins(date)? < at {
        date.tomorrow().ok()
    } else {
        Some(date)
    }
}

fn begins(date: Date) -> Option<Timestamp> {
    Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()
}

impl JudgedEnd<'_> {
    /// Whether a component carries more than it may on a day; `None` where users have no path at the plan's end, or a path
    /// that is not open.
    fn is_overloaded(&self, day: Date, is_target: bool) -> Option<bool> {
        let situation = PeriodState::new(self.context, self.case(day)?);
        let steered = self.scaled(&situation)?;
        let mut loads = Loads::of_steering(&situation, &steered);
        loads.add_served(&situation, self.at_home(&situation.case));
        let is_over = |((component, resource), load): ((usize, usize), &f64)| {
            let Some(capacity) = situation.case.capacity(component, resource) else {
                return false;
            };
            let target = if is_target {
                situation.case.target[[component, resource]]
            } else {
                0.0
            };
            let over = load - capacity * (1.0 - target);
            over > FEASIBILITY * if capacity > 0.0 { capacity } else { 1.0 }
        };
        Some(loads.load.indexed_iter().any(is_over))
    }

    /// The first day on which users join that have no home.
    fn newcomers(&self, (from, until): (Date, Date)) -> Option<Date> {
        let rows = self.context.inventory.onboarding.iter();
        let joining = rows
            .filter(|row| row.joining(Band::Expected) > 0 && self.homes.main(row.shard).is_none());
        let days = joining.filter_map(|row| midnight(row.date));
        days.min()
            .map(|day| day.max(from))
            .filter(|day| *day < until)
    }

    /// Users and capacities of a day's beginning, with the events that go on; every missed target counts.
    fn case(&self, day: Date) -> Option<Case> {
        let scenario = self.context.scenario;
        let start = begins(day)?;
        let end = start.checked_add(SignedDuration::from_secs(1)).ok()?;
        let events = scenario.events.iter();
        let events = events.filter(|event| goes_on(event, scenario));
        let of_day = Scenario {
            start,
            end,
            policy: Policy {
                existing_shortfall: ExistingShortfall::Repair,
                freeze_onboarding: false,
                reaction_minutes: 0.0,
                ..scenario.policy.clone()
            },
            events: events
                .map(|event| Event {
                    start,
                    end,
                    detected: start,
                    drain_minutes: None,
                    is_end_assumed: false,
                    ..event.clone()
                })
                .collect(),
            protect: None,
            queued: Vec::new(),
            ..scenario.clone()
        };
        let inventory = self.context.inventory;
        Some(if of_day.events.is_empty() {
            case_before(inventory, &of_day, Band::Expected)
        } else {
            let known = Knowledge::Believed;
            case_at(inventory, &of_day, start, known, Band::Expected)
        })
    }

    /// Users of a case at the homes of the plan's end.
    fn at_home<'c>(&'c self, case: &'c Case) -> impl Iterator<Item = (usize, Served)> + 'c {
        let shards = (0..self.homes.shard_count()).map(ShardId::new);
        let homes = shards.flat_map(|shard| self.homes.of(shard));
        homes.filter_map(|home| {
            let shard = home.shard.index();
            let users = case.users(shard) * self.homes.share(home);
            let site = home.site?;
            Some((shard, Served { site, users }))
        })
    }

    /// The last steering with as many users as are at home on a day, in the same shares.
    fn scaled(&self, situation: &PeriodState<'_>) -> Option<Vec<Steered>> {
        let context = situation.context;
        let mut at_home: BTreeMap<(usize, SiteId), f64> = BTreeMap::new();
        for (shard, served) in self.at_home(&situation.case) {
            if served.users > 0.0 {
                let cell = (context.group_of(shard), served.site);
                *at_home.entry(cell).or_default() += served.users;
            }
        }
        let is_gone = |row: &Steered| {
            let mut on_it = row.route.components(context).into_iter();
            let mut pools = row.route.pools();
            on_it.any(|component| situation.case.gone[component.index()])
                || pools.any(|pool| situation.members[pool.index()].is_empty())
        };
        let mut all: BTreeMap<(usize, SiteId), f64> = BTreeMap::new();
        let last = || self.steered.iter().filter(|row| row.slice == self.slice);
        for row in last() {
            if is_gone(row) {
                return None;
            }
            *all.entry(row.cell()).or_default() += row.users;
        }
        let is_known = |cell: &(usize, SiteId)| all.get(cell).is_some_and(|users| *users > NOBODY);
        if !at_home.keys().all(is_known) {
            return None;
        }
        let scaled = last().map(|row| Steered {
            slice: 0,
            users: at_home.get(&row.cell()).map_or(0.0, |users| {
                let of = all.get(&row.cell()).copied().unwrap_or(0.0);
                if of > NOBODY {
                    users * row.users / of
                } else {
                    0.0
                }
            }),
            ..row.clone()
        });
        Some(scaled.collect())
    }
}
