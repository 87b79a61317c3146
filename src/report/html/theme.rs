//! Theme: the style sheet, whose colours are those of the charts, on light paper and on dark.

use crate::report::charts::palette::Role;
use std::fmt::Write as _;
use std::sync::OnceLock;

/// Everything but the colours.
const RULES: &str = include_str!("report.css");

/// The style sheet: colours as variables, rules that repaint charts on dark paper, then everything else.
///
/// Charts name their colours in attributes; on dark paper the same attribute is painted in the colour that
/// means the same there.
pub(super) fn style() -> &'static str {
    static STYLE: OnceLock<String> = OnceLock::new();
    STYLE.get_or_init(|| {
        let mut text = String::new();
        let light = variables(Role::hex);
        let dark = variables(Role::hex_on_dark);
        // Writing to a string does not fail.
        let _ = write!(
            text,
            ":root{{color-scheme:light;{light}}}\n\
             @media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n\
             @media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}\n"
        );
        for role in Role::ALL {
            let (hex, name) = (role.hex(), name(role));
            let _ = writeln!(
                text,
                ".chart [fill=\"{hex}\" i]{{fill:var(--{name})}}.chart [stroke=\"{hex}\" i]{{stroke:var(--{name})}}"
            );
        }
        text.push_str(RULES);
        text
    })
}

fn variables(hex: fn(Role) -> &'static str) -> String {
    let mut text = String::new();
    for role in Role::ALL {
        // Writing to a string does not fail.
        let _ = write!(text, "--{}:{};", name(role), hex(role));
    }
    text
}

/// What the style sheet calls a colour: `BelowTarget` is `below-target`.
fn name(role: Role) -> String {
    let mut name = String::new();
    for character in format!("{role:?}").chars() {
        if character.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.extend(character.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_of_the_charts_has_a_rule_and_both_values() {
        let style = style();
        for role in Role::ALL {
            let name = name(role);
            for value in [role.hex(), role.hex_on_dark()] {
                assert!(style.contains(&format!("--{name}:{value};")), "{role:?}");
            }
            let rule = format!("[fill=\"{}\" i]{{fill:var(--", role.hex());
            assert!(style.contains(&rule), "{role:?}");
        }
    }

    #[test]
    fn roles_of_one_colour_on_light_paper_have_one_on_dark_paper() {
        for left in Role::ALL {
            for right in Role::ALL {
                if left.hex() == right.hex() {
                    assert_eq!(
                        left.hex_on_dark(),
                        right.hex_on_dark(),
                        "{left:?} {right:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn rules_use_no_colour_of_their_own() {
        let colours = RULES.split('#').skip(1).filter(|rest| {
            let digits = rest.chars().take_while(char::is_ascii_hexdigit).count();
            matches!(digits, 3 | 4 | 6 | 8)
        });
        assert_eq!(colours.collect::<Vec<_>>(), Vec::<&str>::new());
    }
}
