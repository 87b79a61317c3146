//! Picture: one chart in both forms.

/// One chart in both forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The picture; its text is text, with a generic family to fall back on.
    pub svg: String,
    /// The same SVG drawn at twice its size (less if that were more than 24 million pixels).
    pub png: Vec<u8>,
}
