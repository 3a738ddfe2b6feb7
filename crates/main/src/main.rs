//! The program: picks the allocator, hands argv to the command line.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Many small, short-lived buffers on many threads: what it is made for.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    proconsul_cli::run()
}
