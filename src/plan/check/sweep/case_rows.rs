//! The rows of a case: whether `by_failure.csv`, `unserved_by_tier.csv`, involved.csv and `site_utilization.csv` say what
//! its plan comes to.

use super::super::certificate::{CapacityRow, without_retries};
use super::super::judge::{self, Expected, judge_cells};
use super::super::report::{At, Report, Rule, is_same};
use super::basis::CasePaths;
use super::tables::{RowsOfCase, SweepReferee, at, is_of_nothing, rule_of};
use super::traffic::{CaseOutcome, standby};
use crate::diagnostic::amounts::rounded;
use crate::ids::{AccessPointId, ComponentId};
use crate::model::{Component, Goal};
use crate::plan_files::{
    FailureRow, InvolvedRow, Lined, PROOFS_FILE, Role, Row, SettledBy, SiteUtilizationRow,
    UnservedByTierRow,
};
use crate::units::{AGREEMENT, FEASIBILITY, NOBODY};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What the plan of a case comes to, beside what is written of it.
pub(super) struct JudgedCase<'j, 'c, 'a> {
    pub(super) written: &'j RowsOfCase<'j>,
    pub(super) paths: &'j CasePaths<'c, 'a>,
    pub(super) outcome: &'j CaseOutcome,
    pub(super) referee: &'j SweepReferee<'j>,
}

impl JudgedCase<'_, '_, '_> {
    /// Whether there is an involved.csv.
    fn has_involved(&self) -> bool {
        self.referee.written.involved.is_some()
    }

    /// A rule answers: of what is overloaded more is asked for than there is, which no plan does.
    fn is_by_rule(&self) -> bool {
        self.outcome.no_site.is_none()
    }

    /// Fewer users than this are nobody.
    fn nobody(&self) -> f64 {
        self.paths.basis.alike.nobody().max(NOBODY)
    }

    /// How large the amounts are that a number of users is computed from, so that fewer than anybody do not matter.
    fn scale(&self, users: f64) -> f64 {
        users.abs().max(1.0) + self.nobody() / AGREEMENT
    }

    /// Which case it is, for what has no row.
    fn in_case(&self) -> String {
        format!(" in case {}", self.paths.case)
    }

    /// Rows of involved.csv in a role.
    fn involved(&self, role: Role) -> impl Iterator<Item = &Lined<InvolvedRow>> {
        let rows = self.written.involved.iter().copied();
        rows.filter(move |row| row.row.role == role)
    }

    /// Checks the rows of the case.
    pub(super) fn check(&self, report: &mut Report) {
        self.cells_are_true(report);
        self.place_of_shortfall_is_true(report);
        self.opened_are_true(report);
        self.binding_is_true(report);
        if self.referee.written.unserved.is_some() {
            self.unserved_by_tier_is_true(report);
        }
    }

    /// The cells of the case's row: users, those who move and those without a site are those of the plan, as is the worst
    /// missing share. Where a rule answers, it settles the case, and leaves nothing to prove.
    fn cells_are_true(&self, report: &mut Report) {
        let (case, failure) = (self.paths.case, self.written.failure);
        let row = &failure.row;
        let mut expected = FailureRow {
            failures: judge::number(self.paths.basis.asked.cases.size(case)),
            unserved_users: self.outcome.levels.unserved.values().sum(),
            worst_shortfall: self.worst().unwrap_or(row.worst_shortfall),
            moved_users: self.outcome.levels.moved,
            no_site_users: self.no_site_users(row.no_site_users, |_| true),
            ..row.clone()
        };
        if self.is_by_rule() {
            expected.settled_by = SettledBy::Rule;
            expected.proven = true;
        }
        self.expect_whole(&mut expected);
        let users = [
            expected.unserved_users,
            expected.moved_users,
            expected.no_site_users.unwrap_or_default(),
        ];
        let [unserved, moved, no_site] = users.map(|users| self.scale(users));
        let expected = Expected::from(expected)
            .scaled("unserved_users", unserved)
            .scaled("moved_users", moved)
            .scaled("no_site_users", no_site)
            .scaled("whole_unserved_users", unserved);
        judge_cells(failure, &expected, report);
    }

    /// What whole shards do, as far as it follows from the plan with split shards: the same where all are on their default
    /// paths, and no fewer unserved users of a single rank, or than none. Nothing where a rule answers, or shards may be split.
    fn expect_whole(&self, expected: &mut FailureRow) {
        let may_split = self.referee.context.scenario.policy.split_shards;
        let Some(users) = expected.whole_unserved_users.filter(|_| !may_split) else {
            expected.whole_unserved_users = None;
            expected.whole_worst_shortfall = None;
            return;
        };
        if self.is_by_rule() {
            expected.whole_unserved_users = None;
            expected.whole_worst_shortfall = None;
            return;
        }
        let least = expected.unserved_users;
        let is_first_alone = self.outcome.levels.unserved.len() == 1 || users <= self.nobody();
        if expected.settled_by == SettledBy::Default {
            expected.whole_unserved_users = Some(least);
            expected.whole_worst_shortfall = Some(expected.worst_shortfall);
            return;
        }
        // What is not proven to be the fewest may be beaten.
        if is_first_alone && expected.proven {
            expected.whole_unserved_users = Some(users.max(least));
        }
        let share = expected.whole_worst_shortfall.unwrap_or(0.0);
        expected.whole_worst_shortfall = Some(share.clamp(0.0, 1.0));
    }

    /// Unserved users of some ranks that no site can serve, as a cell should state them.
    fn no_site_users(&self, found: Option<f64>, is_asked: impl Fn(u32) -> bool) -> Option<f64> {
        if found.is_none() && !self.referee.lists_no_site {
            return None;
        }
        let by_rank = self.outcome.no_site.as_ref()?.iter();
        let asked = by_rank.filter(|pair| is_asked(*pair.0));
        Some(asked.map(|pair| pair.1).sum())
    }

    /// P7841: unserved users of every rank are those of the plan.
    fn unserved_by_tier_is_true(&self, report: &mut Report) {
        let names = &self.referee.ranks;
        let mut unserved_by_tier_rows: BTreeMap<u32, &Lined<UnservedByTierRow>> = BTreeMap::new();
        for row in &self.written.unserved {
            match names.get(&row.row.tier) {
                Some(rank) if self.outcome.levels.unserved.contains_key(rank) => {
                    unserved_by_tier_rows.insert(*rank, row);
                }
                _ => is_of_nothing(row, "tier", &row.row.tier, report),
            }
        }
        let rule = rule_of::<UnservedByTierRow>("users");
        for (rank, &users) in &self.outcome.levels.unserved {
            let is_nobody = users.abs() <= AGREEMENT * users.abs().max(1.0) + self.nobody();
            if let Some(lined) = unserved_by_tier_rows.get(rank) {
                let no_site = self.no_site_users(lined.row.no_site_users, |number| number == *rank);
                let expected = UnservedByTierRow {
                    users,
                    no_site_users: no_site,
                    ..lined.row.clone()
                };
                let expected = Expected::from(expected)
                    .scaled("users", self.scale(users))
                    .scaled("no_site_users", self.scale(no_site.unwrap_or_default()));
                judge_cells(lined, &expected, report);
                if is_nobody && lined.row.users <= 0.0 {
                    let found = rounded(lined.row.users);
                    report.add(rule, at(lined, "users"), found, rounded(users));
                }
            } else if !is_nobody {
                let found = format!("no row of rank {rank}{}", self.in_case());
                let place = At::cell(UnservedByTierRow::FILE, 0, "users");
                report.add(rule, place, found, rounded(users));
            }
        }
    }

    /// The worst missing share; `None` if nobody can say. Where headroom is no goal none is stated.
    fn worst(&self) -> Option<f64> {
        let goals = &self.paths.basis.context.scenario.policy.goals;
        let shortfalls = self.outcome.levels.shortfalls;
        if goals.contains(&Goal::Headroom) || self.is_by_rule() {
            shortfalls.is_known.then_some(shortfalls.worst)
        } else {
            Some(0.0)
        }
    }

    /// P7843: so much is missing where the row says.
    fn place_of_shortfall_is_true(&self, report: &mut Report) {
        const RULE: Rule = Rule::new(
            "P7843",
            "name a component and its resource with the largest headroom deficit, or none if no target is missed",
        );
        let Some(worst) = self.worst() else {
            return;
        };
        let failure_row = &self.written.failure.row;
        let named = failure_row
            .component
            .as_ref()
            .zip(failure_row.resource.as_ref());
        let is_half = failure_row.component.is_some() != failure_row.resource.is_some();
        let missing = named.map(|(component, resource)| {
            let hours = self
                .limit(component, resource)
                .map(|indexes| self.in_hours(indexes));
            let missing = hours.unwrap_or_default();
            let missing = missing.map(|position| self.outcome.missing[position]);
            missing.fold(0.0, f64::max)
        });
        let is_true = match missing {
            None => worst <= AGREEMENT && failure_row.worst_shortfall <= 0.0,
            Some(missing) => missing > worst - AGREEMENT && failure_row.worst_shortfall > 0.0,
        };
        if is_half || !is_true {
            let found = match named {
                Some((component, resource)) => format!("`{resource}` of `{component}`"),
                None => "neither, or only one of the two".to_owned(),
            };
            let expected = format!("a component and resource that miss {}", rounded(worst));
            report.add(RULE, at(self.written.failure, "component"), found, expected);
        }
    }

    /// Positions in the inventory of a component and a resource.
    fn limit(&self, component: &str, resource: &str) -> Option<[usize; 2]> {
        self.paths.basis.context.limit(component, resource)
    }

    /// The position of the row of a component's resource, that of the hour in which it is fullest.
    pub(super) fn fullest(&self, of: [usize; 2]) -> Option<usize> {
        let loads = &self.outcome.loads;
        self.in_hours(of)
            .max_by(|a, b| loads[*a].total_cmp(&loads[*b]))
    }

    /// Load ÷ what is left, of a row.
    pub(super) fn utilization(&self, position: usize) -> f64 {
        self.outcome.loads[position] / self.paths.rows[position].capacity
    }

    /// Positions of the rows of a component's resource, one for each slice of the hours.
    fn in_hours(&self, of: [usize; 2]) -> Range<usize> {
        let key = |row: &CapacityRow| [row.component, row.resource];
        let rows = without_retries(&self.paths.rows);
        let begin = rows.partition_point(|row| key(row) < of);
        begin..rows.partition_point(|row| key(row) <= of)
    }

    /// P7845: access points on standby that carry users are those of the plan.
    fn opened_are_true(&self, report: &mut Report) {
        const RULE: Rule = Rule::new(
            "P7845",
            "name every standby access point that carries users in the plan, and count its users",
        );
        let context = self.paths.basis.context;
        let inventory = context.inventory;
        let entering = &self.outcome.entering;
        let carries = |least: f64| standby(inventory).filter(move |index| entering[*index] > least);
        let mut is_told = vec![false; inventory.access_points.len()];
        let mut count = 0;
        for lined in self.involved(Role::Opened) {
            let id = context.components.get(lined.row.component.as_str());
            let component = id.map(|id| inventory.component(*id));
            let Some(Component::AccessPoint(id)) = component else {
                is_of_nothing(lined, "component", &lined.row.component, report);
                continue;
            };
            if let Some(resource) = &lined.row.resource {
                is_of_nothing(lined, "resource", resource, report);
            }
            is_told[id.index()] = true;
            count += 1;
            // What arithmetic leaves of nobody may count as somebody or not.
            if !carries(0.0).any(|index| index == id.index()) {
                let found = format!("`{}` opened", lined.row.component);
                let expected = "a standby access point that carries users";
                report.add(RULE, at(lined, "component"), found, expected);
            }
        }
        let is_missing = |index: &usize| self.has_involved() && !is_told[*index];
        for index in carries(self.nobody()).filter(is_missing) {
            let id = inventory.access_point_component(AccessPointId::new(index));
            let name = inventory.component_name(id);
            let found = format!("no row of `{name}`{}", self.in_case());
            let expected = format!("opened, with {} users", rounded(entering[index]));
            report.add(RULE, At::file(InvolvedRow::FILE), found, expected);
        }
        let expected = if self.has_involved() {
            count..=count
        } else {
            carries(self.nobody()).count()..=carries(0.0).count()
        };
        let failure = self.written.failure;
        let found = failure.row.opened_access_points;
        if !expected.contains(&usize::try_from(found).unwrap_or(usize::MAX)) {
            let place = at(failure, "opened_access_points");
            report.add(RULE, place, found.to_string(), expected.start().to_string());
        }
    }

    /// P7846: what binds limits something in the case, and nothing binds where everybody is on their default path.
    /// P7861: where a rule answers, those bind of which more is asked for than there is.
    fn binding_is_true(&self, report: &mut Report) {
        const PRICED: Rule = Rule::new(
            "P7846",
            "name components and resources that have a price in the case, each once",
        );
        const OVERLOADED: Rule = Rule::new(
            "P7861",
            "name every component and resource whose load exceeds its capacity, each once",
        );
        let is_by_rule = self.is_by_rule();
        let (rule, expected) = if is_by_rule {
            (OVERLOADED, "an overload of the case")
        } else {
            let expected = "a bottleneck of a case that the default plan does not settle";
            (PRICED, expected)
        };
        let (loads, rows) = (&self.outcome.loads, &self.paths.rows);
        let exceeds = |position: usize, tolerance: f64| {
            loads[position] > rows[position].capacity * (1.0 + tolerance)
        };
        let is_short = self.written.failure.row.settled_by != SettledBy::Default;
        let mut indexes = BTreeSet::new();
        for lined in self.involved(Role::Binds) {
            let resource = lined.row.resource.as_deref().unwrap_or_default();
            let one_indexes = self.limit(&lined.row.component, resource);
            let index = one_indexes.and_then(|indexes| self.fullest(indexes));
            indexes.extend(index);
            // What is full to the last bit may count or not.
            let may_bind = |index| {
                if is_by_rule {
                    exceeds(index, 0.5 * FEASIBILITY)
                } else {
                    is_short
                }
            };
            if !index.is_some_and(may_bind) {
                let found = format!("`{resource}` of `{}` binds", lined.row.component);
                report.add(rule, at(lined, "component"), found, expected);
            }
        }
        let surely = (0..loads.len()).filter(|index| exceeds(*index, 2.0 * FEASIBILITY));
        for position in surely.filter(|_| is_by_rule && self.has_involved()) {
            let fullest = self.fullest([rows[position].component, rows[position].resource]);
            if !fullest.is_some_and(|index| indexes.contains(&index)) {
                let found = format!("no row{} of {}", self.in_case(), self.words(position));
                let place = At::file(InvolvedRow::FILE);
                report.add(OVERLOADED, place, found, "a row with the role `binds`");
            }
        }
    }

    /// P7847: the default plan settles the case: it leaves nobody unserved who could be served, moves nobody that
    /// nothing touches, keeps every target and every limit, and the goals ask for nothing before.
    pub(super) fn default_settles_it(&self, report: &mut Report) {
        const RULE: Rule = Rule::new(
            "P7847",
            "settle the case by a plan and prices, and write both into proofs.jsonl",
        );
        let policy = &self.paths.basis.context.scenario.policy;
        let levels = &self.outcome.levels;
        let (relief, worst) = (levels.relief, levels.shortfalls.worst);
        let first = [Goal::Unserved, Goal::Relief, Goal::Headroom];
        let found = if !policy.goals.starts_with(&first) || policy.max_moved_users.is_some() {
            Some("goals or a limit of moves that the default plan does not cover".to_owned())
        } else if relief > self.nobody() {
            Some(format!(
                "{} moved users that no event affects",
                rounded(relief)
            ))
        } else if levels.shortfalls.is_known && worst > AGREEMENT {
            Some(format!("{} of a target missing", rounded(worst)))
        } else {
            self.overloaded().map(|position| self.words(position))
        };
        if let Some(found) = found {
            let place = at(self.written.failure, "settled_by");
            let expected = "a default plan that keeps every target";
            report.add(RULE, place, format!("`default` with {found}"), expected);
        }
    }

    /// P7852: no load of a plan exceeds what is left; the first that does is reported.
    pub(super) fn loads_fit(&self, line: u64, report: &mut Report) {
        const RULE: Rule = Rule::new(
            "P7852",
            "displace users until every load fits, or leave some unserved",
        );
        if let Some(position) = self.overloaded() {
            let place = At::cell(PROOFS_FILE, line, "displaced");
            report.add(RULE, place, self.words(position), "the capacity left");
        }
    }

    /// The first row with more load than capacity.
    fn overloaded(&self) -> Option<usize> {
        let mut loads = self.paths.rows.iter().zip(&self.outcome.loads);
        loads.position(|(row, load)| {
            *load > row.capacity && !is_same(*load, row.capacity, row.capacity)
        })
    }

    /// A load in words.
    fn words(&self, position: usize) -> String {
        let inventory = self.paths.basis.context.inventory;
        let row = &self.paths.rows[position];
        let resource = &inventory.resources[row.resource];
        format!(
            "{} {} of {} on `{}`, of which {} are left",
            rounded(self.outcome.loads[position]),
            resource.unit,
            resource.id,
            inventory.component_name(ComponentId::new(row.component)),
            rounded(row.capacity),
        )
    }

    /// P7859: every site that limits something has a row with the fullest of its resources.
    pub(super) fn sites_are_true(&self, report: &mut Report) {
        const FULLEST: Rule = Rule::new(
            "P7859",
            "write one row for every site with capacity left, with its fullest resource",
        );
        let context = self.paths.basis.context;
        let case = self.paths.case;
        let mut site_utilization_rows: BTreeMap<usize, &Lined<SiteUtilizationRow>> =
            BTreeMap::new();
        for row in &self.written.sites {
            match context.sites.get(row.row.site.as_str()) {
                Some(site) => _ = site_utilization_rows.insert(site.index(), row),
                None => is_of_nothing(row, "site", &row.row.site, report),
            }
        }
        let mut fullest: BTreeMap<usize, f64> = BTreeMap::new();
        let cases = &self.paths.basis.asked.cases;
        if cases.size(case) <= 1 && cases.gray_size(case) == 0 {
            let sites = context.inventory.sites.len();
            let rows = without_retries(&self.paths.rows).iter().enumerate();
            for (position, row) in rows.filter(|(_, row)| row.component < sites) {
                let value = fullest.entry(row.component).or_default();
                *value = value.max(self.utilization(position));
            }
        }
        for (site, row) in &site_utilization_rows {
            let site_utilization_row = &row.row;
            let Some(&expected) = fullest.get(site) else {
                let found = format!("`{}` in case {case}", site_utilization_row.site);
                let expected = "a site with capacity left, in a case of at most one failure";
                report.add(FULLEST, at(row, "site"), found, expected);
                continue;
            };
            let position = self.limit(&site_utilization_row.site, &site_utilization_row.resource);
            let position = position.and_then(|indexes| self.fullest(indexes));
            let is_fullest = |index| is_same(self.utilization(index), expected, 1.0);
            if !position.is_some_and(is_fullest) {
                let found = format!("`{}`", site_utilization_row.resource);
                let expected = "the fullest resource of the site";
                report.add(FULLEST, at(row, "resource"), found, expected);
            } else if !is_same(site_utilization_row.utilization, expected, 1.0) {
                let found = rounded(site_utilization_row.utilization);
                report.add(FULLEST, at(row, "utilization"), found, rounded(expected));
            }
        }
        for (site, utilization) in fullest
            .iter()
            .filter(|pair| !site_utilization_rows.contains_key(pair.0))
        {
            let name = &context.inventory.sites[*site].id;
            let found = format!("no row of `{name}` in case {case}");
            let expected = format!("its fullest resource, at {}", rounded(*utilization));
            report.add(FULLEST, At::file(SiteUtilizationRow::FILE), found, expected);
        }
    }
}
