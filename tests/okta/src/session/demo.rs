//! The story of `tidegate demo`: a small company, three days.

use super::{Act, Action, Session, Step};
use crate::profile::Profile;

/// Login, given name, family name, title, department.
type Person = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const FIRST: [Person; 9] = [
    (
        "ada.lovelace@tidal.example",
        "Ada",
        "Lovelace",
        "Principal Engineer",
        "Engineering",
    ),
    (
        "grace.hopper@tidal.example",
        "Grace",
        "Hopper",
        "Engineering Manager",
        "Engineering",
    ),
    (
        "alan.turing@tidal.example",
        "Alan",
        "Turing",
        "Engineer",
        "Engineering",
    ),
    (
        "katherine.johnson@tidal.example",
        "Katherine",
        "Johnson",
        "Engineer",
        "Engineering",
    ),
    (
        "hedy.lamarr@tidal.example",
        "Hedy",
        "Lamarr",
        "Support Lead",
        "Support",
    ),
    (
        "joan.clarke@tidal.example",
        "Joan",
        "Clarke",
        "Support Engineer",
        "Support",
    ),
    (
        "tim.berners-lee@tidal.example",
        "Tim",
        "Berners-Lee",
        "Support Engineer",
        "Support",
    ),
    (
        "mary.jackson@tidal.example",
        "Mary",
        "Jackson",
        "Account Manager",
        "Sales",
    ),
    (
        "edsger.dijkstra@tidal.example",
        "Edsger",
        "Dijkstra",
        "Account Manager",
        "Sales",
    ),
];

const SECOND: [Person; 3] = [
    (
        "barbara.liskov@tidal.example",
        "Barbara",
        "Liskov",
        "Engineer",
        "Engineering",
    ),
    (
        "radia.perlman@tidal.example",
        "Radia",
        "Perlman",
        "Engineer",
        "Engineering",
    ),
    (
        "donald.knuth@tidal.example",
        "Donald",
        "Knuth",
        "Technical Writer",
        "Support",
    ),
];

impl Session {
    /// Three acts. Between the first and the second is the moment to swap the policy: the second
    /// does the same kinds of things, so that one sees what the new rules make of them.
    #[must_use]
    pub fn demo() -> Self {
        Self::new(vec![monday(), tuesday(), friday()])
    }
}

fn monday() -> Act {
    act(
        "Monday: everybody joins",
        vec![
            step("Okta tests the API credentials", Action::TestCredentials),
            step(
                "Nine people are assigned at once",
                Action::Assign(FIRST.iter().map(profile).collect()),
            ),
            push(
                "Engineering",
                &["ada.lovelace", "grace.hopper", "alan.turing", "katherine.johnson"],
            ),
            push("Support", &["hedy.lamarr", "joan.clarke", "tim.berners-lee"]),
            push("Sales", &["mary.jackson", "edsger.dijkstra"]),
        ],
    )
}

fn tuesday() -> Act {
    let joan = Profile::new(&login("joan.clarke"), "Joan", "Clarke")
        .title("Engineer")
        .department("Engineering");
    act(
        "Tuesday: people come, move and are renamed",
        vec![
            step(
                "Three more people are assigned",
                Action::Assign(SECOND.iter().map(profile).collect()),
            ),
            step("Joan becomes an engineer", Action::Update(joan)),
            change(
                "Joan and the new engineers join Engineering",
                "Engineering",
                &["joan.clarke", "barbara.liskov", "radia.perlman"],
                &[],
            ),
            change(
                "Support gets Donald for Joan",
                "Support",
                &["donald.knuth"],
                &["joan.clarke"],
            ),
            step(
                "Sales is now called Customers",
                Action::RenameGroup("Sales".to_owned(), "Customers".to_owned()),
            ),
            push("Incident Response", &["ada.lovelace", "hedy.lamarr"]),
        ],
    )
}

fn friday() -> Act {
    let alan = login("alan.turing");
    let edsger = login("edsger.dijkstra");
    act(
        "Friday: some leave, one comes back",
        vec![
            step("Alan leaves", Action::Deactivate(alan.clone())),
            change("Alan leaves Engineering", "Engineering", &[], &["alan.turing"]),
            step(
                "Edsger is deactivated by mistake",
                Action::Deactivate(edsger.clone()),
            ),
            step("Edsger is active again", Action::Reactivate(edsger)),
            step(
                "Support is pushed anew",
                Action::ReplaceMembers("Support".to_owned(), logins(&["hedy.lamarr", "donald.knuth"])),
            ),
            step(
                "The incident is over",
                Action::ReplaceMembers("Incident Response".to_owned(), Vec::new()),
            ),
            step(
                "Incident Response is deleted",
                Action::DeleteGroup("Incident Response".to_owned()),
            ),
            step(
                "Alan is hired again",
                Action::Assign(FIRST.iter().map(profile).filter(|p| p.login == alan).collect()),
            ),
            step("Okta imports everything", Action::Import),
        ],
    )
}

fn profile((login, given, family, title, department): &Person) -> Profile {
    Profile::new(login, given, family)
        .title(title)
        .department(department)
}

fn act(title: &str, steps: Vec<Step>) -> Act {
    Act {
        title: title.to_owned(),
        steps,
    }
}

fn step(title: &str, action: Action) -> Step {
    Step {
        title: title.to_owned(),
        action,
    }
}

fn push(group: &str, members: &[&str]) -> Step {
    step(
        &format!("{group} is pushed"),
        Action::PushGroup(group.to_owned(), logins(members)),
    )
}

fn change(title: &str, group: &str, come: &[&str], go: &[&str]) -> Step {
    step(
        title,
        Action::ChangeMembers(group.to_owned(), logins(come), logins(go)),
    )
}

fn login(name: &str) -> String {
    format!("{name}@tidal.example")
}

fn logins(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| login(name)).collect()
}
