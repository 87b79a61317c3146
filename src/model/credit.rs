//! Credit: what is paid back of a month's price when less was delivered than promised.

/// What is paid back below an uptime.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Credit {
    /// Monthly uptime below which it is paid, a share.
    pub uptime_below: f64,
    /// Share of the month's price.
    pub share: f64,
}

impl Credit {
    /// What holds without credits.csv: a quarter below 99.9 %, half below 99 %, everything below 95 %.
    pub const STANDARD: [Self; 3] = [
        Self {
            uptime_below: 0.999,
            share: 0.25,
        },
        Self {
            uptime_below: 0.99,
            share: 0.5,
        },
        Self {
            uptime_below: 0.95,
            share: 1.0,
        },
    ];
}
