//! Tests of the chart of windows: what it shows, and that nothing collides, measured with the font that draws.

use super::{Standing, WindowBar, WindowsChart};
use crate::report::charts::Chart;
use crate::report::charts::kit::legible::{WIDTHS, assert_legible, pixels_of, words_of};
use crate::report::charts::palette::Role;
use crate::report::span::Clock;
use jiff::{SignedDuration, Timestamp};

/// So many starts, hour by hour from Saturday 00:00.
fn chart(count: i64, of: impl Fn(i64) -> [f64; 4]) -> WindowsChart {
    let first: Timestamp = "2026-11-21T00:00:00Z".parse().expect("an instant");
    let windows = (0..count).map(|hour| {
        let [unserved, shortfall, at_risk, moved] = of(hour);
        let start = first + SignedDuration::from_hours(hour);
        WindowBar {
            start,
            end: start + SignedDuration::from_hours(4),
            standing: match hour {
                1 => Standing::Refused,
                2 => Standing::Best,
                9..15 => Standing::AsGood,
                _ => Standing::Worse,
            },
            unserved,
            shortfall,
            at_risk: Some(at_risk),
            moved,
            busiest_users: moved * 5.0,
        }
    });
    WindowsChart {
        title: "Chicago: best from 21 Nov 02:00: everyone is served".to_owned(),
        span: format!("{count} times to begin"),
        clock: Clock {
            start: first,
            end: first,
            offset: jiff::tz::offset(-6),
        },
        windows: windows.collect(),
    }
}

/// Every sample and its name.
pub(in crate::report::charts) fn all() -> Vec<(&'static str, WindowsChart)> {
    let drawn = |count| {
        chart(count, |hour| {
            let wave = (hour % 24) as f64;
            [wave * 1e6, wave / 24.0, wave * 3e7, 2e6]
        })
    };
    vec![
        ("1", drawn(1)),
        ("2", drawn(2)),
        ("24", drawn(24)),
        ("168", drawn(168)),
        ("400", drawn(400)),
    ]
}

#[test]
fn the_best_window_is_named_wherever_it_stands() {
    for best in [0, 60, 80, 90, 110, 167] {
        let mut drawn = chart(168, |_| [0.0, 0.0, 5.0, 2e6]);
        drawn.windows[2].standing = Standing::Worse;
        drawn.windows[best].standing = Standing::Best;
        for width in WIDTHS {
            let svg = drawn.svg(width).expect("a picture");
            assert_legible(&format!("best {best} at {width}"), &svg);
            let words = words_of(&svg);
            assert!(words.iter().any(|own| own.starts_with("best")), "{words:?}");
        }
    }
}

#[test]
fn what_never_happens_has_no_bars_and_says_none() {
    let mut drawn = chart(24, |_| [0.0; 4]);
    drawn.windows[1].standing = Standing::Worse;
    let picture = drawn.picture(900).expect("a picture");
    assert_eq!(pixels_of(&picture.png, Role::Full), 0);
    let words = words_of(&picture.svg);
    assert_eq!(
        words.iter().filter(|word| *word == "none").count(),
        5,
        "{words:?}"
    );
}

#[test]
fn bars_are_as_high_as_what_they_tell() {
    let of = |one: f64| {
        let drawn = chart(24, |hour| {
            [0.0, 0.0, 0.0, if hour == 5 { 100.0 } else { one }]
        });
        pixels_of(&drawn.picture(900).expect("a picture").png, Role::Moved)
    };
    let (none, half, all) = (of(0.0), of(50.0), of(100.0));
    let rest = |pixels: usize| (pixels - none) as f64;
    assert!(
        (rest(half) / rest(all) - 0.5).abs() < 0.05,
        "{none} {half} {all}"
    );
}

#[test]
fn the_pointer_tells_what_every_window_costs_and_which_is_refused() {
    let drawn = chart(3, |hour| [hour as f64, 0.25, 0.0, 7.0]);
    let svg = drawn.svg(900).expect("a picture");
    let costs = |unserved: &str| {
        format!(
            ": {unserved} unserved, 0 if one more thing fails, 25 % of a target missing, \
             7 move, 35 at the busiest"
        )
    };
    for told in [
        format!("{}</title>", costs("0")),
        format!("{}; its drain is refused</title>", costs("1")),
        format!("{}</title>", costs("2")),
    ] {
        assert!(svg.contains(&told), "{told}: {svg}");
    }
}
