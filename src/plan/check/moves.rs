//! Moves: whether moves.csv has every change of site, and no other.

use super::ground::Ground;
use super::homes::Start;
use super::parts::{Assignment, Part};
use super::period::Situation;
use super::reason::true_reason;
use super::report::{At, Report, Rule, is_same_count};
use crate::ids::SiteId;
use crate::plan_files::{How, Lined, MoveRow, Reason, Row, decimal};
use crate::units::NOBODY;
use std::collections::BTreeMap;

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

/// Who comes from where when a split shard goes home: sites with fewer users than before give, sites with
/// more take, both in the order of the sites.
fn arrivals<'a>(
    shares: &[(Option<SiteId>, f64)],
    parts: &'a [Part],
) -> Vec<(&'a Part, Option<SiteId>, SiteId, f64)> {
    let total: f64 = parts.iter().map(|part| part.users).sum();
    let served_at = |site: Option<SiteId>| -> f64 {
        parts
            .iter()
            .filter(|part| part.to == site)
            .map(|part| part.users)
            .sum()
    };
    let mut giving: Vec<(Option<SiteId>, f64)> = shares
        .iter()
        .map(|(site, share)| (*site, (share * total - served_at(*site)).max(0.0)))
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

/// Shard and the two sites.
type Key = (usize, Option<SiteId>, SiteId);

/// Checks the rows of one period.
pub(super) fn check(
    ground: &Ground<'_>,
    period: usize,
    moves: &[Move],
    rows: &[&Lined<MoveRow>],
    report: &mut Report,
) {
    let mut by_key: BTreeMap<Key, &Lined<MoveRow>> = BTreeMap::new();
    for row in rows {
        if let Some(key) = names_exist(ground, row, report)
            && row_is_no_second(&by_key, key, row, report)
        {
            by_key.insert(key, *row);
        }
    }
    for of_shard in moves {
        let key = (of_shard.shard, of_shard.from, of_shard.to);
        match by_key.remove(&key) {
            Some(row) => {
                users_are_true(of_shard, row, report);
                how_is_true(of_shard, row, report);
                reason_is_true(of_shard, row, report);
            }
            None if of_shard.users > 0.0 => move_is_missing(ground, period, of_shard, report),
            None => {}
        }
    }
    for row in by_key.into_values() {
        move_is_invented(row, report);
    }
}

/// A cell of moves.csv.
fn cell<'a>(row: &Lined<MoveRow>, column: &'a str) -> At<'a> {
    At::cell(MoveRow::FILE, row.line, column)
}

/// P7701: shard and sites exist.
fn names_exist(ground: &Ground<'_>, row: &Lined<MoveRow>, report: &mut Report) -> Option<Key> {
    const RULE: Rule = Rule {
        code: "P7701",
        hint: "name shards and sites of the inventory",
    };
    let mut unknown = |column: &str, name: &str| {
        report.add(
            RULE,
            cell(row, column),
            format!("`{name}`"),
            "a name of the inventory",
        );
    };
    let shard = ground.shards.get(row.row.shard.as_str());
    if shard.is_none() {
        unknown("shard", &row.row.shard);
    }
    let from = match row.row.from_site.as_deref() {
        None => Some(None),
        Some(name) => ground.sites.get(name).map(|site| Some(*site)),
    };
    if from.is_none() {
        unknown(
            "from_site",
            row.row.from_site.as_deref().unwrap_or_default(),
        );
    }
    let to = ground.sites.get(row.row.to_site.as_str());
    if to.is_none() {
        unknown("to_site", &row.row.to_site);
    }
    Some((shard?.index(), from?, *to?))
}

/// P7702: each change has one row.
fn row_is_no_second(
    by_key: &BTreeMap<Key, &Lined<MoveRow>>,
    key: Key,
    row: &Lined<MoveRow>,
    report: &mut Report,
) -> bool {
    const RULE: Rule = Rule {
        code: "P7702",
        hint: "join the rows",
    };
    if let Some(first) = by_key.get(&key) {
        let found = format!("the move of line {} again", first.line);
        report.add(RULE, cell(row, "shard"), found, "one row for it");
    }
    !by_key.contains_key(&key)
}

/// P7703: every change of site has a row.
fn move_is_missing(ground: &Ground<'_>, period: usize, of_shard: &Move, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7703",
        hint: "add the row",
    };
    let found = format!(
        "no move of shard `{}` from `{}` to `{}` in period {period}",
        ground.shard_name(of_shard.shard),
        ground.site_name(of_shard.from),
        ground.site_name(Some(of_shard.to)),
    );
    report.add(
        RULE,
        At::file(MoveRow::FILE),
        found,
        "a row for every change of site",
    );
}

/// P7704: no row without a change of site.
fn move_is_invented(row: &Lined<MoveRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7704",
        hint: "remove the row, or move the shard in assignment.csv",
    };
    let found = format!(
        "a move of shard `{}` that assignment.csv does not make",
        row.row.shard
    );
    report.add(
        RULE,
        cell(row, "shard"),
        found,
        "only changes from one period to the next",
    );
}

/// P7705: the users are those served at the new site.
fn users_are_true(of_shard: &Move, row: &Lined<MoveRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7705",
        hint: "write the users of the shard who are served at the new site",
    };
    if !is_same_count(row.row.users, of_shard.users) {
        report.add(
            RULE,
            cell(row, "users"),
            decimal(row.row.users),
            decimal(of_shard.users),
        );
    }
}

/// P7706: a copy takes over where there is one; else data must travel.
fn how_is_true(of_shard: &Move, row: &Lined<MoveRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7706",
        hint: "`takeover` if the new site holds a copy of the shard, else `copy`",
    };
    if row.row.how != of_shard.how {
        let (found, expected) = (row.row.how.word(), of_shard.how.word());
        report.add(
            RULE,
            cell(row, "how"),
            format!("`{found}`"),
            format!("`{expected}`"),
        );
    }
}

/// P7707: the reason is that of assignment.csv.
fn reason_is_true(of_shard: &Move, row: &Lined<MoveRow>, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7707",
        hint: "write the reason that assignment.csv should give",
    };
    if row.row.reason != of_shard.reason {
        let (found, expected) = (row.row.reason.word(), of_shard.reason.word());
        report.add(
            RULE,
            cell(row, "reason"),
            format!("`{found}`"),
            format!("`{expected}`"),
        );
    }
}
