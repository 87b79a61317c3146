//! Tests of the chart of moves: what it shows, that all are in it, and that nothing collides.

use super::flow::{Flow, Place};
use super::{MOST_SITES, MovesChart};
use crate::plan_files::{Cause, How, Reason};
use crate::report::charts::Chart;
use crate::report::charts::kit::legible::{all_pixels, pixels_of, words_of};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::flows::{self as samples, moves as chart, row};
use crate::report::moves::sorted;
use crate::report::{MoveRow, Named};

const TAKEOVER: Option<How> = Some(How::Takeover);

/// The words of a picture in the order drawn.
fn words(chart: &MovesChart) -> Vec<String> {
    words_of(&chart.svg(1200).expect("a small picture"))
}

fn has(words: &[String], wanted: &str) -> bool {
    words.iter().any(|word| word == wanted)
}

#[test]
fn both_sides_and_the_bands_sum_to_everybody() {
    for (name, chart) in samples::move_charts() {
        let rows = sorted(chart.rows.clone());
        let everybody: f64 = chart.rows.iter().map(|row| row.users).sum();
        let flow = Flow::new(&rows, chart.most_sites);
        let left: f64 = flow.left.iter().map(|end| end.users).sum();
        let right: f64 = flow.right.iter().map(|end| end.users).sum();
        let bands: f64 = flow.bands.iter().map(|band| band.users).sum();
        for sum in [left, right, bands] {
            assert!(
                (sum - everybody).abs() <= 1e-6 * everybody.max(1.0),
                "{name}: {sum} of {everybody}"
            );
        }
        for (index, end) in flow.left.iter().enumerate() {
            let own = flow.bands.iter().filter(|band| band.left == index);
            let own: f64 = own.map(|band| band.users).sum();
            assert!(
                (own - end.users).abs() <= 1e-6 * own,
                "{name}: {}",
                end.title
            );
        }
        for (index, end) in flow.right.iter().enumerate() {
            let own = flow.bands.iter().filter(|band| band.right == index);
            let own: f64 = own.map(|band| band.users).sum();
            assert!(
                (own - end.users).abs() <= 1e-6 * own,
                "{name}: {}",
                end.title
            );
        }
    }
}

#[test]
fn sites_beyond_the_most_are_summed_up_and_told() {
    // 14 sites take users of one: 10 are named, 4 with 10, 11, 12 and 13 users are not.
    let rows = (0..14).map(|to| {
        row(
            (Some(40), Some(to)),
            Reason::Drained,
            TAKEOVER,
            (to + 10) as f64,
        )
    });
    let rows: Vec<MoveRow> = rows.collect();
    let flow_rows = sorted(rows.clone());
    let flow = Flow::new(&flow_rows, MOST_SITES);
    assert_eq!(flow.right.len(), MOST_SITES + 1);
    assert_eq!(flow.right[MOST_SITES].place, Place::Others);
    assert_eq!(flow.right[MOST_SITES].title, "4 more sites");
    assert!((flow.right[MOST_SITES].users - 46.0).abs() < 1e-9);
    let words = words(&chart(rows));
    let note = "4 more pairs of sites with 46 users are summed up as more sites; moves.csv and unserved.csv have them all.";
    assert!(has(&words, note), "{words:?}");
}

#[test]
fn a_narrow_picture_names_fewer_sites_and_sums_up_the_others() {
    // 14 sites take 10 to 23 users of one: the six largest are named, and the others have 10 to 17.
    let rows = (0..14).map(|to| {
        let users = (to + 10) as f64;
        row((Some(40), Some(to)), Reason::Drained, TAKEOVER, users)
    });
    let svg = chart(rows.collect()).svg(360).expect("a picture");
    let words = words_of(&svg);
    assert!(
        has(&words, "8 more sites") && has(&words, "108"),
        "{words:?}"
    );
    assert!(has(&words, "18") && !has(&words, "17"), "{words:?}");
}

#[test]
fn one_site_beyond_the_most_is_named_rather_than_summed_up_on_its_own() {
    let rows =
        (0..=MOST_SITES).map(|to| row((Some(40), Some(to)), Reason::Drained, TAKEOVER, 100.0));
    let rows = sorted(rows.collect());
    let flow = Flow::new(&rows, MOST_SITES);
    assert_eq!(flow.right.len(), MOST_SITES + 1);
    assert!(flow.right.iter().all(|end| end.place != Place::Others));
    assert_eq!(flow.summed_up.0, 0);
}

#[test]
fn those_left_without_a_place_stand_on_top_in_words_and_in_red() {
    let rows = vec![
        row((Some(0), None), Reason::Unserved, None, 10.2),
        row((Some(0), Some(1)), Reason::Drained, TAKEOVER, 500.0),
    ];
    let drawn = chart(rows);
    let words = words(&drawn);
    let place = |word: &str| words.iter().position(|shown| shown == word);
    // Those who are lost are rounded up.
    assert!(
        place("11") < place("500") && place("11").is_some(),
        "{words:?}"
    );
    let picture = drawn.picture(600).expect("a picture");
    assert!(pixels_of(&picture.png, Role::Full) > 500);
    assert!(pixels_of(&picture.png, Role::Moved) > 5_000);
    assert!(pixels_of(&picture.png, Role::Paper) < all_pixels(&picture.png));
}

#[test]
fn copying_is_told_apart_from_takeover_by_stripes_and_words() {
    let of = |how| {
        chart(vec![row(
            (Some(0), Some(1)),
            Reason::Drained,
            Some(how),
            500.0,
        )])
    };
    let [taken, copied] = [How::Takeover, How::Copy].map(|how| {
        let drawn = of(how);
        let pixels = pixels_of(&drawn.picture(900).expect("a picture").png, Role::Moved);
        (words(&drawn), pixels)
    });
    // Fifteen pixels in twenty-one are left of the band, and all of the legend's patch.
    let left = copied.1 as f64 / taken.1 as f64;
    assert!((0.68..0.78).contains(&left), "{left}");
    assert!(has(&taken.0, "taken over") && has(&copied.0, "all copied"));
    assert!(has(&copied.0, "striped: data must travel"));
}

#[test]
fn each_fate_has_its_colour_and_its_word_in_the_legend() {
    let picture = samples::much(12).picture(1200).expect("a picture");
    for role in [Role::Moved, Role::Home, Role::Opened, Role::Full] {
        assert!(pixels_of(&picture.png, role) > 500, "{role:?} is missing");
    }
    let words = words(&samples::much(12));
    for key in [
        "moved",
        "gone home",
        "given a first home",
        "left without a place",
    ] {
        assert!(has(&words, key), "{key}");
    }
}

#[test]
fn dust_is_nobody_and_never_drawn() {
    let real = row((Some(0), Some(1)), Reason::Drained, TAKEOVER, 500.0);
    let mut dust = row((Some(2), Some(3)), Reason::Drained, TAKEOVER, 1e-9);
    let clean = chart(vec![real.clone()]);
    let dusty = chart(vec![real.clone(), dust.clone()]);
    assert_eq!(clean.svg(900).ok(), dusty.svg(900).ok());
    dust.users = f64::NAN;
    assert_eq!(clean.svg(900).ok(), chart(vec![dust, real]).svg(900).ok());
}

#[test]
fn a_fraction_of_a_user_is_not_told_as_nobody() {
    let words = words(&chart(vec![row(
        (Some(0), Some(1)),
        Reason::Drained,
        TAKEOVER,
        0.3,
    )]));
    assert!(has(&words, "<1") && !has(&words, "0"), "{words:?}");
}

#[test]
fn equal_names_are_told_apart_by_their_ids() {
    let mut rows = vec![
        row((Some(0), Some(1)), Reason::Drained, TAKEOVER, 500.0),
        row((Some(0), Some(2)), Reason::Drained, TAKEOVER, 400.0),
    ];
    for row in &mut rows {
        let id = row
            .to
            .as_ref()
            .map(|site| site.id.clone())
            .unwrap_or_default();
        row.to = Some(Named::new(&id, "twin"));
    }
    let words = words(&chart(rows));
    assert!(
        has(&words, "twin (site-1)") && has(&words, "twin (site-2)"),
        "{words:?}"
    );
}

#[test]
fn whoever_comes_from_nowhere_or_goes_nowhere_has_an_end_and_names_stay_text() {
    let mut evil = row((Some(0), Some(1)), Reason::Drained, Some(How::Copy), 0.25);
    evil.from = Some(Named::new("=1+1", "Evil, \"quoted\""));
    let mut lost = row((Some(1), None), Reason::Unserved, None, 7.5);
    lost.cause = Some(Cause::NoSite);
    let rows = vec![
        evil,
        row((None, Some(1)), Reason::Placed, TAKEOVER, 36_000.0),
        lost,
    ];
    let words = words(&chart(rows));
    for end in ["Evil, \"quoted\"", "no home yet", "no permitted site"] {
        assert!(has(&words, end), "{end}: {words:?}");
    }
}

#[test]
fn a_number_is_never_cut_however_narrow_the_picture() {
    let words = words_of(&samples::hostile_moves().svg(320).expect("a picture"));
    assert!(has(&words, "9,000,000,000"), "{words:?}");
}
