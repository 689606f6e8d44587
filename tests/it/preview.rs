//! What a version would change is shown before it does, changes nothing, and is what then goes live.

use rusqlite::types::Value as Cell;
use serde_json::{Value, json};
use tidegate::preview::{Preview, TargetPreview};
use tidegate_directory::target::Product;
use tidegate_guests::{MISBEHAVE, STANDARD};

use crate::world::{APP, World, person, run};

/// Three people, two of them in a pushed group.
async fn staffed(world: &World) {
    let okta = world.okta();
    let mut ids = Vec::new();
    for name in ["ada", "alan", "grace"] {
        ids.push(okta.assign(&person(name)).await.expect("is assigned"));
    }
    let members: Vec<Value> = ids.iter().take(2).map(|id| json!({"value": id.id})).collect();
    let group = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "crew",
        "members": members});
    let made = world.call(http::Method::POST, "/Groups", &[], Some(group)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    world.admin.converged(APP).await;
}

/// Everything that the database holds of desired state and of what policies stored.
fn desired(world: &World) -> Vec<Vec<Cell>> {
    let database = world.database();
    let mut rows = Vec::new();
    for table in [
        "account",
        "directory_group",
        "membership",
        "group_claim",
        "member_claim",
        "policy_entry",
    ] {
        let mut statement = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let found = statement
            .query_map([], |row| (0..columns).map(|column| row.get(column)).collect())
            .unwrap();
        rows.extend(found.map(|row| row.unwrap()));
    }
    rows
}

async fn tried(world: &World, component: &[u8], settings: Value) -> (i64, Preview) {
    let version = world
        .admin
        .deploy(APP, component, settings)
        .await
        .expect("deploys");
    let preview = world.admin.preview(APP, version.number).await.expect("a preview");
    (version.number, preview)
}

fn target<'a>(preview: &'a Preview, name: &str) -> &'a TargetPreview {
    preview
        .targets
        .iter()
        .find(|target| target.target == name)
        .expect("the target")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_seen_is_what_goes_live_and_nothing_changes_before() {
    let world = World::start().await;
    staffed(&world).await;
    let before = desired(&world);
    let settings = json!({
        "default-groups": ["everybody"],
        "username-rules": [{"pattern": "^grace@.*", "replacement": "hopper"}],
        "groups": {"mapping": [{"from": "crew", "to": ["sailors"]}]},
    });
    let (number, preview) = tried(&world, STANDARD, settings).await;
    assert_eq!(desired(&world), before, "a preview changes nothing");
    assert_eq!((preview.users, preview.groups, preview.base), (3, 1, Some(1)));
    assert_eq!(preview.refused, []);
    for name in ["jira", "confluence", "bitbucket"] {
        let changes = &target(&preview, name).changes;
        assert_eq!(
            (changes.accounts.renamed, changes.accounts.suspended),
            (1, 0),
            "{name}: {changes:#?}"
        );
        assert_eq!(
            (changes.groups.created, changes.groups.released),
            (2, 1),
            "{name}"
        );
        // Three into the new default group, two from the old name of theirs into the new one.
        assert_eq!(
            (changes.memberships.added, changes.memberships.removed),
            (5, 2),
            "{name}"
        );
        assert_eq!(changes.most_affected[0].group, "everybody", "{name}");
        let renamed = changes
            .examples
            .iter()
            .find(|example| example.change == "account renamed");
        assert_eq!(renamed.unwrap().name, "grace@tidal.example → hopper", "{name}");
    }

    let again = world.admin.preview(APP, number).await.expect("a preview");
    assert_eq!(again.digest, preview.digest, "the same data, the same digest");
    let states = world.admin.versions(APP).await;
    assert_eq!(states[0].state, "previewed");
    world
        .admin
        .activate_as_seen(APP, number, &preview.digest)
        .await
        .expect("goes live");
    world.admin.settled(APP).await;
    for name in ["jira", "bitbucket"] {
        let state = world.product(name).state();
        assert_eq!(state.members("everybody").len(), 3, "{name}");
        assert_eq!(
            state.members("sailors"),
            ["ada@tidal.example", "alan@tidal.example"],
            "{name}"
        );
    }
    let after = world.admin.preview(APP, number).await.expect("a preview");
    assert!(after.is_empty(), "what is live changes nothing: {after:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn leavers_of_other_rules_are_counted_and_named() {
    let world = World::with_product(Product::Jira).await;
    staffed(&world).await;
    let (_, preview) = tried(
        &world,
        STANDARD,
        json!({"allowed-domains": ["elsewhere.example"]}),
    )
    .await;
    let changes = &target(&preview, "jira").changes;
    assert_eq!(changes.accounts.suspended, 3, "{preview:#?}");
    assert_eq!(changes.losing_access, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn conflicts_rejections_and_failures_are_told_apart() {
    let world = World::with_product(Product::Jira).await;
    staffed(&world).await;
    let one_name = json!({"username-rules": [{"pattern": "^a.*", "replacement": "shared"}]});
    let (_, preview) = tried(&world, STANDARD, one_name).await;
    let refused = &preview.refused[0];
    assert_eq!(
        (refused.kind.as_str(), refused.count),
        ("conflict", 1),
        "{preview:#?}"
    );
    assert!(refused.examples[0].contains("alan@tidal.example") && refused.examples[0].contains("shared"));
    for (behaviour, kind, words) in [
        ("reject-forbidden", "rejection", "told to: forbidden"),
        ("panic", "failure", "told to panic"),
    ] {
        let (_, preview) = tried(&world, MISBEHAVE, json!({"behaviour": behaviour})).await;
        let refused = &preview.refused[0];
        assert_eq!(refused.kind, kind, "{preview:#?}");
        assert!(
            refused.count >= 3 && refused.examples[0].contains(words),
            "{preview:#?}"
        );
        assert!(
            target(&preview, "jira").changes.is_empty(),
            "what is refused stays as it is"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_on_trial_asks_but_does_not_act() {
    let world = World::with_product(Product::Jira).await;
    world.okta().assign(&person("ada")).await.expect("is assigned");
    world.admin.converged(APP).await;
    let counts = json!({"behaviour": "storage-counter", "namespace": "n", "aloud": true});
    let storage = json!({"storage": {"namespaces": ["n"]}});
    let version = world
        .admin
        .deploy_with(APP, MISBEHAVE, counts, storage)
        .await
        .expect("deploys");
    for _ in 0..2 {
        let preview = world.admin.preview(APP, version.number).await.expect("a preview");
        let words = &preview.refused[0].examples[0];
        assert!(
            words.ends_with(": 1"),
            "what it stores goes with the copy: {words}"
        );
    }
    let acts = json!({"behaviour": "act", "aloud": true});
    let actions = json!({"actions": ["ensure-group"]});
    let version = world
        .admin
        .deploy_with(APP, MISBEHAVE, acts, actions)
        .await
        .expect("deploys");
    let preview = world.admin.preview(APP, version.number).await.expect("a preview");
    let words = &preview.refused[0].examples[0];
    assert!(words.contains("not carried out while rules are tried"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_activation_states_what_was_seen() {
    let world = World::with_product(Product::Jira).await;
    staffed(&world).await;
    let (first, seen) = tried(&world, STANDARD, json!({"default-groups": ["first"]})).await;
    let (second, other) = tried(&world, STANDARD, json!({"default-groups": ["second"]})).await;
    world.admin.set_app(APP, json!({"require-preview": true})).await;
    for (number, digest, words) in [
        (first, "0000", "no preview with this digest"),
        (first, other.digest.as_str(), "another version than 2"),
    ] {
        let refused = world
            .admin
            .activate_as_seen(APP, number, digest)
            .await
            .expect_err(words);
        assert!(refused.to_string().contains(words), "{refused}");
    }
    let blind = world
        .admin
        .activate(APP, first, true)
        .await
        .expect_err("needs a preview");
    assert!(blind.to_string().contains("preview's digest"), "{blind}");
    // A share of everything would be everything.
    let (unseen, canary) = (json!({"default-groups": ["unseen"]}), ["policy", "canary"]);
    let unseen = world.admin.deploy(APP, STANDARD, unseen).await.expect("deploys");
    let refused = run(
        &world.config.data_dir,
        &[&canary[..], &[&unseen.number.to_string()]].concat(),
    );
    assert!(!refused.status.success());
    world.command(&[&canary[..], &[&first.to_string()]].concat());
    world.command(&[&canary[..], &["--off"]].concat());
    world
        .admin
        .activate_as_seen(APP, second, &other.digest)
        .await
        .expect("goes live");
    let stale = world
        .admin
        .activate_as_seen(APP, first, &seen.digest)
        .await
        .expect_err("it compared with another version");
    assert!(
        stale.to_string().contains("another version is in force"),
        "{stale}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_shows_a_table_and_json() {
    let world = World::with_product(Product::Jira).await;
    staffed(&world).await;
    let settings = world.config.data_dir.join("rules.json");
    std::fs::write(&settings, r#"{"default-groups": ["everybody"]}"#).unwrap();
    let given = ["policy", "preview", "--settings", settings.to_str().unwrap()];
    let shown = run(&world.config.data_dir, &given);
    let text = String::from_utf8(shown.stdout).unwrap();
    assert!(
        shown.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&shown.stderr)
    );
    let digest = text.split_whitespace().last().unwrap().to_owned();
    insta::assert_snapshot!(text.replace(&digest, "DIGEST"));
    let as_json = run(&world.config.data_dir, &[&given[..], &["--json"]].concat());
    let preview: Value = serde_json::from_slice(&as_json.stdout).unwrap();
    assert_eq!(
        preview["digest"], digest,
        "the same version is tried again, not another one deployed"
    );
    assert_eq!(preview["targets"][0]["memberships"]["added"], 3);
}
