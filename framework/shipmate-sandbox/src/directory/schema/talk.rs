use super::{Field, Shape, flag, number, text};

/// The types of what a message is made of. Words and rules are checked where it is created.
pub(crate) const MESSAGE: &[Field] = &[
    text("conversation"),
    text("type"),
    text("text"),
    text("role"),
    text("user"),
    text("contentType"),
    flag("isBackchannel"),
    number("delay"),
    Field::new("meta", Shape::Free),
    Field::new("actions", Shape::Objects(ACTION)),
    Field::new("items", Shape::Objects(ITEM)),
    text("touchpoint"),
    Field::new("results", Shape::Objects(REPORT)),
];

const ACTION: &[Field] = &[
    text("type").required(),
    text("text"),
    text("payload"),
    text("uri"),
];

const ITEM: &[Field] = &[
    text("title").required(),
    text("description"),
    text("mediaUrl"),
    Field::new("actions", Shape::Objects(ACTION)),
];

const REPORT: &[Field] = &[
    text("name").required(),
    Field::new("values", Shape::Free).required(),
];

/// The types of what a client may give of a conversation.
pub(crate) const CONVERSATION: &[Field] = &[
    text("id"),
    text("organization"),
    text("name"),
    text("type"),
    text("status"),
    text("touchpoint"),
    number("categoryIndex"),
    text("category"),
    Field::new("channels", Shape::Texts),
    Field::new("tags", Shape::Texts),
    Field::new("messages", Shape::List),
    Field::new("forms", Shape::List),
    Field::new("results", Shape::List),
    Field::new("meta", Shape::Free),
];
