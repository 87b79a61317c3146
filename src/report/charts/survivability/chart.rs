//! What the chart of survivability shows, and its picture.

use crate::error::Result;
use crate::report::charts::chart::Chart;
use crate::report::charts::tier_bars::{BarsOfTier, TierBars, svg};

/// How many failures at once the tenants of a tier survive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierSurvival {
    /// Its name.
    pub tier: String,
    /// How many tenants have users of it.
    pub tenants: usize,
    /// By row of `cases`, how many tenants no such failure leaves with unserved users of the tier.
    pub survive: Vec<usize>,
}

/// What the chart of survivability shows.
///
/// ```
/// use plimsoll::report::charts::survivability::{SurvivabilityChart, TierSurvival};
/// use plimsoll::report::charts::Chart;
/// let chart = SurvivabilityChart {
///     title: "288 of 300 tenants of gold survive the failure of any single site".into(),
///     about: vec!["drain-chicago".into()],
///     cases: vec!["no failure".into(), "any single site".into()],
///     tiers: vec![TierSurvival { tier: "gold".into(), tenants: 300, survive: vec![300, 288] }],
/// };
/// let picture = chart.picture(1200)?;
/// assert!(picture.svg.contains(">96.0 %</text>"));
/// # Ok::<(), plimsoll::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurvivabilityChart {
    /// The finding.
    pub title: String,
    /// Scenario, period, recovery.
    pub about: Vec<String>,
    /// What is survived, fewest failures first: `any pair of sites`.
    pub cases: Vec<String>,
    /// Tiers, the first rank first.
    pub tiers: Vec<TierSurvival>,
}

impl Chart for SurvivabilityChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn svg(&self, width: u32) -> Result<String> {
        let tiers = self.tiers.iter().map(|own| BarsOfTier {
            tier: &own.tier,
            tenants: own.tenants,
            bars: (self.cases.iter().map(String::as_str))
                .zip(own.survive.iter().copied())
                .collect(),
        });
        let bars = TierBars {
            title: &self.title,
            about: &self.about,
            kept: "tenants that no such failure hurts",
            lost: "tenants that some such failure leaves with unserved users",
            note: "A bar is all tenants that have users of the tier. Shares are rounded down.",
            tiers: tiers.collect(),
        };
        svg(&bars, width)
    }
}
