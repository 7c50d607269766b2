//! Credentials.
use rand::CryptoRng;
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientId(String);
pub(crate) fn mint_id(_rng: &mut impl CryptoRng) -> String {
    String::new()
}
