//! Dashboard and alert rules, against what is really served.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tidegate_directory::target::Product;

use super::file;
use crate::world::{APP, Authority, World, person, secured};

/// Names of samples with the labels that they were seen with.
type Served = BTreeMap<String, BTreeSet<String>>;

/// Labels that Prometheus adds, and functions' own.
const ADDED: [&str; 2] = ["job", "instance"];

fn read(page: &str, served: &mut Served) {
    for line in page.lines().filter(|line| line.starts_with("tidegate_")) {
        let end = line.find(['{', ' ']).expect("a name");
        let labels = served.entry(line[..end].to_owned()).or_default();
        labels.extend(label_names(&line[end..]));
    }
}

/// The names before `=`, `!=`, `=~` in the first braces.
fn label_names(text: &str) -> Vec<String> {
    let Some(inner) = text.strip_prefix('{').and_then(|rest| rest.split_once('}')) else {
        return Vec::new();
    };
    // Values may hold commas and braces of paths; a name is what stands before a quotation mark.
    inner
        .0
        .split('"')
        .step_by(2)
        .map(|part| part.trim_matches([',', '=', '!', '~', ' ']).to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

/// Every `tidegate_…` in an expression, with the labels that it is selected by.
fn used(expression: &str) -> Vec<(String, Vec<String>)> {
    expression
        .match_indices("tidegate_")
        .map(|(at, _)| {
            let rest = &expression[at..];
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                .unwrap_or(rest.len());
            (rest[..end].to_owned(), label_names(&rest[end..]))
        })
        .collect()
}

/// A server that has done a bit of everything, and one that speaks TLS.
async fn served() -> Served {
    let mut served = Served::new();
    let world = World::with_product(Product::Jira).await;
    world.okta().assign(&person("ada")).await.expect("is assigned");
    world.admin.converged(APP).await;
    world.product("jira").state().set_password("admin", "another");
    world.okta().assign(&person("alan")).await.expect("is assigned");
    crate::world::until("a refused try", || async {
        let line = world.admin.target(APP, "jira").await;
        line.stopped.map(drop).ok_or_else(String::new)
    })
    .await;
    world.product("jira").state().set_password("admin", "admin");
    world.product("jira").state().clear_captcha("admin");
    world.command(&["target", "test", "jira"]);
    world.admin.converged(APP).await;
    world.command(&["drift"]);
    read(&world.metrics().await, &mut served);

    let folder = tempfile::tempdir().expect("a folder");
    let authority = Authority::new();
    authority.write(folder.path(), 2040);
    let world = World::with(|config| secured::configure(config, folder.path())).await;
    let connection = authority
        .connect(world.address(), &[&rustls::version::TLS13], &[])
        .await;
    let (_, _, page) = connection.unwrap().get("/metrics", "").await.expect("metrics");
    read(&page, &mut served);
    served
}

/// Expressions with where they stand.
fn expressions() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let dashboard: Value = serde_json::from_str(&file("grafana.json")).expect("JSON");
    for panel in dashboard["panels"].as_array().expect("panels") {
        let title = panel["title"].as_str().expect("a title");
        let targets = panel["targets"].as_array().expect("targets");
        assert!(!targets.is_empty(), "{title}");
        for target in targets {
            let expression = target["expr"].as_str().expect("an expression");
            found.push((format!("panel {title}"), expression.to_owned()));
        }
    }
    for rule in rules() {
        let name = rule["alert"].as_str().expect("a name").to_owned();
        found.push((name, rule["expr"].as_str().expect("an expression").to_owned()));
    }
    found
}

fn rules() -> Vec<Value> {
    let rules: Value = serde_yaml_ng::from_str(&file("alerts.yaml")).expect("YAML");
    let groups = rules["groups"].as_array().expect("groups").clone();
    groups
        .iter()
        .flat_map(|group| group["rules"].as_array().expect("rules").clone())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_and_label_of_dashboard_and_alerts_is_served() {
    let served = served().await;
    for (place, expression) in expressions() {
        for (name, labels) in used(&expression) {
            let known = served
                .get(&name)
                .unwrap_or_else(|| panic!("{place}: {name} is not served: {:?}", served.keys()));
            for label in labels.iter().filter(|label| !ADDED.contains(&label.as_str())) {
                assert!(
                    known.contains(label),
                    "{place}: {name} has no label {label}: {known:?}"
                );
            }
        }
    }
    // What the guide says to watch, too.
    let guide = std::fs::read_to_string(super::root().join("host/guide/running.md")).expect("is there");
    for (name, _) in used(&guide) {
        let bucket = format!("{name}_bucket");
        assert!(
            served.contains_key(&name) || served.contains_key(&bucket),
            "the guide: {name}"
        );
    }
}

#[test]
fn alerts_are_whole_and_say_what_to_do() {
    let rules = rules();
    let mut names = BTreeSet::new();
    for rule in &rules {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let name = text(&rule["alert"]);
        assert!(
            name.starts_with("Tidegate") && names.insert(name.clone()),
            "{name}"
        );
        let severity = text(&rule["labels"]["severity"]);
        assert!(
            ["page", "ticket"].contains(&severity.as_str()),
            "{name}: {severity}"
        );
        let (summary, description) = (
            &rule["annotations"]["summary"],
            &rule["annotations"]["description"],
        );
        assert!(
            !text(summary).is_empty() && text(description).ends_with('.'),
            "{name}"
        );
        if let Some(span) = rule.get("for") {
            let span = text(span);
            let number = span
                .strip_suffix('m')
                .and_then(|number| number.parse::<u32>().ok());
            assert!(number.is_some(), "{name}: {span}");
        }
        let balanced = |open: char, close: char| {
            let expression = text(&rule["expr"]);
            expression.matches(open).count() == expression.matches(close).count()
        };
        assert!(
            balanced('(', ')') && balanced('{', '}') && balanced('[', ']'),
            "{name}"
        );
    }
    assert!(rules.len() >= 10);
}

#[test]
fn panels_do_not_lie_on_each_other() {
    let dashboard: Value = serde_json::from_str(&file("grafana.json")).expect("JSON");
    let mut taken = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for panel in dashboard["panels"].as_array().expect("panels") {
        assert!(ids.insert(panel["id"].to_string()), "two panels with one id");
        let side = |name: &str| panel["gridPos"][name].as_u64().expect("a number");
        assert!(side("x") + side("w") <= 24, "{}", panel["title"]);
        for x in side("x")..side("x") + side("w") {
            for y in side("y")..side("y") + side("h") {
                assert!(taken.insert((x, y)), "{} lies on another", panel["title"]);
            }
        }
    }
}
