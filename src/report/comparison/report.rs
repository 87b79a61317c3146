//! The report of two plans: the text of the terminal, compare.html and its chart, each section in its order.

use super::facts::ComparisonReport;
use super::tables::{self, target};
use crate::error::Result;
use crate::plan::compare::{HeadroomDifference, PeriodPair};
use crate::plan_files::HeadroomRow;
use crate::report::charts::HeadroomChart;
use crate::report::charts::headroom::{HeadroomAgainst, TIGHTEST_OTHERS};
use crate::report::document::{
    Block, Document, Figure, FirstScreen, KeyNumber, Line, Section, Table, first_figure,
};
use crate::report::drawn::drawing;
use crate::report::grammar::{at_most, capital, count};
use crate::report::headroom::State;
use crate::report::html::page;
use crate::report::numbers;
use crate::report::text::visible;
use crate::report::written::WrittenFile;
use crate::units::{FEASIBILITY, NOBODY};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Name of the page in the folder of a comparison.
pub const COMPARISON_PAGE: &str = "compare.html";

/// Changed inputs that the terminal lists.
const MOST_INPUTS: usize = 8;

/// Most pairs that have a part of the page; the one that the verdict speaks of always has.
const MOST_PARTS: usize = 24;

impl ComparisonReport {
    /// The whole text, wrapped to `width` terminal columns where given.
    pub fn text(&self, width: Option<u16>) -> String {
        let sides = ["A", "B"].into_iter().zip(&self.labels.sides);
        let sides = sides.map(|(letter, side)| format!("{letter}: {}", side.words()));
        let changed = at_most(self.changed_inputs(), MOST_INPUTS, |more| {
            format!("and {more} more")
        });
        let why = Vec::from_iter(self.why());
        let said = [
            self.gaps(),
            vec![self.verdict()],
            self.because(),
            self.notes(),
            why,
        ];
        let said = said.concat();
        let mut document = Document::of([
            vec![Block::sentences(sides)],
            vec![Block::sentences(said), Block::items(changed)],
            vec![
                Block::Table(tables::texts(tables::WHOLE, 1..4, self.whole()).plain()),
                Block::sentences(self.who_changes_side()),
            ],
        ]);
        if let Some(pair) = self.shown() {
            let heading = format!("In {}", self.shown_period());
            document.add(vec![Block::Heading("", heading)]);
            for table in self.short_tables(pair) {
                document.add(vec![Block::Table(table)]);
            }
        }
        document.text(width)
    }

    /// compare.html, with the charts of the pair that the verdict speaks of.
    ///
    /// # Errors
    /// `Error::Internal` if the page cannot be rendered.
    pub fn page(&self, figures: Vec<Figure>) -> Result<WrittenFile> {
        let order = self.order();
        let [a, b] = &self.labels.sides;
        let why = self.why();
        let shown = self.shown();
        let state = match shown {
            _ if self.comparison.refused()[1].is_some() => State::Full,
            Some(pair) => state(pair),
            None => State::Fine,
        };
        let glance = (self.comparison.pairs.len() > 1).then(|| self.glance(&order));
        let title = format!("{} against {}", a.name, b.name);
        let subtitle = format!("A: {}. B: {}.", a.words(), b.words());
        let mut document = Document::page("Comparison", &title, &subtitle);
        let figures = self.tabled(figures);
        let (first_shown, figures) = first_figure(figures);
        let (headline, more) = self.headline();
        let first = FirstScreen {
            state,
            verdict: headline,
            beside: self.gaps().iter().chain(&why).map(Line::from).collect(),
            numbers: shown.map_or_else(Vec::new, |pair| self.key_numbers(pair)),
            first: self.first_to_do(),
            shown: first_shown,
            files: self.file_names(),
        };
        document.push(first.section());
        let found = [more.into_iter().collect(), self.because(), self.notes()].concat();
        let whole = [self.whole_table()].into_iter().chain(glance);
        let found = [Block::items(found)]
            .into_iter()
            .chain(Block::tables(whole));
        document.push(Section::new("findings", "Findings", found.collect()));
        if let Some(why) = why {
            let mut blocks = vec![Block::Paragraphs("note", vec![Line::from(why)])];
            blocks.extend(Block::tables([self.inputs_table()]));
            document.push(Section::new("why", "Changes", blocks));
        }
        let parts = self.parts(&order, figures);
        document.push(Section::new("pairs", "Side by side", parts));
        let tables = vec![
            self.headroom(&order),
            self.shards(&order),
            self.promises_table(),
        ];
        document.push(Section::tables(tables));
        page(COMPARISON_PAGE, &document)
    }

    /// The first sentence of the verdict on two plans, and what stands among the findings; all of it beside the state before.
    fn headline(&self) -> (String, Option<String>) {
        let verdict = self.verdict();
        let parts = verdict.split_once(". ");
        match parts.filter(|_| !self.comparison.is_beside_before()) {
            Some((first, more)) => (format!("{first}."), Some(more.to_owned())),
            None => (verdict, None),
        }
    }

    /// The charts with the anchor of the table of their pair.
    fn tabled(&self, figures: Vec<Figure>) -> Vec<Figure> {
        let Some(pair) = self.shown() else {
            return figures;
        };
        let index = self.position(pair);
        let tables = self.of_pair(index, pair);
        let id = |of: &str| format!("{of}-{index}");
        let anchor = Table::anchor(&tables, &id("headroom"), &id("totals"));
        let figures = figures.into_iter();
        figures
            .map(|figure| figure.tabled(anchor.clone()))
            .collect()
    }

    /// Positions of the pairs that have a part of the page, the one that the verdict speaks of first.
    fn order(&self) -> Vec<usize> {
        let shown = self.shown().map(|pair| self.position(pair));
        let others = (0..self.comparison.pairs.len()).filter(|index| Some(*index) != shown);
        shown.into_iter().chain(others).take(MOST_PARTS).collect()
    }

    /// The parts of the page, one for each pair; the first has the charts.
    fn parts(&self, order: &[usize], figures: Vec<Figure>) -> Vec<Block> {
        let mut figures = Some(figures);
        let part = |index: &usize| {
            let pair = self.comparison.pairs.get(*index)?;
            let mut blocks = vec![
                Block::Paragraphs(
                    "finding",
                    self.finding(pair).map(Line::from).into_iter().collect(),
                ),
                Block::Figures(figures.take().unwrap_or_default()),
            ];
            blocks.extend(Block::tables(self.of_pair(*index, pair)));
            Some(Block::Part(Section {
                id: format!("pair-{index}"),
                heading: capital(&visible(&self.when(pair))),
                class: "period",
                blocks,
                ..Section::default()
            }))
        };
        order.iter().filter_map(part).collect()
    }

    fn key_numbers(&self, pair: &PeriodPair) -> Vec<KeyNumber> {
        let [a, b] = &pair.totals;
        let position = self.position(pair);
        let number = |value: f64, label: &str, note: String, table: &str| KeyNumber {
            value: numbers::users_up(value),
            label: label.to_owned(),
            note,
            because: format!("{table}-{position}"),
            state: State::Fine,
        };
        let in_a = |value: f64| format!("{} in A", numbers::users_up(value));
        let elsewhere = match pair.homes.len() {
            0 => "totals",
            _ => "streams",
        };
        let shards = count(pair.homes.len(), "shard");
        let shards = format!("{shards} at other sites in B than in A");
        let unserved = b.unserved_users;
        vec![
            KeyNumber {
                state: State::bad_if(unserved > NOBODY),
                ..number(
                    unserved,
                    "users unserved in B",
                    in_a(a.unserved_users),
                    "totals",
                )
            },
            KeyNumber {
                state: State::Gone,
                ..number(
                    b.moved_users,
                    "users moved in B",
                    in_a(a.moved_users),
                    "totals",
                )
            },
            KeyNumber {
                state: State::Gone,
                ..number(
                    pair.users_elsewhere(),
                    "users served elsewhere",
                    shards,
                    elsewhere,
                )
            },
        ]
    }

    /// Headroom in B against A in the period that the tables show; none if a plan has no headroom.csv.
    ///
    /// # Errors
    /// `Error::Internal` if it cannot be drawn.
    pub fn drawings(&self) -> Result<Vec<Figure>> {
        let Some(pair) = self.shown().filter(|pair| !pair.headroom.is_empty()) else {
            return Ok(Vec::new());
        };
        let [a, b] = &self.labels.sides;
        let rows = pair.headroom.iter();
        let chart = HeadroomChart {
            title: self.chart_title(pair),
            events: String::new(),
            scenario: format!("A: {}, B: {}", a.name, b.name),
            period: self.shown_period(),
            rows: rows
                .filter_map(|difference| self.chart_row(difference))
                .collect(),
            most_others: TIGHTEST_OTHERS,
            against: HeadroomAgainst::PlanA {
                names: [a.name.clone(), b.name.clone()],
                targets: targets_of_a(pair),
            },
        };
        Ok(vec![drawing(
            "headroom".to_owned(),
            "Headroom",
            None,
            &chart,
        )?])
    }

    fn chart_title(&self, pair: &PeriodPair) -> String {
        if self.comparison.is_beside_before() {
            return self.verdict();
        }
        let refused = match self.comparison.order_by_refusal() {
            Ordering::Less => "B is refused. ",
            Ordering::Greater => "A is refused. ",
            Ordering::Equal => "",
        };
        // The title has the quantity of the picture, whichever plan is better by its goals.
        let changes = pair.headroom.iter().filter_map(HeadroomDifference::change);
        let changes: Vec<f64> = changes
            .filter(|value| value.abs() >= POINT - FEASIBILITY)
            .collect();
        let lower = changes.iter().filter(|value| **value < 0.0).count();
        let higher = changes.len() - lower;
        let all = pair.headroom.len();
        let missed = [0, 1].map(|side: usize| {
            let rows = pair
                .headroom
                .iter()
                .filter_map(|difference| difference.sides[side].as_ref());
            let is_missed = |headroom_row: &&HeadroomRow| {
                let headroom = headroom_row.headroom.map(|signed| signed.0);
                headroom
                    .is_some_and(|own_headroom| own_headroom < target(headroom_row) - FEASIBILITY)
            };
            rows.filter(is_missed).count()
        });
        let targets = |count: usize| match count {
            0 => "none".to_owned(),
            1 => "1 target".to_owned(),
            more => format!("{} targets", numbers::whole(more)),
        };
        let missed = match missed {
            [0, 0] => "A and B meet all targets".to_owned(),
            [a, b] if a == b => format!("A and B miss {} each", targets(a)),
            [0, b] => format!("B misses {}, A none", targets(b)),
            [a, 0] => format!("A misses {}, B none", targets(a)),
            [a, b] => format!("A misses {}, B {b}", targets(a)),
        };
        format!(
            "{refused}{missed}; headroom in B is a point or more lower at {lower} of {all} limits, higher at {higher}"
        )
    }
}

/// A difference of headroom that counts as one.
const POINT: f64 = 0.01;

/// The targets of A by component and resource.
fn targets_of_a(pair: &PeriodPair) -> BTreeMap<(String, String), f64> {
    let rows = pair
        .headroom
        .iter()
        .filter_map(|difference| difference.sides[0].as_ref());
    let rows = rows.map(|row| ((row.component.clone(), row.resource.clone()), target(row)));
    rows.collect()
}

fn state(pair: &PeriodPair) -> State {
    let [_, b] = &pair.totals;
    if b.unserved_users > NOBODY {
        State::Full
    } else if b.worst_shortfall > FEASIBILITY {
        State::BelowTarget
    } else {
        State::Fine
    }
}
