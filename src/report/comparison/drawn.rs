//! The chart of a comparison: headroom in B against A.

use super::text::ComparisonReport;
use super::words::by;
use crate::error::Result;
use crate::model::ComponentKind;
use crate::plan::compare::{HeadroomDifference, Pair};
use crate::report::charts::HeadroomChart;
use crate::report::charts::headroom::{Against, TIGHTEST_OTHERS};
use crate::report::document::Figure;
use crate::report::drawn::drawing;
use crate::report::headroom::{HeadroomRow, Standing};
use std::cmp::Ordering;

impl ComparisonReport {
    /// Headroom in B against A in the period that the tables show; none if a plan has no headroom.csv.
    ///
    /// # Errors
    /// `Error::Internal` if it cannot be drawn.
    pub fn drawings(&self) -> Result<Vec<Figure>> {
        let Some(pair) = self.shown().filter(|pair| !pair.headroom.is_empty()) else {
            return Ok(Vec::new());
        };
        let chart = HeadroomChart {
            title: self.title(pair),
            scenario: format!("A: {}, B: {}", self.labels.a.name, self.labels.b.name),
            period: self.shown_period(),
            rows: self.chart_rows(pair),
            most_others: TIGHTEST_OTHERS,
            against: Against::PlanA,
        };
        Ok(vec![drawing(
            "headroom".to_owned(),
            "Headroom",
            None,
            &chart,
        )?])
    }

    fn title(&self, pair: &Pair) -> String {
        if self.comparison.is_beside_before() {
            return self.verdict();
        }
        match self.comparison.order_by_refusal() {
            Ordering::Less => return "A against B: A is better, B is refused".to_owned(),
            Ordering::Greater => return "A against B: B is better, A is refused".to_owned(),
            Ordering::Equal => {}
        }
        match pair.order() {
            Ordering::Less => format!("A against B: A is better, {}", by(pair)),
            Ordering::Greater => format!("A against B: B is better, {}", by(pair)),
            Ordering::Equal if pair.has_levels() => {
                "A against B: the same by every goal".to_owned()
            }
            Ordering::Equal => "A against B: headroom side by side".to_owned(),
        }
    }

    fn chart_rows(&self, pair: &Pair) -> Vec<HeadroomRow> {
        pair.headroom
            .iter()
            .filter_map(|differs| self.chart_row(differs))
            .collect()
    }

    /// A row of the chart: B, with A as the state before it; `None` if B has it not.
    pub(in super::super) fn chart_row(&self, differs: &HeadroomDifference) -> Option<HeadroomRow> {
        let b = differs.b.as_ref()?;
        Some(HeadroomRow {
            component: differs.component.clone(),
            name: self.labels.name(&differs.component).to_owned(),
            kind: ComponentKind::of_word(&b.kind)?,
            resource: differs.resource.clone(),
            unit: b.unit.clone(),
            standing: if b.headroom.is_some() {
                Standing::InService
            } else {
                Standing::Drained
            },
            before: differs.a.as_ref().and_then(|a| a.headroom),
            during: b.headroom,
            target: Some(b.target).filter(|target| *target > 0.0),
            in_force: Some(b.in_force).filter(|target| *target > 0.0),
            load: b.load,
            capacity: b.capacity,
        })
    }
}
