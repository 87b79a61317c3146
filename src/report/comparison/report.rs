//! What is told of two plans: the text of the terminal, compare.html and comparison.json, each section in its order.

use super::tables::{self, PairTables};
use super::words::{Labels, finding};
use crate::error::{Error, Result};
use crate::inventory::TableDifference;
use crate::plan::compare::{BrokenPromise, ComparedMoment, Comparison, PeriodPair, below_promise};
use crate::plan_files::explanations::Explanations;
use crate::plan_files::{ErrorMargin, Totals};
use crate::report::document::{Block, Document, Figure, KeyNumber, Line, Section};
use crate::report::grammar::{capital, count};
use crate::report::headroom::State;
use crate::report::html::page;
use crate::report::numbers;
use crate::report::text::visible;
use crate::report::written::{WrittenFile, json_file};
use crate::scenario::KeyDifference;
use crate::units::{FEASIBILITY, NOBODY};
use serde_json::{Value, json};

/// Name of the JSON file.
pub const COMPARISON_FILE: &str = "comparison.json";

/// Its format.
pub const COMPARISON_FORMAT: &str = "plimsoll-comparison/2";

/// Name of the page in the folder of a comparison.
pub const COMPARISON_PAGE: &str = "compare.html";

/// Changed inputs that the terminal lists.
const MOST_INPUTS: usize = 8;

/// Most pairs that have a part of the page; the one that the verdict speaks of always has.
const MOST_PARTS: usize = 24;

/// Everything that is told about two plans.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparisonReport {
    /// What the sides are called.
    pub labels: Labels,
    /// What differs in the plans.
    pub comparison: Comparison,
    /// What differs in the inventories; `None` if a side does not carry its inputs.
    pub tables: Option<Vec<TableDifference>>,
    /// What differs in the scenarios; `None` if a side does not carry its inputs.
    pub keys: Option<Vec<KeyDifference>>,
    /// How far the inputs of either may be off, where their summaries tell.
    pub margins: [Option<ErrorMargin>; 2],
    /// Promises that at least one of them breaks; `None` if a side has no tenants.csv.
    pub promises: Option<Vec<BrokenPromise>>,
    /// Why either is as it is, where it carries its explanations.
    pub explanations: [Option<Explanations>; 2],
}

impl ComparisonReport {
    /// The pair that is shown in full: the one that the verdict speaks of, else the hardest.
    pub fn shown(&self) -> Option<&PeriodPair> {
        let pairs = self.comparison.pairs.iter();
        let hardest = pairs.max_by(|left, right| {
            let by_users = left.users_elsewhere().total_cmp(&right.users_elsewhere());
            by_users.then(right.moments[1].cmp(&left.moments[1]))
        });
        self.comparison.main().or(hardest)
    }

    /// The period of the pair that is shown.
    pub fn shown_period(&self) -> String {
        let shown = self.shown();
        shown.map_or_else(String::new, |pair| self.when(pair))
    }

    /// The whole text, wrapped to `width` terminal columns where given.
    pub fn text(&self, width: Option<u16>) -> String {
        let sides = ["A", "B"].into_iter().zip(&self.labels.sides);
        let sides = sides.map(|(letter, side)| format!("{letter}: {}", side.words()));
        let mut changed = self.changed_inputs();
        let more = changed.len().saturating_sub(MOST_INPUTS);
        changed.truncate(MOST_INPUTS);
        changed.extend((more > 0).then(|| format!("and {more} more")));
        let why = Vec::from_iter(self.why());
        let said = [vec![self.verdict()], self.because(), self.notes(), why].concat();
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
        let paired = PairTables {
            report: self,
            order: self.order(),
        };
        let [a, b] = &self.labels.sides;
        let why = self.why();
        let said = why.iter().cloned().chain(self.because());
        let shown = self.shown();
        let state = match shown {
            _ if self.comparison.refused()[1].is_some() => State::Full,
            Some(pair) => state(pair),
            None => State::Fine,
        };
        let glance = (self.comparison.pairs.len() > 1).then(|| paired.glance());
        let title = format!("{} against {}", a.name, b.name);
        let subtitle = format!("A: {}. B: {}.", a.words(), b.words());
        let mut document = Document::page("Comparison", &title, &subtitle);
        document.push(Section::briefing(
            state,
            &self.verdict(),
            vec![Block::sentences(said.chain(self.notes()))],
            shown.map_or_else(Vec::new, |pair| self.key_numbers(pair)),
            Block::tables([self.whole_table()].into_iter().chain(glance)),
        ));
        if let Some(why) = why {
            let mut blocks = vec![Block::Paragraphs("note", vec![Line::from(why)])];
            blocks.extend(Block::tables([self.inputs_table()]));
            document.push(Section::new("why", "What was changed", blocks));
        }
        let parts = self.parts(&paired, figures);
        document.push(Section::new("pairs", "Side by side", parts));
        let tables = vec![paired.headroom(), paired.shards(), self.promises_table()];
        document.push(Section::tables(tables));
        page(COMPARISON_PAGE, &document)
    }

    /// Positions of the pairs that have a part of the page, the one that the verdict speaks of first.
    fn order(&self) -> Vec<usize> {
        let shown = self.shown().map(|pair| self.position(pair));
        let others = (0..self.comparison.pairs.len()).filter(|index| Some(*index) != shown);
        shown.into_iter().chain(others).take(MOST_PARTS).collect()
    }

    fn position(&self, pair: &PeriodPair) -> usize {
        let mut pairs = self.comparison.pairs.iter();
        let position = pairs.position(|own| own.moments == pair.moments);
        position.unwrap_or(0)
    }

    /// The parts of the page, one for each pair; the first has the charts.
    fn parts(&self, paired: &PairTables<'_>, figures: Vec<Figure>) -> Vec<Block> {
        let mut figures = Some(figures);
        let part = |index: &usize| {
            let pair = self.comparison.pairs.get(*index)?;
            let mut blocks = vec![
                Block::Paragraphs(
                    "finding",
                    finding(pair).map(Line::from).into_iter().collect(),
                ),
                Block::Figures(figures.take().unwrap_or_default()),
            ];
            blocks.extend(Block::tables(paired.of_pair(*index, pair)));
            Some(Block::Part(Section {
                id: format!("pair-{index}"),
                heading: capital(&visible(&self.when(pair))),
                class: "period",
                blocks,
                ..Section::default()
            }))
        };
        paired.order.iter().filter_map(part).collect()
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
            number(
                b.moved_users,
                "users who move in B",
                in_a(a.moved_users),
                "totals",
            ),
            number(
                pair.users_elsewhere(),
                "users served elsewhere",
                shards,
                elsewhere,
            ),
        ]
    }

    /// The comparison for programs.
    pub fn json(&self) -> Value {
        let [a, b] = self.labels.sides.each_ref();
        let [a, b] = [a, b].map(|side| json!({ "name": side.name, "scenario": side.scenario }));
        let [refused_a, refused_b] = self.comparison.sides.each_ref().map(|side| refused(side));
        let pairs = self
            .comparison
            .pairs
            .iter()
            .map(|pair| self.pair_json(pair));
        json!({
            "format": COMPARISON_FORMAT,
            "plimsoll": env!("CARGO_PKG_VERSION"),
            "a": a,
            "b": b,
            "refused_a": refused_a,
            "refused_b": refused_b,
            "verdict": self.verdict(),
            "because": self.because(),
            "notes": self.notes(),
            "why": self.why().unwrap_or_default(),
            "changed_inputs": self.changed_inputs(),
            "margin_a": self.margins[0],
            "margin_b": self.margins[1],
            "tenants_below_promise": self.promises.as_deref().map(below_promise),
            "pairs": pairs.collect::<Vec<Value>>(),
        })
    }

    fn pair_json(&self, pair: &PeriodPair) -> Value {
        let [a, b] = self.comparison.moments(pair).map(|own| own.period);
        let [totals_a, totals_b] = pair.totals.each_ref().map(totals);
        let first = pair.first_difference.as_ref();
        json!({
            "period_a": a,
            "period_b": b,
            "when": self.when(pair),
            "a": totals_a,
            "b": totals_b,
            "first_difference": first.map(|own| {
                let [a, b] = own.sides;
                json!({ "stage": own.key, "a": a, "b": b })
            }),
            "shards_elsewhere": pair.homes.len(),
            "users_elsewhere": pair.users_elsewhere(),
            "headroom_differs_at": tables::most_changed(pair).len(),
        })
    }

    /// The files of the output folder but for the page, with the charts that were drawn.
    ///
    /// # Errors
    /// `Error::Internal` if one cannot be written.
    pub fn files(&self, drawings: Vec<Figure>) -> Result<Vec<WrittenFile>> {
        let mut json = serde_json::to_vec_pretty(&self.json())
            .map_err(|error| Error::Internal(error.to_string()))?;
        json.push(b'\n');
        let mut files = vec![json_file(COMPARISON_FILE, json)?];
        files.extend(self.csv_files()?);
        files.extend(drawings.into_iter().flat_map(Figure::files));
        Ok(files)
    }
}

/// How B is to be judged in a pair.
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

/// Why a plan is refused, for every period to which no way is safe.
fn refused(side: &[ComparedMoment]) -> Vec<Value> {
    let refused = side.iter().filter(|own| own.refused.is_some());
    refused
        .map(|own| json!({ "period": own.period, "why": own.refused }))
        .collect()
}

fn totals(side: &Totals) -> Value {
    json!({
        "users": side.users,
        "unserved_users": side.unserved_users,
        "moved_users": side.moved_users,
        "copied_users": side.copied_users,
        "returned_users": side.returned_users,
        "reconnecting_users": side.reconnecting_users,
        "worst_shortfall": side.worst_shortfall,
        "opened_access_points": side.opened_access_points,
    })
}
