//! Cut: the places where a flow is stopped (`docs/model.md` §11).

use petgraph::algo::dinics;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::VecDeque;

/// What all capacities together come to, as the integers in which flows are exact; a share of them this small is
/// nothing.
const WHOLE: f64 = 1e15;

/// A network of capacities between numbered points, with a source and a sink.
///
/// ```
/// use plimsoll::graph::FlowNetwork;
/// // 30 must go from the source to the sink over one point that lets 20 pass.
/// let mut network = FlowNetwork::default();
/// let point = network.point();
/// network.edge(FlowNetwork::SOURCE, point, Some(30.0));
/// network.edge(point, FlowNetwork::SINK, Some(20.0));
/// assert_eq!(network.min_cut(), [true, false, true]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct FlowNetwork {
    points: usize,
    edges: Vec<(usize, usize, Option<f64>)>,
}

impl FlowNetwork {
    /// Where everything comes from.
    pub const SOURCE: usize = 0;
    /// Where everything goes.
    pub const SINK: usize = 1;

    /// A new point.
    pub fn point(&mut self) -> usize {
        self.points += 1;
        Self::SINK + self.points
    }

    /// An edge that lets so much pass, at least 0; `None` is not limited.
    pub fn edge(&mut self, from: usize, to: usize, capacity: Option<f64>) {
        self.edges.push((from, to, capacity));
    }

    /// By point, source and sink first, whether it lies on the source's side of a least cut; of all least cuts the one
    /// with fewest points there, so that every one of them is past an edge that is full.
    pub fn min_cut(&self) -> Vec<bool> {
        let (graph, flows) = self.max_flow();
        let mut is_behind = vec![false; graph.node_count()];
        let mut open = VecDeque::from([Self::SOURCE]);
        is_behind[Self::SOURCE] = true;
        let mut leaving: Vec<Vec<(usize, bool)>> = vec![Vec::new(); graph.node_count()];
        for (index, (edge, flow)) in graph.raw_edges().iter().zip(&flows).enumerate() {
            let (from, to) = (edge.source().index(), edge.target().index());
            if *flow < edge.weight {
                leaving[from].push((index, true));
            }
            if *flow > 0 {
                leaving[to].push((index, false));
            }
        }
        while let Some(point) = open.pop_front() {
            for &(index, is_forward) in &leaving[point] {
                let edge = &graph.raw_edges()[index];
                let next = if is_forward {
                    edge.target().index()
                } else {
                    edge.source().index()
                };
                if !is_behind[next] {
                    is_behind[next] = true;
                    open.push_back(next);
                }
            }
        }
        is_behind
    }

    /// The points on the source's side of a cut, in parts that no edge joins; without the source.
    pub fn parts(&self, is_behind: &[bool]) -> Vec<Vec<usize>> {
        let mut part_of: Vec<usize> = (0..is_behind.len()).collect();
        for &(from, to, _) in &self.edges {
            let is_inside = from > Self::SINK && to > Self::SINK;
            if is_inside && is_behind[from] && is_behind[to] {
                let (one, other) = (root(&part_of, from), root(&part_of, to));
                part_of[one.max(other)] = one.min(other);
            }
        }
        let mut parts: Vec<Vec<usize>> = vec![Vec::new(); is_behind.len()];
        for point in (Self::SINK + 1)..is_behind.len() {
            if is_behind[point] {
                parts[root(&part_of, point)].push(point);
            }
        }
        parts.retain(|part| !part.is_empty());
        parts
    }

    /// The most that can flow, as integers.
    fn max_flow(&self) -> (DiGraph<(), u64>, Vec<u64>) {
        let whole: f64 = self.edges.iter().filter_map(|edge| edge.2).sum();
        let scale = if whole > 0.0 { WHOLE / whole } else { 1.0 };
        let mut graph = DiGraph::with_capacity(self.points + 2, self.edges.len());
        for _ in 0..self.points + 2 {
            graph.add_node(());
        }
        for &(from, to, capacity) in &self.edges {
            // More than everything together is no limit.
            let capacity = capacity.map_or(2.0 * WHOLE, |capacity| (capacity * scale).round());
            graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), integer(capacity));
        }
        let (_, flows) = dinics(
            &graph,
            NodeIndex::new(Self::SOURCE),
            NodeIndex::new(Self::SINK),
        );
        (graph, flows)
    }
}

/// A whole number of at least 0 and at most twice [`WHOLE`].
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number of 0 or more, below 2^53"
)]
fn integer(amount: f64) -> u64 {
    amount.clamp(0.0, 2.0 * WHOLE) as u64
}

/// The first point of a point's part.
fn root(part_of: &[usize], mut point: usize) -> usize {
    while part_of[point] != point {
        point = part_of[point];
    }
    point
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_is_the_smallest_of_all_subsets_and_leaves_out_what_is_just_met() {
        // Two groups, three places: the first may use places 0 and 1, the second place 2 only and just fits.
        let mut network = FlowNetwork::default();
        let [one, two] = [network.point(), network.point()];
        let places = [network.point(), network.point(), network.point()];
        network.edge(FlowNetwork::SOURCE, one, Some(10.0));
        network.edge(FlowNetwork::SOURCE, two, Some(5.0));
        for (group, place) in [(one, places[0]), (one, places[1]), (two, places[2])] {
            network.edge(group, place, None);
        }
        for (place, spare) in places.into_iter().zip([4.0, 3.0, 5.0]) {
            network.edge(place, FlowNetwork::SINK, Some(spare));
        }
        let is_behind = network.min_cut();
        let after: Vec<usize> = (0..7).filter(|&point| is_behind[point]).collect();
        assert_eq!(after, [FlowNetwork::SOURCE, one, places[0], places[1]]);
        assert_eq!(network.parts(&is_behind), [vec![one, places[0], places[1]]]);
    }

    #[test]
    fn two_traps_that_have_nothing_in_common_are_two_parts() {
        let mut network = FlowNetwork::default();
        for (need, spare) in [(10.0, 4.0), (7.0, 6.0)] {
            let [group, place] = [network.point(), network.point()];
            network.edge(FlowNetwork::SOURCE, group, Some(need));
            network.edge(group, place, None);
            network.edge(place, FlowNetwork::SINK, Some(spare));
        }
        let is_behind = network.min_cut();
        assert_eq!(network.parts(&is_behind), [vec![2, 3], vec![4, 5]]);
    }
}
