//! The plan's files: what is written reads back, and what cannot be read is told with its place.

use plimsoll::model::Goal;
use plimsoll::plan_files::{
    AccessPointRow, AccessPointUse, AssignmentRow, BeforeRow, BlindPhase, BlindRow, Cause,
    DowntimeSummary, EndStateSummary, ErrorMargin, FORMAT, ForecastBand, HeadroomRow, Holds, How,
    Inputs, JointSummary, Limit, Lined, Measure, ModelSize, MoveRow, OutageSummary, PeriodSummary,
    PlanFile, PlayedExtent, Reason, RecoverySummary, ReplayedSummary, Row, Seconds, Signed, Stage,
    Status, SteeringRow, Summary, Text, Totals, TriggerSummary, UnservedRow, read, read_json,
    read_rows, write_json, write_rows,
};
use proptest::prelude::*;
use std::fmt::Debug;

/// What is written reads back as it was, row by row.
fn reads_back<R: Row + PartialEq + Debug>(rows: &[R]) {
    let mut bytes = Vec::new();
    write_rows(rows, &mut bytes).expect("the rows can be written");
    let mut findings = Vec::new();
    let read: Vec<Lined<R>> = read_rows(&bytes, &mut findings);
    assert_eq!(findings, []);
    let read: Vec<R> = read.into_iter().map(|lined| lined.row).collect();
    assert_eq!(read, rows);
}

/// Any name: not empty, no control characters, with commas, quotes, blanks and `>`.
fn name() -> impl Strategy<Value = String> {
    "[ -~äλ中]{1,12}"
}

/// Any number of 0 or more.
fn amount() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(0.0),
        (0_u32..100_000_000).prop_map(f64::from),
        0.0..1e9,
        0.0..1e-9,
        proptest::num::f64::POSITIVE.prop_filter("finite", |value| value.is_finite()),
    ]
}

fn maybe<T: Debug + Clone>(
    of: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Option<T>> {
    proptest::option::of(of)
}

proptest! {
    #[test]
    fn rows_read_back_as_written(
        (period, wave) in (0_u32..100, maybe(0_u32..9)),
        names in proptest::collection::vec(name(), 8),
        numbers in proptest::collection::vec(amount(), 8),
        (site, amounts, signed) in (maybe(name()), proptest::collection::vec(maybe(amount()), 6), -1e9..1e9),
        reason in proptest::sample::select(Reason::ALL),
        how in proptest::sample::select(How::ALL),
        uses in proptest::sample::select(AccessPointUse::ALL),
        phase in proptest::sample::select(BlindPhase::ALL),
    ) {
        let name = |index: usize| names[index].clone();
        let id = |index: usize| Text::from(&names[index]);
        let from = site.as_ref().map(Text::from);
        reads_back(&[AssignmentRow {
            period, shard: id(0), tenant: id(1), users: numbers[0], from_site: from.clone(),
            to_site: Some(id(2)), share: numbers[1], reason,
        }]);
        reads_back(&[MoveRow {
            period, wave, shard: id(0), users: numbers[0], from_site: from, to_site: id(1), how, reason,
        }]);
        reads_back(&[SteeringRow {
            period, client_region: name(0), profile: name(1), max_latency_ms: amounts[0], access_point: name(2),
            site: name(3), path: name(4), links: name(5), users: numbers[0], share: numbers[1], latency_ms: numbers[2], slice: None,
        }]);
        reads_back(&[BeforeRow {
            client_region: name(0), profile: name(1), max_latency_ms: amounts[0], access_point: name(2),
            site: name(3), path: name(4), links: name(5), users: numbers[0], share: numbers[1], latency_ms: numbers[2], slice: None,
        }]);
        reads_back(&[HeadroomRow {
            period, component: name(0), kind: name(1), resource: name(2), unit: name(3), load: numbers[0],
            capacity: numbers[1], nominal_capacity: numbers[2], utilization: amounts[0],
            headroom: Some(Signed(signed)), target: numbers[3], shortfall: numbers[4], room_users: amounts[1],
            shadow_price: amounts[2], price_stage: site.clone(), before_utilization: amounts[3],
            written_target: amounts[0],
        }]);
        reads_back(&[BlindRow {
            period, phase, component: name(0), resource: site.clone(), load: amounts[0],
            believed_capacity: amounts[1], true_capacity: amounts[2], overload: amounts[3],
            users_affected: numbers[0], users_excess: numbers[1], user_minutes: numbers[2],
        }]);
        reads_back(&[AccessPointRow {
            period, access_point: name(0), state_before: uses, state_after: uses, users: numbers[0], reason: site,
        }]);
        reads_back(&[UnservedRow {
            period, shard: id(0), tenant: id(1), tier: id(2), users: numbers[0], reason: name(3),
            cause: [None, Some(Cause::NoSite)][usize::from(numbers[0] > 1.0)],
        }]);
    }

    #[test]
    fn summary_reads_back_as_written(numbers in proptest::collection::vec(amount(), 12), tier in maybe(name())) {
        let totals = Totals {
            users: numbers[0],
            unserved_users: numbers[1],
            moved_users: numbers[2],
            copied_users: numbers[3],
            returned_users: numbers[4],
            reconnecting_users: numbers[5],
            worst_shortfall: numbers[6],
            opened_access_points: vec!["ap".to_owned()],
            stages: vec![Stage {
                goal: Goal::Headroom,
                tier,
                measure: Some(Measure::Worst),
                value: numbers[7],
                bound: numbers[8],
                gap: -numbers[9],
                plan: numbers[10],
                whole_bound: None,
                skipped: true,
            }],
        };
        let margin = ErrorMargin {
            holds: Holds::Service,
            left_out_users: numbers[0],
            demand_factor: Some(Limit {
                verified: numbers[1],
                bound: Some(numbers[2]),
                period: Some(0),
                component: Some("a".to_owned()),
                resource: Some("cpu".to_owned()),
            }),
            capacity_error: Some(Limit {
                verified: numbers[3],
                bound: None,
                period: None,
                component: None,
                resource: None,
            }),
        };
        let summary = Summary {
            format: FORMAT.to_owned(),
            plimsoll: "0.1.0".to_owned(),
            scenario: "s".to_owned(),
            status: Status::Stopped,
            inputs: Inputs::default(),
            model: ModelSize::default(),
            periods: vec![PeriodSummary {
                period: 0,
                start: "2012-11-13T09:08:00-08:00".to_owned(),
                end: "2012-11-13T14:10:00-08:00".to_owned(),
                totals: totals.clone(),
                targets_missed_before: Some(2),
                band: Some(ForecastBand { low: totals.clone(), high: totals }),
                margin: Some(margin.clone()),
                protection: None,
                way: None,
                hour_turns: None,
                stability: None,
                downtime: Some(DowntimeSummary {
                    most_users_down: numbers[0],
                    user_minutes: numbers[1],
                    unserved_minutes: numbers[2],
                    named_minutes: numbers[0],
                    outage_minutes: numbers[1],
                    aftermath_until: Some("2012-11-13T10:00:00-08:00".to_owned()),
                    down_until: Some("2012-11-13T10:20:00-08:00".to_owned()),
                }),
            }],
            margin: Some(margin),
            joint: Some(JointSummary {
                moved_users: numbers[0],
                sequential_users: numbers[1],
                bound: numbers[2],
            }),
            replayed: Some(ReplayedSummary {
                checked: PlayedExtent::Part,
                unchecked_from: Some("2012-11-13T12:00:00-08:00".to_owned()),
                not_counted: None,
                most_users_down: numbers[0],
                user_minutes: numbers[1],
                step_seconds: Some(5.0),
                remedies: vec!["more".to_owned()],
            }),
            recovery: Some(RecoverySummary {
                triggers: 3,
                not_checked: 1,
                only_rough: 2,
                slowest: None,
                locked_in: vec![TriggerSummary {
                    period: 0,
                    hit: "sat".to_owned(),
                    loses: "sessions".to_owned(),
                    start: "2012-11-13T09:32:00-08:00".to_owned(),
                    recovers_seconds: Some(numbers[0]),
                    still_down: numbers[1],
                    still_down_before: Some(numbers[0]),
                }],
            }),
            outages: vec![OutageSummary {
                start: "2012-11-13T09:30:00-08:00".to_owned(),
                end: None,
                most_users_down: numbers[0],
                user_minutes: numbers[1],
                component: Some("sat".to_owned()),
                resource: Some("sessions".to_owned()),
                offered: Some(numbers[1]),
                capacity: Some(numbers[2]),
            }],
            stays_down_users: Some(numbers[0]),
            end_state_runway: Some(EndStateSummary {
                from: "2012-11-14".to_owned(),
                until: "2014-11-14".to_owned(),
                in_force: vec![0, 2],
                newcomers_from: Some("2012-11-15".to_owned()),
                targets_met_through: None,
                targets_missed_from: Some("2012-11-14".to_owned()),
                served_through: Some("2014-11-13".to_owned()),
                unserved_from: None,
                not_checked: None,
            }),
            seconds: Seconds::default(),
            warnings: 3,
        };
        let mut bytes = Vec::new();
        write_json(&summary, &mut bytes).expect("the summary can be written");
        let mut findings = Vec::new();
        prop_assert_eq!(read_json(&bytes, &mut findings), Some(summary));
    }

    #[test]
    fn broken_bytes_are_findings_never_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for name in plimsoll::plan_files::PLAN_FILES {
            let (plan, findings) = read(&[PlanFile { name, bytes: &bytes }]);
            prop_assert!(plan.is_none() && !findings.is_empty());
        }
    }
}

/// The first code, place and hint of a file that cannot be read.
fn first_finding(name: &str, text: &[u8]) -> (String, String) {
    let (plan, findings) = read(&[
        PlanFile { name, bytes: text },
        PlanFile { name: "assignment.csv", bytes: b"period,shard,tenant,users,from_site,to_site,share,reason\n" },
        PlanFile {
            name: "steering.csv",
            bytes: b"period,client_region,profile,max_latency_ms,access_point,site,path,links,users,share,latency_ms\n",
        },
    ]);
    assert_eq!(plan.is_none(), plimsoll::diagnostic::has_errors(&findings));
    let first = findings.first().expect("something is found fault with");
    (
        format!("{} {}", first.code.0, first.place),
        first.hint.clone(),
    )
}

#[test]
fn what_cannot_be_read_is_reported_with_its_place() {
    let header = "period,shard,tenant,tier,users,reason\n";
    for (row, expected) in [
        ("0,s,t,gold,1\n", "P6004 unserved.csv:2"),
        (
            "0,s,t,gold,many,full\n",
            "P6006 unserved.csv:2: column users",
        ),
        (
            "0,s,t,gold,inf,full\n",
            "P6006 unserved.csv:2: column users",
        ),
        (
            "0,s,t,gold,NaN,full\n",
            "P6006 unserved.csv:2: column users",
        ),
        (
            "-1,s,t,gold,1,full\n",
            "P6006 unserved.csv:2: column period",
        ),
        ("0,s,t,gold,-1,full\n", "P6007 unserved.csv:2: column users"),
        ("0,s,t,gold,,full\n", "P6008 unserved.csv:2: column users"),
        ("\n0,,t,gold,1,full\n", "P6008 unserved.csv:3: column shard"),
    ] {
        let text = format!("{header}{row}");
        assert_eq!(
            first_finding("unserved.csv", text.as_bytes()).0,
            expected,
            "{row}"
        );
    }
    for (text, expected) in [
        (
            "period,shard,tenant,tier,users\n",
            "P6001 unserved.csv:1: column reason",
        ),
        (
            "period,shard,tenant,tier,users,reson\n",
            "P6002 unserved.csv:1: column reson",
        ),
        (
            "period,shard,tenant,tier,users,users,reason\n",
            "P6003 unserved.csv:1: column users",
        ),
        ("", "P6013 unserved.csv"),
    ] {
        assert_eq!(
            first_finding("unserved.csv", text.as_bytes()).0,
            expected,
            "{text}"
        );
    }
    let latin = [header.as_bytes(), b"0,s\xe9,t,gold,1,full\n"].concat();
    assert_eq!(
        first_finding("unserved.csv", &latin).0,
        "P6005 unserved.csv:2"
    );
    let word = "period,access_point,state_before,state_after,users,reason\n0,p,open,active,1,\n";
    let expected = "P6009 access_points.csv:2: column state_before";
    assert_eq!(
        first_finding("access_points.csv", word.as_bytes()).0,
        expected
    );
    assert_eq!(
        first_finding("summary.json", b"{\n\"format\": 3}").0,
        "P6010 summary.json:2"
    );
    assert_eq!(
        first_finding("header.csv", b"").0,
        "P6012 header.csv",
        "a warning: the plan is read"
    );
    assert_eq!(
        first_finding("assignment.csv", b"").0,
        "P6015 assignment.csv"
    );
}

#[test]
fn unknown_column_and_file_get_the_nearest_name() {
    let text = b"period,shard,tenant,tier,users,reson\n";
    assert_eq!(
        first_finding("unserved.csv", text).1,
        "did you mean `reason`?"
    );
    assert_eq!(
        first_finding("headrom.csv", b"").1,
        "did you mean `headroom.csv`?"
    );
}

#[test]
fn plan_without_its_two_tables_cannot_be_read() {
    let (plan, findings) = read(&[]);
    assert_eq!(plan, None);
    let codes: Vec<_> = findings.iter().map(|finding| finding.code.0).collect();
    assert_eq!(codes, ["P6011", "P6011"]);
}

#[test]
fn summary_of_another_format_is_refused() {
    let mut summary = Vec::new();
    let written = Summary {
        format: "plimsoll-plan/3".to_owned(),
        plimsoll: String::new(),
        scenario: String::new(),
        status: Status::Complete,
        inputs: Inputs::default(),
        model: ModelSize::default(),
        periods: Vec::new(),
        margin: None,
        joint: None,
        replayed: None,
        recovery: None,
        outages: Vec::new(),
        stays_down_users: None,
        end_state_runway: None,
        seconds: Seconds::default(),
        warnings: 0,
    };
    write_json(&written, &mut summary).expect("the summary can be written");
    let mut findings = Vec::new();
    assert_eq!(read_json::<Summary>(&summary, &mut findings), None);
    assert_eq!(findings[0].code.0, "P6014");
}

#[test]
fn number_that_is_not_finite_is_never_written() {
    let row = UnservedRow {
        period: 0,
        shard: "s".into(),
        tenant: "t".into(),
        tier: "gold".into(),
        users: f64::NAN,
        reason: "?".to_owned(),
        cause: None,
    };
    let error = write_rows([&row], Vec::new()).expect_err("NaN is refused");
    assert_eq!(
        error.to_string(),
        "unserved.csv: column users: not a finite number"
    );
}

#[test]
fn summary_spells_numbers_shortly() {
    let totals = Totals {
        users: 60_000_000.0,
        worst_shortfall: 0.31,
        ..Totals::default()
    };
    let text = serde_json::to_string(&totals).expect("the totals can be written");
    assert!(
        text.starts_with(r#"{"users":60000000,"unserved_users":0,"#),
        "{text}"
    );
    assert!(text.contains(r#""worst_shortfall":0.31,"#), "{text}");
}

#[test]
fn the_documents_name_every_column_of_the_output_folder() {
    fn columns<R: plimsoll::plan_files::Row>() -> Vec<(&'static str, &'static str)> {
        R::COLUMNS.iter().map(|column| (R::FILE, *column)).collect()
    }
    use plimsoll::plan_files as files;
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/output.md");
    let page = std::fs::read_to_string(page).expect("the page is there");
    let all = [
        columns::<files::AssignmentRow>(),
        columns::<files::MoveRow>(),
        columns::<files::SteeringRow>(),
        columns::<files::BeforeRow>(),
        columns::<files::HeadroomRow>(),
        columns::<files::BlindRow>(),
        columns::<files::AccessPointRow>(),
        columns::<files::UnservedRow>(),
        columns::<files::TenantRow>(),
        columns::<files::ChangeRow>(),
    ];
    let is_word = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let words: std::collections::BTreeSet<&str> = page.split(|char| !is_word(char)).collect();
    let missing: Vec<_> = all
        .into_iter()
        .flatten()
        .filter(|(_, column)| !words.contains(column))
        .collect();
    assert_eq!(missing, [], "docs/output.md does not say what these mean");
    let of_certificate = "goal tier measure value bound prices open refuted other_sets target hard moves kept component \
                          resource price level by floor limit row at period levels periods inputs scenario plimsoll";
    let names = of_certificate.split_whitespace();
    let missing: Vec<&str> = names.filter(|name| !words.contains(name)).collect();
    assert_eq!(
        missing,
        Vec::<&str>::new(),
        "docs/output.md does not say what these mean"
    );
    assert!(files::PLAN_FILES.iter().all(|file| page.contains(file)));
}
