//! Bars of tenants, tier by tier: how many of them something holds for, in several cases. From top to bottom.

use super::canvas::{Anchor, whole};
use super::font::ASCENT;
use super::frame::{Frame, Heading, Key, MUTED, SIZE, SMALL, SPACE, ink};
use super::palette::Role;
use crate::error::Result;
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

/// What is drawn.
pub(super) struct TierBars<'a> {
    /// The finding.
    pub(super) title: &'a str,
    /// Scenario, period and the like.
    pub(super) about: &'a [String],
    /// Whom it holds for, and whom it does not, for the legend.
    pub(super) kept: &'a str,
    pub(super) lost: &'a str,
    /// What is said below.
    pub(super) note: &'a str,
    /// Tiers, the first rank first.
    pub(super) tiers: Vec<BarsOfTier<'a>>,
}

/// The bars of a tier.
pub(super) struct BarsOfTier<'a> {
    /// Its name.
    pub(super) tier: &'a str,
    /// How many tenants have users of it.
    pub(super) tenants: usize,
    /// What is looked at, and how many of them it holds for.
    pub(super) bars: Vec<(&'a str, usize)>,
}

/// The SVG of bars.
pub(super) fn svg(chart: &TierBars<'_>, width: u32) -> Result<String> {
    let about: Vec<&str> = chart.about.iter().map(String::as_str).collect();
    let heading = Heading {
        title: chart.title,
        subtitle: &about,
    };
    let mut frame = Frame::new(width, &heading)?;
    let is_any = |of: &dyn Fn(usize, usize) -> bool| {
        let tiers = chart.tiers.iter();
        let mut bars = tiers.flat_map(|own| own.bars.iter().map(|(_, kept)| (*kept, own.tenants)));
        bars.any(|(kept, tenants)| of(kept, tenants))
    };
    let mut keys = Vec::new();
    if is_any(&|kept, _| kept > 0) {
        keys.push(Key::patch(Role::Fine, chart.kept));
    }
    if is_any(&|kept, tenants| kept < tenants) {
        keys.push(Key::patch(Role::Full, chart.lost));
    }
    frame.legend(&keys);
    let columns = Columns::new(chart, &frame);
    for own in &chart.tiers {
        block(&mut frame, &columns, own);
    }
    frame.y += 6.0;
    frame.note(chart.note);
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
    fn new(chart: &TierBars<'_>, frame: &Frame) -> Self {
        let font = frame.font();
        if !frame.is_wide {
            return Self {
                bars: (frame.left, frame.right),
                share: frame.right,
            };
        }
        let inner = frame.right - frame.left;
        let tiers = || chart.tiers.iter();
        let cases = tiers().flat_map(|own| own.bars.iter().map(|(case, _)| font.width(case, SIZE)));
        let cases = cases.fold(0.0, f64::max).min(inner * 0.3);
        let counts = tiers().flat_map(|own| {
            let bars = own.bars.iter();
            bars.map(move |(_, kept)| font.width(&counted(own, *kept), SMALL))
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
fn counted(own: &BarsOfTier<'_>, kept: usize) -> String {
    let tenants = if own.tenants == 1 {
        "tenant"
    } else {
        "tenants"
    };
    format!(
        "{} of {} {tenants}",
        numbers::users(kept as f64),
        numbers::users(own.tenants as f64)
    )
}

/// A tier: its name, and its bars.
fn block(frame: &mut Frame, columns: &Columns, own: &BarsOfTier<'_>) {
    frame.y += 6.0;
    frame.heading(own.tier);
    frame.y += SIZE * 1.6;
    for (cases, kept) in &own.bars {
        let font = frame.font();
        let (left, right) = (frame.left, frame.right);
        let is_wide = frame.is_wide;
        let (height, centre, baseline) = if is_wide {
            let centre = frame.y + LINE / 2.0;
            (LINE, centre, centre + SIZE * 0.35)
        } else {
            (TALL_LINE, frame.y + 30.0, frame.y + SIZE * ASCENT)
        };
        let share = *kept as f64 / own.tenants.max(1) as f64;
        let share = numbers::headroom(share);
        let counted = counted(own, *kept);
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
        bar(frame, columns, (own.tenants, *kept), whole(centre));
        let corners = (
            (whole(left), whole(frame.y)),
            (whole(right), whole(frame.y + height)),
        );
        let told = format!("{}, {cases}: {counted}, {share}", own.tier);
        frame.canvas.tip(corners.0, corners.1, &told);
        frame.y += height;
    }
}

/// Those whom it holds for, then the others; each of them is seen.
fn bar(frame: &mut Frame, columns: &Columns, (tenants, kept): (usize, usize), y: i32) {
    let (from, to) = columns.bars;
    let share = kept as f64 / tenants.max(1) as f64;
    let mut end = (to - from).mul_add(share, from);
    if kept < tenants {
        end = end.min(to - LEAST_BAR);
    }
    if kept > 0 {
        end = end.max(from + LEAST_BAR);
    }
    let (from, end, to) = (whole(from), whole(end), whole(to));
    let canvas = &mut frame.canvas;
    if kept > 0 {
        canvas.rectangle((from, y - HALF_BAR), (end, y + HALF_BAR), Role::Fine);
    }
    if kept < tenants {
        // A pixel of paper parts them.
        let from = if kept > 0 { end + 1 } else { end };
        canvas.rectangle((from, y - HALF_BAR), (to, y + HALF_BAR), Role::Full);
    }
}
