//! No text is cut or overlaps, at any width; the numbers are those of the waves.

use super::{WaveBar, WaveTraffic, WavesChart};
use crate::report::charts::Chart;
use crate::report::charts::legible::{WIDTHS, assert_legible};
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
        period_start: at(i64::from(count) * (length + gate)),
        waves: waves.collect(),
    }
}

#[test]
fn no_text_is_cut_or_overlaps() {
    for (count, length, gate) in [(1, 20, 0), (6, 30, 5), (40, 60, 10), (3, 0, 0)] {
        for width in WIDTHS {
            let svg = chart(count, length, gate)
                .svg(width)
                .expect("it can be drawn");
            assert_legible(&format!("{count} waves, {width} wide"), &svg);
        }
    }
}

#[test]
fn table_has_every_wave_and_site() {
    let csv = chart(2, 30, 5).csv().expect("it can be written");
    let text = String::from_utf8(csv).expect("text");
    assert_eq!(text.lines().count(), 1 + 2 * 3);
    assert!(
        text.contains("2,2026-01-22T02:35:00-06:00,2026-01-22T03:05:00-06:00,"),
        "{text}"
    );
}
