//! The file as a whole: first everything gets its id, then what refers to it is read.

use web1on1::{BotId, UserId};

use super::{Kids, Node, Problem, entry, hint, names::Names, settings, talk};
use crate::{
    Webhook,
    directory::{Kind, Object},
    seed::{EPOCH, Seed},
};

const OTHER_KEYS: [&str; 5] = ["clock", "random-seed", "limits", "quirks", "conversations"];

/// Adds to `seed` what the file says, which may refer to what is in `seed` already.
pub(super) fn read_into(mut seed: Seed, root: &Node) -> Result<Seed, Problem> {
    let root = root.kids("the file")?;
    check_keys(root)?;
    for (key, (_, node)) in root {
        match key.as_str() {
            "clock" => seed.clock = Some(node.time(key)?),
            "random-seed" => seed.chance = Some(settings::number(key, node)?),
            "limits" => seed.limits = Some(settings::limits(node)?),
            "quirks" => seed.quirks = Some(settings::quirks(node)?),
            _ => {}
        }
    }
    let (names, entries) = name_entries(root, &mut seed)?;
    let known = seed.resources.iter();
    let known = known.filter(|(kind, ..)| *kind == Kind::Organization);
    let known: Vec<_> = known.map(|(_, id, _)| id.clone()).collect();
    for (kind, id, node) in in_planting_order(entries, &known, &names)? {
        read_entry(&mut seed, kind, &id, node, &names)?;
    }
    for node in list_at(root, "conversations")? {
        let id = given_id(node, "conversations", &mut seed)?.into();
        seed.conversations
            .push(talk::conversation(id, node, &names)?);
    }
    Ok(seed)
}

type Entry<'a> = (Kind, String, &'a Node);

fn check_keys(root: &Kids) -> Result<(), Problem> {
    for (key, (at, _)) in root {
        if Kind::from_path(key).is_none() && !OTHER_KEYS.contains(&key.as_str()) {
            let paths = Kind::ALL.iter().map(|kind| kind.path());
            let hint = hint(key, paths.chain(OTHER_KEYS));
            return Err(Problem::new(*at, format!("unknown key `{key}`{hint}")));
        }
    }
    Ok(())
}

fn name_entries<'a>(root: &'a Kids, seed: &mut Seed) -> Result<(Names, Vec<Entry<'a>>), Problem> {
    let mut names = Names::default();
    for (kind, id, fields) in &seed.resources {
        names.know(*kind, id, fields);
    }
    let mut entries = Vec::new();
    for kind in Kind::ALL {
        for node in list_at(root, kind.path())? {
            let id = given_id(node, kind.path(), seed)?;
            names.add(*kind, &id, node)?;
            if *kind == Kind::Bot {
                // The id of a bot is the id of its user.
                names.add(Kind::User, &id, node)?;
            }
            entries.push((*kind, id, node));
        }
    }
    Ok((names, entries))
}

fn list_at<'a>(root: &'a Kids, key: &str) -> Result<&'a [Node], Problem> {
    match root.get(key) {
        Some((_, node)) => node.list(key),
        None => Ok(&[]),
    }
}

fn given_id(node: &Node, key: &str, seed: &mut Seed) -> Result<String, Problem> {
    match node.kids(key)?.get("id") {
        Some((_, id)) => match id.text("id")? {
            "" => Err(id.wrong("id", "a text that is not empty")),
            text if text.contains(['/', '#', '?', ',']) => {
                Err(id.wrong("id", "free of the characters / # ? ,"))
            }
            text => Ok(text.to_owned()),
        },
        None => Ok(seed.ids.next(EPOCH)),
    }
}

/// Organizations first, those above before those below; then bots; then the rest. Those that are
/// `known` are there already.
fn in_planting_order<'a>(
    entries: Vec<Entry<'a>>,
    known: &[String],
    names: &Names,
) -> Result<Vec<Entry<'a>>, Problem> {
    let (mut waiting, mut rest): (Vec<Entry<'a>>, Vec<Entry<'a>>) = entries
        .into_iter()
        .partition(|(kind, ..)| *kind == Kind::Organization);
    let mut ordered: Vec<Entry<'a>> = Vec::new();
    while !waiting.is_empty() {
        let before = ordered.len();
        let mut blocked = Vec::new();
        for (kind, id, node) in waiting {
            let above = match node.kids("organizations")?.get("organization") {
                Some((_, above)) => Some(names.find(kind, above, "organization")?),
                None => None,
            };
            let is_placed = |above: String| {
                known.contains(&above) || ordered.iter().any(|(_, placed, _)| *placed == above)
            };
            if above.is_none_or(is_placed) {
                ordered.push((kind, id, node));
            } else {
                blocked.push((kind, id, node));
            }
        }
        if let Some((.., node)) = blocked.first()
            && ordered.len() == before
        {
            return Err(Problem::new(node.at, "this organization is below itself"));
        }
        waiting = blocked;
    }
    rest.sort_by_key(|(kind, ..)| *kind != Kind::Bot);
    ordered.extend(rest);
    Ok(ordered)
}

fn read_entry(
    seed: &mut Seed,
    kind: Kind,
    id: &str,
    node: &Node,
    names: &Names,
) -> Result<(), Problem> {
    let mut resolved = node.clone();
    if let super::Value::Object(kids) = &mut resolved.value {
        let webhook = kids.remove("webhook");
        let memberships = kids.remove("memberships");
        names.resolve(kids, kind)?;
        if let Some((_, node)) = webhook.filter(|_| kind == Kind::Bot) {
            seed.webhooks.push((BotId::from(id), webhook_of(&node)?));
        }
        if let Some((_, node)) = memberships.filter(|_| kind == Kind::User) {
            for (organization, role) in memberships_of(&node, names)? {
                seed.memberships
                    .push((id.into(), organization.into(), role));
            }
        }
        if let Some((_, token)) = kids.get("token").filter(|_| is_somebody(kind)) {
            let token = token.text("token")?.to_owned();
            seed.tokens.push((UserId::from(id), token));
        }
    }
    let fields = entry::fields(kind, &resolved)?;
    seed.resources.push((kind, id.to_owned(), fields));
    Ok(())
}

fn is_somebody(kind: Kind) -> bool {
    matches!(kind, Kind::Bot | Kind::User)
}

fn webhook_of(node: &Node) -> Result<Webhook, Problem> {
    let kids = node.kids("webhook")?;
    for (key, (at, _)) in kids {
        let known = ["url", "secret", "events"];
        if !known.contains(&key.as_str()) {
            let hint = hint(key, known);
            return Err(Problem::new(*at, format!("unknown key `{key}`{hint}")));
        }
    }
    let params: Object = super::node::object(kids);
    Webhook::from_params(&params).ok_or_else(|| node.wrong("webhook", "a table with `url`"))
}

/// Organizations beside a user's own, each with the role there.
fn memberships_of(node: &Node, names: &Names) -> Result<Vec<(String, String)>, Problem> {
    let wanted = "a list of tables with `organization` and `role`";
    let mut found = Vec::new();
    for item in node.list("memberships")? {
        let kids = item.kids("memberships")?;
        let (Some((_, organization)), Some((_, role))) =
            (kids.get("organization"), kids.get("role"))
        else {
            return Err(item.wrong("memberships", wanted));
        };
        let organization = names.find(Kind::Organization, organization, "organization")?;
        found.push((organization, role.text("role")?.to_owned()));
    }
    Ok(found)
}
