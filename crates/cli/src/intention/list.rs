//! `intention list`: all intentions. Came with Consul 1.9.

use anyhow::Context;
use proconsul_base::text::table;

use super::{Intention, PATH};
use crate::command::{self, Call, Command, Exit};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "intention list",
    usage: "[options]",
    synopsis: "Lists all intentions",
    about: "  Prints all intentions, those first that are looked at first.

      $ consul intention list",
    connection: connection::BOTH,
    flags: command::no_flags,
    run,
};

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let intentions = connection::api(&call.given)?.json(PATH, &[]);
    let intentions: Vec<Intention> = intentions.context("Failed to retrieve the intentions list")?;
    if intentions.is_empty() {
        call.out.complain("There are no intentions.");
        return Ok(Exit::NothingFound);
    }
    call.out.say(&listing(&intentions));
    Ok(Exit::Success)
}

fn listing(intentions: &[Intention]) -> String {
    let heading = ["ID", "Source", "Action", "Destination", "Precedence"].map(str::to_owned);
    let row = |found: &Intention| {
        [found.id.clone(), found.source(), found.action.clone(), found.destination(), found.precedence.to_string()]
    };
    let rows: Vec<[String; 5]> = [heading].into_iter().chain(intentions.iter().map(row)).collect();
    table::columns(&rows, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intentions_are_listed_with_their_precedence() {
        let json = r#"[{"ID":"x","SourceName":"web","DestinationName":"db","Action":"deny","Precedence":9}]"#;
        let expected = "ID  Source  Action  Destination  Precedence\nx   web     deny    db           9\n";
        assert_eq!(listing(&serde_json::from_str::<Vec<Intention>>(json).unwrap()), expected);
    }
}
