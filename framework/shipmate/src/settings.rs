//! What the environment and the settings file say.
//!
//! Every setting is a variable `SHIPMATE_…`; the same names in lower case, without the prefix, are
//! the keys of the settings file (TOML). The environment wins over the file.

mod known;
mod source;

pub(crate) use known::KNOWN;

use std::{
    collections::BTreeMap,
    fmt,
    net::SocketAddr,
    num::NonZeroU32,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use jiff::{SignedDuration, Span, SpanRelativeTo};
use secrecy::{ExposeSecret, SecretString};
use web1on1::{RefreshToken, Token};

use crate::{
    dispatch::DispatchOptions, plan::Encoding, service::Retention, webhook::WebhookSecrets,
};

/// The settings of a service.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// `SHIPMATE_LISTEN`: where webhooks are received.
    pub listen: SocketAddr,
    /// `SHIPMATE_API_URL`: the platform's API.
    pub api_url: String,
    /// `SHIPMATE_TOKEN`: the token of the bot's user.
    pub token: Option<Token>,
    /// `SHIPMATE_REFRESH_TOKEN`: renews a token that expires.
    pub refresh_token: Option<RefreshToken>,
    /// `SHIPMATE_EMAIL`: the address of the bot's user, by which the token is renewed.
    pub email: Option<String>,
    /// `SHIPMATE_WEBHOOK_SECRET`: the current secret and, after a comma, the previous one.
    pub webhook_secrets: WebhookSecrets,
    /// `SHIPMATE_STORE`: `sqlite:<path>` or `memory:`.
    pub store: String,
    /// `SHIPMATE_API_RATE`: requests per second.
    pub api_rate: NonZeroU32,
    /// `SHIPMATE_CONSOLE_LISTEN`: where the console is served.
    pub console_listen: SocketAddr,
    /// `SHIPMATE_CONSOLE_TOKEN`: asked for by the console; required beyond loopback.
    pub console_token: Option<SecretString>,
    /// `SHIPMATE_COMMANDS`: how several commands are written.
    pub commands: Encoding,
    /// `SHIPMATE_CARRIED_OUT_WITHIN`: how long after it was sent a message whose answer was lost may
    /// still appear.
    pub carried_out_within: Duration,
    /// `SHIPMATE_RETENTION`, `SHIPMATE_LETTER_RETENTION`, `SHIPMATE_RESPONSE_RETENTION`,
    /// `SHIPMATE_FORGET_DELETED`: how long what is over stays on record.
    pub retention: Retention,
    /// `SHIPMATE_CAMPAIGNS`: a file of campaigns.
    pub campaigns: Option<PathBuf>,
    /// `SHIPMATE_LOG`: what is logged, for example `info` or `shipmate=debug`.
    pub log: String,
    /// `SHIPMATE_LOG_FORMAT`: `text` or `json`.
    pub log_format: LogFormat,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines, one object per line.
    Json,
}

/// Why settings cannot be used. Names the setting and what to do; never its value, if it is secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A name that is none of ours.
    #[error("{place} sets `{name}`, which is no setting{}", suggestion(.nearest.as_deref()))]
    Unknown {
        /// Where it stands.
        place: String,
        /// The name.
        name: String,
        /// The known name that looks most like it.
        nearest: Option<String>,
    },
    /// A value that does not fit.
    #[error("{name} is not usable: {problem}")]
    Unusable {
        /// The setting.
        name: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// A file that a setting names cannot be read.
    #[error("{name}: cannot read {path}")]
    File {
        /// The setting, or `--config`.
        name: String,
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The settings file is not TOML.
    #[error("{path} is not a settings file: {problem}")]
    NotToml {
        /// The file.
        path: String,
        /// What is wrong, with line and column, without the line itself.
        problem: String,
    },
}

fn suggestion(known: Option<&str>) -> String {
    known.map_or_else(
        || "; `--help` lists them".to_owned(),
        |known| format!("; did you mean `{known}`?"),
    )
}

impl Settings {
    /// Reads the settings from this process's environment and, if given, the file at `path`.
    ///
    /// # Errors
    ///
    /// If a setting is unknown or cannot be used; the error says which and what to do.
    pub fn from_environment(path: Option<&Path>) -> Result<Self, SettingsError> {
        Self::read(source::process_environment()?, path)
    }

    /// Reads the settings from `environment` and, if given, the file at `path`.
    ///
    /// # Errors
    ///
    /// If a setting is unknown or cannot be used; the error says which and what to do.
    pub fn read(
        environment: impl IntoIterator<Item = (String, String)>,
        path: Option<&Path>,
    ) -> Result<Self, SettingsError> {
        let mut values = match path {
            Some(path) => source::file(path)?,
            None => BTreeMap::new(),
        };
        values.extend(source::environment(environment)?);
        Values(values).settings()
    }
}

/// Raw values by full name.
struct Values(BTreeMap<&'static str, SecretString>);

impl Values {
    fn settings(mut self) -> Result<Settings, SettingsError> {
        let listen = self.parse("SHIPMATE_LISTEN", "127.0.0.1:8080", ADDRESS)?;
        let console_listen: SocketAddr =
            self.parse("SHIPMATE_CONSOLE_LISTEN", "127.0.0.1:8081", ADDRESS)?;
        let console_token = self.take("SHIPMATE_CONSOLE_TOKEN");
        if !console_listen.ip().is_loopback() && console_token.is_none() {
            return Err(unusable(
                "SHIPMATE_CONSOLE_LISTEN",
                "it is reachable from other machines, so SHIPMATE_CONSOLE_TOKEN must be set too",
            ));
        }
        Ok(Settings {
            listen,
            api_url: self.text("SHIPMATE_API_URL", "https://api.web1on1.chat"),
            token: self.token("SHIPMATE_TOKEN", Token::new)?,
            refresh_token: self.token("SHIPMATE_REFRESH_TOKEN", RefreshToken::new)?,
            email: self
                .take("SHIPMATE_EMAIL")
                .map(|email| email.expose_secret().trim().to_owned()),
            webhook_secrets: self.webhook_secrets()?,
            store: self.text("SHIPMATE_STORE", "sqlite:shipmate.db"),
            api_rate: self.parse(
                "SHIPMATE_API_RATE",
                "20",
                "give whole requests per second, at least 1",
            )?,
            console_listen,
            console_token,
            commands: self.word(
                "SHIPMATE_COMMANDS",
                &[
                    ("lines", Encoding::Lines),
                    ("array", Encoding::Array),
                    ("patch", Encoding::Patch),
                ],
            )?,
            carried_out_within: self.duration("SHIPMATE_CARRIED_OUT_WITHIN", "20s")?,
            retention: self.retention()?,
            campaigns: self
                .take("SHIPMATE_CAMPAIGNS")
                .map(|path| PathBuf::from(path.expose_secret())),
            log: self.text("SHIPMATE_LOG", "info"),
            log_format: self.word(
                "SHIPMATE_LOG_FORMAT",
                &[("text", LogFormat::Text), ("json", LogFormat::Json)],
            )?,
        })
    }

    fn token<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(String) -> Result<T, web1on1::Error>,
    ) -> Result<Option<T>, SettingsError> {
        let token = self.take(name);
        token
            .map(|token| read(token.expose_secret().to_owned()))
            .transpose()
            .map_err(|error| unusable(name, error))
    }

    fn retention(&mut self) -> Result<Retention, SettingsError> {
        let least = Retention::least(DispatchOptions::default().oldest);
        Ok(Retention {
            ended: self.days("SHIPMATE_RETENTION", "8d", least)?,
            letters: self.days("SHIPMATE_LETTER_RETENTION", "90d", least)?,
            responses: self.response_retention()?,
            forget_deleted: self
                .word("SHIPMATE_FORGET_DELETED", &[("no", false), ("yes", true)])?,
        })
    }

    /// None unless set: nobody's answers are deleted by default.
    fn response_retention(&mut self) -> Result<Option<SignedDuration>, SettingsError> {
        const NAME: &str = "SHIPMATE_RESPONSE_RETENTION";
        let text = self.text(NAME, "forever");
        if text == "forever" {
            return Ok(None);
        }
        let kept = span_of_days(NAME, &text)?;
        if kept < SignedDuration::from_hours(24) {
            return Err(unusable(
                NAME,
                "it is less than 1d; give days, such as `365d`, or `forever`",
            ));
        }
        Ok(Some(kept))
    }

    /// A time of at least `least`.
    fn days(
        &mut self,
        name: &'static str,
        default: &str,
        least: SignedDuration,
    ) -> Result<SignedDuration, SettingsError> {
        let duration = span_of_days(name, &self.text(name, default))?;
        if duration < least {
            let days = least.as_hours() / 24;
            return Err(unusable(
                name,
                format!(
                    "it is less than {days}d: the platform may deliver an event again that long, and it would be handled twice"
                ),
            ));
        }
        Ok(duration)
    }

    fn webhook_secrets(&mut self) -> Result<WebhookSecrets, SettingsError> {
        let Some(secrets) = self.take("SHIPMATE_WEBHOOK_SECRET") else {
            return Ok(WebhookSecrets::default());
        };
        let secrets: Vec<_> = secrets
            .expose_secret()
            .split(',')
            .map(|secret| secret.trim().to_owned())
            .collect();
        if secrets.len() > 2 || secrets.iter().any(String::is_empty) {
            return Err(unusable(
                "SHIPMATE_WEBHOOK_SECRET",
                "give one secret, or two with a comma between them: the current and the previous one",
            ));
        }
        Ok(WebhookSecrets::new(secrets))
    }

    /// A value that is not empty; empty means not set, as is usual in compose files.
    fn take(&mut self, name: &'static str) -> Option<SecretString> {
        self.0
            .remove(name)
            .filter(|value| !value.expose_secret().trim().is_empty())
    }

    fn text(&mut self, name: &'static str, default: &str) -> String {
        let value = self.take(name);
        value.map_or_else(
            || default.to_owned(),
            |value| value.expose_secret().trim().to_owned(),
        )
    }

    fn parse<T: FromStr>(
        &mut self,
        name: &'static str,
        default: &str,
        advice: &str,
    ) -> Result<T, SettingsError> {
        let value = self.text(name, default);
        value
            .parse()
            .map_err(|_| unusable(name, format!("it is `{value}`; {advice}")))
    }

    fn duration(&mut self, name: &'static str, default: &str) -> Result<Duration, SettingsError> {
        let advice = "give a length of time, such as `20s` or `2m`";
        let length: SignedDuration = self.parse(name, default, advice)?;
        Duration::try_from(length).map_err(|_| unusable(name, format!("it is negative; {advice}")))
    }

    fn word<T: Copy>(
        &mut self,
        name: &'static str,
        words: &[(&str, T)],
    ) -> Result<T, SettingsError> {
        let default = words.first().map_or("", |(word, _)| word);
        let value = self.text(name, default);
        let found = words.iter().find(|(word, _)| *word == value);
        found.map(|(_, meaning)| *meaning).ok_or_else(|| {
            let words: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            unusable(name, format!("it is `{value}`; use {}", words.join(" or ")))
        })
    }
}

fn span_of_days(name: &str, text: &str) -> Result<SignedDuration, SettingsError> {
    let span: Span = text
        .parse()
        .map_err(|_| unusable(name, format!("it is `{text}`; give days, such as `30d`")))?;
    span.to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| {
            unusable(
                name,
                "give days, such as `30d`; months have no fixed length",
            )
        })
}

const ADDRESS: &str = "give an address and a port, such as 127.0.0.1:8080";

fn unusable(name: &str, problem: impl fmt::Display) -> SettingsError {
    SettingsError::Unusable {
        name: name.to_owned(),
        problem: problem.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(environment: &[(&str, &str)]) -> Result<Settings, String> {
        let environment = environment
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        Settings::read(environment, None).map_err(|error| error.to_string())
    }

    #[test]
    fn everything_has_its_documented_default() {
        let settings = read(&[("PATH", "/bin"), ("SHIPMATE_TOKEN", "")]).unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(settings.api_url, "https://api.web1on1.chat");
        assert_eq!(settings.store, "sqlite:shipmate.db");
        assert_eq!(settings.api_rate.get(), 20);
        assert_eq!(settings.commands, Encoding::Lines);
        assert_eq!(settings.log_format, LogFormat::Text);
        assert_eq!(settings.retention, Retention::default());
        assert!(settings.token.is_none() && settings.webhook_secrets.is_empty());
    }

    #[test]
    fn an_unknown_setting_is_an_error_that_names_the_nearest() {
        let error = read(&[("SHIPMATE_LISTENS", "x")]).unwrap_err();
        assert_eq!(
            error,
            "the environment sets `SHIPMATE_LISTENS`, which is no setting; did you mean `SHIPMATE_LISTEN`?"
        );
        let error = read(&[("SHIPMATE_WEBHOOK_SECRETS_FILE", "x")]).unwrap_err();
        assert!(
            error.ends_with("did you mean `SHIPMATE_WEBHOOK_SECRET_FILE`?"),
            "{error}"
        );
    }

    #[test]
    fn a_bad_value_is_an_error_that_says_what_is_right() {
        for (name, value, words) in [
            ("SHIPMATE_LISTEN", "8080", "127.0.0.1:8080"),
            ("SHIPMATE_API_RATE", "0", "at least 1"),
            ("SHIPMATE_COMMANDS", "line", "`lines` or `array` or `patch`"),
            ("SHIPMATE_CARRIED_OUT_WITHIN", "soon", "such as `20s`"),
            ("SHIPMATE_CARRIED_OUT_WITHIN", "-2s", "negative"),
            ("SHIPMATE_LOG_FORMAT", "xml", "`text` or `json`"),
            ("SHIPMATE_RETENTION", "30", "such as `30d`"),
            ("SHIPMATE_RETENTION", "2mo", "no fixed length"),
            ("SHIPMATE_RETENTION", "7d", "handled twice"),
            ("SHIPMATE_LETTER_RETENTION", "-90d", "less than 8d"),
            ("SHIPMATE_RESPONSE_RETENTION", "always", "such as `30d`"),
            ("SHIPMATE_RESPONSE_RETENTION", "-1d", "`forever`"),
            ("SHIPMATE_FORGET_DELETED", "maybe", "`no` or `yes`"),
            (
                "SHIPMATE_WEBHOOK_SECRET",
                "a,b,c",
                "current and the previous",
            ),
            (
                "SHIPMATE_CONSOLE_LISTEN",
                "0.0.0.0:8081",
                "SHIPMATE_CONSOLE_TOKEN",
            ),
            ("SHIPMATE_TOKEN", "Bearer s3cret", "without `Bearer`"),
            ("SHIPMATE_REFRESH_TOKEN", "s3cret two", "blanks"),
        ] {
            let error = read(&[(name, value)]).unwrap_err();
            assert!(error.starts_with(name) && error.contains(words), "{error}");
            assert!(!error.contains("s3cret"));
        }
    }

    #[test]
    fn secrets_never_show() {
        let settings = read(&[
            ("SHIPMATE_TOKEN", "hush-token"),
            ("SHIPMATE_WEBHOOK_SECRET", "hush-secret"),
            ("SHIPMATE_REFRESH_TOKEN", "hush-refresh"),
            ("SHIPMATE_CONSOLE_TOKEN", "hush-console"),
        ]);
        assert!(!format!("{:?}", settings.unwrap()).contains("hush"));
    }

    #[test]
    fn a_file_gives_settings_and_the_environment_wins() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shipmate.toml");
        let token = folder.path().join("token");
        std::fs::write(&token, "from-a-file\n").unwrap();
        let text = format!(
            "retention = '30d'\nresponse_retention = '365d'\napi_rate = 5\nlisten = '127.0.0.1:1'\ntoken_file = '{}'\n",
            token.display()
        );
        std::fs::write(&path, text).unwrap();
        let environment = [("SHIPMATE_LISTEN".to_owned(), "127.0.0.1:2".to_owned())];
        let settings = Settings::read(environment, Some(&path)).unwrap();
        assert_eq!((settings.api_rate.get(), settings.listen.port()), (5, 2));
        assert!(settings.token.is_some());
        assert_eq!(settings.retention.ended.as_hours(), 30 * 24);
        let responses = settings.retention.responses.unwrap();
        assert_eq!(responses.as_hours(), 365 * 24);

        for (text, words) in [
            ("webhook_secert = 'hush'", "did you mean `webhook_secret`?"),
            ("token = ['hush']", "`token`"),
            ("token = 'hush", "line 1"),
        ] {
            std::fs::write(&path, text).unwrap();
            let error = Settings::read([], Some(&path)).unwrap_err().to_string();
            assert!(error.contains(words) && !error.contains("hush"), "{error}");
        }
    }
}
