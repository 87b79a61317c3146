//! report.html as text: what it says of small plans, and that nothing of a user's gets out of its place.
//! How it looks and works is tested in a browser (`tests/browser`).

use crate::folders::{file, folder, with};
use crate::levels::planned;
use plimsoll::inventory::{self, SourceFile};
use plimsoll::report::briefing::Briefing;
use plimsoll::report::drawn::drawings;
use plimsoll::report::html::{Explained, PlanReport, Topic, report};
use plimsoll::scenario::{self, ScenarioText};
use std::collections::BTreeSet;
use std::path::Path;

/// The report of a plan for these files and this scenario, with what is told besides; the headroom chart of each
/// period is made longer by `padding` bytes.
fn page(
    files: &[SourceFile],
    scenario: &SourceFile,
    warnings: &[String],
    explained: &[Explained],
    padding: usize,
) -> String {
    let inventory = inventory::read(files).inventory.expect("a sound inventory");
    let layer = ScenarioText {
        name: scenario.name.clone(),
        text: String::from_utf8_lossy(&scenario.bytes).into_owned(),
    };
    let scenario = scenario::read(&[layer], &inventory)
        .scenario
        .expect("a sound scenario");
    let plan = planned(&inventory, &scenario);
    let mut figures = drawings(&inventory, &scenario, &plan).expect("charts are drawn");
    let of_periods = figures.iter_mut().filter(|figure| figure.period.is_some());
    for figure in of_periods.filter(|figure| figure.name.starts_with("headroom-")) {
        figure.wide.push_str(&" ".repeat(padding));
    }
    let plan_report = PlanReport {
        briefing: Briefing {
            inventory: &inventory,
            scenario: &scenario,
            plan: &plan,
            steps: &plimsoll::plan::changes(&inventory, &scenario, &plan),
            explanations: None,
            proven: None,
        },
        warnings,
        explained,
        figures: &figures,
    };
    let written = report(&plan_report).expect("the page is rendered");
    assert_eq!(written.name, "report.html");
    String::from_utf8(written.bytes).expect("the page is text")
}

fn tiny(warnings: &[String], explained: &[Explained]) -> String {
    shipped("data/tiny", "drain-chicago.toml", warnings, explained)
}

fn shipped(path: &str, name: &str, warnings: &[String], explained: &[Explained]) -> String {
    let files = folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    let scenario = files.iter().find(|file| file.name == name);
    page(
        &files,
        scenario.expect("it is shipped"),
        warnings,
        explained,
        0,
    )
}

/// The text of a part of the page between two marks, without tags.
fn words(page: &str, from: &str, to: &str) -> String {
    let (_, rest) = page.split_once(from).expect(from);
    let (part, _) = rest.split_once(to).expect(to);
    let mut text = String::new();
    for piece in part.split('<') {
        let after = piece.split_once('>').map_or(piece, |(_, after)| after);
        text.push_str(after);
        text.push(' ');
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What data/tiny/README.md derives: 90,000 users leave Chicago, 50,000 of them by copying; San Antonio keeps 12 of
/// 150 vCPU, so that demand may be 150 ÷ 138 times as high or capacities 12 ÷ 150 lower.
#[test]
fn the_briefing_says_the_verdict_three_numbers_and_what_is_tightest() {
    let page = tiny(&[], &[]);
    let first = words(&page, "<h2 id=\"verdict\">", "<h3 id=\"tightest\">");
    assert_eq!(
        first,
        "2 headroom targets are missed. Everyone is served, for these inputs, at peak demand. 1 more finding \
         0 users unserved of 180,000 \
         90,000 users move 50,000 by copying \
         8.0 % headroom at San Antonio cpu, target 20 % \
         First, at 02:00: open access point Dallas (ap-dfw), then set weights of all client regions. \
         Runbook"
    );
    let findings = words(
        &page,
        "<h2 id=\"findings-heading\">",
        "<h2 id=\"charts-heading\">",
    );
    for part in [
        "Chicago is drained: San Antonio has 8 % headroom (target 20 %). \
         Everyone can still be served if all demand is up to 8.6 % higher, or all capacities are up to 8 % lower. \
         First San Antonio",
        "What to do Chicago&#39;s drain takes 1 wave, and no admission control limits how fast (the time to copy data is not counted); begin by 02:00. \
         The steps wave by wave are in runbook.md. the runbook \
         To do: 4 steps in runbook.md (6 changes in changes.csv); the rollback is in changes_back.csv. the steps",
    ] {
        assert!(findings.contains(part), "{part}: {findings}");
    }
    let tightest = words(&page, "<tbody id=\"tightest-rows\">", "</tbody>");
    assert!(
        tightest.starts_with("San Antonio site, cpu 53.3 % 8.0 % 20.0 % 12 vCPU free Amsterdam "),
        "{tightest}"
    );
}

/// A sentence about the first period.
fn reported(id: &str, topic: Topic, sentence: &str, users: f64) -> Explained {
    Explained {
        id: id.to_owned(),
        topic,
        sentence: sentence.to_owned(),
        period: Some(0),
        users,
        ..Explained::default()
    }
}

#[test]
fn sentences_have_their_place_and_numbers_link_to_them() {
    let explained = [Explained {
        component: Some("sat".to_owned()),
        ..reported(
            "binding-0",
            Topic::Binds,
            "900 vCPU more at <Boydton> would serve 41,000 users more\u{202e}.",
            0.0,
        )
    }];
    let page = tiny(&["shards.csv:3: a & b".to_owned()], &explained);
    let sentence = "900 vCPU more at &#60;Boydton&#62; would serve 41,000 users more\\u{202e}.";
    assert!(page.contains(&format!("<li id=\"binding-0\">{sentence}</li>")));
    assert!(page.contains(&format!("<a href=\"#binding-0\">{sentence}</a>")));
    let (_, row) = page.split_once("id=\"headroom-row-0\">").expect("a row");
    let (row, _) = row.split_once("</tr>").expect("its end");
    assert!(
        row.contains("<a href=\"#binding-0\">San Antonio</a>"),
        "{row}"
    );
    assert!(row.contains("<a href=\"#binding-0\">8.0 %</a>"), "{row}");
    assert!(page.contains("<li>shards.csv:3: a &#38; b</li>"));
}

/// data/tiny/README.md: lakeside-bank's 40,000 users go from Chicago to San Antonio.
#[test]
fn moved_users_of_shard_tenant_and_step_link_to_their_reason() {
    let explained = [Explained {
        shards: vec!["lakeside-bank-1".to_owned()],
        sites: [Some("chi".to_owned()), Some("sat".to_owned())],
        ..reported("r0", Topic::Away, "Chicago is drained.", 40000.0)
    }];
    let page = tiny(&[], &explained);
    let rows_with = |table: &str, link: &str| {
        let (_, rows) = page
            .split_once(&format!("<tbody id=\"{table}-rows\">"))
            .expect(table);
        let (rows, _) = rows.split_once("</tbody>").expect("its end");
        rows.split("</tr>")
            .filter(|row| row.contains(&format!("<a href=\"#r0\">{link}</a>")))
            .count()
    };
    assert_eq!(rows_with("moves", "drained"), 1);
    assert_eq!(rows_with("tenants", "40,000"), 1);
    assert_eq!(rows_with("changes", "40,000"), 1);
}

/// data/tiny: everybody is served, so no promise is broken; the six steps are those of changes.csv.
#[test]
fn contacts_and_actions_stand_in_the_page_and_the_briefing_leads_there() {
    let page = tiny(&[], &[]);
    let tenants = words(&page, "<tbody id=\"tenants-rows\">", "</tbody>");
    assert!(
        tenants.contains("lakeside-bank gold kept 99.950 % 100.000 % 40,000 0 0 40,000"),
        "{tenants}"
    );
    let changes = words(&page, "<tbody id=\"changes-rows\">", "</tbody>");
    assert!(
        changes.contains("lakeside-bank-1 Chicago San Antonio 40,000"),
        "{changes}"
    );
    // The weights of a client region are one change: the number of changes is the largest number.
    let steps = words(&page, "in runbook.md (", " in changes.csv)");
    let steps = steps.strip_suffix(" changes").expect("some changes");
    assert!(
        changes.contains(&format!("0 {steps} ")) && page.contains("<a href=\"#changes\">the steps"),
        "{steps}: {changes}"
    );
}

#[test]
fn reasons_stand_by_topic_those_of_most_users_first_and_many_are_folded() {
    let mut explained: Vec<Explained> = (0..9)
        .map(|number| {
            let sentence = format!("{number} users move.");
            reported(
                &format!("r{number}"),
                Topic::Away,
                &sentence,
                f64::from(number),
            )
        })
        .collect();
    explained.push(reported("c0", Topic::Short, "Tenants need more.", 5.0));
    let page = tiny(&[], &explained);
    assert_eq!(
        words(&page, "<h3 id=\"why-short\">", "<h3 id=\"why-away\">"),
        "Capacity deficits Tenants need more."
    );
    assert_eq!(
        words(&page, "<h3 id=\"why-away\">", "</details>"),
        "Moved and placed users 8 users move. 7 users move. 6 users move. \
         6 more 5 users move. 4 users move. 3 users move. 2 users move. 1 users move. 0 users move."
    );
    assert!(
        page.contains("<a href=\"#why\">5 more reasons</a>"),
        "ten less five"
    );
}

/// Nobody is left to guess why, whatever is planned: every link leads somewhere, and no anchor stands twice.
#[test]
fn reports_of_shipped_scenarios_are_small_and_their_links_lead_somewhere() {
    for (path, scenario) in [
        ("data/tiny", "drain-chicago.toml"),
        ("data/americas-2012", "13-november-2012.toml"),
        ("data/global", "drain-zrh.toml"),
        ("data/global", "drain-lon.toml"),
    ] {
        let page = shipped(path, scenario, &[], &[]);
        assert!(page.len() < 3_000_000, "{scenario}: {} bytes", page.len());
        let mut anchors = BTreeSet::new();
        for part in page.split(" id=\"").skip(1) {
            let (anchor, _) = part.split_once('"').expect("its end");
            assert!(anchors.insert(anchor), "{scenario}: {anchor} stands twice");
        }
        for part in page.split(" href=\"#").skip(1) {
            let (anchor, _) = part.split_once('"').expect("its end");
            assert!(anchors.contains(anchor), "{scenario}: {anchor}");
        }
    }
}

/// Period 0 is before anything happens; period 2 is Chicago's drain.
#[test]
fn a_period_in_which_nothing_happens_is_one_line_and_charts_without_a_finding_are_folded() {
    let page = shipped("data/americas-2012", "13-november-2012.toml", &[], &[]);
    let first = words(&page, "<article id=\"period-0\"", "</article>");
    assert!(
        first.contains("Period 0 08:00 to 08:30 No user moves. ") && first.ends_with("Headroom"),
        "{first}"
    );
    let (_, second) = page
        .split_once("<article id=\"period-2\"")
        .expect("the drain");
    let (second, _) = second.split_once("</article>").expect("its end");
    let (open, folded) = second
        .split_once("<details class=\"unprinted charts\">")
        .expect("a fold");
    assert!(open.contains("id=\"chart-moves-2\"") && !open.contains("id=\"chart-map-2\""));
    assert!(folded.contains("id=\"chart-map-2\""));
    assert!(
        !page.contains("id=\"chart-headroom-0\""),
        "a quiet period has no chart"
    );
    let note = words(
        &page,
        "<section class=\"table full\" aria-labelledby=\"headroom\"",
        "</section>",
    );
    assert!(
        note.contains(" unchanged, ") && note.contains(" free or more."),
        "{note}"
    );
}

#[test]
fn files_of_the_folder_are_linked_in_one_list() {
    let page = tiny(&[], &[]);
    let files = words(&page, "<ul class=\"files\">", "</ul>");
    for file in [
        "runbook.html",
        "runbook.csv",
        "changes.csv",
        "moves.csv",
        "headroom.csv",
        "summary.json",
    ] {
        assert!(files.contains(file), "{file}: {files}");
        assert!(
            page.contains(&format!("<a href=\"{file}\">{file}</a>")),
            "{file}"
        );
    }
}

/// Half of site `a` is gone from 09:00, which is known from 09:30; its 60 users need 60 of what were 100.
fn gray(padding: usize) -> String {
    let shards = "shard,tenant,users,site,profile,client_region,tier\ns,t,60,a,mail,r,gold\n";
    let scenario = "[scenario]\nname = \"gray\"\n\
        start = 2012-11-13T09:00:00-08:00\nend = 2012-11-13T10:00:00-08:00\n\
        [[event]]\nkind = \"gray\"\ncomponent = \"a\"\ncapacity = 0.5\n\
        detected = 2012-11-13T09:30:00-08:00\n";
    let files = with(&[("shards.csv", shards)]);
    page(&files, &file("gray.toml", scenario), &[], &[], padding)
}

#[test]
fn what_nobody_knew_stands_in_the_verdict_the_first_number_and_a_section_of_its_own() {
    let page = gray(0);
    let numbers = words(&page, "<ul class=\"numbers\">", "</ul>");
    assert!(
        numbers.starts_with("10 users unserved of 60, period 1 from 09:30; excess users: 10"),
        "{numbers}"
    );
    let unknown = words(&page, "<h3 id=\"unknown\">", "</section>");
    assert!(
        unknown.contains("a, undetected for 30 minutes, has 50 of 100 vCPU left"),
        "{unknown}"
    );
    assert!(page.contains("A fault in force is not detected yet: this is the planned state."));
}

/// 60 users and 50 of 100 vCPU until the fault ends, just when it is noticed.
#[test]
fn where_the_plan_believes_that_all_are_served_the_first_number_is_the_truth() {
    let shards = "shard,tenant,users,site,profile,client_region,tier\ns,t,60,a,mail,r,gold\n";
    let scenario = "[scenario]\nname = \"gray\"\n\
        start = 2012-11-13T09:00:00-08:00\nend = 2012-11-13T10:00:00-08:00\n\
        [[event]]\nkind = \"gray\"\ncomponent = \"a\"\ncapacity = 0.5\n\
        end = 2012-11-13T09:30:00-08:00\ndetected = 2012-11-13T09:30:00-08:00\n";
    let files = with(&[("shards.csv", shards)]);
    let page = page(&files, &file("gray.toml", scenario), &[], &[], 0);
    let numbers = words(&page, "<ul class=\"numbers\">", "</ul>");
    assert!(
        numbers.starts_with(
            "10 excess users of 60, period 0 from 09:00, before retries; 0 unserved in the plan"
        ),
        "{numbers}"
    );
}

#[test]
fn charts_of_the_periods_with_less_to_show_are_left_out_of_a_page_that_would_be_too_large() {
    let has = |page: &str, period: usize| page.contains(&format!("id=\"chart-headroom-{period}\""));
    let note = "the charts of this period are left out: charts/headroom-0.svg";
    let page = gray(500_000);
    assert!(has(&page, 0) && has(&page, 1) && !page.contains(note));
    // In period 1 ten users are unserved; in period 0 the plan believes that nobody is.
    let page = gray(1_500_000);
    assert!(!has(&page, 0) && has(&page, 1) && page.contains(note));
}

#[test]
fn the_page_names_nothing_that_would_have_to_be_fetched() {
    let page = tiny(&[], &[]);
    let name_space = "http://www.w3.org/2000/svg";
    assert!(!page.replace(name_space, "").contains("://"));
    for part in ["src=", "url(", "@import", "<iframe", "<object"] {
        assert!(!page.contains(part), "{part}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn charts_of_one_page_share_no_id() {
    let page = tiny(&[], &[]);
    let mut rest = page.as_str();
    let mut charts = 0;
    while let Some((_, after)) = rest.split_once("<svg role=\"img\"") {
        let (chart, tail) = after.split_once("</svg>").expect("its end");
        assert!(!chart.contains(" id="), "{chart}");
        charts += 1;
        rest = tail;
    }
    assert!(charts > 0);
    assert_eq!(
        charts,
        2 * page.matches("<figure").count(),
        "wide and narrow"
    );
}
