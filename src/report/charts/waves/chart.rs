//! What the chart of waves shows, and its picture.

use super::{paint, table};
use crate::error::Result;
use crate::report::charts::chart::Chart;
use crate::report::span::Clock;
use jiff::Timestamp;

/// Users who leave and enter a site in a wave.
#[derive(Debug, Clone, PartialEq)]
pub struct WaveTraffic {
    /// What reports call the site.
    pub site: String,
    /// Users who leave.
    pub users_out: f64,
    /// Users who enter.
    pub users_in: f64,
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
        let users = crate::report::numbers::users;
        let mut parts: Vec<(bool, f64, String)> = Vec::new();
        for own in &self.sites {
            if own.users_out > crate::units::NOBODY {
                let words = format!("−{} {}", users(own.users_out), own.site);
                parts.push((false, own.users_out, words));
            }
            if own.users_in > crate::units::NOBODY {
                let words = format!("+{} {}", users(own.users_in), own.site);
                parts.push((true, own.users_in, words));
            }
        }
        parts.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
        if parts.is_empty() {
            return "nobody moves: steering only".to_owned();
        }
        let words: Vec<String> = parts.into_iter().map(|own| own.2).collect();
        words.join(", ")
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
    /// In their order.
    pub waves: Vec<WaveBar>,
}

impl Chart for WavesChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn svg(&self, width: u32) -> Result<String> {
        paint::svg(self, width)
    }

    fn csv(&self) -> Result<Vec<u8>> {
        table::csv(self)
    }
}
