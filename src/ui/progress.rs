//! A bar that fills while something long runs.

use super::theme::Theme;
use crate::domain::progress::Progress;

/// As wide as `width`.
pub fn bar(progress: Progress, width: usize, theme: &Theme) -> String {
    let (full, empty) = if theme.glyphs.unicode {
        ("█", "░")
    } else {
        ("#", "-")
    };
    let done = progress.done.min(progress.total) * width as u64;
    let filled = done.checked_div(progress.total).unwrap_or_default();
    let filled = usize::try_from(filled).unwrap_or(width);
    format!("{}{}", full.repeat(filled), empty.repeat(width - filled))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::progress::Work,
        ui::{half_blocks::Depth, theme::ThemeName},
    };

    #[test]
    fn the_bar_is_full_at_the_end_and_never_wider() {
        let theme = Theme::new(ThemeName::default(), false, Depth::None, false);
        let at = |done, total| {
            let work = Work::Sealing;
            bar(Progress { work, done, total }, 10, &theme)
        };
        assert_eq!(at(0, 100_000), "----------");
        assert_eq!(at(50_000, 100_000), "#####-----");
        assert_eq!(at(100_000, 100_000), "##########");
        assert_eq!(at(100_001, 100_000), "##########");
        assert_eq!(at(0, 0), "----------");
    }
}
