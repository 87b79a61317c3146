//! Vertices that are returned to once a level has led away from them.

use super::Master;
use crate::error::Result;
use crate::solve::backend::BasisStatus;

/// A vertex of the program.
pub(in crate::solve) struct Vertex {
    of_columns: Vec<BasisStatus>,
    of_rows: Vec<BasisStatus>,
    columns: Vec<f64>,
    rebases: u64,
}

impl Master<'_> {
    /// The vertex of the last solution; `None` where that is none.
    pub(in crate::solve) fn vertex(&mut self) -> Result<Option<Vertex>> {
        if !self.unparked.is_empty() || self.values.columns.len() != self.keys.len() {
            return Ok(None);
        }
        let basis = self.backend.basis()?;
        Ok(basis.map(|(of_columns, of_rows)| Vertex {
            of_columns,
            of_rows,
            columns: self.values.columns.clone(),
            rebases: self.rebases,
        }))
    }

    /// Goes back to a vertex, unless the program has changed since.
    pub(in crate::solve) fn return_to_vertex(&mut self, vertex: Vertex) {
        let shape = (vertex.of_rows.len(), vertex.of_columns.len());
        let is_same = shape == self.shape() && vertex.rebases == self.rebases;
        if is_same
            && self
                .backend
                .set_basis(&vertex.of_columns, &vertex.of_rows)
                .is_ok()
        {
            self.values.columns = vertex.columns;
            self.values.row_duals.clear();
        }
    }
}
