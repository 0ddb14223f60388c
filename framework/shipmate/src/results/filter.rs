//! Which responses are looked at.

use super::Response;
use crate::form::Locale;

/// Which responses are looked at. What is none does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those that belong to this organization.
    pub organization: Option<String>,
    /// Those in this language.
    pub locale: Option<Locale>,
    /// Those to this version of the questionnaire.
    pub version: Option<u32>,
}

impl Filter {
    /// Whether a response is looked at.
    pub fn keeps(&self, response: &Response) -> bool {
        let organization = self.organization.as_ref();
        organization.is_none_or(|organization| response.organization.as_ref() == Some(organization))
            && self.locale.is_none_or(|locale| response.locale == locale)
            && self
                .version
                .is_none_or(|version| response.version == version)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn everything_that_is_given_has_to_be_right() {
        let response = Response {
            organization: Some("o1".into()),
            ..Response::begin("visit", 2, Locale::Nl, Timestamp::UNIX_EPOCH)
        };
        let all = Filter::default();
        let right = Filter {
            organization: Some("o1".into()),
            locale: Some(Locale::Nl),
            version: Some(2),
        };
        for (filter, keeps) in [
            (all, true),
            (right.clone(), true),
            (
                Filter {
                    version: Some(1),
                    ..right.clone()
                },
                false,
            ),
            (
                Filter {
                    organization: Some("o2".into()),
                    ..right.clone()
                },
                false,
            ),
            (
                Filter {
                    locale: Some(Locale::En),
                    ..right
                },
                false,
            ),
        ] {
            assert_eq!(filter.keeps(&response), keeps, "{filter:?}");
        }
    }
}
