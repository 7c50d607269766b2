//! What a person points at on disk: icons, paths being typed.
