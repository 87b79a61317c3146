//! Ranked windows in words: the finding, and details of the best one.

use super::further::{BEFORE, add};
use super::{DrainReport, MAINTENANCE_FILE, RankedWindows};
use crate::engine::Window;
use crate::model::Event;
use crate::plan::sweep::Missing;
use crate::report::document::{Block, Document};
use crate::report::grammar::{capital, counted_with, only_if};
use crate::report::numbers;
use crate::report::words::targets_met;
use crate::units::{AGREEMENT, EQUAL_COST, NOBODY};

/// What maintenance.toml has in addition to what was planned.
const PROTECTION: &str =
    "Not planned for: `[protect]` of the scenario; a plan of the maintenance plans for it.";

/// What the finding begins with where that is so.
const UNPROTECTED: &str = "without `[protect]`, which only `plan` plans for, ";

/// What is said where no users are unserved.
pub(super) const SERVED: &str = "everyone is served";

/// From this many columns on the table has the ends of windows and the worst failure, whatever other columns it has.
const WIDE: u16 = 100;

impl RankedWindows<'_> {
    /// The result in sentences: what is lost, then the best window, then what else it costs; or that no time is safe.
    pub fn finding(&self) -> String {
        let parts = self.finding_parts().into_iter();
        let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
        parts.join(" ")
    }

    /// The parts of the finding, in sentences: alarms, the answer, and what else is to be said of it.
    pub(super) fn finding_parts(&self) -> [String; 3] {
        let Some(window) = self.recommended() else {
            let answer = format!("{}: no window fits.", self.subject);
            return [String::new(), answer, String::new()];
        };
        let subject = self.maintenance();
        let when = self.clock.stretch(window.start, window.end);
        let when = format!("from {when} {}", self.clock.zone());
        let [alarms, rest] = self.cost_of_reported(window);
        let answer = match (self.refused().len(), self.drain()) {
            (0, _) => format!("{subject}: best {when}{}.", self.of_as_good()),
            (refused, Some(_)) => {
                let drains = match refused {
                    1 => "the drain for 1 better time is".to_owned(),
                    more => format!("the drains for {more} better times are"),
                };
                format!("{subject}: best {when} of the times with a safe drain ({drains} refused).")
            }
            (1, None) => {
                format!(
                    "NO SAFE TIME for {subject}: even the best start, {when}, has no safe drain."
                )
            }
            (refused, None) => format!(
                "NO SAFE TIME for {subject}: none of the {refused} best distinct start times has a safe drain. The best is {when}."
            ),
        };
        if self.is_without_safe_drain() {
            let ignoring = [alarms, rest].concat().join("; ");
            return [
                answer,
                String::new(),
                format!("Ignoring the drain: {ignoring}."),
            ];
        }
        let mut sentences: Vec<String> = alarms;
        sentences.push(rest.join("; "));
        // What is said first holds without the protection that a plan would have.
        if let Some(first) = sentences.first_mut().filter(|_| self.is_unprotected()) {
            *first = format!("{UNPROTECTED}{first}");
        }
        let mut sentences = sentences.iter().map(|text| format!("{}.", capital(text)));
        let rest = sentences.next_back().unwrap_or_default();
        let alarms: Vec<String> = sentences.collect();
        [alarms.join(" "), answer, rest]
    }

    /// `true` if the scenario asks for protection, for which the recommended start is not planned.
    fn is_unprotected(&self) -> bool {
        self.drain()
            .is_some_and(|drain| drain.protection_not_planned)
    }

    /// `true` if drains were planned, and each is refused.
    pub(super) fn is_without_safe_drain(&self) -> bool {
        self.drain().is_none() && !self.refused().is_empty()
    }

    /// `San Antonio for 4 h`.
    pub(super) fn maintenance(&self) -> String {
        format!("{} for {}", self.subject, self.lasts())
    }

    /// The title of the chart, in one line: users unserved, or whether a further failure leaves some so, then the best time.
    pub(super) fn chart_title(&self) -> String {
        let Some(window) = self.recommended() else {
            return self.finding();
        };
        let (subject, zone) = (self.maintenance(), self.clock.zone());
        if self.drain().is_none() && !self.refused().is_empty() {
            return format!("No safe time for {subject}");
        }
        let down = self.down_in_plan();
        let safety = match self.unserved_at_most(window) {
            users if down > users.max(NOBODY) => {
                format!("{} down in its plan, ", numbers::lost_users(down))
            }
            users if users > NOBODY => format!("{} unserved, ", numbers::lost_users(users)),
            _ if !self.is_broken_by_one_more() => String::new(),
            _ if self.windows.len() > 1
                && self.windows.iter().all(Window::is_broken_by_one_more) =>
            {
                format!("never N-1 safe{}, ", self.risk())
            }
            _ => format!("not N-1 safe{}, ", self.risk()),
        };
        let when = self.clock.stretch(window.start, window.end);
        format!("{subject}: {safety}best from {when} {zone}")
    }

    /// ` (up to 1,118,000 unserved if one more site fails)`; nothing where a further failure leaves nobody unserved.
    fn risk(&self) -> String {
        let users = self.unserved_after_one_more().unwrap_or(0.0);
        if users <= NOBODY {
            return String::new();
        }
        let over = self.over.unwrap_or("components");
        let noun = over.strip_suffix('s').unwrap_or(over).replace('_', " ");
        let users = numbers::lost_users(users);
        let when = self.worse_when();
        format!(" (up to {users} unserved if one more {noun} fails{when})")
    }

    /// `, the quietest of 24 times of equal cost`; nothing where no other time is.
    fn of_as_good(&self) -> String {
        let (all, quietest) = (self.ranking.as_good(), self.ranking.quietest);
        let times = format!("{all} times of equal cost{}", self.slightly());
        match (all, quietest) {
            (0 | 1, _) => String::new(),
            (_, 1) => format!(", the quietest of {times}"),
            (all, quietest) if quietest == all => format!(", the first of {times}"),
            (_, quietest) => format!(", the first of the {quietest} quietest of {times}"),
        }
    }

    /// ` (within 0.5 %)` where times of equal cost differ by as little as that.
    pub(super) fn slightly(&self) -> String {
        only_if(self.ranking.differs_slightly, || {
            format!(" (within {})", numbers::short_percent(EQUAL_COST))
        })
    }

    pub(super) fn targets_met(&self) -> &'static str {
        // Targets missed before are known of the quiet hours only.
        targets_met(
            self.asked.has_targets,
            self.without
                .as_ref()
                .is_none_or(|without| without.kept.is_some()),
        )
    }

    /// Unserved users, then missing shares of targets and those missing before; that everyone is served stands after what is
    /// missed.
    fn served(
        &self,
        unserved: f64,
        missing: Option<Missing>,
        kept: Option<Missing>,
    ) -> Vec<String> {
        let missing = missing.filter(|missing| missing.share > AGREEMENT);
        let missing = missing.map(|missing| self.missing(missing));
        let kept = kept.map(|kept| {
            let kept = self.missing(kept);
            format!("{kept} already before the maintenance, which counts against no window")
        });
        let is_met = missing.is_none() && kept.is_none() && unserved <= NOBODY;
        let met = is_met.then(|| self.targets_met().to_owned());
        let missed = missing.into_iter().chain(kept);
        if unserved > NOBODY {
            let users = format!("{} unserved", numbers::lost_users(unserved));
            return std::iter::once(users).chain(missed).collect();
        }
        missed.chain([SERVED.to_owned()]).chain(met).collect()
    }

    /// What a window costs, further failures counted before users move.
    pub(super) fn cost(&self, window: &Window) -> String {
        let unserved = window.unserved_users();
        let mut words = self.served(unserved, window.missing, None);
        add(
            &mut words,
            self.further_before(window.failures.as_ref(), unserved, BEFORE),
            unserved,
        );
        words.push(moving(window.moved));
        words.join("; ")
    }

    /// The same of the named window, whose further failures are counted once users have moved where that is known: what is
    /// lost, and what else it costs.
    fn cost_of_reported(&self, window: &Window) -> [Vec<String>; 2] {
        let unserved = window.unserved_users();
        let mut alarms = self.losses(window);
        let mut served = self.served(unserved, window.missing, None);
        let missing = window
            .missing
            .filter(|missing| missing.share > AGREEMENT && !self.misses_more(window));
        if unserved > NOBODY {
            served.clear();
            // What its plan leaves unserved includes these.
            if !self.leaves_more(window) {
                let users = numbers::lost_users(unserved);
                alarms.push(format!("the best time leaves {users} unserved"));
            }
        } else if window.worst_shortfall() > AGREEMENT {
            served = vec![SERVED.to_owned()];
        }
        alarms
            .extend(missing.map(|missing| format!("the best time has {}", self.missing(missing))));
        let mut rest = Vec::new();
        let further = self.further_of_reported(window);
        further.add_to(&mut alarms, &mut rest);
        if !alarms.is_empty() && !served.is_empty() {
            served[0] = format!("apart from that, {SERVED}");
        }
        let moved = moving(self.start_cost(window).moved);
        let rest = served.into_iter().chain(rest).chain([moved]);
        [alarms, rest.collect()]
    }

    /// `12 % of the headroom target missing at Chicago`.
    pub(super) fn missing(&self, missing: Missing) -> String {
        let name = self.inventory.component_title(missing.component);
        let share = numbers::short_percent_up(missing.share);
        format!("{share} of the headroom target missing at {name}")
    }

    /// Details of the named window apart from its cost, a sentence each; none that were not requested.
    pub(super) fn details(&self) -> Vec<String> {
        let drain = self.of_drain();
        let others = self.of_without().into_iter().chain(self.of_ties());
        let others = others.chain(self.of_hours());
        let first = self
            .drain()
            .map_or_else(Vec::new, |drain_report| drain_report.warnings.clone())
            .into_iter()
            .chain(self.left_out.iter().cloned())
            .chain(self.of_groups())
            .chain(self.not_checked())
            .chain(self.of_later())
            .chain(drain);
        first.chain(others).collect()
    }

    /// `Left out: the scenario's own maintenance of Amsterdam, 28 Nov 02:00 to 06:00; a time for it is looked for.`
    pub(super) fn left_out(&self, event: &Event) -> String {
        let components = event.kind.components().iter();
        let names = components.map(|component| self.inventory.component_title(*component));
        let names = names.collect::<Vec<_>>().join(" and ");
        let when = self.clock.stretch(event.start, event.end);
        format!(
            "Left out: the scenario's own maintenance of {names}, {when}; its new time is looked for."
        )
    }

    /// Events of the scenario that begin after the maintenance: neither the ranking nor its drain knows them.
    fn of_later(&self) -> Option<String> {
        let end = self.recommended()?.end;
        let later = self.others.iter().filter(|start| **start >= end);
        let first = later.clone().min()?;
        let first = self.clock.moment(*first);
        let (events, begin) = match later.count() {
            1 => ("1 event", "begins"),
            _ => ("events", "begin"),
        };
        Some(format!(
            "Not planned for: {events} of the scenario that {begin} after the maintenance, from {first} on. Set a later `end` in \
             {MAINTENANCE_FILE} to plan for them."
        ))
    }

    /// The checks that the ranking does not make; `None` without a window.
    pub(super) fn not_checked(&self) -> Option<String> {
        let window = self.recommended()?;
        let recovery = if self.asked.must_recover {
            ", and recovery by itself"
        } else {
            ""
        };
        let failures = self.failures_not_checked(window);
        let Some(drain) = self.drain() else {
            return Some(format!(
                "Not checked: downtime while users move and during the maintenance{recovery}. A plan of the maintenance checks it.{failures}"
            ));
        };
        let mut all = drain.not_played.clone();
        all.extend(drain.protection_not_planned.then(|| PROTECTION.to_owned()));
        if self.windows.len() > 1 {
            all.push(format!(
                "Not checked for other starts: downtime while users move and during the maintenance{recovery}{failures}."
            ));
        }
        (!all.is_empty()).then(|| all.join(" "))
    }

    /// How many cost the same as the best one, and how they were ordered.
    fn of_ties(&self) -> Option<String> {
        let alike = self.ranking.alike.first()?;
        let busiest = |index: Option<&usize>| index.map(|index| self.windows[*index].busiest_users);
        let (least, most) = (busiest(alike.first())?, busiest(alike.last())?);
        let all = match (alike.len(), self.windows.len()) {
            (0 | 1, _) => return None,
            (2, 2) => "Both times".to_owned(),
            (some, all) if some == all => format!("All {all} times"),
            (some, _) => format!("{some} times"),
        };
        let planned = match self.drains.len() {
            0 => String::new(),
            1 => " Only the drain of the first was planned.".to_owned(),
            some => format!(" Only the drains of the first {some} distinct times were planned."),
        };
        let within = self.slightly();
        Some(if self.ranking.quietest == alike.len() {
            format!(
                "{all} cost the same{within} and are equally quiet; the earliest comes first.{planned}"
            )
        } else {
            format!(
                "{all} cost the same{within}; the quietest comes first, with {} users at its busiest instant (the last of them: {}).{planned}",
                numbers::users(least),
                numbers::users(most)
            )
        })
    }

    /// The demand that starts are judged by, whatever the policy says.
    fn of_hours(&self) -> Option<String> {
        let has_hours = !self.inventory.load_curves.is_empty() && !self.windows.is_empty();
        let written = only_if(self.drain().is_some(), || {
            format!(", and {MAINTENANCE_FILE} says so")
        });
        has_hours.then(|| {
            format!("Every start is planned hour by hour (`demand = \"hourly\"`){written}.")
        })
    }

    fn of_without(&self) -> Option<String> {
        let without = self.without.as_ref()?;
        let mut words = self.served(without.unserved, without.missing, without.kept);
        let note = self.movers_note(self.movers_decide.without);
        let further = self.further_before(without.failures.as_ref(), without.unserved, &note);
        add(&mut words, further, without.unserved);
        Some(format!(
            "Without the maintenance, in the same hours: {}.",
            words.join("; ")
        ))
    }

    fn of_drain(&self) -> Vec<String> {
        let mut all = Vec::new();
        let refused = self.refused();
        if let Some(first) = refused.first() {
            let when = self.clock.moment(first.start);
            let why = first.refused.iter();
            all.extend(why.map(|text| format!("Refused for the start at {when}: {text}.")));
            all.extend(first.remedies.iter().cloned());
            all.extend(match refused.len() - 1 {
                0 => None,
                1 => Some("The next one is refused too.".to_owned()),
                more => Some(format!("The next {more} distinct ones are refused too.")),
            });
            if self.drain().is_none() {
                all.push("Do not begin: the end state is safe, the transition is not.".to_owned());
                all.extend(self.is_safe_by_peak.then(|| {
                    format!(
                        "Planned by the peak, the start at {when} has a safe drain: set `demand = \"peak\"` in [policy] to plan it."
                    )
                }));
            }
        }
        if let Some(drain) = self.drain() {
            all.extend(self.safe(drain));
        }
        all
    }

    fn safe(&self, drain: &DrainReport) -> Vec<String> {
        let mut all = drain.transitions.clone();
        if let Some(latest) = drain.latest_start {
            let (latest, zone) = (self.clock.moment(latest), self.clock.zone());
            let users = moving(drain.users);
            all.push(format!(
                "{users} in it; {latest} {zone} is its latest safe start."
            ));
        } else if drain.transitions.is_empty() {
            all.push("No users have to move before it begins.".to_owned());
        }
        if drain.users > NOBODY {
            all.push(format!(
                "Not planned: the return of users after it. Set a later `end` in {MAINTENANCE_FILE} to plan it."
            ));
        }
        all.extend(drain.earlier.map(|(users, first)| {
            let users = counted_with(&numbers::users(users), "user", ["is", "are"]);
            let first = self.clock.second(first);
            format!("In its plan {users} placed, or move for other events, before that: from {first} on.")
        }));
        all
    }

    /// The text of the terminal.
    pub fn text(&self, width: Option<u16>) -> String {
        let document = Document::of([
            vec![Block::sentences([self.finding()])],
            vec![Block::sentences(self.details())],
            self.table(width.is_none_or(|width| width >= WIDE)),
        ]);
        document.text(width)
    }
}

fn moving(users: f64) -> String {
    counted_with(&numbers::users(users), "user", ["moves", "move"])
}
