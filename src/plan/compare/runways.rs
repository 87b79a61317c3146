//! What differs between two runways: the first days that fail, row by row, and the dates of components.
//!
//! Dates are compared over the days that both runways ask about: what holds on all of them may fail sooner or later after that.

use super::comparison::{Difference, matched};
use super::runway_dates::{ReachedKey, ReadRunway, RunwayDates, RunwayRowKey};
use crate::units::{AGREEMENT, NOBODY};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::ops::Range;

/// How a date of the second runway differs from that of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateChange {
    /// As many days later, earlier where negative; `true` if it is at least as many, since one of both is not known to fail.
    Days(i32, bool),
    /// Only one runway has it: the first (0) or the second (1).
    OnlyIn(usize),
    /// Other failures are asked about, or both hold on all days that both runways ask about, and one asks about more.
    NotComparable,
}

impl DateChange {
    /// As files spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Days(0, _) => "same",
            Self::Days(days, _) if days < 0 => "earlier",
            Self::Days(..) => "later",
            Self::OnlyIn(0) => "only_a",
            Self::OnlyIn(_) => "only_b",
            Self::NotComparable => "not_comparable",
        }
    }

    /// Days later; `None` where no days are compared.
    pub fn days(self) -> Option<i32> {
        match self {
            Self::Days(days, _) => Some(days),
            Self::OnlyIn(_) | Self::NotComparable => None,
        }
    }

    /// `true` if the second fails before the first.
    pub fn is_earlier(self) -> bool {
        self.days().is_some_and(|days| days < 0)
    }

    /// `true` if the second fails after the first.
    pub fn is_later(self) -> bool {
        self.days().is_some_and(|days| days > 0)
    }
}

/// One thing with its dates in both runways.
#[derive(Debug, Clone, PartialEq)]
pub struct DateDifference<K, S> {
    /// Which thing, and what either side has.
    pub of: Difference<K, S>,
    /// How the second differs.
    pub change: DateChange,
}

/// A row of runway.csv in two runways.
pub type RowDifference = DateDifference<RunwayRowKey, Option<RunwayDates>>;

/// A date of components.csv in two runways; `None` is not reached.
pub type ReachedDifference = DateDifference<ReachedKey, Option<Date>>;

/// The first sampled day of both on which a component has another capacity.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangedCapacity {
    /// The day.
    pub date: Date,
    /// Which component.
    pub component: String,
    /// Of which resource.
    pub resource: String,
    /// Of the capacity.
    pub unit: String,
    /// In the first runway and in the second; `None` has no limit there, or no such component.
    pub sides: [Option<f64>; 2],
}

/// Two runways side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct RunwayComparison {
    /// What both were asked, and found.
    pub sides: [ReadRunway; 2],
    /// Days that both ask about; `None` if there are none.
    pub common: Option<Range<Date>>,
    /// By condition, events, recovery, moves and band.
    pub rows: Vec<RowDifference>,
    /// Dates of components that differ: those that come earlier first, by days.
    pub components: Vec<ReachedDifference>,
    /// Users who are trapped, by what fails, in cases that both ask about; where both trap as many there is none.
    pub trapped: Vec<Difference<String, f64>>,
    /// How many cases of either trap users, and are not asked about in the other.
    pub lone_trapped: [usize; 2],
    /// Capacities that differ, by component and resource.
    pub capacities: Vec<ChangedCapacity>,
}

impl RunwayComparison {
    /// The first runway beside the second.
    pub fn new(sides: [ReadRunway; 2]) -> Self {
        let [a, b] = &sides;
        let common = a.from.max(b.from)..a.until.min(b.until);
        let common = (common.start < common.end).then_some(common);
        let [trapped_a, trapped_b] = sides.each_ref().map(trapped_by_case);
        let is_in_both = |failing: &String| {
            let all = sides.each_ref();
            all.iter().all(|side| is_case_of(side, failing, a))
        };
        let lone = |of: &BTreeMap<String, f64>| of.keys().filter(|key| !is_in_both(key)).count();
        let mut compared = Self {
            rows: Vec::new(),
            components: Vec::new(),
            lone_trapped: [lone(&trapped_a), lone(&trapped_b)],
            trapped: trapped([&trapped_a, &trapped_b], is_in_both),
            capacities: capacities([a, b]),
            common,
            sides,
        };
        compared.rows = compared.row_differences();
        compared.components = compared.reached_differences();
        compared
    }

    /// `true` if both are asked about the same failures.
    pub fn has_one_question(&self) -> bool {
        let [a, b] = self.sides.each_ref().map(|side| &side.summary);
        (&a.over, a.failures) == (&b.over, b.failures)
    }

    /// `true` if both sample components on the same kind of days.
    pub fn has_one_step(&self) -> bool {
        let [a, b] = self.sides.each_ref();
        (&a.summary.step, a.from) == (&b.summary.step, b.from)
    }

    /// `true` if both ask about the same days.
    pub fn has_one_span(&self) -> bool {
        let [a, b] = self.sides.each_ref();
        (a.from, a.until) == (b.from, b.until)
    }

    fn row_differences(&self) -> Vec<RowDifference> {
        let [a, b] = &self.sides;
        let pairs = matched([&a.rows, &b.rows]);
        let pair = |(key, sides): (&RunwayRowKey, [Option<&RunwayDates>; 2])| {
            let is_asked = self.has_one_question() || !key.condition.is_under_failures();
            let change = match sides {
                [Some(_), None] => DateChange::OnlyIn(0),
                [None, Some(_)] => DateChange::OnlyIn(1),
                [Some(a), Some(b)] if is_asked => self.change([&a.failing, &b.failing]),
                _ => DateChange::NotComparable,
            };
            let of = Difference {
                key: key.clone(),
                sides: sides.map(Option::<&RunwayDates>::cloned),
            };
            DateDifference { of, change }
        };
        pairs.map(pair).collect()
    }

    fn reached_differences(&self) -> Vec<ReachedDifference> {
        let [a, b] = &self.sides;
        if !a.has_all_components || !b.has_all_components {
            return Vec::new();
        }
        let pairs = matched([&a.reached, &b.reached]).filter_map(|(key, dates)| {
            let is_asked = (self.has_one_step() || !key.is_sampled())
                && (self.has_one_question() || !key.is_of_failures());
            let dates = dates.map(Option::<&Date>::copied);
            let from = |side: usize| -> Vec<Range<Date>> {
                let until = self.sides[side].until;
                dates[side].map(|date| date..until).into_iter().collect()
            };
            let [of_a, of_b] = [from(0), from(1)];
            let change = if is_asked {
                self.change([&of_a, &of_b])
            } else {
                DateChange::NotComparable
            };
            let differs = change.days().is_some_and(|days| days != 0);
            let of = Difference {
                key: key.clone(),
                sides: dates,
            };
            differs.then_some(DateDifference { of, change })
        });
        let mut all: Vec<ReachedDifference> = pairs.collect();
        all.sort_by_key(|pair| {
            let days = pair.change.days().unwrap_or(0);
            (days > 0, if days > 0 { -days } else { days })
        });
        all
    }

    /// How the second spans of failing days differ from the first.
    fn change(&self, failing: [&[Range<Date>]; 2]) -> DateChange {
        let Some(common) = &self.common else {
            return DateChange::NotComparable;
        };
        let [a, b] = self.sides.each_ref();
        let (has_other_start, has_other_end) = (a.from != b.from, a.until != b.until);
        let firsts = failing.map(|spans| self.first_in_common(spans));
        let is_at_start = |first: Option<Date>| first == Some(common.start);
        match firsts {
            [None, None] if has_other_end => DateChange::NotComparable,
            [first, second] if has_other_start && is_at_start(first) && is_at_start(second) => {
                DateChange::NotComparable
            }
            [first, second] => {
                let held = |date: Option<Date>| days(common.start, date.unwrap_or(common.end));
                let is_any_at_start =
                    has_other_start && (is_at_start(first) || is_at_start(second));
                let is_least = first.is_some() != second.is_some() || is_any_at_start;
                DateChange::Days(held(second) - held(first), is_least)
            }
        }
    }

    /// The first failing day of those that both ask about.
    pub fn first_in_common(&self, failing: &[Range<Date>]) -> Option<Date> {
        let common = self.common.as_ref()?;
        let mut within = failing.iter().map(|span| {
            let (start, end) = (span.start.max(common.start), span.end.min(common.end));
            start..end
        });
        let first = within.find(|span| span.start < span.end);
        first.map(|span| span.start)
    }
}

/// Days from one date to another.
pub(super) fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// Trapped users by what fails: the most, whatever the day, the events and how it is answered.
fn trapped_by_case(side: &ReadRunway) -> BTreeMap<String, f64> {
    let mut most: BTreeMap<String, f64> = BTreeMap::new();
    for case in &side.summary.trapped {
        let users = most.entry(case.failing.clone()).or_default();
        *users = users.max(case.users);
    }
    most
}

/// `true` if a runway asks about what fails together in a case: nothing, or at most as many as fail at once of the kind that
/// fails in `first`.
fn is_case_of(side: &ReadRunway, failing: &str, first: &ReadRunway) -> bool {
    let count = failing.split('+').filter(|id| !id.is_empty()).count();
    let most = usize::try_from(side.summary.failures).unwrap_or(usize::MAX);
    count == 0 || side.summary.over == first.summary.over && count <= most
}

fn trapped(
    sides: [&BTreeMap<String, f64>; 2],
    is_in_both: impl Fn(&String) -> bool,
) -> Vec<Difference<String, f64>> {
    let pairs = matched(sides).filter(|(failing, _)| is_in_both(failing));
    let pairs = pairs.map(|(failing, users)| Difference {
        key: failing.clone(),
        sides: users.map(|users| users.copied().unwrap_or(0.0)),
    });
    let mut differing: Vec<Difference<String, f64>> = pairs
        .filter(|pair| (pair.sides[1] - pair.sides[0]).abs() > NOBODY)
        .collect();
    let more = |pair: &Difference<String, f64>| pair.sides[1] - pair.sides[0];
    differing.sort_by(|left, right| more(right).total_cmp(&more(left)));
    differing
}

fn capacities([a, b]: [&ReadRunway; 2]) -> Vec<ChangedCapacity> {
    let mut known: BTreeMap<(&str, &str), ChangedCapacity> = BTreeMap::new();
    let pairs = matched([&a.capacities, &b.capacities]);
    let is_sampled = |side: &ReadRunway, date: &Date| side.sampled.contains(date);
    let both = pairs.filter(|((date, ..), _)| is_sampled(a, date) && is_sampled(b, date));
    for ((date, component, resource), sides) in both {
        let unit = sides.iter().flatten().map(|(_, unit)| unit.clone()).next();
        let sides = sides.map(|side| side.map(|(capacity, _)| *capacity));
        let is_same = match sides {
            [Some(a), Some(b)] => (a - b).abs() <= AGREEMENT * a.abs().max(b.abs()).max(1.0),
            _ => false,
        };
        if !is_same {
            known
                .entry((component, resource))
                .or_insert_with(|| ChangedCapacity {
                    date: *date,
                    component: component.clone(),
                    resource: resource.clone(),
                    unit: unit.unwrap_or_default(),
                    sides,
                });
        }
    }
    known.into_values().collect()
}
