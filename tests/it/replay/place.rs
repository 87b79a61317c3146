//! A place with one site, through which everything passes: what the replays by hand are played at.

use crate::folders::file;
use plimsoll::engine::replay;
use plimsoll::inventory;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::replay::{Passage, Run};
use plimsoll::scenario::{self, ScenarioText};
use plimsoll::solve::Stop;

/// What differs between the replays by hand. Every user of profile `p` demands 1 of `work` at site a.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// Behind `resource,unit,scope`: more columns of resources.csv and their values.
    pub(super) resource: (&'a str, &'a str),
    /// More columns of profiles.csv and their values.
    pub(super) profile: (&'a str, &'a str),
    /// More columns of elements.csv, of which `lb` before the site has these values.
    pub(super) element: (&'a str, &'a str),
    pub(super) capacity: f64,
    pub(super) users: u32,
    pub(super) end: &'a str,
    /// Behind the scenario's own table.
    pub(super) scenario: &'a str,
}

pub(super) const PLACE: Place<'static> = Place {
    resource: ("", ""),
    profile: ("", ""),
    element: ("", ""),
    capacity: 1000.0,
    users: 500,
    end: "2030-03-01T12:00:00Z",
    scenario: "",
};

pub(super) fn read(place: &Place<'_>) -> (Inventory, Scenario) {
    let files = [
        file(
            "resources.csv",
            &format!(
                "resource,unit,scope{}\nwork,jobs/s,site{}\n",
                place.resource.0, place.resource.1
            ),
        ),
        file(
            "profiles.csv",
            &format!("profile,work{}\np,1{}\n", place.profile.0, place.profile.1),
        ),
        file("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        file("client_regions.csv", "client_region\nr\n"),
        file("sites.csv", &format!("site,work\na,{}\n", place.capacity)),
        file("access_points.csv", "access_point\nin\n"),
        file(
            "elements.csv",
            &format!(
                "element,kind{}\nlb,load-balancer{}\n",
                place.element.0, place.element.1
            ),
        ),
        file(
            "links.csv",
            "link,from,to,latency_ms\nl0,r,in,5\nl1,in,lb,5\nl2,lb,a,0\n",
        ),
        file(
            "shards.csv",
            &format!(
                "shard,tenant,users,site,profile,client_region,tier\ns,t,{},a,p,r,gold\n",
                place.users
            ),
        ),
    ];
    let reading = inventory::read(&files);
    let inventory = reading
        .inventory
        .unwrap_or_else(|| panic!("{:?}", reading.findings));
    let text = format!(
        "[scenario]\nname = \"by-hand\"\nstart = 2030-03-01T00:00:00Z\nend = {}\n\n{}",
        place.end, place.scenario
    );
    let name = "by-hand.toml".to_owned();
    let reading = scenario::read(&[ScenarioText { name, text }], &inventory);
    let scenario = reading
        .scenario
        .unwrap_or_else(|| panic!("{:?}", reading.findings));
    (inventory, scenario)
}

/// What happens if nobody does anything.
pub(super) fn played(place: &Place<'_>) -> Run {
    let (inventory, scenario) = read(place);
    let replay = replay(&inventory, &scenario, None, true, &Stop::default())
        .expect("no plan")
        .expect("a replay");
    replay.runs.into_iter().next().expect("one run")
}

/// What held work up, if anything did.
pub(super) fn only(run: &Run) -> &Passage {
    assert_eq!(run.passages.len(), 1);
    &run.passages[0]
}
