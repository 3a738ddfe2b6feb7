//! Methods, paths, redirects: what holds for every route, and what is outside of all.

use proconsul_http::HttpConfig;

use crate::world::World;

const LINK: &str = "<a href=\"/ui/\">Moved Permanently</a>.\n\n";

#[tokio::test]
async fn a_method_a_route_does_not_have_is_405_with_those_it_has() {
    let world = World::new().await;
    let mut client = world.client().await;
    let cases = [
        ("POST", "/v1/kv/a", "OPTIONS,GET,PUT,DELETE"),
        ("HEAD", "/v1/kv/a", "OPTIONS,GET,PUT,DELETE"),
        ("FOO", "/v1/kv/a", "OPTIONS,GET,PUT,DELETE"),
        ("PUT", "/v1/status/leader", "OPTIONS,GET"),
        ("DELETE", "/v1/catalog/datacenters", "OPTIONS,GET"),
        ("GET", "/v1/agent/leave", "OPTIONS,PUT"),
    ];
    for (method, path, allow) in cases {
        let answer = client.ask(&format!("{method} {path}"), "").await;
        let text = format!("method {method} not allowed");
        assert_eq!((answer.status, answer.header("Allow")), (405, Some(allow)), "{method} {path}");
        assert_eq!(answer.body, if method == "HEAD" { "" } else { &text });
        assert_eq!(answer.header("Content-Length"), Some(&*text.len().to_string()));
        let options = client.ask(&format!("OPTIONS {path}"), "").await;
        assert_eq!((options.brief(), options.header("Allow")), ((200, ""), Some(allow)));
    }
}

#[tokio::test]
async fn what_is_not_there_is_an_empty_404_without_headers() {
    let world = World::new().await;
    let mut client = world.client().await;
    let paths = [
        "/v1/unknown",
        "/v1",
        "/v1/",
        "/foo",
        "/v1/status",
        "/v1/status/leader/",
        "/v1/status/leader/x",
        "/v1/txn/x",
        "/ui/no",
    ];
    for path in paths {
        for method in ["GET", "PUT", "OPTIONS"] {
            let answer = client.ask(&format!("{method} {path}"), "").await;
            assert_eq!(answer.head, "HTTP/1.1 404 Not Found\nContent-Length: 0\n", "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_path_that_is_not_clean_moves_to_the_clean_one() {
    let world = World::new().await;
    let mut client = world.client().await;
    let moves = [
        ("/v1/kv//a", "/v1/kv/a"),
        ("/v1/kv/a//b?recurse", "/v1/kv/a/b?recurse"),
        ("/v1/kv/a/../b", "/v1/kv/b"),
        ("/v1/kv/a/./b/", "/v1/kv/a/b/"),
        ("/v1/kv/a/..", "/v1/kv/"),
        ("/v1/kv/a%2f%2fb", "/v1/kv/a/b"),
        ("/v1/kv", "/v1/kv/"),
        ("/v1/kv?recurse", "/v1/kv/?recurse"),
        ("/v1/kv/a%20b%3f%23//c", "/v1/kv/a%20b%3F%23/c"),
        ("//", "/"),
        ("/ui?a=b", "/ui/?a=b"),
    ];
    for (from, to) in moves {
        let answer = client.ask(&format!("GET {from}"), "").await;
        assert_eq!((answer.status, answer.header("Location")), (301, Some(to)), "{from}");
        assert_eq!(answer.body, format!("<a href=\"{to}\">Moved Permanently</a>.\n\n"));
        let put = client.ask(&format!("PUT {from}"), "x").await;
        assert_eq!(put.head, format!("HTTP/1.1 301 Moved Permanently\nLocation: {to}\nContent-Length: 0\n"));
    }
    let quoted = client.ask("GET /v1/kv//%22?a&b='", "").await;
    assert_eq!(quoted.body, "<a href=\"/v1/kv/%22?a&amp;b=&#39;\">Moved Permanently</a>.\n\n");
}

#[tokio::test]
async fn a_path_that_cannot_be_printed_is_refused() {
    let world = World::new().await;
    let mut client = world.client().await;
    for path in ["/v1/kv/a%0ab", "/v1/kv/a%c2%a0b", "/v1/kv/a%e2%80%8bb", "/%7f"] {
        assert_eq!(client.ask(&format!("GET {path}"), "").await.head, "HTTP/1.1 400 Bad Request\nContent-Length: 0\n");
    }
    assert_eq!(client.ask("GET /v1/kv/a%20b%E2%82%AC", "").await.status, 404);
    // Consul takes any bytes as a key and shows them damaged.
    assert_eq!(
        client.ask("GET /v1/kv/a%ff", "").await.brief(),
        (400, "the path of the URL is no UTF-8; keys are text")
    );
    let broken = client.ask("GET /v1/kv/a%zz", "").await;
    assert_eq!((broken.brief(), broken.header("Connection")), ((400, "400 Bad Request"), Some("close")));
}

#[tokio::test]
async fn the_root_leads_to_the_page() {
    let world = World::new().await;
    let mut client = world.client().await;
    for target in ["/", "/?x=y", "/ui"] {
        let answer = client.ask(&format!("GET {target}"), "").await;
        let head = "HTTP/1.1 301 Moved Permanently\nLocation: /ui/\nContent-Type: text/html; charset=utf-8\nContent-Length: 39\n";
        assert_eq!((&*answer.head, &*answer.body), (head, LINK), "{target}");
    }
    let page = client.ask("GET /ui/", "").await;
    assert_eq!((page.status, page.header("Content-Type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.body.contains("<h1>proconsul</h1>"));
    assert!(page.header("Content-Security-Policy").unwrap().contains("script-src 'self'"));
    for file in ["page.js", "page.css"] {
        assert_eq!(client.ask(&format!("GET /ui/{file}"), "").await.status, 200);
    }
}

#[tokio::test]
async fn without_the_page_the_root_says_who_answers() {
    let world = World::with(HttpConfig::default()).await;
    let root = world.ask("GET /").await;
    let head = "HTTP/1.1 200 OK\nContent-Type: text/plain; charset=utf-8\nContent-Length: 12\n";
    assert_eq!((&*root.head, &*root.body), (head, "Consul Agent"));
    for path in ["/ui", "/ui/", "/ui/page.js"] {
        assert_eq!(world.ask(&format!("GET {path}")).await.brief(), (404, ""));
    }
}
