//! Follows a file or a pipe by lines, over rotation and restarts.
//!
//! A place in a file is its inode and an offset. A file that was rotated away is read to its end (`NAME.1`) before the new
//! one; where lines may have been lost, that is told.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};
use std::ops::ControlFlow;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often a file is looked at that does not grow.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// A line that is longer is passed over, and told.
const LINE_MAX_BYTES: usize = 1024 * 1024;

/// What a file gives.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Given<'a> {
    /// A line, and where the next one begins; a pipe has no such place.
    Line(&'a str, Option<String>),
    /// Lines may have been lost, and why.
    Lost(&'static str),
}

/// A file that is followed.
pub(crate) struct Tail {
    path: PathBuf,
    file: Option<Open>,
    from_start: bool,
}

struct Open {
    file: File,
    is_pipe: bool,
    inode: u64,
    /// Where the unread rest of `held` begins in the file.
    offset: u64,
    held: Vec<u8>,
    is_rotated: bool,
}

impl Tail {
    /// Follows from a position that an earlier run noted, or from the end of what is there, or from its start.
    pub fn new(path: &Path, from_start: bool) -> Self {
        Self { path: path.to_owned(), file: None, from_start }
    }

    /// Gives lines until `each` breaks. `is_stopping` is asked while nothing comes.
    pub fn follow(
        &mut self,
        position: Option<&str>,
        is_stopping: impl Fn() -> bool,
        mut each: impl FnMut(Given<'_>) -> ControlFlow<()>,
    ) {
        let mut position = position.and_then(read_position);
        while !is_stopping() {
            if self.file.is_none() {
                let is_lost = position.is_some();
                self.file = self.open(position.take());
                let is_resumed = self.file.as_ref().is_some_and(|open| open.offset > 0 || open.is_rotated);
                if self.file.is_some() && is_lost && !is_resumed {
                    let why = "the file is another one, and the old one is not beside it";
                    if each(Given::Lost(why)).is_break() {
                        return;
                    }
                }
                // Whatever comes into being from now on is read from its beginning.
                self.from_start = true;
            }
            match self.step(&mut each) {
                ControlFlow::Break(()) => return,
                ControlFlow::Continue(true) => {}
                ControlFlow::Continue(false) => std::thread::sleep(LOOK_EVERY),
            }
        }
    }

    fn open(&self, position: Option<(u64, u64)>) -> Option<Open> {
        let newest = Open::new(&self.path);
        let Some((inode, offset)) = position else {
            let mut open = newest?;
            if !self.from_start && !open.is_pipe {
                open.seek(open.length());
            }
            return Some(open);
        };
        if let Some(mut open) = newest {
            if open.inode == inode && open.length() >= offset {
                open.seek(offset);
                return Some(open);
            }
            let mut rotated = self.path.clone().into_os_string();
            rotated.push(".1");
            if let Some(mut old) = Open::new(Path::new(&rotated)).filter(|old| old.inode == inode) {
                old.seek(offset);
                old.is_rotated = true;
                return Some(old);
            }
            return Some(open);
        }
        None
    }

    /// Reads what is there. False where nothing is.
    fn step(&mut self, each: &mut impl FnMut(Given<'_>) -> ControlFlow<()>) -> ControlFlow<(), bool> {
        let Some(open) = &mut self.file else { return ControlFlow::Continue(false) };
        if open.read_more() {
            open.give_lines(each)?;
            return ControlFlow::Continue(true);
        }
        if open.is_pipe {
            return ControlFlow::Continue(false);
        }
        if open.length() < open.offset + open.held.len() as u64 {
            self.file = None;
            each(Given::Lost("the file was cut while it was read"))?;
            return ControlFlow::Continue(true);
        }
        let is_another = std::fs::metadata(&self.path).is_ok_and(|about| about.ino() != open.inode);
        if open.is_rotated || is_another {
            // What was written between the last look and the rotation was read just now.
            self.file = None;
            return ControlFlow::Continue(true);
        }
        ControlFlow::Continue(false)
    }
}

impl Open {
    fn new(path: &Path) -> Option<Self> {
        // A pipe that nobody writes into would block for ever when it is opened.
        let nonblocking = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).ok()?;
        let file = OpenOptions::new().read(true).custom_flags(nonblocking).open(path).ok()?;
        let about = file.metadata().ok()?;
        let is_pipe = about.file_type().is_fifo() || about.file_type().is_char_device();
        let inode = about.ino();
        Some(Self { file, is_pipe, inode, offset: 0, held: Vec::new(), is_rotated: false })
    }

    fn length(&self) -> u64 {
        self.file.metadata().map_or(0, |about| about.len())
    }

    fn seek(&mut self, offset: u64) {
        if self.file.seek(SeekFrom::Start(offset)).is_ok() {
            self.offset = offset;
        }
    }

    fn read_more(&mut self) -> bool {
        let mut buffer = [0; 16 * 1024];
        match self.file.read(&mut buffer) {
            Ok(0) => false,
            Ok(count) => {
                self.held.extend_from_slice(&buffer[..count]);
                true
            }
            Err(error) => error.kind() == ErrorKind::Interrupted,
        }
    }

    fn give_lines(&mut self, each: &mut impl FnMut(Given<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        let mut begins = 0;
        while let Some(length) = self.held[begins..].iter().position(|byte| *byte == b'\n') {
            let line = String::from_utf8_lossy(&self.held[begins..begins + length]).into_owned();
            begins += length + 1;
            let position = format!("{}:{}", self.inode, self.offset + begins as u64);
            each(Given::Line(&line, (!self.is_pipe).then_some(position)))?;
        }
        self.held.drain(..begins);
        self.offset += begins as u64;
        if self.held.len() > LINE_MAX_BYTES {
            self.offset += self.held.len() as u64;
            self.held.clear();
            each(Given::Lost("a line is too long"))?;
        }
        ControlFlow::Continue(())
    }
}

fn read_position(text: &str) -> Option<(u64, u64)> {
    let (inode, offset) = text.split_once(':')?;
    Some((inode.parse().ok()?, offset.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::io::Write as _;

    /// Follows until nothing comes any more; what was given, and the last position.
    fn read(path: &Path, position: Option<&str>, from_start: bool) -> (Vec<String>, Option<String>) {
        let given = RefCell::new((Vec::new(), None));
        let looks = RefCell::new(0);
        let is_stopping = || {
            *looks.borrow_mut() += 1;
            *looks.borrow() > 6
        };
        Tail::new(path, from_start).follow(position, is_stopping, |one| {
            let mut given = given.borrow_mut();
            match one {
                Given::Line(line, at) => {
                    given.0.push(line.to_owned());
                    given.1 = at;
                }
                Given::Lost(why) => given.0.push(format!("LOST {why}")),
            }
            ControlFlow::Continue(())
        });
        given.into_inner()
    }

    #[test]
    fn it_goes_on_where_it_ended() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        std::fs::write(&path, "one\ntwo\nhal").unwrap();
        assert_eq!(read(&path, None, false).0, [""; 0]);
        let (lines, position) = read(&path, None, true);
        assert_eq!(lines, ["one", "two"]);
        std::fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"f\nthree\n").unwrap();
        let (lines, later) = read(&path, position.as_deref(), false);
        assert_eq!(lines, ["half", "three"]);
        assert_eq!(read(&path, later.as_deref(), false).0, [""; 0]);
    }

    #[test]
    fn a_rotated_file_is_read_to_its_end_first() {
        let directory = tempfile::tempdir().unwrap();
        let (path, old) = (directory.path().join("log"), directory.path().join("log.1"));
        std::fs::write(&path, "one\n").unwrap();
        let (_, position) = read(&path, None, true);
        std::fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"two\n").unwrap();
        std::fs::rename(&path, &old).unwrap();
        std::fs::write(&path, "three\n").unwrap();
        assert_eq!(read(&path, position.as_deref(), false).0, ["two", "three"]);
        std::fs::remove_file(&old).unwrap();
        let lines = read(&path, position.as_deref(), false).0;
        assert!(lines[0].starts_with("LOST") && lines[1] == "three", "{lines:?}");
    }
}
