//! What the chart of waves shows.

use crate::report::charts::font::Font;
use crate::report::span::Clock;
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
        self.sites.iter().map(|own| own.users_in).sum()
    }

    /// `−399,200 Amsterdam, +179,200 Frankfurt, …`: most users first, those who leave before those who enter.
    pub fn traffic(&self) -> String {
        self.entries(self.sites.len(), &|own| own.site.clone())
            .join(", ")
    }

    /// The parts of that sentence, each one whole: those of the sites with most users, as many as `most`, and how many
    /// more sites there are.
    pub(super) fn entries(
        &self,
        most: usize,
        name: &dyn Fn(&WaveTraffic) -> String,
    ) -> Vec<String> {
        let users = crate::report::numbers::users;
        let is_any = |own: &&WaveTraffic| own.most() > NOBODY;
        let mut sites: Vec<&WaveTraffic> = self.sites.iter().filter(is_any).collect();
        if sites.is_empty() {
            return vec!["nobody moves: steering only".to_owned()];
        }
        sites.sort_by(|a, b| b.most().total_cmp(&a.most()).then(a.site.cmp(&b.site)));
        let more = sites.len().saturating_sub(most);
        sites.truncate(most);
        // Those who leave, those who enter, and those who are new.
        let mut parts: Vec<(u8, f64, String)> = Vec::new();
        for own in sites {
            let name = name(own);
            if own.users_out > NOBODY {
                let words = format!("−{} {name}", users(own.users_out));
                parts.push((0, own.users_out, words));
            }
            if own.users_in > NOBODY {
                let words = format!("+{} {name}", users(own.users_in));
                parts.push((1, own.users_in, words));
            }
            if own.users_placed > NOBODY {
                let verb = match users(own.users_placed).as_str() {
                    "1" => "1 user is".to_owned(),
                    several => format!("{several} users are"),
                };
                parts.push((2, own.users_placed, format!("{verb} placed at {name}")));
            }
        }
        parts.sort_by(|a, b| {
            let order = a.0.cmp(&b.0).then(b.1.total_cmp(&a.1));
            order.then_with(|| a.2.cmp(&b.2))
        });
        let mut words: Vec<String> = parts.into_iter().map(|own| own.2).collect();
        match (more, most) {
            (0, _) => {}
            (_, 0) => words.push(format!("users of {more} sites")),
            (1, _) => words.push("and 1 more site".to_owned()),
            _ => words.push(format!("and {more} more sites")),
        }
        words
    }

    /// The same in at most `most` lines no wider than `width` pixels: whole parts are left out where there is no room,
    /// the sites with fewest users first, and only a name that is wider than a line is shortened.
    pub(super) fn lines(&self, font: Font, size: f64, width: f64, most: usize) -> Vec<String> {
        let name = |own: &WaveTraffic| {
            let number = crate::report::numbers::users(own.most());
            let beside = if own.users_placed > NOBODY {
                format!("{number} users are placed at ,")
            } else {
                format!("−{number} ,")
            };
            font.fit(&own.site, size, width - font.width(&beside, size))
        };
        let of = |kept: usize| -> Vec<String> {
            // A part stays on one line.
            let parts = self.entries(kept, &name);
            let parts: Vec<String> = parts.iter().map(|own| own.replace(' ', "\u{a0}")).collect();
            font.wrap(&parts.join(", "), size, width, usize::MAX)
        };
        let fits = |lines: &Vec<String>| {
            let is_whole = |line: &String| font.width(line, size) <= width;
            lines.len() <= most && lines.iter().all(is_whole)
        };
        let all = (1..=self.sites.len()).rev().map(of);
        all.into_iter().find(fits).unwrap_or_else(|| of(0))
    }
}

/// What the chart of waves shows.
#[derive(Debug, Clone, PartialEq)]
pub struct WavesChart {
    /// The finding.
    pub title: String,
    /// Its name.
    pub scenario: String,
    /// The offset in which instants are told.
    pub clock: Clock,
    /// When the period begins.
    pub period_start: Timestamp,
    /// Where one may stop.
    pub stops: String,
    /// In their order.
    pub waves: Vec<WaveBar>,
}
