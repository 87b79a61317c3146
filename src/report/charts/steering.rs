//! The chart of steering: at which access points users enter, before against now, and from which client regions
//! those come who change.
//!
//! A row is an access point, and the client regions stand in words beneath its bar. Bands from client regions to
//! access points were the other choice: with three of each they are plain, with 1,200 client regions and 100
//! access points they are not, and what an operator types in is shares per access point. Rows serve both sizes,
//! and before and now stand on one scale.

mod select;
#[cfg(test)]
mod tests;

use self::select::{AccessPointGauge, RegionEntry, SteeringSelection, SteeringSums};
use super::chart::Drawn;
use super::kit::canvas::{Canvas, Face};
use super::kit::columns::{Column, Flow};
use super::kit::font::Font;
use super::kit::frame::{Frame, Key, MUTED, SIZE, SMALL, ink};
use super::kit::marks::{self, HALF_BAR};
use super::kit::rows::{Area, Block, Cell, Row, Rows};
use super::kit::scale::Scale;
use super::palette::Role;
use crate::report::headroom::State;
use crate::report::steering::Change;
use crate::report::words::short;
use crate::report::{Steering, numbers};

/// How many access points a chart shows unless told otherwise; the others are summed up.
pub const MOST_ACCESS_POINTS: usize = 12;

/// What the chart of steering of one period shows.
///
/// ```
/// use plimsoll::plan_files::AccessPointUse;
/// use plimsoll::report::{AccessPointRow, EntryRow, Named, Steering};
/// use plimsoll::report::charts::{Chart, steering::{MOST_ACCESS_POINTS, SteeringChart}};
/// let dallas = Named::new("ap-dfw", "Dallas");
/// let steering = Steering {
///     access_points: vec![AccessPointRow {
///         access_point: dallas.clone(), before: AccessPointUse::Standby, now: AccessPointUse::Opened,
///     }],
///     entries: vec![EntryRow {
///         access_point: dallas, client_region: Named::new("austin", "Austin"),
///         before: 0.0, now: 15_000.0, arriving: 15_000.0, leaving: 0.0,
///     }],
/// };
/// let chart = SteeringChart::new("night", "13 Nov 2012", steering, MOST_ACCESS_POINTS);
/// assert_eq!(chart.title(),
///     "Dallas opens for 15,000 users; 1 client region changes its access point");
/// assert!(chart.svg(1200)?.contains(">+15,000</text>"));
/// # Ok::<(), plimsoll::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SteeringChart {
    /// The finding.
    pub title: String,
    /// Name of the scenario.
    pub scenario: String,
    /// The period as people read it.
    pub period: String,
    /// Who enters where, before and now, in any order.
    pub steering: Steering,
    /// Most access points to show.
    pub most_access_points: usize,
}

impl SteeringChart {
    /// A chart whose title is the finding of its steering.
    pub fn new(scenario: &str, period: &str, steering: Steering, most: usize) -> Self {
        let steering = steering.sorted();
        Self {
            title: steering.title(),
            scenario: scenario.to_owned(),
            period: period.to_owned(),
            steering,
            most_access_points: most,
        }
    }
}

/// Half the width of a mark at the end of a bar.
const MARK: f64 = 8.0;

/// Most client regions that a line names.
const MOST_NAMED: usize = 5;

/// Most lines of client regions, and where they are short.
const MOST_LINES: (usize, usize) = (1, 3);

/// What the words beneath the bars count.
const GAINS: &str = "Gains and losses count only users who enter elsewhere than before.";

impl Drawn for SteeringChart {
    fn heading(&self) -> (&str, Vec<String>) {
        (
            &self.title,
            vec![self.scenario.clone(), self.period.clone()],
        )
    }

    fn draw(&self, frame: &mut Frame) {
        let steering = self.steering.clone().sorted();
        let selection = SteeringSelection::new(&steering, self.most_access_points);
        frame.legend(&keys(&selection));
        table(&selection).draw(frame);
        frame.y += 10.0;
        frame.note(&note(&selection));
        frame.note(GAINS);
    }
}

/// A row for every access point that is shown, and one for the others.
fn table<'a>(selection: &'a SteeringSelection<'a>) -> Rows<'a> {
    let gauges = selection.shown.iter();
    let users = gauges.clone().map(|own| own.sums.now.max(own.sums.before));
    let most = users.fold(1.0, f64::max);
    let mut rows: Vec<Row<'_>> = gauges.map(|gauge| row(gauge, most)).collect();
    if selection.others > 0 {
        let [now, before, change] = number_cells(selection.of_others);
        let title = Cell::plain(others(selection));
        let words = [title, Cell::Empty, Cell::Empty];
        let cells = words.into_iter().chain([now, before, change, Cell::Empty]);
        rows.push(Row::new(cells.collect(), ""));
    }
    Rows {
        columns: vec![
            Column::name(0.26),
            Column::words(Flow::Below, ""),
            Column::drawing(26.0, "users who enter there").over(move |room| {
                let label = room.font.width(&numbers::users(most), SMALL) + 22.0;
                scale(room.ends, most).ticks(1.0, label, false, numbers::users)
            }),
            Column::numbers(Flow::Value, "users now"),
            Column::numbers(Flow::Headed, "before"),
            Column::numbers(Flow::Below, "change"),
            Column::words(Flow::Under, ""),
        ],
        blocks: vec![Block::from(("Access points", rows))],
        height: 28.0,
    }
}

/// An access point, on a scale up to `most` users.
fn row<'a>(gauge: &'a AccessPointGauge<'a>, most: f64) -> Row<'a> {
    let word = Face {
        size: SMALL,
        ..ink(SMALL, true)
    };
    let word = if gauge.change.is_new() { word } else { MUTED };
    let [now, before, change] = number_cells(gauge.sums);
    Row {
        cells: vec![
            Cell::plain(&gauge.title),
            Cell::Words(gauge.change.word().to_owned(), word),
            Cell::drawing(move |canvas, area| bar(canvas, gauge, scale(area.ends, most), area)),
            now,
            before,
            change,
            Cell::lines(move |frame, width| {
                let most = if frame.is_wide {
                    MOST_LINES.0
                } else {
                    MOST_LINES.1
                };
                let details = details(gauge).into_iter();
                let lines = details.flat_map(|own| own.lines(frame.font(), width, most));
                lines.collect()
            }),
        ],
        tip: tip(gauge),
        space: 9.0,
    }
}

/// Users along an axis with room for half a mark at its ends.
fn scale(ends: (f64, f64), most: f64) -> Scale {
    Scale::up_to(most, (ends.0 + MARK, ends.1 - MARK))
}

/// The bar of those who enter now, the ring of those before, and the line between them.
fn bar(canvas: &mut Canvas, gauge: &AccessPointGauge<'_>, scale: Scale, area: Area) {
    let (sums, y) = (gauge.sums, area.y);
    let zero = scale.x(0.0);
    let [kept, now, before] =
        [sums.now - sums.arriving, sums.now, sums.before].map(|users| scale.x(users));
    let (stays, comes) = match gauge.change {
        Change::Opens => (Role::Opened, Role::Opened),
        Change::StaysOpen => (Role::Opened, Role::Moved),
        _ => (Role::Home, Role::Moved),
    };
    canvas.rectangle(
        (now.min(before), y - 1),
        (now.max(before), y + 1),
        Role::Before,
    );
    canvas.rectangle((zero, y - HALF_BAR), (kept, y + HALF_BAR), stays);
    if now > kept {
        canvas.rectangle((kept, y - HALF_BAR), (now, y + HALF_BAR), comes);
        // Neighbours are told apart in grey too, unless an edge would leave nothing of one.
        if kept > zero && now > kept + 2 {
            let bottom = y + HALF_BAR;
            canvas.rectangle((kept, y - HALF_BAR), (kept + 1, bottom), Role::Paper);
        }
    }
    if is_closed(gauge.change) {
        marks::state(canvas, (zero, y), State::Gone);
    }
    if sums.before > 0.0 {
        marks::before(canvas, (before, y));
    }
}

/// `Dallas, opens: 15,000 users enter now, 0 before; 15,000 enter here instead of elsewhere, 0 elsewhere instead of here`.
fn tip(gauge: &AccessPointGauge<'_>) -> String {
    let sums = gauge.sums;
    let word = match gauge.change.word() {
        "" => String::new(),
        word => format!(", {word}"),
    };
    let [now, before, _] = words(sums);
    format!(
        "{}{word}: {now} users enter now, {before} before; {} enter here instead of elsewhere, {} elsewhere instead of here",
        gauge.title,
        numbers::some_users(sums.arriving),
        numbers::some_users(sums.leaving),
    )
}

/// Users now and before, and the difference: `685,751`, `0`, `+685,751`; `as before` if there is none.
fn words(sums: SteeringSums) -> [String; 3] {
    let now = numbers::some_users(sums.now);
    let before = numbers::some_users(sums.before);
    let change = sums.now - sums.before;
    let change = if now == before {
        "as before".to_owned()
    } else if change > 0.0 {
        format!("+{}", numbers::some_users(change))
    } else {
        format!("−{}", numbers::some_users(-change))
    };
    [now, before, change]
}

/// The cells of these words.
fn number_cells<'a>(sums: SteeringSums) -> [Cell<'a>; 3] {
    let [now, before, change] = words(sums);
    let change = if now == before {
        Cell::muted(change)
    } else {
        Cell::Words(change, ink(SIZE, false))
    };
    [Cell::strong(now), Cell::muted(before), change]
}

/// What the marks mean: those that occur.
fn keys(selection: &SteeringSelection<'_>) -> Vec<Key<'static>> {
    let has = |is: &dyn Fn(Change) -> bool| selection.shown.iter().any(|row| is(row.change));
    let is_open = |change| matches!(change, Change::Opens | Change::StaysOpen);
    let mut keys = vec![
        Key::mark(12.0, "before", marks::before),
        Key::patch(Role::Home, "enter here as before"),
    ];
    if selection
        .shown
        .iter()
        .any(|row| row.sums.arriving > 0.0 && row.change != Change::Opens)
    {
        keys.push(Key::patch(Role::Moved, "entered elsewhere before"));
    }
    if has(&is_open) {
        keys.push(Key::patch(Role::Opened, "access point opened by the plan"));
    }
    if has(&is_closed) {
        keys.push(Key::mark(20.0, "closed or on standby", |canvas, at| {
            marks::state(canvas, at, State::Gone);
        }));
    }
    keys
}

/// `true` if nobody can enter there.
fn is_closed(change: Change) -> bool {
    matches!(
        change,
        Change::Closes | Change::StaysClosed | Change::GoesOnStandby | Change::StaysOnStandby
    )
}

/// How many there are in all, and how many of them change.
fn note(selection: &SteeringSelection<'_>) -> String {
    let [now, before, _] = words(selection.of_all);
    let before = if now == before {
        "as many as before".to_owned()
    } else {
        format!("{before} before")
    };
    let elsewhere = match numbers::some_users(selection.of_all.arriving).as_str() {
        "0" => "nobody enters".to_owned(),
        "1" => "1 of them enters".to_owned(),
        users => format!("{users} of them enter"),
    };
    format!("In all {now} users enter, {before}; {elsewhere} elsewhere than before.")
}

/// `87 more access points`; empty if all are shown.
fn others(selection: &SteeringSelection<'_>) -> String {
    match selection.others {
        0 => String::new(),
        more => format!("{} more access points", numbers::users(more as f64)),
    }
}

/// Client regions of an access point that have something in common.
struct RegionDetail<'a> {
    /// What, such as `gains`.
    what: &'static str,
    /// Name and users, most first.
    regions: Vec<(&'a str, f64)>,
}

/// Who comes, who goes, or, if nobody does, who enters there.
fn details<'a>(gauge: &'a AccessPointGauge<'a>) -> Vec<RegionDetail<'a>> {
    let detail = |what, users: fn(&RegionEntry<'_>) -> f64| {
        let mut regions: Vec<(&str, f64)> = gauge
            .entries
            .iter()
            .map(|entry| (entry.title.as_str(), users(entry)))
            .filter(|(_, users)| *users > 0.0)
            .collect();
        // Equal ones stay in the order of the entries.
        regions.sort_by(|a, b| b.1.total_cmp(&a.1));
        RegionDetail { what, regions }
    };
    let mut all = vec![
        detail("gains", |entry| entry.row.arriving),
        detail("loses", |entry| entry.row.leaving),
    ];
    all.retain(|detail| !detail.regions.is_empty());
    if all.is_empty() {
        all.push(detail("has", |entry| entry.row.now));
        all.retain(|detail| !detail.regions.is_empty());
    }
    if all.is_empty() {
        all.push(detail("had", |entry| entry.row.before));
        all.retain(|detail| !detail.regions.is_empty());
    }
    all
}

impl RegionDetail<'_> {
    /// `gains 212,300 of Houston, 98,000 of Austin and 12 more client regions`, with as many names as fit.
    fn lines(&self, font: Font, width: f64, most: usize) -> Vec<String> {
        let most_named = self.regions.len().min(MOST_NAMED);
        let wrapped = |named| font.wrap(&self.words(named), SMALL, width, usize::MAX);
        (1..=most_named)
            .rev()
            .map(wrapped)
            .find(|lines| lines.len() <= most)
            .unwrap_or_else(|| font.wrap(&self.words(1), SMALL, width, most))
    }

    fn words(&self, named: usize) -> String {
        let names: Vec<String> = self
            .regions
            .iter()
            .take(named)
            .map(|(name, users)| {
                // A number stays with its name.
                let name = short(name).replace(' ', "\u{a0}");
                format!("{}\u{a0}of\u{a0}{name}", numbers::some_users(*users))
            })
            .collect();
        let rest = self.regions.len() - names.len();
        let regions = if rest == 1 {
            "client region"
        } else {
            "client regions"
        };
        let what = self.what;
        match (names.split_last(), rest) {
            (Some((last, [])), 0) => format!("{what} {last}"),
            (Some((last, others)), 0) => format!("{what} {} and {last}", others.join(", ")),
            _ => {
                let rest = numbers::users(rest as f64);
                format!("{what} {} and {rest} more {regions}", names.join(", "))
            }
        }
    }
}
