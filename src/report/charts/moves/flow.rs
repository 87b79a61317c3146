//! Flow: the ends and bands of the chart of moves, without any geometry.

use crate::plan_files::{Cause, How, Reason};
use crate::report::{MoveRow, ShardFate, numbers, titles};
use std::collections::{BTreeMap, BTreeSet};

/// Where bands begin or end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum MovePlace<'a> {
    /// Unserved, with the cause where it is known.
    Nowhere(Option<Cause>),
    /// The site with this id.
    Site(&'a str),
    /// No home yet.
    New,
    /// All sites that are not named.
    Others,
}

/// One end of bands: a site, or what stands for many or none.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MoveEnd<'a> {
    /// Which.
    pub(super) place: MovePlace<'a>,
    /// What it is called.
    pub(super) title: String,
    /// Users of all its bands.
    pub(super) users: f64,
    /// Why they leave, or how they come.
    pub(super) detail: String,
}

/// Users of one fate who come in one manner from one end to another.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MoveBand {
    /// Position of the left end.
    pub(super) left: usize,
    /// Position of the right end.
    pub(super) right: usize,
    /// What becomes of them.
    pub(super) fate: ShardFate,
    /// Whether data migrates.
    pub(super) is_copied: bool,
    /// How many.
    pub(super) users: f64,
    /// Shards that they belong to.
    pub(super) shards: usize,
}

/// What the picture shows: both sides and the bands between them.
///
/// Invariant: the users of the left ends, of the right ends and of the bands each sum to those of the rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MoveFlow<'a> {
    /// The places left, most users first, what is summed up last.
    pub(super) left: Vec<MoveEnd<'a>>,
    /// The places reached in the same order, after those who reach none.
    pub(super) right: Vec<MoveEnd<'a>>,
    /// Ascending by left end, then right end, then fate; takeovers first.
    pub(super) bands: Vec<MoveBand>,
    /// Pairs of sites that are not shown on their own, and their users.
    pub(super) summed_up: (usize, f64),
}

impl<'a> MoveFlow<'a> {
    /// What rows that are sorted come to when a side names `most` sites.
    pub(super) fn new(rows: &'a [MoveRow], most: usize) -> Self {
        let left = side(rows, left_place, most, leaving);
        let right = side(rows, right_place, most, arriving);
        let index = |ends: &[MoveEnd<'_>], place: MovePlace<'_>| {
            let named = ends.iter().position(|end| end.place == place);
            named.unwrap_or(ends.len().saturating_sub(1))
        };
        let mut bands = BTreeMap::new();
        let mut pairs = BTreeMap::new();
        for row in rows {
            let ends = (
                index(&left, left_place(row)),
                index(&right, right_place(row)),
            );
            let is_copied = row.how == Some(How::Copy);
            let band = bands
                .entry((ends, row.fate(), is_copied))
                .or_insert((0.0, 0));
            band.0 += row.users;
            band.1 += row.shards;
            let is_merged =
                left[ends.0].place == MovePlace::Others || right[ends.1].place == MovePlace::Others;
            if is_merged {
                *pairs.entry((&row.from, &row.to)).or_insert(0.0) += row.users;
            }
        }
        Self {
            left,
            right,
            bands: bands
                .into_iter()
                .map(
                    |(((left, right), fate, is_copied), (users, shards))| MoveBand {
                        left,
                        right,
                        fate,
                        is_copied,
                        users,
                        shards,
                    },
                )
                .collect(),
            summed_up: (pairs.len(), pairs.values().sum()),
        }
    }
}

fn left_place(row: &MoveRow) -> MovePlace<'_> {
    row.from
        .as_ref()
        .map_or(MovePlace::New, |site| MovePlace::Site(&site.id))
}

fn right_place(row: &MoveRow) -> MovePlace<'_> {
    row.to
        .as_ref()
        .map_or(MovePlace::Nowhere(row.cause), |site| {
            MovePlace::Site(&site.id)
        })
}

/// The ends of one side: nowhere, sites by users, those without a home, and the sites not named.
fn side<'a>(
    rows: &'a [MoveRow],
    place: fn(&'a MoveRow) -> MovePlace<'a>,
    most: usize,
    detail: fn(&[&MoveRow]) -> String,
) -> Vec<MoveEnd<'a>> {
    let mut of_place = BTreeMap::<MovePlace<'a>, Vec<&'a MoveRow>>::new();
    for row in rows {
        of_place.entry(place(row)).or_default().push(row);
    }
    let users = |rows: &[&MoveRow]| -> f64 { rows.iter().map(|row| row.users).sum() };
    let all = rows.iter().flat_map(|row| [&row.from, &row.to]);
    let titles = titles(all.flatten());
    let mut ends: Vec<(MoveEnd<'a>, Vec<&'a MoveRow>)> = of_place
        .into_iter()
        .map(|(place, rows)| {
            let title = match place {
                MovePlace::Site(id) => titles.get(id).cloned().unwrap_or_default(),
                MovePlace::New => "no home yet".to_owned(),
                MovePlace::Nowhere(cause) => nowhere(cause).to_owned(),
                MovePlace::Others => String::new(),
            };
            let end = MoveEnd {
                place,
                title,
                users: users(&rows),
                detail: match place {
                    MovePlace::Site(_) => detail(&rows),
                    _ => String::new(),
                },
            };
            (end, rows)
        })
        .collect();
    let rank = |place| match place {
        MovePlace::Nowhere(_) => 0,
        MovePlace::Site(_) => 1,
        MovePlace::New => 2,
        MovePlace::Others => 3,
    };
    // Equal ones stay in the order of their ids.
    ends.sort_by(|(a, _), (b, _)| {
        rank(a.place)
            .cmp(&rank(b.place))
            .then(b.users.total_cmp(&a.users))
    });
    let is_site = |end: &MoveEnd<'_>| matches!(end.place, MovePlace::Site(_));
    let sites = ends.iter().filter(|(end, _)| is_site(end)).count();
    // One site is named rather than summed up on its own.
    if sites > most.max(1) + 1 {
        let mut seen = 0;
        let (named, merged): (Vec<_>, Vec<_>) = ends.into_iter().partition(|(end, _)| {
            seen += usize::from(is_site(end));
            !is_site(end) || seen <= most.max(1)
        });
        let of_merged: Vec<&MoveRow> = merged.iter().flat_map(|(_, rows)| rows).copied().collect();
        let others = MoveEnd {
            place: MovePlace::Others,
            title: format!("{} more sites", merged.len()),
            users: users(&of_merged),
            detail: String::new(),
        };
        ends = named;
        ends.push((others, of_merged));
    }
    ends.into_iter().map(|(end, _)| end).collect()
}

/// Why users are unserved, in a few words.
pub(super) fn nowhere(cause: Option<Cause>) -> &'static str {
    match cause {
        None => "unserved",
        Some(Cause::NoSite) => "no permitted site",
        Some(Cause::NoCapacity) => "no capacity",
        Some(Cause::MoveLimit) => "limit of moves",
    }
}

/// Users who go home after the events.
const HOME: &str = "returning home";

/// Why users leave a site: `drained`, `failed`, `rebalancing, returning home`.
fn leaving(rows: &[&MoveRow]) -> String {
    let words: BTreeSet<&str> = rows
        .iter()
        .filter_map(|row| match row.reason {
            Reason::Drained => Some("drained"),
            Reason::Failed => Some("failed"),
            Reason::Relief => Some("rebalancing"),
            Reason::Returned => Some(HOME),
            Reason::Unserved | Reason::Placed | Reason::Home => None,
        })
        .collect();
    if words.len() == 1 && words.contains(HOME) {
        // The colour says so.
        return String::new();
    }
    words.into_iter().collect::<Vec<_>>().join(", ")
}

/// How users come to a site: `all copied`, `38,000 copied`, `taken over`.
fn arriving(rows: &[&MoveRow]) -> String {
    let by = |how| -> f64 {
        rows.iter()
            .filter(|row| row.how == Some(how))
            .map(|row| row.users)
            .sum()
    };
    let (taken_over, copied) = (by(How::Takeover), by(How::Copy));
    match (taken_over > 0.0, copied > 0.0) {
        (true, true) => format!("{} copied", numbers::some_users(copied)),
        (false, true) => "all copied".to_owned(),
        (true, false) => "replicas take over".to_owned(),
        (false, false) => String::new(),
    }
}
