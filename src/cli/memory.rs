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

/// Lets the allocator keep what is freed until it is given back, unless its environment says otherwise.
pub(super) fn keep() {
    // SAFETY: sets a number under the allocator's own lock-free table of options.
    unsafe { libmimalloc_sys::mi_option_set_default(PURGE_DELAY, KEPT) }
}

/// Gives back what was freed so far. Waits until every thread has the time for it.
pub(super) fn give_back() {
    // SAFETY: a thread looks at its own heap; nothing that is in use is touched.
    let give_back_own = || unsafe { libmimalloc_sys::mi_collect(true) };
    rayon::broadcast(|_| give_back_own());
    give_back_own();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_is_the_one_that_is_meant() {
        // SAFETY: reads a number of the allocator's own table of options.
        let delay = || unsafe { libmimalloc_sys::mi_option_get(PURGE_DELAY) };
        if std::env::var_os("MIMALLOC_PURGE_DELAY").is_none() {
            // No other option of the allocator is 10 by default but for one multiplier, far from this number.
            assert_eq!(delay(), 10);
            keep();
            assert_eq!(delay(), KEPT);
        }
        give_back();
    }
}
