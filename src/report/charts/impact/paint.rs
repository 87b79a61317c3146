//! Painting of the chart of ranked failures: what wide and narrow form have in common.

use super::layout::Layout;
use super::{Impact, ImpactBlock, ImpactChart, ImpactRow};
use crate::error::Result;
use crate::report::charts::canvas::whole;
use crate::report::charts::chart::Chart;
use crate::report::charts::frame::{Frame, Heading, Key, SIZE};
use crate::report::charts::palette::Role;
use crate::report::numbers;
use crate::units::{FEASIBILITY, NOBODY};

/// A picture in the making.
pub(super) struct Painter<'a> {
    pub(super) chart: &'a ImpactChart,
    pub(super) layout: Layout,
    pub(super) frame: Frame,
}

impl Chart for ImpactChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn svg(&self, width: u32) -> Result<String> {
        svg(self, width)
    }
}

/// The SVG of the chart.
fn svg(chart: &ImpactChart, width: u32) -> Result<String> {
    let about: Vec<&str> = chart.about.iter().map(String::as_str).collect();
    let heading = Heading {
        title: &chart.title,
        subtitle: &about,
    };
    let frame = Frame::new(width, &heading)?;
    let layout = Layout::new(chart, &frame);
    let mut painter = Painter {
        chart,
        layout,
        frame,
    };
    let keys = painter.keys();
    painter.frame.legend(&keys);
    for block in chart.blocks.iter().filter(|block| !block.rows.is_empty()) {
        painter.block(block);
    }
    painter.foot();
    painter.frame.finish()
}

impl Painter<'_> {
    /// What the bars mean: those that occur.
    fn keys(&self) -> Vec<Key<'static>> {
        let is_any = |of: &dyn Fn(&Impact) -> bool| self.chart.impacts().any(of);
        let mut keys = Vec::new();
        let is_unserved = is_any(&|own| own.users() > NOBODY);
        let is_over = is_any(&|own| role_of_missing(own) == Role::Full);
        match (is_unserved, is_over) {
            (true, true) => keys.push(Key::patch(Role::Full, "users unserved; overloaded")),
            (true, false) => keys.push(Key::patch(Role::Full, "users unserved")),
            (false, true) => keys.push(Key::patch(Role::Full, "overloaded")),
            (false, false) => {}
        }
        if is_any(&|own| own.missing.is_some() && role_of_missing(own) != Role::Full) {
            keys.push(Key::patch(
                Role::BelowTarget,
                "missing of a headroom target",
            ));
        }
        keys
    }

    fn block(&mut self, block: &ImpactBlock) {
        self.frame.y += 8.0;
        if self.layout.has_columns {
            self.wide_heading(&block.heading);
        } else {
            self.frame.heading(&block.heading);
            self.frame.y += SIZE * 1.5;
        }
        for row in &block.rows {
            let top = self.frame.y;
            if self.layout.has_columns {
                self.wide_row(row);
            } else {
                self.narrow_row(row);
            }
            let (left, right) = (whole(self.layout.left), whole(self.layout.right));
            let told = self.tip(row);
            let bottom = whole(self.frame.y);
            self.frame
                .canvas
                .tip((left, whole(top)), (right, bottom), &told);
        }
    }

    /// `Boston + Dallas: 412,000 users unserved (12,000 gold, 400,000 silver)`.
    fn tip(&self, row: &ImpactRow) -> String {
        let outcomes = self.chart.recoveries.iter().zip(&row.impacts);
        let outcomes = outcomes.map(|(recovery, impact)| {
            let told = impact
                .as_ref()
                .map_or_else(|| "not looked at".to_owned(), |own| self.told(own));
            if self.chart.recoveries.len() > 1 {
                format!("{recovery} {told}")
            } else {
                told
            }
        });
        let outcomes: Vec<String> = outcomes.collect();
        format!("{}: {}", row.failing.name, outcomes.join("; "))
    }

    fn told(&self, impact: &Impact) -> String {
        let missing = impact.missing.as_ref().map(|own| {
            format!(
                "{} of the headroom target of {} {} missing",
                numbers::short_percent_up(own.share),
                own.component.name,
                own.resource
            )
        });
        let tiers = self.chart.tiers.iter().zip(&impact.unserved);
        let tiers: Vec<String> = tiers
            .filter(|(_, users)| **users > NOBODY)
            .map(|(tier, users)| format!("{} {tier}", numbers::users_up(*users)))
            .collect();
        let no_site = impact.no_site_users();
        let of_these = if no_site > NOBODY {
            format!(", {} of them without a site", numbers::users_up(no_site))
        } else {
            String::new()
        };
        let unserved = (!tiers.is_empty()).then(|| {
            format!(
                "{} users unserved ({}){of_these}",
                numbers::users_up(impact.users()),
                tiers.join(", ")
            )
        });
        let told: Vec<String> = [unserved, missing].into_iter().flatten().collect();
        if told.is_empty() {
            "holds".to_owned()
        } else {
            told.join(", ")
        }
    }

    /// What is left out.
    fn foot(&mut self) {
        self.frame.y += 10.0;
        if self.layout.has_columns && self.layout.tiers.len() > 1 {
            self.frame.note("Bars of all tiers are on one scale.");
        }
        for block in &self.chart.blocks {
            if block.rows.len() < block.in_all {
                let all = numbers::users(block.in_all as f64);
                self.frame.note(&format!(
                    "{}: of {all} that do not hold {} of the worst are shown; by_failure.csv has all.",
                    block.heading,
                    block.rows.len()
                ));
            }
        }
    }
}

/// The colour of the bar of missing headroom.
pub(super) fn role_of_missing(impact: &Impact) -> Role {
    match &impact.missing {
        Some(own) if own.share > 1.0 + FEASIBILITY => Role::Full,
        _ => Role::BelowTarget,
    }
}
