//! New folder: filled beside the one whose place it takes, so that this one stands whole until then.
//!
//! Beside `out` a process has a lock file of its name, `.out.x7Yq2a.lock`, and fills `.out.x7Yq2a.new`. It holds the lock for as
//! long as it lives: a process that finds the file and gets the lock knows that the other is dead, and cleans up after it.

use super::folder::{self, Contents, cannot, written_through};
use crate::error::Result;
use crate::report::written::WrittenFile;
use rayon::prelude::*;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// What a lock file holds: it marks the folder beside it as ours.
pub(super) const MARK: &str = "Plimsoll is writing the folder of this name next to it.\n";

/// How often a folder whose place was taken meanwhile tries again.
const ATTEMPTS: u32 = 16;

/// Letters of a name that are drawn.
const LETTERS: usize = 6;

/// A folder that is filled beside the one whose place it takes; one that takes no place is removed.
pub(super) struct NewFolder {
    made: FolderMade,
    /// Locked for as long as the process lives.
    _lock: File,
}

/// What was made for a folder that is being filled.
#[derive(Clone, PartialEq)]
struct FolderMade {
    path: PathBuf,
    lock: PathBuf,
    /// The folders above it that did not stand before, the innermost first.
    above: Vec<PathBuf>,
}

impl FolderMade {
    fn remove(&self) {
        let _ = folder::remove_ours(&self.path);
        let _ = fs::remove_file(&self.lock);
        // Those that are of use by now are not empty, and stay.
        for folder in &self.above {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// What is to be removed if the process ends at once.
static UNFINISHED: Mutex<Option<FolderMade>> = Mutex::new(None);

/// Removes the folder that is being filled, if there is one.
pub(super) fn remove_unfinished() {
    let made = UNFINISHED.lock().ok().and_then(|mut made| made.take());
    made.iter().for_each(FolderMade::remove);
}

impl NewFolder {
    /// An empty folder beside `out`.
    pub(super) fn beside(out: &Path) -> Result<Self> {
        let out = &written_through(out)?;
        let above = out.ancestors().skip(1);
        let above = above.take_while(|path| !path.as_os_str().is_empty() && !path.exists());
        let above: Vec<PathBuf> = above.map(Path::to_path_buf).collect();
        let parent = parent(out);
        fs::create_dir_all(parent).map_err(|source| cannot("create", parent, source))?;
        clean_up(out);
        let (lock, file) =
            lock_beside(out).map_err(|source| cannot("write beside", out, source))?;
        let path = lock.with_extension("new");
        let made = FolderMade { path, lock, above };
        let result = fs::create_dir(&made.path);
        if let Err(source) = result {
            let _ = fs::remove_file(&made.lock);
            return Err(cannot("create", &made.path, source));
        }
        if let Ok(mut unfinished) = UNFINISHED.lock() {
            *unfinished = Some(made.clone());
        }
        Ok(Self { made, _lock: file })
    }

    /// Where it is until it takes its place.
    pub(super) fn path(&self) -> &Path {
        &self.made.path
    }

    /// Writes files into it, side by side.
    pub(super) fn put(&self, files: &[WrittenFile]) -> Result<()> {
        files.par_iter().try_for_each(|file| self.put_one(file))
    }

    /// Writes the files that `each` makes one by one.
    pub(super) fn put_each<T>(
        &self,
        each: impl FnOnce(&mut dyn FnMut(WrittenFile)) -> T,
    ) -> Result<T> {
        let mut result = Ok(());
        let made = each(&mut |file| {
            if result.is_ok() {
                result = self.put_one(&file);
            }
        });
        result.map(|()| made)
    }

    fn put_one(&self, file: &WrittenFile) -> Result<()> {
        let path = self.made.path.join(&file.name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|source| cannot("create", parent, source))?;
        }
        fs::write(&path, &file.bytes).map_err(|source| cannot("write", &path, source))
    }

    /// Writes a file that `write` appends to bit by bit.
    pub(super) fn put_stream(
        &self,
        name: &str,
        write: impl FnOnce(&mut io::BufWriter<File>) -> io::Result<()>,
    ) -> Result<()> {
        let path = self.made.path.join(name);
        let written = File::create(&path).and_then(|file| {
            let mut file = io::BufWriter::new(file);
            write(&mut file)?;
            file.flush()
        });
        written.map_err(|source| cannot("write", &path, source))
    }

    pub(super) fn take_free_place(self, to: &Path) -> Result<()> {
        rename_to_nothing(&self.made.path, to).map_err(|source| cannot("create", to, source))
    }

    /// Takes the place of what stands at `out`, unless that is not all ours by now.
    pub(super) fn take_place_of(self, out: &Path, contents: &Contents) -> Result<()> {
        let path = &self.made.path;
        let mut attempts = 1..=ATTEMPTS;
        let exchanged = loop {
            contents.may_be_written(out)?;
            match put_in_place(path, &written_through(out)?) {
                // Another process put its folder where nothing was: now both can be exchanged.
                Err(error) if is_taken(&error) && attempts.next().is_some() => {}
                ended => break ended.map_err(|source| cannot("rename", path, source))?,
            }
        };
        if exchanged {
            // What stood at `out` has the name of the new folder now.
            folder::remove_ours(path).map_err(|source| cannot("remove", path, source))?;
        }
        Ok(())
    }
}

impl Contents {
    /// Writes files into `out` at once.
    pub(super) fn write(&self, out: &Path, files: &[WrittenFile]) -> Result<()> {
        let folder = NewFolder::beside(out)?;
        folder.put(files)?;
        folder.take_place_of(out, self)
    }
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        self.made.remove();
        if let Ok(mut unfinished) = UNFINISHED.lock() {
            unfinished.take_if(|made| *made == self.made);
        }
    }
}

/// The folder in which `out` stands.
fn parent(out: &Path) -> &Path {
    match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// `.out.`, with which all names beside `out` begin.
fn prefix(out: &Path) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(out.file_name().unwrap_or(OsStr::new("plan")));
    prefix.push(".");
    prefix
}

/// A lock file beside `out` that no other process has, locked.
fn lock_beside(out: &Path) -> io::Result<(PathBuf, File)> {
    let prefix = prefix(out);
    let mut builder = tempfile::Builder::new();
    let builder = builder.prefix(&prefix).rand_bytes(LETTERS).suffix(".lock");
    loop {
        let made = builder.tempfile_in(parent(out))?;
        let (mut file, path) = made.keep().map_err(|error| error.error)?;
        // Where a file cannot be locked nobody else gets the lock either, and nothing is cleaned up.
        let is_taken = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
        // While it was empty and not locked yet, another process may have removed it as one that a kill has left.
        if !is_taken && path.exists() {
            file.write_all(MARK.as_bytes())?;
            return Ok((path, file));
        }
    }
}

/// Removes what processes have left beside `out` that were killed; puts back what stood at `out` if one of them was killed
/// between two renames.
fn clean_up(out: &Path) {
    let prefix = prefix(out);
    let prefix = prefix.as_encoded_bytes();
    let Ok(entries) = fs::read_dir(parent(out)) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        let is_lock = name.starts_with(prefix) && name.ends_with(b".lock");
        if is_lock && entry.file_type().is_ok_and(|file_type| file_type.is_file()) {
            clean_up_after(&entry.path(), out);
        }
    }
}

/// `true` if the name of a lock file beside `out` is one that is drawn for it.
fn is_drawn(lock: &Path, out: &Path) -> bool {
    let name = lock.file_name().unwrap_or_default().as_encoded_bytes();
    let drawn = name.strip_prefix(prefix(out).as_encoded_bytes());
    let drawn = drawn.and_then(|bytes| bytes.strip_suffix(b".lock"));
    drawn.is_some_and(|bytes| bytes.len() == LETTERS && bytes.iter().all(u8::is_ascii_alphanumeric))
}

/// Removes what the process has left whose lock this is, if it is dead.
fn clean_up_after(lock: &Path, out: &Path) {
    let Ok(file) = File::open(lock) else { return };
    let mut text = String::new();
    let most = MARK.len() as u64 + 1;
    let is_read = (&file).take(most).read_to_string(&mut text).is_ok();
    let is_ours = is_read && (text == MARK || text.is_empty());
    if !is_ours || file.try_lock().is_err() {
        return;
    }
    if text.is_empty() {
        // The process was killed before it could write the mark, so that it made no folder; other names are not ours.
        if is_drawn(lock, out) {
            let _ = fs::remove_file(lock);
        }
        return;
    }
    let old = lock.with_extension("old");
    if old.exists() && !out.exists() {
        let _ = fs::rename(&old, out);
    }
    for left in [lock.with_extension("new"), old] {
        let is_left = fs::symlink_metadata(&left).is_ok_and(|metadata| metadata.is_dir());
        if is_left && folder::remove_ours(&left).is_err() {
            return;
        }
    }
    let _ = fs::remove_file(lock);
}

/// Brings a folder to the place `out`; `true` if what stood there has the name of the folder now.
///
/// Where the system can, both are exchanged in one step. Elsewhere what stood there has another name in between, by which
/// [`clean_up`] finds it.
fn put_in_place(path: &Path, out: &Path) -> io::Result<bool> {
    match exchange(path, out) {
        Ok(()) => return Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) if is_unknown(&error) => {
            let old = path.with_extension("old");
            if out.exists() {
                fs::rename(out, &old)?;
                if let Err(error) = fs::rename(path, out) {
                    let _ = fs::rename(&old, out);
                    return Err(error);
                }
                fs::rename(&old, path)?;
                return Ok(true);
            }
        }
        Err(error) => return Err(error),
    }
    // Nothing is there; if another process puts something there meanwhile, this fails unless that is empty.
    fs::rename(path, out).map(|()| false)
}

/// `true` if a folder could not get a name because something else has it.
fn is_taken(error: &io::Error) -> bool {
    use io::ErrorKind::{AlreadyExists, DirectoryNotEmpty};
    [AlreadyExists, DirectoryNotEmpty].contains(&error.kind())
}

/// `true` if the system or the file system does not know how to exchange two names.
fn is_unknown(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidInput, Unsupported};
    [InvalidInput, Unsupported].contains(&error.kind())
}

/// Renames a folder to a name that nothing has.
fn rename_to_nothing(path: &Path, to: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        match renameat_with(CWD, path, CWD, to, RenameFlags::NOREPLACE).map_err(io::Error::from) {
            Err(error) if is_unknown(&error) => {}
            other => return other,
        }
    }
    if fs::symlink_metadata(to).is_ok() {
        return Err(io::Error::from(io::ErrorKind::AlreadyExists));
    }
    fs::rename(path, to)
}

/// Exchanges two names in one step.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::folder::{INPUTS, PLAN};

    fn mark() -> WrittenFile {
        WrittenFile::text("summary.json", r#"{"format": "plimsoll-plan/1"}"#)
    }

    fn names(path: &Path) -> Vec<String> {
        let entries = fs::read_dir(path).expect("it stands there");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_a_killed_process_left_is_removed_and_not_taken_over() {
        let above = tempfile::tempdir().expect("a folder for the test");
        let out = above.path().join("plan");
        let left = above.path().join(".plan.x7Yq2a.new");
        fs::create_dir_all(left.join(INPUTS)).expect("it can be made");
        fs::write(left.join("inputs/scenario-2.toml"), "of another plan").expect("there is room");
        fs::write(left.with_extension("lock"), MARK).expect("there is room");
        let folder = NewFolder::beside(&out).expect("it can be made");
        folder
            .put(&[mark(), WrittenFile::text("inputs/scenario-1.toml", "")])
            .expect("there is room");
        folder
            .take_place_of(&out, &PLAN)
            .expect("nothing stands in its way");
        assert_eq!(names(&out.join(INPUTS)), ["scenario-1.toml"]);
        assert_eq!(names(above.path()), ["plan"]);
    }

    #[test]
    fn lock_of_a_process_that_was_killed_before_its_mark_is_removed() {
        let above = tempfile::tempdir().expect("a folder for the test");
        let out = above.path().join("plan");
        for name in [
            ".plan.x7Yq2a.lock",
            ".plan.notes.lock",
            ".plans.x7Yq2a.lock",
        ] {
            fs::write(above.path().join(name), "").expect("there is room");
        }
        drop(NewFolder::beside(&out).expect("it can be made"));
        let left = [".plan.notes.lock", ".plans.x7Yq2a.lock"];
        assert_eq!(names(above.path()), left);
    }

    #[test]
    fn what_others_left_beside_it_stays() {
        let above = tempfile::tempdir().expect("a folder for the test");
        let out = above.path().join("plan");
        // Not marked as ours; with a file that is not; of a process that lives.
        let foreign = above.path().join(".plan.foreign.new");
        fs::create_dir(&foreign).expect("it can be made");
        fs::write(foreign.with_extension("lock"), "mine").expect("there is room");
        let mixed = above.path().join(".plan.mixed.new");
        fs::create_dir(&mixed).expect("it can be made");
        fs::write(mixed.join("thesis.txt"), "mine").expect("there is room");
        fs::write(mixed.with_extension("lock"), MARK).expect("there is room");
        let living = NewFolder::beside(&out).expect("it can be made");
        living.put(&[mark()]).expect("there is room");
        let before = names(above.path());
        drop(NewFolder::beside(&out).expect("it can be made"));
        assert_eq!(names(above.path()), before);
        assert_eq!(names(living.path()), ["summary.json"]);
    }

    #[test]
    fn of_two_at_once_each_is_whole() {
        let above = tempfile::tempdir().expect("a folder for the test");
        let out = above.path().join("plan");
        let both = ["1", "2"].map(|text| {
            let folder = NewFolder::beside(&out).expect("it can be made");
            let files = [
                mark(),
                WrittenFile::text("assignment.csv", text),
                WrittenFile::text("moves.csv", text),
            ];
            folder.put(&files).expect("there is room");
            folder
        });
        for folder in both {
            folder
                .take_place_of(&out, &PLAN)
                .expect("a plan may be replaced");
        }
        let text = |name| fs::read_to_string(out.join(name)).expect("it stands there");
        assert_eq!([text("assignment.csv"), text("moves.csv")], ["2", "2"]);
        assert_eq!(names(above.path()), ["plan"]);
    }

    #[test]
    fn of_many_that_take_a_free_place_at_once_none_fails() {
        for _ in 0..50 {
            let above = tempfile::tempdir().expect("a folder for the test");
            let out = above.path().join("plan");
            let folders = [(); 4].map(|()| NewFolder::beside(&out).expect("it can be made"));
            std::thread::scope(|scope| {
                for folder in folders {
                    folder.put(&[mark()]).expect("it is written");
                    scope.spawn(|| folder.take_place_of(&out, &PLAN).expect("each has a turn"));
                }
            });
        }
    }

    #[test]
    fn a_failed_attempt_leaves_nothing_behind() {
        let above = tempfile::tempdir().expect("a folder for the test");
        let out = above.path().join("some/where/plan");
        let folder = NewFolder::beside(&out).expect("it can be made");
        folder
            .put(&[WrittenFile::text("assignment.csv", "")])
            .expect("there is room");
        drop(folder);
        assert_eq!(names(above.path()), Vec::<String>::new());
    }

    #[test]
    fn what_was_between_two_names_is_put_back() {
        let above = tempfile::tempdir().expect("a folder for the test");
        let out = above.path().join("plan");
        let old = above.path().join(".plan.x7Yq2a.old");
        fs::create_dir(&old).expect("it can be made");
        fs::write(old.join("moves.csv"), "as it was").expect("there is room");
        fs::write(old.with_extension("lock"), MARK).expect("there is room");
        clean_up(&out);
        assert_eq!(names(above.path()), ["plan"]);
        assert_eq!(names(&out), ["moves.csv"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_is_written_through() {
        let above = tempfile::tempdir().expect("a folder for the test");
        let (target, link) = (above.path().join("target"), above.path().join("link"));
        fs::create_dir(&target).expect("it can be made");
        std::os::unix::fs::symlink(&target, &link).expect("it can be made");
        let folder = NewFolder::beside(&link).expect("it can be made");
        folder.put(&[mark()]).expect("there is room");
        folder
            .take_place_of(&link, &PLAN)
            .expect("nothing stands in its way");
        let kind = fs::symlink_metadata(&link).expect("it stands there");
        assert!(kind.is_symlink());
        assert_eq!(names(&target), ["summary.json"]);
        let nowhere = above.path().join("nowhere");
        std::os::unix::fs::symlink(above.path().join("gone"), &nowhere).expect("it can be made");
        assert!(NewFolder::beside(&nowhere).is_err());
    }

    #[test]
    fn folders_with_names_of_files_are_not_ours() {
        let above = tempfile::tempdir().expect("a folder for the test");
        let out = above.path().join("plan");
        fs::create_dir_all(out.join("runbook.md")).expect("it can be made");
        fs::write(out.join("summary.json"), mark().bytes).expect("there is room");
        assert!(PLAN.may_be_written(&out).is_err());
        assert!(folder::remove_ours(&out).is_err());
        fs::remove_dir(out.join("runbook.md")).expect("it is empty");
        assert!(PLAN.may_be_written(&out).is_ok());
        fs::create_dir_all(out.join("inputs/credits.csv")).expect("it can be made");
        assert!(PLAN.may_be_written(&out).is_err());
    }
}
