//! Other files while it serves.

use super::{connect, counted, metric, world};
use crate::world::{World, secured::replace};

const TAKEN: &str = "tidegate_tls_certificate_loads_total{outcome=\"taken\"}";
const REFUSED: &str = "tidegate_tls_certificate_loads_total{outcome=\"refused\"}";
const EXPIRY: &str = "tidegate_tls_certificate_expiry_timestamp_seconds";
const START_OF_2040: i64 = 2_208_988_800;
const START_OF_2041: i64 = 2_240_611_200;

#[tokio::test(flavor = "multi_thread")]
async fn a_new_pair_is_shown_to_new_connections_and_none_is_dropped() {
    let folder = tempfile::tempdir().expect("a folder");
    let (world, authority) = world(folder.path(), 2040).await;
    let mut before = connect(&world, &authority).await;
    assert_eq!(metric(&mut before, EXPIRY).await, START_OF_2040);

    authority.write(folder.path(), 2041);
    counted(&mut before, TAKEN, 2).await;
    assert_eq!(metric(&mut before, EXPIRY).await, START_OF_2041);
    let mut after = connect(&world, &authority).await;
    assert_ne!(before.shown, after.shown, "the new one is shown");
    for connection in [&mut before, &mut after] {
        let (_, status, _) = connection.get("/livez", "").await.expect("an answer");
        assert_eq!(status, 200, "both connections live");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_that_does_not_fit_keeps_the_one_before_until_it_is_mended() {
    let folder = tempfile::tempdir().expect("a folder");
    let (world, authority) = world(folder.path(), 2040).await;
    let mut watching = connect(&world, &authority).await;
    let (chain, key) = authority.issue(2041);

    replace(&folder.path().join("chain.pem"), &chain);
    counted(&mut watching, REFUSED, 1).await;
    replace(
        &folder.path().join("key.pem"),
        "-----BEGIN PRIVATE KEY-----\nnone\n",
    );
    counted(&mut watching, REFUSED, 2).await;
    std::fs::remove_file(folder.path().join("chain.pem")).expect("is removed");
    counted(&mut watching, REFUSED, 3).await;
    assert_eq!(shown(&world, &authority).await, watching.shown);
    assert_eq!(metric(&mut watching, EXPIRY).await, START_OF_2040);

    replace(&folder.path().join("key.pem"), &key);
    replace(&folder.path().join("chain.pem"), &chain);
    counted(&mut watching, TAKEN, 2).await;
    assert_ne!(shown(&world, &authority).await, watching.shown);
}

async fn shown(world: &World, authority: &crate::world::Authority) -> Vec<u8> {
    connect(world, authority).await.shown
}
