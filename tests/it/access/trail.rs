//! What is done over the network is in the audit trail, and the trail says where it was changed.

use http::Method;
use serde_json::{Value, json};

use super::{Caller, PASSWORD, ask, by_hand, get, post, set_up, sign_in, token};
use crate::world::{APP, World, run};

/// The newest lines, newest first: actor, action, subject, detail.
fn lines(world: &World, count: u32) -> Vec<(String, String, String, Value)> {
    let database = world.database();
    let mut statement = database
        .prepare("SELECT actor, action, subject, detail FROM audit ORDER BY seq DESC LIMIT ?1")
        .expect("a statement");
    let rows = statement.query_map([count], |row| {
        let detail: String = row.get(3)?;
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            serde_json::from_str(&detail).expect("JSON"),
        ))
    });
    rows.expect("rows").map(|row| row.expect("a row")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_action_is_noted_with_who_from_where_and_what() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    let ci = token(&world, &ada, json!({"name": "ci", "role": "operator"})).await;
    let release = format!("/apps/{APP}/brake/release");
    assert_eq!(post(&world, &ci, &release, json!({})).await.status, 200);
    let (actor, action, subject, detail) = lines(&world, 1).remove(0);
    assert_eq!(
        (actor.as_str(), action.as_str(), subject.as_str()),
        ("token:ci", "POST /apps/{app}/brake/release", release.as_str())
    );
    assert_eq!(
        detail,
        json!({"role": "operator", "status": 200, "from": "127.0.0.1"})
    );

    // What is refused is noted as well.
    assert_eq!(
        post(&world, &ci, "/apps", json!({"name": "made"})).await.status,
        403
    );
    assert_eq!(lines(&world, 1)[0].3["status"], 403);
    assert_eq!(sign_in(&world, "ada", "wrong").await.status, 401);
    let refused = lines(&world, 1).remove(0);
    assert_eq!((refused.1.as_str(), refused.2.as_str()), ("access.refuse", "Ada"));
    assert_eq!(sign_in(&world, PASSWORD, "ada").await.status, 401);
    assert_eq!(
        lines(&world, 1)[0].2,
        "unknown",
        "a password in the wrong field is not kept"
    );
    // A handler's own line has the same actor.
    let settings = json!({"settings": {}});
    assert_eq!(
        post(&world, &ada, &format!("/apps/{APP}/policies"), settings)
            .await
            .status,
        200
    );
    let own = lines(&world, 2);
    assert_eq!(
        (own[1].0.as_str(), own[1].1.as_str()),
        ("administrator:Ada", "policy.deploy")
    );
    // On this machine it is the socket.
    world.admin.create_app("second").await;
    let (actor, action, ..) = lines(&world, 1).remove(0);
    assert_eq!((actor.as_str(), action.as_str()), ("socket", "POST /apps"));
    // Reading is not an action.
    let before = lines(&world, 1);
    get(&world, &ada, "/status").await;
    assert_eq!(lines(&world, 1), before);
    let out = ask(&world, &ada, Method::DELETE, "/session", None).await;
    assert_eq!(out.status, 204);
    assert_eq!(lines(&world, 1)[0].1, "DELETE /session");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_was_changed_by_hand_is_named() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    token(&world, &ada, json!({"name": "ci", "role": "operator"})).await;
    let whole = world.command(&["audit", "verify"]);
    assert!(whole.contains("lines are as they were written"), "{whole}");
    let exported = world.command(&["audit", "export"]);
    let count = exported.lines().count();
    assert!(
        whole.starts_with(&format!("{count} lines")),
        "{whole}\n{exported}"
    );
    let last: Value = serde_json::from_str(exported.lines().last().expect("a line")).expect("JSON");
    assert!(whole.contains(last["hash"].as_str().expect("a hash")), "{whole}");
    assert_eq!(last["actor"], "administrator:Ada");
    assert_eq!(world.command(&["audit", "export", "--since", "2999-01-01"]), "");
    let all = world.command(&["audit", "export", "--since", "2020-01-01T00:00:00Z"]);
    assert_eq!(all, exported);
    for secret in [PASSWORD, "tga_", "tgs_", "argon2"] {
        assert!(!exported.contains(secret), "{secret}");
    }

    by_hand(
        &world,
        "DROP TRIGGER audit_stays; UPDATE audit SET actor = 'administrator:Eve' WHERE seq = 3",
    );
    let broken = run(&world.config.data_dir, &["audit", "verify"]);
    assert_eq!(broken.status.code(), Some(1));
    let said = String::from_utf8_lossy(&broken.stderr).into_owned();
    assert!(
        said.contains("line 3") && said.contains("not as it was written"),
        "{said}"
    );
    let answer = get(&world, &Caller::default(), "/audit/verify").await;
    assert_eq!(answer.status, 401);
    assert_eq!(get(&world, &ada, "/audit/verify").await.body["broken"]["line"], 3);
}
