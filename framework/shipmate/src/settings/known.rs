//! Which settings there are.

/// A setting, as `--help` shows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    /// The variable.
    pub(crate) name: &'static str,
    /// What holds if it is not set.
    pub(crate) default: &'static str,
    /// What it is.
    pub(crate) help: &'static str,
    /// Whether it is secret; then `<name>_FILE` may name a file that holds it.
    pub(crate) secret: bool,
}

/// All settings.
pub(crate) const KNOWN: &[Known] = &[
    plain(
        "SHIPMATE_LISTEN",
        "127.0.0.1:8080",
        "where webhooks are received",
    ),
    plain(
        "SHIPMATE_API_URL",
        "https://api.web1on1.chat",
        "the platform's API",
    ),
    secret("SHIPMATE_TOKEN", "", "the API token of the bot's user"),
    secret("SHIPMATE_REFRESH_TOKEN", "", "renews a token that expires"),
    plain(
        "SHIPMATE_EMAIL",
        "",
        "the address of the bot's user, for renewing",
    ),
    secret(
        "SHIPMATE_WEBHOOK_SECRET",
        "",
        "the webhook's secret; after a comma, the previous one",
    ),
    secret(
        "SHIPMATE_STORE",
        "sqlite:shipmate.db",
        "sqlite:<path> or memory:",
    ),
    plain("SHIPMATE_API_RATE", "20", "requests per second to the API"),
    plain(
        "SHIPMATE_CONSOLE_LISTEN",
        "127.0.0.1:8081",
        "where the console is served",
    ),
    secret(
        "SHIPMATE_CONSOLE_TOKEN",
        "",
        "asked for by the console; required beyond this machine",
    ),
    plain(
        "SHIPMATE_COMMANDS",
        "lines",
        "how several commands are written: lines, array or patch",
    ),
    plain(
        "SHIPMATE_CARRIED_OUT_WITHIN",
        "20s",
        "how long a message whose answer was lost may take to appear",
    ),
    plain(
        "SHIPMATE_RETENTION",
        "8d",
        "how long what is over stays on record; at least 8d",
    ),
    plain(
        "SHIPMATE_LETTER_RETENTION",
        "90d",
        "how long what needs a person is kept",
    ),
    plain(
        "SHIPMATE_RESPONSE_RETENTION",
        "forever",
        "how long responses to surveys are kept, such as 365d",
    ),
    plain(
        "SHIPMATE_FORGET_DELETED",
        "no",
        "forget what the platform deletes: yes or no",
    ),
    plain(
        "SHIPMATE_CAMPAIGNS",
        "",
        "a file (TOML) of campaigns: whom the business writes to, what and when",
    ),
    plain("SHIPMATE_LOG", "info", "what is logged"),
    plain("SHIPMATE_LOG_FORMAT", "text", "text or json"),
];

const fn plain(name: &'static str, default: &'static str, help: &'static str) -> Known {
    Known {
        name,
        default,
        help,
        secret: false,
    }
}

const fn secret(name: &'static str, default: &'static str, help: &'static str) -> Known {
    Known {
        name,
        default,
        help,
        secret: true,
    }
}
