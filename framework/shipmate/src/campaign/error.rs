//! What is wrong with a campaign.

use std::fmt;

/// Why campaigns cannot be used. Names the key and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CampaignError {
    /// Something of it does not fit.
    #[error("{}`{key}` is not usable: {problem}", Of(.campaign))]
    Unusable {
        /// The campaign's name, as far as it has one.
        campaign: Option<String>,
        /// The key, as in a file: `audience.meta.segment`.
        key: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// Two campaigns of the same name.
    #[error("two campaigns are named `{name}`; runs are kept by name, so each needs its own")]
    SameName {
        /// The name.
        name: String,
    },
    /// The file is not TOML, or holds something else than campaigns.
    #[error("{path} is not a file of campaigns: {problem}")]
    NotToml {
        /// The file.
        path: String,
        /// What is wrong, with its line where that is known.
        problem: String,
    },
    /// The file cannot be read.
    #[error("SHIPMATE_CAMPAIGNS: cannot read {path}")]
    File {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

impl CampaignError {
    pub(super) fn unusable(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Unusable {
            campaign: None,
            key: key.into(),
            problem: problem.into(),
        }
    }

    /// Says whose it is.
    pub(super) fn of(self, name: &str) -> Self {
        match self {
            Self::Unusable {
                campaign: None,
                key,
                problem,
            } => Self::Unusable {
                campaign: Some(name.to_owned()),
                key,
                problem,
            },
            other => other,
        }
    }
}

struct Of<'a>(&'a Option<String>);

impl fmt::Display for Of<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(name) => write!(f, "campaign `{name}`: "),
            None => Ok(()),
        }
    }
}
