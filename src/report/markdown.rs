//! Names from the user's files, as Markdown shows them: no letter of theirs is markup.

use super::text::visible;
use crate::ids::Names;
use crate::model::{Inventory, Scenario};
use std::borrow::Cow;
use std::fmt::Write as _;

pub(super) const LONGEST_NAME: usize = 40;

/// The name as Markdown (`CommonMark` with the extensions of GitHub) that shows these letters and nothing else, wherever
/// it stands in a text: no link, tag, heading, list, code, emphasis or table comes of it.
///
/// Hidden characters are written out as in [`visible`], and so is the `@` of a mail address, which some programs make
/// a link of even where it is escaped. Letters that are harmless where they are stay as they are.
///
/// ```
/// use plimsoll::report::markdown::markdown;
/// assert_eq!(markdown("chi-lb-1"), "chi-lb-1");
/// assert_eq!(markdown("San José (north), AT & T"), "San José (north), AT & T");
/// assert_eq!(markdown("rack_7"), "rack_7");
/// assert_eq!(markdown("_rack_"), r"\_rack\_");
/// assert_eq!(markdown("[here](https://a.b)"), r"\[here\](https\://a.b)");
/// assert_eq!(markdown("<b>*x*</b>"), r"\<b>\*x\*\</b>");
/// assert_eq!(markdown("www.a.b"), r"www\.a.b");
/// assert_eq!(markdown("a@b.c"), r"a\\u{40}b.c");
/// assert_eq!(markdown("1. x"), r"1\. x");
/// assert_eq!(markdown("# x"), r"\# x");
/// ```
pub fn markdown(name: &str) -> Cow<'_, str> {
    if is_plain(name) {
        return Cow::Borrowed(name);
    }
    let shown = written_out(name);
    let letters: Vec<char> = shown.chars().collect();
    let mut escaped = String::with_capacity(shown.len() + 8);
    for (at, letter) in letters.iter().enumerate() {
        let is_edge = at == 0 || at + 1 == letters.len();
        if is_edge && letter.is_whitespace() {
            // Spaces at the ends of lines are cut off or break the line. Writing to a string does not fail.
            let _ = write!(escaped, "&#{};", u32::from(*letter));
            continue;
        }
        if is_markup(&letters, at) {
            escaped.push('\\');
        }
        escaped.push(*letter);
    }
    Cow::Owned(escaped)
}

/// The text as Markdown that shows it as code, whatever letters it has.
///
/// ```
/// use plimsoll::report::markdown::code;
/// assert_eq!(code("noc@a.b"), "`noc@a.b`");
/// assert_eq!(code("a`b"), "`` a`b ``");
/// ```
pub fn code(text: &str) -> String {
    let shown = visible(text);
    let runs = shown.split(|letter| letter != '`').map(str::len);
    let longest = runs.max().unwrap_or(0);
    if longest == 0 {
        return format!("`{shown}`");
    }
    let fence = "`".repeat(longest + 1);
    format!("{fence} {shown} {fence}")
}

/// The letters of a name as [`markdown`], each with what escapes it.
pub(super) fn letters(escaped: &str) -> Vec<&str> {
    let mut letters = Vec::new();
    let mut rest = escaped;
    while let Some(first) = rest.chars().next() {
        let (_, after) = rest.split_at(first.len_utf8());
        let more = match first {
            '\\' if after.starts_with(|next: char| next.is_ascii_punctuation()) => 1,
            '&' => entity(after),
            _ => 0,
        };
        let (letter, others) = rest.split_at(first.len_utf8() + more);
        letters.push(letter);
        rest = others;
    }
    letters
}

fn entity(after: &str) -> usize {
    let number = after.strip_prefix('#');
    let end = number.and_then(|number| {
        number
            .trim_start_matches(|digit: char| digit.is_ascii_digit())
            .strip_prefix(';')
    });
    end.map_or(0, |end| after.len() - end.len())
}

/// The inventory with all its names as [`markdown`]: the same one if nothing in them is markup.
///
/// Its tables are no longer sorted by these names; look names up in the original.
pub(super) fn named(inventory: &Inventory) -> Cow<'_, Inventory> {
    // What is by shard is shared by copies.
    let mut copy = inventory.clone();
    let mut is_changed = false;
    let escape = |name: &mut String| {
        if let Cow::Owned(shown) = markdown(name) {
            *name = shown;
            is_changed = true;
        }
    };
    let resources = copy.resources.iter_mut();
    let resources = resources.flat_map(|resource| [&mut resource.id, &mut resource.unit]);
    let sites = copy.sites.iter_mut();
    let sites = sites.flat_map(|site| [&mut site.id, &mut site.name, &mut site.region]);
    let access_points = copy.access_points.iter_mut();
    let access_points =
        access_points.flat_map(|access_point| [&mut access_point.id, &mut access_point.name]);
    let elements = copy.elements.iter_mut();
    let elements =
        elements.flat_map(|element| [&mut element.id, &mut element.name, &mut element.kind]);
    let client_regions = copy.client_regions.iter_mut();
    let client_regions =
        client_regions.flat_map(|client_region| [&mut client_region.id, &mut client_region.name]);
    let components = resources.chain(sites).chain(access_points).chain(elements);
    let others = components
        .chain(client_regions)
        .chain(copy.profiles.iter_mut().map(|profile| &mut profile.id))
        .chain(copy.pools.iter_mut().map(|pool| &mut pool.id))
        .chain(copy.links.iter_mut().map(|link| &mut link.id))
        .chain(copy.tiers.iter_mut().map(|tier| &mut tier.id))
        .chain(
            copy.risk_groups
                .iter_mut()
                .map(|risk_group| &mut risk_group.id),
        )
        .chain(
            copy.load_curves
                .iter_mut()
                .map(|load_curve| &mut load_curve.id),
        )
        .chain(&mut copy.tenants)
        .chain(copy.contacts.iter_mut().map(|contact| &mut contact.name))
        .chain(&mut copy.jurisdictions);
    others.for_each(escape);
    if inventory
        .shard_ids
        .iter()
        .any(|shard_id| matches!(markdown(shard_id), Cow::Owned(_)))
    {
        is_changed = true;
        copy.shard_ids = Names::default();
        for name in inventory.shard_ids.iter() {
            copy.shard_ids.push(&markdown(name));
        }
    }
    if is_changed {
        Cow::Owned(copy)
    } else {
        Cow::Borrowed(inventory)
    }
}

/// The scenario with its name as [`markdown`].
pub(super) fn titled(scenario: &Scenario) -> Cow<'_, Scenario> {
    match markdown(&scenario.name) {
        Cow::Borrowed(_) => Cow::Borrowed(scenario),
        Cow::Owned(name) => Cow::Owned(Scenario {
            name,
            ..scenario.clone()
        }),
    }
}

/// `true` if the name is of letters and digits with single hyphens between: nothing in it can be markup.
fn is_plain(name: &str) -> bool {
    let bytes = name.as_bytes();
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric();
    bytes.first().is_some_and(is_letter)
        && bytes.iter().all(|byte| is_letter(byte) || *byte == b'-')
}

/// The name with what is hidden written out, and the `@` of what could be a mail address.
fn written_out(name: &str) -> Cow<'_, str> {
    let shown = visible(name);
    let mut parts = shown.split('@');
    let is_address = |after: &str| after.contains('.');
    if parts.next().is_none() || !parts.any(is_address) {
        return shown;
    }
    Cow::Owned(shown.replace('@', r"\u{40}"))
}

/// `true` if the letter at a position could begin or end markup, or be part of a link that is made of bare text.
fn is_markup(letters: &[char], at: usize) -> bool {
    let next = letters.get(at + 1);
    let before = &letters[..at];
    let follows = |text: &str| {
        let after = letters[at + 1..].iter().copied();
        after.take(text.len()).eq(text.chars())
    };
    let is_word = |letter: Option<&char>| letter.is_some_and(|letter| letter.is_alphanumeric());
    match letters[at] {
        '\\' | '`' | '*' | '[' | ']' | '<' | '~' | '|' | '$' => true,
        // Within a word it is a letter like others; sentences cut words of long names.
        '_' => letters.len() > LONGEST_NAME || !(is_word(before.last()) && is_word(next)),
        '+' | '-' | '=' | '>' => before.is_empty(),
        // At the end of a heading it would be cut off.
        '#' => before.last().is_none_or(|letter| letter.is_whitespace()),
        ':' => before.is_empty() || follows("//"),
        // Of an entity such as `&amp;`.
        '&' => next.is_none_or(|letter| letter.is_ascii_alphanumeric() || *letter == '#'),
        ')' => is_number(before) && next.is_none_or(|letter| letter.is_whitespace()),
        '.' => {
            let is_item = is_number(before) && next.is_none_or(|letter| letter.is_whitespace());
            is_item
                || before
                    .iter()
                    .rev()
                    .take(3)
                    .all(|letter| matches!(letter, 'w' | 'W'))
                    && at >= 3
        }
        _ => false,
    }
}

fn is_number(before: &[char]) -> bool {
    !before.is_empty() && before.iter().all(char::is_ascii_digit)
}
