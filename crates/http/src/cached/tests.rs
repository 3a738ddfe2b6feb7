//! Headers and ages as measured on Consul 1.8.7.

use bytes::Bytes;
use hyper::header::CACHE_CONTROL;
use proconsul_calls::read::Contact;

use super::*;

fn control(text: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if !text.is_empty() {
        headers.insert(CACHE_CONTROL, HeaderValue::from_str(text).unwrap());
    }
    headers
}

fn asked(route: &str, query: &str, cache_control: &str) -> Option<Asked> {
    Asked::of(route, &format!("/v1/{route}"), &Query::parse(Some(query)).unwrap(), &control(cache_control))
}

fn told(reply: &Reply) -> (&str, Option<&str>) {
    let header = |name| reply.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    (header(X_CACHE).unwrap_or_default(), header(AGE))
}

#[test]
fn only_some_routes_are_cached_and_only_when_asked_for() {
    for route in ["catalog/datacenters", "catalog/services", "health/service/", "query/*/execute"] {
        assert!(asked(route, "cached", "").is_some(), "{route}");
        assert!(asked(route, "", "").is_none(), "{route}");
        assert!(asked(route, "cached&consistent", "").is_none(), "{route}");
    }
    for route in ["catalog/nodes", "kv/", "status/leader", "health/state/", "catalog/gateway-services/"] {
        assert!(asked(route, "cached", "").is_none(), "{route}");
    }
}

#[test]
fn a_refreshed_answer_is_a_hit_when_it_was_asked_for_before() {
    let cached = Cached::default();
    let ask = |query: &str, index| {
        let asked = asked("health/service/", query, "must-revalidate").unwrap();
        assert!(cached.kept(&asked, 1).is_none());
        let reply = reply::with_read(reply::json(Bytes::new()), index, Contact::default());
        let reply = cached.remember(&asked, reply, 1);
        let (word, age) = told(&reply);
        (word.to_owned(), age.map(str::to_owned))
    };
    let hit = ("HIT".to_owned(), Some("0".to_owned()));
    let miss = ("MISS".to_owned(), None);
    assert_eq!(ask("cached", 85), miss);
    assert_eq!(ask("cached", 85), hit);
    assert_eq!(ask("cached&passing&stale&near=_agent&pretty", 85), hit);
    assert_eq!(ask("cached&index=1&wait=2s", 85), hit);
    assert_eq!(ask("cached&index=85&wait=2s", 85), miss);
    assert_eq!(ask("cached&index=85&wait=2s", 90), miss);
    assert_eq!(ask("cached&tag=blue", 85), miss);
    assert_eq!(ask("cached&tag=blue&pretty", 85), hit);
    assert_eq!(ask("cached&token=x", 85), miss);
}

#[test]
fn a_kept_answer_is_given_again_as_old_as_the_client_takes_it() {
    let cached = Cached::default();
    let ask = |text: &str| asked("catalog/datacenters", "cached", text).unwrap();
    let age = |text: &str, now| cached.kept(&ask(text), now).map(|reply| told(&reply).1.unwrap().to_owned());
    assert_eq!(age("", 10), None);
    let fresh = cached.remember(&ask(""), reply::json(Bytes::from_static(b"[]")), 10);
    assert_eq!(told(&fresh), ("MISS", None));
    assert_eq!(age("", 10).as_deref(), Some("0"));
    assert_eq!(age("", 2010).as_deref(), Some("2000"));
    assert_eq!(age("max-age=10", 20).as_deref(), Some("10"));
    assert_eq!(age("max-age=10", 21), None);
    for none in ["must-revalidate", "max-age=0", "foo=bar, must-revalidate"] {
        assert_eq!(age(none, 10), None, "{none}");
    }
    for any in ["no-cache", "max-age", "max-age=-1", "stale-if-error=5"] {
        assert_eq!(age(any, 10).as_deref(), Some("0"), "{any}");
    }
}

#[test]
fn an_error_is_neither_kept_nor_told_when_the_client_takes_an_older_answer() {
    let cached = Cached::default();
    let ask = |text: &str| asked("catalog/datacenters", "cached", text).unwrap();
    let error = cached.remember(&ask(""), reply::text(hyper::StatusCode::NOT_FOUND, Bytes::new()), 1);
    assert_eq!((told(&error), cached.kept(&ask(""), 1).is_none()), (("", None), true));
    cached.remember(&ask(""), reply::json(Bytes::new()), 1);
    let in_place = |text: &str, now| cached.in_place_of_error(&ask(text), now).is_some();
    assert!(in_place("must-revalidate, stale-if-error=5", 6));
    assert!(!in_place("must-revalidate, stale-if-error=5", 7));
    assert!(!in_place("must-revalidate", 1));
}

#[test]
fn a_header_that_cannot_be_read_is_refused() {
    for text in ["max-age=x", "stale-if-error=", "foo, max-age=1.5"] {
        assert_eq!(Control::of(&control(text)), Err(crate::error::HttpError::CacheControl), "{text}");
    }
}
