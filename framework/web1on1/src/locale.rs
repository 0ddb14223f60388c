//! Languages of the platform's own interface.

use crate::wire::words;

words! {
    /// The language of a user or an organization, as an ISO 639-1 code (API Reference, users and
    /// organizations). Contacts may have any other.
    #[derive(Default)]
    Locale {
        /// English. The platform's default.
        #[default]
        En = "en",
        /// Dutch.
        Nl = "nl",
        /// German.
        De = "de",
        /// French.
        Fr = "fr",
    }
}
