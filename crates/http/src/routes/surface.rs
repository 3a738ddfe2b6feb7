//! What a line of the surface becomes: an entry of its family's table and an arm of the dispatch.

use hyper::Method;

/// Where every path of the API begins.
const ROOT: &str = "/v1/";

/// One route.
#[derive(Debug)]
pub(crate) struct Route<C: 'static> {
    /// The path after [`ROOT`].
    pub(crate) path: &'static str,
    /// The methods, as `Allow` tells them.
    pub(crate) allow: &'static str,
    /// What it leads to.
    pub(crate) call: C,
}

impl<C> Route<C> {
    /// What the path holds beyond the route's own part, when it is on the route.
    pub(crate) fn rest<'p>(&self, path: &'p str) -> Option<&'p str> {
        match self.path.split_once('*') {
            Some((start, end)) => path.strip_prefix(start)?.strip_suffix(end),
            None => path.strip_prefix(self.path).filter(|rest| rest.is_empty() || self.path.ends_with('/')),
        }
    }

    pub(crate) fn has(&self, method: &Method) -> bool {
        self.allow.split(',').skip(1).any(|allowed| allowed == method.as_str())
    }
}

/// The routes of one family, whose paths begin with its name.
pub(crate) type Family<C> = (&'static str, &'static [Route<C>]);

/// The first route that a path is on, and what comes after it.
pub(crate) fn find<'p, C>(families: &'static [Family<C>], path: &'p str) -> Option<(&'static Route<C>, &'p str)> {
    let path = path.strip_prefix(ROOT)?;
    let routes = family(families, path)?;
    routes.iter().find_map(|route| Some((route, route.rest(path)?)))
}

/// Whether a path is no route itself, but would be one with a slash at its end.
pub(crate) fn lacks_slash<C>(families: &'static [Family<C>], path: &str) -> bool {
    let Some(path) = path.strip_prefix(ROOT) else { return false };
    let Some(routes) = family(families, path) else { return false };
    routes.iter().any(|route| route.path.strip_suffix('/') == Some(path))
        && !routes.iter().any(|route| route.rest(path).is_some())
}

fn family<C>(families: &'static [Family<C>], path: &str) -> Option<&'static [Route<C>]> {
    let name = path.split('/').next().unwrap_or(path);
    families.iter().find(|(family, _)| *family == name).map(|(_, routes)| *routes)
}

/// Makes of the page: `Call`, one for each route; `FAMILIES`, all routes; `call`, which calls the handler.
macro_rules! surface {
    ($($way:ident $family:ident $($spelled:literal)? {
        $($call:ident: $path:literal $allow:literal => $handler:path;)*
    })*) => {
        /// What a route leads to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Call {
            $($($call,)*)*
        }

        pub(crate) const FAMILIES: &[$crate::routes::surface::Family<Call>] = &[
            $(
                (
                    $crate::routes::surface::spelled!($family $($spelled)?),
                    &[$(Route { path: $path, allow: $allow, call: Call::$call },)*],
                ),
            )*
        ];

        /// Answers a request on this route.
        pub(crate) async fn call<D: Door>(call: Call, cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
            match call {
                $($(Call::$call => $crate::routes::surface::called!($way, $handler, cx),)*)*
            }
        }
    };
}

/// The handlers of hot families are part of every request; others have a box of their own, so that a request that waits stays
/// small.
macro_rules! called {
    (hot, $handler:path, $cx:ident) => {
        $handler($cx).await
    };
    (boxed, $handler:path, $cx:ident) => {
        Box::pin($handler($cx)).await
    };
}

macro_rules! spelled {
    ($family:ident) => {
        stringify!($family)
    };
    ($family:ident $spelled:literal) => {
        $spelled
    };
}

pub(crate) use {called, spelled, surface};

#[cfg(test)]
mod tests {
    use crate::routes::FAMILIES;

    use super::*;

    const TREE: &[Family<u8>] = &[(
        "query",
        &[
            Route { path: "query/*/execute", allow: "OPTIONS,GET", call: 1 },
            Route { path: "query/", allow: "OPTIONS,GET,PUT", call: 2 },
            Route { path: "query", allow: "OPTIONS,POST", call: 3 },
        ],
    )];

    fn found(path: &str) -> Option<(u8, &str)> {
        find(TREE, path).map(|(route, rest)| (route.call, rest))
    }

    #[test]
    fn a_path_leads_to_the_first_route_it_is_on() {
        assert_eq!(found("/v1/query/a/b/execute"), Some((1, "a/b")));
        assert_eq!(found("/v1/query/a"), Some((2, "a")));
        assert_eq!(found("/v1/query/"), Some((2, "")));
        assert_eq!(found("/v1/query"), Some((3, "")));
        for nowhere in ["/v1/queryx", "/v1/", "/v1", "/query/a", "/v2/query"] {
            assert_eq!(found(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn a_route_says_which_methods_it_has() {
        let route = &TREE[0].1[1];
        assert!(route.has(&Method::GET) && route.has(&Method::PUT));
        assert!(!route.has(&Method::OPTIONS) && !route.has(&Method::POST));
    }

    #[test]
    fn only_a_tree_without_a_route_of_its_own_name_lacks_its_slash() {
        assert!(lacks_slash(FAMILIES, "/v1/kv"));
        for path in ["/v1/query", "/v1/query/a", "/v1/queryx"] {
            assert!(!lacks_slash(TREE, path), "{path}");
        }
    }

    #[test]
    fn every_route_lies_in_its_family_and_behind_none_that_takes_its_requests() {
        for (family, routes) in FAMILIES {
            for (place, route) in routes.iter().enumerate() {
                assert_eq!(route.path.split('/').next(), Some(*family), "{}", route.path);
                assert!(route.allow.starts_with("OPTIONS,"), "{}", route.path);
                let asked = route.path.replace('*', "x");
                let taken = routes[..place].iter().find(|before| before.rest(&asked).is_some());
                assert!(taken.is_none(), "{} stands behind {taken:?}", route.path);
            }
        }
    }
}
