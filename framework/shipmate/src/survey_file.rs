//! Definitions in files.

use std::{fs, path::Path};

use thiserror::Error;

use crate::form::{Definition, DefinitionErrors};

/// Why a file could not be used as a definition.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DefinitionFileError {
    /// The file cannot be read.
    #[error("cannot read {path}; check that it is there and may be read")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// What is in it is no definition.
    #[error(transparent)]
    Broken(#[from] DefinitionErrors),
}

impl Definition {
    /// Reads a definition from a file: JSON if its name ends in `.json`, TOML otherwise.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or is no definition; the error tells all that is wrong, with
    /// file, line and column.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, DefinitionFileError> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|source| DefinitionFileError::Unreadable {
            path: name.clone(),
            source,
        })?;
        Ok(Self::from_file_text(&name, &text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_by_their_ending() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let toml = write("a.toml", "id = 'a'\nquestions = []");
        let json = write("b.JSON", r#"{"id": "b", "questions": []}"#);
        assert_eq!(Definition::read(&toml).unwrap().id, "a");
        assert_eq!(Definition::read(&json).unwrap().id, "b");
        let broken = write("c.toml", "id = 7\nquestions = []");
        let error = Definition::read(&broken).unwrap_err();
        let place = format!("{}:1:6: ", broken.display());
        assert!(error.to_string().starts_with(&place), "{error}");
        let error = Definition::read(folder.path().join("none.toml")).unwrap_err();
        assert!(matches!(error, DefinitionFileError::Unreadable { .. }));
    }
}
