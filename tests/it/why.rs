//! "Why does this person have access?": row by row, with request and policy version.

use http::Method;
use serde_json::{Value, json};
use tidegate_directory::target::Product;
use tidegate_guests::STANDARD;
use tidegate_okta::Member;

use crate::world::{APP, World, person, until};

#[tokio::test(flavor = "multi_thread")]
async fn every_row_says_where_it_comes_from_and_what_became_of_it() {
    let world = World::with_product(Product::Jira).await;
    let settings = json!({"default-groups": ["everybody"]});
    let version = world.admin.rule(APP, STANDARD, settings).await;
    let okta = world.okta();
    let login = person("ada").login;
    let ada = okta.assign(&person("ada")).await.expect("is assigned");
    okta.push_group("Crew", &[Member::new(&ada.id, login.as_str())])
        .await
        .expect("is pushed");
    world.admin.converged(APP).await;

    let text = world.command(&["why", &login]);
    let by = format!("(version {})", version.number);
    for words in [
        ada.id.as_str(),
        &by,
        "everybody is a default group",
        "the user's own rules",
        "Crew",
        "done 20",
    ] {
        assert!(text.contains(words), "{words:?} in\n{text}");
    }
    let shown: Value =
        serde_json::from_str(&world.command(&["why", &login.to_uppercase(), "--json"])).expect("JSON");
    let rows = shown[0]["rows"].as_array().expect("rows");
    let of = |object: &str, name: &str| {
        let is = |row: &&Value| row["row"]["object"] == object && row["row"]["name"] == name;
        rows.iter()
            .find(is)
            .unwrap_or_else(|| panic!("{object} {name} in {rows:#?}"))
    };
    assert_eq!(of("account", &login)["row"]["applied"], "active");
    assert_eq!(of("membership", "everybody")["row"]["asked-by"], json!([""]));
    let crew = of("membership", "Crew");
    assert_eq!(
        (&crew["row"]["asked-by"], &crew["row"]["wanted"]),
        (&json!(["Crew"]), &json!("in"))
    );
    assert!(!crew["row"]["request"].as_str().expect("a request").is_empty());

    // What the product refuses stands there in its words.
    world.product("jira").state().set_seats(Some(1));
    let full = okta.assign(&person("alan")).await.expect("is assigned").id;
    let says = |user: String, words: &'static str| {
        let world = &world;
        async move {
            until(words, || async {
                let text = world.command(&["why", &user]);
                if text.contains(words) { Ok(()) } else { Err(text) }
            })
            .await;
        }
    };
    says(full, "tried").await;

    // Somebody who is gone, and whose account is still to be disabled.
    let gone = format!("/Users/{}", ada.id);
    okta.send(Method::DELETE, &gone, None).await.expect("is deleted");
    says(login.clone(), "(deleted").await;
    says(login, "suspended").await;

    let refused = crate::world::run(&world.config.data_dir, &["why", "nobody"]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("nobody in"), "{said}");
}
