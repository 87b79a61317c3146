//! Words: the finding of a period, which titles its charts.

pub(super) use super::grammar::{EVERYONE, capital_or_name, listed, only_if, short};

use super::grammar::{capitalised, stay_unserved};
use super::headroom::{HeadroomRow, tightest_row};
use super::numbers;
use crate::ids::{ComponentId, ResourceId};
use crate::model::{Inventory, PlannedDemand};
use crate::plan::{Plan, Relaxed};
use crate::units::{FEASIBILITY, NOBODY};

const MISSED_ALREADY: usize = 3;

/// ` in both periods`, ` in all 6 periods`; nothing of one.
pub(super) fn in_all(periods: usize) -> String {
    match periods {
        0 | 1 => String::new(),
        2 => " in both periods".to_owned(),
        all => format!(" in all {all} periods"),
    }
}

/// The words where no headroom target is missed; they are weaker where one was missed before and may stay so.
pub(super) fn targets_met(is_any_missed_before: bool) -> &'static str {
    if is_any_missed_before {
        "no headroom target is missed by more than before"
    } else {
        "every headroom target is met"
    }
}

/// What is so where no users are unserved, and some are down all the same.
pub(super) const THERE_IS_CAPACITY: &str = "There is capacity for everyone";

/// The words where no users are unserved: of a plan that is refused, or whose replay has users down, only that the capacity
/// is enough.
pub(super) fn everyone(plan: &Plan) -> &'static str {
    if plan.outages().is_empty() && !plan.is_refused() {
        "Everyone is served"
    } else {
        THERE_IS_CAPACITY
    }
}

/// `Chicago cpu, 1 % (target 20 %)`: component and resource, the free share and its target. It lists those that miss most of
/// their target, then the number of others; `None` if none does.
pub fn missed_already(
    inventory: &Inventory,
    mut missed: Vec<((ComponentId, ResourceId), [f64; 2])>,
) -> Option<String> {
    let met = |[headroom, target]: [f64; 2]| headroom / target;
    missed.sort_by(|a, b| met(a.1).total_cmp(&met(b.1)).then(a.0.cmp(&b.0)));
    let named = missed.iter().take(MISSED_ALREADY);
    let named = named.map(|((component, resource), [headroom, target])| {
        format!(
            "{} {}, {} (target {})",
            short(inventory.component_title(*component)),
            short(inventory.resource_name(*resource)),
            numbers::short_headroom(*headroom),
            numbers::short_percent(*target)
        )
    });
    let named: Vec<String> = named.collect();
    let others = match missed.len() - named.len() {
        0 => String::new(),
        1 => "; and 1 other".to_owned(),
        more => format!("; and {more} others"),
    };
    (!named.is_empty()).then(|| format!("{}{others}", named.join("; ")))
}

/// The premise of every verdict: demand that follows the hours, or that of the peak.
pub fn premise(demand: PlannedDemand) -> &'static str {
    match demand {
        PlannedDemand::Peak => "for these inputs, at peak demand",
        PlannedDemand::Hourly => "for these inputs, hour by hour",
    }
}

pub(super) fn relaxed_words(rule: Relaxed) -> &'static str {
    match rule {
        Relaxed::Copies => {
            "failover and drain to any permitted site (\"anywhere\"; data without a copy come from a backup)"
        }
        Relaxed::Jurisdiction => "no residency rule",
        Relaxed::Latency => "no latency limit",
        Relaxed::Movers => "moves of users that no event touches (movers \"all\")",
        Relaxed::MoveRules => "free moves of every shard",
    }
}

/// The end of id and name of a row with the actual state of a component that differs from the planned one.
pub(super) const ACTUAL: &str = " (actual)";

/// What an event does to its subject.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Effect {
    /// Maintenance takes all of it.
    Drained,
    /// A failure takes all of it.
    Failed,
    /// Maintenance, a failure or a gray fault takes part of it.
    Reduced,
    /// Demand is multiplied by this factor.
    Surge(f64),
    /// A share of the work takes longer.
    Slowed,
    /// Sessions end.
    Disconnected,
}

/// An event in force: its subject and its effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Happening {
    /// What reports call the component, pool, risk group or group of users.
    pub subject: String,
    /// Its effect.
    pub effect: Effect,
}

/// The title of a period's charts: events in force, in the order of the scenario, then unserved users or the tightest of all
/// rows of the period.
///
/// ```
/// use plimsoll::report::words::{Effect, Happening, finding};
/// use plimsoll::report::{HeadroomRow, Standing};
/// use plimsoll::model::ComponentKind;
/// let rows = [HeadroomRow {
///     component: "sat".into(), name: "San Antonio".into(), kind: ComponentKind::Site,
///     resource: "cpu".into(), unit: "vCPU".into(), standing: Standing::InService,
///     before: Some(0.41), during: Some(0.12), target: Some(0.1), in_force: Some(0.1), load: 3520.0,
///     capacity: 4000.0,
/// }];
/// let happenings = [Happening { subject: "Chicago".into(), effect: Effect::Drained }];
/// assert_eq!(finding(&happenings, &rows, 0.0), "Chicago is drained: San Antonio has 12 % headroom (target 10 %)");
/// ```
pub fn finding(happenings: &[Happening], rows: &[HeadroomRow], unserved_users: f64) -> String {
    finding_since(happenings, rows, [0.0, unserved_users])
}

/// The same where users are unserved before the events too: an event is the cause only of those that it adds.
pub(super) fn finding_since(
    happenings: &[Happening],
    rows: &[HeadroomRow],
    [unserved_before, unserved_users]: [f64; 2],
) -> String {
    let row = tightest_row(rows);
    let consequence = if unserved_users > NOBODY {
        let is_before = unserved_before > NOBODY && !happenings.is_empty();
        let since = only_if(is_before, || {
            let more = unserved_users - unserved_before;
            if more > NOBODY {
                format!(", {} more than before", numbers::users_up(more))
            } else {
                ", no more than before".to_owned()
            }
        });
        format!("{}{since}", stay_unserved(unserved_users))
    } else {
        row.map_or_else(
            || "nothing is limited".to_owned(),
            |row| kept(row, happenings),
        )
    };
    let is_believed = row.is_some_and(|row| named(row).1);
    capitalised(&format!(
        "{}: {consequence}",
        events(happenings, is_believed)
    ))
}

/// `Chicago is drained`, for any number of events of any kind.
pub(super) fn events(happenings: &[Happening], is_believed: bool) -> String {
    let mut clauses = Vec::<(Effect, Vec<&str>)>::new();
    for happening in happenings {
        let known = clauses
            .iter_mut()
            .find(|clause| clause.0 == happening.effect);
        match known {
            Some((_, subjects)) if subjects.contains(&happening.subject.as_str()) => {}
            Some((_, subjects)) => subjects.push(&happening.subject),
            None => clauses.push((happening.effect, vec![&happening.subject])),
        }
    }
    if clauses.is_empty() {
        let seems = if is_believed { " seems" } else { "" };
        return format!("all{seems} in service");
    }
    let clauses = clauses.iter();
    let clauses = clauses.map(|(effect, subjects)| clause(*effect, subjects));
    clauses.collect::<Vec<_>>().join(", ")
}

/// The headroom of the tightest component.
fn kept(row: &HeadroomRow, happenings: &[Happening]) -> String {
    let (name, is_actual) = named(row);
    // A name that is all of the first half is not said again.
    let is_subject = !happenings.is_empty()
        && happenings
            .iter()
            .all(|happening| happening.subject == row.name);
    let name = if is_subject {
        "it".to_owned()
    } else {
        short(name)
    };
    if let Some(words) = pressed(&name, row, is_actual) {
        return words;
    }
    let share = numbers::short_headroom(row.headroom_during().unwrap_or(0.0));
    let target = row.target.filter(|value| *value > 0.0);
    let target = target.map_or_else(String::new, |target| {
        let since = only_if(row.is_missed_before(), || ", missed before");
        format!(" (target {}{since})", numbers::short_percent(target))
    });
    format!("{name} has {share} headroom{target}")
}

/// The words for a component with no spare capacity; `None` if it has some.
pub(super) fn pressed(name: &str, row: &HeadroomRow, is_actual: bool) -> Option<String> {
    let actually = only_if(is_actual, || " actually");
    match row.headroom_during() {
        None => {
            let actual = only_if(is_actual, || " actual");
            Some(format!("{name} has load and no{actual} capacity"))
        }
        Some(headroom) if headroom < -FEASIBILITY => {
            let load = numbers::short_percent_up(1.0 - headroom);
            Some(format!("{name} is{actually} at {load} of capacity"))
        }
        Some(headroom) if headroom <= FEASIBILITY => Some(format!("{name} is{actually} full")),
        Some(_) => None,
    }
}

fn clause(effect: Effect, subjects: &[&str]) -> String {
    let who = listed(subjects);
    let is_one = matches!(subjects, [only] if !is_several(only));
    let is = if is_one { "is" } else { "are" };
    match effect {
        Effect::Drained => format!("{who} {is} drained"),
        Effect::Failed => format!("{who} {is} down"),
        Effect::Reduced => format!("{who} {is} degraded"),
        Effect::Slowed => format!("{who} {is} slow"),
        Effect::Disconnected => format!("{who} {is} disconnected"),
        Effect::Surge(factor) => {
            let factor = numbers::amount(factor);
            if subjects == [EVERYONE] {
                format!("{EVERYONE} has {factor} times the demand")
            } else {
                format!("users of {who} have {factor} times the demand")
            }
        }
    }
}

/// The subject of an event on several components: the first, and how many more.
pub(super) fn first_and_more(first: &str, more: usize) -> String {
    format!("{first} and {more}{MORE}")
}

const MORE: &str = " more";

fn is_several(subject: &str) -> bool {
    let head = subject.strip_suffix(MORE);
    let count = head.and_then(|head| head.rsplit_once(" and "));
    count.is_some_and(|(_, count)| count.parse::<usize>().is_ok())
}

/// The name of a row, and whether it shows the actual state.
pub(super) fn named(row: &HeadroomRow) -> (&str, bool) {
    let name = row.name.strip_suffix(ACTUAL);
    match (name, row.component.ends_with(ACTUAL)) {
        (Some(name), true) => (name, true),
        _ => (&row.name, false),
    }
}

#[cfg(test)]
mod tests {
    use super::finding as title;
    use super::*;
    use crate::report::headroom::samples::row;

    fn drained(names: &[&str]) -> Vec<Happening> {
        names
            .iter()
            .map(|name| Happening {
                subject: (*name).to_owned(),
                effect: Effect::Drained,
            })
            .collect()
    }

    #[test]
    fn a_missed_target_comes_before_a_smaller_headroom_that_meets_its_own() {
        let rows = [
            row("Dallas", Some(0.05), 0.0),
            row("Boston", Some(0.12), 0.2),
        ];
        assert_eq!(
            title(&drained(&["Chicago"]), &rows, 0.0),
            "Chicago is drained: Boston has 12 % headroom (target 20 %)"
        );
    }

    #[test]
    fn overload_comes_before_all_and_its_size_with_it() {
        let rows = [
            row("Dallas", Some(0.01), 0.3),
            row("Boston", Some(-0.2), 0.2),
        ];
        assert_eq!(
            title(&drained(&["Chicago"]), &rows, 0.0),
            "Chicago is drained: Boston is at 120 % of capacity"
        );
    }

    #[test]
    fn unserved_users_come_first_and_rounded_up() {
        let rows = [row("Dallas", Some(0.0), 0.3)];
        assert_eq!(
            title(&drained(&["Chicago"]), &rows, 40_999.2),
            "Chicago is drained: 41,000 users stay unserved"
        );
        assert_eq!(
            title(&drained(&["Chicago"]), &rows, 0.0),
            "Chicago is drained: Dallas is full"
        );
    }

    #[test]
    fn an_event_is_the_cause_only_of_unserved_users_that_it_adds() {
        let rows = [row("Dallas", Some(0.0), 0.3)];
        let since = |before, users| finding_since(&drained(&["Chicago"]), &rows, [before, users]);
        assert_eq!(
            since(35_000.0, 35_000.0),
            "Chicago is drained: 35,000 users stay unserved, no more than before"
        );
        assert_eq!(
            since(35_000.0, 40_000.0),
            "Chicago is drained: 40,000 users stay unserved, 5,000 more than before"
        );
    }

    #[test]
    fn an_event_on_several_components_has_a_verb_in_the_plural() {
        let rows = [row("Dallas", Some(0.5), 0.3)];
        let subject = first_and_more("lb-1", 1);
        assert!(title(&drained(&[&subject]), &rows, 0.0).contains("b-1 and 1 more are drained: "));
        assert!(title(&drained(&["one more"]), &rows, 0.0).contains("ne more is drained: "));
    }

    #[test]
    fn events_of_one_kind_share_a_verb_and_many_are_counted() {
        let rows = [row("Dallas", Some(0.5), 0.3), row("Chicago", None, 0.3)];
        let tail = "Dallas has 50 % headroom (target 30 %)";
        assert_eq!(title(&[], &rows, 0.0), format!("All in service: {tail}"));
        assert_eq!(
            title(&drained(&["A", "B", "A"]), &rows, 0.0),
            format!("A and B are drained: {tail}")
        );
        assert_eq!(
            title(&drained(&["A", "B", "C", "D"]), &rows, 0.0),
            format!("A and 3 others are drained: {tail}")
        );
        let mut mixed = drained(&["Chicago"]);
        mixed.push(Happening {
            subject: "us-east".to_owned(),
            effect: Effect::Surge(1.4),
        });
        assert_eq!(
            title(&mixed, &rows, 0.0),
            format!("Chicago is drained, users of us-east have 1.4 times the demand: {tail}")
        );
        for (subject, clause) in [
            ("everyone", "Everyone has 3 times the demand"),
            ("mail", "Users of mail have 3 times the demand"),
        ] {
            let surge = Happening {
                subject: subject.to_owned(),
                effect: Effect::Surge(3.0),
            };
            assert_eq!(title(&[surge], &rows, 0.0), format!("{clause}: {tail}"));
        }
    }

    #[test]
    fn a_name_is_said_once_and_the_planned_state_is_not_said_to_be_actual() {
        let reduced = Happening {
            subject: "Boston".to_owned(),
            effect: Effect::Reduced,
        };
        let mut rows = [row("Boston", Some(0.05), 0.0)];
        assert_eq!(
            title(&[reduced], &rows, 0.0),
            "Boston is degraded: it has 5 % headroom"
        );
        rows[0].name.push_str(ACTUAL);
        rows[0].component.push_str(ACTUAL);
        rows[0].during = Some(-0.2);
        assert_eq!(
            title(&[], &rows, 0.0),
            "All seems in service: Boston is actually at 120 % of capacity"
        );
    }

    #[test]
    fn a_long_name_does_not_push_the_finding_out_of_the_title() {
        let name = format!("start-{}-end", "x".repeat(120));
        let rows = [row("Dallas", Some(0.5), 0.3)];
        assert_eq!(
            title(&drained(&[&name]), &rows, 0.0),
            "start-xxxxxxxxxxxxxx…xxxxxxxxxxxxxxx-end is drained: Dallas has 50 % headroom (target 30 %)"
        );
    }

    #[test]
    fn nothing_to_measure_is_said() {
        assert_eq!(title(&[], &[], 0.0), "All in service: nothing is limited");
    }
}
