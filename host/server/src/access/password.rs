//! Passwords: rules, and argon2id on threads of its own, few at once: each takes 19 MiB and a core for some hundredths
//! of a second, which is what makes guessing dear, and would make it a means to bring the server down.

use std::sync::Arc;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use http::StatusCode;
use tidegate_store::fold;
use tokio::sync::Semaphore;

use crate::admin::error::Refusal;

/// KiB, passes and lanes: OWASP's first choice for argon2id. Hashes that were made with others are verified with theirs.
const COST: (u32, u32, u32) = (19 * 1_024, 2, 1);
/// Passwords that are worked on at once.
const AT_ONCE: usize = 2;
/// Those that may wait; more are told to come again.
const WAITING: usize = 32;
/// Characters of a password.
const SHORTEST: usize = 12;
/// The same: longer ones are not typed.
const LONGEST: usize = 256;

/// Passwords that are tried first by everybody, of the length that is asked for; folded.
const COMMON: &str = include_str!("common.txt");

/// What is verified where there is nobody of that name, so that it takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5MTIzNA$Tm9ib2R5J3MgcGFzc3dvcmQsIGV2ZXJ5Ym9keXMhISE";

/// Works on passwords, some at once.
#[derive(Debug, Clone)]
pub(crate) struct Passwords {
    work: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            work: Arc::new(Semaphore::new(AT_ONCE)),
            places: Arc::new(Semaphore::new(WAITING)),
        }
    }
}

impl Passwords {
    /// Hashes a password that keeps to the rules; `field` is where it stood.
    pub(crate) async fn hash(&self, field: &str, name: &str, password: &str) -> Result<String, Refusal> {
        check(name, password).map_err(|message| Refusal::unfit(field, message))?;
        let password = password.to_owned();
        self.run(move || {
            let mut salt = [0_u8; 16];
            getrandom::fill(&mut salt).ok()?;
            let salt = SaltString::encode_b64(&salt).ok()?;
            Some(
                argon2()?
                    .hash_password(password.as_bytes(), &salt)
                    .ok()?
                    .to_string(),
            )
        })
        .await?
        .ok_or_else(|| {
            Refusal::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the password could not be hashed",
            )
        })
    }

    /// Whether a password is the one. `hash` is none where there is nobody: it takes as long.
    pub(super) async fn verify(&self, hash: Option<String>, password: String) -> Result<bool, Refusal> {
        // Longer ones are nobody's: nothing is hashed that has no end.
        let somebody = hash.is_some() && password.len() <= LONGEST * 4;
        let password = if somebody { password } else { "nobody".to_owned() };
        let hash = hash.filter(|_| somebody).unwrap_or_else(|| NOBODY.to_owned());
        let same = self.run(move || verify(&hash, &password)).await?;
        Ok(same && somebody)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
        let busy = || Refusal::later("too many sign in at once: try again", 1);
        let _place = self.places.try_acquire().map_err(|_| busy())?;
        let turn = Arc::clone(&self.work).acquire_owned().await.map_err(|_| busy())?;
        let done = tokio::task::spawn_blocking(move || {
            // Held until it is done, also where nobody waits for it any longer.
            let _turn = turn;
            work()
        });
        done.await.map_err(|_| {
            Refusal::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the password could not be checked",
            )
        })
    }
}

fn argon2() -> Option<Argon2<'static>> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn verify(hash: &str, password: &str) -> bool {
    let (Ok(hash), Some(argon2)) = (PasswordHash::new(hash), argon2()) else {
        return false;
    };
    argon2.verify_password(password.as_bytes(), &hash).is_ok()
}

/// Whether a password keeps to the rules: long, and not what is tried first.
fn check(name: &str, password: &str) -> Result<(), &'static str> {
    let count = password.chars().count();
    if !(SHORTEST..=LONGEST).contains(&count) {
        return Err("a password has 12 to 256 characters");
    }
    let folded = fold(password);
    let of_name = fold(name.trim());
    if folded == of_name || folded.replace(&of_name, "").chars().count() < 4 {
        return Err("the password must not be the name");
    }
    let first = folded.chars().next();
    if COMMON.lines().any(|common| common == folded) || folded.chars().all(|c| Some(c) == first) {
        return Err("this password is one of the first that are tried: take another");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_long_and_not_the_first_to_be_tried() {
        assert_eq!(check("ada", "correct horse battery"), Ok(()));
        assert_eq!(
            check("ada", &"é".repeat(6)),
            Err("a password has 12 to 256 characters")
        );
        for bad in [
            "short",
            "aaaaaaaaaaaa",
            "Password1234",
            "administrator",
            &"x y".repeat(100),
        ] {
            assert!(check("ada", bad).is_err(), "{bad}");
        }
        for bad in ["Ada Lovelace", "ada lovelace123"] {
            assert!(check("ada lovelace", bad).is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn nobody_costs_as_much_as_somebody_and_is_nobody() {
        let passwords = Passwords::default();
        let hash = passwords
            .hash("password", "ada", "correct horse battery")
            .await
            .expect("is hashed");
        let cost = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(cost(&hash), cost(NOBODY));
        assert!(
            PasswordHash::new(NOBODY)
                .expect("is one")
                .hash
                .is_some_and(|hash| hash.len() == 32)
        );
        let is = async |hash: Option<&str>, password: &str| {
            passwords
                .verify(hash.map(Into::into), password.into())
                .await
                .expect("is checked")
        };
        assert!(is(Some(&hash), "correct horse battery").await);
        assert!(!is(Some(&hash), "correct horse batterY").await);
        assert!(!is(Some("no hash"), "correct horse battery").await);
        assert!(!is(None, "nobody").await);
        assert!(!is(Some(&hash), &"x".repeat(5_000)).await);
    }

    #[test]
    fn the_common_ones_are_folded_and_long_enough_to_matter() {
        for line in COMMON.lines() {
            assert!(line.chars().count() >= SHORTEST && line == fold(line), "{line}");
        }
    }
}
