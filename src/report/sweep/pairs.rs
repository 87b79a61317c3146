//! The values behind the chart of pairs, and its finding.

use super::case_words::lacks;
use super::counts::Counts;
use super::names::Names;
use super::ranked::worst;
use super::told::Told;
use crate::model::Recovery;
use crate::plan::sweep::Found;
use crate::report::Named;
use crate::report::charts::PairsChart;
use crate::report::charts::pairs::PairCell;
use crate::report::grammar::{capital, stay_unserved};
use crate::report::numbers;
use crate::units::NOBODY;
use std::cmp::Ordering;

/// Most members whose pairs are handed on.
const MOST: usize = 60;

/// How bad the pairs of a member are together.
#[derive(Debug, Clone, Copy, Default)]
struct Badness {
    unserved: f64,
    missing: f64,
    /// Of the member alone.
    alone: f64,
}

impl Badness {
    /// The worse first.
    fn order(&self, other: &Self) -> Ordering {
        let by_users = other.unserved.total_cmp(&self.unserved);
        let by_share = other.missing.total_cmp(&self.missing);
        by_users
            .then(by_share)
            .then(other.alone.total_cmp(&self.alone))
    }
}

impl Told<'_> {
    /// The chart of pairs; `None` where no pair was looked at, and where every pair holds.
    pub(super) fn pairs(&self, names: &Names<'_>) -> Option<PairsChart> {
        let recovery = self.recovery();
        let cases = &self.sweep.contingencies;
        let pairs = || self.of_size(recovery, 2);
        let worst_pair = worst(pairs())?;
        if pairs().all(Found::holds) {
            return None;
        }
        let mut badness = vec![Badness::default(); cases.members().len()];
        for found in pairs() {
            for position in cases.positions(found.case) {
                badness[position].unserved += found.unserved_users();
                badness[position].missing += found.worst_shortfall();
            }
        }
        for found in self.of_size(recovery, 1) {
            for position in cases.positions(found.case) {
                badness[position].alone = found.unserved_users();
            }
        }
        let mut order: Vec<usize> = (0..cases.members().len()).collect();
        order.sort_by(|left, right| badness[*left].order(&badness[*right]).then(left.cmp(right)));
        order.truncate(MOST);
        let members = order.iter().map(|position| {
            let member = cases.members()[*position];
            Named::new(member.name(self.inventory), &names.failing(member))
        });
        let cells = order.iter().enumerate().map(|(index, first)| {
            let others = order[..=index].iter();
            others
                .map(|second| self.pair_cell(recovery, *first, *second))
                .collect()
        });
        Some(PairsChart {
            title: self.pairs_title(names, worst_pair, &Counts::of(pairs())),
            about: self.about(Some(recovery)),
            noun: self.noun().to_owned(),
            members: members.collect(),
            members_in_all: cases.members().len(),
            cells: cells.collect(),
        })
    }

    /// What two members, or one alone, come to.
    fn pair_cell(&self, recovery: Recovery, first: usize, second: usize) -> Option<PairCell> {
        let positions = match first.cmp(&second) {
            Ordering::Less => vec![first, second],
            Ordering::Equal => vec![first],
            Ordering::Greater => vec![second, first],
        };
        let found = self.found(recovery, self.sweep.contingencies.case_of(&positions))?;
        Some(PairCell {
            unserved: found.unserved_users(),
            no_site: found.no_site_users(),
            missing: found.worst_shortfall(),
        })
    }

    /// `Without San Antonio and Boydton, 812,000 users stay unserved; 23 of 1,711 pairs of sites leave somebody unserved`.
    fn pairs_title(&self, names: &Names<'_>, worst: &Found, counts: &Counts) -> String {
        let without = self.without(names, worst.case);
        let number = numbers::whole;
        if worst.unserved_users() <= NOBODY {
            let lacks = worst.missing.map_or_else(String::new, |missing| {
                let at = self.resource(names, (missing.component, missing.resource));
                format!("{at} {}", lacks(missing.share))
            });
            let all = self.case_of_size(2);
            return format!("No {all} leaves anybody unserved; {without}, {lacks}");
        }
        let stay = stay_unserved(worst.unserved_users());
        let finding = format!("{}, {stay}{}", capital(&without), self.more(worst));
        match (counts.unserved, counts.all()) {
            (_, 1) => finding,
            (1, all) => format!(
                "{finding}; no other of {} pairs leaves anybody unserved",
                number(all)
            ),
            (some, all) if some == all => format!(
                "{finding}; each of {} pairs leaves somebody unserved",
                number(all)
            ),
            (some, all) => format!(
                "{finding}; {} of {} pairs leave somebody unserved",
                number(some),
                number(all)
            ),
        }
    }
}
