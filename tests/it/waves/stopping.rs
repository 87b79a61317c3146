//! What is survived where one stops between two waves, by hand.

use super::mutations::{Subject, of_wave};
use crate::draw::Size;
use crate::levels::{assert_none, found_in_draws_of, judged, planned};
use crate::read::read;
use plimsoll::model::{FailureSet, Inventory, Protect, Recovery, Scenario};
use plimsoll::plan::{Plan, Transition};
use plimsoll::report::waves::{TransitionWriter, runbook};

/// x and y are drained at 06:00. In an hour 60 users connect, so that the shards of x and y go one after the other.
///
/// ```text
/// y (gone)       m1, 50 users, a copy at a
/// x (gone)       m2, 60 users, who must stay in eu: at a, or at c if that is in eu, with a copy at c
/// a (100, eu)    nobody
/// c (capacity)   nobody
/// e (50)         se, 45 users, a copy at c
/// ```
///
/// Once all have moved, m2 is at a and m1 at c: m1 and m2 do not fit together anywhere.
fn world(
    sites: &str,
    replica_of_m2: &str,
    groups: &str,
    recovery: Recovery,
) -> (Inventory, Scenario) {
    let replicas = format!("shard,site,preference\nm1,a,1\nse,c,1\n{replica_of_m2}");
    let files = [
        ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
        ("profiles.csv", "profile,cpu\nmail,1\n"),
        ("sites.csv", sites),
        (
            "access_points.csv",
            "access_point,accepts_per_second\np,0.0166666666666667\n",
        ),
        (
            "links.csv",
            "link,from,to,latency_ms\nin,r,p,5\nla,p,a,10\nlc,p,c,30\nle,p,e,90\nlx,p,x,10\nly,p,y,10\n",
        ),
        ("client_regions.csv", "client_region\nr\n"),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier,jurisdiction\n\
             m1,t,50,y,mail,r,gold,\nm2,t,60,x,mail,r,gold,eu\nse,t,45,e,mail,r,gold,\n",
        ),
        ("replicas.csv", replicas.as_str()),
        ("risk_groups.csv", groups),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let scenario = format!(
        "[scenario]\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T08:00:00Z\n\
         [policy]\ndrain = \"anywhere\"\nfailover = \"replicas\"\nmovers = \"affected\"\nheadroom = {{ cpu = 0 }}\n\
         [protect]\nfailures = 1\nover = \"risk_groups\"\nrecovery = \"{}\"\n\
         [[event]]\nkind = \"maintenance\"\ncomponent = \"x\"\nstart = 2030-03-01T06:00:00Z\n\
         [[event]]\nkind = \"maintenance\"\ncomponent = \"y\"\nstart = 2030-03-01T06:00:00Z\n",
        recovery.word()
    );
    read(&files, &scenario)
}

/// Only a is in eu. While m1 is at y it may need a: m2 must not be there before it has left.
fn ordered(recovery: Recovery) -> (Inventory, Scenario) {
    let sites = "site,cpu,jurisdiction\na,100,eu\nc,200,\ne,50,\nx,100,eu\ny,100,\n";
    world(
        sites,
        "",
        "risk_group,component\nof-e,e\nof-y,y\n",
        recovery,
    )
}

/// While m1 is at y it may need a, and while m2 is at x it may need c: whoever goes first takes the other's room.
/// At c there is room for m1 and se, should e fail, and not for m2 and se: so m2 goes to a, and not to its copy.
fn crossed(recovery: Recovery) -> (Inventory, Scenario) {
    let sites = "site,cpu,jurisdiction\na,100,eu\nc,100,eu\ne,50,\nx,100,eu\ny,100,\n";
    let groups = "risk_group,component\nof-e,e\nof-x,x\nof-y,y\n";
    world(sites, "m2,c,1\n", groups, recovery)
}

/// The drain, with the shards of each wave.
fn drain<'p>(inventory: &Inventory, plan: &'p Plan) -> (&'p Transition, Vec<Vec<String>>) {
    assert_eq!(plan.transitions.len(), 1, "{:?}", plan.transitions);
    let drain = &plan.transitions[0];
    let moves = &plan.periods[drain.period].moves;
    let waves = drain.waves.iter().map(|wave| {
        let names = wave.moves.iter().map(|index| {
            let moved = &moves[*index];
            let to = &inventory.sites[moved.to.index()].id;
            format!("{} to {to}", inventory.shard_ids.get(moved.shard.index()))
        });
        names.collect()
    });
    (drain, waves.collect())
}

#[test]
fn who_may_need_capacity_leaves_before_others_take_it() {
    for recovery in [Recovery::Replan, Recovery::Replicas] {
        let (inventory, scenario) = ordered(recovery);
        let plan = planned(&inventory, &scenario);
        let (drain, waves) = drain(&inventory, &plan);
        // The largest first would be m2: 60 at a, and 50 more if y fails, are 110 of 100.
        assert_eq!(waves, [["m1 to c"], ["m2 to a"]], "{recovery:?}");
        assert!(drain.other_orders > 0 && !drain.begins_unprotected);
        assert_eq!(drain.waves[0].unprotected.as_deref(), Some(&[][..]));
        assert_eq!(drain.waves[1].unprotected, None, "the period's own state");
        let verdict = judged(&inventory, &scenario, &plan);
        assert!(verdict.holds(), "{recovery:?}: {verdict}");
    }
}

#[test]
fn where_no_order_avoids_it_the_gate_says_not_to_stop() {
    for recovery in [Recovery::Replan, Recovery::Replicas] {
        let (inventory, scenario) = crossed(recovery);
        let plan = planned(&inventory, &scenario);
        let (drain, waves) = drain(&inventory, &plan);
        assert_eq!(waves, [["m2 to a"], ["m1 to c"]], "{recovery:?}");
        let exposed = drain.waves[0].unprotected.as_ref().expect("looked at");
        let lost: Vec<(&str, f64)> = exposed
            .iter()
            .map(|exposed| (exposed.failing[0].name(&inventory), exposed.users.round()))
            .collect();
        assert_eq!(lost, [("of-y", 10.0)], "{recovery:?}");
        let writer = TransitionWriter {
            inventory: &inventory,
            scenario: &scenario,
            plan: &plan,
        };
        let text = runbook(&writer);
        let gate = "**do not stop here**: if risk group of-y fails, 10 users more stay unserved";
        assert!(text.contains(gate), "{text}");
        assert!(text.contains("tried, and none avoids it."), "{text}");
        let verdict = judged(&inventory, &scenario, &plan);
        assert!(verdict.holds(), "{recovery:?}: {verdict}");
    }
}

#[test]
fn what_is_reported_of_stops_is_judged() {
    for recovery in [Recovery::Replan, Recovery::Replicas] {
        let (inventory, scenario) = crossed(recovery);
        let plan = Subject::of(inventory, scenario);
        let changed = |column: &str, wave: &'static str, value: &str| {
            plan.with("waves.csv", column, of_wave(wave), |_| value.to_owned())
        };
        changed("stop_failures", "1", "").finds("P7994");
        changed("stop_failures", "2", "0").finds("P7994");
        // With m2 at a nobody is at x any more.
        changed("stop_failures", "1", "3").finds("P7994");
        changed("stop_unserved_users", "1", "0").finds("P7994");
        if recovery == Recovery::Replicas {
            changed("stop_failures", "1", "0").finds("P7994");
            changed("stop_unserved_users", "1", "20").finds("P7994");
        }
    }
}

#[test]
fn stops_of_random_inventories_are_reported_as_they_are() {
    let stops = std::cell::Cell::new([0, 0]);
    for (number, recovery) in Recovery::ALL.into_iter().enumerate() {
        for over in [FailureSet::Sites, FailureSet::Elements] {
            let failures = found_in_draws_of(
                Size::SMALL,
                5,
                |_| {},
                |inventory, scenario| {
                    let seed: u64 = inventory.shards.iter().map(|shard| shard.users).sum();
                    let (mut inventory, mut scenario) = (inventory.clone(), scenario.clone());
                    super::drawn::limited(&mut inventory, &mut scenario, seed + number as u64);
                    scenario.waves.minutes = 5.0;
                    scenario.protect = Some(Protect {
                        failures: 1,
                        over,
                        recovery,
                        gray: None,
                    });
                    let plan = planned(&inventory, &scenario);
                    let waves = plan
                        .transitions
                        .iter()
                        .flat_map(|transition| &transition.waves);
                    for exposed in waves.filter_map(|wave| wave.unprotected.as_ref()) {
                        let [all, lost] = stops.get();
                        stops.set([all + 1, lost + usize::from(!exposed.is_empty())]);
                    }
                    let verdict = judged(&inventory, &scenario, &plan);
                    let broken = verdict.broken.iter();
                    broken.map(ToString::to_string).collect()
                },
            );
            assert_none(&failures);
        }
    }
    let [all, lost] = stops.get();
    assert!(all > 20 && lost > 0, "{stops:?}");
}
