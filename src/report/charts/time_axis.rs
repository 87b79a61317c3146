//! Time axis: instants to scale, and the round ones that have room for a label.

use super::kit::canvas::whole;
use super::kit::columns::Tick;
use super::kit::font::Font;
use super::kit::frame::SMALL;
use crate::report::span::Clock;
use jiff::Timestamp;

/// Free space between labels.
const GAP: f64 = 16.0;

/// Minutes between labels, from the finest on.
const STEPS: [i64; 15] = [
    1, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440, 2880, 10_080, 20_160, 40_320,
];

/// Labels at most.
const MOST: i64 = 200;

/// An axis of time, to scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TimeAxis {
    /// Its first instant.
    pub(super) from: Timestamp,
    /// Its last.
    pub(super) to: Timestamp,
    /// Both ends in pixels.
    pub(super) ends: (f64, f64),
}

impl TimeAxis {
    /// Where an instant stands, no further than the ends.
    pub(super) fn x(&self, at: Timestamp) -> f64 {
        let all = self.to.duration_since(self.from).as_secs_f64();
        let share = if all > 0.0 {
            (at.duration_since(self.from).as_secs_f64() / all).clamp(0.0, 1.0)
        } else {
            0.0
        };
        (self.ends.1 - self.ends.0).mul_add(share, self.ends.0)
    }

    /// Round instants that get a line and a label, so far apart that labels have room beside each other.
    pub(super) fn ticks(&self, font: Font, clock: &Clock) -> Vec<Tick> {
        let width = |at| font.width(&clock.moment(at), SMALL);
        let label = width(self.from).max(width(self.to));
        let all = self.to.duration_since(self.from).as_secs_f64();
        let pixels = self.ends.1 - self.ends.0;
        let fits = |minutes: &&i64| **minutes as f64 * 60.0 / all * pixels >= label + GAP;
        let Some(step) = STEPS.iter().find(fits).filter(|_| all > 0.0) else {
            return Vec::new();
        };
        let offset = i64::from(clock.offset.seconds());
        let step = step * 60;
        let first = (self.from.as_second() + offset).div_euclid(step) * step - offset;
        let seconds = (0..MOST).map(|index| first + index * step);
        let instants = seconds.filter_map(|own| Timestamp::from_second(own).ok());
        let within = instants.filter(|own| *own >= self.from && *own <= self.to);
        let tick = |at: Timestamp| Tick {
            x: whole(self.x(at)),
            label: [clock.moment(at), String::new()],
            limit: Some(false),
        };
        within.map(tick).collect()
    }
}
