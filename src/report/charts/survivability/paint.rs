//! Painting of the chart of survivability, from top to bottom.

use super::{SurvivabilityChart, TierSurvival};
use crate::error::Result;
use crate::report::charts::canvas::{Anchor, whole};
use crate::report::charts::font::ASCENT;
use crate::report::charts::frame::{Frame, Heading, Key, MUTED, SIZE, SMALL, SPACE, ink};
use crate::report::charts::palette::Role;
use crate::report::numbers;

/// Half the height of a bar.
const HALF_BAR: i32 = 8;

/// Height of a line.
const LINE: f64 = 26.0;

/// Height of a bar with its words above it.
const TALL_LINE: f64 = 44.0;

/// Free space between columns.
const GAP: f64 = 16.0;

/// Least pixels of a part of a bar: one tenant is seen.
const LEAST_BAR: f64 = 3.0;

/// The SVG of the chart.
pub(super) fn svg(chart: &SurvivabilityChart, width: u32) -> Result<String> {
    let about: Vec<&str> = chart.about.iter().map(String::as_str).collect();
    let heading = Heading {
        title: &chart.title,
        subtitle: &about,
    };
    let mut frame = Frame::new(width, &heading)?;
    let is_any = |of: &dyn Fn(&TierSurvival) -> bool| chart.tiers.iter().any(of);
    let mut keys = Vec::new();
    if is_any(&|own| own.survive.iter().any(|survive| *survive > 0)) {
        keys.push(Key::patch(Role::Fine, "tenants that no such failure hurts"));
    }
    if is_any(&|own| own.survive.iter().any(|survive| *survive < own.tenants)) {
        keys.push(Key::patch(
            Role::Full,
            "tenants that some such failure leaves with unserved users",
        ));
    }
    frame.legend(&keys);
    let columns = Columns::new(chart, &frame);
    for own in &chart.tiers {
        block(&mut frame, &columns, chart, own);
    }
    frame.y += 6.0;
    frame.note("A bar is all tenants that have users of the tier. Shares are rounded down.");
    frame.finish()
}

/// Where the columns stand.
struct Columns {
    /// Both ends of the bars.
    bars: (f64, f64),
    /// Right edge of the shares.
    share: f64,
}

impl Columns {
    fn new(chart: &SurvivabilityChart, frame: &Frame) -> Self {
        let font = frame.font();
        if !frame.is_wide {
            return Self {
                bars: (frame.left, frame.right),
                share: frame.right,
            };
        }
        let inner = frame.right - frame.left;
        let cases = chart.cases.iter().map(|own| font.width(own, SIZE));
        let cases = cases.fold(0.0, f64::max).min(inner * 0.3);
        let counts = chart.tiers.iter().flat_map(|own| {
            let survive = own.survive.iter();
            survive.map(move |survive| font.width(&counted(own, *survive), SMALL))
        });
        let counts = counts.fold(0.0, f64::max).min(inner * 0.25);
        let share = font.width("100.0 %", SIZE) + 1.0;
        let end = frame.right - counts - GAP;
        Self {
            bars: (frame.left + cases + GAP, end - share - GAP),
            share: end,
        }
    }
}

/// `288 of 300 tenants`.
fn counted(own: &TierSurvival, survive: usize) -> String {
    let tenants = if own.tenants == 1 {
        "tenant"
    } else {
        "tenants"
    };
    format!(
        "{} of {} {tenants}",
        numbers::users(survive as f64),
        numbers::users(own.tenants as f64)
    )
}

/// A tier: its name, and a bar for every number of failures.
fn block(frame: &mut Frame, columns: &Columns, chart: &SurvivabilityChart, own: &TierSurvival) {
    frame.y += 6.0;
    frame.heading(&own.tier);
    frame.y += SIZE * 1.6;
    for (cases, survive) in chart.cases.iter().zip(&own.survive) {
        let font = frame.font();
        let (left, right) = (frame.left, frame.right);
        let is_wide = frame.is_wide;
        let (height, centre, baseline) = if is_wide {
            let centre = frame.y + LINE / 2.0;
            (LINE, centre, centre + SIZE * 0.35)
        } else {
            (TALL_LINE, frame.y + 30.0, frame.y + SIZE * ASCENT)
        };
        let share = *survive as f64 / own.tenants.max(1) as f64;
        let share = numbers::headroom(share);
        let counted = counted(own, *survive);
        let canvas = &mut frame.canvas;
        if is_wide {
            let name = font.fit(cases, SIZE, columns.bars.0 - GAP - left);
            canvas.text(left, baseline, Anchor::Start, ink(SIZE, false), &name);
            canvas.text(
                columns.share,
                baseline,
                Anchor::End,
                ink(SIZE, true),
                &share,
            );
            let counted = font.fit(&counted, SMALL, right - columns.share - GAP);
            canvas.text(right, baseline, Anchor::End, MUTED, &counted);
        } else {
            let width = canvas.text(right, baseline, Anchor::End, ink(SIZE, true), &share);
            let name = font.fit(cases, SIZE, right - left - width - SPACE);
            let name_width = canvas.text(left, baseline, Anchor::Start, ink(SIZE, false), &name);
            let room = right - left - width - name_width - 3.0 * SPACE;
            if font.width(&counted, SMALL) <= room {
                let x = right - width - SPACE;
                canvas.text(x, baseline, Anchor::End, MUTED, &counted);
            }
        }
        bar(frame, columns, own, *survive, whole(centre));
        let corners = (
            (whole(left), whole(frame.y)),
            (whole(right), whole(frame.y + height)),
        );
        let told = format!("{}, {cases}: {counted}, {share}", own.tier);
        frame.canvas.tip(corners.0, corners.1, &told);
        frame.y += height;
    }
}

/// Those who survive, then the others; each of them is seen.
fn bar(frame: &mut Frame, columns: &Columns, own: &TierSurvival, survive: usize, y: i32) {
    let (from, to) = columns.bars;
    let share = survive as f64 / own.tenants.max(1) as f64;
    let mut end = (to - from).mul_add(share, from);
    if survive < own.tenants {
        end = end.min(to - LEAST_BAR);
    }
    if survive > 0 {
        end = end.max(from + LEAST_BAR);
    }
    let (from, end, to) = (whole(from), whole(end), whole(to));
    let canvas = &mut frame.canvas;
    if survive > 0 {
        canvas.rectangle((from, y - HALF_BAR), (end, y + HALF_BAR), Role::Fine);
    }
    if survive < own.tenants {
        // A pixel of paper parts them.
        let from = if survive > 0 { end + 1 } else { end };
        canvas.rectangle((from, y - HALF_BAR), (to, y + HALF_BAR), Role::Full);
    }
}
