//! Cases that are settled by smaller ones where those will do.

use super::instant::Asking;
use super::parts::Part;
use super::settle::settle;
use super::settled::{Depth, SettledCase};
use crate::error::Result;
use crate::model::{Case, Contingencies};
use std::sync::{Arc, OnceLock};

/// The cases of at most one failure, kept as parts of others once they are settled.
#[derive(Debug)]
pub(super) struct Parted {
    /// By case.
    parts: Vec<OnceLock<Arc<Part>>>,
    /// How far they are settled.
    depth: Depth,
}

impl Parted {
    /// Nothing is settled yet; parts will be to this depth.
    pub(super) fn new(contingencies: &Contingencies, depth: Depth) -> Self {
        let count = contingencies.of_size(1).end.max(1);
        Self {
            parts: vec![OnceLock::new(); count],
            depth,
        }
    }

    /// Settles a case, in which this is available and demanded, and tells of it what `tell` takes from it.
    pub(super) fn settle<T>(
        &self,
        asking: Asking<'_>,
        contingencies: &Contingencies,
        (case, known): (usize, &Case),
        depth: Depth,
        tell: impl FnOnce(&SettledCase<'_, '_>) -> T,
    ) -> Result<T> {
        let parts = if matches!(depth, Depth::Unserved | Depth::Verdict) {
            self.parts_of(asking, contingencies, case)?
        } else {
            Vec::new()
        };
        let parts: Vec<&Part> = parts.iter().map(Arc::as_ref).collect();
        settle(asking, known, depth, Some(&parts), |settled| {
            if depth == self.depth
                && let Some(part) = self.parts.get(case)
            {
                part.get_or_init(|| Arc::new(Part::of(settled)));
            }
            tell(settled)
        })
    }

    /// Smaller cases that may settle a case: of several failures each one alone, else the case without a failure.
    fn parts_of(
        &self,
        asking: Asking<'_>,
        contingencies: &Contingencies,
        case: usize,
    ) -> Result<Vec<Arc<Part>>> {
        if case == 0 {
            return Ok(Vec::new());
        }
        let positions = contingencies.positions(case);
        let is_alone = positions.len() == 1 && contingencies.gray_size(case) == 0;
        if positions.is_empty() || is_alone {
            return Ok(vec![self.part(asking, contingencies, 0)?]);
        }
        let alone = positions.iter();
        alone
            .map(|position| {
                let case = contingencies.case_of(&[*position]);
                self.part(asking, contingencies, case)
            })
            .collect()
    }

    /// A case of at most one failure as a part of others. It is settled where it is first asked for, and the same
    /// whoever asks.
    pub(super) fn part(
        &self,
        asking: Asking<'_>,
        contingencies: &Contingencies,
        case: usize,
    ) -> Result<Arc<Part>> {
        if let Some(part) = self.parts[case].get() {
            return Ok(Arc::clone(part));
        }
        let events = contingencies.events(asking.backdrop.inventory, case);
        let known = asking.case(&events);
        let part = self.settle(asking, contingencies, (case, &known), self.depth, Part::of)?;
        Ok(Arc::clone(self.parts[case].get_or_init(|| Arc::new(part))))
    }
}
