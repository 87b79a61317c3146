//! What the chart of ranked failures shows.

use crate::report::Named;
use crate::report::headroom::State;
use crate::units::{FEASIBILITY, NOBODY};

/// The worst missing share of a headroom target, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct MissingAt {
    /// Share of the target; above 1 is overload.
    pub share: f64,
    /// Where.
    pub component: Named,
    /// Of which resource.
    pub resource: String,
}

/// What a case comes to under one recovery.
#[derive(Debug, Clone, PartialEq)]
pub struct Impact {
    /// Users unserved, by tier.
    pub unserved: Vec<f64>,
    /// Of these, whom no site can serve where they may be; empty where a rule answers, which looks for no other sites.
    pub no_site: Vec<f64>,
    /// What headroom is missing at worst; `None` if no target is missed.
    pub missing: Option<MissingAt>,
}

impl Impact {
    /// Users unserved of all tiers.
    pub fn users(&self) -> f64 {
        self.unserved.iter().sum()
    }

    /// Of those unserved, whom no site can serve where they may be.
    pub fn no_site_users(&self) -> f64 {
        self.no_site.iter().sum()
    }

    /// How it is to be judged.
    pub fn state(&self) -> State {
        if self.users() > NOBODY {
            State::Full
        } else if let Some(missing) = &self.missing {
            if missing.share > 1.0 + FEASIBILITY {
                State::Full
            } else {
                State::BelowTarget
            }
        } else {
            State::Fine
        }
    }
}

/// A case.
#[derive(Debug, Clone, PartialEq)]
pub struct ImpactRow {
    /// What fails: ids joined by `+`, and what it is called.
    pub failing: Named,
    /// What it comes to, one for each recovery; `None` was not looked at.
    pub impacts: Vec<Option<Impact>>,
}

/// Cases of one number of failures.
#[derive(Debug, Clone, PartialEq)]
pub struct ImpactBlock {
    /// What they are, such as `single sites`.
    pub heading: String,
    /// The worst of those that do not hold, the worst first.
    pub rows: Vec<ImpactRow>,
    /// How many do not hold.
    pub in_all: usize,
}

/// What the chart of ranked failures shows, in the order in which it is shown.
///
/// ```
/// use plimsoll::report::charts::impact::{Impact, ImpactBlock, ImpactChart, ImpactRow};
/// use plimsoll::report::{Named, charts::Chart};
/// let chart = ImpactChart {
///     title: "San Antonio is the worst failure: 412,000 users stay unserved".into(),
///     about: vec!["drain-chicago".into()],
///     tiers: vec!["gold".into(), "silver".into()],
///     recoveries: vec!["replan"],
///     blocks: vec![ImpactBlock {
///         heading: "Single sites".into(),
///         rows: vec![ImpactRow {
///             failing: Named::new("sat", "San Antonio"),
///             impacts: vec![Some(Impact { unserved: vec![12_000.0, 400_000.0], no_site: vec![], missing: None })],
///         }],
///         in_all: 1,
///     }],
/// };
/// let picture = chart.picture(1200)?;
/// assert!(picture.svg.contains(">12,000</text>") && picture.svg.contains(">400,000</text>"));
/// # Ok::<(), plimsoll::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ImpactChart {
    /// The finding.
    pub title: String,
    /// Scenario, period, recovery.
    pub about: Vec<String>,
    /// Names of the tiers, the first rank first.
    pub tiers: Vec<String>,
    /// Words of the recoveries.
    pub recoveries: Vec<&'static str>,
    /// By number of failures.
    pub blocks: Vec<ImpactBlock>,
}

impl ImpactChart {
    /// Every impact shown.
    pub(super) fn impacts(&self) -> impl Iterator<Item = &Impact> {
        let rows = self.blocks.iter().flat_map(|block| &block.rows);
        rows.flat_map(|row| row.impacts.iter().flatten())
    }
}
