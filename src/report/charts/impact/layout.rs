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

/// What stands for a share above 1.
const OVERLOADED: &str = "overloaded";

/// Least room of bars of users.
const LEAST_ROOM: f64 = 24.0;

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
    /// `true` if every tier has a column of its own, as it has in the wide form where it has room.
    pub(super) has_columns: bool,
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
    /// Left edge of the numbers of users without a site, if there are some.
    pub(super) no_site: Option<f64>,
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
        let narrow = Self {
            has_columns: false,
            left,
            right,
            names: right,
            recoveries: None,
            tiers: Vec::new(),
            no_site: None,
            missing: None,
            // Between the tiers stand a few pixels of paper.
            longest: inner - 4.0 * hurt.len() as f64,
            most: chart.impacts().map(Impact::users).fold(0.0, f64::max),
        };
        if !frame.is_wide {
            return narrow;
        }
        let of_tiers = chart.impacts().flat_map(|own| own.unserved.iter().copied());
        let of_tiers = of_tiers.fold(0.0, f64::max);
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
        let number = font.width(&numbers::users_up(of_tiers), SMALL);
        let without = chart.impacts().filter_map(without_a_site);
        let without = without.map(|users| font.width(&users, SMALL));
        let without = without.fold(0.0, f64::max);
        let of_without = if without > 0.0 {
            without.max(font.width(NO_SITE, SMALL)) + GAP
        } else {
            0.0
        };
        // Beside a bar of users stands their number.
        let beside = number + 2.0 * SPACE + GAP;
        let least = hurt.len() as f64 * (LEAST_ROOM + beside) + of_without;
        let of_share = MISSING_BAR + 2.0 * SPACE + font.width(OVERLOADED, SMALL);
        let (of_missing, is_fit) = if has_missing {
            let gap = if hurt.is_empty() { 0.0 } else { GAP };
            let left_over = right - from - gap - of_share - least;
            let of_where = where_words.fold(0.0, f64::max).min(left_over.max(0.0));
            // No narrower than its heading.
            let of_missing = (of_share + of_where).max(font.width(MISSING, SMALL));
            (of_missing + gap, right - from - of_missing - gap >= least)
        } else {
            (0.0, right - from >= least)
        };
        if !is_fit {
            return narrow;
        }
        let to = right - of_missing - of_without;
        let column = (to - from) / hurt.len().max(1) as f64;
        let tiers = hurt.iter().enumerate().map(|(index, tier)| Bars {
            tier: *tier,
            from: column.mul_add(index as f64, from),
            to: column.mul_add(index as f64 + 1.0, from),
        });
        let missing_from = if hurt.is_empty() {
            from
        } else {
            to + of_without + GAP
        };
        Self {
            has_columns: true,
            names,
            recoveries,
            tiers: tiers.collect(),
            no_site: (of_without > 0.0).then_some(to),
            missing: has_missing.then_some((missing_from, MISSING_BAR)),
            longest: column - beside,
            most: of_tiers,
            ..narrow
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

/// The heading of users without a site.
pub(super) const NO_SITE: &str = "no site";

/// The heading of missing headroom.
pub(super) const MISSING: &str = "missing of a headroom target";

/// Users of a tier unserved.
pub(super) fn of_tier(impact: &Impact, tier: usize) -> f64 {
    impact.unserved.get(tier).copied().unwrap_or(0.0)
}

/// Users without a site, where there are some.
pub(super) fn without_a_site(impact: &Impact) -> Option<String> {
    let users = impact.no_site_users();
    (users > NOBODY).then(|| numbers::users_up(users))
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
        OVERLOADED.to_owned()
    } else {
        numbers::short_percent_up(missing.share)
    })
}
