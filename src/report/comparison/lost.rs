//! What users lose while either of two plans is carried out: user minutes, users down at once, the end of the last wave.

use super::amounts::change;
use super::facts::ComparisonReport;
use super::words::LETTERS;
use crate::plan::compare::{ComparedMoment, PlayedPlan};
use crate::plan_files::Totals;
use crate::report::grammar::counted;
use crate::report::numbers;
use crate::units::EQUAL_COST;
use jiff::Timestamp;
use jiff::fmt::temporal::Pieces;
use serde_json::{Value, json};

/// Fewer user minutes count as none.
const NOT_ONE: f64 = 0.5;

impl ComparisonReport {
    /// A total of either plan over all of its periods.
    pub(super) fn of_all(&self, of: fn(&Totals) -> f64, together: fn(f64, f64) -> f64) -> [f64; 2] {
        let side = |moments: &Vec<ComparedMoment>| {
            let values = moments.iter().map(|moment| of(&moment.totals));
            values.fold(0.0, together)
        };
        self.comparison.sides.each_ref().map(side)
    }

    fn of_both(&self, of: fn(&PlayedPlan) -> Option<f64>) -> [Option<f64>; 2] {
        let sides = self.played.each_ref();
        sides.map(|played| played.as_ref().and_then(of))
    }

    /// Rows of the whole scenario: moved and unserved users of all periods, what users lose, and when the last wave ends.
    pub(super) fn lost_rows(&self) -> Vec<[String; 4]> {
        if self.comparison.is_beside_before() {
            return Vec::new();
        }
        let row = |words: &str, [a, b]: [f64; 2]| {
            let [shown_a, shown_b] = [a, b].map(numbers::users_up);
            [words.to_owned(), shown_a, shown_b, change(b - a)]
        };
        let mut rows = vec![
            row(
                "unserved users, most in a period",
                self.of_all(|totals| totals.unserved_users, f64::max),
            ),
            row(
                "users moved, all periods",
                self.of_all(|totals| totals.moved_users, |sum, users| sum + users),
            ),
        ];
        if let [Some(a), Some(b)] = self.of_both(|played| played.user_minutes) {
            let [shown_a, shown_b] = [a, b].map(numbers::about);
            let sign = if b < a { "−" } else { "+" };
            let change = match (b - a).abs() {
                less if less <= NOT_ONE => "0".to_owned(),
                more => format!("{sign}{}", numbers::about(more)),
            };
            let words = format!("user minutes lost{}", self.roughly());
            rows.push([words, shown_a, shown_b, change]);
        }
        if let [Some(a), Some(b)] = self.of_both(|played| played.most_users_down) {
            rows.push(row("users down at once, at most", [a, b]));
        }
        let ends = self.played.each_ref().map(|played| {
            let end = played
                .as_ref()
                .and_then(|played| played.last_wave_end.as_ref());
            end.map_or_else(|| "-".to_owned(), |end| spoken_instant(end))
        });
        if ends.iter().any(|end| end != "-") {
            let [a, b] = ends;
            rows.push(["last wave ends".to_owned(), a, b, String::new()]);
        }
        rows
    }

    /// ` (roughly)`, where either was played so.
    fn roughly(&self) -> &'static str {
        let is_rough = self.played.iter().flatten().any(|played| played.is_rough);
        if is_rough { " (roughly)" } else { "" }
    }

    /// `B loses 31.7 million user minutes fewer`, of plans for one task; `None` where both lose the same, or a plan does not
    /// state it.
    pub(super) fn loses_fewer(&self) -> Option<String> {
        let [Some(a), Some(b)] = self.of_both(|played| played.user_minutes) else {
            return None;
        };
        let fewer = (a - b).abs();
        if fewer <= NOT_ONE || fewer <= EQUAL_COST * a.max(b) || !self.is_one_task() {
            return None;
        }
        let letter = LETTERS[usize::from(b < a)];
        let fewer = counted(&numbers::about(fewer), "user minute");
        Some(format!("{letter} loses {fewer} fewer{}", self.roughly()))
    }

    /// What promises do not count, beside the number of tenants below theirs.
    pub(super) fn waves_not_counted(&self) -> &'static str {
        let counts = self.played.each_ref().map(|played| {
            let counts =
                |played: &PlayedPlan| played.counts_waves || played.last_wave_end.is_none();
            played.as_ref().is_none_or(counts)
        });
        match counts {
            [true, true] => "",
            [false, true] => " (waves not counted in A)",
            [true, false] => " (waves not counted in B)",
            [false, false] => " (waves not counted)",
        }
    }

    /// What users lose, of one side, for programs.
    pub(super) fn played_json(&self, side: usize) -> Value {
        self.played[side].as_ref().map_or(Value::Null, |played| {
            json!({
                "user_minutes": played.user_minutes,
                "most_users_down": played.most_users_down,
                "is_rough": played.is_rough,
                "last_wave_end": played.last_wave_end,
            })
        })
    }
}

/// `30 Nov 23:32`, with its seconds where there are any, by the offset that the file writes; the text itself where it is no instant.
fn spoken_instant(text: &str) -> String {
    let offset = Pieces::parse(text)
        .ok()
        .and_then(|pieces| pieces.to_numeric_offset());
    match (offset, text.parse::<Timestamp>()) {
        (Some(offset), Ok(at)) => {
            let local = offset.to_datetime(at);
            let form = match local.second() {
                0 => "%-d %b %H:%M",
                _ => "%-d %b %H:%M:%S",
            };
            local.strftime(form).to_string()
        }
        _ => text.to_owned(),
    }
}
