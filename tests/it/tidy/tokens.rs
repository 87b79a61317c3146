//! Words, marks and texts of a Rust source, without comments: as much of the language as the rules need.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Identifier, keyword or number.
    Word,
    /// `::`, or one character of punctuation.
    Mark,
    /// What stands between the quotes of a string.
    Text,
}

/// A token and its line, counted from 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'s> {
    pub(super) kind: Kind,
    pub(super) text: &'s str,
    pub(super) line: usize,
}

impl Token<'_> {
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }

    pub(super) fn is_mark(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.text == mark
    }
}

/// All tokens of a source.
pub(super) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut all = Vec::new();
    let mut rest = source;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let (length, token) = next(rest, first);
        if let Some((kind, text)) = token {
            all.push(Token { kind, text, line });
        }
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    all
}

/// Bytes up to the next token, and the token that stands there unless it is space, comment, character or lifetime.
fn next(rest: &str, first: char) -> (usize, Option<(Kind, &str)>) {
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), None);
    }
    if rest.starts_with("/*") {
        return (block_comment(rest), None);
    }
    if let Some((start, end, length)) = string(rest) {
        return (length, Some((Kind::Text, &rest[start..end])));
    }
    if first == '\'' {
        return (character(rest), None);
    }
    if is_of_word(first) {
        let length = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
        return (length, Some((Kind::Word, &rest[..length])));
    }
    if rest.starts_with("::") {
        return (2, Some((Kind::Mark, "::")));
    }
    let length = first.len_utf8();
    let token = (!first.is_whitespace()).then_some((Kind::Mark, &rest[..length]));
    (length, token)
}

fn is_of_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// Bytes of a block comment; they nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut position = 0;
    while position < rest.len() {
        let here = &rest.as_bytes()[position..];
        if here.starts_with(b"/*") {
            depth += 1;
            position += 2;
        } else if here.starts_with(b"*/") {
            depth -= 1;
            position += 2;
        } else {
            position += 1;
        }
        if depth == 0 {
            return position;
        }
    }
    rest.len()
}

/// Start and end of a string's text and the bytes of the whole, if one begins here: plain, raw, of bytes, of C.
fn string(rest: &str) -> Option<(usize, usize, usize)> {
    let prefix = rest.find(|c| !matches!(c, 'b' | 'c' | 'r'))?;
    let is_raw = rest[..prefix].ends_with('r');
    if prefix > 2 || !(rest[prefix..].starts_with('"') || is_raw) {
        return None;
    }
    let fences = rest[prefix..].find(|c| c != '#')?;
    let start = prefix + fences + 1;
    if !rest[prefix + fences..].starts_with('"') || (fences > 0 && !is_raw) {
        return None;
    }
    if is_raw {
        let close = format!("\"{}", "#".repeat(fences));
        let end = rest[start..]
            .find(&close)
            .map_or(rest.len(), |at| start + at);
        return Some((start, end, (end + close.len()).min(rest.len())));
    }
    let mut is_escaped = false;
    for (at, c) in rest[start..].char_indices() {
        if c == '"' && !is_escaped {
            return Some((start, start + at, start + at + 1));
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    Some((start, rest.len(), rest.len()))
}

/// Bytes of a character literal, or of a lifetime's quote.
fn character(rest: &str) -> usize {
    let mut inner = rest.char_indices().skip(1);
    let close = match inner.next() {
        Some((_, '\\')) => rest[3..].find('\'').map(|at| at + 3),
        _ => inner.next().filter(|(_, c)| *c == '\'').map(|(at, _)| at),
    };
    close.map_or(1, |at| at + 1)
}

#[test]
fn comments_and_texts_are_no_code_and_lines_are_counted() {
    let source = r##"a /* b /* c */ d */ "e \" f" // g
'h' '\'' b"i" r#"j "k" l"# 'm: n::o
"p
q" r"##;
    let all: Vec<(Kind, &str, usize)> = tokens(source)
        .iter()
        .map(|token| (token.kind, token.text, token.line))
        .collect();
    let expected = [
        (Kind::Word, "a", 1),
        (Kind::Text, "e \\\" f", 1),
        (Kind::Text, "i", 2),
        (Kind::Text, "j \"k\" l", 2),
        (Kind::Word, "m", 2),
        (Kind::Mark, ":", 2),
        (Kind::Word, "n", 2),
        (Kind::Mark, "::", 2),
        (Kind::Word, "o", 2),
        (Kind::Text, "p\nq", 3),
        (Kind::Word, "r", 4),
    ];
    assert_eq!(all, expected);
}
