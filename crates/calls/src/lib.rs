//! Every operation as a typed request and reply: the promise all doors share.
