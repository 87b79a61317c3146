//! Names of a panel: what stands beside marks and arrows, the most important first, where it covers nothing.

use super::{APART, LINE, MapExtent, MapMark, MapPanel, MoveArrow, detail, distance};
use crate::plan_files::AccessPointUse;
use crate::report::charts::kit::canvas::{Anchor, Canvas, Face};
use crate::report::charts::kit::font::{ASCENT, DESCENT};
use crate::report::charts::kit::frame::{MUTED, ink};
use crate::report::charts::map::{AccessPointPlace, MapChart, SitePlace};
use crate::report::charts::palette::Role;
use crate::report::headroom::State;
use crate::report::numbers;
use crate::units::NOBODY;
use std::collections::{BTreeMap, BTreeSet};

/// Most access points that are named for the users they gain or lose: where it is narrow, and where it is wide.
const MOST_GAINS: [usize; 2] = [3, 6];

/// An access point is named from this share of the largest gain or loss on.
const LEAST_GAIN: f64 = 0.1;

/// Up to this many sites, every site's headroom is below its name where it fits.
const FEW_SITES: usize = 14;

impl MapPanel<'_> {
    /// Names and numbers of users, the most important first: what is gone and what takes users, arrows, then the tightest.
    pub(super) fn draw_texts(
        &mut self,
        canvas: &mut Canvas,
        chart: &MapChart,
        numbered: &mut BTreeSet<usize>,
    ) {
        let mut arriving = BTreeMap::<&str, f64>::new();
        for site_move in &chart.moves {
            *arriving.entry(&site_move.to).or_default() += site_move.users;
        }
        let rank = |(index, (site, _)): (usize, &(&SitePlace, MapMark))| {
            let users = arriving.get(site.id.as_str()).copied().unwrap_or(0.0);
            let headroom = site.headroom.unwrap_or(f64::MAX);
            match site.state {
                State::Gone => (0, 0.0, index),
                _ if users > 0.0 => (1, -users, index),
                State::Full => (2, headroom, index),
                State::BelowTarget => (3, headroom, index),
                State::Fine => (4, headroom, index),
            }
        };
        let mut order: Vec<_> = self.sites.iter().enumerate().map(rank).collect();
        order.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
        let first = order.partition_point(|entry| entry.0 < 2);
        for (_, _, index) in &order[..first] {
            self.name_site(canvas, *index, true);
        }
        self.draw_users(canvas, chart, numbered);
        for index in 0..self.access_points.len() {
            self.name_access_point(canvas, index);
        }
        let has_details = self.is_wide && self.sites.len() <= FEW_SITES;
        for (rank, _, index) in &order[first..] {
            self.name_site(canvas, *index, has_details || *rank < 4);
        }
        for index in self.gaining() {
            self.name_gain(canvas, index);
        }
    }

    /// Access points that gain or lose most users and that nothing else names, the largest change first.
    fn gaining(&self) -> Vec<usize> {
        let places = self.access_points.iter().enumerate();
        let in_use = places.filter(|(_, (place, _))| {
            let is_steady = matches!(
                place.usage,
                AccessPointUse::Active | AccessPointUse::Standby
            );
            is_steady && place.gained.abs() > NOBODY
        });
        let mut order: Vec<(f64, usize)> = in_use
            .map(|(index, (place, _))| (place.gained.abs(), index))
            .collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let least = order.first().map_or(0.0, |pair| pair.0 * LEAST_GAIN);
        let most = MOST_GAINS[usize::from(self.is_wide)];
        let kept = order.into_iter().take_while(|pair| pair.0 >= least);
        kept.take(most).map(|pair| pair.1).collect()
    }

    /// Names an access point, and how many users it gains or loses, where that covers no arrow.
    fn name_gain(&mut self, canvas: &mut Canvas, index: usize) {
        let (place, mark) = self.access_points[index];
        let sign = if place.gained > 0.0 { '+' } else { '−' };
        let users = numbers::users(place.gained.abs());
        let name = self.access_point_name(canvas, place);
        let line = [(format!("{name} {sign}{users}"), self.faces().1)];
        self.has_gains |= self.label_over(canvas, mark, &line, 0);
    }

    /// How names and what stands below them look, and the widest name.
    fn faces(&self) -> (Face, Face, f64) {
        let (name, size, widest) = if self.is_wide {
            (14.0, 12.0, 170.0)
        } else {
            (13.0, 11.5, 110.0)
        };
        (ink(name, false), Face { size, ..MUTED }, widest)
    }

    fn name_site(&mut self, canvas: &mut Canvas, index: usize, has_detail: bool) {
        let (site, mark) = self.sites[index];
        let (face, small, widest) = self.faces();
        let name = (canvas.font.fit(&site.name, face.size, widest), face);
        let detail = detail(site).filter(|_| has_detail);
        // Without its target a headroom is shorter.
        let short = detail.as_deref().and_then(|words| words.split_once(','));
        let short = short.map(|(words, _)| words.to_owned());
        let both = [detail, short].into_iter().flatten();
        let both = both.map(|words| vec![name.clone(), (words, small)]);
        let mut forms = both
            .collect::<Vec<_>>()
            .into_iter()
            .chain([vec![name.clone()]]);
        if forms.any(|lines| self.label(canvas, mark, &lines)) {
            self.named.insert(&site.id);
        }
    }

    /// `true` of a site that is in this view and has no name there.
    pub(in crate::report::charts::map) fn shows_unnamed(&self, id: &str) -> bool {
        !self.named.contains(id) && self.sites.iter().any(|(site, _)| site.id == id)
    }

    /// Writes the number that a note explains beside a site without a name; `false` if it does not fit.
    pub(in crate::report::charts::map) fn number_site(
        &mut self,
        canvas: &mut Canvas,
        id: &str,
        number: usize,
    ) -> bool {
        if !self.shows_unnamed(id) {
            return false;
        }
        let site = self.sites.iter().find(|(site, _)| site.id == id);
        let line = [(number.to_string(), self.faces().1)];
        site.map(|pair| pair.1)
            .is_some_and(|mark| self.label(canvas, mark, &line))
    }

    /// Access points have a name where the plan or the events change them.
    fn name_access_point(&mut self, canvas: &mut Canvas, index: usize) {
        let (place, mark) = self.access_points[index];
        let word = match place.usage {
            AccessPointUse::Opened => "opened",
            AccessPointUse::Closed => "closed",
            AccessPointUse::Active | AccessPointUse::Standby => return,
        };
        let name = self.access_point_name(canvas, place);
        let line = [(format!("{name} {word}"), self.faces().1)];
        self.label(canvas, mark, &line);
    }

    /// What an access point is called: beside a site of the same name the words alone are clearer.
    fn access_point_name(&self, canvas: &Canvas, place: &AccessPointPlace) -> String {
        let (_, face, widest) = self.faces();
        if self.sites.iter().any(|(site, _)| site.name == place.name) {
            "access point".to_owned()
        } else {
            canvas.font.fit(&place.name, face.size, widest * 0.8)
        }
    }

    /// Writes lines at the free place around a mark that covers least of arrows; `false` if none is free.
    fn label(&mut self, canvas: &mut Canvas, mark: MapMark, lines: &[(String, Face)]) -> bool {
        self.label_over(canvas, mark, lines, usize::MAX)
    }

    /// The same at a place that covers at most the given number of points of arrows.
    fn label_over(
        &mut self,
        canvas: &mut Canvas,
        mark: MapMark,
        lines: &[(String, Face)],
        most: usize,
    ) -> bool {
        let font = canvas.font;
        let widths = lines.iter().map(|line| font.width(&line.0, line.1.size));
        let width = widths.fold(0.0, f64::max) + 2.0;
        let height: f64 = lines.iter().map(|line| LINE * line.1.size).sum();
        let place = |(right, down): (i8, i8)| {
            let is_beside = right == 0 || down == 0;
            let gap = mark.radius + if is_beside { 2.0 } else { 0.5 };
            let [east, south] = [right, down].map(f64::from);
            let left = mark.at.0 + east * gap + width * (east - 1.0) / 2.0;
            let top = mark.at.1 + south * gap + height * (south - 1.0) / 2.0;
            (right, MapExtent((left, top), (left + width, top + height)))
        };
        let sides = [(1, 0), (-1, 0), (0, -1), (0, 1)];
        let corners = [(1, -1), (1, 1), (-1, -1), (-1, 1)];
        let places = sides.into_iter().chain(corners).map(place);
        let others = self.taken.iter();
        let others = others
            .map(|map_extent| map_extent.wider(if map_extent.has(mark.at) { 0.0 } else { APART }));
        let others: Vec<MapExtent> = others.collect();
        let bounds = self.bounds().wider(-2.0);
        let free = places.filter(|(_, map_extent)| {
            bounds.holds(map_extent) && !others.iter().any(|other| other.meets(map_extent))
        });
        let covered = |map_extent: &MapExtent| {
            let spots = self.arrows.iter().flat_map(MoveArrow::spots);
            spots
                .filter(|spot| map_extent.wider(2.0).has(*spot))
                .count()
        };
        let free = free.map(|(right, map_extent)| (covered(&map_extent), right, map_extent));
        let best = free.min_by_key(|entry| entry.0);
        let Some((_, right, extent)) = best.filter(|entry| entry.0 <= most) else {
            return false;
        };
        self.taken.push(extent);
        let MapExtent(from, to) = extent;
        let (x, anchor) = match right {
            1 => (from.0 + 1.0, Anchor::Start),
            -1 => (to.0 - 1.0, Anchor::End),
            _ => (f64::midpoint(from.0, to.0), Anchor::Middle),
        };
        let mut top = from.1;
        for (words, face) in lines {
            canvas.label(x, baseline(top, face.size), anchor, *face, words);
            top += LINE * face.size;
        }
        true
    }

    /// Users of the largest arrows, each on its shaft, or beside it where the arrow is too short for that.
    fn draw_users(
        &mut self,
        canvas: &mut Canvas,
        chart: &MapChart,
        numbered: &mut BTreeSet<usize>,
    ) {
        let face = ink(self.faces().1.size, true);
        let most = if self.is_wide { 6 } else { 3 };
        for arrow in self.arrows.iter().take(most) {
            if numbered.contains(&arrow.position) {
                continue;
            }
            let words = numbers::users(chart.moves[arrow.position].users);
            let width = canvas.font.width(&words, face.size);
            let half = (width / 2.0 + 4.0, 0.6 * face.size + 0.5);
            let areas = [0.5, 0.4, 0.6, 0.3, 0.7];
            let mut areas = areas
                .map(|share| MapExtent::around(arrow.at(share), half))
                .into_iter();
            let is_free = |area: &MapExtent| {
                let mut taken = self.taken.iter();
                self.bounds().holds(area) && !taken.any(|taken| taken.meets(area))
            };
            // A number may not hide its arrow.
            let is_long = distance(arrow.curve[0], arrow.curve[2]) >= 4.2 * half.0;
            let on_shaft = areas.find(is_free).filter(|_| is_long);
            let crosses = |area: &MapExtent| {
                let mut arrows = self.arrows.iter();
                arrows.any(|other| other.crosses(area))
            };
            let mut beside = arrow.beside(half).into_iter();
            let place = match on_shaft {
                Some(area) => Some((area, true)),
                None => beside
                    .find(|area| is_free(area) && !crosses(area))
                    .map(|area| (area, false)),
            };
            let Some((area, is_on_shaft)) = place else {
                continue;
            };
            let middle = f64::midpoint(area.0.0, area.1.0);
            let baseline = baseline(area.0.1 + 0.5, face.size);
            if is_on_shaft {
                canvas.fill_path(&area.path(), Role::Paper);
                canvas.text(middle, baseline, Anchor::Middle, face, &words);
            } else {
                canvas.label(middle, baseline, Anchor::Middle, face, &words);
            }
            self.taken.push(area);
            numbered.insert(arrow.position);
        }
    }
}

/// The baseline of a line of `size` whose top is at `top`.
fn baseline(top: f64, size: f64) -> f64 {
    let spare = LINE - ASCENT - DESCENT;
    top + size * (ASCENT + spare / 2.0)
}
