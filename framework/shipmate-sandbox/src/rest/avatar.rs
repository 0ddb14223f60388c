//! Pictures of users: uploaded through the API, served beside it.

use std::collections::BTreeMap;

use axum::{
    Extension,
    body::Bytes,
    extract::{Multipart, Path, State as Shared},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use web1on1::UserId;

use super::{Answer, Api, ApiResult, Caller, resources::own_id, scope};
use crate::{
    Refusal,
    directory::{Kind, Object},
};

/// The largest picture, in bytes. The platform's limit is not documented.
const MAX_BYTES: usize = 2 << 20;

/// Uploaded pictures by user.
pub(crate) type Avatars = BTreeMap<UserId, Avatar>;

/// One uploaded picture.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Avatar {
    /// The last part of its address, which cannot be guessed.
    key: String,
    format: Format,
    #[serde(with = "base64_text")]
    bytes: Bytes,
}

/// What is taken for a picture. SVG is not: it can hold scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Format {
    Png,
    Jpeg,
    Gif,
    Webp,
}

impl Format {
    /// The format by its first bytes, whatever the upload says of itself.
    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [
                b'R',
                b'I',
                b'F',
                b'F',
                _,
                _,
                _,
                _,
                b'W',
                b'E',
                b'B',
                b'P',
                ..,
            ] => Some(Self::Webp),
            _ => None,
        }
    }

    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
        })
    }
}

/// `POST /users/{id}/avatar`: a form with the picture as `file`.
pub(super) async fn upload(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    form: Multipart,
) -> ApiResult {
    let id = writable_id(&caller, id)?;
    let bytes = read_file(form).await?;
    let format = Format::of(&bytes).ok_or_else(|| {
        Refusal::unprocessable("file is not a picture; PNG, JPEG, GIF and WebP are taken")
    })?;
    api.platform.change(|state, now| {
        state.writable(&caller, Kind::User, &id)?;
        let key = state.ids.random().secret();
        let address = format!("{}/avatars/{key}", state.base_url);
        let avatar = Avatar { key, format, bytes };
        state.avatars.insert(id.as_str().into(), avatar);
        let changes = Object::from_iter([("avatar".to_owned(), json!(address))]);
        let user = state.update_resource(Kind::User, &id, changes, Some(&caller.user), now)?;
        Ok(Answer::Created {
            body: Value::Object(user),
            location: format!("/users/{id}"),
        })
    })
}

/// `DELETE /users/{id}/avatar`
pub(super) async fn delete(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> ApiResult {
    let id = writable_id(&caller, id)?;
    api.platform.change(|state, now| {
        state.writable(&caller, Kind::User, &id)?;
        state.avatars.remove(&id.as_str().into());
        let changes = Object::from_iter([("avatar".to_owned(), Value::Null)]);
        state.update_resource(Kind::User, &id, changes, Some(&caller.user), now)?;
        Ok(Answer::NoContent)
    })
}

/// `GET /avatars/{key}`, without a token: browsers show it. Nothing in it is ever run.
pub(super) async fn serve(Shared(api): Shared<Api>, Path(key): Path<String>) -> Response {
    let found = api.platform.look(|state, _| {
        let avatar = state.avatars.values().find(|avatar| avatar.key == key)?;
        Some((avatar.format, avatar.bytes.clone()))
    });
    let Some((format, bytes)) = found else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, format.content_type()),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; sandbox"),
        ),
    ];
    (headers, bytes).into_response()
}

/// Everybody may change their own picture.
fn writable_id(caller: &Caller, id: String) -> Result<String, Refusal> {
    let id = own_id(Kind::User, id, caller);
    if id != caller.user.as_str() {
        caller.scope.require(scope::to_write(Kind::User))?;
    }
    Ok(id)
}

async fn read_file(mut form: Multipart) -> Result<Bytes, Refusal> {
    let unreadable = |error: axum::extract::multipart::MultipartError| {
        Refusal::bad_request(format!("the form is not readable: {}", error.body_text()))
    };
    while let Some(mut field) = form.next_field().await.map_err(unreadable)? {
        if field.name() != Some("file") {
            continue;
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
            if bytes.len() + chunk.len() > MAX_BYTES {
                return Err(Refusal::too_large(format!(
                    "file is larger than {MAX_BYTES} bytes"
                )));
            }
            bytes.extend_from_slice(&chunk);
        }
        return Ok(bytes.into());
    }
    Err(Refusal::bad_request("the form needs file"))
}

mod base64_text {
    use serde::{Deserializer, Serializer, de::Error};

    use super::{BASE64, Bytes, Deserialize, Engine};

    pub(super) fn serialize<S: Serializer>(
        bytes: &Bytes,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(from)?;
        let bytes = BASE64.decode(text).map_err(D::Error::custom)?;
        Ok(bytes.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_what_begins_like_one() {
        for (bytes, format) in [
            (&b"\x89PNG\r\n\x1a\n...."[..], Some(Format::Png)),
            (b"\xff\xd8\xff\xe0", Some(Format::Jpeg)),
            (b"GIF89a", Some(Format::Gif)),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(Format::Webp)),
            (b"<svg xmlns='http://www.w3.org/2000/svg'>", None),
            (b"<script>", None),
            (b"", None),
        ] {
            assert_eq!(Format::of(bytes), format);
        }
    }
}
