//! The chart of moves: users that move between sites, and unserved users.
//!
//! Bands lead from the sites left to the sites reached, as wide as their users are many. A matrix was the other
//! choice: it has space for every pair, but a reader has to compare numbers, while a band is seen. Bands stay
//! readable because a side names [`MOST_SITES`] sites at most and sums up the others as one, so nobody is
//! dropped, and both sides add up to everybody.

mod flow;
#[cfg(test)]
mod tests;

use self::flow::{MoveBand, MoveEnd, MoveFlow, MovePlace};
use super::chart::Drawn;
use super::kit::bands::{BandEnd, Bands, FlowBand};
use super::kit::frame::{ChartFrame, LegendKey};
use super::palette::Role;
use crate::report::moves::{moves_title, sorted};
use crate::report::{MoveRow, ShardFate, numbers};

/// How many sites a side of the chart names by default.
pub const MOST_SITES: usize = 10;

/// What the chart of moves of one period shows.
#[derive(Debug, Clone, PartialEq)]
pub struct MovesChart {
    /// The finding.
    pub title: String,
    /// Name of the scenario.
    pub scenario: String,
    /// The period as people read it.
    pub period: String,
    /// Who goes where, in any order.
    pub rows: Vec<MoveRow>,
    /// Most sites that a side names; the others are summed up.
    pub most_sites: usize,
}

impl MovesChart {
    /// A chart whose title is the finding of its rows.
    pub fn new(scenario: &str, period: &str, rows: Vec<MoveRow>, most_sites: usize) -> Self {
        Self {
            title: moves_title(&rows),
            scenario: scenario.to_owned(),
            period: period.to_owned(),
            rows,
            most_sites,
        }
    }
}

/// How many sites a side names at most where the picture is narrow: more would be a picture of many screens.
const MOST_NARROW: usize = 6;

impl Drawn for MovesChart {
    fn heading(&self) -> (&str, Vec<String>) {
        (
            &self.title,
            vec![self.scenario.clone(), self.period.clone()],
        )
    }

    fn draw(&self, frame: &mut ChartFrame) {
        let rows = sorted(self.rows.clone());
        let most = if frame.is_wide {
            self.most_sites
        } else {
            self.most_sites.min(MOST_NARROW)
        };
        let flow = MoveFlow::new(&rows, most);
        frame.legend(&keys(&flow));
        bands(&flow).draw(frame);
        if let Some(note) = note(&flow) {
            frame.note(&note);
        }
    }
}

/// Both sides and the bands between them.
fn bands(flow: &MoveFlow<'_>) -> Bands {
    let lost = flow
        .right
        .iter()
        .filter(|end| matches!(end.place, MovePlace::Nowhere(_)));
    let lost: Vec<f64> = lost.map(|end| end.users).collect();
    let lost_parts = numbers::whole_parts(&lost);
    let lost_part = |users: f64| {
        let position = lost
            .iter()
            .position(|value| value.total_cmp(&users).is_eq());
        position.map_or(users, |index| lost_parts[index])
    };
    let end = |end: &MoveEnd<'_>, is_left: bool| {
        let is_lost = matches!(end.place, MovePlace::Nowhere(_));
        BandEnd {
            number: if is_lost {
                numbers::users_up(lost_part(end.users))
            } else {
                numbers::some_users(end.users)
            },
            name: end.title.clone(),
            detail: end.detail.clone(),
            role: if is_lost { Role::Full } else { Role::Ink },
            tip: end_tip(end, is_left),
        }
    };
    let band = |band: &MoveBand| FlowBand {
        left: band.left,
        right: band.right,
        amount: band.users,
        role: role(band.fate),
        is_striped: band.is_copied,
        tip: band_tip(flow, band),
    };
    Bands {
        headings: ["users leave", "users arrive at"],
        sides: [(&flow.left, true), (&flow.right, false)]
            .map(|(side, is_left)| side.iter().map(|move_end| end(move_end, is_left)).collect()),
        between: flow.bands.iter().map(band).collect(),
    }
}

/// The colour of a fate.
fn role(fate: ShardFate) -> Role {
    match fate {
        ShardFate::Unserved => Role::Full,
        ShardFate::Moved => Role::Moved,
        ShardFate::Returned => Role::Home,
        ShardFate::Placed => Role::Opened,
    }
}

/// What the colours and the stripes mean: those that occur.
fn keys(flow: &MoveFlow<'_>) -> Vec<LegendKey<'static>> {
    let fates = [
        (ShardFate::Unserved, "unserved"),
        (ShardFate::Moved, "moved"),
        (ShardFate::Returned, "returned home"),
        (ShardFate::Placed, "placed for the first time"),
    ];
    let has = |is: &dyn Fn(&MoveBand) -> bool| flow.bands.iter().any(is);
    let mut keys: Vec<LegendKey<'static>> = fates
        .into_iter()
        .filter(|(fate, _)| has(&|band| band.fate == *fate))
        .map(|(fate, words)| LegendKey::patch(role(fate), words))
        .collect();
    if has(&|band| band.fate != ShardFate::Unserved && !band.is_copied) {
        keys.push(LegendKey::mark(
            30.0,
            "whole: replica takes over",
            |canvas, (x, y)| {
                canvas.rectangle((x - 15, y - 5), (x + 15, y + 5), Role::Muted);
            },
        ));
    }
    if has(&|band| band.is_copied) {
        keys.push(LegendKey::mark(
            36.0,
            "striped: data migrates",
            |canvas, (x, y)| {
                for from in (x - 18..x + 14).step_by(14) {
                    canvas.rectangle((from, y - 5), (from + 9, y + 5), Role::Muted);
                }
            },
        ));
    }
    keys
}

/// `249,500 users of Chicago, drained`, `249,500 users come to Ashburn, all copied`.
fn end_tip(end: &MoveEnd<'_>, is_left: bool) -> String {
    let count = numbers::some_users(end.users);
    let lost = numbers::users_up(end.users);
    let detail = match end.detail.as_str() {
        "" => String::new(),
        detail => format!(", {detail}"),
    };
    let title = &end.title;
    match end.place {
        MovePlace::New => format!("{count} users had no home yet"),
        MovePlace::Nowhere(None) => format!("{lost} users are unserved"),
        MovePlace::Nowhere(Some(_)) => format!("{lost} users are unserved: {title}"),
        _ if is_left => format!("{count} users of {title}{detail}"),
        _ => format!("{count} users arrive at {title}{detail}"),
    }
}

/// `Chicago to Ashburn: 381,000 users of 30 shards move, data migrates`.
fn band_tip(flow: &MoveFlow<'_>, band: &MoveBand) -> String {
    let (from, to) = (&flow.left[band.left].title, &flow.right[band.right].title);
    let shards = if band.shards == 1 { "shard" } else { "shards" };
    let what = match band.fate {
        ShardFate::Unserved => "",
        ShardFate::Moved => " move",
        ShardFate::Returned => " return home",
        ShardFate::Placed => " are placed",
    };
    let how = match (band.fate, band.is_copied) {
        (ShardFate::Unserved, _) => "",
        (_, true) => ", data migrates",
        (_, false) => ", replica takes over",
    };
    format!(
        "{from} to {to}: {} users of {} {shards}{what}{how}",
        numbers::some_users(band.users),
        numbers::users(band.shards as f64),
    )
}

/// What the picture sums up.
fn note(flow: &MoveFlow<'_>) -> Option<String> {
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
