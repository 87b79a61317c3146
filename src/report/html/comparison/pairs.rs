//! Pairs of periods: one part of the page each, and the tables that list all of them.

use super::super::figure::Figure;
use super::super::table::{Cell, DataTable, Gauge, Heading, Row, selected};
use super::tables::plain;
use crate::plan::compare::{HeadroomDifference, Pair};
use crate::report::comparison::{Told, by, most_changed, points, totals};
use crate::report::headroom::State;
use crate::report::numbers;
use crate::report::text::visible;
use crate::report::words::capital;
use std::cmp::Ordering;

/// Most pairs that have a part of their own; the one that the verdict speaks of always has.
const MOST_PARTS: usize = 24;

/// Most components in the table of one pair; the table at the end of the page has more.
const MOST_COMPONENTS: usize = 12;

/// What the page says of one pair of periods.
pub(super) struct Part {
    /// Position among all pairs; the anchor is `pair-<index>`.
    pub(super) index: usize,
    /// Which periods, and when.
    pub(super) when: String,
    /// Which plan is better, and by what.
    pub(super) finding: String,
    /// Its charts.
    pub(super) figures: Vec<Figure>,
    /// Totals, levels, access points, headroom, streams.
    pub(super) tables: Vec<DataTable>,
}

/// The pairs of a comparison.
pub(super) struct Paired<'a> {
    /// Where they are told.
    pub(super) told: &'a Told,
}

impl Paired<'_> {
    /// Positions of the pairs that have a part, the one that the verdict speaks of first.
    fn order(&self) -> Vec<usize> {
        let shown = self.told.shown().map(|pair| self.told.position(pair));
        let others = (0..self.told.comparison.pairs.len()).filter(|index| Some(*index) != shown);
        shown.into_iter().chain(others).take(MOST_PARTS).collect()
    }

    /// The parts; the first has the charts.
    pub(super) fn parts(&self, figures: Vec<Figure>) -> Vec<Part> {
        let mut figures = Some(figures);
        let pairs = &self.told.comparison.pairs;
        self.order()
            .into_iter()
            .filter_map(|index| Some((index, pairs.get(index)?)))
            .map(|(index, pair)| Part {
                index,
                when: capital(&visible(&self.told.when(pair))),
                finding: finding(pair),
                figures: figures.take().unwrap_or_default(),
                tables: self.tables(index, pair),
            })
            .collect()
    }

    fn tables(&self, index: usize, pair: &Pair) -> Vec<DataTable> {
        let told = self.told;
        let changed = most_changed(pair);
        let components = changed.len();
        let note = if components > MOST_COMPONENTS {
            format!(
                "The {MOST_COMPONENTS} that change most of {}.",
                numbers::users(components as f64)
            )
        } else {
            String::new()
        };
        let headroom = changed
            .into_iter()
            .take(MOST_COMPONENTS)
            .map(|differs| Row {
                id: None,
                cells: self.headroom_cells(differs),
            });
        let all = [
            DataTable {
                id: format!("totals-{index}"),
                caption: "Totals".to_owned(),
                columns: vec![
                    Heading::words("what"),
                    Heading::number("A"),
                    Heading::number("B"),
                    Heading::number("change"),
                ],
                rows: plain(totals(&pair.totals)),
                ..DataTable::default()
            },
            DataTable {
                id: format!("levels-{index}"),
                caption: "Goals in their order".to_owned(),
                columns: vec![
                    Heading::words("goal"),
                    Heading::number("A"),
                    Heading::number("B"),
                    Heading::words("better"),
                ],
                rows: plain(told.stages(pair)),
                ..DataTable::default()
            },
            self.access_points(index, pair),
            DataTable {
                id: format!("headroom-{index}"),
                caption: "Headroom that differs".to_owned(),
                note,
                columns: headings().to_vec(),
                rows: headroom.collect(),
                is_sortable: false,
            },
            DataTable {
                id: format!("streams-{index}"),
                caption: "Who is served elsewhere".to_owned(),
                columns: vec![
                    Heading::words("in A at"),
                    Heading::words("in B at"),
                    Heading::number("users"),
                    Heading::number("shards"),
                ],
                rows: plain(told.streams(pair)),
                ..DataTable::default()
            },
        ];
        let filled = all.into_iter().filter(|table| !table.rows.is_empty());
        filled.collect()
    }

    fn access_points(&self, index: usize, pair: &Pair) -> DataTable {
        let [a, b] = &pair.totals;
        let cell = |is_open: bool| Cell::words(if is_open { "opens" } else { "–" });
        let rows = a.opened.union(&b.opened).map(|id| {
            let name = self.told.labels.name(id);
            let mut title = Cell::words(name);
            if name != id {
                title = title.detailed(id);
            }
            Row {
                id: None,
                cells: vec![
                    title,
                    cell(a.opened.contains(id)),
                    cell(b.opened.contains(id)),
                ],
            }
        });
        DataTable {
            id: format!("access-points-{index}"),
            caption: "Standby access points".to_owned(),
            columns: vec![
                Heading::words("access point"),
                Heading::words("A"),
                Heading::words("B"),
            ],
            rows: rows.collect(),
            ..DataTable::default()
        }
    }

    /// Component, resource, both headrooms, change, target.
    fn headroom_cells(&self, differs: &HeadroomDifference) -> Vec<Cell> {
        let row = self.told.chart_row(differs);
        let name = self.told.labels.name(&differs.component);
        let mut title = Cell::words(name);
        if name != differs.component {
            title = title.detailed(&differs.component);
        }
        if let Some(row) = &row {
            title = title.judged(row.state());
        }
        let share = |side: &Option<crate::plan::compare::Margin>| {
            Cell::maybe(
                side.as_ref().and_then(|side| side.headroom),
                numbers::headroom,
            )
        };
        let (a, b) = (share(&differs.a), share(&differs.b));
        let gauge = row
            .as_ref()
            .and_then(|row| gauge(name, differs, row.state()));
        let target = differs.b.as_ref().or(differs.a.as_ref());
        vec![
            title,
            Cell::words(&differs.resource),
            a,
            Cell { gauge, ..b },
            Cell::maybe(differs.change(), points),
            Cell::maybe(target.map(|side| side.target), numbers::percent),
        ]
    }

    /// How many numbers name a pair: one where periods of both sides are always of one number.
    fn period_headings(&self) -> Vec<Heading> {
        if self.told.comparison.is_beside_before() || self.has_equal_numbers() {
            vec![Heading::number("period")]
        } else {
            vec![Heading::number("period A"), Heading::number("period B")]
        }
    }

    fn has_equal_numbers(&self) -> bool {
        let comparison = &self.told.comparison;
        let mut pairs = comparison.pairs.iter();
        pairs.all(|pair| comparison.a[pair.a].period == comparison.b[pair.b].period)
    }

    fn period_cells(&self, index: usize, pair: &Pair) -> Vec<Cell> {
        let comparison = &self.told.comparison;
        let anchor = self
            .order()
            .contains(&index)
            .then(|| format!("pair-{index}"));
        let cell = |period: Option<u32>| Cell {
            because: anchor.clone(),
            ..Cell::maybe(period.map(f64::from), numbers::users)
        };
        let b = cell(comparison.b[pair.b].period);
        if self.period_headings().len() == 1 {
            vec![b]
        } else {
            vec![cell(comparison.a[pair.a].period), b]
        }
    }

    /// One row for every pair.
    pub(super) fn glance(&self) -> DataTable {
        let comparison = &self.told.comparison;
        let is_before = comparison.is_beside_before();
        let mut columns = self.period_headings();
        columns.push(Heading::words("what differs first"));
        columns.extend([
            Heading::number("unserved A"),
            Heading::number("unserved B"),
            Heading::number("moving A"),
            Heading::number("moving B"),
            Heading::number("elsewhere"),
        ]);
        let users = |count: f64| Cell::number(numbers::users_up(count), count);
        let pairs = comparison.pairs.iter().enumerate();
        let rows: Vec<Row> = pairs
            .map(|(index, pair)| {
                let [a, b] = &pair.totals;
                let mut cells = self.period_cells(index, pair);
                let finding = if is_before {
                    self.told.when(pair)
                } else {
                    finding(pair)
                };
                cells.push(Cell::words(if finding.is_empty() {
                    "–"
                } else {
                    &finding
                }));
                cells.extend([a.unserved, b.unserved, a.moved, b.moved].map(users));
                cells.push(users(pair.users_elsewhere()));
                Row { id: None, cells }
            })
            .collect();
        if is_before && let Some(heading) = columns.iter_mut().find(|own| !own.is_number) {
            *heading = Heading::words("when");
        }
        let (rows, note) = selected(rows, "first", "comparison.json");
        DataTable {
            id: "glance".to_owned(),
            caption: "All pairs of periods".to_owned(),
            note,
            columns,
            is_sortable: rows.len() > MOST_COMPONENTS,
            rows,
        }
    }

    /// Headroom that differs in any pair, the largest change first.
    pub(super) fn headroom(&self) -> DataTable {
        let pairs = self.told.comparison.pairs.iter().enumerate();
        let mut all: Vec<(f64, usize, &Pair, &HeadroomDifference)> = pairs
            .flat_map(|(index, pair)| {
                let rows = pair.headroom.iter().filter(|row| !row.is_same());
                rows.map(move |row| {
                    let size = row.change().map_or(f64::INFINITY, f64::abs);
                    (size, index, pair, row)
                })
            })
            .collect();
        all.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(&right.1)));
        let (all, note) = selected(all, "most changed", "headroom.csv");
        let rows = all.into_iter().map(|(_, index, pair, differs)| Row {
            id: None,
            cells: [self.period_cells(index, pair), self.headroom_cells(differs)].concat(),
        });
        DataTable {
            id: "headroom".to_owned(),
            caption: "Headroom that differs in any period".to_owned(),
            note,
            columns: [self.period_headings(), headings().to_vec()].concat(),
            rows: rows.collect(),
            is_sortable: true,
        }
    }

    /// Shards that are served elsewhere in any pair, those of most users first.
    pub(super) fn shards(&self) -> DataTable {
        let pairs = self.told.comparison.pairs.iter().enumerate();
        let mut all: Vec<_> = pairs
            .flat_map(|(index, pair)| pair.homes.iter().map(move |home| (index, pair, home)))
            .collect();
        all.sort_by(|left, right| {
            let by_users = right
                .2
                .users_elsewhere()
                .total_cmp(&left.2.users_elsewhere());
            by_users.then(left.0.cmp(&right.0))
        });
        let (all, note) = selected(all, "largest", "shards.csv");
        let rows = all.into_iter().map(|(index, pair, home)| {
            let mut cells = self.period_cells(index, pair);
            let users = home.users_elsewhere();
            cells.extend([
                Cell::words(&home.shard),
                Cell::words(&self.told.places(&home.a)),
                Cell::words(&self.told.places(&home.b)),
                Cell::number(numbers::users_up(users), users),
            ]);
            Row { id: None, cells }
        });
        let own = [
            Heading::words("shard"),
            Heading::words("in A at"),
            Heading::words("in B at"),
            Heading::number("users"),
        ];
        DataTable {
            id: "shards".to_owned(),
            caption: "Shards that are served elsewhere".to_owned(),
            note,
            columns: [self.period_headings(), own.to_vec()].concat(),
            rows: rows.collect(),
            is_sortable: true,
        }
    }
}

/// Which plan is better in a pair, and by what; blank if it cannot be told.
fn finding(pair: &Pair) -> String {
    let better = match pair.order() {
        Ordering::Less => "A is better",
        Ordering::Greater => "B is better",
        Ordering::Equal if pair.has_levels() => {
            return "Both reach the same by every goal.".to_owned();
        }
        Ordering::Equal => return String::new(),
    };
    let by = visible(&by(pair)).into_owned();
    format!("{better}: {by}.")
}

fn headings() -> [Heading; 6] {
    [
        Heading::words("component"),
        Heading::words("resource"),
        Heading::number("A"),
        Heading::number("B"),
        Heading::number("change"),
        Heading::number("target"),
    ]
}

/// The headroom of B as a bar, with that of A marked.
fn gauge(name: &str, differs: &HeadroomDifference, state: State) -> Option<Gauge> {
    let b = differs.b.as_ref()?;
    let during = b.headroom?;
    let before = differs.a.as_ref().and_then(|a| a.headroom);
    let percent = |share: f64| (share.clamp(0.0, 1.0) * 1000.0).round() / 10.0;
    let in_a = before.map_or_else(String::new, |before| {
        format!(" ({} in A)", numbers::headroom(before))
    });
    let tip = format!(
        "{name}, {}: headroom {} in B{in_a}, target {}, load {} of {} in B",
        differs.resource,
        numbers::headroom(during),
        numbers::percent(b.target),
        numbers::amount(b.load),
        numbers::quantity(b.capacity, &b.unit),
    );
    Some(Gauge {
        during: percent(during),
        before: before.map(percent),
        target: Some(percent(b.target)).filter(|target| *target > 0.0),
        state,
        tip: visible(&tip).into_owned(),
    })
}
