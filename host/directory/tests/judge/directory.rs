//! Everything that is asked of a directory of Atlassian Cloud, and every refusal of its own.

use http::Method;
use serde_json::json;
use tidegate_directory::connector::{AccountLink, ConnectorError};
use tidegate_directory::products;
use tidegate_directory::target::Credentials;
use tidegate_directory::transport::Client;
use tidegate_simulators::{CLOUD_DIRECTORY, SimAccount};

use super::Surface;
use super::surface::GROUP;
use crate::common::{ann, wanted};

impl Surface {
    pub(super) async fn drive_directory(&self) {
        let link = self.user().await;
        self.memberships(&link).await;
        self.denials(&link).await;
        self.deletion(&link).await;
        self.others().await;
    }

    async fn user(&self) -> AccountLink {
        let connector = &self.connector;
        connector.probe().await.unwrap();
        assert_eq!(connector.find_account("ann").await.unwrap(), None);
        let mut ann = ann();
        ann.given_name = Some("Ann".to_owned());
        ann.family_name = Some("Lee".to_owned());
        let link = connector.create_account(&ann).await.unwrap();
        let taken = connector.create_account(&ann).await;
        assert!(matches!(taken, Err(ConnectorError::Conflict(_))), "{taken:?}");
        let current = connector.find_linked(&link).await.unwrap().unwrap();
        self.state.seed_account(SimAccount::new("bob"));
        let taken = connector.update_account(&link, &current, &wanted("bob")).await;
        assert!(matches!(taken, Err(ConnectorError::Conflict(_))), "{taken:?}");
        ann.username = "annie@example.com".to_owned();
        ann.email = Some("annie@example.com".to_owned());
        ann.display_name = Some("Ann Lee & Öz".to_owned());
        let link = connector.update_account(&link, &current, &ann).await.unwrap();
        let found = connector.find_account_by_email("annie@example.com").await;
        assert_eq!(found.unwrap().unwrap().display_name, ann.display_name);
        let link = connector.suspend_account(&link).await.unwrap();
        assert!(!connector.find_linked(&link).await.unwrap().unwrap().active);
        connector.restore_account(&link).await.unwrap()
    }

    async fn memberships(&self, link: &AccountLink) {
        let connector = &self.connector;
        assert!(!connector.group_exists(GROUP).await.unwrap());
        connector.create_group(GROUP).await.unwrap();
        connector.create_group(GROUP).await.unwrap();
        connector.add_member(GROUP, link).await.unwrap();
        connector.add_member(GROUP, link).await.unwrap();
        for number in 0..60 {
            let name = format!("user-{number}");
            self.state.seed_account(SimAccount::new(&name));
            self.state.add_member(GROUP, &name);
        }
        let members = connector.group_members(GROUP, None).await.unwrap();
        assert_eq!(members.names.len(), 61);
        assert_eq!(connector.account_groups(&link.username).await.unwrap(), [GROUP]);
        connector.remove_member(GROUP, link).await.unwrap();
        connector.remove_member(GROUP, link).await.unwrap();
        let (mut cursor, mut accounts) = (None, 0);
        loop {
            let page = connector.list_accounts(cursor.as_deref()).await.unwrap();
            accounts += page.accounts.len();
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(accounts, 62);
        assert_eq!(connector.list_groups(None).await.unwrap().names, [GROUP]);
    }

    async fn denials(&self, link: &AccountLink) {
        let connector = &self.connector;
        let mut foreign = wanted("carl");
        foreign.email = Some("carl@elsewhere.org".to_owned());
        let current = connector.find_linked(link).await.unwrap().unwrap();
        foreign.username.clone_from(&link.username);
        let nobody = AccountLink {
            remote_id: "4711".to_owned(),
            username: "nobody".to_owned(),
            remembered: None,
        };
        let refusals = [
            connector.create_account(&foreign).await.map(|_| ()),
            connector
                .create_account(&wanted(&"x".repeat(256)))
                .await
                .map(|_| ()),
            connector
                .update_account(link, &current, &foreign)
                .await
                .map(|_| ()),
            connector.create_group("jira-users").await,
            connector.create_group("").await,
        ];
        for refused in refusals {
            assert!(matches!(refused, Err(ConnectorError::Refused(_))), "{refused:?}");
        }
        let missing = [
            connector.suspend_account(&nobody).await.map(|_| ()),
            connector.add_member(GROUP, &nobody).await,
            connector.add_member("no such group", link).await,
        ];
        for missing in missing {
            assert!(matches!(missing, Err(ConnectorError::NotFound(_))), "{missing:?}");
        }
        assert_eq!(connector.find_linked(&nobody).await.unwrap(), None);
        connector.add_member(GROUP, link).await.unwrap();
        self.state.give_default_access(GROUP);
        for refused in [
            connector.remove_member(GROUP, link).await,
            connector.remove_group(GROUP).await,
        ] {
            assert!(matches!(refused, Err(ConnectorError::Refused(_))), "{refused:?}");
        }
    }

    async fn deletion(&self, link: &AccountLink) {
        let connector = &self.connector;
        connector.create_group("short").await.unwrap();
        connector.remove_group("short").await.unwrap();
        connector.remove_group("short").await.unwrap();
        connector.remove_account(link).await.unwrap();
        connector.remove_account(link).await.unwrap();
        assert_eq!(connector.find_linked(link).await.unwrap(), None);
    }

    /// A wrong key, a wrong directory, and what the simulator shows beyond what is asked.
    async fn others(&self) {
        let mut config = self.config.clone();
        config.credentials = Credentials::Token {
            token: "wrong".to_owned(),
        };
        products::connect(&config).unwrap().probe().await.unwrap_err();
        let mut config = self.config.clone();
        config.directory = Some("elsewhere".to_owned());
        products::connect(&config).unwrap().probe().await.unwrap_err();
        let client = Client::new(&self.config).unwrap();
        let users = format!("/scim/directory/{CLOUD_DIRECTORY}/Users");
        let sorted = client
            .get(&format!("{users}?filter=displayName%20co%20%22a%22"))
            .await;
        assert_eq!(sorted.unwrap().status(), 400);
        let key = self.state.seed_account(SimAccount::new("dan"));
        let body = json!({ "userName": "dan", "emails": [{ "value": "dan@example.com", "primary": true }] });
        let put = client
            .send(Method::PUT, &format!("{users}/{key}"), Some(&body))
            .await;
        put.unwrap().success().unwrap();
    }
}
