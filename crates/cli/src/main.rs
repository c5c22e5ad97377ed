//! The binary: everything is in the library beside it.

use std::process::ExitCode;

/// Much of the work is small texts, made on one thread and dropped on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    deskform::run()
}
