//! Everything that connectors ask and simulators answer, driven once through Prism.

use std::sync::Arc;

use http::Method;
use serde_json::json;
use tidegate_directory::connector::{AccountLink, Connector, ConnectorError};
use tidegate_directory::products;
use tidegate_directory::target::{Credentials, Product, TargetConfig};
use tidegate_directory::transport::Client;
use tidegate_simulators::{SimAccount, SimState};

use crate::common::{ann, wanted};

/// Needs encoding in a path and in a query.
pub(super) const GROUP: &str = "dev ops/50% + ü";

/// One product behind Prism.
pub struct Surface {
    pub product: Product,
    pub config: TargetConfig,
    pub connector: Arc<dyn Connector>,
    pub state: SimState,
}

impl Surface {
    /// Every method of the connector, and every refusal that can be brought about.
    pub async fn drive(&self) {
        match self.product {
            Product::CloudDirectory => return self.drive_directory().await,
            Product::JiraCloud => return self.drive_site().await,
            _ => {}
        }
        let link = self.account().await;
        self.group(&link).await;
        self.suspension(&link).await;
        self.refusals(&link).await;
        self.removal(&link).await;
        self.strangers().await;
        self.listings().await;
    }

    async fn account(&self) -> AccountLink {
        let connector = &self.connector;
        connector.probe().await.unwrap();
        assert_eq!(connector.find_account("ann").await.unwrap(), None);
        let link = connector.create_account(&ann()).await.unwrap();
        let taken = connector.create_account(&ann()).await;
        assert!(matches!(taken, Err(ConnectorError::Conflict(_))), "{taken:?}");
        let current = connector.find_linked(&link).await.unwrap().unwrap();
        let mut other = ann();
        other.display_name = Some("Ann Lee & Öz".to_owned());
        if self.product != Product::Confluence {
            let found = connector.find_account_by_email("ann@example.com").await;
            assert_eq!(found.unwrap(), Some(current.clone()));
            self.state.seed_account(SimAccount::new("bob"));
            let taken = connector.update_account(&link, &current, &wanted("bob")).await;
            assert!(matches!(taken, Err(ConnectorError::Conflict(_))), "{taken:?}");
            other.username = "annie".to_owned();
        }
        let link = connector.update_account(&link, &current, &other).await.unwrap();
        let kept = self.state.account(&other.username).unwrap();
        assert_eq!(Some(kept.display_name), other.display_name);
        link
    }

    async fn group(&self, link: &AccountLink) {
        let connector = &self.connector;
        assert!(!connector.group_exists(GROUP).await.unwrap());
        connector.create_group(GROUP).await.unwrap();
        connector.create_group(GROUP).await.unwrap();
        assert!(connector.group_exists(GROUP).await.unwrap());
        connector.add_member(GROUP, link).await.unwrap();
        connector.add_member(GROUP, link).await.unwrap();
        for number in 0..60 {
            let name = format!("user-{number}");
            self.state.seed_account(SimAccount::new(&name));
            self.state.add_member(GROUP, &name);
        }
        let (mut cursor, mut members) = (None, 0);
        loop {
            let page = connector.group_members(GROUP, cursor.as_deref()).await.unwrap();
            members += page.names.len();
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(members, 61);
        let groups = connector.account_groups(&link.username).await.unwrap();
        // The others have put it into a group by themselves.
        let by_itself = usize::from(self.product != Product::Crowd);
        assert_eq!(groups.len(), 1 + by_itself);
        connector.remove_member(GROUP, link).await.unwrap();
        connector.remove_member(GROUP, link).await.unwrap();
        let missing = connector.add_member("no such group", link).await;
        assert!(matches!(missing, Err(ConnectorError::NotFound(_))), "{missing:?}");
        connector.remove_member("no such group", link).await.unwrap();
    }

    async fn suspension(&self, link: &AccountLink) {
        self.state.grant_permission(&link.username, "LICENSED_USER");
        let connector = &self.connector;
        let link = connector.remember_account(link).await.unwrap();
        let link = connector.suspend_account(&link).await.unwrap();
        assert!(!connector.find_linked(&link).await.unwrap().unwrap().active);
        let link = connector.restore_account(&link).await.unwrap();
        assert!(connector.find_linked(&link).await.unwrap().unwrap().active);
    }

    async fn refusals(&self, link: &AccountLink) {
        let connector = &self.connector;
        let key = self
            .state
            .seed_account(SimAccount::new("ldap-bob").in_directory("Corporate LDAP"));
        let bob = AccountLink {
            remote_id: key,
            username: "ldap-bob".to_owned(),
            remembered: None,
        };
        let current = connector.find_linked(&bob).await.unwrap().unwrap();
        for refused in [
            connector.suspend_account(&bob).await.map(|_| ()),
            connector
                .update_account(&bob, &current, &wanted("ldap-bob"))
                .await
                .map(|_| ()),
            connector.remove_account(&bob).await,
        ] {
            assert!(matches!(refused, Err(ConnectorError::ReadOnly(_))), "{refused:?}");
        }
        let long = connector.create_account(&wanted(&"x".repeat(256))).await;
        assert!(matches!(long, Err(ConnectorError::Refused(_))), "{long:?}");
        // Crowd guards no group: what one means is the products' affair.
        if self.product != Product::Crowd {
            let last = connector
                .remove_group(&format!("{}-administrators", self.product))
                .await;
            assert!(matches!(last, Err(ConnectorError::Refused(_))), "{last:?}");
        }
        let nobody = AccountLink {
            remote_id: "4711".to_owned(),
            username: "nobody".to_owned(),
            remembered: None,
        };
        let gone = connector.suspend_account(&nobody).await;
        assert!(matches!(gone, Err(ConnectorError::NotFound(_))), "{gone:?}");
        if self.product != Product::Crowd {
            self.state.set_seats(Some(1));
            let full = connector.create_account(&wanted("carl")).await;
            assert!(matches!(full, Err(ConnectorError::SeatsExhausted(_))), "{full:?}");
            connector.probe().await.unwrap();
            self.state.set_seats(None);
        }
        connector.add_member(GROUP, link).await.unwrap();
    }

    async fn removal(&self, link: &AccountLink) {
        let connector = &self.connector;
        connector.remove_group(GROUP).await.unwrap();
        connector.remove_group(GROUP).await.unwrap();
        connector.remove_account(link).await.unwrap();
        connector.remove_account(link).await.unwrap();
        assert_eq!(connector.find_linked(link).await.unwrap(), None);
        if self.product != Product::Crowd {
            let eve = connector.create_account(&wanted("eve")).await.unwrap();
            connector.anonymise_account(&eve).await.unwrap();
            connector.anonymise_account(&eve).await.unwrap();
            assert!(self.state.account("eve").is_none());
        }
    }

    /// Wrong password, no administrator, token.
    async fn strangers(&self) {
        self.state.seed_account(SimAccount::new("joe"));
        self.state.set_password("joe", "joe");
        for (username, password) in [("admin", "wrong"), ("joe", "joe")] {
            let mut config = self.config.clone();
            config.credentials = Credentials::Basic {
                username: username.to_owned(),
                password: password.to_owned(),
            };
            let connector = products::connect(&config).unwrap();
            connector.probe().await.unwrap_err();
        }
        // Jira's description knows basic authentication only; its tokens are described elsewhere.
        // Crowd has none.
        if matches!(self.product, Product::Jira | Product::Crowd) {
            return;
        }
        let mut config = self.config.clone();
        config.credentials = Credentials::Token {
            token: "admin-token".to_owned(),
        };
        products::connect(&config).unwrap().probe().await.unwrap();
    }

    /// What the simulators show beyond what the connectors ask.
    async fn listings(&self) {
        let paths: &[&str] = match self.product {
            Product::Jira => &[
                "/rest/api/2/user/list?maxResults=7",
                "/rest/api/2/groups/picker?query=jira&maxResults=1",
            ],
            Product::Confluence => &[
                "/rest/api/user/list?limit=7&expand=status",
                "/rest/api/group?limit=1",
            ],
            Product::Bitbucket => &[
                "/rest/api/latest/admin/groups?limit=1",
                "/rest/api/latest/admin/users?limit=7",
            ],
            Product::Crowd => return self.crowd().await,
            other => unreachable!("{other} is driven elsewhere"),
        };
        let client = Client::new(&self.config).unwrap();
        for path in paths {
            client.get(path).await.unwrap().success().unwrap();
        }
    }

    /// Lists, attributes and groups in groups.
    async fn crowd(&self) {
        let (mut cursor, mut accounts) = (None, 0);
        loop {
            let page = self.connector.list_accounts(cursor.as_deref()).await.unwrap();
            accounts += page.accounts.len();
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(accounts, self.state.accounts().len());
        self.connector.list_groups(None).await.unwrap();
        self.state.seed_group("outer");
        self.state.seed_group("inner");
        let client = Client::new(&self.config).unwrap();
        let ours = json!({ "attributes": [{ "name": "scim-id", "values": ["4711"] }] });
        let inner = json!({ "name": "inner" });
        let word = json!({ "value": "admin" });
        let restriction = json!({
            "restriction-type": "property-search-restriction", "match-mode": "CONTAINS",
            "property": { "name": "email", "type": "STRING" }, "value": "bob@",
        });
        let (get, post, put, delete) = (&Method::GET, &Method::POST, &Method::PUT, &Method::DELETE);
        for (method, path, body) in [
            (post, "user/attribute?username=bob", Some(&ours)),
            (get, "user/attribute?username=bob", None),
            (get, "user?username=bob&expand=attributes", None),
            (delete, "user/attribute?username=bob&attributename=scim-id", None),
            (post, "group/child-group/direct?groupname=outer", Some(&inner)),
            (get, "group/child-group/direct?groupname=outer", None),
            (get, "group/user/nested?groupname=outer&expand=user", None),
            (get, "user/group/nested?username=bob", None),
            (
                delete,
                "group/child-group/direct?groupname=outer&child-groupname=inner",
                None,
            ),
            (post, "search?entity-type=user&expand=user", Some(&restriction)),
            (get, "search?entity-type=group&expand=group&max-results=3", None),
            (put, "user/password?username=admin", Some(&word)),
            (post, "authentication?username=admin", Some(&word)),
            (get, "config/cookie", None),
        ] {
            let path = format!("/rest/usermanagement/1/{path}");
            let answer = client.send(method.clone(), &path, body).await.unwrap();
            answer.success().unwrap_or_else(|error| panic!("{path}: {error}"));
        }
    }
}
