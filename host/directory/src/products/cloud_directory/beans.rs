//! The SCIM resources, as far as they are read.

use serde::Deserialize;

use crate::connector::Account;

/// A page of a listing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListBean<T> {
    pub(super) total_results: usize,
    /// RFC 7644 lets an empty page leave it out.
    #[serde(default = "Vec::new", rename = "Resources")]
    pub(super) resources: Vec<T>,
}

/// A user.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserBean {
    pub(super) id: String,
    pub(super) user_name: String,
    display_name: Option<String>,
    #[serde(default)]
    emails: Vec<EmailBean>,
    #[serde(default)]
    active: bool,
    #[serde(default)]
    pub(super) groups: Vec<RefBean>,
}

#[derive(Debug, Deserialize)]
struct EmailBean {
    value: Option<String>,
    #[serde(default)]
    primary: bool,
}

/// A group.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GroupBean {
    pub(super) id: String,
    pub(super) display_name: String,
    #[serde(default)]
    pub(super) members: Vec<RefBean>,
}

/// A user in a group, or a group of a user.
#[derive(Debug, Deserialize)]
pub(super) struct RefBean {
    /// The SCIM id.
    pub(super) value: String,
    /// Username or group name.
    pub(super) display: Option<String>,
}

impl From<UserBean> for Account {
    fn from(bean: UserBean) -> Self {
        let primary = bean.emails.iter().position(|email| email.primary).unwrap_or(0);
        Self {
            remote_id: bean.id,
            username: bean.user_name,
            email: bean.emails.into_iter().nth(primary).and_then(|email| email.value),
            display_name: bean.display_name,
            active: bean.active,
            // What another directory of the organisation holds is not shown at all.
            directory: None,
            mutable: true,
        }
    }
}
