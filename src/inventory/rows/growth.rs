//! growth.csv: at which rates the users of shards grow.

use super::changes::NO_RANGE;
use super::contacts::known_tenant;
use super::{Located, located};
use crate::diagnostic::Code;
use crate::ids::{ClientRegionId, ProfileId, TenantId, TierId};
use crate::inventory::findings::Findings;
use crate::inventory::named::{Interner, Named};
use crate::inventory::source::Folder;
use crate::inventory::table::Row;
use crate::model::{ClientRegion, GrowthRate, Profile, Tier};
use jiff::Timestamp;

/// An expected rate outside the range of the forecast.
pub(crate) const RATE_OUTSIDE_RANGE: Code = Code("P2206");
/// A row that ends before it has begun.
pub(crate) const ENDS_FIRST: Code = Code("P2207");

pub(crate) const FILE: &str = "growth.csv";

/// The tables that growth.csv names.
pub(crate) struct GrowthTargets<'a> {
    /// `true` if no row of shards.csv is missing: all tenants are known.
    pub(crate) are_shards_whole: bool,
    pub(crate) client_regions: &'a Named<ClientRegion>,
    pub(crate) profiles: &'a Named<Profile>,
    pub(crate) tiers: &'a Named<Tier>,
}

/// The rows of growth.csv by start, in the order of what they select; tenants by number of their interner.
pub(crate) fn growth(
    folder: &Folder<'_>,
    tenants: &mut Interner,
    targets: &GrowthTargets<'_>,
    findings: &mut Findings,
) -> Vec<Located<GrowthRate>> {
    located(folder, FILE, findings, |row| {
        let start = row.date("start");
        let end = optional_date(row, "end");
        let tenant = tenant(row, tenants, targets.are_shards_whole);
        let [client_region, profile, tier] = [
            selected(row, "client_region", targets.client_regions),
            selected(row, "profile", targets.profiles),
            selected(row, "tier", targets.tiers),
        ];
        let monthly = row.optional("monthly");
        let [low, high] = ["low", "high"].map(|column| row.optional(column));
        let monthly = monthly?;
        let rate = GrowthRate {
            start: start?,
            end: end.ok()?,
            tenant: tenant.ok()?,
            client_region: client_region.ok()?.map(ClientRegionId),
            profile: profile.ok()?.map(ProfileId),
            tier: tier.ok()?.map(TierId),
            monthly,
            low: low.unwrap_or(monthly),
            high: high.unwrap_or(monthly),
        };
        ends_after_its_start(row, &rate);
        is_within_its_range(row, &rate);
        Some(rate)
    })
}

/// Rows in an order that does not depend on that of the file.
pub(crate) fn sort(rows: &mut [Located<GrowthRate>]) {
    let key = |rate: &GrowthRate| {
        let selectors = (rate.tenant, rate.client_region, rate.profile, rate.tier);
        let rates = [rate.monthly, rate.low, rate.high].map(ordered);
        (rate.start, selectors, rate.end, rates)
    };
    rows.sort_by_key(|row| (key(&row.value), row.line));
}

/// A finite number above −1 as a whole number in the same order.
fn ordered(rate: f64) -> u64 {
    (rate + 1.0).to_bits()
}

/// What a cell that may be blank holds: `Ok(None)` if it is blank, `Err` after a finding.
type Cell<T> = Result<Option<T>, Refused>;

/// A cell with a finding.
struct Refused;

/// The date in a cell.
fn optional_date(row: &mut Row<'_, '_>, column: &str) -> Cell<Timestamp> {
    if row.raw(column).is_empty() {
        return Ok(None);
    }
    row.date(column).map(Some).ok_or(Refused)
}

/// The position of the id in a cell.
fn selected<T>(row: &mut Row<'_, '_>, column: &str, table: &Named<T>) -> Cell<u32> {
    if row.raw(column).is_empty() {
        return Ok(None);
    }
    table.resolve(row, column).map(Some).ok_or(Refused)
}

/// The tenant in a cell.
fn tenant(row: &mut Row<'_, '_>, tenants: &mut Interner, are_shards_whole: bool) -> Cell<TenantId> {
    if row.raw("tenant").is_empty() {
        return Ok(None);
    }
    known_tenant(row, tenants, are_shards_whole)
        .map(Some)
        .ok_or(Refused)
}

/// A row ends after it has begun.
fn ends_after_its_start(row: &mut Row<'_, '_>, rate: &GrowthRate) {
    if let Some(end) = rate.end.filter(|end| *end <= rate.start) {
        row.error(
            "end",
            ENDS_FIRST,
            format!("{end}, not after the start {}", rate.start),
            "an end after the start",
            "swap the two dates, or leave `end` blank if there is none",
        );
    }
}

/// `low ≤ monthly ≤ high`.
fn is_within_its_range(row: &mut Row<'_, '_>, rate: &GrowthRate) {
    let (low, high) = (rate.low, rate.high);
    if low > high {
        row.error(
            "low",
            NO_RANGE,
            format!("{low}, above the high end {high}"),
            "a low end of at most the high end",
            "swap the two",
        );
    } else if !(low..=high).contains(&rate.monthly) {
        row.error(
            "monthly",
            RATE_OUTSIDE_RANGE,
            format!("{}, outside {low} to {high}", rate.monthly),
            "a rate between low and high",
            "correct the three rates; a blank `low` or `high` is `monthly`",
        );
    }
}
