//! Brackets: which one of a TOML text is opened and never closed.

use std::ops::Range;
use toml_parser::Source;
use toml_parser::lexer::TokenKind;

/// A bracket that is opened and never closed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unclosed {
    /// Where it stands, in bytes.
    pub(super) span: Range<usize>,
    /// What it is.
    pub(super) open: char,
    /// What would close it.
    pub(super) close: char,
}

/// The first bracket of a value that nothing closes; `None` if there is none, or if one is closed by another kind.
///
/// Whatever stands after it is read as part of its value, so that the parser finds faults in lines that have none.
pub(super) fn unclosed(text: &str) -> Option<Unclosed> {
    let mut open: Vec<Unclosed> = Vec::new();
    let mut is_line_start = true;
    let mut is_header = false;
    for token in Source::new(text).lex() {
        let span = token.span().start()..token.span().end();
        match token.kind() {
            TokenKind::Newline => {
                (is_line_start, is_header) = (true, false);
                continue;
            }
            TokenKind::Whitespace => continue,
            // The header of a table ends with its line.
            TokenKind::LeftSquareBracket if is_line_start && open.is_empty() => is_header = true,
            _ if is_header => {}
            TokenKind::LeftSquareBracket => open.push(Unclosed {
                span,
                open: '[',
                close: ']',
            }),
            TokenKind::LeftCurlyBracket => open.push(Unclosed {
                span,
                open: '{',
                close: '}',
            }),
            TokenKind::RightSquareBracket => is_closed_by(&mut open, ']')?,
            TokenKind::RightCurlyBracket => is_closed_by(&mut open, '}')?,
            _ => {}
        }
        is_line_start = false;
    }
    open.into_iter().next()
}

/// Closes the last bracket; `None` if that is of another kind.
fn is_closed_by(open: &mut Vec<Unclosed>, close: char) -> Option<()> {
    let last = open.pop()?;
    (last.close == close).then_some(())
}

#[cfg(test)]
mod tests {
    use super::unclosed;

    #[test]
    fn first_bracket_that_nothing_closes_is_found() {
        let at = |text: &str| unclosed(text).map(|unclosed| (unclosed.span.start, unclosed.close));
        assert_eq!(
            at("[policy]\nheadroom = { cpu = 0.1\n[[event]]\n"),
            Some((20, '}'))
        );
        assert_eq!(at("a = [1, [2],\nb = 3\n"), Some((4, ']')));
        assert_eq!(at("a = [1, { b = 2\n"), Some((4, ']')));
        // Closed, or in a text or a comment, or of a header, which ends with its line.
        for text in [
            "a = [1,\n 2]\n",
            "a = \"{\" # [\n",
            "[policy\na = 1\n",
            "a = 1]\n",
            "a = [1}\n",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }
}
