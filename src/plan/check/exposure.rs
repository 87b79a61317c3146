//! Exposure: what tenants lose to silent faults, recomputed from the assignment and the steering, and whether
//! `protection_gray.csv` says so.

use super::ground::Ground;
use super::leg::Steered;
use super::parts::Assignment;
use super::period::Situation;
use super::protection::ASKED;
use super::report::{At, Report, Rule, cell_text, is_same, is_same_count};
use crate::ids::{ComponentId, SiteId, TenantId, TierId};
use crate::model::{Failing, FailureSet, ProtectGray};
use crate::plan_files::{
    GrayRow, Lined, ProtectionGrayRow, ProtectionGraySummary, ProtectionSummary, Row, SUMMARY_FILE,
    decimal,
};
use crate::units::{NOBODY, ROUNDING};
use std::collections::{BTreeMap, BTreeSet};

/// Tenant and tier.
type Key = (TenantId, TierId);

/// What a tenant's users of a tier have.
#[derive(Default)]
pub(super) struct Exposed {
    users: f64,
    /// By member: users who cross it.
    crossing: BTreeMap<usize, f64>,
}

/// What silent faults are asked about.
pub(super) struct Faults {
    /// The share of the work through a gray member that is lost.
    pub(super) severity: f64,
    /// At most so many members at once.
    pub(super) most: usize,
    /// Until they are detected.
    pub(super) minutes: f64,
}

/// What a row says of a tenant's users of a tier.
pub(super) struct Told<'r> {
    file: &'static str,
    line: u64,
    users: f64,
    lost_users: f64,
    lost_share: f64,
    lost_user_minutes: f64,
    /// The members that hurt them most.
    gray: &'r str,
    /// What stands between two of them.
    between: &'static str,
}

/// The columns that both files share, with what stands between two names of gray members.
macro_rules! told {
    ($row:ty, $between:literal) => {
        impl<'r> From<&'r Lined<$row>> for Told<'r> {
            fn from(lined: &'r Lined<$row>) -> Self {
                Self {
                    file: <$row>::FILE,
                    line: lined.line,
                    users: lined.row.users,
                    lost_users: lined.row.lost_users,
                    lost_share: lined.row.lost_share,
                    lost_user_minutes: lined.row.lost_user_minutes,
                    gray: lined.row.gray.as_deref().unwrap_or_default(),
                    between: $between,
                }
            }
        }
    };
}

told!(ProtectionGrayRow, " + ");
told!(GrayRow, "+");

/// What to do about members that do not hurt most.
pub(super) const NAME_THE_WORST: &str = "name the members that most of the users cross, at most as many as turn gray; none if they cross none";

/// What may turn gray in a period, and who crosses it.
pub(super) struct Exposures<'a> {
    members: Members<'a>,
    /// Those with users.
    pub(super) all: BTreeMap<Key, Exposed>,
}

impl<'a> Exposures<'a> {
    /// Who crosses what of a set.
    pub(super) fn new(
        (ground, situation): (&'a Ground<'a>, &Situation),
        over: FailureSet,
        assignment: &Assignment,
        steered: &[Steered],
    ) -> Self {
        let members = Members::new(ground, situation, over);
        let shares = members.shares(situation, steered);
        let mut all: BTreeMap<Key, Exposed> = BTreeMap::new();
        for (shard, part) in assignment.all() {
            let row = &ground.inventory.shards[shard];
            let exposed = all.entry((row.tenant, row.tier)).or_default();
            exposed.users += part.users;
            let at = part.to.map(|site| (ground.group_of(shard), site));
            for (member, share) in at.and_then(|at| shares.get(&at)).into_iter().flatten() {
                *exposed.crossing.entry(*member).or_default() += share * part.users;
            }
        }
        all.retain(|_, exposed| exposed.users > NOBODY);
        Self { members, all }
    }

    /// The tenant and the tier of these names, if it has users of it.
    pub(super) fn key(&self, tenant: &str, tier: &str) -> Option<Key> {
        let inventory = self.members.ground.inventory;
        let of_tenant = inventory
            .tenants
            .binary_search_by(|own| own.as_str().cmp(tenant));
        let of_tier = inventory.tiers.iter().position(|own| own.id == tier);
        let key = (TenantId::new(of_tenant.ok()?), TierId::new(of_tier?));
        self.all.contains_key(&key).then_some(key)
    }

    /// Checks what a row says of a tenant's users of a tier; the rules are those of its amounts and of its members.
    pub(super) fn check(
        &self,
        key: Key,
        faults: &Faults,
        told: &Told<'_>,
        [amounts, members]: [Rule; 2],
        report: &mut Report,
    ) {
        let exposed = &self.all[&key];
        let at = |column| At::cell(told.file, told.line, column);
        let lost = exposed.lost(faults.severity, faults.most);
        for (column, found, expected) in [
            ("users", told.users, exposed.users),
            ("lost_users", told.lost_users, lost),
            (
                "lost_user_minutes",
                told.lost_user_minutes,
                lost * faults.minutes,
            ),
        ] {
            if !is_same_count(found, expected) && !is_same(found, expected, exposed.users) {
                report.add(amounts, at(column), decimal(found), decimal(expected));
            }
        }
        let share = lost / exposed.users;
        if !is_same(told.lost_share, share, 1.0) {
            let (found, expected) = (decimal(told.lost_share), decimal(share));
            report.add(amounts, at("lost_share"), found, expected);
        }
        if !self.hurt_most(exposed, (told.gray, told.between), faults.most) {
            let found = match told.gray {
                "" => "a blank cell".to_owned(),
                named => format!("`{named}`"),
            };
            let users = decimal(exposed.most(faults.most));
            let expected = format!("members that {users} users cross");
            report.add(members, at("gray"), found, expected);
        }
    }

    /// `true` if a text names members that may turn gray, each once, at most so many of them, and they hurt as much as
    /// any. What stands between two names may stand in a name too.
    fn hurt_most(&self, exposed: &Exposed, (text, between): (&str, &str), most: usize) -> bool {
        let inventory = self.members.ground.inventory;
        let worst = exposed.most(most);
        let is_worst =
            |crossed: f64| is_same_count(crossed, worst) || is_same(crossed, worst, exposed.users);
        if text.is_empty() {
            return is_worst(0.0);
        }
        let crossing = exposed.crossing.iter();
        let crossing: Vec<(&str, f64)> = crossing
            .map(|(member, users)| (self.members.all[*member].name(inventory), *users))
            .collect();
        // What of the text is left, who was named before, and users who cross these.
        let mut open: Vec<(&str, Vec<usize>, f64)> = vec![(text, Vec::new(), 0.0)];
        while let Some((left, named, crossed)) = open.pop() {
            if named.len() >= most {
                continue;
            }
            for (position, (name, users)) in crossing.iter().enumerate() {
                let Some(left) = left.strip_prefix(name) else {
                    continue;
                };
                if named.contains(&position) {
                    continue;
                }
                let crossed = crossed + users;
                if left.is_empty() && is_worst(crossed) {
                    return true;
                }
                if let Some(left) = left.strip_prefix(between) {
                    let named = named.iter().copied().chain([position]);
                    open.push((left, named.collect(), crossed));
                }
            }
        }
        false
    }
}

impl Exposed {
    /// Users who cross the members that most of them cross, at most so many members.
    fn most(&self, members: usize) -> f64 {
        let mut users: Vec<f64> = self.crossing.values().copied().collect();
        users.sort_by(|a, b| b.total_cmp(a));
        users.iter().take(members).sum()
    }

    /// Users of them who lose their work at worst.
    fn lost(&self, severity: f64, most: usize) -> f64 {
        (severity * self.most(most)).min(self.users)
    }
}

/// What may turn gray in a period.
struct Members<'a> {
    ground: &'a Ground<'a>,
    all: Vec<Failing>,
    /// By component, the positions of those that it is of.
    of: BTreeMap<ComponentId, Vec<usize>>,
}

impl<'a> Members<'a> {
    fn new(ground: &'a Ground<'a>, situation: &Situation, over: FailureSet) -> Self {
        let all = over.left_in(ground.inventory, &situation.case);
        let mut of: BTreeMap<ComponentId, Vec<usize>> = BTreeMap::new();
        for (position, member) in all.iter().enumerate() {
            for component in member.components(ground.inventory) {
                of.entry(component).or_default().push(position);
            }
        }
        Self { ground, all, of }
    }

    /// By group and site, the share of the users there who cross each member: who crosses several of its components
    /// crosses it once.
    fn shares(
        &self,
        situation: &Situation,
        steered: &[Steered],
    ) -> BTreeMap<(usize, SiteId), BTreeMap<usize, f64>> {
        let ground = self.ground;
        let mut users: BTreeMap<(usize, SiteId), f64> = BTreeMap::new();
        let mut sums: BTreeMap<(usize, SiteId), BTreeMap<usize, f64>> = BTreeMap::new();
        for row in steered {
            let mut of_row: BTreeMap<usize, f64> = BTreeMap::new();
            let mut cross = |component: ComponentId, share: f64| {
                for member in self.of.get(&component).into_iter().flatten() {
                    let crossed = of_row.entry(*member).or_default();
                    *crossed = (*crossed + share).min(1.0);
                }
            };
            cross(ground.inventory.site_component(row.route.site), 1.0);
            for component in row.route.components(ground) {
                cross(component, 1.0);
            }
            for pool in row.route.pools() {
                let members = &situation.members[pool.index()];
                for member in members {
                    cross(*member, 1.0 / members.len() as f64);
                }
            }
            let at = (row.group, row.route.site);
            // Faults come at any time: what counts is the mean over the hours.
            let users_of_row = row.users * situation.case.hours.weight(row.slice);
            *users.entry(at).or_default() += users_of_row;
            let sums = sums.entry(at).or_default();
            for (member, share) in of_row {
                *sums.entry(member).or_default() += share * users_of_row;
            }
        }
        for (at, sums) in &mut sums {
            for sum in sums.values_mut() {
                *sum /= users[at].max(f64::MIN_POSITIVE);
            }
        }
        sums
    }
}

/// Checks the rows of a period, and what the summary says of them.
pub(super) fn check(
    (ground, situation): (&Ground<'_>, &Situation),
    (period, asked): (usize, &ProtectGray),
    assignment: &Assignment,
    steered: &[Steered],
    (rows, told): (&[&Lined<ProtectionGrayRow>], Option<&ProtectionSummary>),
    report: &mut Report,
) {
    let exposures = Exposures::new((ground, situation), asked.over, assignment, steered);
    match told.map(|own| own.gray.as_ref()) {
        Some(Some(summary)) => {
            summary_counts_who_loses_more(&exposures.all, (period, asked), summary, report);
            summary_tells_what_was_asked((period, asked), summary, report);
        }
        Some(None) => {
            let key = format!("periods[{period}].protection.gray");
            let at = At::cell(SUMMARY_FILE, 0, &key);
            report.add(ASKED, at, "nothing", "who loses more than may be lost");
        }
        None => {}
    }
    let mut left: BTreeSet<Key> = exposures.all.keys().copied().collect();
    for row in rows {
        let Some(key) = row_is_of_a_tenant_and_tier(&exposures, &mut left, row, report) else {
            continue;
        };
        losses_are_true(&exposures, (key, asked), row, report);
    }
    for (tenant, tier) in left {
        row_is_missing(ground, tenant, tier, report);
    }
}

/// A cell of `protection_gray.csv`.
fn cell<'a>(row: &Lined<ProtectionGrayRow>, column: &'a str) -> At<'a> {
    At::cell(ProtectionGrayRow::FILE, row.line, column)
}

/// P7931: each row is of a tenant with users of the tier, once.
fn row_is_of_a_tenant_and_tier(
    exposures: &Exposures<'_>,
    left: &mut BTreeSet<Key>,
    row: &Lined<ProtectionGrayRow>,
    report: &mut Report,
) -> Option<Key> {
    const RULE: Rule = Rule {
        code: "P7931",
        hint: "keep one row for every tenant and tier with users",
    };
    let (tenant, tier) = (row.row.tenant.as_str(), row.row.tier.as_str());
    let key = exposures.key(tenant, tier);
    let key = key.filter(|key| left.remove(key));
    if key.is_none() {
        report.add(
            RULE,
            cell(row, "tenant"),
            format!("`{tenant}` and `{tier}`"),
            "a tenant with users of the tier, once",
        );
    }
    key
}

/// P7932: every tenant and tier with users has a row.
fn row_is_missing(ground: &Ground<'_>, tenant: TenantId, tier: TierId, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7932",
        hint: "add the row",
    };
    let tenant = &ground.inventory.tenants[tenant.index()];
    let tier = &ground.inventory.tiers[tier.index()].id;
    report.add(
        RULE,
        At::file(ProtectionGrayRow::FILE),
        format!("no row of tenant `{tenant}` and tier `{tier}`"),
        "every tenant and tier with users",
    );
}

/// P7933, P7934: users, those who lose their work and by which members, and the bound.
fn losses_are_true(
    exposures: &Exposures<'_>,
    (key, asked): (Key, &ProtectGray),
    row: &Lined<ProtectionGrayRow>,
    report: &mut Report,
) {
    const AMOUNTS: Rule = Rule {
        code: "P7933",
        hint: "lost: severity × the users who cross the members that most of them cross, at most all; share: of all; \
               minutes: × detect_minutes; max_loss: that of the scenario",
    };
    const MEMBERS: Rule = Rule {
        code: "P7934",
        hint: NAME_THE_WORST,
    };
    let faults = Faults {
        severity: asked.severity,
        most: asked.most as usize,
        minutes: asked.minutes,
    };
    let told = Told::from(row);
    exposures.check(key, &faults, &told, [AMOUNTS, MEMBERS], report);
    let bound = asked.max_loss[key.1.index()];
    if row.row.max_loss != bound {
        let (found, expected) = (cell_text(row.row.max_loss), cell_text(bound));
        report.add(AMOUNTS, cell(row, "max_loss"), found, expected);
    }
}

/// P7938: the summary tells what was asked of silent faults.
fn summary_tells_what_was_asked(
    (period, asked): (usize, &ProtectGray),
    summary: &ProtectionGraySummary,
    report: &mut Report,
) {
    for (column, is_so, found, expected) in [
        (
            "gray",
            summary.gray == asked.most,
            summary.gray.to_string(),
            asked.most.to_string(),
        ),
        (
            "gray_over",
            summary.gray_over == asked.over.word(),
            format!("\"{}\"", summary.gray_over),
            format!("\"{}\"", asked.over.word()),
        ),
        (
            "severity",
            is_same(summary.severity, asked.severity, 1.0),
            decimal(summary.severity),
            decimal(asked.severity),
        ),
        (
            "detect_minutes",
            is_same(summary.detect_minutes, asked.minutes, 1.0),
            decimal(summary.detect_minutes),
            decimal(asked.minutes),
        ),
    ] {
        if !is_so {
            let name = format!("periods[{period}].protection.gray.{column}");
            report.add(ASKED, At::cell(SUMMARY_FILE, 0, &name), found, expected);
        }
    }
}

/// P7935: the summary counts the tenants who lose more than they may, and their users beyond that.
fn summary_counts_who_loses_more(
    all: &BTreeMap<Key, Exposed>,
    (period, asked): (usize, &ProtectGray),
    summary: &ProtectionGraySummary,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7935",
        hint: "count tenants and tiers whose lost users are more than max_loss × users, and sum what is beyond",
    };
    // Users beyond what they may lose, and what arithmetic leaves of as many.
    let beyond = all.iter().filter_map(|((_, tier), exposed)| {
        let share = asked.max_loss[tier.index()]?;
        let lost = exposed.lost(asked.severity, asked.most as usize);
        Some((lost - share * exposed.users, ROUNDING * exposed.users))
    });
    let beyond: Vec<(f64, f64)> = beyond.collect();
    let count = |is_counted: &dyn Fn(f64, f64) -> bool| {
        let counted = beyond
            .iter()
            .filter(|(users, left)| is_counted(*users, *left));
        counted.count() as u64
    };
    // Who is at the bound within what arithmetic leaves may count or not.
    let surely = count(&|users, left| users - left > NOBODY);
    let perhaps = count(&|users, left| users + left > NOBODY);
    let users = beyond.iter().map(|(users, _)| *users);
    let users: f64 = users.filter(|users| *users > NOBODY).sum();
    let scale: f64 = all.values().map(|exposed| exposed.users).sum();
    let is_users = is_same(summary.users_beyond, users, scale);
    for (column, is_so, found, expected) in [
        (
            "tenants_beyond",
            (surely..=perhaps).contains(&summary.tenants_beyond),
            summary.tenants_beyond.to_string(),
            if surely == perhaps {
                surely.to_string()
            } else {
                format!("{surely} to {perhaps}")
            },
        ),
        (
            "users_beyond",
            is_users,
            decimal(summary.users_beyond),
            decimal(users),
        ),
    ] {
        if !is_so {
            let name = format!("periods[{period}].protection.gray.{column}");
            report.add(RULE, At::cell(SUMMARY_FILE, 0, &name), found, expected);
        }
    }
}
