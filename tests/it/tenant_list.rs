//! The notification list, recomputed from the other files by somebody who has nothing else.

use crate::draw::{Size, draw};
use crate::naive_cases::{csv_files, text};
use crate::read::read;
use crate::written_tables::{Tables, TextRow, number};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use plimsoll::model::{Inventory, Onboarding, Scenario};
use plimsoll::units::is_close;
use std::collections::BTreeMap;
use std::path::Path;

/// Tenant and tier.
type Whose = (String, String);

/// What a row says: users, unserved users, moved users; user-minutes unserved, hurt and all.
type Account = [f64; 6];

/// By month: user minutes, those lost, and minutes of the scenario.
type Months = BTreeMap<String, [f64; 3]>;

/// The share of a time that lies in each month, minute by minute.
fn in_months(scenario: &Scenario, [start, end]: [Timestamp; 2]) -> BTreeMap<String, f64> {
    let minutes = end.duration_since(start).as_secs_f64() / 60.0;
    let mut all = BTreeMap::new();
    let halves = std::iter::successors(Some(0.5), |value| Some(value + 1.0));
    for at in halves.take_while(|value| *value < minutes) {
        let at = start + SignedDuration::from_secs_f64(at * 60.0);
        let month = scenario
            .offset
            .to_datetime(at)
            .strftime("%Y-%m")
            .to_string();
        *all.entry(month).or_default() += 1.0 / minutes;
    }
    all
}

/// Places and links of a steering row.
fn things(row: &TextRow) -> impl Iterator<Item = &str> {
    row["path"].split('>').chain(row["links"].split('>'))
}

/// The share of the users of each steering row of a period who are hurt: each thing on the path hurts its part of
/// those who cross it, one independently of the other.
fn affected_shares(tables: &Tables, period: usize) -> Vec<(&TextRow, f64)> {
    let pools: BTreeMap<&str, &str> = tables
        .rows("elements.csv")
        .iter()
        .filter_map(|row| Some((row["element"].as_str(), row.get("pool")?.as_str())))
        .filter(|(_, pool)| !pool.is_empty())
        .collect();
    // A member's users are its pool's, so what is hurt on the path is the pool.
    let mut affected: BTreeMap<&str, BTreeMap<&str, f64>> = BTreeMap::new();
    for row in tables.of_period("plan/blind.csv", period) {
        let component = row["component"].as_str();
        let on_path = pools.get(component).copied().unwrap_or(component);
        let most = affected
            .entry(on_path)
            .or_default()
            .entry(component)
            .or_default();
        *most = most.max(number(row, "users_affected"));
    }
    let mut crossing: BTreeMap<&str, f64> = BTreeMap::new();
    for row in tables.of_period("plan/steering.csv", period) {
        for thing in things(row) {
            *crossing.entry(thing).or_default() += number(row, "users");
        }
    }
    let share = |thing: &str| -> f64 {
        let is_affected: f64 = affected.get(thing).map_or(0.0, |of| of.values().sum());
        crossing
            .get(thing)
            .map_or(0.0, |all| (is_affected / all).min(1.0))
    };
    let rows = tables.of_period("plan/steering.csv", period);
    rows.map(|row| {
        let spared: f64 = things(row).map(|thing| 1.0 - share(thing)).product();
        (row, 1.0 - spared)
    })
    .collect()
}

/// The share of the users of a shard who are there in a period on average: who joins behind the scenario's start comes evenly
/// over a day. Minute by minute.
fn there(
    inventory: &Inventory,
    scenario: &Scenario,
    shard: &str,
    [start, end]: [Timestamp; 2],
) -> f64 {
    let counts = |row: &&Onboarding| {
        inventory.shard_ids.get(row.shard.index()) == shard
            && row.date <= start
            && (row.date < scenario.start || !scenario.policy.freeze_onboarding)
    };
    let rows: Vec<&Onboarding> = inventory.onboarding.iter().filter(counts).collect();
    let is_new = |row: &Onboarding| row.users > 0 && row.date > scenario.start;
    if !rows.iter().any(|row| is_new(row)) {
        return 1.0;
    }
    let id = (0..inventory.shards.len()).find(|index| inventory.shard_ids.get(*index) == shard);
    let first = inventory.shards[id.expect("a shard")].users as f64;
    let all = first + rows.iter().map(|row| row.users as f64).sum::<f64>();
    if all <= 0.0 {
        return 1.0;
    }
    let minutes = end.duration_since(start).as_secs_f64() / 60.0;
    let missing_at = |minute: f64| -> f64 {
        let missing = |row: &Onboarding| {
            let since = start.duration_since(row.date).as_secs_f64() / 60.0 + minute;
            row.users as f64 * (1.0 - since / 1440.0).max(0.0)
        };
        rows.iter()
            .filter(|row| is_new(row))
            .map(|row| missing(row))
            .sum()
    };
    let middles = std::iter::successors(Some(0.5), |value| Some(value + 1.0));
    let middles = middles.take_while(|value| *value < minutes);
    let missing: f64 = middles.map(missing_at).sum();
    (1.0 - missing / minutes / all).max(0.0)
}

/// What the other files come to.
fn accounts(
    tables: &Tables,
    inventory: &Inventory,
    scenario: &Scenario,
) -> BTreeMap<Whose, (Account, Months)> {
    let default_limit = scenario.policy.max_latency.map(|limit| limit.0);
    let mut start = scenario.start;
    let shards: BTreeMap<&str, &TextRow> = tables
        .rows("shards.csv")
        .iter()
        .map(|row| (row["shard"].as_str(), row))
        .collect();
    let whose = |shard: &str| {
        (
            shards[shard]["tenant"].clone(),
            shards[shard]["tier"].clone(),
        )
    };
    let limit = |shard: &str| -> String {
        let text = shards[shard]
            .get("max_latency_ms")
            .filter(|text| !text.is_empty());
        let value = text.map(|text| text.parse::<f64>().expect("a number"));
        format!("{:?}", value.or(default_limit))
    };
    let mut all: BTreeMap<Whose, Account> = BTreeMap::new();
    let mut by_month: BTreeMap<Whose, Months> = BTreeMap::new();
    let mut moved: BTreeMap<String, f64> = BTreeMap::new();
    for (period, minutes) in tables.minutes.iter().enumerate() {
        let end = start + SignedDuration::from_secs_f64(minutes * 60.0);
        let whole = *minutes;
        let before = all.clone();
        let months = in_months(scenario, [start, end]);
        let mut affected: BTreeMap<[String; 4], (f64, f64)> = BTreeMap::new();
        for (row, share) in affected_shares(tables, period) {
            let limit = Some(&row["max_latency_ms"]).filter(|limit| !limit.is_empty());
            let limit = limit.map(|limit| limit.parse::<f64>().expect("a number"));
            let key = [
                row["client_region"].clone(),
                row["profile"].clone(),
                format!("{limit:?}"),
                row["site"].clone(),
            ];
            let sums = affected.entry(key).or_default();
            sums.0 += number(row, "users") * share;
            sums.1 += number(row, "users");
        }
        let mut sums: BTreeMap<Whose, [f64; 2]> = BTreeMap::new();
        for row in tables.of_period("plan/assignment.csv", period) {
            let (shard, users) = (row["shard"].as_str(), number(row, "users"));
            let minutes = whole * there(inventory, scenario, shard, [start, end]);
            let account = all.entry(whose(shard)).or_default();
            let sums = sums.entry(whose(shard)).or_default();
            sums[0] += users;
            account[5] += users * minutes;
            if row["to_site"].is_empty() {
                sums[1] += users;
                account[3] += users * minutes;
                continue;
            }
            let key = [
                shards[shard]["client_region"].clone(),
                shards[shard]["profile"].clone(),
                limit(shard),
                row["to_site"].clone(),
            ];
            let (affected, of) = affected.get(&key).copied().unwrap_or_default();
            account[4] += if of > 0.0 {
                users * affected / of * minutes
            } else {
                0.0
            };
        }
        for (whose, account) in &all {
            let before = before.get(whose).copied().unwrap_or_default();
            let lost = account[3] + account[4] - before[3] - before[4];
            let of_months = by_month.entry(whose.clone()).or_default();
            for (month, share) in &months {
                let values = of_months.entry(month.clone()).or_default();
                values[0] += (account[5] - before[5]) * share;
                values[1] += lost * share;
                values[2] += minutes * share;
            }
        }
        for (whose, sums) in sums {
            let account = all.entry(whose).or_default();
            account[0] = account[0].max(sums[0]);
            account[1] = account[1].max(sums[1]);
        }
        let mut of_period: BTreeMap<&str, f64> = BTreeMap::new();
        for row in tables.of_period("plan/moves.csv", period) {
            if !row["from_site"].is_empty() {
                *of_period.entry(&row["shard"]).or_default() += number(row, "users");
            }
        }
        start = end;
        for (shard, users) in of_period {
            let most = moved.entry(shard.to_owned()).or_default();
            *most = most.max(users);
        }
    }
    for (shard, users) in moved {
        all.entry(whose(&shard)).or_default()[2] += users;
    }
    let with_months = all.into_iter().map(|(whose, account)| {
        let months = by_month.remove(&whose).unwrap_or_default();
        (whose, (account, months))
    });
    with_months.collect()
}

/// Compares what a row says of the worst calendar month: outside of the scenario nobody is down.
fn month_is_the_worst(row: &TextRow, months: &Months, promised: f64, label: &str) {
    let of_month = |month: &str| -> [f64; 2] {
        let [users, lost, minutes] = months[month];
        let first: Date = format!("{month}-01").parse().expect("a month");
        [
            users / minutes * f64::from(first.days_in_month()) * 1440.0,
            lost,
        ]
    };
    let uptime = |month: &str| {
        let [all, lost] = of_month(month);
        1.0 - lost / all
    };
    let with_users = months.iter().filter(|month| month.1[0] > 0.0);
    let least = with_users
        .map(|with_user| uptime(with_user.0))
        .reduce(f64::min);
    let Some(least) = least else {
        assert_eq!(
            (row["month"].as_str(), row["month_kept"].as_str()),
            ("", ""),
            "{label}"
        );
        return;
    };
    let month = row["month"].as_str();
    let values = [
        number(row, "month_user_minutes"),
        number(row, "month_down_user_minutes"),
    ];
    for (value, found) in values.into_iter().zip(of_month(month)) {
        assert!(
            is_close(value, found, 1e-6),
            "{label}: {found}, not {row:?}"
        );
    }
    assert!(
        (number(row, "month_uptime") - least).abs() < 1e-9,
        "{label}: {least}, not {row:?}"
    );
    assert_eq!(row["month_counted"], "plan", "{label}");
    if (least - promised).abs() > 1e-9 {
        assert_eq!(
            row["month_kept"] == "yes",
            least > promised,
            "{label} {row:?}"
        );
    }
}

/// Compares tenants.csv with what the other files come to; gives back the hurt user-minutes.
fn affected_of_the_list(
    tables: &Tables,
    inventory: &Inventory,
    scenario: &Scenario,
    label: &str,
) -> f64 {
    let mut expected = accounts(tables, inventory, scenario);
    let mut affected = 0.0;
    let mut last = (true, true, f64::INFINITY);
    for row in tables.rows("plan/tenants.csv") {
        let whose = (row["tenant"].clone(), row["tier"].clone());
        let (account, months) = expected
            .remove(&whose)
            .unwrap_or_else(|| panic!("{label} {row:?}"));
        let columns = [
            "users",
            "unserved_users",
            "moved_users",
            "unserved_user_minutes",
            "hurt_user_minutes",
            "user_minutes",
        ];
        for (column, expected) in columns.iter().zip(account) {
            let found = number(row, column);
            assert!(
                is_close(found, expected, 1e-6),
                "{label} {column}: {expected}, not {row:?}"
            );
        }
        let lost = account[3] + account[4];
        let tier = tables
            .rows("tiers.csv")
            .iter()
            .find(|tier| tier["tier"] == whose.1);
        let promised = number(tier.expect("the tier"), "availability");
        if account[5] > 0.0 {
            let availability = 1.0 - lost / account[5];
            assert!(
                (number(row, "availability") - availability).abs() < 1e-9,
                "{label} {row:?}"
            );
            if (availability - promised).abs() > 1e-9 {
                let kept = if availability > promised { "yes" } else { "no" };
                assert_eq!(row["kept"], kept, "{label} {row:?}");
            }
        } else {
            let blank = ["availability", "kept", "lost_minutes", "allowance_days"];
            assert_eq!(blank.map(|column| row[column].as_str()), [""; 4], "{label}");
        }
        month_is_the_worst(row, &months, promised, label);
        // Worst first: broken promises of a month, those of the scenario, then the most user-minutes.
        let now = (
            row["month_kept"] == "no",
            row["kept"] == "no",
            number(row, "unserved_user_minutes") + number(row, "hurt_user_minutes"),
        );
        assert!(
            (last.0, last.1) > (now.0, now.1)
                || (last.0, last.1) == (now.0, now.1) && now.2 <= last.2,
            "{label} {row:?}"
        );
        last = now;
        affected += account[4];
    }
    assert!(expected.is_empty(), "{label}: {expected:?}");
    affected
}

/// Of each period and component the user-minutes of the resource that hurts most: their most and their sum.
fn of_components(tables: &Tables) -> (f64, f64, usize) {
    let (mut most, mut sum, mut several) = (0.0, 0.0, 0);
    for period in 0..tables.minutes.len() {
        let mut of_period: BTreeMap<&str, f64> = BTreeMap::new();
        for row in tables.of_period("plan/blind.csv", period) {
            let minutes = of_period.entry(&row["component"]).or_default();
            *minutes = minutes.max(number(row, "user_minutes"));
        }
        of_period.retain(|_, minutes| *minutes > 0.0);
        several += usize::from(of_period.len() > 1);
        most += of_period.values().copied().fold(0.0, f64::max);
        sum += of_period.values().sum::<f64>();
    }
    (most, sum, several)
}

#[test]
fn tenants_of_random_plans_have_what_the_other_files_come_to() {
    let (mut hurt_alone, mut hurt_by_several, mut joining) = (0, 0, 0);
    for seed in 0..150 {
        let drawn = draw(seed, Size::SMALL);
        let (inventory, scenario) = read(&drawn.files, &drawn.scenario);
        let tables = Tables::new(&drawn.files, &inventory, &scenario);
        let label = format!("seed {seed}");
        let affected = affected_of_the_list(&tables, &inventory, &scenario, &label);
        let (most, sum, several) = of_components(&tables);
        // Nobody is counted twice, and nobody is left out; blind.csv has those who are still to come.
        let is_all_there = !inventory
            .onboarding
            .iter()
            .any(|onboarding| onboarding.date > scenario.start);
        joining += usize::from(!is_all_there);
        assert!(
            (affected >= most * (1.0 - 1e-9) || !is_all_there) && affected <= sum * (1.0 + 1e-9),
            "{label}: {most} {affected} {sum}"
        );
        hurt_alone += usize::from(several == 0 && affected > 0.0);
        hurt_by_several += usize::from(several > 0);
    }
    assert!(
        hurt_alone > 10 && hurt_by_several > 1 && joining > 10,
        "{hurt_alone} {hurt_by_several} {joining}"
    );
}

/// 1,518,803 users cross the firewall and 459,933 the load balancer; some cross both and are hurt once.
#[test]
fn tenants_of_the_shipped_incident_are_affected_once() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/americas-2012");
    let files = csv_files(&folder);
    let (inventory, scenario) = read(&files, &text(&folder.join("13-november-2012.toml")));
    let tables = Tables::new(&files, &inventory, &scenario);
    let affected = affected_of_the_list(&tables, &inventory, &scenario, "13 November");
    let (most, sum, several) = of_components(&tables);
    assert_eq!(several, 1);
    assert!(most < affected && affected < sum, "{most} {affected} {sum}");
}
