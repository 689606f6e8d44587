//! Everything that is asked of a Jira Cloud site, and every refusal of its own.

use tidegate_directory::connector::{AccountLink, ConnectorError};
use tidegate_directory::products;
use tidegate_directory::target::{Credentials, Product};
use tidegate_simulators::SimAccount;

use super::Surface;
use super::surface::GROUP;
use crate::common::{called, login};

const SITE: Product = Product::JiraCloud;

impl Surface {
    pub(super) async fn drive_site(&self) {
        let link = self.invitation().await;
        self.groups_by_id(&link).await;
        self.taking_away(&link).await;
        self.site_refusals(&link).await;
        self.listed().await;
        self.off_the_site(&link).await;
    }

    async fn invitation(&self) -> AccountLink {
        let connector = &self.connector;
        connector.probe().await.unwrap();
        let ann = called(SITE, "ann");
        assert_eq!(connector.find_account(&ann.username).await.unwrap(), None);
        let link = connector.create_account(&ann).await.unwrap();
        let taken = connector.create_account(&ann).await;
        assert!(matches!(taken, Err(ConnectorError::Conflict(_))), "{taken:?}");
        let found = connector.find_account_by_email(&ann.username).await.unwrap();
        assert_eq!(connector.find_linked(&link).await.unwrap(), found);
        self.state.hide_address(&ann.username);
        let refused = connector.create_account(&ann).await;
        assert!(matches!(refused, Err(ConnectorError::Refused(_))), "{refused:?}");
        connector.add_member("jira-software-users", &link).await.unwrap();
        // Linked by a second invitation.
        assert_eq!(connector.create_account(&ann).await.as_ref(), Ok(&link));
        link
    }

    async fn groups_by_id(&self, link: &AccountLink) {
        let connector = &self.connector;
        assert!(!connector.group_exists(GROUP).await.unwrap());
        connector.create_group(GROUP).await.unwrap();
        connector.create_group(GROUP).await.unwrap();
        connector.add_member(GROUP, link).await.unwrap();
        connector.add_member(GROUP, link).await.unwrap();
        for number in 0..60 {
            let name = login(SITE, &format!("user-{number}"));
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
        assert_eq!(connector.account_groups(&link.remote_id).await.unwrap().len(), 2);
        connector.remove_member(GROUP, link).await.unwrap();
        connector.remove_member(GROUP, link).await.unwrap();
        let missing = connector.add_member("no such group", link).await;
        assert!(matches!(missing, Err(ConnectorError::NotFound(_))), "{missing:?}");
        connector.remove_member("no such group", link).await.unwrap();
    }

    async fn taking_away(&self, link: &AccountLink) {
        let connector = &self.connector;
        connector.create_group("short").await.unwrap();
        connector.add_member("short", link).await.unwrap();
        let link = connector.suspend_account(link).await.unwrap();
        assert!(!connector.find_linked(&link).await.unwrap().unwrap().active);
        connector.remove_group("short").await.unwrap();
        connector.remove_group("short").await.unwrap();
        let link = connector.restore_account(&link).await.unwrap();
        assert!(connector.find_linked(&link).await.unwrap().unwrap().active);
    }

    async fn site_refusals(&self, link: &AccountLink) {
        let connector = &self.connector;
        let nobody = AccountLink {
            remote_id: "4711".to_owned(),
            username: "nobody@example.com".to_owned(),
            remembered: None,
        };
        let gone = connector.suspend_account(&nobody).await;
        assert!(matches!(gone, Err(ConnectorError::NotFound(_))), "{gone:?}");
        let unseen = connector.add_member(GROUP, &nobody).await;
        assert!(
            matches!(unseen, Err(ConnectorError::Unavailable(_))),
            "{unseen:?}"
        );
        let mut long = called(SITE, &"x".repeat(256));
        long.email = None;
        let admin = connector
            .find_account("admin@example.com")
            .await
            .unwrap()
            .unwrap();
        let admin = AccountLink {
            remote_id: admin.remote_id,
            username: admin.username,
            remembered: None,
        };
        for refused in [
            connector.create_account(&long).await.map(|_| ()),
            connector.create_group("").await,
            connector.remove_group("site-admins").await,
            connector.remove_member("site-admins", &admin).await,
            connector.remove_account(&admin).await,
        ] {
            assert!(matches!(refused, Err(ConnectorError::Refused(_))), "{refused:?}");
        }
        self.state.seed_group_in("from-the-idp", "Organization");
        for refused in [
            connector.add_member("from-the-idp", link).await,
            connector.remove_group("from-the-idp").await,
        ] {
            assert!(
                matches!(refused, Err(ConnectorError::Forbidden(_))),
                "{refused:?}"
            );
        }
        self.state.set_seats(Some(1));
        let bob = connector.create_account(&called(SITE, "bob")).await.unwrap();
        let full = connector.add_member("jira-software-users", &bob).await;
        assert!(matches!(full, Err(ConnectorError::SeatsExhausted(_))), "{full:?}");
        self.state.set_seats(None);
        self.state.set_password(&login(SITE, "user-1"), "joe");
        for (username, password) in [("admin@example.com", "wrong"), ("user-1@example.com", "joe")] {
            let mut config = self.config.clone();
            config.credentials = Credentials::Basic {
                username: username.to_owned(),
                password: password.to_owned(),
            };
            products::connect(&config).unwrap().probe().await.unwrap_err();
        }
    }

    async fn listed(&self) {
        let (mut cursor, mut accounts) = (None, 0);
        loop {
            let page = self.connector.list_accounts(cursor.as_deref()).await.unwrap();
            accounts += page.accounts.len();
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(accounts, 63);
        let groups = self.connector.list_groups(None).await.unwrap();
        assert_eq!((groups.names.len(), groups.next), (4, None));
    }

    async fn off_the_site(&self, link: &AccountLink) {
        let connector = &self.connector;
        connector.remove_group(GROUP).await.unwrap();
        connector.remove_account(link).await.unwrap();
        connector.remove_account(link).await.unwrap();
        assert_eq!(connector.find_linked(link).await.unwrap(), None);
    }
}
