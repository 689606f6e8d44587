//! What a step does, and how it is done with the client.

use serde_json::Value;
use tokio::task::JoinSet;

use super::Session;
use crate::client::OktaClient;
use crate::error::OktaError;
use crate::groups::Member;
use crate::profile::Profile;

/// How many people Okta assigns at the same time here; the real number is not published.
const PARALLEL: usize = 8;

/// One action. People are named by login, groups by name.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// "Test API Credentials".
    TestCredentials,
    /// Assigns people, many at once.
    Assign(Vec<Profile>),
    /// Pushes a changed profile.
    Update(Profile),
    /// Deactivates a person.
    Deactivate(String),
    /// Activates a person again.
    Reactivate(String),
    /// Pushes a group with members for the first time.
    PushGroup(String, Vec<String>),
    /// Renames a group, from and to.
    RenameGroup(String, String),
    /// Changes members of a group: those who come, those who go.
    ChangeMembers(String, Vec<String>, Vec<String>),
    /// "Push now".
    ReplaceMembers(String, Vec<String>),
    /// Deletes a group.
    DeleteGroup(String),
    /// Reads all users and groups.
    Import,
}

impl Session {
    pub(super) async fn play(&mut self, client: &OktaClient, action: &Action) -> Result<String, OktaError> {
        match action {
            Action::TestCredentials => client
                .test_api_credentials()
                .await
                .map(|()| "accepted".to_owned()),
            Action::Assign(people) => self.assign(client, people).await,
            Action::Update(profile) => client
                .update(&self.user(&profile.login)?, profile)
                .await
                .map(|_| "updated".to_owned()),
            Action::Deactivate(login) => client
                .deactivate(&self.user(login)?)
                .await
                .map(|()| "deactivated".to_owned()),
            Action::Reactivate(login) => client
                .reactivate(&self.user(login)?)
                .await
                .map(|()| "active again".to_owned()),
            Action::PushGroup(name, logins) => {
                let id = client.push_group(name, &self.members(logins)?).await?;
                self.groups.insert(name.clone(), id);
                Ok(count(logins.len(), "member"))
            }
            Action::RenameGroup(from, to) => {
                let id = self.group(from)?;
                client.rename_group(&id, to).await?;
                self.groups.remove(from);
                self.groups.insert(to.clone(), id);
                Ok("renamed".to_owned())
            }
            Action::ChangeMembers(group, come, go) => {
                let go_ids = go
                    .iter()
                    .map(|login| self.user(login))
                    .collect::<Result<Vec<_>, _>>()?;
                client
                    .change_members(&self.group(group)?, &self.members(come)?, &go_ids)
                    .await?;
                Ok(format!("{} in, {} out", come.len(), go.len()))
            }
            Action::ReplaceMembers(group, logins) => {
                client
                    .replace_members(&self.group(group)?, &self.members(logins)?)
                    .await?;
                Ok(count(logins.len(), "member"))
            }
            Action::DeleteGroup(group) => {
                client.delete_group(&self.group(group)?).await?;
                self.groups.remove(group);
                Ok("deleted".to_owned())
            }
            Action::Import => import(client).await,
        }
    }

    /// Assigns people in parallel; the first failure is reported, the others are assigned all the
    /// same.
    async fn assign(&mut self, client: &OktaClient, people: &[Profile]) -> Result<String, OktaError> {
        let (mut created, mut linked, mut failure) = (0, 0, None);
        for some in people.chunks(PARALLEL) {
            let mut tasks = JoinSet::new();
            for profile in some {
                let (client, profile) = (client.clone(), profile.clone());
                tasks.spawn(async move { (client.assign(&profile).await, profile.login) });
            }
            while let Some(Ok((result, login))) = tasks.join_next().await {
                match result {
                    Ok(assigned) => {
                        if assigned.linked {
                            linked += 1;
                        } else {
                            created += 1;
                        }
                        self.users.insert(login, assigned.id);
                    }
                    Err(error) => failure = failure.or(Some(error)),
                }
            }
        }
        failure.map_or_else(|| Ok(format!("{created} created, {linked} linked")), Err)
    }

    fn user(&self, login: &str) -> Result<String, OktaError> {
        self.user_id(login)
            .map(str::to_owned)
            .ok_or_else(|| OktaError::Unknown(format!("person {login}")))
    }

    fn group(&self, name: &str) -> Result<String, OktaError> {
        self.group_id(name)
            .map(str::to_owned)
            .ok_or_else(|| OktaError::Unknown(format!("group {name}")))
    }

    fn members(&self, logins: &[String]) -> Result<Vec<Member>, OktaError> {
        logins
            .iter()
            .map(|login| Ok(Member::new(self.user(login)?, login.clone())))
            .collect()
    }
}

async fn import(client: &OktaClient) -> Result<String, OktaError> {
    let users = client.import_users().await?;
    let groups = client.import_groups().await?;
    let inactive = users
        .iter()
        .filter(|user| user.get("active") == Some(&Value::Bool(false)))
        .count();
    Ok(format!(
        "{}, {inactive} of them inactive, {}",
        count(users.len(), "user"),
        count(groups.len(), "group")
    ))
}

fn count(number: usize, what: &str) -> String {
    if number == 1 {
        format!("1 {what}")
    } else {
        format!("{number} {what}s")
    }
}
