//! The HTTP API: read the request, make the typed call, write the answer.
