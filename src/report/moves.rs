//! Moves of users between sites, and unserved users, summed up by site; the values of the chart of moves, and its title.

use super::grammar::{Named, titles};
use super::grammar::{by_count, counted_with, listed, short};
use super::numbers;
use crate::model::Inventory;
use crate::plan::PeriodPlan;
use crate::plan_files::explanations::ShardFate;
use crate::plan_files::{Cause, How, Reason};
use crate::units::NOBODY;
use std::collections::{BTreeMap, BTreeSet};

/// Users that move between the same sites for the same reason in the same manner.
#[derive(Debug, Clone, PartialEq)]
pub struct MoveRow {
    /// The site that they leave; `None` for users without a home yet.
    pub from: Option<Named>,
    /// The site where they are served; `None` if they are unserved.
    pub to: Option<Named>,
    /// Why.
    pub reason: Reason,
    /// Replica takeover or data migration; `None` where they are unserved.
    pub how: Option<How>,
    /// Why they are unserved, if they are.
    pub cause: Option<Cause>,
    /// How many.
    pub users: f64,
    /// Shards that they belong to.
    pub shards: usize,
}

impl MoveRow {
    /// The fate of its users.
    pub fn fate(&self) -> ShardFate {
        match (self.reason, &self.from, &self.to) {
            (Reason::Unserved, ..) | (_, _, None) => ShardFate::Unserved,
            (Reason::Placed, ..) | (_, None, _) => ShardFate::Placed,
            (Reason::Returned, ..) => ShardFate::Returned,
            _ => ShardFate::Moved,
        }
    }

    /// `true` if it has anybody.
    pub fn has_users(&self) -> bool {
        self.users.is_finite() && self.users > NOBODY
    }
}

/// Moved and unserved users of a period, most users first; rows with next to no users are left out.
pub fn move_rows(inventory: &Inventory, period: &PeriodPlan) -> Vec<MoveRow> {
    let moved = period.moves.iter().map(|moved| {
        let path = (
            moved.from,
            Some(moved.to),
            moved.reason.word(),
            Some(moved.how.word()),
            None,
        );
        (
            path,
            moved.shard,
            moved.users,
            moved.reason,
            Some(moved.how),
        )
    });
    let causes = period.causes();
    let unserved = period
        .parts
        .iter()
        .filter(|part| part.site.is_none())
        .map(|part| {
            let reason = Reason::Unserved;
            let cause = causes.get(&part.shard).copied();
            let path = (part.current, None, reason.word(), None, cause);
            (path, part.shard, part.users, reason, None)
        });
    let mut paths = BTreeMap::new();
    for (path, shard, users, reason, how) in moved.chain(unserved) {
        let (_, _, all, shards) = paths
            .entry(path)
            .or_insert_with(|| (reason, how, 0.0, BTreeSet::new()));
        *all += users;
        shards.insert(shard);
    }
    let named = |site: crate::ids::SiteId| {
        let site = &inventory.sites[site.index()];
        Named::new(&site.id, &site.name)
    };
    let rows = paths
        .into_iter()
        .map(
            |((from, to, .., cause), (reason, how, users, shards))| MoveRow {
                from: from.map(named),
                to: to.map(named),
                reason,
                how,
                cause,
                users,
                shards: shards.len(),
            },
        )
        .collect();
    sorted(rows)
}

/// The rows that have anybody, most users first, whatever order they came in.
pub fn sorted(mut rows: Vec<MoveRow>) -> Vec<MoveRow> {
    rows.retain(MoveRow::has_users);
    rows.sort_by(|a, b| {
        let key = |row: &MoveRow| {
            let how = row.how.map(How::word);
            let ends = (row.from.clone(), row.to.clone());
            (ends, row.reason.word(), how, row.cause)
        };
        b.users
            .total_cmp(&a.users)
            .then_with(|| key(a).cmp(&key(b)))
            .then(b.shards.cmp(&a.shards))
    });
    rows
}

/// The finding of moves, such as `310,400 users leave Chicago: most go to Boydton (200,000) and Oslo (60,000)`.
///
/// Unserved users come first.
pub fn moves_title(rows: &[MoveRow]) -> String {
    let rows = sorted(rows.to_vec());
    let fates = [
        ShardFate::Unserved,
        ShardFate::Moved,
        ShardFate::Returned,
        ShardFate::Placed,
    ];
    let [unserved, moved, returned, placed] = fates
        .map(|fate| -> Vec<&MoveRow> { rows.iter().filter(|row| row.fate() == fate).collect() });
    let all = |rows: &[&MoveRow]| rows.iter().map(|row| row.users).sum::<f64>();
    let mut clauses = Vec::new();
    let is_any_unserved = all(&unserved) > NOBODY;
    if is_any_unserved {
        let who = counted_with(&numbers::users_up(all(&unserved)), "user", ["is", "are"]);
        clauses.push(format!("{who} unserved"));
    }
    // `users` is said once.
    let users_who = |rows: &[&MoveRow], verb: [&str; 2]| {
        let count = numbers::some_users(all(rows));
        if is_any_unserved {
            format!("{count} {}", by_count(&count, verb))
        } else {
            counted_with(&count, "user", verb)
        }
    };
    let reached = |rows: &[&MoveRow], goes: &str, go: &str| {
        mostly(&by_end(rows, |row| row.to.as_ref()), all(rows), goes, go)
    };
    if all(&moved) > NOBODY {
        let who = users_who(&moved, ["leaves", "leave"]);
        let (left, to) = (left(&moved), reached(&moved, "goes to", "go to"));
        clauses.push(format!("{who} {left}: {to}"));
    } else if all(&returned) > NOBODY {
        let who = users_who(&returned, ["goes", "go"]);
        let to = reached(&returned, "returns to", "return to");
        clauses.push(format!("{who} home: {to}"));
    } else if all(&placed) > NOBODY {
        let who = users_who(&placed, ["gets", "get"]);
        let to = reached(&placed, "goes to", "go to");
        clauses.push(format!("{who} a first home: {to}"));
    } else if is_any_unserved {
        return format!("{}: {}", clauses[0], stranded(&unserved));
    } else {
        return "No users move".to_owned();
    }
    clauses.join(", ")
}

/// `all go to Oslo`, `most go to Oslo (200,000) and Boston (60,000)`; most is more than half.
///
/// `places` come with the most users first; `all` is how many users there are.
pub(super) fn mostly(places: &[(String, f64)], all: f64, goes: &str, go: &str) -> String {
    let counted: Vec<String> = places
        .iter()
        .take(3)
        .map(|(name, users)| format!("{} ({})", short(name), numbers::some_users(*users)))
        .collect();
    let share = |count: usize| -> f64 {
        let users: f64 = places.iter().take(count).map(|(_, users)| users).sum();
        users / all
    };
    match (counted.as_slice(), places) {
        ([_], [(name, _), ..]) => format!("all {go} {}", short(name)),
        ([one, two], _) => format!("they {go} {one} and {two}"),
        ([one, two, _], _) if share(2) > 0.5 => format!("most {go} {one} and {two}"),
        ([one, two, three], _) if share(3) > 0.5 => {
            format!("most {go} {one}, {two} and {three}")
        }
        ([one, ..], _) => format!("the largest part {goes} {one}"),
        ([], _) => String::new(),
    }
}

/// Users of the same place summed up, by what it is called; most users first, equal ones in the order of their ids.
pub(super) fn by_title<'a>(
    titles: &BTreeMap<&str, String>,
    all: impl Iterator<Item = (&'a Named, f64)>,
) -> Vec<(String, f64)> {
    let mut sums = BTreeMap::<&str, f64>::new();
    for (place, users) in all {
        *sums.entry(&place.id).or_default() += users;
    }
    let title = |id: &str| titles.get(id).cloned().unwrap_or_default();
    let mut sums: Vec<_> = sums
        .into_iter()
        .map(|(id, value)| (title(id), value))
        .collect();
    sums.sort_by(|a, b| b.1.total_cmp(&a.1));
    sums
}

/// Users summed up by the site that they leave, or reach, most first.
fn by_end(rows: &[&MoveRow], end: fn(&MoveRow) -> Option<&Named>) -> Vec<(String, f64)> {
    let ends = || rows.iter().filter_map(|row| Some((end(row)?, row.users)));
    by_title(&titles(ends().map(|(site, _)| site)), ends())
}

/// `Chicago`, `Chicago and Boston`, `5 sites`.
fn left(rows: &[&MoveRow]) -> String {
    match by_end(rows, |row| row.from.as_ref()).as_slice() {
        [(one, _)] => short(one),
        [(one, _), (two, _)] => format!("{} and {}", short(one), short(two)),
        more => format!("{} sites", more.len()),
    }
}

/// `their site is Chicago`, or the sites of unserved users.
fn stranded(rows: &[&MoveRow]) -> String {
    let sites = by_end(rows, |row| row.from.as_ref());
    let names: Vec<&str> = sites.iter().map(|(name, _)| name.as_str()).collect();
    match names.as_slice() {
        [] => "they have no home yet".to_owned(),
        [one] => format!("their site is {}", short(one)),
        some => format!("their sites are {}", listed(some)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(from: &str, to: &str, reason: Reason, users: f64) -> MoveRow {
        let site = |name: &str| (!name.is_empty()).then(|| Named::new(&name.to_lowercase(), name));
        MoveRow {
            from: site(from),
            to: site(to),
            reason,
            how: (!to.is_empty()).then_some(How::Copy),
            cause: None,
            users,
            shards: 1,
        }
    }

    fn drained(to: &str, users: f64) -> MoveRow {
        row("Chicago", to, Reason::Drained, users)
    }

    #[test]
    fn what_is_called_most_is_more_than_half() {
        let to = |names: &str| -> Vec<MoveRow> {
            names.split(' ').map(|to| drained(to, 100.0)).collect()
        };
        let uneven = [("A", 300.0), ("B", 1.0), ("C", 1.0)].map(|(to, users)| drained(to, users));
        let left_out = row("Chicago", "", Reason::Unserved, 0.2);
        let relieved = row("Boston", "A", Reason::Relief, 20.0);
        let pairs = [
            (
                to("A B C D"),
                "400 users leave Chicago: most go to A (100), B (100) and C (100)",
            ),
            (
                to("A B C D E F"),
                "600 users leave Chicago: the largest part goes to A (100)",
            ),
            (
                uneven.to_vec(),
                "302 users leave Chicago: most go to A (300) and B (1)",
            ),
            (
                vec![drained("A", 1.0)],
                "1 user leaves Chicago: all go to A",
            ),
            // Unserved users come first, rounded up.
            (
                vec![left_out.clone(), drained("A", 300.0), relieved],
                "1 user is unserved, 320 leave Chicago and Boston: all go to A",
            ),
            (vec![left_out], "1 user is unserved: their site is Chicago"),
            // Returning and newly placed users have words of their own.
            (
                vec![row("A", "Chicago", Reason::Returned, 20.0)],
                "20 users go home: all return to Chicago",
            ),
            (
                vec![row("", "Chicago", Reason::Placed, 20.0)],
                "20 users get a first home: all go to Chicago",
            ),
            (vec![drained("A", 1e-9)], "No users move"),
        ];
        for (rows, title) in pairs {
            assert_eq!(moves_title(&rows), title);
        }
    }

    #[test]
    fn a_row_has_the_fate_that_its_ends_and_its_reason_say() {
        for (moved, fate) in [
            (drained("A", 1.0), ShardFate::Moved),
            (row("B", "A", Reason::Failed, 1.0), ShardFate::Moved),
            (row("B", "A", Reason::Relief, 1.0), ShardFate::Moved),
            (row("B", "A", Reason::Returned, 1.0), ShardFate::Returned),
            (row("", "A", Reason::Placed, 1.0), ShardFate::Placed),
            (row("B", "", Reason::Unserved, 1.0), ShardFate::Unserved),
        ] {
            assert_eq!(moved.fate(), fate, "{moved:?}");
        }
    }
}
