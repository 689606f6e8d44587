//! Accounts that were there before: shown to Okta's import, left alone until it writes them, and then taken, not
//! made again.

use serde_json::{Value, json};
use tidegate_directory::target::Product;
use tidegate_guests::STANDARD;
use tidegate_okta::{Member, Profile};
use tidegate_simulators::SimAccount;

use crate::world::{APP, World};

fn seed(world: &World) -> String {
    let state = world.product("jira").state();
    let mut ada = SimAccount::new("alovelace");
    ada.email = "ada@tidal.example".into();
    ada.display_name = "A. Lovelace".into();
    let key = state.seed_account(ada);
    let mut gone = SimAccount::new("gone");
    gone.active = false;
    state.seed_account(gone);
    state.seed_group("Crew");
    state.add_member("Crew", "alovelace");
    key
}

async fn names(world: &World) -> Vec<String> {
    let users = world.okta().import_users().await.expect("is imported");
    let name = |user: &Value| user["userName"].as_str().expect("a name").to_owned();
    let mut names: Vec<_> = users.iter().map(name).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_there_is_imported_and_taken_over_when_okta_writes_it() {
    let world = World::with_product(Product::Jira).await;
    let key = seed(&world);
    let state = world.product("jira").state();
    assert!(
        names(&world).await.is_empty(),
        "only managed ones, unless somebody says otherwise"
    );
    let text = world.command(&["discover", "jira", "--offer"]);
    assert!(
        text.contains("2 users and 2 groups"),
        "Tidegate's own account and administrators stay out: {text}"
    );
    assert_eq!(names(&world).await, ["alovelace", "gone"]);
    let again = world.command(&["discover", "jira", "--offer"]);
    assert!(again.contains("0 users and 0 groups"), "{again}");

    // New rules, decided for everything: those that were only discovered are left alone.
    let before = state.snapshot();
    let version = world
        .admin
        .deploy(APP, STANDARD, json!({"username-case": "lower"}))
        .await
        .expect("deploys");
    let preview = world.admin.preview(APP, version.number).await.expect("a preview");
    assert_eq!((preview.users, preview.groups), (0, 0));
    world
        .admin
        .activate(APP, version.number, true)
        .await
        .expect("activates");
    world.admin.converged(APP).await;
    assert_eq!(state.snapshot(), before);

    // Okta matches Ada by her address and writes her: the account is hers, under the name that the rules make.
    let found = world
        .read("/Users?filter=emails.value%20eq%20%22ada@tidal.example%22")
        .await;
    let id = found["Resources"][0]["id"].as_str().expect("an id").to_owned();
    let ada = Profile::new("ada@tidal.example", "Ada", "Lovelace");
    world.okta().update(&id, &ada).await.expect("is written");
    world.admin.converged(APP).await;
    let account = state.account(&ada.login).expect("is renamed");
    assert_eq!(
        (account.key, account.display_name.as_str()),
        (key, "Ada Lovelace")
    );
    assert!(state.account("alovelace").is_none());

    // The group is linked, and Okta pushes who is in it: nobody who was there is thrown out.
    let okta = world.okta();
    let group = okta
        .link_group("Crew")
        .await
        .expect("is found")
        .expect("is there");
    state.seed_account(SimAccount::new("stranger"));
    state.add_member("Crew", "stranger");
    okta.replace_members(&group, &[Member::new(&id, &ada.login)])
        .await
        .expect("is pushed");
    world.admin.converged(APP).await;
    assert_eq!(state.members("Crew"), [ada.login.as_str(), "stranger"]);
    let text = world.command(&["why", &ada.login]);
    assert!(text.contains("membership Crew"), "{text}");

    // What Okta never wrote is taken back, and the product does not notice.
    let before = state.snapshot();
    let text = world.command(&["discover", "jira", "--last", "--withdraw"]);
    assert!(
        text.contains("2 taken back"),
        "gone, and jira-software-users: {text}"
    );
    assert_eq!(names(&world).await, [ada.login]);
    world.admin.converged(APP).await;
    assert_eq!(state.snapshot(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_okta_deletes_before_it_wrote_it_keeps_its_account() {
    let world = World::with_product(Product::Jira).await;
    seed(&world);
    world.command(&["discover", "jira", "--offer"]);
    let before = world.product("jira").state().snapshot();
    let found = world.read("/Users?filter=userName%20eq%20%22alovelace%22").await;
    let id = found["Resources"][0]["id"].as_str().expect("an id").to_owned();
    let okta = world.okta();
    okta.send(http::Method::DELETE, &format!("/Users/{id}"), None)
        .await
        .expect("is deleted");
    world.admin.converged(APP).await;
    assert_eq!(world.product("jira").state().snapshot(), before);
    assert_eq!(names(&world).await, ["gone"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_s_setting_shows_what_readings_discover_and_takes_it_back() {
    let world = World::with_product(Product::Jira).await;
    seed(&world);
    world.command(&["drift", "jira"]);
    assert!(names(&world).await.is_empty(), "managed ones alone");
    let said = world.command(&["app", "set", "--offer-discovered", "true"]);
    assert!(
        said.contains("import shows: managed, and what readings discover"),
        "{said}"
    );
    world.command(&["drift", "jira"]);
    assert_eq!(names(&world).await, ["alovelace", "gone"]);
    // Somebody who comes later is found by the next reading; it says nothing of those it knows.
    world
        .product("jira")
        .state()
        .seed_account(SimAccount::new("late"));
    world.command(&["discover", "jira"]);
    assert_eq!(names(&world).await, ["alovelace", "gone", "late"]);

    let users = world.okta().import_users().await.expect("is imported");
    let late = users
        .iter()
        .find(|user| user["userName"] == "late")
        .expect("is there");
    let id = late["id"].as_str().expect("an id").to_owned();
    let late = Profile::new("late@tidal.example", "Late", "Comer");
    world.okta().update(&id, &late).await.expect("is written");
    let said = world.command(&["app", "set", "--offer-discovered", "false"]);
    assert!(
        said.contains("import shows: managed, and what was offered by hand"),
        "{said}"
    );
    assert_eq!(
        names(&world).await,
        ["late@tidal.example"],
        "who was taken over stays"
    );
    world.command(&["drift", "jira"]);
    assert_eq!(names(&world).await, ["late@tidal.example"]);
}
