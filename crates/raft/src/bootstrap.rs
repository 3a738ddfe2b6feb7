//! How servers that know nothing yet agree to be one cluster, exactly once.
