//! Keys that move a cursor along rows, or scroll. The rules are those of every list, in `ui`.

pub use crate::ui::scroll::{moved, scrolled};
