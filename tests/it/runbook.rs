//! The runbook: its steps, its table, who must know, and what its script runs.

mod always;
#[cfg(unix)]
mod journal;
#[cfg(unix)]
mod rollback;
#[cfg(unix)]
mod script;

use crate::folders::with;
use crate::laws::steps::read;
use crate::levels::planned;
use plimsoll::model::{Inventory, Scenario};
use plimsoll::plan::{Plan, changes};
use plimsoll::report::waves::{TransitionWriter, runbook_files};
use regex::Regex;
use std::collections::BTreeMap;

/// The files of a runbook, by name.
fn files(inventory: &Inventory, scenario: &Scenario, plan: &Plan) -> BTreeMap<String, String> {
    let steps = changes(inventory, scenario, plan);
    let writer = TransitionWriter {
        inventory,
        scenario,
        plan,
    };
    let files = runbook_files(&writer, &steps).expect("it is written");
    let texts = files.into_iter().map(|file| {
        let text = String::from_utf8(file.bytes).expect("UTF-8");
        (file.name, text)
    });
    texts.collect()
}

/// Steps of the runbooks of these places, of which some have waves that go on beside others.
const PLACES: [&str; 4] = [
    "tests/found/out-before-another-is-back",
    "tests/found/let-in-whom",
    "tests/found/opens-while-users-move",
    "tests/found/turned-between-waves",
];

/// Every step stands once in the table, in order of time, and once in the text; runbook.csv has the same.
#[test]
fn every_step_stands_once_in_the_table_and_once_in_the_text() {
    let row = Regex::new(r"(?m)^\| ☐ \| (\d+) \|").expect("a pattern");
    for place in PLACES {
        let (inventory, scenario) = read(place, &["scenario.toml"]);
        let plan = planned(&inventory, &scenario);
        let files = files(&inventory, &scenario, &plan);
        let text = &files["runbook.md"];
        let rows: Vec<usize> = row
            .captures_iter(text)
            .map(|captures| captures[1].parse().expect("digits"))
            .collect();
        assert!(!rows.is_empty(), "{place}: {text}");
        assert!(rows.iter().copied().eq(1..=rows.len()), "{place}: {rows:?}");
        for number in &rows {
            let step = format!("**Step {number}.** ");
            assert_eq!(text.matches(&step).count(), 1, "{place}: {step}\n{text}");
        }
        let steps = text.matches("\n**Step ").count();
        assert_eq!(steps, rows.len(), "{place}");
        let mut csv = csv::Reader::from_reader(files["runbook.csv"].as_bytes());
        let starts: Vec<jiff::Timestamp> = csv
            .records()
            .map(|record| record.expect("a row")[1].parse().expect("an instant"))
            .collect();
        assert_eq!(starts.len(), rows.len(), "{place}");
        assert!(starts.is_sorted(), "{place}: {starts:?}");
    }
}

/// A step that says "do not stop here" nowhere says that stopping is safe.
#[test]
fn no_step_calls_a_stop_safe_and_forbids_it() {
    let (inventory, scenario) = read("data/americas-2012", &["13-november-2012.toml"]);
    let plan = planned(&inventory, &scenario);
    let mut files = files(&inventory, &scenario, &plan);
    let text = files.remove("runbook.md").expect("a runbook");
    let steps: Vec<&str> = text.split("\n**Step ").skip(1).collect();
    let forbidden = steps.iter().filter(|step| step.contains("**do not stop"));
    let forbidden: Vec<&&str> = forbidden.collect();
    assert!(!forbidden.is_empty(), "{text}");
    for step in forbidden {
        assert!(!step.contains("stopping here is safe"), "{step}");
        assert!(step.contains("of a headroom target is missing"), "{step}");
    }
}

/// The page has the same steps, and no link, script or picture.
#[test]
fn the_page_of_a_runbook_has_its_table() {
    let (inventory, scenario) = read(PLACES[0], &["scenario.toml"]);
    let plan = planned(&inventory, &scenario);
    let files = files(&inventory, &scenario, &plan);
    let page = &files["runbook.html"];
    let steps = files["runbook.md"].matches("| ☐ |").count();
    assert_eq!(page.matches("<td>☐</td>").count(), steps, "{page}");
    for tag in ["<script", "<a ", "<img", "href"] {
        assert!(!page.contains(tag), "{tag}: {page}");
    }
    assert!(page.ends_with("</html>\n"));
}

fn of_contacts(contacts: &str) -> String {
    of_contacts_and(contacts, &[])
}

fn of_contacts_and(contacts: &str, more: &[(&str, &str)]) -> String {
    let pairs = [
        ("sites.csv", "site,cpu\na,100\nb,100\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\n",
        ),
        ("contacts.csv", contacts),
    ];
    let files: Vec<(String, String)> = with(&[&pairs, more].concat())
        .into_iter()
        .map(|source_file| {
            (
                source_file.name,
                String::from_utf8(source_file.bytes).expect("UTF-8"),
            )
        })
        .collect();
    let scenario = "[scenario]\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T08:00:00Z\n\
        [[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\nstart = 2030-03-01T06:00:00Z\n";
    let (inventory, scenario) = crate::read::read(&files, scenario);
    let plan = planned(&inventory, &scenario);
    super::runbook::files(&inventory, &scenario, &plan)["runbook.md"].clone()
}

/// The users of t leave a for b: the contacts of all three are named, in letters that are no markup.
#[test]
fn a_runbook_names_who_must_know() {
    let header = "tenant,site,name,address\n";
    let text = of_contacts(&format!(
        "{header}t,,Ann *Lee*,ann@t.example\n,b,NOC,`#noc`\n"
    ));
    for line in [
        "- tenant t: Ann \\*Lee\\*, `ann@t.example`\n",
        "- site b: NOC, `` `#noc` ``\n",
        "- contacts.csv names nobody for 1 tenant or site that the plan touches: site a\n",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let text = of_contacts(header);
    let by_id = "Who must know, before the first step and after the last, most affected first:\n\n\
        - site a: 10 users leave\n- site b: 10 users arrive\n- tenant t: 10 users move\n\n\
        The inventory has no contacts.csv, which adds names and addresses.\n";
    assert!(text.contains(by_id), "{text}");
}

/// Twelve tenants of 1 to 12 users leave: the ten with most users are listed, the largest first.
#[test]
fn without_contacts_the_ten_most_affected_tenants_are_named_by_id() {
    let shards: Vec<String> = (1..=12)
        .map(|number| format!("t{number},t{number},{number},a,mail,r,gold\n"))
        .collect();
    let header = "shard,tenant,users,site,profile,client_region,tier\n";
    let text = of_contacts_and(
        "tenant,site,name,address\n",
        &[("shards.csv", &format!("{header}{}", shards.concat()))],
    );
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("- tenant "))
        .collect();
    assert_eq!(lines.len(), 10, "{text}");
    assert_eq!(lines[0], "- tenant t12: 12 users move");
    assert_eq!(lines[9], "- tenant t3: 3 users move");
    assert!(text.contains("- and 2 more in tenants.csv\n"), "{text}");
}

/// Eight tenants and a site have no contact: the site and four of them are listed, and the others counted.
#[test]
fn a_runbook_lists_the_first_of_those_without_a_contact() {
    let tenants = ["t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8"];
    let shards = tenants
        .map(|tenant| format!("{tenant},{tenant},5,a,mail,r,gold\n"))
        .concat();
    let header = "shard,tenant,users,site,profile,client_region,tier\n";
    let text = of_contacts_and(
        "tenant,site,name,address\n,b,NOC,#noc\n",
        &[("shards.csv", &format!("{header}{shards}"))],
    );
    let line = "- contacts.csv names nobody for 9 tenants or sites that the plan touches: site a, tenant t1, tenant t2, tenant t3, tenant t4 and 4 more (tenants and sites of all moves: assignment.csv)\n";
    assert!(text.contains(line), "{text}");
}

/// A rollback is there where the scenario ends with the maintenance, and where all is as it was it says so.
#[test]
fn a_rollback_is_always_reported() {
    let text = of_contacts("tenant,site,name,address\n");
    let (_, back) = text
        .split_once("\n## Rollback after the last step\n")
        .expect("it is told");
    assert!(back.contains("move 1 shard back"), "{back}");
}
