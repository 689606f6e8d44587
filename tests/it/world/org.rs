//! What an organisation wants, kept by the test itself: nothing here is read from Tidegate, so
//! that a wrong desired state cannot pass for a right one.
//!
//! The rules are those of the standard policy in its default settings: an account follows its
//! user; a deactivated one is suspended; a group that is renamed or deleted leaves its old
//! directory group behind, without members: nobody keeps access by a name that is gone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use tidegate_directory::target::Product;
use tidegate_okta::Profile;
use tidegate_okta::session::Action;
use tidegate_simulators::CLOUD_DIRECTORY;

use super::products::Simulated;

#[derive(Debug, Clone)]
struct Person {
    given_name: String,
    family_name: String,
    display_name: String,
    email: String,
    active: bool,
}

/// People and groups as the directories shall have them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Org {
    people: BTreeMap<String, Person>,
    groups: BTreeMap<String, BTreeSet<String>>,
    left_behind: BTreeSet<String>,
}

impl Org {
    pub(crate) fn assign(&mut self, profile: &Profile) {
        let person = Person {
            given_name: profile.given_name.clone(),
            family_name: profile.family_name.clone(),
            display_name: profile.display_name(),
            email: profile.email.clone(),
            active: true,
        };
        self.people.insert(profile.login.clone(), person);
    }

    pub(crate) fn set_active(&mut self, login: &str, active: bool) {
        self.people.get_mut(login).expect("a person of the model").active = active;
    }

    pub(crate) fn set_members<'a>(&mut self, group: &str, members: impl IntoIterator<Item = &'a str>) {
        self.groups
            .insert(group.to_owned(), members.into_iter().map(str::to_owned).collect());
    }

    pub(crate) fn join(&mut self, group: &str, login: &str) {
        self.groups
            .get_mut(group)
            .expect("a group of the model")
            .insert(login.to_owned());
    }

    pub(crate) fn leave(&mut self, group: &str, login: &str) {
        self.groups
            .get_mut(group)
            .expect("a group of the model")
            .remove(login);
    }

    pub(crate) fn rename_group(&mut self, from: &str, to: &str) {
        let members = self.groups.remove(from).expect("a group of the model");
        self.left_behind.insert(from.to_owned());
        self.groups.insert(to.to_owned(), members);
    }

    pub(crate) fn delete_group(&mut self, group: &str) {
        self.groups.remove(group).expect("a group of the model");
        self.left_behind.insert(group.to_owned());
    }

    /// Follows one step of a session.
    pub(crate) fn play(&mut self, action: &Action) {
        match action {
            Action::TestCredentials | Action::Import => {}
            Action::Assign(people) => people.iter().for_each(|profile| self.assign(profile)),
            Action::Update(profile) => {
                let active = self.people[&profile.login].active;
                self.assign(profile);
                self.set_active(&profile.login, active);
            }
            Action::Deactivate(login) => self.set_active(login, false),
            Action::Reactivate(login) => self.set_active(login, true),
            Action::PushGroup(name, members) | Action::ReplaceMembers(name, members) => {
                self.set_members(name, members.iter().map(String::as_str));
            }
            Action::RenameGroup(from, to) => self.rename_group(from, to),
            Action::ChangeMembers(group, come, go) => {
                come.iter().for_each(|login| self.join(group, login));
                go.iter().for_each(|login| self.leave(group, login));
            }
            Action::DeleteGroup(group) => self.delete_group(group),
        }
    }

    /// Ends the test unless every product holds exactly this.
    pub(crate) fn assert_held_by(&self, products: &[Simulated]) {
        for product in products {
            let (found, expected) = (product.state().snapshot(), self.expected(product));
            assert!(
                found == expected,
                "{} differs:\n{}",
                product.product,
                difference(&found, &expected)
            );
        }
    }

    fn expected(&self, product: &Simulated) -> Value {
        let kind = product.product;
        // These cannot deactivate: a suspended account is one without groups.
        let emulated = matches!(kind, Product::Bitbucket | Product::JiraCloud);
        let mut expected = product.fresh.clone();
        let directory = match kind {
            Product::CloudDirectory => json!(CLOUD_DIRECTORY),
            Product::JiraCloud => expected["accounts"]["admin@example.com"]["directory"].clone(),
            _ => expected["accounts"]["admin"]["directory"].clone(),
        };
        for (login, person) in &self.people {
            let active = person.active || emulated;
            expected["accounts"][login] = json!({
                "active": active, "displayName": person.display_name, "email": person.email, "directory": directory,
            });
            if kind == Product::Crowd {
                expected["accounts"][login]["firstName"] = json!(person.given_name);
                expected["accounts"][login]["lastName"] = json!(person.family_name);
                expected["accounts"][login]["attributes"] = json!({});
            }
            if kind == Product::JiraCloud {
                // People name themselves there.
                expected["accounts"][login]["displayName"] =
                    product.state().snapshot()["accounts"][login]["displayName"].clone();
            }
        }
        let everybody = match kind {
            Product::Jira => Some("jira-software-users"),
            Product::Confluence => Some("confluence-users"),
            Product::Bitbucket => Some("stash-users"),
            // Access there comes with groups that are wanted, never by itself.
            Product::Crowd | Product::CloudDirectory | Product::JiraCloud => None,
        };
        let everyone: BTreeSet<String> = self.people.keys().cloned().chain(["admin".to_owned()]).collect();
        let nobody = BTreeSet::new();
        let groups = self.groups.iter().map(|(name, members)| (name.as_str(), members));
        let left_behind = self.left_behind.iter().map(|name| (name.as_str(), &nobody));
        for (name, members) in left_behind
            .chain(groups)
            .chain(everybody.map(|name| (name, &everyone)))
        {
            // Confluence keeps group names in lower case.
            let name = if kind == Product::Confluence {
                name.to_lowercase()
            } else {
                name.to_owned()
            };
            let usable =
                |login: &&String| !emulated || self.people.get(*login).is_none_or(|person| person.active);
            expected["groups"][name] = members.iter().filter(usable).cloned().collect();
        }
        expected
    }
}

/// Only what differs: the whole is too long to read.
fn difference(found: &Value, expected: &Value) -> String {
    let mut lines = Vec::new();
    for part in ["accounts", "groups"] {
        let empty = Map::new();
        let of = |value: &Value| value[part].as_object().unwrap_or(&empty).clone();
        let (found, expected) = (of(found), of(expected));
        let names: BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
        for name in names {
            let (found, expected) = (found.get(name), expected.get(name));
            if found != expected {
                lines.push(format!(
                    "{part} {name}\n  found    {found:?}\n  expected {expected:?}"
                ));
            }
        }
    }
    lines.join("\n")
}
