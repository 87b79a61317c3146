//! Tests of the chart of moves: what it shows, and that all are in it.

use super::flow::{MoveEnd, MoveFlow, MovePlace};
use super::{MOST_SITES, MovesChart};
use crate::plan_files::{Cause, How, Reason};
use crate::report::charts::Chart;
use crate::report::charts::kit::legible::{assert_says, pixels_at, words_at};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::flows::{self as samples, lost, moves as chart, row};
use crate::report::charts::samples::sample::with;
use crate::report::moves::sorted;
use crate::report::numbers::whole_parts;
use crate::report::{MoveRow, Named};

const TAKEOVER: Option<How> = Some(How::Takeover);

/// Users who leave one site for another that takes over.
fn drained(from: usize, to: usize, users: f64) -> MoveRow {
    row((Some(from), Some(to)), Reason::Drained, TAKEOVER, users)
}

/// This many sites take 10, 11, 12, … users of one.
fn many(count: usize) -> Vec<MoveRow> {
    (0..count)
        .map(|to| drained(40, to, (to + 10) as f64))
        .collect()
}

fn has(chart: &MovesChart, width: u32, wanted: &str) -> bool {
    words_at(chart, width).iter().any(|word| word == wanted)
}

#[test]
fn both_sides_and_the_bands_sum_to_everybody() {
    let assert_near = |name: &str, sum: f64, all: f64| {
        let is_near = (sum - all).abs() <= 1e-6 * all.max(1.0);
        assert!(is_near, "{name}: {sum} of {all}");
    };
    for (name, chart) in samples::move_charts() {
        let rows = sorted(chart.rows.clone());
        let everybody: f64 = chart.rows.iter().map(|row| row.users).sum();
        let flow = MoveFlow::new(&rows, chart.most_sites);
        assert_near(
            name,
            flow.bands.iter().map(|band| band.users).sum(),
            everybody,
        );
        for (side, ends) in [&flow.left, &flow.right].into_iter().enumerate() {
            assert_near(name, ends.iter().map(|end| end.users).sum(), everybody);
            for (index, end) in ends.iter().enumerate() {
                let move_bands = flow.bands.iter();
                let filter = move_bands.filter(|band| [band.left, band.right][side] == index);
                assert_near(&end.title, filter.map(|band| band.users).sum(), end.users);
            }
        }
    }
}

#[test]
fn sites_beyond_the_most_are_summed_up_and_reported() {
    // 14 sites take users of one: 10 are named, 4 with 10, 11, 12 and 13 users are not.
    let rows = sorted(many(14));
    let right = MoveFlow::new(&rows, MOST_SITES).right;
    assert_eq!(right.len(), MOST_SITES + 1);
    let others = MoveEnd {
        place: MovePlace::Others,
        title: "4 more sites".to_owned(),
        users: 46.0,
        detail: String::new(),
    };
    assert_eq!(right[MOST_SITES], others);
    let note = "4 more pairs of sites with 46 users are summed up as more sites; moves.csv and unserved.csv have them all.";
    assert_says(&chart(rows), 1200, &[note]);
    // Where it is narrow the six largest are named, and the others have 10 to 17.
    let chart = chart(many(14));
    assert_says(&chart, 360, &["8 more sites", "108", "18"]);
    assert!(!has(&chart, 360, "17"));
}

#[test]
fn one_site_beyond_the_most_is_named_rather_than_summed_up_on_its_own() {
    let rows = sorted(many(MOST_SITES + 1));
    let flow = MoveFlow::new(&rows, MOST_SITES);
    assert_eq!(flow.right.len(), MOST_SITES + 1);
    assert!(flow.right.iter().all(|end| end.place != MovePlace::Others));
    assert_eq!(flow.summed_up.0, 0);
}

#[test]
fn those_left_without_a_place_stand_on_top_in_words_and_in_red() {
    let drawn = chart(vec![lost(Some(0), None, 10.2), drained(0, 1, 500.0)]);
    let words = words_at(&drawn, 1200);
    let place = |word: &str| words.iter().position(|shown| shown == word);
    // Those who are lost are rounded up.
    assert!(
        place("11").is_some() && place("11") < place("500"),
        "{words:?}"
    );
    assert!(pixels_at(&drawn, Role::Full) > 500);
    assert!(pixels_at(&drawn, Role::Moved) > 5_000);
}

#[test]
fn copying_is_distinguished_from_takeover_by_stripes_and_words() {
    let [taken, copied] = [How::Takeover, How::Copy].map(|how| {
        chart(vec![row(
            (Some(0), Some(1)),
            Reason::Drained,
            Some(how),
            500.0,
        )])
    });
    // Fifteen pixels in twenty-one are left of the band, and all of the legend's patch.
    let left = pixels_at(&copied, Role::Moved) as f64 / pixels_at(&taken, Role::Moved) as f64;
    assert!((0.68..0.78).contains(&left), "{left}");
    assert_says(&taken, 1200, &["replicas take over"]);
    assert_says(&copied, 1200, &["all copied", "striped: data migrates"]);
}

#[test]
fn each_fate_has_its_colour_and_its_word_in_the_legend() {
    let chart = samples::much(12);
    for (role, word) in [
        (Role::Moved, "moved"),
        (Role::Home, "returned home"),
        (Role::Opened, "placed for the first time"),
        (Role::Full, "unserved"),
    ] {
        assert!(pixels_at(&chart, role) > 500, "{role:?} is missing");
        assert_says(&chart, 1200, &[word]);
    }
}

#[test]
fn dust_is_nobody_and_never_drawn() {
    let svg = |rows| chart(rows).svg(900).expect("a picture");
    for users in [1e-9, f64::NAN] {
        let rows = vec![drained(0, 1, 500.0), drained(2, 3, users)];
        assert_eq!(svg(vec![drained(0, 1, 500.0)]), svg(rows));
    }
    let fraction = chart(vec![drained(0, 1, 0.3)]);
    assert!(has(&fraction, 1200, "<1") && !has(&fraction, 1200, "0"));
}

#[test]
fn equal_names_are_distinguished_by_their_ids() {
    let twin = |to: usize, users| {
        with(drained(0, to, users), |move_row| {
            move_row.to = Some(Named::new(&format!("site-{to}"), "twin"));
        })
    };
    let chart = chart(vec![twin(1, 500.0), twin(2, 400.0)]);
    assert_says(&chart, 1200, &["twin (site-1)", "twin (site-2)"]);
}

#[test]
fn whoever_comes_from_nowhere_or_goes_nowhere_has_an_end_and_names_stay_text() {
    let evil = row((Some(0), Some(1)), Reason::Drained, Some(How::Copy), 0.25);
    let evil = with(evil, |move_row| {
        move_row.from = Some(Named::new("=1+1", "Evil, \"quoted\""));
    });
    let placed = row((None, Some(1)), Reason::Placed, TAKEOVER, 36_000.0);
    let chart = chart(vec![evil, placed, lost(Some(1), Some(Cause::NoSite), 7.5)]);
    let ends = ["Evil, \"quoted\"", "no home yet", "no permitted site"];
    assert_says(&chart, 1200, &ends);
}

#[test]
fn unserved_users_by_cause_add_up_to_all_of_them() {
    assert_eq!(whole_parts(&[100.4, 39_848.4]), [100.0, 39_849.0]);
    assert_eq!(whole_parts(&[0.5, 0.5]), [1.0, 0.0]);
    assert_eq!(whole_parts(&[7.000_000_001]), [7.0]);
    assert!(whole_parts(&[]).is_empty());
}

#[test]
fn a_number_is_never_cut_however_narrow_the_picture() {
    assert_says(&samples::hostile_moves(), 320, &["9,000,000,000"]);
}
