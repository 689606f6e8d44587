//! What the directory is and can do.

use super::CloudDirectory;
use super::beans::GroupBean;
use crate::connector::{Result, TargetInfo};
use crate::products::capability;

impl CloudDirectory {
    /// Reads a user and a group: proves id, key and both rights at once.
    pub(super) async fn probe_directory(&self) -> Result<TargetInfo> {
        self.is_there().await?;
        self.page::<GroupBean>("Groups", None, 0, 1).await?;
        Ok(TargetInfo {
            // Cloud has no version of its own; this is the protocol's.
            version: "SCIM 2.0".to_owned(),
            // The key belongs to the directory, not to an account.
            acting_as: None,
            directories: vec![self.directory.clone()],
            capabilities: vec![
                capability(
                    "create accounts",
                    true,
                    "on verified domains only (admin.atlassian.com, Security, Domains); an Atlassian account \
                     of that address is linked, not made anew",
                ),
                capability("update accounts", true, "names and e-mail address, by PATCH"),
                capability(
                    "rename accounts",
                    true,
                    "the SCIM id stays; a changed address can unlink the Atlassian account (ACCESS-1396): \
                     check it after the change",
                ),
                capability("deactivate accounts", true, "active: false"),
                capability(
                    "remove accounts",
                    true,
                    "Cloud deactivates the Atlassian account and forgets its SCIM id; delete the account itself \
                     in Atlassian administration",
                ),
                capability(
                    "find accounts by e-mail",
                    true,
                    "only where the username is the e-mail address: Cloud filters by userName and externalId alone, \
                     so let the username rule keep the address",
                ),
                capability(
                    "anonymise accounts",
                    false,
                    "delete the Atlassian account in Atlassian administration: Atlassian anonymises it",
                ),
                capability(
                    "choose the user directory",
                    true,
                    "the directoryId of this target",
                ),
                capability(
                    "manage every group",
                    false,
                    "not groups that give default access to a product, nor local ones of the same name: \
                     both are changed in Atlassian administration",
                ),
                capability(
                    "rename groups",
                    false,
                    "create the new group and move the members",
                ),
            ],
            seats_left: None,
        })
    }
}
