use super::*;

fn parsed(text: &str) -> (String, String, String) {
    let target = Target::parse(text).unwrap();
    (target.address(), target.authority, target.path)
}

fn three(address: &str, authority: &str, path: &str) -> (String, String, String) {
    (address.to_owned(), authority.to_owned(), path.to_owned())
}

#[test]
fn an_address_says_where_to_connect_what_host_to_name_and_what_to_ask() {
    assert_eq!(parsed("http://db/health?a=1#x"), three("db:80", "db", "/health?a=1"));
    assert_eq!(parsed("HTTPS://[::1]:8443"), three("[::1]:8443", "[::1]:8443", "/"));
    assert_eq!(parsed("https://db?q"), three("db:443", "db", "/?q"));
    assert_eq!(parsed("http://db/a b/ä%20"), three("db:80", "db", "/a%20b/%C3%A4%20"));
}

#[test]
fn a_user_is_told_to_the_server_and_the_password_to_nobody_else() {
    let target = Target::parse("http://me:p%40ss@db/x").unwrap();
    assert_eq!(target.text, "http://me:***@db/x");
    assert_eq!(target.authorization.unwrap(), format!("Basic {}", STANDARD.encode("me:p@ss")));
}

#[test]
fn mistakes_are_told_in_gos_words() {
    let told = |text: &str| Target::parse(text).unwrap_err().to_string();
    assert_eq!(told("http://[::1/"), "parse \"http://[::1/\": missing ']' in host");
    assert_eq!(told("127.0.0.1:80/p"), "parse \"127.0.0.1:80/p\": first path segment in URL cannot contain colon");
    assert_eq!(told("http://db:x/"), "parse \"http://db:x/\": invalid port \":x\" after host");
    assert_eq!(told("/p"), "unsupported protocol scheme \"\"");
    assert_eq!(told("ftp://db/p"), "unsupported protocol scheme \"ftp\"");
    assert_eq!(told("localhost:80/p"), "unsupported protocol scheme \"localhost\"");
    assert_eq!(told("http:///p"), "http: no Host in request URL");
    assert_eq!(told("http://a\n"), "parse \"http://a\\n\": net/url: invalid control character in URL");
}

#[test]
fn redirections_lead_on_from_where_they_came() {
    let from = Target::parse("https://db:8443/a/b?c").unwrap();
    let to = |location: &str| from.follow(location).unwrap().text;
    assert_eq!(to("http://other/x"), "http://other/x");
    assert_eq!(to("//other/x"), "https://other/x");
    assert_eq!(to("/x"), "https://db:8443/x");
    assert_eq!(to("x"), "https://db:8443/a/x");
    assert_eq!(to("?x"), "https://db:8443/a/b?x");
}
