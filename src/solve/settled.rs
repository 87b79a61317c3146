//! One level after the other: each is settled, then held while the next ones are solved (`docs/model.md` §4, `docs/design.md`).

use super::extract::{PrimalSolution, extract};
use super::master::{LevelEnd, Master};
use super::outcome::{LevelOutcome, LevelProof, Outcome, Proof, is_lower, worse_from};
use crate::error::Result;
use crate::formulation::goals::{Level, Objective};
use crate::plan_files::ModelSize;
use crate::units::{NUMERICAL_NOISE, PROVEN, WORTH_A_TRY};

/// At which level an answer has to be better than another to be of use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Beat {
    /// At any.
    #[default]
    AnyLevel,
    /// At one of those that count unserved users.
    Unserved,
}

/// What headroom targets that have to be missed mean.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum MissedTargets {
    /// As little as possible is missing of them.
    #[default]
    Levelled,
    /// Nothing is settled any more once that is proven.
    MissedEnds,
    /// It is proven.
    Missed,
}

/// Levels settled so far, and the plan if it was taken before the end.
#[derive(Default, Clone)]
pub(super) struct LevelsSoFar {
    pub(super) levels: Vec<LevelOutcome>,
    pub(super) is_stopped: bool,
    pub(super) has_gap: bool,
    pub(super) best: Option<PrimalSolution>,
    /// Levels that are to be beaten, if any.
    pub(super) incumbent: Vec<LevelOutcome>,
    /// Where they are to be beaten.
    pub(super) beat: Beat,
    /// The search began near a plan, so that nothing has to be approached first.
    pub(super) is_near: bool,
    /// What headroom targets that have to be missed mean.
    pub(super) targets: MissedTargets,
}

impl LevelsSoFar {
    /// The outcome of what was settled; the plan is that of the last solution unless another was kept.
    pub(super) fn into_outcome(self, master: &Master<'_>) -> Outcome {
        let (rows, columns) = master.shape();
        let proof = self.proof();
        let plan = self.best.unwrap_or_else(|| extract(master));
        Outcome {
            levels: self.levels,
            served: plan.served,
            unserved: plan.unserved,
            paths: master.paths.clone(),
            is_open: plan.is_open,
            proof,
            size: ModelSize {
                shards: 0,
                classes: master.problem.classes.classes.len() as u64,
                groups: master.problem.classes.groups.len() as u64,
                paths: master.paths.len() as u64,
                rows: rows as u64,
                columns: columns as u64,
                nonzeros: master.nonzeros as u64,
            },
        }
    }

    /// How far the levels settled so far are proven.
    pub(super) fn proof(&self) -> Proof {
        if self.is_stopped {
            Proof::Stopped
        } else if self.has_gap {
            Proof::Gap
        } else {
            Proof::Proven
        }
    }

    /// Where the numbers of unserved users are not proven, serves those who fit all the same.
    pub(super) fn serve_who_fits(&mut self, master: &mut Master<'_>) -> Result<()> {
        let is_open = |level_outcome: &LevelOutcome| {
            matches!(level_outcome.level, Level::Unserved(_))
                && level_outcome.gap() > PROVEN
                && !self.is_stopped
        };
        if !self.levels.iter().any(is_open) {
            return Ok(());
        }
        master.serve_who_fits()?;
        for level_outcome in &mut self.levels {
            if matches!(level_outcome.level, Level::Unserved(_)) {
                let value = master.value(&master.problem.objective(level_outcome.level));
                level_outcome.value = level_outcome.value.min(value).max(level_outcome.bound);
            }
        }
        Ok(())
    }

    /// Raises what is to be beaten to these levels, if they are lower.
    pub(super) fn has_to_beat(&mut self, levels: &[LevelOutcome]) {
        if self.incumbent.is_empty() || is_lower(levels, &self.incumbent) {
            self.incumbent = levels.to_vec();
        }
    }

    /// Nothing but 0 is proven for the levels after this one.
    pub(super) fn forget_bounds_after(&mut self, level: Level) {
        let after = self
            .levels
            .iter()
            .position(|level_outcome| level_outcome.level == level);
        for level_outcome in self
            .levels
            .iter_mut()
            .skip(after.map_or(0, |index| index + 1))
        {
            level_outcome.bound = level_outcome.bound.min(0.0);
            self.has_gap |= level_outcome.value > 0.0;
        }
    }

    /// `true` if the plan to be beaten is better already, or cannot be beaten any more where it has to be.
    pub(super) fn is_worse(&self) -> bool {
        is_lower(&self.incumbent, &self.levels) || self.is_in_vain()
    }

    /// `true` if more users had to be served, and as many are.
    pub(super) fn is_in_vain(&self) -> bool {
        let is_unserved = |level: &&LevelOutcome| matches!(level.level, Level::Unserved(_));
        let count = self.incumbent.iter().take_while(is_unserved).count();
        self.beat == Beat::Unserved
            && self.levels.len() >= count
            && !is_lower(&self.levels[..count], &self.incumbent[..count])
    }

    /// The bound from which on the next level is worse than what is to be beaten.
    pub(super) fn too_much(&self) -> f64 {
        match self.incumbent.get(self.levels.len()) {
            Some(theirs) if !is_lower(&self.levels, &self.incumbent) => worse_from(theirs.value),
            _ => f64::INFINITY,
        }
    }

    /// Takes a level that was solved.
    pub(super) fn push(&mut self, level: Level, end: LevelEnd, gains: Vec<f64>, proof: LevelProof) {
        self.is_stopped |= end.is_stopped;
        self.has_gap |= !end.is_proven();
        self.levels.push(LevelOutcome {
            level,
            value: end.value,
            bound: end.bound,
            is_skipped: false,
            gains,
            proof,
            other_sets: Vec::new(),
        });
    }

    /// Takes a level whose bound was met at once.
    pub(super) fn skip(&mut self, level: Level, value: f64, row_count: usize) {
        self.levels.push(LevelOutcome {
            level,
            value,
            bound: value,
            is_skipped: true,
            gains: vec![0.0; row_count],
            proof: LevelProof::Floor,
            other_sets: Vec::new(),
        });
    }
}

/// Settles levels one by one. Ends early if stopped.
pub(super) fn settle_all(
    master: &mut Master<'_>,
    levels: &[Level],
    is_short: bool,
    settled: &mut LevelsSoFar,
) -> Result<()> {
    if is_short && !settled.is_near && levels.first() == Some(&Level::Unserved(0)) {
        approach_unserved(master)?;
    }
    for &level in levels {
        let is_missed = settled.targets == MissedTargets::Missed;
        if settled.is_stopped || is_missed || settled.is_worse() {
            return Ok(());
        }
        match level {
            Level::Unserved(rank) if !is_short => {
                skip_unserved(master, rank, settled);
                Ok(())
            }
            Level::Worst => settle_worst(master, settled),
            Level::AccessPoints => Ok(()),
            Level::Total if master.is_target_met() => {
                settled.skip(level, 0.0, master.problem.rows.rows.len());
                Ok(())
            }
            _ => settle(master, level, settled),
        }
        .map_err(|error| error.at_level(format!("{level:?}")))?;
    }
    Ok(())
}

/// Nobody is unserved but the trapped.
fn skip_unserved(master: &mut Master<'_>, rank: usize, settled: &mut LevelsSoFar) {
    let objective = master.problem.objective(Level::Unserved(rank));
    let trapped = master.problem.constant(&objective);
    settled.skip(
        Level::Unserved(rank),
        trapped,
        master.problem.rows.rows.len(),
    );
}

/// Settles one level and holds it.
fn settle(master: &mut Master<'_>, level: Level, settled: &mut LevelsSoFar) -> Result<()> {
    let objective = master.problem.objective(level);
    let at_once = master.value(&objective);
    let least = if matches!(level, Level::Unserved(_)) {
        master.problem.constant(&objective).min(at_once)
    } else {
        0.0
    };
    // The worst level counts what is missing in `t`, so the total shows only once it is solved.
    let must_solve = matches!(level, Level::Total | Level::Latency);
    let value = if !must_solve && master.is_nobody(at_once - least) {
        settled.skip(level, least, master.problem.rows.rows.len());
        least
    } else {
        let end = master.optimise(&objective, settled.too_much())?;
        let gains = master.gains();
        let (rows, columns) = master.shape();
        let iterations = master.iterations();
        tracing::debug!(
            ?level,
            end.value,
            end.bound,
            rows,
            columns,
            iterations,
            "settled"
        );
        let proof = LevelProof::Prices(master.prices(&settled.levels));
        settled.push(level, end, gains, proof);
        if settled.is_worse() {
            return Ok(());
        }
        end.value
    };
    hold(master, level, &objective, value, least)
}

/// Keeps a settled level: by closing its columns if it is as low as it can be, else by a row.
///
/// Columns that carry what tolerances leave of nobody may be needed for a row that is just met; if nothing
/// satisfies the closed program, the level is held by a row after all.
fn hold(
    master: &mut Master<'_>,
    level: Level,
    objective: &Objective,
    value: f64,
    least: f64,
) -> Result<()> {
    let is_least = master.is_nobody(value - least);
    let is_free = is_least && master.is_free_by_default(objective);
    let mark = master.mark();
    match level {
        Level::Unserved(_) | Level::Lost if is_least => master.closed.levels[level] = true,
        _ if level.is_of_movers() && is_free => master.closed.levels[level] = true,
        Level::Total if is_least => master.limit_shortfall(0.0, 0.0)?,
        _ => return master.hold(objective, value),
    }
    master.apply_bounds()?;
    if master.has_dust_on_closed() && master.run_again().is_err() {
        master.return_to(&mark)?;
        return master.hold(objective, value.max(least));
    }
    Ok(())
}

/// The worst missing share. If nothing is missing at all, which the total shows, it is settled with it.
fn settle_worst(master: &mut Master<'_>, settled: &mut LevelsSoFar) -> Result<()> {
    let row_count = master.problem.rows.rows.len();
    let total = master.problem.objective(Level::Total);
    let enough = if settled.targets == MissedTargets::MissedEnds {
        master.nobody()
    } else {
        f64::INFINITY
    };
    let end = if master.is_nobody(master.value(&total)) {
        None
    } else {
        Some(master.optimise(&total, enough)?)
    };
    if end.is_some_and(|end| end.bound > enough) {
        settled.targets = MissedTargets::Missed;
        return Ok(());
    }
    if end.is_none_or(|end| master.is_nobody(end.value)) && master.is_nothing_missing() {
        settled.skip(Level::Worst, 0.0, row_count);
        return master.limit_shortfall(0.0, 0.0);
    }
    master.limit_shortfall(0.0, 1.0)?;
    let end = master.optimise(&master.problem.objective(Level::Worst), settled.too_much())?;
    let gains = master.gains();
    let proof = LevelProof::Prices(master.prices(&settled.levels));
    settled.push(Level::Worst, end, gains, proof);
    let worst = if end.value <= NUMERICAL_NOISE {
        0.0
    } else {
        end.value
    };
    master.limit_shortfall(worst, 0.0)
}

/// Gets near the unserved levels at once: an unserved user of each rank costs a hundred of the next.
/// Only a start, which need not be found to the last digit in a large problem; the levels that follow are exact.
fn approach_unserved(master: &mut Master<'_>) -> Result<()> {
    let mut steep = master.nothing();
    let mut weight = 1.0;
    for rank in steep.levels.unserved.iter_mut().rev() {
        *rank = weight;
        weight *= 100.0;
    }
    if steep.levels.unserved.len() > 1 {
        let value = master.close_enough;
        if master.is_large {
            master.close_enough = WORTH_A_TRY;
        }
        let ended = master.optimise(&steep, f64::INFINITY);
        master.close_enough = value;
        ended?;
    }
    Ok(())
}
