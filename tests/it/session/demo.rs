//! The whole session of the demonstration, against all three products.

use tidegate_okta::{Dialect, Session};

use crate::world::{APP, Org, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_template_app_keeps_all_three_products_in_step() {
    play(Dialect::Template).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_custom_app_keeps_all_three_products_in_step() {
    play(Dialect::Custom).await;
}

async fn play(dialect: Dialect) {
    let world = World::start().await;
    let okta = world.okta().with_dialect(dialect);
    let (mut session, mut org) = (Session::demo(), Org::default());
    for (number, act) in session.acts().to_vec().iter().enumerate() {
        let mut failures = Vec::new();
        session
            .run_act(number, &okta, |title, result| {
                failures.extend(result.as_ref().err().map(|error| format!("{title}: {error}")));
            })
            .await;
        assert!(failures.is_empty(), "{}: {failures:#?}", act.title);
        act.steps.iter().for_each(|step| org.play(&step.action));
        world.assert_equal_to(&org).await;
    }
    let failed: Vec<_> = okta
        .exchanges()
        .into_iter()
        .filter(|exchange| exchange.is_failure())
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(
        okta.totals().requests > 50,
        "the session is not empty: {:?}",
        okta.totals()
    );

    let held: Vec<usize> = world
        .products
        .iter()
        .map(|product| product.state().accounts().len())
        .collect();
    assert_eq!(held, [13, 13, 13], "twelve people and the administrator");
    assert_eq!(
        world.product("jira").state().members("Support"),
        ["donald.knuth@tidal.example", "hedy.lamarr@tidal.example"]
    );
}

/// The same session twice: Okta links to what is there, and nothing changes in the products.
#[tokio::test(flavor = "multi_thread")]
async fn everybody_assigned_again_is_linked_and_nothing_is_touched() {
    let world = World::start().await;
    let okta = world.okta();
    let mut session = Session::demo();
    assert_eq!(session.run_act(0, &okta, |_, _| ()).await, 0);
    world.admin.converged(APP).await;
    let before: Vec<_> = world
        .products
        .iter()
        .map(|product| product.state().snapshot())
        .collect();

    let mut notes = Vec::new();
    let failed = session
        .run_act(0, &okta, |_, note| notes.extend(note.clone().ok()))
        .await;
    assert_eq!(failed, 0);
    assert!(notes.contains(&"0 created, 9 linked".to_owned()), "{notes:?}");
    world.admin.converged(APP).await;
    let after: Vec<_> = world
        .products
        .iter()
        .map(|product| product.state().snapshot())
        .collect();
    assert_eq!(before, after);
}
