//! Strips: what each component is in every period, and which of them a picture shows.

use crate::model::{ComponentKind, Phase};
use crate::report::charts::headroom::{measure, target, value};
use crate::report::grammar::{Named, titles};
use crate::report::headroom::{HeadroomRow, Standing, State};
use crate::report::numbers;
use jiff::Timestamp;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// How many strips a picture has where fewer have a finding, and how many of them are sites at least.
const MOST_STRIPS: usize = 10;
const LEAST_SITES: usize = 3;

/// From this number of sites on, those without a finding are counted in one sentence.
const LEAST_COUNTED: usize = 3;

/// Headroom in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct ThroughPeriod {
    /// First instant.
    pub start: Timestamp,
    /// First instant of the next one.
    pub end: Timestamp,
    /// Whether everything in force is known and answered.
    pub phase: Phase,
    /// The planned state of every component and resource, in any order.
    pub rows: Vec<HeadroomRow>,
    /// The actual state of those for which it differs.
    pub truth: Vec<HeadroomRow>,
}

/// A component in a period: the actual state of its tightest resource, and the planned one where it differs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct StripCell<'a> {
    pub(super) row: &'a HeadroomRow,
    pub(super) believed: Option<&'a HeadroomRow>,
}

impl StripCell<'_> {
    /// `cpu, headroom 12.0 % actually, 31.0 % planned, target 10.0 %, load 3,520 of 4,000 vCPU`.
    pub(super) fn tip(&self) -> String {
        let row = self.row;
        let headroom = measure(row);
        let truth = self.believed.map_or_else(String::new, |believed| {
            format!(" actually, {} planned", value(believed))
        });
        format!(
            "{}, {headroom}{}{truth}{}, load {} of {}",
            row.resource,
            value(row),
            target(row),
            numbers::amount(row.load),
            numbers::quantity(row.capacity, &row.unit),
        )
    }
}

/// A component through the periods.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Strip<'a> {
    pub(super) component: &'a str,
    /// Its name, with the id where two names are equal.
    pub(super) title: String,
    /// One for every period; `None` if nothing of it is limited there.
    pub(super) cells: Vec<Option<StripCell<'a>>>,
}

impl<'a> Strip<'a> {
    /// Position and cell of the tightest period, the first of several.
    pub(super) fn tightest(&self) -> Option<(usize, StripCell<'a>)> {
        let cells = self.cells.iter().enumerate();
        let cells = cells.filter_map(|(index, cell)| Some((index, (*cell)?)));
        cells.min_by(|left, right| left.1.row.tightness(right.1.row))
    }

    pub(super) fn shown(&self) -> impl Iterator<Item = &StripCell<'a>> {
        self.cells.iter().flatten()
    }

    pub(super) fn is_site(&self) -> bool {
        let first = self.shown().next();
        first.is_some_and(|strip_cell| strip_cell.row.kind == ComponentKind::Site)
    }

    /// `true` if it misses a target, is full or is out of service in some period.
    pub(super) fn has_finding(&self) -> bool {
        self.shown()
            .any(|strip_cell| strip_cell.row.state() != State::Fine)
    }

    pub(super) fn is_ever_out(&self) -> bool {
        let out = [Standing::Drained, Standing::Failed];
        self.shown()
            .any(|strip_cell| out.contains(&strip_cell.row.standing))
    }

    pub(super) fn tightness(&self, other: &Self) -> Ordering {
        match (self.tightest(), other.tightest()) {
            (Some((_, left)), Some((_, right))) => left.row.tightness(right.row),
            (left, right) => left.is_none().cmp(&right.is_none()),
        }
        .then_with(|| self.component.cmp(other.component))
    }
}

/// The strips of a picture, sites and the network in one list.
pub(super) struct Strips<'a> {
    /// The strips shown, the worst first.
    pub(super) shown: Vec<Strip<'a>>,
    /// Sites without a finding that are not shown, the tightest first.
    pub(super) quiet: Vec<Strip<'a>>,
    /// How many access points, elements and links are shown.
    pub(super) others: usize,
    /// How many of these there are to choose from.
    pub(super) others_in_all: usize,
}

impl<'a> Strips<'a> {
    /// The strips of periods in order; what drains or fails takes up to half of the places of others, so that the cause
    /// stays in the picture, and what is never opened takes none.
    pub(super) fn new(periods: &[&'a ThroughPeriod], most_others: usize) -> Self {
        let mut strips = strips(periods);
        strips.retain(|strip| {
            let mut cells = strip.shown();
            strip.is_site() || !cells.all(|cell| cell.row.standing == Standing::Standby)
        });
        strips.sort_by(Strip::tightness);
        let (sites, others): (Vec<_>, Vec<_>) = strips.into_iter().partition(Strip::is_site);
        let others_in_all = others.len();
        let (mut causes, mut others): (Vec<_>, Vec<_>) =
            others.into_iter().partition(Strip::is_ever_out);
        causes.truncate(most_others / 2);
        others.truncate(most_others - causes.len());
        others.extend(causes);
        let others_shown = others.len();
        let (mut shown, mut quiet): (Vec<_>, Vec<_>) =
            sites.into_iter().partition(Strip::has_finding);
        shown.extend(others);
        let more = MOST_STRIPS.saturating_sub(shown.len()).max(LEAST_SITES);
        if quiet.len() < more + LEAST_COUNTED {
            shown.append(&mut quiet);
        } else {
            shown.extend(quiet.drain(..more));
        }
        shown.sort_by(Strip::tightness);
        let named = |strip: &Strip<'a>| {
            let name = strip
                .shown()
                .next()
                .map_or("", |strip_cell| &strip_cell.row.name);
            Named::new(strip.component, name)
        };
        let all: Vec<Named> = shown.iter().map(named).collect();
        let titles = titles(all.iter());
        for strip in &mut shown {
            strip.title.clone_from(&titles[strip.component]);
        }
        Self {
            shown,
            quiet,
            others: others_shown,
            others_in_all,
        }
    }
}

/// A strip for every component, ascending by id.
fn strips<'a>(periods: &[&'a ThroughPeriod]) -> Vec<Strip<'a>> {
    let mut strips = BTreeMap::<&str, Strip<'a>>::new();
    for (column, period) in periods.iter().enumerate() {
        let mut resources = BTreeMap::<(&str, &str), StripCell<'a>>::new();
        let believed = period.rows.iter().map(|row| (row, false));
        for (row, is_truth) in believed.chain(period.truth.iter().map(|row| (row, true))) {
            let key = (row.component.as_str(), row.resource.as_str());
            let known = resources.get(&key).map(|known| known.row);
            let is_tighter = known.is_none_or(|known| row.tightness(known).is_lt());
            if is_truth || is_tighter {
                let believed = known.filter(|_| is_truth);
                resources.insert(key, StripCell { row, believed });
            }
        }
        for ((component, _), cell) in resources {
            let strip = strips.entry(component).or_insert_with(|| Strip {
                component,
                title: String::new(),
                cells: vec![None; periods.len()],
            });
            let known = &mut strip.cells[column];
            if known.is_none_or(|known| cell.row.tightness(known.row).is_lt()) {
                *known = Some(cell);
            }
        }
    }
    strips.into_values().collect()
}
