//! Targets: the title of a chart of headroom in one period, which says how many targets are missed.

use super::charts::headroom::TIGHTEST_OTHERS;
use super::charts::is_one_line;
use super::grammar::{capitalised, counted_with, only_if, short, stay_unserved};
use super::headroom::{HeadroomRow, Selection, State, tightest_resources};
use super::numbers;
use super::words::{Happening, events, named};
use crate::units::{FEASIBILITY, NOBODY};

/// The title `Chicago is drained: 2 targets missed; San Antonio is tightest: 8 % headroom (target 20 %)`, and nothing else.
///
/// Where that takes more than a line, the events are not in the title, but beside it: they belong into the subtitle.
///
/// ```
/// use plimsoll::report::targets::headroom_title;
/// use plimsoll::report::words::{Effect, Happening};
/// let chicago = Happening { subject: "Chicago".into(), effect: Effect::Drained };
/// let [title, events] = headroom_title(&[chicago], &[], 0.0);
/// assert_eq!(title, "Chicago is drained: nothing is limited");
/// assert_eq!(events, "");
/// ```
pub fn headroom_title(
    happenings: &[Happening],
    rows: &[HeadroomRow],
    unserved: f64,
) -> [String; 2] {
    let selection = Selection::new(rows, TIGHTEST_OTHERS);
    let mut rows = tightest_resources(rows);
    rows.retain(|row| row.state() != State::Gone);
    let is_actual = rows.first().is_some_and(|row| named(row).1);
    let unserved = only_if(unserved > NOBODY, || stay_unserved(unserved));
    let events = events(happenings, is_actual);
    let state = state(&rows, &selection.rows);
    let comma = only_if(!unserved.is_empty(), || ", ");
    let whole = capitalised(&format!("{events}{comma}{unserved}: {state}"));
    if is_one_line(&whole) {
        return [whole, String::new()];
    }
    let pause = only_if(!unserved.is_empty(), || "; ");
    let title = capitalised(&format!("{unserved}{pause}{state}"));
    [title, capitalised(&events)]
}

/// The state of all targets, given the rows from the tightest on, and those of them that the picture shows.
fn state(rows: &[&HeadroomRow], shown: &[&HeadroomRow]) -> String {
    let Some(row) = rows.first() else {
        return "nothing is limited".to_owned();
    };
    let (name, is_actual) = named(row);
    let name = short(name);
    let missed = rows.iter().filter(|row| is_missed(row)).count();
    let of_shown = |all: usize, is: &dyn Fn(&&HeadroomRow) -> bool| {
        let count = shown.iter().filter(|row| is(row)).count();
        only_if(count < all, || {
            format!(" ({} shown)", numbers::whole(count))
        })
    };
    if let Some(words) = strained((&name, is_actual), row, "") {
        return match missed {
            0 | 1 => words,
            2 => format!("{words}; 1 other target is missed"),
            more => {
                let shown = of_shown(more, &|row| is_missed(row));
                format!("{words}; {} other targets are missed{shown}", more - 1)
            }
        };
    }
    let text = numbers::fine_headroom(row.headroom_during().unwrap_or(0.0));
    let Some(target) = row.target else {
        return format!("all targets met; the tightest is {name} with {text} headroom");
    };
    let target = numbers::short_percent(target);
    if missed > 0 {
        let since = if row.is_missed_before() {
            ", missed before"
        } else {
            ""
        };
        let of = format!("{text} headroom (target {target}{since})");
        return match missed {
            1 => format!("1 target missed: {name} has {of}"),
            more => {
                let shown = of_shown(more, &|row| is_missed(row));
                format!("{more} targets missed{shown}; {name} is tightest: {of}")
            }
        };
    }
    let is_at = |row: &&HeadroomRow| row.is_at_target();
    let at: Vec<&HeadroomRow> = rows.iter().copied().filter(is_at).collect();
    let is_same = at
        .iter()
        .all(|headroom_row| headroom_row.target == row.target);
    let at_shown = of_shown(at.len(), &is_at);
    match at.len() {
        0 => {
            format!(
                "all targets met; the tightest is {name} with {text} headroom (target {target})"
            )
        }
        1 => format!("all targets met; {name} is exactly at its {target} target"),
        more if is_same => {
            format!(
                "all targets met; {more} components are exactly at the {target} target{at_shown}"
            )
        }
        more => {
            format!("all targets met; {more} components are exactly at their targets{at_shown}")
        }
    }
}

/// `true` if a row keeps less than its target, or has more load than capacity.
fn is_missed(row: &HeadroomRow) -> bool {
    let is_below = matches!(row.state(), State::BelowTarget | State::Full);
    let is_any = row.target.is_some()
        || row
            .headroom_during()
            .is_none_or(|value| value < -FEASIBILITY);
    is_below && is_any
}

/// `Frankfurt filter is actually overloaded`: the worst of a period's rows in few words; `None` if nothing is overloaded.
pub(super) fn overloaded(rows: &[HeadroomRow]) -> Option<String> {
    let first = *tightest_resources(rows).first()?;
    let (name, is_actual) = named(first);
    let (name, actually) = (short(name), only_if(is_actual, || " actually"));
    match first.headroom_during() {
        None if first.is_stranded() => Some(format!("{name}{actually} has load and no capacity")),
        Some(value) if value < -FEASIBILITY => Some(format!("{name} is{actually} overloaded")),
        _ => None,
    }
}

/// `2 headroom targets are missed`; `None` where every target is met.
pub(super) fn missed_targets(rows: &[HeadroomRow]) -> Option<String> {
    let rows = tightest_resources(rows);
    let missed: Vec<&HeadroomRow> = rows.into_iter().filter(|row| is_missed(row)).collect();
    let is_as_before = missed.iter().all(|row| row.is_missed_before());
    let before = only_if(is_as_before, || " as before");
    let count = numbers::whole(missed.len());
    let are = counted_with(&count, "headroom target", ["is", "are"]);
    (!missed.is_empty()).then(|| format!("{are} missed{before}"))
}

/// What is overloaded or full, in the measure of charts; `None` if some of it is free. The time stands before the number.
pub(super) fn strained(
    (name, is_actual): (&str, bool),
    row: &HeadroomRow,
    when: &str,
) -> Option<String> {
    let actually = only_if(is_actual, || " actually");
    match row.headroom_during() {
        None => Some(format!("{name}{actually} has load and no capacity{when}")),
        Some(headroom) if headroom < -FEASIBILITY => {
            let load = numbers::load_of_headroom(headroom);
            Some(format!("{name} is{actually} at {load} of capacity{when}"))
        }
        Some(headroom) if headroom <= FEASIBILITY => {
            Some(format!("{name} is{actually} full{when}"))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ComponentKind;
    use crate::report::headroom::samples::row;
    use crate::report::words::Effect;

    fn drained(name: &str) -> Happening {
        Happening {
            subject: name.to_owned(),
            effect: Effect::Drained,
        }
    }

    fn title(rows: &[HeadroomRow], unserved: f64) -> String {
        let [title, events] = headroom_title(&[drained("Chicago")], rows, unserved);
        assert_eq!(events, "", "the title has them");
        title
    }

    #[test]
    fn where_title_and_events_take_more_than_a_line_the_events_go_below_it() {
        let names = ["San Antonio load balancer 2", "Houston firewall", "Chicago"];
        let rows = [row("Boston", Some(0.05), 0.2)];
        let [title, events] = headroom_title(&names.map(drained), &rows, 40_999.2);
        let words =
            "41,000 users stay unserved; 1 target missed: Boston has 5 % headroom (target 20 %)";
        assert_eq!(title, words);
        let words = "San Antonio load balancer 2, Houston firewall and Chicago are drained";
        assert_eq!(events, words);
    }

    #[test]
    fn what_the_title_counts_is_shown_or_the_title_says_how_many_are() {
        let at = |count: usize| -> Vec<HeadroomRow> {
            let name = |index| format!("e{index:02}");
            let rows = (0..count).map(|index| HeadroomRow {
                kind: ComponentKind::Element,
                ..row(&name(index), Some(0.1), 0.1)
            });
            rows.collect()
        };
        let of_shown = |rows: &[HeadroomRow]| Selection::new(rows, TIGHTEST_OTHERS).rows.len();
        let words =
            "Chicago is drained: all targets met; 10 components are exactly at the 10 % target";
        assert_eq!(
            (title(&at(10), 0.0), of_shown(&at(10))),
            (words.to_owned(), 10)
        );
        let words = "Chicago is drained: all targets met; 30 components are exactly at the 10 % target (24 shown)";
        assert_eq!(
            (title(&at(30), 0.0), of_shown(&at(30))),
            (words.to_owned(), 24)
        );
    }

    #[test]
    fn the_title_counts_missed_targets_and_names_the_worst() {
        let [low, tight] =
            [("Boston", 0.05), ("Dallas", 0.1)].map(|(name, value)| row(name, Some(value), 0.2));
        let fine = row("Austin", Some(0.5), 0.2);
        let one = title(&[low.clone(), fine.clone()], 0.0);
        assert_eq!(
            one,
            "Chicago is drained: 1 target missed: Boston has 5 % headroom (target 20 %)"
        );
        let two = title(&[low, tight, fine], 0.0);
        let words =
            "Chicago is drained: 2 targets missed; Boston is tightest: 5 % headroom (target 20 %)";
        assert_eq!(two, words);
    }

    #[test]
    fn overload_and_unserved_users_come_first() {
        let rows = [
            row("Boston", Some(-0.2), 0.2),
            row("Dallas", Some(0.1), 0.2),
        ];
        let words = "Chicago is drained, 41,000 users stay unserved: Boston is at 120 % of capacity; 1 other target is missed";
        assert_eq!(title(&rows, 40_999.2), words);
    }

    #[test]
    fn where_all_targets_are_met_those_exactly_at_theirs_are_counted() {
        let met = |headroom: f64| row(&format!("s{headroom}"), Some(headroom), 0.2);
        let is = |rows: &[HeadroomRow], words: &str| {
            assert_eq!(
                title(rows, 0.0),
                format!("Chicago is drained: all targets met; {words}")
            );
        };
        is(
            &[met(0.3)],
            "the tightest is s0.3 with 30 % headroom (target 20 %)",
        );
        is(&[met(0.2), met(0.3)], "s0.2 is exactly at its 20 % target");
        let mut twin = met(0.2);
        twin.component.push('b');
        is(
            &[met(0.2), twin],
            "2 components are exactly at the 20 % target",
        );
    }
}
