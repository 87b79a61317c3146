//! Palette: one colour means one thing in every chart.
//!
//! | role | colour | means | distinguished without colour by |
//! |---|---|---|---|
//! | fine | blue | at or above target | disc |
//! | quarter, half, three quarters | paler blues | at or above target, and used up to a quarter, a half, three quarters; what is fuller is blue; half is also the band of a forecast | the number, the line within it |
//! | below target | amber | less than the target is left | diamond |
//! | full | dark red | nothing is left, overloaded, users unserved; the limit itself | square, line at 0 % |
//! | gone | grey | drained, failed, closed or on standby; what takes that away; the worst case of failures | cross, bar of an event, words |
//! | before | grey | what was before | ring |
//! | home | light blue | users where they were: at home, returning home, or entering as before | words, position |
//! | moved | pink | users elsewhere: displaced, moving, or entering elsewhere than before | words, position |
//! | opened | green | what is new: access points that the plan opens, users without a home | triangle, words |
//! | water, land | pale blue, pale grey | the ground of maps | the shape of coasts |
//!
//! Blue, amber, light blue, pink and green are those of Okabe and Ito, *Color Universal Design* (2008); the red is
//! darker than theirs, so that it parts from blue and amber in grey too. A test holds the distances for
//! normal, red-blind and green-blind eyes.

/// What a colour stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Text and targets.
    Ink,
    /// Text of the second rank.
    Muted,
    /// Grid lines.
    Grid,
    /// A whole capacity, under the part that is left of it.
    Track,
    /// The paper.
    Paper,
    /// Oceans, under maps.
    Water,
    /// Land, under maps.
    Land,
    /// Text on amber, which is bright on every paper.
    OnBright,
    /// At or above target.
    Fine,
    /// At or above target, and used up to a quarter.
    Quarter,
    /// At or above target, and used up to a half.
    Half,
    /// At or above target, and used up to three quarters.
    ThreeQuarters,
    /// Less than the target is left.
    BelowTarget,
    /// Nothing is left, overloaded, unserved; the limit.
    Full,
    /// Drained, failed or on standby.
    Gone,
    /// The state before the events.
    Before,
    /// Users where they were: at home, returning home, or entering as before.
    Home,
    /// Users elsewhere: displaced, moving, or entering elsewhere than before.
    Moved,
    /// What is new: opened by the plan, or without a home before.
    Opened,
}

/// Every colour, on light paper and on dark, where the same meaning needs a lighter one; in the order of [`Role`].
const COLOURS: [(Role, &str, &str); 19] = [
    (Role::Ink, "#1b1f24", "#e9edf1"),
    (Role::Muted, "#4d5660", "#aeb7c1"),
    (Role::Grid, "#d5dae0", "#384049"),
    (Role::Track, "#eceff2", "#262c33"),
    (Role::Paper, "#ffffff", "#15191e"),
    (Role::Water, "#f2f6fa", "#131a22"),
    (Role::Land, "#e2e3df", "#24292d"),
    (Role::OnBright, "#1a1e23", "#1a1e23"), // Not quite ink, so that a style sheet tells them apart.
    (Role::Fine, "#0072b2", "#2f8fdb"),
    (Role::Quarter, "#e4eef8", "#1c2b3a"),
    (Role::Half, "#bdd7ee", "#21425f"),
    (Role::ThreeQuarters, "#86b6df", "#285c88"),
    (Role::BelowTarget, "#e69f00", "#f0b429"),
    (Role::Full, "#a51122", "#f25c66"),
    (Role::Gone, "#5f6872", "#808a95"),
    (Role::Before, "#5f6872", "#808a95"),
    (Role::Home, "#56b4e9", "#8fd3f7"),
    (Role::Moved, "#cc79a7", "#e39bc9"),
    (Role::Opened, "#009e73", "#1fb587"),
];

impl Role {
    /// All of them.
    pub const ALL: [Self; COLOURS.len()] = {
        let mut all = [Self::Ink; COLOURS.len()];
        let mut index = 0;
        while index < all.len() {
            all[index] = COLOURS[index].0;
            index += 1;
        }
        all
    };

    /// The colour as SVG and HTML write it.
    ///
    /// ```
    /// use plimsoll::report::charts::palette::Role;
    /// assert_eq!(Role::Fine.hex(), "#0072b2");
    /// ```
    pub fn hex(self) -> &'static str {
        COLOURS[self as usize].1
    }

    /// The colour on dark paper as HTML writes it.
    pub fn hex_on_dark(self) -> &'static str {
        COLOURS[self as usize].2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Linear light of the three channels, 0 to 1.
    fn linear(hex: &str) -> [f64; 3] {
        [1, 3, 5].map(|from| {
            let channel = u8::from_str_radix(&hex[from..from + 2], 16).expect("two digits");
            let share = f64::from(channel) / 255.0;
            if share <= 0.040_45 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        })
    }

    /// The light after a linear map of the channels.
    fn seen(light: [f64; 3], eye: &[[f64; 3]; 3]) -> [f64; 3] {
        eye.map(|row| row[0].mul_add(light[0], row[1].mul_add(light[1], row[2] * light[2])))
            .map(|channel| channel.clamp(0.0, 1.0))
    }

    /// CIE L*a*b* of linear sRGB under D65.
    fn lab([red, green, blue]: [f64; 3]) -> [f64; 3] {
        let curve = |value: f64| {
            if value > 0.008_856 {
                value.cbrt()
            } else {
                7.787 * value + 16.0 / 116.0
            }
        };
        let x = curve((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505);
        let y = curve(0.2126 * red + 0.7152 * green + 0.0722 * blue);
        let z = curve((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    fn distance(left: [f64; 3], right: [f64; 3]) -> f64 {
        left.iter()
            .zip(right)
            .map(|(left, right)| (left - right).powi(2))
            .sum::<f64>()
            .sqrt()
    }

    const MEANINGS: [Role; 7] = [
        Role::Fine,
        Role::BelowTarget,
        Role::Full,
        Role::Gone,
        Role::Home,
        Role::Moved,
        Role::Opened,
    ];

    /// Full severity, Machado, Oliveira and Fernandes (2009).
    const EYES: [(&str, [[f64; 3]; 3]); 3] = [
        (
            "normal",
            [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        ),
        (
            "red-blind",
            [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
        ),
        (
            "green-blind",
            [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
        ),
    ];

    #[test]
    fn colours_stand_in_the_order_of_their_roles() {
        for (index, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role as usize, index, "{role:?}");
        }
    }

    #[test]
    fn colours_that_mean_something_differ_for_every_eye() {
        for rgb in [Role::hex as fn(Role) -> _, Role::hex_on_dark] {
            for (eye, matrix) in &EYES {
                for (position, &left) in MEANINGS.iter().enumerate() {
                    for &right in &MEANINGS[position + 1..] {
                        let apart = distance(
                            lab(seen(linear(rgb(left)), matrix)),
                            lab(seen(linear(rgb(right)), matrix)),
                        );
                        assert!(
                            apart > 14.0,
                            "{eye}: {left:?} and {right:?} are {apart:.0} apart"
                        );
                    }
                }
            }
        }
    }

    /// Contrast of two colours, 1 to 21 (WCAG 2.2).
    fn contrast(left: &str, right: &str) -> f64 {
        let [left, right] = [left, right].map(|colour| {
            let light = linear(colour);
            0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] + 0.05
        });
        (left / right).max(right / left)
    }

    #[test]
    fn on_dark_paper_texts_and_marks_stand_out() {
        let rgb = Role::hex_on_dark;
        for paper in [Role::Paper, Role::Track] {
            for role in MEANINGS {
                let found = contrast(rgb(role), rgb(paper));
                assert!(found > 3.0, "{role:?} on {paper:?}: {found:.1}");
            }
        }
        for role in [Role::Ink, Role::Muted, Role::Full, Role::Gone, Role::Fine] {
            let found = contrast(rgb(role), rgb(Role::Paper));
            assert!(found > 4.5, "{role:?}: {found:.1}");
        }
    }

    #[test]
    fn shades_of_blue_grow_deeper_step_by_step_and_their_numbers_are_readable() {
        for rgb in [Role::hex as fn(Role) -> _, Role::hex_on_dark] {
            let shades = [Role::Quarter, Role::Half, Role::ThreeQuarters, Role::Fine];
            let paper = lab(linear(rgb(Role::Paper)));
            let far = shades.map(|shade| distance(lab(linear(rgb(shade))), paper));
            for pair in far.windows(2) {
                assert!(pair[1] - pair[0] > 8.0, "{far:?}");
            }
            for (shade, text) in
                shades
                    .into_iter()
                    .zip([Role::Ink, Role::Ink, Role::Ink, Role::Paper])
            {
                let found = contrast(rgb(shade), rgb(text));
                assert!(found > 4.5, "{text:?} on {shade:?}: {found:.1}");
            }
            // What is worse stands out from each of them, for every eye.
            for (eye, matrix) in &EYES {
                for shade in shades {
                    for worse in [Role::BelowTarget, Role::Full, Role::Gone] {
                        let apart = distance(
                            lab(seen(linear(rgb(shade)), matrix)),
                            lab(seen(linear(rgb(worse)), matrix)),
                        );
                        assert!(
                            apart > 14.0,
                            "{eye}: {shade:?} and {worse:?} are {apart:.0} apart"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn the_states_differ_in_grey_and_text_is_readable_on_paper() {
        let lightness = |role: Role| lab(linear(role.hex()))[0];
        let states = [Role::Full, Role::Fine, Role::BelowTarget];
        for pair in states.windows(2) {
            assert!(lightness(pair[1]) - lightness(pair[0]) > 9.0, "{pair:?}");
        }
        for text in [Role::Ink, Role::Muted, Role::Full, Role::Gone] {
            let found = contrast(text.hex(), Role::Paper.hex());
            assert!(found > 4.5, "{text:?}");
        }
    }

    #[test]
    fn marks_and_text_stand_out_from_the_background_of_maps() {
        for rgb in [Role::hex as fn(Role) -> _, Role::hex_on_dark] {
            for background in [Role::Water, Role::Land] {
                for (eye, matrix) in &EYES {
                    let ground_lab = lab(seen(linear(rgb(background)), matrix));
                    for mark in MEANINGS {
                        let mark_lab = lab(seen(linear(rgb(mark)), matrix));
                        let apart = distance(mark_lab, ground_lab);
                        assert!(
                            apart > 20.0,
                            "{eye}: {mark:?} and {background:?} are {apart:.0} apart"
                        );
                    }
                }
                for text in [Role::Ink, Role::Muted, Role::Full] {
                    let found = contrast(rgb(background), rgb(text));
                    assert!(found > 4.5, "{text:?} on {background:?}: {found:.1}");
                }
            }
            let found = contrast(rgb(Role::OnBright), rgb(Role::BelowTarget));
            assert!(found > 4.5, "{found:.1}");
        }
    }
}
