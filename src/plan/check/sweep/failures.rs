//! Failures: whether `by_failure.csv`, `unserved_by_tier.csv` and involved.csv say what the plan of a case comes to.

use super::super::certificate::{Row as LoadRow, without_retries};
use super::super::judge::{self, Expected, judge_cells};
use super::super::report::{At, Report, Rule, is_same};
use super::basis::Ways;
use super::tables::{Rows, Tables, is_of_nothing, rule_of};
use super::traffic::{Outcome, standby};
use crate::ids::AccessPointId;
use crate::model::{Component, Goal};
use crate::plan_files::{
    FailureRow, InvolvedRow, Lined, Role, Row, SettledBy, UnservedByTierRow, decimal,
};
use crate::units::{AGREEMENT, FEASIBILITY, NOBODY};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What the plan of a case comes to, and the rows that it is counted over.
pub(super) struct Found<'c, 'a> {
    pub(super) ways: &'c Ways<'c, 'a>,
    pub(super) rows: &'c [LoadRow],
    pub(super) outcome: &'c Outcome,
    pub(super) tables: &'c Tables<'c>,
}

impl Found<'_, '_> {
    /// Whether there is an involved.csv.
    fn has_involved(&self) -> bool {
        self.tables.written.involved.is_some()
    }

    /// A rule answers: of what is overloaded more is asked for than there is, which no plan does.
    fn is_by_rule(&self) -> bool {
        self.outcome.no_site.is_none()
    }

    /// Fewer users than this are nobody.
    fn nobody(&self) -> f64 {
        self.ways.basis.crowds.nobody().max(NOBODY)
    }

    /// `true` if two numbers of users are the same.
    fn is_same(&self, found: f64, expected: f64) -> bool {
        (found - expected).abs() <= AGREEMENT * expected.abs().max(1.0) + self.nobody()
    }

    /// How large the amounts are that a number of users is computed from, so that fewer than anybody do not matter.
    fn scale(&self, users: f64) -> f64 {
        users.abs().max(1.0) + self.nobody() / AGREEMENT
    }

    /// Checks the rows of the case.
    pub(super) fn check(
        &self,
        case: usize,
        failure: &Lined<FailureRow>,
        rows: &Rows<'_>,
        report: &mut Report,
    ) {
        self.cells_are_true(case, failure, report);
        self.place_of_shortfall_is_true(failure, report);
        self.opened_are_true(failure, rows, report);
        self.binding_is_true(failure, rows, report);
    }

    /// The cells of the case's row: users, those who move and those without a site are those of the plan, as is the worst
    /// missing share. Where a rule answers, it settles the case, and leaves nothing to prove.
    fn cells_are_true(&self, case: usize, failure: &Lined<FailureRow>, report: &mut Report) {
        let row = &failure.row;
        let mut expected = FailureRow {
            failures: judge::number(self.ways.basis.asked.cases.size(case)),
            unserved_users: self.outcome.unserved_users(),
            worst_shortfall: self.worst().unwrap_or(row.worst_shortfall),
            moved_users: self.outcome.levels.moved,
            no_site_users: self.no_site_users(row.no_site_users, |_| true),
            ..row.clone()
        };
        if self.is_by_rule() {
            expected.settled_by = SettledBy::Rule;
            expected.proven = true;
        }
        let scales = [
            ("unserved_users", expected.unserved_users),
            ("moved_users", expected.moved_users),
            ("no_site_users", expected.no_site_users.unwrap_or_default()),
        ];
        let expected = scales
            .into_iter()
            .fold(Expected::from(expected), |expected, (column, users)| {
                expected.scaled(column, self.scale(users))
            });
        judge_cells(failure, &expected, report);
    }

    /// Unserved users of some ranks whom no site can serve, as a cell should tell them.
    fn no_site_users(&self, found: Option<f64>, is_asked: impl Fn(u32) -> bool) -> Option<f64> {
        if found.is_none() && !self.tables.tells_no_site {
            return None;
        }
        let by_rank = self.outcome.no_site.as_ref()?.iter();
        Some(
            by_rank
                .filter(|own| is_asked(*own.0))
                .map(|own| own.1)
                .sum(),
        )
    }

    /// P7841: unserved users of every rank are those of the plan.
    pub(super) fn unserved_by_tier_is_true(&self, rows: &Rows<'_>, report: &mut Report) {
        let names = &self.tables.names.ranks;
        let mut told: BTreeMap<u32, &Lined<UnservedByTierRow>> = BTreeMap::new();
        for row in &rows.unserved {
            match names.get(&row.row.tier) {
                Some(rank) if self.outcome.levels.unserved.contains_key(rank) => {
                    told.insert(*rank, row);
                }
                _ => is_of_nothing::<UnservedByTierRow>(row.line, "tier", &row.row.tier, report),
            }
        }
        let rule = rule_of::<UnservedByTierRow>("users");
        let at = |line| At::cell(UnservedByTierRow::FILE, line, "users");
        for (rank, users) in &self.outcome.levels.unserved {
            let is_nobody = self.is_same(0.0, *users);
            if let Some(lined) = told.get(rank) {
                let no_site = self.no_site_users(lined.row.no_site_users, |own| own == *rank);
                let expected = UnservedByTierRow {
                    users: *users,
                    no_site_users: no_site,
                    ..lined.row.clone()
                };
                let expected = Expected::from(expected)
                    .scaled("users", self.scale(*users))
                    .scaled("no_site_users", self.scale(no_site.unwrap_or_default()));
                judge_cells(lined, &expected, report);
                if is_nobody && lined.row.users <= 0.0 {
                    report.add(
                        rule,
                        at(lined.line),
                        decimal(lined.row.users),
                        decimal(*users),
                    );
                }
            } else if !is_nobody {
                let found = format!("no row of rank {rank}{}", of_case(rows));
                report.add(rule, at(0), found, decimal(*users));
            }
        }
    }

    /// The worst missing share; `None` if nobody can tell. Where headroom is no goal none is told.
    fn worst(&self) -> Option<f64> {
        let goals = &self.ways.basis.ground.scenario.policy.goals;
        let shortfalls = self.outcome.levels.shortfalls;
        if goals.contains(&Goal::Headroom) || self.is_by_rule() {
            shortfalls.is_known.then_some(shortfalls.worst)
        } else {
            Some(0.0)
        }
    }

    /// P7843: so much is missing where the row says.
    fn place_of_shortfall_is_true(&self, row: &Lined<FailureRow>, report: &mut Report) {
        const RULE: Rule = Rule {
            code: "P7843",
            hint: "name a component and its resource that miss as much as the worst, or none if no target is missed",
        };
        let Some(worst) = self.worst() else {
            return;
        };
        let own = &row.row;
        let named = own.component.as_ref().zip(own.resource.as_ref());
        let is_half = own.component.is_some() != own.resource.is_some();
        let missing = named.map(|(component, resource)| {
            let ground = self.ways.basis.ground;
            let component = ground.components.get(component.as_str());
            let resource = ground.resources.get(resource.as_str());
            let hours = match (component, resource) {
                (Some(component), Some(resource)) => {
                    self.in_hours((component.index(), resource.index()))
                }
                _ => 0..0,
            };
            let missing = hours.map(|position| self.outcome.missing[position]);
            missing.fold(0.0, f64::max)
        });
        let is_true = match missing {
            None => worst <= AGREEMENT && own.worst_shortfall <= 0.0,
            Some(missing) => missing > worst - AGREEMENT && own.worst_shortfall > 0.0,
        };
        if is_half || !is_true {
            let found = match named {
                Some((component, resource)) => format!("`{resource}` of `{component}`"),
                None => "nothing, or half of it".to_owned(),
            };
            let expected = format!("a component and resource that miss {}", decimal(worst));
            let at = At::cell(FailureRow::FILE, row.line, "component");
            report.add(RULE, at, found, expected);
        }
    }

    /// The position of the row of a component's resource, that of the hour in which it is fullest.
    pub(super) fn row_of(&self, component: &str, resource: &str) -> Option<usize> {
        let ground = self.ways.basis.ground;
        let component = ground.components.get(component)?.index();
        let resource = ground.resources.get(resource)?.index();
        self.fullest((component, resource))
    }

    /// The same by positions in the inventory.
    pub(super) fn fullest(&self, of: (usize, usize)) -> Option<usize> {
        let loads = &self.outcome.loads;
        self.in_hours(of)
            .max_by(|a, b| loads[*a].total_cmp(&loads[*b]))
    }

    /// Positions of the rows of a component's resource, one for each slice of the hours.
    fn in_hours(&self, of: (usize, usize)) -> Range<usize> {
        let at = |row: &LoadRow| (row.component, row.resource);
        let rows = without_retries(self.rows);
        let begin = rows.partition_point(|row| at(row) < of);
        begin..rows.partition_point(|row| at(row) <= of)
    }

    /// P7845: access points on standby that carry users are those of the plan.
    fn opened_are_true(&self, row: &Lined<FailureRow>, rows: &Rows<'_>, report: &mut Report) {
        const RULE: Rule = Rule {
            code: "P7845",
            hint: "name every access point on standby that carries users in the plan, and count them",
        };
        let ground = self.ways.basis.ground;
        let entering = &self.outcome.entering;
        let carries = |least: f64| {
            let all = standby(ground.inventory);
            all.filter(move |index| entering[*index] > least)
        };
        let mut is_told = vec![false; ground.inventory.access_points.len()];
        let mut count = 0;
        for lined in rows
            .involved
            .iter()
            .filter(|own| own.row.role == Role::Opened)
        {
            let id = ground.components.get(lined.row.component.as_str());
            let own = id.map(|id| ground.inventory.component(*id));
            let Some(Component::AccessPoint(id)) = own else {
                let name = &lined.row.component;
                is_of_nothing::<InvolvedRow>(lined.line, "component", name, report);
                continue;
            };
            if let Some(resource) = &lined.row.resource {
                is_of_nothing::<InvolvedRow>(lined.line, "resource", resource, report);
            }
            is_told[id.index()] = true;
            count += 1;
            // What arithmetic leaves of nobody may count as somebody or not.
            if !carries(0.0).any(|own| own == id.index()) {
                let found = format!("`{}` opened", lined.row.component);
                let at = At::cell(InvolvedRow::FILE, lined.line, "component");
                let expected = "an access point on standby that carries users";
                report.add(RULE, at, found, expected);
            }
        }
        let is_missing = |index: &usize| self.has_involved() && !is_told[*index];
        for index in carries(self.nobody()).filter(is_missing) {
            let id = AccessPointId::new(index);
            let id = ground.inventory.access_point_component(id);
            let name = ground.inventory.component_name(id);
            let found = format!("no row of `{name}`{}", of_case(rows));
            let expected = format!("opened, with {} users", decimal(entering[index]));
            report.add(RULE, At::file(InvolvedRow::FILE), found, expected);
        }
        let expected = if self.has_involved() {
            count..=count
        } else {
            carries(self.nobody()).count()..=carries(0.0).count()
        };
        let found = usize::try_from(row.row.opened_access_points).unwrap_or(usize::MAX);
        if !expected.contains(&found) {
            let at = At::cell(FailureRow::FILE, row.line, "opened_access_points");
            report.add(RULE, at, found.to_string(), expected.start().to_string());
        }
    }

    /// P7846: what binds limits something in the case, and nothing binds where everybody is on his default path.
    /// P7861: where a rule answers, those bind of which more is asked for than there is.
    fn binding_is_true(&self, row: &Lined<FailureRow>, rows: &Rows<'_>, report: &mut Report) {
        const PRICED: Rule = Rule {
            code: "P7846",
            hint: "name components and resources that have a price in the case, each once",
        };
        const OVERLOADED: Rule = Rule {
            code: "P7861",
            hint: "name every component and resource that is asked for more than its capacity, each once",
        };
        let is_by_rule = self.is_by_rule();
        let (rule, expected) = if is_by_rule {
            (OVERLOADED, "something that is overloaded in the case")
        } else {
            let expected =
                "something that limits the case, where more than the default plan is needed";
            (PRICED, expected)
        };
        let exceeds = |position: usize, tolerance: f64| {
            self.outcome.loads[position] > self.rows[position].capacity * (1.0 + tolerance)
        };
        let mut told = BTreeSet::new();
        for lined in rows
            .involved
            .iter()
            .filter(|own| own.row.role == Role::Binds)
        {
            let resource = lined.row.resource.as_deref().unwrap_or_default();
            let own = self.row_of(&lined.row.component, resource);
            told.extend(own);
            // What is full to the last bit may count or not.
            let may_bind = own.is_some_and(|own| {
                let is_short = row.row.settled_by != SettledBy::Default;
                if is_by_rule {
                    exceeds(own, 0.5 * FEASIBILITY)
                } else {
                    is_short
                }
            });
            if !may_bind {
                let found = format!("`{resource}` of `{}` binds", lined.row.component);
                let at = At::cell(InvolvedRow::FILE, lined.line, "component");
                report.add(rule, at, found, expected);
            }
        }
        let surely = (0..self.rows.len()).filter(|own| exceeds(*own, 2.0 * FEASIBILITY));
        for position in surely.filter(|_| is_by_rule && self.has_involved()) {
            let row = &self.rows[position];
            let fullest = self.fullest((row.component, row.resource));
            if !fullest.is_some_and(|own| told.contains(&own)) {
                let found = format!("no row{} of {}", of_case(rows), self.words(position));
                let at = At::file(InvolvedRow::FILE);
                report.add(OVERLOADED, at, found, "a row that says that it binds");
            }
        }
    }

    /// P7847: the default plan settles the case: it leaves nobody unserved who could be served, moves nobody whom
    /// nothing touches, keeps every target and every limit, and the goals ask for nothing before.
    pub(super) fn default_settles_it(&self, row: &Lined<FailureRow>, report: &mut Report) {
        const RULE: Rule = Rule {
            code: "P7847",
            hint: "settle the case by a plan and prices, and write both into proofs.jsonl",
        };
        let policy = &self.ways.basis.ground.scenario.policy;
        let levels = &self.outcome.levels;
        let first = [Goal::Unserved, Goal::Relief, Goal::Headroom];
        let overloaded = self.overloaded().next();
        let found = if !policy.goals.starts_with(&first) || policy.max_moved_users.is_some() {
            Some("goals or a limit of moves that the default plan says nothing about".to_owned())
        } else if levels.relief > self.nobody() {
            Some(format!(
                "{} users whom nothing touches, moved",
                decimal(levels.relief)
            ))
        } else if levels.shortfalls.is_known && levels.shortfalls.worst > AGREEMENT {
            Some(format!(
                "{} of a target missing",
                decimal(levels.shortfalls.worst)
            ))
        } else {
            overloaded.map(|position| self.words(position))
        };
        if let Some(found) = found {
            let at = At::cell(FailureRow::FILE, row.line, "settled_by");
            let expected = "a default plan that keeps every target";
            report.add(RULE, at, format!("`default` with {found}"), expected);
        }
    }

    /// Rows with more load than capacity.
    fn overloaded(&self) -> impl Iterator<Item = usize> + '_ {
        let loads = self.rows.iter().zip(&self.outcome.loads);
        let fits = |row: &LoadRow, load: f64| {
            load <= row.capacity || is_same(load, row.capacity, row.capacity)
        };
        let all = loads.enumerate();
        all.filter(move |(_, (row, load))| !fits(row, **load))
            .map(|(position, _)| position)
    }

    /// A load in words.
    fn words(&self, position: usize) -> String {
        let ground = self.ways.basis.ground;
        let row = &self.rows[position];
        let resource = &ground.inventory.resources[row.resource];
        let id = crate::ids::ComponentId::new(row.component);
        format!(
            "{} {} of {} on `{}`, of which {} are left",
            decimal(self.outcome.loads[position]),
            resource.unit,
            resource.id,
            ground.inventory.component_name(id),
            decimal(row.capacity),
        )
    }

    /// P7852: no load of a plan exceeds what is left; the first that does is told.
    pub(super) fn loads_fit(&self, line: u64, report: &mut Report) {
        const RULE: Rule = Rule {
            code: "P7852",
            hint: "displace users until everything fits, or leave some unserved",
        };
        if let Some(position) = self.overloaded().next() {
            let at = At::cell(crate::plan_files::PROOFS_FILE, line, "displaced");
            report.add(RULE, at, self.words(position), "at most what is left");
        }
    }
}

/// Which case it is, for what has no row of its own.
fn of_case(rows: &Rows<'_>) -> String {
    let case = rows.failure.map(|row| row.row.case);
    case.map_or_else(String::new, |case| format!(" in case {case}"))
}
