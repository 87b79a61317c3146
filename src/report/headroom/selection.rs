//! Selection: which components a picture of one period shows, and which it counts.

use super::{HeadroomRow, Standing, State, tightest_resources};
use crate::model::ComponentKind;
use crate::report::grammar::titles;
use std::collections::BTreeMap;

/// From this number of sites on, what did not change is counted in one sentence.
const LEAST_COUNTED: usize = 3;

/// The rows of a picture: each component once, with its tightest resource; sites and the network in one list.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection<'a> {
    /// The rows shown, the worst first.
    pub rows: Vec<&'a HeadroomRow>,
    /// Sites that are not shown: each is as before, and well above its target. The tightest first.
    pub unchanged: Vec<&'a HeadroomRow>,
    /// How many access points, elements and links are shown.
    pub others: usize,
    /// How many of these there are to choose from.
    pub others_in_all: usize,
}

impl<'a> Selection<'a> {
    /// All sites that changed, or are not well above their target, and at most `most_others` of the network.
    ///
    /// What drained or failed takes up to half of the places, so that the cause stays in the picture;
    /// access points on standby take none.
    pub fn new(rows: &'a [HeadroomRow], most_others: usize) -> Self {
        let (sites, others): (Vec<_>, Vec<_>) = tightest_resources(rows)
            .into_iter()
            .filter(|row| row.kind == ComponentKind::Site || row.standing != Standing::Standby)
            .partition(|row| row.kind == ComponentKind::Site);
        let is_quiet = |row: &&HeadroomRow| {
            row.state() == State::Fine && row.is_unchanged() && !row.is_near_target()
        };
        let (mut unchanged, mut shown): (Vec<_>, Vec<_>) = sites.into_iter().partition(is_quiet);
        if unchanged.len() < LEAST_COUNTED || shown.is_empty() {
            shown.append(&mut unchanged);
        }
        let others_in_all = others.len();
        let (gone, mut others): (Vec<_>, Vec<_>) = others
            .into_iter()
            .partition(|row| row.state() == State::Gone);
        let gone: Vec<_> = gone
            .into_iter()
            .filter(|row| row.standing.is_out())
            .take(most_others / 2)
            .collect();
        others.truncate(most_others - gone.len());
        others.extend(gone);
        let others_shown = others.len();
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
                let mut own = row(&format!("s{index}"), ComponentKind::Site, Some(headroom));
                own.before = own.during;
                own
            })
            .collect();
        rows[4].before = Some(0.9);
        let selection = Selection::new(&rows, 0);
        let ids = |rows: &[&HeadroomRow]| {
            rows.iter()
                .map(|own| own.component.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(&selection.rows), ["s0", "s4"]);
        assert_eq!(ids(&selection.unchanged), ["s1", "s2", "s3"]);
    }
}
