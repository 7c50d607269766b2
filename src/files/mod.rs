//! What a person points at on disk: icons, files to be written, and paths while they are typed.
//! What is read is kept by the store; what is written, a person asked for.

pub mod completion;
pub mod icon;
pub mod output;
pub mod path;
mod raster;
mod svg;
