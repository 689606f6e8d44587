//! Every form, with everything that somebody may type or send: refused in words or taken, never echoed as HTML, never a
//! defect, and nothing happens without the form's token.

use tidegate_directory::target::Product;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Browser, signed_in};
use crate::world::{APP, RawAnswer, World};

/// Each form below `/admin`, with the fields that a browser sends.
const FORMS: [(&str, &[&str]); 15] = [
    ("/apps/new", &["name", "provider"]),
    ("/access", &["do=create", "name", "role", "password"]),
    ("/access", &["do=token", "name", "role", "app", "days"]),
    ("/access", &["do=password", "password", "new_password"]),
    ("/apps/default/connect", &["overlap_hours"]),
    ("/apps/default/failures", &["target"]),
    (
        "/apps/default/secrets",
        &["do=credential", "name", "origins", "header", "value"],
    ),
    ("/apps/default/secrets", &["do=client", "name"]),
    (
        "/apps/default/settings",
        &[
            "percent",
            "at-least",
            "users",
            "window-minutes",
            "requests-per-second",
            "protected-accounts",
            "provider",
        ],
    ),
    (
        "/apps/default/targets/new",
        &[
            "do=test",
            "name",
            "product",
            "base_url",
            "username",
            "password",
            "token",
            "concurrency",
            "proxy",
            "ca",
            "key",
        ],
    ),
    (
        "/apps/default/targets/jira/edit",
        &["do=save", "product", "base_url", "directory", "timeout_ms"],
    ),
    (
        "/apps/default/rules/1/settings",
        &["do=save", "/username-case", "/default-groups", "/groups/prefixes"],
    ),
    (
        "/apps/default/rules/1/settings",
        &["do=try", "try-users", "try-groups"],
    ),
    ("/apps/default/rules/1/settings?json", &["do=save", "json"]),
    ("/apps/default/rules/1", &["do=grants", "grants", "percent"]),
];

const SCRIPT: &str = "\"><script>alert(1)</script>";

fn typed() -> Vec<String> {
    let odd = [
        "",
        SCRIPT,
        "../../etc/passwd",
        "second",
        "-1",
        "1e999",
        "null",
        "{\"a\": [",
        "a\r\nb: c",
        "\u{0}",
        "'; DROP TABLE apps; --",
    ];
    let long = ["x".repeat(100_000), "9".repeat(400)];
    odd.into_iter().map(str::to_owned).chain(long).collect()
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn form(fields: &[&str], odd: &str, text: &str, csrf: &str) -> String {
    let mut form = format!("csrf={csrf}");
    for field in fields {
        let (name, fixed) = field
            .split_once('=')
            .map_or((*field, None), |(name, value)| (name, Some(value)));
        let value = match fixed {
            Some(value) => value,
            None if name == odd => text,
            None => "1",
        };
        form += &format!("&{}={}", encoded(name), encoded(value));
    }
    form
}

fn check(answer: &RawAnswer, what: &str) {
    let text = &answer.text;
    // A product that cannot be reached is a gateway's matter, and no defect.
    assert!(
        answer.status < 500 || answer.status == 502,
        "{what}: {} {text}",
        answer.status
    );
    assert!(!text.contains("<script>alert"), "{what}: {text}");
    assert!(!text.contains("could not be made"), "{what}: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_typed_a_form_answers_in_words() {
    let world = World::with_product(Product::Jira).await;
    world.admin.create_app("second").await;
    let browser = signed_in(&world).await;
    let csrf = browser.csrf().await;
    for (path, fields) in FORMS {
        let names = fields.iter().filter(|field| !field.contains('='));
        for name in names {
            for text in typed() {
                let what = format!("{path} {name}={:.40}", text.escape_debug().to_string());
                let answer = browser
                    .post(&format!("/admin{path}"), &form(fields, name, &text, &csrf))
                    .await;
                check(&answer, &what);
            }
        }
    }
    assert_eq!(
        world.admin.status(APP).await.targets_status.len(),
        1,
        "no odd target was kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_happens_without_the_forms_token() {
    let world = World::with_product(Product::Jira).await;
    let browser = signed_in(&world).await;
    let before = world
        .admin
        .call(http::Method::GET, "/audit", serde_json::Value::Null)
        .await;
    drop(before);
    for (path, fields) in FORMS {
        for token in ["", "0".repeat(64).as_str()] {
            let answer = browser
                .post(&format!("/admin{path}"), &form(fields, "", "", token))
                .await;
            assert!(
                answer.status == 403
                    || answer.text.contains("X-CSRF-Token")
                    || answer.text.contains("role=\"alert\"")
                    || answer.text.contains("class=\"failed\""),
                "{path}: {} {}",
                answer.status,
                answer.text
            );
        }
    }
    let apps = world
        .admin
        .call(http::Method::GET, "/apps", serde_json::Value::Null)
        .await
        .unwrap();
    assert_eq!(apps.as_array().unwrap().len(), 1, "{apps}");
    assert_eq!(world.admin.versions(APP).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_strangers_upload_is_not_read() {
    let world = World::bare().await;
    let mut wire = TcpStream::connect(world.address()).await.unwrap();
    // Much is announced, and next to nothing comes: whoever waits for it does not answer.
    let head = format!(
        "POST /admin/apps/default/rules HTTP/1.1\r\nHost: {}\r\nContent-Type: multipart/form-data; boundary=x\r\n\
         Content-Length: 70000000\r\n\r\n--x\r\n",
        world.address()
    );
    wire.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    wire.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 303");
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_addresses_are_answered_in_words() {
    let world = World::with_product(Product::Jira).await;
    let browser = signed_in(&world).await;
    let odd = [
        "nobody",
        "..",
        "%2e%2e%2f",
        "%00",
        "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "99999999999999999999",
        "-1",
    ];
    for path in [
        "/admin/apps/{}/people",
        "/admin/apps/{}/connect",
        "/admin/apps/{}/settings",
        "/admin/apps/default/people/{}",
        "/admin/apps/default/people/{}/anonymise",
        "/admin/apps/default/people?after={}",
        "/admin/apps/default/people?q={}&kind={}",
        "/admin/apps/default/activity?before={}",
        "/admin/apps/default/activity?q={}&action={}&actor={}",
        "/admin/apps/default/targets/{}",
        "/admin/apps/default/targets/{}/edit",
        "/admin/apps/default/rules/{}",
        "/admin/apps/default/rules/{}/settings",
    ] {
        for text in odd {
            let path = path.replace("{}", text);
            let answer: RawAnswer = Browser::get(&browser, &path).await;
            check(&answer, &path);
            // No link of ours leads elsewhere, whatever stands in the address.
            assert!(
                !answer.text.contains("/../") && !answer.text.contains("=\"//"),
                "{path}: {}",
                answer.text
            );
            if path.contains("/apps/%2e") || path.contains("/apps/nobody") {
                assert_eq!(answer.status, 404, "{path}: {}", answer.text);
            }
        }
    }
}
