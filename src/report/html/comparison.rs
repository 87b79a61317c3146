//! compare.html: two plans side by side, from the verdict to the last table.

use super::render::page;
use crate::error::Result;
use crate::plan::compare::{BrokenPromise, HeadroomDifference, Margin, Pair};
use crate::report::comparison::{
    ComparisonReport, LEVELS, PLACES, TOTALS, WHOLE, by, most_changed, points, texts, totals,
};
use crate::report::document::{
    Block, Cell, Document, Figure, Gauge, KeyNumber, Line, Listing, Section, Table,
};
use crate::report::grammar::{capital, count};
use crate::report::headroom::State;
use crate::report::numbers;
use crate::report::text::visible;
use crate::report::written::WrittenFile;
use crate::units::{FEASIBILITY, NOBODY};
use std::cmp::Ordering;

/// Name of the page in the folder of a comparison.
pub const COMPARISON_PAGE: &str = "compare.html";

/// Most pairs that have a part of their own; the one that the verdict speaks of always has.
const MOST_PARTS: usize = 24;

/// Most components in the table of one pair; the table at the end of the page has more.
const MOST_COMPONENTS: usize = 12;

/// compare.html of two plans, with the charts of the pair that the verdict speaks of.
///
/// # Errors
/// `Error::Internal` if the page cannot be rendered.
pub fn comparison(told: &ComparisonReport, figures: Vec<Figure>) -> Result<WrittenFile> {
    let paired = Paired { told };
    let labels = &told.labels;
    let why = Some(told.why()).filter(|words| !words.is_empty());
    let said = why.iter().cloned().chain(told.because());
    let said = Block::sentences(said.chain(told.notes()));
    let shown = told.shown();
    let state = if told.comparison.refused()[1].is_some() {
        State::Full
    } else {
        shown.map_or(State::Fine, state)
    };
    let glance = (told.comparison.pairs.len() > 1).then(|| paired.glance());
    let first = Block::tables([whole(told)].into_iter().chain(glance));
    let title = format!("{} against {}", labels.a.name, labels.b.name);
    let subtitle = format!("A: {}. B: {}.", labels.a.words(), labels.b.words());
    let mut document = Document::page("Comparison", &title, &subtitle);
    let numbers = shown.map_or_else(Vec::new, |pair| key_numbers(told, pair));
    let verdict = told.verdict();
    document.push(Section::briefing(
        state,
        &verdict,
        vec![said],
        numbers,
        first,
    ));
    if let Some(why) = why {
        let mut blocks = vec![Block::Paragraphs("note", vec![Line::from(why)])];
        blocks.extend(Block::tables([inputs(told)]));
        document.push(Section::new("why", "What was changed", blocks));
    }
    document.push(Section::new("pairs", "Side by side", paired.parts(figures)));
    let tables = vec![paired.headroom(), paired.shards(), promises(told)];
    document.push(Section::tables(tables));
    page(COMPARISON_PAGE, &document)
}

/// How B is to be judged in a pair.
fn state(pair: &Pair) -> State {
    let [_, b] = &pair.totals;
    if b.unserved > NOBODY {
        State::Full
    } else if b.worst_shortfall > FEASIBILITY {
        State::BelowTarget
    } else {
        State::Fine
    }
}

fn key_numbers(told: &ComparisonReport, pair: &Pair) -> Vec<KeyNumber> {
    let [a, b] = &pair.totals;
    let position = told.position(pair);
    let number = |value: f64, label: &str, note: String, table: &str| KeyNumber {
        value: numbers::users_up(value),
        label: label.to_owned(),
        note,
        because: format!("{table}-{position}"),
        state: State::Fine,
    };
    let beside = |value: f64| format!("{} in A", numbers::users_up(value));
    let elsewhere = if pair.homes.is_empty() {
        "totals"
    } else {
        "streams"
    };
    let shards = count(pair.homes.len(), "shard");
    let shards = format!("{shards} at other sites in B than in A");
    let unserved = beside(a.unserved);
    vec![
        KeyNumber {
            state: State::bad_if(b.unserved > NOBODY),
            ..number(b.unserved, "users unserved in B", unserved, "totals")
        },
        number(b.moved, "users who move in B", beside(a.moved), "totals"),
        number(
            pair.users_elsewhere(),
            "users served elsewhere",
            shards,
            elsewhere,
        ),
    ]
}

struct Paired<'a> {
    told: &'a ComparisonReport,
}

impl Paired<'_> {
    /// Positions of the pairs that have a part, the one that the verdict speaks of first.
    fn order(&self) -> Vec<usize> {
        let shown = self.told.shown().map(|pair| self.told.position(pair));
        let others = (0..self.told.comparison.pairs.len()).filter(|index| Some(*index) != shown);
        shown.into_iter().chain(others).take(MOST_PARTS).collect()
    }

    /// The parts of the page, one for each pair; the first has the charts.
    fn parts(&self, figures: Vec<Figure>) -> Vec<Block> {
        let mut figures = Some(figures);
        let part = |index: usize| {
            let pair = self.told.comparison.pairs.get(index)?;
            let finding = Some(finding(pair)).filter(|own| !own.is_empty());
            let mut blocks = vec![
                Block::Paragraphs("finding", finding.into_iter().map(Line::from).collect()),
                Block::Figures(figures.take().unwrap_or_default()),
            ];
            blocks.extend(Block::tables(self.tables(index, pair)));
            Some(Block::Part(Section {
                id: format!("pair-{index}"),
                heading: capital(&visible(&self.told.when(pair))),
                class: "period",
                blocks,
                ..Section::default()
            }))
        };
        self.order().into_iter().filter_map(part).collect()
    }

    fn tables(&self, index: usize, pair: &Pair) -> [Table; 5] {
        let told = self.told;
        let changed = most_changed(pair);
        let note = if changed.len() > MOST_COMPONENTS {
            let all = numbers::whole(changed.len());
            format!("The {MOST_COMPONENTS} that change most of {all}.")
        } else {
            String::new()
        };
        let changed = Listing::of(changed.into_iter().take(MOST_COMPONENTS));
        let places = ["in A at", PLACES[1], PLACES[2], PLACES[3]];
        [
            texts(TOTALS, 1..4, totals(&pair.totals)).table(format!("totals-{index}"), "Totals"),
            texts(LEVELS, 1..3, told.stages(pair))
                .table(format!("levels-{index}"), "Goals in their order"),
            self.access_points(index, pair),
            self.of_headroom(changed, |own| own)
                .table(format!("headroom-{index}"), "Headroom that differs")
                .noted(note),
            texts(places, 2..4, told.streams(pair))
                .table(format!("streams-{index}"), "Who is served elsewhere"),
        ]
    }

    fn access_points(&self, index: usize, pair: &Pair) -> Table {
        let [a, b] = &pair.totals;
        let cell = |is_open: bool| if is_open { "opens" } else { "–" };
        Listing::of(a.opened.union(&b.opened))
            .words("access point", |id| {
                Cell::named(self.told.labels.name(id), id)
            })
            .words("A", |id| cell(a.opened.contains(*id)))
            .words("B", |id| cell(b.opened.contains(*id)))
            .table(format!("access-points-{index}"), "Standby access points")
    }

    fn of_headroom<T>(
        &self,
        listing: Listing<T>,
        of: impl Fn(&T) -> &HeadroomDifference,
    ) -> Listing<T> {
        listing
            .words("component", |own| {
                let id = &of(own).component;
                let title = Cell::named(self.told.labels.name(id), id);
                match self.told.chart_row(of(own)) {
                    Some(row) => title.judged(row.state()),
                    None => title,
                }
            })
            .words("resource", |own| Cell::words(&of(own).resource))
            .number("A", |own| share(of(own).a.as_ref()))
            .number("B", |own| Cell {
                gauge: self.gauge(of(own)),
                ..share(of(own).b.as_ref())
            })
            .number("change", |own| Cell::maybe(of(own).change(), points))
            .number("target", |own| {
                let either = of(own).b.as_ref().or(of(own).a.as_ref());
                Cell::maybe(either.map(|side| side.target), numbers::percent)
            })
    }

    /// The headroom of B as a bar, with that of A marked.
    fn gauge(&self, differs: &HeadroomDifference) -> Option<Gauge> {
        let state = self.told.chart_row(differs)?.state();
        let name = self.told.labels.name(&differs.component);
        let b = differs.b.as_ref()?;
        let during = b.headroom?;
        let before = differs.a.as_ref().and_then(|a| a.headroom);
        let in_a = before.map_or_else(String::new, |before| {
            format!(" ({} in A)", numbers::headroom(before))
        });
        let tip = format!(
            "{name}, {}: headroom {} in B{in_a}, target {}, load {} of {} in B",
            differs.resource,
            numbers::headroom(during),
            numbers::percent(b.target),
            numbers::amount(b.load),
            numbers::quantity(b.capacity, &b.unit),
        );
        let target = Some(b.target).filter(|target| *target > 0.0);
        Some(Gauge::new([Some(during), before, target], state, &tip))
    }

    /// The numbers that name a pair: one where periods of both sides are always of one number.
    fn of_periods<T>(&self, listing: Listing<T>, of: impl Fn(&T) -> (usize, &Pair)) -> Listing<T> {
        let comparison = &self.told.comparison;
        let order = self.order();
        let cell = |index: usize, period: Option<u32>| Cell {
            because: order.contains(&index).then(|| format!("pair-{index}")),
            ..Cell::maybe(period.map(f64::from), numbers::users)
        };
        let of_a = |own: &T| cell(of(own).0, comparison.a[of(own).1.a].period);
        let of_b = |own: &T| cell(of(own).0, comparison.b[of(own).1.b].period);
        let mut pairs = comparison.pairs.iter();
        let is_one = comparison.is_beside_before()
            || pairs.all(|pair| comparison.a[pair.a].period == comparison.b[pair.b].period);
        if is_one {
            listing.number("period", of_b)
        } else {
            listing.number("period A", of_a).number("period B", of_b)
        }
    }

    fn glance(&self) -> Table {
        let comparison = &self.told.comparison;
        let is_before = comparison.is_beside_before();
        let users = |count: f64| Cell::number(numbers::users_up(count), count);
        let what = if is_before {
            "when"
        } else {
            "what differs first"
        };
        let pairs = comparison.pairs.iter().enumerate().collect();
        let listing = Listing::<(usize, &Pair)>::selected(pairs, "first", "comparison.json");
        let table = self
            .of_periods(listing, |own| (own.0, own.1))
            .words(what, |(_, pair)| {
                let words = if is_before {
                    self.told.when(pair)
                } else {
                    finding(pair)
                };
                if words.is_empty() {
                    Cell::none()
                } else {
                    Cell::words(&words)
                }
            })
            .number("unserved A", |(_, pair)| users(pair.totals[0].unserved))
            .number("unserved B", |(_, pair)| users(pair.totals[1].unserved))
            .number("moving A", |(_, pair)| users(pair.totals[0].moved))
            .number("moving B", |(_, pair)| users(pair.totals[1].moved))
            .number("elsewhere", |(_, pair)| users(pair.users_elsewhere()))
            .table("glance", "All pairs of periods");
        table.sortable_above(MOST_COMPONENTS)
    }

    /// Headroom that differs in any pair, the largest change first.
    fn headroom(&self) -> Table {
        let pairs = self.told.comparison.pairs.iter().enumerate();
        let mut all: Vec<(f64, usize, &Pair, &HeadroomDifference)> = pairs
            .flat_map(|(index, pair)| {
                let rows = pair.headroom.iter().filter(|row| !row.is_same());
                rows.map(move |row| {
                    let size = row.change().map_or(f64::INFINITY, f64::abs);
                    (size, index, pair, row)
                })
            })
            .collect();
        all.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(&right.1)));
        let listing = Listing::selected(all, "most changed", "headroom.csv");
        let listing = self.of_periods(listing, |own| (own.1, own.2));
        self.of_headroom(listing, |own| own.3)
            .table("headroom", "Headroom that differs in any period")
            .sortable()
    }

    /// Shards that are served elsewhere in any pair, those of most users first.
    fn shards(&self) -> Table {
        let pairs = self.told.comparison.pairs.iter().enumerate();
        let mut all: Vec<_> = pairs
            .flat_map(|(index, pair)| pair.homes.iter().map(move |home| (index, pair, home)))
            .collect();
        all.sort_by(|left, right| {
            let users = [left, right].map(|own| own.2.users_elsewhere());
            users[1].total_cmp(&users[0]).then(left.0.cmp(&right.0))
        });
        let listing = Listing::selected(all, "largest", "shards.csv");
        self.of_periods(listing, |own| (own.0, own.1))
            .words("shard", |(.., home)| Cell::words(&home.shard))
            .words("in A at", |(.., home)| self.told.places(&home.a))
            .words("in B at", |(.., home)| self.told.places(&home.b))
            .number("users", |(.., home)| {
                let users = home.users_elsewhere();
                Cell::number(numbers::users_up(users), users)
            })
            .table("shards", "Shards that are served elsewhere")
            .sortable()
    }
}

/// Which plan is better in a pair, and by what; blank if it cannot be told.
fn finding(pair: &Pair) -> String {
    let better = match pair.order() {
        Ordering::Less => "A is better",
        Ordering::Greater => "B is better",
        Ordering::Equal if pair.has_levels() => {
            return "Both reach the same by every goal.".to_owned();
        }
        Ordering::Equal => return String::new(),
    };
    format!("{better}: {}.", by(pair))
}

fn share(side: Option<&Margin>) -> Cell {
    Cell::maybe(side.and_then(|side| side.headroom), numbers::headroom)
}

/// An availability in percent, rounded down to four digits: a promise that is nearly kept is not shown as kept.
fn availability(share: f64) -> String {
    // What binary arithmetic takes away is given back.
    let shown = (share * 1e6 + 1e-6).floor() / 1e4;
    format!("{shown} %")
}

fn whole(told: &ComparisonReport) -> Table {
    texts(["what", WHOLE[1], WHOLE[2], WHOLE[3]], 0..0, told.whole())
        .table("whole", "The whole scenario")
        .noted(visible(&told.who_changes_side().join(" ")))
}

fn inputs(told: &ComparisonReport) -> Table {
    let value = |value: &Option<String>| match value.as_deref() {
        None => "absent".to_owned(),
        Some("") => "blank".to_owned(),
        Some(value) => value.to_owned(),
    };
    let keys = told.keys.iter().flatten().map(|own| {
        let place = [own.key.as_str(), "scenario", ""].map(str::to_owned);
        (place, [value(&own.a), value(&own.b)])
    });
    let cells = told.tables.iter().flatten().map(|own| {
        let column = own.column.as_deref().unwrap_or("the row");
        let place = [own.row.join(" "), own.file.clone(), column.to_owned()];
        (place, [value(&own.a), value(&own.b)])
    });
    Listing::selected(keys.chain(cells).collect(), "first", "inputs.csv")
        .words("row or key", |(place, _)| Cell::words(&place[0]))
        .words("file", |(place, _)| Cell::words(&place[1]))
        .words("column", |(place, _)| Cell::words(&place[2]))
        .words("A", |(_, sides)| Cell::words(&sides[0]))
        .words("B", |(_, sides)| Cell::words(&sides[1]))
        .table("inputs", "Changed inputs")
        .sortable_above(8)
}

fn promises(told: &ComparisonReport) -> Table {
    let broken = told.promises.iter().flat_map(|own| &own.broken).collect();
    let share = |value: Option<f64>| Cell::maybe(value, availability);
    Listing::<&BrokenPromise>::selected(broken, "first", "tenants.csv")
        .words("tenant", |own| Cell::words(&own.tenant))
        .words("tier", |own| Cell::words(&own.tier))
        .words("below in", |own| match own.is_below {
            [true, true] => "both",
            [true, false] => "A",
            [false, _] => "B",
        })
        .number("availability in A", |own| share(own.availability[0]))
        .number("in B", |own| share(own.availability[1]))
        .number("promised", |own| share(Some(own.promised)))
        .table("tenants", "Tenants below their promise")
        .sortable()
}
