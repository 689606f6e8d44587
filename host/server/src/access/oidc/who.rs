//! Who the issuer says somebody is: from the ID token, and from the userinfo endpoint for what is not in it. (Okta's ID
//! tokens carry little when an access token comes beside them.)

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, Client, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IdTokenClaims, IdTokenFields, StandardErrorResponse, StandardTokenResponse, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Groups of one person that are looked at.
const MOST_GROUPS: usize = 10_000;
/// Characters of a name.
const LONGEST_NAME: usize = 64;

/// Claims that are not the standard's: groups, under whatever name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Rest {
    #[serde(flatten)]
    claims: Map<String, Value>,
}

impl AdditionalClaims for Rest {}

/// Claims of an ID token.
pub(super) type Claims = IdTokenClaims<Rest, CoreGenderClaim>;
/// What the userinfo endpoint says.
pub(super) type Info = UserInfoClaims<Rest, CoreGenderClaim>;

/// What the token endpoint answers.
pub(super) type Tokens = StandardTokenResponse<
    IdTokenFields<
        Rest,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

/// The library's client with our claims.
pub(super) type OidcClient = Client<
    Rest,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What somebody is called and which groups they are in, as far as it was said.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) name: Option<String>,
    pub(super) groups: Option<Vec<String>>,
}

impl Person {
    /// By an ID token that was verified.
    pub(super) fn of(claims: &Claims, groups_claim: &str) -> Self {
        Self::new(
            claims.preferred_username().map(|name| name.as_str()),
            claims.email().map(|email| email.as_str()),
            claims.email_verified(),
            claims.additional_claims(),
            groups_claim,
        )
    }

    /// By the userinfo endpoint, about the same subject.
    pub(super) fn by(info: &Info, groups_claim: &str) -> Self {
        Self::new(
            info.preferred_username().map(|name| name.as_str()),
            info.email().map(|email| email.as_str()),
            info.email_verified(),
            info.additional_claims(),
            groups_claim,
        )
    }

    fn new(
        username: Option<&str>,
        email: Option<&str>,
        verified: Option<bool>,
        rest: &Rest,
        groups_claim: &str,
    ) -> Self {
        let email = email.filter(|_| verified == Some(true));
        let usable = |name: &&str| is_name(name);
        let name = username.filter(usable).or(email.filter(usable));
        Self {
            name: name.map(|name| name.trim().to_owned()),
            groups: rest.claims.get(groups_claim).map(texts),
        }
    }

    /// What this one does not say, from another.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            name: self.name.or(other.name),
            groups: self.groups.or(other.groups),
        }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.name.is_some() && self.groups.is_some()
    }
}

/// A list, or one alone.
fn texts(value: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match value {
        Value::Array(values) => values.iter().take(MOST_GROUPS).filter_map(text).collect(),
        value => text(value).into_iter().collect(),
    }
}

/// A name that fits into log lines and addresses: as for other administrators, and what e-mail addresses have.
fn is_name(name: &str) -> bool {
    let name = name.trim();
    let plain = |c: char| c.is_alphanumeric() || " -_.@+'".contains(c);
    !name.is_empty() && name.chars().count() <= LONGEST_NAME && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn person(username: Option<&str>, email: Option<&str>, verified: Option<bool>, rest: Value) -> Person {
        let rest: Rest = serde_json::from_value(rest).expect("claims");
        Person::new(username, email, verified, &rest, "groups")
    }

    #[test]
    fn an_email_is_a_name_only_if_it_was_verified() {
        let long = "a".repeat(65);
        let name = |username, email, verified| person(username, email, verified, json!({})).name;
        assert_eq!(name(Some("ada"), None, None), Some("ada".into()));
        assert_eq!(
            name(None, Some("a@b.example"), Some(true)),
            Some("a@b.example".into())
        );
        assert_eq!(name(None, Some("a@b.example"), Some(false)), None);
        assert_eq!(name(None, Some("a@b.example"), None), None);
        assert_eq!(name(Some("a/../b"), None, None), None);
        assert_eq!(name(Some(&long), None, None), None);
        assert_eq!(name(Some("\u{202e}ada"), None, None), None);
    }

    #[test]
    fn groups_are_a_list_or_one_and_nothing_else() {
        let groups = |rest| person(None, None, None, rest).groups;
        assert_eq!(
            groups(json!({"groups": ["a", 1, "b"]})),
            Some(vec!["a".into(), "b".into()])
        );
        assert_eq!(groups(json!({"groups": "a"})), Some(vec!["a".into()]));
        assert_eq!(groups(json!({"groups": {"a": true}})), Some(Vec::new()));
        assert_eq!(groups(json!({"roles": ["a"]})), None);
    }
}
