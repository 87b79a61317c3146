//! Painting of the chart of pairs, from top to bottom.

use super::layout::{GAP, Layout, shown, words};
use super::{PairCell, PairsChart};
use crate::error::Result;
use crate::report::charts::canvas::{Anchor, Canvas, Point, whole};
use crate::report::charts::chart::Chart;
use crate::report::charts::frame::{Frame, Heading, Key, SMALL, ink};
use crate::report::charts::heat::{self, Filled};
use crate::report::charts::palette::Role;
use crate::report::headroom::State;
use crate::report::numbers;
use crate::units::NOBODY;

/// Least side of a square: one user is seen.
const LEAST_SIDE: f64 = 3.0;

impl Chart for PairsChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn svg(&self, width: u32) -> Result<String> {
        svg(self, width)
    }
}

/// The SVG of the chart.
fn svg(chart: &PairsChart, width: u32) -> Result<String> {
    let about: Vec<&str> = chart.about.iter().map(String::as_str).collect();
    let heading = Heading {
        title: &chart.title,
        subtitle: &about,
    };
    let frame = Frame::new(width, &heading)?;
    let layout = Layout::new(chart, &frame);
    let most = shown(chart, layout.members)
        .map(|own| own.unserved)
        .fold(0.0, f64::max);
    let mut painter = Painter {
        chart,
        layout,
        frame,
        most,
    };
    let told = painter.told_sizes();
    let keys = painter.keys(&told);
    painter.frame.legend(&keys);
    drop(keys);
    painter.frame.y += 6.0;
    for index in 0..painter.layout.members {
        painter.row(index);
    }
    painter.foot();
    painter.frame.finish()
}

struct Painter<'a> {
    chart: &'a PairsChart,
    layout: Layout,
    frame: Frame,
    /// Most users unserved of any cell shown.
    most: f64,
}

impl Painter<'_> {
    fn has(&self, of: impl Fn(&PairCell) -> bool) -> bool {
        shown(self.chart, self.layout.members).any(of)
    }

    /// The side of the square of so many users: its area is as large as they are many.
    fn side(&self, users: f64) -> i32 {
        let whole_side = self.layout.cell.min(self.layout.height) - 1.0;
        let side = whole_side * (users / self.most.max(1.0)).sqrt();
        whole(side.max(LEAST_SIDE))
    }

    /// Sizes that the legend explains: users and words, the most first.
    fn told_sizes(&self) -> Vec<(f64, String)> {
        if self.layout.size.is_some() || !self.has(|own| own.unserved > NOBODY) {
            return Vec::new();
        }
        let most = (
            self.most,
            format!("{} users unserved", numbers::users_up(self.most)),
        );
        // A tenth of the most, as a round number.
        let tenth = 10_f64.powf((self.most / 10.0).log10().floor());
        let tenth = tenth * (self.most / 10.0 / tenth).round();
        let is_told = tenth >= 1.0 && self.side(tenth) < self.side(self.most);
        let few = is_told.then(|| (tenth, numbers::users(tenth)));
        std::iter::once(most).chain(few).collect()
    }

    /// What the cells mean: those that occur.
    fn keys<'k>(&self, told: &'k [(f64, String)]) -> Vec<Key<'k>> {
        let mut keys = Vec::new();
        if self.layout.size.is_some() && self.has(|own| own.unserved > NOBODY) {
            keys.push(heat::key(Role::Full, None, "so many users unserved"));
        }
        for (users, words) in told {
            let side = self.side(*users);
            keys.push(Key {
                width: f64::from(side.max(8)),
                words,
                mark: Box::new(move |canvas, at| square(canvas, at, side)),
            });
        }
        if self.has(PairCell::is_overloaded) {
            let mark = Some(State::BelowTarget).filter(|_| self.layout.size.is_none());
            keys.push(heat::key(
                Role::Full,
                mark,
                "everyone served, something is overloaded",
            ));
        }
        if self.has(|own| own.state() == State::BelowTarget) {
            let (words, mark) = if self.layout.size.is_some() {
                (
                    "everyone served; so much of a headroom target is missing",
                    None,
                )
            } else {
                (
                    "everyone served, a headroom target is missed",
                    Some(State::BelowTarget),
                )
            };
            keys.push(heat::key(Role::BelowTarget, mark, words));
        }
        if self.has(|own| own.state() == State::Fine) {
            keys.push(heat::key(
                Role::Quarter,
                None,
                "everyone served, no target missed by more than before",
            ));
        }
        let rows = self.chart.cells.iter().take(self.layout.members);
        if rows.flatten().any(Option::is_none) {
            keys.push(Key {
                width: 12.0,
                words: "not looked at",
                mark: Box::new(dot),
            });
        }
        keys
    }

    /// What fails with each of those before it, and alone.
    fn row(&mut self, index: usize) {
        let font = self.frame.font();
        let (top, height) = (self.frame.y, self.layout.height);
        let baseline = top + height / 2.0 + SMALL * 0.35;
        let name = &self.chart.members[index].name;
        let fitted = font.fit(name, SMALL, self.layout.name);
        let canvas = &mut self.frame.canvas;
        if self.layout.has_names_on_both_sides {
            let right = self.layout.from - GAP;
            canvas.text(right, baseline, Anchor::End, ink(SMALL, false), &fitted);
        }
        let (from, to) = (whole(top), whole(top + height) - 1);
        for (other, cell) in self.chart.cells[index].iter().enumerate() {
            let (left, right) = self.layout.column(other);
            self.cell((left, from), (right, to), cell.as_ref());
            let told = self.tip(index, other, cell.as_ref());
            self.frame.canvas.tip((left, from), (right, to), &told);
        }
        let (_, right) = self.layout.column(index);
        let x = f64::from(right) + GAP;
        self.frame
            .canvas
            .text(x, baseline, Anchor::Start, ink(SMALL, false), &fitted);
        self.frame.y += height;
    }

    fn cell(&mut self, from: Point, to: Point, cell: Option<&PairCell>) {
        let middle = (i32::midpoint(from.0, to.0), i32::midpoint(from.1, to.1));
        let size = self.layout.size;
        let Some(cell) = cell else {
            dot(&mut self.frame.canvas, middle);
            return;
        };
        let filled = |role, mark| Filled {
            role,
            words: words(cell),
            mark,
        };
        match cell.state() {
            State::Full if cell.is_overloaded() => {
                let look = filled(Role::Full, Some(State::BelowTarget));
                heat::filled(&mut self.frame.canvas, from, to, &look, size);
            }
            State::Full if size.is_none() => {
                let side = self.side(cell.unserved);
                let canvas = &mut self.frame.canvas;
                canvas.rectangle(from, to, Role::Track);
                square(canvas, middle, side);
            }
            State::Full => heat::filled(
                &mut self.frame.canvas,
                from,
                to,
                &filled(Role::Full, None),
                size,
            ),
            State::BelowTarget => {
                let look = filled(Role::BelowTarget, Some(State::BelowTarget));
                heat::filled(&mut self.frame.canvas, from, to, &look, size);
            }
            State::Fine | State::Gone => {
                self.frame.canvas.rectangle(from, to, Role::Quarter);
            }
        }
    }

    /// `without Boston and Dallas: 412,000 users unserved`.
    fn tip(&self, index: usize, other: usize, cell: Option<&PairCell>) -> String {
        let names = |index: usize| self.chart.members[index].name.as_str();
        let who = if index == other {
            format!("without {} alone", names(index))
        } else {
            format!("without {} and {}", names(other), names(index))
        };
        let outcome = match cell {
            None => "not looked at".to_owned(),
            Some(own) => match own.state() {
                State::Full if own.is_overloaded() => {
                    "everyone is served, and something is overloaded".to_owned()
                }
                State::Full => {
                    let without = own.no_site.filter(|users| *users > NOBODY);
                    let without = without.map_or_else(String::new, |users| {
                        format!(
                            ", {} of them without a permitted site",
                            numbers::users_up(users)
                        )
                    });
                    format!(
                        "{} users unserved{without}",
                        numbers::users_up(own.unserved)
                    )
                }
                State::BelowTarget => format!(
                    "everyone is served, {} of a headroom target is missing",
                    numbers::short_percent_up(own.missing)
                ),
                State::Fine | State::Gone => {
                    "everyone is served, no target is missed by more than before".to_owned()
                }
            },
        };
        format!("{who}: {outcome}")
    }

    /// How to read it, and what is left out.
    fn foot(&mut self) {
        self.frame.y += 10.0;
        self.frame.note(&format!(
            "A cell is two {}s that fail at once: that of its row, and that whose name stands at the upper end of its column. On the diagonal, beside the names, one fails alone.",
            self.chart.noun
        ));
        let without = shown(self.chart, self.layout.members).filter_map(|own| own.no_site);
        let without = without.fold(0.0, f64::max);
        if without > NOBODY {
            self.frame.note(&format!(
                "Up to {} of the users unserved have no permitted site; by_failure.csv has them for each pair.",
                numbers::users_up(without)
            ));
        }
        let (shown, all) = (self.layout.members, self.chart.members_in_all);
        if shown < all {
            let all = numbers::users(all as f64);
            self.frame.note(&format!(
                "Of {all} {}s the {shown} whose pairs are worst are shown; by_failure.csv has every pair.",
                self.chart.noun
            ));
        }
    }
}

/// A square around a point.
fn square(canvas: &mut Canvas, (x, y): Point, side: i32) {
    let from = (x - side / 2, y - side / 2);
    canvas.rectangle(from, (from.0 + side, from.1 + side), Role::Full);
}

/// The mark of what was not looked at.
fn dot(canvas: &mut Canvas, at: Point) {
    canvas.disc(at, 1, Role::Gone);
}
