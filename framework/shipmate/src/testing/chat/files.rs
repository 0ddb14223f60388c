//! `.chat` files on disk.

use std::{
    fs, io,
    panic::Location,
    path::{Path, PathBuf},
};

use super::{ChatError, ChatFailure, Play, Script, chat, play::Edit};
use crate::testing::WorldBuilder;

/// How deep folders are searched.
const DEPTH: usize = 16;

/// Plays one `.chat` file.
///
/// ```no_run
/// # use shipmate::{Bot, Message, NoConfig, Outcome, Result, Turn, testing::World};
/// # struct Echo;
/// # impl Bot for Echo {
/// #     type State = ();
/// #     type Config = NoConfig;
/// #     async fn on_message(&self, turn: &mut Turn<Self>, _: &Message) -> Result<Outcome> { turn.done() }
/// # }
/// #[tokio::test]
/// async fn ann_gets_an_answer() {
///     shipmate::testing::chat_file(World::of(Echo), "chats/ann.chat").await;
/// }
/// ```
///
/// # Panics
///
/// With line and transcript, if it goes otherwise.
#[track_caller]
pub fn chat_file(
    world: impl Into<WorldBuilder>,
    path: impl AsRef<Path>,
) -> impl Future<Output = ()> + Send {
    let at = Location::caller();
    let (world, path) = (world.into(), path.as_ref().to_owned());
    async move {
        if let Err(failure) = play(world, &path).await {
            fail(at, &failure);
        }
    }
}

/// Plays all `.chat` files in a folder and below it, each in a world of its own, and tells of all
/// that fail.
///
/// # Panics
///
/// If one fails, or if there is none.
#[track_caller]
pub fn chat_folder(
    world: impl Into<WorldBuilder>,
    path: impl AsRef<Path>,
) -> impl Future<Output = ()> + Send {
    let at = Location::caller();
    let (world, path) = (world.into(), path.as_ref().to_owned());
    async move {
        let files = find(&path).unwrap_or_else(|error| fail(at, &error));
        let mut failures = Vec::new();
        for file in files {
            failures.extend(play(world.clone(), &file).await.err());
        }
        if !failures.is_empty() {
            fail(at, &failures.join("\n\n"));
        }
    }
}

#[expect(clippy::panic, reason = "this is how a test fails")]
fn fail(at: &Location<'_>, failure: &str) -> ! {
    panic!("{at}:\n{failure}")
}

/// Plays a file.
///
/// # Errors
///
/// With what to print.
pub(crate) async fn play(world: WorldBuilder, path: &Path) -> Result<(), String> {
    let name = path.display().to_string();
    let text = read(path)?;
    let played = chat(world, &text).await;
    played.map_err(|failure| failure.of_file(&name))
}

fn read(path: &Path) -> Result<String, String> {
    let unreadable = |error: io::Error| format!("{}: {error}", path.display());
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > super::script::LONGEST as u64 {
        let error = ChatError::at(1, format!("the file has {size} bytes, which is too much"));
        return Err(ChatFailure::Unreadable(error).of_file(&path.display().to_string()));
    }
    fs::read_to_string(path).map_err(unreadable)
}

/// A file itself, or the `.chat` files in a folder and below it, by name.
///
/// # Errors
///
/// If there are none, or the folder cannot be read.
pub(crate) fn find(path: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    search(path, 0, &mut found).map_err(|error| format!("{}: {error}", path.display()))?;
    if found.is_empty() {
        return Err(format!("there are no .chat files in {}", path.display()));
    }
    found.sort();
    Ok(found)
}

fn search(path: &Path, depth: usize, found: &mut Vec<PathBuf>) -> io::Result<()> {
    if fs::metadata(path)?.is_file() {
        found.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let (path, kind) = entry.and_then(|it| Ok((it.path(), it.file_type()?)))?;
        if kind.is_dir() && depth < DEPTH {
            search(&path, depth + 1, found)?;
        } else if kind.is_file() && path.extension().is_some_and(|it| it == "chat") {
            found.push(path);
        }
    }
    Ok(())
}

/// Plays a file and writes what the bot says into it. Returns whether it has changed.
///
/// # Errors
///
/// With what to print, if it fails for another reason than what the bot says.
pub(crate) async fn update(world: WorldBuilder, path: &Path) -> Result<bool, String> {
    let name = path.display().to_string();
    let text = read(path)?;
    let edits = edits(world, &text).await;
    let edits = edits.map_err(|failure| failure.of_file(&name))?;
    if edits.is_empty() {
        return Ok(false);
    }
    fs::write(path, edited(&text, &edits)).map_err(|error| format!("{name}: {error}"))?;
    Ok(true)
}

async fn edits(world: WorldBuilder, text: &str) -> Result<Vec<Edit>, ChatFailure> {
    let script = Script::read(text).map_err(ChatFailure::Unreadable)?;
    let mut play = Play::start(world, &script).await?;
    play.rewrite(&script).await
}

/// The text with other lines in some places. Edits come in the order of their lines.
fn edited(text: &str, edits: &[Edit]) -> String {
    let old: Vec<&str> = text.lines().collect();
    let mut new: Vec<&str> = Vec::new();
    let mut next = 1;
    let between = |from: usize, to: usize| {
        let lines = old.iter().skip(from - 1);
        lines.take(to.saturating_sub(from)).copied()
    };
    for edit in edits {
        new.extend(between(next, edit.from));
        new.extend(edit.lines.iter().map(String::as_str));
        next = edit.to.max(next);
    }
    new.extend(between(next, old.len() + 1));
    new.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_replaced_added_and_taken_away() {
        let edit = |from, to, lines: &[&str]| Edit {
            from,
            to,
            lines: lines.iter().map(|&it| it.to_owned()).collect(),
        };
        let edits = [
            edit(2, 3, &["B", "B2"]),
            edit(4, 4, &["+"]),
            edit(4, 5, &[]),
            edit(6, 6, &["end"]),
        ];
        assert_eq!(
            edited("a\nb\nc\nd\ne\n", &edits),
            "a\nB\nB2\nc\n+\ne\nend\n"
        );
        assert_eq!(edited("", &[edit(1, 1, &["x"])]), "x\n");
    }

    #[test]
    fn files_are_found_below_a_folder_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("below");
        fs::create_dir(&below).unwrap();
        for name in ["b.chat", "a.chat", "notes.txt", "below/c.chat"] {
            fs::write(folder.path().join(name), "Ann: hi\n").unwrap();
        }
        let found = find(folder.path()).unwrap();
        let names: Vec<_> = found
            .iter()
            .map(|it| it.strip_prefix(folder.path()).unwrap().to_str().unwrap())
            .collect();
        assert_eq!(names, ["a.chat", "b.chat", "below/c.chat"]);
        assert!(find(&folder.path().join("nowhere")).is_err());
        fs::remove_dir_all(folder.path().join("below")).unwrap();
        let lonely = folder.path().join("notes.txt");
        assert_eq!(find(&lonely).unwrap(), [lonely]);
    }
}
