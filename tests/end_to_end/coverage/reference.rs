//! The list of documented endpoints.

/// One line of the list.
#[derive(Debug)]
pub(super) struct Documented {
    /// Method and path below `/v2`, for example `GET /forms/{id}`.
    pub(super) endpoint: String,
    /// The same without the names of its parameters, which are anybody's choice.
    pub(super) shape: String,
    /// The status of a success.
    pub(super) status: u16,
    /// The document that names it.
    pub(super) source: &'static str,
}

pub(super) fn endpoints() -> Vec<Documented> {
    include_str!("reference.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let [method, path, status, source] = split(line);
            let endpoint = format!("{method} {path}");
            Documented {
                shape: shape(&endpoint),
                endpoint,
                status: status.parse().unwrap(),
                source,
            }
        })
        .collect()
}

fn split(line: &'static str) -> [&'static str; 4] {
    let parts: Vec<&str> = line.splitn(4, ' ').collect();
    parts.try_into().unwrap()
}

/// `GET /forms/{id}` as `GET /forms/{}`.
pub(super) fn shape(endpoint: &str) -> String {
    let mut shape = String::new();
    let mut is_name = false;
    for letter in endpoint.chars() {
        is_name &= letter != '}';
        if !is_name {
            shape.push(letter);
        }
        is_name |= letter == '{';
    }
    shape
}
