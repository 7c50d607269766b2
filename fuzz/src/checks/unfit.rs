//! Characters that steer, hide or reorder others, or have no agreed meaning.

/// Defined a second time on purpose, independently of the code under test.
pub fn is_unfit(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{AD}' | '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' // invisible
                | '\u{2028}'..='\u{202E}' // breaks, bidirectional overrides
                | '\u{2060}'..='\u{206F}' // joiners, isolates
                | '\u{FEFF}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' // private use
                | '\u{E0000}'..='\u{E0FFF}' // tags
        )
}
