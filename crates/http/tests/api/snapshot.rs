//! Snapshots: out in pieces, in from pieces.

use crate::world::World;

async fn save(world: &World) -> Vec<u8> {
    let mut client = world.client().await;
    client.send(b"GET /v1/snapshot?stale HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n").await;
    let (head, body) = client.bytes().await;
    let told = "HTTP/1.1 200 OK\nVary: Accept-Encoding\nContent-Type: application/x-gzip\nX-Consul-Index: 10\n\
                X-Consul-Knownleader: true\nX-Consul-Lastcontact: 0\nTransfer-Encoding: chunked\n";
    assert_eq!(head, told);
    body
}

async fn restore(world: &World, query: &str, archive: &[u8]) -> (u16, String) {
    let head = format!("PUT /v1/snapshot{query} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    let mut request = head.into_bytes();
    for piece in archive.chunks(700) {
        request.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
        request.extend_from_slice(piece);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"0\r\n\r\n");
    let mut client = world.client().await;
    client.send(&request).await;
    let answer = client.answer(false).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn an_archive_goes_out_and_comes_in_again() {
    let world = World::new().await;
    world.put("/v1/kv/a", "1").await;
    let archive = save(&world).await;
    world.put("/v1/kv/a", "2").await;
    assert_eq!(restore(&world, "", &archive).await, (200, String::new()));
    assert_eq!(world.ask("GET /v1/kv/a?raw").await.body, "1");
}

#[tokio::test]
async fn what_cannot_be_restored_is_told_in_consuls_words() {
    let world = World::new().await;
    world.put("/v1/kv/a", "1").await;
    let archive = save(&world).await;
    let told = |text: &str| (500, text.to_owned());
    let no_gzip = told("failed to decompress snapshot: gzip: invalid header");
    assert_eq!(restore(&world, "", b"hello, I am no archive").await, no_gzip);
    assert_eq!(restore(&world, "?stale", &archive).await, told("stale not allowed for restore"));
    assert_eq!(restore(&world, "?dc=nope", &archive).await, told("No path to datacenter"));
    assert_eq!(world.ask("GET /v1/snapshot?dc=nope").await.brief(), (500, "No path to datacenter"));
    assert_eq!(world.ask("POST /v1/snapshot").await.brief(), (405, "method POST not allowed"));
}
