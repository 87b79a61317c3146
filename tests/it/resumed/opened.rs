//! What an earlier plan has opened is open when the next plan begins, and closes once nobody has to enter there.

use super::read_back;
use crate::levels::{judged, judged_files, planned, written};
use crate::read::read;
use plimsoll::engine::{ResumedPlan, WaveOfPlan, resume_after};
use plimsoll::model::{AccessPointState, Inventory, Scenario};
use plimsoll::plan::{Change, Plan, changes};
use plimsoll::plan_files::{AccessPointUse, Action};
use plimsoll::report::waves::{TransitionWriter, runbook};
use plimsoll::solve::Stop;

/// Ten users at a site to which two access points lead: `p` carries ten, `q` is on standby. In a surge there are twelve and a half,
/// so that `q` opens from 02:00 to `end`.
fn surge(end: &str) -> (Inventory, Scenario, Plan) {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let files = [
        file("resources.csv", "resource,unit,scope\nbw,Gbit/s,network\n"),
        file("profiles.csv", "profile,bw\nmail,1\n"),
        file("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        file("client_regions.csv", "client_region\nr\n"),
        file("sites.csv", "site\na\n"),
        file(
            "access_points.csv",
            "access_point,state,bw,accepts_per_second\np,active,10,1\nq,standby,100,1\n",
        ),
        file(
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,r,q,9\nl4,q,a,5\n",
        ),
        file(
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns,t,10,a,mail,r,gold\n",
        ),
    ];
    let scenario = format!(
        "[scenario]\nname = \"surge\"\nstart = 2030-03-01T00:00:00Z\nend = 2030-03-01T06:00:00Z\n\
         [[event]]\nkind = \"surge\"\nfactor = 1.25\nstart = 2030-03-01T02:00:00Z\nend = {end}\n"
    );
    let (inventory, scenario) = read(&files, &scenario);
    let plan = planned(&inventory, &scenario);
    assert!(!plan.is_refused());
    (inventory, scenario, plan)
}

/// What goes on after a wave, as its files are read back.
fn resumed(of: &(Inventory, Scenario, Plan), wave: WaveOfPlan) -> (ResumedPlan, Scenario, Plan) {
    let (inventory, scenario, plan) = of;
    let files = read_back(&written(inventory, scenario, plan));
    let resumed = resume_after(
        (inventory, scenario),
        &files,
        (wave, None),
        &Stop::default(),
    );
    let resumed = resumed.expect("the scenario goes on");
    let later = Scenario {
        start: resumed.start,
        waves: plimsoll::model::WavePolicy {
            not_before: Some(resumed.now),
            ..scenario.waves
        },
        ..scenario.clone()
    };
    let next = planned(&resumed.inventory, &later);
    (resumed, later, next)
}

const OPENING: WaveOfPlan = WaveOfPlan { period: 1, wave: 1 };

#[test]
fn it_closes_when_the_surge_is_over_as_in_the_first_plan() {
    let first = surge("2030-03-01T04:00:00Z");
    let closes = |inventory: &Inventory, scenario: &Scenario, plan: &Plan| {
        let steps = changes(inventory, scenario, plan);
        let mut closing = steps
            .iter()
            .filter(|step| step.action == Action::CloseAccessPoint);
        let step = closing.next().expect("`q` closes");
        assert!(closing.next().is_none());
        let Change::AccessPoint { access_point, .. } = step.change else {
            panic!("{step:?}");
        };
        (access_point, step.at)
    };
    let (resumed, later, next) = resumed(&first, OPENING);
    let access_points = &resumed.inventory.access_points;
    assert_eq!(access_points[1].state, AccessPointState::Opened);
    // It is open before, stays open in the surge, and goes back on standby.
    let uses = next.periods.iter().map(|period| {
        let change = &period.access_points[1];
        (change.before, change.after)
    });
    let uses: Vec<_> = uses.collect();
    let (open, standby) = (AccessPointUse::Opened, AccessPointUse::Standby);
    assert_eq!(uses, [(open, open), (open, standby)]);
    assert_eq!(
        closes(&resumed.inventory, &later, &next),
        closes(&first.0, &first.1, &first.2)
    );
    let verdict = judged(&resumed.inventory, &later, &next);
    assert!(verdict.holds(), "{verdict}");
    let writer = TransitionWriter {
        inventory: &resumed.inventory,
        scenario: &later,
        plan: &next,
    };
    let text = runbook(&writer);
    assert!(
        text.contains("users are where they were before the first plan"),
        "{text}"
    );
    assert!(
        text.contains("What the earlier plan opened is closed again."),
        "{text}"
    );
}

#[test]
fn the_referee_finds_a_plan_that_leaves_it_open() {
    let first = surge("2030-03-01T04:00:00Z");
    let (resumed, later, next) = resumed(&first, OPENING);
    let files = written(&resumed.inventory, &later, &next);
    let without = |name: &str, is_left_out: &dyn Fn(&str) -> Option<String>| {
        let mut files = files.clone();
        let file = files.iter_mut().find(|file| file.name == name);
        let file = file.expect("it is written");
        let text = String::from_utf8(file.bytes.clone()).expect("UTF-8");
        let lines = text.lines().filter_map(is_left_out);
        file.bytes = lines
            .map(|line| line + "\n")
            .collect::<String>()
            .into_bytes();
        judged_files(&resumed.inventory, &later, &files)
    };
    let verdict = without("changes.csv", &|line| {
        (!line.contains("close_access_point")).then(|| line.to_owned())
    });
    assert!(!verdict.holds());
    let verdict = without("access_points.csv", &|line| {
        Some(line.replace("1,q,opened,standby", "1,q,opened,opened"))
    });
    assert!(verdict.to_string().contains("[P7804]"), "{verdict}");
    let verdict = without("access_points.csv", &|line| {
        Some(line.replace("0,q,opened", "0,q,standby"))
    });
    assert!(verdict.to_string().contains("[P7803]"), "{verdict}");
}

#[test]
fn what_stays_open_until_the_end_is_said_with_what_to_do() {
    let first = surge("2030-03-01T06:00:00Z");
    let (resumed, later, next) = resumed(&first, OPENING);
    assert!(judged(&resumed.inventory, &later, &next).holds());
    let briefing = plimsoll::report::briefing::Briefing {
        inventory: &resumed.inventory,
        scenario: &later,
        plan: &next,
        steps: &changes(&resumed.inventory, &later, &next),
        explanations: None,
        proven: None,
    };
    let text = briefing.beginning(None);
    let remains = text.find("When this plan ends, access point q is still open. To return: ");
    let clear = text.find("veryone is served");
    assert!(remains.is_some() && remains < clear, "{text}");
}
