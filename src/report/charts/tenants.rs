//! The tenants of each tier for which a condition holds, in several cases: those that survive 1, 2 or more failures, or stay
//! within their promise the later a silent fault is detected.
//!
//! A bar is all tenants of a tier: blue are those for which the condition holds, dark red the others.

use super::chart::Drawn;
use super::kit::canvas::{Canvas, whole};
use super::kit::columns::{Reflow, RowColumn};
use super::kit::frame::{ChartFrame, LegendKey};
use super::kit::rows::{CellArea, ChartRow, RowBlock, RowCell, RowTable};
use super::palette::Role;
use crate::report::numbers;

#[cfg(test)]
mod tests;

/// The tenants of a tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierBars {
    /// Its name, and what it promises.
    pub tier: String,
    /// How many tenants have users of it.
    pub tenants: usize,
    /// What is looked at, and how many of them it holds for.
    pub bars: Vec<(String, usize)>,
}

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

/// What the tenants of a tier lose to silent faults.
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

/// What a chart of tenants shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantsChart {
    /// The finding.
    pub title: String,
    /// Scenario, period, recovery.
    pub about: Vec<String>,
    /// Tiers, the first rank first.
    pub tiers: Vec<TierBars>,
    /// The words for both kinds of tenants in the legend, and the note below.
    words: [&'static str; 3],
}

impl TenantsChart {
    /// The tenants that survive every case of a number of failures, fewest failures first.
    pub fn survivability(title: String, about: Vec<String>, tiers: Vec<TierBars>) -> Self {
        let words = [
            "tenants that survive every such failure",
            "tenants that some such failure leaves with unserved users",
            "A bar is all tenants that have users of the tier. Shares are rounded down.",
        ];
        Self {
            title,
            about,
            tiers,
            words,
        }
    }

    /// Of how many tenants the worst silent fault costs no more than a month's promise allows.
    pub fn exposure(title: String, about: Vec<String>, tiers: &[TierExposure]) -> Self {
        let words = [
            "tenants that lose no more than a month allows",
            "tenants that may lose more",
            "A bar is all tenants with users of the tier, each by its worst fault. Beside it: when that is noticed, and \
             what each user of the tenant hit most loses until then, in the mean. A month has 30 days.",
        ];
        let bar = |detected: &Detected| {
            let (minutes, lost) = (detected.minutes, detected.worst_minutes);
            let [minutes, lost] = [minutes, lost].map(numbers::amount);
            let words = format!("after {minutes} min: {lost} min a user");
            (words, detected.within)
        };
        let tier = |tier_exposure: &TierExposure| {
            let allowed = numbers::amount(tier_exposure.allowed_minutes);
            TierBars {
                tier: format!("{}, {allowed} min a month allowed", tier_exposure.tier),
                tenants: tier_exposure.tenants,
                bars: tier_exposure.detected.iter().map(bar).collect(),
            }
        };
        Self {
            title,
            about,
            tiers: tiers.iter().map(tier).collect(),
            words,
        }
    }
}

impl Drawn for TenantsChart {
    fn heading(&self) -> (&str, Vec<String>) {
        (&self.title, self.about.clone())
    }

    fn draw(&self, frame: &mut ChartFrame) {
        let tiers = self.tiers.iter();
        let bars = tiers.flat_map(|tier| tier.bars.iter().map(|(_, kept)| (*kept, tier.tenants)));
        let bars: Vec<(usize, usize)> = bars.collect();
        let [kept, lost, note] = self.words;
        let is_kept = bars.iter().any(|(kept, _)| *kept > 0);
        let is_lost = bars.iter().any(|(kept, tenants)| kept < tenants);
        let keys = [(is_kept, Role::Fine, kept), (is_lost, Role::Full, lost)];
        let keys = keys.into_iter().filter(|(is_any, ..)| *is_any);
        let keys: Vec<LegendKey<'_>> = keys
            .map(|(_, role, words)| LegendKey::patch(role, words))
            .collect();
        frame.legend(&keys);
        let block = |tier_bars: &TierBars| RowBlock {
            heading: tier_bars.tier.clone(),
            rows: tier_bars
                .bars
                .iter()
                .map(|bar| tier_bars.row(bar))
                .collect(),
        };
        let table = RowTable {
            columns: vec![
                RowColumn::name(0.3),
                RowColumn::drawing(20.0, ""),
                RowColumn::numbers(Reflow::Value, ""),
                RowColumn::numbers(Reflow::Beside, "").share(0.25),
            ],
            blocks: self.tiers.iter().map(block).collect(),
            height: 26.0,
        };
        table.draw(frame);
        frame.y += 6.0;
        frame.note(note);
    }
}

impl TierBars {
    /// A case: its bar, the share and the number of tenants for which it holds.
    fn row(&self, (case, kept): &(String, usize)) -> ChartRow<'static> {
        let (kept, tenants) = (*kept, self.tenants);
        let share = numbers::headroom(kept as f64 / tenants.max(1) as f64);
        let counted = format!(
            "{} of {} {}",
            numbers::users(kept as f64),
            numbers::users(tenants as f64),
            if tenants == 1 { "tenant" } else { "tenants" }
        );
        let tip = format!("{}, {case}: {counted}, {share}", self.tier);
        let cells = vec![
            RowCell::plain(case),
            RowCell::drawing(move |canvas, area| bar(canvas, area, tenants, kept)),
            RowCell::strong(share),
            RowCell::muted(counted),
        ];
        ChartRow::new(cells, tip)
    }
}

/// Least pixels of a part of a bar: one tenant is seen.
const LEAST_BAR: f64 = 3.0;

/// The tenants for which it holds, then the others; each of them is visible.
fn bar(canvas: &mut Canvas, area: CellArea, tenants: usize, kept: usize) {
    let (from, to) = area.ends;
    let share = kept as f64 / tenants.max(1) as f64;
    let mut end = (to - from).mul_add(share, from);
    if kept < tenants {
        end = end.min(to - LEAST_BAR);
    }
    if kept > 0 {
        end = end.max(from + LEAST_BAR);
    }
    let (from, end, to) = (whole(from), whole(end), whole(to));
    let (top, bottom) = (area.y - 8, area.y + 8);
    if kept > 0 {
        canvas.rectangle((from, top), (end, bottom), Role::Fine);
    }
    if kept < tenants {
        // A pixel of paper parts them.
        let from = if kept > 0 { end + 1 } else { end };
        canvas.rectangle((from, top), (to, bottom), Role::Full);
    }
}
