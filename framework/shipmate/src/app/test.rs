//! `test`: conversations in `.chat` files, each in a world of its own.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use super::arguments::TestOptions;
use crate::testing::{WorldBuilder, chat_text, find, update};

/// Plays all files that are named, and prints how each went.
pub(super) async fn run(world: &WorldBuilder, options: &TestOptions) -> ExitCode {
    let (files, mut failures) = files(&options.paths);
    for file in &files {
        let played = if options.update {
            update(world.clone(), file).await.map(said)
        } else {
            chat_text(world.clone(), file).await.map(|()| "ok")
        };
        tell(file, played.as_ref().unwrap_or(&"FAILED"));
        failures.extend(played.err());
    }
    for failure in &failures {
        eprintln!("\n{failure}");
    }
    if failures.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn said(has_changed: bool) -> &'static str {
    if has_changed { "written" } else { "ok" }
}

/// The files, and what is wrong with the places where they were looked for.
fn files(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<String>) {
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        match find(path) {
            Ok(found) => files.extend(found),
            Err(problem) => problems.push(problem),
        }
    }
    (files, problems)
}

#[expect(clippy::print_stdout, reason = "the report is what the command is for")]
fn tell(file: &Path, how: &str) {
    println!("{how:<8}{}", file.display());
}

#[cfg(test)]
mod tests {
    use std::fs;

    use clap::Parser;

    use super::*;
    use crate::{
        App, Bot, Message, NoConfig, Outcome, Result, Turn,
        app::arguments::{Arguments, Command},
    };

    struct Echo;

    impl Bot for Echo {
        type State = ();
        type Config = NoConfig;

        async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
            turn.say(format!("Echo: {}\nand more", message.text));
            turn.done()
        }
    }

    async fn code(arguments: &[&str]) -> ExitCode {
        let arguments = ["bot", "test"].iter().chain(arguments);
        let Command::Test(options) = Arguments::try_parse_from(arguments).unwrap().command() else {
            panic!("not the command `test`");
        };
        run(&App::new("echo", Echo).world(), &options).await
    }

    fn is_success(code: ExitCode) -> bool {
        format!("{code:?}") == format!("{:?}", ExitCode::SUCCESS)
    }

    #[tokio::test]
    async fn files_and_folders_are_played_and_rewritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let file = folder.path().join("ann.chat");
        assert!(!is_success(code(&[path]).await), "there is no file");

        let written = "# Ann\nAnn: hi\nBot: Hello\nAnn: bye\n";
        fs::write(&file, written).unwrap();
        assert!(!is_success(code(&[path]).await), "the bot says otherwise");
        assert_eq!(fs::read_to_string(&file).unwrap(), written);

        assert!(is_success(code(&["--update", path]).await));
        let updated = fs::read_to_string(&file).unwrap();
        assert_eq!(
            updated,
            "# Ann\nAnn: hi\nBot: Echo: hi\n  and more\nAnn: bye\nBot: Echo: bye\n  and more\n"
        );
        assert!(is_success(code(&[file.to_str().unwrap()]).await));

        fs::write(&file, "Ann hi").unwrap();
        assert!(!is_success(code(&["--update", path]).await), "unreadable");
        assert!(!is_success(code(&["nowhere.chat"]).await));
    }
}
