//! Rows of the chart of ranked failures below 900 pixels: a bar of all tiers, and words below it.

use super::layout::{place, share};
use super::paint::{Painter, role_of_missing};
use super::{Impact, ImpactRow};
use crate::report::charts::canvas::{Anchor, whole};
use crate::report::charts::frame::{MUTED, SIZE, SMALL, ink};
use crate::report::charts::marks::HALF_BAR;
use crate::report::charts::palette::Role;
use crate::report::numbers;
use crate::units::NOBODY;

/// Height of a line of words.
const LINE: f64 = 18.0;

/// Free space below the words of a bar.
const BAR_GAP: f64 = 4.0;

/// Free space between cases.
const ROW_GAP: f64 = 8.0;

impl Painter<'_> {
    /// A case: its name, and for every recovery a bar with its words.
    pub(super) fn narrow_row(&mut self, row: &ImpactRow) {
        let font = self.frame.font();
        let (left, right) = (self.layout.left, self.layout.right);
        let name = font.fit(&row.failing.name, SIZE, right - left);
        let baseline = self.frame.y + SIZE;
        self.frame
            .canvas
            .text(left, baseline, Anchor::Start, ink(SIZE, false), &name);
        self.frame.y += SIZE * 1.5;
        for (recovery, impact) in self.chart.recoveries.iter().zip(&row.impacts) {
            let Some(impact) = impact else { continue };
            self.bar(impact);
            let mut told = self.parts(impact);
            if self.chart.recoveries.len() > 1 {
                told.insert(0, (*recovery).to_owned());
            }
            let parts: Vec<String> = told
                .iter()
                .map(|part| part.replace(' ', "\u{a0}"))
                .collect();
            for line in font.wrap(&parts.join("\u{a0}· "), SMALL, right - left, 3) {
                let line = line.trim_end_matches("\u{a0}·");
                let baseline = self.frame.y + SMALL;
                self.frame
                    .canvas
                    .text(left, baseline, Anchor::Start, MUTED, line);
                self.frame.y += LINE;
            }
            self.frame.y += BAR_GAP;
        }
        self.frame.y += ROW_GAP;
    }

    /// All tiers one after the other, or the missing share of a target.
    fn bar(&mut self, impact: &Impact) {
        let y = whole(self.frame.y + f64::from(HALF_BAR));
        let (top, bottom) = (y - HALF_BAR, y + HALF_BAR);
        let mut from = self.layout.left;
        let hurt = impact.unserved.iter().filter(|users| **users > NOBODY);
        let hurt: Vec<f64> = hurt.copied().collect();
        let canvas = &mut self.frame.canvas;
        for users in &hurt {
            let end = self.layout.end(from, *users);
            canvas.rectangle((whole(from), top), (end, bottom), Role::Full);
            // Two pixels of paper part a tier from the next.
            from = f64::from(end) + 2.0;
        }
        if let (true, Some(missing)) = (hurt.is_empty(), &impact.missing) {
            let (left, right) = (self.layout.left, self.layout.right);
            let end = left + (right - left) * missing.share.clamp(0.02, 1.0);
            canvas.rectangle((whole(left), top), (whole(right), bottom), Role::Track);
            canvas.rectangle(
                (whole(left), top),
                (whole(end), bottom),
                role_of_missing(impact),
            );
        }
        if !hurt.is_empty() || impact.missing.is_some() {
            self.frame.y += 2.0 * f64::from(HALF_BAR) + 4.0;
        }
    }

    /// What stands below the bar.
    fn parts(&self, impact: &Impact) -> Vec<String> {
        let mut parts = Vec::new();
        let tiers = self.chart.tiers.iter().zip(&impact.unserved);
        let tiers: Vec<_> = tiers.filter(|(_, users)| **users > NOBODY).collect();
        let all = numbers::users_up(impact.users());
        match tiers.as_slice() {
            [] => {}
            [(tier, _)] if self.chart.tiers.len() > 1 => {
                parts.push(format!("{all} of {tier} unserved"));
            }
            [_] => parts.push(format!("{all} unserved")),
            several => {
                parts.push(format!("{all} unserved"));
                let of_tier = |(tier, users): &(&String, &f64)| {
                    format!("{tier} {}", numbers::users_up(**users))
                };
                parts.extend(several.iter().map(of_tier));
            }
        }
        if impact.no_site_users() > NOBODY {
            let users = numbers::users_up(impact.no_site_users());
            parts.push(format!("{users} without a site"));
        }
        if let (Some(share), Some(place)) = (share(impact), place(impact)) {
            parts.push(if share.ends_with('%') {
                format!("{share} of the target of {place} missing")
            } else {
                format!("{place} {share}")
            });
        }
        if parts.is_empty() {
            parts.push("holds".to_owned());
        }
        parts
    }
}
