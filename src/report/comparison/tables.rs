//! Tables of a comparison, for the terminal and the page.

use super::amounts::{amounts, points, stage};
use super::facts::ComparisonReport;
use super::totals::{NOT_STATED, as_stated, totals};
use super::words::value_words;
use crate::model::ComponentKind;
use crate::plan::compare::{
    BrokenPromise, HeadroomDifference, HomeDifference, PeriodPair, UsersBySite,
};
use crate::plan_files::HeadroomRow;
use crate::report::document::{Cell, Gauge, Listing, Table};
use crate::report::grammar::few;
use crate::report::headroom::{self, Standing};
use crate::report::numbers;
use crate::report::text::visible;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

const SHORT_COMPONENTS: usize = 8;

/// The same on the page; the table at its end has more.
const MOST_COMPONENTS: usize = 12;

const MOST_STREAMS: usize = 6;

pub(super) const WHOLE: [&str; 4] = ["the whole scenario", "A", "B", "change"];

const LEVELS: [&str; 4] = ["goal", "A", "B", "better"];

/// The same where neither plan is called better.
const LOWER: [&str; 4] = ["goal", "A", "B", "lower"];

/// Values of levels at which there is nothing to count.
const NOTHING: [&str; 3] = ["0", "0.0 %", "0 users' worth"];

/// Rows of texts below headings: words, with numbers in some columns; all but the first stand to the right on a terminal.
pub(super) fn texts<const N: usize>(
    headings: [&str; N],
    numbers: Range<usize>,
    rows: Vec<[String; N]>,
) -> Listing<[String; N]> {
    let mut listing = Listing::of(rows);
    for (at, heading) in headings.into_iter().enumerate() {
        let cell = |row: &[String; N]| row[at].clone();
        listing = match at {
            _ if numbers.contains(&at) => listing.number(heading, cell),
            0 => listing.words(heading, cell),
            _ => listing.right(heading, cell),
        };
    }
    listing
}

/// Rows that differ, one for each component: its resource that changes most. The largest change comes first, what
/// one side lacks before all.
pub(super) fn most_changed(pair: &PeriodPair) -> Vec<&HeadroomDifference> {
    let rows = pair.headroom.iter().filter(|row| !row.is_same());
    let mut rows: Vec<&HeadroomDifference> = rows.collect();
    rows.sort_by(|left, right| {
        let by_size = size(right).total_cmp(&size(left));
        by_size.then_with(|| left.key.cmp(&right.key))
    });
    let mut known = BTreeSet::new();
    rows.retain(|row| known.insert(row.key.0.as_str()));
    rows
}

/// How large a change is; what one side lacks is larger than any.
fn size(differs: &HeadroomDifference) -> f64 {
    differs.change().map_or(f64::INFINITY, f64::abs)
}

/// Levels of both in the order of A, with who is better; of plans for other events with who has less at each of them.
fn levels(pair: &PeriodPair, is_one_task: bool) -> Vec<[String; 4]> {
    let first = pair
        .first_difference
        .as_ref()
        .map(|difference| &difference.key);
    let mut is_decided = false;
    let row = |difference: crate::plan::compare::StageDifference| {
        let differs = if is_one_task {
            first == Some(&difference.key)
        } else {
            difference.is_other()
        };
        let better = match (differs, difference.sides[0] < difference.sides[1]) {
            (true, true) => "A",
            (true, false) => "B",
            (false, _) if is_decided && is_one_task => "",
            (false, _) => "same",
        };
        is_decided |= differs;
        let [a, b] = amounts(&difference.key, difference.sides);
        [stage(&difference.key), a, b, better.to_owned()]
    };
    pair.levels().into_iter().map(row).collect()
}

fn share(row: Option<&HeadroomRow>) -> Cell {
    let headroom = row.and_then(|headroom_row| headroom_row.headroom);
    Cell::maybe(headroom.map(|signed| signed.0), numbers::headroom)
}

/// The share to keep free, as it is written.
pub(super) fn target(row: &HeadroomRow) -> f64 {
    row.written_target.unwrap_or(row.target)
}

impl ComparisonReport {
    pub(super) fn short_tables(&self, pair: &PeriodPair) -> [Table; 4] {
        let mut totals = totals(pair);
        totals.extend(self.opened(pair));
        let mut levels = levels(pair, self.is_one_task());
        levels.retain(|row| row[1] != row[2] || !NOTHING.contains(&row[1].as_str()));
        let headroom = Listing::of(most_changed(pair).into_iter().take(SHORT_COMPONENTS))
            .words("headroom", |difference| {
                let (component, resource) = &difference.key;
                format!("{}, {resource}", self.labels.name(component))
            })
            .number("A", |difference| share(difference.sides[0].as_ref()))
            .number("B", |difference| share(difference.sides[1].as_ref()))
            .number("target", |difference| {
                let target = difference.either().map(target);
                target.map_or_else(String::new, numbers::percent)
            })
            .number("change", |difference| {
                Cell::maybe(difference.change(), points)
            });
        let places = ["served in A at", "in B at", "users", "shards"];
        [
            texts(["", "A", "B", "change"], 1..4, totals).plain(),
            texts(self.level_headings(), 1..4, levels).plain(),
            headroom.plain(),
            texts(places, 1..4, self.streams(pair)).plain(),
        ]
    }

    fn level_headings(&self) -> [&'static str; 4] {
        if self.is_one_task() { LEVELS } else { LOWER }
    }

    /// Standby access points that open, if any do, those of each side in a cell.
    fn opened(&self, pair: &PeriodPair) -> Option<[String; 4]> {
        let opened = pair
            .totals
            .each_ref()
            .map(|side| &side.opened_access_points);
        let [a, b] = opened.map(|ids| {
            let names: Vec<&str> = ids.iter().map(|id| self.labels.name(id)).collect();
            match names.as_slice() {
                [] => "-".to_owned(),
                names => few(names, 2),
            }
        });
        let is_any = opened.iter().any(|texts| !texts.is_empty());
        is_any.then(|| as_stated(pair, "access points opened", [a, b], String::new()))
    }

    /// Users by their place in A and in B, the largest streams first, the rest summed up.
    fn streams(&self, pair: &PeriodPair) -> Vec<[String; 4]> {
        let mut streams = BTreeMap::<_, (f64, usize)>::new();
        for (from, to, users) in pair.homes.iter().flat_map(HomeDifference::streams) {
            let stream = streams.entry((from, to)).or_default();
            *stream = (stream.0 + users, stream.1 + 1);
        }
        let mut streams: Vec<_> = streams.into_iter().collect();
        streams.sort_by(|left, right| right.1.0.total_cmp(&left.1.0).then(left.0.cmp(&right.0)));
        let rest = streams.split_off(streams.len().min(MOST_STREAMS));
        let row = |[from, to]: [String; 2], (users, shards): (f64, usize)| {
            [from, to, numbers::users_up(users), shards.to_string()]
        };
        let shown = streams.into_iter();
        let shown = shown.map(|((a, b), pair)| row([a, b].map(|site| self.place(site)), pair));
        let more = (!rest.is_empty()).then(|| {
            let sum = rest
                .iter()
                .fold((0.0, 0), |sum, (_, pair)| (sum.0 + pair.0, sum.1 + pair.1));
            row([format!("{} more", rest.len()), String::new()], sum)
        });
        shown.chain(more).collect()
    }

    fn place(&self, site: Option<&str>) -> String {
        let name = site.map_or("unserved", |site| self.labels.name(site));
        name.to_owned()
    }

    /// A row of the chart: B, with A as the state before it; `None` if B has it not.
    pub(super) fn chart_row(&self, differs: &HeadroomDifference) -> Option<headroom::HeadroomRow> {
        let [a, b] = differs.sides.each_ref().map(Option::as_ref);
        let b = b?;
        let headroom = |row: &HeadroomRow| row.headroom.map(|signed| signed.0);
        Some(headroom::HeadroomRow {
            component: b.component.clone(),
            name: self.labels.name(&b.component).to_owned(),
            kind: ComponentKind::of_word(&b.kind)?,
            resource: b.resource.clone(),
            unit: b.unit.clone(),
            standing: match b.headroom {
                Some(_) => Standing::InService,
                None => Standing::Drained,
            },
            before: a.and_then(headroom),
            during: headroom(b),
            target: Some(target(b)).filter(|target| *target > 0.0),
            in_force: Some(b.target).filter(|target| *target > 0.0),
            load: b.load,
            capacity: b.capacity,
        })
    }

    pub(super) fn whole_table(&self) -> Table {
        let headings = ["what", WHOLE[1], WHOLE[2], WHOLE[3]];
        texts(headings, 0..0, self.whole())
            .table("whole", "The whole scenario")
            .noted(visible(&self.who_changes_side().join(" ")))
    }

    pub(super) fn inputs_table(&self) -> Table {
        Listing::selected(self.inputs(), "first", "inputs.csv")
            .words("row or key", |changed_input| {
                Cell::words(&changed_input.row)
            })
            .words("file", |changed_input| Cell::words(changed_input.file))
            .words("column", |changed_input| {
                changed_input.column.unwrap_or("the row")
            })
            .words("A", |changed_input| value_words(changed_input.sides[0]))
            .words("B", |changed_input| value_words(changed_input.sides[1]))
            .table("inputs", "Changed inputs")
            .sortable_above(8)
    }

    pub(super) fn promises_table(&self) -> Table {
        let broken = self.promises.iter().flatten().collect();
        let share = |value: Option<f64>| Cell::maybe(value, availability);
        Listing::<&BrokenPromise>::selected(broken, "first", "tenants.csv")
            .words("tenant", |broken_promise| {
                Cell::words(&broken_promise.tenant)
            })
            .words("tier", |broken_promise| Cell::words(&broken_promise.tier))
            .words("below in", |broken_promise| {
                match (broken_promise.is_below, broken_promise.is_in_both()) {
                    ([true, true], _) => "both",
                    ([true, false], true) => "A",
                    ([false, _], true) => "B",
                    ([true, false], false) => "A; not stated by B",
                    ([false, _], false) => "B; not stated by A",
                }
            })
            .number("availability in A", |broken_promise| {
                share(broken_promise.availability[0])
            })
            .number("in B", |broken_promise| {
                share(broken_promise.availability[1])
            })
            .number("promised", |broken_promise| {
                share(Some(broken_promise.promised))
            })
            .table("tenants", "Tenants below their promise")
            .sortable()
    }
}

/// An availability in percent, rounded down to four digits: a promise that is nearly kept is not shown as kept.
fn availability(share: f64) -> String {
    // What binary arithmetic takes away is given back.
    let shown = (share * 1e6 + 1e-6).floor() / 1e4;
    format!("{shown} %")
}

/// A pair with its position, and what is listed of it.
type OfPair<'a, T> = (usize, &'a PeriodPair, T);

impl ComparisonReport {
    pub(super) fn of_pair(&self, index: usize, pair: &PeriodPair) -> [Table; 5] {
        let changed = most_changed(pair);
        let note = if changed.len() > MOST_COMPONENTS {
            let all = numbers::whole(changed.len());
            format!("The {MOST_COMPONENTS} that change most of {all}.")
        } else {
            String::new()
        };
        let changed = changed.into_iter().take(MOST_COMPONENTS);
        let changed = Listing::of(changed.map(|difference| (index, pair, difference)));
        let id = |of: &str| format!("{of}-{index}");
        let [a, b] = pair
            .totals
            .each_ref()
            .map(|totals| &totals.opened_access_points);
        let cell = |side: usize, id: &String| {
            let is_open = pair.totals[side].opened_access_points.contains(id);
            match (pair.has_totals[side], is_open) {
                (false, _) => NOT_STATED,
                (true, true) => "opens",
                (true, false) => "–",
            }
        };
        let opened: BTreeSet<&String> = a.iter().chain(b).collect();
        let opened = Listing::of(opened)
            .words("access point", |id| Cell::named(self.labels.name(id), id))
            .words("A", |id| cell(0, id))
            .words("B", |id| cell(1, id));
        let whats = ["what", "A", "B", "change"];
        let places = ["in A at", "in B at", "users", "shards"];
        let streams = self.streams(pair);
        [
            texts(whats, 1..4, totals(pair)).table(id("totals"), "Totals"),
            texts(
                self.level_headings(),
                1..3,
                levels(pair, self.is_one_task()),
            )
            .table(id("levels"), "Goals in their order"),
            opened.table(id("access-points"), "Standby access points"),
            self.with_headroom(changed)
                .table(id("headroom"), "Headroom that differs")
                .noted(note),
            texts(places, 2..4, streams).table(id("streams"), "Users served elsewhere"),
        ]
    }

    fn with_headroom<'a>(
        &'a self,
        listing: Listing<OfPair<'a, &'a HeadroomDifference>>,
    ) -> Listing<OfPair<'a, &'a HeadroomDifference>> {
        listing
            .words("component", |(.., difference)| {
                let id = &difference.key.0;
                let title = Cell::named(self.labels.name(id), id);
                match self.chart_row(difference) {
                    Some(row) => title.judged(row.state()),
                    None => title,
                }
            })
            .words("resource", |(.., difference)| {
                Cell::words(&difference.key.1)
            })
            .number("A", |(.., difference)| share(difference.sides[0].as_ref()))
            .number("B", |(.., difference)| Cell {
                gauge: self.gauge(difference),
                ..share(difference.sides[1].as_ref())
            })
            .number("change", |(.., difference)| {
                Cell::maybe(difference.change(), points)
            })
            .number("target", |(.., difference)| {
                Cell::maybe(difference.either().map(target), numbers::percent)
            })
    }

    fn gauge(&self, differs: &HeadroomDifference) -> Option<Gauge> {
        let row = self.chart_row(differs)?;
        let b = differs.sides[1].as_ref()?;
        let during = row.during?;
        let in_a = row.before.map(numbers::headroom);
        let in_a = in_a.map_or_else(String::new, |text| format!(" ({text} in A)"));
        let tip = format!(
            "{}, {}: headroom {} in B{in_a}, target {}, load {} of {} in B",
            row.name,
            row.resource,
            numbers::headroom(during),
            numbers::percent(target(b)),
            numbers::amount(b.load),
            numbers::quantity(b.capacity, &b.unit),
        );
        let shares = [Some(during), row.before, row.target];
        Some(Gauge::new(shares, row.state(), &tip))
    }

    /// The numbers that name a pair: one where periods of both sides are always of one number.
    fn with_periods<'a, T>(
        &'a self,
        order: &[usize],
        listing: Listing<OfPair<'a, T>>,
    ) -> Listing<OfPair<'a, T>> {
        let comparison = &self.comparison;
        let periods = |pair| {
            comparison
                .moments(pair)
                .map(|compared_moment| compared_moment.period)
        };
        let cell = |(index, pair, _): &OfPair<'a, T>, side: usize| Cell {
            because: order.contains(index).then(|| format!("pair-{index}")),
            ..Cell::maybe(periods(pair)[side].map(f64::from), numbers::users)
        };
        let is_one = |pair| {
            let [a, b] = periods(pair);
            a == b
        };
        if comparison.is_beside_before() || comparison.pairs.iter().all(is_one) {
            listing.number("period", |entry| cell(entry, 1))
        } else {
            let listing = listing.number("period A", |entry| cell(entry, 0));
            listing.number("period B", |entry| cell(entry, 1))
        }
    }

    /// All pairs, with something of each.
    fn all<'a, T: 'a>(&'a self, of: impl Fn(&'a PeriodPair) -> Vec<T>) -> Vec<OfPair<'a, T>> {
        let pairs = self.comparison.pairs.iter().enumerate();
        let all = pairs.flat_map(|(index, pair)| {
            let things = of(pair).into_iter();
            things.map(move |thing| (index, pair, thing))
        });
        all.collect()
    }

    pub(super) fn glance(&self, order: &[usize]) -> Table {
        let is_before = self.comparison.is_beside_before();
        let what = if is_before {
            "when"
        } else {
            "first difference"
        };
        let users = |of: fn(&PeriodPair) -> f64| {
            move |(_, pair, ()): &OfPair<'_, ()>| {
                let count = of(pair);
                Cell::number(numbers::users_up(count), count)
            }
        };
        let pairs = self.all(|_| vec![()]);
        let listing = Listing::selected(pairs, "first", "comparison.json");
        self.with_periods(order, listing)
            .words(what, |(_, pair, ())| {
                if is_before {
                    Cell::words(&self.when(pair))
                } else {
                    self.finding(pair).map_or_else(Cell::none, Cell::from)
                }
            })
            .number("unserved A", users(|pair| pair.totals[0].unserved_users))
            .number("unserved B", users(|pair| pair.totals[1].unserved_users))
            .number("moving A", users(|pair| pair.totals[0].moved_users))
            .number("moving B", users(|pair| pair.totals[1].moved_users))
            .number("elsewhere", users(PeriodPair::users_elsewhere))
            .table("glance", "All pairs of periods")
            .sortable_above(MOST_COMPONENTS)
    }

    pub(super) fn headroom(&self, order: &[usize]) -> Table {
        let mut all = self.all(|pair| {
            let differ = pair.headroom.iter().filter(|row| !row.is_same());
            differ.collect()
        });
        // Within a pair they keep their order.
        all.sort_by(|left, right| {
            let by_size = size(right.2).total_cmp(&size(left.2));
            by_size.then(left.0.cmp(&right.0))
        });
        let listing = Listing::selected(all, "most changed", "headroom.csv");
        self.with_headroom(self.with_periods(order, listing))
            .table("headroom", "Headroom that differs in any period")
            .sortable()
    }

    pub(super) fn shards(&self, order: &[usize]) -> Table {
        let mut all = self.all(|pair| pair.homes.iter().collect());
        all.sort_by(|left, right| {
            let users =
                [left, right].map(|entry: &OfPair<'_, &HomeDifference>| entry.2.users_elsewhere());
            users[1].total_cmp(&users[0]).then(left.0.cmp(&right.0))
        });
        let places = |side: &UsersBySite| {
            let names = side.keys().map(|site| self.place(site.as_deref()));
            names.collect::<Vec<_>>().join(", ")
        };
        let listing = Listing::selected(all, "largest", "shards.csv");
        self.with_periods(order, listing)
            .words("shard", |(.., home)| Cell::words(&home.key))
            .words("in A at", |(.., home)| places(&home.sides[0]))
            .words("in B at", |(.., home)| places(&home.sides[1]))
            .number("users", |(.., home)| {
                let users = home.users_elsewhere();
                Cell::number(numbers::users_up(users), users)
            })
            .table("shards", "Shards that are served elsewhere")
            .sortable()
    }
}
