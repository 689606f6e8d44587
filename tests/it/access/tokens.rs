//! API tokens.

use http::Method;
use serde_json::json;

use super::{ask, by_hand, get, post, set_up, token};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_ends_and_is_removed() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    let ci = token(&world, &ada, json!({"name": "ci", "role": "viewer", "days": 7})).await;
    let secret = ci.0[0].1.trim_start_matches("Bearer ").to_owned();
    assert!(secret.starts_with("tga_") && secret.len() == 68);
    let who = get(&world, &ci, "/session").await;
    assert_eq!(
        (&who.body["name"], &who.body["csrf-token"]),
        (&json!("ci"), &json!(null))
    );

    let list = get(&world, &ada, "/tokens").await;
    assert_eq!(list.body[0]["name"], "ci");
    let lasts = list.body[0]["expires-ms"]
        .as_i64()
        .zip(list.body[0]["created-ms"].as_i64());
    assert_eq!(lasts.map(|(end, begin)| end - begin), Some(7 * 24 * 3_600_000));
    for text in [list.text, get(&world, &ada, "/audit").await.text] {
        assert!(!text.contains(&secret) && !text.contains("hash\":\"\""), "{text}");
    }
    for file in ["tidegate.db", "tidegate.db-wal"] {
        let bytes = std::fs::read(world.config.data_dir.join(file)).unwrap_or_default();
        assert!(
            !bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes()),
            "{file}"
        );
    }
    let twice = post(&world, &ada, "/tokens", json!({"name": "CI", "role": "viewer"})).await;
    assert_eq!(twice.status, 409);

    by_hand(&world, "UPDATE admin_token SET expires_ms = 1");
    assert_eq!(get(&world, &ci, "/status").await.status, 401, "it has ended");
    let next = token(&world, &ada, json!({"name": "ci", "role": "viewer"})).await;
    assert_eq!(
        get(&world, &next, "/status").await.status,
        200,
        "an ended one is in nobody's way"
    );
    assert_eq!(
        ask(&world, &ada, Method::DELETE, "/tokens/Ci", None).await.status,
        204
    );
    assert_eq!(get(&world, &next, "/status").await.status, 401);
    assert_eq!(
        ask(&world, &ada, Method::DELETE, "/tokens/ci", None).await.status,
        404
    );
    let gone = ask(&world, &next, Method::DELETE, "/session", None).await;
    assert_eq!(gone.status, 401);
}
