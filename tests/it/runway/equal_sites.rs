//! Equal sites of which some may fail: the first step at which the users no longer fit into those that are left.

use crate::draw::random::Random;
use crate::read::read;
use jiff::SignedDuration;
use plimsoll::engine::{RunwayRequest, runway};
use plimsoll::model::{Band, FailureSet, Inventory, Recovery, Scenario};
use plimsoll::plan::runway::{Adjustment, Condition, SampleStep, WholeShards};
use plimsoll::solve::{Proof, Stop};
use std::fmt::Write as _;

/// Sites of this capacity with so many users each, of whom one demands 1; files beside or instead of these.
pub(super) fn equal_sites(
    users: &[usize],
    capacity: usize,
    more: &[(&str, &str)],
) -> (Inventory, Scenario) {
    let mut sites = "site,name,latitude,longitude,cpu\n".to_owned();
    let mut links = "link,from,to\nin,middle,edge\n".to_owned();
    let mut shards = "shard,tenant,users,site,profile,client_region,tier\n".to_owned();
    for (index, users) in users.iter().enumerate() {
        writeln!(sites, "s{index},S{index},40,-{},{capacity}", 80 + index).expect("it is a String");
        writeln!(links, "to-{index},edge,s{index}").expect("it is a String");
        writeln!(shards, "at-{index},t,{users},s{index},mail,middle,gold").expect("it is a String");
    }
    let text = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let mut files = vec![
        text("sites.csv", &sites),
        text("links.csv", &links),
        text("shards.csv", &shards),
        text("profiles.csv", "profile,cpu\nmail,1\n"),
        text(
            "resources.csv",
            "resource,unit,scope,headroom\ncpu,vCPU,site,0.2\n",
        ),
        text(
            "client_regions.csv",
            "client_region,latitude,longitude\nmiddle,40,-90\n",
        ),
        text(
            "access_points.csv",
            "access_point,name,latitude,longitude\nedge,Edge,40,-90\n",
        ),
        text("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
    ];
    files.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    files.extend(more.iter().map(|(name, of_file)| text(name, of_file)));
    files.sort();
    let scenario = "[scenario]\nname = \"equal\"\nstart = 2026-12-28T00:00:00Z\n\
        end = 2026-12-29T00:00:00Z\n";
    read(&files, scenario)
}

pub(super) fn asked(days: i64, failures: usize) -> RunwayRequest {
    let from = super::date("2026-12-28");
    RunwayRequest {
        from,
        until: from + SignedDuration::from_hours(24 * days),
        over: FailureSet::Sites,
        failures,
        bands: vec![Band::Expected],
        recoveries: vec![Recovery::Replan],
        step: SampleStep::Month,
        with_components: true,
    }
}

#[test]
fn users_outgrow_the_sites_that_are_left_at_the_first_step_beyond_their_capacity() {
    const STEPS: usize = 30;
    let mut random = Random::new(0x65_71_75);
    let mut later = 0;
    for _ in 0..12 {
        let sites = random.whole(2, 5);
        let failures = random.whole(1, sites - 1);
        let capacity = random.whole(50, 200);
        let growth = random.whole(1, 12);
        let total = random.whole(10, (sites - failures) * capacity);
        let users: Vec<usize> = (0..sites)
            .map(|site| total / sites + usize::from(site < total % sites))
            .collect();
        let mut joining = "date,shard,users\n".to_owned();
        for step in 1..=STEPS {
            let days = i64::try_from(7 * step).expect("few");
            let date = super::date("2026-12-28") + SignedDuration::from_hours(24 * days);
            let at = random.whole(0, sites - 1);
            writeln!(joining, "{},at-{at},{growth}", &date.to_string()[..10])
                .expect("a String takes everything");
        }
        let (inventory, scenario) = equal_sites(&users, capacity, &[("onboarding.csv", &joining)]);
        let asked = asked(7 * 31, failures);
        let found = runway(&inventory, &scenario, &asked, &Stop::default()).expect("it is settled");
        let first_beyond = |left: usize| (0..=STEPS).find(|n| total + n * growth > left * capacity);
        for (condition, adjustment, left) in [
            (Condition::Served, Adjustment::Rebalanced, sites),
            (Condition::ServedUnder, Adjustment::AsIs, sites - failures),
            (
                Condition::ServedUnder,
                Adjustment::Rebalanced,
                sites - failures,
            ),
        ] {
            let row = found.row(condition, adjustment, Band::Expected);
            let row = row.expect("it is asked");
            let first = first_beyond(left);
            let day = first.map(|step| u32::try_from(7 * step).expect("few"));
            assert_eq!(
                row.fails_from(),
                day,
                "{sites} sites, {failures} fail: {row:?}"
            );
            assert_eq!(row.proof, Proof::Proven);
            if let (Some(step), Some(first)) = (first, &row.first) {
                let beyond = (total + step * growth - left * capacity) as f64;
                assert!(
                    (first.unserved - beyond).abs() < 1e-6,
                    "{beyond}: {first:?}"
                );
                later += usize::from(step > 0);
            }
        }
    }
    assert!(later > 5, "only {later} rows fail at a later step");
}

#[test]
fn whole_shards_fail_earlier_than_those_that_may_be_split() {
    let growth = "start,end,monthly\n2026-12-28,2027-12-28,0.1\n";
    let shards = "shard,tenant,users,site,profile,client_region,tier\n\
        one,t,40,s0,mail,middle,gold\ntwo,t,40,s0,mail,middle,gold\nthree,t,40,s1,mail,middle,gold\n";
    let files = [("growth.csv", growth), ("shards.csv", shards)];
    let (inventory, scenario) = equal_sites(&[0, 0], 100, &files);
    // Two of the three are always together: 2 · 40 · 1.1^(d ÷ 30.4375) is above 100 from day 72 on, all three above
    // 200 from day 164 on.
    let asked = asked(300, 1);
    let found = runway(&inventory, &scenario, &asked, &Stop::default()).expect("it is settled");
    let row = found.row(Condition::Served, Adjustment::Rebalanced, Band::Expected);
    let row = row.expect("it is asked");
    assert_eq!(row.fails_from(), Some(164));
    assert_eq!(row.whole_shards, WholeShards::FailFrom(72));
}
