//! Selection: which components a picture of one period shows, and which it counts.

use super::{HeadroomRow, Standing, State, tightest_resources};
use crate::model::ComponentKind;
use crate::report::grammar::titles;
use crate::report::words::ACTUAL;
use std::collections::BTreeMap;

/// From this number of sites on, what did not change is counted in one sentence.
const LEAST_COUNTED: usize = 3;

/// How many sites are shown where none changed.
const LEAST_SHOWN: usize = 5;

/// Headroom that changes by less is as before.
const CHANGED: f64 = 0.01;

/// Most of the network that is shown because it misses a target, or has no spare capacity beyond it.
const MOST_MISSED: usize = 24;

/// The rows of a picture: each component once, with its tightest resource; sites and the network in one list.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection<'a> {
    /// The rows shown, the worst first.
    pub rows: Vec<&'a HeadroomRow>,
    /// Sites that are not shown: each changes by less than a point, and is well above its target. The tightest first.
    pub unchanged: Vec<&'a HeadroomRow>,
    /// How many access points, elements and links are shown.
    pub others: usize,
    /// How many of these there are to choose from.
    pub others_in_all: usize,
}

impl<'a> Selection<'a> {
    /// All sites that changed by a point or more, or are not well above their target, and at most `most_others` of the
    /// network; what misses its target or is exactly at it is there in any case, as far as a picture has space for it.
    ///
    /// What drained or failed takes up to half of the places, so that the cause stays in the picture;
    /// access points on standby take none.
    pub fn new(rows: &'a [HeadroomRow], most_others: usize) -> Self {
        let (sites, others): (Vec<_>, Vec<_>) = tightest_resources(rows)
            .into_iter()
            .filter(|row| row.kind == ComponentKind::Site || row.standing != Standing::Standby)
            .partition(|row| row.kind == ComponentKind::Site);
        let is_quiet = |row: &&HeadroomRow| {
            row.state() == State::Fine && is_as_before(row) && !row.is_near_target()
        };
        let (mut unchanged, mut shown): (Vec<_>, Vec<_>) = sites.into_iter().partition(is_quiet);
        if unchanged.len() < LEAST_COUNTED {
            shown.append(&mut unchanged);
        } else if shown.is_empty() {
            let most = match unchanged.len() {
                few if few < LEAST_SHOWN + LEAST_COUNTED => few,
                _ => LEAST_SHOWN,
            };
            shown.extend(unchanged.drain(..most));
        }
        // A component whose actual state has a row of its own is one.
        let actual = others.iter().filter(|row| row.component.ends_with(ACTUAL));
        let others_in_all = others.len() - actual.count();
        let (gone, mut others): (Vec<_>, Vec<_>) = others
            .into_iter()
            .partition(|row| row.state() == State::Gone);
        let gone: Vec<_> = gone
            .into_iter()
            .filter(|row| row.standing.is_out())
            .take(most_others / 2)
            .collect();
        let is_tight = |row: &&&HeadroomRow| {
            let is_missed = matches!(row.state(), State::Full | State::BelowTarget);
            (is_missed && row.target.is_some()) || row.is_at_target()
        };
        let tight = others.iter().filter(is_tight).count().min(MOST_MISSED);
        others.truncate(tight.max(most_others - gone.len()));
        others.extend(gone);
        let actual = others.iter().filter(|row| row.component.ends_with(ACTUAL));
        let others_shown = others.len() - actual.count();
        shown.extend(others);
        shown.sort_by(|left, right| left.tightness(right));
        Self {
            rows: shown,
            unchanged,
            others: others_shown,
            others_in_all,
        }
    }

    /// What each row shown is called: its name, with the id where two names are equal.
    pub fn titles(&self) -> BTreeMap<&'a str, String> {
        let rows = self.rows.iter();
        titles(rows.map(|row| (&*row.component, &*row.name)))
    }
}

/// `true` if headroom changes by less than a point.
fn is_as_before(row: &HeadroomRow) -> bool {
    match (row.headroom_before(), row.headroom_during()) {
        (Some(before), Some(during)) => (before - during).abs() < CHANGED,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::row;
    use super::*;

    #[test]
    fn failed_elements_stay_in_the_picture_and_standby_ones_do_not() {
        let mut rows: Vec<_> = (0..6)
            .map(|index| {
                let headroom = 0.1 * f64::from(index);
                row(&format!("e{index}"), ComponentKind::Element, Some(headroom))
            })
            .collect();
        rows.push(row("dead", ComponentKind::Element, None));
        let mut standby = row("ap", ComponentKind::AccessPoint, None);
        standby.standing = Standing::Standby;
        rows.push(standby);
        let selection = Selection::new(&rows, 4);
        let shown: Vec<_> = selection
            .rows
            .iter()
            .map(|row| row.component.as_str())
            .collect();
        assert_eq!(shown, ["e0", "e1", "e2", "dead"]);
        assert_eq!(selection.others_in_all, 7);
    }

    #[test]
    fn equal_names_are_distinguished_by_their_ids() {
        let rows = [
            row("a", ComponentKind::Site, Some(0.1)),
            row("b", ComponentKind::Site, Some(0.2)),
        ];
        let titles = Selection::new(&rows, 0).titles();
        assert_eq!(titles["a"], "twin (a)");
        assert_eq!(titles["b"], "twin (b)");
    }

    #[test]
    fn sites_as_before_are_counted_unless_they_are_near_their_target() {
        let mut rows: Vec<_> = (0..5)
            .map(|index| {
                let headroom = 0.2 + 0.08 * f64::from(index);
                let mut headroom_row =
                    row(&format!("s{index}"), ComponentKind::Site, Some(headroom));
                headroom_row.before = headroom_row.during;
                headroom_row
            })
            .collect();
        rows[4].before = Some(0.9);
        // Less than a point is no change.
        rows[2].before = Some(rows[2].during.unwrap_or(0.0) + 0.004);
        let selection = Selection::new(&rows, 0);
        let ids = |rows: &[&HeadroomRow]| {
            rows.iter()
                .map(|row| row.component.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(&selection.rows), ["s0", "s4"]);
        assert_eq!(ids(&selection.unchanged), ["s1", "s2", "s3"]);
    }

    #[test]
    fn where_no_site_changes_most_of_them_are_counted_all_the_same() {
        let quiet = |index: i32| {
            let headroom = 0.3 + 0.01 * f64::from(index);
            let mut headroom_row =
                row(&format!("s{index:02}"), ComponentKind::Site, Some(headroom));
            headroom_row.before = headroom_row.during;
            headroom_row
        };
        let rows: Vec<_> = (0..46).map(quiet).collect();
        let selection = Selection::new(&rows, 0);
        assert_eq!(selection.rows.len(), LEAST_SHOWN);
        assert_eq!(selection.unchanged.len(), 46 - LEAST_SHOWN);
    }

    #[test]
    fn a_component_with_an_actual_state_is_counted_once_and_what_misses_its_target_is_shown() {
        let of = |id: &str, headroom: f64| row(id, ComponentKind::Element, Some(headroom));
        let mut rows: Vec<_> = (0..12)
            .map(|index| of(&format!("e{index:02}"), 0.1))
            .collect();
        rows.push(of(&format!("e00{ACTUAL}"), -0.5));
        rows.extend((0..9).map(|index| of(&format!("f{index}"), 0.5)));
        let selection = Selection::new(&rows, 4);
        assert_eq!(selection.others_in_all, 21);
        assert_eq!((selection.rows.len(), selection.others), (13, 12));
    }
}
