//! The full tables at the end of the page, each with its most important rows.

use super::super::table::{Cell, DataTable, Gauge, Heading, Row, selected};
use super::anchors::Anchors;
use super::told::Told;
use crate::plan::PeriodPlan;
use crate::plan::stage_name;
use crate::plan_files::AccessPointUse;
use crate::report::headroom::HeadroomRow;
use crate::report::numbers;
use crate::report::period::headroom_rows;
use crate::units::{FEASIBILITY, NOBODY};
use std::collections::BTreeMap;

/// Rows of headroom.csv, tightest first, and where each of them stands.
pub(super) struct HeadroomTable {
    table: DataTable,
    /// Period, component and resource to anchor.
    anchors: BTreeMap<(usize, String, String), String>,
}

impl HeadroomTable {
    /// The tightest rows of all periods.
    pub(super) fn new(told: &Told<'_>, anchors: &Anchors) -> Self {
        let mut rows: Vec<(usize, HeadroomRow)> = told
            .briefing
            .plan
            .periods
            .iter()
            .flat_map(|period| {
                let index = period.period.index;
                let rows = headroom_rows(told.briefing.inventory, period);
                rows.into_iter().map(move |row| (index, row))
            })
            .collect();
        rows.sort_by(|a, b| a.1.tightness(&b.1).then(a.0.cmp(&b.0)));
        let (rows, note) = selected(rows, "tightest", "headroom.csv");
        let mut of_rows = BTreeMap::new();
        let rows = rows
            .into_iter()
            .enumerate()
            .map(|(position, (period, row))| {
                let anchor = format!("headroom-row-{position}");
                let cells = cells(anchors, period, &row);
                of_rows.insert((period, row.component, row.resource), anchor.clone());
                Row {
                    id: Some(anchor),
                    cells,
                }
            })
            .collect();
        let table = DataTable {
            id: "headroom".to_owned(),
            caption: "Headroom".to_owned(),
            note,
            columns: vec![
                Heading::number("period"),
                Heading::words("component"),
                Heading::words("kind"),
                Heading::words("resource"),
                Heading::number("before"),
                Heading::number("during"),
                Heading::number("target"),
                Heading::number("room"),
                Heading::number("load"),
                Heading::number("capacity"),
                Heading::words("unit"),
            ],
            rows,
            is_sortable: true,
        };
        Self {
            table,
            anchors: of_rows,
        }
    }

    /// Where a row of a period stands, or else the table.
    pub(super) fn anchor(&self, period: &PeriodPlan, row: &HeadroomRow) -> String {
        self.anchor_of(period.period.index, &row.component, &row.resource)
    }

    /// Where the row of a period, component and resource, by their ids, stands, or else the table.
    pub(super) fn anchor_of(&self, period: usize, component: &str, resource: &str) -> String {
        let key = (period, component.to_owned(), resource.to_owned());
        let anchor = self.anchors.get(&key);
        anchor.cloned().unwrap_or_else(|| self.table.id.clone())
    }
}

fn cells(anchors: &Anchors, period: usize, row: &HeadroomRow) -> Vec<Cell> {
    let because = anchors.of_component(period, &row.component);
    let mut name = Cell::words(&row.name).judged(row.state());
    if row.name != row.component {
        name = name.detailed(&row.component);
    }
    let name = name.maybe_because(because.clone());
    let room = row.room();
    vec![
        Cell::period(period),
        name,
        Cell::words(&row.kind.word().replace('_', " ")),
        Cell::words(&row.resource),
        before(row),
        Cell {
            gauge: Gauge::of(row),
            because,
            ..during(row)
        },
        target(row),
        Cell::number(numbers::amount(room), room),
        Cell::number(numbers::amount(row.load), row.load),
        Cell::number(numbers::amount(row.capacity), row.capacity),
        Cell::words(&row.unit),
    ]
}

/// Headroom of the state before.
pub(super) fn before(row: &HeadroomRow) -> Cell {
    Cell::maybe(row.headroom_before(), numbers::headroom)
}

/// Headroom of the period, or what became of the component.
pub(super) fn during(row: &HeadroomRow) -> Cell {
    match row.headroom_during() {
        Some(headroom) => Cell::number(numbers::headroom(headroom), headroom),
        None if row.is_stranded() => Cell::words("no capacity"),
        None => Cell::words(row.standing.word()),
    }
}

/// The target in force.
pub(super) fn target(row: &HeadroomRow) -> Cell {
    Cell::maybe(row.target, numbers::percent)
}

impl<'a> Told<'a> {
    /// All tables.
    pub(super) fn tables(&self, anchors: &Anchors, headroom: &HeadroomTable) -> Vec<DataTable> {
        let own = [
            self.tenants(anchors),
            self.changes(anchors),
            headroom.table.clone(),
            self.unserved(anchors),
            self.moves(anchors),
            self.steering(),
            self.access_points(anchors),
            self.levels(),
        ];
        let filled = own.into_iter().filter(|table| !table.rows.is_empty());
        filled.collect()
    }

    /// Every period's items of one kind with what they are ranked by, largest first; of those that are shown the cells.
    fn ranked<T>(
        &self,
        items: impl Fn(&'a PeriodPlan) -> Vec<(f64, T)>,
        cells: impl Fn(usize, T) -> Vec<Cell>,
        file: &str,
    ) -> (Vec<Row>, String) {
        let mut all: Vec<(f64, usize, T)> = Vec::new();
        for period in &self.briefing.plan.periods {
            let ranked = items(period).into_iter();
            all.extend(ranked.map(|(rank, item)| (rank, period.period.index, item)));
        }
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (all, note) = selected(all, "largest", file);
        let rows = all.into_iter().map(|(_, period, item)| {
            let mut cells = cells(period, item);
            cells.insert(0, Cell::period(period));
            Row { id: None, cells }
        });
        (rows.collect(), note)
    }

    fn unserved(&self, anchors: &Anchors) -> DataTable {
        let inventory = self.briefing.inventory;
        let (rows, note) = self.ranked(
            |period| {
                let reasons = self.unserved_words(period).into_iter();
                let ranked =
                    reasons.map(|(shard, (users, reason))| (users, (shard, users, reason)));
                ranked.collect()
            },
            |period, (shard, users, reason)| {
                let row = &inventory.shards[shard.index()];
                let id = inventory.shard_ids.get(shard.index());
                let because = anchors.of_unserved(period, id);
                vec![
                    Cell::words(id),
                    Cell::words(&inventory.tenants[row.tenant.index()]),
                    Cell::words(&inventory.tiers[row.tier.index()].id),
                    Cell::number(numbers::users_up(users), users).maybe_because(because),
                    Cell::words(&reason),
                ]
            },
            "unserved.csv",
        );
        DataTable {
            id: "unserved".to_owned(),
            caption: "Unserved shards".to_owned(),
            note,
            columns: vec![
                Heading::number("period"),
                Heading::words("shard"),
                Heading::words("tenant"),
                Heading::words("tier"),
                Heading::number("users"),
                Heading::words("because"),
            ],
            rows,
            is_sortable: true,
        }
    }

    fn moves(&self, anchors: &Anchors) -> DataTable {
        let inventory = self.briefing.inventory;
        let (rows, note) = self.ranked(
            |period| {
                let moves = period.moves.iter();
                moves.map(|moved| (moved.users, moved)).collect()
            },
            |period, moved| {
                let tenant = inventory.shards[moved.shard.index()].tenant;
                let from = moved
                    .from
                    .map_or("(new)", |site| inventory.sites[site.index()].name.as_str());
                let id = inventory.shard_ids.get(moved.shard.index());
                let because = anchors.of_move(period, id);
                vec![
                    Cell::words(id),
                    Cell::words(&inventory.tenants[tenant.index()]),
                    Cell::words(from),
                    Cell::words(&inventory.sites[moved.to.index()].name),
                    Cell::users(moved.users),
                    Cell::words(moved.how.word()),
                    Cell::words(moved.reason.word()).maybe_because(because),
                ]
            },
            "moves.csv",
        );
        DataTable {
            id: "moves".to_owned(),
            caption: "Moves".to_owned(),
            note,
            columns: vec![
                Heading::number("period"),
                Heading::words("shard"),
                Heading::words("tenant"),
                Heading::words("from"),
                Heading::words("to"),
                Heading::number("users"),
                Heading::words("how"),
                Heading::words("why"),
            ],
            rows,
            is_sortable: true,
        }
    }

    /// Client region × access point × site, with the mean latency of those users, when there is most demand.
    fn steering(&self) -> DataTable {
        let inventory = self.briefing.inventory;
        let (rows, note) = self.ranked(
            |period| {
                let mut sums: BTreeMap<[usize; 3], (f64, f64)> = BTreeMap::new();
                for flow in period.busiest_flows() {
                    let key = [
                        flow.group.client_region.index(),
                        flow.path.access_point.index(),
                        flow.path.site.index(),
                    ];
                    let sum = sums.entry(key).or_default();
                    sum.0 += flow.users;
                    sum.1 += flow.users * flow.path.latency;
                }
                sums.retain(|_, (users, _)| *users > NOBODY);
                sums.into_iter()
                    .map(|(key, sum)| (sum.0, (key, sum)))
                    .collect()
            },
            |_, ([region, access_point, site], (users, latency))| {
                let latency = latency / users;
                vec![
                    Cell::words(&inventory.client_regions[region].name),
                    Cell::words(&inventory.access_points[access_point].name),
                    Cell::words(&inventory.sites[site].name),
                    Cell::users(users),
                    Cell::number(numbers::amount(latency), latency),
                ]
            },
            "steering.csv",
        );
        DataTable {
            id: "steering".to_owned(),
            caption: "Steering".to_owned(),
            note,
            columns: vec![
                Heading::number("period"),
                Heading::words("client region"),
                Heading::words("access point"),
                Heading::words("site"),
                Heading::number("users"),
                Heading::number("mean latency, ms"),
            ],
            rows,
            is_sortable: true,
        }
    }

    fn access_points(&self, anchors: &Anchors) -> DataTable {
        let inventory = self.briefing.inventory;
        let (rows, note) = self.ranked(
            |period| {
                let changes = period.access_points.iter();
                changes
                    .filter(|change| {
                        change.users > NOBODY || change.after != AccessPointUse::Standby
                    })
                    .map(|change| (change.users, change))
                    .collect()
            },
            |_, change| {
                let own = &inventory.access_points[change.access_point.index()];
                let because = anchors.of_access_point(&own.id);
                vec![
                    Cell::words(&own.name),
                    Cell::words(change.before.word()),
                    Cell::words(change.after.word()).maybe_because(because),
                    Cell::users(change.users),
                ]
            },
            "access_points.csv",
        );
        DataTable {
            id: "access-points".to_owned(),
            caption: "Access points".to_owned(),
            note,
            columns: vec![
                Heading::number("period"),
                Heading::words("access point"),
                Heading::words("was"),
                Heading::words("is"),
                Heading::number("users enter"),
            ],
            rows,
            is_sortable: true,
        }
    }

    /// Every level with its value, what is proven of it, and what the plan has.
    fn levels(&self) -> DataTable {
        let mut rows = Vec::new();
        for period in &self.briefing.plan.periods {
            for stage in &period.stages {
                // What is below the tolerance is what arithmetic leaves of nothing.
                let amount = |value: f64| {
                    let shown = if value.abs() <= FEASIBILITY {
                        0.0
                    } else {
                        value
                    };
                    Cell::number(numbers::amount(shown), value)
                };
                let gap = Cell::number(
                    if stage.gap > FEASIBILITY {
                        numbers::percent(stage.gap)
                    } else {
                        "proven".to_owned()
                    },
                    stage.gap,
                );
                rows.push(Row {
                    id: None,
                    cells: vec![
                        Cell::period(period.period.index),
                        Cell::words(
                            &stage_name(stage.level, stage.tier.as_deref()).replace('_', " "),
                        ),
                        amount(stage.value),
                        amount(stage.bound),
                        gap,
                        amount(stage.plan),
                    ],
                });
            }
        }
        DataTable {
            id: "levels".to_owned(),
            caption: "Goals, in their order".to_owned(),
            note: "What is best if shards may be split, what is proven for it, and what this plan has."
                .to_owned(),
            columns: vec![
                Heading::number("period"),
                Heading::words("goal"),
                Heading::number("best"),
                Heading::number("bound"),
                Heading::number("gap"),
                Heading::number("this plan"),
            ],
            rows,
            is_sortable: true,
        }
    }
}
