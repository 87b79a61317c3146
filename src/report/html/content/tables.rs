//! The full tables at the end of the page, each with its most important rows.

use super::whys::PageAnchors;
use super::whys::PlanReport;
use crate::ids::{ShardId, SiteId, TenantId, TierId};
use crate::plan::{AccessPointChange, Move, PeriodPlan, TenantAccount, stage_name};
use crate::plan_files::AccessPointUse;
use crate::report::document::{Cell, Gauge, Listing, Table};
use crate::report::grammar::{count, only_if};
use crate::report::headroom::{HeadroomRow, State, before_words};
use crate::report::numbers;
use crate::report::period::headroom_rows;
use crate::units::{FEASIBILITY, NOBODY};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of headroom.csv, tightest first, and where each of them stands.
pub(super) struct HeadroomTable {
    table: Table,
    /// Period, component and resource to anchor.
    anchors: BTreeMap<(usize, String, String), String>,
}

impl HeadroomTable {
    pub(super) fn new(plan_report: &PlanReport<'_>, anchors: &PageAnchors) -> Self {
        let mut rows: Vec<(usize, HeadroomRow)> = plan_report
            .briefing
            .plan
            .periods
            .iter()
            .flat_map(|period| {
                let index = period.period.index;
                let rows = headroom_rows(plan_report.briefing.inventory, period);
                rows.into_iter().map(move |row| (index, row))
            })
            .collect();
        rows.sort_by(|a, b| a.1.tightness(&b.1).then(a.0.cmp(&b.0)));
        let (rows, unchanged) = without_unchanged(rows);
        let listing = Listing::selected(rows, "tightest", "headroom.csv");
        let mut position = 0..;
        let listing = listing.with(|_| format!("headroom-row-{}", position.next().unwrap_or(0)));
        let because =
            |(period, row): &(usize, HeadroomRow)| anchors.of_component(*period, &row.component);
        let of_rows = listing.each().map(|((period, row), anchor)| {
            let key = (*period, row.component.clone(), row.resource.clone());
            (key, anchor.clone())
        });
        let of_rows = of_rows.collect();
        let table = listing
            .anchored(|(_, anchor)| Some(anchor.clone()))
            .number("period", |((period, _), _)| Cell::period(*period))
            .words("component", |(pair, _)| {
                Cell::named(&pair.1.name, &pair.1.component)
                    .judged(pair.1.state())
                    .maybe_because(because(pair))
            })
            .words("kind", |((_, row), _)| row.kind.word().replace('_', " "))
            .words("resource", |((_, row), _)| Cell::words(&row.resource))
            .number(
                before_words(plan_report.briefing.inventory),
                |((_, row), _)| before(row),
            )
            .number("during", |(pair, _)| Cell {
                gauge: Gauge::of(&pair.1),
                because: because(pair),
                ..during(&pair.1)
            })
            .number("target", |((_, row), _)| target(row))
            .number("spare capacity", |((_, row), _)| amount(row.spare()))
            .number("load", |((_, row), _)| amount(row.load))
            .number("capacity", |((_, row), _)| amount(row.capacity))
            .words("unit", |((_, row), _)| Cell::words(&row.unit))
            .table("headroom", "Headroom")
            .sortable();
        let table = match unchanged {
            Some(words) => table.noted_too(&words),
            None => table,
        };
        Self {
            table,
            anchors: of_rows,
        }
    }

    pub(super) fn anchor(&self, period: &PeriodPlan, row: &HeadroomRow) -> String {
        self.anchor_of(period.period.index, &row.component, &row.resource)
    }

    /// Where the row of a period, component and resource, by their ids, stands, or else the table.
    pub(super) fn anchor_of(&self, period: usize, component: &str, resource: &str) -> String {
        let key = (period, component.to_owned(), resource.to_owned());
        let anchor = self.anchors.get(&key);
        anchor.cloned().unwrap_or_else(|| self.table.id.clone())
    }
}

/// Rows of a headroom table that stay in it, tightest first, even where nothing changes there.
const KEPT: usize = 10;

/// The rows without those, past the tightest, of components whose headroom is that of before in every period and at least twice
/// its target; and what they are, in a line.
fn without_unchanged(
    rows: Vec<(usize, HeadroomRow)>,
) -> (Vec<(usize, HeadroomRow)>, Option<String>) {
    let free = |row: &HeadroomRow| {
        let [before, during] = [row.headroom_before()?, row.headroom_during()?];
        let is_same = (before - during).abs() <= FEASIBILITY;
        let is_wide = during >= 2.0 * row.target.unwrap_or(0.0) && row.state() == State::Fine;
        (is_same && is_wide).then_some(during)
    };
    let changed: BTreeSet<String> = rows
        .iter()
        .enumerate()
        .filter(|(position, (_, row))| *position < KEPT || free(row).is_none())
        .map(|(_, (_, row))| row.component.clone())
        .collect();
    let (kept, unchanged): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|(_, row)| changed.contains(&row.component));
    let components: BTreeSet<&str> = unchanged
        .iter()
        .map(|(_, row)| row.component.as_str())
        .collect();
    let least = unchanged.iter().filter_map(|(_, row)| free(row));
    let least = least.reduce(f64::min);
    let words = least.map(|least| {
        let components = count(components.len(), "component");
        format!(
            "{components} unchanged, {} free or more.",
            numbers::headroom(least)
        )
    });
    (kept, words)
}

/// An item of a period: what it is ranked by, the period, and the item.
pub(super) type Ranked<T> = (f64, usize, T);

fn amount(value: f64) -> Cell {
    Cell::number(numbers::amount(value), value)
}

pub(super) fn before(row: &HeadroomRow) -> Cell {
    Cell::maybe(row.headroom_before(), numbers::headroom)
}

pub(super) fn during(row: &HeadroomRow) -> Cell {
    match row.headroom_during() {
        Some(headroom) => Cell::number(numbers::headroom(headroom), headroom),
        None if row.is_stranded() => Cell::words("no capacity"),
        None => Cell::words(row.standing.word()),
    }
}

pub(super) fn target(row: &HeadroomRow) -> Cell {
    Cell::maybe(row.target, numbers::percent)
}

impl<'a> PlanReport<'a> {
    pub(super) fn tables(&self, anchors: &PageAnchors, headroom: &HeadroomTable) -> Vec<Table> {
        vec![
            self.tenants(anchors),
            self.changes(anchors),
            headroom.table.clone(),
            self.unserved(anchors),
            self.moves(anchors),
            self.steering(),
            self.access_points(anchors),
            self.levels(),
        ]
    }

    /// Every period's items of one kind with what they are ranked by, largest first.
    fn ranked<T>(
        &self,
        items: impl Fn(&'a PeriodPlan) -> Vec<(f64, T)>,
        file: &str,
    ) -> Listing<Ranked<T>> {
        let mut all: Vec<Ranked<T>> = Vec::new();
        for period in &self.briefing.plan.periods {
            let ranked = items(period).into_iter();
            all.extend(ranked.map(|(rank, item)| (rank, period.period.index, item)));
        }
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        let listing = Listing::selected(all, "largest", file);
        listing.number("period", |(_, period, _)| Cell::period(*period))
    }

    fn unserved(&self, anchors: &PageAnchors) -> Table {
        let inventory = self.briefing.inventory;
        let id = |shard: ShardId| inventory.shard_name(shard);
        let row = |shard: ShardId| &inventory.shards[shard.index()];
        let reasons = |period: &'a PeriodPlan| {
            let reasons = self.unserved_words(period).into_iter();
            reasons
                .map(|(shard, (users, reason))| (users, (shard, reason)))
                .collect()
        };
        self.ranked(reasons, "unserved.csv")
            .words("shard", |(.., (shard, _))| id(*shard))
            .words("tenant", |(.., (shard, _))| {
                &inventory.tenants[row(*shard).tenant.index()]
            })
            .words("tier", |(.., (shard, _))| {
                &inventory.tiers[row(*shard).tier.index()].id
            })
            .number("users", |(users, period, (shard, _))| {
                Cell::number(numbers::users_up(*users), *users)
                    .maybe_because(anchors.of_unserved(*period, id(*shard)))
            })
            .words("because", |(.., (_, reason))| Cell::words(reason))
            .table("unserved", "Unserved shards")
            .sortable()
    }

    fn moves(&self, anchors: &PageAnchors) -> Table {
        let inventory = self.briefing.inventory;
        let id = |moved: &Move| inventory.shard_name(moved.shard);
        let site = |site: SiteId| inventory.site_name(site);
        let moves = |period: &'a PeriodPlan| {
            let moves = period.moves.iter();
            moves.map(|moved| (moved.users, moved)).collect()
        };
        self.ranked(moves, "moves.csv")
            .words("shard", |(.., moved)| id(moved))
            .words("tenant", |(.., moved)| {
                let tenant = inventory.shards[moved.shard.index()].tenant;
                inventory.tenant_name(tenant)
            })
            .words("from", |(.., moved)| moved.from.map_or("(new)", site))
            .words("to", |(.., moved)| site(moved.to))
            .number("users", |(.., moved)| Cell::users(moved.users))
            .words("how", |(.., moved)| moved.how.word())
            .words("why", |(_, period, moved)| {
                Cell::words(moved.reason.word()).maybe_because(anchors.of_move(*period, id(moved)))
            })
            .table("moves", "Moves")
            .sortable()
    }

    /// Client region × access point × site, with the mean latency of those users, when there is most demand.
    fn steering(&self) -> Table {
        let inventory = self.briefing.inventory;
        let sums = |period: &'a PeriodPlan| {
            let mut sums: BTreeMap<[usize; 3], (f64, f64)> = BTreeMap::new();
            for flow in period.busiest_flows() {
                let key = [
                    flow.group.client_region.index(),
                    flow.path.access_point.index(),
                    flow.path.site.index(),
                ];
                let sum = sums.entry(key).or_default();
                sum.0 += flow.users;
                sum.1 += flow.users * flow.path.latency;
            }
            sums.retain(|_, (users, _)| *users > NOBODY);
            let sums = sums.into_iter();
            sums.map(|(key, (users, latency))| (users, (key, latency / users)))
                .collect()
        };
        self.ranked(sums, "steering.csv")
            .words("client region", |(.., (key, _))| {
                &inventory.client_regions[key[0]].name
            })
            .words("access point", |(.., (key, _))| {
                &inventory.access_points[key[1]].name
            })
            .words("site", |(.., (key, _))| &inventory.sites[key[2]].name)
            .number("users", |(users, ..)| Cell::users(*users))
            .number("mean latency, ms", |(.., (_, latency))| amount(*latency))
            .table("steering", "Steering")
            .sortable()
    }

    fn access_points(&self, anchors: &PageAnchors) -> Table {
        let changes = |period: &'a PeriodPlan| {
            let is_told = |access_point_change: &&AccessPointChange| {
                access_point_change.users > NOBODY
                    || access_point_change.after != AccessPointUse::Standby
            };
            let changes = period.access_points.iter().filter(is_told);
            changes.map(|change| (change.users, change)).collect()
        };
        let rows = self.ranked(changes, "access_points.csv");
        let rows = self.rows_of_access_points(anchors, rows);
        rows.table("access-points", "Access points").sortable()
    }

    /// States of access points before and now, and users that enter there.
    pub(super) fn rows_of_access_points(
        &self,
        anchors: &PageAnchors,
        rows: Listing<Ranked<&'a AccessPointChange>>,
    ) -> Listing<Ranked<&'a AccessPointChange>> {
        let access_points = &self.briefing.inventory.access_points;
        let call = |change: &AccessPointChange| &access_points[change.access_point.index()];
        rows.words("access point", |(.., change)| &call(change).name)
            .words("was", |(.., change)| change.before.word())
            .words("is", |(.., change)| {
                let because = anchors.of_access_point(&call(change).id);
                Cell::words(change.after.word()).maybe_because(because)
            })
            .number("users enter", |(.., change)| Cell::users(change.users))
    }

    fn levels(&self) -> Table {
        let periods = self.briefing.plan.periods.iter();
        let levels = periods.flat_map(|period| {
            let stages = period.stages.iter();
            stages.map(move |stage| (period.period.index, stage))
        });
        // Values below the tolerance are what arithmetic leaves of 0.
        let amount = |value: f64| {
            let is_none = value.abs() <= FEASIBILITY;
            Cell::number(numbers::amount(if is_none { 0.0 } else { value }), value)
        };
        Listing::of(levels)
            .number("period", |(period, _)| Cell::period(*period))
            .words("goal", |(_, stage)| {
                stage_name(stage.level, stage.tier.as_deref()).replace('_', " ")
            })
            .number("best", |(_, stage)| amount(stage.value))
            .number("bound", |(_, stage)| amount(stage.bound))
            .number("gap", |(_, stage)| {
                let words = if stage.gap > FEASIBILITY {
                    numbers::percent(stage.gap)
                } else {
                    "proven".to_owned()
                };
                Cell::number(words, stage.gap)
            })
            .number("this plan", |(_, stage)| amount(stage.plan))
            .table("levels", "Goals in their order")
            .noted("Best value with split shards, its proven bound, and the value of this plan.")
            .sortable()
    }
}

/// By tenant and tier, the period and shard with most unserved or moved users, and how many.
type Worst = BTreeMap<(TenantId, TierId), (f64, usize, ShardId)>;

impl PlanReport<'_> {
    pub(super) fn tenants(&self, anchors: &PageAnchors) -> Table {
        let inventory = self.briefing.inventory;
        let (unserved, moved) = self.worst_shards();
        let is_open = self.briefing.open_promises();
        let worst = |worst: &Worst, account: &TenantAccount| {
            let (_, period, shard) = worst.get(&(account.tenant, account.tier))?;
            Some((*period, inventory.shard_name(*shard)))
        };
        let but = self.briefing.left_out_of_promises();
        let but = but.map_or_else(String::new, |what| format!("Not counted: {what}. "));
        let affected = only_if(
            self.briefing.counts_affected(),
            || "Affected users count as down. ",
        );
        let accounts = self.briefing.plan.tenants.iter().collect();
        let table = Listing::<&TenantAccount>::selected(accounts, "worst", "tenants.csv")
            .words("tenant", |tenant_account| {
                let is_broken = tenant_account.is_kept_by_month() == Some(false);
                Cell::words(inventory.tenant_name(tenant_account.tenant))
                    .judged_if(is_broken, State::Full)
            })
            .words("tier", |tenant_account| {
                inventory.tier_name(tenant_account.tier)
            })
            .words("SLA target", |tenant_account| {
                match tenant_account.is_kept_by_month() {
                    Some(false) => "missed",
                    Some(true) if is_open(tenant_account) => "not checked",
                    Some(true) => "kept",
                    None => "–",
                }
            })
            .number("promised", |tenant_account| {
                Cell::number(
                    numbers::availability(tenant_account.promised),
                    tenant_account.promised,
                )
            })
            .number("uptime of the month", |tenant_account| {
                Cell::maybe(
                    tenant_account
                        .month
                        .map(|tenant_month| tenant_month.uptime()),
                    numbers::availability,
                )
            })
            .number("users", |tenant_account| Cell::users(tenant_account.users))
            .number("unserved", |tenant_account| {
                let because = worst(&unserved, tenant_account);
                let because =
                    because.and_then(|(period, shard)| anchors.of_unserved(period, shard));
                Cell::number(
                    numbers::users_up(tenant_account.unserved),
                    tenant_account.unserved,
                )
                .maybe_because(because)
            })
            .number("affected user minutes", |tenant_account| {
                let affected = Cell::number(
                    numbers::about(tenant_account.affected_minutes),
                    tenant_account.affected_minutes,
                );
                if tenant_account.affected_minutes > NOBODY {
                    affected.because("unknown")
                } else {
                    affected
                }
            })
            .number("moved", |tenant_account| {
                let because = worst(&moved, tenant_account);
                let because = because.and_then(|(period, shard)| anchors.of_move(period, shard));
                Cell::users(tenant_account.moved).maybe_because(because)
            })
            .table("tenants", "Tenants to notify")
            .sortable();
        let note = format!(
            "An SLA target is missed where users have less uptime in a calendar month than the tier promises, without downtime outside of this scenario. Of several months the worst counts. {affected}{but}{}",
            table.note
        );
        Table {
            link: "Tenants",
            ..table
        }
        .noted(note.trim_end())
    }

    fn worst_shards(&self) -> (Worst, Worst) {
        let (mut unserved, mut moved) = (Worst::new(), Worst::new());
        let add = |worst: &mut Worst, shard: ShardId, users: f64, period: usize| {
            let row = &self.briefing.inventory.shards[shard.index()];
            let known = worst
                .entry((row.tenant, row.tier))
                .or_insert((NOBODY, period, shard));
            if users > known.0 {
                *known = (users, period, shard);
            }
        };
        for period in &self.briefing.plan.periods {
            let index = period.period.index;
            let parts = period.parts.iter().filter(|part| part.site.is_none());
            for part in parts.filter(|part| part.users > NOBODY) {
                add(&mut unserved, part.shard, part.users, index);
            }
            for one_moved in period.moves.iter().filter(|moved| moved.users > NOBODY) {
                add(&mut moved, one_moved.shard, one_moved.users, index);
            }
        }
        (unserved, moved)
    }
}
