//! Inventories without errors: what is read is what stands there, and comes back when it is written.

use crate::folders::{folder, smallest, with};
use plimsoll::inventory::{read, write};
use plimsoll::model::{Credit, Inventory, LinkEnd, Overload, Profile, ReplicaState};
use std::path::Path;

#[test]
fn the_smallest_inventory_is_sound() {
    let reading = read(&smallest());
    assert_eq!(reading.findings, []);
    let inventory = reading.inventory.expect("there are no errors");
    assert_eq!(inventory.shards.len(), 1);
    assert_eq!(inventory.capacity[[0, 0]], Some(100.0));
}

#[test]
fn the_cases_by_hand_are_read_without_errors() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases");
    for case in ["one-drain", "two-keep", "three-network", "four-share"] {
        let path = cases.join(case);
        if !path.exists() {
            // The cases lie beside the project where it is developed, not in every clone of it.
            continue;
        }
        let reading = read(&folder(&path));
        let texts: Vec<String> = reading.findings.iter().map(ToString::to_string).collect();
        assert!(reading.inventory.is_some(), "{case}: {}", texts.join("\n"));
    }
}

/// An inventory that uses every file and every column.
pub(super) fn full() -> Inventory {
    let hours: Vec<String> = (0..24).map(|hour| format!("day,{hour},0.{hour}")).collect();
    let hours = hours.join("\n");
    let reading = read(&with(&[
        (
            "resources.csv",
            "resource,unit,scope,headroom,event_headroom,varies,replica_share,moving_share,overload,queue_seconds\nstorage,TiB,site,0.1,,no,1,1,,\nbw,Gbit/s,network,0.3,0.1,yes,0,0,queue,12.5\ncpu,vCPU,site,0.2,,,0.25,,lose,\n",
        ),
        (
            "profiles.csv",
            "profile,bw,storage,cpu,retries,timeout_seconds,late_seconds,service_seconds,session_cost\nweb,1e-5,0,0.001,2,30,2.5,0.25,5\nmail,0.00002,0.005,0.002,,,,,\n",
        ),
        (
            "tiers.csv",
            "tier,rank,availability\nsilver,2,0.99\ngold,1,0.999\n",
        ),
        (
            "load_curves.csv",
            &format!("load_curve,hour,factor\n{hours}"),
        ),
        (
            "client_regions.csv",
            "client_region,name,latitude,longitude,time_zone,load_curve\nwest,\"West, coast\",37.77,-122.42,America/Los_Angeles,day\neast,,40.71,-74.01,,\n",
        ),
        (
            "sites.csv",
            "site,name,region,jurisdiction,latitude,longitude,cpu,storage,bw,headroom,move_in_per_hour,move_out_per_hour,accepts_per_second\nsat,San Antonio,us,US,29.42,-98.49,4000,12000,unlimited,,1000,unlimited,50\nchi,Chicago,us,US;CA,41.88,-87.63,4000,12000,80,0.15,,,\n",
        ),
        (
            "access_points.csv",
            "access_point,name,latitude,longitude,state,bw,headroom,accepts_per_second\nap-nyc,New York,40.71,-74.01,active,40,,100\nap-dfw,Dallas,32.78,-96.80,standby,30,0.1,\n",
        ),
        (
            "elements.csv",
            "element,name,kind,latitude,longitude,bw,headroom,accepts_per_second,sheds_stale_work,pool\nlb-2,,load-balancer,41.88,-87.63,20,,,no,lb\nlb-1,,load-balancer,41.88,-87.63,20,0.2,10,yes,lb\nfw,,firewall,,,unlimited,,,,\n",
        ),
        (
            "links.csv",
            "link,from,to,profiles,latency_ms,bw\nl1,east,ap-nyc,,,\"unlimited\"\nl2,west,ap-dfw,web;mail,,10\nl3,ap-nyc,lb,,17,unlimited\nl4,lb,chi,,0,unlimited\nl5,ap-dfw,fw,,1,unlimited\nl6,fw,sat,mail,1,unlimited\nl7,fw,lb,web,12,unlimited\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier,jurisdiction,max_latency_ms,move\ns2,acme,40,chi,mail,east,gold,CA,90.5,replica_only\ns1,acme,30,sat,mail,west,silver,,,\ns3,zeta,0,,web,west,silver,US,,pinned\ns0,zeta,7,chi,web,east,gold,,,free\n",
        ),
        (
            "replicas.csv",
            "shard,site,preference,state\ns2,sat,,\ns0,sat,3,blocked\n",
        ),
        (
            "onboarding.csv",
            "date,shard,users,low,high\n2012-11-01,s3,500,400,700\n2012-10-01T09:00:00-07:00,s1,-5,,\n",
        ),
        (
            "capacity_changes.csv",
            "date,component,resource,capacity\n2012-12-01,chi,cpu,6000\n2012-11-15,lb-1,bw,unlimited\n",
        ),
        (
            "background.csv",
            "component,resource,load\nap-nyc,bw,2.5\nchi,storage,100\n",
        ),
        (
            "risk_groups.csv",
            "risk_group,component\nconduit,l3\nconduit,ap-nyc\nvendor,lb-1\nvendor,lb-2\n",
        ),
        ("credits.csv", "uptime_below,credit\n0.9,0.4\n0.9995,0.1\n"),
        (
            "contacts.csv",
            "tenant,site,name,address\nacme,,Ann,ann@x.example\n,chi,NOC,+1 555\n",
        ),
        (
            "returns.csv",
            "shard,site,from\ns1,chi,\ns0,sat,2012-11-17T02:00:00-06:00\n",
        ),
        (
            "current_weights.csv",
            "profile,max_latency_ms,links,weight\nmail,90.5,l1>l3>l4,1\nweb,,l1>l3>l4,1\n",
        ),
        (
            "reference_utilization.csv",
            "component,resource,utilization\nsat,cpu,0.25\nchi,storage,1.5\n",
        ),
    ]));
    let texts: Vec<String> = reading.findings.iter().map(ToString::to_string).collect();
    reading
        .inventory
        .unwrap_or_else(|| panic!("{}", texts.join("\n")))
}

#[test]
fn every_table_is_sorted_by_id_and_every_reference_resolved() {
    let inventory = full();
    let ids: Vec<&str> = inventory.shard_ids.iter().collect();
    assert_eq!(ids, ["s0", "s1", "s2", "s3"]);
    assert_eq!(inventory.jurisdictions, ["CA", "US"]);
    assert_eq!(inventory.tenants, ["acme", "zeta"]);
    let lb = &inventory.pools[0];
    assert_eq!(lb.members.len(), 2);
    let members: Vec<&str> = lb
        .members
        .iter()
        .map(|member| inventory.elements[member.index()].id.as_str())
        .collect();
    assert_eq!(members, ["lb-1", "lb-2"]);
    let chi = &inventory.sites[0];
    assert_eq!((chi.id.as_str(), chi.jurisdictions.len()), ("chi", 2));
    assert!(matches!(inventory.links[2].to, LinkEnd::Pool(_)));
    assert_eq!(inventory.replicas[0].state, ReplicaState::Blocked);
    assert_eq!(inventory.load_curves[0].factors.len(), 168);
    assert_eq!(inventory.onboarding[0].low, -5);
}

#[test]
fn what_becomes_of_work_is_read_and_has_its_defaults() {
    let inventory = full();
    let overload: Vec<_> = inventory
        .resources
        .iter()
        .map(|resource| {
            (
                resource.id.as_str(),
                resource.overload,
                resource.queue_seconds,
            )
        })
        .collect();
    assert_eq!(
        overload,
        [
            ("bw", Overload::Queue, Some(12.5)),
            ("cpu", Overload::Lose, None),
            ("storage", Overload::Queue, None),
        ]
    );
    let times = |profile: &Profile| {
        let Profile {
            timeout_seconds,
            late_seconds,
            service_seconds,
            session_cost,
            ..
        } = *profile;
        (
            [timeout_seconds, late_seconds, service_seconds],
            session_cost,
        )
    };
    assert_eq!(times(&inventory.profiles[0]), ([None; 3], 0.0));
    let web = ([Some(30.0), Some(2.5), Some(0.25)], 5.0);
    assert_eq!(times(&inventory.profiles[1]), web);
    let shed: Vec<bool> = inventory
        .elements
        .iter()
        .map(|element| element.sheds_stale_work)
        .collect();
    assert_eq!(shed, [false, true, false]);
    let paid: Vec<_> = inventory
        .credits
        .iter()
        .map(|credit| (credit.uptime_below, credit.share))
        .collect();
    assert_eq!(paid, [(0.9995, 0.1), (0.9, 0.4)]);
}

#[test]
fn without_a_row_of_credits_the_standard_ones_hold() {
    let credits = |text: &str| {
        let reading = read(&with(&[("credits.csv", text)]));
        assert_eq!(reading.findings, []);
        reading.inventory.expect("there are no errors").credits
    };
    let absent = read(&smallest()).inventory.expect("sound").credits;
    assert_eq!(absent, Credit::STANDARD);
    assert_eq!(credits("uptime_below,credit\n"), Credit::STANDARD);
    // One row of credit 0 says that nobody is paid anything.
    let none = credits("uptime_below,credit\n1,0\n");
    assert_eq!((none.len(), none[0].share), (1, 0.0));
}

#[test]
fn columns_in_which_nothing_is_said_are_not_written() {
    let written = |inventory: &Inventory, name: &str| {
        let files = write(inventory);
        let file = files.into_iter().find(|file| file.name == name);
        file.map(|file| String::from_utf8(file.bytes).expect("UTF-8"))
    };
    let mut inventory = read(&smallest()).inventory.expect("sound");
    assert_eq!(written(&inventory, "credits.csv"), None);
    let resources = written(&inventory, "resources.csv").expect("it is required");
    assert!(!resources.contains("overload"), "{resources}");
    inventory.resources[0].queue_seconds = Some(60.0);
    let resources = written(&inventory, "resources.csv").expect("it is required");
    assert!(
        resources.starts_with("resource,") && resources.contains(",moving_share,queue_seconds\n"),
        "{resources}"
    );
    inventory.credits.clear();
    let credits = written(&inventory, "credits.csv");
    assert_eq!(credits.as_deref(), Some("uptime_below,credit\n1,0\n"));
}

#[test]
fn a_written_inventory_is_read_as_the_same() {
    let inventory = full();
    let again = read(&write(&inventory));
    let texts: Vec<String> = again.findings.iter().map(ToString::to_string).collect();
    assert_eq!(again.inventory, Some(inventory), "{}", texts.join("\n"));
}

#[test]
fn preferences_left_blank_are_the_order_of_the_file_within_the_shard() {
    let reading = read(&with(&[
        ("sites.csv", "site,cpu\na,100\nb,100\nc,100\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\nl4,p,c,5\n",
        ),
        ("replicas.csv", "shard,site\ns,c\ns,b\n"),
    ]));
    let inventory = reading.inventory.expect("there are no errors");
    let order: Vec<(u32, &str)> = inventory
        .replicas
        .iter()
        .map(|replica| {
            let site = &inventory.sites[replica.site.index()];
            (replica.preference, site.id.as_str())
        })
        .collect();
    assert_eq!(order, [(1, "c"), (2, "b")]);
}

#[test]
fn a_blank_latency_is_that_of_the_great_circle() {
    let reading = read(&with(&[
        (
            "client_regions.csv",
            "client_region,latitude,longitude\nr,0,0\n",
        ),
        (
            "access_points.csv",
            "access_point,latitude,longitude\np,0,90\n",
        ),
        ("links.csv", "link,from,to,latency_ms\nl1,r,p,\nl2,p,a,5\n"),
    ]));
    let inventory = reading.inventory.expect("there are no errors");
    let quarter = std::f64::consts::FRAC_PI_2 * 6371.0088;
    let expected = 1.75 * 2.0 * quarter / 204.19;
    assert!((inventory.links[0].latency.0 - expected).abs() < 1e-9);
}
