//! Memory: when what was freed goes back to the system.
#![expect(
    unsafe_code,
    reason = "the allocator is set from its C interface; neither call has a precondition"
)]

use std::ffi::{c_int, c_long};

/// How long the allocator keeps what was freed, milliseconds; its own default is 10.
///
/// The phases of a large plan free and ask for hundreds of megabytes within seconds, and what went back to the system
/// in between comes as pages that it clears one by one. What one phase leaves to none is given back by
/// [`give_back`].
const KEPT: c_long = 10_000;

/// The option's number in the allocator's interface (`mi_option_purge_delay`).
const PURGE_DELAY: c_int = 15;

/// Lets the allocator keep what is freed until it is given back.
pub(super) fn keep() {
    // SAFETY: sets a number under the allocator's own lock-free table of options.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, KEPT) }
}

/// Gives back what was freed so far. Waits until every thread has the time for it.
pub(super) fn give_back() {
    rayon::broadcast(|_| give_back_own());
    give_back_own();
}

/// Gives back what was freed in large pieces, and the small ones of this thread.
pub(super) fn give_back_own() {
    // SAFETY: a thread looks at its own heap; nothing that is in use is touched.
    unsafe { libmimalloc_sys::mi_collect(true) }
}
