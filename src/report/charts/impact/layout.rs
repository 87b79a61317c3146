//! Layout of the chart of ranked failures: which columns there are, and where they stand.

use super::{Impact, ImpactChart};
use crate::report::charts::canvas::whole;
use crate::report::charts::frame::{Frame, SIZE, SMALL, SPACE};
use crate::report::numbers;
use crate::units::{FEASIBILITY, NOBODY};

/// Free space between columns.
pub(super) const GAP: f64 = 18.0;

/// Least pixels of a bar: one user is seen.
const LEAST_BAR: f64 = 2.0;

/// Longest bar of missing headroom in the wide form.
const MISSING_BAR: f64 = 90.0;

/// A column of bars.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bars {
    /// Which tier it counts.
    pub(super) tier: usize,
    /// Left edge.
    pub(super) from: f64,
    /// Left edge of the next column.
    pub(super) to: f64,
}

/// Where the columns stand.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    /// Left edge of the contents.
    pub(super) left: f64,
    /// Right edge of the contents.
    pub(super) right: f64,
    /// Right edge of the names.
    pub(super) names: f64,
    /// Left edge of the words of recoveries, where there are several.
    pub(super) recoveries: Option<f64>,
    /// A column for every tier that has users unserved.
    pub(super) tiers: Vec<Bars>,
    /// Left edge of missing headroom, and the longest bar of it, if some is missing.
    pub(super) missing: Option<(f64, f64)>,
    /// Pixels of the longest bar of users.
    pub(super) longest: f64,
    /// Most users of any bar.
    most: f64,
}

impl Layout {
    /// Where the columns of a picture stand.
    pub(super) fn new(chart: &ImpactChart, frame: &Frame) -> Self {
        let font = frame.font();
        let (left, right) = (frame.left, frame.right);
        let inner = right - left;
        let rows = || chart.blocks.iter().flat_map(|block| &block.rows);
        let hurt: Vec<usize> = (0..chart.tiers.len())
            .filter(|tier| chart.impacts().any(|own| of_tier(own, *tier) > NOBODY))
            .collect();
        let has_missing = chart.impacts().any(|own| own.missing.is_some());
        let is_wide = frame.is_wide;
        let most = if is_wide {
            let of_tiers = chart.impacts().flat_map(|own| own.unserved.iter().copied());
            of_tiers.fold(0.0, f64::max)
        } else {
            chart.impacts().map(Impact::users).fold(0.0, f64::max)
        };
        if !is_wide {
            return Self {
                left,
                right,
                names: right,
                recoveries: None,
                tiers: Vec::new(),
                missing: None,
                longest: inner,
                most,
            };
        }
        let name = rows().map(|row| font.width(&row.failing.name, SIZE));
        // No narrower than the headings of blocks.
        let headings = chart
            .blocks
            .iter()
            .map(|own| font.width(&own.heading, SIZE));
        let name = name.chain(headings).fold(0.0, f64::max).min(inner * 0.26);
        let names = left + name;
        let words = chart.recoveries.iter().map(|own| font.width(own, SMALL));
        let recovery = words.fold(0.0, f64::max);
        let recoveries = (chart.recoveries.len() > 1).then_some(names + GAP);
        let from = recoveries.map_or(names, |from| from + recovery) + GAP;
        let where_words = chart
            .impacts()
            .filter_map(|own| Some(font.width(&place(own)?, SMALL)));
        let where_room = where_words.fold(0.0, f64::max).min(inner * 0.22);
        let share = font.width("overloaded", SMALL) + SPACE;
        let of_missing = if has_missing {
            // No narrower than its heading.
            (MISSING_BAR + SPACE + share + where_room).max(font.width(MISSING, SMALL))
        } else {
            0.0
        };
        let to = if hurt.is_empty() || !has_missing {
            right
        } else {
            right - of_missing - GAP
        };
        let column = (to - from) / hurt.len().max(1) as f64;
        let tiers: Vec<Bars> = hurt
            .iter()
            .enumerate()
            .map(|(index, tier)| Bars {
                tier: *tier,
                from: column.mul_add(index as f64, from),
                to: column.mul_add(index as f64 + 1.0, from),
            })
            .collect();
        let number = font.width(&numbers::users_up(most), SMALL);
        let missing_from = if hurt.is_empty() { from } else { to + GAP };
        Self {
            left,
            right,
            names,
            recoveries,
            tiers,
            missing: has_missing.then_some((missing_from, MISSING_BAR)),
            longest: (column - number - 2.0 * SPACE - GAP).max(20.0),
            most,
        }
    }

    /// The end of a bar of so many users that begins at `from`.
    pub(super) fn end(&self, from: f64, users: f64) -> i32 {
        let length = self.longest * users / self.most.max(1.0);
        whole(
            from + if users > NOBODY {
                length.max(LEAST_BAR)
            } else {
                0.0
            },
        )
    }
}

/// The heading of missing headroom.
pub(super) const MISSING: &str = "missing of a headroom target";

/// Users of a tier unserved.
pub(super) fn of_tier(impact: &Impact, tier: usize) -> f64 {
    impact.unserved.get(tier).copied().unwrap_or(0.0)
}

/// Where headroom is missing.
pub(super) fn place(impact: &Impact) -> Option<String> {
    let missing = impact.missing.as_ref()?;
    Some(format!("{} {}", missing.component.name, missing.resource))
}

/// How much of a target is missing.
pub(super) fn share(impact: &Impact) -> Option<String> {
    let missing = impact.missing.as_ref()?;
    Some(if missing.share > 1.0 + FEASIBILITY {
        "overloaded".to_owned()
    } else {
        numbers::short_percent_up(missing.share)
    })
}
