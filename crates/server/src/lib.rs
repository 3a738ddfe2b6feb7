//! The duties of a server: endpoints, blocking queries, leader duties.
