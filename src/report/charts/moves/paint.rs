//! Painting of the chart of moves: bands first, the largest beneath, then ends and their words.

use super::flow::{Band, End, Flow, Place};
use super::layout::{BAR, BESIDE, LINE, Layout, Placed, Rank, SPACE};
use super::{MovesChart, band};
use crate::error::Result;
use crate::report::Fate;
use crate::report::charts::canvas::{Anchor, Canvas, Face, whole};
use crate::report::charts::chart::Chart;
use crate::report::charts::font::ASCENT;
use crate::report::charts::frame::{Frame, Heading, Key, MUTED, SIZE, SMALL, ink, is_wide};
use crate::report::charts::palette::Role;
use crate::report::moves::sorted;
use crate::report::numbers;

/// Bands thinner than this lie beneath all others, so that threads do not cut up what is large.
const THREAD: f64 = 4.0;

/// How many sites a side names at most where the picture is narrow: more would be a picture of many screens.
const MOST_NARROW: usize = 6;

impl Chart for MovesChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn svg(&self, width: u32) -> Result<String> {
        let rows = sorted(self.rows.clone());
        let most = if is_wide(width) {
            self.most_sites
        } else {
            self.most_sites.min(MOST_NARROW)
        };
        svg(self, &Flow::new(&rows, most), width)
    }
}

/// The SVG of the chart.
fn svg(chart: &MovesChart, flow: &Flow<'_>, width: u32) -> Result<String> {
    let mut frame = Frame::new(
        width,
        &Heading {
            title: &chart.title,
            subtitle: &[&chart.scenario, &chart.period],
        },
    )?;
    frame.legend(&keys(flow));
    frame.y += 10.0;
    let headings = frame.y + SMALL * ASCENT;
    frame.y += SMALL * 2.0;
    let layout = Layout::new(flow, &frame);
    sides(
        &mut frame,
        headings,
        (layout.bars.0 - BESIDE, layout.bars.1 + BAR + BESIDE),
    );
    let mut order: Vec<usize> = (0..flow.bands.len()).collect();
    // Among the others small ones lie on top, where they are seen; equal ones stay in their order.
    let is_thread = |index: usize| {
        let (upper, lower) = layout.courses[index].from;
        lower - upper < THREAD
    };
    order.sort_by(|&a, &b| {
        is_thread(b)
            .cmp(&is_thread(a))
            .then(flow.bands[b].users.total_cmp(&flow.bands[a].users))
    });
    for index in order {
        band::draw(
            &mut frame.canvas,
            flow,
            &flow.bands[index],
            &layout,
            layout.courses[index],
        );
    }
    for (end, placed) in flow.left.iter().zip(&layout.left) {
        let x = layout.bars.0;
        let words = (x - BESIDE, Anchor::End);
        let edge = frame.left;
        draw_end(&mut frame.canvas, end, placed, x, words);
        tip(&mut frame.canvas, (edge, x), placed, &left_tip(end));
    }
    for (end, placed) in flow.right.iter().zip(&layout.right) {
        let x = layout.bars.1;
        let words = (x + BAR + BESIDE, Anchor::Start);
        let edge = frame.right;
        draw_end(&mut frame.canvas, end, placed, x, words);
        tip(&mut frame.canvas, (x, edge), placed, &right_tip(end));
    }
    frame.y = layout.bottom + 18.0;
    if let Some(note) = note(flow) {
        frame.note(&note);
    }
    frame.finish()
}

/// What the colours and the stripes mean: those that occur.
fn keys(flow: &Flow<'_>) -> Vec<Key<'static>> {
    let fates = [
        (Fate::Unserved, "left without a place"),
        (Fate::Moved, "moved"),
        (Fate::Returned, "gone home"),
        (Fate::Placed, "given a first home"),
    ];
    let has = |is: &dyn Fn(&Band) -> bool| flow.bands.iter().any(is);
    let mut keys: Vec<Key<'static>> = fates
        .into_iter()
        .filter(|(fate, _)| has(&|band| band.fate == *fate))
        .map(|(fate, words)| Key::patch(band::role(fate), words))
        .collect();
    if has(&|band| band.fate != Fate::Unserved && !band.is_copied) {
        keys.push(Key {
            width: 30.0,
            words: "whole: a copy takes over",
            mark: Box::new(|canvas, (x, y)| {
                canvas.rectangle((x - 15, y - 5), (x + 15, y + 5), Role::Muted);
            }),
        });
    }
    if has(&|band| band.is_copied) {
        keys.push(Key {
            width: 36.0,
            words: "striped: data must travel",
            mark: Box::new(|canvas, (x, y)| {
                for from in (x - 18..x + 14).step_by(14) {
                    canvas.rectangle((from, y - 5), (from + 9, y + 5), Role::Muted);
                }
            }),
        });
    }
    keys
}

/// What the two sides are; as the words below them that of the left one ends at `left` and that of the right one
/// begins at `right` where there is room.
fn sides(frame: &mut Frame, baseline: f64, (left, right): (f64, f64)) {
    let face = Face {
        role: Role::Muted,
        ..ink(SMALL, true)
    };
    let (leave, reach) = ("users leave", "users come to");
    let width = frame.canvas.font.width(reach, SMALL);
    let right = right.min(frame.right - width);
    let left = left.max(frame.left + frame.canvas.font.width(leave, SMALL));
    let canvas = &mut frame.canvas;
    canvas.text(left, baseline, Anchor::End, face, leave);
    canvas.text(right, baseline, Anchor::Start, face, reach);
}

/// The bar and the words of an end.
fn draw_end(
    canvas: &mut Canvas,
    end: &End<'_>,
    placed: &Placed,
    x: f64,
    (at, anchor): (f64, Anchor),
) {
    let is_lost = matches!(end.place, Place::Nowhere(_));
    let role = if is_lost { Role::Full } else { Role::Ink };
    canvas.rectangle(
        (whole(x), whole(placed.top)),
        (whole(x + BAR), whole(placed.bottom)),
        role,
    );
    let middle = f64::midpoint(placed.top, placed.bottom);
    let mut top = middle - placed.words.len() as f64 * LINE / 2.0;
    for line in &placed.words {
        let baseline = top + LINE * 0.72;
        let width = line.width(canvas.font);
        let mut x = match anchor {
            Anchor::End => at - width,
            Anchor::Start | Anchor::Middle => at,
        };
        for (rank, words) in &line.parts {
            let face = match rank {
                Rank::Number => Face {
                    role,
                    ..ink(SIZE, true)
                },
                Rank::Name => Face {
                    role,
                    ..ink(SIZE, false)
                },
                Rank::Detail => MUTED,
            };
            x += canvas.text(x, baseline, Anchor::Start, face, words) + SPACE;
        }
        top += LINE;
    }
}

/// What the pointer tells on an end's words.
fn tip(canvas: &mut Canvas, (from, to): (f64, f64), placed: &Placed, words: &str) {
    let middle = f64::midpoint(placed.top, placed.bottom);
    let half = (placed.words.len() as f64 * LINE).max(placed.bottom - placed.top) / 2.0;
    canvas.tip(
        (whole(from), whole(middle - half)),
        (whole(to), whole(middle + half)),
        words,
    );
}

/// `249,500 users leave Chicago, drained`.
fn left_tip(end: &End<'_>) -> String {
    let count = numbers::some_users(end.users);
    match (end.place, end.detail.as_str()) {
        (Place::New, _) => format!("{count} users had no home yet"),
        (_, "") => format!("{count} users of {}", end.title),
        (_, detail) => format!("{count} users of {}, {detail}", end.title),
    }
}

/// `249,500 users come to Ashburn, all copied`.
fn right_tip(end: &End<'_>) -> String {
    match (end.place, end.detail.as_str()) {
        (Place::Nowhere(None), _) => format!(
            "{} users are left without a place",
            numbers::users_up(end.users)
        ),
        (Place::Nowhere(Some(_)), _) => format!(
            "{} users are left without a place: {}",
            numbers::users_up(end.users),
            end.title
        ),
        (_, "") => format!(
            "{} users come to {}",
            numbers::some_users(end.users),
            end.title
        ),
        (_, detail) => format!(
            "{} users come to {}, {detail}",
            numbers::some_users(end.users),
            end.title
        ),
    }
}

/// What the picture sums up.
fn note(flow: &Flow<'_>) -> Option<String> {
    let (pairs, users) = flow.summed_up;
    let pairs = match pairs {
        0 => return None,
        1 => "1 more pair of sites".to_owned(),
        more => format!("{} more pairs of sites", numbers::users(more as f64)),
    };
    Some(format!(
        "{pairs} with {} users are summed up as more sites; moves.csv and unserved.csv have them all.",
        numbers::some_users(users)
    ))
}
