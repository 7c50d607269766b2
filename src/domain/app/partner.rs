//! The app galleries a public app can appear in, as the create-app form groups them.
//!
//! The catalog is `assets/catalog/partners.json`, embedded at build time.

use std::{fmt, sync::LazyLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use strum::VariantArray;

use crate::domain::text;

/// A gallery option, e.g. `avaya-cloud-office`. The slugs are ours: RingCentral numbers its brands,
/// and one option can stand for several of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartnerId(&'static str);

impl PartnerId {
    /// Finds an option by its slug or label, whatever the case.
    pub fn find(name: &str) -> Option<Self> {
        let wanted = text::key(name);
        catalogue()
            .iter()
            .find(|partner| partner.id.0 == wanted || text::key(partner.label) == wanted)
            .map(|partner| partner.id)
    }

    pub fn as_str(self) -> &'static str {
        self.0
    }

    pub fn partner(self) -> &'static Partner {
        catalogue()
            .iter()
            .find(|partner| partner.id == self)
            .unwrap_or(&MISSING)
    }
}

impl fmt::Display for PartnerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Serialize for PartnerId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for PartnerId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::find(&name).ok_or_else(|| de::Error::custom(format!("unknown partner {name:?}")))
    }
}

/// Source: the gallery check boxes of RingCentral's create-app form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum PartnerGroup {
    RingCentral,
    CustomBranded,
    SpecialRequirements,
}

impl PartnerGroup {
    pub fn label(self) -> &'static str {
        match self {
            Self::RingCentral => "RingCentral app galleries",
            Self::CustomBranded => "Custom-branded app galleries",
            Self::SpecialRequirements => "App galleries with special requirements",
        }
    }
}

/// One gallery option.
#[derive(Debug, Deserialize)]
pub struct Partner {
    #[serde(deserialize_with = "own_id")]
    pub id: PartnerId,
    pub label: &'static str,
    pub group: PartnerGroup,
    /// RingCentral's numbers of the brands behind it (`brandId` of a login URL).
    pub brand_ids: Vec<u32>,
    /// The form checks this option and disables it.
    pub forced: bool,
    /// A fact that a developer should know before choosing it.
    pub note: Option<&'static str>,
}

/// Takes the slug unchecked: looking it up in the catalog that is just being built would recurse
/// without end.
fn own_id<'de: 'static, D: Deserializer<'de>>(deserializer: D) -> Result<PartnerId, D::Error> {
    <&'static str>::deserialize(deserializer).map(PartnerId)
}

static SOURCE: &str = include_str!("../../../assets/catalog/partners.json");

// A test proves that the embedded file parses, so the empty list never occurs.
static CATALOGUE: LazyLock<Vec<Partner>> =
    LazyLock::new(|| serde_json::from_str(SOURCE).unwrap_or_default());

// Never occurs either: a `PartnerId` is made only from rows of the catalog.
static MISSING: Partner = Partner {
    id: PartnerId(""),
    label: "unknown partner",
    group: PartnerGroup::RingCentral,
    brand_ids: Vec::new(),
    forced: false,
    note: None,
};

/// Every gallery option, group by group, by label within its group.
pub fn catalogue() -> &'static [Partner] {
    &CATALOGUE
}

#[cfg(test)]
mod tests {
    use crate::domain::app::partner::*;

    #[test]
    fn the_embedded_catalogue_parses() {
        let rows: Vec<Partner> = serde_json::from_str(SOURCE).unwrap();
        assert_eq!(rows.len(), catalogue().len());
        assert_eq!(rows.len(), 9);
    }

    #[test]
    fn every_partner_has_a_unique_slug_and_brands() {
        let mut slugs: Vec<_> = catalogue().iter().map(|p| p.id).collect();
        let mut brands: Vec<_> = catalogue().iter().flat_map(|p| &p.brand_ids).collect();
        let (slug_count, brand_count) = (slugs.len(), brands.len());
        slugs.sort_unstable();
        slugs.dedup();
        brands.sort_unstable();
        brands.dedup();
        assert_eq!((slugs.len(), brands.len()), (slug_count, brand_count));
        for partner in catalogue() {
            assert!(!partner.brand_ids.is_empty(), "{}", partner.id);
            assert!(
                partner
                    .id
                    .0
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b == b'-'),
                "{}",
                partner.id
            );
        }
    }

    #[test]
    fn only_the_ringcentral_entry_is_forced() {
        let forced: Vec<_> = catalogue().iter().filter(|p| p.forced).collect();
        assert_eq!(forced.len(), 1);
        assert_eq!(forced[0].group, PartnerGroup::RingCentral);
        assert_eq!(
            forced[0].label,
            "RingCentral and RingCentral Rise™ partners"
        );
    }

    #[test]
    fn the_catalogue_is_sorted_by_group_then_label() {
        assert!(catalogue().is_sorted_by_key(|p| (p.group, text::key(p.label))));
    }

    #[test]
    fn a_partner_is_stored_by_slug_and_an_unknown_one_is_named() {
        for partner in catalogue() {
            assert!(std::ptr::eq(partner.id.partner(), partner));
            assert_eq!(PartnerId::find(partner.label), Some(partner.id));
            let stored = serde_json::to_string(&partner.id).unwrap();
            assert_eq!(
                serde_json::from_str::<PartnerId>(&stored).unwrap(),
                partner.id
            );
        }
        let error = serde_json::from_str::<PartnerId>(r#""acme""#).unwrap_err();
        assert!(error.to_string().contains("acme"), "{error}");
        assert_eq!(PartnerId::find("  "), None);
    }
}
