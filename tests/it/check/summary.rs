//! One change for every rule about the summary, and the key that the referee names for it.

use super::plans::one_drain;
use super::rules::assert_breaks;
use super::table::assert_all;
use plimsoll::ids::ShardId;
use plimsoll::model::Onboarding;

#[test]
fn summary_has_the_totals_of_the_tables() {
    let file = "summary.json";
    let latency = "\"value\": 1450, \"bound\": 1450, \"gap\": 0";
    assert_all(
        &one_drain(),
        &[
            (
                file,
                "\"scenario\": \"one-drain\"",
                "\"scenario\": \"two\"",
                "P7901",
                "summary.json: key scenario",
            ),
            (
                file,
                "T06:00:00Z",
                "T06:00:01Z",
                "P7902",
                "summary.json: key periods[0].end",
            ),
            (
                file,
                "\"users\": 150",
                "\"users\": 151",
                "P7903",
                "summary.json: key periods[0].users",
            ),
            (
                file,
                "\"unserved_users\": 20",
                "\"unserved_users\": 0",
                "P7904",
                "summary.json: key periods[0].unserved_users",
            ),
            (
                file,
                "\"moved_users\": 80",
                "\"moved_users\": 60",
                "P7905",
                "summary.json: key periods[0].moved_users",
            ),
            (
                file,
                "\"copied_users\": 80",
                "\"copied_users\": 0",
                "P7906",
                "summary.json: key periods[0].copied_users",
            ),
            (
                file,
                "\"returned_users\": 0",
                "\"returned_users\": 1",
                "P7907",
                "summary.json: key periods[0].returned_users",
            ),
            (
                file,
                "91.53846153846153",
                "80",
                "P7908",
                "summary.json: key periods[0].reconnecting_users",
            ),
            (
                file,
                "\"worst_shortfall\": 1",
                "\"worst_shortfall\": 0",
                "P7909",
                "summary.json: key periods[0].worst_shortfall",
            ),
            (
                file,
                "\"tier\": \"gold\"",
                "\"tier\": \"bronze\"",
                "P7910",
                "summary.json: key periods[0].stages",
            ),
            (
                file,
                "\"plan\": 26",
                "\"plan\": 27",
                "P7911",
                "summary.json: key periods[0].stages[3].plan",
            ),
            (
                file,
                "\"plan\": 26",
                "\"plan\": 26, \"whole_bound\": 20",
                "P7924",
                "summary.json: key periods[0].stages[3].whole_bound",
            ),
            (
                file,
                latency,
                "\"value\": 1450, \"bound\": 1451, \"gap\": 0",
                "P7912",
                "summary.json: key periods[0].stages[6].bound",
            ),
            (
                file,
                latency,
                "\"value\": 1450, \"bound\": 0, \"gap\": 0",
                "P7913",
                "summary.json: key periods[0].stages[6].gap",
            ),
            (
                file,
                latency,
                "\"value\": 1460, \"bound\": 1460, \"gap\": 0",
                "P7914",
                "summary.json: key periods[0].stages[6].plan",
            ),
            (
                file,
                "[\"p2\"]",
                "[]",
                "P7915",
                "summary.json: key periods[0].opened_access_points",
            ),
        ],
    );
}

#[test]
fn forecast_with_two_ends_needs_a_band() {
    let mut plan = one_drain();
    let ranging = |date, high| Onboarding {
        date,
        shard: ShardId(0),
        users: 0,
        low: 0,
        high,
    };
    // A row that counts from the end on ranges over nothing that is planned.
    let end = plan.scenario.end;
    plan.inventory.onboarding.push(ranging(end, 20));
    let verdict = plan.verdict();
    assert!(verdict.holds(), "{verdict}");
    // Two rows that cancel: there is a range, and both ends have the users of the plan.
    let start = plan.scenario.start;
    plan.inventory.onboarding = vec![ranging(start, 20), ranging(start, -20)];
    assert_breaks(&plan, "P7916", "summary.json: key periods[0].band");
    let mut stopped = plan.clone();
    let summary = plan.files["summary.json"].replace("\"complete\"", "\"stopped\"");
    stopped.files.insert("summary.json", summary);
    let verdict = stopped.verdict();
    assert!(verdict.holds(), "{verdict}");
    let text = plan.files["summary.json"].clone();
    let begin = text.find("\"users\": 150").expect("the totals begin");
    let totals = text[begin..]
        .strip_suffix("}]}\n")
        .expect("the period ends")
        .to_owned();
    let banded = |high: &str| {
        let band =
            format!("{totals}, \"band\": {{\"low\": {{{totals}}}, \"high\": {{{high}}}}}}}]}}\n");
        let mut banded = plan.clone();
        banded
            .files
            .insert("summary.json", text[..begin].to_owned() + &band);
        banded
    };
    let verdict = banded(&totals).verdict();
    assert!(verdict.holds(), "{verdict}");
    let forged = totals.replace("\"users\": 150", "\"users\": 151");
    assert_breaks(
        &banded(&forged),
        "P7916",
        "summary.json: key periods[0].band.high.users",
    );
}
