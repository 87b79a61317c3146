//! What the chart of exposure shows, and its picture.

use crate::error::Result;
use crate::report::charts::chart::Chart;
use crate::report::charts::tier_bars::{BarsOfTier, TierBars, svg};
use crate::report::numbers;

/// What the tenants of a tier lose if a silent fault is detected so late.
#[derive(Debug, Clone, PartialEq)]
pub struct Detected {
    /// Minutes from the fault to its detection.
    pub minutes: f64,
    /// How many tenants lose no more than a month's promise of the tier allows.
    pub within: usize,
    /// Minutes that each user of the tenant hit most loses, in the mean.
    pub worst_minutes: f64,
}

/// The tenants of a tier.
#[derive(Debug, Clone, PartialEq)]
pub struct TierExposure {
    /// Its name.
    pub tier: String,
    /// How many tenants have users of it.
    pub tenants: usize,
    /// Minutes without service that its promise allows in a month of 30 days.
    pub allowed_minutes: f64,
    /// The soonest detection first.
    pub detected: Vec<Detected>,
}

/// What the chart of exposure shows.
///
/// ```
/// use plimsoll::report::charts::exposure::{Detected, ExposureChart, TierExposure};
/// use plimsoll::report::charts::Chart;
/// let detected = |minutes: f64, within| Detected {
///     minutes,
///     within,
///     worst_minutes: 0.5 * minutes,
/// };
/// let chart = ExposureChart {
///     title: "A gray site costs 12 of 300 tenants of gold more than a month allows, if it is noticed after an hour".into(),
///     about: vec!["drain-chicago".into()],
///     tiers: vec![TierExposure {
///         tier: "gold".into(),
///         tenants: 300,
///         allowed_minutes: 43.2,
///         detected: vec![detected(30.0, 300), detected(60.0, 288)],
///     }],
/// };
/// let picture = chart.picture(1200)?;
/// assert!(picture.svg.contains(">96.0 %</text>"));
/// # Ok::<(), plimsoll::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ExposureChart {
    /// The finding.
    pub title: String,
    /// Scenario, period, what turns gray.
    pub about: Vec<String>,
    /// Tiers, the first rank first.
    pub tiers: Vec<TierExposure>,
}

impl Chart for ExposureChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn svg(&self, width: u32) -> Result<String> {
        let words = |own: &Detected| {
            format!(
                "after {} min: {} min a user",
                numbers::amount(own.minutes),
                numbers::amount(own.worst_minutes)
            )
        };
        let tiers = self.tiers.iter().map(|own| {
            let allowed = numbers::amount(own.allowed_minutes);
            let name = format!("{}, {allowed} min a month allowed", own.tier);
            (own, name, own.detected.iter().map(words).collect())
        });
        let tiers: Vec<(&TierExposure, String, Vec<String>)> = tiers.collect();
        let bars = tiers.iter().map(|(own, name, words)| BarsOfTier {
            tier: name,
            tenants: own.tenants,
            bars: (words.iter().map(String::as_str))
                .zip(own.detected.iter().map(|own| own.within))
                .collect(),
        });
        let bars = TierBars {
            title: &self.title,
            about: &self.about,
            kept: "tenants that lose no more than a month allows",
            lost: "tenants that may lose more",
            note: "A bar is all tenants with users of the tier, each by its worst fault. Beside it: when that is noticed, and \
                   what each user of the tenant hit most loses until then, in the mean. A month has 30 days.",
            tiers: bars.collect(),
        };
        svg(&bars, width)
    }
}
