//! E-mail addresses.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);
impl EmailAddress {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
