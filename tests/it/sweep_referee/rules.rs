//! Every rule of the referee of sweeps, with the smallest change that breaks it.

use super::folders::inventory_of;
use super::written::{Judged, Written};
use plimsoll::engine::SweepRequest as Asked;
use plimsoll::model::FailureSet;
use plimsoll::plan::check::SweepVerdict;

/// All pairs of sites while Chicago is drained.
fn tiny() -> Written {
    let (inventory, scenario) = inventory_of("data/tiny", "drain-chicago.toml");
    Written::of(&inventory, &scenario, Asked::new(FailureSet::Sites, 2))
}

/// The same while Amsterdam is drained: the default plan settles some cases.
fn quiet() -> Written {
    let (inventory, scenario) = inventory_of("data/tiny", "drain-amsterdam.toml");
    Written::of(
        &inventory,
        &scenario,
        Asked::new(FailureSet::AccessPoints, 1),
    )
}

/// Where rules are broken: `file:line column code`.
pub(super) fn places(verdict: &SweepVerdict) -> Vec<String> {
    let broken = verdict.broken.iter();
    let words = broken.map(|finding| {
        let place = &finding.place;
        let line = place
            .line
            .map_or_else(String::new, |line| format!(":{line}"));
        let column = place.column.as_deref().unwrap_or("-");
        format!("{}{line} {column} {}", place.file, finding.code.0)
    });
    words.collect()
}

/// Asserts that a change of a file breaks a rule at a place, whatever else it breaks.
#[track_caller]
pub(super) fn breaks(sweep: &Written, file: &str, (from, to): (&str, &str), expected: &str) {
    let text = &sweep.files[file];
    assert!(text.contains(from), "{file} has no {from:?}:\n{text}");
    let changed = sweep.with(file, text.replacen(from, to, 1));
    match changed.judge() {
        Judged::Unreadable(codes) => panic!("{codes:?}"),
        Judged::Read(verdict) => {
            let places = places(&verdict);
            assert!(
                places.iter().any(|place| place == expected),
                "{expected}: {places:#?}"
            );
        }
    }
}

#[test]
fn sweep_json_is_of_this_scenario_and_of_these_cases() {
    let sweep = tiny();
    let wrong = |from, to, expected| breaks(&sweep, "sweep.json", (from, to), expected);
    wrong("tiny-drain-chicago", "another", "sweep.json scenario P7830");
    wrong("\"period\": 0", "\"period\": 7", "sweep.json period P7830");
    wrong("T02:00:00", "T03:00:00", "sweep.json start P7830");
    wrong(
        "\"over\": \"sites\"",
        "\"over\": \"planets\"",
        "sweep.json over P7831",
    );
    wrong("\"replan\"", "\"pray\"", "sweep.json recoveries P7831");
    wrong(
        "\"failures\": 2",
        "\"failures\": 3",
        "sweep.json failures P7831",
    );
    wrong("\"cases\": 4,", "\"cases\": 5,", "sweep.json cases P7831");
    wrong(
        "\"first_case\": 0",
        "\"first_case\": 1",
        "sweep.json first_case P7831",
    );
    wrong(
        "\"cases_done\": 4",
        "\"cases_done\": 3",
        "sweep.json cases_done P7831",
    );
    wrong("\"complete\"", "\"part\"", "sweep.json status P7831");
    wrong(
        "\"period\": 0",
        "\"part\": \"0/3\", \"period\": 0",
        "sweep.json part P7831",
    );
    let gray = "\"gray\": {\"over\": \"links\", \"most\": 1, \"severity\": 2, \"detect_minutes\": 1}, \"full\"";
    wrong("\"full\"", gray, "sweep.json gray.severity P7831");
    wrong(
        "\"hold\": 0",
        "\"hold\": 1",
        "sweep.json found[0].hold P7832",
    );
    wrong(
        "\"worst_case\": 3",
        "\"worst_case\": 2",
        "sweep.json found[0].worst_case P7832",
    );
}

#[test]
fn every_row_is_of_a_case_that_is_here_once_and_in_its_order() {
    let sweep = tiny();
    let wrong = |file, from, to, expected| breaks(&sweep, file, (from, to), expected);
    let (failures, sites) = ("by_failure.csv", "site_utilization.csv");
    wrong(failures, "\n3,2,", "\n9,2,", "by_failure.csv:5 case P7833");
    wrong(
        failures,
        "\n1,1,ams",
        "\n0,1,ams",
        "by_failure.csv:3 case P7833",
    );
    wrong(
        sites,
        "0,,replan,sat",
        "0,,replan,mars",
        "site_utilization.csv:3 site P7833",
    );
    wrong(failures, "\n3,2,", "\n9,2,", "by_failure.csv - P7834");
    wrong(
        failures,
        "1,1,ams,",
        "1,1,sat,",
        "by_failure.csv:3 failing P7835",
    );
    wrong(
        failures,
        "1,1,ams,",
        "1,2,ams,",
        "by_failure.csv:3 failures P7835",
    );
    let rows: Vec<&str> = sweep.files[sites].lines().collect();
    let swapped = [rows[2], rows[1]].join("\n");
    let order = [rows[1], rows[2]].join("\n");
    wrong(sites, &order, &swapped, "site_utilization.csv:3 case P7836");
}

#[test]
fn what_a_case_comes_to_is_what_its_plan_comes_to() {
    let sweep = tiny();
    let wrong = |file, from, to, expected| breaks(&sweep, file, (from, to), expected);
    let failures = "by_failure.csv";
    wrong(
        failures,
        "replan,30000,",
        "replan,30001,",
        "by_failure.csv:3 unserved_users P7840",
    );
    wrong(
        failures,
        "yes,30000,30000,",
        "yes,30000,0,",
        "by_failure.csv:3 whole_unserved_users P7867",
    );
    let by_tier = "unserved_by_tier.csv";
    wrong(
        by_tier,
        "silver,30000,",
        "silver,30001,",
        "unserved_by_tier.csv:2 users P7841",
    );
    let no_site = ["silver,30000,30000\n", "silver,30000,29000\n"];
    wrong(
        by_tier,
        no_site[0],
        no_site[1],
        "unserved_by_tier.csv:2 no_site_users P7866",
    );
    wrong(
        by_tier,
        "1,ams,replan,silver,30000,30000\n",
        "",
        "unserved_by_tier.csv users P7841",
    );
    wrong(
        failures,
        "replan,0,0.5",
        "replan,0,0.4",
        "by_failure.csv:2 worst_shortfall P7842",
    );
    wrong(
        failures,
        "0.5,ams,cpu",
        "0.5,chi,cpu",
        "by_failure.csv:2 component P7843",
    );
    wrong(
        failures,
        "ams,cpu,90000",
        "ams,cpu,90001",
        "by_failure.csv:2 moved_users P7844",
    );
    wrong(
        failures,
        "90000,1,solver",
        "90000,2,solver",
        "by_failure.csv:2 opened_access_points P7845",
    );
    wrong(
        "involved.csv",
        "opened,ap-dfw",
        "opened,ap-nyc",
        "involved.csv:4 component P7845",
    );
    wrong(
        "involved.csv",
        "0,,replan,opened,ap-dfw,\n",
        "",
        "involved.csv - P7845",
    );
    wrong(
        "involved.csv",
        "binds,ams,cpu",
        "binds,chi,cpu",
        "involved.csv:2 component P7846",
    );
}

#[test]
fn what_settles_a_case_settles_it() {
    let sweep = tiny();
    let wrong = |file, from, to, expected| breaks(&sweep, file, (from, to), expected);
    let failures = "by_failure.csv";
    wrong(
        failures,
        "1,solver",
        "1,default",
        "by_failure.csv:2 settled_by P7847",
    );
    wrong(
        failures,
        "1,solver",
        "1,default",
        "proofs.jsonl:1 case P7848",
    );
    wrong(
        failures,
        "1,solver",
        "1,rule",
        "by_failure.csv:2 settled_by P7848",
    );
    wrong(
        failures,
        "1,solver,yes",
        "1,solver,no",
        "by_failure.csv:2 proven P7849",
    );
    let (proofs, start) = ("proofs.jsonl", "displaced.jsonl");
    wrong(
        proofs,
        "\"price\":0.025",
        "\"price\":0.02",
        "by_failure.csv:2 proven P7849",
    );
    wrong(
        proofs,
        "\"price\":0.025",
        "\"price\":0.02",
        "proofs.jsonl:1 levels[3].bound P7975",
    );
    wrong(
        proofs,
        "\"like\":\"alamo-energy-1\"",
        "\"like\":\"nobody\"",
        "proofs.jsonl:2 displaced[0].of[0].like P7850",
    );
    wrong(
        proofs,
        "\"users\":60000",
        "\"users\":61000",
        "proofs.jsonl:2 displaced[0].of[0].users P7850",
    );
    wrong(
        proofs,
        "\"south-dfw\"",
        "\"midwest-dfw\"",
        "proofs.jsonl:2 displaced[0].links P7851",
    );
    wrong(
        start,
        "\"nyc-ams\"",
        "\"nyc-chi\"",
        "proofs.jsonl:1 displaced P7851",
    );
    wrong(
        start,
        "\"users\":27000",
        "\"users\":7000",
        "proofs.jsonl:1 displaced P7852",
    );
    wrong(
        proofs,
        "\"value\":0.5",
        "\"value\":0.6",
        "proofs.jsonl:1 levels[3].value P7853",
    );
    wrong(
        proofs,
        "\"measure\":\"worst\"",
        "\"measure\":\"total\"",
        "proofs.jsonl:1 levels P7854",
    );
}

#[test]
fn a_case_settled_by_default_that_needs_a_plan_is_found() {
    let sweep = quiet();
    let text = &sweep.files["by_failure.csv"];
    assert!(text.contains(",default,"), "{text}");
    // The same inventory with less room: what was enough is not any more.
    let mut smaller = sweep.clone();
    let sat = smaller
        .inventory
        .sites
        .iter()
        .position(|row| row.id == "sat");
    let cpu = smaller
        .inventory
        .resources
        .iter()
        .position(|row| row.id == "cpu");
    smaller.inventory.capacity[[sat.expect("it is there"), cpu.expect("the same")]] = Some(50.0);
    let places = places(&smaller.verdict());
    assert!(
        places
            .iter()
            .any(|place| place.ends_with("settled_by P7847")),
        "{places:#?}"
    );
}

#[test]
fn tables_of_components_tenants_and_sites_are_those_of_the_cases() {
    let sweep = tiny();
    let wrong = |file, from, to, expected| breaks(&sweep, file, (from, to), expected);
    let components = "by_component.csv";
    wrong(
        components,
        ",0.9,45,50",
        ",0.9,45.0001,50",
        "by_component.csv:3 load P7855",
    );
    wrong(
        components,
        "ams,site,",
        "ams,link,",
        "by_component.csv:2 kind P7855",
    );
    let last = "replan,ams,site,cpu,vCPU,2,0.9,45,50,0,\n";
    wrong(components, last, "", "by_component.csv:2 case P7856");
    let worst = "worst_by_kind.csv";
    wrong(
        worst,
        "replan,failures-0,ams,cpu,0.9,45,50,0,\n",
        "",
        "worst_by_kind.csv case P7856",
    );
    wrong(
        worst,
        "failures-0",
        "failures-1",
        "worst_by_kind.csv:2 kind_of_case P7856",
    );
    let survivable = "survivable.csv";
    wrong(
        survivable,
        "gold,0,2,sat",
        "gold,1,2,sat",
        "survivable.csv:2 failures_survived P7857",
    );
    wrong(
        survivable,
        "gold,0,2,sat",
        "gold,0,3,ams+sat",
        "survivable.csv:2 case P7857",
    );
    let first = "replan,alamo-energy,gold,0,2,sat\n";
    wrong(survivable, first, "", "survivable.csv - P7858");
    let sites = "site_utilization.csv";
    wrong(
        sites,
        "ams,cpu,0.9",
        "ams,cpu,0.8",
        "site_utilization.csv:2 utilization P7859",
    );
    wrong(
        sites,
        "ams,cpu,0.9",
        "ams,bandwidth,0.9",
        "site_utilization.csv:2 resource P7859",
    );
}

#[test]
fn what_a_sweep_starts_from_is_of_the_inventory() {
    let sweep = tiny();
    let homes = sweep.with("homes.csv", "shard,site,share\nlakeside-bank-1,sat,1\n");
    assert_eq!(places(&homes.verdict()), ["homes.csv:2 shard P7837"]);
    let file = "utilization_before.csv";
    breaks(
        &sweep,
        file,
        ("chi,cpu", "mars,cpu"),
        "utilization_before.csv:3 component P7838",
    );
    breaks(
        &sweep,
        "before.csv",
        (",90000,", ",91000,"),
        "before.csv:3 users P7601",
    );
}

#[test]
fn where_shards_are_in_a_later_period_is_believed() {
    let (inventory, mut scenario) = inventory_of("data/tiny", "drain-chicago.toml");
    scenario.policy.after = plimsoll::model::After::Stay;
    scenario.end += jiff::SignedDuration::from_hours(4);
    scenario.events[0].end -= jiff::SignedDuration::from_hours(2);
    let later = Asked {
        period: Some(1),
        ..Asked::new(FailureSet::Sites, 1)
    };
    let sweep = Written::of(&inventory, &scenario, later);
    let verdict = sweep.verdict();
    assert!(verdict.holds(), "{:#?}", verdict.broken);
    let believed = "whether earlier periods lead to the sites of homes.csv in period 1";
    assert_eq!(verdict.not_checked, [believed]);
    assert!(sweep.files["homes.csv"].lines().count() > 1);
    let text = sweep.files["homes.csv"].replace(",1\n", ",0.5\n");
    let broken = places(&sweep.with("homes.csv", text).verdict());
    assert!(
        broken.contains(&"homes.csv:2 share P7837".to_owned()),
        "{broken:#?}"
    );
    let mut without = sweep.clone();
    without.files.remove("homes.csv");
    let verdict = without.verdict();
    assert!(verdict.holds(), "{:#?}", verdict.broken);
    assert_eq!(verdict.cases, 0);
    let unknown =
        "the results of cases, as without homes.csv the sites of shards in period 1 are unknown";
    assert_eq!(verdict.not_checked, [unknown]);
}

#[test]
fn without_the_state_before_loads_are_judged_and_proofs_are_not() {
    let mut sweep = tiny();
    sweep.files.remove("before.csv");
    sweep.files.remove("utilization_before.csv");
    let verdict = sweep.verdict();
    assert!(verdict.holds(), "{:#?}", verdict.broken);
    assert_eq!(verdict.worst_gap, None);
    assert_eq!(verdict.cases, 4);
    assert_eq!(verdict.not_checked.len(), 2, "{:?}", verdict.not_checked);
    let changed = sweep.files["by_component.csv"].replace(",0.9,45,50", ",0.8,40,50");
    let broken = places(&sweep.with("by_component.csv", changed).verdict());
    assert!(
        broken.contains(&"by_component.csv:3 load P7855".to_owned()),
        "{broken:#?}"
    );
}

#[test]
fn a_folder_without_what_it_needs_is_not_read() {
    for (file, code) in [("sweep.json", "P6011"), ("by_failure.csv", "P6011")] {
        let mut sweep = tiny();
        sweep.files.remove(file);
        assert_eq!(sweep.judge().codes(), [code]);
    }
}
