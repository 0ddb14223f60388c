//! What the bot says around the questions.

use shipmate::form::Locale;

/// The bot's own words in one language.
#[derive(Debug)]
pub(crate) struct Texts {
    pub(crate) greeting: &'static str,
    pub(crate) which_form: &'static str,
    pub(crate) thanks: &'static str,
    pub(crate) declined: &'static str,
    pub(crate) person: &'static str,
    pub(crate) meanwhile: &'static str,
    /// Instead of both while nobody is at work.
    pub(crate) closed: &'static str,
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
    which_form: "What is it about?",
    thanks: "Thank you! This is what I noted down:",
    declined: "That is fine. Thank you for telling us, and until another time!",
    person: "Let me get a colleague who can help you further.",
    meanwhile: "A colleague is on the way and will read what you write.",
    closed: "We are closed at the moment. A colleague will answer as soon as we are back.",
    note_nothing: "The intake bot has no form to ask here, and hands over.",
};

const NL: Texts = Texts {
    greeting: "Hallo! Ik stel je een paar korte vragen, zodat we je goed kunnen helpen.",
    which_form: "Waar gaat het over?",
    thanks: "Bedankt! Dit heb ik genoteerd:",
    declined: "Dat is prima. Bedankt voor je antwoord, en tot een andere keer!",
    person: "Ik haal er een collega bij die je verder kan helpen.",
    meanwhile: "Er komt een collega aan, die leest wat je schrijft.",
    closed: "We zijn op dit moment gesloten. Zodra we er weer zijn, krijg je antwoord van een collega.",
    note_nothing: "De intakebot heeft hier geen formulier om af te nemen en draagt over.",
};

const DE: Texts = Texts {
    greeting: "Hallo! Ich stelle Ihnen ein paar kurze Fragen, damit wir Ihnen gut helfen können.",
    which_form: "Worum geht es?",
    thanks: "Vielen Dank! Das habe ich notiert:",
    declined: "Das ist in Ordnung. Danke für Ihre Antwort, und bis ein andermal!",
    person: "Ich hole eine Kollegin oder einen Kollegen dazu, um Ihnen weiterzuhelfen.",
    meanwhile: "Eine Kollegin oder ein Kollege ist unterwegs und liest, was Sie schreiben.",
    closed: "Wir haben gerade geschlossen. Sobald wir wieder da sind, bekommen Sie Antwort.",
    note_nothing: "Der Aufnahme-Bot hat hier kein Formular und übergibt.",
};

const FR: Texts = Texts {
    greeting: "Bonjour ! Je vais vous poser quelques courtes questions afin de bien vous aider.",
    which_form: "De quoi s'agit-il ?",
    thanks: "Merci ! Voici ce que j'ai noté :",
    declined: "Pas de souci. Merci de votre réponse, et à une prochaine fois !",
    person: "Je fais venir un collègue qui pourra vous aider.",
    meanwhile: "Un collègue arrive et lira ce que vous écrivez.",
    closed: "Nous sommes fermés pour le moment. Un collègue vous répondra dès notre retour.",
    note_nothing: "Le robot d'accueil n'a pas de formulaire ici et passe la main.",
};
