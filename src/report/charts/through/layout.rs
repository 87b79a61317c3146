//! Layout of the chart of headroom through the periods: which strips there are, and what each cell holds.

use super::HeadroomThroughChart;
use crate::model::ComponentKind;
use crate::report::headroom::{HeadroomRow, Standing, State};
use std::cmp::Ordering;
use std::collections::BTreeMap;

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
pub(super) struct Rows<'a> {
    /// Positions of the periods in the chart, by time.
    pub(super) order: Vec<usize>,
    /// All sites.
    pub(super) sites: Vec<Strip<'a>>,
    /// The tightest access points, elements and links.
    pub(super) others: Vec<Strip<'a>>,
    /// How many of these there are to choose from.
    pub(super) others_in_all: usize,
}

impl<'a> Rows<'a> {
    /// All sites and the tightest others; what drains or fails takes up to half of their places, so that the
    /// cause stays in the picture, and what is never opened takes none.
    pub(super) fn new(chart: &'a HeadroomThroughChart) -> Self {
        let mut order: Vec<usize> = (0..chart.periods.len()).collect();
        order.sort_by_key(|&index| chart.periods[index].start);
        let mut strips = strips(chart, &order);
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
        causes.truncate(chart.most_others / 2);
        others.truncate(chart.most_others - causes.len());
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
fn strips<'a>(chart: &'a HeadroomThroughChart, order: &[usize]) -> Vec<Strip<'a>> {
    let mut strips = BTreeMap::<&str, Strip<'a>>::new();
    for (column, &index) in order.iter().enumerate() {
        let period = &chart.periods[index];
        let mut resources = BTreeMap::<(&str, &str), Cell<'a>>::new();
        for row in &period.rows {
            let cell = Cell {
                shown: row,
                believed: None,
            };
            resources
                .entry((&row.component, &row.resource))
                .and_modify(|known| {
                    if row.tightness(known.shown).is_lt() {
                        *known = cell;
                    }
                })
                .or_insert(cell);
        }
        for row in &period.truth {
            resources
                .entry((&row.component, &row.resource))
                .and_modify(|cell| {
                    cell.believed = Some(cell.shown);
                    cell.shown = row;
                })
                .or_insert(Cell {
                    shown: row,
                    believed: None,
                });
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
    let own = |strip: &Strip<'_>| -> String {
        let first = strip.shown().next();
        first.map_or_else(String::new, |row| row.name.clone())
    };
    let mut count = BTreeMap::<String, usize>::new();
    for strip in sites.iter().chain(others.iter()) {
        *count.entry(own(strip)).or_default() += 1;
    }
    for strip in sites.iter_mut().chain(others) {
        let name = own(strip);
        let is_unique = count.get(&name).is_some_and(|&count| count == 1);
        strip.title = if is_unique {
            name
        } else {
            format!("{name} ({})", strip.component)
        };
    }
}
