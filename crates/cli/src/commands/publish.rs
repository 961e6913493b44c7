//! `publish`: the whole portal and its log as plain files, for any file server.

use super::web_address;
use crate::terminal::{Terminal, bar};
use anyhow::{Result, ensure};
use clap::Args;
use hakiki_messages::Message;
use hakiki_mirror::{Publication, Settings, copy, publish, start_logging};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// How often the log is asked while a copy of it is made.
const EVERY: Duration = Duration::from_millis(500);

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    /// Directory to write; what an earlier run wrote there is replaced as a whole
    #[arg(long)]
    out: PathBuf,
    /// Directory of a node or a mirror, or of served files, or the address of a log, which is then copied and verified first
    #[arg(long, default_value = "hakiki-log")]
    from: String,
    /// Where the verified copy is kept, so that the next run goes on from it
    #[arg(long)]
    copy: Option<PathBuf>,
    /// Replace file by file, where no directory can stand beside, as on a stick
    #[arg(long)]
    in_place: bool,
    /// Write .gz and .br beside texts, for servers that send them as they are
    #[arg(long)]
    precompress: bool,
    /// Outlines of areas (GeoJSON), drawn as maps
    #[arg(long)]
    boundaries: Option<PathBuf>,
    /// The property of an outline that holds its area's code
    #[arg(long, default_value = "code")]
    boundaries_property: String,
    /// Where the copy will be served; feeds of a log of claims then have whole links
    #[arg(long, value_name = "URL", value_parser = web_address)]
    url: Option<String>,
    /// A log of claims about this election, run by others, to which area, station and record pages then lead
    #[arg(long, value_name = "URL", value_parser = web_address)]
    said_url: Option<String>,
}

/// Publishes, and says what was written.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    let temporary;
    let from = if is_own(&arguments.from) {
        ensure!(
            arguments.copy.is_none(),
            "--copy is for a log that is copied first; {} is one",
            arguments.from
        );
        PathBuf::from(&arguments.from)
    } else {
        start_logging("error")?;
        let dir = if let Some(dir) = &arguments.copy {
            dir.clone()
        } else {
            temporary = Temporary::beside(&arguments.out)?;
            temporary.0.clone()
        };
        make_copy(arguments, &dir, terminal)?;
        dir
    };
    let publication = Publication {
        from,
        out: arguments.out.clone(),
        in_place: arguments.in_place,
        precompress: arguments.precompress,
        boundaries: arguments.boundaries.clone().map(|path| (path, arguments.boundaries_property.clone())),
        url: arguments.url.clone(),
        said_url: arguments.said_url.clone(),
    };
    let progress = bar(0);
    progress.set_style(crate::terminal::counter());
    let written = publish(&publication, &|files| progress.inc(files));
    progress.finish_and_clear();
    let written = written?;
    let done = Message::new("publish.done").with("out", arguments.out.display().to_string());
    let done = done.with("files", written.files).with("mebibytes", written.bytes >> 20);
    terminal.say(&done.with("changed", written.changed).with("removed", written.removed));
    terminal.say(&Message::new("publish.serve").with("out", arguments.out.display().to_string()));
    Ok(ExitCode::SUCCESS)
}

/// Whether it is the directory of a node or a mirror, which needs no copy.
fn is_own(from: &str) -> bool {
    !from.contains("://") && Path::new(from).join("log/checkpoint").is_file()
}

fn make_copy(arguments: &Arguments, dir: &Path, terminal: Terminal) -> Result<()> {
    let mut settings = Settings::new(&arguments.from, dir);
    settings.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    settings.every = EVERY;
    terminal.say(&Message::new("publish.copying").with("url", arguments.from.as_str()));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let size = runtime.block_on(copy(settings))?;
    terminal.say(&Message::new("publish.copied").with("size", size));
    Ok(())
}

/// A copy that nobody asked to keep.
struct Temporary(PathBuf);

impl Temporary {
    fn beside(out: &Path) -> Result<Self> {
        let mut name = out.as_os_str().to_owned();
        name.push(".copy");
        let dir = PathBuf::from(name);
        ensure!(
            !dir.exists(),
            "{} is in the way; remove it, or name it by --copy to go on from it",
            dir.display()
        );
        Ok(Self(dir))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // What cannot be removed now is named by the next run.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
