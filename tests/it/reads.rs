//! Reading: search, sorting, projections, versions. And what operators' machines read.

use bytes::Bytes;
use http::{Method, Request, header};
use serde_json::json;

use crate::world::{APP, RawAnswer, World, exchange, person};

async fn get(world: &World, path: &str, headers: &[(&str, &str)]) -> RawAnswer {
    world.call(Method::GET, path, headers, None).await
}

fn names(answer: &RawAnswer) -> Vec<&str> {
    let resources = answer.body["Resources"].as_array().expect("a list");
    resources
        .iter()
        .map(|resource| {
            resource["userName"]
                .as_str()
                .or_else(|| resource["displayName"].as_str())
                .expect("a name")
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_sorted_over_all_pages() {
    let world = World::bare().await;
    let okta = world.okta();
    for name in ["cyd", "ann", "bob", "dan"] {
        okta.assign(&person(name)).await.expect("is assigned");
    }
    let first = get(&world, "/Users?sortBy=userName&count=2", &[]).await;
    assert_eq!(names(&first), ["ann@tidal.example", "bob@tidal.example"]);
    assert_eq!(first.body["totalResults"], 4);
    let second = get(&world, "/Users?sortBy=userName&startIndex=3&count=2", &[]).await;
    assert_eq!(names(&second), ["cyd@tidal.example", "dan@tidal.example"]);
    let down = get(&world, "/Users?sortBy=userName&sortOrder=descending&count=1", &[]).await;
    assert_eq!(names(&down), ["dan@tidal.example"]);
    let filtered = get(
        &world,
        "/Users?sortBy=name.givenName&filter=userName%20gt%20%22b%22",
        &[],
    )
    .await;
    assert_eq!(
        names(&filtered),
        ["bob@tidal.example", "cyd@tidal.example", "dan@tidal.example"]
    );
    let unknown = get(&world, "/Users?sortBy=nothing", &[]).await;
    assert_eq!(
        (unknown.status, &unknown.body["scimType"]),
        (400, &json!("invalidValue"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_reaches_one_kind_or_both() {
    let world = World::bare().await;
    let okta = world.okta();
    okta.assign(&person("ann")).await.expect("is assigned");
    okta.push_group("ann's friends", &[]).await.expect("is pushed");
    let search = |filter: &str| {
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "filter": filter, "attributes": ["userName", "displayName"],
        })
    };
    let users = world
        .call(
            Method::POST,
            "/Users/.search",
            &[],
            Some(search("userName sw \"ann\"")),
        )
        .await;
    assert_eq!((users.status, names(&users)), (200, vec!["ann@tidal.example"]));
    assert!(
        users.body["Resources"][0].get("emails").is_none(),
        "only what was asked for: {}",
        users.text
    );
    let both = world
        .call(
            Method::POST,
            "/.search",
            &[],
            Some(search("displayName co \"ann\"")),
        )
        .await;
    assert_eq!(names(&both), ["ann@tidal.example", "ann's friends"]);
    let one = world
        .call(
            Method::POST,
            "/.search",
            &[],
            Some(search("members pr or userName pr")),
        )
        .await;
    assert_eq!(
        (one.status, names(&one)),
        (200, vec!["ann@tidal.example"]),
        "nobody is in the group"
    );
    let wrong = world
        .call(Method::POST, "/.search", &[], Some(json!({"schemas": ["x"]})))
        .await;
    assert_eq!(
        (wrong.status, &wrong.body["scimType"]),
        (400, &json!("invalidSyntax"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_with_a_resource_has_the_attributes_asked_for() {
    let world = World::bare().await;
    let body = json!({"userName": "ann@tidal.example", "title": "Engineer", "nickName": "A"});
    let patch = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "nickName", "value": "B"}],
    });
    for (query, with, without) in [
        ("attributes=TITLE", "title", "userName"),
        ("excludedAttributes=title,meta", "nickName", "title"),
    ] {
        let made = world
            .call(Method::POST, &format!("/Users?{query}"), &[], Some(body.clone()))
            .await;
        assert_eq!(made.status, 201, "{}", made.text);
        let id = made.body["id"].as_str().expect("always there").to_owned();
        // Where it is and which version it has is told, whether or not `meta` is shown.
        let location = format!("{}/Users/{id}", world.base_url());
        assert_eq!(made.headers["location"], location);
        assert_eq!(made.headers["etag"], "W/\"1\"");
        let path = format!("/Users/{id}?{query}");
        let mut answers = vec![made.body];
        for (method, body) in [
            (Method::PUT, Some(&body)),
            (Method::PATCH, Some(&patch)),
            (Method::GET, None),
        ] {
            let answer = world.call(method, &path, &[], body.cloned()).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            assert!(answer.headers.contains_key("etag"), "{query}");
            answers.push(answer.body);
        }
        let list = world.read(&format!("/Users?{query}")).await;
        answers.push(list["Resources"][0].clone());
        for answer in answers {
            assert!(
                answer.get(with).is_some() && answer.get(without).is_none(),
                "{query}: {answer}"
            );
            assert!(
                answer["schemas"].is_array() && answer["id"] == id,
                "{query}: {answer}"
            );
        }
        world
            .call(Method::DELETE, &format!("/Users/{id}"), &[], None)
            .await;
    }
    let both = world
        .get("/Users?attributes=userName&excludedAttributes=meta")
        .await;
    assert_eq!(both.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_only_general_json_gets_it_by_that_name() {
    let world = World::bare().await;
    for (accept, kind) in [
        ("application/json", "application/json"),
        ("application/scim+json; charset=utf-8", "application/scim+json"),
        ("*/*", "application/scim+json"),
    ] {
        let answer = get(&world, "/Users", &[("accept", accept)]).await;
        assert_eq!(answer.headers["content-type"], kind, "{accept}");
        let error = get(&world, "/Users/nobody", &[("accept", accept)]).await;
        assert_eq!(error.headers["content-type"], kind, "{accept}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_guard_writes_and_spare_reads() {
    let world = World::bare().await;
    let okta = world.okta();
    let id = okta.assign(&person("ann")).await.expect("is assigned").id;
    let path = format!("/Users/{id}");
    let read = get(&world, &path, &[]).await;
    let tag = read.headers["etag"].to_str().expect("a tag").to_owned();
    assert_eq!(read.body["meta"]["version"], json!(tag));
    let again = get(&world, &path, &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));

    let patch = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "value": {"title": "Engineer"}}],
    });
    let changed = world
        .call(Method::PATCH, &path, &[("if-match", &tag)], Some(patch.clone()))
        .await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let late = world
        .call(Method::PATCH, &path, &[("if-match", &tag)], Some(patch))
        .await;
    assert_eq!((late.status, &late.body["status"]), (412, &json!("412")));
    let late = world
        .call(Method::DELETE, &path, &[("if-match", &tag)], None)
        .await;
    assert_eq!(late.status, 412);
    assert_eq!(get(&world, &path, &[("if-none-match", &tag)]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_machines_see_life_readiness_and_counts() {
    let world = World::start().await;
    world.okta().assign(&person("ann")).await.expect("is assigned");
    world.admin.converged(APP).await;
    let page = async |path: &str| {
        let request = Request::get(path)
            .header(header::HOST, "localhost")
            .body(Bytes::new());
        exchange(world.address(), request.expect("a request"))
            .await
            .expect("an answer")
    };
    assert_eq!(page("/livez").await.status, 200);
    assert_eq!(page("/readyz").await.status, 200);
    let metrics = page("/metrics").await.text;
    for line in [
        "tidegate_scim_requests_total{method=\"POST\",endpoint=\"Users\",status=\"201\"} 1",
        "tidegate_decisions_total{outcome=\"planned\"} 1",
        "tidegate_desired_rows{target=\"jira\",state=\"applied\"} 1",
        "tidegate_reconciler_tries_total{target=\"bitbucket\",outcome=\"applied\"} 1",
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn http_2_is_spoken_on_the_same_port() {
    let world = World::bare().await;
    let stream = tokio::net::TcpStream::connect(world.address())
        .await
        .expect("connects");
    let (executor, io) = (
        hyper_util::rt::TokioExecutor::new(),
        hyper_util::rt::TokioIo::new(stream),
    );
    let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io)
        .await
        .expect("speaks HTTP/2");
    tokio::spawn(connection);
    let request = Request::get(format!("{}/Users", world.base_url()))
        .header(header::AUTHORIZATION, format!("Bearer {}", world.token()))
        .body(http_body_util::Empty::<Bytes>::new())
        .expect("a request");
    let response = sender.send_request(request).await.expect("an answer");
    assert_eq!(
        (response.status().as_u16(), response.version()),
        (200, http::Version::HTTP_2)
    );
}
