//! The web page, embedded: static files that talk only to the public HTTP API of the agent they come from.

/// One file of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Its `Content-Type`.
    pub content_type: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
}

const PAGE: Asset = Asset { content_type: "text/html; charset=utf-8", bytes: include_bytes!("../web/index.html") };
const SCRIPT: Asset = Asset { content_type: "text/javascript; charset=utf-8", bytes: include_bytes!("../web/page.js") };
const STYLE: Asset = Asset { content_type: "text/css; charset=utf-8", bytes: include_bytes!("../web/page.css") };

/// The file of this name under `/ui/`; the empty name is the page itself.
pub fn asset(name: &str) -> Option<Asset> {
    match name {
        "" => Some(PAGE),
        "page.js" => Some(SCRIPT),
        "page.css" => Some(STYLE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_only_files_that_exist() {
        let page = str::from_utf8(PAGE.bytes).unwrap();
        let named: Vec<&str> =
            page.split(['"', '\'']).filter(|text| text.ends_with(".js") || text.ends_with(".css")).collect();
        assert_eq!(named, ["page.css", "page.js"]);
        assert!(named.iter().all(|name| asset(name).is_some()));
    }

    #[test]
    fn what_an_agent_says_never_becomes_markup() {
        let script = str::from_utf8(SCRIPT.bytes).unwrap();
        for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            assert!(!script.contains(way), "{way}");
        }
    }
}
