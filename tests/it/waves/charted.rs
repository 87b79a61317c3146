//! What the chart of waves says: of all transitions to a period, of who is placed, and nothing where nothing takes time.

use crate::folders::file;
use crate::levels::planned;
use plimsoll::inventory;
use plimsoll::plan::PeriodPlan;
use plimsoll::report::charts::{Chart, WavesChart};
use plimsoll::report::waves::{TransitionWriter, waves_chart};
use plimsoll::scenario::{self, ScenarioText};
use std::fmt::Write as _;

/// The charts of all periods: site a, with 1000 users, is under works until midnight, when 100 users more need a home,
/// which may only be at b.
fn charts(move_in: &str) -> Vec<Option<WavesChart>> {
    let mut shards =
        "shard,tenant,users,site,profile,client_region,tier,jurisdiction\nnew,t,0,,p,r,gold,US\n"
            .to_owned();
    for number in 0..10 {
        writeln!(shards, "s{number},t,100,a,p,r,gold,EU").expect("a text");
    }
    let sites = format!(
        "site,name,cpu,move_in_per_hour,jurisdiction\na,Alpha,2000,{move_in},EU\nb,Beta,2000,unlimited,EU;US\n"
    );
    let files = [
        file("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
        file("profiles.csv", "profile,cpu\np,1\n"),
        file("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        file("client_regions.csv", "client_region\nr\n"),
        file("sites.csv", &sites),
        file("access_points.csv", "access_point\nin\n"),
        file(
            "links.csv",
            "link,from,to,latency_ms\nl0,r,in,5\nl1,in,a,5\nl2,in,b,6\n",
        ),
        file("shards.csv", &shards),
        file("onboarding.csv", "date,shard,users\n2030-03-01,new,100\n"),
    ];
    let reading = inventory::read(&files);
    let inventory = reading
        .inventory
        .unwrap_or_else(|| panic!("{:?}", reading.findings));
    let text = "[scenario]\nname = \"works\"\nstart = 2030-02-28T20:00:00Z\nend = 2030-03-01T06:00:00Z\n\n\
                [[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n\
                start = 2030-02-28T22:00:00Z\nend = 2030-03-01T00:00:00Z\n";
    let layer = ScenarioText {
        name: "works.toml".to_owned(),
        text: text.to_owned(),
    };
    let reading = scenario::read(&[layer], &inventory);
    let scenario = reading
        .scenario
        .unwrap_or_else(|| panic!("{:?}", reading.findings));
    let plan = planned(&inventory, &scenario);
    let writer = TransitionWriter {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
    };
    let chart = |period: &PeriodPlan| waves_chart(&writer, period);
    plan.periods.iter().map(chart).collect()
}

/// 1000 users return at 1200 an hour, and the 100 are placed at midnight: the chart of the last period has both.
#[test]
fn the_title_shows_of_all_that_the_chart_shows_the_largest_first() {
    let charts = charts("1200");
    let last = charts.last().and_then(Option::as_ref).expect("it is drawn");
    assert!(
        last.title
            .starts_with("The return of 1,000 users is done by 1 Mar 00:50: "),
        "{}",
        last.title
    );
    assert!(
        last.title.contains(
            "; start by 1 Mar 00:00: 1 wave, the placing of 100 users is done by 1 Mar 00:00"
        ),
        "{}",
        last.title
    );
    let call = |wave_bar: &plimsoll::report::charts::waves::WaveBar| wave_bar.traffic();
    let words: Vec<String> = last.waves.iter().map(call).collect();
    let placed = |text: &String| text.as_str() == "100 users are placed at Beta";
    assert_eq!(
        words.iter().filter(|word| placed(word)).count(),
        1,
        "{words:?}"
    );
    assert!(
        !words.iter().any(|word| word.contains("nobody")),
        "{words:?}"
    );
    let svg = last.svg(1200).expect("it can be drawn");
    assert!(
        svg.contains("; 100 users are placed at Beta</title>"),
        "{svg}"
    );
}

#[test]
fn where_nothing_takes_time_there_is_no_chart() {
    let charts = charts("unlimited");
    assert!(charts.len() > 1 && charts.iter().all(Option::is_none));
}
