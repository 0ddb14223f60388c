//! Tokens in a file.

use std::{
    fs::File,
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use tempfile::NamedTempFile;

use super::{TokenStore, TokenStoreError, Tokens};
use crate::Redacted;

/// Keeps tokens in a file that only its owner can read (mode 0600). It is replaced as a whole, so a
/// crash leaves the old tokens or the new ones.
#[derive(Debug)]
pub struct FileTokenStore {
    path: PathBuf,
}

impl FileTokenStore {
    /// Tokens in the file at `path`, which need not exist yet; its folder must.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    fn failed(&self, action: &'static str, source: io::Error) -> TokenStoreError {
        TokenStoreError::File {
            action,
            path: self.path.clone(),
            source,
        }
    }
}

#[async_trait]
impl TokenStore for FileTokenStore {
    async fn load(&self) -> Result<Option<Tokens>, TokenStoreError> {
        let path = self.path.clone();
        let text = match apart(move || std::fs::read_to_string(path)).await {
            Ok(text) => Redacted::new(text),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed("read", error)),
        };
        Tokens::from_json(text.expose())
            .map(Some)
            .map_err(|source| TokenStoreError::Damaged {
                path: self.path.clone(),
                source: Box::new(source),
            })
    }

    async fn save(&self, tokens: &Tokens) -> Result<(), TokenStoreError> {
        let (path, json) = (self.path.clone(), tokens.to_json());
        apart(move || replace(&path, &json))
            .await
            .map_err(|error| self.failed("write", error))
    }
}

/// Writes a file beside the old one and puts it into its place.
fn replace(path: &Path, json: &Redacted<String>) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Created with mode 0600, so nobody else can read it at any moment.
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(json.expose().as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    // The new name is durable once the folder is.
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Files block, so they are worked on where that harms nobody.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;
    use crate::Token;

    fn tokens(access: &str) -> Tokens {
        Tokens::new(Token::new(access).unwrap())
    }

    #[tokio::test]
    async fn a_file_is_replaced_whole_and_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bot.tokens");
        let store = FileTokenStore::new(&path);
        assert!(store.load().await.unwrap().is_none());
        for access in ["a-longer-token", "short"] {
            store.save(&tokens(access)).await.unwrap();
            let loaded = store.load().await.unwrap().unwrap();
            assert_eq!(loaded.access.expose(), access);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[tokio::test]
    async fn a_damaged_file_is_named_and_its_content_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bot.tokens");
        std::fs::write(&path, "{\"token\": \"s3cr3t").unwrap();
        let error = FileTokenStore::new(&path).load().await.unwrap_err();
        let text = format!("{error} {error:?} {}", error.source().unwrap());
        assert!(error.to_string().contains("bot.tokens"), "{error}");
        assert!(!text.contains("s3cr3t"), "{text}");
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_is_an_error_that_names_the_file() {
        let store = FileTokenStore::new("/nowhere/at/all/bot.tokens");
        let error = store.save(&tokens("t")).await.unwrap_err();
        assert!(
            error.to_string().contains("write the token file /nowhere"),
            "{error}"
        );
    }
}
