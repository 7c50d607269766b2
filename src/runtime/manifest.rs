//! Manifests and icons as files: read with the icons that they name, written with icons beside them.

use std::{
    collections::HashMap,
    fs, io,
    io::Read as _,
    path::{Path, PathBuf},
};

use crate::{
    domain::{
        app::{
            App,
            icon::{Icon, IconRef},
        },
        export,
        id::DeveloperId,
        people::developer::Developer,
        problem::Problem,
        text,
    },
    environment,
    files::{self, output, path},
    manifest::{AppEntry, Facts, File, Finding, Format},
    store::{StoreError, Workspace},
};

/// A manifest, and the folder that its paths begin in.
#[derive(Debug)]
pub struct ManifestFile {
    pub file: File,
    pub text: String,
    pub format: Format,
    folder: PathBuf,
}

/// Why a manifest cannot be used.
#[derive(Debug)]
pub enum Unfit {
    Unreadable(io::Error),
    Refused(Vec<Finding>),
}

impl ManifestFile {
    pub fn read(typed: &str) -> Result<Self, Unfit> {
        let path = resolved(typed);
        let text = fs::File::open(&path)
            .and_then(bounded)
            .map_err(Unfit::Unreadable)?;
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        Self::of(text, typed, folder)
    }

    /// Paths in it begin in the current folder.
    pub fn of_input(input: impl io::Read) -> Result<Self, Unfit> {
        let text = bounded(input).map_err(Unfit::Unreadable)?;
        Self::of(text, "", PathBuf::new())
    }

    fn of(text: String, name: &str, folder: PathBuf) -> Result<Self, Unfit> {
        let format = Format::of(name, &text);
        let file = File::read(&text, format).map_err(Unfit::Refused)?;
        Ok(Self {
            file,
            text,
            format,
            folder,
        })
    }

    pub fn icons(&self) -> Icons {
        Icons {
            folder: self.folder.clone(),
            read: HashMap::new(),
        }
    }
}

fn resolved(typed: &str) -> PathBuf {
    path::resolve(typed, environment::home().as_deref())
}

fn bounded(from: impl io::Read) -> io::Result<String> {
    let mut text = String::new();
    // One more, so that a longer file is refused and not cut.
    from.take(File::BYTES_MAX + 1).read_to_string(&mut text)?;
    Ok(text)
}

/// Without a sign-in, a new app has the contact that is first by name.
pub fn facts(workspace: &Workspace, me: Option<&DeveloperId>) -> Result<Facts, StoreError> {
    let developers: Vec<Developer> = workspace.developers()?;
    let first = developers.iter().find(|one| one.is_active());
    let me = me.cloned().or_else(|| first.map(|one| one.id.clone()));
    Ok(Facts {
        me: me.unwrap_or_else(|| DeveloperId::from_stored("")),
        developers,
        name_answer: None,
        saved: None,
    })
}

/// The entries of apps, and notes about contacts that are left out.
pub fn entries(
    workspace: &Workspace,
    apps: &[App],
) -> Result<(Vec<AppEntry>, Vec<String>), Problem> {
    let emails: HashMap<_, _> = workspace
        .developers()?
        .into_iter()
        .map(|one| (one.id, one.email.as_str().to_owned()))
        .collect();
    let mut notes = Vec::new();
    let mut entries = Vec::with_capacity(apps.len());
    for app in apps {
        let email = emails.get(&app.spec.properties.primary_contact);
        if email.is_none() {
            let name = &app.spec.properties.name;
            notes.push(format!(
                "{name}: The primary contact was removed from the organization and is left out."
            ));
        }
        entries.push(AppEntry::of(app, email.map(String::as_str)));
    }
    Ok((entries, notes))
}

/// The entries with their icons as files beside the manifest `file`.
pub fn with_icon_files(
    workspace: &Workspace,
    file: &str,
    entries: &[AppEntry],
) -> Result<Vec<AppEntry>, Problem> {
    let mut icons = IconFiles::beside(file);
    let mut written = Vec::with_capacity(entries.len());
    for entry in entries {
        let icon = icons.path_of(workspace, entry)?;
        let icon = icon.or_else(|| entry.icon.clone());
        written.push(AppEntry {
            icon,
            ..entry.clone()
        });
    }
    Ok(written)
}

/// The icons of a manifest, each read once.
#[derive(Debug, Default)]
pub struct Icons {
    folder: PathBuf,
    read: HashMap<String, Result<Icon, String>>,
}

impl Icons {
    pub fn find(&mut self, name: &str) -> Result<IconRef, String> {
        let folder = &self.folder;
        let read = self
            .read
            .entry(name.to_owned())
            .or_insert_with(|| files::icon::named(name, folder));
        match read {
            Ok(icon) => Ok(icon.about.clone()),
            Err(message) => Err(message.clone()),
        }
    }

    pub fn into_read(self) -> Vec<Icon> {
        self.read.into_values().filter_map(Result::ok).collect()
    }
}

/// The icons beside a manifest, each written once.
#[derive(Debug)]
pub struct IconFiles {
    file: String,
    /// Their paths in the manifest, by hash.
    written: HashMap<String, String>,
}

impl IconFiles {
    const FOLDER: &str = "icons";

    pub fn beside(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            written: HashMap::new(),
        }
    }

    /// `None` if the app has no icon. A file of that name with other content is left as it is.
    pub fn path_of(
        &mut self,
        workspace: &Workspace,
        entry: &AppEntry,
    ) -> Result<Option<String>, Problem> {
        let Some(hash) = entry
            .icon
            .as_deref()
            .and_then(|icon| icon.strip_prefix("sha256:"))
        else {
            return Ok(None);
        };
        if let Some(path) = self.written.get(hash) {
            return Ok(Some(path.clone()));
        }
        let Some(bytes) = workspace.icon_bytes(hash)? else {
            return Ok(None);
        };
        let format = files::icon::from_bytes(bytes.clone()).map(|icon| icon.about.format);
        let end = format.map_or("png", |format| match format.as_str() {
            "jpeg" => "jpg",
            other => other,
        });
        let base = slug(entry.name.as_deref().unwrap_or_default());
        let folder = resolved(&self.file).with_file_name(Self::FOLDER);
        let failed = |error: io::Error| {
            Problem::from(format!("{} cannot be written: {error}.", folder.display()))
        };
        fs::create_dir_all(&folder).map_err(failed)?;
        for nth in 1.. {
            let name = if nth == 1 {
                format!("{base}.{end}")
            } else {
                format!("{base}-{nth}.{end}")
            };
            let path = folder.join(&name);
            if fs::read(&path).is_ok_and(|there| there != bytes) {
                continue;
            }
            if !path.exists() {
                let typed = path.to_string_lossy();
                match output::write(&typed, &bytes, false) {
                    Ok(export::Output::Written { .. }) => {}
                    Ok(export::Output::Exists(_)) => continue,
                    Err(message) => return Err(message.into()),
                }
            }
            let path = format!("{}/{name}", Self::FOLDER);
            self.written.insert(hash.to_owned(), path.clone());
            return Ok(Some(path));
        }
        Ok(None)
    }
}

/// The name of a file for an app.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in text::searchable(name).chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        "app".to_owned()
    } else {
        slug.to_owned()
    }
}
