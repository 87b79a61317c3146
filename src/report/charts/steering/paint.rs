//! Painting of the chart of steering, from top to bottom.

use super::SteeringChart;
use super::layout::{BEFORE, CHANGE, Columns, NOW, Numbers, RowText, others};
use super::select::Selection;
use crate::error::Result;
use crate::report::charts::canvas::{Anchor, whole};
use crate::report::charts::chart::Chart;
use crate::report::charts::font::ASCENT;
use crate::report::charts::frame::{Frame, Heading, Key, MUTED, SIZE, SMALL};
use crate::report::charts::marks;
use crate::report::charts::palette::Role;
use crate::report::headroom::State;
use crate::report::numbers;
use crate::report::steering::Change;

/// What the words beneath the bars count.
const GAINS: &str = "Gains and losses count only users who enter elsewhere than before.";

impl Chart for SteeringChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn svg(&self, width: u32) -> Result<String> {
        let steering = self.steering.clone().sorted();
        let selection = Selection::new(&steering, self.most_access_points);
        svg(self, &selection, width)
    }
}

/// The SVG of the chart.
fn svg(chart: &SteeringChart, selection: &Selection<'_>, width: u32) -> Result<String> {
    let mut frame = Frame::new(
        width,
        &Heading {
            title: &chart.title,
            subtitle: &[&chart.scenario, &chart.period],
        },
    )?;
    frame.legend(&keys(selection));
    frame.y += 6.0;
    let columns = Columns::new(selection, &frame);
    let rows: Vec<RowText<'_>> = selection
        .shown
        .iter()
        .map(|gauge| columns.row(gauge, frame.font()))
        .collect();
    let mut painter = Painter { frame, columns };
    if !rows.is_empty() {
        painter.headings();
        painter.scale();
        let bottom = painter.frame.y + rows.iter().map(|row| painter.height(row)).sum::<f64>();
        if columns.is_wide {
            painter.grid(whole(painter.frame.y), whole(bottom));
        }
        for row in &rows {
            painter.row(row);
        }
    }
    if selection.others > 0 {
        painter.others(&others(selection), &Numbers::new(selection.of_others));
    }
    painter.frame.y += 10.0;
    painter.frame.note(&note(selection));
    painter.frame.note(GAINS);
    painter.frame.finish()
}

/// What the marks mean: those that occur.
fn keys(selection: &Selection<'_>) -> Vec<Key<'static>> {
    let has = |is: &dyn Fn(Change) -> bool| selection.shown.iter().any(|row| is(row.change));
    let is_open = |change| matches!(change, Change::Opens | Change::StaysOpen);
    let mut keys = vec![
        Key {
            width: 12.0,
            words: "before",
            mark: Box::new(marks::before),
        },
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
        keys.push(Key {
            width: 20.0,
            words: "closed or on standby",
            mark: Box::new(|canvas, at| marks::state(canvas, at, State::Gone)),
        });
    }
    keys
}

/// `true` if nobody can enter there.
pub(super) fn is_closed(change: Change) -> bool {
    matches!(
        change,
        Change::Closes | Change::StaysClosed | Change::GoesOnStandby | Change::StaysOnStandby
    )
}

/// How many there are in all, and how many of them change.
fn note(selection: &Selection<'_>) -> String {
    let Numbers { now, before, .. } = Numbers::new(selection.of_all);
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

/// A picture in the making.
pub(super) struct Painter {
    /// Title, legend, and what is drawn so far.
    pub(super) frame: Frame,
    /// Where columns stand.
    pub(super) columns: Columns,
}

impl Painter {
    /// What the columns are.
    fn headings(&mut self) {
        let columns = self.columns;
        let baseline = self.frame.y + SMALL * ASCENT;
        let canvas = &mut self.frame.canvas;
        canvas.text(
            if columns.is_wide {
                f64::from(columns.x(0.0))
            } else {
                columns.left
            },
            baseline,
            Anchor::Start,
            MUTED,
            "users who enter there",
        );
        if columns.is_wide {
            canvas.text(columns.left, baseline, Anchor::Start, MUTED, "access point");
            canvas.text(columns.now, baseline, Anchor::End, MUTED, NOW);
            canvas.text(columns.before, baseline, Anchor::End, MUTED, BEFORE);
            canvas.text(columns.right, baseline, Anchor::End, MUTED, CHANGE);
        }
        self.frame.y += SMALL * 1.5;
    }

    /// Grid lines, behind what is drawn on them.
    pub(super) fn grid(&mut self, top: i32, bottom: i32) {
        for tick in self.columns.ticks(self.frame.font()) {
            let x = self.columns.x(tick);
            self.frame
                .canvas
                .rectangle((x, top), (x + 1, bottom), Role::Grid);
        }
    }

    /// The labels of the grid lines.
    fn scale(&mut self) {
        let baseline = self.frame.y + SIZE * ASCENT;
        for tick in self.columns.ticks(self.frame.font()) {
            let label = numbers::users(tick);
            let x = f64::from(self.columns.x(tick));
            let half = self.frame.font().width(&label, SMALL) / 2.0;
            if x + half > self.columns.right {
                continue;
            }
            // Where the axis begins at the edge, its first label would leave the picture's contents.
            let x = x.max(self.columns.left + half);
            self.frame
                .canvas
                .text(x, baseline, Anchor::Middle, MUTED, &label);
        }
        self.frame.y += SIZE * 1.6;
    }
}
