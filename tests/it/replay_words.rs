//! `plimsoll replay` for its user: the folder, the words, credits, and what is refused.

mod again;
mod credits;
mod folder;
mod given;
mod hostile;
mod place;
mod refused;
mod roughly;
mod slow;
mod words;
