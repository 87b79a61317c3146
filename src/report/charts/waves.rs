//! Waves on an axis of time: when each runs and is watched, who leaves and enters which site, when all has to be done.

#[cfg(test)]
mod tests;

use super::chart::Drawn;
use super::kit::canvas::{Canvas, whole};
use super::kit::columns::{AxisSpace, Reflow, RowColumn};
use super::kit::font::Font;
use super::kit::frame::{ChartFrame, LegendKey, SMALL};
use super::kit::marks;
use super::kit::rows::{CellArea, ChartRow, RowBlock, RowCell, RowTable};
use super::kit::time::TimeAxis;
use super::palette::Role;
use crate::report::numbers;
use crate::report::span::{Clock, spoken};
use crate::units::NOBODY;
use jiff::Timestamp;

/// Users who leave and enter a site in a wave.
#[derive(Debug, Clone, PartialEq)]
pub struct WaveTraffic {
    /// What reports call the site.
    pub site: String,
    /// Users who leave.
    pub users_out: f64,
    /// Users who enter, from another site or back to where they are homed.
    pub users_in: f64,
    /// Users of shards that get their first home there.
    pub users_placed: f64,
}

impl WaveTraffic {
    /// The largest of its numbers.
    fn most(&self) -> f64 {
        self.users_out.max(self.users_in).max(self.users_placed)
    }
}

/// One wave.
#[derive(Debug, Clone, PartialEq)]
pub struct WaveBar {
    /// Counted from 1 in its period.
    pub number: u32,
    /// First instant.
    pub start: Timestamp,
    /// First instant of the gate.
    pub end: Timestamp,
    /// First instant after the gate.
    pub gate_end: Timestamp,
    /// Sites that somebody enters or leaves.
    pub sites: Vec<WaveTraffic>,
}

impl WaveBar {
    /// Users who enter a site.
    pub fn users(&self) -> f64 {
        self.sites
            .iter()
            .map(|wave_traffic| wave_traffic.users_in)
            .sum()
    }

    /// `−399,200 Amsterdam, +179,200 Frankfurt, …`: most users first, those who leave before those who enter.
    pub fn traffic(&self) -> String {
        self.entries(self.sites.len(), &|wave_traffic| wave_traffic.site.clone())
            .join(", ")
    }

    /// The parts of that sentence, each one whole: those of the sites with most users, as many as `most`, and how many
    /// more sites there are.
    fn entries(&self, most: usize, name: &dyn Fn(&WaveTraffic) -> String) -> Vec<String> {
        let users = numbers::users;
        let is_any = |wave_traffic: &&WaveTraffic| wave_traffic.most() > NOBODY;
        let mut sites: Vec<&WaveTraffic> = self.sites.iter().filter(is_any).collect();
        if sites.is_empty() {
            return vec!["no users move: steering only".to_owned()];
        }
        sites.sort_by(|a, b| b.most().total_cmp(&a.most()).then(a.site.cmp(&b.site)));
        let more = sites.len().saturating_sub(most);
        sites.truncate(most);
        // Those who leave, those who enter, and those who are new.
        let mut parts: Vec<(u8, f64, String)> = Vec::new();
        for wave_traffic in sites {
            let name = name(wave_traffic);
            if wave_traffic.users_out > NOBODY {
                let words = format!("−{} {name}", users(wave_traffic.users_out));
                parts.push((0, wave_traffic.users_out, words));
            }
            if wave_traffic.users_in > NOBODY {
                let words = format!("+{} {name}", users(wave_traffic.users_in));
                parts.push((1, wave_traffic.users_in, words));
            }
            if wave_traffic.users_placed > NOBODY {
                let verb = match users(wave_traffic.users_placed).as_str() {
                    "1" => "1 user is".to_owned(),
                    several => format!("{several} users are"),
                };
                parts.push((
                    2,
                    wave_traffic.users_placed,
                    format!("{verb} placed at {name}"),
                ));
            }
        }
        parts.sort_by(|a, b| {
            let order = a.0.cmp(&b.0).then(b.1.total_cmp(&a.1));
            order.then_with(|| a.2.cmp(&b.2))
        });
        let mut words: Vec<String> = parts.into_iter().map(|part| part.2).collect();
        match (more, most) {
            (0, _) => {}
            (_, 0) => words.push(format!("users of {more} sites")),
            (1, _) => words.push("and 1 more site".to_owned()),
            _ => words.push(format!("and {more} more sites")),
        }
        words
    }

    /// The same in at most `most` lines no wider than `width` pixels: whole parts are left out where they do not fit,
    /// the sites with fewest users first, and only a name that is wider than a line is shortened.
    fn lines(&self, font: Font, size: f64, width: f64, most: usize) -> Vec<String> {
        let name = |wave_traffic: &WaveTraffic| {
            let number = numbers::users(wave_traffic.most());
            let beside = if wave_traffic.users_placed > NOBODY {
                format!("{number} users are placed at ,")
            } else {
                format!("−{number} ,")
            };
            font.fit(&wave_traffic.site, size, width - font.width(&beside, size))
        };
        let of = |kept: usize| -> Vec<String> {
            // A part stays on one line.
            let parts = self.entries(kept, &name);
            let parts: Vec<String> = parts
                .iter()
                .map(|part| part.replace(' ', "\u{a0}"))
                .collect();
            font.wrap(&parts.join(", "), size, width, usize::MAX)
        };
        let fits = |lines: &Vec<String>| {
            let is_whole = |line: &String| font.width(line, size) <= width;
            lines.len() <= most && lines.iter().all(is_whole)
        };
        let all = (1..=self.sites.len()).rev().map(of);
        all.into_iter().find(fits).unwrap_or_else(|| of(0))
    }

    /// The text for the pointer.
    fn tip(&self) -> String {
        format!(
            "Wave {}: {} minutes, then {} minutes of hold; {}",
            self.number,
            self.end.duration_since(self.start).as_mins(),
            self.gate_end.duration_since(self.end).as_mins(),
            self.traffic()
        )
    }
}

/// What the chart of waves shows.
#[derive(Debug, Clone, PartialEq)]
pub struct WavesChart {
    /// The finding.
    pub title: String,
    /// Its name.
    pub scenario: String,
    /// The offset of instants.
    pub clock: Clock,
    /// When the period begins.
    pub period_start: Timestamp,
    /// Where one may stop.
    pub stops: String,
    /// `true` if its plan is refused: nothing of it is to be begun.
    pub is_refused: bool,
    /// The first or the last instant that is allowed, where the waves need more time than that.
    pub allowed: Option<Timestamp>,
    /// Why it is refused, a sentence; empty if it is not.
    pub because: String,
    /// In their order.
    pub waves: Vec<WaveBar>,
}

/// Half the height of a wave's bar.
const HALF: i32 = 7;

/// Lines of words below a bar at most, and where they are short.
const MOST_LINES: (usize, usize) = (2, 3);

/// Waves that are shown at most; all are in waves.csv.
const MOST: usize = 24;

impl Drawn for WavesChart {
    fn heading(&self) -> (&str, Vec<String>) {
        let (from, to) = self.span();
        let when = spoken(self.clock.offset, from, to);
        (&self.title, vec![self.scenario.clone(), when])
    }

    fn draw(&self, frame: &mut ChartFrame) {
        let shown = &self.waves[..self.waves.len().min(MOST)];
        frame.legend(&self.keys(shown));
        let (from, to) = self.span();
        let axis = move |ends| TimeAxis::new(from, to, ends);
        let ticks = move |space: AxisSpace| {
            let label = |at| [self.clock.moment(at), String::new()];
            axis(space.ends).round(space.font, &self.clock, label)
        };
        let rows = shown
            .iter()
            .map(|wave_bar| self.row(wave_bar, axis))
            .collect();
        let rows = RowTable {
            columns: vec![
                RowColumn::name(0.2),
                RowColumn::drawing(f64::from(2 * HALF + 6), "").over(ticks),
                RowColumn::words(Reflow::Under, ""),
            ],
            blocks: vec![RowBlock::from(("", rows))],
            height: 26.0,
        };
        rows.draw(frame);
        frame.y += 8.0;
        let begins = self.clock.moment(self.period_start);
        let more = match self.waves.len() - shown.len() {
            0 => String::new(),
            more => format!(" {more} more waves are in waves.csv."),
        };
        let stops = &self.stops;
        if !self.because.is_empty() {
            frame.note(&self.because);
        }
        frame.note(&format!("The period begins at {begins}. {stops}{more}"));
    }
}

impl WavesChart {
    /// The first and the last instant that is shown.
    fn span(&self) -> (Timestamp, Timestamp) {
        let shown = self.waves.iter().take(MOST);
        let bounds = shown.flat_map(|wave_bar| [wave_bar.start, wave_bar.gate_end]);
        let begins = self.period_start;
        bounds
            .chain(self.allowed)
            .fold((begins, begins), |span, at| {
                (span.0.min(at), span.1.max(at))
            })
    }

    /// A wave: its bar and its gate, and below them who leaves and enters which site.
    fn row<'a>(
        &'a self,
        wave: &'a WaveBar,
        axis: impl Fn((f64, f64)) -> TimeAxis + 'a,
    ) -> ChartRow<'a> {
        let bar =
            RowCell::drawing(move |canvas, area| self.bar(canvas, wave, &axis(area.ends), area));
        let traffic = RowCell::lines(move |frame, width| {
            let (wide, narrow) = MOST_LINES;
            let most = if frame.is_wide { wide } else { narrow };
            wave.lines(frame.font(), SMALL, width, most)
        });
        let name = RowCell::plain(format!("Wave {}", wave.number));
        ChartRow::new(vec![name, bar, traffic], wave.tip()).space(6.0)
    }

    fn bar(&self, canvas: &mut Canvas, wave: &WaveBar, axis: &TimeAxis, area: CellArea) {
        let [start, end, gate, period] =
            [wave.start, wave.end, wave.gate_end, self.period_start].map(|at| axis.x(at));
        let y = area.y;
        if gate > end + 0.5 {
            let corners = ((whole(end), y - HALF + 3), (whole(gate), y + HALF - 3));
            canvas.rectangle(corners.0, corners.1, Role::Grid);
        }
        let (from, to) = (
            (whole(start), y - HALF),
            (whole(end.max(start + 2.0)), y + HALF),
        );
        let role = wave.role();
        if self.is_refused && to.0 - from.0 > 6 {
            marks::hatched(canvas, from, to, role);
        } else {
            canvas.rectangle(from, to, role);
        }
        let (x, (top, bottom)) = (whole(period), area.row);
        canvas.rectangle((x - 1, top), (x + 1, bottom), Role::Ink);
        if let Some(allowed) = self.allowed {
            marks::limit(canvas, whole(axis.x(allowed)), top, bottom);
        }
    }
}

impl WaveBar {
    /// Pink where users move, grey where only their access points change.
    fn role(&self) -> Role {
        if self
            .sites
            .iter()
            .any(|wave_traffic| wave_traffic.most() > NOBODY)
        {
            Role::Moved
        } else {
            Role::Gone
        }
    }
}

impl WavesChart {
    /// What the legend explains: only what is drawn.
    fn keys(&self, shown: &[WaveBar]) -> Vec<LegendKey<'static>> {
        let is_refused = self.is_refused;
        let bar = |role: Role, words: &'static str, refused: &'static str| {
            let is_any = shown.iter().any(|wave_bar| wave_bar.role() == role);
            let words = if is_refused { refused } else { words };
            is_any.then(|| {
                LegendKey::mark(20.0, words, move |canvas, (x, y)| {
                    let (from, to) = ((x - 10, y - HALF), (x + 10, y + HALF));
                    if is_refused {
                        marks::hatched(canvas, from, to, role);
                    } else {
                        canvas.rectangle(from, to, role);
                    }
                })
            })
        };
        let moves = bar(Role::Moved, "users move", "users move (refused)");
        let steers = bar(
            Role::Gone,
            "steering only: no users move",
            "steering only (refused)",
        );
        let has_gate = shown
            .iter()
            .any(|wave_bar| wave_bar.gate_end > wave_bar.end);
        let gate = has_gate.then(|| LegendKey::patch(Role::Grid, "hold: watch before the next"));
        let begins = LegendKey::mark(6.0, "the period begins", |canvas, (x, y)| {
            canvas.rectangle((x - 1, y - 8), (x + 1, y + 8), Role::Ink);
        });
        let allowed = self.allowed.map(|at| {
            let side = if at > self.period_start {
                "until"
            } else {
                "from"
            };
            let words = format!("time allowed {side} {}", self.clock.moment(at));
            LegendKey::mark(6.0, words, |canvas, (x, y)| {
                marks::limit(canvas, x, y - 8, y + 8);
            })
        });
        let bars = moves.into_iter().chain(steers).chain(gate);
        bars.chain([begins]).chain(allowed).collect()
    }
}
