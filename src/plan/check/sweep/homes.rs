//! Where shards are when the swept period begins.

use super::super::ground::Ground;
use super::super::homes::Homes;
use super::super::report::{At, Report, Rule, is_same};
use super::asked::Asked;
use crate::ids::SiteId;
use crate::model::Case;
use crate::plan_files::{HomeRow, Lined, Row, decimal};
use crate::scenario::{Band, Knowledge, Period, case_at, periods};
use std::collections::BTreeMap;

/// What is believed in a period.
fn case(ground: &Ground<'_>, period: &Period) -> Case {
    let (inventory, scenario) = (ground.inventory, ground.scenario);
    let at = period.start;
    case_at(inventory, scenario, at, Knowledge::Believed, Band::Expected)
}

/// Where shards are, and how that is known.
pub(super) enum Whereabouts {
    /// From shards.csv and the scenario alone.
    Known(Homes),
    /// homes.csv says so, and nobody can tell whether earlier periods lead there.
    Believed(Homes),
    /// Nobody says.
    Unknown,
}

impl Whereabouts {
    /// Where shards are, with the rows of homes.csv if it is there.
    pub(super) fn new(
        ground: &Ground<'_>,
        asked: &Asked,
        rows: Option<&[Lined<HomeRow>]>,
        report: &mut Report,
    ) -> Self {
        let inventory = ground.inventory;
        let homes = Homes::of_inventory(inventory);
        let is_first = asked.period.index == 0 && !asked.is_from_plan;
        // Where a period without events left shards, they return to that.
        let is_returning = asked.is_returning(ground)
            && !asked.is_from_plan
            && (periods(inventory, ground.scenario).iter())
                .take(asked.period.index)
                .all(|own| case(ground, own).is_event_in_force);
        // Who is to be placed was placed by an earlier period.
        let is_movable =
            |shard: usize| !is_first && (!is_returning || inventory.shards[shard].site.is_none());
        if !(0..inventory.shards.len()).any(is_movable) {
            let _ = with_rows(
                ground,
                homes.clone(),
                rows.unwrap_or_default(),
                &is_movable,
                report,
            );
            return Self::Known(homes);
        }
        match rows {
            Some(rows) => Self::Believed(with_rows(ground, homes, rows, &is_movable, report)),
            None => Self::Unknown,
        }
    }

    /// Where they are, if that is said.
    pub(super) fn into_homes(self) -> Option<Homes> {
        match self {
            Self::Known(homes) | Self::Believed(homes) => Some(homes),
            Self::Unknown => None,
        }
    }

    /// Puts some shards where homes.csv says that they are; `false` if nobody says.
    pub(super) fn put(&self, shards: &[usize], homes: &mut Homes) -> bool {
        let (Self::Known(told) | Self::Believed(told)) = self else {
            return shards.is_empty();
        };
        for &shard in shards {
            let shares = told.shares(shard).into_iter();
            let sites: Vec<(SiteId, f64)> = shares
                .filter_map(|(site, share)| Some((site?, share)))
                .collect();
            homes.stand(shard, &sites);
        }
        true
    }

    /// P7837: homes.csv says that shards are where they are.
    pub(super) fn are(&self, ground: &Ground<'_>, expected: &Homes, report: &mut Report) {
        let (Self::Known(told) | Self::Believed(told)) = self else {
            return;
        };
        for shard in 0..ground.inventory.shards.len() {
            let (found, expected) = (told.shares(shard), expected.shares(shard));
            let is_there =
                |(one, other): (&Share, &Share)| one.0 == other.0 && is_same(one.1, other.1, 1.0);
            if found.len() != expected.len() || !found.iter().zip(&expected).all(is_there) {
                let words = |all: &[Share]| {
                    let all = all.iter().map(|(site, share)| {
                        format!("{} at `{}`", decimal(*share), ground.site_name(*site))
                    });
                    all.collect::<Vec<_>>().join(", ")
                };
                let name = ground.shard_name(shard);
                let found = format!("shard `{name}`: {}", words(&found));
                report.add(RULE, At::file(HomeRow::FILE), found, words(&expected));
            }
        }
    }
}

/// A site and its share of a shard.
type Share = (Option<SiteId>, f64);

const RULE: Rule = Rule {
    code: "P7837",
    hint: "name each shard that is not at its site of shards.csv, with its sites and the share of it at each",
};

/// P7837: every row names a shard that can be elsewhere than at its site of shards.csv, and a site; its shares are all
/// of it.
fn with_rows(
    ground: &Ground<'_>,
    mut homes: Homes,
    rows: &[Lined<HomeRow>],
    is_movable: &dyn Fn(usize) -> bool,
    report: &mut Report,
) -> Homes {
    let mut sites_of: BTreeMap<usize, (u64, BTreeMap<SiteId, f64>)> = BTreeMap::new();
    for Lined { line, row } in rows {
        let mut wrong = |column: &str, found: String, expected: &str| {
            report.add(
                RULE,
                At::cell(HomeRow::FILE, *line, column),
                found,
                expected,
            );
        };
        let shard = ground
            .shards
            .get(&row.shard)
            .map(crate::ids::ShardId::index);
        let Some(shard) = shard.filter(|shard| is_movable(*shard)) else {
            let expected = "a shard that may be elsewhere than at its site of shards.csv";
            wrong("shard", format!("`{}`", row.shard), expected);
            continue;
        };
        let Some(site) = ground.sites.get(row.site.as_str()).copied() else {
            wrong("site", format!("`{}`", row.site), "a site of the inventory");
            continue;
        };
        let (_, sites) = sites_of.entry(shard).or_insert((*line, BTreeMap::new()));
        if sites.insert(site, row.share).is_some() {
            wrong(
                "site",
                format!("`{}` again", row.site),
                "one row for a shard at a site",
            );
        }
    }
    for (shard, (line, sites)) in sites_of {
        let all: f64 = sites.values().sum();
        let has_none = sites.values().any(|share| *share <= 0.0);
        let home = ground.inventory.shards[shard].site;
        let is_at_home = sites.len() == 1 && sites.keys().next() == home.as_ref();
        if has_none || is_at_home || !is_same(all, 1.0, 1.0) {
            let at = At::cell(HomeRow::FILE, line, "share");
            let found = format!("{} of shard `{}`", decimal(all), ground.shard_name(shard));
            let expected = "shares above 0 that sum to 1, not all at its site of shards.csv";
            report.add(RULE, at, found, expected);
        } else {
            let sites: Vec<(SiteId, f64)> = sites.into_iter().collect();
            homes.stand(shard, &sites);
        }
    }
    homes
}
