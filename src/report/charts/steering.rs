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

use self::select::{AccessPointGauge, SteeringSelection, SteeringSums};
use super::chart::Drawn;
use super::kit::canvas::Canvas;
use super::kit::columns::{Reflow, RowColumn};
use super::kit::font::Font;
use super::kit::frame::{ChartFrame, LegendKey, MUTED, SIZE, SMALL, ink};
use super::kit::marks::{self, HALF_BAR};
use super::kit::rows::{CellArea, ChartRow, RowBlock, RowCell, RowTable};
use super::kit::scale::Scale;
use super::palette::Role;
use crate::report::grammar::{count, joined, short};
use crate::report::headroom::State;
use crate::report::steering::Change;
use crate::report::{EntryRow, Steering, numbers};
use crate::units::NOBODY;

/// How many access points a chart shows by default; the others are summed up.
pub const MOST_ACCESS_POINTS: usize = 12;

/// With which state a steering is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SteeringBefore {
    /// The state before the events: that of the first period.
    Events,
    /// The period before.
    Period,
}

impl SteeringBefore {
    /// What the legend and the column call it.
    fn words(self) -> &'static str {
        match self {
            Self::Events => "before the events",
            Self::Period => "in the period before",
        }
    }
}

/// What the chart of steering of one period shows.
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
    /// What it is compared with.
    pub before: SteeringBefore,
    /// Most access points to show.
    pub most_access_points: usize,
}

impl SteeringChart {
    /// A chart whose title is the finding of its steering.
    pub fn new(
        scenario: &str,
        (period, before): (&str, SteeringBefore),
        steering: Steering,
        most: usize,
    ) -> Self {
        let steering = steering.sorted();
        Self {
            title: steering.title(),
            scenario: scenario.to_owned(),
            period: period.to_owned(),
            steering,
            before,
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
const GAINS: &str = "Gains and losses count only users that enter elsewhere than then; the column \"change\" is all users now less all then, demand included.";

impl Drawn for SteeringChart {
    fn heading(&self) -> (&str, Vec<String>) {
        (
            &self.title,
            vec![self.scenario.clone(), self.period.clone()],
        )
    }

    fn draw(&self, frame: &mut ChartFrame) {
        let steering = self.steering.clone().sorted();
        let selection = SteeringSelection::new(&steering, self.most_access_points);
        let before = self.before.words();
        frame.legend(&keys(&selection, before));
        table(&selection, before).draw(frame);
        frame.y += 10.0;
        frame.note(&note(&selection, before));
        frame.note(GAINS);
    }
}

/// A row for every access point that is shown, and one for the others.
fn table<'a>(selection: &'a SteeringSelection<'a>, before: &'static str) -> RowTable<'a> {
    let gauges = selection.shown.iter();
    let users = gauges.clone().map(|access_point_gauge| {
        access_point_gauge
            .sums
            .now
            .max(access_point_gauge.sums.before)
    });
    let most = users.fold(1.0, f64::max);
    let mut rows: Vec<ChartRow<'_>> = gauges.map(|gauge| row(gauge, most)).collect();
    if selection.others > 0 {
        let [now, earlier, change] = number_cells(selection.of_others);
        let title = RowCell::plain(format!(
            "{} more access points",
            numbers::users(selection.others as f64)
        ));
        let is_unchanged = selection.of_others.arriving + selection.of_others.leaving <= NOBODY;
        // Demand may change where shares do not.
        let word = if is_unchanged {
            RowCell::muted("same shares")
        } else {
            RowCell::Empty
        };
        let words = [title, word, RowCell::Empty];
        let cells = words
            .into_iter()
            .chain([now, earlier, change, RowCell::Empty]);
        rows.push(ChartRow::new(cells.collect(), ""));
    }
    RowTable {
        columns: vec![
            RowColumn::name(0.26),
            RowColumn::words(Reflow::Below, ""),
            RowColumn::drawing(26.0, "users entering there").over(move |space| {
                let label = space.font.width(&numbers::users(most), SMALL) + 22.0;
                scale(space.ends, most).ticks(1.0, label, false, numbers::users)
            }),
            RowColumn::numbers(Reflow::Value, "users now"),
            RowColumn::numbers(Reflow::Headed, before),
            RowColumn::numbers(Reflow::Below, "change"),
            RowColumn::words(Reflow::Under, ""),
        ],
        blocks: vec![RowBlock::from(("Access points", rows))],
        height: 28.0,
    }
}

/// An access point, on a scale up to `most` users.
fn row<'a>(gauge: &'a AccessPointGauge<'a>, most: f64) -> ChartRow<'a> {
    let word = if gauge.change.is_new() {
        ink(SMALL, true)
    } else {
        MUTED
    };
    let [now, before, change] = number_cells(gauge.sums);
    ChartRow {
        cells: vec![
            RowCell::plain(&gauge.title),
            RowCell::Words(gauge.change.word().to_owned(), word),
            RowCell::drawing(move |canvas, area| bar(canvas, gauge, scale(area.ends, most), area)),
            now,
            before,
            change,
            RowCell::lines(move |frame, width| {
                let (wide, narrow) = MOST_LINES;
                let most = if frame.is_wide { wide } else { narrow };
                let details = details(gauge).into_iter();
                let lines = details.flat_map(|detail| lines(&detail, frame.font(), width, most));
                lines.collect()
            }),
        ],
        tip: tip(gauge),
        space: 9.0,
    }
}

/// Users along an axis with space for half a mark at its ends.
fn scale(ends: (f64, f64), most: f64) -> Scale {
    Scale::up_to(most, (ends.0 + MARK, ends.1 - MARK))
}

/// The bar of those who enter now, the ring of those before, and the line between them.
fn bar(canvas: &mut Canvas, gauge: &AccessPointGauge<'_>, scale: Scale, area: CellArea) {
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
        // Neighbours differ in grey too, unless an edge would leave nothing of one.
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

/// Users now and before, and the difference: `685,751`, `0`, `+685,751`; `unchanged` if there is none.
fn words(sums: SteeringSums) -> [String; 3] {
    let now = numbers::some_users(sums.now);
    let before = numbers::some_users(sums.before);
    let change = sums.now - sums.before;
    let change = if now == before {
        "unchanged".to_owned()
    } else if change > 0.0 {
        format!("+{}", numbers::some_users(change))
    } else {
        format!("−{}", numbers::some_users(-change))
    };
    [now, before, change]
}

/// The cells of these words.
fn number_cells<'a>(sums: SteeringSums) -> [RowCell<'a>; 3] {
    let [now, before, change] = words(sums);
    let change = if now == before {
        RowCell::muted(change)
    } else {
        RowCell::Words(change, ink(SIZE, false))
    };
    [RowCell::strong(now), RowCell::muted(before), change]
}

/// What the marks mean: those that occur.
fn keys(selection: &SteeringSelection<'_>, before: &'static str) -> Vec<LegendKey<'static>> {
    let has = |is: &dyn Fn(Change) -> bool| selection.shown.iter().any(|row| is(row.change));
    let is_open = |change| matches!(change, Change::Opens | Change::StaysOpen);
    let mut keys = vec![
        LegendKey::mark(12.0, before, marks::before),
        LegendKey::patch(Role::Home, "enter here as before"),
    ];
    if selection
        .shown
        .iter()
        .any(|row| row.sums.arriving > 0.0 && row.change != Change::Opens)
    {
        keys.push(LegendKey::patch(Role::Moved, "entered elsewhere before"));
    }
    if has(&is_open) {
        keys.push(LegendKey::patch(
            Role::Opened,
            "access point opened by the plan",
        ));
    }
    if has(&is_closed) {
        keys.push(LegendKey::mark(
            20.0,
            "closed or on standby",
            |canvas, at| {
                marks::state(canvas, at, State::Gone);
            },
        ));
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
fn note(selection: &SteeringSelection<'_>, before: &str) -> String {
    let [now, earlier, _] = words(selection.of_all);
    let earlier = if now == earlier {
        format!("as many as {before}")
    } else {
        format!("{earlier} {before}")
    };
    let elsewhere = match numbers::some_users(selection.of_all.arriving).as_str() {
        "0" => "none enters".to_owned(),
        "1" => "1 of them enters".to_owned(),
        users => format!("{users} of them enter"),
    };
    format!("In all {now} users enter, {earlier}; {elsewhere} elsewhere than then.")
}

/// What client regions of an access point have in common, such as `gains`, and their names and users, most first.
type RegionDetail<'a> = (&'static str, Vec<(&'a str, f64)>);

/// Arriving or leaving users, or, without any, users that enter or entered there.
fn details<'a>(gauge: &'a AccessPointGauge<'a>) -> Vec<RegionDetail<'a>> {
    let detail = |what, users: fn(&EntryRow) -> f64| {
        let regions = gauge.entries.iter();
        let regions = regions.map(|entry| (entry.title.as_str(), users(entry.row)));
        let mut regions: Vec<_> = regions.filter(|(_, users)| *users > 0.0).collect();
        // Equal ones stay in the order of the entries.
        regions.sort_by(|a, b| b.1.total_cmp(&a.1));
        (!regions.is_empty()).then_some((what, regions))
    };
    let changing = [
        detail("gains", |row| row.arriving),
        detail("loses", |row| row.leaving),
    ];
    let changing: Vec<RegionDetail<'_>> = changing.into_iter().flatten().collect();
    if !changing.is_empty() {
        return changing;
    }
    let staying = detail("has", |row| row.now).or_else(|| detail("had", |row| row.before));
    staying.into_iter().collect()
}

/// `gains 212,300 from Houston, 98,000 from Austin and 12 more client regions`, with as many names as fit into lines.
fn lines((what, regions): &RegionDetail<'_>, font: Font, width: f64, most: usize) -> Vec<String> {
    let words = |named: usize| {
        let mut parts: Vec<String> = regions[..named]
            .iter()
            .map(|(name, users)| {
                // A number stays with its name.
                let name = short(name).replace(' ', "\u{a0}");
                let of = if *what == "gains" { "from" } else { "of" };
                format!("{}\u{a0}{of}\u{a0}{name}", numbers::some_users(*users))
            })
            .collect();
        if named < regions.len() {
            parts.push(count(regions.len() - named, "more client region"));
        }
        format!("{what} {}", joined(&parts))
    };
    let wrapped = |named| font.wrap(&words(named), SMALL, width, usize::MAX);
    let most_named = regions.len().min(MOST_NAMED);
    let mut forms = (1..=most_named).rev().map(wrapped);
    let fitting = forms.find(|lines| lines.len() <= most);
    fitting.unwrap_or_else(|| font.wrap(&words(1), SMALL, width, most))
}
