//! Rows of the chart of ranked failures from 900 pixels on: a line for every recovery, a column for every tier.

use super::layout::{GAP, MISSING, NO_SITE, of_tier, place, share, without_a_site};
use super::paint::{Painter, role_of_missing};
use super::{Impact, ImpactRow};
use crate::report::charts::canvas::{Anchor, Face, whole};
use crate::report::charts::font::ASCENT;
use crate::report::charts::frame::{MUTED, SIZE, SMALL, SPACE, ink};
use crate::report::charts::marks::HALF_BAR;
use crate::report::charts::palette::Role;
use crate::report::headroom::State;
use crate::report::numbers;
use crate::units::NOBODY;

/// Height of a line.
const LINE: f64 = 26.0;

/// Least room in which it is told where headroom is missing.
const LEAST_PLACE: f64 = 30.0;

/// Height of a line where several belong to one case.
const CLOSE: f64 = 20.0;

impl Painter<'_> {
    /// The heading of a block and of its columns.
    pub(super) fn wide_heading(&mut self, heading: &str) {
        let baseline = self.frame.y + SIZE * ASCENT;
        let font = self.frame.font();
        let room =
            self.layout.recoveries.unwrap_or(self.layout.names + GAP) - GAP - self.layout.left;
        let first = self.layout.tiers.first().map(|own| own.from);
        let first = first.or(self.layout.missing.map(|(from, _)| from));
        let room = first.map_or(room, |from| from - GAP - self.layout.left);
        let fitted = font.fit(heading, SIZE, room);
        let canvas = &mut self.frame.canvas;
        canvas.text(
            self.layout.left,
            baseline,
            Anchor::Start,
            ink(SIZE, true),
            &fitted,
        );
        for bars in &self.layout.tiers {
            let tier = &self.chart.tiers[bars.tier];
            let room = bars.to - bars.from - GAP;
            let words = format!("{tier}, users unserved");
            let is_fit = font.width(&words, SMALL) <= room;
            let fitted = font.fit(if is_fit { &words } else { tier }, SMALL, room);
            canvas.text(bars.from, baseline, Anchor::Start, MUTED, &fitted);
        }
        if let Some(from) = self.layout.no_site {
            canvas.text(from, baseline, Anchor::Start, MUTED, NO_SITE);
        }
        if let Some((from, _)) = self.layout.missing {
            canvas.text(from, baseline, Anchor::Start, MUTED, MISSING);
        }
        self.frame.y += SIZE * 1.7;
    }

    /// A case: its name, and a line for every recovery.
    pub(super) fn wide_row(&mut self, row: &ImpactRow) {
        let font = self.frame.font();
        let height = if row.impacts.len() > 1 { CLOSE } else { LINE };
        let name = font.fit(
            &row.failing.name,
            SIZE,
            self.layout.names - self.layout.left,
        );
        let baseline = self.frame.y + height / 2.0 + SIZE * 0.35;
        let left = self.layout.left;
        self.frame
            .canvas
            .text(left, baseline, Anchor::Start, ink(SIZE, false), &name);
        for (recovery, impact) in self.chart.recoveries.iter().zip(&row.impacts) {
            let centre = self.frame.y + height / 2.0;
            if let Some(x) = self.layout.recoveries {
                let baseline = centre + SMALL * 0.35;
                self.frame
                    .canvas
                    .text(x, baseline, Anchor::Start, MUTED, recovery);
            }
            if let Some(impact) = impact {
                self.line(impact, centre);
            }
            self.frame.y += height;
        }
        if row.impacts.len() > 1 {
            self.frame.y += 8.0;
        }
    }

    /// What one recovery makes of a case.
    fn line(&mut self, impact: &Impact, centre: f64) {
        let font = self.frame.font();
        let (y, baseline) = (whole(centre), centre + SMALL * 0.35);
        let is_calm = impact.state() == State::Fine;
        for (index, bars) in self.layout.tiers.iter().enumerate() {
            let users = of_tier(impact, bars.tier);
            let end = self.layout.end(bars.from, users);
            let canvas = &mut self.frame.canvas;
            canvas.rectangle(
                (whole(bars.from), y - HALF_BAR),
                (end, y + HALF_BAR),
                Role::Full,
            );
            let (words, face) = if users > NOBODY {
                (numbers::users_up(users), ink(SMALL, true))
            } else if is_calm && index == 0 {
                ("holds".to_owned(), MUTED)
            } else if is_calm {
                continue;
            } else {
                ("0".to_owned(), MUTED)
            };
            let x = if users > NOBODY {
                f64::from(end) + SPACE
            } else {
                bars.from
            };
            canvas.text(x, baseline, Anchor::Start, face, &words);
        }
        if let (Some(from), Some(users)) = (self.layout.no_site, without_a_site(impact)) {
            let face = ink(SMALL, true);
            self.frame
                .canvas
                .text(from, baseline, Anchor::Start, face, &users);
        }
        let Some((from, longest)) = self.layout.missing else {
            return;
        };
        let canvas = &mut self.frame.canvas;
        let (Some(missing), Some(share), Some(place)) =
            (&impact.missing, share(impact), place(impact))
        else {
            if is_calm && self.layout.tiers.is_empty() {
                canvas.text(from, baseline, Anchor::Start, MUTED, "holds");
            }
            return;
        };
        let role = role_of_missing(impact);
        let end = whole(from + longest * missing.share.clamp(0.02, 1.0));
        let track = (whole(from), whole(from + longest));
        canvas.rectangle(
            (track.0, y - HALF_BAR),
            (track.1, y + HALF_BAR),
            Role::Track,
        );
        canvas.rectangle((track.0, y - HALF_BAR), (end, y + HALF_BAR), role);
        let face = match role {
            Role::Full => Face {
                role,
                ..ink(SMALL, true)
            },
            _ => ink(SMALL, true),
        };
        let x = from + longest + SPACE;
        let width = canvas.text(x, baseline, Anchor::Start, face, &share);
        let x = x + width + SPACE;
        let room = self.layout.right - x;
        if room >= LEAST_PLACE {
            let fitted = font.fit(&place, SMALL, room);
            canvas.text(x, baseline, Anchor::Start, MUTED, &fitted);
        }
    }
}
