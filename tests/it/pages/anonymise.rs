//! Anonymising by a page: offered for leavers alone, and only if the username is typed.

use tidegate_directory::target::Product;

use super::signed_in;
use crate::world::{APP, World, person, until_true};

#[tokio::test(flavor = "multi_thread")]
async fn it_is_offered_for_who_left_and_takes_the_username() {
    let world = World::with_product(Product::Jira).await;
    let browser = signed_in(&world).await;
    let login = person("ada").login;
    let id = world.okta().assign(&person("ada")).await.expect("is assigned").id;
    world.admin.converged(APP).await;
    let page = format!("/admin/apps/default/people/{id}");
    let offered = "Anonymise the account in jira";
    assert!(!browser.get(&page).await.text.contains(offered), "it is in use");

    world.okta().deactivate(&id).await.expect("leaves");
    world.admin.converged(APP).await;
    assert!(browser.get(&page).await.text.contains(offered));
    let csrf = browser.csrf().await;
    let form = |confirm: &str| format!("csrf={csrf}&target=jira&confirm={}", confirm.replace('@', "%40"));
    let send = format!("{page}/anonymise");
    for wrong in ["", "alan"] {
        let refused = browser.post(&send, &form(wrong)).await.text;
        assert!(
            refused.contains("role=\"alert\"") && refused.contains(&login),
            "{refused}"
        );
    }
    assert!(world.product("jira").state().account(&login).is_some());
    let done = browser.post(&send, &form(&login)).await.text;
    assert!(done.contains("is being anonymised"), "{done}");
    let csrf = browser.csrf().await;
    // Done or not by now: the page says which of both.
    let back = browser
        .post(&send, &format!("csrf={csrf}&target=jira&do=withdraw"))
        .await
        .text;
    assert!(
        back.contains("not to be anonymised any longer") || back.contains("is anonymised already"),
        "{back}"
    );
    browser.post(&send, &form(&login)).await;
    until_true("the name is gone", || {
        world.product("jira").state().account(&login).is_none()
    })
    .await;
    world.admin.converged(APP).await;
    let after = browser.get(&page).await.text;
    assert!(
        !after.contains(offered) && after.contains("anonymised"),
        "{after}"
    );
}
