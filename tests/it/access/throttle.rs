//! Guessing.

use super::{Caller, PASSWORD, by_hand, get, set_up, sign_in};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_waits_twice_as_long_each_time() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    let answers: Vec<(u16, String)> = [
        sign_in(&world, "ada", "wrong").await,
        sign_in(&world, "nobody", "wrong").await,
    ]
    .into_iter()
    .map(|answer| {
        assert!(answer.headers.contains_key("www-authenticate"));
        (answer.status, answer.text)
    })
    .collect();
    assert_eq!(answers[0], answers[1], "who is not known gets the same answer");
    assert_eq!(answers[0].0, 401);

    for _ in 1..5 {
        assert_eq!(sign_in(&world, "ADA", "wrong").await.status, 401);
    }
    let pass = || by_hand(&world, "UPDATE login_failure SET until_ms = 0");
    for expected in [1_i64, 2, 4, 8] {
        assert_eq!(sign_in(&world, "ada", "wrong").await.status, 401);
        // The wait is looked up in the database: the clock goes on meanwhile.
        let wait: i64 = world
            .database()
            .query_row("SELECT max(until_ms - last_ms) FROM login_failure", [], |row| {
                row.get(0)
            })
            .expect("a wait");
        assert_eq!(wait, expected * 1_000);
        by_hand(
            &world,
            "UPDATE login_failure SET until_ms = until_ms + 60000 WHERE until_ms > 0",
        );
        let refused = sign_in(&world, "ada", PASSWORD).await;
        assert_eq!(
            refused.status, 429,
            "the right password as well: {}",
            refused.text
        );
        let seconds: i64 = refused.headers["retry-after"]
            .to_str()
            .expect("a text")
            .parse()
            .expect("a number");
        assert!((1..=60 + expected).contains(&seconds), "{seconds}");
        pass();
    }
    assert_eq!(
        get(&world, &ada, "/session").await.status,
        200,
        "who is in stays in"
    );
    assert_eq!(sign_in(&world, "ada", PASSWORD).await.status, 200);
    for _ in 0..5 {
        assert_eq!(
            sign_in(&world, "ada", "wrong").await.status,
            401,
            "it is forgiven"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_tries_many_names_waits_too() {
    let world = World::bare().await;
    set_up(&world).await;
    by_hand(&world, "UPDATE login_failure SET count = 0");
    for name in 0..21 {
        assert_eq!(
            sign_in(&world, &format!("name {name}"), "wrong").await.status,
            401
        );
    }
    by_hand(
        &world,
        "UPDATE login_failure SET until_ms = until_ms + 60000 WHERE until_ms > 0",
    );
    assert_eq!(sign_in(&world, "ada", PASSWORD).await.status, 429);
    // What is tried is nowhere to be read.
    let caller = Caller::default();
    assert_eq!(get(&world, &caller, "/status").await.status, 401);
}
