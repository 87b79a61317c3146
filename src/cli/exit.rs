//! Exit: the documented exit codes of the program.

use crate::error::Error;

/// The plan serves everyone and meets its targets; the input is sound; the plan holds.
pub(crate) const SOUND: u8 = 0;
/// Users stay unserved, a target is missed, a transition is refused, users are down beyond what the plan names, or a
/// level is not proven; the plan does not hold.
pub(crate) const SHORT: u8 = 1;
pub(crate) const BAD_INPUT: u8 = 2;
/// A limit was hit before there was any plan.
pub(crate) const STOPPED: u8 = 3;
pub(crate) const INTERNAL: u8 = 4;

/// The code of what holds, or falls short.
pub(crate) fn sound_if(is_sound: bool) -> u8 {
    if is_sound { SOUND } else { SHORT }
}

pub(crate) fn code_of(error: &Error) -> u8 {
    match error {
        Error::NotWritten(error) => code_of(error),
        Error::Io { .. } | Error::Unfit(_) | Error::Refused(_) => BAD_INPUT,
        Error::StoppedEarly => STOPPED,
        Error::Solver { .. } | Error::Internal(_) => INTERNAL,
    }
}
