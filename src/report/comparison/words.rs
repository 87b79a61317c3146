//! Sentences about two plans: what they are called, which is better, by what, and what was changed.

use crate::inventory::TableDifference;
use crate::model::{Component, Inventory};
use crate::plan::compare::{Comparison, Moment, Pair, StageDifference};
use crate::report::grammar::counted_with;
use crate::report::numbers;
use crate::report::span::spoken;
use crate::report::text::visible;
use crate::scenario::KeyDifference;
use jiff::Timestamp;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// What the user calls it: the name of its folder.
    pub name: String,
    /// Name of its scenario; blank if it does not tell.
    pub scenario: String,
}

impl Side {
    /// Its name, and that of its scenario where it is another one.
    pub fn words(&self) -> String {
        if self.scenario.is_empty() || self.scenario == self.name {
            self.name.clone()
        } else {
            format!("{}, scenario {}", self.name, self.scenario)
        }
    }
}

/// What the two sides and their components are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// The first side.
    pub a: Side,
    /// The second side.
    pub b: Side,
    /// Names of components, sites among them, by id; what has none goes by its id.
    pub names: BTreeMap<String, String>,
}

impl Labels {
    /// Takes over the names of an inventory; later ones win. What has the name of a site has its id behind it.
    pub fn add_names(&mut self, inventory: &Inventory) {
        let sites: BTreeSet<&str> = inventory
            .sites
            .iter()
            .map(|own| own.name.as_str())
            .collect();
        for component in (0..inventory.component_count()).map(crate::ids::ComponentId::new) {
            let id = inventory.component_name(component);
            let title = inventory.component_title(component);
            let is_site = matches!(inventory.component(component), Component::Site(_));
            let name = if is_site || title == id || !sites.contains(title) {
                title.to_owned()
            } else {
                format!("{title} ({id})")
            };
            self.names.insert(id.to_owned(), name);
        }
    }

    /// What reports call a component.
    pub fn name<'a>(&'a self, component: &'a str) -> &'a str {
        self.names.get(component).map_or(component, String::as_str)
    }

    /// The period of a pair, such as `period 3 (10:42 to 14:10)`; both where they are not at the same time.
    pub(super) fn period(comparison: &Comparison, a: usize, b: usize) -> String {
        let (a, b) = (&comparison.a[a], &comparison.b[b]);
        match (a.period, b.period) {
            (None, _) => period_words(b),
            (_, None) => period_words(a),
            (Some(x), Some(y)) if x == y && (a.span == b.span || a.span.is_none()) => {
                period_words(b)
            }
            (Some(x), Some(y)) if x == y && b.span.is_none() => period_words(a),
            _ if a.span.is_some() && a.span == b.span => time(b),
            _ => format!("A {}, B {}", period_words(a), period_words(b)),
        }
    }
}

fn period_words(moment: &Moment) -> String {
    let Some(period) = moment.period else {
        return "the state before".to_owned();
    };
    match &moment.words {
        Some(_) => format!("period {period} ({})", time(moment)),
        None => format!("period {period}"),
    }
}

/// When it is, where the summary tells.
fn time(moment: &Moment) -> String {
    moment
        .words
        .as_ref()
        .map_or_else(String::new, |(start, end)| between(start, end))
}

/// `13 Nov 2012 09:08 to 10:42 (UTC-08:00)` from two instants as summary.json writes them.
fn between(start: &str, end: &str) -> String {
    let read = |instant: &str| -> Option<(Timestamp, Offset)> {
        let zoned = Pieces::parse(instant).ok()?.to_numeric_offset()?;
        Some((instant.parse().ok()?, zoned))
    };
    match (read(start), read(end)) {
        (Some((from, offset)), Some((to, _))) => spoken(offset, from, to),
        _ => format!("{start} to {end}"),
    }
}

/// The verdict: which plan is better, by what and when, or that they are the same; what is refused comes behind what is
/// not.
pub(super) fn verdict(comparison: &Comparison) -> String {
    let by_goals = by_goals(comparison);
    let because = refusals(comparison).join(" ");
    match comparison.order_by_refusal() {
        _ if because.is_empty() => by_goals,
        _ if comparison.is_beside_before() => format!("{because} {by_goals}"),
        Ordering::Less => format!("A is better. {because} Judged by goals alone: {by_goals}"),
        Ordering::Greater => format!("B is better. {because} Judged by goals alone: {by_goals}"),
        Ordering::Equal => format!("{because} Judged by goals alone: {by_goals}"),
    }
}

/// What is refused and why, one sentence for each plan that is.
fn refusals(comparison: &Comparison) -> Vec<String> {
    let sides = [("A", &comparison.a), ("B", &comparison.b)];
    let refused = sides.into_iter().zip(comparison.refused());
    let sentences = refused.filter_map(|((letter, side), refused)| {
        let (index, reason) = refused?;
        let period = side[index]
            .period
            .map_or_else(String::new, |own| format!(" on the way to period {own}"));
        Some(format!("{letter} is refused{period}: {}.", visible(reason)))
    });
    sentences.collect()
}

/// What the levels of the goals say.
fn by_goals(comparison: &Comparison) -> String {
    if comparison.pairs.is_empty() {
        let empty = if comparison.a.is_empty() { "A" } else { "B" };
        return format!("There is nothing to compare: {empty} has no period.");
    }
    if comparison.is_beside_before() {
        return beside_before(comparison);
    }
    let count = comparison.pairs.len();
    if !comparison.pairs.iter().any(Pair::has_levels) {
        return undecided(comparison);
    }
    let Some(pair) = comparison.main() else {
        let periods = match count {
            1 => "the period that they share".to_owned(),
            2 => "both periods that they share".to_owned(),
            _ => format!("all {count} periods that they share"),
        };
        return format!("Both plans reach the same by every goal in {periods}.");
    };
    let better = if pair.order() == Ordering::Less {
        "A"
    } else {
        "B"
    };
    let of = |order: Ordering| {
        let pairs = comparison.pairs.iter();
        pairs.filter(|pair| pair.order() == order).count()
    };
    let (for_a, for_b) = (of(Ordering::Less), of(Ordering::Greater));
    let where_it_is = Labels::period(comparison, pair.a, pair.b);
    let by = by(pair);
    let mut words = format!("{better} is better in {where_it_is}: {by}.");
    if count > 1 {
        words.push_str(&tally(count, for_a, for_b));
    }
    words
}

/// By what one plan is better in a pair; blank if neither is.
pub(in super::super) fn by(pair: &Pair) -> String {
    let better = if pair.order() == Ordering::Less {
        "A"
    } else {
        "B"
    };
    pair.first_difference
        .as_ref()
        .map_or_else(String::new, |differs| reach(differs, better))
}

/// `0 unserved users of gold instead of 1,200`.
fn reach(differs: &StageDifference, better: &str) -> String {
    let (less, more) = if better == "A" {
        (differs.a, differs.b)
    } else {
        (differs.b, differs.a)
    };
    let is_one = (less - 1.0).abs() <= crate::units::AGREEMENT;
    let [less, more] = [less, more].map(|value| amount(&differs.stage, value));
    match differs.stage.as_str() {
        "headroom worst" | "headroom total" | "latency" => {
            format!("{} is {less} instead of {more}", stage(&differs.stage))
        }
        counted if is_one => format!("{less} {} instead of {more}", one(counted)),
        counted => format!("{less} {} instead of {more}", stage(counted)),
    }
}

/// What a level counts, in words.
pub(super) fn stage(name: &str) -> String {
    match name {
        "relief" => "users who move to make room".to_owned(),
        "headroom worst" => "the worst missing share of a headroom target".to_owned(),
        "headroom total" => "missing headroom in all".to_owned(),
        "access_points" => "standby access points that open".to_owned(),
        "moves copied" => "users whose data must travel".to_owned(),
        "moves moved" => "users who move".to_owned(),
        "latency" => "latency in all".to_owned(),
        other => match other.strip_prefix("unserved ") {
            Some(tier) => format!("unserved users of {}", visible(tier)),
            None => visible(other).into_owned(),
        },
    }
}

/// What a level counts, in words for one of them.
fn one(name: &str) -> String {
    match name {
        "relief" => "user who moves to make room".to_owned(),
        "access_points" => "standby access point that opens".to_owned(),
        "moves copied" => "user whose data must travel".to_owned(),
        "moves moved" => "user who moves".to_owned(),
        other => stage(other).replacen("users", "user", 1),
    }
}

pub(super) fn amount(stage: &str, value: f64) -> String {
    match stage {
        "headroom worst" => numbers::percent(value),
        "access_points" => numbers::users(value),
        "headroom total" => format!("{} users' worth", numbers::users_up(value)),
        "latency" => format!("{} user·s", numbers::amount(value / 1000.0)),
        _ => numbers::users_up(value),
    }
}

fn tally(count: usize, for_a: usize, for_b: usize) -> String {
    let same = count - for_a - for_b;
    let mut parts = Vec::new();
    for (who, periods) in [
        ("A is better", for_a),
        ("B is better", for_b),
        ("both are the same", same),
    ] {
        if periods > 0 {
            parts.push(format!("{who} in {periods}"));
        }
    }
    format!(" Of {count} pairs of periods {}.", parts.join(" and "))
}

/// The pair with most users unserved in B, and of those with most of them elsewhere.
fn hardest(comparison: &Comparison) -> Option<&Pair> {
    let unserved = |pair: &Pair| pair.totals[1].unserved;
    comparison.pairs.iter().max_by(|left, right| {
        unserved(left)
            .total_cmp(&unserved(right))
            .then(left.users_elsewhere().total_cmp(&right.users_elsewhere()))
            .then(right.b.cmp(&left.b))
    })
}

/// Plans without levels that both have, such as those made by hand.
fn undecided(comparison: &Comparison) -> String {
    let reason = [("A", &comparison.a), ("B", &comparison.b)]
        .into_iter()
        .find(|(_, side)| side.iter().all(|moment| moment.stages.is_empty()))
        .map_or_else(
            || "they have no level in common".to_owned(),
            |(letter, _)| format!("{letter} has no levels in a summary.json"),
        );
    let facts = hardest(comparison).map_or_else(String::new, |pair| {
        let [a, b] = &pair.totals;
        format!(
            " In {} A leaves {} users unserved, B {}; {} served elsewhere.",
            Labels::period(comparison, pair.a, pair.b),
            numbers::users_up(a.unserved),
            numbers::users_up(b.unserved),
            are(pair.users_elsewhere()),
        )
    });
    format!("Which is better cannot be told: {reason}.{facts}")
}

fn are(count: f64) -> String {
    counted_with(&numbers::users_up(count), "user", ["is", "are"])
}

/// A plan beside the state before it.
fn beside_before(comparison: &Comparison) -> String {
    let Some(pair) = hardest(comparison) else {
        return "There is nothing to compare.".to_owned();
    };
    let unserved = if pair.totals[1].unserved > crate::units::NOBODY {
        format!(", {} unserved", are(pair.totals[1].unserved))
    } else {
        String::new()
    };
    format!(
        "A is the state before B: in {} {} not where they were{unserved}.",
        Labels::period(comparison, pair.a, pair.b),
        are(pair.users_elsewhere()),
    )
}

/// What was changed in the inputs, one line each: `sites.csv, byd: cpu 4000 in A, 4900 in B`.
pub(super) fn inputs(tables: &[TableDifference], keys: &[KeyDifference]) -> Vec<String> {
    let of_tables = tables.iter().map(|differs| {
        let row = differs.row.join(" ");
        let column = differs.column.as_deref().unwrap_or("the row");
        changed(
            &format!("{}, {row}: {column}", differs.file),
            differs.a.as_deref(),
            differs.b.as_deref(),
        )
    });
    let of_keys = keys.iter().map(|differs| {
        changed(
            &format!("scenario, {}:", key(&differs.key)),
            differs.a.as_deref(),
            differs.b.as_deref(),
        )
    });
    of_keys.chain(of_tables).collect()
}

/// A key of a scenario as people say it: `event 2, start`, where what may stand several times is counted with leading zeros
/// so that it sorts.
fn key(name: &str) -> String {
    let counted = ["event", "queued"].into_iter().find_map(|table| {
        let (number, rest) = name
            .strip_prefix(table)?
            .strip_prefix(' ')?
            .split_once('.')?;
        Some(format!(
            "{table} {}, {rest}",
            number.trim_start_matches('0')
        ))
    });
    counted.unwrap_or_else(|| name.to_owned())
}

fn changed(what: &str, a: Option<&str>, b: Option<&str>) -> String {
    let side = |value: Option<&str>| match value {
        None => "absent".to_owned(),
        Some("") => "blank".to_owned(),
        Some(value) => visible(value).into_owned(),
    };
    format!("{} {} in A, {} in B", visible(what), side(a), side(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_counted_as_people_do() {
        assert_eq!(key("event 01.drain_minutes"), "event 1, drain_minutes");
        assert_eq!(key("event 10.start"), "event 10, start");
        assert_eq!(key("queued 02.amount"), "queued 2, amount");
        assert_eq!(key("replay.jitter"), "replay.jitter");
        assert_eq!(key("waves.minutes"), "waves.minutes");
    }
}
