//! Settings that cannot be used; handshakes are tested where they are made.

use super::*;
use crate::fixture::Authority;

fn given(ca: Option<&Path>, certificate: Option<&Path>, key: Option<&Path>) -> TlsOptions {
    let own = |path: Option<&Path>| path.map(Path::to_owned);
    TlsOptions { ca_file: own(ca), cert_file: own(certificate), key_file: own(key) }
}

#[test]
fn a_certificate_needs_its_key() {
    let authority = Authority::new();
    let file = authority.ca_file();
    for half in [given(None, Some(&file), None), given(None, None, Some(&file))] {
        assert!(matches!(Tls::load(&half), Err(TlsError::Half(_))));
    }
}

#[test]
fn a_file_that_is_none_is_named() {
    let missing = Path::new("/no/such/file");
    let told = Tls::load(&given(Some(missing), None, None)).unwrap_err().to_string();
    assert_eq!(told, "failed to read /no/such/file");
}

#[test]
fn a_name_that_no_certificate_can_have_is_refused() {
    let tls = Tls::load(&TlsOptions::default()).unwrap();
    let settings = TlsSettings { skip_verify: true, server_name: "not a name".to_owned() };
    assert!(matches!(tls.client(&settings, b"h2"), Err(TlsError::Name(..))));
}
