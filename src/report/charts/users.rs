//! Users by state through the periods: at home, displaced, new, unserved, and affected by undetected faults.
//!
//! A row for every period. Few of all users are ever away from home, so each row has a thin strip of all users
//! and below it, enlarged, a bar of those who are not at home; the numbers stand beside it.

use super::chart::Drawn;
use super::kit::canvas::{Canvas, Face, Point, whole};
use super::kit::columns::{AxisSpace, Reflow, RowColumn, Tick};
use super::kit::frame::{ChartFrame, LegendKey, MUTED, SIZE, SMALL, ink};
use super::kit::marks;
use super::kit::rows::{CellArea, ChartRow, RowBlock, RowCell, RowTable};
use super::kit::scale::Scale;
use super::palette::Role;
use crate::model::Phase;
use crate::report::numbers;
use crate::report::span::Clock;
use crate::units::NOBODY;
use jiff::Timestamp;

#[cfg(test)]
mod tests;

/// Users of one period by state.
///
/// At home, away, new and unserved are all users, each counted once; the other counts are of these.
#[derive(Debug, Clone, PartialEq)]
pub struct UsersPeriod {
    /// Counted from 0.
    pub index: usize,
    /// First instant.
    pub start: Timestamp,
    /// First instant of the next one.
    pub end: Timestamp,
    /// Whether everything in force is known and answered.
    pub phase: Phase,
    /// All users.
    pub users: f64,
    /// Served where shards.csv homes them.
    pub at_home: f64,
    /// Served at another site.
    pub away: f64,
    /// Served, with no home in shards.csv.
    pub new: f64,
    /// Not served.
    pub unserved: f64,
    /// Of these, users without a permitted site that is open and reached by a path.
    pub no_site: f64,
    /// Who change site in this period because they must.
    pub moving: f64,
    /// Of those away, who change site in this period and whose data must travel.
    pub copied: f64,
    /// Who go home in this period.
    pub returned: f64,
    /// Of those served, users affected while the plan does not count with it; each counted once.
    pub affected: f64,
}

impl UsersPeriod {
    /// All who are not at home.
    pub fn not_at_home(&self) -> f64 {
        self.away + self.new + self.unserved
    }
}

/// What the chart of users by state shows.
#[derive(Debug, Clone, PartialEq)]
pub struct UsersChart {
    /// The finding.
    pub title: String,
    /// Name of the scenario.
    pub scenario: String,
    /// When it is, as people read it.
    pub span: String,
    /// The scenario's start, end and offset.
    pub clock: Clock,
    /// The periods, in any order.
    pub periods: Vec<UsersPeriod>,
}

/// What the axis says.
const AXIS: &str = "users not at home";

/// Height of the bar of those who are not at home.
const BAR: i32 = 13;

/// Height of the bar of affected users.
const AFFECTED: i32 = 7;

/// Free space between them.
const BETWEEN: i32 = 3;

/// The least width of any users in a bar.
const LEAST: f64 = 4.0;

/// Space at the right end of bars for parts that are widened to be seen.
const SPARE: f64 = 12.0;

/// Free space between labels of the axis.
const APART: f64 = 16.0;

/// A count of a period: its word, its users, and its rank; the lowest is left out first where it does not fit.
struct UserCount(&'static str, Users, u8);

/// Users of a period.
type Users = fn(&UsersPeriod) -> f64;

/// The counts, in the order of their columns.
const COUNTS: [UserCount; 9] = [
    UserCount("unserved", |period| period.unserved, 10),
    // Of those unserved; all others lack capacity, or may not move.
    UserCount("no site", |period| period.no_site, 6),
    UserCount("affected", |period| period.affected, 9),
    UserCount("displaced", |period| period.away, 8),
    UserCount("moving", |period| period.moving, 5),
    UserCount("by copying", |period| period.copied, 3),
    UserCount("returned", |period| period.returned, 2),
    UserCount("new", |period| period.new, 4),
    UserCount("at home", |period| period.at_home, 7),
];

impl UserCount {
    /// `true` if it is shown even if it is 0 in all periods.
    fn is_always(&self) -> bool {
        matches!(self.0, "unserved" | "displaced" | "at home")
    }

    /// `true` if it counts lost users.
    fn is_lost(&self) -> bool {
        matches!(self.0, "unserved" | "no site" | "affected")
    }

    /// The number of a period; lost users are rounded up.
    fn text(&self, period: &UsersPeriod) -> String {
        let users = (self.1)(period);
        if self.is_lost() {
            numbers::users_up(users)
        } else {
            numbers::users(users)
        }
    }

    /// The number in its rank: red where somebody is lost; nobody is blank unless it is good to know.
    fn cell<'a>(&self, period: &UsersPeriod) -> RowCell<'a> {
        let face = if (self.1)(period) <= NOBODY {
            if !self.is_always() {
                return RowCell::Empty;
            }
            Face {
                size: SIZE,
                ..MUTED
            }
        } else if self.is_lost() {
            Face {
                role: Role::Full,
                ..ink(SIZE, true)
            }
        } else {
            ink(SIZE, self.0 == "away")
        };
        RowCell::Words(self.text(period), face)
    }
}

impl Drawn for UsersChart {
    fn heading(&self) -> (&str, Vec<String>) {
        (&self.title, vec![self.scenario.clone(), self.span.clone()])
    }

    fn draw(&self, frame: &mut ChartFrame) {
        let mut periods: Vec<_> = self.periods.iter().collect();
        periods.sort_by_key(|period| (period.start, period.index));
        let most = |of: &dyn Fn(&UsersPeriod) -> f64| {
            let counts = periods.iter().map(|period| of(period));
            counts.filter(|count| *count > NOBODY).fold(0.0, f64::max)
        };
        let is_any = |of: Users| most(&of) > NOBODY;
        let bars = UserBars {
            most: most(&|period| period.not_at_home().max(period.affected)),
            is_any_affected: is_any(|period| period.affected),
        };
        let counts = COUNTS.iter();
        let counts = counts.filter(|count| count.is_always() || is_any(count.1));
        let counts: Vec<&UserCount> = counts.collect();
        let keys = keys().into_iter().filter(|(of, _)| is_any(*of));
        frame.legend(&keys.map(|key| key.1).collect::<Vec<_>>());
        let height = f64::from(bars.height());
        let column = RowColumn::drawing(height + 4.0, AXIS)
            .least(220.0)
            .gap(16.0);
        let column = column.over(move |space| bars.ticks(space));
        let numbers = counts.iter();
        let numbers = numbers.map(|user_count| {
            RowColumn::numbers(Reflow::Headed, user_count.0)
                .gap(16.0)
                .rank(user_count.2)
        });
        let columns = [RowColumn::name(0.25), column].into_iter().chain(numbers);
        let rows = periods.iter().map(|period| self.row(period, &counts, bars));
        let table = RowTable {
            columns: columns.collect(),
            blocks: vec![RowBlock::from(("Periods", rows.collect()))],
            height: height.max(22.0) + 14.0,
        };
        table.draw(frame);
        frame.y += 12.0;
        let all = periods.iter().map(|period| numbers::users(period.users));
        let first = all.clone().next().unwrap_or_default();
        let is_same = all.clone().all(|text| text == first);
        let of = if is_same {
            format!("Of {first} users")
        } else {
            let users = || periods.iter().map(|period| period.users);
            let least = users().fold(f64::INFINITY, f64::min);
            let most = users().fold(0.0, f64::max);
            let [least, most] = [least, most].map(numbers::users);
            format!("Of {least} to {most} users, as demand varies")
        };
        frame.note(&format!("{of}; those at home have no bar."));
        let mut words = vec!["At home is served at the site that shards.csv names."];
        if is_any(|period| period.away) {
            words.push("Displaced is served at another site.");
        }
        if periods.iter().any(|period| period.phase == Phase::Blind) {
            words.push("Blind: a fault is in force and not detected.");
        }
        frame.note(&words.join(" "));
    }
}

impl UsersChart {
    /// The period, its bars, its numbers.
    fn row<'a>(
        &self,
        period: &'a UsersPeriod,
        counts: &[&UserCount],
        bars: UserBars,
    ) -> ChartRow<'a> {
        let mut name = self.clock.stretch(period.start, period.end);
        if period.phase != Phase::Known {
            name = format!("{name} · {}", period.phase.word());
        }
        let words = counts
            .iter()
            .map(|count| format!("{} {}", count.text(period), count.0));
        let words = words.collect::<Vec<_>>().join(", ");
        let tip = format!("{name}: {words} of {} users", numbers::users(period.users));
        let bars = RowCell::drawing(move |canvas, area| bars.draw(canvas, area, period));
        let cells = [RowCell::plain(name), bars];
        let numbers = counts.iter().map(|count| count.cell(period));
        ChartRow::new(cells.into_iter().chain(numbers).collect(), tip)
    }
}

/// The meaning of the colours, each with its users.
fn keys() -> [(Users, LegendKey<'static>); 5] {
    let copied = |canvas: &mut Canvas, (x, y): Point| {
        marks::hatched(canvas, (x - 10, y - 6), (x + 10, y + 6), Role::Moved);
    };
    let affected = |canvas: &mut Canvas, (x, y): Point| {
        outline(canvas, (x - 10, y - 4), (x + 10, y + 3));
    };
    let copied = LegendKey::mark(20.0, "of these, moving now by copying", copied);
    let affected = LegendKey::mark(
        20.0,
        "served in the plan, but affected by undetected faults",
        affected,
    );
    [
        (
            |users_period| users_period.unserved,
            LegendKey::patch(Role::Full, "unserved"),
        ),
        (
            |users_period| users_period.away,
            LegendKey::patch(Role::Moved, "displaced"),
        ),
        (|users_period| users_period.copied, copied),
        (
            |users_period| users_period.new,
            LegendKey::patch(Role::Opened, "new"),
        ),
        (|users_period| users_period.affected, affected),
    ]
}

/// The users of whole bars.
#[derive(Clone, Copy)]
struct UserBars {
    /// Most users that are not at home, or affected; a whole bar. 0 if there are none.
    most: f64,
    is_any_affected: bool,
}

impl UserBars {
    /// Height of the bars.
    fn height(self) -> i32 {
        let affected = if self.is_any_affected {
            BETWEEN + AFFECTED
        } else {
            0
        };
        BAR + affected
    }

    /// The scale of the bars, which leaves space for parts that are widened to be seen.
    fn scale(self, ends: (f64, f64)) -> Scale {
        Scale::up_to(self.most, (ends.0, ends.1 - SPARE))
    }

    /// Counts of users that get a grid line and a label, in steps that leave space for labels.
    fn ticks(self, AxisSpace { font, ends, .. }: AxisSpace) -> Vec<Tick> {
        if self.most <= 0.0 {
            return Vec::new();
        }
        let label = |users: f64| match numbers::users(users).as_str() {
            "0" => "0 users".to_owned(),
            users => users.to_owned(),
        };
        let space = font.width(&numbers::users(self.most), SMALL).max(40.0) + APART;
        self.scale(ends).ticks(1.0, space, false, label)
    }

    /// The bars of a period.
    fn draw(self, canvas: &mut Canvas, area: CellArea, period: &UsersPeriod) {
        let top = area.y - self.height() / 2;
        self.bar(canvas, area.ends, period, top);
        if period.affected > NOBODY {
            // An outline, since they are counted above too.
            let top = top + BAR + BETWEEN;
            let (from, to) = (whole(area.ends.0), self.scale(area.ends).x(period.affected));
            outline(canvas, (from, top), (to.max(from + 5), top + AFFECTED));
        }
    }

    /// The bar of those who are not at home, its top at `y`: unserved, away, new.
    fn bar(self, canvas: &mut Canvas, ends: (f64, f64), period: &UsersPeriod, y: i32) {
        let scale = self.scale(ends);
        let mut x = ends.0;
        for (role, users) in parts(period) {
            let width = scale.length(users).max(LEAST);
            let (from, to) = (whole(x), whole(x + width));
            canvas.rectangle((from, y), (to, y + BAR), role);
            let copied = period.copied.min(users);
            if role == Role::Moved && copied > NOBODY {
                let striped = scale.length(copied).clamp(LEAST, width);
                let striped = whole(x + width - striped);
                marks::hatched(canvas, (striped, y), (to, y + BAR), role);
            }
            // Neighbours differ in grey too.
            if x > ends.0 {
                canvas.rectangle((from, y), (from + 1, y + BAR), Role::Paper);
            }
            x += width;
        }
    }
}

/// An outline in the colour of what is lost.
fn outline(canvas: &mut Canvas, from: Point, to: Point) {
    canvas.rectangle(from, to, Role::Full);
    canvas.rectangle((from.0 + 2, from.1 + 2), (to.0 - 2, to.1 - 2), Role::Paper);
}

/// Who is not at home, in the order of the bar; nobody is left out.
fn parts(period: &UsersPeriod) -> impl Iterator<Item = (Role, f64)> {
    [
        (Role::Full, period.unserved),
        (Role::Moved, period.away),
        (Role::Opened, period.new),
    ]
    .into_iter()
    .filter(|(_, users)| *users > NOBODY)
}
