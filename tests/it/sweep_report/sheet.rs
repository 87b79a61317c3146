//! The sheet: what stands side by side, and which case causes it.

use super::made::{Made, Mood, Wish, made, made_of, shipped};
use super::real::swept;
use plimsoll::model::{FailureSet, Inventory, Recovery};
use plimsoll::plan_files::{SideBySideRow, read_rows, write_rows};
use plimsoll::report::State;
use plimsoll::report::sweep::{Sheet, SheetCell, SheetRow, SweepReport};

fn sheet(sweep_report: &SweepReport<'_>) -> Sheet {
    sweep_report.sheet(sweep_report.recovery())
}

/// The cells of a line, by heading.
fn cells(sheet: &Sheet, row: SheetRow) -> Vec<(&'static str, Option<SheetCell>)> {
    let line = sheet.lines.iter().find(|line| line.row == row);
    let cells = &line.expect("the line is there").cells;
    let headings = sheet.columns.iter().map(|column| column.heading());
    headings.zip(cells.iter().copied()).collect()
}

fn utilization(inventory: &Inventory, component: &str, resource: &str) -> SheetRow {
    let component = inventory.component_named(component).expect("a component");
    let resource = inventory
        .resources
        .iter()
        .position(|candidate| candidate.id == resource);
    let resource = plimsoll::ids::ResourceId::new(resource.expect("a resource"));
    SheetRow::Utilization(component, resource)
}

/// data/tiny/README.md: before, San Antonio holds 70 of 150; without Chicago 135. Without Amsterdam too the 50 silver
/// users fill it; its own 30 must stay in the EU. Without San Antonio the 100 gold users have no other place in the US,
/// and Amsterdam has room for 20 of the 50 silver ones.
#[test]
fn the_sheet_of_tiny_is_what_paper_says() {
    let swept = swept("data/tiny", "drain-chicago.toml", FailureSet::Sites, 2);
    let sweep_report = swept.reported();
    let sheet = sheet(&sweep_report);
    let headings: Vec<&str> = sheet
        .columns
        .iter()
        .map(|column| column.heading())
        .collect();
    assert_eq!(
        headings,
        [
            "normal",
            "this scenario",
            "worst single site",
            "worst pair of sites"
        ]
    );
    let values = |row| -> Vec<Option<(f64, Option<String>)>> {
        let cells = cells(&sheet, row).into_iter();
        let cells = cells.map(|(_, cell)| {
            let cell = cell?;
            let case = cell.case.map(|case| {
                sweep_report
                    .sweep
                    .contingencies
                    .name(sweep_report.inventory, case)
            });
            Some(((cell.value * 1e4).round() / 1e4, case))
        });
        cells.collect()
    };
    let some = |value, case: Option<&str>| Some((value, case.map(str::to_owned)));
    assert_eq!(
        values(SheetRow::Unserved),
        [
            some(0.0, None),
            some(0.0, None),
            some(130_000.0, Some("sat")),
            some(180_000.0, Some("ams+sat")),
        ]
    );
    assert_eq!(
        values(SheetRow::UnservedOf(0)),
        [
            some(0.0, None),
            some(0.0, None),
            some(100_000.0, Some("sat")),
            some(100_000.0, Some("ams+sat")),
        ]
    );
    let missing = values(SheetRow::Missing);
    assert_eq!(missing[..2], [some(0.0, None), some(0.5, Some(""))]);
    // Neither of them is left where both fail.
    assert_eq!(
        values(utilization(sweep_report.inventory, "sat", "cpu")),
        [
            some(0.4667, None),
            some(0.9, Some("")),
            some(1.0, Some("ams")),
            None
        ]
    );
    let judged = cells(&sheet, utilization(sweep_report.inventory, "sat", "cpu"));
    let judged: Vec<State> = judged
        .iter()
        .filter_map(|(_, cell)| Some((*cell)?.state))
        .collect();
    assert_eq!(judged, [State::Fine, State::BelowTarget, State::Full]);
}

/// A tally of the singles alone keeps the worst single among its ten worst cases; that of all cases may not.
#[test]
fn cells_are_the_worst_of_the_cases_of_their_column_alone() {
    for (data, scenario, over) in [
        ("data/tiny", "drain-chicago.toml", FailureSet::Components),
        ("data/americas-2012", "drain-qro.toml", FailureSet::Sites),
    ] {
        let swept = swept(data, scenario, over, 2);
        let sweep_report = swept.reported();
        let sheet = sheet(&sweep_report);
        let mut count = 0;
        for size in 0..=2 {
            let alone = swept.of_size(size);
            let worst = |of: &dyn Fn(&plimsoll::plan::sweep::CaseResult) -> f64| {
                alone.found.iter().map(of).fold(0.0, f64::max)
            };
            // After the column `normal`.
            let column = size + 1;
            for line in &sheet.lines {
                let value = line.cells[column].map(|cell| cell.value);
                let expected = match line.row {
                    SheetRow::Unserved => Some(worst(&|case_result| case_result.unserved_users())),
                    SheetRow::UnservedOf(tier) => {
                        Some(worst(&|case_result| case_result.unserved[tier]))
                    }
                    SheetRow::NoSite => Some(worst(&|case_result| {
                        case_result.no_site_users().unwrap_or(0.0)
                    })),
                    SheetRow::Missing => Some(worst(&|case_result| case_result.worst_shortfall())),
                    SheetRow::Utilization(component, resource) => {
                        let uses = alone.uses.get(&(Recovery::Replan, component, resource));
                        let worst = uses.map(|uses| uses[0]);
                        let case = line.cells[column].and_then(|cell| cell.case);
                        assert_eq!(
                            case,
                            worst.map(|worst| worst.case),
                            "{data}: {:?}",
                            line.row
                        );
                        worst.map(|worst| worst.utilization)
                    }
                };
                assert_eq!(value, expected, "{data}, {size} failures: {:?}", line.row);
                count += 1;
            }
        }
        assert!(count > 30, "{data}: {count} cells");
    }
}

fn headings(wish: &Wish) -> Vec<&'static str> {
    let made = made(wish);
    let sheet = sheet(&made.reported());
    sheet
        .columns
        .iter()
        .map(|column| column.heading())
        .collect()
}

#[test]
fn what_was_not_asked_or_not_looked_at_has_no_column() {
    assert_eq!(
        headings(&Wish::of(4, 1)),
        ["this scenario", "worst single site"]
    );
    let three = headings(&Wish::of(5, 3));
    assert_eq!(
        three[1..],
        [
            "worst single site",
            "worst pair of sites",
            "worst three at once"
        ]
    );
    let part = Wish {
        done: Some(30..40),
        ..Wish::of(12, 2)
    };
    assert_eq!(headings(&part), ["worst pair of sites"]);
    let groups = Wish {
        over: FailureSet::RiskGroups,
        ..Wish::of(0, 2)
    };
    let groups = made_of(shipped("data/global"), &groups);
    let columns: Vec<_> = sheet(&groups.reported())
        .columns
        .iter()
        .map(|column| column.word())
        .collect();
    assert_eq!(
        columns,
        ["scenario", "worst_risk_group", "worst_pair_of_risk_groups"]
    );
}

#[test]
fn sites_and_network_share_the_lines_and_each_component_has_one() {
    let made = made(&Wish::of(30, 1));
    let sheet = sheet(&made.reported());
    let components: Vec<_> = sheet
        .lines
        .iter()
        .filter_map(|line| match line.row {
            SheetRow::Utilization(component, _) => Some(component),
            _ => None,
        })
        .collect();
    let sites = components
        .iter()
        .filter(|component| component.index() < 30)
        .count();
    assert_eq!((sites, components.len()), (6, 12));
    let mut once = components.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), 12);
}

fn rows(made: &Made, sweep_report: &SweepReport<'_>) -> Vec<SideBySideRow> {
    let rows = sheet(sweep_report).rows(&made.inventory, &made.sweep);
    let mut bytes = Vec::new();
    write_rows(rows.iter(), &mut bytes).expect("finite numbers");
    let mut findings = Vec::new();
    let read = read_rows::<SideBySideRow>(&bytes, &mut findings);
    assert_eq!(findings, []);
    assert_eq!(
        read.iter()
            .map(|side_by_side_row| &side_by_side_row.row)
            .collect::<Vec<_>>(),
        rows.iter().collect::<Vec<_>>()
    );
    rows
}

#[test]
fn side_by_side_csv_reads_back_and_names_rows_columns_and_cases() {
    let made = made(&Wish::of(12, 2));
    let rows = rows(&made, &made.reported());
    let words: std::collections::BTreeSet<&str> = rows.iter().map(|row| row.row.as_str()).collect();
    let expected = [
        "missing_headroom",
        "no_site",
        "unserved",
        "unserved bronze",
        "unserved gold",
        "unserved silver",
        "utilization",
    ];
    assert_eq!(words.into_iter().collect::<Vec<_>>(), expected);
    let worst = rows
        .iter()
        .find(|row| row.row == "unserved" && row.column == "worst_pair");
    let worst = worst.expect("a pair is worst");
    let case = worst.case.expect("a case causes it") as usize;
    let name = made.sweep.contingencies.name(&made.inventory, case);
    assert_eq!(worst.failing.as_deref(), Some(name.as_str()));
    assert_eq!(worst.unit, "users");
    assert!(
        rows.iter()
            .all(|row| row.component.is_some() == row.resource.is_some())
    );
}

#[test]
fn where_nobody_is_unserved_no_case_causes_it() {
    let made = made(&Wish {
        mood: Mood::Holds,
        ..Wish::of(8, 2)
    });
    let rows = rows(&made, &made.reported());
    let calm = rows.iter().filter(|row| row.row != "utilization");
    let calm: Vec<_> = calm.collect();
    assert!(!calm.is_empty());
    for side_by_side_row in calm {
        assert_eq!(
            (
                side_by_side_row.value,
                side_by_side_row.case,
                side_by_side_row.failing.as_deref()
            ),
            (0.0, None, None),
            "{side_by_side_row:?}"
        );
    }
}

/// Chicago is 99 % full before and without Amsterdam, and 20 % is its target: nothing is missing that was not missing before.
#[test]
fn what_was_missed_before_is_not_reported_as_none() {
    let swept = swept(
        "tests/found/99-percent-full",
        "calm.toml",
        FailureSet::Sites,
        1,
    );
    let sweep_report = swept.reported();
    let sheet = sheet(&sweep_report);
    let cells = cells(&sheet, SheetRow::Missing);
    for (heading, cell) in &cells[1..] {
        let cell = cell.expect("a cell");
        if cell.value <= 0.0 {
            assert_eq!(cell.words(SheetRow::Missing), "as before", "{heading}");
            assert_eq!(cell.state, State::BelowTarget, "{heading}");
        }
    }
    let (_, here) = cells[1];
    assert_eq!(
        here.map(|sheet_cell| sheet_cell.value),
        Some(0.0),
        "{cells:?}"
    );
}
