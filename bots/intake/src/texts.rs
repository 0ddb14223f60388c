//! What the bot says around the questions.

use shipmate::form::Locale;

/// The bot's own words in one language.
#[derive(Debug)]
pub(crate) struct Texts {
    pub(crate) greeting: &'static str,
    pub(crate) which_form: [&'static str; 3],
    pub(crate) thanks: &'static str,
    pub(crate) person: &'static str,
    pub(crate) note_form: &'static str,
    pub(crate) note_stuck: &'static str,
    pub(crate) note_nothing: &'static str,
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
    greeting: "Hello! I'll ask you a few short questions, so that we can help you well.",
    which_form: [
        "What is it about?",
        "Sorry, I did not get that. Please choose one of these:",
        "Which of these do you mean?",
    ],
    thanks: "Thank you! This is what I noted down:",
    person: "Let me get a colleague who can help you further.",
    note_form: "Intake for",
    note_stuck: "Stuck at",
    note_nothing: "The intake bot has no form to ask here, and hands over.",
};

const NL: Texts = Texts {
    greeting: "Hallo! Ik stel je een paar korte vragen, zodat we je goed kunnen helpen.",
    which_form: [
        "Waar gaat het over?",
        "Sorry, dat begreep ik niet. Kies een van deze:",
        "Welke van deze bedoel je?",
    ],
    thanks: "Bedankt! Dit heb ik genoteerd:",
    person: "Ik haal er een collega bij die je verder kan helpen.",
    note_form: "Intake voor",
    note_stuck: "Blijven steken bij",
    note_nothing: "De intakebot heeft hier geen formulier om af te nemen en draagt over.",
};

const DE: Texts = Texts {
    greeting: "Hallo! Ich stelle Ihnen ein paar kurze Fragen, damit wir Ihnen gut helfen können.",
    which_form: [
        "Worum geht es?",
        "Das habe ich leider nicht verstanden. Bitte wählen Sie:",
        "Welches davon meinen Sie?",
    ],
    thanks: "Vielen Dank! Das habe ich notiert:",
    person: "Ich hole eine Kollegin oder einen Kollegen dazu, um Ihnen weiterzuhelfen.",
    note_form: "Aufnahme für",
    note_stuck: "Nicht weitergekommen bei",
    note_nothing: "Der Aufnahme-Bot hat hier kein Formular und übergibt.",
};

const FR: Texts = Texts {
    greeting: "Bonjour ! Je vais vous poser quelques courtes questions afin de bien vous aider.",
    which_form: [
        "De quoi s'agit-il ?",
        "Désolé, je n'ai pas compris. Veuillez choisir :",
        "Lequel voulez-vous dire ?",
    ],
    thanks: "Merci ! Voici ce que j'ai noté :",
    person: "Je fais venir un collègue qui pourra vous aider.",
    note_form: "Demande pour",
    note_stuck: "Bloqué à",
    note_nothing: "Le robot d'accueil n'a pas de formulaire ici et passe la main.",
};
