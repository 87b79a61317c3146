//! The report of two runways: the text of the terminal, and compare.html.

use super::RunwaysReport;
use super::names::{change_words, until};
use super::tables::{COMPONENTS_FILE, DATES_FILE, DATES_ID, TRAPPED_ID};
use crate::error::Result;
use crate::plan::compare::DateChange;
use crate::plan::runway::Condition;
use crate::report::comparison::files::COMPARISON_FILE;
use crate::report::comparison::report::COMPARISON_PAGE;
use crate::report::document::{
    Block, Document, Figure, FirstScreen, KeyNumber, Line, Section, Table, first_figure,
    more_findings,
};
use crate::report::grammar::count;
use crate::report::headroom::State;
use crate::report::html::page;
use crate::report::numbers::whole;
use crate::report::written::WrittenFile;

impl RunwaysReport {
    /// The whole text, wrapped to `width` terminal columns where given.
    pub fn text(&self, width: Option<u16>) -> String {
        let sides = ["A", "B"].into_iter().zip(&self.labels);
        let sides = sides.map(|(letter, side)| format!("{letter}: {}", side.words()));
        let said = [
            self.gaps(),
            self.alarms(),
            vec![self.headline()],
            self.gains(),
            self.why(),
            vec![self.first_to_do()],
        ];
        let mut document = Document::of([
            vec![Block::sentences(sides)],
            vec![Block::sentences(said.concat())],
        ]);
        for (heading, table) in self.short_dates() {
            let heading = (!heading.is_empty()).then_some(Block::Heading("", heading));
            document.add(heading.into_iter().chain([Block::Table(table)]).collect());
        }
        let (components, more) = self.short_components();
        let mut blocks = vec![Block::Table(components)];
        if more > 0 {
            let more = count(more, "more date");
            let words =
                format!("Components have {more} that differ; --out DIR writes all of them.");
            blocks.push(Block::sentences([words]));
        }
        document.add(blocks);
        document.text(width)
    }

    /// compare.html, with the chart of both.
    ///
    /// # Errors
    /// `Error::Internal` if the page cannot be rendered.
    pub fn page(&self, figures: Vec<Figure>) -> Result<WrittenFile> {
        let [a, b] = &self.labels;
        let title = format!("{} against {}", a.name, b.name);
        let subtitle = format!("Runways. A: {}. B: {}.", a.words(), b.words());
        let mut document = Document::page("Comparison", &title, &subtitle);
        let tables = vec![
            self.dates_table(),
            self.components_table(),
            self.trapped_table(),
        ];
        let figures = figures.into_iter();
        let figures = figures.map(|figure| figure.tabled(DATES_ID));
        let (shown, figures) = first_figure(figures.collect());
        let (first, findings) = self.screen(&tables, shown);
        document.push(first.section());
        let findings = vec![Block::items(findings)];
        document.push(Section::new("findings", "Findings", findings));
        let why = vec![Block::items(self.why())];
        document.push(Section::new("why", "Changes", why));
        document.push(Section::charts("In pictures", figures));
        document.push(Section::tables(tables));
        page(COMPARISON_PAGE, &document)
    }

    /// The first screen, and sentences that are left for the findings.
    fn screen(&self, tables: &[Table], shown: Vec<Block>) -> (FirstScreen, Vec<String>) {
        let verdict = self.verdict();
        let said = [
            self.gaps(),
            vec![self.headline()],
            self.alarms(),
            self.gains(),
        ];
        let mut rest = said.concat();
        rest.retain(|sentence| *sentence != verdict);
        let beside: Vec<String> = rest.drain(..rest.len().min(1)).collect();
        let mut beside: Vec<Line> = beside.iter().map(Line::from).collect();
        if let Some(last) = beside.pop() {
            beside.push(last.after(more_findings(rest.len(), "findings")));
        }
        let is_trapped = self
            .comparison
            .trapped
            .iter()
            .any(|case| case.sides[1] > case.sides[0]);
        let anchor = if is_trapped { TRAPPED_ID } else { DATES_ID };
        let anchor = Table::anchor(tables, anchor, DATES_ID);
        let screen = FirstScreen {
            state: self.state(is_trapped),
            verdict,
            beside,
            numbers: self.key_numbers(),
            first: Line::from(self.first_to_do()).linked(Some((anchor, "the table"))),
            shown,
            files: vec![DATES_FILE, COMPONENTS_FILE, COMPARISON_FILE],
        };
        (screen, rest)
    }

    /// Red where users are trapped, or are unserved earlier; amber where a target is missed earlier or a date is not compared.
    fn state(&self, is_trapped: bool) -> State {
        let rows = &self.comparison.rows;
        let mut earlier = rows.iter().filter(|row| row.change.is_earlier()).peekable();
        let is_any = earlier.peek().is_some();
        if is_trapped || earlier.any(|row| row.of.key.condition != Condition::Target) {
            State::Full
        } else if is_any || rows.iter().any(|row| row.change.days().is_none()) {
            State::BelowTarget
        } else {
            State::Fine
        }
    }

    /// The main condition in the second, and how many rows fail earlier and hold longer.
    fn key_numbers(&self) -> Vec<KeyNumber> {
        let rows = &self.comparison.rows;
        let number_of =
            |is: fn(DateChange) -> bool| rows.iter().filter(|row| is(row.change)).count();
        let (earlier, later) = (
            number_of(DateChange::is_earlier),
            number_of(DateChange::is_later),
        );
        let compared = number_of(|change| change.days().is_some());
        let of = format!("of {} compared", count(compared, "row"));
        let number = |value: String, label: String, note: String, state: State| KeyNumber {
            value,
            label,
            note,
            because: DATES_ID.to_owned(),
            state,
        };
        let mut all = Vec::new();
        if let Some(main) = self.main_row() {
            let [side_a, side_b] = self.sides();
            let [a, b] = main.of.sides.each_ref().map(|side| {
                let dates = side.as_ref();
                dates.and_then(|dates| dates.fails_from)
            });
            let value = until(side_b, b);
            let value = value.trim_start_matches("until ").replace("beyond ", "> ");
            let value = value.replace("on no day", "no day");
            let note = format!("{} in A; {}", until(side_a, a), change_words(main.change));
            let state = match main.change.days() {
                Some(days) if days < 0 => State::Full,
                Some(_) => State::Fine,
                None => State::BelowTarget,
            };
            let then = match b {
                None => "beyond it ",
                Some(date) if date <= side_b.from => "",
                Some(_) => "until then ",
            };
            let label = format!("{then}{} in B", self.lets(1, &main.of.key));
            all.push(number(value, label, note, state));
        }
        let lost = State::bad_if(earlier > 0);
        all.push(number(
            whole(earlier),
            "rows fail earlier in B".to_owned(),
            of.clone(),
            lost,
        ));
        all.push(number(
            whole(later),
            "rows hold longer in B".to_owned(),
            of,
            State::Fine,
        ));
        all
    }
}
