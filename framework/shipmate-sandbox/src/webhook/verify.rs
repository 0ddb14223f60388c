use reqwest::Client;
use url::Url;

use crate::Refusal;

/// Asks a webhook to echo a challenge: `GET <url>?type=subscribe&challenge=<text>` must answer 200
/// with the challenge as the whole body (webhooks, example).
///
/// # Errors
/// 422 with what went wrong.
pub(crate) async fn verify(client: &Client, url: &str, challenge: &str) -> Result<(), Refusal> {
    let failed =
        |problem: &str| Refusal::unprocessable(format!("webhook verification failed: {problem}"));
    let mut url = Url::parse(url).map_err(|error| failed(&error.to_string()))?;
    url.query_pairs_mut()
        .append_pair("type", "subscribe")
        .append_pair("challenge", challenge);
    let response = client
        .get(url)
        .send()
        .await
        .map_err(|_| failed("no answer"))?;
    let status = response.status();
    if status != 200 {
        return Err(failed(&format!("answered {status}")));
    }
    let body = response.text().await.map_err(|_| failed("no body"))?;
    if body == challenge {
        Ok(())
    } else {
        Err(failed("the body is not the challenge"))
    }
}
