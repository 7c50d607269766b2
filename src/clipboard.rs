//! Which clipboard, and the bytes for it.
