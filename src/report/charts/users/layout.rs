//! Layout of the chart of users by state: which numbers stand beside the bars, and the scale of the bars.

use super::UsersPeriod;
use crate::report::charts::canvas::{Face, whole};
use crate::report::charts::font::Font;
use crate::report::charts::frame::{Frame, MUTED, SIZE, SMALL, ink};
use crate::report::charts::palette::Role;
use crate::report::numbers;
use crate::units::NOBODY;

/// Free space between columns.
pub(super) const GAP: f64 = 16.0;

/// The least width of bars in the wide form.
const LEAST_BARS: f64 = 220.0;

/// Room at the right end of bars for what is widened to be seen.
const SPARE: f64 = 12.0;

/// The label of the left end of the scale.
pub(super) const ORIGIN: &str = "0 users";

/// A count of a period.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count {
    /// The word of headings and legends.
    pub(super) words: &'static str,
    /// Whom it counts.
    pub(super) of: fn(&UsersPeriod) -> f64,
    /// `true` if it stands there though it is nobody in all periods.
    is_always: bool,
    /// The last to go where there is no room.
    rank: u8,
}

/// Of those unserved, whom no site can serve where they may be; all others lack capacity, or may not move.
const NO_SITE: &str = "no site";

/// The counts, in the order of their columns.
const COUNTS: [Count; 9] = [
    Count {
        words: "unserved",
        of: |period| period.unserved,
        is_always: true,
        rank: 10,
    },
    Count {
        words: NO_SITE,
        of: |period| period.no_site,
        is_always: false,
        rank: 6,
    },
    Count {
        words: "hurt in truth",
        of: |period| period.hurt,
        is_always: false,
        rank: 9,
    },
    Count {
        words: "away",
        of: |period| period.away,
        is_always: true,
        rank: 8,
    },
    Count {
        words: "move now",
        of: |period| period.moving,
        is_always: false,
        rank: 5,
    },
    Count {
        words: "by copying",
        of: |period| period.copied,
        is_always: false,
        rank: 3,
    },
    Count {
        words: "return",
        of: |period| period.returned,
        is_always: false,
        rank: 2,
    },
    Count {
        words: "new",
        of: |period| period.new,
        is_always: false,
        rank: 4,
    },
    Count {
        words: "at home",
        of: |period| period.at_home,
        is_always: true,
        rank: 7,
    },
];

impl Count {
    /// The number of a period as a table shows it: nobody is blank unless it is good to know.
    pub(super) fn cell(&self, period: &UsersPeriod) -> String {
        if self.is_always || (self.of)(period) > NOBODY {
            self.text(period)
        } else {
            String::new()
        }
    }

    /// The number of a period; whoever is lost is rounded up.
    pub(super) fn text(&self, period: &UsersPeriod) -> String {
        let count = (self.of)(period);
        match self.words {
            "unserved" | NO_SITE | "hurt in truth" => numbers::users_up(count),
            _ => numbers::users(count),
        }
    }

    /// The number in its own rank: red where somebody is lost.
    pub(super) fn face(&self, period: &UsersPeriod) -> Face {
        let is_lost = matches!(self.words, "unserved" | NO_SITE | "hurt in truth");
        if (self.of)(period) <= NOBODY {
            Face {
                size: SIZE,
                ..MUTED
            }
        } else if is_lost {
            Face {
                role: Role::Full,
                ..ink(SIZE, true)
            }
        } else {
            ink(SIZE, self.words == "away")
        }
    }
}

/// The counts that occur.
pub(super) fn counts(periods: &[&UsersPeriod]) -> Vec<Count> {
    let occurs = |count: &&Count| {
        count.is_always || periods.iter().any(|period| (count.of)(period) > NOBODY)
    };
    COUNTS.iter().filter(occurs).copied().collect()
}

/// A column of numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    /// What it counts.
    pub(super) count: Count,
    /// Its right edge.
    pub(super) right: f64,
}

/// Where everything stands.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    /// Both ends of strips and bars.
    pub(super) bars: (f64, f64),
    /// The numbers beside them in the wide form.
    pub(super) numbers: Vec<Column>,
    /// All users in the period with most of them; a whole strip.
    pub(super) whole: f64,
    /// Most users who are not at home, or hurt; a whole bar. 0 if there are none.
    pub(super) most: f64,
}

impl Columns {
    /// Where columns stand beside the names `names` of periods.
    pub(super) fn new(frame: &Frame, periods: &[&UsersPeriod], names: &[String]) -> Self {
        let font = frame.font();
        let most_of = |of: fn(&UsersPeriod) -> f64| {
            let counts = periods.iter().map(|period| of(period));
            counts.filter(|count| *count > NOBODY).fold(0.0, f64::max)
        };
        let mut columns = Self {
            bars: (frame.left, frame.right),
            numbers: Vec::new(),
            whole: most_of(|period| period.users),
            most: most_of(|period| period.not_at_home().max(period.hurt)),
        };
        if !frame.is_wide {
            return columns;
        }
        let names = names.iter().map(|name| font.width(name, SIZE));
        let name = names
            .fold(0.0, f64::max)
            .min((frame.right - frame.left) * 0.25);
        columns.bars.0 = frame.left + name + GAP;
        let mut shown: Vec<(Count, f64)> = counts(periods)
            .into_iter()
            .map(|count| (count, column_width(font, &count, periods)))
            .collect();
        let bars_end = |shown: &[(Count, f64)]| {
            let widths = shown.iter().map(|(_, width)| width + GAP);
            frame.right - widths.sum::<f64>()
        };
        while bars_end(&shown) - columns.bars.0 < LEAST_BARS && shown.len() > 1 {
            let least = shown.iter().map(|(count, _)| count.rank).min();
            shown.retain(|(count, _)| Some(count.rank) != least);
        }
        columns.bars.1 = bars_end(&shown);
        let mut right = columns.bars.1;
        for (count, width) in shown {
            right += GAP + width;
            columns.numbers.push(Column { count, right });
        }
        columns
    }

    /// Where a bar of so many users ends.
    pub(super) fn x(&self, users: f64) -> f64 {
        let (from, to) = self.bars;
        let share = if self.most > 0.0 {
            (users / self.most).clamp(0.0, 1.0)
        } else {
            0.0
        };
        (to - SPARE - from).mul_add(share, from)
    }

    /// Where a strip of so many users ends.
    pub(super) fn strip_x(&self, users: f64) -> i32 {
        let (from, to) = self.bars;
        let share = if self.whole > 0.0 {
            (users / self.whole).clamp(0.0, 1.0)
        } else {
            0.0
        };
        whole((to - from).mul_add(share, from))
    }

    /// How many times larger than the strips the bars are.
    pub(super) fn enlarged(&self) -> f64 {
        let (from, to) = self.bars;
        self.whole / self.most * (to - SPARE - from) / (to - from)
    }

    /// Counts of users that get a grid line and a label, in steps that leave labels room.
    pub(super) fn ticks(&self, font: Font) -> Vec<f64> {
        if self.most <= 0.0 {
            return Vec::new();
        }
        let label = font.width(&numbers::users(self.most), SMALL);
        // The first label begins at its line, the others stand in the middle of theirs.
        let needed = label.max(font.width(ORIGIN, SMALL) + label / 2.0) + GAP;
        let pixels = (self.x(self.most) - self.bars.0) / self.most;
        let mut ten = 1.0;
        let step = loop {
            let fitting = [1.0, 2.0, 5.0].map(|step| step * ten);
            if let Some(step) = fitting.into_iter().find(|step| step * pixels >= needed) {
                break step;
            }
            ten *= 10.0;
        };
        let mut ticks = vec![0.0];
        while ticks.len() < 50 {
            let next = step * ticks.len() as f64;
            if next > self.most * 1.000_001 {
                break;
            }
            ticks.push(next);
        }
        ticks
    }
}

/// Width of a column of numbers, no narrower than its heading.
fn column_width(font: Font, count: &Count, periods: &[&UsersPeriod]) -> f64 {
    let numbers = periods
        .iter()
        .map(|period| font.width(&count.text(period), SIZE));
    numbers.fold(font.width(count.words, SMALL), f64::max) + 1.0
}
