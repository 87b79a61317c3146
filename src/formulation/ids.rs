//! Positions of what a problem is made of.

/// Position of a [`Class`](super::Class).
pub type ClassId = usize;

/// Position of a [`Who`](super::Who).
pub type WhoId = u32;

/// Position of a [`Group`](super::Group).
pub type GroupId = usize;

/// Position of a [`Demand`](super::Demand).
pub type DemandId = usize;

/// Position of a route in a [`PathTable`](super::PathTable).
pub type PathId = usize;

/// Position of a [`LoadRow`](super::rows::LoadRow).
pub type RowId = usize;

/// Position of loads in a [`LoadsTable`](super::LoadsTable).
pub type LoadsId = u32;
