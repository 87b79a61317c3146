//! No text is cut or overlaps, at any width; the numbers are those of the waves.

use super::{WaveBar, WaveTraffic, WavesChart};
use crate::report::charts::Chart;
use crate::report::charts::kit::legible::{assert_legible, words_of};
use crate::report::span::Clock;
use jiff::Timestamp;

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_769_068_800 + minutes * 60).expect("within the calendar")
}

fn chart(count: u32, length: i64, gate: i64) -> WavesChart {
    let traffic = |site: &str, users_out: f64, users_in: f64| WaveTraffic {
        site: site.to_owned(),
        users_out,
        users_in,
        users_placed: 0.0,
    };
    let waves = (0..count).map(|index| {
        let start = i64::from(index) * (length + gate);
        WaveBar {
            number: index + 1,
            start: at(start),
            end: at(start + length),
            gate_end: at(start + length + gate),
            sites: vec![
                traffic("Chicago", 100_000.0, 0.0),
                traffic("San Antonio", 0.0, 60_000.0),
                traffic("Washington, at the river", 0.0, 40_000.0),
            ],
        }
    });
    WavesChart {
        title: "Chicago is empty by 01:40: 6 waves, start no later than 22:20".to_owned(),
        scenario: "chicago-maintenance".to_owned(),
        clock: Clock {
            start: at(0),
            end: at(24 * 60),
            offset: jiff::tz::offset(-6),
        },
        stops: "Every part of a wave is safe; one may stop at every gate.".to_owned(),
        period_start: at(i64::from(count) * (length + gate)),
        waves: waves.collect(),
    }
}

/// Every sample and its name.
pub(in crate::report::charts) fn all() -> Vec<(&'static str, WavesChart)> {
    vec![
        ("1", chart(1, 20, 0)),
        ("6", chart(6, 30, 5)),
        ("40", chart(40, 60, 10)),
        ("of-no-time", chart(3, 0, 0)),
        ("none", chart(0, 30, 5)),
    ]
}

#[test]
fn the_pointer_tells_of_every_wave_and_site() {
    let svg = chart(2, 30, 5).svg(1200).expect("it can be drawn");
    for number in [1, 2] {
        let words = format!(
            "Wave {number}: 30 minutes, then 5 minutes of watching; \
             −100,000 Chicago, +60,000 San Antonio, +40,000 Washington, at the river"
        );
        assert!(svg.contains(&format!("<title>{words}</title>")), "{svg}");
    }
}

/// One wave with this traffic.
fn one_wave(sites: Vec<WaveTraffic>) -> WavesChart {
    let mut chart = chart(1, 30, 5);
    chart.waves[0].sites = sites;
    chart
}

#[test]
fn sites_without_room_are_counted_and_no_number_is_cut() {
    let names = [
        "Paris",
        "Dubai",
        "Saint-Denis",
        "Frankfurt",
        "Johannesburg",
        "Milan",
    ];
    let entering = names.iter().enumerate().map(|(index, name)| WaveTraffic {
        site: (*name).to_owned(),
        users_out: 0.0,
        users_in: 37_200.0 + index as f64 * 1_001.0,
        users_placed: 0.0,
    });
    let leaving = WaveTraffic {
        site: "London".to_owned(),
        users_out: 1_600_000.0,
        users_in: 0.0,
        users_placed: 0.0,
    };
    for count in 1..=4 {
        let doubled = entering.clone().cycle().take(count * names.len());
        let all: Vec<WaveTraffic> = doubled.chain([leaving.clone()]).collect();
        let chart = one_wave(all);
        let told: Vec<String> = chart.waves[0].entries(usize::MAX, &|own| own.site.clone());
        for width in [320, 420, 899, 900, 1200] {
            let svg = chart.svg(width).expect("it can be drawn");
            assert_legible(&format!("{count}, {width} wide"), &svg);
            let words = words_of(&svg).join(" ").replace('\u{a0}', " ");
            let (_, own) = words.split_once('−').expect("somebody leaves");
            let own = format!("−{own}");
            let (own, _) = own.split_once(" The period begins").expect("the note");
            let mut shown = 0;
            for part in own.trim().split(", ").flat_map(|own| own.split(",  ")) {
                let is_rest = part.starts_with("and ") && part.ends_with("more sites");
                assert!(
                    is_rest || told.iter().any(|own| own == part),
                    "{part} in {own}"
                );
                shown += usize::from(!is_rest);
            }
            assert!(own.starts_with("−1,600,000 London, "), "{own}");
            let more = told.len() - shown;
            assert_eq!(
                own.contains(&format!("and {more} more site")),
                more > 0,
                "{own}"
            );
        }
    }
}

#[test]
fn who_gets_a_first_home_is_told_so() {
    let placed = |users_placed: f64| WaveTraffic {
        site: "Chicago".to_owned(),
        users_out: 0.0,
        users_in: 0.0,
        users_placed,
    };
    let wave = |own: WaveTraffic| one_wave(vec![own]).waves[0].traffic();
    assert_eq!(wave(placed(36_000.0)), "36,000 users are placed at Chicago");
    assert_eq!(wave(placed(1.0)), "1 user is placed at Chicago");
    assert_eq!(wave(placed(0.0)), "nobody moves: steering only");
}
