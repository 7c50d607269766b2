//! The vocabulary of forms: fields, controls, slots, findings, focus.
//!
//! A form is a table of fields over a plain struct. Drawing (`ui::form`), focus order, error lines
//! and badges read the table; the section knows what a field means.

pub mod asked;
pub mod check;
pub mod choice;
pub mod entry;
pub mod field;
mod paste;
mod pasted_rows;
pub mod picker;
pub mod rows;
pub mod secret_entry;
pub mod state;
pub mod wrap;

pub use asked::{Answer, Answered, Asked, AskedRow};
pub use check::{FieldError, Report, Severity};
pub use choice::{AnyChoice, Choice, ChoiceOption, OptionText};
pub use entry::{Entry, TextEdit};
pub use field::{Control, Field, FieldId, PickKey, PickOption, RowKey, Slot, shown_fields};
pub use rows::{Row, Rows};
pub use secret_entry::SecretEntry;
pub use state::{FormEvent, FormState};
