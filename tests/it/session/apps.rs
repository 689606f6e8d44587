//! Several apps side by side, each with its address, token and targets.

use http::Method;
use tidegate_directory::target::Product;
use tidegate_okta::Profile;

use crate::world::{APP, Org, PRODUCTS, Simulated, World, okta, person};

#[tokio::test(flavor = "multi_thread")]
async fn two_apps_never_mix() {
    let world = World::start().await;
    let other = world.admin.create_app("second").await;
    let other_url = world.here(&other);
    let mut others = Vec::new();
    for product in PRODUCTS {
        let simulated = Simulated::start(product, "secret").await;
        world
            .admin
            .put_target("second", &simulated.target("secret"))
            .await;
        others.push(simulated);
    }

    // The token of one does not open the other.
    for (url, token) in [
        (&world.base_url(), other.token.as_str()),
        (&other_url, world.token()),
    ] {
        for (method, path) in [
            (Method::GET, "/Users"),
            (Method::POST, "/Groups"),
            (Method::GET, "/Schemas"),
        ] {
            let answer = okta(url, token)
                .send(method, path, None)
                .await
                .expect("an answer");
            assert_eq!(answer.status, 401, "{path}: {}", answer.text);
        }
    }

    // The same person in both, with another name; a group of the same name in one.
    let (here, there) = (world.okta(), okta(&other_url, &other.token));
    let ada = Profile::new("ada@tidal.example", "Ada", "Lovelace");
    let countess = Profile::new("ada@tidal.example", "Ada", "King");
    let ada_here = here.assign(&ada).await.expect("is assigned");
    let ada_there = there.assign(&countess).await.expect("is assigned");
    assert!(!ada_there.linked && ada_here.id != ada_there.id);
    here.push_group("Crew", &[tidegate_okta::Member::new(&ada_here.id, &ada.login)])
        .await
        .expect("is pushed");
    let only_there = person("alan");
    there.assign(&only_there).await.expect("is assigned");

    // Neither sees, changes or joins what belongs to the other.
    assert_eq!(here.import_users().await.expect("is imported").len(), 1);
    assert_eq!(there.import_users().await.expect("is imported").len(), 2);
    assert_eq!(there.import_groups().await.expect("is imported").len(), 0);
    let foreign = there
        .send(Method::GET, &format!("/Users/{}", ada_here.id), None)
        .await
        .expect("an answer");
    assert_eq!(foreign.status, 404, "{}", foreign.text);
    let error = there.deactivate(&ada_here.id).await.expect_err("is not found");
    assert_eq!(error.status(), Some(404));
    let stranger = tidegate_okta::Member::new(&ada_here.id, &ada.login);
    let error = there
        .push_group("Other crew", &[stranger])
        .await
        .expect_err("is refused");
    assert_eq!(error.status(), Some(400), "{error}");

    world.admin.converged("second").await;
    let (mut org, mut second) = (Org::default(), Org::default());
    org.assign(&ada);
    org.set_members("Crew", [ada.login.as_str()]);
    world.assert_equal_to(&org).await;
    second.assign(&countess);
    second.assign(&only_there);
    second.set_members("Other crew", []);
    second.assert_held_by(&others);
    assert!(others.iter().any(|product| product.product == Product::Jira));

    // Rules belong to one app.
    let settings = serde_json::json!({"import-users": false});
    world
        .admin
        .rule("second", tidegate_guests::STANDARD, settings)
        .await;
    assert_eq!(world.admin.versions(APP).await.len(), 1);
}
