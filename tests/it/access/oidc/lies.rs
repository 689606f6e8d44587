//! An issuer that does not say what it must, or somebody who speaks for it.

use serde_json::json;

use super::{Browser, Issuer, Lie, ada, come, trail, who, world_at};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_for_this_sign_in_by_this_issuer_opens_nothing() {
    let issuer = Issuer::start(ada(&["tidegate-administrators"])).await;
    let world = world_at(&issuer.url()).await;
    let lies = [
        Lie::Nonce,
        Lie::Issuer,
        Lie::Audience,
        Lie::TwoAudiences,
        Lie::Expired,
        Lie::Unsigned,
        Lie::ByTheSecret,
        Lie::ByThePublicKey,
        Lie::ByAnotherKey,
        Lie::NoIdToken,
    ];
    for lie in lies {
        issuer.tell(|told| told.lie = lie);
        let browser = Browser::new();
        let page = come(&world, &browser).await;
        assert_eq!(page.status, 403, "{lie:?}: {}", page.text);
        assert!(
            page.text.contains("could not be verified"),
            "{lie:?}: {}",
            page.text
        );
        assert_eq!(who(&world, &browser).await, None, "{lie:?}");
    }
    let refused = trail(&world, "access.refuse");
    assert_eq!(refused.len(), lies.len());
    for (subject, detail) in &refused {
        assert_eq!(
            (subject.as_str(), &detail["why"]),
            ("unknown", &json!("unverified"))
        );
    }
    issuer.tell(|told| told.lie = Lie::None);
    assert_eq!(come(&world, &Browser::new()).await.status, 200, "the truth does");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_userinfo_says_about_another_is_not_taken() {
    let issuer = Issuer::start(json!({"sub": "00u1ada"})).await;
    let world = world_at(&issuer.url()).await;
    issuer.tell(|told| {
        told.lie = Lie::AnotherSubject;
        told.info = ada(&["tidegate-administrators"])
            .as_object()
            .expect("claims")
            .clone();
    });
    let browser = Browser::new();
    assert_eq!(come(&world, &browser).await.status, 403);
    assert_eq!(who(&world, &browser).await, None);
}

/// RFC 9207: the answer says whose it is.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_another_issuer_is_not_taken() {
    let issuer = Issuer::start(ada(&["tidegate-administrators"])).await;
    let world = world_at(&issuer.url()).await;
    issuer.tell(|told| told.lie = Lie::IssuerInTheAddress);
    assert_eq!(come(&world, &Browser::new()).await.status, 400);
    assert_eq!(issuer.tell(|told| told.exchanges), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_description_that_is_another_s_or_has_no_end_is_not_taken() {
    for (lie, words) in [
        (Lie::Description, "unexpected issuer URI"),
        (Lie::Endless, "too large"),
    ] {
        let issuer = Issuer::start(ada(&["tidegate-administrators"])).await;
        issuer.tell(|told| told.lie = lie);
        let world = world_at(&issuer.url()).await;
        let page = come(&world, &Browser::new()).await;
        assert_eq!(page.status, 502, "{lie:?}: {}", page.text);
        assert!(page.text.contains(words), "{lie:?}: {}", page.text);
    }
}

/// The issuer may be anywhere; where it sends us on to may not be in our own network.
#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_cannot_send_the_server_into_its_own_network() {
    let issuer = Issuer::start(ada(&["tidegate-administrators"])).await;
    issuer.tell(|told| told.lie = Lie::Inwards);
    let world = world_at(&issuer.url()).await;
    let page = come(&world, &Browser::new()).await;
    assert_eq!(page.status, 502);
    assert!(page.text.contains("not a public address"), "{}", page.text);
}
