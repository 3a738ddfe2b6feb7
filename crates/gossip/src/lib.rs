//! The driver of swim and serf: sockets and timers, no protocol thought.
