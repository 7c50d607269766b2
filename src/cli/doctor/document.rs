//! The report for programs: the facts of the text, by name.

use serde_json::{Value, json};

use super::{Disk, Entry, Kind, report::Writer};
use crate::{
    clipboard::{Environment, Route},
    runtime::capabilities::Capabilities,
};

impl Writer<'_> {
    pub(super) fn document(&self, capabilities: Capabilities) -> Value {
        let facts = self.facts;
        let program = &facts.program;
        let environment = Environment::from_lookup(|name| facts.lookup(name));
        let route = Route::choose(&environment);
        let (colors, colors_reason) = self.colors(capabilities);
        let (characters, characters_reason) = self.characters(capabilities);
        let file = facts.settings.file.as_ref();
        let theme = facts.settings.read.as_ref().ok();
        let theme = theme.map(|read| read.unwrap_or_default().theme.as_str());
        json!({
            "well": self.is_well(),
            "program": {
                "version": program.version,
                "os": program.os,
                "arch": program.arch,
                "kernel": self.bare(&program.kernel),
                "sqlite": program.sqlite,
                "format": program.format,
            },
            "terminal": {
                "inside": self.inside(),
                "stdin_is_terminal": facts.stdin_is_terminal,
                "stdout_is_terminal": facts.stdout_is_terminal,
                "columns": facts.size.map(|(columns, _)| columns),
                "rows": facts.size.map(|(_, rows)| rows),
                "colors": colors,
                "colors_reason": self.bare(&colors_reason),
                "characters": characters,
                "characters_reason": characters_reason,
            },
            "clipboard": {
                "route": route.to_string(),
                "reason": self.bare(route.why(&environment)),
                "after_copy": route.known_after(),
            },
            "workspace": facts.disk.as_ref().ok().map(|disk| self.disk(disk)),
            "settings": {
                "file": file.map(|file| self.bare(&file.to_string_lossy())),
                "theme": theme,
            },
            "environment": self.environment,
            "checks": self.checks,
        })
    }

    fn disk(&self, disk: &Disk) -> Value {
        let files: Vec<Value> = disk
            .files
            .iter()
            .map(|(name, entry)| self.about(name, entry))
            .collect();
        let copies: Vec<String> = disk.old_copies.iter().map(|name| self.bare(name)).collect();
        let inspected = disk.inspected.as_ref().ok().and_then(Option::as_ref);
        let history = inspected.and_then(|found| found.history.as_ref());
        json!({
            "folder": self.about(&disk.folder.to_string_lossy(), &disk.folder_entry),
            "files": files,
            "old_copies": copies,
            "format": inspected.map(|found| found.format),
            "history": history.map(|it| json!({ "rows": it.rows, "head": it.head })),
            "was_written": inspected.map(|found| found.was_written),
            "free_bytes": disk.free_bytes,
            "locks_after_minutes": self.facts.lock_after_minutes,
        })
    }

    /// Without a mode if there is no such file.
    fn about(&self, name: &str, entry: &Entry) -> Value {
        let (kind, mode, is_yours) = match entry {
            Entry::Absent => ("absent", None, None),
            Entry::Unknown(_) => ("unknown", None, None),
            Entry::There { kind, mode, owner } => {
                let kind = match kind {
                    Kind::File => "file",
                    Kind::Folder => "folder",
                    Kind::Link => "link",
                    Kind::Other => "other",
                };
                let mode = format!("{mode:04o}");
                (kind, Some(mode), Some(*owner == self.facts.me))
            }
        };
        json!({ "name": self.bare(name), "kind": kind, "mode": mode, "yours": is_yours })
    }
}
