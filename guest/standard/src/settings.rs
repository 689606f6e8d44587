//! The settings: how they are read, and what they are where nothing is said.

use std::collections::BTreeMap;
use std::sync::Arc;
use tidegate_sdk::types::LinkBy;

use tidegate_sdk::Problem;
use tidegate_sdk::settings::{Section, read};

use crate::mapping::{From, Groups, Rule as GroupRule, Unmapped};
use crate::pattern::{check_replacement, compile};
use crate::username::{Case, Rule as UsernameRule};

/// The JSON Schema (2020-12) of the settings; the administration page draws its form from it.
#[must_use]
pub fn settings_schema() -> &'static str {
    include_str!("../schema.json")
}

/// What happens to the account of a user that is removed, or leaves the allowed domains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum OnRemoval {
    #[default]
    Disable,
    Delete,
    Leave,
}

/// What happens to the directory groups of a group that is removed. Leaving them is the
/// default: permissions hang on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum OnGroupRemoval {
    Delete,
    #[default]
    Leave,
}

/// The rules for one target.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub(crate) username_rules: Arc<[UsernameRule]>,
    pub(crate) username_case: Case,
    pub(crate) import_users: bool,
    pub(crate) update_users: bool,
    pub(crate) link_by: LinkBy,
    pub(crate) enable_users: bool,
    pub(crate) disable_users: bool,
    pub(crate) on_removal: OnRemoval,
    pub(crate) on_group_removal: OnGroupRemoval,
    pub(crate) strip_groups_on_disable: bool,
    pub(crate) groups: Arc<Groups>,
    pub(crate) default_groups: Vec<String>,
    pub(crate) allowed_domains: Vec<String>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            username_rules: Arc::from([]),
            username_case: Case::Keep,
            import_users: true,
            update_users: true,
            link_by: LinkBy::Username,
            enable_users: true,
            disable_users: true,
            on_removal: OnRemoval::Disable,
            on_group_removal: OnGroupRemoval::Leave,
            strip_groups_on_disable: false,
            groups: Arc::new(Groups::default()),
            default_groups: Vec::new(),
            allowed_domains: Vec::new(),
        }
    }
}

/// The rules for all targets, and those for targets that differ.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    everywhere: Rules,
    targets: BTreeMap<String, Rules>,
}

impl Settings {
    /// Reads the settings document.
    ///
    /// # Errors
    ///
    /// Every mistake in it, each with its JSON pointer.
    pub(crate) fn read(text: &str) -> Result<Self, Vec<Problem>> {
        let (settings, problems) = read(text, |root| {
            let everywhere = rules(root, &Rules::default());
            let targets = root.section("targets", |targets| {
                let names = targets.names();
                let read = |name: String| {
                    let own = targets.section(&name, |target| rules(target, &everywhere))?;
                    Some((name, own))
                };
                names.into_iter().filter_map(read).collect()
            });
            Self {
                everywhere,
                targets: targets.unwrap_or_default(),
            }
        });
        if problems.is_empty() {
            Ok(settings)
        } else {
            Err(problems)
        }
    }

    /// The rules for one target.
    pub(crate) fn of(&self, target: &str) -> &Rules {
        self.targets.get(target).unwrap_or(&self.everywhere)
    }
}

fn rules(section: &mut Section<'_>, fallback: &Rules) -> Rules {
    let base = fallback.clone();
    Rules {
        username_rules: section
            .list("username-rules", username_rule)
            .map_or(base.username_rules, Arc::from),
        username_case: section.choice(
            "username-case",
            &[("keep", Case::Keep), ("lower", Case::Lower)],
            base.username_case,
        ),
        import_users: section.flag("import-users", base.import_users),
        update_users: section.flag("update-users", base.update_users),
        link_by: section.choice(
            "link-by",
            &[
                ("username", LinkBy::Username),
                ("email", LinkBy::Email),
                ("username-or-email", LinkBy::UsernameOrEmail),
            ],
            base.link_by,
        ),
        enable_users: section.flag("enable-users", base.enable_users),
        disable_users: section.flag("disable-users", base.disable_users),
        on_removal: section.choice(
            "on-removal",
            &[
                ("disable", OnRemoval::Disable),
                ("delete", OnRemoval::Delete),
                ("leave", OnRemoval::Leave),
            ],
            base.on_removal,
        ),
        on_group_removal: section.choice(
            "on-group-removal",
            &[
                ("delete", OnGroupRemoval::Delete),
                ("leave", OnGroupRemoval::Leave),
            ],
            base.on_group_removal,
        ),
        strip_groups_on_disable: section.flag("strip-groups-on-disable", base.strip_groups_on_disable),
        groups: section
            .section("groups", |groups| groups_rules(groups, &base.groups))
            .map_or_else(|| Arc::clone(&base.groups), Arc::new),
        default_groups: section.texts("default-groups").unwrap_or(base.default_groups),
        allowed_domains: section.texts("allowed-domains").unwrap_or(base.allowed_domains),
    }
}

fn username_rule(section: &mut Section<'_>) -> Option<UsernameRule> {
    let pattern = section.required_text("pattern");
    let replacement = section.required_text("replacement");
    let pattern = compile(&pattern)
        .map_err(|message| section.problem("pattern", message))
        .ok()?;
    check_replacement(&pattern, &replacement)
        .map_err(|message| section.problem("replacement", message))
        .ok()?;
    // Used once here, so that what the engine builds lazily is in the snapshot.
    let _ = pattern.replace("Someone.Example+tag@Example.COM", replacement.as_str());
    Some(UsernameRule { pattern, replacement })
}

fn groups_rules(section: &mut Section<'_>, fallback: &Groups) -> Groups {
    let base = fallback.clone();
    Groups {
        push: section.flag("push", base.push),
        create_missing: section.flag("create-missing", base.create_missing),
        mapping: section.list("mapping", group_rule).unwrap_or(base.mapping),
        prefixes: section.texts("prefixes").unwrap_or(base.prefixes),
        unmapped: section.choice(
            "unmapped",
            &[("same-name", Unmapped::SameName), ("ignore", Unmapped::Ignore)],
            base.unmapped,
        ),
    }
}

fn group_rule(section: &mut Section<'_>) -> Option<GroupRule> {
    let from = section.required_text("from");
    let is_pattern = section.flag("regex", false);
    let to = section.required_texts("to");
    if !is_pattern {
        return Some(GroupRule {
            from: From::Name(from),
            to,
        });
    }
    let pattern = compile(&from)
        .map_err(|message| section.problem("from", message))
        .ok()?;
    for (index, name) in to.iter().enumerate() {
        if let Err(message) = check_replacement(&pattern, name) {
            section.problem(&format!("to/{index}"), message);
        }
    }
    Some(GroupRule {
        from: From::Pattern(pattern),
        to,
    })
}
