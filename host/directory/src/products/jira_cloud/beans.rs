//! Jira Cloud's resources, as far as they are read.

use serde::{Deserialize, Serialize};

use crate::connector::Account;

/// A user, as every resource shows it. Privacy settings empty or leave out the address.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserBean {
    #[serde(default)]
    pub(super) account_id: String,
    #[serde(default)]
    account_type: String,
    email_address: Option<String>,
    pub(super) display_name: Option<String>,
    #[serde(default)]
    active: bool,
}

impl UserBean {
    /// A person's account: apps and customers of a help desk are not ours.
    pub(super) fn is_person(&self) -> bool {
        matches!(self.account_type.as_str(), "atlassian" | "")
    }

    /// The address, where it is shown.
    pub(super) fn address(&self) -> Option<&str> {
        self.email_address.as_deref().filter(|it| !it.is_empty())
    }

    /// What stands in the place of a username.
    pub(super) fn name(&self) -> &str {
        self.address().unwrap_or(&self.account_id)
    }
}

impl From<UserBean> for Account {
    fn from(bean: UserBean) -> Self {
        Self {
            username: bean.name().to_owned(),
            email: bean.address().map(str::to_owned),
            remote_id: bean.account_id,
            display_name: bean.display_name,
            active: bean.active,
            directory: None,
            // Groups can be changed, and nothing else.
            mutable: true,
        }
    }
}

/// A group. The id survives a rename.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GroupBean {
    pub(super) name: String,
    pub(super) group_id: String,
}

/// A page of `startAt` and `maxResults`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageBean<T> {
    #[serde(default)]
    start_at: usize,
    #[serde(default)]
    is_last: bool,
    #[serde(default = "Vec::new")]
    pub(super) values: Vec<T>,
}

impl<T> PageBean<T> {
    /// Where the next page starts. One that does not go forward would be asked for for ever.
    pub(super) fn next(&self, start: usize) -> Option<String> {
        let end = self.start_at.saturating_add(self.values.len());
        (!self.is_last && end > start).then(|| end.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_address_is_null_empty_or_absent() {
        let account = |json: &str| Account::from(serde_json::from_str::<UserBean>(json).unwrap());
        for hidden in [
            r#"{"accountId":"5b1","emailAddress":null}"#,
            r#"{"accountId":"5b1","emailAddress":""}"#,
            r#"{"accountId":"5b1"}"#,
        ] {
            let account = account(hidden);
            assert_eq!((account.username.as_str(), account.email), ("5b1", None));
        }
        let shown = account(r#"{"accountId":"5b1","emailAddress":"ann@example.com"}"#);
        assert_eq!(shown.username, "ann@example.com");
        assert_eq!(shown.email.as_deref(), Some("ann@example.com"));
    }
}
