//! Campaigns in a file.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Campaign, CampaignError, OptOut, opt_out::GivenWords};

/// Campaigns, and the words by which contacts opt out of them, as a file says it
/// (`SHIPMATE_CAMPAIGNS`).
///
/// ```
/// use shipmate::campaign::Campaigns;
///
/// let campaigns = Campaigns::from_toml(r#"
///     [[campaign]]
///     name = "service-reminder"
///     organization = "64aa00000000000000000001"
///     touchpoint = "sms"
///     text = { en = "Hello {givenName|there}!", nl = "Dag {givenName|klant}!" }
///     per_minute = 60
///     once_in_days = 30
///
///     [campaign.audience]
///     "meta.segment" = ["gold", "silver"]
///     "meta.nextService" = { at_most = 2026-04-01T00:00:00Z }
///
///     [opt_out.nl]
///     stop = ["stop", "afmelden", "hou op"]
/// "#)?;
/// assert_eq!(campaigns.campaigns[0].name(), "service-reminder");
/// assert!(campaigns.opt_out.is_opt_out("Hou op"));
/// # Ok::<_, shipmate::campaign::CampaignError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Campaigns {
    /// The campaigns.
    pub campaigns: Vec<Campaign>,
    /// By which words contacts opt out.
    pub opt_out: OptOut,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(default)]
    campaign: Vec<Value>,
    #[serde(default)]
    opt_out: BTreeMap<String, GivenWords>,
}

impl Campaigns {
    /// Reads the file at `path`.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or something in it cannot be used; the error names the key.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, CampaignError> {
        let path = path.as_ref().display().to_string();
        let text = fs::read_to_string(&path).map_err(|source| CampaignError::File {
            path: path.clone(),
            source,
        })?;
        Self::read(&path, &text)
    }

    /// Reads what a file would say.
    ///
    /// # Errors
    ///
    /// If something in it cannot be used; the error names the key.
    pub fn from_toml(text: &str) -> Result<Self, CampaignError> {
        Self::read("the text", text)
    }

    /// These and those of the file at `path`, if one is given. What the file says of opting out
    /// counts.
    pub(crate) fn and_of_file(mut self, path: Option<&Path>) -> Result<Self, CampaignError> {
        if let Some(path) = path {
            self = self.and(Self::from_file(path)?);
        }
        Ok(self)
    }

    /// These and `others`. What those say of opting out counts.
    pub(crate) fn and(mut self, others: Self) -> Self {
        self.campaigns.extend(others.campaigns);
        if others.opt_out != OptOut::default() {
            self.opt_out = others.opt_out;
        }
        self
    }

    fn read(path: &str, text: &str) -> Result<Self, CampaignError> {
        let not_toml = |problem: String| CampaignError::NotToml {
            path: path.to_owned(),
            problem,
        };
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let line = error.span().map(|span| {
                let before = text.get(..span.start).unwrap_or(text);
                format!("line {}: ", 1 + before.matches('\n').count())
            });
            not_toml(line.unwrap_or_default() + error.message())
        })?;
        let given: Given = serde_json::from_value(Value::Object(plain(table)))
            .map_err(|error| not_toml(error.to_string()))?;
        let campaigns = given
            .campaign
            .into_iter()
            .map(|campaign| read_campaign(campaign).map_err(&not_toml))
            .collect::<Result<Vec<_>, _>>()?;
        campaigns.iter().try_for_each(Campaign::check)?;
        Ok(Self {
            campaigns,
            opt_out: OptOut::read(given.opt_out)?,
        })
    }
}

fn read_campaign(campaign: Value) -> Result<Campaign, String> {
    let name = campaign.get("name").and_then(Value::as_str);
    let name = name.unwrap_or("without a name").to_owned();
    serde_json::from_value(campaign).map_err(|error| format!("campaign `{name}`: {error}"))
}

/// Times become texts, as the platform writes them.
fn plain(table: toml::Table) -> Map<String, Value> {
    let pairs = table.into_iter();
    pairs
        .map(|(key, value)| (key, plain_value(value)))
        .collect()
}

fn plain_value(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(truth) => truth.into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(values) => values.into_iter().map(plain_value).collect(),
        toml::Value::Table(table) => Value::Object(plain(table)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(lines: &str) -> String {
        let text = format!("[[campaign]]\nname = \"spring\"\norganization = \"64aa\"\n{lines}");
        Campaigns::from_toml(&text).unwrap_err().to_string()
    }

    #[test]
    fn bad_input_is_refused_and_the_key_named() {
        for (lines, key) in [
            ("touchpoint = \"sms\"", "`text`"),
            ("touchpoint = \"sms\"\ntext = \"Hi {name\"", "`text`"),
            ("touchpoint = \"pigeon\"\ntext = \"Hi\"", "`touchpoint`"),
            ("text = \"Hi\"", "touchpoint"),
            ("touchpoint = \"whatsapp\"\ntext = \"Hi\"", "`template`"),
            (
                "touchpoint = \"sms\"\ntext = \"Hi\"\ntemplate = {name = \"t\"}",
                "`template`",
            ),
            (
                "touchpoint = \"sms\"\ntext = \"Hi\"\nper_minute = 0",
                "`per_minute`",
            ),
            (
                "touchpoint = \"sms\"\ntext = \"Hi\"\nonce_in_days = 0",
                "`once_in_days`",
            ),
            (
                "touchpoint = \"sms\"\ntext = \"Hi\"\nper_hour = 3",
                "`per_hour`",
            ),
            (
                "touchpoint = \"sms\"\ntext = \"Hi\"\naudience = {organization = \"x\"}",
                "`audience.organization`",
            ),
            (
                "touchpoint = \"sms\"\ntext = \"Hi\"\n[opt_out.es]\nstop = []",
                "`opt_out.es`",
            ),
        ] {
            let problem = problem(lines);
            assert!(problem.contains(key), "{lines}: {problem}");
        }
        assert!(problem("= 3").contains("line 4"));
    }
}
