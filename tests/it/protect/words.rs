//! What a plan's files say of what it survives.

use super::by_hand::{protect, world};
use super::gray::finds;
use crate::levels::{planned, written};
use crate::read::read;
use plimsoll::model::Recovery;

#[test]
fn a_false_word_about_what_is_survived_is_found() {
    // c has no room for those of x: they go to a, whose room those of b would need.
    let (inventory, scenario) = world(150, &protect(Recovery::Replicas));
    let plan = planned(&inventory, &scenario);
    let files = written(&inventory, &scenario, &plan);
    let (table, summary) = ("protection.csv", "summary.json");
    let row = "0,b,100\n";
    for (file, from, to, code) in [
        (table, row, row, ""),
        (table, row, "0,z,100\n", "P7936"),
        (table, row, "0,b,100\n0,b,100\n", "P7936"),
        (table, row, "0,b,0\n", "P7936"),
        (table, row, "0,b,90\n", "P7937"),
        (table, row, "0,b,100\n0,c,5\n", "P7937"),
        (table, row, "", "P7937"),
        (table, "0,a,50\n0,b,100\n", "0,b,100\n0,a,50\n", "P7936"),
        (summary, "\"survived\": 1", "\"survived\": 2", "P7938"),
        (summary, "\"cases\": 3", "\"cases\": 4", "P7938"),
        (
            summary,
            "\"unserved_users\": 150",
            "\"unserved_users\": 100",
            "P7938",
        ),
        (
            summary,
            "\"least_unserved_users\": 100",
            "\"least_unserved_users\": 160",
            "P7938",
        ),
        (
            summary,
            "\"recovery\": \"replicas\"",
            "\"recovery\": \"replan\"",
            "P7938",
        ),
    ] {
        finds((&inventory, &scenario), &files, file, (from, to), code);
    }
    let text = files.iter().find(|file| file.name == summary);
    let text = text.map(|written_file| String::from_utf8_lossy(&written_file.bytes).into_owned());
    let text = text.expect("it is written");
    let begin = text.find("\"protection\": {").expect("it is asked");
    let end = begin + text[begin..].find("},").expect("it ends") + "},".len();
    let of_protection = (&text[begin..end], "");
    finds(
        (&inventory, &scenario),
        &files,
        summary,
        of_protection,
        "P7938",
    );
    // Nor with the rows taken away.
    let mut bare = files.clone();
    let rows = bare
        .iter_mut()
        .find(|written_file| written_file.name == table);
    rows.expect("it is written").bytes = b"period,failing,unserved_users\n".to_vec();
    finds(
        (&inventory, &scenario),
        &bare,
        summary,
        of_protection,
        "P7938",
    );
}

/// a and g serve 40 users of r1 and 40 of r2, all at a; without a they need 40 + 20 at g in the first hour and, with
/// `late` of r2 in the second, 20 + 40 · `late` in that. g holds 50.
fn lacking_in_two_hours(late: &str) -> Vec<(String, f64)> {
    let curve = |name: &str, first: &str, second: &str| -> String {
        let factor = |hour| match hour {
            10 => first.to_owned(),
            11 => second.to_owned(),
            _ => "0.1".to_owned(),
        };
        let rows = (0..24).map(|hour| format!("{name},{hour},{}\n", factor(hour)));
        rows.collect()
    };
    let curves = format!(
        "load_curve,hour,factor\n{}{}",
        curve("early", "1", "0.5"),
        curve("late", "0.5", late)
    );
    let files = [
        ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
        ("profiles.csv", "profile,cpu\nmail,1\n"),
        ("sites.csv", "site,cpu\na,100\ng,50\n"),
        ("access_points.csv", "access_point\np\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nr1p,r1,p,5\nr2p,r2,p,5\npa,p,a,10\npg,p,g,20\n",
        ),
        (
            "client_regions.csv",
            "client_region,load_curve\nr1,early\nr2,late\n",
        ),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns1,t,40,a,mail,r1,gold\ns2,t,40,a,mail,r2,gold\n",
        ),
        ("load_curves.csv", curves.as_str()),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let scenario = "[scenario]\nname = \"two hours\"\nstart = 2030-03-01T10:00:00Z\nend = 2030-03-01T12:00:00Z\n\
         [policy]\ndemand = \"hourly\"\nfailover = \"anywhere\"\nmovers = \"affected\"\nheadroom = { cpu = 0 }\n\
         [protect]\nfailures = 1\nover = \"sites\"\nrecovery = \"replan\"\n";
    let (inventory, scenario) = read(&files, scenario);
    let plan = planned(&inventory, &scenario);
    let protection = plan.periods[0].protection.as_ref().expect("it is asked");
    let of_a = (protection.unprotected.iter())
        .find(|unprotected| unprotected.failing[0].name(&inventory) == "a")
        .expect("10 users have no room without a");
    let repair = of_a.repair.as_ref().expect("more at g helps");
    assert!(repair.unserved_after < 1e-6, "{repair:?}");
    let capacity = repair.capacity.iter();
    let name = |component| inventory.component_name(component).to_owned();
    capacity.map(|entry| (name(entry.0), entry.2)).collect()
}

#[test]
fn what_several_hours_lack_is_lacked_once_and_as_much_as_the_worst_of_them_lacks() {
    for (late, most) in [("1", 10.0), ("0.8", 10.0), ("0.5", 10.0)] {
        let lacking = lacking_in_two_hours(late);
        let [(name, amount)] = lacking.as_slice() else {
            panic!("{late}: {lacking:?}");
        };
        assert_eq!(name, "g", "{late}");
        assert!((most..most + 0.1).contains(amount), "{late}: {amount}");
    }
}
