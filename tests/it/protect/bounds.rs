//! What is proven of every plan holds of the plan that is handed on, whatever is asked together.

use crate::levels::planned;
use crate::read::read;
use plimsoll::plan::Protection;
use plimsoll::units::is_close;

/// One access point or two, sites with capacities, and shards `(tenant/tier, users, home, jurisdiction)`; site i is in
/// jurisdiction `o-i`.
struct World<'w> {
    sites: &'w [u32],
    access_points: &'w [&'w str],
    shards: &'w [(&'w str, u32, usize, &'w str)],
    risk_groups: &'w str,
    protect: &'w str,
}

impl World<'_> {
    fn protection(&self) -> Protection {
        let rows = |head: &str, rows: Vec<String>| format!("{head}\n{}\n", rows.join("\n"));
        let sites = self.sites.iter().enumerate();
        let sites = sites.map(|(site, cpu)| format!("d-{site},{cpu},o-{site}"));
        let mut links = Vec::new();
        for access_point in self.access_points {
            links.push(format!("in-{access_point},r,{access_point},5"));
            for site in 0..self.sites.len() {
                let latency = 10 + site;
                links.push(format!(
                    "l-{access_point}-{site},{access_point},d-{site},{latency}"
                ));
            }
        }
        let shards = self.shards.iter().enumerate();
        let shards = shards.map(|(index, (tenant, users, home, jurisdiction))| {
            let (tenant, tier) = tenant.split_once('/').unwrap_or((tenant, "gold"));
            format!("s-{index},{tenant},{users},d-{home},mail,r,{tier},{jurisdiction}")
        });
        let access_points = self.access_points.iter().map(ToString::to_string);
        let mut files = vec![
            (
                "resources.csv",
                "resource,unit,scope\ncpu,vCPU,site\n".to_owned(),
            ),
            ("profiles.csv", "profile,cpu\nmail,1\n".to_owned()),
            ("client_regions.csv", "client_region\nr\n".to_owned()),
            (
                "tiers.csv",
                "tier,rank,availability\ngold,1,0.999\nsilver,2,0.99\n".to_owned(),
            ),
            ("sites.csv", rows("site,cpu,jurisdiction", sites.collect())),
            (
                "access_points.csv",
                rows("access_point", access_points.collect()),
            ),
            ("links.csv", rows("link,from,to,latency_ms", links)),
            (
                "shards.csv",
                rows(
                    "shard,tenant,users,site,profile,client_region,tier,jurisdiction",
                    shards.collect(),
                ),
            ),
        ];
        if !self.risk_groups.is_empty() {
            let text = format!("risk_group,component\n{}", self.risk_groups);
            files.push(("risk_groups.csv", text));
        }
        let files: Vec<(String, String)> = files
            .into_iter()
            .map(|(name, text)| (name.to_owned(), text))
            .collect();
        let scenario = format!(
            "[scenario]\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n[protect]\n{}",
            self.protect
        );
        let (inventory, scenario) = read(&files, &scenario);
        let plan = planned(&inventory, &scenario);
        let protection = plan.periods[0].protection.clone();
        protection.expect("it was asked")
    }
}

/// Asserts that a plan loses no less than any plan is said to.
fn is_possible(protection: &Protection) {
    let (unserved, beyond) = (protection.unserved_users(), protection.users_beyond());
    let (least_unserved, least_lost) = (protection.least_unserved, protection.least_lost);
    assert!(
        least_unserved <= unserved + 1e-6 && least_lost <= unserved + beyond + 1e-6,
        "at least {least_unserved} unserved and {least_lost} lost, and this plan: {unserved} and {beyond} beyond"
    );
}

#[test]
fn who_crosses_two_components_of_a_risk_group_proves_no_more_than_he_loses() {
    // Everybody passes the access point; only the first site is beside it in the group.
    let protection = World {
        sites: &[1000, 1000],
        access_points: &["p"],
        shards: &[("t", 10, 0, "o-0"), ("t", 10, 0, "o-0")],
        risk_groups: "g,p\ng,d-0\n",
        protect: "failures = 0\ngray = 1\ngray_over = \"risk_groups\"\nseverity = 0.5\nmax_loss = { gold = 0.3 }\n",
    }
    .protection();
    assert!(is_close(protection.users_beyond(), 4.0, 1e-6));
    is_possible(&protection);
}

#[test]
fn nobody_loses_more_than_all_of_his_work() {
    let protection = World {
        sites: &[1000, 1000],
        access_points: &["p"],
        shards: &[("t", 20, 0, ""), ("t", 20, 0, "")],
        risk_groups: "",
        protect: "failures = 0\ngray = 2\ngray_over = \"components\"\nseverity = 0.8\nmax_loss = { gold = 0.5 }\n",
    }
    .protection();
    assert!(is_close(protection.users_beyond(), 20.0, 1e-6));
    is_possible(&protection);
}

#[test]
fn what_silent_faults_cost_is_not_reported_as_unserved() {
    // Nobody may go anywhere else: 200 and 10 are lost in two cases each, with the other site gray and without, and 80 of
    // 100 beyond a bound of 20.
    let protection = World {
        sites: &[1000, 1000],
        access_points: &["p"],
        shards: &[
            ("t", 100, 0, "o-0"),
            ("t", 100, 0, "o-0"),
            ("v/silver", 10, 1, "o-1"),
        ],
        risk_groups: "",
        protect: "failures = 1\nrecovery = \"replan\"\ngray = 1\nseverity = 0.5\nmax_loss = { gold = 0.1 }\n",
    }
    .protection();
    is_possible(&protection);
    assert!(is_close(protection.unserved_users(), 420.0, 1e-6));
    assert!(is_close(protection.least_unserved, 420.0, 1e-6));
    assert!(is_close(protection.least_lost, 500.0, 1e-6));
}

#[test]
fn nothing_is_proven_of_plans_that_serve_fewer_than_shards_in_parts() {
    // In parts everybody is served; five whole ones are not, and fewer of whom are served fewer are lost.
    for recovery in ["replicas", "replan"] {
        for over in ["sites", "components"] {
            let protection = World {
                sites: &[15, 12, 8],
                access_points: &["p"],
                shards: &[("t", 20, 0, ""), ("t", 10, 1, ""), ("u", 5, 1, "")],
                risk_groups: "",
                protect: &format!("failures = 2\nover = \"{over}\"\nrecovery = \"{recovery}\"\n"),
            }
            .protection();
            is_possible(&protection);
        }
    }
}

#[test]
fn who_is_served_instead_of_a_higher_tier_is_no_consolation() {
    // Without the access point nobody of gold gets in, and those of silver find their room.
    let files = [
        ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
        ("profiles.csv", "profile,cpu\nmail,1\nlarge,100\n"),
        ("client_regions.csv", "client_region\nr\nr2\n"),
        (
            "tiers.csv",
            "tier,rank,availability\ngold,1,0.999\nsilver,2,0.99\n",
        ),
        ("sites.csv", "site,cpu\nd,100\n"),
        ("access_points.csv", "access_point\np\nq\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nin-p,r,p,5\nin-q,r2,q,5\nl-p,p,d,10\nl-q,q,d,10\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\n\
             g,one,1,d,large,r2,gold\ns,two,100,d,mail,r,silver\n",
        ),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    for recovery in ["rescale", "replicas", "replan"] {
        let scenario = format!(
            "[scenario]\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n\
             [protect]\nfailures = 1\nover = \"access_points\"\nrecovery = \"{recovery}\"\n"
        );
        let (inventory, scenario) = read(&files, &scenario);
        let plan = planned(&inventory, &scenario);
        let protection = plan.periods[0].protection.as_ref().expect("it was asked");
        let lost: Vec<f64> = protection
            .unprotected
            .iter()
            .map(|unprotected| unprotected.users)
            .collect();
        assert_eq!(lost.len(), 1, "{recovery}");
        assert!(is_close(lost[0], 1.0, 1e-6), "{recovery}: {}", lost[0]);
    }
}

#[test]
fn nothing_is_proven_where_homes_decide_who_may_move() {
    // The drained shard has grown. At b, the nearest, nobody may leave a for c once f fails, so that 50 of f are lost;
    // at a its growth lets those of a leave, and nobody is.
    let files = [
        ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
        ("profiles.csv", "profile,cpu\nmail,1\n"),
        ("client_regions.csv", "client_region\nr\n"),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        (
            "sites.csv",
            "site,cpu,jurisdiction\na,200,ja;jf;jx\nb,200,jx\nc,500,ja\nf,100,jf\nx,100,jx\n",
        ),
        ("access_points.csv", "access_point\np\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nin,r,p,5\nla,p,a,30\nlb,p,b,10\nlc,p,c,30\nlf,p,f,10\nlx,p,x,10\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier,jurisdiction\n\
             sa,t,150,a,mail,r,gold,ja\nsf,t,100,f,mail,r,gold,jf\nsx,t,30,x,mail,r,gold,jx\n",
        ),
        (
            "onboarding.csv",
            "date,shard,users\n2030-03-01T03:00:00Z,sx,20\n",
        ),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let scenario = "[scenario]\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n\
                    [policy]\nmovers = \"affected\"\ndrain = \"anywhere\"\nfailover = \"anywhere\"\n\
                    [[event]]\nkind = \"maintenance\"\ncomponent = \"x\"\nstart = 2030-03-01T04:00:00Z\n\
                    [protect]\nfailures = 1\nrecovery = \"replan\"\n";
    let (inventory, scenario) = read(&files, scenario);
    let plan = planned(&inventory, &scenario);
    let last = plan.periods.last().expect("there are periods");
    let protection = last.protection.as_ref().expect("it was asked");
    assert!(protection.least_lost <= 1e-6, "{}", protection.least_lost);
}
