//! What the bot says around the questions.

use shipmate::form::Locale;

/// The bot's own words in one language.
#[derive(Debug)]
pub(crate) struct Texts {
    pub(crate) greeting: &'static str,
    /// Before a colleague calls back.
    pub(crate) callback: &'static str,
    pub(crate) meanwhile: &'static str,
    /// Instead of both while nobody is at work.
    pub(crate) closed: &'static str,
}

impl Texts {
    /// The words of `locale`.
    pub(crate) fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::En => &EN,
            Locale::Nl => &NL,
            Locale::De => &DE,
            Locale::Fr => &FR,
        }
    }
}

const EN: Texts = Texts {
    greeting: "Thank you for contacting us! May we ask you one or two short questions?",
    callback: "Thank you. A colleague will call you.",
    meanwhile: "A colleague is on the way and will read what you write.",
    closed: "Thank you. We are closed at the moment; a colleague will get in touch as soon as we are back.",
};

const NL: Texts = Texts {
    greeting: "Bedankt voor uw bericht! Mogen we u een of twee korte vragen stellen?",
    callback: "Dank u. Een collega belt u.",
    meanwhile: "Er komt een collega aan, die leest wat u schrijft.",
    closed: "Dank u. We zijn op dit moment gesloten; zodra we er weer zijn, neemt een collega contact met u op.",
};

const DE: Texts = Texts {
    greeting: "Danke für Ihre Nachricht! Dürfen wir Ihnen ein, zwei kurze Fragen stellen?",
    callback: "Danke. Jemand von uns ruft Sie an.",
    meanwhile: "Eine Kollegin oder ein Kollege ist unterwegs und liest, was Sie schreiben.",
    closed: "Danke. Wir haben gerade geschlossen; sobald wir wieder da sind, melden wir uns bei Ihnen.",
};

const FR: Texts = Texts {
    greeting: "Merci de nous avoir contactés ! Pouvons-nous vous poser une ou deux questions ?",
    callback: "Merci. Un collègue vous appellera.",
    meanwhile: "Un collègue arrive et lira ce que vous écrivez.",
    closed: "Merci. Nous sommes fermés pour le moment ; un collègue vous contactera dès notre retour.",
};
