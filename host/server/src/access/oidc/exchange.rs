//! With the issuer: where a browser is sent, and what the code that it brings back is worth.

use std::fmt::Display;

use openidconnect::core::{CoreAuthenticationFlow, CoreErrorResponseType, CoreJwsSigningAlgorithm};
use openidconnect::{
    AuthorizationCode, ClaimsVerificationError, IdTokenVerifier, OAuth2TokenResponse, RedirectUrl,
    RequestTokenError, SignatureVerificationError, StandardErrorResponse, TokenResponse,
};
use tidegate_store::access::Foreign;

use super::attempt::Attempt;
use super::provider::{Described, Provider};
use super::settings::Settings;
use super::trouble::Trouble;
use super::who::{Claims, Info, OidcClient, Person, Tokens};

/// By whom only the issuer can sign: not `none`, and not with the client secret, which others hold as well.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];
/// Bytes of a subject (OpenID Connect Core section 2).
const LONGEST_SUBJECT: usize = 255;

/// Where to sign in, and who is what here.
#[derive(Debug)]
pub(crate) struct Oidc {
    pub(super) settings: Settings,
    provider: Provider,
}

/// Whom the issuer vouches for.
pub(super) struct Vouched {
    pub(super) subject: String,
    pub(super) person: Person,
}

impl Vouched {
    /// With a role and a name; or why not.
    pub(super) fn admitted(&self, settings: &Settings) -> Result<Foreign, Trouble> {
        let groups = self.person.groups.as_deref().unwrap_or_default();
        let role = settings.role(groups).ok_or(Trouble::Unmapped)?;
        Ok(Foreign {
            issuer: settings.issuer.to_string(),
            subject: self.subject.clone(),
            name: self.person.name.clone().ok_or(Trouble::Nameless)?,
            role,
        })
    }
}

impl Oidc {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            provider: Provider::new(settings.issuer.clone()),
            settings,
        }
    }

    /// Whether the issuer says where everything is.
    pub(super) async fn described(&self) -> Result<(), Trouble> {
        self.provider.described().await.map(drop)
    }

    /// The address that a browser is sent to.
    pub(super) async fn address(&self, redirect: String, now_ms: i64) -> Result<(Attempt, String), Trouble> {
        let described = self.provider.described().await?;
        let (attempt, challenge) = Attempt::begin(redirect, now_ms);
        let client = self.library(&described, &attempt)?;
        let (state, nonce) = (attempt.state(), attempt.nonce());
        let request = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || state, || nonce)
            .set_pkce_challenge(challenge)
            .add_scopes(self.settings.scopes.iter().cloned());
        let (address, _, _) = request.url();
        Ok((attempt, address.to_string()))
    }

    /// Whom a code was given for. It works once: the issuer sees to it, and gives nothing without the attempt's verifier.
    pub(super) async fn redeem(&self, attempt: &Attempt, code: String) -> Result<Vouched, Trouble> {
        let described = self.provider.described().await?;
        let client = self.library(&described, attempt)?;
        let http = self.provider.client();
        let asked = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(unusable)?
            .set_pkce_verifier(attempt.verifier());
        let tokens = asked.request_async(&http).await.map_err(refused)?;
        let claims = self.verified(&client, attempt, &tokens).await?;
        let subject = claims.subject().to_string();
        if subject.is_empty() || subject.len() > LONGEST_SUBJECT {
            return Err(Trouble::Unverified("the subject has no or too many bytes".into()));
        }
        let groups_claim = &self.settings.groups_claim;
        let mut person = Person::of(&claims, groups_claim);
        let token = tokens.access_token();
        let is_header = http::HeaderValue::from_str(token.secret()).is_ok();
        if !person.is_whole() && is_header && client.user_info_url().is_some() {
            // About the same subject, or it is refused.
            let asked = client
                .user_info(token.clone(), Some(claims.subject().clone()))
                .map_err(unusable)?;
            let info: Result<Info, _> = asked.request_async(&http).await;
            let info = info.map_err(|error| Trouble::Unverified(format!("userinfo: {error}")))?;
            person = person.or(Person::by(&info, groups_claim));
        }
        Ok(Vouched { subject, person })
    }

    /// The claims of the ID token: its signature, issuer, audience, end and nonce are as they must be.
    async fn verified(
        &self,
        client: &OidcClient,
        attempt: &Attempt,
        tokens: &Tokens,
    ) -> Result<Claims, Trouble> {
        let missing = || Trouble::Unverified("there is no ID token".into());
        let token = tokens.id_token().ok_or_else(missing)?;
        let nonce = attempt.nonce();
        match token.claims(&strict(client.id_token_verifier()), &nonce) {
            Ok(claims) => Ok(claims.clone()),
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                // Keys are exchanged now and then.
                let described = self.provider.described_again().await?;
                let client = self.library(&described, attempt)?;
                let claims = token.claims(&strict(client.id_token_verifier()), &nonce);
                claims.cloned().map_err(unverified)
            }
            Err(error) => Err(unverified(error)),
        }
    }

    fn library(&self, described: &Described, attempt: &Attempt) -> Result<OidcClient, Trouble> {
        let secret = self
            .settings
            .secret()
            .map_err(|error| Trouble::Failed(format!("{error:#}")))?;
        let redirect = RedirectUrl::new(attempt.redirect.clone());
        let redirect =
            redirect.map_err(|error| Trouble::Failed(format!("the address to come back to: {error}")))?;
        let metadata = (*described.metadata).clone();
        Ok(
            OidcClient::from_provider_metadata(metadata, self.settings.client_id.clone(), Some(secret))
                .set_redirect_uri(redirect),
        )
    }
}

type Verifier<'k> = IdTokenVerifier<'k, openidconnect::core::CoreJsonWebKey>;

/// Whatever the issuer's description allows. `JWT` is the type that RFC 7519 recommends.
fn strict(verifier: Verifier<'_>) -> Verifier<'_> {
    verifier.set_allowed_algs(ALGORITHMS)
}

fn unverified(error: impl Display) -> Trouble {
    Trouble::Unverified(format!("the ID token: {error}"))
}

fn unusable(error: impl Display) -> Trouble {
    Trouble::Down(format!("its description is not whole: {error}"))
}

/// The token endpoint's no. Bodies are not repeated: there may be tokens in them.
fn refused<E: std::error::Error + 'static>(
    error: RequestTokenError<E, StandardErrorResponse<CoreErrorResponseType>>,
) -> Trouble {
    match error {
        RequestTokenError::ServerResponse(said) => match said.error() {
            CoreErrorResponseType::InvalidGrant => Trouble::Begun,
            CoreErrorResponseType::InvalidClient => {
                Trouble::Down("it refuses oidc-client-id or the secret in oidc-client-secret-file".into())
            }
            other => Trouble::Declined(super::word(other.as_ref())),
        },
        RequestTokenError::Request(error) => Trouble::Down(error.to_string()),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            Trouble::Down("its answer cannot be read".into())
        }
    }
}
