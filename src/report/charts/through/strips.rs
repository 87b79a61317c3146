//! Strips of the chart of headroom through the periods: which there are, and what each cell holds.

use crate::model::{ComponentKind, Phase};
use crate::report::grammar::{Named, titles};
use crate::report::headroom::{HeadroomRow, Standing, State};
use jiff::Timestamp;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Headroom in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct ThroughPeriod {
    /// First instant.
    pub start: Timestamp,
    /// First instant of the next one.
    pub end: Timestamp,
    /// Whether everything in force is known and answered.
    pub phase: Phase,
    /// Every component and resource as the plan believes it, in any order.
    pub rows: Vec<HeadroomRow>,
    /// Those of them that are otherwise in truth.
    pub truth: Vec<HeadroomRow>,
}

/// A component in a period: its tightest resource.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cell<'a> {
    /// What really holds.
    pub(super) shown: &'a HeadroomRow,
    /// What the plan believes, where that is something else.
    pub(super) believed: Option<&'a HeadroomRow>,
}

/// A component through the periods.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Strip<'a> {
    /// Its id.
    pub(super) component: &'a str,
    /// What it is called here: its name, with the id where two names are equal.
    pub(super) title: String,
    /// One for every period; `None` if nothing of it is limited there.
    pub(super) cells: Vec<Option<Cell<'a>>>,
}

impl<'a> Strip<'a> {
    /// Position and cell of the tightest period, the first of several.
    pub(super) fn tightest(&self) -> Option<(usize, Cell<'a>)> {
        let cells = self.cells.iter().enumerate();
        cells
            .filter_map(|(index, cell)| Some((index, (*cell)?)))
            .min_by(|left, right| left.1.shown.tightness(right.1.shown))
    }

    fn shown(&self) -> impl Iterator<Item = &'a HeadroomRow> + '_ {
        self.cells.iter().flatten().map(|cell| cell.shown)
    }

    fn kind(&self) -> Option<ComponentKind> {
        self.shown().next().map(|row| row.kind)
    }

    fn is_only_on_standby(&self) -> bool {
        self.shown().all(|row| row.standing == Standing::Standby)
    }

    fn is_ever_out(&self) -> bool {
        self.shown()
            .any(|row| matches!(row.standing, Standing::Drained | Standing::Failed))
    }

    fn tightness(&self, other: &Self) -> Ordering {
        match (self.tightest(), other.tightest()) {
            (Some((_, left)), Some((_, right))) => left.shown.tightness(right.shown),
            (left, right) => left.is_none().cmp(&right.is_none()),
        }
        .then_with(|| self.component.cmp(other.component))
    }
}

/// The strips of a picture, tightest first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Strips<'a> {
    /// Positions of the periods in the chart, by time.
    pub(super) order: Vec<usize>,
    /// All sites.
    pub(super) sites: Vec<Strip<'a>>,
    /// The tightest access points, elements and links.
    pub(super) others: Vec<Strip<'a>>,
    /// How many of these there are to choose from.
    pub(super) others_in_all: usize,
}

impl<'a> Strips<'a> {
    /// All sites and the tightest others; what drains or fails takes up to half of their places, so that the
    /// cause stays in the picture, and what is never opened takes none.
    pub(super) fn new(periods: &'a [ThroughPeriod], most_others: usize) -> Self {
        let mut order: Vec<usize> = (0..periods.len()).collect();
        order.sort_by_key(|&index| periods[index].start);
        let mut strips = strips(periods, &order);
        strips.retain(|strip| {
            strip.kind() == Some(ComponentKind::Site) || !strip.is_only_on_standby()
        });
        strips.sort_by(Strip::tightness);
        let (mut sites, others): (Vec<_>, Vec<_>) = strips
            .into_iter()
            .partition(|strip| strip.kind() == Some(ComponentKind::Site));
        let others_in_all = others.len();
        let (mut causes, mut others): (Vec<_>, Vec<_>) =
            others.into_iter().partition(Strip::is_ever_out);
        causes.truncate(most_others / 2);
        others.truncate(most_others - causes.len());
        others.extend(causes);
        others.sort_by(Strip::tightness);
        name(&mut sites, &mut others);
        Self {
            order,
            sites,
            others,
            others_in_all,
        }
    }

    /// Every strip shown.
    pub(super) fn strips(&self) -> impl Iterator<Item = &Strip<'a>> {
        self.sites.iter().chain(&self.others)
    }

    /// `true` if any cell is in the state.
    pub(super) fn has(&self, state: State) -> bool {
        self.strips()
            .flat_map(Strip::shown)
            .any(|row| row.state() == state)
    }

    /// `true` if any cell tells what the plan does not believe.
    pub(super) fn has_truth(&self) -> bool {
        let mut cells = self.strips().flat_map(|strip| strip.cells.iter().flatten());
        cells.any(|cell| cell.believed.is_some())
    }
}

/// A strip for every component, ascending by id.
fn strips<'a>(periods: &'a [ThroughPeriod], order: &[usize]) -> Vec<Strip<'a>> {
    let mut strips = BTreeMap::<&str, Strip<'a>>::new();
    for (column, &index) in order.iter().enumerate() {
        let period = &periods[index];
        let mut resources = BTreeMap::<(&str, &str), Cell<'a>>::new();
        let believed = period.rows.iter().map(|row| (row, false));
        for (shown, is_truth) in believed.chain(period.truth.iter().map(|row| (row, true))) {
            let key = (shown.component.as_str(), shown.resource.as_str());
            let known = resources.get(&key).map(|known| known.shown);
            let is_tighter = known.is_none_or(|known| shown.tightness(known).is_lt());
            if is_truth || is_tighter {
                let believed = known.filter(|_| is_truth);
                resources.insert(key, Cell { shown, believed });
            }
        }
        for ((component, _), cell) in resources {
            let strip = strips.entry(component).or_insert_with(|| Strip {
                component,
                title: String::new(),
                cells: vec![None; order.len()],
            });
            let known = &mut strip.cells[column];
            if known.is_none_or(|known| cell.shown.tightness(known.shown).is_lt()) {
                *known = Some(cell);
            }
        }
    }
    strips.into_values().collect()
}

/// Titles of the strips: names, and ids beside those that are not unique.
fn name<'a>(sites: &mut [Strip<'a>], others: &mut [Strip<'a>]) {
    let named = |strip: &Strip<'a>| {
        let row = strip.shown().next();
        Named::new(strip.component, row.map_or("", |row| &row.name))
    };
    let all: Vec<Named> = sites.iter().chain(others.iter()).map(named).collect();
    let titles = titles(all.iter());
    for strip in sites.iter_mut().chain(others) {
        strip.title.clone_from(&titles[strip.component]);
    }
}
