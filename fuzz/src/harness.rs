//! The part of the tests' harness that drives the console.

#[path = "../../tests/it/harness/driver.rs"]
#[expect(dead_code, reason = "the stories use the rest")]
pub mod driver;
#[path = "../../tests/it/harness/form.rs"]
#[expect(dead_code, reason = "the stories use the rest")]
pub mod form;
#[path = "../../tests/it/harness/steps.rs"]
pub mod steps;
