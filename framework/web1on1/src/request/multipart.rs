//! Files as request bodies.

use bytes::{BufMut as _, Bytes, BytesMut};
use reqwest::header::HeaderValue;

use super::Request;
use crate::Error;

impl Request {
    /// Sends a file as the field `file` of a multipart form (RFC 7578), as avatars are uploaded.
    ///
    /// # Errors
    ///
    /// [`Error::Unsendable`] if `content_type` is not a media type such as `image/jpeg`.
    pub fn multipart(
        mut self,
        file_name: &str,
        content_type: &str,
        content: &[u8],
    ) -> Result<Self, Error> {
        let is_media_type = content_type.contains('/')
            && content_type
                .bytes()
                .all(|byte| byte.is_ascii_graphic() || byte == b' ');
        let boundary = boundary(content);
        let header = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"));
        match header {
            Ok(header) if is_media_type => self.content_type = header,
            _ => {
                return Err(self.unsendable("its file needs a media type such as `image/jpeg`"));
            }
        }
        Ok(self.body(encode(&boundary, file_name, content_type, content)))
    }
}

/// A line that the content does not hold. The same content always gets the same one.
fn boundary(content: &[u8]) -> String {
    let mut boundary = "web1on1-file".to_owned();
    while holds(content, boundary.as_bytes()) {
        boundary.push('-');
    }
    boundary
}

fn holds(content: &[u8], text: &[u8]) -> bool {
    content.windows(text.len()).any(|window| window == text)
}

fn encode(boundary: &str, file_name: &str, content_type: &str, content: &[u8]) -> Bytes {
    // As browsers write names (HTML, multipart form data).
    let file_name = file_name
        .replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A");
    let head = format!(
        "--{boundary}\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\n\
         Content-Type: {content_type}\r\n\r\n"
    );
    let mut body = BytesMut::with_capacity(head.len() + content.len() + boundary.len() + 8);
    body.put_slice(head.as_bytes());
    body.put_slice(content);
    body.put_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    body.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_between_boundaries_that_it_does_not_hold() {
        assert_eq!(
            encode("b", "a \"b\"\r\n.jpg", "image/jpeg", b"JPEG"),
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a %22b%22%0D%0A.jpg\"\r\n\
             Content-Type: image/jpeg\r\n\r\nJPEG\r\n--b--\r\n"
                .as_bytes()
        );
        assert_eq!(boundary(b""), "web1on1-file");
        assert_eq!(boundary(b"\r\n--web1on1-file--"), "web1on1-file---");
    }

    #[test]
    fn a_media_type_that_is_none_is_refused() {
        for content_type in ["", "jpeg", "image/jpeg\r\nX: y", "image/é"] {
            let request = Request::post(["users", "1", "avatar"]);
            let error = request.multipart("a", content_type, b"").unwrap_err();
            assert!(
                error.to_string().contains("media type"),
                "{content_type}: {error}"
            );
        }
    }
}
