//! Prepared queries over a store and a fake log: what is refused, what templates become, whom a query finds.
