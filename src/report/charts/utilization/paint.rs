//! Painting of the chart of utilization by site and failure, from top to bottom.

use super::layout::{Layout, percent};
use super::{FailureColumn, SiteCell, SiteRow, UtilizationChart};
use crate::error::Result;
use crate::report::charts::canvas::{Anchor, Face, whole};
use crate::report::charts::chart::Chart;
use crate::report::charts::frame::{Frame, Heading, Key, MUTED, SIZE, SMALL, ink};
use crate::report::charts::heat::{self, Filled};
use crate::report::charts::marks;
use crate::report::charts::palette::Role;
use crate::report::headroom::State;
use crate::report::numbers;
use crate::units::{FEASIBILITY, NOBODY};

/// Height of the strip that judges failures as a whole.
const STRIP: f64 = 22.0;

/// Radius of its marks.
const RADIUS: i32 = 5;

/// Radius of its marks where columns are narrow.
const SMALL_RADIUS: i32 = 3;

impl Chart for UtilizationChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn svg(&self, width: u32) -> Result<String> {
        svg(self, width)
    }
}

/// The SVG of the chart.
fn svg(chart: &UtilizationChart, width: u32) -> Result<String> {
    let about: Vec<&str> = chart.about.iter().map(String::as_str).collect();
    let heading = Heading {
        title: &chart.title,
        subtitle: &about,
    };
    let frame = Frame::new(width, &heading)?;
    let layout = Layout::new(chart, &frame);
    let mut painter = Painter {
        chart,
        layout,
        frame,
        size: None,
    };
    painter.size = painter.size_of_words();
    let keys = painter.keys();
    painter.frame.legend(&keys);
    painter.headings();
    painter.strip();
    for row in &chart.rows {
        painter.row(row);
    }
    painter.foot();
    painter.frame.finish()
}

struct Painter<'a> {
    chart: &'a UtilizationChart,
    layout: Layout,
    frame: Frame,
    /// Size of the numbers in cells, if they have room.
    size: Option<f64>,
}

impl Painter<'_> {
    fn columns(&self) -> &[FailureColumn] {
        &self.chart.columns[..self.layout.columns]
    }

    fn cells(&self) -> impl Iterator<Item = Option<&SiteCell>> + Clone {
        let rows = self.chart.rows.iter();
        let columns = self.layout.columns;
        rows.flat_map(move |row| row.cells.iter().take(columns).map(Option::as_ref))
    }

    fn size_of_words(&self) -> Option<f64> {
        let words: Vec<String> = self
            .cells()
            .flatten()
            .map(|own| percent(own.utilization))
            .collect();
        let words = words.iter().map(String::as_str);
        heat::size_of_words(&self.frame.canvas, self.layout.cell - 1.0, &words)
    }

    /// What the cells mean: those that occur.
    fn keys(&self) -> Vec<Key<'static>> {
        let is_shown = |role: Role| {
            self.cells()
                .flatten()
                .any(|own| heat::shade(own.utilization, own.state) == role)
        };
        let has = |state: State| self.cells().flatten().any(|own| own.state == state);
        let mark = |state: State| Some(state).filter(|_| self.size.is_none());
        let mut keys = Vec::new();
        for (role, words) in [
            (Role::Quarter, "up to 25 % used"),
            (Role::Half, "up to 50 %"),
            (Role::ThreeQuarters, "up to 75 %"),
            (Role::Fine, "fuller, target met"),
        ] {
            if is_shown(role) {
                keys.push(heat::key(role, None, words));
            }
        }
        if has(State::BelowTarget) {
            let mark = mark(State::BelowTarget);
            keys.push(heat::key(
                Role::BelowTarget,
                mark,
                "less free than its target",
            ));
        }
        let is_over = |own: &SiteCell| own.utilization > 1.0 + FEASIBILITY;
        if self
            .cells()
            .flatten()
            .any(|own| own.state == State::Full && !is_over(own))
        {
            keys.push(heat::key(Role::Full, None, "full"));
        }
        if self.cells().flatten().any(is_over) {
            keys.push(heat::key(Role::Full, mark(State::Full), "over 100 %"));
        }
        if self.cells().any(|own| own.is_none()) {
            keys.push(heat::key_of_gone("out of service"));
        }
        keys
    }

    /// What fails, above its column.
    fn headings(&mut self) {
        self.frame.y += 4.0;
        let font = self.frame.font();
        let bottom = self.frame.y + self.layout.heading;
        for (index, column) in self.chart.columns[..self.layout.columns].iter().enumerate() {
            let middle = self.layout.middle(index);
            let canvas = &mut self.frame.canvas;
            if self.layout.is_upright {
                let words = font.fit(&column.failing.name, SMALL, self.layout.heading - 6.0);
                canvas.upright(
                    middle + SMALL * 0.35,
                    bottom - 4.0,
                    ink(SMALL, false),
                    &words,
                );
            } else {
                canvas.text(
                    middle,
                    bottom - 4.0,
                    Anchor::Middle,
                    ink(SMALL, false),
                    &column.failing.name,
                );
            }
        }
        let (left, canvas) = (self.frame.left, &mut self.frame.canvas);
        let words = font.fit("without", SMALL, self.layout.names - left);
        canvas.text(self.layout.names, bottom - 4.0, Anchor::End, MUTED, &words);
        if let Some(right) = self.layout.worst {
            canvas.text(right, bottom - 4.0, Anchor::End, MUTED, "worst");
        }
        self.frame.y = bottom;
    }

    /// How every failure as a whole is to be judged.
    fn strip(&mut self) {
        let centre = self.frame.y + STRIP / 2.0;
        let font = self.frame.font();
        let left = self.frame.left;
        let words = font.fit("all in all", SMALL, self.layout.names - left);
        let baseline = centre + SMALL * 0.35;
        self.frame
            .canvas
            .text(left, baseline, Anchor::Start, MUTED, &words);
        let radius = if self.layout.cell < 18.0 {
            SMALL_RADIUS
        } else {
            RADIUS
        };
        for (index, column) in self.chart.columns[..self.layout.columns].iter().enumerate() {
            let (from, to) = self.layout.column(index);
            let at = (i32::midpoint(from, to), whole(centre));
            let canvas = &mut self.frame.canvas;
            marks::sized_state(canvas, at, column.state, radius);
            let top = whole(self.frame.y - self.layout.heading);
            canvas.tip(
                (from, top),
                (to, whole(self.frame.y + STRIP)),
                &verdict(column),
            );
        }
        self.frame.y += STRIP;
    }

    /// A site: its name, its cells, its worst.
    fn row(&mut self, row: &SiteRow) {
        let font = self.frame.font();
        let (top, height) = (self.frame.y, self.layout.height);
        let baseline = top + height / 2.0 + SMALL * 0.35;
        let size = if height < 20.0 { SMALL } else { SIZE };
        let left = self.frame.left;
        let name = font.fit(&row.site.name, size, self.layout.names - left);
        let canvas = &mut self.frame.canvas;
        canvas.text(left, baseline, Anchor::Start, ink(size, false), &name);
        let (from, to) = (whole(top), whole(top + height) - 1);
        for (index, cell) in row.cells.iter().take(self.layout.columns).enumerate() {
            let (left, right) = self.layout.column(index);
            let corners = ((left, from), (right, to));
            let column = &self.chart.columns[index];
            let canvas = &mut self.frame.canvas;
            match cell {
                Some(own) => heat::filled(canvas, corners.0, corners.1, &look(own), self.size),
                None => heat::gone(canvas, corners.0, corners.1),
            }
            canvas.tip(corners.0, corners.1, &tip(row, column, cell.as_ref()));
        }
        if let (Some(right), Some((_, worst))) = (self.layout.worst, row.fullest()) {
            let face = match worst.state {
                State::Full => Face {
                    role: Role::Full,
                    ..ink(SMALL, true)
                },
                _ => ink(SMALL, worst.state == State::BelowTarget),
            };
            let words = format!("{} %", percent(worst.utilization));
            self.frame
                .canvas
                .text(right, baseline, Anchor::End, face, &words);
        }
        self.frame.y += height;
    }

    /// How to read it, and what is left out.
    fn foot(&mut self) {
        self.frame.y += 10.0;
        let noun = &self.chart.noun;
        let mut note = format!(
            "A row is a site, a column one {noun} that fails, the worst first. A cell is how full the site's fullest resource is"
        );
        note.push_str(if self.size.is_some() {
            ", in % of what is left of it."
        } else {
            "."
        });
        self.frame.note(&note);
        let marks = self.columns().iter().any(|own| own.state != State::Fine);
        if marks {
            self.frame.note(
                "All in all, the network included: a square leaves users unserved or overloads something, a diamond misses a target, a disc holds.",
            );
        }
        let first = usize::from(self.layout.has_rest);
        let failures = self.layout.columns.saturating_sub(first);
        let left_out = [
            (
                self.chart.rows.len(),
                self.chart.sites_in_all,
                "sites",
                "fullest",
            ),
            (failures, self.chart.failures_in_all, "failures", "worst"),
        ];
        for (shown, all, what, which) in left_out {
            if shown < all {
                let all = numbers::users(all as f64);
                self.frame.note(&format!(
                    "Of {all} {what} the {shown} {which} are shown; site_utilization.csv has all."
                ));
            }
        }
    }
}

/// How a cell looks.
fn look(cell: &SiteCell) -> Filled {
    let mark = match cell.state {
        State::BelowTarget => Some(State::BelowTarget),
        State::Full if cell.utilization > 1.0 + FEASIBILITY => Some(State::Full),
        _ => None,
    };
    Filled {
        role: heat::shade(cell.utilization, cell.state),
        words: percent(cell.utilization),
        mark,
    }
}

/// `without Chicago`, or `no failure`.
fn without(column: &FailureColumn) -> String {
    if column.failing.id.is_empty() {
        column.failing.name.clone()
    } else {
        format!("without {}", column.failing.name)
    }
}

/// `without Chicago: 412,000 users unserved`.
fn verdict(column: &FailureColumn) -> String {
    let outcome = match column.state {
        State::Full if column.unserved > NOBODY => {
            format!("{} users unserved", numbers::users_up(column.unserved))
        }
        State::Full | State::BelowTarget => "a headroom target is missed".to_owned(),
        State::Fine | State::Gone => {
            "everyone is served, no target is missed by more than before".to_owned()
        }
    };
    format!("{}: {outcome}", without(column))
}

/// `Boydton, without Chicago: cpu 92.0 % full, target 10 % free`.
fn tip(row: &SiteRow, column: &FailureColumn, cell: Option<&SiteCell>) -> String {
    let told = cell.map_or_else(
        || "out of service".to_owned(),
        |own| {
            format!(
                "{} {} full, target {} free",
                own.resource,
                numbers::utilization(own.utilization),
                numbers::short_percent(own.target)
            )
        },
    );
    format!("{}, {}: {told}", row.site.name, without(column))
}
