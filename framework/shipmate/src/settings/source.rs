//! Where settings come from.

use std::{collections::BTreeMap, fs, path::Path};

use secrecy::SecretString;
use toml::Value;

use super::{SettingsError, known::KNOWN};

type Found = BTreeMap<&'static str, SecretString>;

const PREFIX: &str = "SHIPMATE_";

/// The environment of this process. A setting that is not text is an error, since it would
/// otherwise be overlooked.
pub(super) fn process_environment() -> Result<Vec<(String, String)>, SettingsError> {
    let mut variables = Vec::new();
    for (name, value) in std::env::vars_os() {
        let Ok(name) = name.into_string() else {
            continue;
        };
        match value.into_string() {
            Ok(value) => variables.push((name, value)),
            Err(_) if name.starts_with(PREFIX) => {
                return Err(SettingsError::Unusable {
                    name,
                    problem: "it is not UTF-8 text".to_owned(),
                });
            }
            Err(_) => {}
        }
    }
    Ok(variables)
}

/// Settings among the variables of an environment.
pub(super) fn environment(
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Found, SettingsError> {
    let mut found = Found::new();
    for (name, value) in variables {
        if name.starts_with(PREFIX) && !value.is_empty() {
            add(&mut found, "the environment", &name, &name, value)?;
        }
    }
    Ok(found)
}

/// Settings in a TOML file.
pub(super) fn file(path: &Path) -> Result<Found, SettingsError> {
    let place = path.display().to_string();
    let text = read("--config", &place)?;
    let table: toml::Table =
        text.parse()
            .map_err(|error: toml::de::Error| SettingsError::NotToml {
                path: place.clone(),
                // The whole error would show the line, which may hold a secret.
                problem: match error.span() {
                    Some(span) => format!("line {}: {}", line(&text, span.start), error.message()),
                    None => error.message().to_owned(),
                },
            })?;
    let mut found = Found::new();
    for (key, value) in table {
        let name = format!("{PREFIX}{}", key.to_ascii_uppercase());
        let value = match value {
            Value::String(text) => text,
            Value::Integer(number) => number.to_string(),
            _ => {
                return Err(SettingsError::Unusable {
                    name: format!("`{key}` in {place}"),
                    problem: "give it as text or a whole number".to_owned(),
                });
            }
        };
        add(&mut found, &place, &key, &name, value)?;
    }
    Ok(found)
}

fn add(
    found: &mut Found,
    place: &str,
    shown: &str,
    name: &str,
    value: String,
) -> Result<(), SettingsError> {
    if let Some(known) = KNOWN.iter().find(|known| known.name == name) {
        found.insert(known.name, value.into());
        return Ok(());
    }
    let secret = name.strip_suffix("_FILE");
    if let Some(known) = KNOWN
        .iter()
        .find(|known| known.secret && Some(known.name) == secret)
    {
        let content = read(shown, value.trim())?;
        found.insert(known.name, content.trim().to_owned().into());
        return Ok(());
    }
    Err(SettingsError::Unknown {
        place: place.to_owned(),
        name: shown.to_owned(),
        nearest: nearest(name).map(|known| {
            if shown == name {
                return known;
            }
            known.trim_start_matches(PREFIX).to_ascii_lowercase()
        }),
    })
}

fn nearest(name: &str) -> Option<String> {
    let files = KNOWN
        .iter()
        .filter(|known| known.secret)
        .map(|known| format!("{}_FILE", known.name));
    let names = KNOWN.iter().map(|known| known.name.to_owned()).chain(files);
    names
        .map(|known| (strsim::damerau_levenshtein(&known, name), known))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= 5)
        .map(|(_, known)| known)
}

fn read(name: &str, path: &str) -> Result<String, SettingsError> {
    fs::read_to_string(path).map_err(|source| SettingsError::File {
        name: name.to_owned(),
        path: path.to_owned(),
        source,
    })
}

fn line(text: &str, offset: usize) -> usize {
    1 + text
        .bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
}
