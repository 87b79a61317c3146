//! Font: the one that comes with the program, so that pictures need none of the machine's.
//!
//! Ubuntu Light measures and draws; Hack stands by for signs that it lacks. Both come with the crate
//! `epaint_default_fonts`. Scripts that neither has are drawn as boxes in PNG and by the browser's fonts in SVG.

use crate::error::{Error, Result};
use crate::report::table::glued;
use crate::report::text::visible;
use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};
use resvg::usvg::fontdb::{Database, Source};
use std::sync::{Arc, OnceLock};

/// The family as the SVG names it, with what stands in for it where it is not installed.
pub(crate) const FAMILY: &str = "Ubuntu, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif";

/// Height above the baseline, in em.
pub(crate) const ASCENT: f64 = 0.932;

/// Depth below the baseline, in em.
pub(crate) const DESCENT: f64 = 0.189;

/// plotters' font size at which one em is 1000 pixels: it counts from the deepest to the highest point.
const SIZE_OF_1000: f64 = 1000.0 * (ASCENT + DESCENT);

/// What sums of column widths lose, in pixels: a text that made its column fits into it.
const ROUNDING: f64 = 0.01;

/// The font, registered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Font(());

impl Font {
    /// Registers the font with plotters, once.
    pub(crate) fn load() -> Result<Self> {
        static REGISTERED: OnceLock<bool> = OnceLock::new();
        let is_registered = *REGISTERED.get_or_init(|| {
            let bytes = epaint_default_fonts::UBUNTU_LIGHT;
            register_font(FAMILY, FontStyle::Normal, bytes).is_ok()
        });
        if is_registered {
            Ok(Self(()))
        } else {
            Err(Error::Internal(
                "the built-in font cannot be read".to_owned(),
            ))
        }
    }

    /// Width of `text`, as it is written, at `size` pixels to the em, in pixels.
    #[expect(
        clippy::unused_self,
        reason = "the value is the proof that the font is registered"
    )]
    pub(crate) fn width(self, text: &str, size: f64) -> f64 {
        let text = visible(text);
        let font = FontDesc::new(FontFamily::Name(FAMILY), SIZE_OF_1000, FontStyle::Normal);
        // Signs of full width that the font lacks are as wide as they are high.
        let wide = text
            .chars()
            .filter(|&character| character >= '\u{2e80}')
            .count();
        let narrow: String = text
            .chars()
            .filter(|&character| character < '\u{2e80}')
            .collect();
        let measured = font.layout_box(&narrow).map_or_else(
            |_| narrow.chars().count() as f64 * 600.0,
            |(_, (width, _))| f64::from(width),
        );
        (measured / 1000.0 + wide as f64) * size
    }

    /// The text, shortened in the middle where it is wider than `width`.
    pub(crate) fn fit(self, text: &str, size: f64, width: f64) -> String {
        let text = visible(text);
        if self.width(&text, size) <= width + ROUNDING {
            return text.into_owned();
        }
        let characters: Vec<char> = text.chars().collect();
        let shortened = |kept: usize| -> String {
            let head: String = characters.iter().take(kept.div_ceil(2)).collect();
            let tail: String = characters
                .iter()
                .skip(characters.len() - kept / 2)
                .collect();
            // A name that was shortened before does not get two marks in one place.
            let (head, tail) = (head.trim_end_matches('…'), tail.trim_start_matches('…'));
            format!("{head}…{tail}")
        };
        let kept = widest(characters.len(), |kept| {
            self.width(&shortened(kept), size) <= width + ROUNDING
        });
        shortened(kept)
    }

    /// The text in at most `most` lines no wider than `width`; what is too much becomes an ellipsis.
    pub(crate) fn wrap(self, text: &str, size: f64, width: f64, most: usize) -> Vec<String> {
        let text = glued(&visible(text));
        let mut lines = Vec::<String>::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let extended = lines.last().map(|line| format!("{line} {word}"));
            match (lines.last_mut(), extended) {
                (Some(line), Some(extended)) if self.width(&extended, size) <= width => {
                    *line = extended;
                }
                _ => lines.push(self.fit(word, size, width)),
            }
        }
        if lines.len() > most {
            let rest: Vec<char> = lines.split_off(most - 1).join(" ").chars().collect();
            let cut = |kept: usize| -> String {
                let head: String = rest.iter().take(kept).collect();
                format!("{}…", head.trim_end_matches(['…', ' ']))
            };
            lines.push(cut(widest(rest.len(), |kept| {
                self.width(&cut(kept), size) <= width
            })));
        }
        lines
    }
}

/// The largest number from 0 up to `most` that fits, where less fits if more does; 0 if none.
fn widest(most: usize, fits: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = (low + high).div_ceil(2);
        if fits(middle) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}

/// The fonts that resvg draws with: the built-in ones and none of the machine's.
pub(crate) fn database() -> Arc<Database> {
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    Arc::clone(FONTS.get_or_init(|| {
        let mut fonts = Database::new();
        for bytes in [
            epaint_default_fonts::UBUNTU_LIGHT,
            epaint_default_fonts::HACK_REGULAR,
        ] {
            fonts.load_font_source(Source::Binary(Arc::new(bytes)));
        }
        Arc::new(fonts)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_shortened_in_the_middle_to_fit() {
        let font = Font::load().expect("the font is built in");
        let name = "a-very-long-load-balancer-name-in-san-antonio-rack-17";
        let short = font.fit(name, 14.0, 150.0);
        assert!(font.width(&short, 14.0) <= 150.0);
        assert!(font.width(&short, 14.0) > 135.0, "{short} wastes room");
        assert!(
            short.starts_with("a-very") && short.ends_with("rack-17"),
            "{short}"
        );
        assert_eq!(font.fit("Chicago", 14.0, 150.0), "Chicago");
        assert_eq!(font.fit("Chicago", 14.0, 0.0), "…");
    }

    #[test]
    fn what_was_shortened_before_has_one_ellipsis_in_one_place() {
        let font = Font::load().expect("the font is built in");
        for width in 20..240 {
            let width = f64::from(width);
            let name = "one-word-of-one-hun…dred-that-is-broken";
            let short = font.fit(name, 14.0, width);
            assert!(!short.contains("……"), "{short}");
            for line in font.wrap(&format!("{name} keeps {name} … {name}"), 14.0, width, 2) {
                assert!(!line.contains("……") && !line.ends_with(" …"), "{line}");
                assert!(font.width(&line, 14.0) <= width + 1.0, "{line}");
            }
        }
    }

    #[test]
    fn lines_break_at_spaces_and_the_last_one_says_that_more_follows() {
        let font = Font::load().expect("the font is built in");
        let lines = font.wrap("San Antonio keeps 12 % headroom", 20.0, 190.0, 3);
        assert_eq!(lines, ["San Antonio keeps", "12\u{a0}% headroom"]);
        let lines = font.wrap("San Antonio keeps 12 % headroom", 20.0, 190.0, 1);
        assert_eq!(lines.len(), 1);
        assert!(
            lines[0].ends_with('…') && font.width(&lines[0], 20.0) <= 190.0,
            "{lines:?}"
        );
        assert!(font.wrap("", 20.0, 190.0, 3).is_empty());
    }
}
