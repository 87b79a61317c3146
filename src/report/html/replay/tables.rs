//! Tables of the page of a replay.

use super::super::table::{Cell, DataTable, Heading, Row, selected};
use crate::model::EventKind;
use crate::plan::replay::Account;
use crate::report::headroom::State;
use crate::report::numbers;
use crate::report::replay::{RunFacts, Shortage, Told, heading, length, share_down, share_words};
use crate::report::through::event_span;
use crate::units::NUMERICAL_NOISE;

/// Anchor of the table of what was short.
pub(super) const COMPONENTS: &str = "components";

/// Anchor of the table of tiers.
pub(super) const TIERS: &str = "tiers";

/// Anchor of the table of tenants.
pub(super) const TENANTS: &str = "tenants";

/// What happens.
pub(super) fn events(told: &Told<'_>) -> DataTable {
    let (scenario, clock) = (told.scenario, told.clock());
    let events = scenario.events.iter();
    let within = events.filter(|own| own.start < scenario.end && scenario.start < own.end);
    let rows = within.map(|own| {
        let span = event_span(told.inventory, scenario, own);
        let known = if matches!(own.kind, EventKind::Maintenance(_)) {
            "it is planned".to_owned()
        } else if span.known >= span.end {
            "never".to_owned()
        } else {
            clock.moment(span.known)
        };
        Row {
            id: None,
            cells: vec![
                Cell::words(&clock.moment(span.start)),
                Cell::words(&clock.moment(span.end)),
                Cell::words(&span.subject),
                Cell::words(&span.what),
                Cell::words(&known),
            ],
        }
    });
    DataTable {
        id: "events".to_owned(),
        caption: "What happens".to_owned(),
        note: String::new(),
        columns: ["from", "to", "to whom", "what", "known from"]
            .map(Heading::words)
            .to_vec(),
        rows: rows.collect(),
        is_sortable: false,
    }
}

/// What was short, the worst of each run first.
pub(super) fn components(told: &Told<'_>) -> DataTable {
    let all = told.runs().iter().flat_map(|run| {
        let own = run.shortages.iter();
        own.map(move |own| (run, own))
    });
    let (shown, note) = selected(all.collect(), "first", "components.csv");
    let rows = shown.into_iter().map(|(run, own)| Row {
        id: None,
        cells: component_cells(told, run, own),
    });
    DataTable {
        id: COMPONENTS.to_owned(),
        caption: "What was short".to_owned(),
        note: joined(
            &note,
            "The worst of each run first. It clears from when most waits until nothing does; the last of what waits then waits as long as the next column says.",
        ),
        columns: vec![
            Heading::words("run"),
            Heading::words("where"),
            Heading::words("of what"),
            Heading::words("from"),
            Heading::number("above capacity for"),
            Heading::number("most that comes"),
            Heading::number("room then"),
            Heading::number("most that waits"),
            Heading::number("clears in"),
            Heading::number("last of it waits"),
            Heading::number("longest wait"),
            Heading::number("lost of what came"),
        ],
        rows: rows.collect(),
        is_sortable: true,
    }
}

fn joined(note: &str, more: &str) -> String {
    if note.is_empty() {
        more.to_owned()
    } else {
        format!("{note} {more}")
    }
}

fn component_cells(told: &Told<'_>, run: &RunFacts<'_>, own: &Shortage<'_>) -> Vec<Cell> {
    let short = own.passage.short;
    let clock = told.clock();
    let unit = told.unit_of_queue(short);
    let first = run.run.moments.get(own.first);
    let (flow, peak) = (own.most_flow(), own.peak.as_ref());
    let dash = || Cell::words("–");
    let time = |seconds: f64| Cell::number(length(seconds), seconds);
    let name = told.inventory.component_name(own.passage.component);
    let title = told.component(own.passage.component);
    let place = Cell::words(&title).detailed(if title == name { "" } else { name });
    vec![
        Cell::words(heading(run.run.conduct)),
        place,
        Cell::words(told.short_words(short)),
        Cell::words(&first.map_or_else(String::new, |own| clock.moment(own.start))),
        if own.beyond_seconds > 0.0 {
            time(own.beyond_seconds)
        } else {
            dash()
        },
        flow.map_or_else(dash, |own| {
            let words = numbers::quantity(own.offered, told.unit(short));
            Cell::number(words, own.offered)
        }),
        flow.filter(|own| own.capacity.is_finite())
            .map_or_else(dash, |own| {
                Cell::number(numbers::amount(own.capacity), own.capacity)
            }),
        peak.map_or_else(dash, |own| {
            Cell::number(numbers::quantity(own.queued, &unit), own.queued)
                .detailed(&format!("at {}", clock.moment(own.at)))
        }),
        match peak.map(|own| own.clearing) {
            Some(Some(seconds)) => time(seconds),
            Some(None) => Cell::words("not by the end").judged(State::Full),
            None => dash(),
        },
        peak.and_then(|own| own.last_wait).map_or_else(dash, time),
        peak.map_or_else(dash, |_| time(own.longest_of_all())),
        own.lost_share()
            .map_or_else(dash, |own| Cell::number(share_words(own), own)),
    ]
}

/// What users of each tier lost, run by run.
pub(super) fn tiers(told: &Told<'_>) -> DataTable {
    let rows = told.runs().iter().flat_map(|run| {
        run.tiers.iter().map(move |(tier, felt)| {
            let share = share_down(felt);
            let work = |amount: f64| {
                let share = (felt.sent > 0.0).then(|| amount / felt.sent);
                Cell::maybe(share, share_words)
            };
            let lost = felt.down_minutes();
            let cell = Cell::number(numbers::about(lost), lost);
            Row {
                id: None,
                cells: vec![
                    Cell::words(heading(run.run.conduct)),
                    Cell::words(&told.inventory.tiers[tier.index()].id),
                    if share.is_some_and(|own| own > NUMERICAL_NOISE) {
                        cell.judged(State::Full)
                    } else {
                        cell
                    },
                    Cell::maybe(share, share_words),
                    work(felt.failed),
                    work(felt.late),
                    Cell::maybe(felt.mean_wait(), wait),
                    Cell::maybe(felt.mean_wait().map(|_| felt.longest), wait),
                ],
            }
        })
    });
    DataTable {
        id: TIERS.to_owned(),
        caption: "By tier".to_owned(),
        note: String::new(),
        columns: vec![
            Heading::words("run"),
            Heading::words("tier"),
            Heading::number("user minutes lost"),
            Heading::number("of all"),
            Heading::number("work that fails"),
            Heading::number("work that is late"),
            Heading::number("mean wait"),
            Heading::number("longest wait"),
        ],
        rows: rows.collect(),
        is_sortable: false,
    }
}

/// How long something waits, parts of a second included.
fn wait(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{} s", numbers::amount((seconds * 100.0).round() / 100.0))
    } else {
        length(seconds)
    }
}

/// What each tenant got, the lowest uptime of each run first: those that lost anything.
pub(super) fn tenants(told: &Told<'_>) -> DataTable {
    let lost = told.runs().iter().flat_map(|run| {
        let accounts = run.worst_accounts().into_iter();
        let hurt =
            accounts.filter(|own| own.uptime().is_some_and(|own| own < 1.0 - NUMERICAL_NOISE));
        hurt.map(move |own| (run, own))
    });
    let (shown, note) = selected(lost.collect(), "first", "tenants.csv");
    let rows = shown.into_iter().map(|(run, own)| Row {
        id: None,
        cells: tenant_cells(told, run, own),
    });
    DataTable {
        id: TENANTS.to_owned(),
        caption: "By tenant".to_owned(),
        note: joined(
            &note,
            "The lowest uptime of each run first, without those that lost nothing; uptime is that of the calendar month if nothing else happens in it.",
        ),
        columns: vec![
            Heading::words("run"),
            Heading::words("tenant"),
            Heading::words("tier"),
            Heading::words("month"),
            Heading::number("users"),
            Heading::number("user minutes lost"),
            Heading::number("uptime"),
            Heading::number("promised"),
            Heading::number("credit"),
        ],
        rows: rows.collect(),
        is_sortable: true,
    }
}

fn tenant_cells(told: &Told<'_>, run: &RunFacts<'_>, own: &Account) -> Vec<Cell> {
    let tier = &told.inventory.tiers[own.tier.index()];
    let lost = own.felt.down_minutes();
    let uptime = own.uptime();
    let cell = Cell::maybe(uptime, numbers::availability);
    vec![
        Cell::words(heading(run.run.conduct)),
        Cell::words(&told.inventory.tenants[own.tenant.index()]),
        Cell::words(&tier.id),
        Cell::words(&own.month.strftime("%b %Y").to_string()),
        Cell::users(own.users()),
        Cell::number(numbers::about(lost), lost),
        if uptime.is_some_and(|own| own < tier.availability) {
            cell.judged(State::Full)
        } else {
            cell
        },
        Cell::number(numbers::availability(tier.availability), tier.availability),
        if own.credit > 0.0 {
            Cell::number(numbers::short_percent(own.credit), own.credit)
        } else {
            Cell::words("none")
        },
    ]
}
