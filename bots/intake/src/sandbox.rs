//! What the sandbox holds for this bot: an organization with two forms to choose from.

use shipmate::web1on1::Meta;
use shipmate_sandbox::Seed;

pub(crate) fn seed() -> Seed {
    let (mut seed, demo) = Seed::demo();
    let forms = format!("{},{}", demo.test_drive, demo.brochure);
    let settings = Meta::from_iter([("forms".to_owned(), forms.into())]);
    seed.instance(&demo.bot, &demo.dealer, settings);
    seed
}
