//! One run at a time in a directory.

use crate::error::PressError;
use std::fs::{DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Makes the directory if it is missing and locks it as long as the file is open.
pub(crate) fn lock(dir: &Path) -> Result<File, PressError> {
    let opening = |path: &Path| PressError::system(format!("opening {}", path.display()));
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(opening(dir))?;
    let path = dir.join("lock");
    let open = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
    let file = open.map_err(opening(&path))?;
    file.try_lock().map_err(|_| PressError::InUse { path: dir.to_owned() })?;
    Ok(file)
}
