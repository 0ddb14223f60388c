//! English.

use super::{Sentences, Wishes};

const BEFORE: &[&str] = &["", "hi", "hello", "sorry", "ok", "no", "please"];
const PLEASE: &[&str] = &[
    "",
    "please",
    "now",
    "please now",
    "instead",
    "thanks",
    "thank you",
];
const ARTICLE: &[&str] = &[
    "",
    "a",
    "an",
    "a real",
    "an actual",
    "a live",
    "real",
    "your",
];
const PERSON: &[&str] = &[
    "human",
    "human being",
    "person",
    "agent",
    "employee",
    "representative",
    "colleague",
    "advisor",
    "adviser",
    "operator",
    "staff member",
    "member of staff",
];
const SOMEBODY: &[&str] = &[
    "someone",
    "somebody",
    "anyone",
    "customer service",
    "customer support",
    "support",
    "someone real",
    "someone else",
];
const MAY_I: &[&str] = &[
    "",
    "i want to",
    "i'd like to",
    "i would like to",
    "i need to",
    "i wish to",
    "i'd rather",
    "i would rather",
    "can i",
    "could i",
    "may i",
    "let me",
    "is it possible to",
];
const TALK_TO: &[&str] = &[
    "talk to",
    "speak to",
    "talk with",
    "speak with",
    "chat with",
    "chat to",
];
const GIVE_ME: &[&str] = &[
    "i want",
    "i'd like",
    "i would like",
    "i need",
    "give me",
    "get me",
    "connect me to",
    "connect me with",
    "transfer me to",
    "put me through to",
    "can i have",
    "could i have",
    "can i get",
];
const SURVEY: &[&str] = &[
    "this survey",
    "the survey",
    "this chat",
    "the chat",
    "this conversation",
    "the conversation",
    "the questions",
    "these questions",
    "this questionnaire",
    "answering",
    "answering questions",
    "asking",
    "asking questions",
];
const END: &[&str] = &["stop", "quit", "end", "cancel", "abort", "exit"];
const WANT_TO: &[&str] = &[
    "i want to",
    "i wanna",
    "i'd like to",
    "i would like to",
    "i need to",
    "can i",
    "can we",
    "could we",
    "let's",
    "let me",
    "please",
    "can you please",
    "i'd rather",
];

pub(super) static WISHES: Wishes = Wishes {
    human: Sentences {
        anywhere: &[
            &[BEFORE, MAY_I, TALK_TO, ARTICLE, PERSON, PLEASE],
            &[BEFORE, MAY_I, TALK_TO, SOMEBODY, PLEASE],
            &[BEFORE, GIVE_ME, ARTICLE, PERSON, PLEASE],
            &[BEFORE, ARTICLE, PERSON, &["please"]],
        ],
        unless_text: &[
            &[BEFORE, ARTICLE, PERSON, PLEASE],
            &[BEFORE, SOMEBODY, PLEASE],
        ],
    },
    cancel: Sentences {
        anywhere: &[
            &[
                BEFORE,
                &[
                    "",
                    "i want to",
                    "i'd like to",
                    "i would like to",
                    "let's",
                    "can we",
                ],
                END,
                SURVEY,
                PLEASE,
            ],
            &[BEFORE, &["stop", "cancel"], &["please", "now", "it please"]],
            &[&["please"], &["stop", "cancel"]],
            &[
                BEFORE,
                &[
                    "no more questions",
                    "stop asking me questions",
                    "stop asking me",
                ],
                PLEASE,
            ],
            &[
                BEFORE,
                &["i don't want to", "i do not want to"],
                &[
                    "answer any more questions",
                    "answer more questions",
                    "continue this survey",
                ],
            ],
        ],
        unless_text: &[
            &[BEFORE, WANT_TO, END, &["", "this", "here", "it"], PLEASE],
            &[END, &["this", "it", "here"], PLEASE],
            &[
                BEFORE,
                &["i don't want to", "i do not want to", "i don't wanna"],
                &[
                    "continue",
                    "go on",
                    "do this",
                    "do this anymore",
                    "answer this",
                    "answer",
                    "proceed",
                ],
            ],
            &[&[
                "i'm done",
                "i am done",
                "i give up",
                "i've had enough",
                "enough",
                "not interested",
                "i'm not interested",
                "leave me alone",
            ]],
        ],
    },
    help: Sentences {
        anywhere: &[
            &[
                BEFORE,
                &["can you", "could you", "i need you to"],
                &["help", "help me"],
                &["please"],
            ],
            &[&[
                "what can i say here",
                "how does this work",
                "what do i have to do",
                "what am i supposed to do",
                "i don't know what to say",
                "help please",
                "help me please",
                "please help me",
                "help me",
            ]],
        ],
        unless_text: &[&[
            BEFORE,
            &[
                "i need help",
                "i need some help",
                "can you help",
                "can you help me",
                "could you help me",
                "what should i do",
                "what do you mean",
                "i don't understand",
                "i do not understand",
                "options",
                "what are the options",
                "what are my options",
            ],
            PLEASE,
        ]],
    },
};
