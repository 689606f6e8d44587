//! OAuth 2.0 client credentials, and basic authentication for old clients.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::{Method, Request, header};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tidegate::admin::answers::NewClient;

use crate::world::{APP, RawAnswer, World, exchange};

/// The key pair of RFC 8037 appendix A: everybody knows it.
const PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const PRIVATE: [u8; 32] = [
    0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44,
    0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
];

async fn token(world: &World, client: &NewClient, form: &[(&str, &str)], basic: Option<&str>) -> RawAnswer {
    let (_, path) = client.token_endpoint.split_once("/oauth/").expect("an address");
    let pairs = form.iter().map(|(name, value)| {
        let value = percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
        format!("{name}={value}")
    });
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(format!("/oauth/{path}"))
        .header(header::HOST, world.address().to_string())
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(secret) = basic {
        let pair = BASE64_STANDARD.encode(format!("{}:{secret}", client.client_id));
        request = request.header(header::AUTHORIZATION, format!("Basic {pair}"));
    }
    let body = Bytes::from(pairs.collect::<Vec<_>>().join("&"));
    exchange(world.address(), request.body(body).expect("a request"))
        .await
        .expect("an answer")
}

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

async fn by_secret(world: &World, client: &NewClient, secret: &str) -> RawAnswer {
    token(world, client, &[GRANT], Some(secret)).await
}

/// Whether a credential opens the first app.
async fn opens(world: &World, authorization: &str) -> bool {
    let answer = world
        .call(Method::GET, "/Users", &[("authorization", authorization)], None)
        .await;
    assert!([200, 401].contains(&answer.status), "{}", answer.text);
    answer.status == 200
}

fn bearer(answer: &RawAnswer) -> String {
    format!(
        "Bearer {}",
        answer.body["access_token"].as_str().expect("a token")
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_with_a_secret_obtains_tokens_for_its_app() {
    let world = World::bare().await;
    let schemes = async || {
        let config = world.read("/ServiceProviderConfig").await;
        let schemes = config["authenticationSchemes"]
            .as_array()
            .expect("schemes")
            .iter();
        schemes
            .map(|scheme| scheme["type"].as_str().expect("text").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(schemes().await, ["oauthbearertoken"]);
    let client = world
        .admin
        .create_client(APP, "okta", None)
        .await
        .expect("a client");
    assert_eq!(schemes().await, ["oauthbearertoken", "oauth2"]);
    let secret = client.client_secret.clone().expect("a secret");

    let answer = by_secret(&world, &client, &secret).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(
        (&answer.body["token_type"], &answer.body["expires_in"]),
        (&json!("Bearer"), &json!(3_600))
    );
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert!(opens(&world, &bearer(&answer)).await);
    let posted = token(
        &world,
        &client,
        &[
            GRANT,
            ("client_id", &client.client_id),
            ("client_secret", &secret),
        ],
        None,
    )
    .await;
    assert!(opens(&world, &bearer(&posted)).await);
    assert!(
        !opens(&world, &format!("Bearer {secret}")).await,
        "the secret itself opens nothing"
    );

    // Wrong in any part: the same answer.
    for (answer, status, keyword) in [
        (by_secret(&world, &client, "wrong").await, 401, "invalid_client"),
        (
            token(&world, &client, &[GRANT], None).await,
            401,
            "invalid_client",
        ),
        (
            token(&world, &client, &[("grant_type", "password")], Some(&secret)).await,
            400,
            "unsupported_grant_type",
        ),
        (
            token(&world, &client, &[], Some(&secret)).await,
            400,
            "invalid_request",
        ),
    ] {
        assert_eq!(
            (answer.status, &answer.body["error"]),
            (status, &json!(keyword)),
            "{}",
            answer.text
        );
        assert!(!answer.text.contains(&secret));
    }
    let elsewhere = NewClient {
        token_endpoint: client.token_endpoint.replace("/oauth/", "/oauth/f"),
        ..client.clone()
    };
    assert_eq!(by_secret(&world, &elsewhere, &secret).await.status, 401);

    // The token of one app does not open another.
    let other = world.admin.create_app("second").await;
    let foreign = crate::world::okta(&world.here(&other), bearer(&answer).trim_start_matches("Bearer "));
    assert_eq!(
        foreign
            .send(Method::GET, "/Users", None)
            .await
            .expect("an answer")
            .status,
        401
    );

    // Rotated with an overlap, then without one; then removed, and its tokens with it.
    let second = world
        .admin
        .rotate_client_secret(APP, "okta", 600)
        .await
        .client_secret
        .expect("a secret");
    for secret in [&secret, &second] {
        assert_eq!(by_secret(&world, &client, secret).await.status, 200);
    }
    let third = world
        .admin
        .rotate_client_secret(APP, "okta", 0)
        .await
        .client_secret
        .expect("a secret");
    assert_eq!(by_secret(&world, &client, &second).await.status, 401);
    assert_eq!(by_secret(&world, &client, &third).await.status, 200);
    assert!(opens(&world, &bearer(&answer)).await);
    world.admin.remove_client(APP, "okta").await;
    assert!(!opens(&world, &bearer(&answer)).await);
    assert_eq!(by_secret(&world, &client, &third).await.status, 401);
}

fn keys() -> Value {
    json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": PUBLIC, "kid": "one"}]})
}

fn signed(algorithm: Algorithm, kid: Option<&str>, claims: &Value) -> String {
    // PKCS #8 around the 32 bytes (RFC 8410).
    let mut der = vec![
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ];
    der.extend(PRIVATE);
    let key = match algorithm {
        // The public key as a shared secret: an old trick.
        Algorithm::HS256 => EncodingKey::from_secret(PUBLIC.as_bytes()),
        _ => EncodingKey::from_ed_der(&der),
    };
    let header = Header {
        kid: kid.map(str::to_owned),
        ..Header::new(algorithm)
    };
    encode(&header, claims, &key).expect("is signed")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_with_keys_signs_assertions() {
    let world = World::bare().await;
    let client = world
        .admin
        .create_client(APP, "entra", Some(keys()))
        .await
        .expect("a client");
    assert_eq!(client.client_secret, None);
    let now = tidegate::clock::now_ms() / 1_000;
    let claims = |jti: &str| {
        json!({
            "iss": client.client_id, "sub": client.client_id, "aud": client.token_endpoint,
            "iat": now, "exp": now + 300, "jti": jti,
        })
    };
    let ask = async |assertion: &str| {
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let form = [
            GRANT,
            ("client_assertion_type", kind),
            ("client_assertion", assertion),
        ];
        token(&world, &client, &form, None).await
    };
    let first = signed(Algorithm::EdDSA, Some("one"), &claims("1"));
    let answer = ask(&first).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(opens(&world, &bearer(&answer)).await);
    assert_eq!(ask(&first).await.status, 401, "each assertion once");
    let issuer_only = {
        let mut claims = claims("2");
        claims["aud"] = json!(["elsewhere", client.issuer]);
        signed(Algorithm::EdDSA, None, &claims)
    };
    assert_eq!(ask(&issuer_only).await.status, 200);

    let with = |name: &str, value: Value| {
        let mut claims = claims(name);
        claims[name] = value;
        signed(Algorithm::EdDSA, Some("one"), &claims)
    };
    let without = |name: &str| {
        let mut claims = claims(name);
        claims.as_object_mut().expect("claims").remove(name);
        signed(Algorithm::EdDSA, Some("one"), &claims)
    };
    let (head, signature) = first.rsplit_once('.').expect("three parts");
    let tampered = format!("{head}.{}A", &signature[..signature.len() - 1]);
    for (case, assertion) in [
        (
            "another audience",
            with("aud", json!("https://elsewhere.example")),
        ),
        ("over", with("exp", json!(now - 120))),
        ("good for a day", with("exp", json!(now + 86_400))),
        ("not yet", with("nbf", json!(now + 600))),
        ("another issuer", with("iss", json!("somebody"))),
        ("another subject", with("sub", json!("somebody"))),
        ("no end", without("exp")),
        ("no identifier", without("jti")),
        ("no audience", without("aud")),
        (
            "another key id",
            signed(Algorithm::EdDSA, Some("two"), &claims("k")),
        ),
        (
            "a shared secret",
            signed(Algorithm::HS256, Some("one"), &claims("h")),
        ),
        ("tampered with", tampered),
        ("no JWT", "x.y.z".into()),
        ("nothing", ".".into()),
        ("long", "x".repeat(10_000)),
    ] {
        let answer = ask(&assertion).await;
        assert_eq!(
            (answer.status, &answer.body["error"]),
            (401, &json!("invalid_client")),
            "{case}"
        );
    }

    // Keys that are no secret any more, or never were keys, are not registered.
    for wrong in [
        json!({}),
        json!({"keys": []}),
        json!({"keys": [{"kty": "oct", "k": "AAAA"}]}),
    ] {
        assert!(
            world
                .admin
                .create_client(APP, "other", Some(wrong))
                .await
                .is_err()
        );
    }
    assert!(
        world.admin.create_client(APP, "ENTRA", None).await.is_err(),
        "the name is taken"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_issuer_describes_itself() {
    let world = World::bare().await;
    let client = world
        .admin
        .create_client(APP, "okta", None)
        .await
        .expect("a client");
    let (_, path) = client.issuer.split_once("/oauth/").expect("an address");
    let request = Request::get(format!("/.well-known/oauth-authorization-server/oauth/{path}"))
        .header(header::HOST, world.address().to_string())
        .body(Bytes::new())
        .expect("a request");
    let answer = exchange(world.address(), request).await.expect("an answer");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["issuer"], client.issuer);
    assert_eq!(answer.body["token_endpoint"], client.token_endpoint);
    assert_eq!(
        answer.body["grant_types_supported"],
        json!(["client_credentials"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn basic_authentication_is_off_until_it_is_wanted() {
    let world = World::bare().await;
    let pair = BASE64_STANDARD.encode(format!("okta:{}", world.token()));
    let basic = format!("Basic {pair}");
    assert!(!opens(&world, &basic).await);
    world
        .admin
        .set_app(APP, json!({"basic-authentication": true}))
        .await;
    assert!(opens(&world, &basic).await);
    let stranger = world
        .call(Method::GET, "/Users", &[("authorization", "Bearer x")], None)
        .await;
    let named: Vec<_> = stranger.headers.get_all("www-authenticate").iter().collect();
    assert_eq!(
        named,
        [
            "Bearer realm=\"tidegate\"",
            "Basic realm=\"tidegate\", charset=\"UTF-8\""
        ]
    );
    let schemes = world.read("/ServiceProviderConfig").await["authenticationSchemes"].clone();
    assert_eq!(schemes[1]["type"], "httpbasic");
    world
        .admin
        .set_app(APP, json!({"basic-authentication": false}))
        .await;
    assert!(!opens(&world, &basic).await);
}
