//! Sites: whether `site_utilization.csv` says how full every site is in the cases of at most one failure.

use super::super::certificate::without_retries;
use super::super::report::{At, Report, Rule, is_same};
use super::failures::Found;
use super::tables::{Rows, is_of_nothing};
use crate::plan_files::{Lined, Row, SiteUtilizationRow, decimal};
use std::collections::BTreeMap;

const RULE: Rule = Rule {
    code: "P7859",
    hint: "write one row for every site that has something left, with its fullest resource",
};

/// P7859: every site that limits something has a row with the fullest of its resources.
pub(super) fn check(found: &Found<'_, '_>, case: usize, rows: &Rows<'_>, report: &mut Report) {
    let ground = found.ways.basis.ground;
    let mut told: BTreeMap<usize, &Lined<SiteUtilizationRow>> = BTreeMap::new();
    for row in &rows.sites {
        match ground.sites.get(row.row.site.as_str()) {
            Some(site) => {
                told.insert(site.index(), row);
            }
            None => is_of_nothing::<SiteUtilizationRow>(row.line, "site", &row.row.site, report),
        }
    }
    let mut fullest: BTreeMap<usize, f64> = BTreeMap::new();
    let sites = ground.inventory.sites.len();
    let of_sites = without_retries(found.rows).iter().zip(&found.outcome.loads);
    for (row, load) in of_sites.filter(|(row, _)| row.component < sites) {
        let own = fullest.entry(row.component).or_default();
        *own = own.max(load / row.capacity);
    }
    let cases = &found.ways.basis.asked.cases;
    if cases.size(case) > 1 || cases.gray_size(case) > 0 {
        fullest.clear();
    }
    for (site, row) in &told {
        let Some(expected) = fullest.get(site) else {
            let at = At::cell(SiteUtilizationRow::FILE, row.line, "site");
            let words = format!("`{}` in case {case}", row.row.site);
            let expected = "a site that has something left, in a case of at most one failure";
            report.add(RULE, at, words, expected);
            continue;
        };
        let position = found.row_of(&row.row.site, &row.row.resource);
        let of_resource =
            position.map(|position| found.outcome.loads[position] / found.rows[position].capacity);
        if of_resource.is_none_or(|own| !is_same(own, *expected, 1.0)) {
            let at = At::cell(SiteUtilizationRow::FILE, row.line, "resource");
            let words = format!("`{}`", row.row.resource);
            report.add(RULE, at, words, "the fullest resource of the site");
        } else if !is_same(row.row.utilization, *expected, 1.0) {
            let at = At::cell(SiteUtilizationRow::FILE, row.line, "utilization");
            report.add(RULE, at, decimal(row.row.utilization), decimal(*expected));
        }
    }
    for (site, utilization) in &fullest {
        if !told.contains_key(site) {
            let name = &ground.inventory.sites[*site].id;
            let words = format!("no row of `{name}` in case {case}");
            let expected = format!("its fullest resource, at {}", decimal(*utilization));
            report.add(RULE, At::file(SiteUtilizationRow::FILE), words, expected);
        }
    }
}
