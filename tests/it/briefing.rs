//! The briefing: whole texts of small plans, as the terminal shows them.

use crate::folders::{file, folder, with};
use crate::levels::planned;
use plimsoll::engine::explain;
use plimsoll::inventory::{self, SourceFile};
use plimsoll::report::briefing::Briefing;
use plimsoll::scenario::{self, ScenarioText};
use plimsoll::solve::Stop;
use std::path::Path;

/// The briefing of a plan for these files and this scenario.
fn briefing(files: &[SourceFile], scenario: &SourceFile, width: Option<u16>) -> String {
    let inventory = inventory::read(files).inventory.expect("a sound inventory");
    let layer = ScenarioText {
        name: scenario.name.clone(),
        text: String::from_utf8_lossy(&scenario.bytes).into_owned(),
    };
    let scenario = scenario::read(&[layer], &inventory)
        .scenario
        .expect("a sound scenario");
    let plan = planned(&inventory, &scenario);
    let verdict = crate::levels::judged(&inventory, &scenario, &plan);
    let explanations = explain(&inventory, &scenario, &plan, &Stop::default());
    let briefing = Briefing {
        inventory: &inventory,
        scenario: &scenario,
        plan: &plan,
        steps: &plimsoll::plan::changes(&inventory, &scenario, &plan),
        explanations: Some(&explanations),
        proven: Some(&verdict.proven),
    };
    // The verdict is told before anything is explained, and stands.
    let early = Briefing {
        explanations: None,
        proven: None,
        ..briefing
    };
    let text = briefing.text(width);
    assert!(text.starts_with(&early.beginning(width)), "{text}");
    text
}

/// The briefing of a scenario of a shipped folder.
fn shipped(path: &str, scenario: &str, width: u16) -> String {
    let files = folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    let scenario = files
        .iter()
        .find(|file| file.name == scenario)
        .expect("the scenario is there");
    briefing(&files, scenario, Some(width))
}

/// Site `a` has room for 100 and holds 60 users; half of it is gone from 09:00, which is known from 09:30.
const GRAY: &str = "[scenario]\nname = \"gray\"\n\
    start = 2012-11-13T09:00:00-08:00\nend = 2012-11-13T10:00:00-08:00\n\
    [[event]]\nkind = \"gray\"\ncomponent = \"a\"\ncapacity = 0.5\n\
    detected = 2012-11-13T09:30:00-08:00\n";

#[test]
fn the_verdict_says_first_what_an_undetected_fault_does() {
    let shards = "shard,tenant,users,site,profile,client_region,tier\ns,t,60,a,mail,r,gold\n";
    let files = with(&[("shards.csv", shards)]);
    assert_eq!(
        briefing(&files, &file("gray.toml", GRAY), None),
        "\
gray, 13 Nov 2012 09:00 to 10:00 (UTC-08:00)

WARNING 09:00 to 09:30: an undetected fault leaves 10 users unserved (excess users, before retries). They are among the 60 users affected at a.
10 users stay unserved in period 1 (09:30 to 10:00) and no headroom target is set, \
for these inputs, at peak demand.
Tightest is period 1 (09:30 to 10:00). a is degraded: 10 users stay unserved.
Everyone would be served if all demand were 17 % lower, or all capacities 20 % higher. \
First a is short of cpu in period 1 (09:30 to 10:00).
First, at 09:30: shed 10 users, s: a.

period   from  users  unserved  moved  shortfall  known
-------------------------------------------------------
     0  09:00     60         0      0      0.0 %  blind
     1  09:30     60        10      0      0.0 %  all

tightest in period 1, free  resource  before  during  target  spare capacity
----------------------------------------------------------------------------
a                           cpu       40.0 %   0.0 %       -     0 vCPU free

Unserved in period 1 (09:30 to 10:00): 10 users of 1 shard (gold): not enough cpu is left at a for the whole shard.
What would help: 20 vCPU more at a would serve all 10 users who stay unserved in period 1.
In period 1 (09:30 to 10:00): Tenants that may go to any open site (1 tenant, 60 users) need 60 vCPU; \
a has 50 left, 10 short.
a, undetected for 30 minutes, has 50 of 100 vCPU left for a load of 60: 60 users affected (most in r), \
10 excess users, 1,800 affected user minutes.
To do: 1 step in runbook.md (1 change in changes.csv); the rollback is in changes_back.csv.
Proven for these inputs: no plan serves more users, tier by tier; \
none as good misses less of its worst headroom target (within 1e-9).

"
    );
}

#[test]
fn an_unanswered_fault_is_not_called_undetected() {
    let shards = "shard,tenant,users,site,profile,client_region,tier\ns,t,60,a,mail,r,gold\n";
    let files = with(&[("shards.csv", shards)]);
    let scenario = GRAY.replace("09:30", "09:10") + "[policy]\nreaction_minutes = 15\n";
    let text = briefing(&files, &file("gray.toml", &scenario), None);
    let words = "WARNING 09:00 to 09:25: an undetected or unanswered fault leaves 10 users unserved (excess users, before retries). They are among the 60 users affected at a.";
    assert!(text.contains(words), "{text}");
    let words = "a, undetected for 10 minutes and detected but not answered for 15 minutes, has 50 of 100 vCPU left";
    assert!(text.contains(words), "{text}");
}

/// A site is called `a`, and another one might be called `A`.
#[test]
fn a_sentence_that_begins_with_an_id_has_no_capital_letter() {
    let files = with(&[
        ("sites.csv", "site,cpu\na,100\nb,100\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\n",
        ),
        (
            "access_points.csv",
            "access_point,accepts_per_second\np,1\n",
        ),
    ]);
    let scenario = "[scenario]\nname = \"works\"\nstart = 2012-11-13T09:00:00-08:00\n\
        end = 2012-11-13T10:00:00-08:00\n\
        [[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\nstart = 2012-11-13T09:30:00-08:00\n";
    let text = briefing(&files, &file("works.toml", scenario), None);
    assert!(text.contains("a's drain takes"), "{text}");
    assert!(!text.contains("A's drain"), "{text}");
}

/// Site `a` has room for 100 and holds 60 users, whom half of it does not carry until 09:30; nine tenths of it do from then on.
const STAGED: &str = "[scenario]\nname = \"staged\"\n\
    start = 2012-11-13T09:00:00-08:00\nend = 2012-11-13T10:00:00-08:00\n\
    [[event]]\nkind = \"gray\"\ncomponent = \"a\"\ncapacity = 0.5\n\
    detected = 2012-11-13T09:30:00-08:00\nend = 2012-11-13T09:30:00-08:00\n\
    [[event]]\nkind = \"gray\"\ncomponent = \"a\"\ncapacity = 0.9\n\
    start = 2012-11-13T09:30:00-08:00\ndetected = 2012-11-13T10:00:00-08:00\n";

/// Users are unserved in one of two periods with undetected faults: the warning has the times of that one.
#[test]
fn undetected_faults_are_shown_with_the_times_at_which_they_leave_users_unserved() {
    let shards = "shard,tenant,users,site,profile,client_region,tier\ns,t,60,a,mail,r,gold\n";
    let files = with(&[("shards.csv", shards)]);
    let text = briefing(&files, &file("staged.toml", STAGED), None);
    let words = "WARNING 09:00 to 09:30: an undetected fault leaves 10 users unserved (excess users, before retries). They are among the 60 users affected at a.\n\
Apart from that, everyone is served in both periods and no headroom target is set,";
    assert!(text.contains(words), "{text}");
}

/// Site `a` fails, and its shard has no copy: `b` has room, and the rule that failed shards run from copies keeps them from it.
#[test]
fn a_rule_that_keeps_users_from_spare_capacity_is_reported_with_what_lifting_it_gives() {
    let files = with(&[
        ("sites.csv", "site,cpu\na,100\nb,100\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\n",
        ),
    ]);
    let scenario = "[scenario]\nname = \"lost\"\nstart = 2012-11-13T09:00:00-08:00\n\
        end = 2012-11-13T10:00:00-08:00\n[policy]\nfailover = \"replicas\"\n\
        [[event]]\nkind = \"failure\"\ncomponent = \"a\"\n";
    let text = briefing(&files, &file("lost.toml", scenario), None);
    let words = "What would help: failover and drain to any permitted site (\"anywhere\"; data without a copy come from a backup) would serve all 10 users who stay unserved";
    assert!(text.contains(words), "{text}");
    let anywhere = scenario.replace("\"replicas\"", "\"anywhere\"");
    let text = briefing(&files, &file("lost.toml", &anywhere), None);
    assert!(
        text.contains("Everyone is served") && !text.contains("What would help"),
        "{text}"
    );
}

/// Site a fails, and its shard has a copy at b, which is nearly full; c has room, and the rule that failed shards run from copies
/// keeps them from it.
#[test]
fn a_rule_that_leaves_a_full_site_is_reported_with_what_lifting_it_gives() {
    let text = shipped("tests/found/kept-from-a-free-site", "scenario.toml", 400);
    let words = "What would help: failover and drain to any permitted site (\"anywhere\"; data without a copy come from a backup) would serve all 7,000 users who stay unserved";
    assert!(text.contains(words), "{text}");
}

/// Site a fails, b has room for 3 of its 10 users, and c has room for all, but lies beyond their limit of 20 ms.
#[test]
fn a_latency_limit_that_leaves_a_full_site_is_reported_with_what_lifting_it_gives() {
    let shards: Vec<String> = (0..10)
        .map(|shard| format!("s{shard},t,1,a,mail,r,gold\n"))
        .collect();
    let shards = format!(
        "shard,tenant,users,site,profile,client_region,tier\n{}",
        shards.concat()
    );
    let files = with(&[
        ("sites.csv", "site,cpu\na,100\nb,3\nc,100\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\nl4,p,c,50\n",
        ),
        ("shards.csv", &shards),
    ]);
    let scenario = "[scenario]\nname = \"far\"\nstart = 2012-11-13T09:00:00-08:00\n\
        end = 2012-11-13T10:00:00-08:00\n[policy]\nmax_latency_ms = 20\n\
        [[event]]\nkind = \"failure\"\ncomponent = \"a\"\n";
    let text = briefing(&files, &file("far.toml", scenario), None);
    assert!(text.contains("7 users stay unserved"), "{text}");
    let words = "no latency limit would serve all 7 users who stay unserved";
    assert!(text.contains(words), "{text}");
    let far = scenario.replace("= 20", "= 60");
    let text = briefing(&files, &file("far.toml", &far), None);
    assert!(
        text.contains("Everyone is served") && !text.contains("no latency limit"),
        "{text}"
    );
}

/// Waves ahead of works turn users onto an access point while a fault there is not answered yet, which 30 % of it does not carry.
#[test]
fn users_that_waves_turn_to_affected_components_are_reported() {
    let text = shipped("tests/found/turned-to-unknown", "scenario.toml", 400);
    let words = "Waves send more users to a0 meanwhile.";
    assert!(text.contains(words), "{text}");
}

/// A link without a capacity fails: it does not fail in part.
#[test]
fn what_limits_nothing_carries_nothing_once_it_has_failed() {
    let scenario = "[scenario]\nname = \"cut\"\n\
        start = 2012-11-13T09:00:00-08:00\nend = 2012-11-13T10:00:00-08:00\n\
        [[event]]\nkind = \"failure\"\ncomponent = \"l1\"\n\
        detected = 2012-11-13T09:30:00-08:00\nend = 2012-11-13T09:30:00-08:00\n";
    let text = briefing(&with(&[]), &file("cut.toml", scenario), None);
    let words = "l1, undetected for 30 minutes, carries nothing: 10 users affected (most in r), 10 excess users, 300 affected user minutes.";
    assert!(text.contains(words), "{text}");
}

#[test]
fn the_tiny_drain_reads_as_its_readme_derives_it() {
    assert_eq!(
        shipped("data/tiny", "drain-chicago.toml", 80),
        "\
tiny-drain-chicago, 17 Nov 2012 02:00 to 06:00 (UTC-06:00)

2 headroom targets are missed. Everyone is served, for these inputs, at peak
demand.
Chicago is drained: San Antonio has 8 % headroom (target 20 %).
Everyone can still be served if all demand is up to 8.6 % higher, or all
capacities are up to 8 % lower. First San Antonio would be short of cpu. No plan
holds beyond 12 % higher demand or 10 % lower capacities; in between none was
found.
First, at 02:00: open access point Dallas (ap-dfw), then set weights of all
client regions.

Not checked: a further failure (N-1). To check: plimsoll sweep INVENTORY --from
plan --scenario FILE --out DIR.

period   from    users  unserved   moved  shortfall  opens
-----------------------------------------------------------
     0  02:00  180,000         0  90,000     60.0 %  Dallas

tightest, free               resource   before  during  target   spare capacity
-------------------------------------------------------------------------------
San Antonio                  cpu        53.3 %   8.0 %  20.0 %     12 vCPU free
Amsterdam                    cpu        40.0 %  16.0 %  20.0 %      8 vCPU free
Dallas                       bandwidth       -  20.0 %  20.0 %  1.2 Gbit/s free
nyc-sat                      bandwidth  50.0 %  25.0 %  20.0 %    3 Gbit/s free
San Antonio load balancer 1  bandwidth  70.0 %  31.0 %  20.0 %  3.1 Gbit/s free

period  moves from  to            users  shards  by copying  why
--------------------------------------------------------------------
     0  Chicago     San Antonio  78,000       3      38,000  drained
     0  Chicago     Amsterdam    12,000       1      12,000  drained

Chicago's drain takes 1 wave, and no admission control limits how fast (the time
to copy data is not counted); begin by 02:00.
The steps wave by wave are in runbook.md.
What would help: 23 vCPU more at San Antonio would bring the worst headroom
deficit from 60 % down to 4.6 %.
What would help: 2.5 vCPU more at Amsterdam would give back headroom for 2,000
users.
Access point Dallas opens in period 0 (02:00 to 06:00): 48,000 users enter
there.
To do: 4 steps in runbook.md (6 changes in changes.csv); the rollback is in
changes_back.csv.
Proven for these inputs: nobody could be served better.
The rest is proven for whole shards: no plan does better, goal by goal. Compared
with split shards they cost: the worst headroom deficit in period 0, 60.0 %
instead of 50.0 %.

"
    );
}

#[test]
fn lines_keep_to_the_width_of_the_terminal() {
    for width in [80, 120] {
        let text = shipped("data/americas-2012", "13-november-2012.toml", width);
        for line in text.lines() {
            assert!(
                line.chars().count() <= usize::from(width),
                "{width}: {line}"
            );
        }
        assert!(text.lines().count() <= 82, "{text}");
    }
}

/// 20 users of site `a`, which is drained with nowhere to go, are unserved for all of the hour that 99.9 % grants
/// 3.6 seconds of.
#[test]
fn the_tenants_below_their_promise_are_named_worst_first() {
    let tenants = [("t1", 1), ("t2", 3), ("t3", 2), ("t4", 14), ("t5", 0)];
    let header = "shard,tenant,users,site,profile,client_region,tier".to_owned();
    let rows = tenants.map(|(tenant, users)| format!("s-{tenant},{tenant},{users},a,mail,r,gold"));
    let shards = [&[header][..], &rows].concat().join("\n");
    let drain = "[scenario]\nname = \"drain\"\n\
        start = 2012-11-13T09:00:00-08:00\nend = 2012-11-13T10:00:00-08:00\n\
        [[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n";
    let files = with(&[("shards.csv", &shards)]);
    let text = briefing(&files, &file("drain.toml", drain), None);
    let sentence =
        "4 tenants miss their monthly SLA target, worst t4, t2 and t3. tenants.csv has all.\n";
    assert!(text.contains(sentence), "{text}");
    // All users of the region are gone: its weight is 0 now, and four shards are shed.
    assert!(
        text.contains("To do: 5 steps in runbook.md (5 changes in changes.csv);"),
        "{text}"
    );
}
