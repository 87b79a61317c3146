//! Processor: seconds by the clock and of all processors since an instant.

use std::fmt;
use std::time::Instant;

/// Of a second, in which Linux counts processor time.
const TICKS: f64 = 100.0;

/// An instant, and what this process had used of processors by then.
pub(crate) struct Processor {
    clock: Instant,
    used: Option<f64>,
}

impl Processor {
    pub(crate) fn now() -> Self {
        Self {
            clock: Instant::now(),
            used: used(),
        }
    }

    /// By the clock.
    pub(crate) fn seconds(&self) -> f64 {
        self.clock.elapsed().as_secs_f64()
    }
}

/// Seconds by the clock, then those of processors; `-` where the system does not tell.
impl fmt::Display for Processor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>9.2}", self.seconds())?;
        match (self.used, used()) {
            (Some(before), Some(now)) => write!(f, "{:>10.2}", now - before),
            _ => write!(f, "{:>10}", "-"),
        }
    }
}

/// Seconds that this process's threads have used, of the user and of the system.
fn used() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program may have blanks; it ends with a parenthesis.
    let (_, numbers) = text.rsplit_once(')')?;
    let mut numbers = numbers.split_whitespace().skip(11);
    let user: f64 = numbers.next()?.parse().ok()?;
    let system: f64 = numbers.next()?.parse().ok()?;
    Some((user + system) / TICKS)
}
