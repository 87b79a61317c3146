//! Records: a large CSV text divided into stretches that can be read side by side.

use rayon::prelude::*;

/// About how many bytes are read as one: large beside the cost of handing them to a thread, small beside memory.
pub(crate) const STRETCH_BYTES: usize = 1 << 20;

/// Whole records of a CSV text that stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch<'b> {
    /// The records with their line ends.
    pub(crate) bytes: &'b [u8],
    /// How many lines of the text end before them.
    pub(crate) lines_before: u64,
}

/// The text in stretches of at least `size` bytes, cut after line feeds that no quotes enclose.
///
/// The text follows RFC 4180. The first stretch has the first record, if there is any. No stretch but the first begins with a byte-order mark, which a reader would take for
/// that of a file.
///
/// ```text
/// a,b\n        first stretch
/// 1,"x\ny"\n   second: the line feed within quotes does not end a record
/// 2,z\n        third
/// ```
pub(crate) fn stretches(bytes: &[u8], size: usize) -> Vec<Stretch<'_>> {
    let mut all = Vec::with_capacity(bytes.len() / size.max(1) + 1);
    let (mut rest, mut lines_before) = (bytes, 0);
    while !rest.is_empty() {
        let (bytes, after) = rest.split_at(end_of_stretch(rest, size));
        all.push(Stretch {
            bytes,
            lines_before,
        });
        lines_before += line_feeds(bytes) as u64;
        rest = after;
    }
    all
}

/// Where the first stretch of a text ends.
fn end_of_stretch(text: &[u8], size: usize) -> usize {
    let is_blank = |byte: &&u8| matches!(byte, b'\r' | b'\n');
    let blank = text.iter().take_while(is_blank).count();
    let Some((begin, rest)) = text.split_at_checked(blank + size.max(1)) else {
        return text.len();
    };
    let is_quote = |byte: &&u8| **byte == b'"';
    let mut is_quoted = begin.iter().filter(is_quote).count() % 2 == 1;
    for (position, byte) in rest.iter().enumerate() {
        let after = &rest[position + 1..];
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted && !after.starts_with(b"\xef\xbb\xbf") => {
                return begin.len() + position + 1;
            }
            _ => {}
        }
    }
    text.len()
}

/// Makes something of every item, a few at a time side by side, and hands it to `take` in the order of the items while
/// the next few are made, so that what is made and not taken stays small. Ends early when `take` answers `false`.
///
/// Gives back whether everything was taken.
pub(crate) fn side_by_side<S: Sync, T: Send>(
    items: &[S],
    make: impl Fn(&S) -> T + Sync,
    mut take: impl FnMut(T) -> bool + Send,
) -> bool {
    let mut made: Vec<T> = Vec::new();
    let mut goes_on = true;
    for some in items.chunks(2 * rayon::current_num_threads()) {
        let of_before = std::mem::take(&mut made);
        (made, goes_on) = rayon::join(
            || some.par_iter().map(&make).collect(),
            || of_before.into_iter().all(&mut take),
        );
        if !goes_on {
            break;
        }
    }
    goes_on && made.into_iter().all(take)
}

/// Appends one of `parts` parts of about the same length; the memory of all is asked for with the first, since a text
/// that grows is copied each time, and that of some more where they turn out longer.
pub(crate) fn append(bytes: &mut Vec<u8>, part: &[u8], parts: usize) {
    if bytes.capacity() - bytes.len() < part.len() {
        let more = if bytes.capacity() == 0 { parts } else { 0 };
        bytes.reserve(part.len() * (more + parts / 8 + 1));
    }
    bytes.extend_from_slice(part);
}

/// What reads records of any length.
pub(crate) fn reader(bytes: &[u8]) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .buffer_capacity(1 << 16)
        .from_reader(bytes)
}

/// The line of a record, counted from 1: the reader's own position lies before the line ends and blank lines that stand
/// in front of it.
pub(crate) fn line_of(position: &csv::Position, bytes: &[u8]) -> u64 {
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = bytes.get(start..).unwrap_or_default();
    let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + blank.filter(|byte| **byte == b'\n').count() as u64
}

/// How many line feeds there are.
#[expect(
    clippy::naive_bytecount,
    reason = "one more pass over bytes that are parsed anyway"
)]
pub(crate) fn line_feeds(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The stretches of a text with the lines before them.
    fn cut(text: &str, size: usize) -> Vec<(&str, u64)> {
        let text_of = |bytes| std::str::from_utf8(bytes).expect("cuts are behind line feeds");
        stretches(text.as_bytes(), size)
            .into_iter()
            .map(|stretch| (text_of(stretch.bytes), stretch.lines_before))
            .collect()
    }

    #[test]
    fn stretches_end_after_line_feeds() {
        assert_eq!(cut("", 1), []);
        assert_eq!(cut("a\nb\r\nc", 1), [("a\n", 0), ("b\r\n", 1), ("c", 2)]);
        assert_eq!(cut("aa\nb\nc\n", 2), [("aa\n", 0), ("b\nc\n", 1)]);
        assert_eq!(cut("a\nb\n", 100), [("a\nb\n", 0)]);
        assert_eq!(cut("\n\na\nb\n", 1), [("\n\na\n", 0), ("b\n", 3)]);
    }

    #[test]
    fn quoted_line_feeds_end_no_stretch() {
        let text = "a\n\"x\ny\"\"\n\",1\nb\n";
        for size in 1..text.len() {
            let all = cut(text, size);
            let joined: String = all.iter().map(|(text, _)| *text).collect();
            assert_eq!(joined, text);
            for (one_text, lines_before) in all {
                assert_eq!(one_text.matches('"').count() % 2, 0, "{one_text:?}");
                let begin = one_text.as_ptr() as usize - text.as_ptr() as usize;
                assert_eq!(text[..begin].matches('\n').count() as u64, lines_before);
            }
        }
    }

    #[test]
    fn what_is_made_is_taken_in_order_until_it_is_enough() {
        let items: Vec<u32> = (0..100).collect();
        for enough in [0, 1, 7, 99, 200] {
            let mut taken = Vec::new();
            let is_all = side_by_side(
                &items,
                |item| item * 2,
                |made| {
                    taken.push(made);
                    made < enough
                },
            );
            let expected: Vec<u32> = items.iter().map(|item| item * 2).collect();
            let end = expected.iter().position(|made| *made >= enough);
            assert_eq!(is_all, end.is_none());
            assert_eq!(taken, expected[..end.map_or(100, |end| end + 1)]);
        }
        assert!(side_by_side(&[], |(): &()| (), |()| false));
    }

    #[test]
    fn no_later_stretch_begins_with_a_byte_order_mark() {
        assert_eq!(
            cut("aa\n\u{feff}b\nc\n", 2),
            [("aa\n\u{feff}b\n", 0), ("c\n", 2)]
        );
    }
}
