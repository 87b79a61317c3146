//! Names beside marks and numbers on arrows: what is said where, the most important first.

use super::MapChart;
use super::area::Area;
use super::labels::{Mark, Taken};
use super::layout::{Label, Layout, Sizes};
use super::projection::Window;
use crate::plan_files::AccessPointUse;
use crate::report::charts::font::{ASCENT, DESCENT, Font};
use crate::report::headroom::State;
use crate::report::numbers;
use crate::report::places::SitePlace;
use std::collections::BTreeMap;

/// Up to so many sites, every site's headroom stands below its name where there is room.
const FEW_SITES: usize = 14;

/// An access point whose name could stand only where it costs more than this has none: its mark says enough.
const TOO_BAD: f64 = 6.0;

/// By so many pixels a name is nearer to its own mark than to a site's, and than to an access point's: dots stand beside
/// the sites whose name they share, and few have names of their own.
const SITE_APART: f64 = 12.0;
const DOT_APART: f64 = 1.0;

/// Height of a line of text, in em.
const LINE: f64 = 1.2;

impl Layout<'_> {
    /// Names and numbers, the most important first.
    pub(super) fn place_texts(&mut self, chart: &MapChart, sizes: Sizes, font: Font) {
        let mut taken = self.taken();
        let mut arriving = BTreeMap::<&str, f64>::new();
        for moved in &chart.moves {
            *arriving.entry(&moved.to).or_default() += moved.users;
        }
        let mut order: Vec<(usize, f64, usize)> = self
            .sites
            .iter()
            .enumerate()
            .map(|(index, (site, _))| {
                let users = arriving.get(site.id.as_str()).copied().unwrap_or(0.0);
                let headroom = site.headroom.unwrap_or(f64::MAX);
                match site.state {
                    State::Gone => (0, 0.0, index),
                    _ if users > 0.0 => (1, -users, index),
                    State::Full => (2, headroom, index),
                    State::BelowTarget => (3, headroom, index),
                    State::Fine => (4, headroom, index),
                }
            })
            .collect();
        order.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
        let has_details = sizes.most_numbers > 3 && self.sites.len() <= FEW_SITES;
        let (first, rest): (Vec<_>, Vec<_>) = order.into_iter().partition(|entry| entry.0 < 2);
        for (_, _, index) in first {
            self.name_site(index, true, &mut taken, sizes, font);
        }
        self.place_numbers(chart, &mut taken, sizes, font);
        for index in 0..self.access_points.len() {
            self.name_access_point(index, &mut taken, sizes, font);
        }
        for (rank, _, index) in rest {
            self.name_site(index, has_details || rank < 4, &mut taken, sizes, font);
        }
    }

    /// What marks and arrows take.
    fn taken(&self) -> Taken {
        let sites = self.sites.iter().map(|(site, mark)| {
            // The diamond is the widest.
            let half = match site.state {
                State::BelowTarget => mark.radius * 1.35,
                _ => mark.radius,
            };
            Area::around(mark.at, half, half)
        });
        let access_points = self
            .access_points
            .iter()
            .map(|(_, mark)| Area::around(mark.at, mark.radius, mark.radius));
        let of_sites = self.sites.iter().map(|(_, mark)| Mark {
            at: mark.at,
            radius: mark.radius,
            apart: SITE_APART,
        });
        let of_access_points = self.access_points.iter().map(|(_, mark)| Mark {
            at: mark.at,
            radius: mark.radius,
            apart: DOT_APART,
        });
        let spots = self.arrows.iter().flat_map(|arrow| {
            let weight = 0.4 + arrow.width / 8.0;
            let shaft = arrow.shaft.iter().map(move |spot| (*spot, weight));
            // Without its head an arrow says nothing.
            shaft.chain(arrow.head.iter().map(|spot| (*spot, 4.0)))
        });
        let Window {
            left,
            top,
            width,
            height,
            ..
        } = self.window;
        Taken {
            bounds: Area {
                left: left + 2.0,
                top: top + 2.0,
                right: left + width - 2.0,
                bottom: top + height - 2.0,
            },
            areas: sites.chain(access_points).collect(),
            marks: of_sites.chain(of_access_points).collect(),
            spots: spots.collect(),
            leads: Vec::new(),
        }
    }

    fn name_site(
        &mut self,
        index: usize,
        has_detail: bool,
        taken: &mut Taken,
        sizes: Sizes,
        font: Font,
    ) {
        let (site, mark) = self.sites[index];
        let name = font.fit(&site.name, sizes.name, sizes.widest);
        let both = detail(site)
            .filter(|_| has_detail)
            .map(|detail| vec![name.clone(), detail]);
        for lines in both.into_iter().chain([vec![name]]) {
            let size = block(&lines, sizes, font);
            let reach = match site.state {
                State::BelowTarget => mark.radius * 1.35,
                _ => mark.radius,
            };
            if let Some(stand) = taken.beside(mark.at, reach, size, f64::MAX) {
                self.labels.push(Label {
                    stand,
                    lines,
                    is_site: true,
                });
                self.named.insert(&site.id);
                return;
            }
        }
    }

    /// Access points have a name where the plan or the events change them.
    fn name_access_point(&mut self, index: usize, taken: &mut Taken, sizes: Sizes, font: Font) {
        let (place, mark) = self.access_points[index];
        let word = match place.usage {
            AccessPointUse::Opened => "opened",
            AccessPointUse::Closed => "closed",
            AccessPointUse::Active | AccessPointUse::Standby => return,
        };
        // Beside a site of the same name the word alone is clearer.
        let is_shared = self.sites.iter().any(|(site, _)| site.name == place.name);
        let name = if is_shared {
            "access point".to_owned()
        } else {
            font.fit(&place.name, sizes.detail, sizes.widest * 0.8)
        };
        let lines = vec![format!("{name} {word}")];
        let width = font.width(&lines[0], sizes.detail) + 2.0;
        let size = (width, sizes.detail * LINE);
        if let Some(stand) = taken.beside(mark.at, mark.radius, size, TOO_BAD) {
            self.labels.push(Label {
                stand,
                lines,
                is_site: false,
            });
        }
    }

    /// Users on the largest arrows, each on its own.
    fn place_numbers(&mut self, chart: &MapChart, taken: &mut Taken, sizes: Sizes, font: Font) {
        for arrow in self.arrows.iter().take(sizes.most_numbers) {
            let words = numbers::users(chart.moves[arrow.moved].users);
            let size = (
                font.width(&words, sizes.detail) + 8.0,
                sizes.detail * LINE + 1.0,
            );
            // A number may not hide its arrow.
            if arrow.length() < 2.2 * size.0 {
                continue;
            }
            // The middle first: its own arrow is covered everywhere.
            let spots = [50, 42, 58, 34, 66, 26, 74].map(|percent| arrow.at(percent));
            if let Some(area) = taken.upon(&spots, size) {
                self.numbers.push((area, words));
            }
        }
    }
}

/// What stands below a site's name.
fn detail(site: &SitePlace) -> Option<String> {
    if site.state == State::Gone {
        let word = if site.standing.is_out() {
            site.standing.word()
        } else {
            "out of service"
        };
        return Some(word.to_owned());
    }
    let headroom = site.headroom?;
    Some(if headroom < -crate::units::FEASIBILITY {
        format!("{} over", numbers::short_headroom(-headroom))
    } else if headroom <= crate::units::FEASIBILITY {
        "full".to_owned()
    } else {
        format!("{} free", numbers::short_headroom(headroom))
    })
}

/// Width and height of a block of lines.
fn block(lines: &[String], sizes: Sizes, font: Font) -> (f64, f64) {
    lines
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let size = if index == 0 { sizes.name } else { sizes.detail };
            (font.width(line, size) + 2.0, size * LINE)
        })
        .fold((0.0, 0.0), |(width, height): (f64, f64), line| {
            (width.max(line.0), height + line.1)
        })
}

/// The baseline of a line of `size` whose top is at `top`, and the top of the next.
pub(super) fn baseline(top: f64, size: f64) -> (f64, f64) {
    let spare = LINE - ASCENT - DESCENT;
    (top + size * (ASCENT + spare / 2.0), top + size * LINE)
}
