//! Moves: whether moves.csv has every change of site, and no other.

use super::ground::Ground;
use super::homes::Start;
use super::judge::{Expected, Judged, judge_things, number};
use super::parts::{Assignment, Part};
use super::period::Situation;
use super::report::{At, Report, Rule};
use crate::ids::SiteId;
use crate::plan_files::{How, Lined, MoveRow, Reason, Row, Text};
use crate::units::NOBODY;

/// Users of a shard who change site, whatever their current site.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Move {
    pub(super) shard: usize,
    pub(super) from: Option<SiteId>,
    pub(super) to: SiteId,
    pub(super) users: f64,
    pub(super) reason: Reason,
    how: How,
}

/// The changes of site of one period, in the order of the shards.
pub(super) fn moves(
    ground: &Ground<'_>,
    situation: &Situation,
    start: &Start<'_>,
    assignment: &Assignment,
) -> Vec<Move> {
    let mut all = Vec::new();
    for shard in 0..ground.inventory.shards.len() {
        let parts = assignment.of(shard);
        let mut add = |part: &Part, from: Option<SiteId>, to: SiteId, users: f64| {
            if from != Some(to) {
                all.push(Move {
                    shard,
                    from,
                    to,
                    users,
                    reason: true_reason(situation, start, shard, part),
                    how: if ground.has_copy(shard, to) {
                        How::Takeover
                    } else {
                        How::Copy
                    },
                });
            }
        };
        let whole = start.previous.whole(shard);
        if start.is_going_home(shard) && whole.is_none() {
            let shares = start.previous.shares(shard);
            for (part, from, to, users) in arrivals(&shares, parts) {
                add(part, from, to, users);
            }
            continue;
        }
        // Parts of several current sites that were at one have come from that.
        let mut pairs: Vec<(&Part, Option<SiteId>, SiteId, f64)> = Vec::new();
        for part in parts {
            let Some(to) = part.to else { continue };
            let from = whole.filter(|_| start.is_returning).unwrap_or(part.from);
            let same = pairs.iter().position(|(_, a, b, _)| (*a, *b) == (from, to));
            let Some(same) = same else {
                pairs.push((part, from, to, part.users));
                continue;
            };
            let (most, _, _, users) = &mut pairs[same];
            *users += part.users;
            if part.users > most.users {
                *most = part;
            }
        }
        for (part, from, to, users) in pairs {
            add(part, from, to, users);
        }
    }
    all
}

/// Why the users of a part stand where they stand.
pub(super) fn true_reason(
    situation: &Situation,
    start: &Start<'_>,
    shard: usize,
    part: &Part,
) -> Reason {
    match (part.from, part.to) {
        (_, None) => Reason::Unserved,
        (None, Some(_)) => Reason::Placed,
        (Some(from), Some(to)) if from == to => {
            if start.is_going_home(shard) {
                Reason::Returned
            } else {
                Reason::Home
            }
        }
        (Some(from), Some(_)) if situation.case.failed[from.index()] => Reason::Failed,
        (Some(from), Some(_)) if situation.case.gone[from.index()] => Reason::Drained,
        (Some(_), Some(_)) => Reason::Relief,
    }
}

/// Who comes from where when a split shard goes home: sites with fewer users than before give, sites with
/// more take, both in the order of the sites.
fn arrivals<'a>(
    shares: &[(Option<SiteId>, f64)],
    parts: &'a [Part],
) -> Vec<(&'a Part, Option<SiteId>, SiteId, f64)> {
    let total: f64 = parts.iter().map(|part| part.users).sum();
    let served_at = |site: Option<SiteId>| -> f64 {
        let parts = parts.iter().filter(|part| part.to == site);
        parts.map(|part| part.users).sum()
    };
    let left = |site: Option<SiteId>, share: f64| (share * total - served_at(site)).max(0.0);
    let giving = shares.iter();
    let mut giving: Vec<(Option<SiteId>, f64)> = giving
        .map(|(site, share)| (*site, left(*site, *share)))
        .collect();
    let mut all = Vec::new();
    for (index, first) in parts.iter().enumerate() {
        let Some(to) = first.to else {
            continue;
        };
        // Parts with one new site are one; most of them give the reason.
        if parts[..index].iter().any(|own| own.to == first.to) {
            continue;
        }
        let alike = parts[index..].iter().filter(|own| own.to == first.to);
        let part = alike.fold(
            first,
            |most, own| if own.users > most.users { own } else { most },
        );
        let had = shares
            .iter()
            .find(|(site, _)| *site == Some(to))
            .map_or(0.0, |(_, share)| share * total);
        let mut wanted = (served_at(Some(to)) - had).max(0.0);
        for (from, left) in &mut giving {
            let users = wanted.min(*left);
            if users > NOBODY {
                all.push((part, *from, to, users));
                *left -= users;
                wanted -= users;
            }
        }
    }
    all
}

/// Checks the rows of one period.
pub(super) fn check(
    ground: &Ground<'_>,
    period: usize,
    moves: &[Move],
    rows: &[&Lined<MoveRow>],
    report: &mut Report,
) {
    let known = rows.iter().copied();
    let known: Vec<&Lined<MoveRow>> = known
        .filter(|row| names_exist(ground, row, report))
        .collect();
    let key = |row: &MoveRow| {
        let site = |name: &str| ground.sites.get(name).copied();
        let from = row.from_site.as_deref().map(site);
        let shard = ground.shards.get(&row.shard)?;
        Some((shard.index(), from.flatten(), site(&row.to_site)?))
    };
    let things = moves.iter().map(|own| ((own.shard, own.from, own.to), own));
    let expected = |own: &Move| {
        let row = MoveRow {
            period: number(period),
            wave: None,
            shard: Text::from(ground.shard_name(own.shard)),
            users: own.users,
            from_site: own
                .from
                .map(|site| Text::from(ground.site_name(Some(site)))),
            to_site: Text::from(ground.site_name(Some(own.to))),
            how: own.how,
            reason: own.reason,
        };
        Expected::from(row).optional(own.users <= 0.0)
    };
    judge_things(known, key, things, expected, report);
}

/// P7701: shard and sites exist.
fn names_exist(ground: &Ground<'_>, row: &Lined<MoveRow>, report: &mut Report) -> bool {
    const RULE: Rule = Rule::new("P7701", "name shards and sites of the inventory");
    let (shard, to) = (&row.row.shard, &row.row.to_site);
    let from = row.row.from_site.as_deref();
    let is_site = |name: &str| ground.sites.contains_key(name);
    let mut all_exist = true;
    for (column, name, exists) in [
        ("shard", &**shard, ground.shards.get(shard).is_some()),
        (
            "from_site",
            from.unwrap_or_default(),
            from.is_none_or(is_site),
        ),
        ("to_site", &**to, is_site(to)),
    ] {
        if !exists {
            let at = At::cell(MoveRow::FILE, row.line, column);
            report.add(RULE, at, format!("`{name}`"), "a name of the inventory");
        }
        all_exist &= exists;
    }
    all_exist
}

impl Judged for MoveRow {
    const STRAY: Rule = Rule::new(
        "P7704",
        "remove the row, or move the shard in assignment.csv",
    );
    const AGAIN: Rule = Rule::new("P7702", "join the rows");
    const MISSING: Rule = Rule::new("P7703", "add the row");
    const NAMED_IN: &'static str = "shard";

    fn stray(&self, first: Option<u64>) -> [String; 2] {
        let shard = &self.shard;
        let both = match first {
            Some(first) => (format!("the move of line {first} again"), "one row for it"),
            None => (
                format!("a move of shard `{shard}` that assignment.csv does not make"),
                "only changes from one period to the next",
            ),
        };
        [both.0, both.1.to_owned()]
    }

    fn missing(&self) -> [String; 2] {
        let from = self.from_site.as_deref().unwrap_or("a blank cell");
        [
            format!(
                "no move of shard `{}` from `{from}` to `{}` in period {}",
                self.shard, self.to_site, self.period
            ),
            "a row for every change of site".to_owned(),
        ]
    }
}
