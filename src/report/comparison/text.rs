//! The comparison on the terminal.

use super::words::Labels;
use super::words::{amount, inputs, stage, verdict};
use crate::inventory::TableDifference;
use crate::plan::compare::{Comparison, HeadroomDifference, Pair, Promises, Totals};
use crate::plan_files::ErrorMargin;
use crate::plan_files::explanations::Explanations;
use crate::report::document::{Block, Cell, Document, Listing, Table};
use crate::report::grammar::{by_count, counted, few};
use crate::report::numbers;
use crate::scenario::KeyDifference;
use crate::units::NOBODY;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

const MOST_INPUTS: usize = 8;
const MOST_COMPONENTS: usize = 8;
const MOST_STREAMS: usize = 6;

/// Headings of what holds for the plans as a whole.
pub(in super::super) const WHOLE: [&str; 4] = ["the whole scenario", "A", "B", "change"];

/// Headings of totals.
pub(in super::super) const TOTALS: [&str; 4] = ["what", "A", "B", "change"];

/// Headings of levels.
pub(in super::super) const LEVELS: [&str; 4] = ["goal", "A", "B", "better"];

/// Headings of users by their places.
pub(in super::super) const PLACES: [&str; 4] = ["served in A at", "in B at", "users", "shards"];

/// Values of levels at which there is nothing to count.
const NOTHING: [&str; 3] = ["0", "0.0 %", "0 users' worth"];

/// Most of a shard's users in A, and in B; `None` is nowhere.
type Stream<'a> = (Option<&'a str>, Option<&'a str>);

type Amount = fn(&Totals) -> f64;

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
    /// Whose promise they break; `None` if a side has no tenants.csv.
    pub promises: Option<Promises>,
    /// Why either is as it is, where it carries its explanations.
    pub explanations: [Option<Explanations>; 2],
}

impl ComparisonReport {
    /// Which is better, in a sentence.
    pub fn verdict(&self) -> String {
        verdict(&self.comparison)
    }

    /// The pair that the tables show in full: the one that the verdict speaks of, else the hardest.
    pub fn shown(&self) -> Option<&Pair> {
        self.comparison.main().or_else(|| {
            let pairs = self.comparison.pairs.iter();
            pairs.max_by(|left, right| {
                left.users_elsewhere()
                    .total_cmp(&right.users_elsewhere())
                    .then(right.b.cmp(&left.b))
            })
        })
    }

    /// The period of the pair that is shown.
    pub fn shown_period(&self) -> String {
        self.shown()
            .map_or_else(String::new, |pair| self.when(pair))
    }

    /// What was changed in the inputs, a line each.
    pub fn changed_inputs(&self) -> Vec<String> {
        inputs(
            self.tables.as_deref().unwrap_or_default(),
            self.keys.as_deref().unwrap_or_default(),
        )
    }

    /// Why they differ, as far as the inputs tell.
    pub fn why(&self) -> String {
        if self.comparison.is_beside_before() {
            return String::new();
        }
        match (&self.tables, &self.keys) {
            (Some(tables), Some(keys)) => match (tables.len(), keys.len()) {
                (0, 0) => "Inventory and scenario are the same.".to_owned(),
                (0, keys) => format!(
                    "The inventory is the same; {}.",
                    differ(keys, "key", "scenario")
                ),
                (cells, 0) => format!(
                    "The scenario is the same; {}.",
                    differ(cells, "cell", "inventory")
                ),
                (cells, keys) => format!(
                    "{}, and {}.",
                    differ(keys, "key", "scenario"),
                    differ(cells, "cell", "inventory")
                ),
            },
            _ => "What was changed in the inputs is not known: a plan does not carry its inputs."
                .to_owned(),
        }
    }

    /// The whole text, wrapped to `width` terminal columns where given.
    pub fn text(&self, width: Option<u16>) -> String {
        let sides = [("A", &self.labels.a), ("B", &self.labels.b)];
        let sides = sides.map(|(letter, side)| format!("{letter}: {}", side.words()));
        let why = Some(self.why()).filter(|words| !words.is_empty());
        let why: Vec<String> = why.into_iter().collect();
        let changed = self.changed_inputs();
        let more = changed
            .len()
            .checked_sub(MOST_INPUTS)
            .filter(|more| *more > 0);
        let more = more.map(|more| format!("and {more} more"));
        let changed = changed.into_iter().take(MOST_INPUTS).chain(more);
        let said = [vec![self.verdict()], self.because(), self.notes(), why].concat();
        let mut document = Document::of([
            vec![Block::sentences(sides)],
            vec![Block::sentences(said), Block::items(changed)],
            vec![
                Block::Table(texts(WHOLE, 1..4, self.whole()).plain()),
                Block::sentences(self.who_changes_side()),
            ],
        ]);
        if let Some(pair) = self.shown() {
            let rows = [totals(&pair.totals), self.opened(&pair.totals)].concat();
            let headings = ["", TOTALS[1], TOTALS[2], TOTALS[3]];
            document.add(vec![Block::Heading(
                "",
                format!("In {}", self.shown_period()),
            )]);
            for table in [
                texts(headings, 1..4, rows).plain(),
                texts(LEVELS, 1..4, self.telling_stages(pair)).plain(),
                self.headroom(pair),
                texts(PLACES, 1..4, self.streams(pair)).plain(),
            ] {
                document.add(vec![Block::Table(table)]);
            }
        }
        document.text(width)
    }

    pub(in super::super) fn position(&self, pair: &Pair) -> usize {
        let mut pairs = self.comparison.pairs.iter();
        let is_it = |own: &Pair| (own.a, own.b) == (pair.a, pair.b);
        pairs.position(is_it).unwrap_or(0)
    }

    /// The periods of a pair, such as `period 3 (10:42 to 14:10)`.
    pub(in super::super) fn when(&self, pair: &Pair) -> String {
        Labels::period(&self.comparison, pair.a, pair.b)
    }

    /// Names of the sites of a shard; `nowhere` where it has none.
    pub(in super::super) fn places(&self, side: &BTreeMap<Option<String>, f64>) -> String {
        let names = side.keys().map(|site| self.place(site.as_deref()));
        names.collect::<Vec<_>>().join(", ")
    }

    fn place(&self, site: Option<&str>) -> String {
        site.map_or("nowhere", |site| self.labels.name(site))
            .to_owned()
    }

    /// Standby access points that open, if any do, those of each side in a cell.
    fn opened(&self, sides: &[Totals; 2]) -> Vec<[String; 4]> {
        let names = |side: &Totals| {
            let ids: Vec<&str> = (side.opened.iter())
                .map(|id| self.labels.name(id))
                .collect();
            if ids.is_empty() {
                "-".to_owned()
            } else {
                few(&ids, 2)
            }
        };
        let [a, b] = sides;
        if a.opened.is_empty() && b.opened.is_empty() {
            return Vec::new();
        }
        vec![[
            "access points opened".to_owned(),
            names(a),
            names(b),
            String::new(),
        ]]
    }

    /// Levels of both, but for those at which both have nothing to count.
    fn telling_stages(&self, pair: &Pair) -> Vec<[String; 4]> {
        let is_nothing = |row: &[String; 4]| row[1] == row[2] && NOTHING.contains(&row[1].as_str());
        let mut rows = self.stages(pair);
        rows.retain(|row| !is_nothing(row));
        rows
    }

    /// Levels of both in the order of A, with who is better.
    pub(in super::super) fn stages(&self, pair: &Pair) -> Vec<[String; 4]> {
        let (a, b) = (&self.comparison.a[pair.a], &self.comparison.b[pair.b]);
        let mut is_decided = false;
        a.stages
            .iter()
            .filter_map(|own| {
                let name = own.name();
                let other = b.stages.iter().find(|other| other.name() == name)?;
                let differs = pair
                    .first_difference
                    .as_ref()
                    .is_some_and(|first| first.stage == name);
                let better = match (differs, own.plan < other.plan) {
                    (true, true) => "A",
                    (true, false) => "B",
                    (false, _) if is_decided => "",
                    (false, _) => "same",
                };
                is_decided |= differs;
                Some([
                    stage(&name),
                    amount(&name, own.plan),
                    amount(&name, other.plan),
                    better.to_owned(),
                ])
            })
            .collect()
    }

    fn headroom(&self, pair: &Pair) -> Table {
        let share = |side: &Option<crate::plan::compare::Margin>| {
            let headroom = side.as_ref().and_then(|side| side.headroom);
            Cell::maybe(headroom, numbers::headroom)
        };
        Listing::of(most_changed(pair).into_iter().take(MOST_COMPONENTS))
            .words("headroom", |own| {
                format!("{}, {}", self.labels.name(&own.component), own.resource)
            })
            .number("A", |own| share(&own.a))
            .number("B", |own| share(&own.b))
            .number("target", |own| {
                let either = own.b.as_ref().or(own.a.as_ref());
                either.map_or_else(String::new, |side| numbers::percent(side.target))
            })
            .number("change", |own| Cell::maybe(own.change(), points))
            .plain()
    }

    /// Users by their place in A and in B, the largest streams first, the rest summed up.
    pub(in super::super) fn streams(&self, pair: &Pair) -> Vec<[String; 4]> {
        let mut streams = BTreeMap::<Stream<'_>, (f64, usize)>::new();
        for home in &pair.homes {
            for (from, to, users) in home.streams() {
                let stream = streams.entry((from, to)).or_default();
                stream.0 += users;
                stream.1 += 1;
            }
        }
        let mut streams: Vec<_> = streams.into_iter().collect();
        streams.sort_by(|left, right| right.1.0.total_cmp(&left.1.0).then(left.0.cmp(&right.0)));
        let rest = streams.split_off(streams.len().min(MOST_STREAMS));
        let place = |site| self.place(site);
        let mut rows: Vec<[String; 4]> = streams
            .into_iter()
            .map(|((a, b), (users, shards))| {
                [
                    place(a),
                    place(b),
                    numbers::users_up(users),
                    shards.to_string(),
                ]
            })
            .collect();
        if !rest.is_empty() {
            let (users, shards) = rest.iter().fold((0.0, 0), |sum, (_, (users, shards))| {
                (sum.0 + users, sum.1 + shards)
            });
            rows.push([
                format!("{} more", rest.len()),
                String::new(),
                numbers::users_up(users),
                shards.to_string(),
            ]);
        }
        rows
    }
}

/// Rows that differ, one for each component: its resource that changes most. The largest change comes first, what
/// one side lacks before all.
pub(in super::super) fn most_changed(pair: &Pair) -> Vec<&HeadroomDifference> {
    let mut rows: Vec<&HeadroomDifference> =
        pair.headroom.iter().filter(|row| !row.is_same()).collect();
    let size = |row: &HeadroomDifference| row.change().map_or(f64::INFINITY, f64::abs);
    rows.sort_by(|left, right| {
        let by_size = size(right).total_cmp(&size(left));
        by_size
            .then(left.component.cmp(&right.component))
            .then(left.resource.cmp(&right.resource))
    });
    let mut known = BTreeSet::new();
    rows.retain(|row| known.insert(row.component.as_str()));
    rows
}

/// `1 key of the scenario differs`, `3 cells of the inventory differ`.
fn differ(count: usize, what: &str, of: &str) -> String {
    let count = numbers::whole(count);
    let differ = by_count(&count, ["differs", "differ"]);
    format!("{} of the {of} {differ}", counted(&count, what))
}

/// A change of a share in points of percent, with its sign.
pub(in super::super) fn points(change: f64) -> String {
    let shown = numbers::percent(change.abs());
    if shown == numbers::percent(0.0) {
        return "0".to_owned();
    }
    let sign = if change < 0.0 { "−" } else { "+" };
    format!("{sign}{} points", shown.trim_end_matches(" %"))
}

/// Totals beside each other; what is nothing on both sides is left out, but for the unserved and who moves.
pub(in super::super) fn totals(sides: &[Totals; 2]) -> Vec<[String; 4]> {
    let [a, b] = sides;
    let is_any = |of: Amount| of(a).max(of(b)) > NOBODY;
    let users = |words: &str, of: Amount| {
        let (a, b) = (of(a), of(b));
        [
            words.to_owned(),
            numbers::users_up(a),
            numbers::users_up(b),
            change(b - a),
        ]
    };
    let mut rows = vec![
        users("users", |side| side.users),
        users("unserved users", |side| side.unserved),
        users("users who move", |side| side.moved),
    ];
    let others: [(&str, Amount); 3] = [
        ("of these, by copying", |side| side.copied),
        ("users who return", |side| side.returned),
        ("users who reconnect", |side| side.reconnecting),
    ];
    for (words, of) in others {
        if is_any(of) {
            rows.push(users(words, of));
        }
    }
    if is_any(|side| side.worst_shortfall) {
        rows.push([
            "worst missing share of a target".to_owned(),
            numbers::percent(a.worst_shortfall),
            numbers::percent(b.worst_shortfall),
            points(b.worst_shortfall - a.worst_shortfall),
        ]);
    }
    rows
}

/// A change of a number of users with its sign; nothing if there is none.
fn change(users: f64) -> String {
    if users.abs() <= NOBODY {
        return "0".to_owned();
    }
    let sign = if users < 0.0 { "−" } else { "+" };
    format!("{sign}{}", numbers::users_up(users.abs()))
}

/// Rows of texts below headings: words, with numbers in some columns; all but the first stand to the right on a terminal.
pub(in super::super) fn texts<const N: usize>(
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
