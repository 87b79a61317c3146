//! Faults that tests put into what the solver answers; nothing of it is in the product.
//!
//! A fault holds for everything that is asked within [`with_fault`], on whatever threads that uses: they are threads
//! of a pool of its own, so tests beside it never see it.

use super::matrix::PrimalValues;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What the solver does wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Fault {
    /// It calls every end this, by its own number.
    Status(i32),
    /// It stops after this number of iterations and says so.
    IterationLimit(i32),
    /// It starts from a random basis, with this seed.
    Basis(u64),
    /// Its prices of rows are wrong.
    Duals(Wrong),
    /// Its amounts of columns are wrong.
    Columns(Wrong),
    /// The covering program's sets are wrong.
    Sets(WrongSet),
}

/// What is wrong with numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Wrong {
    /// All are 0.
    Zero,
    /// The signs are turned.
    Negated,
    /// All are multiplied by this factor.
    Times(f64),
    /// All are larger by this amount.
    Plus(f64),
    /// All are this, which may be no number.
    All(f64),
    /// They stand in the reverse order.
    Reversed,
}

/// What is wrong with a set of openings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum WrongSet {
    /// There is none.
    None,
    /// Nothing is in it.
    Empty,
    /// All are in it.
    Full,
}

/// Which runs of the solver are wrong, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum When {
    /// Only this one.
    Once(usize),
    /// This one and all after it.
    From(usize),
    /// One in this number.
    Every(usize),
    /// From the first number on, as many as the second.
    Spell(usize, usize),
}

/// Runs after which a test is endless.
const ENDLESS: usize = 20_000;

/// A fault, and how far it has come.
struct Injected {
    fault: Fault,
    when: When,
    runs: AtomicUsize,
}

thread_local! {
    static INJECTED: RefCell<Option<Arc<Injected>>> = const { RefCell::new(None) };
    static IS_WRONG: Cell<bool> = const { Cell::new(false) };
}

/// What is asked while the solver does something wrong, and how often it was run. One thread counts the runs.
pub(crate) fn with_fault<R: Send>(
    fault: Fault,
    when: When,
    ask: impl FnOnce() -> R + Send,
) -> (R, usize) {
    let injected = Arc::new(Injected {
        fault,
        when,
        runs: AtomicUsize::new(0),
    });
    let of_thread = Arc::clone(&injected);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .start_handler(move |_| {
            INJECTED.with(|injected| *injected.borrow_mut() = Some(Arc::clone(&of_thread)));
        })
        .build()
        .expect("a thread can be started");
    let answer = pool.install(ask);
    (answer, injected.runs.load(Ordering::Relaxed))
}

/// The fault of this thread, if its present run is wrong.
fn present() -> Option<Fault> {
    let fault = INJECTED.with(|injected| injected.borrow().as_ref().map(|injected| injected.fault));
    fault.filter(|_| IS_WRONG.get())
}

/// Another run begins.
pub(super) fn begin_run() {
    INJECTED.with(|injected| {
        if let Some(injected) = &*injected.borrow() {
            let run = injected.runs.fetch_add(1, Ordering::Relaxed);
            assert!(
                run < ENDLESS,
                "{:?} {:?} has no end",
                injected.fault,
                injected.when
            );
            IS_WRONG.set(match injected.when {
                When::Once(wrong) => run == wrong,
                When::From(first) => run >= first,
                When::Every(step) => run.is_multiple_of(step),
                When::Spell(first, count) => run >= first && run - first < count,
            });
        }
    });
}

/// Iterations after which the run is to stop.
pub(super) fn iteration_limit() -> Option<i32> {
    match present()? {
        Fault::IterationLimit(limit) => Some(limit),
        _ => None,
    }
}

/// By column, then row, whether it is basic: as many as there are rows.
pub(super) fn basis(columns: usize, rows: usize) -> Option<(Vec<i32>, Vec<i32>)> {
    const NONBASIC: i32 = 0;
    const BASIC: i32 = 1;
    let Some(Fault::Basis(seed)) = present() else {
        return None;
    };
    let mut state = seed;
    let mut drawn: Vec<(u64, usize)> = (0..columns + rows)
        .map(|position| {
            // Knuth's multiplier: good enough for dice.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33, position)
        })
        .collect();
    drawn.sort_unstable();
    let mut all = vec![NONBASIC; columns + rows];
    for &(_, position) in drawn.iter().take(rows) {
        all[position] = BASIC;
    }
    let of_rows = all.split_off(columns);
    Some((all, of_rows))
}

/// What the solver says instead of a status.
pub(super) fn status(number: i32) -> i32 {
    match present() {
        Some(Fault::Status(wrong)) => wrong,
        _ => number,
    }
}

/// What it says instead of values.
pub(super) fn disturb(values: &mut PrimalValues) {
    match present() {
        Some(Fault::Duals(wrong)) => wrong.applied(&mut values.row_duals),
        Some(Fault::Columns(wrong)) => wrong.applied(&mut values.columns),
        _ => {}
    }
}

/// What the covering program says instead of a set of `count` members.
pub(super) fn set(found: Option<Vec<bool>>, count: usize) -> Option<Vec<bool>> {
    begin_run();
    match present() {
        Some(Fault::Sets(WrongSet::None)) => None,
        Some(Fault::Sets(WrongSet::Empty)) => Some(vec![false; count]),
        Some(Fault::Sets(WrongSet::Full)) => Some(vec![true; count]),
        _ => found,
    }
}

impl Wrong {
    fn applied(self, numbers: &mut [f64]) {
        match self {
            Self::Zero => numbers.fill(0.0),
            Self::Negated => numbers.iter_mut().for_each(|number| *number = -*number),
            Self::Times(factor) => numbers.iter_mut().for_each(|number| *number *= factor),
            Self::Plus(more) => numbers.iter_mut().for_each(|number| *number += more),
            Self::All(same) => numbers.fill(same),
            Self::Reversed => numbers.reverse(),
        }
    }
}
