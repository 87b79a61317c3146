//! Exposure: what tenants lose to silent faults, recomputed from the assignment and the steering, and whether
//! `protection_gray.csv` says so.

use super::assignment::Assignment;
use super::context::RefereeContext;
use super::judge::{Expected, Judged, Keys, judge, number};
use super::path::Steered;
use super::period::PeriodState;
use super::protection::ASKED;
use super::report::{At, Report, Rule, cell_text, is_same, is_same_count};
use crate::diagnostic::amounts::rounded;
use crate::ids::{ComponentId, SiteId, TenantId, TierId};
use crate::model::{Failing, FailureSet, ProtectGray};
use crate::plan_files::{
    By, Lined, ProtectionGrayRow, ProtectionGraySummary, ProtectionSummary, Row, SUMMARY_FILE, Text,
};
use crate::units::{NOBODY, ROUNDING};
use std::collections::BTreeMap;

/// Tenant and tier.
type Key = (TenantId, TierId);

/// What a tenant's users of a tier have.
#[derive(Default)]
pub(super) struct GrayExposure {
    users: f64,
    /// By member: users who cross it.
    crossing: BTreeMap<usize, f64>,
}

/// What silent faults are asked about.
pub(super) struct Faults {
    /// The share of the work through a gray member that is lost.
    pub(super) severity: f64,
    /// At most this many members at once.
    pub(super) most: usize,
    /// Until they are detected.
    pub(super) minutes: f64,
}

/// What to do about members that do not affect most.
pub(super) const NAME_THE_WORST: &str =
    "name the members that most users cross, no more than may turn gray, or none";

/// What may turn gray in a period, and who crosses it.
pub(super) struct Exposures<'a> {
    members: GrayMembersCrossed<'a>,
    /// Those with users.
    pub(super) all: BTreeMap<Key, GrayExposure>,
}

impl<'a> Exposures<'a> {
    /// Who crosses what of a set.
    pub(super) fn new(
        situation: &PeriodState<'a>,
        over: FailureSet,
        assignment: &Assignment,
        steered: &[Steered],
    ) -> Self {
        let context = situation.context;
        let members = GrayMembersCrossed::new(situation, over);
        let shares = members.shares(situation, steered);
        let mut all: BTreeMap<Key, GrayExposure> = BTreeMap::new();
        for (shard, part) in assignment.all() {
            let row = &context.inventory.shards[shard];
            let exposed = all.entry((row.tenant, row.tier)).or_default();
            exposed.users += part.users;
            let at = part.to.map(|site| (context.group_of(shard), site));
            for (member, share) in at.and_then(|at| shares.get(&at)).into_iter().flatten() {
                *exposed.crossing.entry(*member).or_default() += share * part.users;
            }
        }
        all.retain(|_, exposed| exposed.users > NOBODY);
        Self { members, all }
    }

    /// The tenant and the tier of these names, if it has users of it.
    pub(super) fn key(&self, tenant: &str, tier: &str) -> Option<Key> {
        let key = self.members.context.tenant_and_tier(tenant, tier)?;
        self.all.contains_key(&key).then_some(key)
    }

    /// A row of a tenant's users of a tier, which is as exact as they are many.
    pub(super) fn expected<R>(&self, key: Key, row: R) -> Expected<R> {
        // Who is counted twice in the same rows differs by a millionth of a user.
        let scale = self.all[&key].users + 1e9 * NOBODY + 1.0;
        Expected::from(row).all_scaled(&["users", "lost_users", "lost_user_minutes"], scale)
    }

    /// Users of a tenant and a tier, those who lose their work, their share, and the minutes for which they do.
    pub(super) fn losses(&self, key: Key, faults: &Faults) -> [f64; 4] {
        let exposed = &self.all[&key];
        let lost = exposed.lost(faults.severity, faults.most);
        [
            exposed.users,
            lost,
            lost / exposed.users,
            lost * faults.minutes,
        ]
    }

    /// Checks that the members that a cell names affect the users of a tenant and a tier as much as any; what stands between two
    /// names comes with them.
    pub(super) fn members_affected_most(
        &self,
        (key, most): (Key, usize),
        (gray, between): (&str, &str),
        (rule, at): (Rule, At<'_>),
        report: &mut Report,
    ) {
        let exposed = &self.all[&key];
        if !self.affected_most(exposed, (gray, between), most) {
            let found = match gray {
                "" => cell_text(None),
                named => format!("`{named}`"),
            };
            let users = rounded(exposed.most(most));
            report.add(rule, at, found, format!("members that {users} users cross"));
        }
    }

    /// `true` if a text names members that may turn gray, each once, at most the given number, and they affect as much as
    /// any. What stands between two names may stand in a name too.
    fn affected_most(
        &self,
        exposed: &GrayExposure,
        (text, between): (&str, &str),
        most: usize,
    ) -> bool {
        let inventory = self.members.context.inventory;
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

impl GrayExposure {
    /// Users who cross the members that most of them cross, at most the given number of members.
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
struct GrayMembersCrossed<'a> {
    context: &'a RefereeContext<'a>,
    all: Vec<Failing>,
    /// By component, the positions of those that it is of.
    of: BTreeMap<ComponentId, Vec<usize>>,
}

impl<'a> GrayMembersCrossed<'a> {
    fn new(situation: &PeriodState<'a>, over: FailureSet) -> Self {
        let context = situation.context;
        let all = over.left_in(context.inventory, &situation.case);
        let mut of: BTreeMap<ComponentId, Vec<usize>> = BTreeMap::new();
        for (position, member) in all.iter().enumerate() {
            for component in member.components(context.inventory) {
                of.entry(component).or_default().push(position);
            }
        }
        Self { context, all, of }
    }

    /// By group and site, the share of the users there who cross each member: who crosses several of its components
    /// crosses it once.
    fn shares(
        &self,
        situation: &PeriodState,
        steered: &[Steered],
    ) -> BTreeMap<(usize, SiteId), BTreeMap<usize, f64>> {
        let context = self.context;
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
            cross(context.inventory.site_component(row.route.site), 1.0);
            for component in row.route.components(context) {
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
    situation: &PeriodState,
    (period, asked): (usize, &ProtectGray),
    assignment: &Assignment,
    steered: &[Steered],
    (rows, protection_summary): (&[&Lined<ProtectionGrayRow>], Option<&ProtectionSummary>),
    report: &mut Report,
) {
    let context = situation.context;
    let exposures = Exposures::new(situation, asked.over, assignment, steered);
    match protection_summary.map(|protection_summary| protection_summary.gray.as_ref()) {
        Some(Some(summary)) => {
            summary_counts_who_loses_more(&exposures.all, (period, asked), summary, report);
            summary_states_what_was_asked((period, asked), summary, report);
        }
        Some(None) => {
            let key = format!("periods[{period}].protection.gray");
            let at = At::cell(SUMMARY_FILE, 0, &key);
            report.add(ASKED, at, "nothing", "the losses above max_loss");
        }
        None => {}
    }
    let faults = Faults {
        severity: asked.severity,
        most: asked.most as usize,
        minutes: asked.minutes,
    };
    let expected = exposures.all.keys().map(|key| {
        let [users, lost_users, lost_share, lost_user_minutes] = exposures.losses(*key, &faults);
        let inventory = context.inventory;
        let row = ProtectionGrayRow {
            period: number(period),
            tenant: Text::from(&*inventory.tenants[key.0.index()]),
            tier: Text::from(&*inventory.tiers[key.1.index()].id),
            users,
            gray: None,
            lost_users,
            lost_share,
            max_loss: asked.max_loss[key.1.index()],
            lost_user_minutes,
        };
        exposures.expected(*key, row)
    });
    let key = |row: &ProtectionGrayRow| exposures.key(&row.tenant, &row.tier);
    judge(rows.iter().copied(), key, expected, report);
    for row in rows {
        if let Some(key) = key(&row.row) {
            let at = At::cell(ProtectionGrayRow::FILE, row.line, "gray");
            let gray = row.row.gray.as_deref().unwrap_or_default();
            exposures.members_affected_most(
                (key, faults.most),
                (gray, " + "),
                (MEMBERS, at),
                report,
            );
        }
    }
}

/// P7934: the members that a row names are those that affect most.
const MEMBERS: Rule = Rule::new("P7934", NAME_THE_WORST);

impl Judged for ProtectionGrayRow {
    const STRAY: Rule = Rule::new("P7931", "keep one row for every tenant and tier with users");
    const MISSING: Rule = Rule::new("P7932", "add the row");
    const NAMED_IN: &'static str = "tenant";

    fn stray(&self, _: Option<u64>) -> [String; 2] {
        [
            format!("`{}` and `{}`", self.tenant, self.tier),
            "a tenant with users of the tier, once".to_owned(),
        ]
    }

    fn missing(&self) -> [String; 2] {
        [
            format!(
                "no row of tenant `{}` and tier `{}`",
                self.tenant, self.tier
            ),
            "every tenant and tier with users".to_owned(),
        ]
    }
}

/// P7938: the summary tells what was asked of silent faults.
fn summary_states_what_was_asked(
    (period, asked): (usize, &ProtectGray),
    summary: &ProtectionGraySummary,
    report: &mut Report,
) {
    let part = format!("periods[{period}].protection.gray");
    let mut keys = Keys::new(SUMMARY_FILE, part, report);
    keys.compare(ASKED, By::Exact, "gray", [summary.gray, asked.most]);
    let over = [&*summary.gray_over, asked.over.word()];
    keys.compare(ASKED, By::Exact, "gray_over", over);
    let by = By::Amount(1.0);
    keys.compare(ASKED, by, "severity", [summary.severity, asked.severity]);
    let minutes = [summary.detect_minutes, asked.minutes];
    keys.compare(ASKED, by, "detect_minutes", minutes);
}

/// P7935: the summary counts the tenants who lose more than they may, and their users beyond that.
fn summary_counts_who_loses_more(
    all: &BTreeMap<Key, GrayExposure>,
    (period, asked): (usize, &ProtectGray),
    summary: &ProtectionGraySummary,
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7935",
        "count tenants and tiers whose lost users exceed max_loss × users, and sum the excess",
    );
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
    let part = format!("periods[{period}].protection.gray");
    let mut keys = Keys::new(SUMMARY_FILE, part, report);
    if !(surely..=perhaps).contains(&summary.tenants_beyond) {
        let expected = if surely == perhaps {
            surely.to_string()
        } else {
            format!("{surely} to {perhaps}")
        };
        let found = summary.tenants_beyond.to_string();
        keys.note(RULE, "tenants_beyond", found, expected);
    }
    let both = [summary.users_beyond, users];
    keys.compare(RULE, By::Amount(scale), "users_beyond", both);
}
