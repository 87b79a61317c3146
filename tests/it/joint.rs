//! All periods planned together: never more moves than period after period, and fewer where nobody need move twice.

mod by_hand;
mod drawn;
mod shipped;
mod statements;
