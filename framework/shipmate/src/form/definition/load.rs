//! From a file to a definition.

use super::{
    Definition, DefinitionErrors,
    document::{self, Format},
    reader,
};

impl Definition {
    /// Reads a definition in TOML.
    ///
    /// # Errors
    ///
    /// If it is not TOML, or not a definition: everything that is wrong, with line and column. What
    /// it means is not looked at here but by
    /// [`Questionnaire::from_definition`](super::super::Questionnaire::from_definition).
    pub fn from_toml(text: &str) -> Result<Self, DefinitionErrors> {
        load(text, Format::Toml, None)
    }

    /// Reads a definition in JSON.
    ///
    /// # Errors
    ///
    /// As for [`from_toml`](Self::from_toml).
    pub fn from_json(text: &str) -> Result<Self, DefinitionErrors> {
        load(text, Format::Json, None)
    }

    /// Reads the text of the file `name`: as JSON if it ends in `.json`, as TOML otherwise. `name`
    /// is told with what is wrong.
    ///
    /// # Errors
    ///
    /// As for [`from_toml`](Self::from_toml).
    pub fn from_file_text(name: &str, text: &str) -> Result<Self, DefinitionErrors> {
        let is_json = name
            .rsplit_once('.')
            .is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("json"));
        let format = if is_json { Format::Json } else { Format::Toml };
        load(text, format, Some(name))
    }
}

fn load(text: &str, format: Format, file: Option<&str>) -> Result<Definition, DefinitionErrors> {
    let (root, origin) = document::parse(text, format, file).map_err(DefinitionErrors::new)?;
    let mut definition = reader::read(&root, &origin)?;
    definition.origin = origin;
    Ok(definition)
}
