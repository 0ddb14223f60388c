//! Asks a running service, by its operator's page, to do what only it can: it has the store.

use std::{net::SocketAddr, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use secrecy::ExposeSecret;
use serde::Deserialize;
use tokio::net::TcpStream;

use super::Failure;
use crate::{console::OPERATOR_HEADER, settings::Settings};

/// Forgetting waits for a hook that is at work, and writes the store anew.
const PATIENCE: Duration = Duration::from_mins(5);

/// What the service did.
#[derive(Debug, Deserialize)]
pub(super) struct Told {
    pub(super) count: u64,
    pub(super) words: String,
}

/// Posts `form` to `path` of the operator's page.
pub(super) async fn ask(
    settings: &Settings,
    path: &str,
    form: &[(&str, &str)],
) -> Result<Told, Failure> {
    let address = reachable(settings.console_listen);
    let exchange = exchange(settings, address, path, form);
    match tokio::time::timeout(PATIENCE, exchange).await {
        Ok(answer) => answer,
        Err(_) => Err(format!(
            "the service at http://{address} did not answer in {} min; look into its log",
            PATIENCE.as_secs() / 60
        )
        .into()),
    }
}

/// A service that listens everywhere listens on this machine too.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

async fn exchange(
    settings: &Settings,
    address: SocketAddr,
    path: &str,
    form: &[(&str, &str)],
) -> Result<Told, Failure> {
    let stream = TcpStream::connect(address).await.map_err(|error| {
        format!(
            "a service has the store, and its operator's page does not answer at http://{address} ({error}); \
             set SHIPMATE_CONSOLE_LISTEN as the service has it, or stop the service"
        )
    })?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let answer = sender
        .send_request(request(settings, address, path, form)?)
        .await?;
    let status = answer.status();
    let body = answer.into_body().collect().await?.to_bytes();
    connection.abort();
    match status {
        StatusCode::OK => serde_json::from_slice(&body).map_err(|_| {
            format!("what answers at http://{address} is no operator's page of this version").into()
        }),
        StatusCode::UNAUTHORIZED => Err(
            "the operator's page wants its token; set SHIPMATE_CONSOLE_TOKEN as the service has it"
                .into(),
        ),
        status => {
            let words = crate::why::plain(&String::from_utf8_lossy(&body));
            Err(format!("the service at http://{address} answers {status}: {words}").into())
        }
    }
}

fn request(
    settings: &Settings,
    address: SocketAddr,
    path: &str,
    form: &[(&str, &str)],
) -> Result<Request<Full<Bytes>>, Failure> {
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let mut request = Request::post(path)
        .header(header::HOST, address.to_string())
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(OPERATOR_HEADER, "1");
    if let Some(token) = &settings.console_token {
        let pair = STANDARD.encode(format!("operator:{}", token.expose_secret()));
        request = request.header(header::AUTHORIZATION, format!("Basic {pair}"));
    }
    Ok(request.body(Full::from(form))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_served_everywhere_is_reached_here() {
        for (listen, reached) in [
            ("0.0.0.0:8081", "127.0.0.1:8081"),
            ("[::]:8081", "[::1]:8081"),
            ("10.0.0.7:8081", "10.0.0.7:8081"),
        ] {
            assert_eq!(reachable(listen.parse().unwrap()).to_string(), reached);
        }
    }
}
