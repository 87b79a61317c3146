//! Changes: whether changes.csv leads from each period to the next, and `changes_back.csv` back again.

use super::ground::Ground;
use super::homes::Homes;
use super::parts::Assignment;
use super::parts::Start;
use super::report::{At, Report, Rule, cell_text, is_same, is_same_difference};
use super::steering::Entries;
use crate::ids::{AccessPointId, ClientRegionId, ShardId, SiteId};
use crate::plan_files::{
    AccessPointUse, Action, ChangeBackRow, ChangeRow, Lined, Row, Setting, decimal,
};
use crate::units::{AGREEMENT, NOBODY};
use std::collections::{BTreeMap, BTreeSet};

/// From one period to the next.
pub(super) struct Turn<'a> {
    pub(super) start: &'a Start<'a>,
    pub(super) assignment: &'a Assignment,
    /// Where shards are at its end.
    pub(super) homes: &'a Homes,
    /// What access points did and do.
    pub(super) states: [&'a [AccessPointUse]; 2],
    /// Where users entered, if that is written down, and where they enter.
    pub(super) entries: (Option<&'a Entries>, &'a Entries),
}

/// What a row is about: shard, client region, access point, site left, new site.
type Subject = [Option<String>; 5];

/// The subject of a row.
fn subject(row: &ChangeRow) -> Subject {
    [
        row.shard.clone(),
        row.client_region.clone(),
        row.access_point.clone(),
        row.from_site.clone(),
        row.to_site.clone(),
    ]
}

/// What a row should say.
#[derive(Debug, Clone)]
struct Expected {
    action: Action,
    /// Of the shard.
    share: Option<f64>,
    settings: Option<[Setting; 2]>,
    /// `None` if nobody wrote down who entered before.
    users: Option<f64>,
    /// The change is more than what arithmetic leaves of none.
    is_needed: bool,
}

/// The rows that a file should have in one period.
struct Wanted {
    file: &'static str,
    rows: BTreeMap<Subject, Expected>,
    /// Nobody wrote down where users entered before: weights are not judged.
    has_weights: bool,
}

/// Checks the rows of one period in both files.
pub(super) fn check(
    ground: &Ground<'_>,
    turn: &Turn<'_>,
    changes: Option<&[&Lined<ChangeRow>]>,
    back: Option<&[&Lined<ChangeRow>]>,
    report: &mut Report,
) {
    let period = turn.start.period;
    if let Some(rows) = changes {
        let wanted = wanted(ground, turn, Way::There);
        rows_are_the_changes(period, wanted, rows, report);
        steps_are_in_order(ChangeRow::FILE, Way::There, rows, report);
    }
    if let Some(rows) = back {
        let wanted = wanted(ground, turn, Way::Back);
        rows_are_the_changes(period, wanted, rows, report);
        steps_are_in_order(ChangeBackRow::FILE, Way::Back, rows, report);
    }
    if let (Some(changes), Some(back)) = (changes, back) {
        steps_are_those_undone(changes, back, report);
    }
}

/// Which way a list leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    There,
    Back,
}

/// The rows of one period.
fn wanted(ground: &Ground<'_>, turn: &Turn<'_>, way: Way) -> Wanted {
    let mut rows = BTreeMap::new();
    add_access_points(ground, turn, way, &mut rows);
    add_homes(ground, turn, way, &mut rows);
    let (before, after) = turn.entries;
    if let Some(before) = before {
        add_weights(ground, before, after, way, &mut rows);
    }
    Wanted {
        file: match way {
            Way::There => ChangeRow::FILE,
            Way::Back => ChangeBackRow::FILE,
        },
        rows,
        has_weights: before.is_some(),
    }
}

/// Client regions and access points: users who enter there.
fn by_region(
    ground: &Ground<'_>,
    entries: &Entries,
) -> BTreeMap<(ClientRegionId, AccessPointId), f64> {
    let mut users = BTreeMap::new();
    for ((group, _), by_access_point) in entries {
        let region = ground.groups[*group].client_region;
        for (access_point, entering) in by_access_point {
            *users.entry((region, *access_point)).or_insert(0.0) += entering;
        }
    }
    users
}

/// Access points through which users may enter from now on, or no more.
fn add_access_points(
    ground: &Ground<'_>,
    turn: &Turn<'_>,
    way: Way,
    rows: &mut BTreeMap<Subject, Expected>,
) {
    let is_open =
        |state: AccessPointUse| state == AccessPointUse::Active || state == AccessPointUse::Opened;
    let entering = |entries: &Entries, id: AccessPointId| -> f64 {
        let by_access_point = entries.values().filter_map(|users| users.get(&id));
        by_access_point.sum()
    };
    let [before, after] = turn.states;
    for (index, (before, after)) in before.iter().zip(after).enumerate() {
        if is_open(*before) == is_open(*after) {
            continue;
        }
        let id = AccessPointId::new(index);
        let users = if is_open(*after) {
            Some(entering(turn.entries.1, id))
        } else {
            turn.entries.0.map(|entries| entering(entries, id))
        };
        let (first, last) = match way {
            Way::There => (*before, *after),
            Way::Back => (*after, *before),
        };
        let name = ground.inventory.access_points[index].id.clone();
        let expected = Expected {
            action: if is_open(last) {
                Action::OpenAccessPoint
            } else {
                Action::CloseAccessPoint
            },
            share: None,
            settings: Some([Setting::Use(first), Setting::Use(last)]),
            users,
            is_needed: true,
        };
        rows.insert([None, None, Some(name), None, None], expected);
    }
}

/// Shards, or shares of them, that are at another site.
fn add_homes(
    ground: &Ground<'_>,
    turn: &Turn<'_>,
    way: Way,
    rows: &mut BTreeMap<Subject, Expected>,
) {
    let name = |site: Option<SiteId>| site.map(|site| ground.site_name(Some(site)).to_owned());
    for shard in 0..ground.inventory.shards.len() {
        let served = turn.assignment.of(shard).iter();
        let served: f64 = served
            .filter(|part| part.to.is_some())
            .map(|part| part.users)
            .sum();
        for (from, to, share) in transfers(turn, shard) {
            let current = turn.start.current.shares(shard);
            let is_return = turn.start.is_going_home(shard)
                && current.iter().any(|(site, _)| *site == Some(to));
            let takes_over = |site| {
                if ground.has_copy(shard, site) {
                    Action::Takeover
                } else {
                    Action::Copy
                }
            };
            let (action, first, last) = match (way, from) {
                (Way::There, None) => (Action::Place, from, Some(to)),
                (Way::There, Some(_)) if is_return => (Action::Return, from, Some(to)),
                (Way::There, Some(_)) => (takes_over(to), from, Some(to)),
                (Way::Back, None) => (Action::Remove, Some(to), from),
                (Way::Back, Some(away)) if is_return => (takes_over(away), Some(to), from),
                (Way::Back, Some(_)) => (Action::Return, Some(to), from),
            };
            let id = ground.inventory.shard_ids.get(ShardId::new(shard).index());
            let expected = Expected {
                action,
                share: Some(share),
                settings: None,
                users: Some(share * served),
                is_needed: share >= 1.0 || share * served > 10.0 * NOBODY,
            };
            let subject = [Some(id.to_owned()), None, None, name(first), name(last)];
            rows.insert(subject, expected);
        }
    }
}

/// What of a shard goes from where to where; of a split shard the net change, sites in their order.
fn transfers(turn: &Turn<'_>, shard: usize) -> Vec<(Option<SiteId>, SiteId, f64)> {
    let before = turn.start.previous.shares(shard);
    let after = turn.homes.shares(shard);
    if before == after {
        return Vec::new();
    }
    let mut change: BTreeMap<Option<SiteId>, f64> = BTreeMap::new();
    for (site, share) in &after {
        *change.entry(*site).or_default() += share;
    }
    for (site, share) in &before {
        *change.entry(*site).or_default() -= share;
    }
    let mut giving = change.clone();
    giving.retain(|_, share| *share < 0.0);
    let mut all = Vec::new();
    for (site, share) in change {
        let Some(to) = site else { continue };
        let mut wanted = share;
        for (from, left) in &mut giving {
            let share = wanted.min(-*left);
            if share > 0.0 {
                all.push((*from, to, share));
                *left += share;
                wanted -= share;
            }
        }
    }
    all
}

/// Shares of client regions that enter elsewhere; of a client region of which nobody enters they are 0.
fn add_weights(
    ground: &Ground<'_>,
    before: &Entries,
    after: &Entries,
    way: Way,
    rows: &mut BTreeMap<Subject, Expected>,
) {
    let (before, after) = match way {
        Way::There => (by_region(ground, before), by_region(ground, after)),
        Way::Back => (by_region(ground, after), by_region(ground, before)),
    };
    let weight = |users: &BTreeMap<(ClientRegionId, AccessPointId), f64>, key| -> f64 {
        let (region, _) = key;
        let of_region = (region, AccessPointId(0))..=(region, AccessPointId(u32::MAX));
        let total: f64 = users.range(of_region).map(|(_, users)| users).sum();
        let entering = users.get(&key).copied().unwrap_or_default();
        if total > 0.0 { entering / total } else { 0.0 }
    };
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).copied().collect();
    for key in keys {
        let weights = [weight(&before, key), weight(&after, key)];
        let region = ground.inventory.client_regions[key.0.index()].id.clone();
        let access_point = ground.inventory.access_points[key.1.index()].id.clone();
        let expected = Expected {
            action: Action::Weight,
            share: None,
            settings: Some(weights.map(Setting::Share)),
            users: Some(after.get(&key).copied().unwrap_or_default()),
            is_needed: (weights[0] - weights[1]).abs() > AGREEMENT,
        };
        rows.insert(
            [None, Some(region), Some(access_point), None, None],
            expected,
        );
    }
}

/// Compares the rows of a file with what they should be.
fn rows_are_the_changes(
    period: usize,
    mut wanted: Wanted,
    rows: &[&Lined<ChangeRow>],
    report: &mut Report,
) {
    let file = wanted.file;
    for row in rows {
        if row.row.action == Action::Weight && !wanted.has_weights {
            continue;
        }
        let expected = row_changes_something(&mut wanted, row, report);
        if let Some(expected) = expected {
            action_is_true(file, &expected, row, report);
            amounts_are_true(file, &expected, row, report);
            users_are_true(file, &expected, row, report);
        }
    }
    let missing = wanted.rows.iter().filter(|(_, own)| own.is_needed);
    for (subject, expected) in missing {
        change_is_missing(file, period, subject, expected, report);
    }
}

/// A cell of one of the files.
fn cell<'a>(file: &'static str, row: &Lined<ChangeRow>, column: &'a str) -> At<'a> {
    At::cell(file, row.line, column)
}

/// The words for a subject.
fn words(action: Action, subject: &Subject) -> String {
    let named = subject.iter().flatten();
    let names: Vec<String> = named.map(|name| format!("`{name}`")).collect();
    format!("`{}` of {}", action.word(), names.join(", "))
}

/// P7961: each row is a change that the plan makes, once.
fn row_changes_something(
    wanted: &mut Wanted,
    row: &Lined<ChangeRow>,
    report: &mut Report,
) -> Option<Expected> {
    const RULE: Rule = Rule {
        code: "P7961",
        hint: "remove the row, or make the change in the plan; cells that an action does not need are blank",
    };
    let subject = subject(&row.row);
    let stays = row.row.before.is_some() && row.row.before == row.row.after;
    let expected = wanted.rows.remove(&subject).filter(|_| !stays);
    if expected.is_none() {
        let column = match row.row.action {
            Action::Weight => "client_region",
            Action::OpenAccessPoint | Action::CloseAccessPoint => "access_point",
            _ => "shard",
        };
        let found = words(row.row.action, &subject);
        report.add(
            RULE,
            cell(wanted.file, row, column),
            found,
            "a change that the plan makes in the period, once",
        );
    }
    expected
}

/// P7962: every change has a row.
fn change_is_missing(
    file: &'static str,
    period: usize,
    subject: &Subject,
    expected: &Expected,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7962",
        hint: "add the row",
    };
    let words = words(expected.action, subject);
    let found = format!("no {words} in period {period}");
    report.add(RULE, At::file(file), found, "a row for every change");
}

/// P7963: the action is what has to be done.
fn action_is_true(
    file: &'static str,
    expected: &Expected,
    row: &Lined<ChangeRow>,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7963",
        hint: "`takeover` if the new site holds a copy, else `copy`; `place` without a home before; `return` for who \
               goes home, and on the way back for who goes where he came from",
    };
    if row.row.action != expected.action {
        let (found, expected) = (row.row.action.word(), expected.action.word());
        report.add(
            RULE,
            cell(file, row, "action"),
            format!("`{found}`"),
            format!("`{expected}`"),
        );
    }
}

/// The words for a setting.
fn setting_text(setting: Option<Setting>) -> String {
    match setting {
        Some(Setting::Use(put_to)) => format!("`{}`", put_to.word()),
        Some(Setting::Share(share)) => decimal(share),
        None => cell_text(None),
    }
}

/// P7964: the share of the shard, and what is before and after, are true.
fn amounts_are_true(
    file: &'static str,
    expected: &Expected,
    row: &Lined<ChangeRow>,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7964",
        hint: "share: of the shard, 1 unless it is split; before and after: what the access point does, or the share \
               of the client region's users who enter there",
    };
    let agrees = match (row.row.share, expected.share) {
        (Some(found), Some(share)) => is_same_difference(found, share, 1.0),
        (None, None) => true,
        _ => false,
    };
    if !agrees {
        report.add(
            RULE,
            cell(file, row, "share"),
            cell_text(row.row.share),
            cell_text(expected.share),
        );
    }
    for (column, found, expected) in [
        (
            "before",
            row.row.before,
            expected.settings.map(|own| own[0]),
        ),
        ("after", row.row.after, expected.settings.map(|own| own[1])),
    ] {
        let agrees = match (found, expected) {
            (Some(Setting::Share(found)), Some(Setting::Share(share))) => {
                is_same_difference(found, share, 1.0)
            }
            (found, expected) => found == expected,
        };
        if !agrees {
            report.add(
                RULE,
                cell(file, row, column),
                setting_text(found),
                setting_text(expected),
            );
        }
    }
}

/// P7965: the users are those of the change.
fn users_are_true(
    file: &'static str,
    expected: &Expected,
    row: &Lined<ChangeRow>,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7965",
        hint: "access points: who enters while it is open; shards: who is served × share; weights: who enters \
               afterwards",
    };
    let found = row.row.users;
    if let Some(users) = expected.users
        && !is_same(found, users, 1.0)
        && (found - users).abs() > NOBODY
    {
        report.add(
            RULE,
            cell(file, row, "users"),
            decimal(found),
            decimal(users),
        );
    }
}

/// P7966: steps count from 1 without gaps, in the order in which it is done; only the weights of a client region are
/// set at once.
fn steps_are_in_order(
    file: &'static str,
    way: Way,
    rows: &[&Lined<ChangeRow>],
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7966",
        hint: "open access points, then move shards, then set the weights, all of a client region in one step, then \
               close access points; on the way back from the last step to the first",
    };
    let turn = |action: Action| match (action, way) {
        (Action::OpenAccessPoint, Way::There) | (Action::CloseAccessPoint, Way::Back) => 0,
        (Action::Weight, _) => 2,
        (Action::CloseAccessPoint, Way::There) | (Action::OpenAccessPoint, Way::Back) => 3,
        _ => 1,
    };
    let mut sorted: Vec<&Lined<ChangeRow>> = rows.to_vec();
    sorted.sort_by_key(|row| row.row.step);
    let mut last: Option<&Lined<ChangeRow>> = None;
    let mut regions = BTreeSet::new();
    for row in sorted {
        let region = row.row.client_region.as_deref();
        let is_at_once = last.is_some_and(|last| {
            last.row.action == Action::Weight
                && row.row.action == Action::Weight
                && last.row.client_region == row.row.client_region
        });
        let step = last.map_or(0, |last| last.row.step);
        let wanted = if is_at_once {
            step
        } else {
            step.saturating_add(1)
        };
        let is_late = last.is_some_and(|last| turn(last.row.action) > turn(row.row.action));
        let is_apart = row.row.action == Action::Weight && !is_at_once && !regions.insert(region);
        if row.row.step != wanted || is_late || is_apart {
            let expected = if is_late || is_apart {
                "the order in which it is done".to_owned()
            } else {
                wanted.to_string()
            };
            report.add(
                RULE,
                cell(file, row, "step"),
                row.row.step.to_string(),
                expected,
            );
        }
        last = Some(row);
    }
}

/// P7967: a row of the way back has the step that it undoes.
fn steps_are_those_undone(
    changes: &[&Lined<ChangeRow>],
    back: &[&Lined<ChangeRow>],
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7967",
        hint: "write the step of the row of changes.csv that is undone",
    };
    let steps: BTreeMap<Subject, u32> = changes
        .iter()
        .map(|row| (subject(&row.row), row.row.step))
        .collect();
    for row in back {
        let mut undone = subject(&row.row);
        undone.swap(3, 4);
        if let Some(step) = steps.get(&undone)
            && *step != row.row.step
        {
            report.add(
                RULE,
                cell(ChangeBackRow::FILE, row, "step"),
                row.row.step.to_string(),
                step.to_string(),
            );
        }
    }
}
