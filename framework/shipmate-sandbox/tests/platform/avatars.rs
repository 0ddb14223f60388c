use reqwest::{
    Method,
    header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
};
use serde_json::Value;

use crate::world::{Reply, World};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and what follows";

async fn upload(world: &World, name: &str, bytes: &[u8]) -> Reply {
    let mut body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.svg\"\r\n\
         Content-Type: image/svg+xml\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    let path = format!("/users/{}/avatar", world.demo.agent);
    let request = world
        .as_admin(Method::POST, &path)
        .header(CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(body);
    Reply::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn an_avatar_is_uploaded_served_and_deleted() {
    let world = World::new().await;
    let user = upload(&world, "file", PNG).await;
    assert_eq!(user.status, 201);
    let path = format!("/users/{}", world.demo.agent);
    assert_eq!(user.location.as_ref(), Some(&path));
    let address = user.body["avatar"].as_str().unwrap();
    let served = world.http.get(address).send().await.unwrap();
    let header = |name| served.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header(CONTENT_TYPE), "image/png");
    assert_eq!(header(X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert_eq!(
        header(CONTENT_SECURITY_POLICY),
        "default-src 'none'; sandbox"
    );
    assert_eq!(served.bytes().await.unwrap(), PNG);
    let deleted = world.as_admin(Method::DELETE, &format!("{path}/avatar"));
    assert_eq!(deleted.send().await.unwrap().status(), 204);
    assert_eq!(world.get(&path).await.body["avatar"], Value::Null);
    assert_eq!(world.http.get(address).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn what_is_no_picture_is_refused() {
    let world = World::new().await;
    let script = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    let large = vec![0; (2 << 20) + 1];
    for (name, bytes, status, reason) in [
        ("file", &script[..], 422, "file is not a picture"),
        ("picture", PNG, 400, "the form needs file"),
        ("file", &large, 413, "file is larger than 2097152 bytes"),
    ] {
        let reply = upload(&world, name, bytes).await;
        assert_eq!(reply.status, status);
        assert!(reply.message().starts_with(reason), "{}", reply.message());
    }
    let path = format!("/users/{}/avatar", world.demo.agent);
    let plain = world.as_admin(Method::POST, &path).body("x");
    let plain = Reply::of(plain.send().await.unwrap()).await;
    assert_eq!(plain.status, 400);
    assert!(!plain.message().is_empty());
    let foreign = Reply::of(world.as_bot(Method::DELETE, &path).send().await.unwrap()).await;
    assert_eq!(foreign.status, 403);
}
