//! Usernames that a product refuses, told before anything is stored: whoever assigns somebody in Okta then reads
//! why, instead of an administrator finding a row that failed.

use super::confluence;
use crate::connector::ConnectorError;
use crate::target::Product;

/// The longest name that the products' tables hold, in characters.
const MOST: usize = 255;

/// Why a product does not take a username; `None`: it may.
///
/// Sources: Confluence's rules of `POST /admin/user`; Jira's of its user form; a Cloud site invites addresses.
#[must_use]
pub fn refused_username(product: Product, username: &str) -> Option<String> {
    let name = username.trim();
    if name.is_empty() {
        return Some(format!("{product} takes no blank username"));
    }
    if name.chars().count() > MOST {
        return Some(format!("{product} takes usernames of at most {MOST} characters"));
    }
    match product {
        Product::Confluence => match confluence::check_username(username) {
            Ok(()) => None,
            Err(ConnectorError::Refused(why)) => Some(why),
            Err(other) => Some(other.to_string()),
        },
        Product::Jira => name
            .chars()
            .find(|c| "<>&".contains(*c))
            .map(|c| format!("Jira does not take the username {username:?}: it has the character {c}")),
        Product::JiraCloud if !name.contains('@') => Some(format!(
            "a Cloud site invites e-mail addresses, and {username:?} is none: map usernames to addresses"
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_product_by_its_own_rules() {
        for (product, name, taken) in [
            (Product::Jira, "ada+test@example.com", true),
            (Product::Jira, "a<b", false),
            (Product::Confluence, "ada+test@example.com", false),
            (Product::Confluence, "Ada", true),
            (Product::Bitbucket, "a<b", true),
            (Product::Crowd, " ", false),
            (Product::JiraCloud, "ada", false),
            (Product::JiraCloud, "ada@example.com", true),
            (Product::CloudDirectory, "ada", true),
        ] {
            assert_eq!(
                refused_username(product, name).is_none(),
                taken,
                "{product} {name:?}"
            );
        }
        assert!(refused_username(Product::Jira, &"x".repeat(256)).is_some());
    }
}
