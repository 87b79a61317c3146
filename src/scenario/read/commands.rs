//! `[commands]`: templates of what operators run, which stay safe whatever ids are filled in.

use super::findings::Findings;
use super::names::hint_nearest;
use super::table::{Field, Table};
use crate::diagnostic::Code;
use crate::model::{CommandKind, CommandTemplate, Commands, Placeholder, TemplatePiece, Word};

/// A command that no shell reads as whole words in one line.
pub(crate) const BROKEN: Code = Code("P5601");
/// A value in braces that steps of this kind do not have.
pub(crate) const UNKNOWN_VALUE: Code = Code("P5602");
/// A value where it would not stay one quoted word.
pub(crate) const UNQUOTABLE: Code = Code("P5603");
/// A command that leaves out what it changes.
pub(crate) const WITHOUT_VALUE: Code = Code("P5604");

/// The commands, as far as nothing is wrong with them.
pub(super) fn read_commands(table: &Table, findings: &mut Findings) -> Commands {
    let mut commands = Commands::new();
    for (word, kind) in CommandKind::WORDS {
        let (Some(field), Some(text)) = (table.field(word), table.name(word)) else {
            continue;
        };
        let template = read_template(*kind, text, field, findings);
        commands.extend(template.map(|template| (*kind, template)));
    }
    commands
}

fn read_template(
    kind: CommandKind,
    text: &str,
    field: &Field,
    findings: &mut Findings,
) -> Option<CommandTemplate> {
    if !is_one_line(text, field, findings) {
        return None;
    }
    let template = parsed(kind, text, field, findings)?;
    has_what_it_changes(kind, &template, field, findings).then_some(template)
}

/// What a command may not have: quotes of one shell alone, and where quotes of a value would not hold.
///
/// Backticks take off backslashes once more, and arithmetic expands what stands in single quotes.
const NOT_QUOTABLE: [&str; 6] = ["$'", "$\"", "<<", "`", "$((", "$["];

/// Rule: a command is one line whose quotes are closed, in which a quoted value stays one word.
fn is_one_line(text: &str, field: &Field, findings: &mut Findings) -> bool {
    let is_broken = text.trim().is_empty()
        || text.chars().any(char::is_control)
        || text.ends_with('\\')
        || NOT_QUOTABLE
            .iter()
            .any(|candidate| text.contains(candidate))
        || shlex::split(text).is_none();
    if is_broken {
        findings.error(
            BROKEN,
            &field.spot,
            format!("`{}`", field.quote),
            "a command of one line whose quotes are closed, without `$'…'`, `<<`, backticks and `$((…))`",
            "close each quote; put a longer command into a script and name the script here",
        );
    }
    !is_broken
}

/// Where a letter of a command stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Words,
    SingleQuotes,
    DoubleQuotes,
    Comment,
}

impl Within {
    /// Where the next letter stands, after `letter`, before which stands `before`.
    fn after(self, letter: char, before: Option<char>) -> Self {
        match (self, letter) {
            (Self::Words, '\'') => Self::SingleQuotes,
            (Self::Words, '"') => Self::DoubleQuotes,
            (Self::Words, '#') if before.is_none_or(|letter| " \t;&|()".contains(letter)) => {
                Self::Comment
            }
            (Self::SingleQuotes, '\'') | (Self::DoubleQuotes, '"') => Self::Words,
            _ => self,
        }
    }
}

/// The pieces of a command. Rules: values in braces are those of its kind, and stand where they stay one quoted word.
fn parsed(
    kind: CommandKind,
    text: &str,
    field: &Field,
    findings: &mut Findings,
) -> Option<CommandTemplate> {
    let mut pieces = Vec::new();
    let (mut plain, mut rest) = (String::new(), text);
    let (mut within, mut before) = (Within::Words, None);
    let mut is_sound = true;
    while let Some(letter) = rest.chars().next() {
        if letter == '\\' && within != Within::SingleQuotes {
            // The letter after it is itself.
            let escaped = rest.chars().nth(1);
            let length = 1 + escaped.map_or(0, char::len_utf8);
            plain.push_str(&rest[..length]);
            rest = &rest[length..];
            before = escaped;
            continue;
        }
        let name = value_at(rest).filter(|_| before != Some('$'));
        if let Some(name) = name {
            let length = name.len() + 2;
            let is_quoted = within != Within::Words;
            let value = Placeholder::of_word(name);
            let value = value.filter(|placeholder| kind.placeholders().contains(placeholder));
            match value {
                Some(_) if is_quoted => {
                    refuse_quoted(name, field, findings);
                    is_sound = false;
                }
                Some(value) => {
                    pieces.push(TemplatePiece::Text(std::mem::take(&mut plain)));
                    pieces.push(TemplatePiece::Value(value));
                    rest = &rest[length..];
                    before = Some('}');
                    continue;
                }
                // In quotes it may be a program of another language.
                None if is_quoted => {}
                None => {
                    refuse_unknown(kind, name, field, findings);
                    is_sound = false;
                }
            }
        }
        within = within.after(letter, before);
        plain.push(letter);
        before = Some(letter);
        rest = &rest[letter.len_utf8()..];
    }
    pieces.push(TemplatePiece::Text(plain));
    pieces.retain(|piece| !matches!(piece, TemplatePiece::Text(text) if text.is_empty()));
    is_sound.then_some(CommandTemplate { pieces })
}

/// The name in braces with which a text begins.
fn value_at(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix('{')?.split_once('}')?;
    let is_name = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter == '_')
    };
    Some(name).filter(|text| is_name(text))
}

fn refuse_quoted(name: &str, field: &Field, findings: &mut Findings) {
    findings.error(
        UNQUOTABLE,
        &field.spot,
        format!("`{{{name}}}` in quotes or in a comment"),
        "the value outside of quotes and comments",
        format!("write {{{name}}} alone: it becomes one quoted word of the shell"),
    );
}

fn refuse_unknown(kind: CommandKind, name: &str, field: &Field, findings: &mut Findings) {
    let known = || {
        kind.placeholders()
            .iter()
            .map(|placeholder| placeholder.word())
    };
    let all: Vec<String> = known().map(|text| format!("{{{text}}}")).collect();
    let otherwise = format!("remove it, or write one of {}", all.join(", "));
    findings.error(
        UNKNOWN_VALUE,
        &field.spot,
        format!("`{{{name}}}`"),
        format!("a value that a step of the kind `{}` has", kind.word()),
        hint_nearest(name, known(), &otherwise),
    );
}

/// Rule: a command says what it changes.
fn has_what_it_changes(
    kind: CommandKind,
    template: &CommandTemplate,
    field: &Field,
    findings: &mut Findings,
) -> bool {
    let mut groups = kind.required().iter();
    let lacking = groups.find(|group| !group.iter().any(|placeholder| template.has(*placeholder)));
    if let Some(group) = lacking {
        let words: Vec<String> = group
            .iter()
            .map(|placeholder| format!("{{{}}}", placeholder.word()))
            .collect();
        let words = words.join(" or ");
        findings.error(
            WITHOUT_VALUE,
            &field.spot,
            format!("`{}` without {words}", field.quote),
            format!("a command with {words}"),
            format!("add {words}: without it the command does not say what it changes"),
        );
    }
    lacking.is_none()
}
