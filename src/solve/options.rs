//! Statuses, tolerances and options of the solver, all in one place.

use crate::units::NUMERICAL_NOISE;

/// Reduced cost, in scaled units, below which a column is worth adding.
pub(super) const WORTH_ADDING: f64 = -1e-9;

/// Classes from which on a problem is large: what then spares steps of the solver leads to another of several best plans,
/// so that smaller ones keep theirs; all are large where that is tested.
const LEAST_LARGE: usize = if cfg!(test) { 1 } else { 3_000 };

/// `true` if a problem of this number of classes is large.
pub(super) fn is_large(classes: usize) -> bool {
    classes >= LEAST_LARGE
}

/// What a millisecond counts where a class of a large problem chooses among sites whose costs, in scaled units, are the
/// same except for very little: the nearer one spares the level of latency a step.
pub(super) const COST_OF_MILLISECOND: f64 = NUMERICAL_NOISE;

/// What a held level may exceed its value by, as a share of nobody: later levels gain by it many times over.
pub(super) const DUST_OF_NOBODY: f64 = 0.001;

/// Sites of a class that are looked at one by one; of more, those that cost the least at least come first.
pub(super) const FEW_SITES: usize = 2;

/// Groups whose classes one thread prices at a time.
pub(super) const GROUPS_OF_CHUNK: usize = 64;

/// Columns added after one pricing pass, at most.
pub(super) const COLUMNS_PER_PASS: usize = 200;

/// Classes for which that number is enough; with more, more are added at a time, because a pass costs more.
pub(super) const CLASSES_OF_BATCH: usize = 3_000;

/// The largest multiple of that number.
pub(super) const MOST_BATCHES: usize = 5;

/// The same at the latency level, where nearly every active class has something to gain.
pub(super) const COLUMNS_PER_LATENCY_PASS: usize = 600;

/// Rows of classes from which on the program is rebased where that makes it smaller; small ones only where that is
/// tested.
pub(super) const LEAST_REBASED: usize = if cfg!(test) { 1 } else { 300 };

/// Candidates of a level's first pass from which on whole classes go where it says without a step of the solver; small
/// plans do only where that is tested.
pub(super) const LEAST_MOVED_WHOLE: usize = if cfg!(test) { 1 } else { 2_000 };

/// The number of classes that are much alike and that one stands for in a sample.
pub(super) const CLASSES_OF_SAMPLED: usize = if cfg!(test) { 2 } else { 16 };

/// Classes of a sample from which on its prices spare more than they cost also where all can be served.
pub(super) const LEAST_SAMPLE: usize = if cfg!(test) { 1 } else { 5_000 };

/// Batches of columns that are gathered within a level, at least, before it is rebased again.
pub(super) const BATCHES_BETWEEN_REBASES: usize = if cfg!(test) { 0 } else { 4 };

/// Pricing passes of one level, at most; then it hands on its feasible plan with its proven bound.
pub(super) const PASSES_PER_LEVEL: usize = 2_000;

/// Simplex iterations of one level, likewise. Counted, so that the same input gives the same bytes.
pub(super) const ITERATIONS_PER_LEVEL: u64 = 50_000;

/// The same for the program of all periods together: what it finds is where whole shards are looked for.
pub(super) const ITERATIONS_OF_JOINT: u64 = 10_000;

/// The same for its latency, which only chooses among sites.
pub(super) const ITERATIONS_OF_JOINT_LATENCY: u64 = 3_000;

/// The same for the margin, whose bound is of use also where it is not the best that could be proven.
pub(super) const ITERATIONS_OF_MARGIN: u64 = 2_000;

/// Simplex iterations between two looks at the stop.
pub(super) const ITERATIONS_BETWEEN_LOOKS: i32 = 5_000;

/// Sets of openings that the later levels are tried on, at most.
pub(super) const OPENINGS_TRIED: usize = 64;

/// Runs in a row that end at the iteration limit before another method is tried.
pub(super) const RUNS_OF_METHOD: usize = 20;

/// A price in scaled units that is larger than this is none.
pub(super) const MOST_PRICE: f64 = 1e15;

/// How a run of the solver ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Proven by the solver; our own bound decides.
    Optimal,
    /// The iteration limit: go on.
    Unfinished,
    /// The solver cannot say whether its point is optimal: where it keeps the rows, our own bound decides.
    Unknown,
    /// No point satisfies all rows, says the solver.
    Infeasible,
    /// Anything else, by the solver's number.
    Other(i32),
}

impl Status {
    /// From the solver's number.
    pub(super) fn of(number: i32) -> Self {
        match number {
            7 => Self::Optimal,
            8 => Self::Infeasible,
            14 => Self::Unfinished,
            15 => Self::Unknown,
            other => Self::Other(other),
        }
    }
}

/// The method by which the solver is run; later ones are tried when earlier ones fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SolverMethod {
    /// Primal simplex from the basis at hand: it stays feasible where only columns were added.
    Primal,
    /// Dual simplex from the basis at hand.
    Dual,
    /// Primal simplex from scratch.
    Fresh,
    /// From scratch with presolve and the solver's own choice.
    Presolved,
}

impl SolverMethod {
    /// In the order in which they are tried.
    pub(super) const ALL: [Self; 4] = [Self::Primal, Self::Dual, Self::Fresh, Self::Presolved];

    /// Those that are tried in turn where what was found cannot be proven.
    pub(super) const AGAIN: [&'static [Self]; 2] =
        [&[Self::Fresh, Self::Presolved], &[Self::Presolved]];

    /// `true` if it forgets the basis at hand.
    pub(super) fn is_from_scratch(self) -> bool {
        matches!(self, Self::Fresh | Self::Presolved)
    }

    /// How a run that was not finished goes on.
    pub(super) fn going_on(self) -> Self {
        match self {
            Self::Primal | Self::Fresh | Self::Presolved => Self::Primal,
            Self::Dual => Self::Dual,
        }
    }
}

/// Options that never change.
pub(super) const FIXED_REAL: [(&str, f64); 4] = [
    ("primal_feasibility_tolerance", 1e-9),
    ("dual_feasibility_tolerance", 1e-9),
    ("small_matrix_value", 1e-12),
    ("primal_simplex_bound_perturbation_multiplier", 0.0),
];

/// `simplex_scale_strategy` of the solver for large problems: none, for rows are shares of a capacity and columns count mean classes.
pub(super) const UNSCALED: i32 = 0;

/// `simplex_strategy` of the solver.
pub(super) const STRATEGY_DUAL: i32 = 1;
/// `simplex_strategy` of the solver.
pub(super) const STRATEGY_PRIMAL: i32 = 4;
