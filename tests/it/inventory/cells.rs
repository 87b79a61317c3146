//! Single cells and single tables: the codes P2xxx.

use super::findings;

#[test]
fn blank_is_not_zero() {
    assert_eq!(
        findings(&[
            ("sites.csv", "site,cpu\na,\n"),
            ("profiles.csv", "profile,cpu\nmail,\n"),
        ]),
        "error: profiles.csv:2: column cpu: found a blank cell, expected a number of 0 or more [P2001]
hint: write it: this column has no default, and blank never means 0
error: sites.csv:2: column cpu: found a blank cell, expected a number of 0 or more or `unlimited` [P2001]
hint: write `unlimited` for no limit, or 0 for no capacity: a blank is neither
"
    );
}

#[test]
fn ids_are_at_most_128_characters_long() {
    let long = "é".repeat(129);
    let sites = format!("site,cpu\na,100\n{long},100\n");
    let longest = sites.replace(&long, &"é".repeat(128));
    let shown = findings(&[("sites.csv", &longest)]);
    assert!(!shown.contains("P2002"), "{shown}");
    assert_eq!(
        findings(&[("sites.csv", &sites)]),
        "error: sites.csv:3: column site: found an id of 129 characters, expected at most 128 characters [P2002]
hint: use a shorter id, and write the long one into the column name
"
    );
}

#[test]
fn ids_and_names_have_no_control_characters() {
    assert_eq!(
        findings(&[("sites.csv", "site,name,cpu\na,\"A\tB\",100\n"),]),
        r#"error: sites.csv:2: column name: found "A\tB", expected no control characters (line ends and tabs are such) [P2003]
hint: remove them
"#
    );
}

#[test]
fn an_id_stands_once_in_its_file() {
    assert_eq!(
        findings(&[(
            "tiers.csv",
            "tier,rank,availability\ngold,1,0.999\ngold,2,0.9\n"
        ),]),
        r#"error: tiers.csv:3: column tier: found "gold" twice, first on line 2, expected an id that no other row has [P2004]
hint: give one of the two another id, or remove it
"#
    );
}

#[test]
fn shards_stand_once() {
    assert_eq!(
        findings(&[(
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns,t,10,a,mail,r,gold\nq,t,10,a,mail,r,gold\ns,t,5,a,mail,r,gold\n"
        ),]),
        r#"error: shards.csv:4: column shard: found "s" twice, first on line 2, expected an id that no other row has [P2004]
hint: give one of the two another id, or remove it
"#
    );
}

#[test]
fn an_id_with_an_outer_space_is_a_warning() {
    assert_eq!(
        findings(&[(
            "tiers.csv",
            "tier,rank,availability\ngold,1,0.999\ngold ,2,0.9\n"
        ),]),
        r#"warning: tiers.csv:3: column tier: found "gold ", expected an id without a space before or after it [P2005]
hint: remove the space: ids are compared exactly
"#
    );
}

#[test]
fn lists_have_no_blank_or_repeated_part() {
    assert_eq!(
        findings(&[("sites.csv", "site,cpu,jurisdiction\na,100,EU;;US;EU\n"),]),
        r#"error: sites.csv:2: column jurisdiction: found a blank part, expected ids separated by `;` [P2006]
hint: name each once, with one `;` between two of them
error: sites.csv:2: column jurisdiction: found "EU" twice, expected ids separated by `;` [P2006]
hint: name each once, with one `;` between two of them
"#
    );
}

#[test]
fn two_rows_never_have_the_same_keys() {
    assert_eq!(
        findings(&[
            ("background.csv", "component,resource,load\na,cpu,1\na,cpu,2\n"),
        ]),
        "error: background.csv:3: column component: found the same component and resource as on line 2, expected one row for them [P2007]
hint: remove one of the two rows
"
    );
}

#[test]
fn numbers_are_decimals() {
    assert_eq!(
        findings(&[("sites.csv", "site,cpu\na,\"1,000\"\n"),]),
        r#"error: sites.csv:2: column cpu: found "1,000", expected a number of 0 or more or `unlimited` [P2109]
hint: write `1000` if the comma separates thousands, or `1.000` if it is a decimal comma, and the same in the whole column
"#
    );
}

#[test]
fn nan_and_infinity_are_no_numbers() {
    assert_eq!(
        findings(&[("sites.csv", "site,cpu,move_in_per_hour\na,NaN,inf\n"),]),
        r#"error: sites.csv:2: column move_in_per_hour: found "inf", expected a number of 0 or more or `unlimited` [P2101]
hint: use digits, a decimal point and perhaps an exponent: `1250.5`, `1e-6`
error: sites.csv:2: column cpu: found "NaN", expected a number of 0 or more or `unlimited` [P2101]
hint: use digits, a decimal point and perhaps an exponent: `1250.5`, `1e-6`
"#
    );
}

#[test]
fn shares_are_shares() {
    assert_eq!(
        findings(&[("sites.csv", "site,cpu,headroom\na,100,20\n"),]),
        r#"error: sites.csv:2: column headroom: found "20", expected a number from 0 to under 1 [P2102]
hint: write a share: 0.2 is 20 %
"#
    );
}

#[test]
fn a_negative_amount_makes_no_sense() {
    assert_eq!(
        findings(&[("sites.csv", "site,cpu\na,-100\n"),]),
        r#"error: sites.csv:2: column cpu: found "-100", expected a number of 0 or more or `unlimited` [P2102]
hint: a negative value makes no sense here
"#
    );
}

#[test]
fn numbers_do_not_overflow() {
    assert_eq!(
        findings(&[
            ("sites.csv", "site,cpu\na,1e999\n"),
            ("profiles.csv", "profile,cpu\nmail,1e-999\n"),
        ]),
        r#"error: profiles.csv:2: column cpu: found "1e-999", expected a number of 0 or more [P2103]
hint: choose a unit with values from 1e-12 to 1e15, or 0
error: sites.csv:2: column cpu: found "1e999", expected a number of 0 or more or `unlimited` [P2103]
hint: choose a unit with values from 1e-12 to 1e15, or 0
"#
    );
}

#[test]
fn users_are_whole_and_not_negative() {
    assert_eq!(
        findings(&[(
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns,t,-3,a,mail,r,gold\nu,t,1.5,a,mail,r,gold\nv,t,9007199254740993,a,mail,r,gold\n"
        ),]),
        r#"error: shards.csv:2: column users: found "-3", expected a whole number of 0 or more [P2104]
hint: write leaving users into onboarding.csv, as a negative number
error: shards.csv:3: column users: found "1.5", expected a whole number of 0 or more [P2104]
hint: write digits alone: no decimals, no separators, at most 2^53
error: shards.csv:4: column users: found "9007199254740993", expected a whole number of 0 or more [P2104]
hint: write digits alone: no decimals, no separators, at most 2^53
"#
    );
}

#[test]
fn a_word_is_one_of_its_column() {
    assert_eq!(
        findings(&[("access_points.csv", "access_point,state\np,standbye\n"),]),
        r#"error: access_points.csv:2: column state: found "standbye", expected `active`, `standby` or `opened` [P2105]
hint: write `standby` if it is meant
"#
    );
}

#[test]
fn dates_are_iso_8601() {
    assert_eq!(
        findings(&[(
            "onboarding.csv",
            "date,shard,users\n13.11.2012,s,1\n2012-02-30,s,1\n"
        ),]),
        r#"error: onboarding.csv:2: column date: found "13.11.2012", expected a date in ISO 8601 [P2106]
hint: write it like `2012-11-13` or `2012-11-13T09:00:00-08:00`
error: onboarding.csv:3: column date: found "2012-02-30", expected a date in ISO 8601 [P2106]
hint: write it like `2012-11-13` or `2012-11-13T09:00:00-08:00`
"#
    );
}

#[test]
fn a_time_without_an_offset_is_a_warning() {
    assert_eq!(
        findings(&[("onboarding.csv", "date,shard,users\n2012-11-13T09:00,s,1\n"),]),
        r#"warning: onboarding.csv:2: column date: found "2012-11-13T09:00", expected an offset from UTC after the time [P2107]
hint: write `2012-11-13T09:00:00Z` if UTC is meant: it is assumed
"#
    );
}

#[test]
fn time_zones_are_known_by_name() {
    assert_eq!(
        findings(&[(
            "client_regions.csv",
            "client_region,time_zone\nr,America/Chicgo\n"
        ),]),
        r#"error: client_regions.csv:2: column time_zone: found "America/Chicgo", expected an IANA time zone [P2108]
hint: write `America/Chicago` if it is meant
"#
    );
}

#[test]
fn coordinates_come_in_pairs() {
    assert_eq!(
        findings(&[
            ("sites.csv", "site,cpu,latitude,longitude\na,100,52,\n"),
        ]),
        "error: sites.csv:2: column longitude: found no longitude, expected both coordinates or neither [P2201]
hint: write the longitude, or leave both blank
"
    );
}

#[test]
fn coordinates_are_on_the_globe() {
    assert_eq!(
        findings(&[("sites.csv", "site,cpu,latitude,longitude\na,100,91,181\n"),]),
        r#"error: sites.csv:2: column latitude: found "91", expected a number from -90 to 90 [P2102]
hint: write degrees with decimals
error: sites.csv:2: column longitude: found "181", expected a number from -180 to 180 [P2102]
hint: write degrees with decimals
"#
    );
}

#[test]
fn load_curves_have_all_hours() {
    assert_eq!(
        findings(&[(
            "load_curves.csv",
            "load_curve,hour,factor\nflat,0,1\nflat,0,1\nflat,30,1\n"
        ),]),
        r#"error: load_curves.csv:2: column hour: found "flat" without hour 1 (166 of 168 are missing), expected all hours from 0 to 167, or from 0 to 23 for every day the same [P2202]
hint: add a row for every missing hour
error: load_curves.csv:3: column hour: found hour 0 of "flat" a second time, expected every hour once [P2202]
hint: remove one of the two rows
"#
    );
}

#[test]
fn a_forecast_is_a_range() {
    assert_eq!(
        findings(&[
            ("onboarding.csv", "date,shard,users,low,high\n2012-11-13,s,5,9,1\n"),
        ]),
        "error: onboarding.csv:2: column low: found 9, above the high end 1, expected a low end of at most the high end [P2203]
hint: swap the two; with users that leave, the low end is the more negative one
"
    );
}

#[test]
fn what_is_expected_lies_in_its_range() {
    assert_eq!(
        findings(&[
            ("onboarding.csv", "date,shard,users,low,high\n2012-11-13,s,5,6,9\n"),
        ]),
        "warning: onboarding.csv:2: column users: found 5, outside 6 to 9, expected users between low and high [P2204]
hint: check the three numbers
"
    );
}

#[test]
fn a_value_a_thousand_times_the_median_is_a_warning() {
    assert_eq!(
        findings(&[
            ("sites.csv", "site,cpu\na,100\nb,90\nc,100000\n"),
            ("links.csv", "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,5\nl4,p,c,5\n"),
        ]),
        "warning: sites.csv:4: column cpu: found 100,000, expected less than 500 times the median of the column, which is 100 [P2301]
hint: check the unit of this value; nothing to do if it is right
"
    );
}

#[test]
fn background_is_compared_resource_by_resource() {
    assert_eq!(
        findings(&[
            (
                "resources.csv",
                "resource,unit,scope\nbw,Gbit/s,network\ncpu,vCPU,site\n"
            ),
            ("profiles.csv", "profile,bw,cpu\nmail,1,1\n"),
            (
                "background.csv",
                "component,resource,load\na,bw,1\na,cpu,5000\np,bw,1\n"
            ),
            ("sites.csv", "site,cpu\na,10000\n"),
        ]),
        ""
    );
}

#[test]
fn users_a_thousand_times_others_are_no_finding() {
    assert_eq!(
        findings(&[
            (
                "shards.csv",
                "shard,tenant,users,site,profile,client_region,tier\ns,t,10,a,mail,r,gold\nu,t,1,a,mail,r,gold\nv,t,20000,a,mail,r,gold\n"
            ),
            ("sites.csv", "site,cpu,move_in_per_hour\na,1e6,1000000\n"),
        ]),
        ""
    );
}

#[test]
fn a_contact_is_of_a_tenant_or_of_a_site() {
    assert_eq!(
        findings(&[(
            "contacts.csv",
            "tenant,site,name,address\nt,a,Ann,ann@x.example\n,,Bob,bob@x.example\nu,,Eve,eve@x.example\n"
        )]),
        r#"error: contacts.csv:2: column tenant: found a tenant and a site, expected a tenant or a site [P2110]
hint: write one row for each tenant and each site
error: contacts.csv:3: column tenant: found neither a tenant nor a site, expected a tenant or a site [P2110]
hint: write one row for each tenant and each site
error: contacts.csv:4: column tenant: found "u", an unknown id, expected an id of a tenant [P3002]
hint: add "u" to shards.csv, or write an id of that file
"#
    );
}
