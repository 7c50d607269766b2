//! Any file as an icon: it is accepted within the limits, or refused. The fuzzer watches time and
//! memory (`-timeout`, `-rss_limit_mb`).

use devconsole::{
    domain::app::icon::{PREVIEW_SIDE, Preview},
    files::{icon::from_bytes, picture::MAX_SIDE},
};

pub fn icon(bytes: &[u8]) {
    let Ok(icon) = from_bytes(bytes.to_vec()) else {
        return;
    };
    assert_eq!(icon.bytes, bytes);
    assert!((1..=MAX_SIDE).contains(&icon.about.side));
    assert_eq!(icon.preview.pixels.len(), PREVIEW_SIDE * PREVIEW_SIDE);
    assert_eq!(
        Preview::from_bytes(&icon.preview.to_bytes()),
        Some(icon.preview)
    );
}
