//! `devconsole serve --from FILE`: everything in memory, and ready in milliseconds.

use std::{fs::File as Opened, future::Future, io::Read as _, path::Path, sync::Arc};

use jiff::Timestamp;

use super::{Serve, files, journal, listening, seed::seed, url};
use crate::{
    cli::{
        global::Global,
        output::{self, Finding, Refusal},
        texts::unreadable,
    },
    domain::{oauth::credential::mint_client_secret, time::UnixMs},
    environment,
    local_server::{Control, Options},
    manifest::{self, File, Format},
    vault,
};

pub(super) async fn serve(
    flags: &Serve,
    global: &Global,
    path: &Path,
    stopped: impl Future<Output = ()>,
) -> Result<(), Refusal> {
    let file = read(path)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let now = UnixMs(Timestamp::now().as_millisecond());
    let seed = seed(flags, &file, folder, &environment::var_os, now).map_err(refused)?;
    if !global.is_quiet() {
        let warnings = file
            .warnings
            .into_iter()
            .map(|one| format!("warning: {}", Finding::from(one).line()));
        output::say(&warnings.collect::<Vec<_>>());
    }
    let mut rng = vault::os_random().map_err(Refusal::failed)?;
    let token = mint_client_secret(&mut rng);
    let control = Control::new(&token, seed.credentials.apps.keys().cloned().collect());
    let control = Arc::new(control);
    // The port is part of the credentials, so it is taken before they are written.
    let listening = listening(seed.setup.port).await?;
    let document = seed.credentials.document(&url(listening.port), &token);
    let document = document.map_err(Refusal::failed)?;
    let _credentials = flags
        .credentials
        .as_deref()
        .map(|path| files::make(path, &document))
        .transpose()
        .map_err(|error| Refusal::failed(error).about("--credentials"))?;
    let about = [format!("apps {}", seed.credentials.apps.len())];
    drop((document, seed.credentials));
    let options = Options {
        setup: seed.setup,
        journal: Some(journal(seed.log, Some(Arc::clone(&control)))),
        control: Some(control),
        consent: seed.consent,
        ..Options::default()
    };
    let _ready = flags.announce(listening.port, &about)?;
    let answered = listening.answer(seed.workspace, options, stopped).await;
    answered.map_err(Refusal::failed)
}

fn read(path: &Path) -> Result<File, Refusal> {
    let failed = |error: std::io::Error| unreadable(path.display(), &error).about("--from");
    let mut text = String::new();
    // One byte more than is accepted, so that the manifest itself says what is too long.
    let most = File::BYTES_MAX.saturating_add(1);
    Opened::open(path)
        .and_then(|file| file.take(most).read_to_string(&mut text))
        .map_err(failed)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    File::read(&text, Format::of(&name, &text)).map_err(refused)
}

fn refused(findings: Vec<manifest::Finding>) -> Refusal {
    let errors = findings.into_iter().filter(|finding| !finding.is_warning);
    Refusal::of_findings(errors)
}
