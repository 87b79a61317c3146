//! Tests of the chart of waves: the numbers are those of the waves, and none is cut.

use super::{WaveTraffic, WavesChart};
use crate::report::charts::kit::legible::{WIDTHS, assert_states, pixels_at, words_at};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::sample::with;
use crate::report::charts::samples::starts::{traffic, waves};

/// One wave with this traffic.
fn one_wave(sites: Vec<WaveTraffic>) -> WavesChart {
    with(waves(1, 30, 5), |waves_chart| {
        waves_chart.waves[0].sites = sites;
    })
}

#[test]
fn the_pointer_shows_of_every_wave_and_site() {
    let call = |number| {
        format!(
            "Wave {number}: 30 minutes, then 5 minutes of hold; \
             −100,000 Chicago, +60,000 San Antonio, +40,000 Washington, at the river"
        )
    };
    assert_states(&waves(2, 30, 5), &[&call(1), &call(2)]);
}

#[test]
fn sites_without_space_are_counted_and_no_number_is_cut() {
    let names = [
        "Paris",
        "Dubai",
        "Saint-Denis",
        "Frankfurt",
        "Johannesburg",
        "Milan",
    ];
    let entering = (0..).zip(names);
    let entering = entering
        .map(|(index, name)| traffic(name, [0.0, 37_200.0 + f64::from(index) * 1_001.0, 0.0]));
    for count in 1..=4 {
        let doubled = entering.clone().cycle().take(count * names.len());
        let leaving = traffic("London", [1_600_000.0, 0.0, 0.0]);
        let chart = one_wave(doubled.chain([leaving]).collect());
        let sentences: Vec<String> =
            chart.waves[0].entries(usize::MAX, &|wave_traffic| wave_traffic.site.clone());
        for width in WIDTHS {
            let words = words_at(&chart, width).join(" ").replace('\u{a0}', " ");
            let (_, text) = words.split_once('−').expect("somebody leaves");
            let text = format!("−{text}");
            let (text, _) = text.split_once(" The period begins").expect("the note");
            let mut shown = 0;
            for part in text.trim().split(", ").flat_map(|text| text.split(",  ")) {
                let is_rest = part.starts_with("and ") && part.ends_with("more sites");
                let is_told = sentences.iter().any(|text| text == part);
                assert!(is_rest || is_told, "{part} in {text}");
                shown += usize::from(!is_rest);
            }
            assert!(text.starts_with("−1,600,000 London, "), "{text}");
            let more = sentences.len() - shown;
            let is_counted = text.contains(&format!("and {more} more site"));
            assert_eq!(is_counted, more > 0, "{text}");
        }
    }
}

#[test]
fn a_wave_that_only_steers_is_grey_and_a_refused_one_is_striped() {
    let pink = |chart: &WavesChart| pixels_at(chart, Role::Moved);
    let moves = waves(1, 30, 5);
    let steers = one_wave(Vec::new());
    assert!(pink(&moves) > 1000);
    assert_eq!(pink(&steers), 0);
    assert!(pixels_at(&steers, Role::Gone) > 1000);
    let refused = with(moves.clone(), |waves_chart| {
        waves_chart.is_refused = true;
        waves_chart.allowed = Some(waves_chart.waves[0].end);
        waves_chart.because =
            "The drain needs 30 min, the scenario allows 5 min: one gate.".to_owned();
    });
    assert!(pink(&refused) < pink(&moves));
    assert!(pixels_at(&refused, Role::Full) > 100);
    let words = words_at(&refused, 1200).join(" ").replace('\u{a0}', " ");
    for said in ["users move (refused)", "time allowed from", "needs 30 min"] {
        assert!(words.contains(said), "{said}: {words}");
    }
}

#[test]
fn placed_users_are_counted() {
    let wave = |placed| one_wave(vec![traffic("Chicago", [0.0, 0.0, placed])]).waves[0].traffic();
    assert_eq!(wave(36_000.0), "36,000 users are placed at Chicago");
    assert_eq!(wave(1.0), "1 user is placed at Chicago");
    assert_eq!(wave(0.0), "no users move: steering only");
}
