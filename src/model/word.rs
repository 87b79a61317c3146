//! Words: how files spell a choice.

/// A choice that files spell as a word.
///
/// ```
/// use plimsoll::model::{MoveRule, Word};
/// assert_eq!(MoveRule::ReplicaOnly.word(), "replica_only");
/// assert_eq!(MoveRule::of_word("pinned"), Some(MoveRule::Pinned));
/// ```
pub trait Word: Copy + PartialEq + 'static {
    /// Every choice with its word.
    const WORDS: &'static [(&'static str, Self)];

    /// As files spell it.
    fn word(self) -> &'static str {
        let pair = Self::WORDS.iter().find(|(_, choice)| *choice == self);
        pair.map_or("", |(word, _)| word)
    }

    /// The choice of a word.
    fn of_word(word: &str) -> Option<Self> {
        let pair = Self::WORDS.iter().find(|(known, _)| *known == word);
        pair.map(|(_, choice)| *choice)
    }
}

/// The words of a type.
macro_rules! words {
    ($type:ty: $($word:literal = $choice:expr),+) => {
        impl Word for $type {
            const WORDS: &'static [(&'static str, Self)] = &[$(($word, $choice)),+];
        }
    };
}

pub(super) use words;

words!(bool: "yes" = true, "no" = false);
