//! An issuer that signs in whoever comes, and lies as it is told. What is right about it oidc-provider shows (`judge.rs`).

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use http::{HeaderMap, StatusCode};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

pub(super) const CLIENT: &str = "tidegate at home";
pub(super) const SECRET: &str = "a secret with : and % in it";

/// The key pair of RFC 8037 appendix A, and another: everybody knows them.
const PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const PRIVATE: [u8; 32] = [
    0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44,
    0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
];

/// What it does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Lie {
    #[default]
    None,
    Nonce,
    Issuer,
    Audience,
    TwoAudiences,
    Expired,
    Unsigned,
    /// With the client secret as the key of a MAC.
    ByTheSecret,
    /// With its own public key as the key of a MAC.
    ByThePublicKey,
    /// With a key of somebody else under its own key's name.
    ByAnotherKey,
    NoIdToken,
    /// In the address that it sends the browser back to.
    IssuerInTheAddress,
    /// Says userinfo about another.
    AnotherSubject,
    /// Describes itself in a megabyte.
    Endless,
    /// Claims to be another issuer from the start.
    Description,
    /// Names a token endpoint without TLS elsewhere, in a network that is nobody's business.
    Inwards,
}

#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) lie: Lie,
    /// Claims of the ID token.
    pub(super) claims: Map<String, Value>,
    /// What userinfo says beside the subject.
    pub(super) info: Map<String, Value>,
    /// The name of its key.
    pub(super) key: String,
    /// What it was asked at the authorization endpoint last.
    pub(super) asked: HashMap<String, String>,
    /// How often somebody wanted tokens.
    pub(super) exchanges: usize,
    codes: HashMap<String, HashMap<String, String>>,
}

/// It, on a loopback port.
#[derive(Clone)]
pub(super) struct Issuer {
    pub(super) address: SocketAddr,
    told: Arc<Mutex<Told>>,
}

impl Issuer {
    /// It says this of whoever comes.
    pub(super) async fn start(claims: Value) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let issuer = Self {
            address: listener.local_addr().expect("an address"),
            told: Arc::default(),
        };
        issuer.tell(|told| told.key = "one".into());
        issuer.says(claims);
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(description))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        issuer
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn tell<T>(&self, change: impl FnOnce(&mut Told) -> T) -> T {
        change(&mut self.told.lock().expect("is not poisoned"))
    }

    pub(super) fn says(&self, claims: Value) {
        self.tell(|told| told.claims = claims.as_object().expect("claims").clone());
    }

    fn lies(&self, lie: Lie) -> bool {
        self.tell(|told| told.lie == lie)
    }
}

async fn description(State(issuer): State<Issuer>) -> Json<Value> {
    let url = issuer.url();
    let mut said = json!({
        "issuer": url, "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"), "userinfo_endpoint": format!("{url}/userinfo"),
        "jwks_uri": format!("{url}/keys"), "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        // All that it could sign with is not what is taken.
        "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
    });
    match issuer.tell(|told| told.lie) {
        Lie::Endless => said["padding"] = "x".repeat(1 << 20).into(),
        Lie::Description => said["issuer"] = "https://example.okta.com".into(),
        Lie::Inwards => said["token_endpoint"] = "https://169.254.169.254/token".into(),
        _ => {}
    }
    Json(said)
}

async fn keys(State(issuer): State<Issuer>) -> Json<Value> {
    let name = issuer.tell(|told| told.key.clone());
    Json(
        json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": PUBLIC, "use": "sig", "alg": "EdDSA", "kid": name}]}),
    )
}

async fn authorize(State(issuer): State<Issuer>, Query(asked): Query<HashMap<String, String>>) -> Redirect {
    let code = format!("code-{}", issuer.tell(|told| told.codes.len()));
    let claimed = match issuer.lies(Lie::IssuerInTheAddress) {
        true => "https://example.okta.com".to_owned(),
        false => issuer.url(),
    };
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("code", &code)
        .append_pair("state", &asked["state"])
        .append_pair("iss", &claimed)
        .finish();
    let back = format!("{}?{query}", asked["redirect_uri"]);
    issuer.tell(|told| {
        told.asked = asked.clone();
        told.codes.insert(code, asked);
    });
    Redirect::to(&back)
}

async fn token(
    State(issuer): State<Issuer>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let no = |status: StatusCode, error: &str| (status, Json(json!({"error": error}))).into_response();
    let escape = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = BASE64_STANDARD.encode(format!("{}:{}", escape(CLIENT), escape(SECRET)));
    if headers
        .get("authorization")
        .is_none_or(|value| *value != format!("Basic {pair}"))
    {
        return no(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let asked = issuer.tell(|told| {
        told.exchanges += 1;
        // Once.
        told.codes.remove(&form["code"])
    });
    let Some(asked) = asked else {
        return no(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"]));
    if asked["code_challenge"] != challenge || asked["redirect_uri"] != form["redirect_uri"] {
        return no(StatusCode::BAD_REQUEST, "invalid_grant");
    }
    let mut answer = json!({"access_token": "opaque", "token_type": "Bearer", "expires_in": 60});
    if !issuer.lies(Lie::NoIdToken) {
        answer["id_token"] = id_token(&issuer, &asked["nonce"]).into();
    }
    Json(answer).into_response()
}

fn id_token(issuer: &Issuer, nonce: &str) -> String {
    let now = jsonwebtoken::get_current_timestamp();
    let (lie, mut claims, key) = issuer.tell(|told| (told.lie, told.claims.clone(), told.key.clone()));
    let mut say = |name: &str, value: Value| claims.insert(name.into(), value);
    say("iss", issuer.url().into());
    say("aud", CLIENT.into());
    say("nonce", nonce.into());
    say("iat", now.into());
    say("exp", (now + 300).into());
    match lie {
        Lie::Nonce => say("nonce", "another".into()),
        Lie::Issuer => say("iss", "https://example.okta.com".into()),
        Lie::Audience => say("aud", "somebody else".into()),
        Lie::TwoAudiences => say("aud", json!([CLIENT, "somebody else"])),
        Lie::Expired => say("exp", (now - 300).into()),
        _ => None,
    };
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(key);
    let by = |algorithm, key| {
        let header = Header {
            alg: algorithm,
            ..header.clone()
        };
        encode(&header, &claims, &key).expect("a token")
    };
    match lie {
        Lie::Unsigned => {
            let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
            format!(
                "{}.{}.",
                part(&json!({"alg": "none"})),
                part(&Value::Object(claims.clone()))
            )
        }
        Lie::ByTheSecret => by(Algorithm::HS256, EncodingKey::from_secret(SECRET.as_bytes())),
        Lie::ByThePublicKey => by(Algorithm::HS256, EncodingKey::from_secret(PUBLIC.as_bytes())),
        Lie::ByAnotherKey => by(Algorithm::EdDSA, ed25519([7; 32])),
        _ => by(Algorithm::EdDSA, ed25519(PRIVATE)),
    }
}

/// In the form that the library reads: PKCS #8 (RFC 8410).
fn ed25519(private: [u8; 32]) -> EncodingKey {
    let mut der = vec![
        0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
    ];
    der.extend(private);
    EncodingKey::from_ed_der(&der)
}

async fn userinfo(State(issuer): State<Issuer>, headers: HeaderMap) -> Response {
    if headers
        .get("authorization")
        .is_none_or(|value| value != "Bearer opaque")
    {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut info = issuer.tell(|told| {
        let mut info = told.info.clone();
        info.insert("sub".into(), told.claims["sub"].clone());
        info
    });
    if issuer.lies(Lie::AnotherSubject) {
        info.insert("sub".into(), "another".into());
    }
    Json(info).into_response()
}
