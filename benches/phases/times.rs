//! Times: milliseconds of every run, and their spread as a table.

use plimsoll::report::table::{Align, Column, lines};
use std::time::Instant;

/// Milliseconds of each run, by what was measured.
#[derive(Default)]
pub(crate) struct Times(pub(crate) Vec<(String, Vec<f64>)>);

impl Times {
    pub(crate) fn add(&mut self, name: &str, milliseconds: f64) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, all)) => all.push(milliseconds),
            None => self.0.push((name.to_owned(), vec![milliseconds])),
        }
    }

    /// The median of what was measured under a name; not a number if nothing was.
    pub(crate) fn median(&self, name: &str) -> f64 {
        let pair = self.0.iter().find(|(known, _)| known == name);
        pair.map_or(f64::NAN, |(_, all)| spread(all)[1])
    }

    /// Runs `work` and adds how long it took.
    pub(crate) fn time<T>(&mut self, name: &str, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let made = work();
        self.add(name, 1e3 * started.elapsed().as_secs_f64());
        made
    }
}

/// Least, median and most of every phase, and the median of the same on one thread as a multiple.
pub(crate) fn table(times: &Times, on_one: &Times) -> String {
    let column = |words: &str, align| Column::new(words, align);
    let mut columns = vec![
        column("phase", Align::Left),
        column("min", Align::Right),
        column("median", Align::Right),
        column("max", Align::Right),
    ];
    if !on_one.0.is_empty() {
        columns.push(column("one thread", Align::Right));
        columns.push(column("ratio", Align::Right));
    }
    let row = |(name, all): &(String, Vec<f64>)| {
        let [least, median, most] = spread(all);
        let mut cells = vec![name.clone(), shown(least), shown(median), shown(most)];
        if let Some((_, alone)) = on_one.0.iter().find(|(other, _)| other == name) {
            let [_, alone, _] = spread(alone);
            cells.extend([shown(alone), format!("{:.2}", alone / median)]);
        }
        cells
    };
    let rows: Vec<Vec<String>> = times.0.iter().map(row).collect();
    lines(&columns, &rows, None)
}

fn shown(milliseconds: f64) -> String {
    format!("{milliseconds:.1}")
}

/// Least, median and most.
fn spread(all: &[f64]) -> [f64; 3] {
    let mut all = all.to_vec();
    all.sort_by(f64::total_cmp);
    let at = |position: usize| all.get(position).copied().unwrap_or(f64::NAN);
    let last = all.len().saturating_sub(1);
    [
        at(0),
        f64::midpoint(at(last / 2), at(last.div_ceil(2))),
        at(last),
    ]
}
