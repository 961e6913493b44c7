//! A model of a disk that knows what is live and what is durable, and that can fail or lose power at any
//! step.
//!
//! Each call of [`Disk`] is taken apart into the steps that a real one makes of it (make a directory, write,
//! sync, name, sync the directory …). A [`Fault`] can be planned for any one step. [`MemoryDisk::restart`]
//! gives the disk that a machine finds when it comes up again. It models no failing reads and no bit rot.

use crate::disk::{Disk, Durability, ancestors, check_path, parent};
use crate::loss::{Draw, Loss, lose, mix};
use hakiki_note::{Hash, sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What goes wrong at one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The step is not done, and says so.
    NotDone,
    /// The step is done, but an error comes back.
    DoneButNotSaid,
    /// The power fails before the step: it and every later one fail until [`MemoryDisk::restart`].
    PowerLoss,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Directory,
    File(usize),
}

#[derive(Debug, Clone)]
struct Contents {
    bytes: Arc<[u8]>,
    durable: bool,
    /// What was durable before bytes were written over it in place, until they are synced.
    before: Option<Arc<[u8]>>,
}

impl Contents {
    fn new(bytes: &[u8], durable: bool) -> Self {
        Self { bytes: bytes.into(), durable, before: None }
    }
}

#[derive(Debug, Default)]
struct State {
    live: BTreeMap<String, Node>,
    durable: BTreeMap<String, Node>,
    /// Paths whose live name is not the durable one, by directory.
    unsynced: BTreeMap<String, BTreeSet<String>>,
    files: Vec<Contents>,
    locked: bool,
    dead: bool,
    steps: u64,
    fault: Option<(u64, Fault)>,
    struck: bool,
    free_bytes: Option<u64>,
    /// Every content that a path was ever given, but for what a loss of power did to it.
    history: BTreeMap<String, BTreeSet<Hash>>,
}

/// A model of a disk. Clones are handles of the same disk.
#[derive(Debug, Clone, Default)]
pub struct MemoryDisk(Arc<Mutex<State>>);

/// The lock of a [`MemoryDisk`].
#[derive(Debug)]
pub struct MemoryLock(Arc<Mutex<State>>);

impl Drop for MemoryLock {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).locked = false;
    }
}

impl MemoryDisk {
    /// An empty disk.
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many steps were taken so far.
    pub fn steps(&self) -> u64 {
        self.state().steps
    }

    /// Plans one fault at the step with this number, counted as [`Self::steps`] counts: 0 is the first of a
    /// new disk.
    pub fn plan_fault(&self, step: u64, fault: Fault) {
        self.state().fault = Some((step, fault));
    }

    /// Whether the planned fault came back as an error. A step that fails of itself says so instead.
    pub fn fault_struck(&self) -> bool {
        self.state().struck
    }

    /// Whether the power has failed.
    pub fn is_dead(&self) -> bool {
        self.state().dead
    }

    /// Bounds the bytes that can still be written; `None` lifts the bound.
    pub fn limit_free_bytes(&self, free_bytes: Option<u64>) {
        self.state().free_bytes = free_bytes;
    }

    /// Changes a file behind the log's back, durably, without a trace in the history.
    pub fn tamper(&self, path: &str, bytes: Option<&[u8]>) {
        let mut state = self.state();
        if let Some(bytes) = bytes {
            state.files.push(Contents::new(bytes, true));
            let node = Node::File(state.files.len() - 1);
            for above in ancestors(path) {
                state.live.insert(above.to_owned(), Node::Directory);
                state.durable.insert(above.to_owned(), Node::Directory);
            }
            state.live.insert(path.to_owned(), node);
            state.durable.insert(path.to_owned(), node);
        } else {
            state.live.remove(path);
            state.durable.remove(path);
        }
    }

    /// Every file that is live.
    pub fn paths(&self) -> Vec<String> {
        let files = |(path, node): (&String, &Node)| matches!(node, Node::File(_)).then(|| path.clone());
        self.state().live.iter().filter_map(files).collect()
    }

    /// Paths that were given more than one content in the life of this disk.
    pub fn changed_paths(&self) -> Vec<String> {
        let changed =
            |(path, contents): (&String, &BTreeSet<Hash>)| (contents.len() > 1).then(|| path.clone());
        self.state().history.iter().filter_map(changed).collect()
    }

    /// The disk that a machine finds after this one lost power (or, with [`Loss::Nothing`], the process was
    /// killed). This disk is not changed. No fault is planned, no bound set, no lock held.
    #[must_use]
    pub fn restart(&self, loss: Loss) -> Self {
        let state = self.state();
        let mut draw = Draw::of(loss);
        let mut names = state.durable.clone();
        for path in state.unsynced.values().flatten() {
            let survives = match loss {
                Loss::Nothing | Loss::Contents => true,
                Loss::Unsynced => false,
                Loss::Seeded(_) => draw.below(2) == 0,
            };
            match state.live.get(path).filter(|_| survives) {
                Some(node) => names.insert(path.clone(), *node),
                None if survives => names.remove(path),
                None => None,
            };
        }
        let reachable = |path: &str| ancestors(path).all(|above| names.get(above) == Some(&Node::Directory));
        let names: BTreeMap<_, _> = names
            .iter()
            .filter(|(path, _)| reachable(path))
            .map(|(path, node)| (path.clone(), *node))
            .collect();
        let files = state.files.iter().map(|file| {
            let left = match (&file.before, file.durable) {
                (_, true) => file.bytes.clone(),
                (None, false) => lose(&file.bytes, loss, &mut draw),
                (Some(before), false) => mix(before, &file.bytes, loss, &mut draw),
            };
            Contents::new(&left, true)
        });
        Self(Arc::new(Mutex::new(State {
            live: names.clone(),
            durable: names,
            files: files.collect(),
            history: state.history.clone(),
            ..State::default()
        })))
    }
}

impl State {
    /// One step of a call, at which a planned fault strikes.
    fn step<T>(&mut self, effect: impl FnOnce(&mut Self) -> io::Result<T>) -> io::Result<T> {
        let number = self.steps;
        self.steps += 1;
        let fault = self.fault.filter(|(at, _)| *at == number).map(|(_, fault)| fault);
        self.struck |= matches!(fault, Some(Fault::PowerLoss | Fault::NotDone));
        self.dead |= fault == Some(Fault::PowerLoss);
        if self.dead {
            return Err(io::Error::other(format!("power lost at step {number}")));
        }
        if fault == Some(Fault::NotDone) {
            return Err(io::Error::other(format!("planned failure of step {number}: not done")));
        }
        let done = effect(self)?;
        if fault == Some(Fault::DoneButNotSaid) {
            self.struck = true;
            return Err(io::Error::other(format!("planned failure of step {number}: done but not said")));
        }
        Ok(done)
    }

    fn alive(&self) -> io::Result<()> {
        if self.dead { Err(io::Error::other("power lost")) } else { Ok(()) }
    }

    fn name(&mut self, path: &str, node: Option<Node>) {
        match node {
            Some(node) => self.live.insert(path.to_owned(), node),
            None => self.live.remove(path),
        };
        self.unsynced.entry(parent(path).to_owned()).or_default().insert(path.to_owned());
    }

    fn make_directories_above(&mut self, path: &str) -> io::Result<()> {
        let missing: Vec<_> = ancestors(path).filter(|above| !self.live.contains_key(*above)).collect();
        for above in missing.into_iter().rev() {
            self.step(|state| {
                state.name(above, Some(Node::Directory));
                Ok(())
            })?;
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8], durability: Durability) -> io::Result<usize> {
        let file = self.step(|state| {
            if let Some(free) = &mut state.free_bytes {
                *free = free.checked_sub(bytes.len() as u64).ok_or(ErrorKind::StorageFull)?;
            }
            state.files.push(Contents::new(bytes, false));
            Ok(state.files.len() - 1)
        })?;
        if durability == Durability::Now {
            self.sync_file(file)?;
        }
        Ok(file)
    }

    /// Changes a file in place; until it is synced, what was there before may come back.
    fn write_over(&mut self, file: usize, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let offset = usize::try_from(offset).map_err(|_| ErrorKind::FileTooLarge)?;
        let contents = &mut self.files[file];
        let mut changed = contents.bytes.to_vec();
        let end = offset + bytes.len();
        if let Some(free) = &mut self.free_bytes {
            let grown = end.saturating_sub(changed.len()) as u64;
            *free = free.checked_sub(grown).ok_or(ErrorKind::StorageFull)?;
        }
        changed.resize(changed.len().max(end), 0);
        changed[offset..end].copy_from_slice(bytes);
        if contents.durable {
            contents.before = Some(contents.bytes.clone());
        }
        contents.bytes = changed.into();
        contents.durable = false;
        Ok(())
    }

    fn sync_file(&mut self, file: usize) -> io::Result<()> {
        self.step(|state| {
            state.files[file].durable = true;
            state.files[file].before = None;
            Ok(())
        })
    }

    fn sync_directory(&mut self, directory: &str) -> io::Result<()> {
        self.step(|state| {
            for path in state.unsynced.remove(directory).unwrap_or_default() {
                match state.live.get(&path) {
                    Some(node) => state.durable.insert(path, *node),
                    None => state.durable.remove(&path),
                };
            }
            Ok(())
        })
    }

    /// Makes the name durable, and those of the directories above that are not.
    fn sync_name(&mut self, path: &str) -> io::Result<()> {
        self.sync_directory(parent(path))?;
        let above: Vec<_> = ancestors(path).filter(|at| !self.durable.contains_key(*at)).collect();
        above.into_iter().try_for_each(|at| self.sync_directory(parent(at)))
    }

    fn place(&mut self, path: &str, file: usize, only_new: bool) -> io::Result<()> {
        self.step(|state| {
            if only_new && state.live.contains_key(path) {
                return Err(ErrorKind::AlreadyExists.into());
            }
            let hash = sha256(&state.files[file].bytes);
            state.history.entry(path.to_owned()).or_default().insert(hash);
            state.name(path, Some(Node::File(file)));
            Ok(())
        })
    }

    fn put(&mut self, path: &str, bytes: &[u8], durability: Durability, only_new: bool) -> io::Result<()> {
        check_path(path)?;
        let file = self.write(bytes, durability)?;
        self.make_directories_above(path)?;
        self.place(path, file, only_new)?;
        if durability == Durability::Now { self.sync_name(path) } else { Ok(()) }
    }
}

impl Disk for MemoryDisk {
    type Lock = MemoryLock;

    fn lock(&self) -> io::Result<Option<MemoryLock>> {
        let mut state = self.state();
        state.alive()?;
        if std::mem::replace(&mut state.locked, true) {
            return Ok(None);
        }
        Ok(Some(MemoryLock(self.0.clone())))
    }

    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        check_path(path)?;
        let state = self.state();
        state.alive()?;
        match state.live.get(path) {
            Some(Node::File(file)) => Ok(Some(state.files[*file].bytes.to_vec())),
            Some(Node::Directory) => Err(ErrorKind::IsADirectory.into()),
            None => Ok(None),
        }
    }

    fn exists(&self, path: &str) -> io::Result<bool> {
        check_path(path)?;
        let state = self.state();
        state.alive()?;
        Ok(state.live.contains_key(path))
    }

    fn list(&self, directory: &str) -> io::Result<Vec<String>> {
        check_path(directory)?;
        let state = self.state();
        state.alive()?;
        let prefix = format!("{directory}/");
        let below = state.live.range(prefix.clone()..).map_while(|(path, _)| path.strip_prefix(&prefix));
        Ok(below.filter(|rest| !rest.contains('/')).map(str::to_owned).collect())
    }

    fn create(&self, path: &str, bytes: &[u8], durability: Durability) -> io::Result<()> {
        self.state().put(path, bytes, durability, true)
    }

    fn replace(&self, path: &str, bytes: &[u8], durability: Durability) -> io::Result<()> {
        self.state().put(path, bytes, durability, false)
    }

    fn overwrite(&self, path: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        check_path(path)?;
        let mut state = self.state();
        let Some(Node::File(file)) = state.live.get(path).copied() else {
            return Err(ErrorKind::NotFound.into());
        };
        state.step(|state| state.write_over(file, offset, bytes))?;
        state.sync_file(file)
    }

    fn sync(&self, paths: &[String]) -> io::Result<()> {
        let mut state = self.state();
        for path in paths {
            let Some(Node::File(file)) = state.live.get(path).copied() else {
                return Err(ErrorKind::NotFound.into());
            };
            state.sync_file(file)?;
        }
        let mut synced = BTreeSet::new();
        for path in paths.iter().filter(|path| synced.insert(parent(path).to_owned())) {
            state.sync_name(path)?;
        }
        Ok(())
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        check_path(path)?;
        self.state().step(|state| {
            if state.live.contains_key(path) {
                state.name(path, None);
            }
            Ok(())
        })
    }

    fn remove_directory(&self, path: &str) -> io::Result<()> {
        if !self.list(path)?.is_empty() {
            return Err(ErrorKind::DirectoryNotEmpty.into());
        }
        self.remove(path)
    }
}
