//! Layout of the headroom chart: what each row says, and where everything stands.

use super::chart::Against;
use crate::model::ComponentKind;
use crate::report::charts::canvas::whole;
use crate::report::charts::font::Font;
use crate::report::charts::frame::{Frame, SIZE, SMALL, SPACE};
use crate::report::headroom::{HeadroomRow, Selection, Standing, State};
use crate::report::numbers;

/// Free space between columns.
pub(super) const GAP: f64 = 18.0;

/// What one row says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RowText<'a> {
    /// The row.
    pub(super) row: &'a HeadroomRow,
    /// Its judgement.
    pub(super) state: State,
    /// Name of the component.
    pub(super) name: String,
    /// What of it: `cpu`, `access point, bandwidth`.
    pub(super) what: String,
    /// `12.0 %`, `drained`.
    pub(super) during: String,
    /// `(was 41.0 %)`, `(as before)`.
    pub(super) was: String,
    /// `480 vCPU free`.
    pub(super) room: String,
}

impl<'a> RowText<'a> {
    /// The words of a row that is called `name`.
    pub(super) fn new(row: &'a HeadroomRow, name: &str, against: Against) -> Self {
        let state = row.state();
        let kind = match row.kind {
            ComponentKind::Site => "",
            ComponentKind::AccessPoint => "access point, ",
            ComponentKind::Element => "element, ",
            ComponentKind::Link => "link, ",
        };
        let during = match row.headroom_during() {
            Some(headroom) => numbers::headroom(headroom),
            None if row.standing.is_out() && !row.is_stranded() => row.standing.word().to_owned(),
            None => "no capacity".to_owned(),
        };
        let was = match (row.headroom_before(), row.standing) {
            (Some(headroom), _) if numbers::headroom(headroom) == during => {
                against.unchanged().to_owned()
            }
            (Some(headroom), _) => against.was(&numbers::headroom(headroom)),
            (None, Standing::Opened) => against.was("standby"),
            (None, _) => String::new(),
        };
        let room = if state == State::Gone {
            String::new()
        } else {
            numbers::room(row.room(), &row.unit)
        };
        Self {
            row,
            state,
            name: name.to_owned(),
            what: format!("{kind}{}", row.resource),
            during,
            was,
            room,
        }
    }
}

/// A block of rows under a heading.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block<'a> {
    /// Heading.
    pub(super) heading: &'static str,
    /// Rows, tightest first.
    pub(super) rows: Vec<RowText<'a>>,
}

/// The blocks of a selection that have rows.
pub(super) fn blocks<'a>(selection: &Selection<'a>, against: Against) -> Vec<Block<'a>> {
    let titles = selection.titles();
    let block = |heading, rows: &[&'a HeadroomRow]| Block {
        heading,
        rows: rows
            .iter()
            .map(|row| {
                let title = titles.get(row.component.as_str()).unwrap_or(&row.name);
                RowText::new(row, title, against)
            })
            .collect(),
    };
    let mut blocks = vec![
        block("Sites", &selection.sites),
        block("Tightest of the network", &selection.others),
    ];
    blocks.retain(|block| !block.rows.is_empty());
    blocks
}

/// Where the columns stand; in the narrow form only the axis and the right edge count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Columns {
    /// `true` if a row is one line.
    pub(super) is_wide: bool,
    /// Left edge of the picture's contents.
    pub(super) left: f64,
    /// Right edge of the picture's contents.
    pub(super) right: f64,
    /// Left edge of `what` in the wide form.
    pub(super) what: f64,
    /// Right edge of `during` in the wide form; `was` follows to its right.
    pub(super) during: f64,
    /// Ends of the axis.
    pub(super) axis: (f64, f64),
    /// Headroom at the left end of the axis: 0 or less.
    pub(super) least: f64,
}

impl Columns {
    /// Where columns stand in a picture that shows `blocks`.
    pub(super) fn new(blocks: &[Block<'_>], frame: &Frame, against: Against) -> Self {
        let font: Font = frame.font();
        let rows = || blocks.iter().flat_map(|block| &block.rows);
        let widest = |words: for<'b> fn(&'b RowText<'_>) -> &'b str, size: f64| {
            rows().fold(0.0, |most: f64, row| most.max(font.width(words(row), size)))
        };
        let Frame {
            left,
            right,
            is_wide,
            ..
        } = *frame;
        let inner = right - left;
        let mut columns = Self {
            is_wide,
            left,
            right,
            what: left,
            during: right,
            // Half a mark may stand out at each end.
            axis: (left + MARK, right - MARK),
            least: least(rows().map(|row| row.row)),
        };
        if is_wide {
            let name = widest(|row| &row.name, SIZE).min(inner * 0.24);
            let what = widest(|row| &row.what, SMALL).min(inner * 0.16);
            // No narrower than their headings.
            let during =
                widest(|row| &row.during, SIZE).max(font.width(against.of_plan(), SMALL)) + 1.0;
            let was = widest(|row| &row.was, SMALL).max(font.width(against.words(), SMALL));
            let room = widest(|row| &row.room, SMALL).min(inner * 0.18);
            columns.what = left + name + GAP;
            columns.during = right - room - GAP - was - SPACE;
            columns.axis = (
                columns.what + what + GAP + MARK,
                columns.during - during - GAP - MARK - SPACE,
            );
        }
        columns
    }

    /// Where a headroom stands on the axis, no further than its ends.
    pub(super) fn x(&self, headroom: f64) -> i32 {
        let (from, to) = self.axis;
        let share = (headroom - self.least) / (1.0 - self.least);
        whole((to - from).mul_add(share.clamp(0.0, 1.0), from))
    }

    /// Headrooms that get a grid line and a label, in steps that leave labels room.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let tenth = (self.axis.1 - self.axis.0) / (1.0 - self.least) / 10.0;
        // A label such as `100 %` and its distance from the next.
        let step = [1, 2, 5, 10]
            .into_iter()
            .find(|&step| tenth * f64::from(step) >= 58.0)
            .unwrap_or(10);
        (-10..=10)
            .filter(|tick| tick % step == 0)
            .map(|tick| f64::from(tick) / 10.0)
            .filter(|&tick| tick >= self.least - 1e-9)
            .collect()
    }
}

/// Half the width of the widest mark.
pub(super) const MARK: f64 = 12.0;

/// The left end of the axis: 0, or as far down as overload goes, in tenths, but no further than half a
/// capacity: what lies beyond is drawn as an arrow, with its number beside it.
fn least<'a>(rows: impl Iterator<Item = &'a HeadroomRow>) -> f64 {
    let least = rows
        .flat_map(|row| [row.headroom_before(), row.headroom_during()])
        .flatten()
        .fold(0.0, f64::min);
    if least > -1e-6 {
        0.0
    } else {
        ((least * 10.0).floor() / 10.0).max(-0.5)
    }
}
