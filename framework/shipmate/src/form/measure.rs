//! What survey questions measure.

use serde::{Deserialize, Serialize};

use super::{Choice, Kind, Locale, Localized, texts::Texts};

/// A standard survey question: how its answers are asked for and counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    /// Net Promoter Score: 0 to 10; the share of 9 and 10 less the share of 0 to 6, from -100
    /// to 100.
    Nps,
    /// Customer satisfaction: 1 to 5; the share of 4 and 5 in percent.
    Csat,
    /// Customer effort: 1 (very hard) to 7 (very easy); the mean.
    Ces,
    /// Agreement: 1 (strongly disagree) to 5 (strongly agree); the mean.
    Likert,
    /// One to five stars; the mean.
    Stars,
}

impl Measure {
    /// Every measure.
    pub const ALL: [Self; 5] = [Self::Nps, Self::Csat, Self::Ces, Self::Likert, Self::Stars];

    /// The word for it in a definition.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nps => "nps",
            Self::Csat => "csat",
            Self::Ces => "ces",
            Self::Likert => "likert",
            Self::Stars => "stars",
        }
    }

    /// The lowest and the highest number.
    pub fn range(self) -> (u8, u8) {
        match self {
            Self::Nps => (0, 10),
            Self::Ces => (1, 7),
            Self::Csat | Self::Likert | Self::Stars => (1, 5),
        }
    }

    pub(super) fn kind(self) -> Kind {
        let (from, to) = self.range();
        match self {
            Self::Likert => Kind::OneOf,
            _ => Kind::Scale { from, to },
        }
    }

    /// What the ends of the scale mean.
    pub(super) fn ends(self) -> Option<[Localized; 2]> {
        let ends = |texts: &'static Texts| match self {
            Self::Nps => Some(texts.scales.nps),
            Self::Csat => Some(texts.scales.csat),
            Self::Ces => Some(texts.scales.ces),
            Self::Likert | Self::Stars => None,
        };
        ends(Texts::of(Locale::En))?;
        let end = |place: usize| {
            Localized::in_each(|locale| {
                let ends = ends(Texts::of(locale)).unwrap_or_default();
                ends.get(place).copied().unwrap_or_default()
            })
        };
        Some([end(0), end(1)])
    }

    /// The choices of a question that is answered in words; their keys are the numbers.
    pub(super) fn choices(self) -> Vec<Choice> {
        if self != Self::Likert {
            return Vec::new();
        }
        let label = |index: usize| {
            Localized::in_each(|locale| {
                let words = &Texts::of(locale).scales.likert;
                words.get(index).copied().unwrap_or_default()
            })
        };
        (0..5)
            .map(|index| Choice::new((index + 1).to_string(), label(index)))
            .collect()
    }
}
