//! Completions and manual pages, made from the definition of the command line.

use std::{fs, io, path::Path};

use clap::{Command, CommandFactory as _};
use clap_complete::{Shell, generate};
use clap_mangen::Man;

use super::{
    args::Args,
    folders::path_of,
    output::{Output, Refusal, Text},
};

const NAME: &str = "devconsole";

pub fn completions(shell: Shell) -> Output {
    let mut script = Vec::new();
    generate(shell, &mut Args::command(), NAME, &mut script);
    let script = String::from_utf8_lossy(&script);
    let lines = script.lines().map(str::to_owned).collect();
    let members = serde_json::Map::new();
    Output::new("completions/1", members, Text::Raw(lines))
}

/// The page of the program, or the pages of all commands as files in a folder.
pub fn man(folder: Option<&Path>) -> Result<Output, Refusal> {
    let members = serde_json::Map::new();
    let Some(folder) = folder else {
        let mut page = Vec::new();
        let failed = |error: io::Error| Refusal::failed(error);
        page_of(Args::command()).render(&mut page).map_err(failed)?;
        let page = String::from_utf8_lossy(&page);
        let lines = page.lines().map(str::to_owned).collect();
        return Ok(Output::new("man/1", members, Text::Raw(lines)));
    };
    let folder = path_of(folder);
    let failed = |error: io::Error| {
        let message = format!("{} cannot be written: {error}.", folder.display());
        Refusal::failed(message).about("--dir")
    };
    fs::create_dir_all(&folder).map_err(failed)?;
    let mut program = Args::command().disable_help_subcommand(true);
    program.build();
    write_pages(program, &folder).map_err(failed)?;
    let lines = vec![format!("Written: {}", folder.display())];
    Ok(Output::new("man/1", members, Text::Lines(lines)))
}

fn page_of(command: Command) -> Man {
    Man::new(command)
        .source(concat!("devconsole ", env!("CARGO_PKG_VERSION")))
        .manual("devconsole Manual")
}

fn write_pages(command: Command, folder: &Path) -> io::Result<()> {
    for inner in command
        .get_subcommands()
        .filter(|inner| !inner.is_hide_set())
    {
        write_pages(inner.clone(), folder)?;
    }
    page_of(command).generate_to(folder).map(|_| ())
}
