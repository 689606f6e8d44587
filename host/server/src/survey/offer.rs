//! Offering what was discovered: the identity provider's import then finds accounts and groups that were there
//! before it. Nothing changes in the product until it writes one of them.

use serde_json::{Value, json};
use tidegate_directory::connector::AccountLink;
use tidegate_scim::{group, user};
use tidegate_store::audit::AuditLine;
use tidegate_store::offered::{OfferedGroup, OfferedUser};
use tidegate_store::survey::{Discovery, GroupFound};

use super::SurveyError;
use super::report::Offered;
use crate::access::actor;
use crate::apps::{App, Target};
use crate::service::Service;

/// Users offered in one transaction.
const PORTION: u64 = 500;

impl Service {
    /// Offers every account and group of the target that the last reading found and nobody has.
    pub(super) async fn offer(
        &self,
        app: &App,
        target: &Target,
        request: &str,
    ) -> Result<Offered, SurveyError> {
        let ourselves = target.probe().await?.acting_as.clone();
        let mut offered = Offered::default();
        let mut after = String::new();
        loop {
            let portion = self
                .store
                .discoveries(app.seq, target.seq, &after, PORTION)
                .await?;
            let Some(last) = portion.last() else { break };
            after.clone_from(&last.remote_id);
            let free = |found: &&Discovery| {
                !app.protected().account(&found.username)
                    && ourselves
                        .as_ref()
                        .is_none_or(|name| !name.eq_ignore_ascii_case(&found.username))
            };
            let offers = portion
                .iter()
                .filter(free)
                .filter_map(|found| as_user(app, found))
                .collect();
            let line = line(app, target, request, "discover.offer-users");
            offered.users += self.store.offer_users(app.seq, target.seq, offers, line).await?;
        }
        let groups = self.store.groups_discovered(app.seq, target.seq).await?;
        let offers = groups
            .iter()
            .filter(|found| !app.protected().group(&found.name))
            .filter_map(|found| as_group(app, found))
            .collect();
        let line = line(app, target, request, "discover.offer-groups");
        offered.groups = self.store.offer_groups(app.seq, offers, line).await?;
        Ok(offered)
    }
}

pub(super) fn line(app: &App, target: &Target, request: &str, action: &str) -> AuditLine {
    AuditLine {
        request: request.to_owned(),
        ..actor::line(app, action, &target.config.name, Value::Null)
    }
}

/// An account that SCIM cannot express (a name with a control character, say) is not offered.
fn as_user(app: &App, found: &Discovery) -> Option<OfferedUser> {
    let name = found.display_name.as_ref();
    let email = found.email.as_ref();
    // What is null is not there (RFC 7643 section 2.5).
    let body = json!({
        "userName": found.username,
        "active": found.active,
        "displayName": name,
        "name": name.map(|name| json!({"formatted": name})),
        "emails": email.map(|email| json!([{"value": email, "type": "work", "primary": true}])),
    });
    let doc = user::create(&app.schemas, &body).ok()?;
    Some(OfferedUser {
        id: uuid::Uuid::now_v7().to_string(),
        doc,
        link: AccountLink {
            remote_id: found.remote_id.clone(),
            username: found.username.clone(),
            remembered: None,
        },
    })
}

fn as_group(app: &App, found: &GroupFound) -> Option<OfferedGroup> {
    let input = group::create(&app.schemas, &json!({"displayName": found.name})).ok()?;
    Some(OfferedGroup {
        id: uuid::Uuid::now_v7().to_string(),
        doc: input.document,
    })
}
