//! Files that a person names: icons to read, files to write, and paths that are being typed.

pub mod completion;
mod git;
pub mod icon;
pub mod output;
pub mod path;
pub mod picture;
mod raster;
mod svg;
