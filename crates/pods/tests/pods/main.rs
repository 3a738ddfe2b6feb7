//! Pods made for real, in every form this machine and this user may have. As root, all is run again as an ordinary user.

mod both_forms;
mod namespaces;
mod ordinary_user;
mod stage;
