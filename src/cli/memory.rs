//! Memory: when what was freed goes back to the system, and what happens where there is none left.
#![expect(
    unsafe_code,
    reason = "the allocator is set from its C interface, and the program's own passes calls on to it"
)]

use super::exit;
use crate::error::{Error, Result};
use mimalloc::MiMalloc;
use std::alloc::{GlobalAlloc, Layout};
use std::ffi::{c_int, c_long};
use std::io::{self, Write};

/// How long the allocator keeps what was freed, milliseconds; its own default is 10.
///
/// The phases of a large plan free and ask for hundreds of megabytes within seconds, and what went back to the system
/// in between comes as pages that it clears one by one. What one phase leaves to none is given back by
/// [`give_back`].
const KEPT: c_long = 10_000;

/// The option's number in the allocator's interface (`mi_option_purge_delay`).
const PURGE_DELAY: c_int = 15;

/// The least address space, MiB, in which the smallest inventory is planned.
const LEAST_ADDRESSES: u64 = 256;

// SAFETY: the C library has it under this name and type; it takes any number.
unsafe extern "C" {
    /// Ends the process at once; nothing else of it runs any more.
    safe fn _exit(code: c_int) -> !;
}

/// The program's allocator: where there is no memory left it says so and ends the program with the exit code of an
/// input that is too large, in place of an abort.
pub struct Allocator(MiMalloc);

impl Allocator {
    /// The only one that a program needs.
    pub const NEW: Self = Self(MiMalloc);
}

// SAFETY: every call is passed on with the arguments that it came with, and what comes back is handed on unless it is null.
unsafe impl GlobalAlloc for Allocator {
    // SAFETY: as of the allocator below.
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the conditions, which are the same.
        made(unsafe { self.0.alloc(layout) }, layout.size())
    }

    // SAFETY: as of the allocator below.
    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        made(unsafe { self.0.alloc_zeroed(layout) }, layout.size())
    }

    // SAFETY: as of the allocator below.
    #[inline]
    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        made(unsafe { self.0.realloc(old, layout, size) }, size)
    }

    // SAFETY: as of the allocator below.
    #[inline]
    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { self.0.dealloc(old, layout) }
    }
}

/// What was asked for; without it the program ends.
#[inline]
fn made(memory: *mut u8, size: usize) -> *mut u8 {
    if memory.is_null() {
        end_without(size);
    }
    memory
}

/// Says that there is no memory left, without asking for any, and ends.
#[cold]
fn end_without(size: usize) -> ! {
    let mut text = [0; 160];
    let mut rest = &mut text[..];
    let _ = writeln!(
        rest,
        "error: out of memory: {size} more bytes are not available\nhint: raise the limit of memory, or divide the \
         inventory"
    );
    let left = rest.len();
    // Without standard error there is nowhere to report to.
    let _ = io::stderr().write_all(&text[..text.len() - left]);
    _exit(c_int::from(exit::BAD_INPUT))
}

/// Rule: the address space of the process is not so small that nothing can be planned in it.
///
/// # Errors
/// [`Error::Io`] if it is.
pub(super) fn has_address_space() -> Result<()> {
    match limit() {
        Some(limit) if limit < LEAST_ADDRESSES << 20 => {
            let reason = format!(
                "its address space is limited to {} MiB, and needs {LEAST_ADDRESSES} at least; raise the limit (`ulimit -v`)",
                limit >> 20
            );
            Err(Error::Io {
                action: "start",
                path: "plimsoll".to_owned(),
                source: io::Error::new(io::ErrorKind::OutOfMemory, reason),
            })
        }
        _ => Ok(()),
    }
}

/// The limit of the process's address space, bytes; `None` if there is none, or none that is known.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn limit() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::As).current
}

/// The limit of the process's address space; not known elsewhere.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn limit() -> Option<u64> {
    None
}

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
            // No other option of the allocator is 10 by default except for one multiplier, far from this number.
            assert_eq!(delay(), 10);
            keep();
            assert_eq!(delay(), KEPT);
        }
        give_back();
    }
}
