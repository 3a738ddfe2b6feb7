//! Pods made for real, in every form this machine and this user may have. As root, all is run again as an ordinary user.

#[cfg(test)]
mod both_forms;
#[cfg(test)]
mod namespaces;
#[cfg(test)]
mod ordinary_user;
#[cfg(test)]
mod stage;
