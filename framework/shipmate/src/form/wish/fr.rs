//! French.

use super::{Sentences, Wishes};

const BEFORE: &[&str] = &["", "bonjour", "pardon", "desole", "non", "ok"];
const PLEASE: &[&str] = &[
    "",
    "s'il vous plait",
    "s'il te plait",
    "svp",
    "stp",
    "merci",
    "maintenant",
    "plutot",
];
const PERSON: &[&str] = &[
    "un humain",
    "un etre humain",
    "une personne",
    "une vraie personne",
    "une personne reelle",
    "quelqu'un",
    "quelqu'un d'autre",
    "un conseiller",
    "une conseillere",
    "un agent",
    "un employe",
    "un collegue",
    "un operateur",
    "un collaborateur",
];
const BARE: &[&str] = &[
    "humain",
    "personne reelle",
    "conseiller",
    "agent",
    "employe",
    "collaborateur",
    "vraie personne",
];
const SERVICE: &[&str] = &["service client", "le service client", "au service client"];
const MAY_I: &[&str] = &[
    "",
    "je veux",
    "je voudrais",
    "j'aimerais",
    "je souhaite",
    "je souhaiterais",
    "je prefere",
    "je dois",
    "puis-je",
    "puis je",
    "pourrais-je",
    "est-ce que je peux",
    "est-ce que je pourrais",
    "je peux",
    "je pourrais",
    "laissez-moi",
    "peut-on",
    "c'est possible de",
    "est-il possible de",
];
const TALK: &[&str] = &["parler a", "parler avec", "discuter avec", "echanger avec"];
const SURVEY: &[&str] = &[
    "le questionnaire",
    "ce questionnaire",
    "l'enquete",
    "cette enquete",
    "le sondage",
    "ce sondage",
    "la conversation",
    "cette conversation",
    "les questions",
    "ces questions",
];
const STOP: &[&str] = &["arreter", "annuler", "abandonner", "quitter", "terminer"];

pub(super) static WISHES: Wishes = Wishes {
    human: Sentences {
        anywhere: &[
            &[BEFORE, MAY_I, TALK, PERSON, PLEASE],
            &[
                BEFORE,
                MAY_I,
                &["parler"],
                &["au service client", "avec le service client"],
                PLEASE,
            ],
            &[
                BEFORE,
                &[
                    "je veux",
                    "je voudrais",
                    "j'aimerais",
                    "donnez-moi",
                    "passez-moi",
                    "mettez-moi en contact avec",
                ],
                PERSON,
                PLEASE,
            ],
            &[
                BEFORE,
                PERSON,
                &["s'il vous plait", "s'il te plait", "svp", "stp"],
            ],
            &[
                BEFORE,
                BARE,
                &["s'il vous plait", "s'il te plait", "svp", "stp"],
            ],
        ],
        unless_text: &[
            &[BEFORE, PERSON, PLEASE],
            &[BEFORE, BARE, PLEASE],
            &[BEFORE, SERVICE, PLEASE],
        ],
    },
    cancel: Sentences {
        anywhere: &[
            &[
                BEFORE,
                &[
                    "",
                    "je veux",
                    "je voudrais",
                    "j'aimerais",
                    "je souhaite",
                    "on peut",
                    "peut-on",
                ],
                STOP,
                SURVEY,
                PLEASE,
            ],
            &[
                BEFORE,
                &["stop", "arretez", "annulez", "annuler", "arreter"],
                &[
                    "s'il vous plait",
                    "s'il te plait",
                    "svp",
                    "stp",
                    "maintenant",
                    "les questions",
                ],
            ],
            &[
                BEFORE,
                &[
                    "plus de questions",
                    "je ne veux plus repondre",
                    "je ne veux plus repondre aux questions",
                    "je ne veux plus de questions",
                ],
                PLEASE,
            ],
        ],
        unless_text: &[
            &[
                BEFORE,
                &[
                    "je veux",
                    "je voudrais",
                    "j'aimerais",
                    "je souhaite",
                    "je prefere",
                    "on peut",
                    "peut-on",
                    "puis-je",
                    "je peux",
                ],
                &[""],
                STOP,
                &["", "la", "ici", "ca", "cela", "tout"],
                PLEASE,
            ],
            &[
                BEFORE,
                &[
                    "je veux m'arreter",
                    "je voudrais m'arreter",
                    "je ne veux plus",
                    "je veux plus",
                    "je ne veux pas continuer",
                    "je ne veux plus continuer",
                    "j'arrete",
                    "j'abandonne",
                    "j'en ai assez",
                    "ca suffit",
                    "pas interesse",
                    "je ne suis pas interesse",
                    "arretez",
                ],
                PLEASE,
            ],
        ],
    },
    help: Sentences {
        anywhere: &[&[&[
            "aidez-moi",
            "aidez moi",
            "aidez-moi s'il vous plait",
            "aide s'il vous plait",
            "aide svp",
            "comment ca marche",
            "que puis-je dire",
            "que puis-je dire ici",
            "qu'est-ce que je peux dire",
            "que dois-je faire",
            "que dois-je dire",
            "je ne sais pas quoi dire",
            "pouvez-vous m'aider",
        ]]],
        unless_text: &[&[
            BEFORE,
            &[
                "j'ai besoin d'aide",
                "je ne comprends pas",
                "je comprends pas",
                "que voulez-vous dire",
                "options",
                "quelles sont les options",
            ],
            PLEASE,
        ]],
    },
};
