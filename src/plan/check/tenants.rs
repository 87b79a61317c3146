//! Tenants: whether blind.csv says what the truth does to the plan, and tenants.csv what every tenant has of the scenario.

use super::assignment::Assignment;
use super::context::RefereeContext;
use super::judge::{Expected, Judged, by_key, judge, judge_things};
use super::load::Loads;
use super::path::Steered;
use super::period::PeriodState;
use super::report::{At, Report, Rule, is_same_difference};
use crate::diagnostic::amounts::rounded;
use crate::ids::{ComponentId, ResourceId, SiteId, TenantId, TierId};
use crate::model::Case;
use crate::plan::affected_users::AffectedPlaces;
use crate::plan::tenants::{TenantLedger, affected_by_group};
use crate::plan::{BlindImpact, Move, Part, TenantAccount, TenantMonth, blind_window as window};
use crate::plan_files::{BlindRow, Counted, Lined, Row, TenantRow};
use crate::scenario::{Period, Unanswered};
use crate::units::{AGREEMENT, NOBODY};
use std::collections::BTreeMap;

/// What the truth does to a period that does not answer everything yet, of the most load and users in it.
pub(super) fn blind_window(
    situation: &PeriodState,
    period: &Period,
    loads: &Loads,
    truth: (&Case, &[Unanswered]),
) -> Vec<BlindImpact> {
    let crossing = |component: ComponentId| loads.crossing[component.index()];
    window(
        (period, &situation.case),
        truth,
        |at| loads.load[at],
        crossing,
    )
}

/// Checks the rows of blind.csv of one period.
pub(super) fn check_blind(
    context: &RefereeContext,
    period: &Period,
    is_affected: &[BlindImpact],
    rows: &[&Lined<BlindRow>],
    report: &mut Report,
) {
    let expected = is_affected.iter().map(|blind_impact| {
        let amounts = blind_impact
            .amounts
            .map(|[load, believed, ..]| load.max(believed));
        let (most, affected) = (amounts.unwrap_or(1.0), blind_impact.users_affected);
        Expected::from(blind_impact.row(context.inventory, period.number()))
            .all_scaled(
                &["load", "believed_capacity", "true_capacity", "overload"],
                most,
            )
            .all_scaled(
                &["users_affected", "users_excess", "user_minutes"],
                affected,
            )
    });
    let key = |row: &BlindRow| -> Option<(ComponentId, Option<ResourceId>)> {
        let component = context.components.get(&*row.component).copied()?;
        let resource = match row.resource.as_deref() {
            None => None,
            Some(name) => Some(context.resources.get(name).copied()?),
        };
        Some((component, resource))
    };
    judge(rows.iter().copied(), key, expected, report);
}

impl Judged for BlindRow {
    const STRAY: Rule = Rule::new(
        "P7821",
        "write exactly one row for every component and resource that an event reduces before the plan answers it",
    );
    const MISSING: Rule = Rule::new("P7822", "add the row");
    const NAMED_IN: &'static str = "component";

    fn stray(&self, _: Option<u64>) -> [String; 2] {
        let resource = self.resource.as_deref().unwrap_or("no resource");
        [
            format!("`{}` and `{resource}`", self.component),
            "a component and resource that an unanswered event reduces, once".to_owned(),
        ]
    }

    fn missing(&self) -> [String; 2] {
        let resource = self.resource.as_ref();
        let resource = resource.map_or_else(String::new, |text| format!(" and `{text}`"));
        [
            format!(
                "no row of `{}`{resource} in period {}",
                self.component, self.period
            ),
            "a row for every component and resource that an unanswered event reduces".to_owned(),
        ]
    }
}

/// Adds a period to what every tenant has: who is served where, who changes site, and what is affected of the users who cross it.
pub(super) fn add(
    ledger: &mut TenantLedger<'_>,
    (situation, period): (&PeriodState, &Period),
    (assignment, steered): (&Assignment, &[Steered]),
    moves: &[Move],
    (affected, loads): (&[BlindImpact], &Loads),
) {
    let context = situation.context;
    let crossing = |component: ComponentId| loads.crossing[component.index()];
    let places = AffectedPlaces::new(context.inventory, affected, crossing);
    let flows = steered.iter().map(|row| {
        let route = &row.route;
        (
            row.group,
            &route.links[..],
            route.site,
            row.users,
            row.slice,
        )
    });
    let of_time = situation.case.hours.shares_within(period.start, period.end);
    let affected = affected_by_group(&places, context.groups.len(), flows, &of_time);
    let share = |part: &Part, site: SiteId| {
        let group = context.group_of(part.shard.index());
        affected.as_ref()?.get(group, site).copied()
    };
    let parts = assignment.all();
    let parts = parts.map(|(shard, part)| part.of_shard(shard));
    ledger.add(period, &situation.case.base_users, parts, share);
    ledger.count_moves(moves);
}

/// Checks the rows of tenants.csv; `is_played` if summary.json says that all of the plan was played as exactly as a replay.
pub(super) fn check(
    context: &RefereeContext,
    ledger: TenantLedger<'_>,
    (rows, is_played): (&[Lined<TenantRow>], bool),
    report: &mut Report,
) {
    let key = |row: &TenantRow| context.tenant_and_tier(&row.tenant, &row.tier);
    let written = by_key(rows, key);
    let accounts = ledger.finish();
    let things = accounts.iter().map(|(account, _)| {
        let key = (account.tenant, account.tier);
        (key, (key, account))
    });
    let expected = |(key, account): ((TenantId, TierId), &TenantAccount)| {
        let row = TenantRow {
            kept: kept(account, written.get(&key).copied()),
            ..account.row(context.inventory)
        };
        Expected::from(row).all_scaled(&MINUTES, 1e9 * NOBODY * account.minutes)
    };
    judge_things(rows, key, things, expected, report);
    if rows.iter().all(|row| row.row.month_counted.is_none()) {
        return;
    }
    let months = accounts.iter();
    let months: BTreeMap<(TenantId, TierId), &(TenantAccount, Vec<TenantMonth>)> = months
        .map(|month| ((month.0.tenant, month.0.tier), month))
        .collect();
    for row in rows {
        if let Some((account, months)) = key(&row.row).and_then(|key| months.get(&key)) {
            month_is_true(months, (account.promised, is_played), row, report);
        }
    }
}

/// The columns of user-minutes: nobody, all the time, is nothing.
const MINUTES: [&str; 3] = ["unserved_user_minutes", "hurt_user_minutes", "user_minutes"];

/// Whether a promise is kept; believed where that is a matter of arithmetic.
fn kept(account: &TenantAccount, tenant_row: Option<&TenantRow>) -> Option<bool> {
    let down = account.lost_user_minutes();
    let may_be = (1.0 - account.promised) * account.user_minutes;
    let slack = NOBODY * account.minutes + AGREEMENT * down.max(may_be);
    let flag = tenant_row.and_then(|tenant_row| tenant_row.kept);
    let flag = flag.filter(|_| (down - may_be).abs() <= slack);
    account
        .availability()
        .map(|_| flag.unwrap_or(down <= may_be))
}

impl Judged for TenantRow {
    const STRAY: Rule = Rule::new(
        "P7951",
        "write exactly one row for every tenant and tier of shards.csv",
    );
    const MISSING: Rule = Rule::new("P7952", "add the row");
    const NAMED_IN: &'static str = "tenant";

    fn stray(&self, _: Option<u64>) -> [String; 2] {
        [
            format!("`{}` and `{}`", self.tenant, self.tier),
            "a tenant with shards of the tier, once".to_owned(),
        ]
    }

    fn missing(&self) -> [String; 2] {
        [
            format!(
                "no row of tenant `{}` and tier `{}`",
                self.tenant, self.tier
            ),
            "every tenant and tier of shards.csv".to_owned(),
        ]
    }
}

/// P7957: of the calendar months that the scenario touches the one is named in which users have least, and whether that is what
/// is promised. What the plan's own replay counts is compared where that is played.
fn month_is_true(
    months: &[TenantMonth],
    (promised, is_played): (f64, bool),
    row: &Lined<TenantRow>,
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7957",
        "for each month of the scenario, multiply its average users by its minutes and sum the minutes down. Write the \
         month with the least uptime, or blanks without users",
    );
    let with_users = months.iter().filter(|month| month.user_minutes > 0.0);
    let least = with_users.map(TenantMonth::uptime).reduce(f64::min);
    let written = &row.row;
    let mut differs = |column: &str, found: String, expected: String| {
        report.add(
            RULE,
            At::cell(TenantRow::FILE, row.line, column),
            found,
            expected,
        );
    };
    let counted = match least {
        // Who is there in the replay at all is known where that is played.
        _ if is_played => written.month_counted.map(|_| Counted::Replay),
        Some(_) => Some(Counted::Plan),
        None => None,
    };
    if written.month_counted != counted {
        let word = |counted: Option<Counted>| match counted {
            Some(counted) => format!("`{}`", counted.word()),
            None => "a blank cell".to_owned(),
        };
        differs("month_counted", word(written.month_counted), word(counted));
        return;
    }
    let cells = (
        written.month,
        written.month_user_minutes,
        written.month_down_user_minutes,
        written.month_uptime,
        written.month_kept,
    );
    let (month, all, down, found_uptime, is_kept) = match cells {
        (Some(month), Some(all), Some(down), Some(uptime), Some(is_kept)) if counted.is_some() => {
            (month, all, down, uptime.0, is_kept)
        }
        (None, None, None, None, None) if counted.is_none() => return,
        _ => {
            let found = "some blank cells of the month".to_owned();
            let expected = "all cells filled with users, all blank without".to_owned();
            return differs("month", found, expected);
        }
    };
    if !is_played {
        let known = months.iter().find(|known| known.month == month.0);
        let (all_minutes, lost) = known.map_or((0.0, 0.0), |tenant_month| {
            (tenant_month.user_minutes, tenant_month.down_minutes)
        });
        for (column, found, expected) in [
            ("month_user_minutes", all, all_minutes),
            ("month_down_user_minutes", down, lost),
        ] {
            // Nobody, all the time, is nothing.
            let is_dust = (found - expected).abs() <= NOBODY * 1440.0;
            if !is_dust && !is_same_difference(found, expected, expected) {
                differs(column, rounded(found), rounded(expected));
            }
        }
        let least = least.unwrap_or_default();
        if known.is_none_or(|known| known.uptime() > least + AGREEMENT) {
            let expected = format!("a month with an uptime of {}", rounded(least));
            differs("month", format!("`{month}`"), expected);
        }
    }
    let expected = (1.0 - down / all).max(0.0);
    if (found_uptime - expected).abs() > AGREEMENT {
        differs("month_uptime", rounded(found_uptime), rounded(expected));
    }
    let is_close = (expected - promised).abs() <= AGREEMENT;
    if is_kept != (expected >= promised) && !is_close {
        let word = |is_kept: bool| if is_kept { "`yes`" } else { "`no`" }.to_owned();
        differs("month_kept", word(is_kept), word(!is_kept));
    }
}
