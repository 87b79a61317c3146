//! Samples of waves and of windows: when to begin.

use super::sample::{SCENARIO, at, clock};
use crate::report::charts::waves::{WaveBar, WaveTraffic, WavesChart};
use crate::report::charts::{WindowBar, WindowRank, WindowsChart};

/// Users who leave and enter a site, and who are placed there.
pub(in crate::report::charts) fn traffic(site: &str, [out, into, placed]: [f64; 3]) -> WaveTraffic {
    WaveTraffic {
        site: site.to_owned(),
        users_out: out,
        users_in: into,
        users_placed: placed,
    }
}

/// A number of waves of the given minutes, each with a gate.
pub(in crate::report::charts) fn waves(count: u32, length: i64, gate: i64) -> WavesChart {
    let waves = (0..count).map(|index| {
        let start = i64::from(index) * (length + gate);
        WaveBar {
            number: index + 1,
            start: at(start),
            end: at(start + length),
            gate_end: at(start + length + gate),
            sites: vec![
                traffic("Chicago", [100_000.0, 0.0, 0.0]),
                traffic("San Antonio", [0.0, 60_000.0, 0.0]),
                traffic("Washington, at the river", [0.0, 40_000.0, 0.0]),
            ],
        }
    });
    WavesChart {
        title: "Start by 22:20: 6 waves, Chicago's drain is done by 01:40".to_owned(),
        scenario: SCENARIO.to_owned(),
        clock: clock(at(0), at(24 * 60)),
        stops: "Every part of a wave is safe; one may stop at every hold.".to_owned(),
        is_refused: false,
        allowed: None,
        because: String::new(),
        period_start: at(i64::from(count) * (length + gate)),
        waves: waves.collect(),
    }
}

/// A number of starts, hour by hour; each costs users unserved, a missing share, users at risk, and moved users.
pub(in crate::report::charts) fn windows(count: i64, of: impl Fn(i64) -> [f64; 4]) -> WindowsChart {
    let windows = (0..count).map(|hour| {
        let [unserved, shortfall, at_risk, moved] = of(hour);
        WindowBar {
            start: at(60 * hour),
            end: at(60 * (hour + 4)),
            rank: match hour {
                1 => WindowRank::Refused,
                2 => WindowRank::Best,
                9..15 => WindowRank::AsGood,
                _ => WindowRank::Worse,
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
        clock: clock(at(0), at(0)),
        windows: windows.collect(),
        warning: String::new(),
        differs_slightly: true,
    }
}
