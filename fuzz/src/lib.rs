//! The checks of the fuzz targets. `harness` has the same path in the tests, which replay the
//! corpora through the same checks.

pub mod checks;
mod harness;
